//! What a reveal and an escrow decide by is proven up to the anchor: changed, it is refused. What they do not read may be
//! changed under them, and what they show is right all the same.

use std::collections::BTreeSet;

use rusqlite::Connection;
use rusqlite::types::Value;
use strongroom_core::tree::Node;

use crate::end_to_end::cells::DELETED;
use crate::end_to_end::cells::DOUBLED;
use crate::end_to_end::cells::Edit;
use crate::end_to_end::cells::SWAPPED;
use crate::end_to_end::full_vault::LaxFile;
use crate::end_to_end::full_vault::SHOWN;
use crate::end_to_end::full_vault::full_vault;
use crate::end_to_end::handed_in::csv;
use crate::end_to_end::handed_in::drop_key;
use crate::end_to_end::handed_in::enrol;
use crate::end_to_end::handed_in::seal;
use crate::end_to_end::handed_in::write_volume;
use crate::end_to_end::passwords::made;
use crate::end_to_end::site::KeptFile;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;
use crate::end_to_end::sweep::sweep_sample;

/// The vault that is edited, and what a reveal of the password that LAB-01 has, and an escrow of its next one, read.
struct Swept {
    site: Site,
    untouched: KeptFile,
    tpm: Vec<u8>,
    file: LaxFile,
    edits: Vec<Edit>,
    path: Path,
}

impl Swept {
    fn new() -> Self {
        let site = full_vault();
        let (untouched, tpm) = (site.keep_file(), site.keep_tpm());
        let (edits, path) = (Edit::all(&site.sqlite()), Path::read(&site.sqlite()));
        let file = LaxFile::of(&site);
        Self {
            site,
            untouched,
            tpm,
            file,
            edits,
            path,
        }
    }

    fn edits(&self, on_path: bool) -> Vec<&Edit> {
        let edits = self.edits.iter().filter(|edit| self.path.holds(edit) == on_path);
        edits.collect()
    }
}

#[test]
fn what_is_read_and_was_changed_is_refused() {
    let swept = Swept::new();
    let site = &swept.site;
    sweep("on the path", &swept.edits(true), 13, |edit| {
        let made_edit = swept.file.edit(site, |connection| edit.make(connection));
        if made_edit {
            let edited = site.keep_file();
            for (run, found) in [
                (
                    site.revealing(&swept.path.escrow_id),
                    !swept.path.hides_the_escrow(edit),
                ),
                (site.escrowing("LAB-01", &made(9)), !hides_the_volume(edit)),
            ] {
                // That something is not there cannot be proven; what is found is.
                if found {
                    run.output().refused(4, "");
                    assert!(site.keep_file() == edited, "it was written to");
                }
            }
        }
        made_edit
    });
    // Nor was the anchor.
    site.put_back(&swept.untouched);
    site.verify();
    assert_eq!(
        site.reveal(&swept.path.escrow_id)["recovery_password"],
        made(SHOWN).text.as_str()
    );
}

/// The same of the verbs of taking in: of a volume, and of the senders and their drops.
#[test]
fn what_taking_in_reads_and_was_changed_is_refused() {
    let swept = Swept::new();
    let site = &swept.site;
    let [sender, drop, image] = ["plant-3.sender", "plant-3.drop", "lab.img"].map(|name| site.beside(name));
    let [next, given] = ["next.drop", "given"].map(|name| site.beside(name));
    write_volume(&made(SHOWN), &image);
    seal(site, "--sender", &sender, 9, &next);
    let table = csv(&[(9, "LAB-01")]);
    let edits: Vec<&Edit> = swept
        .edits
        .iter()
        .filter(|edit| swept.path.holds(edit) || IS_OF_DROPS.contains(&edit.table.as_str()))
        .collect();
    sweep_sample("on the path of taking in", &edits, 40, |edit| {
        site.put_back_tpm(&swept.tpm);
        let made_edit = swept.file.edit(site, |connection| edit.make(connection));
        if made_edit {
            let edited = site.keep_file();
            let path = &swept.path;
            let of_volume = path.holds(edit) && !hides_the_volume(edit);
            let of_all = path.holds_for_all(edit);
            let of_senders = of_all || edit.table == "sender";
            for (run, found) in [
                (site.run(&["--json", "import", "-"]).stdin(table.as_str()), of_volume),
                (
                    site.run(&["--json", "prove"]).args([&image]),
                    path.holds(edit) && !path.hides_the_password(edit),
                ),
                (drop_key(site, &given), of_all),
                (enrol(site, "second", &given), of_senders),
                (site.run(&["--json", "drop", "revoke", "plant 3"]), of_senders),
                (site.run(&["--json", "import"]).args([&next]), of_senders),
                (
                    site.run(&["--json", "import"]).args([&drop]),
                    of_senders || (edit.table == "drop_event" && !hides_the_drop(edit)),
                ),
            ] {
                if found {
                    let refused = run.output().code(4);
                    assert!(!refused.stdout.contains(r#""outcome":"taken""#), "{refused:?}");
                    assert!(site.keep_file() == edited, "it was written to");
                    assert!(!given.exists(), "a secret was given");
                }
            }
        }
        made_edit
    });
    site.put_back(&swept.untouched);
    site.verify();
}

#[test]
fn what_is_not_read_makes_nothing_wrong() {
    let swept = Swept::new();
    let site = &swept.site;
    sweep("off the path", &swept.edits(false), 67, |edit| {
        site.put_back_tpm(&swept.tpm);
        let made_edit = swept.file.edit(site, |connection| edit.make(connection));
        if made_edit {
            let revealed = site.revealing(&swept.path.escrow_id).output();
            match revealed.code {
                0 => assert_eq!(revealed.json()["recovery_password"], made(SHOWN).text.as_str()),
                _ => drop(revealed.refused(4, "")),
            }
            let escrowed = site.escrowing("LAB-01", &made(9)).output();
            match escrowed.code {
                0 => assert_eq!(
                    site.reveal(&made(9).protector)["recovery_password"],
                    made(9).text.as_str()
                ),
                _ => drop(escrowed.refused(4, "")),
            }
        }
        made_edit
    });
}

/// What both verbs prove: the vault record, the volume's rows and its branch in the state tree, the last event, the right
/// edge of the log, and the newest checkpoint.
struct Path {
    escrow_id: String,
    /// The row of the escrow.
    number: i64,
    last_leaf: i64,
    last_checkpoint: i64,
    log_nodes: BTreeSet<i64>,
    /// Those that lead from the vault record to the state tree's root.
    vault_nodes: BTreeSet<i64>,
    state_nodes: BTreeSet<i64>,
}

/// What is read of senders alone.
const IS_OF_DROPS: [&str; 2] = ["drop_event", "sender"];

/// The volume of LAB-01, and its device, are the first.
const FIRST: Value = Value::Integer(1);

impl Path {
    fn read(connection: &Connection) -> Self {
        let number = |sql: &str| connection.query_row(sql, (), |row| row.get::<_, i64>(0)).unwrap();
        let shown = "SELECT lower(hex(escrow)), number FROM escrow WHERE volume = 1 AND state = 'exposed'";
        let (hex, shown): (String, i64) = connection
            .query_row(shown, (), |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        let last_leaf = number("SELECT max(leaf) FROM leaf");
        let (leaves, volumes) = (last_leaf + 1, number("SELECT count(*) FROM volume"));
        let vault_nodes = siblings(0, volumes + 1);
        let mut state_nodes = vault_nodes.clone();
        state_nodes.extend(siblings(1, volumes + 1));
        Self {
            escrow_id: hex,
            number: shown,
            last_leaf,
            last_checkpoint: number("SELECT max(number) FROM checkpoint"),
            log_nodes: siblings(last_leaf, leaves),
            vault_nodes,
            state_nodes,
        }
    }

    fn holds(&self, edit: &Edit) -> bool {
        let column = edit.column.as_deref().unwrap_or_default();
        let &Value::Integer(key) = &edit.row[0] else {
            return false;
        };
        match edit.table.as_str() {
            // Which row of one it is makes no difference.
            "vault" => edit.what != DOUBLED && column != "id",
            // In which order they came is the volume's, their numbers are not. A row more is one too many.
            "escrow" => edit.row[2] == FIRST && column != "number" && edit.what != SWAPPED,
            "volume" => edit.row[0] == FIRST && edit.what != DOUBLED,
            // By its folded name it is only looked for.
            "device" => edit.row[0] == FIRST && edit.what != DOUBLED && column != "folded",
            "leaf" => key == self.last_leaf && edit.what != DOUBLED,
            // Whether it left the vault is asked when older ones are thrown away.
            "checkpoint" => key == self.last_checkpoint && edit.what != DOUBLED && column != "handed_out",
            "log_node" => self.log_nodes.contains(&key) && edit.what != DOUBLED,
            "state_node" => self.state_nodes.contains(&key) && edit.what != DOUBLED,
            _ => false,
        }
    }

    /// Whether every verb that opens the vault proves it: all but what is of the volume.
    fn holds_for_all(&self, edit: &Edit) -> bool {
        let is_read = match (edit.table.as_str(), &edit.row[0]) {
            ("escrow" | "volume" | "device", _) => false,
            ("state_node", Value::Integer(node)) => self.vault_nodes.contains(node),
            _ => true,
        };
        is_read && self.holds(edit)
    }

    /// Whether the password of the protector that is asked for is not there any more, or not under it or elsewhere.
    fn hides_the_password(&self, edit: &Edit) -> bool {
        let column = edit.column.as_deref().unwrap_or_default();
        let is_its_row = edit.table == "escrow" && edit.row[0] == Value::Integer(self.number);
        is_its_row && (edit.what == DELETED || ["escrow", "protector", "volume"].contains(&column))
    }

    /// Whether the escrow that is asked for is not there any more, or not under its id.
    fn hides_the_escrow(&self, edit: &Edit) -> bool {
        edit.table == "escrow"
            && edit.row[0] == Value::Integer(self.number)
            && (edit.what == DELETED || edit.column.as_deref() == Some("escrow"))
    }
}

/// Whether the device seems to have no such volume, so that the escrow is that of a new one.
fn hides_the_volume(edit: &Edit) -> bool {
    let column = edit.column.as_deref().unwrap_or_default();
    let is_row = edit.what == DELETED || edit.what == SWAPPED;
    match edit.table.as_str() {
        "device" => is_row || column == "device",
        "volume" => is_row || ["volume", "device"].contains(&column),
        _ => false,
    }
}

/// Whether a drop seems never to have been taken in.
fn hides_the_drop(edit: &Edit) -> bool {
    edit.what == DELETED || edit.column.as_deref() == Some("digest")
}

/// The numbers of the nodes that are hashed together with a leaf on its way to the root (RFC 6962, section 2.1.1).
fn siblings(leaf: i64, size: i64) -> BTreeSet<i64> {
    let (mut low, mut high) = (0, size);
    let mut siblings = BTreeSet::new();
    while high - low > 1 {
        let middle = low + largest_power_of_two_below(high - low);
        if leaf < middle {
            siblings.extend(complete_subtrees(middle, high));
            high = middle;
        } else {
            siblings.extend(complete_subtrees(low, middle));
            low = middle;
        }
    }
    siblings
}

fn complete_subtrees(low: i64, high: i64) -> Vec<i64> {
    let (mut low, mut subtrees) = (low, Vec::new());
    while low < high {
        let leaves = largest_power_of_two_below(high - low + 1);
        let node = Node {
            level: leaves.trailing_zeros().try_into().unwrap(),
            index: (low / leaves).try_into().unwrap(),
        };
        subtrees.push(node.number().cast_signed());
        low += leaves;
    }
    subtrees
}

fn largest_power_of_two_below(number: i64) -> i64 {
    1 << (number - 1).ilog2()
}
