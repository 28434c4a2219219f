//! Parts of an older file in the newest one, each as it truly stood: rows, both trees, leaves, checkpoint.

use std::fmt;
use std::fs;

use rusqlite::Connection;

use crate::end_to_end::held::Held;
use crate::end_to_end::passwords::made;
use crate::end_to_end::site::KeptFile;
use crate::end_to_end::sweep::sweep;

/// What puts a part back from the older file, attached as `old`. `revealed` is the file right after the reveal, so that
/// the nodes that differ between the two are the branch of the volume alone.
const PARTS: [(&str, &str); 6] = [
    (
        "the volume's rows",
        "DELETE FROM main.escrow WHERE volume = 1;
         INSERT INTO main.escrow SELECT * FROM old.escrow WHERE volume = 1;
         DELETE FROM main.volume WHERE volume = 1;
         INSERT INTO main.volume SELECT * FROM old.volume WHERE volume = 1",
    ),
    (
        "the volume's branch",
        "INSERT OR REPLACE INTO main.state_node
             SELECT * FROM old.state_node EXCEPT SELECT * FROM revealed.state_node",
    ),
    (
        "the state tree",
        "DELETE FROM main.state_node; INSERT INTO main.state_node SELECT * FROM old.state_node",
    ),
    (
        "the leaves",
        "DELETE FROM main.leaf; INSERT INTO main.leaf SELECT * FROM old.leaf",
    ),
    (
        "the log's tree",
        "DELETE FROM main.log_node; INSERT INTO main.log_node SELECT * FROM old.log_node",
    ),
    (
        "the checkpoints",
        "DELETE FROM main.checkpoint; INSERT INTO main.checkpoint SELECT * FROM old.checkpoint",
    ),
];

/// Some of the parts, by their bits.
struct Mixture(usize);

impl Mixture {
    fn parts(&self) -> impl Iterator<Item = &(&'static str, &'static str)> {
        let is_in = |at: usize| self.0 >> at & 1 == 1;
        PARTS
            .iter()
            .enumerate()
            .filter(move |(at, _)| is_in(*at))
            .map(|(_, part)| part)
    }

    fn all() -> Vec<Self> {
        (1..1 << PARTS.len()).map(Self).collect()
    }

    #[track_caller]
    fn make(&self, connection: &Connection) {
        for (part, sql) in self.parts() {
            connection
                .execute_batch(sql)
                .unwrap_or_else(|error| panic!("{part}: {error}"));
        }
    }
}

impl fmt::Display for Mixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.parts().map(|(name, _)| *name).collect();
        f.write_str(&names.join(", "))
    }
}

/// A password that was revealed is not made an unrevealed one again by what truly stood in the file before.
#[test]
fn older_parts_in_a_newer_file_are_refused() {
    let held = Held::new();
    let site = &held.site;
    let keep = |name: &str, kept: &KeptFile| {
        let current = site.keep_file();
        site.put_back(kept);
        fs::copy(site.file(), site.beside(name)).unwrap();
        site.put_back(&current);
    };
    keep("old", &site.keep_file());
    site.reveal(&held.first.protector);
    keep("revealed", &site.keep_file());
    site.escrow("HALL-03", &made(3));
    site.reveal(&held.second.protector);
    let newest = site.keep_file();
    let attach = format!(
        "ATTACH '{}' AS old; ATTACH '{}' AS revealed",
        site.beside("old").display(),
        site.beside("revealed").display()
    );

    sweep("older parts", &Mixture::all(), 5, |mixture| {
        site.put_back(&newest);
        let connection = site.sqlite();
        connection.execute_batch(&attach).unwrap();
        mixture.make(&connection);
        drop(connection);
        let mixed = site.keep_file();
        assert!(mixed != newest, "nothing was put back");
        for run in [
            site.revealing(&held.first.protector),
            site.escrowing("LAB-01", &made(4)),
        ] {
            run.output().refused(4, "");
            assert!(site.keep_file() == mixed, "it was written to");
        }
        true
    });
    // The TPM remembers what it did.
    site.put_back(&newest);
    held.assert_nothing_missing(site);
}
