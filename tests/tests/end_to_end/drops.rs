//! What an agent hands in, with the program that it has, and what an implementation that is not ours makes of it
//! (`tests/checkers/drop.py`): no vault, no TPM.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use rexpect::process::WaitStatus;
use rexpect::session::spawn_command;
use serde_json::Value;
use serde_json::json;
use strongroom_core::drop::OpenDropError;

use crate::end_to_end::agent::Agent;
use crate::end_to_end::agent::PASSWORD;
use crate::end_to_end::agent::PROTECTOR;
use crate::end_to_end::agent::flip;
use crate::end_to_end::agent::opened;
use crate::end_to_end::agent::vector;
use crate::end_to_end::checkers::python;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::run::assert_fields;

#[test]
fn pyhpke_opens_what_the_program_makes() {
    let agent = Agent::new();
    let full = "--volume c: --volume-type os --volume-id 8EE25461-3CBE-4B1D-AE6A-E4E9A2C23D4F \
                --created 2026-11-22T02:00:00Z --listed 00010203-0405-0607-0809-0a0b0c0d0e0f \
                --listed {F0F1F2F3-F4F5-F6F7-F8F9-FAFBFCFDFEFF}";
    for (name, keys) in [("base", "--to vault.key"), ("psk", "--sender courier.sender")] {
        let made = agent
            .seal(&format!("{keys} --out {name} --json {full}"))
            .output()
            .ok()
            .json();
        let told = agent.checked(name, "vault secret").ok().json();
        let sender = if name == "psk" {
            json!(vector("sender"))
        } else {
            Value::Null
        };
        assert_eq!(
            (&told["vault"], &told["generation"]),
            (&json!(vector("vault")), &json!(2))
        );
        assert_eq!((&told["sender"], &made["sender_id"]), (&sender, &sender));
        assert_eq!(
            (&told["sequence"], &told["created"]),
            (&made["sequence"], &made["sequence"])
        );
        let escrow = json!([{
            "device": "PC-0042",
            "mount": "C:",
            "type": "os",
            "volume_id": "8ee254613cbe4b1dae6ae4e9a2c23d4f",
            "protector": PROTECTOR.replace('-', ""),
            "password": vector("password bytes"),
            "created": 1_795_312_800_000_i64,
            "listed": ["000102030405060708090a0b0c0d0e0f", "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"],
        }]);
        assert_eq!(told["escrows"], escrow);
        assert_fields(
            &made,
            "out drop vault_id generation sender_id sender sequence created_at escrows",
        );
        assert_eq!(made["drop"], json!(agent.digest(name).to_string()));
        assert!(
            !fs::read(agent.path(name))
                .unwrap()
                .windows(7)
                .any(|window| window == b"PC-0042")
        );

        let len = fs::read(agent.path(name)).unwrap().len();
        for at in [16, 35, 36, 40, 110, len - 1] {
            flip(&agent.path(name), at);
            agent.checked(name, "vault secret").refused(1, "no: ");
            flip(&agent.path(name), at);
        }
        agent.checked(name, "vault secret").ok();
    }
    // Who has the vault's private key and not its secret can open what anybody made, and not pass for a sender.
    agent.checked("base", "share key").ok();
    agent.checked("psk", "share key").refused(1, "no: it does not open");
}

#[test]
fn the_vault_opens_what_pyhpke_makes() {
    let agent = Agent::new();
    let contents = json!({
        "created": -1,
        "sequence": u64::MAX,
        "escrows": [{
            "device": "PC-ü",
            "mount": "",
            "type": "removable",
            "volume_id": "",
            "protector": "11111111222233334444555555555555",
            "password": vector("password bytes"),
            "created": null,
            "listed": [],
        }],
    });
    let make = |file: &str, out: &str, contents: &Value| {
        let paths = [agent.path(file), agent.path(out)];
        let run = python("drop.py").args(["make"]).args(paths);
        run.stdin(contents.to_string()).output().ok();
    };
    for (file, out) in [("vault.key", "base"), ("courier.sender", "psk")] {
        make(file, out, &contents);
        let drop = opened(&agent.path(out)).unwrap();
        assert_eq!(drop.sender.is_some(), out == "psk");
        assert_eq!((drop.sequence, drop.created_at.as_millis()), (u64::MAX, -1));
        let [escrow] = drop.escrows.as_slice() else {
            panic!("one escrow")
        };
        assert_eq!(escrow.device.as_str(), "PC-ü");
        assert_eq!(*escrow.password.to_text(), PASSWORD);
        let last = fs::read(agent.path(out)).unwrap().len() - 1;
        flip(&agent.path(out), last);
        assert!(matches!(opened(&agent.path(out)), Err(OpenDropError::Decrypt(_))));
    }
    // Anybody can encrypt anything: what is no escrow is refused when it is opened.
    let mut wrong = contents;
    wrong["escrows"][0]["device"] = json!("a\u{1b}[2Jb");
    make("vault.key", "wrong", &wrong);
    assert!(matches!(opened(&agent.path("wrong")), Err(OpenDropError::Contents(_))));
}

#[test]
fn the_sequence_grows_whatever_the_clock_says() {
    let agent = Agent::new();
    let sealed = |out: &str| {
        let arguments = format!("--sender courier.sender --sequence-file last --out {out} --json");
        agent.seal(&arguments).output()
    };
    let sequence = |out: &str| sealed(out).ok().json()["sequence"].as_u64().unwrap();
    let kept = || fs::read_to_string(agent.path("last")).unwrap();
    let first = sequence("a");
    assert!(first > 1_700_000_000_000, "the time in milliseconds");
    assert_eq!(kept(), format!("strongroom-drop sequence\n{first}\n"));
    assert!(sequence("b") > first);
    // As where the clock was put back.
    fs::write(agent.path("last"), "9000000000000000000\n").unwrap();
    assert_eq!(sequence("c"), 9_000_000_000_000_000_001);
    assert_eq!(sequence("d"), 9_000_000_000_000_000_002);
    assert_eq!(kept(), "strongroom-drop sequence\n9000000000000000002\n");
    assert_eq!(opened(&agent.path("d")).unwrap().sequence, 9_000_000_000_000_000_002);

    let full = u64::MAX.to_string();
    for wrong in ["", "x", "-1", "01", "1\n2\n", &full, &"1".repeat(100)] {
        fs::write(agent.path("last"), wrong).unwrap();
        sealed("e").refused(1, "is not a file that `--sequence-file` wrote");
        assert_eq!((kept().as_str(), agent.path("e").exists()), (wrong, false));
    }
}

#[test]
fn a_drop_takes_no_other_files_place() {
    let agent = Agent::new();
    let seal = || agent.seal("--to vault.key --out a.drop --sequence-file last").output();
    // A link under the hidden name that earlier versions used.
    symlink(agent.path("vault.key"), agent.path(".a.drop.strongroom")).unwrap();
    let key = fs::read(agent.path("vault.key")).unwrap();
    seal().ok();
    assert_eq!(fs::read(agent.path("vault.key")).unwrap(), key);
    let (made, last) = (
        fs::read(agent.path("a.drop")).unwrap(),
        fs::read(agent.path("last")).unwrap(),
    );
    seal().refused(1, "a.drop is there already");
    assert_eq!(fs::read(agent.path("a.drop")).unwrap(), made);
    assert_eq!(
        fs::read(agent.path("last")).unwrap(),
        last,
        "no number is used for nothing"
    );
    symlink("nowhere", agent.path("b.drop")).unwrap();
    agent
        .seal("--to vault.key --out b.drop")
        .output()
        .refused(1, "is there already");
    agent
        .seal("--to vault.key --out no/c.drop")
        .output()
        .refused(1, "no: No such file or directory");
    let mut names: Vec<_> = fs::read_dir(agent.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    let left = [
        ".a.drop.strongroom",
        "a.drop",
        "b.drop",
        "courier.sender",
        "last",
        "vault.key",
    ];
    assert_eq!(names, left, "what is not the program's own is left");
}

#[test]
fn nothing_says_the_password() {
    let agent = Agent::new();
    let read = |input: &str| {
        let run = agent.seal("--to vault.key --out a.drop --json").stdin(input);
        let output = run.output();
        for group in PASSWORD.split('-').filter(|group| *group != "000000") {
            assert!(
                !output.stderr.contains(group) && !output.stdout.contains(group),
                "{output:?}"
            );
        }
        drop(fs::remove_file(agent.path("a.drop")));
        output
    };
    for good in [
        PASSWORD.to_owned(),
        format!("\u{feff}{PASSWORD}\r\n"),
        PASSWORD.replace('-', ""),
    ] {
        read(&good).ok();
    }
    read(&PASSWORD.replace("123354", "123355")).refused(1, "malformed: group 1 fails its checksum");
    read(&format!("{PASSWORD}\n{PASSWORD}\n")).refused(1, "stdin holds more than one line");
    read(&format!("{}\n{PASSWORD}", " \n".repeat(70_000))).refused(1, "stdin holds more than one line");
    read("").refused(1, "there is no recovery password on stdin");
}

#[test]
fn a_terminal_is_no_place_for_a_password() {
    let agent = Agent::new();
    let on_terminal = |arguments: &str, words: [&str; 2]| {
        let mut command = Command::new(DROP_PROGRAM);
        command.current_dir(agent.folder()).args(["seal", "--to", "vault.key"]);
        command.args(["--device", "PC", "--protector", PROTECTOR]);
        command.args(arguments.split_whitespace());
        let mut session = spawn_command(command, Some(10_000)).unwrap();
        session.exp_string(words[0]).unwrap();
        session.exp_string(words[1]).unwrap();
        session.exp_eof().unwrap();
        assert!(matches!(session.process().wait(), Ok(WaitStatus::Exited(_, 2))));
    };
    on_terminal(
        "--out a.drop",
        [
            "a password that is typed here would be seen",
            "give it on stdin, through a pipe or from a file",
        ],
    );
    on_terminal("", ["a drop is no text for a terminal", "name a file by --out"]);
    let mixed = agent.seal("--to vault.key --json").output();
    mixed.refused(2, "cannot be used without '--out <FILE>'");
    let full = "exec \"$0\" seal --to vault.key --device PC --protector \"$1\" >/dev/full";
    Run::of("bash", ["-c", full, DROP_PROGRAM, PROTECTOR])
        .in_folder(agent.folder())
        .stdin(PASSWORD)
        .output()
        .refused(1, "the drop cannot be written to stdout");
}

#[test]
fn a_drop_is_for_a_vault() {
    let agent = Agent::new();
    agent
        .seal("--out a.drop")
        .output()
        .refused(2, "not provided: --to <FILE>");
    agent.seal("--sender vault.key --out a.drop").output().refused(
        1,
        "vault.key holds no key of a vault: it does not begin with the line strongroom-drop-sender v1",
    );
    // A sender's file has the key in it, also for whoever does not hand in as that sender.
    agent.seal("--to courier.sender --out a.drop").output().ok();
    assert_eq!(opened(&agent.path("a.drop")).unwrap().sender, None);
}

/// It is carried to machines that have neither.
#[test]
fn the_agents_program_links_no_tpm_library_and_no_sqlite() {
    let libraries = |program: &str| Run::of("ldd", [program]).output().ok().stdout;
    let holds_sqlite = |program: &str| {
        let bytes = fs::read(program).unwrap();
        bytes.windows(13).any(|window| window == b"sqlite_schema")
    };
    assert!(
        libraries(PROGRAM).contains("libtss2") && holds_sqlite(PROGRAM),
        "the search finds them"
    );
    assert!(!libraries(DROP_PROGRAM).contains("libtss2") && !holds_sqlite(DROP_PROGRAM));
}
