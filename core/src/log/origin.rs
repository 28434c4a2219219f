//! The name under which an epoch's log is signed.

use std::fmt;
use std::str::FromStr;

use crate::values::EpochId;
use crate::values::VaultId;

/// `strongroom/<vault id>/<epoch id>`
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Origin {
    /// The vault.
    pub vault: VaultId,
    /// The epoch.
    pub epoch: EpochId,
}

/// The text is no origin of a vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an origin such as strongroom/<vault id>/<epoch id>")]
pub struct ParseOriginError;

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "strongroom/{}/{}", self.vault, self.epoch)
    }
}

impl FromStr for Origin {
    type Err = ParseOriginError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (vault, epoch) = text
            .strip_prefix("strongroom/")
            .and_then(|ids| ids.split_once('/'))
            .ok_or(ParseOriginError)?;
        let origin = Self {
            vault: vault.parse().map_err(|_| ParseOriginError)?,
            epoch: epoch.parse().map_err(|_| ParseOriginError)?,
        };
        // Upper-case digits parse, but are another name.
        if origin.to_string() != text {
            return Err(ParseOriginError);
        }
        Ok(origin)
    }
}
