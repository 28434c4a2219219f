//! The words of a command line, before they are understood.

use std::env;
use std::ffi::OsString;

use strongroom_core::values::may_hold_password;

/// The words of a command line: first the program's own name, whatever the caller called it.
pub struct Arguments(Vec<OsString>);

impl Arguments {
    /// The arguments of this process. clap repeats the first word in help and errors, and a caller can put anything
    /// there; so it is `name`.
    pub fn of_process(name: &str) -> Self {
        Self([name.into()].into_iter().chain(env::args_os().skip(1)).collect())
    }

    /// These words.
    pub fn new(words: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self(words.into_iter().map(Into::into).collect())
    }

    /// The words.
    pub fn words(&self) -> &[OsString] {
        &self.0
    }

    /// Whether the answer is to be JSON, in a command line that may not be understood.
    pub fn ask_for_json(&self) -> bool {
        let options = self.0.iter().skip(1).take_while(|word| *word != "--");
        options.into_iter().any(|word| word == "--json")
    }

    /// Whether a recovery password may stand in them, in one of them or spread over several.
    pub fn may_hold_password(&self) -> bool {
        let words: Vec<_> = self.0.iter().skip(1).map(|word| word.to_string_lossy()).collect();
        may_hold_password(&words.join(" "))
    }
}

#[cfg(test)]
mod tests;
