//! What people paste, what scripts break, and what an attacker types: refused or made harmless.

use crate::end_to_end::passwords::made;
use crate::end_to_end::run::AUDIT_PROGRAM;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;

/// Control characters, line ends, escape sequences, characters that are not seen.
const UNSEEN: [&str; 9] = [
    "LAB\n01",
    "LAB\r01",
    "LAB\t01",
    "\u{1b}[31mLAB\u{1b}[0m",
    "\u{1b}]0;owned\u{7}LAB",
    "LAB\u{9b}31m",
    "LAB\u{202e}10",
    "LAB\u{200b}01",
    "LAB\u{2028}01",
];

#[test]
fn unseen_characters_reach_neither_log_nor_terminal() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let key_id = made(1).protector;
    let before = site.lines(&["audit", "list"]).len();
    for text in UNSEEN {
        let reveal = ["reveal", &key_id, "--reason", "forensic", "--yes"];
        let runs = [
            site.escrowing(text, &made(2)),
            site.run(&[
                "escrow",
                "--device",
                "LAB-01",
                "--volume",
                text,
                "--protector",
                &made(2).protector,
            ])
            .stdin(made(2).text),
            site.run(&reveal).args(["--note", text]),
            site.run(&reveal).args(["--ticket", text]),
            site.run(&reveal).args(["--caller", text]),
            site.run(&["expose", &key_id, "--note", text]),
            site.run(&["outcome", &key_id, "unlocked", "--note", text]),
        ];
        for run in runs {
            let output = run.output();
            assert!(
                [1, 2].contains(&output.code) && output.stdout.is_empty(),
                "{text:?}: {output:?}"
            );
            assert_harmless(&output.stderr);
        }
        for run in [
            site.run(&["find", text]),
            site.run(&["show", text]),
            site.run(&["devices", text]),
            site.run(&["list", "--device", text]),
            site.run(&["audit", "list", "--device", text]),
            site.run(&["reveal", text, "--reason", "forensic", "--yes"]),
            site.run(&[text]),
        ] {
            let output = run.output();
            assert!(output.code != 70, "{text:?}: {output:?}");
            assert_harmless(&output.stdout);
            assert_harmless(&output.stderr);
        }
    }
    assert_eq!(
        site.lines(&["audit", "list"]).len(),
        before,
        "nothing of it is on record"
    );
}

/// A device name that somebody else's program wrote into the file is shown without what it would do to a terminal.
#[test]
fn what_the_file_holds_is_shown_harmless() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let sql = "UPDATE device SET name = 'LAB' || char(27) || '[31m-01' || char(10) || 'x'";
    site.sqlite().execute(sql, ()).unwrap();
    for arguments in [
        &["list"] as &[&str],
        &["devices"],
        &["find", made(1).key_id()],
        &["audit", "verify", "--no-tpm"],
    ] {
        let output = site.bare(arguments).output();
        assert!(
            !output.stdout.contains('\u{1b}') && !output.stderr.contains('\u{1b}'),
            "{arguments:?}: {output:?}"
        );
        assert!(output.code != 70, "{arguments:?}: {output:?}");
    }
}

#[track_caller]
fn assert_harmless(text: &str) {
    let unseen = |character: char| {
        (character.is_control() && character != '\n') || matches!(character, '\u{202e}' | '\u{200b}' | '\u{2028}')
    };
    assert!(!text.contains(unseen), "{text:?}");
}

#[test]
fn a_password_pasted_into_a_text_is_refused_and_not_repeated() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let key_id = made(1).protector;
    let pasted = made(5).text;
    for text in [
        pasted.clone(),
        pasted.replace('-', " "),
        pasted.replace('-', ""),
        pasted.replace('-', ", "),
        format!("he read {pasted} to me"),
        pasted[..27].to_owned(),
    ] {
        for run in [
            site.run(&["reveal", &key_id, "--reason", "forensic", "--yes", "--note", &text]),
            site.run(&["reveal", &key_id, "--reason", "forensic", "--yes", "--ticket", &text]),
            site.run(&["reveal", &key_id, "--reason", "forensic", "--yes", "--caller", &text]),
            site.escrowing(&text, &made(2)),
        ] {
            let output = run.output();
            assert!([1, 2].contains(&output.code) && output.stdout.is_empty(), "{output:?}");
            for group in made(5).groups() {
                assert!(!output.stderr.contains(group), "{output:?}");
            }
        }
    }
    assert_eq!(site.lines(&["audit", "list"]).len(), 2);
}

/// Whatever stands between its groups, whichever program it is given to, and wherever a message would repeat it.
#[test]
fn a_password_is_repeated_by_no_program() {
    let pasted = made(5).text;
    let fullwidth = |c: char| {
        c.to_digit(10)
            .map_or(c, |digit| char::from_u32(0xff10 + digit).unwrap())
    };
    let mut texts: Vec<String> = [
        "-", " ", "", ".", "_", ",", "/", "\n", "\t", "\u{202a}", "\u{200b}", "\u{feff}", "\u{ad}", "\u{2060}",
        "\u{301}", "\u{2011}", "\u{3000}", "&#8209;", "%20", " x7 ",
    ]
    .iter()
    .map(|separator| pasted.replace('-', separator))
    .collect();
    texts.push(format!("\u{202a}{pasted}\u{202c}"));
    texts.push(pasted.chars().map(fullwidth).collect());
    texts.push(pasted[..20].to_owned());
    let shown = |output: &Output, text: &str| {
        let said = format!("{}{}", output.stdout, output.stderr);
        let digits: String = said.chars().filter(char::is_ascii_digit).collect();
        for group in made(5).groups() {
            assert!(!digits.contains(group), "{text:?}: {said}");
        }
        assert!(
            !said.contains(&text.chars().filter(|c| c.is_numeric()).collect::<String>()),
            "{text:?}: {said}"
        );
        assert!(output.code != 70, "{text:?}: {output:?}");
    };
    for text in &texts {
        for program in [PROGRAM, AUDIT_PROGRAM, DROP_PROGRAM] {
            for json in [&[] as &[&str], &["--json"]] {
                shown(&Run::of(program, [json, &[text.as_str()]].concat()).output(), text);
                shown(
                    &Run::of(program, [json, &["--export", text.as_str()]].concat()).output(),
                    text,
                );
                shown(
                    &Run::of(program, [json, &[format!("--{text}").as_str()]].concat()).output(),
                    text,
                );
                shown(
                    &Run::of(program, [json, &["key", text.as_str()]].concat()).output(),
                    text,
                );
                shown(
                    &Run::of(program, [json, &["seal", "--protector", text.as_str()]].concat()).output(),
                    text,
                );
            }
        }
        // Not among the arguments.
        for verb in [&["status"] as &[&str], &["--json", "list"]] {
            let folder = format!("/nowhere/{text}");
            shown(&Run::new(verb.iter()).env("STRONGROOM_VAULT", &folder).output(), text);
        }
    }
    // Spread over several.
    for program in [PROGRAM, AUDIT_PROGRAM, DROP_PROGRAM] {
        shown(&Run::of(program, pasted.split('-')).output(), &pasted);
    }
}

/// A program calls itself what it is, whatever the caller called it.
#[test]
fn no_program_repeats_the_name_that_it_was_called_by() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["\u{1b}[31mowned".to_owned(), format!("x {}", made(5).text)];
    for program in [PROGRAM, AUDIT_PROGRAM, DROP_PROGRAM] {
        for name in &names {
            let link = folder.path().join(name);
            std::os::unix::fs::symlink(program, &link).unwrap();
            for arguments in [&["--help"] as &[&str], &["--version"], &["--nonsense"], &[]] {
                let output = Run::of(link.to_str().unwrap(), arguments).output();
                let said = format!("{}{}", output.stdout, output.stderr);
                assert!(!said.contains("owned") && !said.contains(made(5).groups()[0]), "{said}");
                assert!(!said.contains('\u{1b}'), "{said}");
            }
            std::fs::remove_file(link).unwrap();
        }
    }
}

#[test]
fn long_lines_are_refused() {
    let site = Site::new();
    let long = "123456-".repeat(10 * 1024 * 1024 / 7);
    site.escrowing("LAB-01", &made(1))
        .stdin(long.as_str())
        .output()
        .refused(1, "");
    let output = Run::new(["--json", "check"])
        .stdin(format!("{long}\n{}\n", made(1).text))
        .output()
        .code(1);
    let lines = output.lines();
    assert_eq!(lines.len(), 2, "one answer a line");
    assert_eq!(
        (&lines[0]["valid"], &lines[1]["valid"]),
        (&false.into(), &true.into()),
        "{lines:?}"
    );
    assert!(output.stdout.len() < 10_000, "it repeats nothing");
    let note = "x".repeat(100_000);
    site.escrow("LAB-01", &made(1));
    site.run(&["expose", &made(1).protector, "--note", &note])
        .output()
        .refused(1, "longer than 1024 bytes");
    site.escrowing(&note, &made(2)).output().refused(1, "longer than");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let site = Site::new();
    for bytes in [
        &b"\xff\xfe\x00\xd8"[..],
        b"\x00",
        b"",
        b"\n",
        b"\xc3\x28",
        &[0x80; 4096],
    ] {
        let output = site.escrowing("LAB-01", &made(1)).stdin(bytes).output();
        assert!(
            [1, 2].contains(&output.code) && output.stdout.is_empty(),
            "{bytes:?}: {output:?}"
        );
        let output = Run::new(["--json", "check"]).stdin(bytes).output();
        assert!([0, 1].contains(&output.code), "{bytes:?}: {output:?}");
        for line in output.lines() {
            assert_eq!(line["valid"], false, "{line}");
        }
    }
    assert_eq!(site.lines(&["list"]).len(), 0);
}

#[test]
fn values_out_of_range_are_a_matter_of_usage() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let before = site.lines(&["audit", "list"]).len();
    let nulls = "0".repeat(100_000);
    for arguments in [
        &["list", "--limit", "-1"] as &[&str],
        &["list", "--limit", "0"],
        &["list", "--limit", "99999999999999999999999"],
        &["list", "--state", "nonsense"],
        &["list", "--after", "nonsense"],
        &["list", "--wait", "-1"],
        &["audit", "list", "--since", "yesterday-ish"],
        &["audit", "list", "--until", "2026-13-45"],
        &["audit", "list", "--action", "nonsense"],
        &["escrow", "--device", "", "--protector", &made(2).protector],
        &["escrow", "--device", "   ", "--protector", &made(2).protector],
        &["escrow", "--device", "LAB-01", "--protector", &nulls],
        &[
            "escrow",
            "--device",
            "LAB-01",
            "--protector",
            &made(2).protector,
            "--volume",
            "nowhere",
        ],
        &[
            "escrow",
            "--device",
            "LAB-01",
            "--protector",
            &made(2).protector,
            "--volume-type",
            "floppy",
        ],
        &[
            "escrow",
            "--device",
            "LAB-01",
            "--protector",
            &made(2).protector,
            "--volume-id",
            "1",
        ],
        &[
            "escrow",
            "--device",
            "LAB-01",
            "--protector",
            &made(2).protector,
            "--created",
            "soon",
        ],
        &["reveal", &nulls, "--reason", "forensic", "--yes"],
        &["outcome", &made(1).protector, "perhaps"],
        &["find", ""],
        &["show", ""],
    ] {
        let output = site.run(arguments).stdin(made(2).text).output();
        let short: Vec<_> = arguments
            .iter()
            .map(|argument| &argument[..argument.len().min(60)])
            .collect();
        assert!(
            [1, 2].contains(&output.code) && output.stdout.is_empty(),
            "{short:?}: {output:?}"
        );
    }
    assert_eq!(site.lines(&["list", "--limit", "18446744073709551614"]).len(), 1);
    let far = ["--created", "9999-12-01T00:00:00Z"];
    site.escrowing("LAB-01", &made(2)).args(far).output().ok();
    let long_ago = ["--created", "-009999-01-01T00:00:00Z"];
    let output = site.escrowing("LAB-01", &made(3)).args(long_ago).output();
    assert!([0, 1, 2].contains(&output.code), "{output:?}");
    assert_eq!(
        site.lines(&["audit", "list"]).len(),
        before + 1 + usize::from(output.code == 0)
    );
    site.verify();
}

/// What Windows puts around a password does no harm.
#[test]
fn a_password_is_read_as_it_is_pasted() {
    let site = Site::new();
    let text = made(1).text;
    for (number, pasted) in [
        format!("\u{feff}{text}\r\n"),
        format!("  {text}  \n"),
        text.replace('-', " "),
        text.replace('-', ""),
    ]
    .into_iter()
    .enumerate()
    {
        let taken = site.escrowing("LAB-01", &made(1)).stdin(pasted).output().ok().json();
        assert_eq!(taken["already_held"], number > 0, "{taken}");
    }
}

#[test]
fn a_reveal_without_terminal_says_why_and_yes() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let key_id = made(1).protector;
    site.run(&["reveal", &key_id, "--yes"]).output().refused(2, "--reason");
    site.run(&["reveal", &key_id, "--yes", "--reason", "because"])
        .output()
        .refused(2, "tpm-reset");
    site.run(&["reveal", &key_id, "--yes", "--reason", "other"])
        .output()
        .refused(2, "--note");
    site.run(&["reveal", &key_id, "--reason", "forensic"])
        .output()
        .refused(1, "--yes");
    assert_eq!(site.lines(&["list", "--state", "exposed"]).len(), 0);
}
