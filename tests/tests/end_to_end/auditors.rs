//! What is handed out, against programs that are not ours (`tests/checkers/export.go`, `tests/checkers/signature.py`), and
//! against forgers: the auditor's program says no to each.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::Value;

use crate::end_to_end::checkers::go;
use crate::end_to_end::checkers::python;
use crate::end_to_end::held::Held;
use crate::end_to_end::machine::is_root;
use crate::end_to_end::run::AUDIT_PROGRAM;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::site::copy_folder;

/// A log of more than two tiles, exported once for all who look at it, beside a checkpoint and two proofs.
static HANDED_OUT: LazyLock<HandedOut> = LazyLock::new(HandedOut::of_a_long_log);

struct HandedOut {
    site: Site,
    keys: [String; 2],
}

impl HandedOut {
    fn of_a_long_log() -> Self {
        let held = Held::new();
        held.site.reveal(&held.first.protector);
        grown(&held.site, 30, 600);
        let site = held.site;
        for (name, arguments) in [
            ("checkpoint", &["audit", "checkpoint"] as &[&str]),
            ("first.proof", &["audit", "prove", "0"]),
            ("late.proof", &["audit", "prove", "600"]),
        ] {
            let out = site.beside(name);
            site.run(arguments)
                .args(["--out".as_ref(), out.as_os_str()])
                .output()
                .ok();
        }
        export(&site, &site.beside("log")).ok();
        let keys = keys(&site);
        Self { site, keys }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.site.beside(name)
    }

    /// The exported log, copied for somebody to forge.
    fn copied(&self) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("log");
        fs::create_dir(&copy).unwrap();
        copy_folder(&self.path("log"), &copy);
        (folder, copy)
    }

    /// What the auditor's program says of a log.
    fn audit(&self, log: &Path) -> Output {
        audited(log, &self.keys, &[])
    }
}

/// Both keys, as an auditor notes them down.
pub(crate) fn keys(site: &Site) -> [String; 2] {
    let output = site.run(&["audit", "key"]).output().ok();
    let keys: Vec<String> = output.stdout.lines().map(str::to_owned).collect();
    keys.try_into().unwrap()
}

pub(crate) fn export(site: &Site, folder: &Path) -> Output {
    exporting(site, folder).output()
}

pub(crate) fn exporting(site: &Site, folder: &Path) -> Run {
    site.run(&["--json", "audit", "export"]).args([folder])
}

/// What the auditor's program says of a log, by these keys.
pub(crate) fn audited(log: &Path, keys: &[String], more: &[&str]) -> Output {
    let mut words = vec!["--json".to_owned(), "--export".to_owned(), log.display().to_string()];
    words.extend(keys.iter().flat_map(|key| ["--key".to_owned(), key.clone()]));
    Run::of(AUDIT_PROGRAM, words).args(more).output()
}

/// Adds escrows and other events to a log, thousands in a commit.
pub(crate) fn grown(site: &Site, escrows: u64, events: u64) {
    let program = env!("CARGO_BIN_EXE_strongroom-grown");
    Run::of(program, [site.vault()])
        .args([escrows.to_string(), events.to_string()])
        .output()
        .ok();
}

#[test]
fn go_verifies_the_export_and_the_proofs() {
    let handed_out = &*HANDED_OUT;
    let checked = |log: &Path, keys: &[&String], proofs: &[&str]| {
        let proofs = proofs.iter().map(|proof| handed_out.path(proof));
        go("export.go").args([log]).args(keys).args(proofs).output()
    };
    let [log_key, tpm_key] = &handed_out.keys;
    let log = handed_out.path("log");
    let both = ["first.proof", "late.proof"];
    let agreed = checked(&log, &[log_key, tpm_key], &both).ok();
    let size = handed_out.audit(&log).ok().json()["size"].as_u64().unwrap();
    assert!(size > 2 * 256, "{size}");
    assert_eq!(agreed.stdout, format!("ok: {size} leaves, 2 proofs\n"));

    let others = keys(&Site::new());
    checked(&log, &[&others[0], tpm_key], &[]).refused(1, "no: the checkpoint has 1 good signatures");
    checked(&log, &[log_key, &others[1]], &[]).refused(1, "no: the checkpoint has 1 good signatures");
    let (_folder, forged) = handed_out.copied();
    flip(&forged.join("tile/entries/001"), 700);
    checked(&forged, &[log_key, tpm_key], &[]).refused(1, "is not the one of the tiles");
    let (_folder, forged) = handed_out.copied();
    flip(&forged.join("tile/0/001"), 700);
    checked(&forged, &[log_key, tpm_key], &[]).refused(1, "no: ");
}

#[test]
fn sigstore_verifies_the_signature_of_the_tpm() {
    let handed_out = &*HANDED_OUT;
    let [log_key, tpm_key] = &handed_out.keys;
    let checked = |file: &Path, key: &String| python("signature.py").args([file]).args([key]).output();
    let file = handed_out.path("checkpoint");
    checked(&file, tpm_key).ok().shows("ok: strongroom/");
    checked(&handed_out.path("log/checkpoint"), tpm_key).ok();
    checked(&file, log_key).refused(1, "no: the key is not of type ECDSA");
    let other = &keys(&Site::new())[1];
    checked(&file, other).refused(1, "no: the key has another name");
    let text = fs::read_to_string(&file).unwrap();
    let size = text.lines().nth(1).unwrap();
    let forged = handed_out.path("forged.checkpoint");
    fs::write(&forged, text.replacen(&format!("\n{size}\n"), "\n7\n", 1)).unwrap();
    checked(&forged, tpm_key).refused(1, "no: checkpoint: invalid signature");
}

#[test]
fn the_auditors_program_is_that_of_the_vault() {
    let handed_out = &*HANDED_OUT;
    let theirs = handed_out.audit(&handed_out.path("log")).ok().json();
    let [log_key, tpm_key] = &handed_out.keys;
    let log = handed_out.path("log");
    let words = [
        "audit", "verify", "--json", "--key", log_key, "--key", tpm_key, "--export",
    ];
    // No vault is looked for.
    let ours = Run::new(words).args([&log]).output().ok().json();
    assert_eq!(ours, theirs);
    let operators: Vec<&Value> = theirs["operators"].as_array().unwrap().iter().collect();
    // strongroom-grown says that root did it, whoever runs it.
    let expected = if is_root() { 1 } else { 2 };
    assert_eq!((operators.len(), &theirs["reveals"]), (expected, &1.into()), "{theirs}");
    assert_eq!(theirs["handed_out"].as_array().unwrap().len(), 4);
    assert_eq!(theirs["exposures"][0]["device"], "LAB-01", "{theirs}");
}

/// It is carried to machines that have neither.
#[test]
fn the_auditors_program_links_no_tpm_library_and_no_sqlite() {
    let libraries = |program: &str| Run::of("ldd", [program]).output().ok().stdout;
    let holds_sqlite = |program: &str| {
        let bytes = fs::read(program).unwrap();
        bytes.windows(13).any(|window| window == b"sqlite_schema")
    };
    assert!(
        libraries(PROGRAM).contains("libtss2") && holds_sqlite(PROGRAM),
        "the search finds them"
    );
    assert!(!libraries(AUDIT_PROGRAM).contains("libtss2") && !holds_sqlite(AUDIT_PROGRAM));
}

#[test]
fn a_proof_is_drawn_where_it_fits_into_a_code() {
    let held = Held::new();
    held.site.reveal(&held.first.protector);
    let drawn = held.site.run(&["audit", "prove", "3", "--qr"]).output().ok();
    let (proof, code) = drawn.stdout.split_at(drawn.stdout.find("████").unwrap());
    let file = held.site.beside("drawn.proof");
    fs::write(&file, proof).unwrap();
    let [log_key, tpm_key] = keys(&held.site);
    let words = ["--proof", file.to_str().unwrap(), "--key", &log_key, "--key", &tpm_key];
    Run::of(AUDIT_PROGRAM, words).output().ok().shows("Action     reveal");
    let widths: Vec<usize> = code.lines().map(|line| line.chars().count()).collect();
    // Two modules in each line, and a code is square.
    assert!(
        widths.iter().all(|width| width.div_ceil(2) == widths.len()),
        "{widths:?}"
    );

    let note = "long ".repeat(200);
    let exposed = held.site.json(&["expose", &held.second.protector, "--note", &note]);
    let leaf = exposed["leaf"].to_string();
    let too_long = held.site.run(&["audit", "prove", &leaf, "--qr"]).output().ok();
    too_long
        .says("too many for a QR code")
        .shows(&format!("\nindex {leaf}\n"));
}

/// Every file that an export writes, and every way to harm it that a stick or a colleague has.
#[test]
fn a_file_that_is_missing_cut_off_or_changed_is_named() {
    let handed_out = &*HANDED_OUT;
    let files = files(&handed_out.path("log"));
    let tiles: Vec<&String> = files.iter().filter(|file| file.starts_with("tile")).collect();
    assert_eq!(tiles.len(), 7, "{files:?}");
    for file in tiles {
        let harms: [&dyn Fn(&Path); 6] = [
            &|path| {
                fs::remove_file(path).unwrap();
                fs::create_dir(path).unwrap();
            },
            &|path| {
                let folder = path.parent().unwrap();
                fs::remove_dir_all(folder).unwrap();
                fs::write(folder, "").unwrap();
            },
            &|path| fs::remove_file(path).unwrap(),
            &|path| cut(path),
            &|path| flip(path, 33),
            &|path| fs::write(path, [fs::read(path).unwrap().as_slice(), &[0; 32]].concat()).unwrap(),
        ];
        for (number, harm) in harms.iter().enumerate() {
            let (_folder, forged) = handed_out.copied();
            harm(&forged.join(file));
            let error = handed_out.audit(&forged).code(4).error();
            assert_eq!(error["kind"], "integrity", "{file}, harm {number}: {error}");
        }
    }
}

/// Nor does a checkpoint or a proof turn into something that was merely named wrongly.
#[test]
fn signatures_that_are_gone_are_an_alarm() {
    let handed_out = &*HANDED_OUT;
    let (_folder, forged) = handed_out.copied();
    let checkpoint = forged.join("checkpoint");
    let text = fs::read_to_string(&checkpoint).unwrap();
    let (head, signatures) = text.split_once("\n\n").unwrap();
    for forgery in [
        head,
        &format!("{head}\n\n"),
        &text[..text.len() - 1],
        &text.replace(signatures, "— x !\n"),
    ] {
        fs::write(&checkpoint, forgery).unwrap();
        handed_out.audit(&forged).refused(4, "is no signed checkpoint any more");
    }
    let proof = fs::read_to_string(handed_out.path("first.proof")).unwrap();
    let (head, _) = proof.rsplit_once("\n\n").unwrap();
    let file = handed_out.path("unsigned.proof");
    fs::write(&file, head).unwrap();
    let words = [
        "--json",
        "--proof",
        file.to_str().unwrap(),
        "--key",
        &handed_out.keys[0],
    ];
    Run::of(AUDIT_PROGRAM, words)
        .output()
        .refused(4, "is no proof of an event");
}

#[test]
fn swapped_tiles_are_found_out() {
    let handed_out = &*HANDED_OUT;
    for folder in ["tile/0", "tile/entries"] {
        let (_folder, forged) = handed_out.copied();
        let [first, second] = ["000", "001"].map(|name| forged.join(folder).join(name));
        let kept = fs::read(&first).unwrap();
        fs::rename(&second, &first).unwrap();
        fs::write(&second, kept).unwrap();
        handed_out.audit(&forged).refused(4, "");
    }
}

#[test]
fn a_second_export_writes_only_what_is_new() {
    let held = Held::new();
    grown(&held.site, 0, 300);
    let log = held.site.beside("log");
    let first = export(&held.site, &log).ok().json();
    let before = files(&log);
    let (kept, checkpoint) = (written_at(&log.join("tile/entries/000")), held.site.beside("first"));
    fs::copy(log.join("checkpoint"), &checkpoint).unwrap();
    let earlier = ["--since", checkpoint.to_str().unwrap()];

    held.site.escrow("LAB-03", &crate::end_to_end::passwords::made(3));
    let second = export(&held.site, &log).ok().json();
    assert_eq!(second["new_events"], 2, "{second}");
    assert_eq!(second["size"].as_u64(), first["size"].as_u64().map(|size| size + 2));
    // The right edge of each level that grew, the entries' and the checkpoint.
    assert_eq!(second["files"], 3, "{second}");
    assert_eq!(written_at(&log.join("tile/entries/000")), kept, "it is left alone");
    assert!(before.iter().all(|file| log.join(file).exists()), "nothing goes away");
    audited(&log, &keys(&held.site), &earlier).ok();

    // It is what an export at once would be, but for the edges of before.
    let fresh = held.site.beside("fresh");
    export(&held.site, &fresh).ok();
    export(&held.site, &log).ok();
    export(&held.site, &fresh).ok();
    let newest = |folder: &Path| audited(folder, &keys(&held.site), &[]).ok().json()["handed_out"].clone();
    assert!(newest(&log).as_array().unwrap().len() < newest(&fresh).as_array().unwrap().len());
    for file in files(&fresh)
        .iter()
        .filter(|file| !file.contains(".p/") && *file != "checkpoint")
    {
        assert_eq!(
            fs::read(log.join(file)).unwrap(),
            fs::read(fresh.join(file)).unwrap(),
            "{file}"
        );
    }
}

/// Its paths, in order.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(folder).unwrap().display().to_string();
        if path.is_dir() {
            found.extend(files(&path).iter().map(|file| format!("{name}/{file}")));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

fn written_at(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = at.min(bytes.len() - 1);
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path) {
    let bytes = fs::read(path).unwrap();
    fs::write(path, &bytes[..bytes.len() - 1]).unwrap();
}
