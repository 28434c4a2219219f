//! `seal`: encrypts a recovery password to the vault.

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use strongroom_core::drop::DropContents;
use strongroom_core::drop::DropFile;
use strongroom_core::drop::DroppedEscrow;
use strongroom_core::drop::EncryptDropError;
use strongroom_core::intake;
use strongroom_core::intake::DateOrder;
use strongroom_core::intake::Hints;
use strongroom_core::intake::Record;
use strongroom_core::intake::TextEncoding;
use strongroom_core::state::Naming;
use strongroom_core::values::DeviceName;
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;
use strongroom_files::OutFile;
use strongroom_files::Readers;

use crate::Answer;
use crate::Error;
use crate::files;
use crate::key;
use crate::key::KeyFile;
use crate::sequence::Sequence;

/// Encrypt recovery passwords to the vault: into a file that anybody may carry and nobody but the vault can read
///
/// They are those of the files, in any format that `strongroom import` reads; without a file, the password is the one
/// line on stdin. With a sender's file the vault takes the drop in as that sender's word; without
/// one it holds the password as unconfirmed, and ends nothing by it.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  strongroom-drop seal --sender courier.sender --device PC-0042 --volume C: \\\n    --protector '{4F2A1B3C-0000-4000-8000-000000000000}' --out pc-0042.drop < password.txt\n  strongroom-drop seal --sender courier.sender --device PC-0042 --out pc-0042.drop manage-bde.txt"
)]
pub struct SealArgs {
    /// The vault's key, or a sender's file for the key in it
    #[arg(long, value_name = "FILE", required_unless_present = "sender")]
    to: Option<PathBuf>,

    /// The sender's file; the key in it is used where --to names none
    #[arg(long, value_name = "FILE")]
    sender: Option<PathBuf>,

    /// Write the drop to this new file [default: -, stdout]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Keep the last sequence in this file, so that the next is greater also where the clock was put back
    ///
    /// Without it the sequence is the time in milliseconds. One file is for one sender on one machine.
    #[arg(long, value_name = "FILE")]
    sequence_file: Option<PathBuf>,

    #[command(flatten)]
    escrow: EscrowArgs,

    /// Files with recovery passwords; everything that is in them has to be right
    #[arg(value_name = "FILE", conflicts_with_all = ["protector", "created", "listed"])]
    files: Vec<PathBuf>,
}

/// What the password is of.
#[derive(Args, Debug)]
struct EscrowArgs {
    /// The device; of files, that of the passwords for which they name none
    #[arg(long, value_name = "NAME", required_unless_present = "files")]
    device: Option<DeviceName>,

    /// The protector whose password it is: Windows' recovery key ID, the whole GUID
    #[arg(long, value_name = "GUID", required_unless_present = "files")]
    protector: Option<ProtectorId>,

    /// Where the volume is mounted, such as C:
    #[arg(long, value_name = "MOUNT")]
    volume: Option<MountPoint>,

    /// What kind of volume it is: os, fixed, removable or unknown
    #[arg(long, value_name = "TYPE")]
    volume_type: Option<VolumeType>,

    /// The volume's own GUID
    #[arg(long, value_name = "GUID")]
    volume_id: Option<VolumeId>,

    /// When the password was made, such as 2026-11-22T02:00:00Z
    #[arg(long, value_name = "TIME")]
    created: Option<Time>,

    /// Another recovery protector that the volume lists now; once for each
    #[arg(long, value_name = "GUID")]
    listed: Vec<ProtectorId>,

    /// The column of the files with the key protector IDs, by its heading or its number
    #[arg(long, value_name = "COLUMN", requires = "files")]
    key_id_column: Option<String>,

    /// The column of the files with the names of devices, by its heading or its number
    #[arg(long, value_name = "COLUMN", requires = "files")]
    device_column: Option<String>,

    /// The encoding of files that are not Unicode, such as windows-1252, cp850 or shift_jis
    #[arg(long, value_name = "NAME", requires = "files")]
    encoding: Option<TextEncoding>,

    /// The order of numbers in dates such as 3/4/2024: dmy, mdy or ymd
    #[arg(long, value_name = "ORDER", requires = "files")]
    date_format: Option<DateOrder>,
}

/// A drop that was made.
#[derive(Debug)]
pub struct Sealed {
    /// Its bytes, where they are still to be written to stdout.
    pub to_stdout: Option<Vec<u8>>,
    /// What is said of it.
    pub answer: Answer,
}

impl SealArgs {
    /// Whether it asks for one password, for it was given no files.
    pub const fn asks(&self) -> bool {
        self.files.is_empty()
    }

    /// Whether the drop itself is the answer.
    pub fn writes_to_stdout(&self) -> bool {
        self.file().is_none()
    }

    /// The file that the drop goes to; none if it goes to stdout.
    fn file(&self) -> Option<&Path> {
        self.out.as_deref().filter(|path| *path != Path::new("-"))
    }

    /// Makes the drop, at this time, of the password that is asked for once everything else is found to be right.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read or written, or if the sender may not speak for the device.
    pub fn run(&self, now: Time, password: impl FnOnce() -> Result<RecoveryPassword, Error>) -> Result<Sealed, Error> {
        let sender = self.sender.as_deref().map(key::read_sender).transpose()?;
        let key = match (&self.to, &sender) {
            (Some(path), _) => KeyFile::read(path)?.key().clone(),
            (None, Some(sender)) => sender.key().clone(),
            (None, None) => return Err(Error::NoKey),
        };
        let out = self
            .file()
            .map(|path| OutFile::new(path, Readers::Folder))
            .transpose()?;
        let sequence = Sequence::next(now, self.sequence_file.as_deref())?;
        let contents = DropContents {
            sequence: sequence.number,
            created_at: now,
            escrows: match self.files.as_slice() {
                [] => vec![self.escrow.with(password()?)?],
                files => self.escrow.of_files(files)?,
            },
        };
        let drop = DropFile::encrypt(&key, sender.as_ref(), &contents)?;
        sequence.keep()?;
        let bytes = drop.to_bytes();
        let to_stdout = match out {
            Some(out) => {
                out.write(&bytes)?;
                None
            }
            None => Some(bytes),
        };
        Ok(Sealed {
            to_stdout,
            answer: Answer::sealed(&drop, sender.as_ref(), &contents, self.file()),
        })
    }
}

impl EscrowArgs {
    fn with(&self, password: RecoveryPassword) -> Result<DroppedEscrow, Error> {
        let (Some(device), Some(protector)) = (&self.device, self.protector) else {
            // The command line does not come so far without both.
            return Err(EncryptDropError::Empty.into());
        };
        Ok(DroppedEscrow {
            device: device.clone(),
            naming: Naming {
                id: self.volume_id,
                mount: self.volume.clone(),
                kind: self.volume_type,
            },
            protector,
            password,
            created_at: self.created,
            listed: self.listed.clone(),
        })
    }

    fn hints(&self) -> Hints<'_> {
        Hints {
            format: None,
            encoding: self.encoding,
            date_order: self.date_format,
            key_id_column: self.key_id_column.as_deref(),
            device_column: self.device_column.as_deref(),
        }
    }

    fn of_files(&self, files: &[PathBuf]) -> Result<Vec<DroppedEscrow>, Error> {
        let mut escrows = Vec::new();
        for path in files {
            let bytes = files::list(path, intake::MAX_INPUT)?;
            let intake = intake::read(&bytes, &self.hints()).map_err(|source| Error::Intake {
                path: path.clone(),
                source,
            })?;
            for record in intake.records {
                escrows.push(self.of_record(path, record)?);
            }
        }
        Ok(escrows)
    }

    /// What the file says, else what the command line does.
    fn of_record(&self, path: &Path, record: Record) -> Result<DroppedEscrow, Error> {
        let at = record.at;
        let fault = |why: String| Error::Record {
            path: path.to_owned(),
            at,
            why,
        };
        let device = record.owner(self.device.as_ref()).cloned();
        let ready = record.outcome.map_err(|rejected| fault(rejected.why.to_string()))?;
        let unclear = record.notes.iter().find(|note| note.is_of_device());
        let device = device.ok_or_else(|| {
            fault(unclear.map_or(
                "device name: there is none, and none by --device".to_owned(),
                ToString::to_string,
            ))
        })?;
        Ok(DroppedEscrow {
            device,
            naming: Naming {
                id: record.naming.id.or(self.volume_id),
                mount: record.naming.mount.or_else(|| self.volume.clone()),
                kind: record.naming.kind.or(self.volume_type),
            },
            protector: ready.protector,
            password: ready.password,
            created_at: record.created,
            listed: Vec::new(),
        })
    }
}
