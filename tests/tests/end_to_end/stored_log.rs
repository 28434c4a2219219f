//! The log of a busy vault as its file has it, read by `sqlite3` and not by us.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::LazyLock;

use data_encoding::HEXLOWER;
use serde_json::Value;
use serde_json::json;
use strongroom_core::crypto::Digest;
use strongroom_core::tree;
use strongroom_core::tree::Node;
use strongroom_core::tree::Nodes;

use crate::end_to_end::passwords::made;
use crate::end_to_end::site::Site;
use crate::end_to_end::sqlite_shell::ask;

/// One vault for all who check it: nobody changes what was read.
pub(crate) static LOG: LazyLock<StoredLog> = LazyLock::new(StoredLog::of_a_busy_vault);

/// A log, its last checkpoint and its verifier key.
pub(crate) struct StoredLog {
    /// As `init` printed it.
    key: String,
    /// The signed note.
    checkpoint: String,
    leaves: Vec<String>,
    nodes: StoredNodes,
}

impl StoredLog {
    fn of_a_busy_vault() -> Self {
        let site = Site::empty();
        let key = site.init(&["--tpm", "simulator", "--no-pin"])["log_key"].clone();
        for number in 1..=18 {
            site.escrow(&format!("LAB-{:02}", number % 7), &made(number));
        }
        for number in 10..=15 {
            site.reveal(made(number).key_id());
        }
        for number in 12..=14 {
            let (made, note) = (made(number), "wiped & sold, \u{201c}as is\u{201d}");
            let reason = ["--reason", "volume-erased", "--note", note];
            site.json(&[&["rotation", "waive", made.key_id()], &reason[..]].concat());
        }
        let log = Self {
            key: key.as_str().unwrap().to_owned(),
            checkpoint: ask(&site.file(), "SELECT note FROM checkpoint ORDER BY number DESC LIMIT 1"),
            leaves: ask(&site.file(), "SELECT event FROM leaf ORDER BY leaf")
                .lines()
                .map(str::to_owned)
                .collect(),
            nodes: StoredNodes::read(&ask(&site.file(), "SELECT node, lower(hex(hash)) FROM log_node")),
        };
        assert!(
            log.leaves.len() > 24 && !log.leaves.len().is_power_of_two(),
            "{} leaves",
            log.leaves.len()
        );
        log
    }

    pub(crate) fn leaves(&self) -> &[String] {
        &self.leaves
    }

    /// Sizes that the log has had, from 0.
    pub(crate) fn sizes(&self) -> impl Iterator<Item = u64> {
        0..=u64::try_from(self.leaves.len()).unwrap()
    }

    /// The size and root that the checkpoint names.
    pub(crate) fn checkpoint(&self) -> (&str, &str) {
        let mut lines = self.checkpoint.lines().skip(1);
        (lines.next().unwrap(), lines.next().unwrap())
    }

    /// The root that our code finds in the stored nodes.
    pub(crate) fn root(&self, size: u64) -> Digest {
        tree::root(&self.nodes, size).unwrap()
    }

    /// The proof that our code makes of the stored nodes.
    pub(crate) fn inclusion(&self, index: u64, size: u64) -> Vec<Digest> {
        tree::inclusion_proof(&self.nodes, index, size).unwrap()
    }

    /// All of it, as the programs in `tests/checkers` read it.
    pub(crate) fn to_json(&self) -> Value {
        let hex = |digest: Digest| HEXLOWER.encode(digest.as_bytes());
        let proof = |index, size| -> Vec<_> { self.inclusion(index, size).into_iter().map(hex).collect() };
        let roots: Vec<_> = self.sizes().map(|size| hex(self.root(size))).collect();
        let inclusion: Vec<Vec<_>> = self
            .sizes()
            .map(|size| (0..size).map(|index| proof(index, size)).collect())
            .collect();
        json!({
            "key": self.key,
            "checkpoint": self.checkpoint,
            "leaves": self.leaves,
            "roots": roots,
            "inclusion": inclusion,
        })
    }
}

/// The table `log_node`.
struct StoredNodes(BTreeMap<u64, Digest>);

impl StoredNodes {
    fn read(rows: &str) -> Self {
        let row = |row: &str| {
            let (node, hash) = row.split_once('|').unwrap();
            let hash = HEXLOWER.decode(hash.as_bytes()).unwrap();
            (node.parse().unwrap(), Digest::new(hash.try_into().unwrap()))
        };
        Self(rows.lines().map(row).collect())
    }
}

impl Nodes for StoredNodes {
    type Error = Infallible;

    fn node(&self, node: Node) -> Result<Option<Digest>, Infallible> {
        Ok(self.0.get(&node.number()).copied())
    }
}
