//! Senders that were stolen, revoked and put back.

use strongroom_core::drop::SenderFile;
use strongroom_core::log::Action;
use strongroom_core::values::SenderDevices;
use strongroom_vault::ops::DropOutcome;
use strongroom_vault::ops::EnrolRequest;
use strongroom_vault::ops::ErrorKind;

use crate::dropping::dropped;
use crate::dropping::enrol;
use crate::fixture::Vault;
use crate::fixture::drive;
use crate::fixture::who;
use crate::hostile::anybodys;
use crate::hostile::hand_in;

#[test]
fn a_revoked_sender_that_is_put_back_is_an_alarm() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let request = EnrolRequest {
        name: "plant 3".parse().unwrap(),
        devices: SenderDevices::Any,
    };
    let (_, sender) = open.enrol(&who(10), &request).unwrap();
    let file = vault.file();
    let row = |sql: &str| file.query_row(sql, (), |row| row.get::<_, String>(0)).unwrap();
    let enrolled = row("SELECT record FROM sender");
    open.revoke(&who(20), &request.name).unwrap();
    let revoked = row("SELECT record FROM sender");
    let put = |record: &str| assert_eq!(file.execute("UPDATE sender SET record = ?1", [record]), Ok(1));
    put(&enrolled);
    let forged = anybodys(sender.key(), 9, drive("C:"), 30);
    let alarms = [
        open.take_drops(&who(40), &[forged]).map(drop).unwrap_err(),
        open.enrol(&who(50), &request).map(drop).unwrap_err(),
        open.revoke(&who(60), &request.name).map(drop).unwrap_err(),
        vault.inventory().senders().map(drop).unwrap_err(),
    ];
    for alarm in alarms {
        assert_eq!(alarm.kind(), ErrorKind::Integrity, "{alarm}");
    }
    put(&revoked);
    assert!(vault.inventory().senders().unwrap()[0].revoked_at.is_some());
    vault.assert_verifies();
}

#[test]
fn who_is_refused_a_sender_is_on_record() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let request = EnrolRequest {
        name: "plant 3".parse().unwrap(),
        devices: SenderDevices::Any,
    };
    open.revoke(&who(5), &request.name).unwrap_err();
    open.enrol(&who(10), &request).unwrap();
    assert!(open.enrol(&who(20), &request).is_err());
    let refused = vault
        .events()
        .into_iter()
        .filter(|event| event.body.action == Action::Refused);
    assert_eq!(refused.count(), 2);
    vault.assert_verifies();
}

#[test]
fn a_stolen_senders_last_word_holds_until_it_is_enrolled_anew() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    let of = |sender: &SenderFile, number: u8, sequence| dropped(sender.key(), Some(sender), number, sequence, 100);
    let stolen = enrol(&mut open, "plant 3", SenderDevices::Any);
    let forged = of(&stolen, 1, u64::MAX);
    assert!(!hand_in(&mut open, 110, forged.clone()).record.unconfirmed);
    // The rightful one still counts, and by its time.
    let late = of(&stolen, 2, 7);
    assert!(!hand_in(&mut open, 120, late).record.unconfirmed);
    open.revoke(&who(130), &"plant 3".parse().unwrap()).unwrap();
    let replayed = open.take_drops(&who(140), &[forged]).unwrap();
    assert!(matches!(replayed.outcomes[0], DropOutcome::Replayed(_)));
    assert!(hand_in(&mut open, 150, of(&stolen, 3, u64::MAX)).record.unconfirmed);
    let anew = enrol(&mut open, "plant 3", SenderDevices::Any);
    let done = open.take_drops(&who(170), &[of(&anew, 4, 1)]).unwrap();
    assert!(matches!(&done.outcomes[0], DropOutcome::Taken(taken) if !taken.late));
    vault.assert_verifies();
}
