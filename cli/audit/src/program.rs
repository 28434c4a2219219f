//! The program: arguments, answer, exit code.

use std::process::ExitCode;

use clap::Parser;
use strongroom_terminal::Arguments;
use strongroom_terminal::Look;
use strongroom_terminal::Output;
use strongroom_terminal::Refusal;
use strongroom_terminal::ended;
use strongroom_terminal::guarded;
use strongroom_terminal::harden;

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
    harden();
    let given = Arguments::of_process("strongroom-audit");
    let json = given.ask_for_json();
    guarded(json, || run(&given, &mut Output::new(json)))
}

fn run(given: &Arguments, output: &mut Output) -> ExitCode {
    if given.may_hold_password() {
        return refused(output, &Refusal::PASSWORD_IN_ARGUMENT, REFUSED);
    }
    let program = match Program::try_parse_from(given.words()) {
        Ok(program) => program,
        Err(error) if error.exit_code() == 0 => {
            let text = error.render();
            let written = output.help(&text.ansi().to_string(), &text.to_string());
            return ended(output, written);
        }
        Err(error) => return usage(output, &error),
    };
    match program.verify.check(output.shows_progress()) {
        Ok(Some(verified)) => {
            let written = answer(output, &verified);
            ended(output, written)
        }
        Ok(None) => {
            let refusal = Refusal {
                error: "nothing was named to be checked",
                kind: "usage",
                hint: "give --export DIR or --proof FILE",
            };
            refused(output, &refusal, USAGE)
        }
        Err(error) => failure(output, &error),
    }
}

fn answer(output: &mut Output, verified: &Verified) -> std::io::Result<()> {
    if output.json() {
        return output.object(verified.json());
    }
    verified
        .lines()
        .iter()
        .try_for_each(|line| output.line(Look::Plain, &line.text))
}

/// What clap says, in the words of its first line.
fn usage(output: &mut Output, error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    let what = text.lines().next().unwrap_or_default();
    let refusal = Refusal {
        error: what.strip_prefix("error: ").unwrap_or(what),
        kind: "usage",
        hint: "--help says more",
    };
    refused(output, &refusal, USAGE)
}

fn failure(output: &mut Output, error: &Error) -> ExitCode {
    let (kind, code) = match error.kind() {
        Kind::Refused => ("refused", REFUSED),
        Kind::NotFound => ("not_found", 3),
        Kind::Integrity => ("integrity", 4),
    };
    let refusal = Refusal {
        error: &error.line(),
        kind,
        hint: error.hint(),
    };
    refused(output, &refusal, code)
}

fn refused(output: &mut Output, refusal: &Refusal<'_>, code: u8) -> ExitCode {
    refusal.tell(output);
    ExitCode::from(code)
}

const REFUSED: u8 = 1;
const USAGE: u8 = 2;
