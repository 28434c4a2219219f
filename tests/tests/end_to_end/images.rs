//! The images that the pages speak of.

use std::path::Path;

use strongroom_core::values::ProtectorId;

use crate::end_to_end::image_file::write;
use crate::end_to_end::written::Layout;
use crate::end_to_end::written::Protector;
use crate::end_to_end::written::Table;
use crate::end_to_end::written::Volume;
use crate::end_to_end::written::disk;

/// Writes `volume.img`, on which are the protectors 1 and 2, `clear.img`, on which 1 lies beside a clear key, and
/// `disk.img`, on which both volumes are. Protector 1 has the password [`PASSWORD`], 2 goes on with 000099.
pub(crate) fn write_into(folder: &Path) {
    let protected = Volume {
        id: [0x3d; 16],
        protectors: vec![protector(1, RECOVERY), protector(2, RECOVERY), protector(3, TPM)],
        ..Volume::default()
    };
    let clear = Volume {
        id: [0x3e; 16],
        description: "STICK-1 E: 7/4/2019".to_owned(),
        layout: Layout::ToGo,
        protectors: vec![protector(1, RECOVERY), protector(4, CLEAR_KEY)],
        ..Volume::default()
    };
    let (protected, clear) = (protected.write(), clear.write());
    write(&protected, &folder.join("volume.img"));
    write(&clear, &folder.join("clear.img"));
    write(&disk(Table::Gpt, 512, &[protected, clear]), &folder.join("disk.img"));
}

fn protector(number: u8, kind: u16) -> Protector {
    let id = format!("4ab2c9d1-7c1e-4f3a-9d55-{number:012}");
    let id: ProtectorId = id.parse().unwrap();
    let first = u16::from(number) * 8 - 7;
    let groups = (first..first + 8).flat_map(u16::to_le_bytes);
    Protector {
        id: *id.as_bytes(),
        kind,
        secret: groups.collect(),
        label: String::new(),
        changed: 0x01d5_3236_72f0_e3b0,
    }
}

/// A protector on all of the images.
pub(crate) const PROTECTOR: &str = "4ab2c9d1-7c1e-4f3a-9d55-000000000001";

/// Its password.
pub(crate) const PASSWORD: &str = "000011-000022-000033-000044-000055-000066-000077-000088";

const RECOVERY: u16 = 0x0800;
const TPM: u16 = 0x0100;
const CLEAR_KEY: u16 = 0;
