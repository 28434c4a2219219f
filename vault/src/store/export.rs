//! The log as a folder of files (C2SP tlog-tiles), for whoever has neither vault nor TPM.
//!
//! Tiles come first and the checkpoint last, so that a folder with a checkpoint is whole up to that. What an interrupted
//! export left is written again by the next.

use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
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

use crate::store::Alarm;
use crate::store::Snapshot;
use crate::store::StoreError;
use crate::store::nodes::Tree;
use crate::store::nodes::TreeTable;

/// A folder that holds an exported log, or nothing yet. Nobody else exports into it while this is there.
#[derive(Debug)]
pub struct ExportFolder {
    path: PathBuf,
    /// The folder itself, locked.
    folder: File,
    before: Option<Checkpoint>,
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
    /// It comes from outside, so what lies in it is looked at before it is used: nothing is written through a link.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be used, if it holds anything that an export does not write, and if another export into it is
    /// under way.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        match fs::create_dir(path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failure(path, error)),
            _ => {}
        }
        let folder = File::open(path).map_err(|error| failure(path, error))?;
        // A network's file system may know no lock on a folder; there nobody is kept out.
        if rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive) == Err(Errno::WOULDBLOCK) {
            return Err(StoreError::ExportBusy { path: path.to_owned() });
        }
        for entry in fs::read_dir(path).map_err(|error| failure(path, error))? {
            let entry = entry.map_err(|error| failure(path, error))?;
            let kind = entry.file_type().map_err(|error| failure(path, error))?;
            let name = entry.file_name();
            let ours = (name == TILES && kind.is_dir()) || ((name == CHECKPOINT || name == NEW) && kind.is_file());
            if !ours {
                return Err(foreign(path, &name.to_string_lossy()));
            }
        }
        Ok(Self {
            before: read_checkpoint(path)?,
            path: path.to_owned(),
            folder,
        })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many events the log in it has.
    pub fn size(&self) -> u64 {
        self.before.map_or(0, |before| before.size)
    }

    /// Puts a file in its place, whole.
    fn put(&self, name: &Path, bytes: &[u8], durable: bool) -> Result<(), StoreError> {
        let (new, place) = (self.path.join(NEW), self.path.join(name));
        let write = || {
            let mut file = match File::create_new(&new) {
                // What an interrupted export left.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    fs::remove_file(&new)?;
                    File::create_new(&new)
                }
                created => created,
            }?;
            file.write_all(bytes)?;
            if durable { file.sync_all() } else { Ok(()) }
        };
        write().map_err(|error| failure(&new, error))?;
        self.require_folders(name)?;
        fs::rename(&new, &place).map_err(|error| failure(&place, error))
    }

    /// That each folder on the way to a file is a real one, made where it is not there.
    fn require_folders(&self, name: &Path) -> Result<(), StoreError> {
        let mut folder = self.path.clone();
        for part in name.parent().into_iter().flat_map(Path::iter) {
            folder.push(part);
            let kind = match fs::symlink_metadata(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fs::create_dir(&folder).map_err(|error| failure(&folder, error))?;
                    continue;
                }
                found => found.map_err(|error| failure(&folder, error))?,
            };
            if !kind.is_dir() {
                return Err(foreign(&self.path, &name.to_string_lossy()));
            }
        }
        Ok(())
    }

    fn put_tile(&self, tile: Tile, bytes: &[u8]) -> Result<(), StoreError> {
        self.put(Path::new(&tile.to_string()), bytes, false)
    }

    /// Has the disk hold all that was written so far, and then the checkpoint.
    fn conclude(&self, note: &Note) -> Result<(), StoreError> {
        rustix::fs::syncfs(&self.folder).map_err(|error| failure(&self.path, error.into()))?;
        self.put(Path::new(CHECKPOINT), note.to_string().as_bytes(), true)?;
        self.folder.sync_all().map_err(|error| failure(&self.path, error))
    }
}

impl Snapshot<'_> {
    /// That the log in the folder is the beginning of this one, which has `size` events.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if it is another log, or has other events.
    pub fn require_extends(&self, folder: &ExportFolder, size: u64) -> Result<(), StoreError> {
        let Some(before) = folder.before else { return Ok(()) };
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

/// The checkpoint that an export before left, if there was one: a plain file, as the folder was just listed.
fn read_checkpoint(path: &Path) -> Result<Option<Checkpoint>, StoreError> {
    let file = path.join(CHECKPOINT);
    let mut text = String::new();
    let read = File::open(&file).and_then(|file| file.take(MAX_NOTE_LEN).read_to_string(&mut text));
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        // Not UTF-8: no checkpoint.
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(foreign(path, CHECKPOINT)),
        Err(error) => return Err(failure(&file, error)),
        Ok(_) => {}
    }
    let checkpoint = text.parse().ok().and_then(|note| Checkpoint::from_note(&note).ok());
    checkpoint.map(Some).ok_or_else(|| foreign(path, CHECKPOINT))
}

fn foreign(path: &Path, name: &str) -> StoreError {
    StoreError::NotAnExport {
        path: path.to_owned(),
        name: name.to_owned(),
    }
}

fn failure(path: &Path, source: io::Error) -> StoreError {
    StoreError::Export {
        path: path.to_owned(),
        source,
    }
}

const CHECKPOINT: &str = "checkpoint";
const TILES: &str = "tile";
const NEW: &str = ".new";
/// Two signatures take some 500 bytes.
const MAX_NOTE_LEN: u64 = 1 << 20;
