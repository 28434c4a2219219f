//! Random identifiers: 16 bytes, written as 32 lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER_PERMISSIVE;

use crate::values::text_in_json;

/// The text is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an identifier is 32 hexadecimal digits")]
pub struct ParseIdentifierError;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The identifier of these 16 bytes.
            pub const fn new(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its 16 bytes, in the order in which they are written.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(HEXLOWER_PERMISSIVE.encode_mut_str(&self.0, &mut [0; 32]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        text_in_json!($name);

        impl FromStr for $name {
            type Err = ParseIdentifierError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; 16];
                if text.len() != 32 {
                    return Err(ParseIdentifierError);
                }
                HEXLOWER_PERMISSIVE
                    .decode_mut(text.as_bytes(), &mut bytes)
                    .map_err(|_| ParseIdentifierError)?;
                Ok(Self(bytes))
            }
        }
    };
}

identifier!(
    /// One vault, for its whole life, over restores too.
    VaultId
);
identifier!(
    /// One escrow: one recovery password taken in.
    EscrowId
);
identifier!(
    /// The life of one anchor.
    EpochId
);
identifier!(
    /// One enrolled sender of drops.
    SenderId
);
