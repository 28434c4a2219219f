//! Where the TPM is.

use std::fmt;
use std::fs;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::net::ToSocketAddrs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use crate::tpm::TpmError;

/// Where the TPM is: written `device:/dev/tpmrm0`, `swtpm:host=H,port=P` or `simulator`.
///
/// It is chosen at `init` and recorded; nothing in the environment can point a vault at another TPM.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Tcti {
    /// A character device of the kernel; `/dev/tpmrm0`, so that the kernel manages the slots.
    Device(PathBuf),
    /// A private swtpm, which we start and stop, with its state inside the vault folder.
    Simulator,
    /// A swtpm that somebody else started, over TCP; its control channel listens on `port + 1`.
    Swtpm {
        /// Host name or address.
        host: String,
        /// Port of the data channel, 1 to 65534.
        port: u16,
    },
}

/// The text names no TPM.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a TPM is `device:/dev/tpmrm0`, `swtpm:host=HOST,port=PORT` or `simulator`")]
pub struct ParseTctiError;

impl Tcti {
    /// Whether this TPM is no protection: one that we start ourselves, from files.
    pub fn is_simulator(&self) -> bool {
        matches!(self, Self::Simulator)
    }

    /// Tells why the TPM cannot be opened, before libtss2 says only that it cannot.
    pub(super) fn probe(&self) -> Result<(), TpmError> {
        match self {
            Self::Device(path) => probe_device(path),
            // Only just started, and found listening.
            Self::Simulator => Ok(()),
            Self::Swtpm { host, port } => probe_swtpm(host, *port).map_err(|err| self.unreachable(&err)),
        }
    }

    fn unreachable(&self, err: &io::Error) -> TpmError {
        let silent = matches!(err.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
        TpmError::Unreachable {
            tcti: self.to_string(),
            reason: if silent {
                "it does not answer; another program may hold it".to_owned()
            } else if err.kind() == io::ErrorKind::UnexpectedEof {
                "it hung up without an answer".to_owned()
            } else {
                err.to_string()
            },
        }
    }
}

impl fmt::Display for Tcti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(path) => write!(f, "device:{}", path.display()),
            Self::Simulator => f.write_str("simulator"),
            Self::Swtpm { host, port } => write!(f, "swtpm:host={host},port={port}"),
        }
    }
}

impl FromStr for Tcti {
    type Err = ParseTctiError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "simulator" {
            return Ok(Self::Simulator);
        }
        if let Some(path) = text.strip_prefix("device:") {
            // Absolute, or it would name another device in each folder.
            if !path.starts_with('/') || path.chars().any(char::is_control) {
                return Err(ParseTctiError);
            }
            return Ok(Self::Device(PathBuf::from(path)));
        }
        let (host, port) = text
            .strip_prefix("swtpm:host=")
            .and_then(|rest| rest.split_once(",port="))
            .ok_or(ParseTctiError)?;
        Ok(Self::Swtpm {
            host: parse_host(host)?,
            port: parse_port(port)?,
        })
    }
}

/// A host name or an address, in the characters that both libtss2 and this text can carry.
fn parse_host(host: &str) -> Result<String, ParseTctiError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':');
    if host.is_empty() || host.len() > 253 || host.starts_with('-') || !host.bytes().all(allowed) {
        return Err(ParseTctiError);
    }
    Ok(host.to_owned())
}

/// A port without sign or leading zero, and with room for the control channel above it.
fn parse_port(port: &str) -> Result<u16, ParseTctiError> {
    match port.parse::<u16>() {
        Ok(number) if (1..u16::MAX).contains(&number) && number.to_string() == port => Ok(number),
        _ => Err(ParseTctiError),
    }
}

fn probe_device(path: &Path) -> Result<(), TpmError> {
    let failed = |err: io::Error| device_failure(path, &err);
    if !fs::metadata(path).map_err(failed)?.file_type().is_char_device() {
        return Err(TpmError::NoDevice { path: path.to_owned() });
    }
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .map(drop)
        .map_err(failed)
}

fn device_failure(path: &Path, err: &io::Error) -> TpmError {
    let path = path.to_owned();
    if matches!(err.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) {
        return TpmError::NoDevice { path };
    }
    if err.kind() == io::ErrorKind::PermissionDenied {
        return TpmError::PermissionDenied { path };
    }
    Tcti::Device(path).unreachable(err)
}

/// Has the swtpm say anything at all: it serves one connection at a time, and libtss2 would wait for ever behind
/// another one.
fn probe_swtpm(host: &str, port: u16) -> io::Result<()> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(mut stream) => {
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.write_all(&GET_RANDOM)?;
                return stream.read_exact(&mut [0; 10]);
            }
            Err(err) => last = err,
        }
    }
    Err(last)
}

const PATIENCE: Duration = Duration::from_secs(5);

/// TPM2_GetRandom of 2 bytes, without sessions: any answer has a header of 10 bytes.
const GET_RANDOM: [u8; 12] = [0x80, 0x01, 0, 0, 0, 12, 0, 0, 0x01, 0x7b, 0, 2];

#[cfg(test)]
mod tests;
