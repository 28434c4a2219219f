//! Reading and writing without a buffer in between, in which a secret would stay.

use std::io;
use std::io::Read;
use std::io::Write;
use std::os::fd::AsFd;

/// An open file, read and written by system calls alone.
pub(super) struct Descriptor<F>(pub(super) F);

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
