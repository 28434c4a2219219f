//! See `strongroom_fuzz::finder`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::finder(input));
