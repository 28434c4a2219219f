//! Canonical JSON: one value, one text.

use std::cell::RefCell;
use std::io;
use std::io::Write;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A text is not the canonical JSON of the value that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// It is not JSON, or not of this value.
    #[error("not the JSON that was expected")]
    Json(#[source] serde_json::Error),
    /// It is, but written in another way than the canonical one.
    #[error("the JSON is not canonical")]
    NotCanonical,
}

/// The canonical JSON of `value`, as [RFC 8785] has it: keys sorted, no white space.
///
/// Our values hold no fractions, and their keys are ASCII; so sorting by bytes is sorting by UTF-16, and whole numbers
/// are written as they are.
///
/// # Panics
///
/// Never for our values: all of their keys are text.
///
/// [RFC 8785]: https://www.rfc-editor.org/rfc/rfc8785
#[expect(
    clippy::expect_used,
    reason = "every value here is of structs, lists, texts and whole numbers"
)]
pub fn canonical(value: &impl Serialize) -> Vec<u8> {
    let mut sorted = SORTED.take();
    let text = sorted.write(value).expect("a value that JSON can hold");
    SORTED.set(sorted);
    text
}

/// How many bytes [`canonical`] gives: as many as the same JSON in another order.
///
/// # Panics
///
/// Never for our values: all of their keys are text.
#[expect(
    clippy::expect_used,
    reason = "every value here is of structs, lists, texts and whole numbers"
)]
pub fn canonical_len(value: &impl Serialize) -> usize {
    let mut counted = Counted(0);
    serde_json::to_writer(&mut counted, value).expect("a value that JSON can hold");
    counted.0
}

/// The value of a canonical text.
///
/// # Errors
///
/// Fails if the text is of another value, or is not the one canonical text of this one.
pub fn from_canonical<T: Serialize + DeserializeOwned>(text: &[u8]) -> Result<T, CanonicalError> {
    let value: T = serde_json::from_slice(text).map_err(CanonicalError::Json)?;
    if canonical(&value) != text {
        return Err(CanonicalError::NotCanonical);
    }
    Ok(value)
}

/// The name of the first field in which two records differ; `None` where they do not, or are no records.
pub fn first_difference(one: &impl Serialize, other: &impl Serialize) -> Option<String> {
    let (Ok(one), Ok(other)) = (serde_json::to_value(one), serde_json::to_value(other)) else {
        return None;
    };
    let (one, other) = (one.as_object()?, other.as_object()?);
    one.keys()
        .chain(other.keys())
        .find(|key| one.get(*key) != other.get(*key))
        .cloned()
}

/// What is written is counted and not kept.
struct Counted(usize);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

thread_local! {
    /// Keeps its buffers: there may be hundreds of thousands of records.
    static SORTED: RefCell<Sorted> = RefCell::default();
}

mod sorting;

use sorting::Sorted;

#[cfg(test)]
mod tests;
