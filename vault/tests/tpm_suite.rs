//! The TPM layer against real software TPMs, each with state and ports of its own.
//!
//! They need swtpm and tpm2-tools (`apt install swtpm tpm2-tools`). One runs at a time: libtss2 does not close its
//! sockets on exec, so a program started beside an open connection would keep that open.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should say so and stop"
)]

#[path = "tpm_suite/anchor.rs"]
mod anchor;
#[path = "tpm_suite/bus.rs"]
mod bus;
#[path = "tpm_suite/fixture.rs"]
mod fixture;
#[path = "tpm_suite/guesses.rs"]
mod guesses;
#[path = "tpm_suite/identity.rs"]
mod identity;
#[path = "tpm_suite/many.rs"]
mod many;
#[path = "tpm_suite/seal.rs"]
mod seal;
#[path = "tpm_suite/signing.rs"]
mod signing;
#[path = "tpm_suite/simulator.rs"]
mod simulator;
#[path = "tpm_suite/wire.rs"]
mod wire;
