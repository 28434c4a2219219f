use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use crate::PathError;
use crate::Readers;
use crate::unix::folder::Folder;
use crate::unix::kept_file::KeptFile;
use crate::unix::out_file::OutFile;
use crate::unix::walk::resolved;

/// A folder with a vault in `vault`, an empty folder `out`, and links to both.
fn around() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("vault/tpm")).unwrap();
    fs::create_dir_all(path("out/below")).unwrap();
    for name in ["vault.db", "lock"] {
        fs::write(path("vault").join(name), "").unwrap();
        fs::set_permissions(path("vault").join(name), Permissions::from_mode(0o600)).unwrap();
    }
    symlink("out", path("to-out")).unwrap();
    symlink("vault", path("to-vault")).unwrap();
    symlink("nowhere", path("out/to-nothing")).unwrap();
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What becomes of a file under this path, in [`around`].
#[track_caller]
fn check(path: &str, is_expected: impl Fn(&Result<(), PathError>) -> bool) {
    let around = around();
    let before = names(&around.path().join("vault"));
    let out = OutFile::new(&around.path().join(path), Readers::Folder);
    let written = out.and_then(|out| out.write(b"whole"));
    assert!(is_expected(&written), "{path}: {written:?}");
    assert_eq!(names(&around.path().join("vault")), before, "{path}");
    let hidden = names(&around.path().join("out"));
    assert!(
        hidden.iter().all(|name| !name.starts_with(".strongroom-")),
        "{hidden:?}"
    );
}

#[test]
fn a_file_is_written_into_a_real_folder_alone() {
    for path in ["out/a", "out/below/../a", "out/./a", "out//a", "a", "out/below/a"] {
        check(path, Result::is_ok);
    }
    check("out/to-nothing", |written| {
        matches!(written, Err(PathError::Exists { .. }))
    });
    check("out/below", |written| matches!(written, Err(PathError::Exists { .. })));
    for path in ["out/", "out/.", "out/.."] {
        check(path, |written| matches!(written, Err(PathError::NotAFile { .. })));
    }
    for path in [
        "to-out/a",
        "to-out/below/a",
        "to-out/../a",
        "to-vault/a",
        "out/to-nothing/a",
    ] {
        check(path, |written| matches!(written, Err(PathError::Link { .. })));
    }
    check("no/a", |written| written.as_ref().is_err_and(PathError::is_not_found));
    check("vault/vault.db/a", |written| {
        matches!(written, Err(PathError::NotAFolder { .. }))
    });
}

#[test]
fn nothing_is_written_into_a_vault() {
    for path in [
        "vault/vault.db-wal",
        "vault/vault.db",
        "vault/lock",
        "vault/new",
        "vault/tpm/state",
        "out/../vault/new",
    ] {
        check(path, |written| matches!(written, Err(PathError::Vault { .. })));
    }
}

/// Each of these alone makes a folder a vault's.
#[test]
fn a_vault_is_known_by_any_of_its_files() {
    for name in ["vault.db", "vault.db-wal", "vault.db.new", "init.pending", "lock"] {
        let folder = tempfile::tempdir().unwrap();
        assert!(Folder::open(folder.path()).is_ok());
        fs::write(folder.path().join(name), "").unwrap();
        fs::set_permissions(folder.path().join(name), Permissions::from_mode(0o600)).unwrap();
        assert!(
            matches!(Folder::open(folder.path()), Err(PathError::Vault { .. })),
            "{name}"
        );
        fs::create_dir(folder.path().join("below")).unwrap();
        assert!(Folder::open(&folder.path().join("below")).is_err(), "{name}");
        assert!(
            Folder::open_spool(folder.path()).is_ok(),
            "{name}: a stranger may leave it in a spool"
        );
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lock"), "1234").unwrap();
    assert!(Folder::open(folder.path()).is_ok(), "another program's");
}

#[test]
fn folders_are_made_outside_vaults_and_links() {
    let around = around();
    let path = |name: &str| around.path().join(name);
    Folder::open_or_make(&path("out/new"), Readers::Folder).unwrap();
    Folder::open_or_make(&path("out/new"), Readers::Folder).unwrap();
    Folder::make_private(&path("out/one/two")).unwrap();
    assert_eq!(
        fs::metadata(path("out/one/two")).unwrap().permissions().mode() & 0o777,
        0o700
    );
    for name in [
        "vault/new",
        "to-out",
        "to-out/new",
        "to-vault/new",
        "out/no/new",
        "vault/vault.db",
    ] {
        assert!(Folder::open_or_make(&path(name), Readers::Folder).is_err(), "{name}");
    }
    for name in ["vault/new", "vault/one/two", "to-out/one"] {
        assert!(Folder::make_private(&path(name)).is_err(), "{name}");
    }
    assert_eq!(names(&path("vault")), ["lock", "tpm", "vault.db"]);
    let out = Folder::open(&path("out")).unwrap();
    symlink("below", path("out/link")).unwrap();
    fs::rename(path("vault"), path("out/tile")).unwrap();
    assert!(matches!(out.child("link"), Err(PathError::Link { .. })));
    assert!(matches!(out.child("tile"), Err(PathError::Vault { .. })));
    assert!(matches!(
        out.child_or_make("tile", Readers::Folder),
        Err(PathError::Vault { .. })
    ));
}

/// Whoever comes second finds the name taken, also where both found it free.
#[test]
fn a_name_that_was_taken_meanwhile_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    let [first, second] = [0; 2].map(|_| OutFile::new(&path, Readers::Folder).unwrap());
    assert!(names(folder.path()).is_empty(), "nothing waits under any name");
    first.write(b"first").unwrap();
    assert!(matches!(second.write(b"second"), Err(PathError::Exists { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"first");
    assert_eq!(names(folder.path()), ["a"]);
    for plant in ["", "theirs"] {
        let path = folder.path().join("b");
        let out = OutFile::new(&path, Readers::Owner).unwrap();
        fs::write(&path, plant).unwrap();
        assert!(out.write(b"ours").is_err());
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            plant,
            "even an empty file is another program's"
        );
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_kept_file_is_replaced_only_as_it_was_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    for bytes in [b"1", b"2"] {
        let (kept, _) = KeptFile::open(&path, 8).unwrap();
        kept.write(bytes).unwrap();
    }
    let (kept, read) = KeptFile::open(&path, 8).unwrap();
    assert_eq!(read.unwrap(), b"2");
    fs::write(folder.path().join("b"), "theirs").unwrap();
    fs::rename(folder.path().join("b"), &path).unwrap();
    assert!(matches!(kept.write(b"3"), Err(PathError::Changed { .. })));
    assert_eq!(fs::read(&path).unwrap(), b"theirs");
    fs::hard_link(&path, folder.path().join("other")).unwrap();
    assert!(matches!(KeptFile::open(&path, 8), Err(PathError::NotPlain { .. })));
    symlink("a", folder.path().join("link")).unwrap();
    assert!(matches!(
        KeptFile::open(&folder.path().join("link"), 8),
        Err(PathError::NotPlain { .. })
    ));
    assert_eq!(names(folder.path()), ["a", "link", "other"]);
}

#[test]
fn readers_are_those_that_were_meant() {
    #[track_caller]
    fn check(folder_mode: u32, readers: Readers, group_and_others: u32) {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(folder_mode)).unwrap();
        let path = folder.path().join("a");
        OutFile::new(&path, readers).unwrap().write(b"a").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & group_and_others, group_and_others, "{mode:o}");
        if readers == Readers::Owner {
            assert_eq!(mode & 0o077, 0, "{mode:o}");
        }
    }
    check(0o755, Readers::Owner, 0);
    check(0o2770, Readers::Owner, 0);
    check(0o2750, Readers::Folder, 0o040);
    check(0o700, Readers::Everybody, 0o044);
}

/// The system's own links are where root alone could put them.
#[test]
fn the_systems_links_are_followed() {
    let link = Path::new("/proc/self");
    assert!(fs::symlink_metadata(link).unwrap().is_symlink());
    assert!(Folder::open(link).is_err(), "what is named itself may not be a link");
    assert!(resolved(&link.join("fd")).unwrap().starts_with("/proc"));
    assert!(!resolved(&link.join("fd")).unwrap().starts_with("/proc/self"));
    let around = around();
    assert!(matches!(
        resolved(&around.path().join("to-out")),
        Err(PathError::Link { .. })
    ));
    assert_eq!(resolved(&around.path().join("out")).unwrap(), around.path().join("out"));
}
