//! What stands in the event of each verb: everything that was asked, about which password, and what came of it.

use strongroom_core::log::Action;
use strongroom_core::log::Event;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::EscrowRecord;
use strongroom_core::values::Reason;
use strongroom_core::values::WaiveReason;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::ExposeRequest;
use strongroom_vault::ops::OutcomeRequest;
use strongroom_vault::ops::RevealRequest;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::WaiveRequest;
use strongroom_vault::store::Item;

use crate::fixture::Vault;
use crate::fixture::drive;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::who;

/// A vault with one password of a volume that has an id too.
fn vault() -> (Vault, Unsealed) {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let mut naming = drive("C:");
    naming.id = Some("6e5d0000-0000-4000-8000-000000000001".parse().unwrap());
    let request = EscrowRequest {
        device: "LAB-01".parse().unwrap(),
        naming,
        protector: protector(1),
        password: &password(1),
        created: None,
    };
    open.escrow(&who(0), &request).unwrap();
    (vault, open)
}

fn revealed(vault: &Vault, open: &mut Unsealed) {
    let request = RevealRequest {
        asked: vault.item(1),
        reason: Reason::BiosChanged,
        note: Some("new board".parse().unwrap()),
        ticket: Some("T-7".parse().unwrap()),
        caller: Some("J. Example".parse().unwrap()),
    };
    open.reveal(&who(1), &request).unwrap();
}

fn last(vault: &Vault) -> Event {
    vault.events().pop().unwrap()
}

/// That an event names the password as the inventory does, and leaves its record as that is.
#[track_caller]
fn assert_about(body: &EventBody, item: &Item) {
    assert_eq!(body.escrow, Some(item.record.escrow));
    assert_eq!(body.protector, Some(item.record.protector));
    assert_eq!(body.device, item.volume.device);
    assert_eq!(body.volume.as_ref(), item.volume.mount());
    assert_eq!(body.volume_id, item.volume.id);
    assert!(body.device.is_some() && body.volume.is_some() && body.volume_id.is_some());
}

/// The records of escrows that an event leaves behind.
fn changed(body: &EventBody) -> Vec<&EscrowRecord> {
    fn record(change: &Change) -> Option<&EscrowRecord> {
        match change {
            Change::Escrow { record, .. } | Change::Moved { record, .. } => Some(record),
            Change::Sender(_) | Change::Vault(_) | Change::Volume(_) => None,
        }
    }
    body.changes.iter().filter_map(record).collect()
}

#[test]
fn of_a_reveal() {
    let (vault, mut open) = vault();
    revealed(&vault, &mut open);
    let body = last(&vault).body;
    assert_about(&body, &vault.item(1));
    assert_eq!(
        (body.action, body.reason.as_deref()),
        (Action::Reveal, Some("bios-changed"))
    );
    let words = [&body.note, &body.ticket, &body.caller].map(|text| text.as_ref().unwrap().to_string());
    assert_eq!(words, ["new board", "T-7", "J. Example"]);
    assert_eq!(changed(&body), [&vault.item(1).record]);
}

#[test]
fn of_an_outcome() {
    let (vault, mut open) = vault();
    revealed(&vault, &mut open);
    let told = |open: &mut Unsealed, unlocked: bool, note: Option<&str>| {
        let request = OutcomeRequest {
            escrow: vault.item(1).record.escrow,
            unlocked,
            note: note.map(|note| note.parse().unwrap()),
        };
        let recorded = open.outcome(&who(2), &request).unwrap();
        let event = last(&vault);
        assert_about(&event.body, &vault.item(1));
        assert_eq!((event.leaf, event.body.action), (recorded.leaf, Action::Outcome));
        assert_eq!(recorded.record, vault.item(1).record);
        event.body
    };
    // What changes nothing has no record in it.
    let body = told(&mut open, true, None);
    assert_eq!(
        (body.result.as_deref(), body.note, body.changes.len()),
        (Some("unlocked"), None, 0)
    );
    assert!(!vault.item(1).record.conflict);

    let body = told(&mut open, false, Some("typed twice"));
    assert_eq!(body.result.as_deref(), Some("did-not-unlock"));
    assert_eq!(body.note.as_ref().unwrap().to_string(), "typed twice");
    assert!(vault.item(1).record.conflict);
    assert_eq!(changed(&body), [&vault.item(1).record]);

    // A conflict is not talked away.
    let body = told(&mut open, true, None);
    assert!(vault.item(1).record.conflict && body.changes.is_empty());
    vault.assert_verifies();
}

#[test]
fn of_an_exposure_and_its_waiver() {
    let (vault, mut open) = vault();
    let escrow = vault.item(1).record.escrow;
    let expose = ExposeRequest {
        escrow,
        note: "on paper".parse().unwrap(),
    };
    open.expose(&who(1), &expose).unwrap();
    let body = last(&vault).body;
    assert_about(&body, &vault.item(1));
    assert_eq!(body.action, Action::Expose);
    assert_eq!(body.note.as_ref().unwrap().to_string(), "on paper");
    assert_eq!(changed(&body), [&vault.item(1).record]);

    let waive = WaiveRequest {
        escrow,
        reason: WaiveReason::VolumeErased,
        note: "wiped".parse().unwrap(),
    };
    open.waive(&who(2), &waive).unwrap();
    let body = last(&vault).body;
    assert_about(&body, &vault.item(1));
    assert_eq!(
        (body.action, body.reason.as_deref()),
        (Action::Waive, Some("volume-erased"))
    );
    assert_eq!(body.note.as_ref().unwrap().to_string(), "wiped");
    assert_eq!(body.result.as_deref(), Some(vault.item(1).record.state.as_str()));
    assert_eq!(changed(&body), [&vault.item(1).record]);

    // Refused now, and on record with what was asked.
    let error = open.waive(&who(3), &waive).unwrap_err();
    let body = last(&vault).body;
    assert_about(&body, &vault.item(1));
    assert_eq!(body.action, Action::Refused);
    assert_eq!(body.result, Some(error.to_string()));
    assert_eq!(body.note.as_ref().unwrap().to_string(), "wiped");
    assert!(body.changes.is_empty());
    vault.assert_verifies();
}

#[test]
fn of_what_is_not_there() {
    let (vault, mut open) = vault();
    let escrow = strongroom_core::values::EscrowId::new([9; 16]);
    let outcome = OutcomeRequest {
        escrow,
        unlocked: true,
        note: None,
    };
    let error = open.outcome(&who(1), &outcome).unwrap_err();
    let body = last(&vault).body;
    assert_eq!((body.action, body.escrow), (Action::Refused, Some(escrow)));
    assert_eq!(body.result, Some(error.to_string()));

    let error = open.prove_event(&who(2), 99).unwrap_err();
    let body = last(&vault).body;
    assert_eq!((body.action, body.result), (Action::Refused, Some(error.to_string())));
}

#[test]
fn of_what_is_handed_out() {
    let (vault, mut open) = vault();
    let handed_out = open.checkpoint(&who(1), Some("it rains".parse().unwrap())).unwrap();
    let event = last(&vault);
    assert_eq!((event.body.action, event.leaf), (Action::Checkpoint, handed_out.leaf));
    assert_eq!(event.body.note.unwrap().to_string(), "it rains");
    assert_eq!(handed_out.checkpoint.size, handed_out.leaf + 1);
    let tpm = handed_out.keys.tpm.as_ref().unwrap();
    for key in [&handed_out.keys.log, tpm] {
        assert!(handed_out.note.verify(key).is_ok());
    }
    let (proof, handed_out) = open.prove_event(&who(2), 1).unwrap();
    let proven = proof.verify(std::slice::from_ref(&handed_out.keys.log)).unwrap();
    assert_eq!(
        (proven.event.body.action, proven.checkpoint),
        (Action::Escrow, handed_out.checkpoint)
    );
    assert_eq!(last(&vault).body.result.as_deref(), Some("leaf 1"));
    let handed_out = open.report(&who(3)).unwrap();
    assert_eq!(
        (last(&vault).body.action, last(&vault).leaf),
        (Action::Report, handed_out.leaf)
    );
    vault.assert_verifies();
}
