//! Bundles of entries: leaves, each behind its length as two bytes, big-endian.

use crate::log::Leaf;

/// The bytes are no bundle of entries.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("entry {entry} of the bundle is cut off")]
pub struct BundleError {
    /// Its position in the bundle, from 0.
    pub entry: u64,
}

/// Puts a leaf behind those of a bundle.
pub fn put_entry(bundle: &mut Vec<u8>, leaf: &Leaf) {
    // A leaf is never longer: its own type sees to that.
    let len = u16::try_from(leaf.as_bytes().len()).unwrap_or(u16::MAX);
    bundle.extend_from_slice(&len.to_be_bytes());
    bundle.extend_from_slice(leaf.as_bytes());
}

/// The leaves of a bundle.
pub fn entries(bundle: &[u8]) -> impl Iterator<Item = Result<Leaf, BundleError>> {
    let (mut rest, mut entry) = (bundle, 0);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let taken = take(rest);
        let result = match taken {
            Some((leaf, behind)) => {
                rest = behind;
                Ok(leaf)
            }
            None => {
                rest = &[];
                Err(BundleError { entry })
            }
        };
        entry += 1;
        Some(result)
    })
}

fn take(bundle: &[u8]) -> Option<(Leaf, &[u8])> {
    let (len, behind) = bundle.split_first_chunk::<2>()?;
    let (leaf, behind) = behind.split_at_checked(usize::from(u16::from_be_bytes(*len)))?;
    Some((Leaf::bounded(leaf.to_vec()).ok()?, behind))
}
