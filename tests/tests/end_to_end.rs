//! The real program on a real file and a real software TPM: what a site sees of Strongroom.
//!
//! Each test has a folder of its own and a TPM of its own. They need swtpm, tpm2-tools and cryptsetup
//! (`apt install swtpm tpm2-tools cryptsetup-bin xz-utils`). The TPM is spoken to by the program under test and by
//! tpm2-tools alone, never by this process: libtss2 does not close its sockets on exec, so a program started beside an
//! open connection would keep that open.
#![allow(
    clippy::as_conversions,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that stumbles has failed"
)]

mod end_to_end {
    // What the tests stand on
    mod run;

    mod passwords;

    mod site;

    mod swtpm;

    mod machine;

    mod sweep;

    mod calls;

    mod held;

    mod disk_model;

    mod file_calls;

    // What a site does
    mod main_job;

    mod verbs;

    mod prompts;

    mod inventory;

    mod real_volumes;

    mod generated;

    // What stops it
    mod rollback;

    mod tamper;

    mod planted;

    mod folders;

    mod bad_input;

    mod key_ids;

    mod pins;

    // What it withstands
    mod races;

    mod kills;

    mod disk_faults;

    mod call_faults;

    mod real_disks;

    mod power_cuts;

    mod simulator;

    mod leaks;
}
