//! What kind of volume, in the words and numbers of each format.

use crate::intake::fields::clean;
use crate::intake::format::Format;
use crate::values::VolumeType;

/// The kind that `value` says. `None` where it says nothing that can be known: PowerShell's `Data` is fixed or
/// removable, and a number in a table of unknown origin may be of one numbering or another.
pub(super) fn volume_type(value: &str, format: Format) -> Option<VolumeType> {
    let value = clean(value);
    if value.len() > LONGEST {
        return None;
    }
    match value.to_ascii_lowercase().as_str() {
        "os" | "operatingsystem" | "operatingsystemvolume" | "system" => Some(VolumeType::Os),
        "fixed" | "fixeddata" | "fixeddatavolume" => Some(VolumeType::Fixed),
        "removable" | "removabledata" | "removabledatavolume" => Some(VolumeType::Removable),
        "0" if format.is_powershell() => Some(VolumeType::Os),
        "1" if format == Format::Graph => Some(VolumeType::Os),
        "2" if format == Format::Graph => Some(VolumeType::Fixed),
        "3" if format == Format::Graph => Some(VolumeType::Removable),
        _ => None,
    }
}

const LONGEST: usize = 40;
