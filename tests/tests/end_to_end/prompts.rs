//! On a terminal: what is asked, what is shown, and what stays on the screen.

use std::io::Write;
use std::process::Command;

use rexpect::process::WaitStatus;
use rexpect::session::PtySession;
use rexpect::session::spawn_command;
use rustix::termios::LocalModes;
use rustix::termios::tcgetattr;

use crate::end_to_end::machine::hold_lock;
use crate::end_to_end::machine::is_locked;
use crate::end_to_end::machine::processes_in;
use crate::end_to_end::machine::wait_until;
use crate::end_to_end::machine::wait_until_queued;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::PROGRAM;
use crate::end_to_end::site::PIN;
use crate::end_to_end::site::Site;

/// The program on a terminal that echoes, as a person has it; rexpect's own does not.
fn on_terminal(site: &Site, arguments: &[&str]) -> PtySession {
    let mut command = Command::new("sh");
    command
        .args(["-c", "stty echo && exec \"$0\" \"$@\"", PROGRAM, "--vault"])
        .arg(site.vault())
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TERM", "xterm")
        .env("TZ", "UTC");
    spawn_command(command, Some(60_000)).unwrap()
}

/// Reads what is left on the screen, and that it ends with this code.
#[track_caller]
fn ends(mut session: PtySession, code: i32) -> String {
    let rest = session.exp_eof().unwrap();
    let status = session.process().wait().unwrap();
    let WaitStatus::Exited(_, found) = status else {
        panic!("{status:?}: {rest}");
    };
    assert_eq!(found, code, "{rest}");
    rest
}

#[track_caller]
fn assert_echoes(session: &PtySession) {
    let terminal = session.process().get_file_handle().unwrap();
    let modes = tcgetattr(&terminal).unwrap().local_modes;
    assert!(modes.contains(LocalModes::ECHO), "the terminal was left without echo");
}

#[track_caller]
fn assert_silent(session: &PtySession) {
    let terminal = session.process().get_file_handle().unwrap();
    wait_until("the terminal does not echo", || {
        !tcgetattr(&terminal).unwrap().local_modes.contains(LocalModes::ECHO)
    });
}

#[test]
fn a_reveal_asks_first() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    for answer in ["n", "", "yes please", "N"] {
        let mut session = on_terminal(&site, &["reveal", made(1).key_id(), "--reason", "forensic"]);
        let asked = session.exp_string("[y/N]").unwrap();
        assert!(asked.contains("LAB-01") && asked.contains("exposed"), "{asked}");
        session.send_line(answer).unwrap();
        let rest = ends(session, 1);
        assert!(!rest.contains(made(1).groups()[0]), "{rest}");
    }
    assert_eq!(site.lines(&["rotation", "list"]).len(), 0);
    assert_eq!(site.lines(&["audit", "list", "--action", "reveal"]).len(), 0);
}

#[test]
fn a_reveal_shows_and_clears() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let mut session = on_terminal(&site, &["reveal", made(1).key_id(), "--reason", "forensic"]);
    session.exp_string("[y/N]").unwrap();
    session.send_line("y").unwrap();
    let shown = session.exp_string("Enter").unwrap();
    for group in made(1).groups() {
        assert!(shown.contains(group), "{shown}");
    }
    assert!(
        shown.contains(&made(1).protector) && shown.contains("LAB-01"),
        "{shown}"
    );
    // It was on record before anybody saw it, and nobody is kept waiting while it is read out.
    assert_eq!(site.lines(&["rotation", "list"]).len(), 1);
    assert!(!is_locked(&site.vault()));
    assert_eq!(processes_in(&site.vault()), [] as [u32; 0]);
    session.send_line("").unwrap();
    let rest = ends(session, 0);
    let cleared = rest.find("\u{1b}[2J").expect("the screen is cleared");
    assert!(rest.contains("\u{1b}[3J"), "and what was scrolled away: {rest:?}");
    for group in made(1).groups() {
        assert!(!rest[cleared..].contains(group), "{rest:?}");
    }
}

#[test]
fn a_missing_reason_is_asked_from_a_list() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let mut session = on_terminal(&site, &["reveal", made(1).key_id()]);
    // Whatever is asked first: the reasons are numbered, and the question is not left out.
    session.exp_string("boot").unwrap();
    let list = session.exp_string("forensic").unwrap();
    let (before, _) = list.rsplit_once('\n').unwrap();
    let number = before.lines().count() + 1;
    session.send_line(&number.to_string()).unwrap();
    session.exp_string("[y/N]").unwrap();
    session.send_line("y").unwrap();
    session.exp_string("Enter").unwrap();
    session.send_line("").unwrap();
    ends(session, 0);
    let events = site.lines(&["audit", "list", "--action", "reveal"]);
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0]["reason"], "forensic", "the number that was typed: {events:?}");
}

#[test]
fn a_pin_does_not_echo() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    let mut session = on_terminal(&site, &["reveal", made(1).key_id(), "--reason", "forensic", "--yes"]);
    session.exp_string("PIN").unwrap();
    assert_silent(&session);
    session.send_line(PIN).unwrap();
    let shown = session.exp_string("Enter").unwrap();
    assert!(!shown.contains(PIN), "{shown}");
    assert!(shown.contains(made(1).groups()[7]), "{shown}");
    session.send_line("").unwrap();
    let terminal = session.process().get_file_handle().unwrap();
    let rest = ends(session, 0);
    assert!(!rest.contains(PIN), "{rest}");
    assert!(tcgetattr(&terminal).unwrap().local_modes.contains(LocalModes::ECHO));
}

#[test]
fn a_password_does_not_echo() {
    let site = Site::new();
    let protector = made(1).protector;
    let escrow = [
        "escrow",
        "--device",
        "LAB-01",
        "--volume",
        "C:",
        "--protector",
        &protector,
    ];
    let mut session = on_terminal(&site, &escrow);
    session.exp_string("password").unwrap();
    assert_silent(&session);
    session.send_line(&made(1).text).unwrap();
    let rest = ends(session, 0);
    for group in made(1).groups() {
        assert!(!rest.contains(group), "{rest}");
    }
    assert_eq!(
        site.reveal(made(1).key_id())["recovery_password"],
        made(1).text.as_str()
    );
}

/// What is typed and is no answer: it is said what was wrong with it, and nothing is done.
#[test]
fn what_is_no_answer_is_refused() {
    let site = Site::with_pin();
    let made = made(1);
    site.escrow("LAB-01", &made);
    let reveal = ["reveal", made.key_id()];
    let asks_why = &reveal[..];
    let asks_whether = &[&reveal[..], &["--reason", "forensic"]].concat();
    let asks_pin = &[&reveal[..], &["--reason", "forensic", "--yes"]].concat();
    let long = [&[b'x'; 1100][..], b"\n"].concat();
    for (arguments, prompt, typed, code, words) in [
        (asks_why, "Number", &b"99\n"[..], 2, "none of the reasons"),
        (asks_whether, "[y/N]", b"n\n", 1, "nothing was done"),
        (asks_whether, "[y/N]", END_OF_INPUT, 1, "the question was not answered"),
        (asks_pin, "PIN", END_OF_INPUT, 1, "the question was not answered"),
        (asks_pin, "PIN", b"\xff\n", 1, "no UTF-8 text"),
        (asks_pin, "PIN", &long, 1, "too long"),
    ] {
        let mut session = on_terminal(&site, arguments);
        session.exp_string(prompt).unwrap();
        if prompt == "PIN" {
            assert_silent(&session);
        }
        let mut terminal = session.process().get_file_handle().unwrap();
        terminal.write_all(typed).unwrap();
        let rest = ends(session, code);
        assert!(rest.contains(words) && rest.contains("hint: "), "{rest}");
    }
    assert_eq!(site.lines(&["audit", "list"]).len(), 2);
}

#[test]
fn a_senders_file_is_not_shown_on_a_terminal() {
    let site = Site::new();
    let enrolling = on_terminal(&site, &["drop", "enrol", "one", "--any-device", "--out", "-"]);
    let screen = ends(enrolling, 2);
    assert!(screen.contains("a secret is not shown on a terminal"), "{screen}");
    assert_eq!(site.lines(&["drop", "list"]).len(), 0, "nothing was enrolled");
}

#[test]
fn a_new_pin_is_typed_twice() {
    let site = Site::empty();
    for (again, code) in [("another", 1), (PIN, 0)] {
        let mut session = on_terminal(&site, &["init", "--tpm", "simulator", "--pin"]);
        session.exp_string("PIN").unwrap();
        assert_silent(&session);
        session.send_line(PIN).unwrap();
        session.exp_string("again").unwrap();
        session.send_line(again).unwrap();
        let rest = ends(session, code);
        assert!(!rest.contains(PIN), "{rest}");
        assert_eq!(site.file().exists(), code == 0);
    }
}

/// A name that somebody else's program wrote into the file does nothing to the terminal that it is shown on.
#[test]
fn a_name_in_the_file_does_nothing_to_the_terminal() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let sql = "UPDATE device SET name = 'LAB' || char(27) || ']0;owned' || char(7) || char(27) || '[2J-01'";
    site.sqlite().execute(sql, ()).unwrap();
    for arguments in [
        &["list"] as &[&str],
        &["devices"],
        &["find", made(1).key_id()],
        &["audit", "list"],
        &["reveal", made(1).key_id(), "--reason", "forensic"],
    ] {
        let mut session = on_terminal(&site, arguments);
        let screen = session.exp_eof().unwrap();
        for sequence in ["\u{1b}]0", "\u{7}", "\u{1b}[2J"] {
            assert!(!screen.contains(sequence), "{arguments:?}: {screen:?}");
        }
    }
}

/// Ctrl-C at a prompt: nothing is done, nothing is left running, and the terminal echoes again.
#[test]
fn an_interrupt_at_a_prompt_leaves_nothing() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    for (arguments, prompt) in [
        (&["reveal", made(1).key_id(), "--reason", "forensic"][..], "[y/N]"),
        (&["reveal", made(1).key_id(), "--reason", "forensic", "--yes"], "PIN"),
        (
            &["escrow", "--device", "LAB-01", "--protector", &made(2).protector],
            "password",
        ),
    ] {
        let mut session = on_terminal(&site, arguments);
        session.exp_string(prompt).unwrap();
        assert_eq!(processes_in(&site.vault()), [] as [u32; 0], "no TPM before the answers");
        assert!(!is_locked(&site.vault()), "prompts come before the lock");
        if prompt != "[y/N]" {
            assert_silent(&session);
        }
        session.send_control('c').unwrap();
        session.exp_eof().unwrap();
        let status = session.process().wait().unwrap();
        assert!(!matches!(status, WaitStatus::Exited(_, 0)), "{prompt}: it was not done");
        assert_echoes(&session);
        assert_eq!(processes_in(&site.vault()), [] as [u32; 0]);
    }
    assert_eq!(site.lines(&["audit", "list"]).len(), 2);
}

#[test]
fn an_interrupt_leaves_no_simulator_and_no_lock() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    // While it waits for the lock.
    let lock = hold_lock(&site.vault());
    let mut session = on_terminal(&site, &["reveal", made(1).key_id(), "--reason", "forensic", "--yes"]);
    wait_until_queued(pid(&session));
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();
    drop(lock);
    // While its TPM runs.
    let mut session = on_terminal(&site, &["reveal", made(1).key_id(), "--reason", "forensic", "--yes"]);
    wait_until("its simulator runs", || {
        !processes_in(&site.vault()).is_empty() || site.lines(&["rotation", "list"]).len() == 1
    });
    session.send_control('c').unwrap();
    session.exp_eof().unwrap();
    wait_until("the lock is free", || !is_locked(&site.vault()));
    assert_eq!(processes_in(&site.vault()), [] as [u32; 0]);
    site.verify();
}

/// The process that runs on the terminal: its session's first.
fn pid(session: &PtySession) -> u32 {
    let terminal = session.process().get_file_handle().unwrap();
    let mut process = None;
    wait_until("it has the terminal", || {
        process = rustix::termios::tcgetsid(&terminal).ok();
        process.is_some()
    });
    u32::try_from(process.unwrap().as_raw_nonzero().get()).unwrap()
}

/// Ctrl-D.
const END_OF_INPUT: &[u8] = b"\x04";
