//! The only place that writes to stdout and stderr, and reads stdin and the terminal.

mod descriptor;
mod line;
mod pin;
mod prompt;
mod secret;
mod table;
mod terminal;

use std::borrow::Cow;
use std::env;
use std::fmt::Display;
use std::io;
use std::io::BufWriter;
use std::io::IsTerminal;
use std::io::Write;

use clap::builder::StyledStr;
use serde::Serialize;
pub(crate) use strongroom_audit::Progress;
pub(crate) use strongroom_core::values::printable;
use strongroom_core::values::printable_json;

use crate::failure::Failure;
use crate::hint::hint;
use crate::ui::descriptor::Descriptor;
pub(crate) use crate::ui::line::End;
pub(crate) use crate::ui::pin::PinError;
pub(crate) use crate::ui::pin::StdinIs;
pub(crate) use crate::ui::prompt::PromptError;
pub(crate) use crate::ui::secret::SecretText;
pub(crate) use crate::ui::table::Table;

/// Whoever runs the program: a person at a terminal, or a script.
pub(crate) struct Ui {
    json: bool,
    out: BufWriter<Descriptor<io::Stdout>>,
    stdin_is_terminal: bool,
    stdout_is_terminal: bool,
    colour_out: bool,
    colour_err: bool,
}

/// How a line looks on a terminal that has colours.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Look {
    /// As any other.
    Plain,
    /// A heading.
    Heading,
    /// Something to see to.
    Warning,
    /// Something that is wrong.
    Alarm,
}

impl Ui {
    pub(crate) fn new(json: bool) -> Self {
        let colours = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && env::var_os("TERM").is_none_or(|terminal| terminal != "dumb");
        Self {
            json,
            out: BufWriter::new(Descriptor(io::stdout())),
            stdin_is_terminal: io::stdin().is_terminal(),
            stdout_is_terminal: io::stdout().is_terminal(),
            colour_out: colours && io::stdout().is_terminal(),
            colour_err: colours && io::stderr().is_terminal(),
        }
    }

    /// Whether the answer is to be JSON.
    pub(crate) const fn json(&self) -> bool {
        self.json
    }

    /// Whether a person can be asked.
    pub(crate) const fn has_person(&self) -> bool {
        self.stdin_is_terminal
    }

    /// Whether the answer is read by a person.
    pub(crate) const fn shows_to_person(&self) -> bool {
        self.stdout_is_terminal && !self.json
    }

    /// Whether the answer may be coloured.
    pub(crate) const fn has_colours(&self) -> bool {
        self.colour_out
    }

    /// A line of the answer.
    pub(crate) fn line(&mut self, text: impl Display) -> Result<(), Failure> {
        self.styled(Look::Plain, text)
    }

    /// A line of the answer that looks like what it is.
    pub(crate) fn styled(&mut self, look: Look, text: impl Display) -> Result<(), Failure> {
        let text = text.to_string();
        Ok(writeln!(
            self.out,
            "{}",
            look.applied(&printable(&text), self.colour_out)
        )?)
    }

    /// A line of a table, whose cells are printable.
    fn row(&mut self, line: &str) -> Result<(), Failure> {
        self.out.write_all(line.as_bytes())?;
        Ok(self.out.write_all(b"\n")?)
    }

    /// An object of the answer, on a line of its own.
    pub(crate) fn object(&mut self, object: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string(object).map_err(io::Error::from)?;
        Ok(writeln!(self.out, "{}", printable_json(&text))?)
    }

    /// A record of the answer, ended as RFC 4180 has it.
    pub(crate) fn record(&mut self, text: &str) -> Result<(), Failure> {
        Ok(write!(self.out, "{}\r\n", printable(text))?)
    }

    /// A drawing of ours: nothing in it is anybody's words.
    pub(crate) fn drawing(&mut self, drawing: &str) -> Result<(), Failure> {
        Ok(write!(self.out, "{drawing}")?)
    }

    /// An answer that is no text.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        Ok(self.out.write_all(bytes)?)
    }

    /// A bar that shows a person how far something is that takes longer than a second.
    pub(crate) fn progress(&mut self, what: &'static str, total: u64) -> Progress {
        drop(self.out.flush());
        Progress::new(what, total, self.shows_progress())
    }

    /// Returns a bar that shows a percentage of work that is of several kinds.
    pub(crate) fn progress_of_work(&mut self, what: &'static str, total: u64) -> Progress {
        drop(self.out.flush());
        Progress::of_work(what, total, self.shows_progress())
    }

    /// Whether a person sees how far something is.
    pub(crate) fn shows_progress(&self) -> bool {
        io::stderr().is_terminal() && !self.json
    }

    /// A part of the answer that is a secret: it is written at once, from its own buffer alone.
    pub(crate) fn secret(&mut self, text: &SecretText) -> Result<(), Failure> {
        self.out.flush()?;
        Ok(Descriptor(io::stdout()).write_all(text.expose())?)
    }

    /// Brings out what is still held back.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    /// Help, as clap made it.
    pub(crate) fn help(&mut self, text: &StyledStr) -> Result<(), Failure> {
        if self.colour_out {
            return Ok(write!(self.out, "{}", text.ansi())?);
        }
        Ok(write!(self.out, "{text}")?)
    }

    /// Something beside the answer. With JSON, stderr holds objects alone too.
    pub(crate) fn note(&mut self, text: impl Display) {
        self.beside(Look::Plain, "note", &text.to_string());
    }

    /// Something that a person should know of.
    pub(crate) fn warn(&mut self, text: impl Display) {
        self.beside(Look::Warning, "warning", &text.to_string());
    }

    fn beside(&mut self, look: Look, what: &str, text: &str) {
        if self.json {
            drop(self.out.flush());
            let object = serde_json::json!({ what: text }).to_string();
            to_stderr(&printable_json(&object));
        } else {
            self.aside(look, &format!("{what}: "), text);
        }
    }

    /// What went wrong, and the way out.
    pub(crate) fn failure(&mut self, failure: &Failure) {
        drop(self.out.flush());
        let (error, hint) = (failure.line(), hint(failure));
        if self.json {
            let told = Told {
                error: &error,
                kind: failure.kind().word(),
                hint: &hint,
            };
            let text = serde_json::to_string(&told).unwrap_or_default();
            to_stderr(&printable_json(&text));
        } else {
            self.aside(Look::Alarm, "error: ", &error);
            self.aside(Look::Heading, "hint: ", &hint);
        }
    }

    fn aside(&mut self, look: Look, mark: &str, text: &str) {
        // What was answered before stands before it.
        drop(self.out.flush());
        let line = format!("{}{}", look.applied(mark, self.colour_err), printable(text));
        to_stderr(&line);
    }
}

fn to_stderr(line: &str) {
    // Nobody is left to be told that stderr is gone.
    drop(Descriptor(io::stderr()).write_all(format!("{line}\n").as_bytes()));
}

impl Look {
    fn applied(self, text: &str, colours: bool) -> Cow<'_, str> {
        let code = match self {
            Self::Plain => return Cow::Borrowed(text),
            Self::Heading => "1",
            Self::Warning => "1;33",
            Self::Alarm => "1;31",
        };
        if colours {
            Cow::Owned(format!("\x1b[{code}m{text}\x1b[0m"))
        } else {
            Cow::Borrowed(text)
        }
    }
}

#[derive(Serialize)]
struct Told<'a> {
    error: &'a str,
    kind: &'a str,
    hint: &'a str,
}
