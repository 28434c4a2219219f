//! The log as a folder of files (C2SP tlog-tiles), for whoever has neither vault nor TPM.
//!
//! Tiles come first and the checkpoint last, so that a folder with a checkpoint is whole up to that. What an interrupted
//! export left is written again by the next.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;

use rustix::fs::FlockOperation;
use rustix::io::Errno;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::Note;
use strongroom_core::tiles;
use strongroom_core::tiles::Rows;
use strongroom_core::tiles::Tile;
use strongroom_core::tree;
use strongroom_core::tree::Frontier;
use strongroom_core::tree::Nodes;
use strongroom_files::{Entry, Folder, PathError, Readers, Seen};

use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::nodes::Tree;
use crate::store::nodes::TreeTable;

/// A folder that holds an exported log, or nothing yet. Nobody else exports into it while this is there.
#[derive(Debug)]
pub struct ExportFolder {
    path: PathBuf,
    folder: Folder,
    /// The folder itself, locked.
    locked: File,
    before: Option<Before>,
}

/// What an earlier export left.
#[derive(Debug)]
struct Before {
    checkpoint: Checkpoint,
    /// Its file.
    file: Seen,
}

/// What an export wrote.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Exported {
    /// Events that the folder did not hold before.
    pub events: u64,
    /// Files.
    pub files: u64,
}

impl ExportFolder {
    /// Opens the folder at `path`, and makes it where it is not there.
    ///
    /// It comes from outside: it is opened through the gate of `strongroom-files`, and what lies in it is looked at before
    /// it is used.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be used, if it holds anything that an export does not write, and if another export into it is
    /// under way.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let folder = Folder::open_or_make(path, Readers::Folder)?;
        let locked = folder.as_file()?;
        // A network's file system may know no lock on a folder; there nobody is kept out.
        if rustix::fs::flock(&locked, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK) {
            return Err(StoreError::ExportBusy { path: path.to_owned() });
        }
        let foreign_ones = |entry: &Entry| !is_expected(&folder, entry);
        if let Some(entry) = folder.entries(1, foreign_ones)?.first() {
            return Err(foreign(path, &entry.name.to_string_lossy()));
        }
        Ok(Self {
            before: read_checkpoint(&folder)?,
            path: path.to_owned(),
            folder,
            locked,
        })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many events the log in it has.
    pub fn size(&self) -> u64 {
        self.before.as_ref().map_or(0, |before| before.checkpoint.size)
    }

    /// Puts a tile in its place. One that is there already is left, if it holds the same.
    fn put_tile(&self, tile: Tile, bytes: &[u8]) -> Result<(), StoreError> {
        let place = tile.to_string();
        let not_ours = || foreign(&self.path, &place);
        let mut folder = self.folder.clone();
        let mut names: Vec<&str> = place.split('/').collect();
        let name = names.pop().unwrap_or_default();
        for part in names {
            folder = match folder.child_or_make(part, Readers::Folder) {
                Err(PathError::Link { .. } | PathError::NotAFolder { .. }) => return Err(not_ours()),
                child => child?,
            };
        }
        let Some(seen) = folder.look(name)? else {
            return Ok(folder.begin(Readers::Folder)?.finish(bytes, &folder, name)?);
        };
        if !seen.is_plain || seen.names != 1 {
            return Err(not_ours());
        }
        let mut there = Vec::new();
        let most = u64::try_from(bytes.len()).unwrap_or(u64::MAX).saturating_add(1);
        let read = folder.read(name)?.take(most).read_to_end(&mut there);
        read.map_err(|error| PathError::io(&folder.place(name), error))?;
        if there == bytes {
            return Ok(());
        }
        if !is_torn(&there, bytes) {
            return Err(not_ours());
        }
        Ok(folder.begin(Readers::Folder)?.finish_over(bytes, name, &seen)?)
    }

    /// Has the disk hold all that was written so far, and then the checkpoint.
    fn conclude(&self, note: &Note) -> Result<(), StoreError> {
        rustix::fs::syncfs(&self.locked).map_err(|error| PathError::io(&self.path, error))?;
        let note = note.to_string();
        // Dying before this leaves a folder that is whole up to its old checkpoint; after it, one that is whole up to this.
        let put = match &self.before {
            Some(before) => self.folder.replace(CHECKPOINT, &before.file, note.as_bytes()),
            None => self.folder.write_new(CHECKPOINT, note.as_bytes(), Readers::Folder),
        };
        Ok(put?)
    }
}

/// Whether this is what an export leaves: its files, and the hidden ones of an export that was killed.
fn is_expected(folder: &Folder, entry: &Entry) -> bool {
    let is_plain = || matches!(folder.look(&entry.name), Ok(Some(seen)) if seen.is_plain);
    match entry.name.to_str() {
        Some(TILES) => entry.is_folder,
        Some(CHECKPOINT | OLDER_NEW) => is_plain(),
        Some(name) => name.starts_with(HIDDEN) && is_plain(),
        None => false,
    }
}

/// Whether a file holds what a power cut leaves of these bytes: their beginning, and then zeros or nothing.
fn is_torn(there: &[u8], bytes: &[u8]) -> bool {
    let same = there.iter().zip(bytes).take_while(|(one, other)| one == other).count();
    there.len() <= bytes.len() && there.iter().skip(same).all(|byte| *byte == 0)
}

impl Snapshot<'_> {
    /// That the log in the folder is the beginning of this one, which has `size` events.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if it is another log, or has other events.
    pub fn require_extends(&self, folder: &ExportFolder, size: u64) -> Result<(), StoreError> {
        let Some(Before { checkpoint: before, .. }) = &folder.before else {
            return Ok(());
        };
        let nodes = TreeTable::new(&self.transaction, Tree::Log);
        if before.size <= size && tree::root(&nodes, before.size)? == before.root {
            return Ok(());
        }
        Err(StoreError::ExportDiffers {
            path: folder.path.clone(),
            size: before.size,
        })
    }

    /// Writes what the folder lacks of the log up to `checkpoint`, and then its note. `done` is told how many more events
    /// are written.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be written, and with an alarm if the leaves do not lead to the checkpoint.
    pub fn export(
        &self,
        folder: &ExportFolder,
        note: &Note,
        checkpoint: &Checkpoint,
        mut done: impl FnMut(u64),
    ) -> Result<Exported, StoreError> {
        let before = folder.size();
        let files = self.export_leaves(folder, checkpoint, &mut done)? + self.export_hashes(folder, checkpoint.size)?;
        folder.conclude(note)?;
        Ok(Exported {
            events: checkpoint.size - before,
            files: files + 1,
        })
    }

    /// The entries and, of the same leaves, the tiles of level 0.
    fn export_leaves(
        &self,
        folder: &ExportFolder,
        checkpoint: &Checkpoint,
        done: &mut impl FnMut(u64),
    ) -> Result<u64, StoreError> {
        let mut tiles = Rows::Entries.tiles(folder.size(), checkpoint.size).peekable();
        let start = tiles.peek().map_or(checkpoint.size, |tile| tile.start());
        let mut edge = Frontier::read(&TreeTable::new(&self.transaction, Tree::Log), start)?;
        let (mut bundle, mut hashes, mut files) = (Vec::new(), Vec::new(), 0);
        self.leaves_from(start, |index, leaf| {
            if index != edge.size() {
                return Err(Alarm::tampered(format!("leaf {} is missing", edge.size())).into());
            }
            let Some(tile) = tiles.peek().copied() else {
                return Ok(false);
            };
            tiles::put_entry(&mut bundle, &leaf);
            let hash = leaf.hash();
            edge.append(hash);
            hashes.extend_from_slice(hash.as_bytes());
            if edge.size() == tile.end() {
                folder.put_tile(tile, &bundle)?;
                let rows = Rows::Hashes { level: 0 };
                folder.put_tile(Tile { rows, ..tile }, &hashes)?;
                (files, bundle, hashes) = (files + 2, Vec::new(), Vec::new());
                done(tile.width);
                tiles.next();
            }
            Ok::<_, StoreError>(tiles.peek().is_some())
        })?;
        if edge.size() == checkpoint.size && edge.root() == checkpoint.root {
            return Ok(files);
        }
        Err(Alarm::tampered("the log's leaves do not lead to its checkpoint").into())
    }

    /// The tiles above level 0, by the hashes that the file keeps.
    fn export_hashes(&self, folder: &ExportFolder, size: u64) -> Result<u64, StoreError> {
        let nodes = TreeTable::new(&self.transaction, Tree::Log);
        let mut files = 0;
        for tile in tiles::levels(size)
            .skip(1)
            .flat_map(|rows| rows.tiles(folder.size(), size))
        {
            let mut hashes = Vec::new();
            for node in tile.nodes() {
                let hash = nodes.node(node)?;
                let missing = || Alarm::tampered(format!("node {} of level {} is missing", node.index, node.level));
                hashes.extend_from_slice(hash.ok_or_else(missing)?.as_bytes());
            }
            folder.put_tile(tile, &hashes)?;
            files += 1;
        }
        Ok(files)
    }
}

/// The checkpoint that an export before left, if there was one.
fn read_checkpoint(folder: &Folder) -> Result<Option<Before>, StoreError> {
    let Some(file) = folder.look(CHECKPOINT)? else {
        return Ok(None);
    };
    let mut text = Vec::new();
    let read = folder.read(CHECKPOINT)?.take(MAX_NOTE_LEN).read_to_end(&mut text);
    read.map_err(|error| PathError::io(&folder.place(CHECKPOINT), error))?;
    let text = str::from_utf8(&text).ok();
    let note: Option<Note> = text.and_then(|text| text.parse().ok());
    let checkpoint = note.and_then(|note| Checkpoint::from_note(&note).ok());
    let before = checkpoint.map(|checkpoint| Before { checkpoint, file });
    before.map(Some).ok_or_else(|| foreign(folder.path(), CHECKPOINT))
}

fn foreign(path: &Path, name: &str) -> StoreError {
    StoreError::NotAnExport {
        path: path.to_owned(),
        name: name.to_owned(),
    }
}

const CHECKPOINT: &str = "checkpoint";
const TILES: &str = "tile";
/// How earlier versions called a file while they wrote it.
const OLDER_NEW: &str = ".new";
/// How files are called while they are written.
const HIDDEN: &str = ".strongroom-";
/// Two signatures take some 500 bytes.
const MAX_NOTE_LEN: u64 = 1 << 20;
