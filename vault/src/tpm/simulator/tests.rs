use std::fs::File;
use std::net::Ipv4Addr;
use std::net::TcpListener;

use crate::tpm::TpmError;
use crate::tpm::simulator::PORT_TAKEN;
use crate::tpm::simulator::PROGRAMS;
use crate::tpm::simulator::Simulator;
use crate::tpm::simulator::free_port;
use crate::tpm::simulator::installed;
use crate::tpm::simulator::spawn;

#[test]
fn a_missing_swtpm_says_so() {
    let missing = installed(&["/nonexistent/swtpm"]);
    assert!(matches!(missing, Err(TpmError::SimulatorMissing)), "{missing:?}");
}

/// Whoever took one of the two ports meanwhile is not taken for our swtpm, and another pair is tried.
#[test]
fn a_port_that_somebody_took_is_found_out() {
    for taken in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port().unwrap();
        let _impostor = TcpListener::bind((Ipv4Addr::LOCALHOST, port + taken)).unwrap();
        let lock = File::open(folder.path()).unwrap();
        let child = spawn(installed(&PROGRAMS).unwrap(), folder.path(), port, &lock).unwrap();
        let mut simulator = Simulator {
            child,
            state: folder.path().to_owned(),
            port,
        };
        let reason = simulator.wait_until_ready().unwrap_err();
        assert!(reason.contains(PORT_TAKEN), "{reason}");
    }
}
