//! The command line of Strongroom: it asks, calls one operation, and prints what that gave.
//!
//! No SQL, no TPM and no cryptography; what a vault decides is decided in `strongroom-vault`. `ui` alone answers and
//! reads stdin, `clock` alone asks what time it is, and `exit` alone knows exit codes.
#![deny(unsafe_code)]

mod args;
mod clock;
mod command;
mod exit;
mod failure;
mod folder;
mod hardening;
mod hint;
mod image_file;
mod in_file;
mod operator;
mod out_file;
pub mod render;
mod setting;
mod ui;
mod usage;

use std::process::ExitCode;

use clap::Parser;
use strongroom_terminal::Arguments as Words;

use crate::args::Arguments;
use crate::ui::Ui;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    hardening::harden();
    let given = Words::of_process("strongroom");
    exit::guarded(given.ask_for_json(), || run(&given))
}

fn run(given: &Words) -> ExitCode {
    let (mut ui, result) = match Arguments::try_parse_from(given.words()) {
        Ok(arguments) => {
            let mut ui = Ui::new(arguments.global.json);
            let sense = usage::require_sense(given);
            let result = sense
                .and_then(|()| {
                    strongroom_drop::now()
                        .map(drop)
                        .ok_or(strongroom_drop::Error::Clock.into())
                })
                .and_then(|()| command::run(&mut ui, &arguments.global, &arguments.verb));
            (ui, result)
        }
        Err(error) => {
            let mut ui = Ui::new(given.ask_for_json());
            let result = usage::answer(&mut ui, given, &error);
            (ui, result)
        }
    };
    let result = result.and(ui.flush());
    exit::report(&mut ui, result)
}
