//! The leak search: what must be found nowhere, and where it is looked for.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use data_encoding::BASE64;
use data_encoding::HEXLOWER;
use data_encoding::HEXUPPER;

use crate::end_to_end::passwords::Made;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;

/// What is searched for, each with its name.
pub(crate) struct Secrets {
    needles: Vec<Needle>,
    /// Where needles begin so: one pass over what is searched finds all of them.
    beginnings: BTreeMap<[u8; BEGINNING], Vec<usize>>,
}

struct Needle {
    name: String,
    bytes: Vec<u8>,
}

/// How many bytes of a needle are looked up; no needle is shorter.
const BEGINNING: usize = 4;

/// What a TPM keeps by its nature: the authorisation values of its own index and of its lockout hierarchy.
const KEPT_BY_THE_TPM: [&str; 2] = ["anchor-authorisation", "lockout-authorisation"];

/// What a sender's file is for.
const IN_A_SENDERS_FILE: &str = "drop-sender";

impl Secrets {
    /// The PIN; each password as it is written, two of its groups beside each other, and its 16 bytes.
    pub(crate) fn of(passwords: &[Made]) -> Self {
        let mut secrets = Self {
            needles: Vec::new(),
            beginnings: BTreeMap::new(),
        };
        secrets.add("PIN", PIN.as_bytes());
        for password in passwords {
            secrets.add_key("password", &password.bytes);
            for pair in password.groups().windows(2) {
                for separator in ["-", " ", ""] {
                    secrets.add("two groups", pair.join(separator).as_bytes());
                }
            }
        }
        secrets
    }

    /// And every key of a vault as it is now: raw, in both ways of hexadecimal, and in base64.
    #[track_caller]
    pub(crate) fn with_keys_of(mut self, site: &Site) -> Self {
        let output = Command::new(env!("CARGO_BIN_EXE_strongroom-keys-of"))
            .arg(site.vault())
            .arg(PIN)
            .env("TSS2_LOG", "all+none")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        for (name, hex) in lines.lines().filter_map(|line| line.split_once(' ')) {
            self.add_key(name, &HEXLOWER.decode(hex.as_bytes()).unwrap());
        }
        self
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.needles.iter().map(|needle| needle.name.as_str()).collect()
    }

    fn add_key(&mut self, name: &str, key: &[u8]) {
        // The last byte of an authorisation is not that of the key.
        let key = if name.ends_with("authorisation") {
            &key[..31]
        } else {
            key
        };
        let in_base64 = BASE64.encode(key);
        // Its last characters depend on what comes behind it.
        let whole = in_base64.len() - 4;
        self.add(name, key);
        self.add(name, HEXLOWER.encode(key).as_bytes());
        self.add(name, HEXUPPER.encode(key).as_bytes());
        self.add(name, &in_base64.as_bytes()[..whole]);
    }

    fn add(&mut self, name: &str, bytes: &[u8]) {
        let beginning = *bytes.first_chunk::<BEGINNING>().unwrap();
        self.beginnings.entry(beginning).or_default().push(self.needles.len());
        self.needles.push(Needle {
            name: name.to_owned(),
            bytes: bytes.to_owned(),
        });
    }

    /// The names of what is found in these bytes.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<&str> {
        let mut found = Vec::new();
        for (at, window) in bytes.windows(BEGINNING).enumerate() {
            let numbers = self.beginnings.get(window).into_iter().flatten();
            let needles = numbers.map(|number| &self.needles[*number]);
            let here = needles.filter(|needle| bytes[at..].starts_with(&needle.bytes));
            found.extend(here.map(|needle| needle.name.as_str()));
        }
        found
    }

    #[track_caller]
    pub(crate) fn assert_absent(&self, place: &str, bytes: &[u8]) {
        let found = self.found_in(bytes);
        assert!(
            found.is_empty(),
            "{found:?} in {place}: {}",
            String::from_utf8_lossy(bytes)
        );
    }

    /// Of every file below a folder, and its name. `expected` says what belongs into a file.
    #[track_caller]
    pub(crate) fn assert_absent_under(&self, folder: &Path, expected: impl Fn(&Path, &str) -> bool + Copy) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            self.assert_absent("the name of a file", path.as_os_str().as_encoded_bytes());
            if entry.file_type().unwrap().is_dir() {
                self.assert_absent_under(&path, expected);
                continue;
            }
            let mut found = self.found_in(&fs::read(&path).unwrap());
            found.retain(|name| !expected(&path, name));
            assert!(found.is_empty(), "{found:?} in {}", path.display());
        }
    }

    /// The whole folder around the vault: the PIN is in its file, in the TPM what a TPM keeps, and in a sender's file its
    /// key.
    #[track_caller]
    pub(crate) fn assert_absent_from(&self, site: &Site) {
        let (tpm, pin) = (site.tpm_state(), site.pin_file());
        self.assert_absent_under(&site.root(), |path, name| {
            (path == pin && name == "PIN")
                || (path.starts_with(&tpm) && KEPT_BY_THE_TPM.contains(&name))
                || (path.extension().is_some_and(|end| end == "sender") && name == IN_A_SENDERS_FILE)
        });
    }
}

/// A search that finds nothing anywhere proves nothing.
#[test]
fn what_is_there_is_found() {
    use crate::end_to_end::handed_in::enrol;
    use crate::end_to_end::passwords::made;

    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    let sender = site.beside("courier.sender");
    enrol(&site, "courier", &sender).output().ok();
    let secrets = Secrets::of(&[made(1)]).with_keys_of(&site);
    let mut names = secrets.names();
    names.sort_unstable();
    names.dedup();
    assert_eq!(
        names,
        [
            "PIN",
            "anchor-authorisation",
            "dek",
            "drop-private",
            "drop-seed",
            "drop-sender",
            "fingerprint",
            "kek",
            "keyring-key",
            "lockout-authorisation",
            "log-signing",
            "password",
            "pin-authorisation",
            "root-key",
            "tpm-signing-authorisation",
            "two groups",
            "vault-secret",
            "wrap",
        ]
    );
    for needle in &secrets.needles {
        let hidden = [b"\0\0x", needle.bytes.as_slice(), b"y"].concat();
        assert!(
            secrets.found_in(&hidden).contains(&needle.name.as_str()),
            "{}",
            needle.name
        );
        assert!(
            !secrets
                .found_in(&hidden[..hidden.len() - 2])
                .contains(&needle.name.as_str())
        );
    }
    secrets.assert_absent_from(&site);
    assert_eq!(secrets.found_in(&fs::read(sender).unwrap()), [IN_A_SENDERS_FILE]);
    // The TPM does keep those two: so what is read off a file there is really searched.
    let state = fs::read(site.tpm_state().join("tpm2-00.permall")).unwrap();
    let mut kept = secrets.found_in(&state);
    kept.sort_unstable();
    kept.dedup();
    assert_eq!(kept, KEPT_BY_THE_TPM);
}
