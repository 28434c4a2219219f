//! KEY-ID: which password is meant.

use std::fmt;
use std::str::FromStr;

use strongroom_core::values::EscrowId;
use strongroom_core::values::KeyIdPrefix;
use strongroom_core::values::ParseKeyIdPrefixError;

/// The first eight or more digits of a protector ID, as a recovery screen shows them, or an escrow id.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyId {
    /// The escrow, where the text can be the id of one.
    pub(crate) escrow: Option<EscrowId>,
    /// The beginning of a protector ID.
    pub(crate) protector: KeyIdPrefix<4>,
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.escrow {
            Some(escrow) => write!(f, "{escrow}"),
            None => write!(f, "{}", self.protector),
        }
    }
}

impl FromStr for KeyId {
    type Err = ParseKeyIdPrefixError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let eight: KeyIdPrefix<8> = text.parse()?;
        // What does for eight digits does for four.
        let protector = eight.to_string().parse()?;
        Ok(Self {
            escrow: text.parse().ok(),
            protector,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::args::KeyId;

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, bool)>) {
        let parsed: Option<KeyId> = text.parse().ok();
        let found = parsed.map(|id| (id.protector.to_string(), id.escrow.is_some()));
        assert_eq!(found, expected.map(|(text, escrow)| (text.to_owned(), escrow)));
    }

    #[test]
    fn digits_of_a_protector_or_an_escrow_id() {
        check("4F2A1B3C", Some(("4f2a1b3c", false)));
        check("{4f2a1b3c-1", Some(("4f2a1b3c-1", false)));
        check("4f2a1b3", None);
        check("4f2a1b3g", None);
        check(
            "00112233445566778899aabbccddeeff",
            Some(("00112233-4455-6677-8899-aabbccddeeff", true)),
        );
        check(
            "{00112233-4455-6677-8899-AABBCCDDEEFF}",
            Some(("00112233-4455-6677-8899-aabbccddeeff", false)),
        );
    }
}
