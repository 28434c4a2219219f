//! A TPM that dies: at its start, and between any two of its commands.

use std::fs;

use rustix::process::Pid;
use rustix::process::Signal;
use rustix::process::kill_process;

use crate::end_to_end::calls::Point as Call;
use crate::end_to_end::calls::log;
use crate::end_to_end::calls::points_on_a_copy;
use crate::end_to_end::calls::traced;
use crate::end_to_end::handed_in::handed_in;
use crate::end_to_end::held::Held;
use crate::end_to_end::held::assert_makes_after_all;
use crate::end_to_end::intake_verbs::VERBS;
use crate::end_to_end::machine::child_of;
use crate::end_to_end::machine::processes_in;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::passwords::made;
use crate::end_to_end::proxy::Proxy;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;
use crate::end_to_end::tpm_fault::Fault;
use crate::end_to_end::tpm_fault::Point;

#[test]
fn init_whose_tpm_dies_can_be_gone_on_from() {
    let proxy = Proxy::new();
    let site = proxy.site(Some(PIN));
    let init = |site: &Site| proxy.init(site);
    sweep_deaths("init with a PIN, TPM dies", 9, &proxy, &site, init, |site, _| {
        assert_makes_after_all(site, &proxy);
    });
}

#[test]
fn an_escrow_whose_tpm_dies_is_whole_or_not_at_all() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(None));
    let escrow = |site: &Site| site.escrowing("LAB-01", &made(3));
    sweep_deaths("escrow, TPM dies", 5, &proxy, &held.site, escrow, |site, output| {
        held.assert_escrow_whole_or_not_at_all(site, output.code == 0);
    });
}

#[test]
fn a_reveal_whose_tpm_dies_shows_nothing_that_is_not_on_record() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(Some(PIN)));
    let reveal = |site: &Site| site.revealing(&held.first.protector);
    sweep_deaths("reveal, TPM dies", 5, &proxy, &held.site, reveal, |site, output| {
        held.assert_reveal_on_record_if_shown(site, output);
    });
}

#[test]
fn a_verb_of_taking_in_whose_tpm_dies_is_whole_or_not_at_all() {
    let proxy = Proxy::new();
    let held = handed_in(proxy.site_with_vault(None));
    for verb in VERBS {
        let name = format!("{}, TPM dies", verb.name);
        sweep_deaths(&name, 37, &proxy, &held.site, verb.run, |site, output| {
            verb.assert_holds(&held, site, output);
        });
    }
}

/// Runs a verb on copies of this site; at each command the TPM dies, before it is done or before that is said.
#[track_caller]
fn sweep_deaths(
    name: &str,
    nth: usize,
    proxy: &Proxy,
    before: &Site,
    verb: impl Fn(&Site) -> Run,
    holds: impl Fn(&Site, &Output),
) {
    let model = proxy.copy_of(before);
    verb(&model).output().ok();
    let points = Point::all(&proxy.answers(), |_| vec![Fault::KilledBefore, Fault::KilledAfter]);
    sweep(name, &points, nth, |point| {
        let site = proxy.copy_of(before);
        proxy.fail_at(point);
        let output = verb(&site).output();
        let came_to = proxy.came_to(point);
        assert_unreachable_unless_done(&output);
        proxy.serve(&site);
        holds(&site, &output);
        came_to
    });
}

/// Killed as it is started, before it can say a word.
#[test]
fn a_simulator_that_dies_at_its_start_is_exit_5() {
    let held = Held::new();
    let site = &held.site;
    let arguments = [
        "-f",
        "-qq",
        "-e",
        "trace=execve",
        "-e",
        "inject=execve:signal=KILL:when=1",
    ];
    let died = traced(site.escrowing("LAB-01", &made(3)), &arguments).output().code(5);
    assert_eq!(died.stdout, "");
    held.assert_escrow_whole_or_not_at_all(site, false);
}

/// Killed when a command is sent, whose answer may have come by then; so it is the next one that fails. Where that
/// matters no more, the escrow is done.
#[test]
fn a_simulator_killed_between_two_commands_is_exit_5() {
    let held = Held::new();
    let escrow = |site: &Site| site.escrowing("LAB-01", &made(3));
    let mut points = points_on_a_copy(&held.site, escrow);
    points.retain(Call::is_tpm_command);
    sweep("escrow, simulator killed", &points, 5, |point| {
        let site = held.site.copied();
        let mut running = point.signalling("STOP", escrow(&site), &log(&site)).start();
        let stopped = || fs::read_to_string(log(&site)).is_ok_and(|log| log.contains("--- stopped by SIGSTOP ---"));
        wait_until("it is stopped, or gone", || stopped() || !running.is_running());
        let tried = stopped();
        if tried {
            for process in processes_in(&site.tpm_state()) {
                send(process, Signal::KILL);
            }
            wait_until("swtpm is gone", || processes_in(&site.tpm_state()).is_empty());
            send(child_of(running.id()), Signal::CONT);
        }
        let output = running.output();
        assert_unreachable_unless_done(&output);
        held.assert_escrow_whole_or_not_at_all(&site, output.code == 0);
        tried
    });
}

/// It is the TPM that is gone, and not one that refuses.
#[track_caller]
fn assert_unreachable_unless_done(output: &Output) {
    if output.code == 0 {
        return;
    }
    assert_eq!(output.code, 5, "{output:?}");
    let error = output.error();
    assert!(
        error["error"].as_str().unwrap().contains("cannot be reached"),
        "{error}"
    );
}

fn send(process: u32, signal: Signal) {
    let process = Pid::from_raw(process.try_into().unwrap()).unwrap();
    // It may be gone by itself.
    let _ = kill_process(process, signal);
}
