//! Who asked.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;

use crate::values::LogText;

/// The person behind a request, as far as the kernel knows.
///
/// Shown as the login user if it is known, so that sudo hides no operator. A login that the operator can have chosen is a
/// claim: it is shown as one, beside the effective user.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// The login user, whoever they became since; `None` if it is not known.
    pub login: Option<LogText>,
    /// The user whose rights the program has.
    pub effective: LogText,
    /// The login that the operator claims, if `login` is not known; absent in older logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed: Option<LogText>,
}

impl Operator {
    /// Returns the user who is known: the login user, otherwise the effective user. Operators with different claims are the
    /// same here.
    pub fn principal(&self) -> &LogText {
        self.login.as_ref().unwrap_or(&self.effective)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.principal(), f)?;
        match &self.claimed {
            Some(claimed) => write!(f, "{CLAIMS}{claimed})"),
            None => Ok(()),
        }
    }
}

/// Returns whether two operators, as records name them, may be the same person: a claim proves no difference.
pub fn may_be_same_person(one: &str, other: &str) -> bool {
    one == other || is_claim(one) || is_claim(other)
}

/// Returns whether a record names an operator by a claim. No user is named so: the programs write a name with a
/// parenthesis as a number.
fn is_claim(operator: &str) -> bool {
    operator.ends_with(')') && operator.contains(CLAIMS)
}

const CLAIMS: &str = " (claims ";

#[cfg(test)]
mod tests;
