//! A software TPM that a test owns, and what all of them need.

use std::fs;
use std::fs::File;
use std::net::Ipv4Addr;
use std::net::TcpListener;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::thread;
use std::time::Duration;

use strongroom_core::crypto::Digest;
use strongroom_core::keys::RootKey;
use strongroom_core::log::AnchorContent;
use strongroom_core::values::Secret;
use strongroom_core::values::VaultId;
use strongroom_vault::tpm::PcrSelection;
use strongroom_vault::tpm::PinAuth;
use strongroom_vault::tpm::Tcti;
use strongroom_vault::tpm::Tpm;
use strongroom_vault::tpm::TpmError;
use tempfile::TempDir;

/// A swtpm without a resource manager, as somebody else would run it; killed on drop.
pub(crate) struct Swtpm {
    child: Child,
    state: TempDir,
    port: u16,
    _alone: MutexGuard<'static, ()>,
}

impl Swtpm {
    pub(crate) fn start() -> Self {
        let alone = alone();
        let state = tempfile::tempdir().unwrap();
        let (child, port) = spawn(state.path());
        Self {
            child,
            state,
            port,
            _alone: alone,
        }
    }

    /// The machine is switched off, properly or by a power cut, and on again.
    pub(crate) fn restart(&mut self, properly: bool) {
        if properly {
            self.tool("tpm2_shutdown", &["-c"]);
        }
        self.kill();
        (self.child, self.port) = spawn(self.state.path());
    }

    /// Its power fails, for good.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn tcti(&self) -> Tcti {
        format!("swtpm:host=127.0.0.1,port={}", self.port).parse().unwrap()
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn try_open(&self) -> Result<Tpm, TpmError> {
        self.try_open_at(&self.tcti())
    }

    pub(crate) fn try_open_at(&self, tcti: &Tcti) -> Result<Tpm, TpmError> {
        Tpm::open(tcti, self.state.path(), &File::open(self.state.path()).unwrap())
    }

    pub(crate) fn open(&self) -> Tpm {
        self.try_open().unwrap()
    }

    /// Runs one of tpm2-tools on it; no connection of ours may be open.
    #[track_caller]
    pub(crate) fn tool(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.state.path())
            .env("TPM2TOOLS_TCTI", format!("swtpm:host=127.0.0.1,port={}", self.port))
            .output()
            .unwrap_or_else(|err| panic!("{program}: {err}; apt install tpm2-tools"));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program} {arguments:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Measures something into a PCR.
    pub(crate) fn extend(&self, pcr: u8) {
        self.tool("tpm2_pcrextend", &[&format!("{pcr}:sha256={}", "5a".repeat(32))]);
    }
}

impl Drop for Swtpm {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Waits for its turn.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    // A test that failed has let go of its TPM too.
    TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn spawn(state: &Path) -> (Child, u16) {
    loop {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut child = Command::new("swtpm")
            .args(["socket", "--tpm2", "--tpmstate", &format!("dir={}", state.display())])
            .args(["--server", &format!("type=tcp,port={port},bindaddr=127.0.0.1")])
            .args(["--ctrl", &format!("type=tcp,port={},bindaddr=127.0.0.1", port + 1)])
            .args(["--flags", "not-need-init,startup-clear"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("apt install swtpm");
        for _ in 0..500 {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            // Ours, and not that of a test that runs at the same time elsewhere.
            if ports_of(&[child.id()]).len() == 2 {
                return (child, port);
            }
            thread::sleep(Duration::from_millis(2));
        }
        drop(child.kill());
        drop(child.wait());
    }
}

pub(crate) fn secret(byte: u8) -> Secret<32> {
    Secret::from_fn(|bytes| bytes.fill(byte))
}

pub(crate) fn root(byte: u8) -> RootKey {
    RootKey::new(secret(byte))
}

#[track_caller]
pub(crate) fn assert_root(found: &RootKey, byte: u8) {
    assert_eq!(found.secret().expose(), &[byte; 32]);
}

/// The error of a result whose value cannot be printed.
#[track_caller]
pub(crate) fn refused<T>(result: Result<T, TpmError>) -> TpmError {
    match result {
        Ok(_) => panic!("it was done"),
        Err(error) => error,
    }
}

pub(crate) fn vault() -> VaultId {
    VaultId::new([0x11; 16])
}

pub(crate) fn pin(text: &str) -> PinAuth {
    PinAuth::new(&vault(), text)
}

pub(crate) fn pcrs(text: &str) -> PcrSelection {
    text.parse().unwrap()
}

pub(crate) fn content(number: u64) -> AnchorContent {
    let byte = u8::try_from(number % 251).unwrap();
    AnchorContent {
        number,
        checkpoint: Digest::new([byte; 32]),
    }
}

/// The processes that work in this folder: swtpm works in its state's.
pub(crate) fn processes_in(folder: &Path) -> Vec<u32> {
    let folder = fs::canonicalize(folder).unwrap();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    numbers
        .filter(|pid: &u32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd.starts_with(&folder)))
        .collect()
}

/// The ports on which these processes listen, by /proc.
pub(crate) fn ports_of(processes: &[u32]) -> Vec<u16> {
    let mut sockets = Vec::new();
    for process in processes {
        // Of a process that is ending, an ordinary user can list nothing.
        for entry in fs::read_dir(format!("/proc/{process}/fd"))
            .into_iter()
            .flatten()
            .flatten()
        {
            // It may close one while we look.
            if let Ok(link) = fs::read_link(entry.path()) {
                sockets.push(link.to_string_lossy().into_owned());
            }
        }
    }
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let fields = table
        .lines()
        .map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
    fields
        .filter(|fields| fields[3] == "0A" && sockets.contains(&format!("socket:[{}]", fields[9])))
        .map(|fields| u16::from_str_radix(&fields[1][9..], 16).unwrap())
        .collect()
}
