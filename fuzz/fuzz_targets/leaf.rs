//! See `strongroom_fuzz::leaf`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::leaf(input));
