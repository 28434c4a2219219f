//! A record in the making, of fields that come in any order.

use data_encoding::HEXUPPER_PERMISSIVE;

use crate::intake::candidates::Candidates;
use crate::intake::candidates::Guids;
use crate::intake::clock::Clock;
use crate::intake::context::Context;
use crate::intake::dates;
use crate::intake::directory;
use crate::intake::fields::Field;
use crate::intake::fields::clean;
use crate::intake::fields::is_nothing;
use crate::intake::finder::Seen;
use crate::intake::finder::scan;
use crate::intake::format::Format;
use crate::intake::record::Note;
use crate::intake::record::Position;
use crate::intake::record::Record;
use crate::intake::record::Rejected;
use crate::intake::record::Rejection;
use crate::intake::record::outcome;
use crate::intake::volume_words::volume_type;
use crate::state::Naming;
use crate::values::ParseRecoveryPasswordError;
use crate::values::ProtectorId;
use crate::values::RecoveryPassword;
use crate::values::VolumeId;

type Password = Result<RecoveryPassword, ParseRecoveryPasswordError>;

/// What the fields of one record said so far. It keeps what they mean and none of their text, so that it stays small
/// whatever comes.
pub(super) struct Draft {
    format: Format,
    line: usize,
    passwords: Vec<Password>,
    /// A field for the password is there, and nothing in it.
    lacks_password: bool,
    guids: Guids,
    /// Whether a GUID in a field of unknown name may be the key protector's.
    by_content: bool,
    is_password_protector: Option<bool>,
    context: Context,
    clock: Clock,
    notes: Vec<Note>,
}

impl Draft {
    pub(super) fn new(format: Format, line: usize) -> Self {
        Self {
            format,
            line,
            passwords: Vec::new(),
            lacks_password: false,
            guids: Guids::default(),
            // Names are known in all formats but this one.
            by_content: format == Format::Csv,
            is_password_protector: None,
            context: Context::default(),
            clock: Clock::default(),
            notes: Vec::new(),
        }
    }

    /// Takes in what a field holds. Whatever field it is, a password in it is found.
    pub(super) fn put(&mut self, field: Field, value: &str) {
        let (known, mut guids) = (self.passwords.len(), Candidates::None);
        scan(value, |_, seen| match seen {
            Seen::Guid(id) => guids.add(id),
            Seen::Password(password) => self.passwords.push(password),
        });
        if is_nothing(value) {
            self.lacks_password |= field == Field::Password;
            return;
        }
        match field {
            Field::Password => {
                if self.passwords.len() == known {
                    self.passwords.push(RecoveryPassword::parse(value));
                }
                self.guids.beside.add_all(guids);
            }
            Field::Protector => {
                self.guids.unreadable |= guids == Candidates::None;
                self.guids.stated.add_all(guids);
            }
            Field::Id => self.guids.id.add_all(guids),
            Field::RecoveryGuid => self.put_recovery_guid(value, guids),
            Field::ProtectorType => self.is_password_protector = Some(is_password_protector(value)),
            Field::Name => self.put_name(value),
            Field::DistinguishedName => self.put_distinguished_name(value),
            // Win32_EncryptableVolume has a DeviceID that names a volume.
            Field::Device(_) if value.starts_with(r"\\?\") => self.put_mount(value),
            Field::Device(rank) => self.put_device(rank, value),
            Field::Mount => self.put_mount(value),
            Field::VolumeId => self.put_volume_id(value),
            Field::VolumeType => self.context.put_type(volume_type(value, self.format)),
            Field::Volume => self.put_volume(value),
            Field::Created(rank) => self.clock.put(rank, dates::time(value)),
            Field::Date => self.clock.put_date(value),
            Field::TimeOfDay => self.clock.put_time_of_day(value),
            Field::Offset => self.clock.put_offset(value),
            Field::OtherId => {}
            Field::Other if self.by_content => self.guids.elsewhere.add_all(guids),
            Field::Other => {}
        }
    }

    /// Takes in what a field of octets holds.
    pub(super) fn put_octets(&mut self, field: Field, octets: &[u8]) {
        match (field, directory::guid(octets)) {
            (Field::RecoveryGuid, Some(guid)) => self.guids.octets.add(ProtectorId::new(guid)),
            (Field::RecoveryGuid, None) => self.guids.unreadable = true,
            (Field::VolumeId, Some(guid)) => self.context.naming.id = Some(VolumeId::new(guid)),
            (Field::VolumeId, None) => self.note(Note::VolumeIdRefused),
            (field, _) => match str::from_utf8(octets) {
                Ok(text) => self.put(field, text),
                Err(_) => self.put_unreadable(field),
            },
        }
    }

    /// Takes in that a field holds what cannot be read.
    pub(super) fn put_unreadable(&mut self, field: Field) {
        if field == Field::Password {
            self.put(field, "\u{fffd}");
        } else if matches!(field, Field::Protector | Field::RecoveryGuid) {
            self.guids.unreadable = true;
        } else if matches!(field, Field::Device(_) | Field::DistinguishedName) {
            self.note(Note::DeviceUndecoded);
        }
    }

    /// Lets GUIDs in fields of unknown names be the key protector's.
    pub(super) fn believe_content(&mut self) {
        self.by_content = true;
    }

    /// The line on which the record begins.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Whether nothing was put in that makes it a record.
    pub(super) fn is_context(&self) -> bool {
        self.passwords.is_empty() && !self.guids.are_stated()
    }

    /// Adds the records that these fields make, and hands back what holds beyond them.
    pub(super) fn finish(mut self, records: &mut Vec<Record>) -> Context {
        let protector = self.guids.protector();
        let created = self.clock.time();
        if self.clock.is_unclear() {
            self.note(Note::DateUnclear);
        }
        let mut passwords = std::mem::take(&mut self.passwords);
        if all_the_same(&passwords) {
            passwords.truncate(1);
        }
        let several = passwords.len() > 1;
        let mut outcomes: Vec<_> = passwords
            .into_iter()
            .map(|password| match several {
                true => outcome(password, Err(Rejection::SeveralPasswords)),
                false => outcome(password, protector),
            })
            .collect();
        if outcomes.is_empty() && self.ought_to_hold_password() {
            outcomes.push(Err(Rejected {
                protector: protector.ok(),
                why: Rejection::NoPassword,
            }));
        }
        for outcome in outcomes {
            let mut record = Record {
                at: Position {
                    line: self.line,
                    record: 0,
                },
                device: None,
                naming: Naming::default(),
                created,
                outcome,
                notes: self.notes.clone(),
                device_rank: None,
            };
            self.context.apply(&mut record);
            records.push(record);
        }
        self.context
    }

    /// Whether it is a password's protector, without the password.
    fn ought_to_hold_password(&self) -> bool {
        let named = self.guids.are_stated();
        match self.is_password_protector {
            Some(is) => is && named,
            None if self.format.is_powershell() => false,
            None if self.format.is_directory() => named,
            // Microsoft Graph leaves the field out where it was not asked for.
            None if self.format == Format::Graph => {
                named || self.guids.id != Candidates::None && (self.lacks_password || self.clock.is_set())
            }
            None => self.lacks_password && (named || self.guids.unreadable),
        }
    }

    fn put_recovery_guid(&mut self, value: &str, guids: Candidates) {
        match octets(value) {
            Some(octets) => self.put_octets(Field::RecoveryGuid, &octets),
            // Export-Csv writes `System.Byte[]`; then the name has to do.
            None => self.guids.octets.add_all(guids),
        }
    }

    fn put_name(&mut self, value: &str) {
        match directory::object_name(clean(value)) {
            Some(name) => {
                self.guids.stated.add(name.protector);
                self.clock.put(0, name.created);
            }
            // A recovery object whose name was cut off names no device.
            None if self.format.is_directory() => {}
            None => self.put_device(3, value),
        }
    }

    fn put_distinguished_name(&mut self, value: &str) {
        if value.len() > LONGEST_NAME {
            return self.note(Note::DeviceUnclear);
        }
        let (first, second) = directory::first_two(value);
        match directory::object_name(&first) {
            Some(name) => {
                self.guids.stated.add(name.protector);
                self.clock.put(0, name.created);
                self.put_device(4, &second);
            }
            None => self.put_device(4, &first),
        }
    }

    fn put_device(&mut self, rank: u8, value: &str) {
        let value = clean(value);
        let read = match value.parse() {
            _ if value.contains(char::REPLACEMENT_CHARACTER) => Err(Note::DeviceUndecoded),
            Ok(name) => Ok(name),
            Err(fault) => Err(Note::DeviceRefused(fault)),
        };
        self.context.put_device(rank, read);
    }

    fn put_mount(&mut self, value: &str) {
        match clean(value).parse() {
            Ok(mount) => self.context.naming.mount = Some(mount),
            Err(_) => self.note(Note::MountRefused),
        }
    }

    fn put_volume_id(&mut self, value: &str) {
        // MBAM's is a key of its database.
        if self.format == Format::Mbam {
            return;
        }
        match (octets(value), clean(value).parse()) {
            (Some(octets), _) => self.put_octets(Field::VolumeId, &octets),
            (None, Ok(id)) => self.context.naming.id = Some(id),
            (None, Err(_)) if is_byte_array(value) => {}
            (None, Err(_)) => self.note(Note::VolumeIdRefused),
        }
    }

    fn put_volume(&mut self, value: &str) {
        let value = clean(value);
        if let Ok(id) = value.parse() {
            self.context.naming.id = Some(id);
        } else if let Some(kind) = volume_type(value, self.format) {
            self.context.put_type(Some(kind));
        } else {
            self.put_mount(value);
        }
    }
}

/// Whether there is more than one, all the same and none spoilt.
fn all_the_same(passwords: &[Password]) -> bool {
    let [Ok(first), rest @ ..] = passwords else {
        return false;
    };
    rest.iter()
        .all(|password| password.as_ref().is_ok_and(|password| password.same_as(first)))
}

/// WMI's number of a numerical password, or PowerShell's word.
fn is_password_protector(value: &str) -> bool {
    let value = clean(value);
    value == "3"
        || ["RecoveryPassword", "NumericalPassword"]
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word))
}

/// The octets of `X'hex'`, as csvde writes them: 16 at most.
fn octets(value: &str) -> Option<Vec<u8>> {
    let hex = clean(value)
        .strip_prefix(['X', 'x'])?
        .strip_prefix('\'')?
        .strip_suffix('\'')?;
    (hex.len() == 32).then(|| HEXUPPER_PERMISSIVE.decode(hex.as_bytes()).ok())?
}

/// What Export-Csv makes of octets.
fn is_byte_array(value: &str) -> bool {
    clean(value) == "System.Byte[]"
}

/// A distinguished name is seldom over 300 characters.
const LONGEST_NAME: usize = 2048;

#[cfg(test)]
mod tests;
