//! Debian's rsyslog as a receiver of syslog lines, on loopback and for one test.

use std::fs;
use std::io::Write;
use std::net::Ipv4Addr;
use std::net::TcpStream;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use serde_json::Value;

use crate::end_to_end::machine::wait_until;

/// An rsyslogd on a port of its own, which writes what it understood of each line as JSON; killed on drop.
pub(crate) struct Rsyslog {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Rsyslog {
    pub(crate) fn start(folder: &Path) -> Self {
        fs::create_dir(folder).unwrap();
        let configuration = folder.join("configuration");
        fs::write(
            &configuration,
            CONFIGURATION.replace("FOLDER", folder.to_str().unwrap()),
        )
        .unwrap();
        let child = Command::new("/usr/sbin/rsyslogd")
            .args(["-n".as_ref(), "-f".as_ref(), configuration.as_os_str()])
            .args(["-i".as_ref(), folder.join("pid").as_os_str()])
            .stdin(Stdio::null())
            .spawn()
            .unwrap_or_else(|err| panic!("rsyslogd: {err}; apt install rsyslog, or ./dev test, which does"));
        let mut server = Self {
            child,
            folder: folder.to_owned(),
            port: 0,
        };
        wait_until("rsyslogd listens", || {
            let port = fs::read_to_string(server.folder.join("port")).unwrap_or_default();
            server.port = port.trim().parse().unwrap_or(0);
            server.port != 0
        });
        server
    }

    /// Sends the lines, and waits until there are so many messages of them.
    #[track_caller]
    pub(crate) fn receive(&self, lines: &str, messages: usize) -> Vec<Value> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.write_all(lines.as_bytes()).unwrap();
        drop(stream);
        let received = || fs::read_to_string(self.folder.join("received")).unwrap_or_default();
        wait_until("rsyslogd has them", || received().matches('\n').count() >= messages);
        received()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

impl Drop for Rsyslog {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

const CONFIGURATION: &str = r#"
global(workDirectory="FOLDER" maxMessageSize="64k")
module(load="imtcp")
module(load="mmpstrucdata")
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="FOLDER/port")
template(name="parsed" type="list") {
  constant(value="{")
  property(name="pri" format="jsonf") constant(value=",")
  property(name="timereported" dateFormat="rfc3339" format="jsonf" outname="time") constant(value=",")
  property(name="app-name" format="jsonf") constant(value=",")
  property(name="msgid" format="jsonf") constant(value=",")
  constant(value="\"data\":") property(name="$!rfc5424-sd")
  constant(value="}\n")
}
action(type="mmpstrucdata" sd_name.lowercase="off")
action(type="omfile" file="FOLDER/received" template="parsed")
"#;
