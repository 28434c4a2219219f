//! The two trees' hashes in the file.

use rusqlite::Connection;
use rusqlite::OptionalExtension;
use strongroom_core::crypto::Digest;
use strongroom_core::tree::Node;
use strongroom_core::tree::Nodes;

use crate::store::StoreError;

/// The nodes of one of the two trees.
pub(super) struct TreeTable<'c> {
    connection: &'c Connection,
    tree: Tree,
}

/// Which tree.
#[derive(Clone, Copy)]
pub(super) enum Tree {
    Log,
    State,
}

impl<'c> TreeTable<'c> {
    pub(super) const fn new(connection: &'c Connection, tree: Tree) -> Self {
        Self { connection, tree }
    }

    /// Puts hashes in their place.
    pub(super) fn write(&self, nodes: impl IntoIterator<Item = (Node, Digest)>) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(match self.tree {
            Tree::Log => "INSERT INTO log_node (node, hash) VALUES (?1, ?2)",
            Tree::State => "INSERT OR REPLACE INTO state_node (node, hash) VALUES (?1, ?2)",
        })?;
        let mut nodes: Vec<_> = nodes.into_iter().map(|(node, hash)| (node.number(), hash)).collect();
        // In the order of the table, whose pages are then filled one after the other.
        nodes.sort_unstable_by_key(|(number, _)| *number);
        for (number, hash) in nodes {
            statement.execute((number.cast_signed(), hash.as_bytes()))?;
        }
        Ok(())
    }

    /// How many hashes there are.
    pub(super) fn count(&self) -> rusqlite::Result<u64> {
        let sql = match self.tree {
            Tree::Log => "SELECT count(*) FROM log_node",
            Tree::State => "SELECT count(*) FROM state_node",
        };
        self.connection.query_row(sql, (), |row| row.get(0))
    }
}

impl Nodes for TreeTable<'_> {
    type Error = StoreError;

    fn node(&self, node: Node) -> Result<Option<Digest>, StoreError> {
        let mut statement = self.connection.prepare_cached(match self.tree {
            Tree::Log => "SELECT hash FROM log_node WHERE node = ?1",
            Tree::State => "SELECT hash FROM state_node WHERE node = ?1",
        })?;
        let hash: Option<[u8; 32]> = statement
            .query_row([node.number().cast_signed()], |row| row.get(0))
            .optional()?;
        Ok(hash.map(Digest::new))
    }
}
