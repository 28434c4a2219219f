//! A software TPM that a test owns, and tpm2-tools on it.
//!
//! It serves one client at a time: the program under test and the tools come one after the other.

use std::net::Ipv4Addr;
use std::net::TcpListener;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::end_to_end::machine::listens;

/// A swtpm that somebody else than the program under test runs; killed on drop.
pub(crate) struct Swtpm {
    child: Child,
    state: PathBuf,
    port: u16,
}

impl Swtpm {
    /// With its state in `state`, on a free pair of ports.
    pub(crate) fn start(state: &Path) -> Self {
        loop {
            let port = free_port();
            if let Some(child) = spawn(state, port) {
                return Self {
                    child,
                    state: state.to_owned(),
                    port,
                };
            }
        }
    }

    /// Ends, and another with its state in `state` takes its place.
    pub(crate) fn replaced_by(mut self, state: &Path) -> Self {
        self.kill();
        let begun = std::time::Instant::now();
        loop {
            if let Some(child) = spawn(state, self.port) {
                self.child = child;
                self.state = state.to_owned();
                return self;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "port {} is taken", self.port);
        }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn tcti(&self) -> String {
        format!("swtpm:host=127.0.0.1,port={}", self.port)
    }

    /// Runs one of tpm2-tools on it.
    #[track_caller]
    pub(crate) fn tool(&self, program: &str, arguments: &[&str]) -> Vec<u8> {
        let output = Command::new(program)
            .args(arguments)
            .env("TPM2TOOLS_TCTI", self.tcti())
            .output()
            .unwrap_or_else(|err| panic!("{program}: {err}; apt install tpm2-tools"));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{program} {arguments:?}: {stderr}");
        output.stdout
    }

    /// The NV indices in the owner's range.
    pub(crate) fn indices(&self) -> Vec<u32> {
        let listed = String::from_utf8(self.tool("tpm2_getcap", &["handles-nv-index"])).unwrap();
        let handles = listed.lines().filter_map(|line| line.trim().strip_prefix("- 0x"));
        handles
            .map(|handle| u32::from_str_radix(handle, 16).unwrap())
            .filter(|handle| (0x0180_0000..=0x01bf_ffff).contains(handle))
            .collect()
    }

    /// The objects and sessions that are loaded, as the tools list them.
    pub(crate) fn loaded(&self) -> String {
        let lists = ["handles-transient", "handles-loaded-session"];
        let list = |list: &str| String::from_utf8(self.tool("tpm2_getcap", &[list])).unwrap();
        lists.map(list).concat()
    }

    /// Whether the lockout authorisation is set: whether nobody but its owner can reset the count of wrong PINs.
    pub(crate) fn is_lockout_auth_set(&self) -> bool {
        let properties = String::from_utf8(self.tool("tpm2_getcap", &["properties-variable"])).unwrap();
        let words: Vec<_> = properties.split_whitespace().collect();
        words.windows(2).any(|pair| pair == ["lockoutAuthSet:", "1"])
    }

    /// The one of them that is the anchor, as the tools want it written.
    #[track_caller]
    pub(crate) fn anchor(&self) -> String {
        let indices = self.indices();
        assert_eq!(indices.len(), 1, "{indices:x?}");
        format!("{:#x}", indices[0])
    }
}

impl Drop for Swtpm {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// One that listens on `port` and the one above, unless somebody else does.
fn spawn(state: &Path, port: u16) -> Option<Child> {
    let mut child = Command::new("swtpm")
        .args(["socket", "--tpm2", "--tpmstate", &format!("dir={}", state.display())])
        .args(["--server", &format!("type=tcp,port={port},bindaddr=127.0.0.1")])
        .args(["--ctrl", &format!("type=tcp,port={},bindaddr=127.0.0.1", port + 1)])
        .args(["--flags", "not-need-init,startup-clear"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|err| panic!("swtpm: {err}; apt install swtpm"));
    for _ in 0..1000 {
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        // Ours, and not that of a test that runs at the same time elsewhere.
        if listens(child.id(), &[port, port + 1]) {
            return Some(child);
        }
        thread::sleep(Duration::from_millis(5));
    }
    drop(child.kill());
    drop(child.wait());
    None
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}
