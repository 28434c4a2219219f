//! What no file, no other answer and no other process may hold: the digits of a password, and the PIN.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::end_to_end::machine::hold_lock;
use crate::end_to_end::machine::wait_until_queued;
use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;

/// What may be found nowhere: each password as it is written, two of its groups beside each other, its 16 bytes, the PIN.
struct Secrets(Vec<Vec<u8>>);

impl Secrets {
    fn of(passwords: &[Made]) -> Self {
        let mut needles = vec![PIN.as_bytes().to_vec()];
        for password in passwords {
            needles.push(password.bytes.to_vec());
            for pair in password.groups().windows(2) {
                for separator in ["-", " ", ""] {
                    needles.push(pair.join(separator).into_bytes());
                }
            }
        }
        Self(needles)
    }

    #[track_caller]
    fn assert_absent(&self, place: &str, bytes: &[u8]) {
        for needle in &self.0 {
            let found = bytes.windows(needle.len()).any(|window| window == needle);
            let shown = String::from_utf8_lossy(needle);
            assert!(!found, "{shown} in {place}: {}", String::from_utf8_lossy(bytes));
        }
    }

    #[track_caller]
    fn assert_absent_under(&self, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if entry.file_type().unwrap().is_dir() {
                self.assert_absent_under(&path);
            } else {
                self.assert_absent(&path.display().to_string(), &fs::read(&path).unwrap());
            }
        }
    }

    /// Runs it with the TPM library asked for everything that it can tell.
    #[track_caller]
    fn run(&self, site: &Site, run: Run) -> Output {
        let log = site.beside("tss.log");
        let output = run
            .env("TSS2_LOG", "all+TRACE")
            .env("TSS2_LOGFILE", &log)
            .env("RUST_BACKTRACE", "1")
            .output();
        assert!(!log.exists(), "the TPM library wrote a log");
        assert!(
            !output.stderr.contains("TRACE") && !output.stderr.contains("trace:"),
            "{output:?}"
        );
        self.assert_absent("stderr", output.stderr.as_bytes());
        self.assert_absent_under(&site.vault());
        output
    }

    /// The same, of a verb that shows no password.
    #[track_caller]
    fn run_quiet(&self, site: &Site, run: Run) -> Output {
        let output = self.run(site, run);
        self.assert_absent("stdout", output.stdout.as_bytes());
        output
    }
}

#[test]
fn a_lifecycle_leaves_no_digit_behind() {
    let mut site = Site::empty();
    site.set_pin(PIN);
    let passwords: Vec<Made> = (1..=4).map(made).collect();
    let secrets = Secrets::of(&passwords);
    let [first, second, third, spoilt] = &passwords[..] else {
        unreachable!()
    };
    let quiet = |run: Run, code: i32| secrets.run_quiet(&site, run).code(code);

    quiet(site.run(&["init", "--tpm", "simulator", "--pin"]), 0);
    quiet(site.escrowing("LAB-01", first), 0);
    quiet(site.escrowing("LAB-01", first), 0);
    quiet(site.escrowing("DESK-02", second), 0);
    quiet(site.escrowing("DESK-02", spoilt).stdin(spoilt.with_a_slip_in(3)), 1);
    quiet(
        site.escrowing("DESK-02", spoilt)
            .stdin(format!("{0}\n{0}\n", spoilt.text)),
        1,
    );
    for json in [&[] as &[&str], &["--json"]] {
        for verb in [
            &["find", first.key_id()] as &[&str],
            &["find", "lab"],
            &["show", "LAB-01"],
            &["list"],
            &["list", "--problems"],
            &["devices"],
            &["rotation", "list"],
            &["rotation", "list", "--claimed"],
            &["audit", "list"],
            &["audit", "verify"],
            &["audit", "verify", "--no-tpm"],
            &["status"],
            &["status", "--check"],
        ] {
            let output = secrets.run_quiet(&site, site.run(&[json, verb].concat()));
            assert!(output.code == 0 || verb.contains(&"--check"), "{verb:?}: {output:?}");
        }
        let shown = secrets.run(
            &site,
            site.run(&[json, &["reveal", first.key_id()]].concat())
                .args(["--reason", "tpm-reset", "--yes"]),
        );
        assert!(shown.code == 0 && shown.stdout.contains(first.groups()[3]), "{shown:?}");
    }
    quiet(
        site.run(&["outcome", first.key_id(), "did-not-unlock", "--note", "typed twice"]),
        0,
    );
    quiet(site.escrowing("LAB-01", third), 0);
    quiet(site.run(&["expose", second.key_id(), "--note", "on paper"]), 0);
    let waive = [
        "rotation",
        "waive",
        second.key_id(),
        "--reason",
        "volume-erased",
        "--note",
        "reinstalled",
    ];
    quiet(site.run(&waive), 0);
    quiet(
        site.bare(&["reveal", first.key_id(), "--reason", "forensic", "--yes"])
            .stdin("wrong-pin"),
        5,
    );
    quiet(site.run(&["init", "--tpm", "simulator", "--pin"]), 1);
    secrets.assert_absent_under(&site.vault());
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

#[test]
fn nothing_can_be_read_off_a_running_process() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    let passwords = [made(1), made(2)];
    let secrets = Secrets::of(&passwords);
    let lock = hold_lock(&site.vault());
    for run in [
        site.escrowing("LAB-01", &made(2)),
        site.revealing(made(1).key_id()),
        site.bare(&["reveal", made(1).key_id(), "--reason", "forensic", "--yes"])
            .stdin(PIN),
    ] {
        let mut running = run.args(["--wait", "300"]).start();
        wait_until_queued(running.id());
        let process = |name: &str| format!("/proc/{}/{name}", running.id());
        let arguments = fs::read(process("cmdline")).unwrap();
        assert!(!arguments.is_empty());
        secrets.assert_absent("cmdline", &arguments);
        match fs::read(process("environ")) {
            Ok(environment) => secrets.assert_absent("environ", &environment),
            // It is not dumpable: its own user may not look either.
            Err(error) => assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}"),
        }
        let limits = fs::read_to_string(process("limits")).unwrap();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap();
        let core: Vec<_> = core.split_whitespace().collect();
        assert_eq!(core[4..6], ["0", "0"], "{core:?}");
        // What is not dumpable belongs to root in /proc, whoever runs it.
        assert_eq!(fs::metadata(process("environ")).unwrap().uid(), 0);
        running.kill();
    }
    drop(lock);
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
        let output = secrets.run_quiet(&site, site.run(arguments));
        assert_eq!(output.code, 1, "{arguments:?}: {output:?}");
    }
    site.verify();
}
