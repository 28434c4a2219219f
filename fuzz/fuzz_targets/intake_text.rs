//! See `strongroom_fuzz::intake_text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::intake_text(input));
