//! Names of Active Directory's recovery objects.

use crate::intake::dates;
use crate::values::ProtectorId;
use crate::values::Time;

/// What the name of a recovery object says: `2023-10-10T10:00:00-08:00{063EA4E1-220C-4293-BA01-4754620A96E7}`.
pub(super) struct ObjectName {
    pub(super) created: Option<Time>,
    pub(super) protector: ProtectorId,
}

/// The parts of `name`, if it is one: the time at which the password was kept, and the GUID of its protector.
pub(super) fn object_name(name: &str) -> Option<ObjectName> {
    let name = living_name(name);
    let (time, _) = name.split_once('{')?;
    Some(ObjectName {
        created: dates::time(time, None),
        protector: name.get(time.len()..)?.parse().ok()?,
    })
}

/// Returns `name` without what the directory adds to that of an object that was deleted or is in conflict with another:
/// a line feed, `DEL:` or `CNF:`, and a GUID.
pub(super) fn living_name(name: &str) -> &str {
    let marks = [
        "\nDEL:",
        "\nCNF:",
        "\\0ADEL:",
        "\\0ACNF:",
        "\u{fffd}DEL:",
        "\u{fffd}CNF:",
    ];
    let end = marks.into_iter().filter_map(|mark| name.find(mark)).min();
    name.get(..end.unwrap_or(name.len())).unwrap_or(name)
}

/// Returns whether a container holds what was deleted or lost, and so is no computer.
pub(super) fn is_graveyard(name: &str) -> bool {
    ["Deleted Objects", "LostAndFound"]
        .iter()
        .any(|container| name.eq_ignore_ascii_case(container))
}

/// The values of the first two parts of a distinguished name, unescaped: the object and what it lies in.
///
/// RFC 4514: parts are parted by commas; a backslash takes a special character or two hexadecimal digits of a byte of
/// UTF-8. What is not valid becomes U+FFFD.
pub(super) fn first_two(name: &str) -> (String, String) {
    let (first, rest) = part(name);
    let (second, _) = part(rest);
    (first, second)
}

/// The value of the first part, and what follows its comma.
fn part(name: &str) -> (String, &str) {
    let value = name.split_once('=').map_or("", |(_, value)| value);
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b',' => break,
            b'\\' => {
                let escaped = after.split_at_checked(2).and_then(|(pair, _)| hexadecimal(pair));
                let plain = after.first().copied();
                bytes.extend(escaped.or(plain));
                let len = if escaped.is_some() { 2 } else { 1 };
                rest = after.get(len..).unwrap_or_default();
            }
            byte => bytes.push(*byte),
        }
    }
    let at = value.len() - rest.len();
    (
        String::from_utf8_lossy(&bytes).trim().to_owned(),
        value.get(at..).unwrap_or_default(),
    )
}

fn hexadecimal(pair: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    }
}

/// The GUID of 16 octets, as directories keep it: its first three fields little-endian.
pub(super) fn guid(octets: &[u8]) -> Option<[u8; 16]> {
    let mut bytes: [u8; 16] = octets.try_into().ok()?;
    for field in [0..4, 4..6, 6..8] {
        bytes.get_mut(field)?.reverse();
    }
    Some(bytes)
}

#[cfg(test)]
mod tests;
