//! The folder in which a transcript is played: its commands are lines for bash, run one by one.

use std::fs;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

use crate::end_to_end::images;
use crate::end_to_end::machine::is_root;
use crate::end_to_end::run::AUDIT_PROGRAM;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::stand_ins::StandIns;
use crate::end_to_end::swtpm::Swtpm;

/// An empty folder, `strongroom`, `strongroom-audit` and `strongroom-drop` on the path, and a TPM and
/// images of volumes if the page speaks of them.
pub(crate) struct Sandbox {
    folder: TempDir,
    tpm: Option<Swtpm>,
    stand_ins: StandIns,
}

impl Sandbox {
    /// For this page. One that says `$TPM` has a software TPM of its own, and one that says `.img` those of [`images`].
    pub(crate) fn new(page: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["bin", "tpm", "work"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        symlink(PROGRAM, folder.path().join("bin/strongroom")).unwrap();
        symlink(AUDIT_PROGRAM, folder.path().join("bin/strongroom-audit")).unwrap();
        symlink(DROP_PROGRAM, folder.path().join("bin/strongroom-drop")).unwrap();
        if page.contains(".img") {
            images::write_into(&folder.path().join("work"));
        }
        let tpm = page.contains("$TPM").then(|| Swtpm::start(&folder.path().join("tpm")));
        let tcti = tpm.as_ref().map(Swtpm::tcti);
        let stand_ins = StandIns::new(&folder.path().join("work"), tcti.as_deref());
        Self { folder, tpm, stand_ins }
    }

    /// Runs a command, and gives what came of it as a page shows it.
    #[track_caller]
    pub(crate) fn run(&mut self, command: &str) -> Output {
        let meant = self.stand_ins.resolve(command);
        let script = format!("umask 077; cd \"$WORK\" || exit\n{meant}");
        let tcti = self.tpm.as_ref().map(Swtpm::tcti).unwrap_or_default();
        let path = format!("{}/bin:/usr/bin:/bin", self.folder.path().display());
        // Without a terminal to ask on, also where the tests have one.
        let shell = ["setsid", "--wait", "bash", "-c", &script];
        let mut words = if is_root() { &AS_ANYBODY[..] } else { &[] }.iter().chain(&shell);
        let program = words.next().unwrap();
        let output = Run::of(program, words)
            .env("PATH", path)
            .env("WORK", self.folder.path().join("work"))
            .env("LC_ALL", "C.UTF-8")
            .env("STRONGROOM_VAULT", "vault")
            .env("TPM", &tcti)
            .env("TPM2TOOLS_TCTI", &tcti)
            .env("TSS2_LOG", "all+none")
            .output();
        assert!(
            output.code != 127,
            "{command}: {}; apt install bash sqlite3 tpm2-tools util-linux",
            output.stderr
        );
        Output {
            code: output.code,
            stdout: self.stand_ins.put_into(&output.stdout),
            stderr: self.stand_ins.put_into(&output.stderr),
        }
    }
}

/// Root may use any file; on the pages modes and owners count.
const AS_ANYBODY: [&str; 3] = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"];
