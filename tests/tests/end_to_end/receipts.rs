//! What lets an agent take the old protector away, and what does not.

use std::fs;

use serde_json::json;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Rule;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::from_canonical;

use crate::end_to_end::agent::Agent;
use crate::end_to_end::agent::PROTECTOR;
use crate::end_to_end::run::assert_fields;

#[test]
fn a_receipt_is_accepted_or_says_what_is_wrong() {
    let agent = Agent::new();
    for name in ["mine", "other"] {
        agent
            .seal(&format!("--sender courier.sender --out {name}"))
            .output()
            .ok();
    }
    let held_as = |drop: &str, state: EscrowState, unconfirmed: bool| {
        let record = EscrowRecord {
            state,
            unconfirmed,
            ..record()
        };
        EventBody {
            protector: Some(PROTECTOR.parse().unwrap()),
            device: Some("PC-0042".parse().unwrap()),
            rule: Some(Rule::Newest),
            drop: Some(agent.digest(drop)),
            escrow: Some(record.escrow),
            changes: vec![Change::Escrow {
                volume: 1,
                record: Box::new(record),
            }],
            ..EventBody::new(Action::Escrow)
        }
    };
    let taken_in = |drop: &str| held_as(drop, EscrowState::Current, false);
    agent.receipt("proof", taken_in("mine"));
    let check = |arguments: &str| agent.run(&format!("receipt {arguments}")).output();
    check("proof mine --to vault.key")
        .ok()
        .shows("The vault has taken the drop in");
    let asked = format!("proof mine --to courier.sender --device pc-0042 --protector {PROTECTOR} --json");
    let taken = check(&asked).ok().json();
    assert_fields(
        &taken,
        "ok drop device protector_id unconfirmed state clock rule time leaf origin size root",
    );
    assert_eq!((&taken["ok"], &taken["unconfirmed"]), (&json!(true), &json!(false)));

    let nothing = "the receipt shows nothing of this drop: ";
    let refused = |arguments: &str, words: &str| check(arguments).refused(4, &format!("{nothing}{words}"));
    refused("proof other --to vault.key", "its event took in another drop, or none");
    refused(
        "proof mine --to vault.key --device PC-0043",
        "its event is of another device",
    );
    let other = "081f6236-98b8-4ff7-b769-3c1b86b69534";
    refused(
        &format!("proof mine --to vault.key --protector {other}"),
        "its event is of another protector",
    );
    agent.receipt(
        "reveal",
        EventBody {
            action: Action::Reveal,
            ..taken_in("mine")
        },
    );
    refused("reveal mine --to vault.key", "its event took in no password");
    agent.receipt(
        "none",
        EventBody {
            drop: None,
            ..taken_in("mine")
        },
    );
    refused("none mine --to vault.key", "its event took in another drop, or none");
    let foreign = fs::read(agent.path("mine")).unwrap();
    fs::write(
        agent.path("foreign"),
        [&foreign[..16], &[0xff], &foreign[17..]].concat(),
    )
    .unwrap();
    refused(
        "proof foreign --to vault.key",
        "the drop is for another vault than the key is of",
    );

    // It is no leave to take the old protector away where the vault does not vouch for the new one, or holds it as old.
    agent.receipt("exposed", held_as("mine", EscrowState::Exposed, false));
    check("exposed mine --to vault.key").ok();
    agent.receipt("unconfirmed", held_as("mine", EscrowState::Current, true));
    check("unconfirmed mine --to vault.key").refused(1, "holds this password as unconfirmed");
    check("unconfirmed mine --to vault.key --accept-unconfirmed")
        .ok()
        .shows("holds it as unconfirmed");
    for (name, unconfirmed) in [("old", false), ("old-unconfirmed", true)] {
        agent.receipt(name, held_as("mine", EscrowState::Superseded, unconfirmed));
        check(&format!("{name} mine --to vault.key --accept-unconfirmed"))
            .refused(1, "holds this password as superseded");
    }
    let silent = EventBody {
        changes: Vec::new(),
        ..taken_in("mine")
    };
    agent.receipt("silent", silent);
    check("silent mine --to vault.key").refused(1, "and not as one that opens the volume now");
}

/// An escrow as the vectors have one.
fn record() -> EscrowRecord {
    let text = crate::end_to_end::agent::vector("volume record");
    let volume: VolumeRecord = from_canonical(text.as_bytes()).unwrap();
    volume.escrows.at(0).unwrap().clone()
}

/// Every character of a receipt: it is accepted as it was written, and as nothing else.
#[test]
fn a_forged_receipt_is_refused() {
    let agent = Agent::new();
    agent.seal("--to vault.key --out mine").output().ok();
    agent.receipt(
        "proof",
        EventBody {
            protector: Some(PROTECTOR.parse().unwrap()),
            drop: Some(agent.digest("mine")),
            escrow: Some(record().escrow),
            changes: vec![Change::Escrow {
                volume: 1,
                record: Box::new(record()),
            }],
            ..EventBody::new(Action::Escrow)
        },
    );
    let check = || agent.run("receipt proof mine --to vault.key").output();
    check().ok();
    let good = fs::read_to_string(agent.path("proof")).unwrap();
    let places: Vec<usize> = (0..good.len()).filter(|at| good.is_char_boundary(*at)).collect();
    for at in places.into_iter().step_by(17) {
        let mut forged = good.clone();
        let other = if forged[at..].starts_with('A') { "B" } else { "A" };
        let len = forged[at..].chars().next().unwrap().len_utf8();
        forged.replace_range(at..at + len, other);
        fs::write(agent.path("proof"), forged).unwrap();
        let code = check().code;
        assert!(code == 4 || (at < 23 && code == 1), "{at}: {code}");
    }
    fs::write(agent.path("proof"), &good[..good.len() / 2]).unwrap();
    assert!([1, 4].contains(&check().code));
}
