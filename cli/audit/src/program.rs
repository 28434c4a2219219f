//! The program: arguments, answer, exit code.

use std::io;
use std::io::IsTerminal;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use strongroom_core::values::printable;
use strongroom_core::values::printable_json;

use crate::Error;
use crate::HandedOutArgs;
use crate::Kind;
use crate::Verified;

/// Check what a Strongroom vault handed out to an auditor, on any machine
///
/// It needs no vault, no TPM and no key but those that the auditor noted down when the vault was made.
#[derive(Debug, Parser)]
#[command(name = "strongroom-audit", version)]
struct Program {
    /// Answer with one JSON object
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    verify: HandedOutArgs,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let json = std::env::args_os().any(|word| word == "--json");
    let program = match Program::try_parse() {
        Ok(program) => program,
        Err(error) if error.exit_code() == 0 => return told(error.print()),
        Err(error) => return usage(json, &error),
    };
    let shows_progress = io::stderr().is_terminal() && !json;
    match program.verify.check(shows_progress) {
        Ok(Some(verified)) => answer(json, &verified),
        Ok(None) => refused(
            json,
            "nothing was named to be checked",
            "usage",
            "give --export DIR or --proof FILE",
            2,
        ),
        Err(error) => failure(json, &error),
    }
}

fn answer(json: bool, verified: &Verified) -> ExitCode {
    let text = if json {
        printable_json(&serde_json::to_string(verified.json()).unwrap_or_default())
    } else {
        let lines: Vec<String> = verified
            .lines()
            .iter()
            .map(|line| printable(&line.text).into_owned())
            .collect();
        lines.join("\n")
    };
    told(writeln!(io::stdout(), "{text}"))
}

fn told(written: io::Result<()>) -> ExitCode {
    match written {
        // Whoever read the answer has enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

/// What clap says, in the words of its first line.
fn usage(json: bool, error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    let what = text.lines().next().unwrap_or_default();
    refused(
        json,
        what.strip_prefix("error: ").unwrap_or(what),
        "usage",
        "--help says more",
        2,
    )
}

fn failure(json: bool, error: &Error) -> ExitCode {
    let (kind, code) = match error.kind() {
        Kind::Refused => ("refused", 1),
        Kind::NotFound => ("not_found", 3),
        Kind::Integrity => ("integrity", 4),
    };
    refused(json, &error.line(), kind, error.hint(), code)
}

fn refused(json: bool, error: &str, kind: &str, hint: &str, code: u8) -> ExitCode {
    let text = if json {
        printable_json(&serde_json::json!({ "error": error, "kind": kind, "hint": hint }).to_string())
    } else {
        format!("error: {}\nhint: {hint}", printable(error))
    };
    // Nobody is left to be told that stderr is gone.
    drop(writeln!(io::stderr(), "{text}"));
    ExitCode::from(code)
}
