//! A transcript: a page of Markdown whose `console` blocks are commands, each with what came of it.
//!
//! ```text
//! $ a command, a line for bash
//! > and its next line, where it has one
//! a line of stdout
//! ! a line of stderr
//! ? 4, the exit code, where it is not 0
//! ```

use crate::end_to_end::run::Output;

/// A command, and what came of it.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Step {
    pub(crate) command: String,
    pub(crate) stdout: Vec<String>,
    pub(crate) stderr: Vec<String>,
    pub(crate) code: i32,
}

impl Step {
    #[track_caller]
    fn new(command: &str, output: &Output) -> Self {
        let lines = |text: &str| {
            let ends = text.is_empty() || text.ends_with('\n');
            assert!(ends, "{command}: its last line does not end: {text:?}");
            // Blanks at the end of a line are seen by nobody, and taken away by many an editor.
            text.lines().map(|line| line.trim_end().to_owned()).collect()
        };
        Self {
            command: command.to_owned(),
            stdout: lines(&output.stdout),
            stderr: lines(&output.stderr),
            code: output.code,
        }
    }

    /// What came of the command, as the page shows it.
    pub(crate) fn lines(&self) -> Vec<String> {
        let is_mark = |line: &&String| MARKS.iter().any(|mark| line.starts_with(mark));
        let marked = self.stdout.iter().find(is_mark);
        assert!(marked.is_none(), "a reader could not tell it from a mark: {marked:?}");
        let stderr = self.stderr.iter().map(|line| format!("! {line}"));
        let code = Some(self.code)
            .filter(|code| *code != 0)
            .map(|code| format!("? {code}"));
        self.stdout.iter().cloned().chain(stderr).chain(code).collect()
    }
}

/// The page with what comes of its commands today in place of what came of them before.
#[track_caller]
pub(crate) fn replay(page: &str, mut run: impl FnMut(&str) -> Output) -> String {
    let mut written = String::new();
    for part in parts(page) {
        match part {
            Part::Text(line) => {
                written.push_str(line);
                written.push('\n');
            }
            Part::Step(Step { command, .. }) => {
                write_command(&mut written, &command);
                for line in Step::new(&command, &run(&command)).lines() {
                    written.push_str(&line);
                    written.push('\n');
                }
            }
        }
    }
    written
}

/// The commands of a page with what came of them.
pub(crate) fn steps(page: &str) -> Vec<Step> {
    let steps = parts(page).into_iter().filter_map(|part| match part {
        Part::Step(step) => Some(step),
        Part::Text(_) => None,
    });
    steps.collect()
}

enum Part<'a> {
    Text(&'a str),
    Step(Step),
}

fn parts(page: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut in_console = false;
    for line in page.lines() {
        if line.starts_with("```") {
            in_console = line == "```console";
            parts.push(Part::Text(line));
        } else if !in_console {
            parts.push(Part::Text(line));
        } else if let Some(command) = line.strip_prefix("$ ") {
            parts.push(Part::Step(Step {
                command: command.to_owned(),
                stdout: Vec::new(),
                stderr: Vec::new(),
                code: 0,
            }));
        } else if let Some(Part::Step(step)) = parts.last_mut() {
            read_line(step, line);
        } else {
            panic!("a console block begins with a command, not with {line:?}");
        }
    }
    parts
}

fn read_line(step: &mut Step, line: &str) {
    let is_first = step.stdout.is_empty() && step.stderr.is_empty();
    match line.split_at_checked(2) {
        Some(("> ", more)) if is_first => step.command.push_str(&format!("\n{more}")),
        None if line == ">" && is_first => step.command.push('\n'),
        Some(("! ", said)) => step.stderr.push(said.to_owned()),
        Some(("? ", code)) => step.code = code.parse().unwrap_or_else(|err| panic!("{err}: {line:?}")),
        _ => step.stdout.push(line.to_owned()),
    }
}

fn write_command(page: &mut String, command: &str) {
    for (line, mark) in command.lines().zip(["$ "].into_iter().chain(std::iter::repeat("> "))) {
        page.push_str(format!("{mark}{line}").trim_end());
        page.push('\n');
    }
}

const MARKS: [&str; 5] = ["$ ", "> ", "! ", "? ", "```"];

#[test]
fn a_page_is_read_as_it_is_written() {
    let page = "# Title\n\n$ no command\n\n```console\n$ one\n>\n> two\nout\n\n! err\n? 4\n$ three\n```\n\n```sh\n$ none\n```\n";
    let came = |command: &str| Output {
        code: if command == "three" { 0 } else { 4 },
        stdout: if command == "three" { "" } else { "out\n\n" }.to_owned(),
        stderr: if command == "three" { "" } else { "err\n" }.to_owned(),
    };
    assert_eq!(replay(page, came), page);
    let steps = steps(page);
    assert_eq!(steps.len(), 2);
    assert_eq!(steps[0].command, "one\n\ntwo");
    assert_eq!((steps[0].stdout.join("|").as_str(), steps[0].code), ("out|", 4));
    assert_eq!(steps[0].stderr, ["err"]);
}

#[test]
fn what_came_of_it_is_written_anew() {
    let page = "```console\n$ one\nold\n! old\n? 1\n```\n";
    let came = |_: &str| Output {
        code: 0,
        stdout: "new\n".to_owned(),
        stderr: String::new(),
    };
    assert_eq!(replay(page, came), "```console\n$ one\nnew\n```\n");
}
