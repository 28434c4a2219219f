//! The vault itself: receipts, store, TPM, operations.
//!
//! No terminal, no environment, no home directory, no wall clock: whoever calls brings the time, the operator and the
//! PIN. The modules stand in the order in which the data travels; the store and the TPM do not know each other.
#![deny(unsafe_code)]

mod beside;

pub mod receipt;

pub mod store;

pub mod tpm;

pub mod ops;
