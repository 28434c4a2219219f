//! Where and what an encrypted volume is.

use std::fmt;
use std::str::FromStr;

use crate::values::LogText;
use crate::values::ParseCodeError;
use crate::values::TextError;
use crate::values::code::codes;
use crate::values::fold_case;
use crate::values::folding::same_without_case;
use crate::values::protector_id::ParseGuidError;
use crate::values::protector_id::VolumeId;
use crate::values::text_in_json;

codes!(
    /// What a volume is for.
    VolumeType {
        Os, "os", "operating system volume";
        Fixed, "fixed", "fixed data volume";
        Removable, "removable", "removable data volume";
        Unknown, "unknown", "volume of an unknown type";
    }
);

/// Where Windows mounts a volume: `C:`, `C:\Mount\Data` or `\\?\Volume{…}`.
///
/// Compares without case, and no more loosely: Windows keeps two folders whose names differ in how their letters are
/// composed, and the passwords of two volumes must not meet. `c:` and `C:\` are the same: the drive letter is written upper case, and a backslash at the
/// end is not kept. The GUID in the third form is Windows' name for the mount, not the volume's BitLocker ID.
#[derive(Clone, Debug)]
pub struct MountPoint(LogText);

/// The text is not a mount point.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseMountPointError {
    /// It is none of the three forms.
    #[error(r"a mount point is a drive such as C:, a folder such as C:\Mount\Data, or \\?\Volume{{GUID}}\")]
    Form,
    /// It may not stand in the log.
    #[error(transparent)]
    Text(#[from] TextError),
}

impl MountPoint {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Returns a mount point that a record already holds.
    fn kept(text: &str) -> Result<Self, ParseMountPointError> {
        Self::of(&LogText::kept(text)?)
    }

    fn of(text: &LogText) -> Result<Self, ParseMountPointError> {
        let trimmed = text.as_str().strip_suffix('\\').unwrap_or(text.as_str());
        let written = canonical(trimmed).ok_or(ParseMountPointError::Form)?;
        Ok(Self(LogText::kept(&written)?))
    }

    /// In one case, for comparing.
    pub fn folded(&self) -> String {
        fold_case(self.as_str())
    }
}

impl Eq for MountPoint {}

impl PartialEq for MountPoint {
    fn eq(&self, other: &Self) -> bool {
        same_without_case(self.as_str(), other.as_str())
    }
}

impl fmt::Display for MountPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

text_in_json!(MountPoint, MountPoint::kept);

impl FromStr for MountPoint {
    type Err = ParseMountPointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::of(&text.parse()?)
    }
}

fn canonical(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix(r"\\?\") {
        let (name, guid) = rest.split_at_checked("Volume".len())?;
        let guid: Result<VolumeId, ParseGuidError> = guid.parse();
        // Without its braces it would be another name to Windows.
        return (name.eq_ignore_ascii_case("Volume") && rest.ends_with('}') && guid.is_ok()).then(|| text.to_owned());
    }
    let (drive, folder) = text.split_once(':')?;
    let mut letters = drive.chars();
    let letter = letters.next().filter(char::is_ascii_alphabetic)?;
    if letters.next().is_some() {
        return None;
    }
    let mut names = folder.split('\\');
    let relative = !names.next()?.is_empty();
    if relative || names.any(|name| name.is_empty() || name.contains(FORBIDDEN)) {
        return None;
    }
    Some(format!("{}:{folder}", letter.to_ascii_uppercase()))
}

/// What Windows allows in no file name.
const FORBIDDEN: [char; 8] = ['/', ':', '*', '?', '"', '<', '>', '|'];

#[cfg(test)]
mod tests;
