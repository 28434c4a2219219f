//! BitLocker volumes that were written for it are found, read and opened, and whatever is wrong with one is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "what cannot be had fails the test"
)]

mod fve {
    // What the tests stand on
    pub(crate) mod written;

    pub(crate) mod support;

    // What is read
    mod locating;

    mod reading;

    mod proving;

    // What is refused
    mod damage;

    mod hostile;

    mod hostile_tables;
}
