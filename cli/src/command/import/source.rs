//! A file, what was read from it, and what is said of it on the command line.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use strongroom_core::intake;
use strongroom_core::intake::Hints;
use strongroom_core::intake::Intake;
use strongroom_core::intake::Record;
use strongroom_core::state;
use strongroom_core::state::Naming;
use strongroom_core::state::Standing;
use strongroom_core::values::DeviceName;
use strongroom_core::values::LogText;
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::Dropped;

use crate::command::import::dropped;
use crate::failure::Failure;
use crate::failure::FileFault;
use crate::in_file;
use crate::ui::Ui;

/// What the command line says of the passwords.
pub(super) struct Said<'a> {
    pub(super) device: Option<&'a DeviceName>,
    pub(super) mount: Option<&'a MountPoint>,
    pub(super) hints: Hints<'a>,
    pub(super) taken: Option<Time>,
}

/// A file that was read.
pub(super) struct Source {
    pub(super) path: PathBuf,
    name: Option<LogText>,
    pub(super) intake: Intake,
}

/// What a file of the command line is.
pub(super) enum Read {
    /// Passwords in the clear.
    Source(Source),
    /// A drop, by the path that was given.
    Drop(String, Dropped),
}

impl Read {
    pub(super) fn of(ui: &mut Ui, file: &OsStr, said: &Said<'_>) -> Result<Self, Failure> {
        let path = PathBuf::from(if file == "-" { "stdin".as_ref() } else { file });
        let bytes = if file == "-" {
            ui.stdin_bytes(intake::MAX_INPUT)
        } else {
            in_file::read(&path, intake::MAX_INPUT)
        };
        let unread = |fault: FileFault| Failure::File {
            path: path.clone(),
            source: fault,
        };
        let bytes = bytes.map_err(|error| unread(error.into()))?;
        if dropped::is_drop(&bytes) {
            let dropped = dropped::parse(&path, &bytes).map_err(|error| unread(error.into()))?;
            return Ok(Self::Drop(path.to_string_lossy().into_owned(), dropped));
        }
        let intake = intake::read(&bytes, &said.hints).map_err(|error| unread(error.into()))?;
        let name = if file == "-" { None } else { Some(name(&path)?) };
        Ok(Self::Source(Source { path, name, intake }))
    }
}

impl Source {
    /// The passwords that can be taken in, in the order of the file.
    pub(super) fn arriving(&self, said: &Said<'_>) -> Vec<Arriving<'_>> {
        let listed = self.listed(said);
        let ready = self.intake.records.iter().filter_map(|record| {
            let ready = record.outcome.as_ref().ok()?;
            let (device, naming) = place(record, said);
            let standing = match (record.created, said.taken) {
                (Some(created), _) => Standing::Dated(created),
                (None, Some(at)) => Standing::Seen { at, created: None },
                (None, None) => Standing::Undated,
            };
            let listed = match standing {
                Standing::Live(_) | Standing::Seen { .. } | Standing::Sent { .. } => {
                    listed.get(&Key::of(device.as_ref(), &naming)).cloned()
                }
                Standing::Dated(_) | Standing::Undated => None,
            };
            Some(Arriving {
                device,
                naming,
                protector: ready.protector,
                password: &ready.password,
                source: state::Source::Import,
                standing,
                confirmed: true,
                listed: listed.unwrap_or_default(),
                file: self.name.clone(),
                drop: None,
                sender: None,
            })
        });
        ready.collect()
    }

    /// The protectors that the file lists for each volume, those without a password too.
    fn listed(&self, said: &Said<'_>) -> BTreeMap<Key, Arc<BTreeSet<ProtectorId>>> {
        let mut listed: BTreeMap<Key, BTreeSet<ProtectorId>> = BTreeMap::new();
        if said.taken.is_none() {
            return BTreeMap::new();
        }
        for record in &self.intake.records {
            let protector = match &record.outcome {
                Ok(ready) => Some(ready.protector),
                Err(rejected) => rejected.protector,
            };
            let (device, naming) = place(record, said);
            let volume = listed.entry(Key::of(device.as_ref(), &naming)).or_default();
            volume.extend(protector);
        }
        listed
            .into_iter()
            .map(|(volume, listed)| (volume, Arc::new(listed)))
            .collect()
    }
}

/// A volume, as a listing names it.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Key {
    device: Option<String>,
    id: Option<VolumeId>,
    mount: Option<String>,
}

impl Key {
    fn of(device: Option<&DeviceName>, naming: &Naming) -> Self {
        Self {
            device: device.map(DeviceName::folded),
            id: naming.id,
            mount: naming.mount.as_ref().map(MountPoint::folded),
        }
    }
}

/// Returns whose a password is, and the volume: as the file says, otherwise as the command line does.
fn place(record: &Record, said: &Said<'_>) -> (Option<DeviceName>, Naming) {
    let device = record.owner(said.device);
    let mount = record.naming.mount.as_ref().or(said.mount);
    let naming = Naming {
        mount: mount.cloned(),
        ..record.naming.clone()
    };
    (device.cloned(), naming)
}

/// The name under which a file stands in the log.
fn name(path: &Path) -> Result<LogText, Failure> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.parse().map_err(|source| Failure::Text {
        argument: "the name of a file".to_owned(),
        source,
    })
}
