//! Why a password was revealed, and why an exposure was waived.

use std::fmt;
use std::str::FromStr;

use crate::values::ParseCodeError;
use crate::values::code::codes;

codes!(
    /// Why a recovery password is needed.
    Reason {
        BootOrderChanged, "boot-order-changed", "the boot order was changed";
        BiosChanged, "bios-changed", "BIOS or firmware was changed or updated";
        OsFilesModified, "os-files-modified", "files of the operating system were modified";
        StartupKeyLost, "startup-key-lost", "the startup key is lost";
        PinLost, "pin-lost", "the PIN is lost or forgotten";
        TpmReset, "tpm-reset", "the TPM was reset or cleared";
        PassphraseLost, "passphrase-lost", "the passphrase is lost or forgotten";
        SmartcardLost, "smartcard-lost", "the smart card is lost";
        HardwareReplaced, "hardware-replaced", "hardware was replaced, or the disk was moved to another machine";
        Forensic, "forensic", "a forensic examination";
        Other, "other", "something else, said in a note";
    }
);

codes!(
    /// Why an exposure ends where no newer password can come.
    WaiveReason {
        DeviceDestroyed, "device-destroyed", "the device was destroyed";
        VolumeErased, "volume-erased", "the volume was erased";
        Moved, "moved", "the volume is now kept elsewhere";
        ClockSkew, "clock-skew", "the password is newer than the reveal, but a wrong clock dated it before";
    }
);

impl Reason {
    /// Whether it says nothing without a note.
    pub fn needs_note(self) -> bool {
        self == Self::Other
    }
}

#[cfg(test)]
mod tests;
