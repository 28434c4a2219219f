//! What tpm2-tools say of the anchor and the sealed object, which they did not make.

use std::fs;
use std::path::Path;
use std::process::Command;

use data_encoding::HEXLOWER;
use data_encoding::HEXUPPER;
use serde_json::Value;

use crate::end_to_end::checkers::sqlite3;
use crate::end_to_end::passwords::made;
use crate::end_to_end::site::Site;
use crate::end_to_end::swtpm::Swtpm;

/// A vault on a TPM outside, whose PCR 7 means something.
fn measured(arguments: &[&str]) -> (Site, Swtpm) {
    let mut site = Site::empty();
    let state = site.beside("swtpm");
    fs::create_dir(&state).unwrap();
    let swtpm = Swtpm::start(&state);
    swtpm.tool("tpm2_pcrextend", &[&format!("7:sha256={}", "5a".repeat(32))]);
    if arguments.contains(&"--pin") {
        site.set_pin("4711");
    }
    site.init(&[&["--tpm", &swtpm.tcti()], arguments].concat());
    site.escrow("LAB-01", &made(1));
    (site, swtpm)
}

/// The value behind `name: ` in what the tools print; where `heading` is not empty, the first one below it.
#[track_caller]
fn value(printed: &[u8], heading: &str, name: &str) -> String {
    let text = str::from_utf8(printed).unwrap();
    let (_, below) = text.split_once(heading).unwrap();
    let mut lines = below
        .lines()
        .filter_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": "));
    lines
        .next()
        .unwrap_or_else(|| panic!("no {name} below {heading:?} in {text}"))
        .to_owned()
}

#[test]
fn the_anchor_holds_number_and_hash_of_the_last_checkpoint() {
    let site = Site::new();
    for number in 1..=3 {
        site.escrow("LAB-01", &made(number));
        let row = sqlite3(
            &site,
            "SELECT number, note FROM checkpoint ORDER BY number DESC LIMIT 1",
        );
        let (commit, note) = row.split_once('|').unwrap();
        // The text of a note ends before the empty line above its signatures.
        let (text, _) = note.split_once("\n\n").unwrap();
        let file = site.beside("text");
        fs::write(&file, format!("{text}\n")).unwrap();
        let sum = Command::new("sha256sum").arg(&file).output().unwrap();
        let sum = String::from_utf8(sum.stdout).unwrap();
        let swtpm = Swtpm::start(&site.tpm_state());
        let anchor = swtpm.anchor();
        let remembered = HEXLOWER.encode(&swtpm.tool("tpm2_nvread", &[&anchor, "-C", "o"]));
        let commit: u64 = commit.parse().unwrap();
        assert_eq!(
            remembered,
            format!("{commit:016x}{}", sum.split_whitespace().next().unwrap())
        );

        let public = swtpm.tool("tpm2_nvreadpublic", &[&anchor]);
        assert_eq!(value(&public, "", "size"), "40");
        assert_eq!(value(&public, "hash algorithm:", "friendly"), "sha256");
        let attributes = value(&public, "attributes:", "friendly");
        let mut attributes: Vec<&str> = attributes.split('|').collect();
        attributes.sort_unstable();
        assert_eq!(attributes, ["authread", "authwrite", "no_da", "ownerread", "written"]);
    }
}

#[test]
fn the_sealed_object_is_under_the_policy_that_the_tools_compute() {
    for (arguments, attributes, policies) in [
        (
            &["--pin", "--pcr", "7"] as &[&str],
            "fixedtpm|fixedparent|adminwithpolicy",
            &["tpm2_policypcr", "tpm2_policyauthvalue"] as &[&str],
        ),
        (
            &["--no-pin", "--pcr", "7"],
            "fixedtpm|fixedparent|adminwithpolicy|noda",
            &["tpm2_policypcr"],
        ),
    ] {
        let (site, swtpm) = measured(arguments);
        let public = loaded(&site, &swtpm);
        assert_eq!(value(&public, "\ntype:", "value"), "keyedhash");
        assert_eq!(value(&public, "attributes:", "value"), attributes);
        let policy = policy(&site, &swtpm, policies);
        assert_eq!(value(&public, "", "authorization policy"), policy);
    }
}

/// What the tools say of the sealed object, when they have loaded it under a storage primary that they made themselves.
#[track_caller]
fn loaded(site: &Site, swtpm: &Swtpm) -> Vec<u8> {
    let sealed = sqlite3(site, "SELECT hex(sealed) FROM vault");
    let sealed = HEXUPPER.decode(sealed.trim().as_bytes()).unwrap();
    let public_len = 2 + usize::from(u16::from_be_bytes([sealed[0], sealed[1]]));
    let file = |name: &str| site.beside(name).to_str().unwrap().to_owned();
    fs::write(file("public"), &sealed[..public_len]).unwrap();
    fs::write(file("private"), &sealed[public_len..]).unwrap();
    let primary = [
        "-C",
        "o",
        "-g",
        "sha256",
        "-G",
        "ecc256:aes128cfb",
        "-a",
        "fixedtpm|fixedparent|sensitivedataorigin|userwithauth|noda|restricted|decrypt",
        "-c",
        &file("primary"),
    ];
    swtpm.tool("tpm2_createprimary", &primary);
    swtpm.tool("tpm2_flushcontext", &["-t"]);
    swtpm.tool("tpm2_readpublic", &["-c", &file("primary"), "-n", &file("name")]);
    swtpm.tool("tpm2_flushcontext", &["-t"]);
    let record: Value = serde_json::from_str(&sqlite3(site, "SELECT record FROM vault")).unwrap();
    let name = HEXLOWER.encode(&fs::read(file("name")).unwrap());
    assert_eq!(
        record["tpm"]["primary"],
        name.as_str(),
        "the primary is the one on record"
    );

    let (public, private, object) = (file("public"), file("private"), file("object"));
    let load = ["-C", &file("primary"), "-u", &public, "-r", &private, "-c", &object];
    swtpm.tool("tpm2_load", &load);
    swtpm.tool("tpm2_flushcontext", &["-t"]);
    let read = swtpm.tool("tpm2_readpublic", &["-c", &object]);
    swtpm.tool("tpm2_flushcontext", &["-t"]);
    read
}

/// The policy digest of a trial session.
#[track_caller]
fn policy(site: &Site, swtpm: &Swtpm, policies: &[&str]) -> String {
    let file = |name: &str| site.beside(name).to_str().unwrap().to_owned();
    let (session, digest) = (file("session"), file("policy"));
    swtpm.tool("tpm2_startauthsession", &["-S", &session]);
    for policy in policies {
        let mut arguments = vec!["-S", session.as_str(), "-L", digest.as_str()];
        if *policy == "tpm2_policypcr" {
            arguments.extend(["-l", "sha256:7"]);
        }
        swtpm.tool(policy, &arguments);
    }
    swtpm.tool("tpm2_flushcontext", &[&session]);
    HEXLOWER.encode(&fs::read(Path::new(&digest)).unwrap())
}
