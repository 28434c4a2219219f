//! See `strongroom_fuzz::note`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::note(input));
