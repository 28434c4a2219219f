//! What a disk holds after a power cut: what was synced for certain, and of the rest as much as chance wants.
//!
//! The strictest disk that POSIX allows: a file's bytes are there when the file was synced, a name when its folder was.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// Something that a program does to its files. Paths are absolute.
#[derive(Clone, Debug)]
pub(crate) enum Effect {
    MakeFolder(PathBuf),
    /// Opened for writing: made where it was not there, emptied where that was asked for.
    Open {
        path: PathBuf,
        empty: bool,
    },
    Write {
        path: PathBuf,
        at: usize,
        bytes: Vec<u8>,
    },
    Resize {
        path: PathBuf,
        len: usize,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove(PathBuf),
    /// Of a file or of a folder.
    Sync(PathBuf),
    /// This of the answer is out.
    Answer(Vec<u8>),
}

/// What survives of what nobody has synced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Unsynced {
    /// All of it: only the power of the program was cut.
    Kept,
    /// Some of it, by chance: names up to one of them, and any of the writes.
    Some(u64),
    Lost,
}

/// The files and folders below a root, as programs see them and as the disk has them.
#[derive(Clone, Debug, Default)]
pub(crate) struct DiskModel {
    files: Vec<Contents>,
    /// What lies where: a file by its number, or a folder.
    seen: Names,
    durable: Names,
    /// Changes of names that no folder's sync has made durable, in order.
    unsynced: Vec<(PathBuf, Option<Entry>)>,
}

type Names = BTreeMap<PathBuf, Entry>;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Entry {
    File(usize),
    Folder,
}

#[derive(Clone, Debug, Default)]
struct Contents {
    seen: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Resize(usize),
}

impl DiskModel {
    /// What lies below `root` now, all of it durable.
    pub(crate) fn of(root: &Path) -> Self {
        let mut model = Self::default();
        model.seen.insert(root.to_owned(), Entry::Folder);
        model.take_in(root);
        model.durable = model.seen.clone();
        model
    }

    fn take_in(&mut self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                self.seen.insert(path.clone(), Entry::Folder);
                self.take_in(&path);
            } else {
                let bytes = fs::read(&path).unwrap();
                self.seen.insert(path, Entry::File(self.files.len()));
                self.files.push(Contents {
                    seen: bytes.clone(),
                    durable: bytes,
                    unsynced: Vec::new(),
                });
            }
        }
    }

    pub(crate) fn apply(&mut self, effect: &Effect) {
        match effect {
            Effect::Answer(_) => {}
            Effect::MakeFolder(path) => self.name(path, Some(Entry::Folder)),
            Effect::Open { path, empty } => {
                if self.file(path).is_none() {
                    self.name(path, Some(Entry::File(self.files.len())));
                    self.files.push(Contents::default());
                } else if *empty {
                    self.change(path, Change::Resize(0));
                }
            }
            Effect::Write { path, at, bytes } => self.change(path, Change::Write(*at, bytes.clone())),
            Effect::Resize { path, len } => self.change(path, Change::Resize(*len)),
            Effect::Rename { from, to } => {
                let entry = self.seen[from];
                self.name(to, Some(entry));
                self.name(from, None);
            }
            Effect::Remove(path) => self.name(path, None),
            Effect::Sync(path) => self.sync(path),
        }
    }

    fn file(&mut self, path: &Path) -> Option<&mut Contents> {
        match self.seen.get(path) {
            Some(Entry::File(number)) => self.files.get_mut(*number),
            _ => None,
        }
    }

    fn change(&mut self, path: &Path, change: Change) {
        let file = self
            .file(path)
            .unwrap_or_else(|| panic!("{} is not open", path.display()));
        change.apply(&mut file.seen);
        file.unsynced.push(change);
    }

    fn name(&mut self, path: &Path, entry: Option<Entry>) {
        put(&mut self.seen, path, entry);
        self.unsynced.push((path.to_owned(), entry));
    }

    fn sync(&mut self, path: &Path) {
        if let Some(file) = self.file(path) {
            file.durable = file.seen.clone();
            file.unsynced.clear();
            return;
        }
        let (here, elsewhere) = std::mem::take(&mut self.unsynced)
            .into_iter()
            .partition(|(name, _)| name.parent() == Some(path));
        self.unsynced = elsewhere;
        let here: Vec<_> = here;
        for (name, entry) in here {
            put(&mut self.durable, &name, entry);
        }
    }

    /// Writes what is left of the folder `from` after a power cut into the empty folder `to`.
    pub(crate) fn write_out(&self, from: &Path, to: &Path, unsynced: Unsynced) {
        let (names, mut chance) = match unsynced {
            Unsynced::Kept => (self.seen.clone(), Chance(0)),
            Unsynced::Lost => (self.durable.clone(), Chance(0)),
            Unsynced::Some(seed) => {
                let mut chance = Chance(seed);
                let kept = chance.below(self.unsynced.len() + 1);
                let mut names = self.durable.clone();
                for (name, entry) in &self.unsynced[..kept] {
                    put(&mut names, name, *entry);
                }
                (names, chance)
            }
        };
        for (path, entry) in &names {
            let Ok(below) = path.strip_prefix(from) else { continue };
            let target = to.join(below);
            match entry {
                Entry::Folder => fs::create_dir_all(&target).unwrap(),
                Entry::File(number) => {
                    // A name may be there before the one of its folder is.
                    if target.parent().is_some_and(Path::exists) {
                        fs::write(&target, self.files[*number].after(unsynced, &mut chance)).unwrap();
                    }
                }
            }
        }
    }
}

impl Contents {
    fn after(&self, unsynced: Unsynced, chance: &mut Chance) -> Vec<u8> {
        match unsynced {
            Unsynced::Kept => self.seen.clone(),
            Unsynced::Lost => self.durable.clone(),
            Unsynced::Some(_) => {
                let mut bytes = self.durable.clone();
                for change in &self.unsynced {
                    if chance.below(2) == 0 {
                        change.apply(&mut bytes);
                    }
                }
                bytes
            }
        }
    }
}

impl Change {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Resize(len) => bytes.resize(*len, 0),
            Self::Write(at, new) => {
                bytes.resize(bytes.len().max(at + new.len()), 0);
                bytes[*at..at + new.len()].copy_from_slice(new);
            }
        }
    }
}

fn put(names: &mut Names, path: &Path, entry: Option<Entry>) {
    match entry {
        Some(entry) => drop(names.insert(path.to_owned(), entry)),
        None => drop(names.remove(path)),
    }
}

/// The same chance in each run: splitmix64.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }
}

#[test]
fn what_is_not_synced_is_lost() {
    let root = tempfile::tempdir().unwrap();
    let path = |name: &str| root.path().join(name);
    fs::write(path("old"), "old").unwrap();
    let mut model = DiskModel::of(root.path());
    let write = |name: &str, bytes: &str| Effect::Write {
        path: path(name),
        at: 0,
        bytes: bytes.into(),
    };
    let open = |name: &str| Effect::Open {
        path: path(name),
        empty: false,
    };
    let left = |model: &DiskModel, unsynced| {
        let to = tempfile::tempdir().unwrap();
        model.write_out(root.path(), to.path(), unsynced);
        let read = |name: &str| fs::read_to_string(to.path().join(name)).ok();
        (read("old"), read("new"), read("moved"))
    };
    let some = |text: &str| Some(text.to_owned());
    for effect in [open("new"), write("new", "abc"), write("old", "X")] {
        model.apply(&effect);
    }
    assert_eq!(left(&model, Unsynced::Lost), (some("old"), None, None));
    assert_eq!(left(&model, Unsynced::Kept), (some("Xld"), some("abc"), None));
    // Its bytes, and not its name.
    model.apply(&Effect::Sync(path("new")));
    assert_eq!(left(&model, Unsynced::Lost), (some("old"), None, None));
    model.apply(&Effect::Sync(root.path().to_owned()));
    assert_eq!(left(&model, Unsynced::Lost), (some("old"), some("abc"), None));
    model.apply(&Effect::Rename {
        from: path("new"),
        to: path("moved"),
    });
    model.apply(&Effect::Remove(path("old")));
    assert_eq!(left(&model, Unsynced::Lost), (some("old"), some("abc"), None));
    assert_eq!(left(&model, Unsynced::Kept), (None, None, some("abc")));
    // By chance both of the writes, either, or none; and names in their order.
    let chances: std::collections::BTreeSet<_> = (0..64).map(|seed| left(&model, Unsynced::Some(seed))).collect();
    assert!(chances.len() > 4 && !chances.iter().any(|(old, _, moved)| old.is_none() && moved.is_none()));
}
