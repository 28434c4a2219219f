//! What somebody planted where only the vault and SQLite write: in the file's header, in its schema, in a log or a
//! journal beside it.

use std::fmt;
use std::fs;

use crate::end_to_end::held::Held;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::site::Site;
use crate::end_to_end::site::write_private;
use crate::end_to_end::sweep::sweep;

/// A bit of the header that SQLite keeps in the first bytes of its file.
struct HeaderBit {
    byte: usize,
    bit: u8,
}

impl fmt::Display for HeaderBit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bit {} of byte {}", self.bit, self.byte)
    }
}

/// Some bits mean nothing, such as those of a counter of changes; with any other the file is refused.
#[test]
fn a_changed_header_is_refused_or_means_nothing() {
    let held = Held::new();
    let bits = (0..HEADER).flat_map(|byte| (0..8).map(move |bit| HeaderBit { byte, bit }));
    sweep("header bits", &bits.collect::<Vec<_>>(), 23, |point| {
        let site = held.site.copied();
        let mut file = fs::read(site.file()).unwrap();
        file[point.byte] ^= 1 << point.bit;
        write_private(&site.file(), &file);
        let listed = site.run(&["--json", "list"]).output();
        assert_refused_or(&listed, |output| output.lines().len() == 2);
        let verified = site.run(&["--json", "audit", "verify"]).output();
        if !(verified.code == 4 && verified.stdout.contains("first_wrong")) {
            assert_refused_or(&verified, |output| output.json()["ok"] == true);
        }
        let revealed = site.revealing(&held.first.protector).output();
        assert_refused_or(&revealed, |output| {
            output.json()["recovery_password"] == held.first.text.as_str()
        });
        true
    });
}

/// It is refused with a word about the file, or does what it should.
#[track_caller]
fn assert_refused_or(output: &Output, is_right: impl Fn(&Output) -> bool) {
    if output.code == 0 {
        assert!(is_right(output), "{output:?}");
        return;
    }
    assert!([1, 4].contains(&output.code) && output.stdout.is_empty(), "{output:?}");
    let error = output.error();
    assert!(error["error"].as_str().unwrap().contains("file"), "{error}");
    assert_ne!(error["hint"], "please report this", "{error}");
}

/// What SQLite itself keeps in the schema, and what can be written there only by hand.
#[test]
fn a_schema_edited_by_hand_is_refused() {
    let held = Held::new();
    let refused = |sql: &str| {
        let site = held.site.copied();
        edit_schema(&site, sql);
        assert_stopped(&site, &held, sql);
    };
    refused("ANALYZE");
    refused("CREATE TABLE gone (n INTEGER PRIMARY KEY AUTOINCREMENT); DROP TABLE gone");
    refused("UPDATE sqlite_schema SET sql = replace(sql, ' CHECK (number > 0)', '') WHERE name = 'checkpoint'");
    refused("UPDATE sqlite_schema SET sql = replace(sql, ' UNIQUE', '') WHERE name = 'escrow'");
    refused("UPDATE sqlite_schema SET sql = replace(sql, ' STRICT', '') WHERE name = 'escrow'");
    refused("UPDATE sqlite_schema SET sql = NULL WHERE name = 'escrow_by_volume'");
    refused("DELETE FROM sqlite_schema WHERE name LIKE 'sqlite_autoindex_escrow_%'");
    refused("DELETE FROM sqlite_schema WHERE name = 'device_search_config'");
}

/// Every statement of the schema is ours, and one of them leads to the pages of another table. What a table does not
/// hold any more may be called absent, as where its rows are deleted: nothing proves absence but verify.
#[test]
fn a_table_that_leads_to_the_pages_of_another_is_found_out() {
    let held = Held::new();
    for (table, other) in [
        ("checkpoint", "leaf"),
        ("device", "volume"),
        ("escrow", "device"),
        ("leaf", "checkpoint"),
        ("log_node", "state_node"),
        ("state_node", "log_node"),
        ("vault", "volume"),
        ("volume", "device"),
    ] {
        let site = held.site.copied();
        edit_schema(
            &site,
            &format!(
                "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = '{other}') \
                 WHERE name = '{table}'"
            ),
        );
        site.run(&["--json", "audit", "verify"]).output().code(4);
        let revealed = site.revealing(&held.first.protector).output();
        assert!(
            [3, 4].contains(&revealed.code) && revealed.stdout.is_empty(),
            "{table}: {revealed:?}"
        );
        site.escrowing("LAB-01", &made(9)).output().refused(4, "");
    }
}

fn edit_schema(site: &Site, sql: &str) {
    let connection = site.sqlite();
    connection.pragma_update(None, "writable_schema", true).unwrap();
    let changed = format!("{sql}; PRAGMA schema_version = 4711");
    connection
        .execute_batch(&changed)
        .unwrap_or_else(|err| panic!("{sql}: {err}"));
}

/// SQLite reads what lies in the write-ahead log before what lies in the file.
#[test]
fn a_planted_write_ahead_log_is_as_good_as_an_edit() {
    let held = Held::new();
    held.site.reveal(&held.first.protector);
    let site = held.site.copied();
    let file = site.keep_file();
    let writer = site.sqlite();
    writer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    writer
        .execute("UPDATE escrow SET state = 'current' WHERE number = 1", ())
        .unwrap();
    let log = fs::read(site.vault().join(LOG)).unwrap();
    drop(writer);
    site.put_back(&file);
    write_private(&site.vault().join(LOG), &log);
    assert_stopped(&site, &held, "an edit in the log");
}

/// It was truly written by the vault, and belongs to an earlier commit than the file beside which it lies.
#[test]
fn the_write_ahead_log_of_an_earlier_commit_is_refused() {
    let held = Held::new();
    let site = &held.site;
    // Whoever else reads keeps the log from being folded into the file.
    let reader = site.sqlite();
    reader.execute_batch("BEGIN; SELECT count(*) FROM escrow").unwrap();
    site.escrow("HALL-03", &made(3));
    let log = fs::read(site.vault().join(LOG)).unwrap();
    assert!(!log.is_empty());
    drop(reader);
    site.reveal(&held.first.protector);
    site.escrow("HALL-03", &made(4));
    let newest = site.keep_file();
    write_private(&site.vault().join(LOG), &log);
    assert_stopped(site, &held, "the log of an earlier commit");
    site.put_back(&newest);
    site.verify();
}

/// SQLite takes a file back to what a journal beside it holds, as after a power cut.
#[test]
fn a_planted_journal_that_takes_the_file_back_is_found_out() {
    let held = Held::new();
    let site = &held.site;
    let older = fs::read(site.file()).unwrap();
    site.reveal(&held.first.protector);
    let newest = site.keep_file();
    for run in [
        site.revealing(&held.second.protector),
        site.escrowing("LAB-01", &made(3)),
        site.run(&["audit", "verify"]),
    ] {
        site.put_back(&newest);
        write_private(&site.vault().join(JOURNAL), &journal(&older));
        let output = run.output().code(4);
        let told = format!("{}{}", output.stdout, output.stderr);
        assert!(told.contains("rolled back"), "{output:?}");
    }
    // It was the journal that did it, and not a file that cannot be read.
    assert_eq!(fs::read(site.file()).unwrap()[HEADER..], older[HEADER..]);
    site.put_back(&newest);
    site.verify();
}

/// Nothing is shown and nothing is taken in, and verify ends with an alarm.
#[track_caller]
fn assert_stopped(site: &Site, held: &Held, what: &str) {
    let file = site.keep_file();
    for run in [
        site.revealing(&held.first.protector),
        site.escrowing("LAB-01", &made(9)),
    ] {
        site.put_back(&file);
        let output = run.output();
        assert_eq!((output.code, output.stdout.as_str()), (4, ""), "{what}: {output:?}");
    }
    site.put_back(&file);
    let output = site.run(&["--json", "audit", "verify"]).output();
    assert_eq!(output.code, 4, "{what}: {output:?}");
}

/// The journal of a file that was as `before` when its transaction began, all of whose pages that changed.
fn journal(before: &[u8]) -> Vec<u8> {
    let page_size = usize::from(u16::from_be_bytes([before[16], before[17]]));
    let pages = before.chunks(page_size);
    let mut journal = vec![0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
    let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    for field in [pages.len(), NONCE, pages.len(), SECTOR, page_size] {
        journal.extend(number(field));
    }
    journal.resize(SECTOR, 0);
    for (page, nth) in pages.zip(1..) {
        journal.extend(number(nth));
        journal.extend(page);
        // A sum over each 200th byte, from the end: <https://www.sqlite.org/fileformat2.html#the_rollback_journal>
        let sampled = (1..page_size).rev().skip(199).step_by(200);
        journal.extend(number(NONCE + sampled.map(|at| usize::from(page[at])).sum::<usize>()));
    }
    journal
}

const HEADER: usize = 100;
const JOURNAL: &str = "vault.db-journal";
const LOG: &str = "vault.db-wal";
const NONCE: usize = 4711;
const SECTOR: usize = 512;
