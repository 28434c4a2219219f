//! Unix: system calls without a buffer in between, in which a secret would stay.

use std::io;
use std::io::Read;
use std::io::Write;
use std::os::fd::AsFd;

use rustix::process::Resource;
use rustix::process::Rlimit;

use crate::output::Stream;

/// An open file, read and written by system calls alone.
pub struct Descriptor<F>(pub F);

impl<F: AsFd> Read for Descriptor<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(&self.0, buffer)?)
    }
}

impl<F: AsFd> Write for Descriptor<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(&self.0, bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Shuts the process in: no core file, and no other process of the same user looks into its memory.
///
/// What cannot be had is gone without: neither is what keeps a password, both are what would betray one.
pub fn harden() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = rustix::process::setrlimit(Resource::Core, none);
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
}

/// Writes all of these bytes.
pub(crate) fn write(stream: Stream, bytes: &[u8]) -> io::Result<()> {
    match stream {
        Stream::Out => Descriptor(io::stdout()).write_all(bytes),
        Stream::Err => Descriptor(io::stderr()).write_all(bytes),
    }
}
