//! The sealed object: the root key as only this TPM can read it.

use tss_esapi::attributes::ObjectAttributes;
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::interface_types::algorithm::PublicAlgorithm;
use tss_esapi::structures::Digest;
use tss_esapi::structures::KeyedHashScheme;
use tss_esapi::structures::Private;
use tss_esapi::structures::Public;
use tss_esapi::structures::PublicKeyedHashParameters;

/// A root key sealed by a TPM; nothing in it is secret.
///
/// Its bytes are `TPM2B_PUBLIC ‖ TPM2B_PRIVATE`, marshalled as the TPM 2.0 Library has them. The public area has one
/// shape (KeyedHash, SHA-256, attributes 0x92 or 0x492, a policy of 32 bytes, no scheme, 32 bytes of unique), and the
/// parser takes no other; so nothing of a file reaches a parser of libtss2.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SealedObject {
    pin: bool,
    policy: [u8; 32],
    unique: [u8; 32],
    private: Vec<u8>,
}

/// The bytes are not a sealed object.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the bytes are not a sealed object")]
pub struct ParseSealedObjectError;

impl SealedObject {
    /// Whether it takes a PIN: then the TPM counts wrong ones, and its policy asks for the authorisation value.
    pub const fn takes_pin(&self) -> bool {
        self.pin
    }

    /// `TPM2B_PUBLIC ‖ TPM2B_PRIVATE`
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 + usize::from(PUBLIC_LEN) + 2 + self.private.len());
        bytes.extend_from_slice(&PUBLIC_LEN.to_be_bytes());
        bytes.extend_from_slice(&PUBLIC_TYPE);
        bytes.extend_from_slice(&attributes(self.pin).to_be_bytes());
        bytes.extend_from_slice(&POLICY_LEN);
        bytes.extend_from_slice(&self.policy);
        bytes.extend_from_slice(&PUBLIC_SCHEME);
        bytes.extend_from_slice(&self.unique);
        // Its length was checked where it was made.
        let length = u16::try_from(self.private.len()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&self.private);
        bytes
    }

    /// The sealed object that these bytes are.
    ///
    /// # Errors
    ///
    /// Fails on any byte that [`SealedObject::to_bytes`] would not have written, and on a private area that is empty or
    /// longer than 1024 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ParseSealedObjectError> {
        Self::parse(bytes).ok_or(ParseSealedObjectError)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(&PUBLIC_LEN.to_be_bytes())?;
        let bytes = bytes.strip_prefix(&PUBLIC_TYPE)?;
        let (found, bytes) = bytes.split_first_chunk::<4>()?;
        let pin = match u32::from_be_bytes(*found) {
            WITH_PIN => true,
            WITHOUT_PIN => false,
            _ => return None,
        };
        let (policy, bytes) = bytes.strip_prefix(&POLICY_LEN)?.split_first_chunk::<32>()?;
        let (unique, bytes) = bytes.strip_prefix(&PUBLIC_SCHEME)?.split_first_chunk::<32>()?;
        let (length, private) = bytes.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        if private.len() != length || !(1..=PRIVATE_MAX).contains(&length) {
            return None;
        }
        Some(Self {
            pin,
            policy: *policy,
            unique: *unique,
            private: private.to_vec(),
        })
    }

    /// What the TPM made, if that is what it was asked to make.
    pub(super) fn from_parts(public: &Public, private: &Private) -> Option<Self> {
        let Public::KeyedHash {
            object_attributes,
            name_hashing_algorithm: HashingAlgorithm::Sha256,
            auth_policy,
            parameters,
            unique,
        } = public
        else {
            return None;
        };
        let pin = match object_attributes.0 {
            WITH_PIN => true,
            WITHOUT_PIN => false,
            _ => return None,
        };
        if *parameters != scheme() || !(1..=PRIVATE_MAX).contains(&private.len()) {
            return None;
        }
        Some(Self {
            pin,
            policy: auth_policy.value().try_into().ok()?,
            unique: unique.value().try_into().ok()?,
            private: private.value().to_vec(),
        })
    }

    /// The two halves, for the TPM to load.
    pub(super) fn to_parts(&self) -> tss_esapi::Result<(Private, Public)> {
        let public = public(self.pin, &self.policy, &self.unique)?;
        Ok((Private::try_from(self.private.as_slice())?, public))
    }
}

/// What the TPM is asked to make.
pub(super) fn template(pin: bool, policy: &[u8; 32]) -> tss_esapi::Result<Public> {
    public(pin, policy, &[])
}

fn public(pin: bool, policy: &[u8; 32], unique: &[u8]) -> tss_esapi::Result<Public> {
    Public::builder()
        .with_public_algorithm(PublicAlgorithm::KeyedHash)
        .with_name_hashing_algorithm(HashingAlgorithm::Sha256)
        .with_object_attributes(ObjectAttributes(attributes(pin)))
        .with_auth_policy(Digest::try_from(policy.as_slice())?)
        .with_keyed_hash_parameters(scheme())
        .with_keyed_hash_unique_identifier(Digest::try_from(unique)?)
        .build()
}

const fn scheme() -> PublicKeyedHashParameters {
    PublicKeyedHashParameters::new(KeyedHashScheme::Null)
}

const fn attributes(pin: bool) -> u32 {
    if pin { WITH_PIN } else { WITHOUT_PIN }
}

/// fixedTPM, fixedParent, adminWithPolicy; userWithAuth is clear, so that the policy is the only way.
const WITH_PIN: u32 = 0x92;
/// And noDA: there is no human secret in it that could be guessed, and power cuts must not add up to a lockout.
const WITHOUT_PIN: u32 = 0x492;
/// type TPM_ALG_KEYEDHASH, nameAlg TPM_ALG_SHA256
const PUBLIC_TYPE: [u8; 4] = [0x00, 0x08, 0x00, 0x0b];
const POLICY_LEN: [u8; 2] = [0, 32];
/// scheme TPM_ALG_NULL, and the length of what follows
const PUBLIC_SCHEME: [u8; 4] = [0x00, 0x10, 0, 32];
const PUBLIC_LEN: u16 = 4 + 4 + 2 + 32 + 4 + 32;
/// Some 200 bytes are usual.
const PRIVATE_MAX: usize = 1024;

#[cfg(test)]
mod tests;
