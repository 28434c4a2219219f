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
    let chosen: Vec<&P> = points.iter().rev().step_by(step).collect();
    try_at(name, &chosen, points.len(), attempt);
}

/// The same of all the points, or of `tries` of them: the middles of so many equal parts of the run.
#[track_caller]
pub(crate) fn sweep_sample<P: Display>(name: &str, points: &[P], tries: usize, attempt: impl Fn(&P) -> bool) {
    let parts = if is_full() {
        points.len()
    } else {
        tries.min(points.len())
    };
    let middle = |part: usize| &points[(2 * part + 1) * points.len() / (2 * parts)];
    let chosen: Vec<&P> = (0..parts).map(middle).collect();
    try_at(name, &chosen, points.len(), attempt);
}

#[track_caller]
fn try_at<P: Display>(name: &str, chosen: &[&P], all: usize, attempt: impl Fn(&P) -> bool) {
    let (mut tried, mut fell) = (0, Vec::new());
    for point in chosen {
        match panic::catch_unwind(AssertUnwindSafe(|| attempt(point))) {
            Ok(true) => tried += 1,
            Ok(false) => {}
            Err(_) => fell.push(point.to_string()),
        }
    }
    tried += fell.len();
    say(&format!("{name}: {tried} of {all} points tried\n"));
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
