//! Records of what `manage-bde -protectors -get` prints, in any language: by its indentation, never by its words.
//!
//! ```text
//! Volume C: [Windows]
//! All Key Protectors
//!
//!     Numerical Password:
//!       ID: {081F6236-98B8-4FF7-B769-3C1B86B69533}
//!       Password:
//!         002816-008470-…
//! ```

use crate::intake::candidates::Candidates;
use crate::intake::finder::Seen;
use crate::intake::finder::scan;
use crate::intake::record::Record;
use crate::intake::record::Rejection;
use crate::intake::record::outcome;
use crate::values::MountPoint;
use crate::values::ParseRecoveryPasswordError;
use crate::values::RecoveryPassword;

/// The records of `text`.
///
/// A volume begins with a line that is not indented, names a mount point, and ends with a label in brackets or quotes.
/// A block of it begins with a line that is indented no deeper than its first indented line. The password of a block
/// is that of the one GUID there; blocks of other protectors, and those of a locked volume, have none.
pub(super) fn read(text: &str) -> Vec<Record> {
    let mut reader = Reader::default();
    for (line, number) in text.split('\n').zip(1..) {
        if let Some(mount) = volume(line) {
            reader.end_block();
            reader.mount = Some(mount);
            reader.indent = None;
            continue;
        }
        let indent = line
            .chars()
            .take_while(|character| matches!(character, ' ' | '\t'))
            .count();
        if indent > 0 && indent < line.trim_end().chars().count() && indent <= *reader.indent.get_or_insert(indent) {
            reader.end_block();
        }
        scan(line, |_, seen| match seen {
            Seen::Guid(guid) if guid.is_parted => reader.guids.add(guid.id),
            Seen::Guid(_) => {}
            Seen::Password(password) => reader.passwords.push((number, password)),
        });
    }
    reader.end_block();
    reader.records
}

/// The mount point of a line that begins a volume.
pub(super) fn volume(line: &str) -> Option<MountPoint> {
    let line = line.trim_end();
    if line.starts_with([' ', '\t']) || line.len() > LONGEST_LINE || !line.ends_with([']', '"', '\'']) {
        return None;
    }
    let mut words = line.char_indices().map(|(at, _)| at).filter(|at| {
        let before = line.get(..*at).and_then(|before| before.chars().next_back());
        before.is_none_or(|before| before.is_whitespace() || is_quote(before))
    });
    words.find_map(|at| mount_and_label(line.get(at..)?))
}

/// The mount point at the beginning of `text`, if a label follows.
fn mount_and_label(text: &str) -> Option<MountPoint> {
    let is_drive = text.get(1..2) == Some(":");
    if !is_drive && !text.starts_with(r"\\?\") {
        return None;
    }
    let end = text.find(|character: char| character.is_whitespace() || is_quote(character))?;
    let (mount, after) = text.split_at_checked(end)?;
    let after = after.strip_prefix(is_quote).unwrap_or(after);
    // Some languages put a word between them.
    let (between, _) = after.split_once(['[', '"', '\''])?;
    if between.len() > LONGEST_WORD || !between.starts_with(char::is_whitespace) {
        return None;
    }
    mount.parse().ok()
}

fn is_quote(character: char) -> bool {
    matches!(character, '"' | '\'' | '\u{ab}' | '\u{bb}' | '\u{2018}'..='\u{201f}')
}

#[derive(Default)]
struct Reader {
    records: Vec<Record>,
    mount: Option<MountPoint>,
    /// How far the blocks of this volume are indented.
    indent: Option<usize>,
    guids: Candidates,
    passwords: Vec<(usize, Result<RecoveryPassword, ParseRecoveryPasswordError>)>,
}

impl Reader {
    fn end_block(&mut self) {
        let guids = std::mem::take(&mut self.guids);
        let passwords = std::mem::take(&mut self.passwords);
        let protector = match guids {
            _ if passwords.len() > 1 => Err(Rejection::SeveralPasswords),
            Candidates::None => Err(Rejection::NoProtector),
            Candidates::One(id) => Ok(id),
            Candidates::Several => Err(Rejection::SeveralProtectors),
        };
        for (line, password) in passwords {
            let mut record = Record::bare(line, outcome(password, protector));
            record.naming.mount.clone_from(&self.mount);
            self.records.push(record);
        }
    }
}

const LONGEST_LINE: usize = 512;
const LONGEST_WORD: usize = 32;

#[cfg(test)]
mod tests;
