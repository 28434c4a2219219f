//! A vault in a temporary folder.

use std::collections::BTreeMap;
use std::fs;
use std::fs::DirBuilder;
use std::fs::Permissions;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use rusqlite::Connection;
use rusqlite::OpenFlags;
use serde_json::Value;
use tempfile::TempDir;

use crate::end_to_end::passwords::Made;
use crate::end_to_end::run::Run;

/// A folder with a vault in it.
pub(crate) struct Site {
    folder: TempDir,
    has_pin: bool,
}

impl Site {
    /// No vault yet.
    pub(crate) fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            has_pin: false,
        }
    }

    /// A vault on a simulator of its own, without a PIN.
    #[track_caller]
    pub(crate) fn new() -> Self {
        let site = Self::empty();
        site.init(&["--tpm", "simulator", "--no-pin"]);
        site
    }

    /// A vault on a simulator of its own, with a PIN.
    #[track_caller]
    pub(crate) fn with_pin() -> Self {
        let mut site = Self::empty();
        site.set_pin(PIN);
        site.init(&["--tpm", "simulator", "--pin"]);
        site
    }

    /// From now on the PIN is given to every verb that may need it.
    pub(crate) fn set_pin(&mut self, pin: &str) {
        self.has_pin = true;
        fs::write(self.pin_file(), pin).unwrap();
        fs::set_permissions(self.pin_file(), Permissions::from_mode(0o600)).unwrap();
    }

    #[track_caller]
    pub(crate) fn init(&self, arguments: &[&str]) -> Value {
        self.run(&["--json", "init"]).args(arguments).output().ok().json()
    }

    /// The folder that vault and what belongs to it lie in.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(crate) fn vault(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.vault().join("vault.db")
    }

    /// A place beside the vault.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn pin_file(&self) -> PathBuf {
        self.beside("pin")
    }

    /// A run on this vault. Where it has a PIN, verbs that may need it are told where it is.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let run = self.bare(arguments);
        let mut words = arguments.iter().filter(|argument| !argument.starts_with('-'));
        let first = words.next().copied().unwrap_or_default();
        let verb = match words.next() {
            Some(second) if GROUPS.contains(&first) => format!("{first} {second}"),
            _ => first.to_owned(),
        };
        if self.has_pin && VERBS_WITH_PIN.contains(&verb.as_str()) {
            return run.args(["--pin-file".as_ref(), self.pin_file().as_os_str()]);
        }
        run
    }

    /// A run on this vault that is told of no PIN.
    pub(crate) fn bare(&self, arguments: &[&str]) -> Run {
        Run::new(["--vault".as_ref(), self.vault().as_os_str()]).args(arguments)
    }

    /// A run whose answer is JSON, and well.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        self.run(&[&["--json"], arguments].concat()).output().ok().json()
    }

    /// A run whose answer is JSON Lines, and well.
    #[track_caller]
    pub(crate) fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        self.run(&[&["--json"], arguments].concat()).output().ok().lines()
    }

    /// Escrows a password for the system volume of `device`.
    #[track_caller]
    pub(crate) fn escrow(&self, device: &str, made: &Made) -> Value {
        self.escrowing(device, made).output().ok().json()
    }

    pub(crate) fn escrowing(&self, device: &str, made: &Made) -> Run {
        let (password, protector) = (made.text.as_str(), made.protector.as_str());
        self.run(&[
            "--json",
            "escrow",
            "--device",
            device,
            "--volume",
            "C:",
            "--volume-type",
            "os",
        ])
        .args(["--protector", protector])
        .stdin(password)
    }

    /// Reveals a password.
    #[track_caller]
    pub(crate) fn reveal(&self, key_id: &str) -> Value {
        self.revealing(key_id).output().ok().json()
    }

    pub(crate) fn revealing(&self, key_id: &str) -> Run {
        self.run(&["--json", "reveal", key_id, "--reason", "tpm-reset", "--yes"])
    }

    #[track_caller]
    pub(crate) fn verify(&self) -> Value {
        let verified = self.json(&["audit", "verify"]);
        assert_eq!(verified["ok"], true, "{verified}");
        verified
    }

    /// The vault file, for whoever can write it.
    pub(crate) fn sqlite(&self) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(self.file(), flags).unwrap();
        connection.pragma_update(None, "foreign_keys", false).unwrap();
        connection
    }

    /// Another site with a copy of this one's folder.
    pub(crate) fn copied(&self) -> Self {
        let copy = Self {
            folder: tempfile::tempdir().unwrap(),
            has_pin: self.has_pin,
        };
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }

    /// Whether each file of the vault folder is, byte for byte, that of another site.
    pub(crate) fn has_the_files_of(&self, other: &Self) -> bool {
        let contents = |site: &Self| {
            let files = fs::read_dir(site.vault()).into_iter().flatten().map(Result::unwrap);
            files
                .map(|file| (file.file_name(), fs::read(file.path()).ok()))
                .collect::<BTreeMap<_, _>>()
        };
        contents(self) == contents(other)
    }

    /// Keeps a copy of the vault file alone.
    pub(crate) fn keep_file(&self) -> KeptFile {
        KeptFile(DB_FILES.map(|name| fs::read(self.vault().join(name)).ok()))
    }

    /// Puts back a vault file that was kept.
    pub(crate) fn put_back(&self, kept: &KeptFile) {
        for (name, bytes) in DB_FILES.iter().zip(&kept.0) {
            let path = self.vault().join(name);
            drop(fs::remove_file(&path));
            if let Some(bytes) = bytes {
                write_private(&path, bytes);
            }
        }
    }

    /// Where the simulator keeps its state.
    pub(crate) fn tpm_state(&self) -> PathBuf {
        self.vault().join("tpm")
    }

    pub(crate) fn keep_tpm(&self) -> Vec<u8> {
        fs::read(self.tpm_state().join(SIMULATOR_STATE)).unwrap()
    }

    pub(crate) fn put_back_tpm(&self, kept: &[u8]) {
        write_private(&self.tpm_state().join(SIMULATOR_STATE), kept);
    }
}

/// The vault file as it was.
#[derive(PartialEq)]
pub(crate) struct KeptFile([Option<Vec<u8>>; 3]);

/// Copies what is in a folder, with its modes.
pub(crate) fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            DirBuilder::new().mode(0o700).create(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

pub(crate) fn write_private(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

/// The PIN of every vault that has one. No run of digits that could stand anywhere else.
pub(crate) const PIN: &str = "correct-horse-4711";
const GROUPS: [&str; 3] = ["audit", "drop", "rotation"];
const VERBS_WITH_PIN: [&str; 19] = [
    "assign",
    "audit checkpoint",
    "audit export",
    "audit prove",
    "audit report",
    "audit verify",
    "confirm",
    "drop enrol",
    "drop key",
    "drop revoke",
    "escrow",
    "expose",
    "import",
    "init",
    "outcome",
    "prove",
    "reveal",
    "rotation waive",
    "status",
];
const DB_FILES: [&str; 3] = ["vault.db", "vault.db-wal", "vault.db-shm"];
const SIMULATOR_STATE: &str = "tpm2-00.permall";
