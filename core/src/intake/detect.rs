//! What a text is, by its content: never by the name of a file, and by no word that Windows translates.

use crate::intake::columns;
use crate::intake::format::Format;
use crate::intake::listing;
use crate::intake::manage_bde;
use crate::intake::names::Names;
use crate::intake::table::Table;
use crate::intake::xml;

/// The format of `text`, by the first that fits:
/// 1. JSON, where it begins as an object or as an array of objects or texts; which, by the names in it;
/// 2. XML, where it begins as an element that is no web page;
/// 3. LDIF, where a line begins with `dn:` and the first that is no comment with that or `version:`;
/// 4. manage-bde, where a line begins a volume as it prints them and another is indented with an ID in braces;
/// 5. columns, where hyphens underline a heading for passwords;
/// 6. a list, where a line begins with a name that only PowerShell or the directory has, or where each paragraph with a
///    named password has a named key protector ID;
/// 7. a table of separated values, by its heading or its first rows;
/// 8. the file that Windows saves, where the first line that is not empty has the word BitLocker: a brand, and so in
///    no language translated;
/// 9. any other text.
pub(super) fn detect(text: &str, names: &Names) -> Format {
    if begins_as_json(text) {
        return json(text);
    }
    if xml::begins(text) {
        return Format::Xml;
    }
    let telling = text.split('\n').filter_map(listing::is_telling);
    if is_ldif(text) {
        Format::Ldif
    } else if is_manage_bde(text) {
        Format::ManageBde
    } else if columns::has_table(text, names) {
        Format::PowerShellTable
    } else if let Some(format) = telling.max_by_key(|format| format.is_directory()) {
        format
    } else if listing::is_list(text, names) {
        Format::List
    } else if let Some(table) = Table::find(text, names) {
        table.format()
    } else if text
        .trim_start()
        .lines()
        .next()
        .is_some_and(|first| first.contains("BitLocker"))
    {
        Format::SaveText
    } else {
        Format::Text
    }
}

/// `{` and a name or nothing, or `[` and what may be an item: a GUID in braces or a time in brackets is no JSON.
fn begins_as_json(text: &str) -> bool {
    let text = text.trim_start();
    let inside = text.get(1..).map(str::trim_start).unwrap_or_default();
    match text.chars().next() {
        Some('{') => inside.starts_with(['"', '}']),
        Some('[') => inside.starts_with(['{', '[', '"', ']']),
        _ => false,
    }
}

fn json(text: &str) -> Format {
    let names = |names: &[&str]| names.iter().any(|name| text.contains(name));
    if names(&["\"KeyProtector\"", "\"KeyProtectorId\""]) {
        Format::PowerShellJson
    } else if names(&["\"@odata.", "\"createdDateTime\"", "bitlockerRecoveryKey"]) {
        Format::Graph
    } else {
        Format::Json
    }
}

fn is_ldif(text: &str) -> bool {
    let begins = |line: &str, start: &str| {
        line.get(..start.len())
            .is_some_and(|line| line.eq_ignore_ascii_case(start))
    };
    let mut lines = text
        .split('\n')
        .filter(|line| !line.is_empty() && !line.starts_with(['#', ' ']));
    lines
        .next()
        .is_some_and(|first| begins(first, "dn:") || begins(first, "version:") && lines.any(|line| begins(line, "dn:")))
}

fn is_manage_bde(text: &str) -> bool {
    let mut lines = text.split('\n');
    lines.any(|line| manage_bde::volume(line).is_some())
        && lines.any(|line| line.starts_with([' ', '\t']) && line.trim_end().ends_with('}') && line.contains('{'))
}

#[cfg(test)]
mod tests;
