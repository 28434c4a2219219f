//! A reveal shows what was asked about, and exposes every copy of it.

use strongroom_core::log::Action;
use strongroom_core::state::EscrowState;
use strongroom_core::values::EscrowId;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::EscrowRequest;

use crate::fixture::Vault;
use crate::fixture::drive;
use crate::fixture::escrow;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::reveal;
use crate::fixture::who;

/// Between the question and the lock somebody else was faster: what is there now is not what was asked about.
#[test]
fn what_changed_since_it_was_asked_about_is_not_shown() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(0), "LAB-01", 1);
    let asked = vault.item(1);
    escrow(&mut open, &who(1), "LAB-01", 2);
    let Err(error) = reveal(&mut open, &who(2), asked.clone()) else {
        panic!("it was shown");
    };
    assert!(matches!(error, Error::Changed { .. }), "{error}");
    // Nor what a file showed that the log never held.
    let mut gone = asked;
    gone.record.escrow = EscrowId::new([9; 16]);
    let Err(error) = reveal(&mut open, &who(3), gone) else {
        panic!("it was shown");
    };
    assert!(matches!(error, Error::NoEscrow { .. }), "{error}");
    open.close().unwrap();
    let actions: Vec<_> = vault.events().iter().map(|event| event.body.action).collect();
    use Action::Escrow;
    use Action::Init;
    use Action::RevealDenied;
    assert_eq!(actions, [Init, Escrow, Escrow, RevealDenied, RevealDenied]);
    vault.assert_verifies();
}

#[test]
fn the_same_password_elsewhere_is_exposed_with_it() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    for (device, number) in [("LAB-01", 1), ("CLONE-02", 2)] {
        let request = EscrowRequest {
            device: device.parse().unwrap(),
            naming: drive("C:"),
            protector: protector(number),
            password: &password(7),
            created: None,
        };
        open.escrow(&who(0), &request).unwrap();
    }
    let revealed = reveal(&mut open, &who(1), vault.item(1)).unwrap();
    assert!(revealed.password.same_as(&password(7)));
    assert_eq!(vault.item(2).record.state, EscrowState::Exposed);
    // And whoever takes it in later takes in one that was shown.
    let request = EscrowRequest {
        device: "CLONE-03".parse().unwrap(),
        naming: drive("C:"),
        protector: protector(3),
        password: &password(7),
        created: None,
    };
    let late = open.escrow(&who(2), &request).unwrap();
    assert_eq!(late.record.state, EscrowState::Exposed);
    open.close().unwrap();
    assert_eq!(vault.inventory().to_rotate(who(3).at).unwrap().len(), 3);
    vault.assert_verifies();
}
