//! See `strongroom_fuzz::drop_file`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::drop_file(input));
