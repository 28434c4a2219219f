//! See `strongroom_fuzz::volume`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::volume(input));
