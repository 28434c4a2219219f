//! Typed proof that something is on record.
//!
//! [`Committed`] is made by the store alone, on the line after COMMIT; [`Anchored`] by [`Committed::anchor`] alone, which
//! writes the TPM's anchor itself. Neither is `Clone`, so each serves once. Whoever holds an `Anchored<E>` holds the proof
//! that E is durable, signed, and remembered by the TPM.
//!
//! Nobody outside this crate can make a receipt:
//!
//! ```compile_fail
//! let forged = strongroom_vault::receipt::Anchored { subject: () };
//! ```
//!
//! ```compile_fail
//! let content = strongroom_core::log::AnchorContent::from_bytes(&[0; 40]);
//! let forged = strongroom_vault::receipt::Committed::after_commit((), content);
//! ```
//!
//! An anchored receipt comes from a committed one and from nothing else:
//!
//! ```
//! use strongroom_vault::receipt::Anchor;
//! use strongroom_vault::receipt::Anchored;
//! use strongroom_vault::receipt::Committed;
//!
//! fn anchor<E, A: Anchor>(committed: Committed<E>, anchor: &mut A) -> Result<Anchored<E>, A::Error> {
//!     committed.anchor(anchor)
//! }
//! ```
//!
//! A receipt cannot be used twice:
//!
//! ```compile_fail
//! use strongroom_vault::receipt::Anchor;
//! use strongroom_vault::receipt::Committed;
//!
//! fn twice<E, A: Anchor>(committed: Committed<E>, anchor: &mut A) {
//!     let first = committed.anchor(anchor);
//!     let second = committed.anchor(anchor);
//! }
//! ```

use strongroom_core::log::AnchorContent;

/// E is in the file, durably, under a signed checkpoint.
#[must_use = "what is committed and not anchored looks like a power cut"]
pub struct Committed<E> {
    subject: E,
    content: AnchorContent,
}

/// E is in the file, and the TPM remembers a log that says so.
#[must_use]
pub struct Anchored<E> {
    subject: E,
}

/// What remembers the last commit outside the file.
pub trait Anchor {
    /// How it fails.
    type Error;

    /// Remembers `content`.
    ///
    /// # Errors
    ///
    /// Fails unless it is certain that `content` is remembered now.
    fn write(&mut self, content: AnchorContent) -> Result<(), Self::Error>;
}

impl<E> Committed<E> {
    /// Only for the line after COMMIT.
    pub(crate) const fn after_commit(subject: E, content: AnchorContent) -> Self {
        Self { subject, content }
    }

    /// What the anchor is to remember.
    pub(crate) const fn content(&self) -> AnchorContent {
        self.content
    }

    /// Moves the anchor on to this commit.
    ///
    /// # Errors
    ///
    /// Fails if the anchor does not remember it; whoever opens the vault next finishes this.
    pub fn anchor<A: Anchor>(self, anchor: &mut A) -> Result<Anchored<E>, A::Error> {
        anchor.write(self.content)?;
        Ok(Anchored { subject: self.subject })
    }
}

impl<E> Anchored<E> {
    /// What is on record.
    pub fn into_subject(self) -> E {
        self.subject
    }
}
