//! Long lives: whatever was done in whatever order, the log's replay gives the rows.

use std::sync::Arc;

use strongroom_core::state::EscrowState;
use strongroom_core::state::Naming;
use strongroom_core::state::Source;
use strongroom_core::state::Standing;
use strongroom_core::values::DeviceName;
use strongroom_core::values::VolumeId;
use strongroom_core::values::WaiveReason;
use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::AssignRequest;
use strongroom_vault::ops::ConfirmRequest;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::ExposeRequest;
use strongroom_vault::ops::OutcomeRequest;
use strongroom_vault::ops::Rehearsed;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::WaiveRequest;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Item;
use strongroom_vault::store::Page;

use crate::fixture::Vault;
use crate::fixture::at;
use crate::fixture::password;
use crate::fixture::protector;
use crate::fixture::reveal;
use crate::fixture::who;

/// Numbers that look random, and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn byte_below(&mut self, end: u64) -> u8 {
        u8::try_from(self.below(end)).unwrap()
    }
}

#[test]
fn whatever_was_done_the_log_tells_it() {
    for seed in [3, 5, 8, 13] {
        let vault = Vault::new(None);
        let mut dice = Dice(seed);
        for opening in 0..4 {
            let mut open = vault.open();
            assert!(!open.rolled_forward(), "opening {opening}");
            for step in 0..25 {
                act(&vault, &mut open, &mut dice, opening * 10_000 + step * 60);
            }
            open.close().unwrap();
            vault.assert_verifies();
        }
        let items = all(&vault);
        assert!(items.len() > 10, "seed {seed}: too little happened");
        for state in [EscrowState::Current, EscrowState::Exposed, EscrowState::Superseded] {
            assert!(
                items.iter().any(|item| item.record.state == state),
                "seed {seed}: no {state:?}"
            );
        }
        // A password ever shown is current nowhere.
        assert!(
            items
                .iter()
                .all(|item| !item.record.ever_shown() || item.record.state != EscrowState::Current),
            "seed {seed}"
        );
    }
}

fn act(vault: &Vault, open: &mut Unsealed, dice: &mut Dice, seconds: i64) {
    let who = who(seconds);
    let items = all(vault);
    let chosen = (!items.is_empty()).then(|| {
        let index = dice.below(u64::try_from(items.len()).unwrap());
        items[usize::try_from(index).unwrap()].clone()
    });
    match (dice.below(10), chosen) {
        (0 | 1, Some(item)) => drop(reveal(open, &who, item).unwrap()),
        (2, Some(item)) => {
            let request = ExposeRequest {
                escrow: item.record.escrow,
                note: "on paper".parse().unwrap(),
            };
            open.expose(&who, &request).unwrap();
        }
        (3, Some(item)) => {
            let request = WaiveRequest {
                escrow: item.record.escrow,
                reason: WaiveReason::VolumeErased,
                note: "reinstalled".parse().unwrap(),
            };
            match open.waive(&who, &request) {
                Ok(_) => assert_eq!(item.record.state, EscrowState::Exposed),
                Err(Error::NotExposed { .. }) => assert_ne!(item.record.state, EscrowState::Exposed),
                Err(error) => panic!("{error}"),
            }
        }
        (4, Some(item)) => {
            let request = OutcomeRequest {
                escrow: item.record.escrow,
                unlocked: dice.below(2) == 0,
                note: None,
            };
            open.outcome(&who, &request).unwrap();
        }
        (5, Some(item)) => {
            let request = ConfirmRequest {
                escrow: item.record.escrow,
                note: "seen it".parse().unwrap(),
            };
            match open.confirm(&who, &request) {
                Ok(_) => assert!(item.record.unconfirmed),
                Err(Error::HasStanding { .. }) => assert!(!item.record.unconfirmed),
                Err(error) => panic!("{error}"),
            }
        }
        (6, Some(item)) => {
            let request = AssignRequest {
                escrow: item.record.escrow,
                device: device(dice),
                naming: naming(dice),
            };
            match open.assign(&who, &request) {
                Ok(_) => assert_eq!(item.volume.device, None),
                Err(Error::HasDevice { .. }) => assert!(item.volume.device.is_some()),
                Err(error) => panic!("{error}"),
            }
        }
        (7, _) => take_in_some(open, dice, &who),
        _ => escrow_something(open, dice, &who),
    }
}

fn take_in_some(open: &mut Unsealed, dice: &mut Dice, who: &strongroom_vault::ops::Who) {
    let numbers: Vec<u8> = (0..dice.below(8)).map(|_| dice.byte_below(40)).collect();
    let passwords: Vec<_> = numbers.iter().map(|number| password(*number)).collect();
    let arriving: Vec<_> = numbers
        .iter()
        .zip(&passwords)
        .map(|(number, password)| {
            let time = at(i64::try_from(dice.below(50_000)).unwrap());
            Arriving {
                device: (dice.below(3) != 0).then(|| device(dice)),
                naming: naming(dice),
                protector: protector(*number),
                password,
                source: Source::Import,
                standing: match dice.below(4) {
                    0 => Standing::Live(Some(time)),
                    1 => Standing::Dated(time),
                    2 => Standing::Seen {
                        at: time,
                        created: None,
                    },
                    _ => Standing::Undated,
                },
                confirmed: dice.below(4) != 0,
                listed: Arc::new(numbers.iter().copied().map(protector).collect()),
                file: Some("list.csv".parse().unwrap()),
                drop: None,
                sender: None,
            }
        })
        .collect();
    let arriving: Vec<_> = arriving.iter().collect();
    let rehearsed = open.rehearse(who, &arriving, || {}).unwrap();
    let taken = open.take_in(who, &arriving, || {}).unwrap();
    for (rehearsed, taken) in rehearsed.iter().zip(&taken) {
        if let Rehearsed::New(new) = rehearsed {
            assert_eq!((new.leaf, new.record.protector), (None, taken.record.protector));
        }
    }
}

fn escrow_something(open: &mut Unsealed, dice: &mut Dice, who: &strongroom_vault::ops::Who) {
    let number = dice.byte_below(40);
    let (device, naming) = (device(dice), naming(dice));
    // Mostly each protector with its own password; now and then another's.
    let password = password(if dice.below(6) == 0 {
        dice.byte_below(40)
    } else {
        number
    });
    let request = EscrowRequest {
        device,
        naming,
        protector: protector(number),
        password: &password,
        created: (dice.below(3) == 0).then(|| at(i64::try_from(dice.below(50_000)).unwrap())),
    };
    open.escrow(who, &request).unwrap();
}

fn device(dice: &mut Dice) -> DeviceName {
    let names = ["LAB-01", "lab-01", "DESK-02", "PLANT-03"];
    names[usize::from(dice.byte_below(4))].parse().unwrap()
}

fn naming(dice: &mut Dice) -> Naming {
    Naming {
        id: (dice.below(3) == 0).then(|| VolumeId::new([dice.byte_below(3); 16])),
        mount: (dice.below(4) != 0).then(|| ["C:", "D:"][usize::from(dice.byte_below(2))].parse().unwrap()),
        kind: None,
    }
}

fn all(vault: &Vault) -> Vec<Item> {
    vault.inventory().list(&Filter::All, &Page::default()).unwrap().items
}
