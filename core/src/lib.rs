//! What Strongroom is without a machine: values, cryptography, keys, envelopes, the log and the states.
//!
//! Nothing here opens a file, asks a clock, reads the environment or talks to a TPM. The modules stand in the order
//! in which the data travels, and each uses only those above it (a test of the workspace enforces it).
#![forbid(unsafe_code)]

pub mod values;

pub mod crypto;

pub mod keys;

pub mod envelope;

pub mod tree;

pub mod state;

pub mod log;

pub mod drop;

pub mod tiles;

pub mod audit;

pub mod fve;

pub mod intake;
