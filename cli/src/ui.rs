//! The only place that answers, and that reads stdin and the terminal.

mod line;
mod pin;
mod prompt;
mod secret;
mod table;
mod terminal;

use std::fmt::Display;
use std::io;
use std::io::IsTerminal;

use clap::builder::StyledStr;
use serde::Serialize;
pub(crate) use strongroom_audit::Progress;
pub(crate) use strongroom_core::values::printable;
pub(crate) use strongroom_terminal::Look;
use strongroom_terminal::Output;
use strongroom_terminal::Refusal;

use crate::failure::Failure;
use crate::hint::hint;
pub(crate) use crate::ui::line::End;
pub(crate) use crate::ui::pin::PinError;
pub(crate) use crate::ui::pin::StdinIs;
pub(crate) use crate::ui::prompt::PromptError;
pub(crate) use crate::ui::secret::SecretText;
pub(crate) use crate::ui::table::Table;

/// Whoever runs the program: a person at a terminal, or a script.
pub(crate) struct Ui {
    output: Output,
    stdin_is_terminal: bool,
}

impl Ui {
    pub(crate) fn new(json: bool) -> Self {
        Self {
            output: Output::new(json),
            stdin_is_terminal: io::stdin().is_terminal(),
        }
    }

    /// Whether the answer is to be JSON.
    pub(crate) const fn json(&self) -> bool {
        self.output.json()
    }

    /// Whether a person can be asked.
    pub(crate) const fn has_person(&self) -> bool {
        self.stdin_is_terminal
    }

    /// Whether the answer is read by a person.
    pub(crate) const fn shows_to_person(&self) -> bool {
        self.output.shows_to_person()
    }

    /// Whether the answer may be coloured.
    pub(crate) const fn has_colours(&self) -> bool {
        self.output.has_colours()
    }

    /// A line of the answer.
    pub(crate) fn line(&mut self, text: impl Display) -> Result<(), Failure> {
        self.styled(Look::Plain, text)
    }

    /// A line of the answer that looks like what it is.
    pub(crate) fn styled(&mut self, look: Look, text: impl Display) -> Result<(), Failure> {
        Ok(self.output.line(look, &text.to_string())?)
    }

    /// A line of a table.
    fn row(&mut self, line: &str) -> Result<(), Failure> {
        Ok(self.output.line(Look::Plain, line)?)
    }

    /// An object of the answer, on a line of its own.
    pub(crate) fn object(&mut self, object: &impl Serialize) -> Result<(), Failure> {
        Ok(self.output.object(object)?)
    }

    /// A record of the answer, ended as RFC 4180 has it.
    pub(crate) fn record(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.output.record(text)?)
    }

    /// A drawing of ours: nothing in it is anybody's words.
    pub(crate) fn drawing(&mut self, drawing: &str) -> Result<(), Failure> {
        Ok(self.output.drawing(drawing)?)
    }

    /// An answer that is no text.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(self.output.bytes(bytes)?)
    }

    /// A bar that shows a person how far something is that takes longer than a second.
    pub(crate) fn progress(&mut self, what: &'static str, total: u64) -> Progress {
        drop(self.output.flush());
        Progress::new(what, total, self.shows_progress())
    }

    /// Returns a bar that shows a percentage of work that is of several kinds.
    pub(crate) fn progress_of_work(&mut self, what: &'static str, total: u64) -> Progress {
        drop(self.output.flush());
        Progress::of_work(what, total, self.shows_progress())
    }

    /// Whether a person sees how far something is.
    pub(crate) const fn shows_progress(&self) -> bool {
        self.output.shows_progress()
    }

    /// A part of the answer that is a secret: it is written at once, from its own buffer alone.
    pub(crate) fn secret(&mut self, text: &SecretText) -> Result<(), Failure> {
        Ok(self.output.secret(text.expose())?)
    }

    /// Brings out what is still held back.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.output.flush()?)
    }

    /// Help, as clap made it.
    pub(crate) fn help(&mut self, text: &StyledStr) -> Result<(), Failure> {
        Ok(self.output.help(&text.ansi().to_string(), &text.to_string())?)
    }

    /// Something beside the answer. With JSON, stderr holds objects alone too.
    pub(crate) fn note(&mut self, text: impl Display) {
        self.output.message(Look::Plain, "note", &text.to_string());
    }

    /// Something that a person should know of.
    pub(crate) fn warn(&mut self, text: impl Display) {
        self.output.message(Look::Warning, "warning", &text.to_string());
    }

    /// What went wrong, and the way out.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        let refusal = Refusal {
            error: &failure.line(),
            kind: failure.kind().word(),
            hint: &hint(failure),
        };
        refusal.tell(&mut self.output);
    }
}
