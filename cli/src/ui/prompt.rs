//! Questions on the terminal.

use std::io;

use strongroom_core::values::Line;
use strongroom_core::values::screened_lines;
use strongroom_terminal::Descriptor;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::ui::Ui;
use crate::ui::line::End;
use crate::ui::line::Lines;
use crate::ui::terminal::Terminal;

/// A question was not answered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PromptError {
    /// The terminal is gone, or end of file was typed.
    #[error("the question was not answered")]
    Closed,
    /// There is no terminal to ask on.
    #[error("there is no terminal to ask on")]
    NoTerminal,
    /// What was typed is no text.
    #[error("what was typed is no UTF-8 text")]
    NotText,
    /// More was typed than fits.
    #[error("what was typed is too long")]
    TooLong,
    /// The terminal fails.
    #[error("the terminal failed")]
    Terminal(#[source] io::Error),
}

impl Ui {
    /// Asks for a line that everybody may see.
    pub(crate) fn ask(&mut self, question: &str) -> Result<String, Failure> {
        self.flush()?;
        let terminal = Terminal::open().ok_or(PromptError::NoTerminal)?;
        Ok(asked(&terminal, question, true, LINE)?.to_string())
    }

    /// Asks for a secret line, of at most `limit` bytes.
    pub(crate) fn ask_secret(&mut self, question: &str, limit: usize) -> Result<Zeroizing<String>, Failure> {
        self.flush()?;
        let terminal = Terminal::open().ok_or(PromptError::NoTerminal)?;
        Ok(asked(&terminal, question, false, limit)?)
    }

    /// Asks whether to go on; anything but yes is no.
    pub(crate) fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        let answer = self.ask(&format!("{question} [y/N] "))?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Leaves a secret on the screen until Enter is pressed, or a signal comes, then clears the screen and what was
    /// scrolled away.
    pub(crate) fn clear_on_enter(&mut self) -> Result<(), Failure> {
        self.flush()?;
        let Some(terminal) = Terminal::open() else {
            return Ok(());
        };
        let clear = || self.output.clear();
        let asked = terminal.ask("Press Enter to clear the screen. ", false, clear);
        asked.map_err(PromptError::Terminal)?;
        Ok(())
    }
}

fn asked(terminal: &Terminal, question: &str, echo: bool, limit: usize) -> Result<Zeroizing<String>, PromptError> {
    let asked = terminal.ask(&screened_lines(Line::Message, question), echo, || ());
    asked.map_err(PromptError::Terminal)?;
    let mut lines = Lines::new(Descriptor(terminal.file()), limit);
    match lines.next().map_err(PromptError::Terminal)? {
        End::Line(line) => secret_text(line).ok_or(PromptError::NotText),
        End::TooLong => Err(PromptError::TooLong),
        End::Eof => Err(PromptError::Closed),
    }
}

/// A line as text, in a buffer of exactly its size.
pub(super) fn secret_text(line: &[u8]) -> Option<Zeroizing<String>> {
    let line = str::from_utf8(line).ok()?;
    let mut text = Zeroizing::new(String::with_capacity(line.len()));
    text.push_str(line);
    Some(text)
}

const LINE: usize = 4096;
