//! Records of lines `name : value`, as PowerShell's `Format-List` and scripts for the directory print them.

use zeroize::Zeroizing;

use crate::intake::context::Context;
use crate::intake::draft::Draft;
use crate::intake::fields::Field;
use crate::intake::fields::field;
use crate::intake::format::Format;
use crate::intake::record::Record;
use crate::values::MountPoint;

/// The records of `text`.
///
/// A record ends with an empty line, or where the name that began it comes again: Microsoft's script for the directory
/// leaves no line empty. A line that begins with white space and has no name goes on from the one before.
///
/// `Get-BitLockerVolume` prints volumes apart from their protectors. If the text has one device, or one mount point,
/// then the records that name none are its; of several there is no telling.
pub(super) fn read(text: &str, format: Format) -> Vec<Record> {
    let mut reader = Reader {
        format,
        records: Vec::new(),
        open: None,
        shared: Shared::default(),
    };
    let mut lines = text.split('\n').zip(1..).peekable();
    while let Some((first, line)) = lines.next() {
        let Some((field, value)) = named(first) else {
            if first.trim().is_empty() {
                reader.end();
            } else {
                reader.put(line, Field::Other, first);
            }
            continue;
        };
        let longer = lines
            .clone()
            .map_while(|(next, _)| goes_on(next).then_some(next.trim().len()));
        let len = value.len() + longer.sum::<usize>();
        if len == value.len() {
            reader.put(line, field, value);
            continue;
        }
        // PowerShell breaks lines anywhere, and puts nothing in between. The size is known, so that it never grows.
        let mut whole = Zeroizing::new(String::with_capacity(len));
        whole.push_str(value);
        while let Some((piece, _)) = lines.next_if(|(next, _)| goes_on(next)) {
            whole.push_str(piece.trim());
        }
        reader.put(line, field, &whole);
    }
    reader.end();
    let Reader {
        mut records, shared, ..
    } = reader;
    shared.apply(&mut records);
    records
}

/// Whether `line` is one of a name that only this kind of text has: they are the same in every language.
pub(super) fn is_telling(line: &str) -> Option<Format> {
    let (name, _) = line.split_once(':')?;
    match name.trim() {
        "RecoveryPassword" | "KeyProtectorId" | "KeyProtector" => Some(Format::PowerShellList),
        name if name.eq_ignore_ascii_case("msFVE-RecoveryPassword") => Some(Format::AdScript),
        _ => None,
    }
}

struct Reader {
    format: Format,
    records: Vec<Record>,
    /// The record that is being read, and the field that began it.
    open: Option<(Draft, Field)>,
    shared: Shared,
}

impl Reader {
    fn put(&mut self, line: usize, field: Field, value: &str) {
        if self
            .open
            .as_ref()
            .is_some_and(|(_, first)| *first == field && field != Field::Other)
        {
            self.end();
        }
        let format = self.format;
        let (draft, _) = self.open.get_or_insert_with(|| (Draft::new(format, line), field));
        draft.put(field, value);
    }

    fn end(&mut self) {
        let Some((draft, _)) = self.open.take() else { return };
        let is_context = draft.is_context();
        let context = draft.finish(&mut self.records);
        if is_context {
            self.shared.add(context);
        }
    }
}

/// What the volumes of a text have in common.
#[derive(Default)]
struct Shared {
    device: Context,
    mounts: Vec<MountPoint>,
    volume: Context,
}

impl Shared {
    fn add(&mut self, context: Context) {
        if let Some((rank, name)) = context.device.clone() {
            self.device.put_device(rank, name);
        }
        if let Some(mount) = &context.naming.mount
            && self.mounts.len() < 2
            && !self.mounts.contains(mount)
        {
            self.mounts.push(mount.clone());
            self.volume.naming = context.naming;
        }
    }

    fn apply(mut self, records: &mut [Record]) {
        if let [_] = self.mounts.as_slice() {
            self.device.naming = self.volume.naming;
        }
        for record in records {
            self.device.apply(record);
        }
    }
}

/// The field of a line `name : value`, and the value.
fn named(line: &str) -> Option<(Field, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_of_name = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ' ');
    let is_name = !name.trim().is_empty() && name.len() <= LONGEST_NAME && name.chars().all(is_of_name);
    is_name.then(|| (field(name), value))
}

fn goes_on(line: &str) -> bool {
    line.starts_with([' ', '\t'])
        && !line.trim().is_empty()
        && named(line).is_none_or(|(field, _)| field == Field::Other)
}

/// PowerShell puts names into a column that is as wide as the longest.
const LONGEST_NAME: usize = 64;

#[cfg(test)]
mod tests;
