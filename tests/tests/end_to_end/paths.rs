//! Every path on a command line: what is written goes through no link, into no vault, and over nothing.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::auditors::audited;
use crate::end_to_end::auditors::exporting;
use crate::end_to_end::auditors::keys;
use crate::end_to_end::handed_in::drop_key;
use crate::end_to_end::handed_in::enrol;
use crate::end_to_end::handed_in::key_file;
use crate::end_to_end::handed_in::seal;
use crate::end_to_end::handing_out::checkpointing;
use crate::end_to_end::held::names;
use crate::end_to_end::machine::hold_lock;
use crate::end_to_end::machine::wait_until_queued;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;

/// A verb, and what it does with a path.
type Writer = (&'static str, fn(&Site, &Path) -> Run);

/// Those that write one file.
const OF_FILES: [Writer; 8] = [
    ("audit checkpoint --out", checkpointing),
    ("audit prove --out", |site, path| {
        site.run(&["audit", "prove", "0", "--out"]).args([path])
    }),
    ("audit report --out", |site, path| {
        site.run(&["audit", "report", "--out"]).args([path])
    }),
    ("drop key --out", drop_key),
    ("drop enrol --out", |site, path| enrol(site, "another", path)),
    ("drop seal --out", |site, path| {
        sealing(site, PROGRAM, &["drop", "seal", "--out"], path)
    }),
    ("strongroom-drop seal --out", |site, path| {
        sealing(site, DROP_PROGRAM, &["seal", "--out"], path)
    }),
    ("strongroom-drop seal --sequence-file", |site, path| {
        sealing(site, DROP_PROGRAM, &["seal", "--sequence-file"], path)
    }),
];

/// Those that write into a folder.
const OF_FOLDERS: [Writer; 6] = [
    ("generate man", |site, path| site.run(&["generate", "man"]).args([path])),
    ("generate completions", |site, path| {
        site.run(&["generate", "completions"]).args([path])
    }),
    ("audit export", exporting),
    ("import --receipts", |site, path| {
        site.run(&["import", "--receipts"]).args([path, &site.beside("a.drop")])
    }),
    ("import --spool-init", |site, path| {
        site.run(&["import", "--spool-init"]).args([path])
    }),
    ("import --spool", |site, path| {
        site.run(&["import", "--once", "--spool"]).args([path])
    }),
];

fn sealing(site: &Site, program: &str, words: &[&str], path: &Path) -> Run {
    let password = made(4);
    Run::of(program, words)
        .args([path])
        .args(["--device", "PC-04", "--protector", &password.protector, "--to"])
        .args([key_file(site)])
        .stdin(password.text)
}

/// A vault with a key and a drop beside it, and links to it and to an empty folder.
fn site() -> Site {
    let site = Site::new();
    drop_key(&site, &key_file(&site)).output().ok();
    seal(&site, "--to", &key_file(&site), 3, &site.beside("a.drop"));
    fs::create_dir(site.beside("empty")).unwrap();
    symlink("vault", site.beside("to-vault")).unwrap();
    symlink("empty", site.beside("to-empty")).unwrap();
    site
}

/// Every file in the vault's folder by what it is and holds; not those that a command may change.
fn state(site: &Site) -> BTreeMap<PathBuf, (u64, Vec<u8>)> {
    let mut state = BTreeMap::new();
    for name in names(&site.vault()).into_iter().filter(|name| name != "tpm") {
        let path = site.vault().join(&name);
        state.insert(path.clone(), (path.metadata().unwrap().ino(), fs::read(&path).unwrap()));
    }
    state
}

#[track_caller]
fn check_refused(site: &Site, (verb, run): Writer, path: &str, words: &str) {
    let before = (state(site), names(&site.root()), names(&site.beside("empty")));
    let output = run(site, &site.beside(path)).output();
    assert_eq!(output.code, 1, "{verb} {path}: {output:?}");
    assert!(output.stderr.contains(words), "{verb} {path}: {output:?}");
    let after = (state(site), names(&site.root()), names(&site.beside("empty")));
    assert_eq!(after, before, "{verb} {path}");
}

#[test]
fn no_file_is_written_into_a_vault_or_through_a_link() {
    let site = site();
    let words = "is in the folder of a vault";
    for writer in OF_FILES {
        for place in ["vault/new", "vault/vault.db-wal", "vault/tpm/new", "empty/../vault/new"] {
            check_refused(&site, writer, place, words);
        }
        for place in ["vault/vault.db", "vault/lock"] {
            check_refused(&site, writer, place, words);
        }
        check_refused(&site, writer, "to-vault/new", "to-vault is a link");
        check_refused(&site, writer, "to-empty/new", "to-empty is a link");
        symlink("nowhere", site.beside("empty/link")).unwrap();
        check_refused(&site, writer, "empty/link", "empty/link is");
        fs::remove_file(site.beside("empty/link")).unwrap();
    }
    site.verify();
}

#[test]
fn no_folder_of_a_vault_and_no_link_is_written_into() {
    let site = site();
    for writer in OF_FOLDERS {
        // The vault's own folder as a spool is found out by what it holds.
        let is_spool = writer.0.starts_with("import --spool");
        let words = if is_spool {
            "vault"
        } else {
            "is in the folder of a vault"
        };
        check_refused(&site, writer, "vault", words);
        check_refused(&site, writer, "vault/tpm", "is in the folder of a vault");
        if !is_spool {
            check_refused(&site, writer, "vault/new", words);
        }
        check_refused(&site, writer, "to-vault", "to-vault is a link");
        check_refused(&site, writer, "to-empty", "to-empty is a link");
        check_refused(&site, writer, "to-vault/new", "to-vault is a link");
    }
    for place in ["vault/new", "vault/one/two", "to-vault/new", "to-empty/new"] {
        let init = [
            "--vault",
            site.beside(place).to_str().unwrap(),
            "init",
            "--tpm",
            "simulator",
            "--no-pin",
        ]
        .map(str::to_owned);
        let output = Run::new(init).output().code(1);
        assert!(
            ["is in the folder of a vault", "is a link"]
                .iter()
                .any(|words| output.stderr.contains(words))
        );
    }
    assert!(names(&site.beside("empty")).is_empty());
    site.verify();
}

/// Whichever vault a command uses, no other one is written into.
#[test]
fn another_vault_is_no_place_either() {
    let site = site();
    fs::rename(site.vault(), site.beside("other")).unwrap();
    site.init(&["--tpm", "simulator", "--no-pin"]);
    let before = names(&site.beside("other"));
    for (verb, run) in OF_FILES {
        let output = run(&site, &site.beside("other/vault.db-wal")).output();
        let output = output.refused(1, "is in the folder of a vault");
        assert_eq!(names(&site.beside("other")), before, "{verb}: {output:?}");
    }
    for (verb, run) in OF_FOLDERS {
        let output = run(&site, &site.beside("other")).output().code(1);
        assert_eq!(names(&site.beside("other")), before, "{verb}: {output:?}");
    }
}

/// An empty file is somebody's too: of a vault in use the write-ahead log is one.
#[test]
fn nothing_that_is_there_is_adopted_or_replaced() {
    let site = site();
    for content in ["", "theirs"] {
        fs::write(site.beside("taken"), content).unwrap();
        for writer in OF_FILES {
            check_refused(&site, writer, "taken", "taken is");
            assert_eq!(
                fs::read_to_string(site.beside("taken")).unwrap(),
                content,
                "{}",
                writer.0
            );
        }
    }
    // A place that was free, and is taken while the command waits.
    let (lock, place) = (hold_lock(&site.vault()), site.beside("late"));
    let waiting = checkpointing(&site, &place).args(["--wait", "300"]).start();
    wait_until_queued(waiting.id());
    assert!(!place.exists(), "nothing is held while it waits");
    fs::write(&place, "").unwrap();
    drop(lock);
    waiting.output().refused(1, "late is there already");
    assert_eq!(fs::read(&place).unwrap(), b"");
    site.verify();
}

#[test]
fn man_pages_and_receipts_replace_nothing() {
    let site = site();
    let man = site.beside("man");
    fs::create_dir(&man).unwrap();
    symlink("../vault/vault.db", man.join("strongroom.1")).unwrap();
    let before = state(&site);
    let generating = || site.run(&["generate", "man"]).args([&man]);
    generating().output().refused(1, "strongroom.1 is there already");
    assert_eq!(names(&man), ["strongroom.1"], "all pages or none");
    assert_eq!(state(&site), before);
    fs::remove_file(man.join("strongroom.1")).unwrap();
    generating().output().ok();
    generating().output().refused(1, "is there already");

    let receipts = site.beside("receipts");
    fs::create_dir(&receipts).unwrap();
    fs::write(receipts.join("a.drop.receipt"), "theirs").unwrap();
    let import = || {
        site.run(&["import", "--receipts"])
            .args([&receipts, &site.beside("a.drop")])
    };
    import().output().ok().says("receipts/a.drop.2.receipt");
    import().output().ok();
    assert_eq!(fs::read(receipts.join("a.drop.receipt")).unwrap(), b"theirs");
    assert_eq!(names(&receipts), ["a.drop.2.receipt", "a.drop.receipt"]);
}

/// A file of another program in the place of a tile.
#[test]
fn an_export_replaces_nothing_foreign() {
    let site = site();
    let stick = site.beside("stick");
    exporting(&site, &stick).output().ok();
    let tiles = stick.join("tile/entries/000.p");
    let torn = fs::read(tiles.join(&names(&tiles)[0])).unwrap();
    for (content, is_ours) in [(&b"theirs"[..], false), (&torn, true), (&[0; 64], true), (b"", true)] {
        // That of the next export: its own event comes last.
        let tile = tiles.join((1 + site.lines(&["audit", "list"]).len()).to_string());
        fs::write(&tile, content).unwrap();
        let output = exporting(&site, &stick).output();
        assert_eq!(output.code, i32::from(!is_ours), "{output:?}");
        assert_eq!(fs::read(&tile).unwrap() == content, !is_ours);
    }
    audited(&stick, &keys(&site), &[]).ok();
}

/// A linked folder on the way to the vault is called what it is; a link that the vault's path ends with, too.
#[test]
fn a_linked_vault_is_called_linked() {
    let site = site();
    fs::create_dir(site.beside("real")).unwrap();
    fs::rename(site.vault(), site.beside("real/vault")).unwrap();
    symlink("real", site.beside("linked")).unwrap();
    let list = |path: &str| Run::new(["--vault", site.beside(path).to_str().unwrap(), "list"]).output();
    list("real/vault").ok();
    list("real/vault/").ok();
    list("linked/vault").refused(1, "linked is a link");
    symlink("real/vault", site.beside("to-real")).unwrap();
    for path in ["to-real", "to-real/", "to-real/."] {
        list(path).refused(1, "is not a plain file or folder");
    }
}

/// What is one file goes to stdout too, alone: so it arrives where the operator redirects it, as the operator's own.
#[test]
fn a_single_file_goes_to_stdout_alone() {
    let site = site();
    let dash = Path::new("-");
    for (verb, run) in OF_FILES.into_iter().take(5) {
        let words: Vec<&str> = verb.split(' ').collect();
        let file = site.beside(words[1]);
        let text = site.run(&words[..2]);
        let text = match words[1] {
            "prove" => text.args(["0"]),
            "enrol" => text.args(["one", "--any-device"]),
            _ => text,
        };
        let output = text.args(["--out", "-"]).output().ok().says("note: ");
        let beginning = match words[1] {
            "checkpoint" => "strongroom/",
            "prove" => "c2sp.org/tlog-proof@v1\n",
            "report" => "<!DOCTYPE html>",
            _ => "strongroom-",
        };
        assert!(
            output.stdout.to_lowercase().starts_with(&beginning.to_lowercase()),
            "{verb}: {output:?}"
        );
        assert!(!output.stdout.contains("on record as leaf"), "{verb}: {output:?}");
        if verb.contains("key") || verb.contains("enrol") {
            fs::write(&file, &output.stdout).unwrap();
            Run::of(DROP_PROGRAM, ["key"]).args([&file]).output().ok();
        }
        // One of the two has stdout.
        if words[1] == "checkpoint" {
            run(&site, dash)
                .output()
                .refused(2, "'--json' cannot be used with '--out -'");
        }
    }
    site.run(&["audit", "prove", "0", "--qr", "--out", "-"])
        .output()
        .refused(2, "'--qr' cannot be used with '--out -'");
    sealing(&site, DROP_PROGRAM, &["seal", "--out"], dash)
        .under("sh", ["-c", "\"$0\" \"$@\" | head -c 10 | wc -c"])
        .output()
        .ok()
        .shows("10");
    assert!(!site.beside("-").exists());
}

/// A sequence file is replaced only if it is one: another program's number stays.
#[test]
fn a_number_of_another_program_is_not_counted_on() {
    let site = site();
    let pid = site.beside("daemon.pid");
    fs::write(&pid, "1234\n").unwrap();
    let sealing = |path: &Path| {
        sealing(&site, DROP_PROGRAM, &["seal", "--sequence-file"], path)
            .args(["--json", "--out"])
            .args([site.beside("made")])
    };
    sealing(&pid)
        .output()
        .refused(1, "is not a file that `--sequence-file` wrote");
    assert_eq!(fs::read_to_string(&pid).unwrap(), "1234\n");
    let last = site.beside("last");
    for _ in 0..2 {
        sealing(&last).output().ok();
        fs::remove_file(site.beside("made")).unwrap();
    }
    // As earlier versions kept it, with a clock ahead.
    fs::write(&last, "4000000000000\n").unwrap();
    assert_eq!(sealing(&last).output().ok().json()["sequence"], 4_000_000_000_001_u64);
}

/// A folder that passes its group on shares what is written into it with that group; a secret is never shared.
#[test]
fn a_shared_folder_shares_what_is_handed_out() {
    use std::os::unix::fs::PermissionsExt;

    let site = site();
    let shared = site.beside("shared");
    fs::create_dir(&shared).unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o2750)).unwrap();
    let mode = |name: &str| fs::metadata(shared.join(name)).unwrap().mode() & 0o777;
    checkpointing(&site, &shared.join("a.checkpoint")).output().ok();
    enrol(&site, "one", &shared.join("one.sender")).output().ok();
    assert_eq!((mode("a.checkpoint"), mode("one.sender")), (0o640, 0o600));
    checkpointing(&site, &site.beside("own.checkpoint")).output().ok();
    assert_eq!(
        fs::metadata(site.beside("own.checkpoint")).unwrap().mode() & 0o777,
        0o600
    );
}
