//! Which escrow is meant.
//!
//! Anyone who has the vault's public key decides how many unconfirmed escrows there are, and what they say of themselves. So
//! they are no candidates where a confirmed one matches, and a list of candidates ends after a screenful.

use strongroom_core::state::EscrowState;
use strongroom_core::values::DeviceName;
use strongroom_core::values::MountPoint;
use strongroom_vault::ops::Inventory;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Item;
use strongroom_vault::store::Page;

use crate::args::KeyId;
use crate::command::listing;
use crate::failure::ChoiceError;
use crate::failure::Failure;
use crate::ui::Ui;

/// An escrow that was chosen, and the others that hold the same password of the same protector.
pub(super) struct Chosen {
    pub(super) item: Item,
    pub(super) also: Vec<Item>,
}

/// Chooses the one escrow that KEY-ID means. If several match, they are listed.
pub(super) fn by_key_id(ui: &mut Ui, inventory: &mut Inventory, key: &KeyId) -> Result<Item, Failure> {
    let items = prefer_confirmed(matching(inventory, key, None)?);
    only(ui, items, &what(key, None))
}

/// Chooses the unconfirmed escrow that KEY-ID means, if there is one. Several are one if they hold the same password of the
/// same protector: whoever has no sender's file and hands in again is stored again.
pub(super) fn unconfirmed_by_key_id(ui: &mut Ui, inventory: &mut Inventory, key: &KeyId) -> Result<Item, Failure> {
    let items = prefer(matching(inventory, key, None)?, |item| item.record.unconfirmed);
    Ok(one_password(ui, inventory, items, &what(key, None))?.item)
}

/// Chooses the escrow to be revealed that KEY-ID means, in this volume if one is named. Several are one if they hold the
/// same password of the same protector.
pub(super) fn to_reveal_by_key_id(
    ui: &mut Ui,
    inventory: &mut Inventory,
    key: &KeyId,
    mount: Option<&MountPoint>,
) -> Result<Chosen, Failure> {
    let items = prefer_confirmed(matching(inventory, key, mount)?);
    one_password(ui, inventory, items, &what(key, mount))
}

/// Chooses the one password of a device that opens it now, as far as is known: current, or exposed and not followed by
/// another.
pub(super) fn to_reveal_by_device(
    ui: &mut Ui,
    inventory: &mut Inventory,
    device: &DeviceName,
    mount: Option<&MountPoint>,
) -> Result<Chosen, Failure> {
    let filter = Filter::Device(device.clone());
    let mut items = inventory.list(&filter, &Page::default())?.items;
    items.retain(|item| item.record.state != EscrowState::Superseded);
    items.retain(|item| mount.is_none_or(|mount| item.volume.mounts.contains(mount)));
    let what = match mount {
        Some(mount) => format!("password of {device} {mount} that is current or exposed"),
        None => format!("password of {device} that is current or exposed"),
    };
    one_password(ui, inventory, prefer_confirmed(items), &what)
}

fn matching(inventory: &mut Inventory, key: &KeyId, mount: Option<&MountPoint>) -> Result<Vec<Item>, Failure> {
    let mut items = match key.escrow {
        Some(escrow) => inventory.list(&Filter::Escrow(escrow), &Page::default())?.items,
        None => Vec::new(),
    };
    if items.is_empty() {
        items = inventory
            .list(&Filter::Protector(key.protector), &Page::default())?
            .items;
    }
    items.retain(|item| mount.is_none_or(|mount| item.volume.mounts.contains(mount)));
    Ok(items)
}

fn what(key: &KeyId, mount: Option<&MountPoint>) -> String {
    match mount {
        Some(mount) => format!("password {key} of a volume {mount}"),
        None => format!("password {key}"),
    }
}

fn prefer_confirmed(items: Vec<Item>) -> Vec<Item> {
    prefer(items, |item| !item.record.unconfirmed)
}

/// Returns those items that are wanted, otherwise all.
fn prefer(mut items: Vec<Item>, is_wanted: impl Fn(&Item) -> bool) -> Vec<Item> {
    if items.iter().any(&is_wanted) {
        items.retain(is_wanted);
    }
    items
}

/// Returns the one item; of several that hold the same password of the same protector, the newest that is not superseded.
fn one_password(ui: &mut Ui, inventory: &mut Inventory, mut items: Vec<Item>, what: &str) -> Result<Chosen, Failure> {
    let first = items.first().map(|item| item.record.protector);
    let same_protector = items.iter().all(|item| Some(item.record.protector) == first);
    let escrows: Vec<_> = items.iter().map(|item| item.record.escrow).collect();
    if items.len() > 1 && same_protector && inventory.hold_same_password(&escrows)? {
        items.sort_by_key(|item| item.record.state != EscrowState::Superseded);
        if let Some(item) = items.pop() {
            return Ok(Chosen { item, also: items });
        }
    }
    Ok(Chosen {
        item: only(ui, items, what)?,
        also: Vec::new(),
    })
}

fn only(ui: &mut Ui, mut items: Vec<Item>, what: &str) -> Result<Item, Failure> {
    // What is proven to open the volume is offered first, then what was presented.
    items.sort_by_key(|item| (item.record.proven_at.is_none(), item.record.presented.is_none()));
    items.reverse();
    let what = what.to_owned();
    let Some(item) = items.pop() else {
        return Err(ChoiceError::Nothing { what }.into());
    };
    if items.is_empty() {
        return Ok(item);
    }
    items.push(item);
    items.reverse();
    let matching = items.len();
    items.truncate(SCREENFUL);
    listing::write(ui, &items)?;
    let listed = items.len();
    Err(ChoiceError::Several { what, listed, matching }.into())
}

/// Candidates that are listed.
const SCREENFUL: usize = 20;
