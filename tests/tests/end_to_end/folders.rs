//! The vault folder: whose it is, what may lie there, and an init that was interrupted.

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use strongroom_vault::store::Folder;
use strongroom_vault::store::Pending;

use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::swtpm::Swtpm;

#[test]
fn init_refuses_what_is_there() {
    let site = Site::new();
    let init = ["init", "--tpm", "simulator", "--no-pin"];
    let before = fs::read(site.file()).unwrap();
    site.run(&init).output().refused(1, "already");
    assert_eq!(fs::read(site.file()).unwrap(), before);

    let other = Site::empty();
    fs::create_dir(other.vault()).unwrap();
    fs::set_permissions(other.vault(), Permissions::from_mode(0o700)).unwrap();
    fs::write(other.vault().join("letter.txt"), "dear").unwrap();
    other.run(&init).output().refused(1, "not empty");
    other
        .run(&["init", "--tpm", "simulator", "--pin"])
        .stdin("\n")
        .output()
        .refused(1, "empty");
    other
        .run(&["init", "--tpm", "simulator"])
        .output()
        .refused(2, "--no-pin");
    other
        .run(&["init", "--tpm", "simulator", "--pin", "--no-pin"])
        .output()
        .refused(2, "");
    other
        .run(&["init", "--tpm", "mssim:", "--no-pin"])
        .output()
        .refused(2, "");
    other
        .run(&["init", "--tpm", "simulator", "--no-pin", "--pcr", "99"])
        .output()
        .refused(2, "");
    other
        .run(&["init", "--tpm", "simulator", "--no-pin", "--grace", "yesterday"])
        .output()
        .refused(2, "");
    other
        .run(&["init", "--tpm", "device:/dev/nonsense", "--no-pin"])
        .output()
        .code(1);
    let empty = Site::empty();
    empty
        .run(&["init", "--tpm", "device:/dev/nonsense", "--no-pin"])
        .output()
        .refused(5, "no TPM device");
    empty.init(&["--tpm", "simulator", "--no-pin"]);
}

#[test]
fn a_folder_that_others_may_use_is_refused() {
    let site = Site::new();
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    for (path, open, own) in [(site.vault(), 0o755, 0o700), (site.file(), 0o644, 0o600)] {
        mode(&path, open);
        for arguments in [&["list"] as &[&str], &["status"], &["audit", "verify"]] {
            let output = site.run(arguments).output().refused(1, "may be used by others");
            let command = format!("chmod {own:o} {}", path.display());
            assert!(
                output.stderr.contains(&command) || output.stderr.contains("chmod"),
                "{output:?}"
            );
        }
        mode(&path, own);
    }
    site.run(&["list"]).output().ok();
}

/// SQLite believes what lies beside the file by these names as it believes the file.
#[test]
fn what_lies_beside_the_file_is_looked_at_like_it() {
    let site = Site::new();
    for name in ["lock", "vault.db-journal", "vault.db-shm", "vault.db-wal"] {
        let path = site.vault().join(name);
        drop(fs::remove_file(&path));
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        site.run(&["list"]).output().refused(1, "may be used by others");
        fs::remove_file(&path).unwrap();
        symlink(site.beside("elsewhere"), &path).unwrap();
        site.run(&["list"]).output().refused(1, "not a plain");
        fs::remove_file(&path).unwrap();
    }
    site.verify();
}

/// Whoever names the wrong folder is not told to close it to others.
#[test]
fn a_folder_without_a_vault_is_said_to_be_without_one() {
    let site = Site::empty();
    fs::create_dir(site.vault()).unwrap();
    fs::set_permissions(site.vault(), Permissions::from_mode(0o755)).unwrap();
    site.run(&["list"]).output().refused(3, "there is no vault");
    fs::write(site.vault().join("letter.txt"), "dear").unwrap();
    site.run(&["init", "--tpm", "simulator", "--no-pin"])
        .output()
        .refused(1, "not empty");
}

/// A sudo rule fixes the folder before the verb; nothing behind the verb may name another one.
#[test]
fn two_folders_in_one_command_are_refused() {
    let (site, other) = (Site::new(), Site::new());
    let folder = other.vault();
    let folder = folder.to_str().unwrap();
    site.run(&["list", "--vault", folder]).output().refused(2, "twice");
    let glued = format!("--vault={folder}");
    site.run(&["list", &glued]).output().refused(2, "twice");
    site.run(&["list", "--vault", site.vault().to_str().unwrap()])
        .output()
        .ok();
}

#[test]
fn links_and_other_files_are_refused() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let link = site.beside("link");
    symlink(site.vault(), &link).unwrap();
    Run::new(["--vault".as_ref(), link.as_os_str()])
        .args(["list"])
        .output()
        .refused(1, "not a plain");
    let elsewhere = site.beside("elsewhere.db");
    fs::rename(site.file(), &elsewhere).unwrap();
    symlink(&elsewhere, site.file()).unwrap();
    site.run(&["list"]).output().refused(1, "not a plain");
    site.revealing(&made(1).protector).output().refused(1, "not a plain");
    fs::remove_file(site.file()).unwrap();

    for content in [&b"dear diary, "[..], &[0; 4096], b"SQLite format 3\0"] {
        fs::write(site.file(), content.repeat(100)).unwrap();
        fs::set_permissions(site.file(), Permissions::from_mode(0o600)).unwrap();
        for arguments in [&["list"] as &[&str], &["audit", "verify"], &["status"]] {
            site.run(arguments).output().refused(4, "");
        }
    }
    fs::remove_file(site.file()).unwrap();
    site.run(&["list"]).output().refused(3, "no vault");
    site.escrowing("LAB-01", &made(2)).output().refused(3, "no vault");
}

#[test]
fn the_environment_names_the_folder_and_an_argument_names_it_better() {
    let site = Site::empty();
    // swtpm would read a comma in a path as the next option.
    let odd = site.beside("a vault, with=odd name");
    let environment = |arguments: &[&str]| Run::new(arguments).env("STRONGROOM_VAULT", &odd);
    environment(&["init", "--tpm", "simulator", "--no-pin"]).output().ok();
    environment(&["escrow", "--device", "LAB-01", "--protector", &made(1).protector])
        .stdin(made(1).text)
        .output()
        .ok();
    environment(&["list"]).output().ok().shows("LAB-01");
    environment(&["list", "--vault", site.vault().to_str().unwrap()])
        .output()
        .refused(3, "no vault");
    assert_eq!(fs::metadata(&odd).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&odd).unwrap().map(Result::unwrap) {
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert!([0o600, 0o700].contains(&mode), "{:?}: {mode:o}", entry.file_name());
    }
}

/// The handle that an interrupted init had noted.
const HANDLE: u32 = 0x0180_4711;

fn interrupt(site: &Site, tcti: &str) {
    let pending = Pending {
        tcti: tcti.to_owned(),
        handle: HANDLE,
    };
    pending.write(&Folder::to_be(&site.vault()).unwrap()).unwrap();
}

#[test]
fn an_interrupted_init_is_undone_and_nothing_else() {
    let site = Site::empty();
    interrupt(&site, "simulator");
    for arguments in [
        &["init", "--tpm", "simulator", "--no-pin"] as &[&str],
        &["list"],
        &["status"],
    ] {
        site.run(arguments)
            .output()
            .refused(1, "interrupted")
            .says("init --clean");
    }
    site.escrowing("LAB-01", &made(1)).output().refused(1, "interrupted");
    site.run(&["init", "--clean"]).output().ok();
    assert!(!site.vault().join("init.pending").exists());
    site.init(&["--tpm", "simulator", "--no-pin"]);
    site.escrow("LAB-01", &made(1));
    site.run(&["init", "--clean"])
        .output()
        .refused(1, "no init was interrupted");
    site.verify();
}

#[test]
fn the_handle_that_it_noted_is_undefined_and_no_other() {
    let site = Site::empty();
    let state = site.beside("swtpm");
    fs::create_dir(&state).unwrap();
    let swtpm = Swtpm::start(&state);
    let (noted, other) = (format!("{HANDLE:#x}"), format!("{:#x}", HANDLE + 1));
    for handle in [&noted, &other] {
        swtpm.tool(
            "tpm2_nvdefine",
            &[
                handle,
                "-C",
                "o",
                "-s",
                "40",
                "-a",
                "authread|authwrite|ownerread|no_da",
            ],
        );
    }
    interrupt(&site, &swtpm.tcti());
    site.run(&["init", "--clean"]).output().ok();
    assert_eq!(swtpm.indices(), [HANDLE + 1]);
}

#[test]
fn a_note_that_no_init_wrote_is_an_alarm() {
    let site = Site::empty();
    fs::create_dir(site.vault()).unwrap();
    fs::set_permissions(site.vault(), Permissions::from_mode(0o700)).unwrap();
    let note = site.vault().join("init.pending");
    fs::write(&note, "{}").unwrap();
    fs::set_permissions(&note, Permissions::from_mode(0o600)).unwrap();
    site.run(&["init", "--clean"]).output().refused(4, "init.pending");
}
