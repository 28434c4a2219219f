//! The answer in words.

use std::fmt::Display;

use strongroom_core::state::EscrowState;
use strongroom_core::values::DeviceName;
use strongroom_core::values::LogText;
use strongroom_core::values::SenderId;

use crate::answer::Key;
use crate::answer::Sealed;
use crate::answer::Taken;

pub(super) fn key(key: &Key) -> Vec<String> {
    let mut lines = vec![
        field("Vault", key.vault_id),
        field("Generation", key.generation),
        field("Log", &key.origin),
        field("Public key", format_args!("SHA-256 {}", key.public_key_sha256)),
    ];
    lines.extend(key.log_keys.iter().map(|log_key| field("Log key", log_key)));
    if key.sender_id.is_none() {
        return lines;
    }
    lines.push(field("Sender", sender(key.sender.as_ref(), key.sender_id)));
    match &key.devices {
        None => lines.push(field("Devices", "any")),
        Some(devices) => lines.push(field("Devices", names(devices))),
    }
    lines.push("This file is a secret: whoever has it can hand in as this sender.".to_owned());
    lines
}

pub(super) fn sealed(sealed: &Sealed) -> Vec<String> {
    let mut lines: Vec<String> = sealed.out.iter().map(|out| field("Drop", out)).collect();
    lines.push(field("SHA-256", sealed.drop));
    lines.push(field(
        "For",
        format_args!("vault {}, generation {}", sealed.vault_id, sealed.generation),
    ));
    lines.push(field("Sender", sender(sealed.sender.as_ref(), sealed.sender_id)));
    lines.push(field("Sequence", sealed.sequence));
    lines.push("Keep the old protector until `strongroom-drop receipt` accepts the vault's receipt.".to_owned());
    lines
}

pub(super) fn taken(taken: &Taken) -> Vec<String> {
    let device = taken.device.as_ref().map_or("-", DeviceName::as_str);
    let mut lines = vec![
        "The vault has taken the drop in: every key of its log has signed it".to_owned(),
        field("Device", device),
        field("Protector", taken.protector_id),
        field("State", taken.state.map_or("-", EscrowState::as_str)),
        field("Time", taken.time),
        field("Leaf", format_args!("{} of {}", taken.leaf, taken.size)),
        field("Log", &taken.origin),
    ];
    if taken.unconfirmed {
        lines.push("The vault holds it as unconfirmed: nobody there vouches for its sender yet.".to_owned());
    }
    if taken.clock {
        lines.push("A clock contradicts the order in which it came: look whether this machine's is right.".to_owned());
    }
    lines
}

fn sender(name: Option<&LogText>, id: Option<SenderId>) -> String {
    match (name, id) {
        (Some(name), Some(id)) => format!("{name} ({id})"),
        _ => "none: the vault will hold it as unconfirmed".to_owned(),
    }
}

fn names(devices: &[DeviceName]) -> String {
    let names: Vec<&str> = devices.iter().map(DeviceName::as_str).collect();
    names.join(", ")
}

fn field(name: &str, value: impl Display) -> String {
    format!("{name:<10} {value}")
}
