//! What an enrolled sender has, as a file.
//!
//! ```text
//! strongroom-drop-sender v1
//! <origin to log-key, as in the vault's key>
//! sender <32 digits>
//! name <text>
//! any-device, or device <name> for each
//! secret <base64 of 32 bytes>
//! checksum <16 digits>
//! ```

use zeroize::Zeroizing;

use crate::drop::drop_key::DropKey;
use crate::drop::lines::LineReader;
use crate::drop::lines::LineWriter;
use crate::drop::lines::MAX_KEY_FILE_LEN;
use crate::drop::lines::ParseKeyFileError;
use crate::drop::lines::base64;
use crate::drop::lines::same;
use crate::keys::VaultSecret;
use crate::values::LogText;
use crate::values::Secret;
use crate::values::SenderDevices;
use crate::values::SenderId;

/// The vault's key with a sender's own: whoever has this file can hand in as that sender, so it is a secret.
///
/// It has no `Clone`, `Debug`, `Display`, `PartialEq` or `Serialize`:
///
/// ```compile_fail
/// fn show(file: &strongroom_core::drop::SenderFile) -> String {
///     format!("{file:?}")
/// }
/// ```
///
/// What it does have:
///
/// ```
/// fn show(file: &strongroom_core::drop::SenderFile) -> String {
///     file.sender().to_string()
/// }
/// ```
pub struct SenderFile {
    key: DropKey,
    sender: SenderId,
    name: LogText,
    devices: SenderDevices,
    secret: Secret<32>,
}

impl SenderFile {
    /// The file of a sender that is enrolled in this vault.
    ///
    /// # Errors
    ///
    /// Fails if it names no device, or so many that it would be too long to be read.
    pub fn enrolled(
        key: DropKey,
        vault_secret: &VaultSecret,
        sender: SenderId,
        name: LogText,
        devices: SenderDevices,
    ) -> Result<Self, ParseKeyFileError> {
        if devices == SenderDevices::Named(Vec::new()) {
            return Err(ParseKeyFileError::NoDevice);
        }
        let file = Self {
            key,
            sender,
            name,
            devices,
            secret: vault_secret.sender_key(sender),
        };
        if file.to_text().len() > MAX_KEY_FILE_LEN {
            return Err(ParseKeyFileError::TooLong);
        }
        Ok(file)
    }

    /// The file that [`Self::to_text`] wrote.
    ///
    /// # Errors
    ///
    /// Fails if a character of it is another one.
    pub fn parse(text: &str) -> Result<Self, ParseKeyFileError> {
        let mut lines = LineReader::new(text, FORMAT)?;
        let key = DropKey::read(&mut lines)?;
        let sender = lines.value("sender", same)?;
        let name = lines.value("name", same)?;
        let devices = if lines.is("any-device") {
            SenderDevices::Any
        } else {
            let devices = lines.values("device", same)?;
            if devices.is_empty() {
                return Err(lines.fault());
            }
            SenderDevices::Named(devices)
        };
        let secret = lines.value("secret", |text| {
            Secret::try_from_fn(|secret| base64(text, secret).ok_or(())).ok()
        })?;
        lines.end()?;
        Ok(Self {
            key,
            sender,
            name,
            devices,
            secret,
        })
    }

    /// The text of the file. Wiped on drop.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut lines = LineWriter::new(FORMAT);
        self.key.write(&mut lines);
        lines.value("sender", &self.sender);
        lines.value("name", &self.name);
        match &self.devices {
            SenderDevices::Any => lines.line("any-device"),
            SenderDevices::Named(devices) => {
                for device in devices {
                    lines.value("device", device);
                }
            }
        }
        lines.bytes("secret", self.secret.expose());
        lines.finish()
    }

    /// The vault's key, as it was when the sender was enrolled.
    pub const fn key(&self) -> &DropKey {
        &self.key
    }

    /// The sender.
    pub const fn sender(&self) -> &SenderId {
        &self.sender
    }

    /// What the sender is called.
    pub const fn name(&self) -> &LogText {
        &self.name
    }

    /// The devices that it may speak for. What counts is what the vault knows; this spares a sender from being refused.
    pub const fn devices(&self) -> &SenderDevices {
        &self.devices
    }

    /// The sender's own key: the PSK of its drops.
    pub(super) const fn secret(&self) -> &Secret<32> {
        &self.secret
    }
}

const FORMAT: &str = "strongroom-drop-sender v1";
