//! GUIDs, whose digits are none of a password: one that somebody made up has many that look like groups.

use std::borrow::Cow;

/// Returns the text with a letter for each character of a GUID in it (8-4-4-4-12 hexadecimal digits).
pub(super) fn without_guids(text: &str) -> Cow<'_, str> {
    let mut without = String::new();
    let mut kept = 0;
    let mut at = 0;
    while let Some(hyphen) = text.get(at..).and_then(|rest| rest.find('-')) {
        let hyphen = at + hyphen;
        at = hyphen + 1;
        let Some(first) = hyphen.checked_sub(PARTS[0]).filter(|first| *first >= kept) else {
            continue;
        };
        let Some(guid) = text.get(first..first + LEN).filter(|guid| is_guid(guid)) else {
            continue;
        };
        let neighbour = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
        let before = text.get(..first).and_then(|before| before.chars().next_back());
        let behind = text.get(first + LEN..).and_then(|behind| behind.chars().next());
        if neighbour(before) || neighbour(behind) {
            continue;
        }
        without.push_str(text.get(kept..first).unwrap_or_default());
        without.extend(std::iter::repeat_n('g', guid.len()));
        kept = first + LEN;
        at = kept;
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    without.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(without)
}

fn is_guid(text: &str) -> bool {
    let parts = text.split('-');
    parts.clone().map(str::len).eq(PARTS) && parts.flat_map(str::bytes).all(|byte| byte.is_ascii_hexdigit())
}

const PARTS: [usize; 5] = [8, 4, 4, 4, 12];
const LEN: usize = 36;
