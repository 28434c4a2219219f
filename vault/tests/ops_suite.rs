//! The verbs, as the command line calls them, where the time, the operator or the moment between two steps matters.
//!
//! Each test has a vault on a simulator of its own (`apt install swtpm`).
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on should say so and stop"
)]

#[path = "ops_suite/arriving.rs"]
mod arriving;
#[path = "ops_suite/assigning.rs"]
mod assigning;
#[path = "ops_suite/bounded.rs"]
mod bounded;
#[path = "ops_suite/clock.rs"]
mod clock;
#[path = "ops_suite/contradicted.rs"]
mod contradicted;
#[path = "ops_suite/dropping.rs"]
mod dropping;
#[path = "ops_suite/exporting.rs"]
mod exporting;
#[path = "ops_suite/fixture.rs"]
mod fixture;
#[path = "ops_suite/handing_out.rs"]
mod handing_out;
#[path = "ops_suite/hostile.rs"]
mod hostile;
#[path = "ops_suite/hostile_proofs.rs"]
mod hostile_proofs;
#[path = "ops_suite/hostile_senders.rs"]
mod hostile_senders;
#[path = "ops_suite/hostile_volumes.rs"]
mod hostile_volumes;
#[path = "ops_suite/index.rs"]
mod index;
#[path = "ops_suite/lifecycle.rs"]
mod lifecycle;
#[path = "ops_suite/looks.rs"]
mod looks;
#[path = "ops_suite/migrating.rs"]
mod migrating;
#[path = "ops_suite/near_names.rs"]
mod near_names;
#[path = "ops_suite/older_record.rs"]
mod older_record;
#[path = "ops_suite/presented.rs"]
mod presented;
#[path = "ops_suite/proving.rs"]
mod proving;
#[path = "ops_suite/readers.rs"]
mod readers;
#[path = "ops_suite/refusals.rs"]
mod refusals;
#[path = "ops_suite/reveal.rs"]
mod reveal;
#[path = "ops_suite/second_signature.rs"]
mod second_signature;
#[path = "ops_suite/thousands.rs"]
mod thousands;
#[path = "ops_suite/told.rs"]
mod told;
#[path = "../../core/tests/fve/written.rs"]
#[allow(unused, reason = "the tests of the format itself write more kinds of volumes")]
mod written;
