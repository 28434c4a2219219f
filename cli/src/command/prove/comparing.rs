//! What a volume lists beside what the vault holds for it.

use strongroom_core::values::DeviceName;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::VolumeId;
use strongroom_vault::ops::Inventory;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Item;
use strongroom_vault::store::Page;

use crate::failure::Failure;

/// Escrows that have to do with a volume.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    /// Those whose protector it lists.
    pub(crate) held: Vec<Item>,
    /// Those of the same volume whose protector it does not list.
    pub(crate) stale: Vec<Item>,
}

impl Compared {
    /// What the inventory holds of the volume; of one device alone, where that is named.
    pub(crate) fn of(
        inventory: &mut Inventory,
        volume: VolumeId,
        listed: &[ProtectorId],
        device: Option<&DeviceName>,
    ) -> Result<Self, Failure> {
        let meant = |item: &Item| {
            let named = item.volume.device.as_ref();
            device.is_none() || named.is_none() || named == device
        };
        let mut items = |filter: Filter| inventory.list(&filter, &Page::default()).map(|listed| listed.items);
        let mut compared = Self::default();
        for protector in listed {
            let exactly = protector.to_string().parse().map(Filter::Protector);
            let held = items(exactly.unwrap_or(Filter::All))?;
            let same = |item: &Item| item.record.protector == *protector;
            compared
                .held
                .extend(held.into_iter().filter(|item| same(item) && meant(item)));
        }
        let mut beside = items(Filter::VolumeId(volume))?;
        for name in compared.devices() {
            beside.extend(items(Filter::Device(name))?);
        }
        for item in beside {
            let known = |held: &Item| held.volume.volume == item.volume.volume;
            let same = item.volume.id == Some(volume) || compared.held.iter().any(known);
            let told = compared
                .stale
                .iter()
                .any(|stale| stale.record.escrow == item.record.escrow);
            if same && meant(&item) && !told && !listed.contains(&item.record.protector) {
                compared.stale.push(item);
            }
        }
        Ok(compared)
    }

    /// The devices of those that are held, each once.
    fn devices(&self) -> Vec<DeviceName> {
        let mut devices: Vec<DeviceName> = Vec::new();
        for item in &self.held {
            if let Some(device) = item.volume.device.as_ref().filter(|device| !devices.contains(device)) {
                devices.push(device.clone());
            }
        }
        devices
    }
}
