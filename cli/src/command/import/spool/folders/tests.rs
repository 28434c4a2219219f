use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use crate::command::import::spool::folders::Folders;
use crate::command::import::spool::folders::MARK;
use crate::command::import::spool::folders::MARK_TEXT;

fn spool(mode: u32) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(mode)).unwrap();
    folder
}

fn init(folder: &Path) -> Result<(), String> {
    Folders::init(folder, Path::new("/nowhere")).map_err(|error| error.line())
}

fn open(folder: &Path) -> Result<Folders, String> {
    Folders::open(folder, Path::new("/nowhere")).map_err(|error| error.line())
}

#[test]
fn a_folder_is_a_spool_by_its_mark() {
    for mode in [0o755, 0o700, 0o1777, 0o1733, 0o1770] {
        let folder = spool(mode);
        let refused = open(folder.path()).err().unwrap();
        assert!(refused.ends_with("is not a spool"), "{refused}");
        init(folder.path()).unwrap();
        init(folder.path()).unwrap();
        let held = open(folder.path()).unwrap();
        assert!(open(folder.path()).err().unwrap().starts_with("another import holds"));
        drop(held);
        for private in [".taking", ".importing"] {
            let mode = fs::metadata(folder.path().join(private)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700, "no agent can look into {private}");
        }
        let mark = fs::metadata(folder.path().join(MARK)).unwrap().permissions().mode();
        assert_eq!(mark & 0o777, 0o600, "no agent can lock it");
    }
    for mode in [0o777, 0o733, 0o770] {
        let refused = init(spool(mode).path()).unwrap_err();
        assert!(refused.ends_with("has no sticky bit"), "{refused}");
    }
}

/// What is in a spool is moved, so a folder with anything in it is not made one.
#[test]
fn a_folder_with_other_files_is_not_made_a_spool() {
    for name in ["letter", ".profile", "strongroom"] {
        let folder = spool(0o700);
        fs::write(folder.path().join(name), "mine").unwrap();
        let refused = init(folder.path()).unwrap_err();
        assert!(
            refused.ends_with(&format!("is not empty: it holds {name}")),
            "{refused}"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
    // One from before marks were made, with drops that wait.
    let folder = spool(0o700);
    for ours in ["done", "rejected", ".taking"] {
        fs::create_dir(folder.path().join(ours)).unwrap();
    }
    fs::write(folder.path().join("a.drop"), "waits").unwrap();
    init(folder.path()).unwrap();
    open(folder.path()).unwrap();
}

#[test]
fn a_mark_is_not_planted() {
    let plants: [fn(&Path); 4] = [
        |mark| fs::write(mark, "").unwrap(),
        |mark| {
            fs::write(mark, MARK_TEXT).unwrap();
            fs::set_permissions(mark, Permissions::from_mode(0o644)).unwrap();
        },
        |mark| symlink("elsewhere", mark).unwrap(),
        |mark| fs::create_dir(mark).unwrap(),
    ];
    for plant in plants {
        let folder = spool(0o700);
        plant(&folder.path().join(MARK));
        fs::write(folder.path().join("elsewhere"), MARK_TEXT).unwrap();
        assert!(open(folder.path()).is_err());
        assert!(init(folder.path()).is_err());
    }
}

#[test]
fn a_folder_that_holds_the_vault_is_no_spool() {
    let folder = spool(0o700);
    let vault = folder.path().join("inner/vault");
    fs::create_dir_all(&vault).unwrap();
    for vault in [vault.as_path(), folder.path()] {
        let refused = Folders::init(folder.path(), vault).unwrap_err().line();
        assert!(refused.ends_with("holds the vault's folder"), "{refused}");
    }
}

/// Another user could put another folder in the place of one that others may write to.
#[test]
fn the_folders_in_it_are_the_users_alone() {
    for name in ["done", "rejected", ".taking", ".importing"] {
        let plants: [fn(&Path); 3] = [
            |place| {
                fs::create_dir(place).unwrap();
                fs::set_permissions(place, Permissions::from_mode(0o777)).unwrap();
            },
            |place| symlink("/tmp", place).unwrap(),
            |place| fs::write(place, "").unwrap(),
        ];
        for plant in plants {
            let folder = spool(0o1777);
            plant(&folder.path().join(name));
            assert!(init(folder.path()).is_err(), "{name}");
        }
    }
}

/// An agent's folder is no spool, and an agent's file is no mark.
#[test]
fn what_another_user_owns_counts_nothing() {
    let is_root = rustix::process::geteuid().is_root();
    let folder = spool(0o1777);
    let other = if is_root {
        std::os::unix::fs::chown(folder.path(), Some(1), None).unwrap();
        folder.path()
    } else {
        Path::new("/")
    };
    let refused = init(other).unwrap_err();
    assert!(refused.contains("belongs to user"), "{refused}");
    if is_root {
        let folder = spool(0o1777);
        init(folder.path()).unwrap();
        std::os::unix::fs::chown(folder.path().join(MARK), Some(1), None).unwrap();
        assert!(open(folder.path()).err().unwrap().ends_with("is not a spool"));
    }
}
