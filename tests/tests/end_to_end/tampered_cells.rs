//! Every cell of every table changed, every row deleted, doubled and swapped: `audit verify` names what is wrong.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::ErrorKind;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::verify;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::end_to_end::cells::Edit;
use crate::end_to_end::full_vault::LaxFile;
use crate::end_to_end::full_vault::full_vault;
use crate::end_to_end::full_vault::strings;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;

#[test]
fn a_changed_row_is_named_by_verify() {
    let site = full_vault();
    let edits = Edit::all(&site.sqlite());
    let names = device_names(&site.sqlite());
    let file = LaxFile::of(&site);
    assert!(file.edit(&site, |_| Ok(())));
    assert_eq!(first_wrong(&site.vault()), None);
    sweep("a changed row", &edits, 7, |edit| {
        let made = file.edit(&site, |connection| edit.make(connection));
        if made {
            let words = words(edit);
            let wrong = match is_of_refusals(edit) {
                true => wrong_by_the_keyring(&site.vault()),
                false => first_wrong(&site.vault()),
            };
            match wrong {
                Some(wrong) => assert!(words.iter().any(|word| wrong.contains(word)), "{edit}: {wrong}"),
                None => assert_decides_nothing(&site, edit, &names),
            }
        }
        made
    });
    sweep("a changed row, by the program", &edits, 89, |edit| {
        let made = file.edit(&site, |connection| edit.make(connection));
        if made && !may_decide_nothing(edit) && !is_of_refusals(edit) {
            let output = site.bare(&["--json", "audit", "verify", "--no-tpm"]).output().code(4);
            let told = format!("{}{}", output.stdout, output.stderr);
            assert!(words(edit).iter().any(|word| told.contains(word)), "{edit}: {output:?}");
        }
        made
    });
}

/// What is wrong with a vault file by `audit verify --no-tpm`, in this process: it is run thousands of times.
pub(crate) fn first_wrong(vault: &Path) -> Option<String> {
    wrong(vault, Depth::File)
}

/// The same by `audit verify` with the TPM, which opens the keyring.
fn wrong_by_the_keyring(vault: &Path) -> Option<String> {
    wrong(vault, Depth::Tpm { pin: None })
}

fn wrong(vault: &Path, depth: Depth<'_>) -> Option<String> {
    match verify(vault, Duration::from_secs(60), depth, |_| {}) {
        Ok(verified) => verified.first_wrong.map(|alarm| alarm.to_string()),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
            Some(error.to_string())
        }
    }
}

/// How `audit verify` may call what is wrong with a table. A table that is not named here is called by its own name.
fn words(edit: &Edit) -> Vec<String> {
    let words: &[&str] = match edit.table.as_str() {
        "leaf" => &["leaf", "log"],
        "log_node" => &["log tree"],
        "state_node" => &["state tree"],
        "device" => &["device", "volume"],
        "drop_event" => &["drop"],
        "vault" => &["vault record", "keyring", "sealed object", "signing key"],
        "signing_key" => &["signing key", "signing_key"],
        "refusal" | "refusal_mac" => &["refusal"],
        table if table.starts_with("device_search_") => &["search"],
        table => &[table],
    };
    // Where a row is none that the schema allows, SQLite names it.
    let by_sqlite = [format!("failed in {}", edit.table), format!("value in {}.", edit.table)];
    words.iter().map(|word| (*word).to_owned()).chain(by_sqlite).collect()
}

/// That what verify does not see changes nothing that anybody is told.
#[track_caller]
fn assert_decides_nothing(site: &Site, edit: &Edit, names: &BTreeSet<String>) {
    assert!(may_decide_nothing(edit), "{edit}: not seen");
    let inventory = || Inventory::open(&site.vault()).unwrap();
    for name in names {
        let characters: Vec<char> = name.chars().collect();
        for piece in characters.windows(3).map(String::from_iter) {
            let found = inventory().list(&Filter::DeviceText(piece.clone()), &Page::default());
            let items = found.unwrap().items.into_iter();
            let found: BTreeSet<_> = items
                .map(|item| item.volume.device.unwrap().folded().to_owned())
                .collect();
            let expected: BTreeSet<_> = names.iter().filter(|name| name.contains(&piece)).cloned().collect();
            assert_eq!(found, expected, "{edit}: {piece}");
        }
    }
}

fn device_names(connection: &Connection) -> BTreeSet<String> {
    let names: BTreeSet<_> = strings(connection, "SELECT folded FROM device").into_iter().collect();
    assert!(names.len() > 3, "{names:?}");
    names
}

/// Whether verify need not see everything in a table. How the search index is laid out inside, and what it would rank by,
/// is nobody's business as long as it finds what it should.
fn may_decide_nothing(edit: &Edit) -> bool {
    edit.table.starts_with("device_search_")
}

/// Whether the table holds counts of refusals, which stand in no event until their hour is over: the keyring vouches for
/// them.
fn is_of_refusals(edit: &Edit) -> bool {
    edit.table.starts_with("refusal")
}
