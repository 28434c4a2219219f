//! Sealing and unsealing the root key.

use strongroom_core::keys::RootKey;
use strongroom_core::values::Secret;
use tss_esapi::Context;
use tss_esapi::handles::KeyHandle;
use tss_esapi::handles::ObjectHandle;
use tss_esapi::interface_types::session_handles::PolicySession;
use tss_esapi::structures::Auth;
use tss_esapi::structures::Digest;
use tss_esapi::structures::SensitiveData;

use crate::tpm::PcrSelection;
use crate::tpm::PinAuth;
use crate::tpm::SealedObject;
use crate::tpm::TpmError;
use crate::tpm::error::Answer;
use crate::tpm::error::Failure;
use crate::tpm::guesses;
use crate::tpm::pcr;
use crate::tpm::sealed;
use crate::tpm::session::Connection;

/// Seals `root` to the present values of `pcrs` and to `pin`, and proves that it unseals again.
///
/// The values come from `TPM2_PCR_Read`, which nothing authenticates. Somebody on the bus could name others, to have
/// the key sealed to them; the proof would then fail, as the TPM itself compares.
pub(super) fn seal(
    connection: &mut Connection,
    root: &RootKey,
    pcrs: PcrSelection,
    pin: Option<&PinAuth>,
) -> Result<SealedObject, TpmError> {
    let values = pcr::values(connection, pcrs)?;
    let policy = pcrs.policy(&values, pin.is_some());
    let parent = connection.primary()?;
    let created = connection.authorised("TPM2_Create", |context| {
        let public = sealed::template(pin.is_some(), &policy)?;
        let key = SensitiveData::try_from(root.secret().expose().as_slice())?;
        context.create(parent, public, authorisation(pin)?, Some(key), None, None)
    })?;
    let sealed = SealedObject::from_parts(&created.out_public, &created.out_private);
    let sealed = sealed.ok_or_else(|| connection.failure("TPM2_Create", u32::MAX))?;
    unseal(connection, &sealed, pcrs, pin).map(|_| sealed)
}

/// Unseals a root key.
pub(super) fn unseal(
    connection: &mut Connection,
    sealed: &SealedObject,
    pcrs: PcrSelection,
    pin: Option<&PinAuth>,
) -> Result<RootKey, TpmError> {
    if sealed.takes_pin() != pin.is_some() {
        return Err(TpmError::PinMismatch {
            needed: sealed.takes_pin(),
        });
    }
    let object = load(connection, sealed)?;
    let unsealed = connection.with_object(object.into(), |connection| {
        if pin.is_some() {
            connection.plain("TPM2_Unseal", |context| {
                context.tr_set_auth(object.into(), authorisation(pin)?.unwrap_or_default())
            })?;
        }
        release(connection, object, pcrs, pin.is_some())
    });
    let bytes = match unsealed {
        Ok(bytes) => bytes,
        Err(failure) => return Err(meaning(connection, failure, pcrs, pin.is_some())),
    };
    Secret::copy_from(bytes.value())
        .map(RootKey::new)
        .ok_or(TpmError::NotSealedHere)
}

fn load(connection: &mut Connection, sealed: &SealedObject) -> Result<KeyHandle, TpmError> {
    let parent = connection.primary()?;
    let load = |context: &mut Context| {
        let (private, public) = sealed.to_parts()?;
        context.load(parent, private, public)
    };
    connection.authorised("TPM2_Load", load).map_err(Failure::about_loading)
}

/// Meets the policy and has the key out, in a few tries: if any PCR, even one not chosen, is extended between the two,
/// the TPM says so, and a fresh policy session is needed.
fn release(
    connection: &mut Connection,
    object: KeyHandle,
    pcrs: PcrSelection,
    pin: bool,
) -> Result<SensitiveData, Failure> {
    for _ in 0..4 {
        match release_once(connection, object, pcrs, pin) {
            Err(failure) if failure.answer() == Answer::PcrsMoved => {}
            result => return result,
        }
    }
    release_once(connection, object, pcrs, pin)
}

fn release_once(
    connection: &mut Connection,
    object: KeyHandle,
    pcrs: PcrSelection,
    pin: bool,
) -> Result<SensitiveData, Failure> {
    connection.with_policy(|connection, policy: PolicySession| {
        connection.plain("TPM2_PolicyPCR", |context| {
            context.policy_pcr(policy, Digest::default(), pcrs.to_list()?)
        })?;
        if pin {
            connection.plain("TPM2_PolicyAuthValue", |context| context.policy_auth_value(policy))?;
        }
        connection.by_policy(policy, "TPM2_Unseal", |context| {
            context.unseal(ObjectHandle::from(object))
        })
    })
}

fn meaning(connection: &mut Connection, failure: Failure, pcrs: PcrSelection, pin: bool) -> TpmError {
    let answer = failure.answer();
    // No other command is authorised by the PIN.
    let of_pin = pin && failure.is_of("TPM2_Unseal");
    let wrong = answer == Answer::AuthorisationFails { counted: true };
    if of_pin && (wrong || answer == Answer::Lockout) {
        return match guesses::read(connection) {
            Ok(guesses) if wrong => TpmError::WrongPin {
                tries_left: guesses.tries_left(),
            },
            Ok(guesses) => TpmError::Lockout {
                wait_seconds: guesses.wait_seconds(),
            },
            Err(error) => error,
        };
    }
    if !pcrs.is_empty() && matches!(answer, Answer::PolicyFails | Answer::PcrsMoved) {
        return TpmError::PcrsChanged;
    }
    failure.into()
}

fn authorisation(pin: Option<&PinAuth>) -> tss_esapi::Result<Option<Auth>> {
    pin.map(PinAuth::to_auth).transpose()
}
