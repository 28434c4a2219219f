//! What is encrypted in a drop, and its bytes.
//!
//! ```text
//! contents = created (8) ‖ sequence (8) ‖ escrows (4) ‖ escrow… ‖ 00…, to a multiple of 256
//! escrow   = device, mount point, type, volume id, protector, password, created, listed: each behind its length (4)
//! ```

use std::fmt::Display;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::drop::fields::ContentsTooLong;
use crate::drop::fields::FieldReader;
use crate::drop::fields::FieldWriter;
use crate::drop::fields::MAX_CONTENTS_LEN;
use crate::drop::fields::STEP;
use crate::state::Naming;
use crate::values::DeviceName;
use crate::values::ProtectorId;
use crate::values::RecoveryPassword;
use crate::values::Secret;
use crate::values::Time;
use crate::values::VolumeId;

/// What a drop says. It holds passwords, so it has no `Clone` and no `Debug`.
pub struct DropContents {
    /// Where it stands among the drops of its sender: each has a greater one than those before.
    pub sequence: u64,
    /// When it was made, as its sender's clock gave it.
    pub created_at: Time,
    /// What it hands in: one at least.
    pub escrows: Vec<DroppedEscrow>,
}

/// One recovery password in a drop.
pub struct DroppedEscrow {
    /// The device.
    pub device: DeviceName,
    /// The volume, as far as it is named.
    pub naming: Naming,
    /// The protector whose password it is.
    pub protector: ProtectorId,
    /// The password.
    pub password: RecoveryPassword,
    /// When the password was made, where somebody knows.
    pub created_at: Option<Time>,
    /// The recovery protectors that the volume lists beside this one.
    pub listed: Vec<ProtectorId>,
}

/// The bytes are no contents of a drop. Whoever has the public key can have encrypted anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ParseContentsError {
    /// Of another length than contents have, or cut off before the first escrow.
    #[error("it holds no list of escrows")]
    Shape,
    /// An escrow is not written as it should be.
    #[error("escrow {number} in it is not written as it should be")]
    Escrow {
        /// Which, from 1.
        number: u32,
    },
    /// Something stands behind the last escrow that should not.
    #[error("something stands behind its last escrow")]
    Padding,
}

impl DropContents {
    /// The bytes that are encrypted.
    ///
    /// # Errors
    ///
    /// Fails if they do not fit into one drop.
    pub(super) fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, ContentsTooLong> {
        let mut writer = FieldWriter::new();
        writer.bytes(&self.created_at.as_millis().to_be_bytes())?;
        writer.bytes(&self.sequence.to_be_bytes())?;
        let count = u32::try_from(self.escrows.len()).map_err(|_| ContentsTooLong)?;
        writer.bytes(&count.to_be_bytes())?;
        for escrow in &self.escrows {
            escrow.write(&mut writer)?;
        }
        Ok(writer.finish())
    }

    /// What [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// Fails for anything else, also where the same would be written otherwise.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, ParseContentsError> {
        if bytes.len() > MAX_CONTENTS_LEN || !bytes.len().is_multiple_of(STEP) {
            return Err(ParseContentsError::Shape);
        }
        let mut reader = FieldReader::new(bytes);
        let (created_at, sequence, count) = head(&mut reader).ok_or(ParseContentsError::Shape)?;
        // Grown as they are read, not by what the count promises.
        let mut escrows = Vec::new();
        for number in 1..=count {
            let escrow = DroppedEscrow::read(&mut reader).ok_or(ParseContentsError::Escrow { number })?;
            escrows.push(escrow);
        }
        let padding = reader.rest();
        if padding.len() >= STEP || padding.iter().any(|byte| *byte != 0) {
            return Err(ParseContentsError::Padding);
        }
        Ok(Self {
            sequence,
            created_at,
            escrows,
        })
    }
}

fn head(reader: &mut FieldReader<'_>) -> Option<(Time, u64, u32)> {
    let created_at = Time::from_millis(i64::from_be_bytes(reader.array()?))?;
    let sequence = u64::from_be_bytes(reader.array()?);
    let count = u32::from_be_bytes(reader.array()?);
    (count > 0).then_some((created_at, sequence, count))
}

impl DroppedEscrow {
    fn write(&self, writer: &mut FieldWriter) -> Result<(), ContentsTooLong> {
        let Naming { id, mount, kind } = &self.naming;
        writer.field(self.device.as_str().as_bytes())?;
        writer.field(mount.as_ref().map_or(b"", |mount| mount.as_str().as_bytes()))?;
        writer.field(kind.map_or(b"", |kind| kind.code().as_bytes()))?;
        writer.field(id.as_ref().map_or(b"", |id| id.as_bytes()))?;
        writer.field(self.protector.as_bytes())?;
        writer.field(self.password.expose())?;
        match self.created_at {
            Some(time) => writer.field(&time.as_millis().to_be_bytes())?,
            None => writer.field(b"")?,
        }
        let listed: Vec<u8> = self.listed.iter().flat_map(|id| *id.as_bytes()).collect();
        writer.field(&listed)
    }

    fn read(reader: &mut FieldReader<'_>) -> Option<Self> {
        let device = text(reader.field()?)?;
        let mount = optional(reader.field()?, text)?;
        let kind = optional(reader.field()?, text)?;
        let id = optional(reader.field()?, |bytes| bytes.try_into().ok().map(VolumeId::new))?;
        let protector = ProtectorId::new(reader.field()?.try_into().ok()?);
        let password = RecoveryPassword::from_bytes(Secret::copy_from(reader.field()?)?);
        let created_at = optional(reader.field()?, |bytes| {
            Time::from_millis(i64::from_be_bytes(bytes.try_into().ok()?))
        })?;
        let (listed, []) = reader.field()?.as_chunks() else {
            return None;
        };
        Some(Self {
            device,
            naming: Naming { id, mount, kind },
            protector,
            password,
            created_at,
            listed: listed.iter().copied().map(ProtectorId::new).collect(),
        })
    }
}

/// A value that may be absent: then its field is empty.
fn optional<T>(field: &[u8], read: impl FnOnce(&[u8]) -> Option<T>) -> Option<Option<T>> {
    if field.is_empty() {
        return Some(None);
    }
    read(field).map(Some)
}

/// A value whose text is written as it is read.
fn text<T: FromStr + Display>(field: &[u8]) -> Option<T> {
    let text = str::from_utf8(field).ok()?;
    text.parse().ok().filter(|value: &T| value.to_string() == text)
}
