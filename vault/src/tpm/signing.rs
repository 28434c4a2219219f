//! The key of the TPM that signs checkpoints: ECDSA over P-256, made in the TPM, and of no use outside it.

use strongroom_core::crypto::EcdsaPublicKey;
use strongroom_core::crypto::EcdsaSignature;
use strongroom_core::crypto::sha256;
use strongroom_core::values::Secret;
use tss_esapi::attributes::ObjectAttributes;
use tss_esapi::constants::StructureTag;
use tss_esapi::handles::KeyHandle;
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::interface_types::algorithm::PublicAlgorithm;
use tss_esapi::interface_types::ecc::EccCurve;
use tss_esapi::structures::Digest;
use tss_esapi::structures::EccParameter;
use tss_esapi::structures::EccPoint;
use tss_esapi::structures::EccScheme;
use tss_esapi::structures::HashScheme;
use tss_esapi::structures::HashcheckTicket;
use tss_esapi::structures::KeyDerivationFunctionScheme;
use tss_esapi::structures::Private;
use tss_esapi::structures::Public;
use tss_esapi::structures::PublicEccParameters;
use tss_esapi::structures::Signature;
use tss_esapi::structures::SignatureScheme;
use tss_esapi::structures::SymmetricDefinitionObject;

use crate::tpm::TpmError;
use crate::tpm::authorisation;
use crate::tpm::error::Failure;
use crate::tpm::session::Connection;

/// A signing key as its TPM can load it; nothing in it is secret.
///
/// Its bytes are `x (32) ‖ y (32) ‖ TPM2B_PRIVATE`: the public area has one shape, and only its point differs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SigningObject {
    x: [u8; 32],
    y: [u8; 32],
    private: Vec<u8>,
}

/// The bytes are not a signing key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the bytes are not a signing key")]
pub struct ParseSigningObjectError;

impl SigningObject {
    /// The public half.
    pub fn public_key(&self) -> EcdsaPublicKey {
        EcdsaPublicKey::new(&self.x, &self.y)
    }

    /// `x ‖ y ‖ TPM2B_PRIVATE`
    pub fn to_bytes(&self) -> Vec<u8> {
        // Its length was checked where it was made.
        let length = u16::try_from(self.private.len()).unwrap_or(u16::MAX);
        [&self.x[..], &self.y, &length.to_be_bytes(), &self.private].concat()
    }

    /// The signing key that these bytes are.
    ///
    /// # Errors
    ///
    /// Fails on any byte that [`SigningObject::to_bytes`] would not have written, and on a private area that is empty or
    /// longer than 1024 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ParseSigningObjectError> {
        Self::parse(bytes).ok_or(ParseSigningObjectError)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (x, bytes) = bytes.split_first_chunk::<32>()?;
        let (y, bytes) = bytes.split_first_chunk::<32>()?;
        let (length, private) = bytes.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        (private.len() == length && (1..=PRIVATE_MAX).contains(&length)).then(|| Self {
            x: *x,
            y: *y,
            private: private.to_vec(),
        })
    }

    /// What the TPM made, if that is what it was asked to make.
    fn from_parts(made: &Public, private: &Private) -> Option<Self> {
        let Public::Ecc { unique, .. } = made else { return None };
        let key = Self {
            x: number(unique.x())?,
            y: number(unique.y())?,
            private: private.value().to_vec(),
        };
        let asked = key.public().ok()?;
        (*made == asked && (1..=PRIVATE_MAX).contains(&private.len())).then_some(key)
    }

    fn public(&self) -> tss_esapi::Result<Public> {
        public(EccPoint::new(
            EccParameter::try_from(self.x.as_slice())?,
            EccParameter::try_from(self.y.as_slice())?,
        ))
    }
}

/// Makes a key that signs by `auth`.
pub(super) fn create(connection: &mut Connection, auth: &Secret<32>) -> Result<SigningObject, TpmError> {
    let parent = connection.primary()?;
    // A TPM may write a point's number without the zero bytes that it begins with. The public area is kept by its numbers
    // alone, so a key whose number does begin so, one of 128, is made anew.
    for _ in 0..ATTEMPTS {
        let created = connection.authorised("TPM2_Create", |context| {
            let template = public(EccPoint::default())?;
            context.create(parent, template, Some(authorisation::value(auth)?), None, None, None)
        })?;
        if let Some(key) = SigningObject::from_parts(&created.out_public, &created.out_private) {
            return Ok(key);
        }
    }
    Err(connection.failure("TPM2_Create", u32::MAX).into())
}

/// Signs `SHA-256(text)`.
pub(super) fn sign(
    connection: &mut Connection,
    key: &SigningObject,
    auth: &Secret<32>,
    text: &[u8],
) -> Result<EcdsaSignature, TpmError> {
    let handle = load(connection, key)?;
    let digest = sha256(&[text]);
    let signature = connection.with_object(handle.into(), |connection| {
        connection.plain("TPM2_Sign", |context| {
            context.tr_set_auth(handle.into(), authorisation::value(auth)?)
        })?;
        connection.authorised("TPM2_Sign", |context| {
            let digest = Digest::try_from(digest.as_bytes().as_slice())?;
            context.sign(handle, digest, SignatureScheme::Null, not_hashed_by_tpm()?)
        })
    })?;
    let made = if let Signature::EcDsa(parts) = &signature {
        number(parts.signature_r()).zip(number(parts.signature_s()))
    } else {
        None
    };
    let made = made.map(|(r, s)| EcdsaSignature::new(&r, &s));
    // What does not verify is no signature of this key: the answer was changed, or the key is not the one on record.
    made.filter(|made| key.public_key().verify(text, made.as_der()).is_ok())
        .ok_or_else(|| connection.failure("TPM2_Sign", u32::MAX).into())
}

fn load(connection: &mut Connection, key: &SigningObject) -> Result<KeyHandle, Failure> {
    let parent = connection.primary()?;
    connection.authorised("TPM2_Load", |context| {
        let private = Private::try_from(key.private.as_slice())?;
        context.load(parent, private, key.public()?)
    })
}

/// An unsigned number of at most 32 bytes, with the zeros that it may lack.
fn number(number: &EccParameter) -> Option<[u8; 32]> {
    let mut padded = [0; 32];
    let start = padded.len().checked_sub(number.value().len())?;
    padded.get_mut(start..)?.copy_from_slice(number.value());
    Some(padded)
}

/// The key is not a restricted one, so the TPM does not ask that it has hashed the text itself.
fn not_hashed_by_tpm() -> tss_esapi::Result<HashcheckTicket> {
    HashcheckTicket::try_from(tss_esapi::tss2_esys::TPMT_TK_HASHCHECK {
        tag: StructureTag::Hashcheck.into(),
        hierarchy: tss_esapi::constants::tss::TPM2_RH_NULL,
        digest: Default::default(),
    })
}

fn public(point: EccPoint) -> tss_esapi::Result<Public> {
    Public::builder()
        .with_public_algorithm(PublicAlgorithm::Ecc)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(ObjectAttributes(ATTRIBUTES))
        .with_ecc_parameters(PublicEccParameters::new(
            SymmetricDefinitionObject::Null,
            EccScheme::EcDsa(HashScheme::new(HashingAlgorithm::Sha256)),
            EccCurve::NistP256,
            KeyDerivationFunctionScheme::Null,
        ))
        .with_ecc_unique_identifier(point)
        .build()
}

/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA (there is no human secret in its authorisation), sign
const ATTRIBUTES: u32 = 0x0004_0472;
/// Some 130 bytes are usual.
const PRIVATE_MAX: usize = 1024;
const ATTEMPTS: usize = 8;

#[cfg(test)]
mod tests;
