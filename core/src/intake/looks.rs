//! What an input without recovery passwords looks like, so that it can be said what to do about it.

use crate::intake::format::Format;

/// What an input is, where no recovery password is found in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Looks {
    /// Bytes of no known kind.
    #[error("it is no text")]
    Binary,
    /// Active Directory, as somebody who may not read the passwords sees it.
    #[error("it lists Active Directory without msFVE-RecoveryPassword, which takes the right to read it")]
    Directory,
    /// Nothing, or white space.
    #[error("it is empty")]
    Empty,
    /// Windows' event log.
    #[error("it is a Windows event log")]
    EventLog,
    /// A `.BEK`.
    #[error("it is an external key (.BEK), which unlocks a volume without a recovery password")]
    ExternalKey,
    /// Microsoft Graph, asked for a list.
    #[error("it lists Microsoft Graph without keys; ask for each with `$select=key`")]
    Graph,
    /// HTML.
    #[error("it is a web page")]
    Html,
    /// A picture.
    #[error("it is a picture; type the digits instead")]
    Image,
    /// What BitLocker's commands print of volumes that are locked, or without asking for passwords.
    #[error("it lists volumes or protectors of BitLocker without recovery passwords")]
    Listing,
    /// PDF.
    #[error("it is a PDF; copy its text into a file")]
    Pdf,
    /// SQLite's.
    #[error("it is an SQLite database")]
    Sqlite,
    /// A table.
    #[error("it is a table without them")]
    Table,
    /// Text.
    #[error("it is text without them")]
    Text,
    /// An encrypted volume.
    #[error("it is a BitLocker volume, whose metadata holds no readable password")]
    Volume,
    /// ZIP, and so DOCX and XLSX.
    #[error("it is a ZIP archive or an Office document; save it as text or CSV")]
    Zip,
}

impl Looks {
    /// What these bytes are, where they are known to be no text.
    pub(super) fn no_text(bytes: &[u8]) -> Option<Self> {
        let begins = |at: usize, magic: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(magic));
        // Size, version 1, size of the header: LIBBDE, as in the metadata of a volume.
        let external_key = begins(4, &[1, 0, 0, 0, 0x30, 0, 0, 0]);
        let known = [
            (begins(0, b"PK\x03\x04"), Self::Zip),
            (begins(0, b"%PDF-"), Self::Pdf),
            (begins(0, b"ElfFile\0"), Self::EventLog),
            (begins(0, b"SQLite format 3\0"), Self::Sqlite),
            (begins(0, b"\x89PNG"), Self::Image),
            (begins(0, b"\xff\xd8\xff"), Self::Image),
            (begins(3, b"-FVE-FS-"), Self::Volume),
            (external_key, Self::ExternalKey),
        ];
        known.into_iter().find_map(|(is, looks)| is.then_some(looks))
    }

    /// What the text is that was read as `format` and had no password.
    pub(super) fn of(text: &str, format: Format) -> Self {
        let beginning = text.trim_start();
        if beginning.is_empty() {
            return Self::Empty;
        }
        let control = |character: &char| character.is_control() && !character.is_whitespace();
        let sample = || beginning.chars().take(SAMPLE);
        match format {
            Format::Ldif | Format::AdScript | Format::AdTable => Self::Directory,
            Format::Graph => Self::Graph,
            Format::ManageBde | Format::PowerShellJson | Format::PowerShellList | Format::PowerShellTable => {
                Self::Listing
            }
            Format::Csv | Format::Mbam => Self::Table,
            Format::Json | Format::List | Format::Xml | Format::SaveText | Format::Text => {
                let begins = |tag: &str| {
                    beginning
                        .get(..tag.len())
                        .is_some_and(|start| start.eq_ignore_ascii_case(tag))
                };
                if begins("<!doctype html") || begins("<html") {
                    Self::Html
                } else if sample().filter(control).count() * 20 > sample().count() {
                    Self::Binary
                } else {
                    Self::Text
                }
            }
        }
    }
}

/// Characters that are looked at.
const SAMPLE: usize = 4096;

#[cfg(test)]
mod tests;
