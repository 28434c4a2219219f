//! The main job on a private simulator, through the library.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use std::path::Path;
use std::time::Duration;

use strongroom_core::state::EscrowState;
use strongroom_core::state::Naming;
use strongroom_core::state::Rule;
use strongroom_core::values::DeviceName;
use strongroom_core::values::LogText;
use strongroom_core::values::Operator;
use strongroom_core::values::Pin;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Reason;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;
use strongroom_core::values::Time;
use strongroom_vault::ops;
use strongroom_vault::ops::AnchorState;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::Escrowed;
use strongroom_vault::ops::InitRequest;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::RevealRequest;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::Who;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;
use strongroom_vault::tpm::PcrSelection;
use strongroom_vault::tpm::Tcti;

const WAIT: Duration = Duration::from_secs(30);

fn who(minute: i64) -> Who {
    Who {
        operator: Operator {
            login: Some("tess".parse().unwrap()),
            effective: "root".parse().unwrap(),
            claimed: None,
        },
        at: Time::from_millis(1_790_000_000_000 + minute * 60_000).unwrap(),
    }
}

fn password(seed: u8) -> RecoveryPassword {
    RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(seed)))
}

fn escrow(vault: &mut Unsealed, minute: i64, protector: u8, seed: u8) -> Escrowed {
    vault
        .escrow(
            &who(minute),
            &EscrowRequest {
                device: "PC-0001".parse::<DeviceName>().unwrap(),
                naming: Naming {
                    mount: Some("C:".parse().unwrap()),
                    ..Naming::default()
                },
                protector: ProtectorId::new([protector; 16]),
                password: &password(seed),
                created: None,
            },
        )
        .unwrap()
}

fn init(folder: &Path, pin: Option<&Pin>) {
    ops::init(
        folder,
        WAIT,
        &who(0),
        &InitRequest {
            tcti: Tcti::Simulator,
            pcrs: PcrSelection::default(),
            pin,
            keep_lockout_auth: false,
            site: Some("Test".parse::<LogText>().unwrap()),
            grace_seconds: 24 * 3600,
        },
    )
    .unwrap();
}

fn verified(folder: &Path, pin: Option<&Pin>, events: u64) {
    let verified = ops::verify(folder, WAIT, Depth::Tpm { pin }, |_| {}).unwrap();
    assert_eq!(verified.first_wrong, None);
    assert_eq!(verified.events, events);
    assert_eq!(verified.anchor, AnchorState::Matches);
    assert!(verified.authenticated);
}

#[test]
fn a_password_is_escrowed_revealed_and_rotated() {
    let pin = Pin::new("271828".to_owned().into()).unwrap();
    for pin in [None, Some(&pin)] {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("vault");
        init(&folder, pin);
        verified(&folder, pin, 1);

        let mut vault = Unsealed::open(&folder, WAIT, pin).unwrap();
        let first = escrow(&mut vault, 1, 1, 1);
        assert_eq!((first.rule, first.record.state), (Rule::Newest, EscrowState::Current));
        assert_eq!(first.leaf, Some(1));
        let again = escrow(&mut vault, 2, 1, 1);
        assert_eq!((again.rule, again.leaf), (Rule::AlreadyHeld, None));

        let mut inventory = Inventory::open(&folder).unwrap();
        let found = inventory
            .list(&Filter::DeviceText("c-00".to_owned()), &Page::default())
            .unwrap();
        let asked = found.items.first().unwrap().clone();
        let revealed = vault
            .reveal(
                &who(3),
                &RevealRequest {
                    asked,
                    reason: Reason::TpmReset,
                    note: None,
                    ticket: None,
                    caller: None,
                },
            )
            .unwrap();
        assert!(revealed.password.same_as(&password(1)));
        assert_eq!(revealed.record.state, EscrowState::Exposed);
        assert_eq!(inventory.to_rotate(who(4).at).unwrap().len(), 1);

        let second = escrow(&mut vault, 5, 2, 2);
        assert!(second.exposure_ended);
        assert_eq!(second.superseded, [ProtectorId::new([1; 16])]);
        assert_eq!(inventory.to_rotate(who(6).at).unwrap().len(), 0);
        vault.close().unwrap();
        verified(&folder, pin, 4);
    }
}
