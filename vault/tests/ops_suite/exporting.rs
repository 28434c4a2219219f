//! An export into one folder, again and again, and the proof of the newest event.

use std::fs;

use strongroom_core::audit::Period;
use strongroom_core::log::Action;
use strongroom_vault::ops::Error;
use strongroom_vault::store::ExportFolder;
use strongroom_vault::store::StoreError;
use strongroom_vault::store::Work;

use crate::fixture::Vault;
use crate::fixture::escrow;
use crate::fixture::who;

#[test]
fn a_folder_is_gone_on_with_and_another_log_is_not() {
    let (vault, other) = (Vault::new(None), Vault::new(None));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    for (events, new) in [(2, 2), (3, 1), (4, 1)] {
        let target = ExportFolder::open(&path).unwrap();
        let handed_out = vault.open().export(&who(1), &target).unwrap();
        let mut done = 0;
        let exported = vault
            .inventory()
            .export(&target, &handed_out, |events| done += events)
            .unwrap();
        assert_eq!((handed_out.checkpoint.size, exported.events), (events, new));
        assert_eq!(exported.files, 3, "entries, hashes, checkpoint");
        assert_eq!(done, events, "of the one tile that there is");
        let busy = ExportFolder::open(&path).unwrap_err();
        assert!(matches!(busy, StoreError::ExportBusy { .. }), "{busy}");
        drop(target);
        assert_eq!(ExportFolder::open(&path).unwrap().size(), events);
    }
    assert_eq!(vault.events().len(), 4);
    assert_eq!(vault.inventory().claimed_size().unwrap(), 4);

    // The other log is shorter, then as long, then longer.
    let target = ExportFolder::open(&path).unwrap();
    for number in 1..=5 {
        let error = other.open().export(&who(2), &target).unwrap_err();
        assert!(
            matches!(error, Error::Store(StoreError::ExportDiffers { size: 4, .. })),
            "{error}"
        );
        escrow(&mut other.open(), &who(3), "LAB-01", number);
    }
    assert!(other.events().iter().all(|event| event.body.action != Action::Export));
    assert_eq!(other.inventory().devices(None).unwrap().len(), 1);
}

#[test]
fn what_is_no_export_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let named = |expected: &str| {
        let error = ExportFolder::open(&path).unwrap_err();
        assert!(
            matches!(&error, StoreError::NotAnExport { name, .. } if name == expected),
            "{error}"
        );
    };
    fs::create_dir(&path).unwrap();
    assert_eq!(ExportFolder::open(&path).unwrap().size(), 0);
    // What an interrupted export leaves.
    fs::write(path.join(".new"), "half").unwrap();
    fs::create_dir(path.join("tile")).unwrap();
    assert_eq!(ExportFolder::open(&path).unwrap().size(), 0);
    fs::write(path.join("checkpoint"), "nonsense").unwrap();
    named("checkpoint");
    fs::remove_file(path.join("checkpoint")).unwrap();
    fs::write(path.join("notes.txt"), "").unwrap();
    named("notes.txt");
    assert!(matches!(
        ExportFolder::open(&path.join("notes.txt")),
        Err(StoreError::Path(_))
    ));
}

#[test]
fn the_newest_event_is_proven_and_the_one_behind_it_is_none() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(0), "LAB-01", 1);
    let (proof, handed_out) = open.prove_event(&who(1), 1).unwrap();
    let proven = proof.verify(&[handed_out.keys.log]).unwrap();
    assert_eq!((proven.event.leaf, proven.checkpoint.size), (1, 3));
    let error = open.prove_event(&who(2), 3).unwrap_err();
    assert!(matches!(error, Error::NoLeaf { leaf: 3, events: 3 }), "{error}");
}

/// Others go on working while a report is made.
#[test]
fn a_report_is_of_the_log_that_was_handed_out() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(0), "LAB-01", 1);
    let handed_out = open.report(&who(1)).unwrap();
    escrow(&mut open, &who(2), "LAB-02", 2);
    open.close().unwrap();
    let mut done = 0;
    let reported = vault
        .inventory()
        .report(&handed_out, Period::default(), |work| done += work)
        .unwrap();
    assert_eq!((reported.report.events, reported.report.escrows), (3, 1));
    assert_eq!(reported.report.handed_out[0].root, handed_out.checkpoint.root);
    assert_eq!(
        (reported.first_wrong, done),
        (None, 3 * Work::EVENT + vault.inventory().work().unwrap().units()),
        "the log, and then the whole file"
    );
}
