//! `strongroom-audit`: checks what a Strongroom vault handed out, without the vault.

use std::io;
use std::io::IsTerminal;
use std::io::Write;
use std::process::ExitCode;

use clap::CommandFactory;
use clap::Parser;
use clap::error::ErrorKind;
use strongroom_audit::Error;
use strongroom_audit::HandedOutArgs;
use strongroom_audit::Kind;
use strongroom_audit::Verified;
use strongroom_audit::printable;
use strongroom_audit::printable_json;

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

fn main() -> ExitCode {
    let program = Program::parse();
    let shows_progress = io::stderr().is_terminal() && !program.json;
    match program.verify.check(shows_progress) {
        Ok(Some(verified)) => answer(&program, &verified),
        Ok(None) => {
            let usage =
                Program::command().error(ErrorKind::MissingRequiredArgument, "give --export DIR or --proof FILE");
            usage.exit()
        }
        Err(error) => failure(&program, &error),
    }
}

fn answer(program: &Program, verified: &Verified) -> ExitCode {
    let text = if program.json {
        printable_json(&serde_json::to_string(verified.json()).unwrap_or_default())
    } else {
        let lines: Vec<String> = verified.lines().iter().map(|line| printable(&line.text)).collect();
        lines.join("\n")
    };
    match writeln!(io::stdout(), "{text}") {
        // Whoever read the answer has enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(1),
        _ => ExitCode::SUCCESS,
    }
}

fn failure(program: &Program, error: &Error) -> ExitCode {
    let (kind, code) = match error.kind() {
        Kind::Refused => ("refused", 1),
        Kind::NotFound => ("not_found", 3),
        Kind::Integrity => ("integrity", 4),
    };
    let (line, hint) = (error.line(), error.hint());
    let text = if program.json {
        printable_json(&serde_json::json!({ "error": line, "kind": kind, "hint": hint }).to_string())
    } else {
        format!("error: {}\nhint: {hint}", printable(&line))
    };
    // Nobody is left to be told that stderr is gone.
    drop(writeln!(io::stderr(), "{text}"));
    ExitCode::from(code)
}
