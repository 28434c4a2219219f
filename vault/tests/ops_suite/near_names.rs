//! Names that are written otherwise and are the same.

use strongroom_core::values::DeviceName;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::fixture::Vault;
use crate::fixture::escrow;
use crate::fixture::protector;
use crate::fixture::who;

const COMPOSED: &str = "M\u{dc}NCHEN-1";
const DECOMPOSED: &str = "MU\u{308}NCHEN-1";

fn held(vault: &Vault, name: &str) -> Vec<u8> {
    let filter = Filter::Device(DeviceName::kept(name).unwrap());
    let found = vault.inventory().list(&filter, &Page::default()).unwrap();
    let number = |of| (1..9).find(|number| protector(*number) == of).unwrap();
    found.items.iter().map(|item| number(item.record.protector)).collect()
}

fn names(vault: &Vault) -> Vec<String> {
    let devices = vault.inventory().devices(None).unwrap();
    devices.into_iter().map(|device| device.device).collect()
}

#[test]
fn a_device_is_one_however_its_name_is_written() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(1), COMPOSED, 1);
    for (number, name) in [DECOMPOSED, "m\u{fc}nchen-1", "Ｍ\u{dc}ＮＣＨＥＮ－１"]
        .into_iter()
        .enumerate()
    {
        let number = u8::try_from(number).unwrap() + 2;
        let taken = escrow(&mut open, &who(number.into()), name, number);
        assert_eq!(taken.volume.device.unwrap().as_str(), COMPOSED);
    }
    open.close().unwrap();
    assert_eq!(names(&vault), [COMPOSED]);
    assert_eq!(held(&vault, DECOMPOSED), [1, 2, 3, 4]);
    let found = vault.inventory().devices(Some("ünch")).unwrap();
    assert_eq!(found.len(), 1);
    vault.assert_verifies();
}

/// As an older program left them: while the file said that the first is called otherwise, the second came.
#[test]
fn two_that_an_older_program_took_for_two_stay_two() {
    let vault = Vault::new(None);
    let mut open = vault.open();
    escrow(&mut open, &who(1), COMPOSED, 1);
    open.close().unwrap();
    vault
        .file()
        .execute("UPDATE device SET folded = 'x' || folded", ())
        .unwrap();
    let mut open = vault.open();
    escrow(&mut open, &who(2), DECOMPOSED, 2);
    vault
        .file()
        .execute(
            "UPDATE device SET folded = substr(folded, 2) WHERE folded LIKE 'x%'",
            (),
        )
        .unwrap();

    escrow(&mut open, &who(3), COMPOSED, 3);
    escrow(&mut open, &who(4), "mu\u{308}nchen-1", 4);
    open.close().unwrap();
    vault.assert_verifies();
    assert_eq!(names(&vault), [DECOMPOSED, COMPOSED]);
    assert_eq!(
        (held(&vault, COMPOSED), held(&vault, DECOMPOSED)),
        (vec![1, 3], vec![2, 4])
    );
    // Of neither name: the older one.
    assert_eq!(held(&vault, "Ｍ\u{dc}NCHEN-1"), [1, 3]);
}
