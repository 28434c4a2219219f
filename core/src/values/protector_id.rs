//! GUIDs as Windows writes them: of a key protector and of a volume.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE;

use crate::values::text_in_json;

/// The text is not a GUID.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a GUID is 32 hexadecimal digits, as 8-4-4-4-12, with or without braces around them")]
pub struct ParseGuidError;

macro_rules! guid {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Kept in the order of its text, so that a prefix of the text is a prefix of the bytes. Written as
        /// 8-4-4-4-12 lower-case hexadecimal digits; read in any case, with or without braces.
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The GUID of these 16 bytes, in the order of its text.
            pub const fn new(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its 16 bytes, in the order of its text.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_guid(f, HEXLOWER_PERMISSIVE.encode_mut_str(&self.0, &mut [0; 32]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        text_in_json!($name);

        impl FromStr for $name {
            type Err = ParseGuidError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_guid(text).map(Self).ok_or(ParseGuidError)
            }
        }
    };
}

guid!(
    /// The GUID of one key protector of one volume: Windows' "recovery key ID", "password ID", "identifier".
    ProtectorId
);
guid!(
    /// The GUID of an encrypted volume, from its BitLocker metadata or the directory's `msFVE-VolumeGuid`.
    VolumeId
);

fn parse_guid(text: &str) -> Option<[u8; 16]> {
    let text = match text.strip_prefix('{') {
        Some(rest) => rest.strip_suffix('}')?,
        None => text,
    };
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    if !HYPHENS.iter().all(|at| text.get(*at) == Some(&b'-')) {
        return None;
    }
    let mut digits = [0; 32];
    let others = text.iter().enumerate().filter(|(at, _)| !HYPHENS.contains(at));
    for (digit, (_, byte)) in digits.iter_mut().zip(others) {
        *digit = *byte;
    }
    let mut bytes = [0; 16];
    HEXLOWER_PERMISSIVE.decode_mut(&digits, &mut bytes).ok()?;
    Some(bytes)
}

/// Writes the hexadecimal `digits` of a GUID, or its first ones, with hyphens where a GUID has them.
pub(super) fn write_guid(f: &mut fmt::Formatter<'_>, digits: &str) -> fmt::Result {
    let mut rest = digits;
    for len in FIELDS {
        let (field, after) = rest.split_at_checked(2 * len).unwrap_or((rest, ""));
        f.write_str(field)?;
        if after.is_empty() {
            break;
        }
        f.write_str("-")?;
        rest = after;
    }
    Ok(())
}

/// The bytes in each field of a GUID.
const FIELDS: [usize; 5] = [4, 2, 2, 2, 6];
/// Where the hyphens stand between them.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

#[cfg(test)]
mod tests;
