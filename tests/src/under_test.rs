//! `strongroom` as the tests run it: the program itself, on a disk that may fail.
#![allow(
    clippy::as_conversions,
    clippy::expect_used,
    reason = "what cannot be set up for a test is to stop it"
)]

mod faulty_disk;

fn main() -> std::process::ExitCode {
    faulty_disk::install();
    strongroom_cli::main()
}
