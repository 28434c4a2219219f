//! A sweep: what is done at one point of a run is done at all of them, or at a sample.

use std::env;
use std::fmt::Display;
use std::io;
use std::io::Write;
use std::panic;
use std::panic::AssertUnwindSafe;

/// Tries the points: all of them in a full run, else every `nth`, counted from the last, which is the end of the run.
/// Says how many that were, and fails if there were none or if any fell. `attempt` tells whether its point was come to,
/// and panics where something falls.
#[track_caller]
pub(crate) fn sweep<P: Display>(name: &str, points: &[P], nth: usize, attempt: impl Fn(&P) -> bool) {
    let step = if is_full() { 1 } else { nth };
    let (mut tried, mut fell) = (0, Vec::new());
    for point in points.iter().rev().step_by(step) {
        match panic::catch_unwind(AssertUnwindSafe(|| attempt(point))) {
            Ok(true) => tried += 1,
            Ok(false) => {}
            Err(_) => fell.push(point.to_string()),
        }
    }
    tried += fell.len();
    say(&format!("{name}: {tried} of {} points tried\n", points.len()));
    assert!(tried > 0, "{name}: no point was tried");
    assert!(fell.is_empty(), "{name}: {} of {tried} fell: {fell:#?}", fell.len());
}

/// Says it past the harness, which keeps what a test prints that does not fail.
pub(crate) fn say(text: &str) {
    io::stderr().write_all(text.as_bytes()).unwrap();
}

/// Whether the long sweeps try every point: `./dev test --full`.
pub(crate) fn is_full() -> bool {
    env::var("STRONGROOM_TESTS").is_ok_and(|tests| tests == "full")
}
