//! Where what was handled is put: under its own name as far as that is free, so that nothing takes the place of anything,
//! and what belongs to it has room beside it.

use std::io::Read;
use std::path::Path;

use strongroom_files::Folder;
use strongroom_files::PathError;
use strongroom_files::Readers;

/// Writes the receipts of a file into a folder, and the reasons of what was not taken in of it. Returns the name under which
/// they are: `own`, or the first of `own.2`, `own.3` for which `is_free` has room too. A receipt of the same event that is
/// there already is left.
pub(super) fn put_receipts(
    folder: &Folder,
    own: &str,
    receipts: &[String],
    reasons: Option<&str>,
    is_free: impl Fn(&str) -> Result<bool, PathError>,
) -> Result<String, PathError> {
    let texts = |name: &str| {
        let receipts = receipts.iter().zip(1..);
        let receipts = receipts.map(|(receipt, number)| (receipt_name(name, number), receipt.as_str(), IS_SAME_EVENT));
        let reasons = reasons.map(|reasons| (reason_name(name), reasons, IS_SAME_TEXT));
        receipts.chain(reasons).collect::<Vec<_>>()
    };
    let name = first_of(own, |name| {
        if !is_free(name)? {
            return Ok(false);
        }
        for (place, text, is_same) in texts(name) {
            if room(folder, &place, text, is_same)? == Room::Taken {
                return Ok(false);
            }
        }
        Ok(true)
    })?;
    for (place, text, is_same) in texts(&name) {
        if room(folder, &place, text, is_same)? == Room::Free {
            folder.write_new(&place, text.as_bytes(), Readers::Everybody)?;
        }
    }
    Ok(name)
}

/// Writes why a file was rejected, and returns the name under which it is, as [`put_receipts`] does.
pub(super) fn put_reason(
    folder: &Folder,
    own: &str,
    why: &str,
    is_free: impl Fn(&str) -> Result<bool, PathError>,
) -> Result<String, PathError> {
    let text = format!("{why}\n");
    let name = first_of(own, |name| {
        let place = reason_name(name);
        Ok(is_free(name)? && room(folder, &place, &text, IS_SAME_TEXT)? != Room::Taken)
    })?;
    let place = reason_name(&name);
    if room(folder, &place, &text, IS_SAME_TEXT)? == Room::Free {
        folder.write_new(&place, text.as_bytes(), Readers::Everybody)?;
    }
    Ok(name)
}

#[derive(PartialEq)]
enum Room {
    Free,
    /// What is to be written is there: a run that was killed wrote it.
    Same,
    Taken,
}

fn room(folder: &Folder, name: &str, text: &str, is_same: impl Fn(&str, &str) -> bool) -> Result<Room, PathError> {
    match folder.look(name)? {
        None => Ok(Room::Free),
        Some(seen) if !seen.is_plain => Ok(Room::Taken),
        Some(_) => {
            let mut there = Vec::new();
            let read = folder.read(name)?.take(MAX_RECEIPT_LEN).read_to_end(&mut there);
            read.map_err(|error| PathError::io(&folder.place(name), error))?;
            let same = str::from_utf8(&there).is_ok_and(|there| is_same(there, text));
            Ok(if same { Room::Same } else { Room::Taken })
        }
    }
}

/// Whether two receipts are of one event: their first lines are what a proof is, the event, and its place in the log.
fn is_same_event(one: &str, other: &str) -> bool {
    one.lines().count() > HEAD && one.lines().take(HEAD).eq(other.lines().take(HEAD))
}

/// Returns the first of `name`, `name.2`, `name.3` that fits, in a number of looks that grows with the number of digits:
/// an agent may call all its drops the same.
pub(super) fn first_of(own: &str, mut fits: impl FnMut(&str) -> Result<bool, PathError>) -> Result<String, PathError> {
    let numbered = |number: u64| format!("{own}.{number}");
    if fits(own)? {
        return Ok(own.to_owned());
    }
    let (mut taken, mut free) = (1, 2);
    while !fits(&numbered(free))? {
        (taken, free) = (free, free.saturating_mul(2));
    }
    while free - taken > 1 {
        let middle = taken.midpoint(free);
        if fits(&numbered(middle))? {
            free = middle;
        } else {
            taken = middle;
        }
    }
    Ok(numbered(free))
}

/// The name of a file as text, short enough that it can be made longer, and none that stands beside another file.
pub(super) fn own_name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name
        .char_indices()
        .take_while(|(at, character)| at + character.len_utf8() <= MAX_NAME)
        .map(|(_, character)| character)
        .collect();
    if stands_beside(&name) {
        return format!("{name}.drop");
    }
    name
}

/// The receipt of a file's password of that number, from 1.
pub(super) fn receipt_name(name: &str, number: usize) -> String {
    match number {
        1 => format!("{name}{RECEIPT}"),
        number => format!("{name}{RECEIPT}.{number}"),
    }
}

/// Why a file was rejected.
fn reason_name(name: &str) -> String {
    format!("{name}{REASON}")
}

/// Whether a receipt or a reason could have this name.
fn stands_beside(name: &str) -> bool {
    let unnumbered = match name.rsplit_once('.') {
        Some((before, number)) if number.bytes().all(|byte| byte.is_ascii_digit()) => before,
        _ => name,
    };
    [RECEIPT, REASON].iter().any(|end| unnumbered.ends_with(end))
}

const IS_SAME_EVENT: fn(&str, &str) -> bool = is_same_event;
const IS_SAME_TEXT: fn(&str, &str) -> bool = |there, wanted| there == wanted;
const RECEIPT: &str = ".receipt";
const REASON: &str = ".reason";
/// A file system has room for 255 bytes, and what is written beside a file has a longer name than it.
const MAX_NAME: usize = 200;
const HEAD: usize = 3;
const MAX_RECEIPT_LEN: u64 = 1 << 20;

#[cfg(test)]
mod tests;
