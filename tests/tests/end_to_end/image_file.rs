//! Images as files: written to be read by other programs, and read as the program will.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use strongroom_core::fve;
use strongroom_core::fve::Image;
use strongroom_core::fve::Metadata;

use crate::end_to_end::written::Sparse;

/// A file that is read where it is asked for.
pub(crate) struct ImageFile(File);

impl ImageFile {
    pub(crate) fn open(path: &Path) -> Self {
        Self(File::open(path).unwrap())
    }
}

impl Image for ImageFile {
    type Error = io::Error;

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(buffer, offset)
    }

    fn size(&self) -> Option<u64> {
        self.0.metadata().ok().map(|metadata| metadata.len())
    }
}

/// The metadata of the one volume in an image.
pub(crate) fn metadata(path: &Path) -> Metadata {
    let mut image = ImageFile::open(path);
    let located = fve::locate(&mut image).unwrap();
    assert_eq!(located.len(), 1, "volumes in {}", path.display());
    fve::read(&mut image, &located[0]).unwrap()
}

/// Writes an image to a file with holes.
pub(crate) fn write(image: &Sparse, path: &Path) {
    let file = File::create(path).unwrap();
    file.set_len(image.size).unwrap();
    for (offset, bytes) in &image.extents {
        file.write_all_at(bytes, *offset).unwrap();
    }
    // What it reads back is what it is.
    let mut buffer = [0; 512];
    let mut again = [0; 512];
    let read = image.read(0, &mut buffer);
    assert_eq!(file_bytes(path, &mut again), read);
    assert_eq!(buffer, again);
}

fn file_bytes(path: &Path, buffer: &mut [u8]) -> usize {
    File::open(path).unwrap().read_at(buffer, 0).unwrap()
}
