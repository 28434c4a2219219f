//! Text that holds a secret on its way to stdout.

use std::fmt;
use std::io;

use zeroize::Zeroizing;

/// A text in one buffer that is reserved at once, never grows, and is wiped on drop.
pub(crate) struct SecretText(Zeroizing<Vec<u8>>);

impl SecretText {
    pub(crate) fn new() -> Self {
        Self(Zeroizing::new(Vec::with_capacity(ROOM)))
    }

    /// The text, for the one who writes it.
    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Write for SecretText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        io::Write::write_all(self, text.as_bytes()).map_err(|_| fmt::Error)
    }
}

impl io::Write for SecretText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.0.capacity() - self.0.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A screen with a QR code on it takes a third of this.
const ROOM: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use crate::ui::SecretText;
    use crate::ui::secret::ROOM;

    #[test]
    fn it_never_grows() {
        let mut text = SecretText::new();
        let before = text.0.as_ptr();
        assert!(text.write_str(&"x".repeat(ROOM)).is_ok());
        assert!(text.write_str("x").is_err());
        assert_eq!((text.0.len(), text.0.as_ptr()), (ROOM, before));
    }
}
