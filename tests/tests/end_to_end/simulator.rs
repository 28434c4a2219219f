//! The private software TPM: it comes and goes with its vault, and never passes for a real one.

use std::fs;
use std::thread;

use crate::end_to_end::machine::is_locked;
use crate::end_to_end::machine::processes_in;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::passwords::made;
use crate::end_to_end::site::Site;

#[test]
fn two_commands_at_once_wait_for_each_other() {
    let site = Site::new();
    thread::scope(|scope| {
        for worker in ["LAB-01", "DESK-02"] {
            let site = &site;
            scope.spawn(move || {
                for number in 0..5 {
                    let number = number + if worker == "LAB-01" { 0 } else { 10 };
                    site.escrowing(worker, &made(number))
                        .args(["--wait", "300"])
                        .output()
                        .ok();
                }
            });
        }
    });
    assert_eq!(site.lines(&["list"]).len(), 10);
    site.verify();
    assert_eq!(processes_in(&site.vault()), [] as [u32; 0]);
}

#[test]
fn nothing_of_it_is_left_running() {
    let site = Site::with_pin();
    let runs = [
        (site.escrowing("LAB-01", &made(1)), 0),
        (site.revealing(made(1).key_id()), 0),
        (site.run(&["status"]), 0),
        (site.run(&["audit", "verify"]), 0),
        // Refused on the way, also with the TPM open.
        (
            site.bare(&["reveal", made(1).key_id(), "--reason", "forensic", "--yes"])
                .stdin("wrong"),
            5,
        ),
        (
            site.run(&["rotation", "waive", "00000000", "--reason", "moved", "--note", "gone"]),
            3,
        ),
    ];
    for (run, code) in runs {
        run.output().code(code);
        assert_eq!(processes_in(&site.vault()), [] as [u32; 0]);
        assert!(!is_locked(&site.vault()));
    }
    let mut names: Vec<_> = fs::read_dir(site.vault())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.retain(|name| !name.starts_with("vault.db-"));
    names.sort();
    assert_eq!(names, ["lock", "tpm", "vault.db"]);
}

#[test]
fn killed_it_leaves_neither_process_nor_lock() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let mut running = site.revealing(made(1).key_id()).start();
    wait_until("its simulator runs", || {
        !processes_in(&site.vault()).is_empty() || !running.is_running()
    });
    running.kill();
    wait_until("the lock is free", || !is_locked(&site.vault()));
    assert_eq!(processes_in(&site.vault()), [] as [u32; 0]);
    site.verify();
}

/// Without TPM2_Shutdown each of them would look like a power cut, and five of those are a lockout.
#[test]
fn twenty_reveals_with_a_pin_are_no_lockout() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    for _ in 0..20 {
        site.reveal(made(1).key_id());
    }
    let status = site.json(&["status"]);
    assert_eq!(status["pin_tries_left"], 5, "{status}");
}

#[test]
fn it_says_what_it_is() {
    let site = Site::new();
    site.run(&["status"]).output().ok().shows("SIMULATED");
    site.bare(&["status", "--no-tpm"]).output().ok().shows("SIMULATED");
    let status = site.json(&["status"]);
    assert_eq!(status["simulated"], true, "{status}");
}

#[test]
fn it_takes_no_pcrs() {
    let site = Site::empty();
    site.bare(&["init", "--tpm", "simulator", "--no-pin", "--pcr", "7"])
        .output()
        .refused(1, "PCR");
    site.init(&["--tpm", "simulator", "--no-pin"]);
}

/// No environment variable points a vault at another TPM.
#[test]
fn the_environment_points_at_no_other_tpm() {
    let site = Site::new();
    let name = "swtpm:host=127.0.0.1,port=1";
    site.escrowing("LAB-01", &made(1))
        .env("TPM2TOOLS_TCTI", name)
        .env("TCTI", name)
        .env("TEST_TCTI", name)
        .env("TPM2_PKCS11_TCTI", name)
        .output()
        .ok();
}
