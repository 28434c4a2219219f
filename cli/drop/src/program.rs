//! The program: arguments, answer, exit code.

use std::process::ExitCode;

use clap::Parser;
use clap::Subcommand;
use strongroom_terminal::Arguments;
use strongroom_terminal::Look;
use strongroom_terminal::Output;
use strongroom_terminal::Refusal;
use strongroom_terminal::ended;
use strongroom_terminal::guarded;
use strongroom_terminal::harden;

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
    harden();
    let given = Arguments::of_process("strongroom-drop");
    let json = given.ask_for_json();
    guarded(json, || run(&given, &mut Output::new(json)))
}

fn run(given: &Arguments, output: &mut Output) -> ExitCode {
    if given.may_hold_password() {
        return refused(output, Kind::Refused, &Refusal::PASSWORD_IN_ARGUMENT);
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
    match done(&program.verb, output) {
        Ok(code) => code,
        Err(error) => failure(output, &error),
    }
}

fn done(verb: &Verb, output: &mut Output) -> Result<ExitCode, Error> {
    let answer = match verb {
        Verb::Key(args) => args.run()?,
        Verb::Receipt(args) => args.run()?,
        Verb::Seal(args) => {
            if args.writes_to_stdout() && output.json() {
                return Err(Error::AnswerAndDrop);
            }
            if args.writes_to_stdout() && output.is_terminal() {
                return Err(Error::DropOnTerminal);
            }
            let sealed = args.run(clock::now().ok_or(Error::Clock)?, stdin::password)?;
            if let Some(bytes) = sealed.to_stdout {
                // A drop of which a part was read is none, so here a broken pipe is told too.
                output.bytes(&bytes).map_err(Error::Stdout)?;
                return Ok(ExitCode::SUCCESS);
            }
            sealed.answer
        }
    };
    let written = told(output, &answer);
    Ok(ended(output, written))
}

fn told(output: &mut Output, answer: &Answer) -> std::io::Result<()> {
    if output.json() {
        return output.object(answer);
    }
    answer
        .lines()
        .iter()
        .try_for_each(|line| output.line(Look::Plain, line))
}

/// What clap says, in one line, up to where it tells the usage.
fn usage(output: &mut Output, error: &clap::Error) -> ExitCode {
    let text = error.to_string();
    let lines = text.lines().take_while(|line| !line.is_empty()).map(str::trim);
    let what = lines.collect::<Vec<_>>().join(" ");
    let refusal = Refusal {
        error: what.strip_prefix("error: ").unwrap_or(&what),
        kind: word(Kind::Usage),
        hint: "--help says more",
    };
    refused(output, Kind::Usage, &refusal)
}

fn failure(output: &mut Output, error: &Error) -> ExitCode {
    let refusal = Refusal {
        error: &error.line(),
        kind: word(error.kind()),
        hint: error.hint(),
    };
    refused(output, error.kind(), &refusal)
}

fn refused(output: &mut Output, kind: Kind, refusal: &Refusal<'_>) -> ExitCode {
    refusal.tell(output);
    ExitCode::from(match kind {
        Kind::Refused => 1,
        Kind::Usage => 2,
        Kind::NotFound => 3,
        Kind::Integrity => 4,
    })
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Refused => "refused",
        Kind::Usage => "usage",
        Kind::NotFound => "not_found",
        Kind::Integrity => "integrity",
    }
}
