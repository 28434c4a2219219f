//! See `strongroom_fuzz::intake_csv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::intake_csv(input));
