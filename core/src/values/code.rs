//! Closed sets whose members people and scripts write as words.

/// The text is not one of a closed set's words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not one of {}", codes.join(", "))]
pub struct ParseCodeError {
    /// The words.
    pub codes: &'static [&'static str],
}

/// A closed set as one table: each member, the word for it, and what it says to people.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($variant:ident, $code:literal, $text:literal;)+ }) => {
        $(#[$doc])*
        ///
        /// Written as its word, in JSON and on the command line.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum $name {
            $(#[doc = $text] $variant,)+
        }

        impl $name {
            /// Every one, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word of each, in the same order.
            pub const CODES: &[&str] = &[$($code),+];

            /// Its word.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// What it says to people, in one line.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.code())
            }
        }

        $crate::values::text_in_json!($name);

        impl FromStr for $name {
            type Err = ParseCodeError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err(ParseCodeError { codes: Self::CODES }),
                }
            }
        }
    };
}

pub(crate) use codes;
