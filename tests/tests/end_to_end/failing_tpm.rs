//! A TPM that fails, or a bad wire to it: at each command of a verb, in each way that one may go wrong.
//!
//! Whatever it says, the program ends; says what failed; believes nothing that is not so; and leaves nothing half done.

use serde_json::Value;

use crate::end_to_end::auditors::keys;
use crate::end_to_end::handed_in::handed_in;
use crate::end_to_end::handing_out::assert_checkpoint_on_record_if_given;
use crate::end_to_end::handing_out::checkpointing;
use crate::end_to_end::held::Held;
use crate::end_to_end::held::assert_makes_after_all;
use crate::end_to_end::intake_verbs::VERBS;
use crate::end_to_end::passwords::made;
use crate::end_to_end::proxy::Proxy;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;
use crate::end_to_end::tpm_fault::Answered;
use crate::end_to_end::tpm_fault::Fault;
use crate::end_to_end::tpm_fault::NV_READ;
use crate::end_to_end::tpm_fault::NV_WRITE;
use crate::end_to_end::tpm_fault::Point;
use crate::end_to_end::tpm_fault::START_AUTH_SESSION;
use crate::end_to_end::tpm_fault::UNSEAL;

#[test]
fn init_on_a_failing_tpm_can_be_gone_on_from() {
    let proxy = Proxy::new();
    let site = proxy.site(None);
    let init = |site: &Site| proxy.init(site);
    sweep_faults("init, TPM fails", 41, &proxy, &site, init, |site, _| {
        assert_makes_after_all(site, &proxy);
    });
}

#[test]
fn init_with_a_pin_on_a_failing_tpm_can_be_gone_on_from() {
    let proxy = Proxy::new();
    let site = proxy.site(Some(PIN));
    let init = |site: &Site| proxy.init(site);
    sweep_faults("init with a PIN, TPM fails", 67, &proxy, &site, init, |site, _| {
        assert_makes_after_all(site, &proxy);
    });
}

#[test]
fn an_escrow_on_a_failing_tpm_is_whole_or_not_at_all() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(None));
    let escrow = |site: &Site| site.escrowing("LAB-01", &made(3));
    sweep_faults("escrow, TPM fails", 23, &proxy, &held.site, escrow, |site, output| {
        held.assert_escrow_whole_or_not_at_all(site, output.code == 0);
    });
}

/// With a PIN: the TPM is asked for more.
#[test]
fn a_reveal_on_a_failing_tpm_shows_nothing_that_is_not_on_record() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(Some(PIN)));
    let reveal = |site: &Site| site.revealing(&held.first.protector);
    sweep_faults("reveal, TPM fails", 29, &proxy, &held.site, reveal, |site, output| {
        held.assert_reveal_on_record_if_shown(site, output);
    });
}

#[test]
fn what_a_failing_tpm_says_is_in_no_status() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(None));
    let status = |site: &Site| site.run(&["--json", "status", "--check"]);
    sweep_faults("status, TPM fails", 23, &proxy, &held.site, status, |site, _| {
        held.assert_nothing_missing(site);
    });
}

#[test]
fn what_a_failing_tpm_says_is_not_verified() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(None));
    let verify = |site: &Site| site.run(&["--json", "audit", "verify"]);
    sweep_faults("audit verify, TPM fails", 23, &proxy, &held.site, verify, |site, _| {
        held.assert_nothing_missing(site);
    });
}

#[test]
fn a_checkpoint_on_a_failing_tpm_is_on_record_if_it_was_given() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(None));
    let keys = keys(&held.site);
    let checkpoint = |site: &Site| checkpointing(site, &site.beside("out"));
    sweep_faults(
        "checkpoint, TPM fails",
        31,
        &proxy,
        &held.site,
        checkpoint,
        |site, _| {
            assert_checkpoint_on_record_if_given(site, &keys);
        },
    );
}

#[test]
fn a_verb_of_taking_in_on_a_failing_tpm_is_whole_or_not_at_all() {
    let proxy = Proxy::new();
    let held = handed_in(proxy.site_with_vault(None));
    for verb in VERBS {
        let name = format!("{}, TPM fails", verb.name);
        sweep_faults(&name, 331, &proxy, &held.site, verb.run, |site, output| {
            verb.assert_holds(&held, site, output);
        });
    }
}

/// Refusing a write, the TPM may say what it likes: whether the anchor is ours, reading it says.
#[test]
fn a_refused_write_is_no_alarm() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(None));
    let site = proxy.copy_of(&held.site);
    site.escrow("LAB-01", &made(3));
    let commands = proxy.answers();
    let nth = commands
        .iter()
        .position(|answered| answered.command == NV_WRITE)
        .unwrap();
    let site = proxy.copy_of(&held.site);
    proxy.fail_at(&Point {
        nth,
        command: NV_WRITE,
        fault: Fault::refused(0x9a2),
    });
    let failed = site.escrowing("LAB-01", &made(3)).output();
    let error = failed.refused(5, "TPM2_NV_Write").error();
    assert_eq!(error["kind"], "tpm", "{error}");
    held.assert_escrow_whole_or_not_at_all(&site, false);
}

/// Runs a verb on copies of this site, with each fault at each command; `holds` looks at what is left, with a TPM that
/// is well again.
#[track_caller]
fn sweep_faults(
    name: &str,
    nth: usize,
    proxy: &Proxy,
    before: &Site,
    verb: impl Fn(&Site) -> Run,
    holds: impl Fn(&Site, &Output),
) {
    let model = proxy.copy_of(before);
    let honest = verb(&model).output();
    let points = Point::all(&proxy.answers(), faults);
    sweep(name, &points, nth, |point| {
        let site = proxy.copy_of(before);
        proxy.fail_at(point);
        // Killed where it would wait for ever.
        let output = verb(&site).under("timeout", ["--signal=KILL", "300"]).output();
        let came_to = proxy.came_to(point);
        assert_told(&output, &honest, point);
        if !point.fault.is_done() && point.fault.is_answered() {
            proxy.with_swtpm(|swtpm| assert_eq!(swtpm.loaded(), "", "left in the TPM"));
        }
        proxy.serve(&site);
        if output.code != honest.code && site.has_the_files_of(before) {
            // Byte for byte as it was; and so is the anchor, where there is one.
            assert!(!output.stdout.contains("recovery_password"), "{output:?}");
            if site.file().exists() {
                site.verify();
            }
        } else {
            holds(&site, &output);
        }
        came_to
    });
}

/// It did what it was asked and says what it always says, or it failed and says that the TPM did.
#[track_caller]
fn assert_told(output: &Output, honest: &Output, point: &Point) {
    if output.code == honest.code {
        assert_eq!(answer(output), answer(honest));
        return;
    }
    let error = output.error();
    let text = error["error"].as_str().unwrap();
    if output.code == 4 {
        // No other answer than this one says that the anchor is another's.
        assert!(
            point.command == NV_READ && point.fault.is_refused_authorisation(),
            "{error}"
        );
        assert!(text.contains("was replaced"), "{error}");
        return;
    }
    assert_eq!((output.code, &error["kind"]), (5, &Value::from("tpm")), "{output:?}");
    let named = ["TPM2_", "hung up", "owner authorisation is set", "wrong PIN, "];
    assert!(named.iter().any(|words| text.contains(words)), "{error}");
    assert!(!error["hint"].as_str().unwrap().is_empty(), "{error}");
    // The PIN authorises this command alone; and where the nonce of its session was changed on the way, the TPM takes
    // the right PIN for a wrong one, and counts it.
    let is_of_pin = point.command == UNSEAL && point.fault.is_refused_authorisation();
    let is_of_session = point.command == START_AUTH_SESSION && point.fault.is_done();
    assert!(is_of_pin || is_of_session || !text.contains("wrong PIN"), "{error}");
}

/// What stands in an answer, line by line, and is the same in each run.
fn answer(output: &Output) -> Vec<Value> {
    let mut answer = output.lines();
    for line in &mut answer {
        for chance in BY_CHANCE {
            line.as_object_mut().unwrap().remove(chance);
        }
    }
    answer
}

fn faults(answered: &Answered) -> Vec<Fault> {
    let mut faults = vec![
        Fault::refused(0x101),
        Fault::refused(0x98e),
        Fault::refused(0x9a2),
        Fault::DoneAndRefused { code: 0x101 },
        Fault::DroppedBefore,
        Fault::DroppedAfter,
    ];
    faults.extend(Fault::of_answers(answered));
    faults
}

/// What differs between two runs of the same verb.
const BY_CHANCE: [&str; 15] = [
    "checkpoint",
    "enrolled_at",
    "escrow_id",
    "exposed_at",
    "file",
    "folder",
    "image",
    "log_key",
    "out",
    "root",
    "revoked_at",
    "rotate_by",
    "sender_id",
    "tpm_key",
    "vault_id",
];
