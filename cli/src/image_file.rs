//! An image of a volume or a disk: a file, or a block device, only ever read.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Seek;
use std::io::SeekFrom;
use std::os::unix::fs::FileExt;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;
use strongroom_core::fve::Image;

use crate::failure::ImageFault;

/// An open image.
pub(crate) struct ImageFile {
    file: File,
    size: u64,
}

impl ImageFile {
    /// Opens a file or a block device for reading.
    pub(crate) fn open(path: &Path) -> Result<Self, ImageFault> {
        // Whoever opens a pipe waits for its writer, unless told not to.
        let flags = OFlags::NONBLOCK.bits().cast_signed();
        let mut file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
        let kind = file.metadata()?.file_type();
        if !kind.is_file() && !kind.is_block_device() {
            return Err(ImageFault::NotAnImage);
        }
        let size = file.seek(SeekFrom::End(0))?;
        Ok(Self { file, size })
    }
}

impl Image for ImageFile {
    type Error = io::Error;

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read_at(buffer, offset) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }
}
