//! The program: arguments, answer, exit code.

use std::io;
use std::io::IsTerminal;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::Subcommand;
use strongroom_core::values::printable;
use strongroom_core::values::printable_json;

use crate::Answer;
use crate::Error;
use crate::KeyArgs;
use crate::Kind;
use crate::ReceiptArgs;
use crate::SealArgs;
use crate::clock;
use crate::stdin;

/// Hand recovery passwords in to a Strongroom vault, from any machine
///
/// It needs no vault and no TPM: the vault's key to encrypt to, and a way to carry files.
#[derive(Debug, Parser)]
#[command(name = "strongroom-drop", version)]
struct Program {
    /// Answer with one JSON object
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Seal(Box<SealArgs>),
    Receipt(Box<ReceiptArgs>),
    Key(KeyArgs),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let json = std::env::args_os().any(|word| word == "--json");
    let program = match Program::try_parse() {
        Ok(program) => program,
        Err(error) if error.exit_code() == 0 => return told(error.print()),
        Err(error) => return usage(json, &error),
    };
    match run(&program) {
        Ok(code) => code,
        Err(error) => failure(json, &error),
    }
}

fn run(program: &Program) -> Result<ExitCode, Error> {
    let json = program.json;
    Ok(match &program.verb {
        Verb::Key(args) => answer(json, &args.run()?),
        Verb::Receipt(args) => answer(json, &args.run()?),
        Verb::Seal(args) => {
            if args.writes_to_stdout() && json {
                return Err(Error::AnswerAndDrop);
            }
            if args.writes_to_stdout() && io::stdout().is_terminal() {
                return Err(Error::DropOnTerminal);
            }
            let sealed = args.run(clock::now().ok_or(Error::Clock)?, stdin::password)?;
            match sealed.to_stdout {
                Some(bytes) => {
                    // A drop of which a part was read is none, so here a broken pipe is told too.
                    let mut out = io::stdout();
                    out.write_all(&bytes)
                        .and_then(|()| out.flush())
                        .map_err(Error::Stdout)?;
                    ExitCode::SUCCESS
                }
                None => answer(json, &sealed.answer),
            }
        }
    })
}

fn answer(json: bool, answer: &Answer) -> ExitCode {
    let text = if json {
        printable_json(&serde_json::to_string(answer).unwrap_or_default())
    } else {
        let lines: Vec<String> = answer.lines().iter().map(|line| printable(line).into_owned()).collect();
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

/// What clap says, in one line, up to where it tells the usage.
fn usage(json: bool, error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    let lines = text.lines().take_while(|line| !line.is_empty()).map(str::trim);
    let what = lines.collect::<Vec<_>>().join(" ");
    let what = what.strip_prefix("error: ").unwrap_or(&what);
    refused(json, what, Kind::Usage, "--help says more")
}

fn failure(json: bool, error: &Error) -> ExitCode {
    refused(json, &error.line(), error.kind(), error.hint())
}

fn refused(json: bool, error: &str, kind: Kind, hint: &str) -> ExitCode {
    let (kind, code) = match kind {
        Kind::Refused => ("refused", 1),
        Kind::Usage => ("usage", 2),
        Kind::NotFound => ("not_found", 3),
        Kind::Integrity => ("integrity", 4),
    };
    let text = if json {
        printable_json(&serde_json::json!({ "error": error, "kind": kind, "hint": hint }).to_string())
    } else {
        format!("error: {}\nhint: {hint}", printable(error))
    };
    // Nobody is left to be told that stderr is gone.
    drop(writeln!(io::stderr(), "{text}"));
    ExitCode::from(code)
}
