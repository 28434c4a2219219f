//! Kinds of failure, their words, and the one table of exit codes.

use std::panic;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use strongroom_vault::ops::ErrorKind;

use crate::failure::Failure;
use crate::ui::Ui;

/// What a script can make of a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// What the operations know.
    Operation(ErrorKind),
    /// The command line says nothing that can be done.
    Usage,
}

impl Kind {
    /// The exit code.
    const fn code(self) -> u8 {
        match self {
            Self::Operation(ErrorKind::Refused) => 1,
            Self::Usage => 2,
            Self::Operation(ErrorKind::NotFound) => 3,
            Self::Operation(ErrorKind::Integrity) => 4,
            Self::Operation(ErrorKind::Tpm) => 5,
            Self::Operation(ErrorKind::Busy) => 6,
            Self::Operation(ErrorKind::Internal) => 70,
        }
    }

    /// The word in JSON.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Operation(ErrorKind::Refused) => "refused",
            Self::Usage => "usage",
            Self::Operation(ErrorKind::NotFound) => "not_found",
            Self::Operation(ErrorKind::Integrity) => "integrity",
            Self::Operation(ErrorKind::Tpm) => "tpm",
            Self::Operation(ErrorKind::Busy) => "busy",
            Self::Operation(ErrorKind::Internal) => "internal",
        }
    }
}

/// Runs the program; where it panics, that is a bug, and is told like any other failure.
///
/// Of the panic only its place is told: its message may hold anything.
pub(crate) fn guarded(json: bool, run: impl FnOnce() -> ExitCode) -> ExitCode {
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        Ui::new(json).failure(&Failure::Bug { place });
    }));
    let code = panic::catch_unwind(AssertUnwindSafe(run));
    drop(panic::take_hook());
    code.unwrap_or_else(|_| ExitCode::from(Kind::Operation(ErrorKind::Internal).code()))
}

/// Says on stderr what went wrong, and gives the exit code.
///
/// A reader that has had enough and closed the pipe is not told so: it knows.
pub(crate) fn report(ui: &mut Ui, result: Result<(), Failure>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.is_broken_pipe() => ExitCode::SUCCESS,
        Err(failure) => {
            ui.failure(&failure);
            ExitCode::from(failure.kind().code())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::ExitCode;

    use crate::exit::guarded;

    #[test]
    fn a_panic_is_a_bug() {
        let code = guarded(false, || panic!("secret"));
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(70)));
    }
}
