//! Passwords and protector IDs that nobody has.

use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;

/// A recovery password made of a number.
pub(crate) struct Made {
    /// Its text.
    pub(crate) text: String,
    /// Its 16 bytes.
    pub(crate) bytes: [u8; 16],
    /// The protector ID that goes with it.
    pub(crate) protector: String,
}

/// The recovery password and protector ID number `number`; each number has its own.
pub(crate) fn made(number: u64) -> Made {
    let bytes = bytes(number);
    Made {
        text: text(bytes),
        bytes,
        protector: ProtectorId::new(self::bytes(!number)).to_string(),
    }
}

impl Made {
    /// The first eight digits of the protector ID, as a recovery screen shows them.
    pub(crate) fn key_id(&self) -> &str {
        &self.protector[..8]
    }

    pub(crate) fn groups(&self) -> Vec<&str> {
        self.text.split('-').collect()
    }

    /// The text with one wrong digit in a group, counted from 1.
    pub(crate) fn with_a_slip_in(&self, group: usize) -> String {
        let mut groups: Vec<String> = self.groups().into_iter().map(str::to_owned).collect();
        let digit = groups[group - 1].pop().unwrap();
        groups[group - 1].push(if digit == '9' { '8' } else { '9' });
        groups.join("-")
    }
}

/// The text of these 16 bytes.
pub(crate) fn text(bytes: [u8; 16]) -> String {
    let password = RecoveryPassword::from_bytes(Secret::from_fn(|secret| secret.copy_from_slice(&bytes)));
    password.to_text().as_str().to_owned()
}

/// Sixteen bytes that look random. Every group has six digits that are found nowhere by accident.
fn bytes(number: u64) -> [u8; 16] {
    let mut state = number.wrapping_add(0x5374_726f_6e67);
    let mut bytes = [0; 16];
    for word in bytes.as_chunks_mut::<2>().0 {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let [high, low, ..] = (mixed ^ (mixed >> 31)).to_be_bytes();
        // No group begins with a zero.
        *word = (u16::from_be_bytes([high, low]) % 40_000 + 15_000).to_le_bytes();
    }
    bytes
}
