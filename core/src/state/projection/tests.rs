use super::*;
use crate::state::AnchorRecord;
use crate::state::TpmRecord;
use crate::state::tests::at;
use crate::state::tests::exposed;
use crate::state::tests::held;
use crate::state::tests::superseded;
use crate::state::tests::volume;
use crate::values::EpochId;
use crate::values::VaultId;

fn vault(grace_seconds: u64) -> Change {
    Change::Vault(Box::new(VaultRecord {
        vault: VaultId::new([1; 16]),
        site: None,
        created_at: at(0),
        epoch: EpochId::new([2; 16]),
        log_key: "00".repeat(32),
        tpm_key: None,
        anchor: AnchorRecord {
            handle: 0x0180_0000,
            name: "000b".to_owned(),
        },
        tpm: TpmRecord {
            tcti: "simulator".to_owned(),
            primary: "000b".to_owned(),
            endorsement: None,
            pcrs: vec![],
            pin: false,
            guesses_limited: false,
        },
        sealed: Digest::new([3; 32]),
        keyring: Digest::new([4; 32]),
        keyring_of_shares: None,
        senders: None,
        grace_seconds,
    }))
}

fn name(number: u64) -> Change {
    Change::Volume(VolumeRecord {
        volume: number,
        ..volume([])
    })
}

fn put(number: u64, record: EscrowRecord) -> Change {
    Change::Escrow {
        volume: number,
        record: Box::new(record),
    }
}

/// The totals of the records as they stand, counted anew.
fn counted(projection: &Projection) -> Totals {
    let mut totals = Totals::default();
    for volume in projection.volumes() {
        for record in volume.escrows.iter() {
            totals.count(None, Counted::of(record, volume));
        }
    }
    totals
}

/// The root over the records as they stand, computed from nothing but them.
fn rebuilt(projection: &Projection) -> Digest {
    let nodes = MemoryNodes::default();
    let mut edit = TreeEdit::new(&nodes, 0);
    edit.append(projection.vault().unwrap().leaf_hash());
    for volume in projection.volumes() {
        edit.append(volume.leaf_hash());
    }
    edit.finish().unwrap().root
}

#[test]
fn records_stand_as_the_last_change_left_them() {
    let mut projection = Projection::default();
    for (change, escrows, exposures) in [
        (vault(1), 0, 0),
        (name(1), 0, 0),
        (put(1, held(1, None)), 1, 0),
        (put(1, exposed(1, None, 5)), 1, 1),
        (put(1, exposed(1, None, 6)), 1, 1),
        (name(2), 1, 1),
        (put(2, exposed(2, None, 5)), 2, 2),
        (put(1, superseded(1, None)), 2, 1),
        (name(1), 2, 1),
        (put(2, superseded(3, None)), 3, 1),
        (put(2, exposed(3, None, 7)), 3, 2),
        (vault(2), 3, 2),
    ] {
        projection.apply(&change).unwrap();
        let totals = projection.totals();
        assert_eq!((totals.escrows, totals.exposed), (escrows, exposures));
        assert_eq!(totals, counted(&projection), "after {change:?}");
        assert_eq!(projection.root().unwrap(), rebuilt(&projection), "after {change:?}");
    }
    assert_eq!(projection.size(), 3);
    assert_eq!(projection.vault().unwrap().grace_seconds, 2);
    assert_eq!(
        projection.volumes()[0].escrows,
        [superseded(1, None)],
        "a name leaves the escrows"
    );
    assert_eq!(
        projection.volumes()[1].escrows,
        [exposed(2, None, 5), exposed(3, None, 7)]
    );
}

#[test]
fn one_root_over_many_changes_is_that_over_each() {
    let changes = [
        vault(1),
        name(1),
        name(2),
        put(1, held(1, None)),
        put(2, held(2, None)),
        vault(3),
    ];
    let (mut each, mut once) = (Projection::default(), Projection::default());
    for change in &changes {
        each.apply(change).unwrap();
        each.root().unwrap();
        once.apply(change).unwrap();
    }
    assert_eq!(each.root(), once.root());
    assert_eq!(once.root(), once.root());
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut projection = Projection::default();
    assert_eq!(
        projection.apply(&name(2)),
        Err(ApplyError::VolumeOutOfTurn { volume: 2, next: 1 })
    );
    assert_eq!(
        projection.apply(&name(0)),
        Err(ApplyError::VolumeOutOfTurn { volume: 0, next: 1 })
    );
    for volume in [0, 1, u64::MAX] {
        assert_eq!(
            projection.apply(&put(volume, held(1, None))),
            Err(ApplyError::NoVolume { volume })
        );
    }
    assert_eq!(projection.totals(), Totals::default());
}

#[test]
fn there_is_no_root_without_a_vault_record() {
    let mut projection = Projection::default();
    projection.apply(&name(1)).unwrap();
    assert!(matches!(projection.root(), Err(ApplyError::Tree(_))));
}

#[test]
fn an_escrow_that_moves_stands_where_it_came() {
    let mut projection = Projection::default();
    for change in [
        vault(60),
        name(1),
        name(2),
        put(1, held(1, None)),
        put(2, held(2, None)),
        put(1, held(3, None)),
    ] {
        projection.apply(&change).unwrap();
    }
    projection.root().unwrap();
    let moved = |from, volume, record| Change::Moved {
        from,
        volume,
        record: Box::new(record),
    };
    projection.apply(&moved(2, 1, exposed(2, None, 5))).unwrap();
    let order: Vec<_> = projection.volumes()[0]
        .escrows
        .iter()
        .map(|record| record.escrow)
        .collect();
    assert_eq!(
        order,
        [held(1, None), held(2, None), held(3, None)].map(|record| record.escrow)
    );
    assert_eq!(projection.volumes()[1].escrows, []);
    assert_eq!((projection.totals().escrows, projection.totals().exposed), (3, 1));
    assert_eq!(projection.totals(), counted(&projection));
    let root = projection.root().unwrap();
    assert_eq!(root, rebuilt(&projection));
    let gone = projection.apply(&moved(2, 1, held(2, None)));
    assert_eq!(gone, Err(ApplyError::NotThere { volume: 2 }));
    assert_eq!(
        projection.apply(&moved(1, 3, held(2, None))),
        Err(ApplyError::NoVolume { volume: 3 })
    );
}
