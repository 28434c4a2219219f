//! `./dev bench`: cold runs of the program beside the bare TPM and SQLite operations that it cannot do without, taken in
//! turns on the same software TPM and the same disk, as medians.
//!
//! `bench PROGRAM [RUNS]` measures; `bench PROGRAM audit [EVENTS [ESCROWS]]` measures what an auditor waits for on a long
//! log, beside reading and hashing it; `bench PROGRAM import [RECORDS [ROUNDS]]` measures taking in a list beside its bare
//! rows, and trying a password beside bare hashing; `bench floor FOLDER PORT` is one cold run of the bare operations.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement stops where it fails, and prints what it measured"
)]

mod audit;
mod floor;
mod import;
mod program;
mod swtpm;

use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["floor", folder, port] => floor::run(folder.as_ref(), port.parse().unwrap()),
        [program] => measure(program, 31),
        [program, "audit"] => audit::measure(beside(program), 50_000, 1_000_000),
        [program, "audit", events] => audit::measure(beside(program), 0, events.parse().unwrap()),
        [program, "audit", events, escrows] => {
            audit::measure(beside(program), escrows.parse().unwrap(), events.parse().unwrap());
        }
        [program, "import"] => import::measure(program, 100_000, 3),
        [program, "import", records] => import::measure(program, records.parse().unwrap(), 3),
        [program, "import", records, rounds] => {
            import::measure(program, records.parse().unwrap(), rounds.parse().unwrap());
        }
        [program, runs] => measure(program, runs.parse().unwrap()),
        _ => println!("usage: bench PROGRAM [RUNS | audit [EVENTS [ESCROWS]] | import [RECORDS [ROUNDS]]]"),
    }
}

/// The folder of a program, where the others are too.
fn beside(program: &str) -> &Path {
    Path::new(program).parent().unwrap()
}

fn measure(program: &str, runs: u32) {
    let folder = tempfile::tempdir().unwrap();
    let swtpm = swtpm::Swtpm::start(folder.path());
    let site = program::Site::new(program, folder.path(), swtpm.port());
    floor::prepare(folder.path(), swtpm.port());
    let (mut bare, mut escrow, mut reveal, mut find, mut show) = (vec![], vec![], vec![], vec![], vec![]);
    for run in 0..runs {
        bare.push(time(&mut floor::command(folder.path(), swtpm.port())));
        escrow.push(timed(|| site.escrow(run + 1000)));
        reveal.push(timed(|| site.reveal(run)));
        find.push(timed(|| site.find(run)));
        show.push(timed(|| site.show(run)));
    }
    println!("medians of {runs} cold runs each, taken in turns:");
    let floor = median(&mut bare);
    println!("bare TPM and SQLite operations  {:8.2} ms", millis(floor));
    for (name, times) in [("escrow", &mut escrow), ("reveal", &mut reveal)] {
        let median = median(times);
        let ratio = median.as_secs_f64() / floor.as_secs_f64();
        println!(
            "{name:<30}  {:8.2} ms  {ratio:.2} times the bare operations",
            millis(median)
        );
    }
    for (name, times) in [("find (no TPM)", &mut find), ("show (no TPM)", &mut show)] {
        println!("{name:<30}  {:8.2} ms", millis(median(times)));
    }
}

fn time(command: &mut Command) -> Duration {
    timed(|| assert!(command.status().unwrap().success(), "{command:?} failed"))
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
