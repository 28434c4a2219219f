//! The PIN of a vault.

use zeroize::Zeroizing;

/// What a person types for the TPM to unseal: one character or more, wiped on drop.
///
/// It has no `Clone`, `Debug`, `Display`, `PartialEq` or `Serialize`:
///
/// ```compile_fail
/// let pin = strongroom_core::values::Pin::new("1234".to_owned().into()).unwrap();
/// println!("{pin:?}");
/// ```
///
/// ```
/// let pin = strongroom_core::values::Pin::new("1234".to_owned().into()).unwrap();
/// assert_eq!(pin.expose(), "1234");
/// assert!(strongroom_core::values::Pin::new(String::new().into()).is_none());
/// ```
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// The PIN; `None` for no characters, which a TPM would take for no PIN at all.
    pub fn new(text: Zeroizing<String>) -> Option<Self> {
        (!text.is_empty()).then_some(Self(text))
    }

    /// Its characters, for hashing into what the TPM is told.
    pub fn expose(&self) -> &str {
        &self.0
    }
}
