//! Refusals are on record, and nobody wears out the TPM with them.

use strongroom_core::log::Action;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;
use strongroom_core::values::WaiveReason;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::ops::ExposeRequest;
use strongroom_vault::ops::OutcomeRequest;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::WaiveRequest;
use strongroom_vault::ops::Who;
use strongroom_vault::tpm::TpmError;

use crate::fixture::HOUR;
use crate::fixture::Vault;
use crate::fixture::WAIT;
use crate::fixture::at;
use crate::fixture::escrow;
use crate::fixture::operator;
use crate::fixture::pin;
use crate::fixture::who;

/// Waives what was never exposed.
#[track_caller]
fn refused(vault: &Vault, open: &mut Unsealed, who: &Who) {
    let request = WaiveRequest {
        escrow: vault.item(1).record.escrow,
        reason: WaiveReason::Moved,
        note: "it is gone".parse().unwrap(),
    };
    let error = open.waive(who, &request).unwrap_err();
    assert!(matches!(error, Error::NotExposed { .. }), "{error}");
}

fn count(vault: &Vault, action: Action) -> usize {
    vault
        .events()
        .iter()
        .filter(|event| event.body.action == action)
        .count()
}

#[test]
fn from_the_tenth_in_an_hour_they_are_counted_together() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(0), "LAB-01", 1);
    for number in 0..14 {
        refused(&vault, &mut open, &who(number));
    }
    assert_eq!(count(&vault, Action::Refused), 9);
    // Another operator has a count of their own.
    let other = Who {
        operator: operator("sam"),
        at: at(20),
    };
    refused(&vault, &mut open, &other);
    assert_eq!(count(&vault, Action::Refused), 10);
    assert_eq!(count(&vault, Action::Refusals), 0);
    // The hour is over: the next that happens says how many there were.
    escrow(&mut open, &who(HOUR + 1), "LAB-02", 2);
    open.close().unwrap();
    let events = vault.events();
    let counted: Vec<_> = events
        .iter()
        .filter(|event| event.body.action == Action::Refusals)
        .collect();
    assert_eq!(counted.len(), 1);
    let result = counted[0].body.result.as_deref();
    assert!(
        result.is_some_and(|text| text.contains("5 more") && text.contains("dana")),
        "{result:?}"
    );
    vault.assert_verifies();
}

/// Nobody can sign for a wrong PIN when it is tried: the TPM's count stands in the next event, and in none behind it.
#[test]
fn wrong_pins_stand_in_the_next_event() {
    let vault = Vault::new(Some("4711"));
    for _ in 0..2 {
        let Err(error) = Unsealed::open(&vault.path(), WAIT, Some(&pin("0000"))) else {
            panic!("it opened");
        };
        assert!(matches!(error, Error::Tpm(TpmError::WrongPin { .. })), "{error}");
    }
    let mut open = vault.open();
    escrow(&mut open, &who(1), "LAB-01", 1);
    escrow(&mut open, &who(2), "LAB-02", 2);
    open.close().unwrap();
    let wrong: Vec<_> = vault.events().iter().map(|event| event.wrong_pins).collect();
    assert_eq!(wrong, [None, Some(2), None]);
    vault.assert_verifies();
}

#[test]
fn what_is_asked_of_an_escrow_that_is_not_there_is_on_record() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let escrow = EscrowId::new([9; 16]);
    let note: LogText = "on paper".parse().unwrap();
    let waive = WaiveRequest {
        escrow,
        reason: WaiveReason::DeviceDestroyed,
        note: note.clone(),
    };
    let expose = ExposeRequest { escrow, note };
    let outcome = OutcomeRequest {
        escrow,
        unlocked: true,
        note: None,
    };
    let refused = [
        open.waive(&who(1), &waive).err(),
        open.expose(&who(2), &expose).err(),
        open.outcome(&who(3), &outcome).err(),
    ];
    for error in refused {
        assert_eq!(error.unwrap().kind(), ErrorKind::NotFound);
    }
    open.close().unwrap();
    let events = vault.events();
    let actions: Vec<_> = events
        .iter()
        .map(|event| (event.body.action, event.body.escrow))
        .collect();
    assert_eq!(actions[1..], [(Action::Refused, Some(escrow)); 3]);
}
