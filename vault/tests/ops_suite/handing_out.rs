//! What leaves the vault is the last event of its commit, whatever else that commit brings.

use std::path::Path;
use std::process::Command;

use strongroom_core::audit::Period;
use strongroom_core::drop::SenderFile;
use strongroom_core::log::Action;
use strongroom_core::log::Event;
use strongroom_core::state::Change;
use strongroom_core::values::LogText;
use strongroom_core::values::Operator;
use strongroom_core::values::SenderDevices;
use strongroom_core::values::WaiveReason;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::EnrolRequest;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::WaiveRequest;
use strongroom_vault::ops::Who;
use strongroom_vault::store::ExportFolder;

use crate::dropping::dropped;
use crate::dropping::enrol;
use crate::dropping::take;
use crate::dropping::taken;
use crate::fixture::HOUR;
use crate::fixture::Vault;
use crate::fixture::WAIT;
use crate::fixture::at;
use crate::fixture::escrow;
use crate::fixture::who;

/// What hands out.
type HandOut<'h> = &'h dyn Fn(&mut Unsealed, &Who);

/// Who has the longest names, each character of which takes two bytes in JSON.
fn longest(seconds: i64) -> Who {
    Who {
        operator: Operator {
            login: Some(quotes()),
            effective: quotes(),
            claimed: None,
        },
        at: at(seconds),
    }
}

fn quotes() -> LogText {
    "\"".repeat(LogText::MAX_LEN).parse().unwrap()
}

/// PC-1 and 29 others with the longest names.
fn many_devices() -> SenderDevices {
    let named = (0..29).map(|number| format!("{number:02}{}", "\"".repeat(253)));
    let names = std::iter::once("PC-1".to_owned()).chain(named);
    SenderDevices::Named(names.map(|name| name.parse().unwrap()).collect())
}

/// That an auditor accepts the log with what it hands out, and that the file is as it says.
#[track_caller]
fn assert_accepted(open: &mut Unsealed, path: &Path, seconds: i64) {
    let handed_out = open.report(&longest(seconds)).unwrap();
    let reported = Inventory::open(path)
        .unwrap()
        .report(&handed_out, Period::default(), |_| {})
        .unwrap();
    assert_eq!(reported.first_wrong, None);
    for row in &reported.report.handed_out {
        assert_eq!(row.size, row.leaf + 1);
    }
}

#[track_caller]
fn assert_last(events: &[Event], action: Action) {
    let last = events.last().unwrap();
    assert_eq!((last.body.action, last.body.changes.len()), (action, 0));
    assert!(last.commit.is_some());
}

#[test]
fn receipts_for_senders_with_many_devices() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let names = ["plant 1", "plant 2", "plant 3"];
    let senders: Vec<SenderFile> = names.map(|name| enrol(&mut open, name, many_devices())).into();
    for commit in 0..2_u64 {
        let drops = (0..30_u64).map(|number| {
            let sender = &senders[usize::try_from(number % 3).unwrap()];
            let (password, sequence) = (u8::try_from(commit * 30 + number).unwrap(), commit * 30 + number + 1);
            let mut drop = dropped(sender.key(), Some(sender), password, sequence, 100);
            drop.file = Some(quotes());
            drop
        });
        let before = vault.events().len();
        let done = take(
            &mut open,
            200 + i64::try_from(commit).unwrap(),
            &drops.collect::<Vec<_>>(),
        );
        assert!(done.outcomes.iter().all(|outcome| !taken(outcome).late));
        let events = vault.events().split_off(before);
        assert_last(&events, Action::Receipts);
        let changed = |event: &&Event| {
            event
                .body
                .changes
                .iter()
                .any(|change| matches!(change, Change::Sender(_)))
        };
        let renewed = events.iter().filter(changed).flat_map(|event| &event.body.changes);
        let renewed: Vec<_> = renewed.filter(|change| matches!(change, Change::Sender(_))).collect();
        assert_eq!(renewed.len(), 3, "each once, however many drops it made");
        // What a receipt proves lies open: no list of a sender's devices stands in it.
        let proven = events.iter().filter(|event| event.body.action == Action::Escrow);
        assert_eq!(proven.clone().count(), 30);
        assert_eq!(proven.filter(changed).count(), 0);
        assert_accepted(&mut open, &vault.path(), 300);
    }
}

#[test]
fn a_sender_whose_record_would_not_fit_into_a_leaf_is_not_enrolled() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let name = |number: usize| format!("{number:03}{}", "\"".repeat(252)).parse().unwrap();
    let with = |devices: usize| EnrolRequest {
        name: quotes(),
        devices: SenderDevices::Named((0..devices).map(name).collect()),
    };
    assert!(matches!(
        open.enrol(&longest(10), &with(120)),
        Err(Error::SenderFile(_))
    ));
    let most = (80..120)
        .rev()
        .find(|devices| open.enrol(&longest(20), &with(*devices)).is_ok());
    assert!(most.is_some_and(|most| most > 100), "{most:?}");
    open.revoke(&longest(30), &quotes()).unwrap();
    assert_accepted(&mut open, &vault.path(), 40);
}

#[test]
fn every_hand_out_with_counted_refusals_that_come_due() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(0), "PC-1", 1);
    let sender = enrol(&mut open, "plant 3", many_devices());
    let beside = tempfile::tempdir().unwrap();
    let folder = ExportFolder::open(&beside.path().join("log")).unwrap();
    let hand_outs: [(Action, HandOut<'_>); 5] = [
        (Action::Checkpoint, &|open, who| {
            drop(open.checkpoint(who, Some(quotes())).unwrap())
        }),
        (Action::Export, &|open, who| drop(open.export(who, &folder).unwrap())),
        (Action::Proof, &|open, who| drop(open.prove_event(who, 0).unwrap())),
        (Action::Report, &|open, who| drop(open.report(who).unwrap())),
        (Action::Receipts, &|open, who| {
            let drop = dropped(sender.key(), Some(&sender), 9, 1, 100);
            assert_eq!(open.take_drops(who, &[drop]).unwrap().receipts[0].len(), 1);
        }),
    ];
    for ((action, hand_out), hour) in hand_outs.into_iter().zip(1..) {
        let refused = WaiveRequest {
            escrow: vault.item(1).record.escrow,
            reason: WaiveReason::Moved,
            note: quotes(),
        };
        for second in 0..11 {
            open.waive(&longest(hour * 2 * HOUR + second), &refused).unwrap_err();
        }
        let before = vault.events().len();
        hand_out(&mut open, &longest(hour * 2 * HOUR + HOUR + 20));
        let events = vault.events().split_off(before);
        assert_eq!(events[0].body.action, Action::Refusals, "{action}");
        assert_last(&events, action);
    }
    assert_accepted(&mut open, &vault.path(), 20 * HOUR);
}

fn unpacked(archive: &str, to: &Path) {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/vaults")
        .join(archive);
    let unpacked = Command::new("tar")
        .args(["--no-same-owner", "-xJf"])
        .args([&archive, Path::new("-C"), to])
        .status();
    assert!(unpacked.unwrap().success(), "apt install xz-utils");
}

#[test]
fn every_hand_out_with_a_migration() {
    for archive in ["schema-1.tar.xz", "continued-receipts.tar.xz"] {
        for number in 0..3 {
            let folder = tempfile::tempdir().unwrap();
            unpacked(archive, folder.path());
            let mut open = Unsealed::open(folder.path(), WAIT, None).unwrap();
            let now = longest(100_000_000);
            match number {
                0 => drop(open.checkpoint(&now, Some(quotes())).unwrap()),
                1 => drop(open.report(&now).unwrap()),
                _ => {
                    let key = open.drop_key().unwrap();
                    open.take_drops(&now, &[dropped(&key, None, 9, 1, 100)]).unwrap();
                }
            }
            let handed_out = open.report(&now).unwrap();
            let reported = Inventory::open(folder.path())
                .unwrap()
                .report(&handed_out, Period::default(), |_| {});
            assert_eq!(reported.unwrap().first_wrong, None);
        }
    }
}

/// Receipts of the first releases whose senders' changes went on in `continued` events: no verifier accepted that log.
#[test]
fn a_log_with_receipts_that_go_on_verifies_again() {
    let folder = tempfile::tempdir().unwrap();
    unpacked("continued-receipts.tar.xz", folder.path());
    let verify = || {
        strongroom_vault::ops::verify(folder.path(), WAIT, Depth::File, |_| {})
            .unwrap()
            .first_wrong
    };
    assert_eq!(verify(), None);
    let mut open = Unsealed::open(folder.path(), WAIT, None).unwrap();
    // Its checkpoint goes as any other does, two commits later.
    for number in 1..4 {
        escrow(&mut open, &who(100_000_000), "PC-1", number);
        open.close().unwrap();
        assert_eq!(verify(), None, "{number} commits later");
        open = Unsealed::open(folder.path(), WAIT, None).unwrap();
    }
    let handed_out = open.report(&who(100_000_001)).unwrap();
    let reported = Inventory::open(folder.path())
        .unwrap()
        .report(&handed_out, Period::default(), |_| {});
    let rows = reported.unwrap().report.handed_out;
    assert_eq!((rows[0].action, rows[0].leaf, rows[0].size), (Action::Receipts, 10, 12));
}
