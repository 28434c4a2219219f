use super::*;
use crate::state::Showing;
use crate::state::expose;

#[test]
fn rule_6_created_before_the_newest() {
    let newer = volume([held(1, Some(60)), exposed(2, Some(10), 20), held(3, Some(10))]);
    check(&newer, &dated(59), Older, SUPERSEDED, &[]);
    check(&newer, &arrival(Standing::Live(Some(at(59)))), Older, SUPERSEDED, &[]);
    // The newest may itself be superseded or exposed.
    check(&volume([superseded(1, Some(60))]), &dated(59), Older, SUPERSEDED, &[]);
    check(&volume([exposed(1, Some(60), 70)]), &dated(59), Older, SUPERSEDED, &[]);
    // It is what its source says that makes it the newest, not its arrival, and the source must be known.
    let undated = EscrowRecord {
        escrowed_at: at(90),
        ..held(1, None)
    };
    check(&volume([undated]), &dated(50), Newest, CURRENT, &[]);
    let unknown = EscrowRecord {
        unconfirmed: true,
        ..held(1, Some(60))
    };
    check(&volume([unknown]), &dated(59), Newest, CURRENT, &[]);
    // Older, and shown elsewhere: where it would not be current, it is not exposed.
    let twin = exposed(7, None, 30);
    check(
        &newer,
        &Arrival {
            shown: Some(&twin),
            ..dated(59)
        },
        Older,
        SUPERSEDED,
        &[],
    );
}

#[test]
fn rule_6_older_current_ones_become_superseded() {
    let three = volume([held(1, Some(10)), held(2, Some(50)), superseded(3, Some(20))]);
    let decision = check(&three, &dated(50), Newest, CURRENT, &[(1, SUPERSEDED), (2, SUPERSEDED)]);
    let gone = &decision.changed[1];
    assert_eq!(
        (gone.superseded_by, gone.superseded_at),
        (Some(escrow(5)), Some(at(100)))
    );
    assert_eq!(gone.ended, None, "there was no exposure to end");
    // The age of an undated one is that of its arrival.
    let undated = |seconds| {
        volume([EscrowRecord {
            escrowed_at: at(seconds),
            ..held(1, None)
        }])
    };
    check(&undated(49), &dated(50), Newest, CURRENT, &[(1, SUPERSEDED)]);
    check(&undated(50), &dated(50), Newest, CURRENT, &[(1, SUPERSEDED)]);
    check(&undated(51), &dated(50), Newest, CURRENT, &[]);
    // One that nobody vouched for is no newer than it says.
    let unknown = |created| {
        volume([EscrowRecord {
            unconfirmed: true,
            ..held(1, Some(created))
        }])
    };
    check(&unknown(50), &dated(50), Newest, CURRENT, &[(1, SUPERSEDED)]);
    check(&unknown(51), &dated(50), Newest, CURRENT, &[]);
}

fn lists(standing: Standing, listed: &BTreeSet<ProtectorId>) -> Arrival<'_> {
    Arrival {
        listed,
        ..arrival(standing)
    }
}

#[test]
fn rule_6_not_those_that_the_same_live_source_lists() {
    let two = volume([held(1, Some(10)), exposed(2, Some(10), 20)]);
    let both = BTreeSet::from([P1, P2]);
    check(&two, &lists(NOW, &both), Newest, CURRENT, &[]);
    check(
        &two,
        &lists(NOW, &BTreeSet::from([P1])),
        Newest,
        CURRENT,
        &[(2, SUPERSEDED)],
    );
    check(
        &two,
        &lists(NOW, &BTreeSet::from([P2])),
        Newest,
        CURRENT,
        &[(1, SUPERSEDED)],
    );
    // Only a live source sees what is there.
    let gone: &[_] = &[(1, SUPERSEDED), (2, SUPERSEDED)];
    check(&two, &lists(Standing::Dated(at(90)), &both), Newest, CURRENT, gone);
}

#[test]
fn rule_6_not_where_passwords_of_several_volumes_stand_together() {
    let id = "8ee25461-3cbe-4b1d-ae6a-e4e9a2c23d4f".parse().unwrap();
    let unnamed = |volume| VolumeRecord {
        mounts: Vec::new(),
        ..volume
    };
    let removable = |volume| VolumeRecord {
        kind: VolumeType::Removable,
        ..volume
    };
    let with_id = |volume| VolumeRecord { id: Some(id), ..volume };
    let two = || volume([held(1, Some(10)), exposed(2, Some(10), 20)]);
    let both: &[_] = &[(1, SUPERSEDED), (2, SUPERSEDED)];
    // The exemption is of current ones alone: an exposure ends there too.
    let exempt: &[_] = &[(2, SUPERSEDED)];
    check(&unnamed(two()), &dated(50), Newest, CURRENT, exempt);
    check(&removable(two()), &dated(50), Newest, CURRENT, exempt);
    check(&unnamed(removable(two())), &dated(50), Newest, CURRENT, exempt);
    check(&with_id(removable(two())), &dated(50), Newest, CURRENT, both);
    check(&with_id(unnamed(two())), &dated(50), Newest, CURRENT, both);
    check(&two(), &dated(50), Newest, CURRENT, both);
}

#[test]
fn rule_6_an_exposure_ends_by_what_was_created_after_its_last_showing() {
    let shown = || volume([exposed(1, Some(10), 50)]);
    check(&shown(), &dated(49), Newest, CURRENT, &[]);
    check(&shown(), &dated(50), Newest, CURRENT, &[]);
    let decision = check(&shown(), &dated(51), Newest, CURRENT, &[(1, SUPERSEDED)]);
    let ended = decision.changed[1].ended.clone().unwrap();
    assert_eq!(
        (ended.how, ended.at, ended.by.as_str()),
        (HowEnded::Claimed, at(100), "bob")
    );
    assert_eq!(decision.changed[1].superseded_by, Some(escrow(5)));
    // Shown once more, it is the last showing that counts.
    let mut twice = shown();
    let showing = Showing {
        at: at(70),
        by: "carl".to_owned(),
        grace_seconds: GRACE,
    };
    let record = expose(&twice, twice.escrows.at(0).unwrap(), &showing);
    twice.put(record);
    check(&twice, &dated(70), Newest, CURRENT, &[]);
    check(&twice, &dated(71), Newest, CURRENT, &[(1, SUPERSEDED)]);
    // Nobody needs to have vouched for what is exposed.
    let unknown = EscrowRecord {
        unconfirmed: true,
        ..exposed(1, Some(10), 50)
    };
    check(&volume([unknown]), &dated(51), Newest, CURRENT, &[(1, SUPERSEDED)]);
}
