//! Records of LDIF (RFC 2849), as `ldifde` and `ldapsearch` write it.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use crate::intake::draft::Draft;
use crate::intake::fields::Field;
use crate::intake::manner::Manner;
use crate::intake::names::Names;
use crate::intake::record::Record;

/// The records of `text`: one for each entry with a recovery password, or with the name of one.
///
/// An entry ends with an empty line or the `dn` of the next. Lines that begin with a space go on from the one before;
/// those that begin with `#` are comments. `attribute:: …` is base64; `attribute:< …` names a file or an address and
/// is never followed. Of `attribute;option` the option is left out.
pub(super) fn read(text: &str, manner: Manner, names: &Names) -> Vec<Record> {
    let mut records = Vec::new();
    let mut draft = None;
    for (line, raw) in (Lines { rest: text, line: 1 }) {
        let is_dn = raw.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("dn:"));
        if raw.is_empty() || is_dn {
            finish(draft.take(), &mut records);
        }
        if raw.is_empty() || raw.starts_with('#') {
            continue;
        }
        let draft = draft.get_or_insert_with(|| Draft::new(manner, line));
        if raw.contains('\n') {
            put(draft, &unfolded(raw), names);
        } else {
            put(draft, raw, names);
        }
    }
    finish(draft, &mut records);
    records
}

fn finish(draft: Option<Draft>, records: &mut Vec<Record>) {
    if let Some(draft) = draft {
        draft.finish(records);
    }
}

fn put(draft: &mut Draft, line: &str, names: &Names) {
    let Some((attribute, value)) = line.split_once(':') else {
        return draft.put(Field::Other, line);
    };
    let attribute = attribute.split(';').next().unwrap_or_default();
    // A directory has attributes of many kinds under such names.
    let mut field = names.named(attribute).field;
    if matches!(field, Field::Id | Field::Protector | Field::Date | Field::OfOther) {
        field = Field::Other;
    }
    if let Some(encoded) = value.strip_prefix(':') {
        match decoded(encoded.trim()) {
            Some(octets) if is_needed(field) => draft.put_octets(field, &octets),
            Some(octets) => {
                if let Ok(text) = str::from_utf8(&octets) {
                    draft.put(field, text);
                }
            }
            None => draft.put_unreadable(field),
        }
    } else if !value.starts_with('<') {
        draft.put(field, value.strip_prefix(' ').unwrap_or(value));
    }
}

/// Whether a value that is no text means that something is lost.
fn is_needed(field: Field) -> bool {
    !matches!(field, Field::Other | Field::OtherId | Field::OfDevice | Field::OfOther)
}

fn decoded(encoded: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut octets = Zeroizing::new(vec![0; BASE64.decode_len(encoded.len()).ok()?]);
    let len = BASE64.decode_mut(encoded.as_bytes(), &mut octets).ok()?;
    octets.truncate(len);
    Some(octets)
}

/// A folded line as one; it only becomes shorter.
fn unfolded(raw: &str) -> Zeroizing<String> {
    let mut line = Zeroizing::new(String::with_capacity(raw.len()));
    let mut pieces = raw.split('\n');
    line.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        line.push_str(piece.get(1..).unwrap_or_default());
    }
    line
}

/// Lines with those that go on from them.
struct Lines<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Iterator for Lines<'t> {
    type Item = (usize, &'t str);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let mut ends = self.rest.match_indices('\n').map(|(at, _)| at);
        let end = ends.find(|at| !self.rest.get(at + 1..).is_some_and(|rest| rest.starts_with(' ')));
        let (raw, after) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        let begins = self.line;
        self.line += raw.matches('\n').count() + 1;
        self.rest = after.get(1..).unwrap_or_default();
        Some((begins, raw))
    }
}

#[cfg(test)]
mod tests;
