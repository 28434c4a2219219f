//! What agents do to a spool: none of it ends a run, reaches another file, or changes what was imported.

use std::fs;
use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use rustix::fs::FlockOperation;
use rustix::process::Signal;

use crate::end_to_end::handed_in::assert_receipted_unconfirmed;
use crate::end_to_end::handed_in::drop_key;
use crate::end_to_end::handed_in::import_spool;
use crate::end_to_end::handed_in::key_file;
use crate::end_to_end::handed_in::make_spool;
use crate::end_to_end::handed_in::seal;
use crate::end_to_end::handed_in::spool;
use crate::end_to_end::held::names;
use crate::end_to_end::intake_verbs::times_taken;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::spooled::done;

fn site() -> Site {
    let site = Site::new();
    drop_key(&site, &key_file(&site)).output().ok();
    make_spool(&site);
    site
}

fn lay_down(site: &Site, number: u64, name: &str) {
    seal(site, "--to", &key_file(site), number, &spool(site).join(name));
}

/// Files become folders, pipes and links between the look at the spool and the move; the run that watches goes on.
#[test]
fn a_run_that_watches_survives_what_agents_do() {
    let site = site();
    let watch = site.run(&["--json", "import", "--spool"]).args([spool(&site)]);
    let mut watching = watch.start();
    let until = Instant::now() + Duration::from_secs(12);
    let place = |name: &str| spool(&site).join(name);
    let mut round = 0;
    while Instant::now() < until {
        round += 1;
        for number in 0..64 {
            let name = place(&format!("swap-{number}"));
            // Whatever the run has done with the last one.
            drop(fs::remove_file(&name));
            drop(fs::remove_dir(&name));
            drop(match (round + number) % 4 {
                0 => fs::write(&name, "words"),
                1 => fs::create_dir(&name),
                2 => symlink("/etc/passwd", &name),
                _ => fs::write(&name, [0; 70_000]),
            });
        }
        assert!(watching.is_running(), "an agent ended the run");
    }
    for number in 0..64 {
        drop(fs::remove_dir_all(place(&format!("swap-{number}"))));
    }
    let long = "x".repeat(255);
    fs::write(place(&long), "words").unwrap();
    fs::write(place("unreadable"), "words").unwrap();
    fs::set_permissions(place("unreadable"), Permissions::from_mode(0o000)).unwrap();
    Run::of("mkfifo", [place("pipe")]).output().ok();
    fs::File::create(place("sparse")).unwrap().set_len(4 << 30).unwrap();
    lay_down(&site, 1, "good.drop");
    // A name that makes other folders a vault's.
    fs::write(place("vault.db"), "").unwrap();
    wait_until("the sound one is done", || done(&site).join("good.drop").exists());
    assert!(watching.is_running());
    watching.ended_by(Signal::TERM);
    assert_receipted_unconfirmed(
        &site,
        &done(&site).join("good.drop.receipt"),
        &done(&site).join("good.drop"),
    );
    assert_eq!(names(&done(&site)), ["good.drop", "good.drop.receipt"]);
    let rejected = names(&spool(&site).join("rejected"));
    for name in ["pipe", "sparse", "unreadable", "vault.db"] {
        assert!(rejected.contains(&format!("{name}.reason")), "{name}: {rejected:?}");
    }
    site.verify();
}

/// Whatever an agent can open it can lock.
#[test]
fn no_lock_of_an_agent_keeps_a_run_out() {
    let site = site();
    let held: Vec<fs::File> = ["", "done", "rejected"]
        .iter()
        .map(|name| fs::File::open(spool(&site).join(name)).unwrap())
        .collect();
    for folder in &held {
        rustix::fs::flock(folder, FlockOperation::NonBlockingLockExclusive).unwrap();
    }
    lay_down(&site, 1, "a.drop");
    import_spool(&site).output().ok();
    assert_eq!(times_taken(&site, 1), 1);
    for private in [".strongroom-spool", ".taking", ".importing"] {
        let mode = fs::metadata(spool(&site).join(private)).unwrap().mode();
        assert_eq!(mode & 0o077, 0, "an agent can open {private}");
    }
}

/// An agent that keeps its file open, or knows it by another name, writes into its own file.
#[test]
fn what_was_imported_is_not_rewritten() {
    let site = site();
    lay_down(&site, 1, "a.drop");
    let path = spool(&site).join("a.drop");
    let before = fs::read(&path).unwrap();
    let mut kept_open = fs::OpenOptions::new().write(true).open(&path).unwrap();
    import_spool(&site).output().ok();
    kept_open.write_all(&[7; 100]).unwrap();
    assert_eq!(fs::read(done(&site).join("a.drop")).unwrap(), before);
    let file = fs::metadata(done(&site).join("a.drop")).unwrap();
    assert_eq!(
        (file.uid(), file.mode() & 0o777),
        (rustix::process::geteuid().as_raw(), 0o644)
    );

    fs::write(&path, "words").unwrap();
    let mut kept_open = fs::OpenOptions::new().write(true).open(&path).unwrap();
    import_spool(&site).output().code(1);
    kept_open.write_all(b"other").unwrap();
    assert_eq!(fs::read(spool(&site).join("rejected/a.drop")).unwrap(), b"words");
}

/// By a hard link an agent could hand in what only the vault's user can read, and read the copy.
#[test]
fn a_second_name_of_another_file_is_not_read() {
    let site = site();
    let secret = site.beside("secret");
    fs::write(&secret, "the PIN").unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    fs::hard_link(&secret, spool(&site).join("a.drop")).unwrap();
    import_spool(&site).output().code(1).shows("a hard link");
    let rejected = spool(&site).join("rejected/a.drop");
    let id = |path: &Path| fs::metadata(path).unwrap().ino();
    assert_eq!(id(&rejected), id(&secret), "it was moved, and not copied");
    assert_eq!(fs::metadata(&rejected).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::read(&secret).unwrap(), b"the PIN");
}

/// `--spool` of a folder that nobody made a spool moves nothing.
#[test]
fn a_folder_is_no_spool_by_its_name() {
    let site = site();
    let folder = site.beside("documents");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter"), "dear").unwrap();
    for (place, words) in [
        (folder.clone(), "is not a spool"),
        (site.root(), "holds the vault's folder"),
    ] {
        let before = names(&place);
        let run = site.run(&["import", "--once", "--spool"]).args([&place]);
        run.output().refused(1, words);
        assert_eq!(names(&place), before);
    }
    let init = |place: &Path| site.run(&["import", "--spool-init"]).args([place]).output();
    init(&folder).refused(1, "is not empty");
    init(&site.root()).refused(1, "holds the vault's folder");
    assert_eq!(names(&folder), ["letter"]);
}

/// A drop that is always called the same finds its place at once, however many came before.
#[test]
fn a_name_that_is_used_again_and_again_has_a_number() {
    let site = site();
    for number in 1..=5 {
        lay_down(&site, number, "a.drop");
        import_spool(&site).output().ok();
    }
    for name in ["a.drop", "a.drop.2", "a.drop.3", "a.drop.4", "a.drop.5"] {
        assert_receipted_unconfirmed(
            &site,
            &done(&site).join(format!("{name}.receipt")),
            &done(&site).join(name),
        );
    }
    assert_eq!(names(&done(&site)).len(), 10);
}
