//! See `strongroom_fuzz::handed_out`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::handed_out(input));
