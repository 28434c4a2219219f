//! A software TPM of our own, on loopback, on a free pair of ports.

use std::net::TcpListener;
use std::net::TcpStream;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

/// A running swtpm; it ends with this.
pub(crate) struct Swtpm {
    child: Child,
    port: u16,
}

impl Swtpm {
    pub(crate) fn start(folder: &Path) -> Self {
        let state = folder.join("swtpm");
        std::fs::create_dir(&state).unwrap();
        let port = free_pair();
        let child = Command::new("swtpm")
            .args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"])
            .arg("--tpmstate")
            .arg(format!("dir={}", state.display()))
            .args(["--server", &format!("type=tcp,port={port},bindaddr=127.0.0.1")])
            .args(["--ctrl", &format!("type=tcp,port={},bindaddr=127.0.0.1", port + 1)])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The control channel answers as soon as the data channel does, and takes more than one client.
        while TcpStream::connect(("127.0.0.1", port + 1)).is_err() {
            thread::sleep(Duration::from_millis(5));
        }
        Self { child, port }
    }

    pub(crate) const fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Swtpm {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn free_pair() -> u16 {
    loop {
        let first = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = first.local_addr().unwrap().port();
        if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
            return port;
        }
    }
}
