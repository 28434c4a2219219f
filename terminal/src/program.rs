//! How a program ends that has no vault: an answer, or what is wrong and the way out.

use std::io;
use std::panic;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use serde::Serialize;

use crate::output::Look;
use crate::output::Output;

/// What went wrong, as a script and a person are told.
#[derive(Clone, Debug, Serialize)]
pub struct Refusal<'a> {
    /// What.
    pub error: &'a str,
    /// The word for its kind.
    pub kind: &'a str,
    /// The way out.
    pub hint: &'a str,
}

impl Refusal<'_> {
    /// A recovery password among the arguments.
    pub const PASSWORD_IN_ARGUMENT: Self = Self {
        error: "an argument holds what may be a recovery password; it is not repeated here",
        kind: "refused",
        hint: "rotate it, for the shell's history has it now; `strongroom-drop seal` reads one on stdin",
    };

    /// Tells it.
    pub fn tell(&self, output: &mut Output) {
        if output.json() {
            output.json_message(self);
        } else {
            output.message(Look::Alarm, "error", self.error);
            output.message(Look::Heading, "hint", self.hint);
        }
    }
}

/// Returns the exit code of a program whose answer was written so. A reader that has had enough and closed the pipe knows.
pub fn ended(output: &mut Output, written: io::Result<()>) -> ExitCode {
    match written.and(output.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

/// Runs a program; where it panics, that is a bug, and is told like any other failure.
///
/// Of the panic only its place is told: its message may hold anything.
pub fn guarded(json: bool, run: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let refusal = Refusal {
            error: &format!("the program failed at {place}"),
            kind: "internal",
            hint: "this is a bug: please report it",
        };
        refusal.tell(&mut Output::new(json));
    }));
    let code = panic::catch_unwind(AssertUnwindSafe(run));
    drop(panic::take_hook());
    code.unwrap_or_else(|_| ExitCode::from(BUG))
}

const BUG: u8 = 70;

#[cfg(test)]
mod tests;
