//! The storage primary, under which the root key is sealed, and the endorsement key, which tells one TPM from another.

use tss_esapi::abstraction::AsymmetricAlgorithmSelection;
use tss_esapi::abstraction::ek;
use tss_esapi::attributes::ObjectAttributes;
use tss_esapi::handles::KeyHandle;
use tss_esapi::handles::ObjectHandle;
use tss_esapi::handles::PersistentTpmHandle;
use tss_esapi::handles::TpmHandle;
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::interface_types::algorithm::PublicAlgorithm;
use tss_esapi::interface_types::ecc::EccCurve;
use tss_esapi::interface_types::resource_handles::Hierarchy;
use tss_esapi::structures::EccPoint;
use tss_esapi::structures::EccScheme;
use tss_esapi::structures::KeyDerivationFunctionScheme;
use tss_esapi::structures::Public;
use tss_esapi::structures::PublicEccParameters;
use tss_esapi::structures::SymmetricDefinitionObject;

use crate::tpm::TpmError;
use crate::tpm::error::Answer;
use crate::tpm::error::Failure;
use crate::tpm::session::Connection;

/// The storage primary as it is loaded in a connection.
pub(super) struct Primary {
    handle: KeyHandle,
    name: Vec<u8>,
    persistent: bool,
}

impl Primary {
    pub(super) const fn handle(&self) -> KeyHandle {
        self.handle
    }

    pub(super) fn name(&self) -> &[u8] {
        &self.name
    }

    /// Frees its slot, where it takes one.
    pub(super) fn release(self, connection: &mut Connection) {
        if self.persistent {
            connection.forget(self.handle.into());
        } else {
            connection.flush(self.handle.into());
        }
    }
}

/// The storage primary: derived afresh or, where the owner authorisation is set, taken from 0x81000001.
///
/// The same template gives the same key for as long as the owner hierarchy is not cleared. Nothing is made persistent.
pub(super) fn storage(connection: &mut Connection) -> Result<Primary, TpmError> {
    match create(connection, Hierarchy::Owner, template, Salted::NotYet) {
        Ok((handle, name)) => Ok(Primary {
            handle,
            name,
            persistent: false,
        }),
        Err(failure) if failure.answer().is_refusal() => persistent(connection),
        Err(failure) => Err(failure.into()),
    }
}

/// The Name of the endorsement key (ECC P-256, default template L-2 of the TCG EK Credential Profile); `None` where
/// the endorsement hierarchy has an authorisation value or is switched off.
pub(super) fn endorsement_name(connection: &mut Connection) -> Result<Option<Vec<u8>>, TpmError> {
    let template =
        || ek::create_ek_public_from_default_template_2(AsymmetricAlgorithmSelection::Ecc(EccCurve::NistP256), None);
    match create(connection, Hierarchy::Endorsement, template, Salted::Yes) {
        Ok((handle, name)) => {
            connection.flush(handle.into());
            Ok(Some(name))
        }
        Err(failure) if failure.answer().is_refusal() || failure.answer() == Answer::HierarchyOff => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Salted {
    Yes,
    NotYet,
}

fn create(
    connection: &mut Connection,
    hierarchy: Hierarchy,
    template: impl Fn() -> tss_esapi::Result<Public>,
    salted: Salted,
) -> Result<(KeyHandle, Vec<u8>), Failure> {
    let call = |context: &mut tss_esapi::Context| {
        let created = context.create_primary(hierarchy, template()?, None, None, None, None)?;
        Ok(created.key_handle)
    };
    let handle = match salted {
        Salted::Yes => connection.authorised("TPM2_CreatePrimary", call)?,
        Salted::NotYet => connection.unsalted_and_empty("TPM2_CreatePrimary", call)?,
    };
    // libtss2 has computed this Name from the public area itself.
    let name = connection.plain("TPM2_CreatePrimary", |context| context.tr_get_name(handle.into()));
    match name {
        Ok(name) => Ok((handle, name.value().to_vec())),
        Err(failure) => {
            connection.flush(handle.into());
            Err(failure)
        }
    }
}

/// The key at 0x81000001, if it is what the template gives: another one is nobody's storage primary for us, and
/// without the owner authorisation there is no other.
fn persistent(connection: &mut Connection) -> Result<Primary, TpmError> {
    let read = connection.plain("TPM2_ReadPublic", |context| {
        let handle = TpmHandle::Persistent(PersistentTpmHandle::new(PERSISTENT)?);
        context.tr_from_tpm_public(handle)
    });
    let object: ObjectHandle = match read {
        Ok(object) => object,
        Err(failure) if failure.answer() == Answer::HandleUnknown => return Err(TpmError::OwnerAuthSet),
        Err(failure) => return Err(failure.into()),
    };
    let handle = KeyHandle::from(object);
    match connection.plain("TPM2_ReadPublic", |context| context.read_public(handle)) {
        Ok((public, name, _)) if is_template(&public) => Ok(Primary {
            handle,
            name: name.value().to_vec(),
            persistent: true,
        }),
        other => {
            connection.forget(object);
            Err(other.err().map_or(TpmError::OwnerAuthSet, TpmError::from))
        }
    }
}

/// Whether all of a public area but its point is the template's.
fn is_template(public: &Public) -> bool {
    let Public::Ecc {
        object_attributes,
        name_hashing_algorithm,
        auth_policy,
        parameters,
        ..
    } = public
    else {
        return false;
    };
    *object_attributes == ObjectAttributes(ATTRIBUTES)
        && *name_hashing_algorithm == HashingAlgorithm::Sha256
        && auth_policy.is_empty()
        && *parameters == ecc_parameters()
}

/// The storage root key of the TCG TPM v2.0 Provisioning Guidance: ECC P-256, SHA-256, AES-128-CFB, without policy.
fn template() -> tss_esapi::Result<Public> {
    Public::builder()
        .with_public_algorithm(PublicAlgorithm::Ecc)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(ObjectAttributes(ATTRIBUTES))
        .with_ecc_parameters(ecc_parameters())
        .with_ecc_unique_identifier(EccPoint::default())
        .build()
}

const fn ecc_parameters() -> PublicEccParameters {
    PublicEccParameters::new(
        SymmetricDefinitionObject::AES_128_CFB,
        EccScheme::Null,
        EccCurve::NistP256,
        KeyDerivationFunctionScheme::Null,
    )
}

/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, decrypt
const ATTRIBUTES: u32 = 0x0003_0472;
/// Where the TCG's provisioning guidance puts a persistent storage root key.
const PERSISTENT: u32 = 0x8100_0001;
