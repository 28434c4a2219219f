//! A TPM that puts a command off: waited for, and nothing is done twice.

use crate::end_to_end::handed_in::handed_in;
use crate::end_to_end::held::Held;
use crate::end_to_end::held::assert_takes_in;
use crate::end_to_end::intake_verbs::VERBS;
use crate::end_to_end::passwords::made;
use crate::end_to_end::proxy::Proxy;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;
use crate::end_to_end::tpm_fault::Fault;
use crate::end_to_end::tpm_fault::GET_RANDOM;
use crate::end_to_end::tpm_fault::NV_READ_PUBLIC;
use crate::end_to_end::tpm_fault::Point;

#[test]
fn init_waits_for_its_tpm() {
    for pin in [None, Some(PIN)] {
        let proxy = Proxy::new();
        let site = proxy.site(pin);
        let init = |site: &Site| proxy.init(site);
        sweep_waits("init, TPM not ready", 83, &proxy, &site, init, |site, _| {
            assert_takes_in(site);
        });
    }
}

#[test]
fn escrow_waits_for_its_tpm() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(None));
    let escrow = |site: &Site| site.escrowing("LAB-01", &made(3));
    sweep_waits("escrow, TPM not ready", 13, &proxy, &held.site, escrow, |site, _| {
        held.assert_escrow_whole_or_not_at_all(site, true);
    });
}

#[test]
fn reveal_waits_for_its_tpm() {
    let proxy = Proxy::new();
    let held = Held::on(proxy.site_with_vault(Some(PIN)));
    let reveal = |site: &Site| site.revealing(&held.first.protector);
    sweep_waits(
        "reveal, TPM not ready",
        13,
        &proxy,
        &held.site,
        reveal,
        |site, output| {
            held.assert_reveal_on_record_if_shown(site, output);
        },
    );
}

#[test]
fn the_verbs_of_taking_in_wait_for_their_tpm() {
    let proxy = Proxy::new();
    let held = handed_in(proxy.site_with_vault(None));
    for verb in VERBS {
        let name = format!("{}, TPM not ready", verb.name);
        sweep_waits(&name, 163, &proxy, &held.site, verb.run, |site, output| {
            verb.assert_holds(&held, site, output);
        });
    }
}

/// Runs a verb on copies of this site; each command is put off, once or more often than libtss2 repeats it by itself.
#[track_caller]
fn sweep_waits(
    name: &str,
    nth: usize,
    proxy: &Proxy,
    before: &Site,
    verb: impl Fn(&Site) -> Run,
    holds: impl Fn(&Site, &Output),
) {
    let model = proxy.copy_of(before);
    verb(&model).output().ok();
    let undisturbed = done(proxy);
    let faults = [YIELDED, TESTING, NV_RATE, RETRY].map(|code| [1, 6].map(|times| Fault::Refused { code, times }));
    let mut points = Point::all(&proxy.answers(), |_| faults.concat());
    // By this one it looks whether anybody is there at all, before each connection, and any answer will do.
    points.retain(|point| point.command != GET_RANDOM);
    sweep(name, &points, nth, |point| {
        let site = proxy.copy_of(before);
        proxy.fail_at(point);
        let output = verb(&site).output().ok();
        assert_eq!(done(proxy), undisturbed, "each command once, in its order");
        holds(&site, &output);
        true
    });
}

/// What the TPM did. To libtss2 reading a public area is two commands, and it may be the second that is put off: that
/// reading is then begun anew.
fn done(proxy: &Proxy) -> Vec<u32> {
    let mut done = proxy.done();
    done.dedup_by(|one, other| one == other && *one == NV_READ_PUBLIC);
    done
}

const YIELDED: u32 = 0x908;
const TESTING: u32 = 0x90a;
const NV_RATE: u32 = 0x920;
const RETRY: u32 = 0x922;
