//! Runs that are searched: for what they say, and for what they leave behind.

use std::cell::RefCell;
use std::fs;

use crate::end_to_end::held::names;
use crate::end_to_end::leak_search::Secrets;
use crate::end_to_end::passwords::Made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;

/// A site whose every run is searched: what it writes, and the folder that it leaves behind.
pub(crate) struct Searched {
    pub(crate) site: Site,
    secrets: Secrets,
    /// What runs wrote that show no password: searched again when all of the keys are known.
    said: RefCell<Vec<u8>>,
}

impl Searched {
    pub(crate) fn new(passwords: &[Made]) -> Self {
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
    pub(crate) fn run(&self, run: Run) -> Output {
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
    pub(crate) fn quiet(&self, run: Run, code: i32) -> Output {
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
        let ours = |name: &String| OURS.contains(&name.as_str()) || FOLDERS.contains(&name.as_str());
        assert!(beside.iter().all(ours), "{beside:?}");
    }

    /// All keys are known now: everything is searched for them too.
    #[track_caller]
    pub(crate) fn search_all_again(self) {
        let secrets = self.secrets.with_keys_of(&self.site);
        secrets.assert_absent("what was said", &self.said.borrow());
        secrets.assert_absent_from(&self.site);
    }
}

/// For temporary files, and where programs keep what they remember.
const FOLDERS: [&str; 5] = ["temporary", "home", "data", "config", "runtime"];

/// What runs are told to read and to write, beside the vault.
const OURS: [&str; 10] = [
    "courier.sender",
    "pin",
    "receipts",
    "report.html",
    "spool",
    "stick",
    "strace.log",
    "vault",
    "vault.key",
    "volume.img",
];
