//! Volumes of a few words, and images that fail.

use std::convert::Infallible;
use std::fmt;
use std::ops::ControlFlow;

use strongroom_core::fve;
use strongroom_core::fve::Image;
use strongroom_core::fve::Located;
use strongroom_core::fve::Metadata;
use strongroom_core::fve::Place;
use strongroom_core::fve::Proof;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;

use crate::fve::written::Protector;
use crate::fve::written::Sparse;
use crate::fve::written::Volume;
use crate::fve::written::crc32;

impl Image for Sparse {
    type Error = Infallible;

    /// At most 1000 bytes for each call, as a pipe or a disk may do.
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let len = buffer.len().min(1000);
        Ok(self.read(offset, &mut buffer[..len]))
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }
}

/// An image whose size is not known.
pub(crate) struct Sizeless(pub(crate) Sparse);

impl Image for Sizeless {
    type Error = Infallible;

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Infallible> {
        self.0.read_at(offset, buffer)
    }

    fn size(&self) -> Option<u64> {
        None
    }
}

/// An image that fails where a read touches one of these bytes.
pub(crate) struct Failing {
    pub(crate) image: Sparse,
    pub(crate) at: Vec<u64>,
}

#[derive(Debug)]
pub(crate) struct BadSector;

impl fmt::Display for BadSector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bad sector")
    }
}

impl std::error::Error for BadSector {}

impl Image for Failing {
    type Error = BadSector;

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, BadSector> {
        let read = offset..offset + u64::try_from(buffer.len()).unwrap();
        if self.at.iter().any(|at| read.contains(at)) {
            return Err(BadSector);
        }
        Ok(self.image.read(offset, buffer))
    }

    fn size(&self) -> Option<u64> {
        Some(self.image.size)
    }
}

/// Bytes of the validation behind the metadata, as far as they are not zeros.
pub(crate) const VALIDATION_LEN: usize = 88;

/// A volume's place where it is the image.
pub(crate) const START: Located = Located {
    offset: 0,
    size: None,
    place: Place::Start,
};

/// The 16 bytes of password `number`; each number has its own.
pub(crate) fn bytes(number: u8) -> [u8; 16] {
    std::array::from_fn(|at| number.wrapping_mul(31).wrapping_add(u8::try_from(at * 7).unwrap()))
}

pub(crate) fn password(number: u8) -> RecoveryPassword {
    RecoveryPassword::from_bytes(Secret::from_fn(|secret| *secret = bytes(number)))
}

/// The protector ID number `number`.
pub(crate) fn id(number: u8) -> ProtectorId {
    ProtectorId::new([number; 16])
}

/// A recovery password's protector: number, ID and password belong together.
pub(crate) fn recovery(number: u8) -> Protector {
    protector(number, 0x0800)
}

pub(crate) fn protector(number: u8, kind: u16) -> Protector {
    Protector {
        id: [number; 16],
        kind,
        secret: bytes(number).to_vec(),
        label: String::new(),
        changed: 0x01d5_3236_72f0_e3b0,
    }
}

/// A volume with these protectors.
pub(crate) fn volume(protectors: &[Protector]) -> Volume {
    Volume {
        protectors: protectors.to_vec(),
        ..Volume::default()
    }
}

/// What is read from an image that is a volume.
#[track_caller]
pub(crate) fn read(image: &Sparse) -> Metadata {
    fve::read(&mut image.clone(), &START).unwrap()
}

/// What comes of a password on all protectors.
pub(crate) fn prove(metadata: &Metadata, password: &RecoveryPassword) -> Proof {
    let all: Vec<_> = metadata.recovery_protectors().collect();
    fve::prove(metadata, password, &all, None, |_| ControlFlow::Continue(()))
}

/// Edits a copy of the metadata as somebody without the master key can: the checksum is right again after it.
pub(crate) fn edit(image: &mut Sparse, copy: usize, edit: impl FnOnce(&mut Vec<u8>)) {
    let (offset, written) = image.extents[1 + copy].clone();
    let at = written.len() - VALIDATION_LEN;
    let (mut block, mut validation) = (written[..at].to_vec(), written[at..].to_vec());
    edit(&mut block);
    validation[4..8].copy_from_slice(&crc32(&block).to_le_bytes());
    image.put(offset, &[block, validation].concat());
}
