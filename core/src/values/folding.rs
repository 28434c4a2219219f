//! Texts compared as people compare them: without case, and however the same characters are written.

use unicode_normalization::UnicodeNormalization;

use crate::values::is_unseen;

/// Returns `text` as names are compared and found by: `NFKC(case(NFKD(case(NFKD(text)))))`, without characters that
/// nobody sees.
///
/// So composed and decomposed letters are the same, fullwidth and ordinary ones, ligatures and their letters. Names of
/// assigned characters fold the same in every later version of Unicode (its stability policies for normalization and
/// case folding).
///
/// Source: Unicode 16.0, section 3.13, D146 (compatibility caseless match); UAX #15.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let once: String = text
        .nfkd()
        .filter(|character| !is_unseen(*character))
        .flat_map(cased)
        .collect();
    // Case may be all that kept a character from its decomposition, as in the Greek letters with an iota below.
    let twice: String = once.nfkd().flat_map(cased).collect();
    twice.nfkc().collect()
}

/// Returns `text` without case alone: by this the names of devices were compared up to schema 2, and mount points are.
/// Windows compares the names of files so, and two that differ in composition alone are two.
///
/// Each character is made upper case, then lower case: so `ß` is `ss`, and `ς`, which stands at the end of words
/// only, is `σ`, where making lower case alone would tell them apart.
pub fn fold_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    without_case(text).collect()
}

/// Returns whether two texts are the same without case.
pub(super) fn same_without_case(one: &str, other: &str) -> bool {
    one == other || without_case(one).eq(without_case(other))
}

fn without_case(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// As [`without_case`], from lower case: `ẞ` has no upper case, and is `ss` as well.
fn cased(character: char) -> impl Iterator<Item = char> {
    character
        .to_lowercase()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests;
