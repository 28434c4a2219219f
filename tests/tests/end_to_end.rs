//! The real program on a real file and a real software TPM: what a site sees of Strongroom.
//!
//! Each test has a folder of its own and a TPM of its own; `./dev test` installs the programs that they need. The TPM is
//! spoken to by the program under test and by tpm2-tools alone, never by this process: libtss2 does not close its
//! sockets on exec, so a program started beside an open connection would keep that open.
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

    #[path = "../../../vault/tests/tpm_suite/wire.rs"]
    mod wire;

    mod tpm_fault;

    mod proxy;

    mod machine;

    mod sweep;

    mod calls;

    mod held;

    mod disk_model;

    mod file_calls;

    #[path = "../../../core/tests/fve/written.rs"]
    mod written;

    mod image_file;

    mod images;

    mod full_vault;

    mod cells;

    mod transcript;

    mod stand_ins;

    mod sandbox;

    mod agent;

    mod handed_in;

    mod spooled;

    mod senders;

    mod intake_verbs;

    // What a site does
    mod documented;

    mod main_job;

    mod verbs;

    mod prompts;

    mod inventory;

    mod volumes;

    mod real_volumes;

    mod proving;

    mod generated;

    mod migrating;

    // What stops it
    mod rollback;

    mod forks;

    mod older_parts;

    mod tamper;

    mod tampered_cells;

    mod tampered_bytes;

    mod on_the_path;

    mod planted;

    mod folders;

    mod bad_input;

    mod hostile_files;

    mod key_ids;

    mod pins;

    // What it withstands
    mod races;

    mod kills;

    mod disk_faults;

    mod call_faults;

    mod real_disks;

    mod power_cuts;

    mod failing_tpm;

    mod dying_tpm;

    mod unready_tpm;

    mod simulator;

    mod leak_search;

    mod searched;

    mod leaks;

    mod read_off;

    // What it says
    mod transcripts;

    mod coverage;

    // What other programs say of it
    mod sqlite_shell;

    mod stored_log;

    mod checkers;

    mod log_checkers;

    mod auditors;

    mod handing_out;

    mod paths;

    mod drops;

    mod unconfirmed;

    mod spools;

    mod spool_agents;

    mod receipts;

    mod rsyslog;

    mod events;

    mod browser;

    #[path = "../../../cli/src/render/html/tests/sample.rs"]
    mod sample;

    mod report_page;

    mod tpm_tools;
}
