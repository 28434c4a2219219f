//! A record in the making, of fields that come in any order.

use data_encoding::HEXUPPER_PERMISSIVE;

use crate::intake::candidates::{Candidates, Guids};
use crate::intake::clock::Clock;
use crate::intake::context::Context;
use crate::intake::dates::{self, DateOrder};
use crate::intake::directory;
use crate::intake::fields::{Field, clean, is_nothing};
use crate::intake::finder::{Seen, scan};
use crate::intake::format::Format;
use crate::intake::labels::Label;
use crate::intake::manner::Manner;
use crate::intake::record::{Note, Outcome, Record, Rejected, Rejection, outcome};
use crate::intake::text;
use crate::intake::volume_words::volume_type;
use crate::values::{DeviceName, ParseRecoveryPasswordError, ProtectorId, RecoveryPassword, ShapeFault, VolumeId};

mod whose;

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
    /// The first GUIDs that are not known to be the key protector's.
    unbelieved: Vec<ProtectorId>,
    /// Records of cells that hold several.
    nested: Vec<Record>,
    /// A name that is a device's if anything says so.
    name: Option<Result<DeviceName, Note>>,
    /// Something stands here that only devices have, or only other things.
    of_device: bool,
    of_other: bool,
    /// What stands here is a device by something that recovery passwords do not have.
    of_device_alone: bool,
    order: Option<DateOrder>,
    /// A key protector that names what these fields lie in.
    outer: Candidates,
    is_password_protector: Option<bool>,
    context: Context,
    clock: Clock,
    notes: Vec<Note>,
}

impl Draft {
    pub(super) fn new(manner: impl Into<Manner>, line: usize) -> Self {
        let Manner { format, order } = manner.into();
        Self {
            format,
            line,
            passwords: Vec::new(),
            lacks_password: false,
            guids: Guids::default(),
            unbelieved: Vec::new(),
            nested: Vec::new(),
            name: None,
            of_device: false,
            of_other: false,
            of_device_alone: false,
            order,
            outer: Candidates::None,
            is_password_protector: None,
            context: Context::default(),
            clock: Clock::default(),
            notes: Vec::new(),
        }
    }

    /// Takes in what a field holds. Whatever field it is, a password in it is found.
    pub(super) fn put(&mut self, field: Field, value: &str) {
        let seen = self.search(field, value);
        if seen.nested {
            return;
        }
        if is_nothing(value) {
            self.lacks_password |= field == Field::Password;
            return;
        }
        match field {
            Field::Password => {
                if seen.passwords == 0 {
                    self.put_no_password(value);
                }
                self.guids.beside.add_all(seen.believed());
            }
            Field::Protector => {
                self.guids.unreadable |= seen.all == Candidates::None;
                self.guids.stated.add_all(seen.all);
            }
            Field::Id => self.guids.id.add_all(seen.all),
            Field::RecoveryGuid => self.put_recovery_guid(value, seen.all),
            Field::ProtectorType => self.is_password_protector = Some(is_password_protector(value)),
            Field::Name => self.put_name(value),
            Field::DistinguishedName => self.put_distinguished_name(value),
            Field::LastKnownParent => self.put_parent(value),
            // Win32_EncryptableVolume has a DeviceID that names a volume.
            Field::Device(_) if value.starts_with(r"\\?\") => self.put_mount(value),
            Field::Device(rank) => self.put_device(rank, value),
            Field::Mount => self.put_mount(value),
            Field::VolumeId => self.put_volume_id(value),
            Field::VolumeType => self.context.put_type(volume_type(value, self.format)),
            Field::Volume => self.put_volume(value),
            Field::Created(rank) => self.clock.put(rank, dates::time(value, self.order)),
            Field::Date => self.clock.put_date(value),
            Field::TimeOfDay => self.clock.put_time_of_day(value),
            Field::Offset => self.clock.put_offset(value),
            Field::Unnamed => self.guids.elsewhere.add_all(seen.believed()),
            Field::Other => self.guids.elsewhere.add_all(seen.labelled),
            Field::OfDevice => {
                self.of_device = true;
                self.of_device_alone = true;
            }
            Field::OfOther => {
                self.of_other = true;
                self.guids.elsewhere.add_all(seen.labelled);
            }
            Field::OtherId => {}
        }
        if matches!(field, Field::Other | Field::OtherId | Field::OfDevice | Field::OfOther) {
            self.guids.others |= seen.all != Candidates::None && seen.labelled == Candidates::None;
        }
        self.guids.others |= seen.others;
    }

    /// Finds GUIDs and passwords. A cell with several passwords and GUIDs is a text of its own.
    fn search(&mut self, field: Field, value: &str) -> Sighting {
        let known = self.passwords.len();
        let mut seen = Sighting::default();
        scan(value, |_, found| match found {
            Seen::Guid(guid) => {
                // They say what their GUID is, whatever stands before it.
                let is_named = matches!(
                    field,
                    Field::DistinguishedName
                        | Field::LastKnownParent
                        | Field::Name
                        | Field::Device(_)
                        | Field::VolumeId
                );
                let is_id = matches!(field, Field::Protector | Field::Id | Field::RecoveryGuid);
                let label = if is_id || is_named { Label::Other } else { guid.label() };
                if guid.is_parted || is_id || label == Label::Protector {
                    seen.all.add(guid.id);
                }
                match (field, label) {
                    _ if is_id || is_named => {}
                    (_, Label::Protector) => seen.labelled.add(guid.id),
                    (Field::Unnamed | Field::Password, Label::Unlabelled | Label::Id) => seen.plain.add(guid.id),
                    _ if !guid.is_parted => {}
                    (_, label) => {
                        seen.others |= label == Label::Other;
                        if self.unbelieved.len() < MOST_UNBELIEVED && !self.unbelieved.contains(&guid.id) {
                            self.unbelieved.push(guid.id);
                        }
                    }
                }
            }
            Seen::Password(password) => self.passwords.push(password),
        });
        seen.passwords = self.passwords.len() - known;
        if seen.passwords > 1 && seen.all != Candidates::None {
            self.passwords.truncate(known);
            self.nested.extend(text::read(value));
            seen.nested = true;
        }
        seen
    }

    /// Takes in that the field for the password holds something else. Without a digit it is no password, but for what
    /// could not be decoded.
    fn put_no_password(&mut self, value: &str) {
        if value.contains(|character: char| character.is_numeric() || character == char::REPLACEMENT_CHARACTER) {
            self.passwords.push(match RecoveryPassword::parse(value) {
                Ok(_) => Err(ShapeFault::Characters.into()),
                Err(fault) => Err(fault),
            });
        } else {
            self.lacks_password = true;
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

    /// Takes in that these fields lie in something that is a device, or in something else.
    pub(super) fn lies_in(&mut self, is_device: bool) {
        self.of_device |= is_device;
        self.of_other |= !is_device;
    }

    /// Takes in a key protector that stands before these fields, as the name of what they lie in.
    pub(super) fn put_outer_id(&mut self, id: ProtectorId) {
        self.guids.elsewhere.add(id);
        self.outer.add(id);
    }

    /// Takes in a GUID that is something else's.
    pub(super) fn put_other_id(&mut self, id: ProtectorId) {
        self.guids.others = true;
        self.unbelieved.push(id);
    }

    /// Whether a password stands in it, spoilt or not.
    pub(super) fn has_password(&self) -> bool {
        !self.passwords.is_empty() || !self.nested.is_empty()
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
        !self.has_password() && !self.guids.are_stated()
    }

    /// Adds the records that these fields make, and hands back what holds beyond them.
    pub(super) fn finish(mut self, records: &mut Vec<Record>) -> Context {
        self.put_held_name();
        self.doubt_id();
        let protector = self.guids.protector();
        let created = self.clock.time(self.order);
        if self.clock.is_unclear() {
            self.note(Note::DateUnclear);
        }
        let mut passwords = std::mem::take(&mut self.passwords);
        if all_the_same(&passwords) {
            passwords.truncate(1);
        }
        let several = passwords.len() > 1;
        let mut outcomes: Vec<Outcome> = passwords
            .into_iter()
            .map(|password| match several {
                true => outcome(password, Err(Rejection::SeveralPasswords)),
                false => outcome(password, protector),
            })
            .collect();
        if outcomes.is_empty() && self.ought_to_hold_password() {
            let why = Rejection::NoPassword;
            let protector = protector.ok();
            outcomes.push((Err(Rejected { protector, why }), None));
        }
        let first = records.len();
        for outcome in outcomes {
            let is_unbelieved = matches!(outcome.0, Err(Rejected { protector: None, .. }));
            let mut record = Record::bare(self.line, outcome);
            record.created = created;
            if is_unbelieved {
                record.unbelieved.clone_from(&self.unbelieved);
            }
            records.push(record);
        }
        for mut record in self.nested {
            record.at.line = self.line;
            record.created = created;
            records.push(record);
        }
        for record in records.iter_mut().skip(first) {
            record.notes.extend(self.notes.iter().copied());
            self.context.apply(record);
        }
        if first == records.len() {
            self.context.protector = match self.guids.stated {
                Candidates::None => self.outer,
                stated @ (Candidates::One(_) | Candidates::Several) => stated,
            };
            self.context.created = created;
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
}

/// What stands in a field.
#[derive(Default)]
struct Sighting {
    passwords: usize,
    all: Candidates,
    /// GUIDs that are called key protector IDs there.
    labelled: Candidates,
    /// GUIDs that are called nothing there.
    plain: Candidates,
    /// Others are called something else there.
    others: bool,
    /// It was read as a text of its own.
    nested: bool,
}

impl Sighting {
    /// The GUIDs that may be the key protector's by what is called so there, else by standing there.
    fn believed(&self) -> Candidates {
        match self.labelled {
            Candidates::None => self.plain,
            labelled @ (Candidates::One(_) | Candidates::Several) => labelled,
        }
    }
}

/// GUIDs that are told of a record.
const MOST_UNBELIEVED: usize = 4;

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

#[cfg(test)]
mod tests;
