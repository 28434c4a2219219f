//! Which escrow is meant.

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

/// The one escrow that KEY-ID means, in this volume if one is named. Where several match, they are listed.
pub(super) fn by_key_id(
    ui: &mut Ui,
    inventory: &mut Inventory,
    key: &KeyId,
    mount: Option<&MountPoint>,
) -> Result<Item, Failure> {
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
    let what = match mount {
        Some(mount) => format!("password {key} of a volume {mount}"),
        None => format!("password {key}"),
    };
    only(ui, items, &what)
}

/// The one password of a device that opens it now, as far as is known: current, or exposed and not followed by another.
pub(super) fn by_device(
    ui: &mut Ui,
    inventory: &mut Inventory,
    device: &DeviceName,
    mount: Option<&MountPoint>,
) -> Result<Item, Failure> {
    let filter = Filter::Device(device.clone());
    let mut items = inventory.list(&filter, &Page::default())?.items;
    items.retain(|item| item.record.state != EscrowState::Superseded);
    items.retain(|item| mount.is_none_or(|mount| item.volume.mounts.contains(mount)));
    let what = match mount {
        Some(mount) => format!("password of {device} {mount} that is current or exposed"),
        None => format!("password of {device} that is current or exposed"),
    };
    only(ui, items, &what)
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
    listing::write(ui, &items)?;
    Err(ChoiceError::Several { what }.into())
}
