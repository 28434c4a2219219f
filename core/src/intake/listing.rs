//! Records of lines `name : value`, as PowerShell's `Format-List` and scripts for the directory print them.

use zeroize::Zeroizing;

use crate::intake::context::Context;
use crate::intake::draft::Draft;
use crate::intake::fields::Field;
use crate::intake::format::Format;
use crate::intake::lines;
use crate::intake::manner::Manner;
use crate::intake::names::Names;
use crate::intake::record::Record;
use crate::values::MountPoint;

/// The records of `text`.
///
/// A record ends with an empty line, or where the name that began it comes again: Microsoft's script for the directory
/// leaves no line empty. A line that begins with white space and has no name goes on from the one before.
///
/// `Get-BitLockerVolume` prints volumes apart from their protectors. If the text has one device, or one mount point,
/// then the records that name none are its; of several there is no telling.
pub(super) fn read(text: &str, manner: Manner, names: &Names) -> Vec<Record> {
    let mut reader = Reader::new(manner);
    let mut lines = text.split('\n').zip(1..).peekable();
    while let Some((first, line)) = lines.next() {
        let Some((field, value)) = named(first, names) else {
            if lines::is_break(first) {
                reader.end();
            } else {
                reader.put(line, Field::Unnamed, first);
            }
            continue;
        };
        let longer = lines
            .clone()
            .map_while(|(next, _)| goes_on(next, names).then_some(next.trim().len()));
        let len = value.len() + longer.sum::<usize>();
        if len == value.len() {
            reader.put(line, field, value);
            continue;
        }
        // PowerShell breaks lines anywhere, and puts nothing in between. The size is known, so that it never grows.
        let mut whole = Zeroizing::new(String::with_capacity(len));
        whole.push_str(value);
        while let Some((piece, _)) = lines.next_if(|(next, _)| goes_on(next, names)) {
            whole.push_str(piece.trim());
        }
        reader.put(line, field, &whole);
    }
    reader.into_records()
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

/// Returns whether `text` has paragraphs of lines with names: one of a password and one of its key protector ID in each
/// that has any.
pub(super) fn is_list(text: &str, names: &Names) -> bool {
    let (mut found, mut password, mut id) = (false, false, false);
    for line in text.split('\n').chain([""]) {
        if lines::is_break(line) {
            if password && !id {
                return false;
            }
            found |= password;
            (password, id) = (false, false);
        } else if let Some((field, value)) = named(line, names).filter(|(_, value)| !value.trim().is_empty()) {
            let has_digits = value.contains(|character: char| character.is_ascii_digit());
            password |= field == Field::Password && has_digits;
            id |= matches!(
                field,
                Field::Protector | Field::Id | Field::RecoveryGuid | Field::DistinguishedName
            );
        }
    }
    found
}

/// Records of lines `name : value`, in the making.
pub(super) struct Reader {
    manner: Manner,
    records: Vec<Record>,
    /// The record that is being read, and the field that began it.
    open: Option<(Draft, Field)>,
    shared: Shared,
}

impl Reader {
    pub(super) fn new(manner: Manner) -> Self {
        Self {
            manner,
            records: Vec::new(),
            open: None,
            shared: Shared::default(),
        }
    }

    /// Returns the records.
    pub(super) fn into_records(mut self) -> Vec<Record> {
        self.end();
        let Self {
            mut records, shared, ..
        } = self;
        shared.apply(&mut records);
        records
    }

    /// Takes in a line.
    pub(super) fn put(&mut self, line: usize, field: Field, value: &str) {
        if self
            .open
            .as_ref()
            .is_some_and(|(_, first)| *first == field && !matches!(field, Field::Other | Field::Unnamed))
        {
            self.end();
        }
        let manner = self.manner;
        let (draft, _) = self.open.get_or_insert_with(|| (Draft::new(manner, line), field));
        draft.put(field, value);
    }

    /// The record ends.
    pub(super) fn end(&mut self) {
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
fn named<'t>(line: &'t str, names: &Names) -> Option<(Field, &'t str)> {
    let is_of_name = |character: char| {
        character.is_alphanumeric()
            || character.is_whitespace()
            || matches!(character, '-' | '_' | '\'' | '\u{2019}' | '\u{fffd}' | '\u{30fc}')
    };
    // Of most lines the beginning shows that they have none.
    let at = line.find(|character: char| !is_of_name(character))?;
    let (name, value) = line.split_at_checked(at)?;
    let value = value.strip_prefix([':', '=', '\u{ff1a}'])?;
    let is_name = !name.trim().is_empty() && name.len() <= LONGEST_NAME;
    is_name.then(|| (names.named(name.trim()).field, value))
}

fn goes_on(line: &str, names: &Names) -> bool {
    line.starts_with([' ', '\t'])
        && !line.trim().is_empty()
        && named(line, names).is_none_or(|(field, _)| field == Field::Other)
}

/// PowerShell puts names into a column that is as wide as the longest.
const LONGEST_NAME: usize = 96;

#[cfg(test)]
mod tests;
