//! Refusals are on record, and nobody wears out the TPM with them.

use rusqlite::types::Value;
use strongroom_core::log::Action;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;
use strongroom_core::values::WaiveReason;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::ops::ExposeRequest;
use strongroom_vault::ops::OutcomeRequest;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::WaiveRequest;
use strongroom_vault::ops::Who;
use strongroom_vault::ops::verify;
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

/// The rows of a table of the vault file, in order.
fn rows(vault: &Vault, table: &str) -> Vec<Vec<Value>> {
    let file = vault.file();
    let mut rows = file.prepare(&format!("SELECT * FROM {table} ORDER BY 1")).unwrap();
    let columns = rows.column_count();
    let rows = rows.query_map((), |row| (0..columns).map(|column| row.get(column)).collect());
    rows.unwrap().map(Result::unwrap).collect()
}

/// Puts rows in the place of those of a table.
fn put_back(vault: &Vault, table: &str, rows: &[Vec<Value>]) {
    let file = vault.file();
    file.execute(&format!("DELETE FROM {table}"), ()).unwrap();
    for row in rows {
        let places = vec!["?"; row.len()].join(", ");
        let sql = format!("INSERT INTO {table} VALUES ({places})");
        file.execute(&sql, rusqlite::params_from_iter(row)).unwrap();
    }
}

/// Verifies the vault with its TPM, and returns what is wrong.
fn first_wrong(vault: &Vault) -> Option<String> {
    let verified = verify(&vault.path(), WAIT, Depth::Tpm { pin: None }, |_| {}).unwrap();
    assert_eq!(verified.refusal_counts, verified.first_wrong.is_none());
    verified.first_wrong.map(|alarm| alarm.to_string())
}

/// A row that the vault did not count accuses nobody: it is an alarm before anything is recorded.
#[test]
fn a_count_that_was_added_changed_removed_or_put_back_is_an_alarm() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(0), "LAB-01", 1);
    for number in 0..11 {
        refused(&vault, &mut open, &who(number));
    }
    let old = ["refusal", "refusal_mac"].map(|table| rows(&vault, table));
    escrow(&mut open, &who(20), "LAB-02", 2);
    refused(&vault, &mut open, &who(21));
    open.close().unwrap();
    assert_eq!(first_wrong(&vault), None);
    let now = ["refusal", "refusal_mac"].map(|table| rows(&vault, table));
    assert_eq!(now[0][0][2..], [Value::Integer(9), Value::Integer(3)]);

    let edit = |sql: &str| {
        let edited = vault.file().execute(sql, ());
        assert_eq!(edited.unwrap(), 1);
    };
    let edits: [(&str, &dyn Fn()); 8] = [
        ("added", &|| {
            edit("INSERT INTO refusal VALUES ('sam', 1700000000000, 9, 500)")
        }),
        ("more", &|| edit("UPDATE refusal SET waiting = 400")),
        ("of another", &|| edit("UPDATE refusal SET operator = 'sam'")),
        ("of another hour", &|| {
            edit("UPDATE refusal SET since = since - 7200000")
        }),
        ("removed", &|| put_back(&vault, "refusal", &[])),
        ("removed with the MAC", &|| {
            put_back(&vault, "refusal", &[]);
            put_back(&vault, "refusal_mac", &[]);
        }),
        ("put back from an older commit", &|| {
            put_back(&vault, "refusal", &old[0]);
            put_back(&vault, "refusal_mac", &old[1]);
        }),
        ("a number below zero", &|| edit("UPDATE refusal SET waiting = -1")),
    ];
    let events = vault.events().len();
    for (what, edit) in edits {
        edit();
        let wrong = first_wrong(&vault).unwrap_or_default();
        assert!(wrong.contains("refusals"), "{what}: {wrong:?}");
        let mut open = vault.open();
        let asked = vault.item(1);
        let error = crate::fixture::reveal(&mut open, &who(HOUR + 1), asked)
            .map(|_| ())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Integrity, "{what}: {error}");
        open.close().unwrap();
        assert_eq!(vault.events().len(), events, "{what}");
        put_back(&vault, "refusal", &now[0]);
        put_back(&vault, "refusal_mac", &now[1]);
    }
    assert_eq!(first_wrong(&vault), None);
}

/// Counts go on through commits, through sessions without one, and through a commit that is not made.
#[test]
fn counts_outlive_the_sessions_that_do_not_commit() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(0), "LAB-01", 1);
    for number in 0..12 {
        refused(&vault, &mut open, &who(number));
        if number % 4 == 3 {
            open.close().unwrap();
            assert_eq!(first_wrong(&vault), None);
            open = vault.open();
        }
    }
    // Its hour is over: the count is in a draft, and its row deleted, in a commit that fails.
    let note: LogText = "on paper".parse().unwrap();
    let escrow = EscrowId::new([9; 16]);
    let locked = vault.file();
    locked
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE); BEGIN IMMEDIATE")
        .unwrap();
    assert!(
        open.expose(
            &who(HOUR + 2),
            &ExposeRequest {
                escrow,
                note: note.clone()
            }
        )
        .is_err()
    );
    locked.execute_batch("ROLLBACK").unwrap();
    drop(open.expose(&who(HOUR + 3), &ExposeRequest { escrow, note }));
    open.close().unwrap();
    let results: Vec<_> = vault
        .events()
        .into_iter()
        .filter_map(|event| event.body.result)
        .collect();
    let counted: Vec<_> = results.iter().filter(|text| text.contains("more refusals")).collect();
    assert_eq!(counted, ["3 more refusals of dana"]);
    assert_eq!(first_wrong(&vault), None);
}
