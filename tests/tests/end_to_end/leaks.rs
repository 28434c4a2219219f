//! What no file, no other answer and no other process may hold: the digits of a password, the PIN, and every key.

use std::cell::RefCell;
use std::fs;

use crate::end_to_end::calls::log;
use crate::end_to_end::calls::points_on_a_copy;
use crate::end_to_end::coverage::verbs;
use crate::end_to_end::held::names;
use crate::end_to_end::leak_search::Secrets;
use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;

/// A site whose every run is searched: what it writes, and the folder that it leaves behind.
struct Searched {
    site: Site,
    secrets: Secrets,
    /// What runs wrote that show no password: searched again when all of the keys are known.
    said: RefCell<Vec<u8>>,
}

impl Searched {
    fn new(passwords: &[Made]) -> Self {
        let mut site = Site::empty();
        site.set_pin(PIN);
        for folder in FOLDERS {
            fs::create_dir(site.beside(folder)).unwrap();
        }
        Self {
            site,
            secrets: Secrets::of(passwords),
            said: RefCell::default(),
        }
    }

    /// A run that is asked for everything that it and the TPM library can tell, and has its own folders.
    fn prepared(&self, run: Run) -> Run {
        let run = run
            .env("TSS2_LOG", "all+TRACE,esys+trace")
            .env("TSS2_LOGFILE", self.site.beside("tss.log"))
            .env("RUST_BACKTRACE", "1");
        let folders = ["TMPDIR", "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"];
        let folders = folders.iter().zip(FOLDERS);
        folders.fold(run, |run, (variable, folder)| {
            run.env(variable, self.site.beside(folder))
        })
    }

    #[track_caller]
    fn run(&self, run: Run) -> Output {
        let output = self.prepared(run).output();
        let says = |word: &str| output.stderr.contains(word);
        assert!(!says("TRACE") && !says("trace:"), "{output:?}");
        self.secrets.assert_absent("stderr", output.stderr.as_bytes());
        self.secrets.assert_absent_from(&self.site);
        self.assert_left_nothing();
        self.said.borrow_mut().extend(output.stderr.as_bytes());
        output
    }

    /// The same, of a verb that shows no password.
    #[track_caller]
    fn quiet(&self, run: Run, code: i32) -> Output {
        let output = self.run(run).code(code);
        self.secrets.assert_absent("stdout", output.stdout.as_bytes());
        self.said.borrow_mut().extend(output.stdout.as_bytes());
        output
    }

    /// No log, no core file, and nothing in the folders for temporary and other files.
    #[track_caller]
    fn assert_left_nothing(&self) {
        for folder in FOLDERS {
            assert_eq!(names(&self.site.beside(folder)), [] as [&str; 0], "in {folder}");
        }
        let beside = names(&self.site.root());
        let ours = |name: &String| {
            ["pin", "report.html", "stick", "strace.log", "vault"].contains(&name.as_str())
                || FOLDERS.contains(&name.as_str())
        };
        assert!(beside.iter().all(ours), "{beside:?}");
    }

    /// All keys are known now: everything is searched for them too.
    #[track_caller]
    fn search_all_again(self) {
        let secrets = self.secrets.with_keys_of(&self.site);
        secrets.assert_absent("what was said", &self.said.borrow());
        secrets.assert_absent_from(&self.site);
    }
}

/// For temporary files, and where programs keep what they remember.
const FOLDERS: [&str; 5] = ["temporary", "home", "data", "config", "runtime"];

/// Every verb, as people and as scripts call it. `audit verify` and `status` come with and without the TPM.
const LOOKS: [&[&str]; 21] = [
    &["find", "lab"],
    &["show", "LAB-01"],
    &["list"],
    &["list", "--problems"],
    &["devices"],
    &["rotation", "list"],
    &["rotation", "list", "--claimed"],
    &["audit", "list"],
    &["audit", "events", "--format", "jsonl"],
    &["audit", "events", "--format", "csv"],
    &["audit", "events", "--format", "cef"],
    &["audit", "events", "--format", "syslog"],
    &["audit", "key"],
    &["audit", "checkpoint"],
    &["audit", "prove", "1"],
    &["audit", "verify"],
    &["audit", "verify", "--no-tpm"],
    &["status"],
    &["status", "--no-tpm"],
    &["help", "reveal"],
    &["--version"],
];

#[test]
fn a_lifecycle_leaves_nothing_behind() {
    let passwords: Vec<Made> = (1..=4).map(made).collect();
    let searched = Searched::new(&passwords);
    let site = &searched.site;
    let [first, second, third, spoilt] = &passwords[..] else {
        unreachable!()
    };
    let quiet = |run: Run, code: i32| drop(searched.quiet(run, code));

    quiet(site.run(&["init", "--tpm", "simulator", "--pin"]), 0);
    let first_file = site.keep_file();
    quiet(site.escrowing("LAB-01", first), 0);
    quiet(site.escrowing("LAB-01", first), 0);
    quiet(site.escrowing("DESK-02", second), 0);
    quiet(site.escrowing("DESK-02", spoilt).stdin(spoilt.with_a_slip_in(3)), 1);
    quiet(
        site.escrowing("DESK-02", spoilt)
            .stdin(format!("{0}\n{0}\n", spoilt.text)),
        1,
    );
    quiet(Run::new(["check"]).stdin(first.text.as_str()), 0);
    for json in [&[] as &[&str], &["--json"]] {
        for look in LOOKS {
            quiet(site.run(&[json, look].concat()), 0);
        }
        quiet(site.run(&[json, &["status", "--check"]].concat()), 1);
        let shown = site.run(&[json, &["reveal", first.key_id()]].concat());
        let shown = searched.run(shown.args(["--reason", "tpm-reset", "--yes"])).ok();
        assert!(shown.stdout.contains(first.groups()[3]), "{shown:?}");
    }
    let stick = site.beside("stick").display().to_string();
    quiet(site.run(&["audit", "export", &stick]), 0);
    let page = site.beside("report.html").display().to_string();
    quiet(site.run(&["audit", "report", "--out", &page]), 0);
    let outcome = ["outcome", first.key_id(), "did-not-unlock", "--note", "typed twice"];
    quiet(site.run(&outcome), 0);
    quiet(site.escrowing("LAB-01", third), 0);
    quiet(site.run(&["expose", second.key_id(), "--note", "on paper"]), 0);
    let waive = ["rotation", "waive", second.key_id(), "--reason", "volume-erased"];
    quiet(site.run(&waive).args(["--note", "reinstalled"]), 0);
    let reveal = ["reveal", first.key_id(), "--reason", "forensic", "--yes"];
    quiet(site.bare(&reveal).stdin("wrong-pin"), 5);
    quiet(site.run(&["init", "--tpm", "simulator", "--pin"]), 1);
    quiet(site.bare(&["init", "--clean"]), 1);

    // Alarms, and then the right file again.
    let newest = site.keep_file();
    site.put_back(&first_file);
    quiet(site.escrowing("LAB-01", third), 4);
    site.put_back(&newest);
    site.sqlite()
        .execute_batch("UPDATE escrow SET envelope = randomblob(109)")
        .unwrap();
    quiet(site.revealing(first.key_id()), 4);
    site.put_back(&newest);
    site.verify();
    searched.search_all_again();
}

#[test]
fn every_verb_is_searched() {
    let source = include_str!("leaks.rs");
    for verb in verbs()
        .iter()
        .filter(|verb| !["audit", "rotation"].contains(&verb.as_str()))
    {
        let words: Vec<String> = verb.split(' ').map(|word| format!("\"{word}\"")).collect();
        // An escrow is a run of the site's own.
        let is_run = verb == "escrow" || source.contains(&words.join(", "));
        assert!(is_run, "the lifecycle lacks `{verb}`");
    }
}

/// What lies about after a death: the write-ahead log, its index, an init's half-made file.
#[test]
fn what_is_killed_leaves_no_more() {
    let passwords: Vec<Made> = (1..=3).map(made).collect();
    let searched = Searched::new(&passwords);
    let site = &searched.site;
    searched.quiet(site.run(&["init", "--tpm", "simulator", "--pin"]), 0);
    searched.quiet(site.escrowing("LAB-01", &passwords[0]), 0);
    let keys = Secrets::of(&passwords).with_keys_of(site);
    for run in [
        &|site: &Site| site.escrowing("LAB-01", &made(2)) as Run,
        &|site: &Site| site.revealing(&made(1).protector),
    ] as [&dyn Fn(&Site) -> Run; 2]
    {
        let points = points_on_a_copy(site, run);
        sweep("leaks of the killed", &points, 12, |point| {
            let copy = site.copied();
            let killed = point.signalling("KILL", run(&copy), &log(&copy)).output();
            fs::remove_file(log(&copy)).unwrap();
            keys.assert_absent_from(&copy);
            killed.code == -1
        });
    }
}

/// `check` may show the one group that is wrong, corrected; and nothing else.
#[test]
fn check_shows_one_group_at_most() {
    let password = made(7);
    let spoilt = password.with_a_slip_in(5);
    for json in [&[] as &[&str], &["--json"]] {
        let output = Run::new([json, &["check"]].concat())
            .stdin(spoilt.as_str())
            .output()
            .code(1);
        for (index, group) in password.groups().into_iter().enumerate() {
            let shown = output.stdout.contains(group) || output.stderr.contains(group);
            assert_eq!(shown, index == 4, "group {}: {output:?}", index + 1);
        }
        let output = Run::new([json, &["check"]].concat())
            .stdin(password.text.as_str())
            .output()
            .ok();
        for group in password.groups() {
            assert!(!output.stdout.contains(group), "{output:?}");
        }
    }
}

/// A password given where none belongs is not repeated, whatever the error.
#[test]
fn an_argument_that_is_a_password_is_not_repeated() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let password = made(2);
    let secrets = Secrets::of(&[made(2)]);
    let text = password.text.as_str();
    for arguments in [
        &["escrow", text] as &[&str],
        &["escrow", "--device", "LAB-01", "--protector", text],
        &["escrow", "--device", text, "--protector", &password.protector],
        &["reveal", text, "--reason", "forensic", "--yes"],
        &["devices", text],
        &["audit", "list", "--operator", text],
        &["list", "--vault", text],
        &["status", "--pin-file", text],
        &["init", "--no-pin", "--tpm", &format!("device:/{text}")],
        &["generate", "man", text],
        &["reveal", &made(1).protector, "--reason", text, "--yes"],
        &[
            "reveal",
            &made(1).protector,
            "--reason",
            "forensic",
            "--note",
            text,
            "--yes",
        ],
        &[
            "reveal",
            &made(1).protector,
            "--reason",
            "forensic",
            "--ticket",
            text,
            "--yes",
        ],
        &[
            "reveal",
            &made(1).protector,
            "--reason",
            "forensic",
            "--caller",
            text,
            "--yes",
        ],
        &["expose", &made(1).protector, "--note", text],
        &["outcome", &made(1).protector, text],
        &["find", text],
        &["show", text],
        &["devices", text],
        &["list", "--device", text],
        &["list", "--state", text],
        &["list", "--after", text],
        &["audit", "list", "--operator", text],
        &["audit", "list", "--since", text],
        &["init", "--site", text, "--tpm", "simulator", "--no-pin"],
        &["init", "--tpm", text, "--no-pin"],
        &[text],
        &["rotation", text],
    ] {
        let output = site.run(arguments).output().code(1);
        secrets.assert_absent("stdout", output.stdout.as_bytes());
        secrets.assert_absent("stderr", output.stderr.as_bytes());
    }
    site.verify();
}
