//! Where a file is put that was handled: under its own name as far as that is free, so that nothing takes the place of
//! anything, and what belongs to it has room beside it.

use std::fs;
use std::path::Path;

use strongroom_core::drop::MAX_DROP_LEN;

use crate::in_file;

/// The name for `file` in `folder`: its own, or the first of `name.2`, `name.3` where nothing lies; or where it lies
/// itself, for a power cut may leave a file that was being moved in both places.
pub(super) fn place(folder: &Path, file: &Path) -> String {
    first_of(own_name(file), |name| {
        let path = folder.join(name);
        !is_taken(&path) || is_same(&path, file)
    })
}

/// The first of `name`, `name.2`, `name.3` that fits.
pub(super) fn first_of(own: String, mut fits: impl FnMut(&str) -> bool) -> String {
    let (mut name, mut number) = (own.clone(), 1_u64);
    while !fits(&name) {
        number += 1;
        name = format!("{own}.{number}");
    }
    name
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
pub(super) fn reason_name(name: &str) -> String {
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

/// Whether there is something at this place, be it a link to nothing.
pub(super) fn is_taken(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

/// Whether two plain files hold the same, neither of them too long for a drop.
fn is_same(one: &Path, other: &Path) -> bool {
    let read = |path| in_file::read_here(path, MAX_DROP_LEN);
    match (read(one), read(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

const RECEIPT: &str = ".receipt";
const REASON: &str = ".reason";
/// A file system has room for 255 bytes, and what is written beside a file has a longer name than it.
const MAX_NAME: usize = 200;

#[cfg(test)]
mod tests;
