//! The platform configuration registers that a vault is sealed to.

use std::fmt;
use std::str::FromStr;

use strongroom_core::crypto::sha256;
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::structures::PcrSelectSize;
use tss_esapi::structures::PcrSelectionList;
use tss_esapi::structures::PcrSlot;

use crate::tpm::TpmError;
use crate::tpm::session::Connection;

/// A set of PCRs of the SHA-256 bank, numbers 0 to 23; it may be empty. Written `7,11`, in ascending order.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PcrSelection(u32);

/// The text is no list of PCR numbers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("PCRs are a list of numbers from 0 to 23, such as 7,11")]
pub struct ParsePcrSelectionError;

impl PcrSelection {
    /// The selection of these PCRs.
    ///
    /// # Errors
    ///
    /// Fails if there is no PCR of one of these numbers.
    pub fn of(pcrs: &[u8]) -> Result<Self, ParsePcrSelectionError> {
        pcrs.iter().try_fold(Self::default(), |selection, pcr| {
            if *pcr < COUNT {
                Ok(Self(selection.0 | 1 << pcr))
            } else {
                Err(ParsePcrSelectionError)
            }
        })
    }

    /// The PCRs chosen, ascending.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..COUNT).filter(move |pcr| self.0 & (1 << pcr) != 0)
    }

    /// Whether none is chosen.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// As tss-esapi has it: one selection in the SHA-256 bank, or, where none is chosen, no selection at all.
    pub(super) fn to_list(self) -> tss_esapi::Result<PcrSelectionList> {
        if self.is_empty() {
            return Ok(PcrSelectionList::default());
        }
        let slots = self.iter().map(|pcr| PcrSlot::try_from(1_u32 << pcr));
        PcrSelectionList::builder()
            .with_size_of_select(PcrSelectSize::ThreeOctets)
            .with_selection(HashingAlgorithm::Sha256, &slots.collect::<Result<Vec<_>, _>>()?)
            .build()
    }

    /// `TPML_PCR_SELECTION`, marshalled as TPM 2.0 Library, part 2, section 10.9.7 has it.
    fn to_bytes(self) -> Vec<u8> {
        if self.is_empty() {
            return vec![0; 4];
        }
        let [low, middle, high, _] = self.0.to_le_bytes();
        vec![0, 0, 0, 1, 0x00, 0x0b, 3, low, middle, high]
    }

    /// The digest of the policy that a sealed object has: `PolicyPCR` over these values and, with a PIN,
    /// `PolicyAuthValue` (TPM 2.0 Library, part 3, sections 23.7 and 23.17).
    ///
    /// Computed here and not in a trial session of the TPM, so that the values sealed to are the values that were checked.
    pub(super) fn policy(self, values: &[[u8; 32]], pin: bool) -> [u8; 32] {
        let mut all = Vec::with_capacity(values.len() * 32);
        for value in values {
            all.extend_from_slice(value);
        }
        let values = sha256(&[&all]);
        let mut policy = sha256(&[&[0; 32], &POLICY_PCR, &self.to_bytes(), values.as_bytes()]);
        if pin {
            policy = sha256(&[policy.as_bytes(), &POLICY_AUTH_VALUE]);
        }
        *policy.as_bytes()
    }
}

impl fmt::Display for PcrSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, pcr) in self.iter().enumerate() {
            let separator = if position == 0 { "" } else { "," };
            write!(f, "{separator}{pcr}")?;
        }
        Ok(())
    }
}

impl FromStr for PcrSelection {
    type Err = ParsePcrSelectionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut selection = 0;
        for number in text.split(',').filter(|_| !text.is_empty()) {
            match number.parse::<u8>() {
                Ok(pcr) if pcr < COUNT && pcr.to_string() == number => selection |= 1 << pcr,
                _ => return Err(ParsePcrSelectionError),
            }
        }
        Ok(Self(selection))
    }
}

/// The values of the chosen PCRs, ascending.
///
/// A TPM accepts a policy over a bank that is not there and over registers that nobody extends. Such a PCR binds
/// nothing, so it is refused here, before anything is sealed to it.
pub(super) fn values(connection: &mut Connection, pcrs: PcrSelection) -> Result<Vec<[u8; 32]>, TpmError> {
    pcrs.iter().map(|pcr| value(connection, pcr)).collect()
}

fn value(connection: &mut Connection, pcr: u8) -> Result<[u8; 32], TpmError> {
    let list = PcrSelection(1 << pcr).to_list();
    let (_, _, digests) = connection.plain("TPM2_PCR_Read", |context| context.pcr_read(list.clone()?))?;
    // A bank that is not allocated gives an empty list, not an error.
    let value = match digests.value() {
        [digest] => <[u8; 32]>::try_from(digest.value()).map_err(|_| TpmError::PcrVoid { pcr })?,
        _ => return Err(TpmError::PcrVoid { pcr }),
    };
    if value == [0; 32] || value == [0xff; 32] {
        return Err(TpmError::PcrVoid { pcr });
    }
    Ok(value)
}

const COUNT: u8 = 24;
/// TPM_CC_PolicyPCR
const POLICY_PCR: [u8; 4] = [0, 0, 0x01, 0x7f];
/// TPM_CC_PolicyAuthValue
const POLICY_AUTH_VALUE: [u8; 4] = [0, 0, 0x01, 0x6b];

#[cfg(test)]
mod tests;
