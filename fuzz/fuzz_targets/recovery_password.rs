//! See `strongroom_fuzz::recovery_password`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| strongroom_fuzz::recovery_password(input));
