//! Who asked.

use std::fmt;

use serde::Deserialize;
use serde::Serialize;

use crate::values::LogText;

/// The person behind a request, as far as the kernel knows.
///
/// Shown as the login user where there is one, so that sudo hides nobody.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Who logged in, whoever they became since; `None` where nobody did (a service).
    pub login: Option<LogText>,
    /// Whose rights the program has.
    pub effective: LogText,
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.login.as_ref().unwrap_or(&self.effective), f)
    }
}

#[cfg(test)]
mod tests;
