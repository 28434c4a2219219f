//! What tpm2-tools read in the TPM of a vault, and what they make of the object that is sealed in its file.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::process::Command;
use std::process::Stdio;

use data_encoding::HEXLOWER;

use crate::end_to_end::passwords::made;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;
use crate::end_to_end::sqlite_shell::ask;
use crate::end_to_end::swtpm::Swtpm;

#[test]
fn the_anchor_holds_the_last_commit() {
    let (site, swtpm) = vault(Lock::Nothing);
    assert_anchored(&site, &swtpm);
    site.reveal(made(2).key_id());
    assert_anchored(&site, &swtpm);
}

#[test]
fn what_is_sealed_opens_by_pcr_and_pin() {
    let (site, swtpm) = vault(Lock::PinAndPcr);
    assert_anchored(&site, &swtpm);
    let trial = site.beside("trial");
    let trial = trial.to_str().unwrap();
    swtpm.tool("tpm2_startauthsession", &["-S", trial]);
    swtpm.tool("tpm2_policypcr", &["-S", trial, "-l", "sha256:7"]);
    let policy = swtpm.tool("tpm2_policyauthvalue", &["-S", trial]);
    swtpm.tool("tpm2_flushcontext", &[trial]);
    let policy = String::from_utf8(policy).unwrap();
    assert_sealed(&site, &swtpm, "fixedtpm fixedparent adminwithpolicy", policy.trim());
}

#[test]
fn what_is_sealed_opens_for_this_tpm_alone() {
    let (site, swtpm) = vault(Lock::Nothing);
    // The tools name no empty selection, so this is TPM2_PolicyPCR as the TPM 2.0 Library, part 3, section 23.7 has it:
    // over the digest that a session begins with, the command's code, no selection, and the digest of no values.
    let policy = [&[0; 32][..], &[0, 0, 1, 0x7f], &[0; 4], &sha256(b"")].concat();
    let policy = HEXLOWER.encode(&sha256(&policy));
    assert_sealed(&site, &swtpm, "fixedtpm fixedparent adminwithpolicy noda", &policy);
}

enum Lock {
    Nothing,
    PinAndPcr,
}

/// A vault with two escrows on a TPM outside of it.
fn vault(lock: Lock) -> (Site, Swtpm) {
    let mut site = Site::empty();
    let state = site.beside("swtpm");
    fs::create_dir(&state).unwrap();
    let swtpm = Swtpm::start(&state);
    match lock {
        Lock::Nothing => {
            site.init(&["--tpm", &swtpm.tcti(), "--no-pin"]);
        }
        Lock::PinAndPcr => {
            swtpm.tool("tpm2_pcrextend", &[&format!("7:sha256={}", "5a".repeat(32))]);
            site.set_pin(PIN);
            site.init(&["--tpm", &swtpm.tcti(), "--pin", "--pcr", "7"]);
        }
    }
    site.escrow("LAB-01", &made(1));
    site.escrow("LAB-02", &made(2));
    (site, swtpm)
}

/// That the anchor is the index that the vault's record names, made as designed, and remembers the last commit.
#[track_caller]
fn assert_anchored(site: &Site, swtpm: &Swtpm) {
    let anchor = swtpm.anchor();
    let recorded = "SELECT printf('0x%x', record ->> '$.anchor.handle') FROM vault";
    assert_eq!(anchor, ask(&site.file(), recorded));

    let public = String::from_utf8(swtpm.tool("tpm2_nvreadpublic", &[&anchor])).unwrap();
    let recorded = ask(&site.file(), "SELECT record ->> '$.anchor.name' FROM vault");
    assert_eq!(field(&public, "", "name"), recorded, "{public}");
    assert_eq!(field(&public, "hash algorithm", "friendly"), "sha256", "{public}");
    let attributes = words(field(&public, "attributes", "friendly"), '|');
    let expected = words("authread authwrite ownerread no_da written", ' ');
    assert_eq!(attributes, expected, "{public}");
    assert_eq!(field(&public, "", "size"), "40", "{public}");

    let last = "FROM checkpoint ORDER BY number DESC LIMIT 1";
    let number: u64 = ask(&site.file(), &format!("SELECT number {last}")).parse().unwrap();
    let note = ask(&site.file(), &format!("SELECT note {last}"));
    // The signatures stand behind an empty line.
    let text = note.split_once("\n\n").unwrap().0.to_owned() + "\n";
    let content = [&number.to_be_bytes()[..], &sha256(text.as_bytes())].concat();
    let read = swtpm.tool("tpm2_nvread", &[&anchor, "-C", "o"]);
    assert_eq!(HEXLOWER.encode(&read), HEXLOWER.encode(&content));
}

/// That the TPM loads the sealed object under the TCG's storage primary, and has it with these attributes and policy.
#[track_caller]
fn assert_sealed(site: &Site, swtpm: &Swtpm, attributes: &str, policy: &str) {
    let path = |name: &str| site.beside(name).to_str().unwrap().to_owned();
    let primary = path("primary");
    swtpm.tool(
        "tpm2_createprimary",
        &[
            "-C",
            "o",
            "-g",
            "sha256",
            "-G",
            "ecc256:aes128cfb",
            "-a",
            STORAGE_PRIMARY,
            "-c",
            &primary,
        ],
    );
    // There is no resource manager: what the tools loaded stays, and there are three places.
    swtpm.tool("tpm2_flushcontext", &["-t"]);
    let public = String::from_utf8(swtpm.tool("tpm2_readpublic", &["-c", &primary])).unwrap();
    swtpm.tool("tpm2_flushcontext", &["-t"]);
    let recorded = ask(&site.file(), "SELECT record ->> '$.tpm.primary' FROM vault");
    assert_eq!(field(&public, "", "name"), recorded, "{public}");

    let sealed = HEXLOWER
        .decode(ask(&site.file(), "SELECT lower(hex(sealed)) FROM vault").as_bytes())
        .unwrap();
    // TPM2B_PUBLIC and TPM2B_PRIVATE, each behind its length.
    let length = usize::from(u16::from_be_bytes([sealed[0], sealed[1]]));
    let halves = sealed.split_at(2 + length);
    fs::write(path("public"), halves.0).unwrap();
    fs::write(path("private"), halves.1).unwrap();
    let loaded = path("loaded");
    swtpm.tool(
        "tpm2_load",
        &[
            "-C",
            &primary,
            "-u",
            &path("public"),
            "-r",
            &path("private"),
            "-c",
            &loaded,
        ],
    );
    swtpm.tool("tpm2_flushcontext", &["-t"]);
    let public = String::from_utf8(swtpm.tool("tpm2_readpublic", &["-c", &loaded])).unwrap();
    swtpm.tool("tpm2_flushcontext", &["-t"]);
    assert_eq!(field(&public, "type", "value"), "keyedhash", "{public}");
    assert_eq!(field(&public, "name-alg", "value"), "sha256", "{public}");
    let found = words(field(&public, "attributes", "value"), '|');
    assert_eq!(found, words(attributes, ' '), "{public}");
    assert_eq!(field(&public, "", "authorization policy"), policy, "{public}");
    // The program finds the TPM as it left it.
    site.reveal(made(1).key_id());
}

/// A field of what the tools print: `field: value`, under a heading or under none.
#[track_caller]
fn field<'t>(text: &'t str, heading: &str, field: &str) -> &'t str {
    let mut lines = text.lines().map(str::trim);
    let under = heading.is_empty() || lines.any(|line| line.strip_suffix(':') == Some(heading));
    let mut values = lines.filter_map(|line| line.strip_prefix(field)?.strip_prefix(": "));
    let value = values.next().filter(|_| under);
    value.unwrap_or_else(|| panic!("no {field} under {heading:?} in {text}"))
}

fn words(text: &str, between: char) -> BTreeSet<&str> {
    text.split(between).collect()
}

/// As `sha256sum` has it.
fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|err| panic!("sha256sum: {err}; apt install coreutils"));
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let hash = HEXLOWER.decode(&output.stdout[..64]).unwrap();
    hash.try_into().unwrap()
}

/// Of the TCG TPM v2.0 Provisioning Guidance, table 2.
const STORAGE_PRIMARY: &str = "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt";
