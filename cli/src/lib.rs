//! The command line of Strongroom: it asks, calls one operation, and prints what that gave.
//!
//! No SQL, no TPM and no cryptography; what a vault decides is decided in `strongroom-vault`. `ui` alone writes to
//! stdout and stderr and reads stdin, `clock` alone asks what time it is, and `exit` alone knows exit codes.
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

use std::env;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::args::Arguments;
use crate::ui::Ui;

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    hardening::harden();
    let given: Vec<OsString> = env::args_os().collect();
    exit::guarded(usage::asks_for_json(&given), || run(&given))
}

fn run(given: &[OsString]) -> ExitCode {
    let (mut ui, result) = match Arguments::try_parse_from(given) {
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
            let mut ui = Ui::new(usage::asks_for_json(given));
            let result = usage::answer(&mut ui, given, &error);
            (ui, result)
        }
    };
    let result = result.and(ui.flush());
    exit::report(&mut ui, result)
}
