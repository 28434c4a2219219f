//! What can be read off a running process, and off one that crashes.

use std::fs;
use std::io::ErrorKind;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::process::Stdio;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;

use crate::end_to_end::agent::Agent;
use crate::end_to_end::agent::PASSWORD;
use crate::end_to_end::agent::PROTECTOR;
use crate::end_to_end::calls::log;
use crate::end_to_end::calls::points_on_a_copy;
use crate::end_to_end::held::names;
use crate::end_to_end::leak_search::Secrets;
use crate::end_to_end::machine::child_of;
use crate::end_to_end::machine::hold_lock;
use crate::end_to_end::machine::processes_in;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::machine::wait_until_queued;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;

#[test]
fn nothing_can_be_read_off_a_running_process() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    let secrets = Secrets::of(&[made(1), made(2)]).with_keys_of(&site);
    let lock = hold_lock(&site.vault());
    for run in [
        site.escrowing("LAB-01", &made(2)),
        site.revealing(made(1).key_id()),
        site.bare(&["reveal", made(1).key_id(), "--reason", "forensic", "--yes"])
            .stdin(PIN),
    ] {
        let mut running = run.args(["--wait", "300"]).start();
        wait_until_queued(running.id());
        assert_nothing_read_off(&secrets, running.id());
        let limits = fs::read_to_string(format!("/proc/{}/limits", running.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size"));
        let core: Vec<_> = core.unwrap().split_whitespace().collect();
        assert_eq!(core[4..6], ["0", "0"], "{core:?}");
        // What is not dumpable belongs to root in /proc, whoever runs it.
        let environment = fs::metadata(format!("/proc/{}/environ", running.id())).unwrap();
        assert_eq!(environment.uid(), 0);
        running.kill();
    }
    drop(lock);
}

/// Of the program and of its simulator, stopped when the keyring is in memory.
#[test]
fn nothing_can_be_read_off_the_simulator() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    let secrets = Secrets::of(&[made(1), made(2)]).with_keys_of(&site);
    let escrow = |site: &Site| site.escrowing("LAB-01", &made(2));
    let points = points_on_a_copy(&site, escrow);
    let last = points.iter().rfind(|point| point.is_tpm_command()).unwrap();
    let running = last.signalling("STOP", escrow(&site), &log(&site)).start();
    wait_until("it is stopped", || {
        fs::read_to_string(log(&site)).is_ok_and(|log| log.contains("--- stopped by SIGSTOP ---"))
    });
    let simulators = processes_in(&site.tpm_state());
    assert_eq!(simulators.len(), 1);
    let program = child_of(running.id());
    for process in [program, simulators[0]] {
        assert_nothing_read_off(&secrets, process);
    }
    kill_process(Pid::from_raw(program.try_into().unwrap()).unwrap(), Signal::KILL).unwrap();
    running.output();
}

/// Its command line and its environment.
#[track_caller]
fn assert_nothing_read_off(secrets: &Secrets, process: u32) {
    let arguments = fs::read(format!("/proc/{process}/cmdline")).unwrap();
    assert!(!arguments.is_empty());
    secrets.assert_absent("cmdline", &arguments);
    match fs::read(format!("/proc/{process}/environ")) {
        Ok(environment) => secrets.assert_absent("environ", &environment),
        // It is not dumpable: its own user may not look either.
        Err(error) => assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}"),
    }
}

/// With a password and the PIN in memory, and allowed to, it dumps no core.
#[test]
fn no_core_file_arises() {
    let site = Site::with_pin();
    let folder = site.beside("cores");
    fs::create_dir(&folder).unwrap();
    let unlimited = ["-c", "ulimit -c unlimited && exec \"$@\"", "sh"];
    let lock = hold_lock(&site.vault());
    // Not SEGV: Rust's own handler of that lets one through that somebody sends.
    for signal in [Signal::ABORT, Signal::TRAP] {
        // One that may dump core does, wherever this kernel puts it.
        let dies = format!("ulimit -c unlimited && kill -{} $$", signal.as_raw());
        let other = Command::new("sh").args(["-c", &dies]).current_dir(&folder).status();
        assert!(other.unwrap().core_dumped(), "this kernel dumps no core at all");
        for file in names(&folder) {
            fs::remove_file(folder.join(file)).unwrap();
        }

        let run = site.escrowing("LAB-01", &made(2)).args(["--wait", "300"]);
        let mut running = run.under("sh", unlimited).in_folder(&folder).start();
        wait_until_queued(running.id());
        let status = running.ended_by(signal);
        assert!(status.signal().is_some() && !status.core_dumped(), "{status}");
        assert_eq!(names(&folder), [] as [&str; 0]);
    }
    drop(lock);
}

/// Nor does the agents' program, with a password in memory.
#[test]
fn no_core_file_arises_on_an_agent() {
    let agent = Agent::new();
    let before = names(agent.folder());
    let seal = [
        "seal",
        "--to",
        "vault.key",
        "--device",
        "PC-0042",
        "--protector",
        PROTECTOR,
        "--out",
        "x.drop",
    ];
    for signal in [Signal::ABORT, Signal::TRAP] {
        let mut running = Command::new("sh")
            .args(["-c", "ulimit -c unlimited && exec \"$@\"", "sh", DROP_PROGRAM])
            .args(seal)
            .current_dir(agent.folder())
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        running.stdin.as_mut().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        let limits = format!("/proc/{}/limits", running.id());
        wait_until("it reads", || {
            let limits = fs::read_to_string(&limits).unwrap();
            let core = limits.lines().find(|line| line.starts_with("Max core file size"));
            core.is_some_and(|core| core.split_whitespace().skip(4).take(2).eq(["0", "0"]))
        });
        kill_process(Pid::from_raw(running.id().try_into().unwrap()).unwrap(), signal).unwrap();
        let status = running.wait().unwrap();
        assert!(status.signal().is_some() && !status.core_dumped(), "{status}");
        assert_eq!(names(agent.folder()), before);
    }
}
