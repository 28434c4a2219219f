//! An exported log, from its files.

use std::path::Path;

use strongroom_core::audit::Verification;
use strongroom_core::crypto::Digest;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::VerifierKey;
use strongroom_core::tiles::HEIGHT;
use strongroom_core::tiles::Rows;
use strongroom_core::tiles::Tile;
use strongroom_core::tiles::WIDTH;
use strongroom_core::tiles::entries;
use strongroom_core::tree::Node;

use crate::Error;
use crate::Progress;
use crate::Verified;
use crate::folder;
use crate::folder::LogFolder;

/// Checks the log in `path`: every file that its checkpoint asks for is there, and is what the events make it.
pub(crate) fn export(
    path: &Path,
    keys: &[VerifierKey],
    since: Option<&Path>,
    progress: impl FnOnce(u64) -> Progress,
) -> Result<Verified, Error> {
    let folder = LogFolder(path);
    let earlier = since.map(folder::note).transpose()?;
    let since = earlier.as_ref().and_then(|note| Checkpoint::from_note(note).ok());
    let mut verification = Verification::begin(folder.checkpoint()?, keys.to_vec(), earlier)?;
    let size = verification.size();
    let mut hashes = HashTiles::new(&folder, size);
    let mut progress = progress(size);
    for tile in Rows::Entries.tiles(0, size) {
        take(&folder, tile, &mut verification, &mut hashes)?;
        progress.advance(tile.width);
    }
    progress.end();
    hashes.finish()?;
    Ok(Verified::log(verification.finish()?, since))
}

/// Takes the leaves of one bundle.
fn take(
    folder: &LogFolder<'_>,
    tile: Tile,
    verification: &mut Verification,
    hashes: &mut HashTiles<'_>,
) -> Result<(), Error> {
    let bundle = folder.tile(tile)?;
    let mut taken = 0;
    for leaf in entries(&bundle) {
        let leaf = leaf.map_err(|source| Error::Entries {
            path: folder.path(tile),
            source,
        })?;
        taken += 1;
        if taken > tile.width {
            break;
        }
        for (node, hash) in verification.take(&leaf)?.nodes {
            hashes.take(node, hash)?;
        }
    }
    if taken == tile.width {
        return Ok(());
    }
    Err(Error::Tile {
        path: folder.path(tile),
    })
}

/// The tiles of hashes, each held against what the leaves make it as soon as it is full.
struct HashTiles<'f> {
    folder: &'f LogFolder<'f>,
    size: u64,
    /// What the leaves made so far of the tile at the right edge, for each level.
    levels: Vec<(u64, Vec<u8>)>,
}

impl<'f> HashTiles<'f> {
    const fn new(folder: &'f LogFolder<'f>, size: u64) -> Self {
        Self {
            folder,
            size,
            levels: Vec::new(),
        }
    }

    /// Takes a node that was completed.
    fn take(&mut self, node: Node, hash: Digest) -> Result<(), Error> {
        if !node.level.is_multiple_of(HEIGHT) {
            return Ok(());
        }
        let level = node.level / HEIGHT;
        if self.levels.len() <= usize::from(level) {
            self.levels.push((0, Vec::new()));
        }
        let Some((count, bytes)) = self.levels.get_mut(usize::from(level)) else {
            return Ok(());
        };
        *count += 1;
        bytes.extend_from_slice(hash.as_bytes());
        if count.is_multiple_of(WIDTH) {
            let (count, bytes) = (*count, std::mem::take(bytes));
            self.compare(level, count, &bytes)?;
        }
        Ok(())
    }

    /// Compares what stands at the right edge.
    fn finish(&self) -> Result<(), Error> {
        for (level, (count, bytes)) in (0..).zip(&self.levels) {
            if !bytes.is_empty() {
                self.compare(level, *count, bytes)?;
            }
        }
        Ok(())
    }

    /// Compares the last tile of a level that has `count` hashes so far.
    fn compare(&self, level: u8, count: u64, bytes: &[u8]) -> Result<(), Error> {
        let index = count.saturating_sub(1) / WIDTH;
        let tile = Rows::Hashes { level }.tile(index, self.size);
        match tile {
            Some(tile) if self.folder.tile(tile)? != bytes => Err(Error::Tile {
                path: self.folder.path(tile),
            }),
            _ => Ok(()),
        }
    }
}
