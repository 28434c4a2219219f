//! Who listens on a port: a fact of the kernel, where a connection that succeeds proves nothing.

use std::collections::BTreeSet;
use std::fs;
use std::io;

/// Whether this process listens on all of these TCP ports of 127.0.0.1.
///
/// A socket's inode stands in /proc/net/tcp, and in a link below /proc/PID/fd of each process that holds it.
pub(super) fn listens(process: u32, ports: &[u16]) -> io::Result<bool> {
    let table = fs::read_to_string("/proc/net/tcp")?;
    let mut held = BTreeSet::new();
    for entry in fs::read_dir(format!("/proc/{process}/fd"))? {
        // A descriptor may be closed while we look.
        if let Ok(link) = fs::read_link(entry?.path()) {
            held.insert(link.to_string_lossy().into_owned());
        }
    }
    Ok(ports.iter().all(|port| {
        table
            .lines()
            .filter_map(|line| listener(line, *port))
            .any(|inode| held.contains(&format!("socket:[{inode}]")))
    }))
}

/// The inode in a line of /proc/net/tcp, if that is a socket listening on this port of 127.0.0.1.
fn listener(line: &str, port: u16) -> Option<&str> {
    let mut fields = line.split_ascii_whitespace();
    let local = fields.nth(1)?;
    let state = fields.nth(1)?;
    let inode = fields.nth(5)?;
    // The kernel writes the address as the number that the machine sees in its four bytes.
    let address = u32::from_ne_bytes([127, 0, 0, 1]);
    (local == format!("{address:08X}:{port:04X}") && state == LISTEN).then_some(inode)
}

/// TCP_LISTEN
const LISTEN: &str = "0A";

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::process;

    use crate::tpm::listening::listens;

    #[test]
    fn tells_our_ports_from_others() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        assert!(listens(process::id(), &[port]).unwrap());
        // Nobody's second port, and another process's first.
        assert!(!listens(process::id(), &[port, 1]).unwrap());
        assert!(!listens(parent(), &[port]).unwrap_or(false));
        drop(listener);
        assert!(!listens(process::id(), &[port]).unwrap());
    }

    fn parent() -> u32 {
        std::os::unix::process::parent_id()
    }
}
