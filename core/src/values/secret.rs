//! Secret bytes.

use zeroize::Zeroizing;

/// `N` secret bytes: boxed so that moves leave no copies, wiped on drop.
///
/// It has no `Clone`, `Debug`, `Display`, `PartialEq` or `Serialize`, and never will:
///
/// ```compile_fail
/// let key = strongroom_core::values::Secret::<32>::from_fn(|bytes| bytes.fill(7));
/// println!("{key:?}");
/// ```
///
/// ```compile_fail
/// let key = strongroom_core::values::Secret::<32>::from_fn(|bytes| bytes.fill(7));
/// let copy = key.clone();
/// ```
///
/// What it does have is one word for reading it:
///
/// ```
/// let key = strongroom_core::values::Secret::<32>::from_fn(|bytes| bytes.fill(7));
/// assert_eq!(key.expose().len(), 32);
/// ```
pub struct Secret<const N: usize>(Box<Zeroizing<[u8; N]>>);

impl<const N: usize> Secret<N> {
    /// A secret that `fill` writes in place, starting from zeros.
    pub fn from_fn(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self(Box::new(Zeroizing::new([0; N])));
        fill(&mut secret.0);
        secret
    }

    /// A secret that `fill` writes in place; what a failed `fill` left there is wiped.
    ///
    /// # Errors
    ///
    /// Whatever `fill` fails with.
    pub fn try_from_fn<E>(fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Self(Box::new(Zeroizing::new([0; N])));
        fill(&mut secret.0)?;
        Ok(secret)
    }

    /// A secret copied from `bytes`, where they are exactly `N`; whoever owns `bytes` wipes them.
    pub fn copy_from(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != N {
            return None;
        }
        Some(Self::from_fn(|secret| secret.copy_from_slice(bytes)))
    }

    /// The bytes. Every reader of a secret says this word.
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
}
