//! Whose a password is: fields that name devices, objects of the directory and volumes.

use crate::intake::candidates::Candidates;
use crate::intake::directory;
use crate::intake::draft::{Draft, is_byte_array, octets};
use crate::intake::fields::{Field, clean};
use crate::intake::format::Format;
use crate::intake::record::{MERE_NAME, Note};
use crate::intake::volume_words::volume_type;
use crate::state::Naming;
use crate::values::DeviceName;

impl Draft {
    pub(super) fn put_name(&mut self, value: &str) {
        match directory::object_name(clean(value)) {
            Some(name) => {
                self.guids.stated.add(name.protector);
                self.clock.put(0, name.created);
            }
            // A recovery object whose name was cut off names no device.
            None if self.format.is_directory() => {}
            None => {
                let read = device_name(value);
                // Of two names there is no telling, unless a better field tells it.
                self.name = match self.name.take() {
                    Some(Ok(held)) if read.as_ref() != Ok(&held) => Some(Err(Note::DeviceUnclear)),
                    _ => Some(read),
                };
            }
        }
    }

    /// The name that was held back is a device's, may be one, or is something else's.
    pub(super) fn put_held_name(&mut self) {
        let is_volume = self.format.is_json() && {
            let Naming { id, mount, kind } = &self.context.naming;
            id.is_some() || mount.is_some() || kind.is_some()
        };
        match self.name.take() {
            Some(read) if self.of_device => self.context.put_device(KNOWN_NAME, read),
            Some(Ok(name)) if !self.of_other && !is_volume => self.context.put_device(MERE_NAME, Ok(name)),
            Some(_) | None => {}
        }
    }

    /// `id` says nothing of what it is: beside the name of a device, or what only devices have, it may be the device's.
    pub(super) fn doubt_id(&mut self) {
        let names_device = matches!(self.context.device, Some((rank, _)) if rank < NAMED_OBJECT);
        let is_vague = matches!(self.format, Format::Csv | Format::Json | Format::Xml);
        if self.guids.id != Candidates::None && (self.of_device_alone || is_vague && names_device) {
            if let Candidates::One(id) = std::mem::take(&mut self.guids.id) {
                self.put_other_id(id);
            }
            self.guids.others = true;
        }
    }

    pub(super) fn put_distinguished_name(&mut self, value: &str) {
        if value.len() > LONGEST_NAME {
            return self.note(Note::DeviceUnclear);
        }
        let (first, second) = directory::first_two(value);
        match directory::object_name(&first) {
            Some(name) => {
                self.guids.stated.add(name.protector);
                self.clock.put(0, name.created);
                self.put_container(&second);
            }
            None => self.put_container(&first),
        }
    }

    pub(super) fn put_parent(&mut self, value: &str) {
        if value.len() <= LONGEST_NAME {
            let (first, _) = directory::first_two(value);
            self.put_container(&first);
        }
    }

    /// Takes in the name of an object of the directory. Deleted objects lie in a container that is no computer.
    fn put_container(&mut self, name: &str) {
        let name = directory::living_name(name);
        if !directory::is_graveyard(name) {
            self.put_device(NAMED_OBJECT, name);
        }
    }

    pub(super) fn put_device(&mut self, rank: u8, value: &str) {
        self.of_device |= rank > MERE_NAME;
        self.context.put_device(rank, device_name(value));
    }

    pub(super) fn put_mount(&mut self, value: &str) {
        match clean(value).parse() {
            Ok(mount) => self.context.naming.mount = Some(mount),
            Err(_) => self.note(Note::MountRefused),
        }
    }

    pub(super) fn put_volume_id(&mut self, value: &str) {
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

    pub(super) fn put_volume(&mut self, value: &str) {
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

fn device_name(value: &str) -> Result<DeviceName, Note> {
    let value = clean(value);
    if value.contains(char::REPLACEMENT_CHARACTER) {
        return Err(Note::DeviceUndecoded);
    }
    value.parse().map_err(Note::DeviceRefused)
}

/// The rank of a name beside which something says that it is a device's.
const KNOWN_NAME: u8 = 6;
/// The rank of a device in a distinguished name.
const NAMED_OBJECT: u8 = 5;
/// A distinguished name is seldom over 300 characters.
const LONGEST_NAME: usize = 2048;
