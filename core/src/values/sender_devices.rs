//! Which devices a sender of drops may speak for.

use crate::values::DeviceName;

/// The devices whose passwords a sender may hand in, so that they count.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SenderDevices {
    /// Every device.
    Any,
    /// These, and no others.
    Named(Vec<DeviceName>),
}

impl SenderDevices {
    /// Whether this one is among them.
    pub fn include(&self, device: &DeviceName) -> bool {
        match self {
            Self::Any => true,
            Self::Named(devices) => devices.contains(device),
        }
    }
}
