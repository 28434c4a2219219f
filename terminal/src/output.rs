//! The only place that writes to stdout and stderr. Every line passes through the screen of `strongroom_core::values`,
//! and a secret comes in a buffer of its own.

use std::borrow::Cow;
use std::env;
use std::io;
use std::io::IsTerminal;

use serde::Serialize;
use strongroom_core::values::Line;
use strongroom_core::values::screened;
use strongroom_core::values::screened_json;
use strongroom_core::values::screened_lines;

use crate::system;

/// Stdout and stderr of a program.
pub struct Output {
    json: bool,
    /// What is still to be written to stdout.
    waiting: Vec<u8>,
    /// How stdout failed, once it has: what came after that is lost, and whoever ends the program has to say so.
    failed: Option<Failed>,
    out: Kind,
    err: Kind,
}

/// Where a line goes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stream {
    Out,
    Err,
}

#[derive(Clone, Copy, Debug)]
struct Failed {
    kind: io::ErrorKind,
    code: Option<i32>,
}

/// What stands behind a stream.
#[derive(Clone, Copy, Debug)]
struct Kind {
    is_terminal: bool,
    has_colours: bool,
}

/// How a line looks on a terminal that has colours.
#[derive(Clone, Copy, Debug)]
pub enum Look {
    /// As any other.
    Plain,
    /// A heading.
    Heading,
    /// Something to see to.
    Warning,
    /// Something that is wrong.
    Alarm,
}

impl Output {
    /// The output of this process, in JSON or in text.
    pub fn new(json: bool) -> Self {
        let colours = env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && env::var_os("TERM").is_none_or(|terminal| terminal != "dumb");
        let kind = |is_terminal| Kind {
            is_terminal,
            has_colours: colours && is_terminal,
        };
        Self {
            json,
            waiting: Vec::new(),
            failed: None,
            out: kind(io::stdout().is_terminal()),
            err: kind(io::stderr().is_terminal()),
        }
    }

    /// Whether the answer is to be JSON.
    pub const fn json(&self) -> bool {
        self.json
    }

    /// Whether stdout is a terminal.
    pub const fn is_terminal(&self) -> bool {
        self.out.is_terminal
    }

    /// Whether the answer is read by a person.
    pub const fn shows_to_person(&self) -> bool {
        self.out.is_terminal && !self.json
    }

    /// Whether a person sees how far something is.
    pub const fn shows_progress(&self) -> bool {
        self.err.is_terminal && !self.json
    }

    /// Whether the answer may be coloured.
    pub const fn has_colours(&self) -> bool {
        self.out.has_colours
    }

    /// Writes a line of the answer.
    ///
    /// # Errors
    ///
    /// Fails if stdout does, as do all that write to it.
    pub fn line(&mut self, look: Look, text: &str) -> io::Result<()> {
        let line = screened(Line::Answer, text);
        let colours = self.out.has_colours;
        self.put(&[look.applied(&line, colours).as_bytes(), b"\n"])
    }

    /// Writes an object of the answer, on a line of its own.
    ///
    /// # Errors
    ///
    /// Fails if stdout does.
    pub fn object(&mut self, object: &impl Serialize) -> io::Result<()> {
        let line = screened_json(Line::Answer, &serde_json::to_string(object)?);
        self.put(&[line.as_bytes(), b"\n"])
    }

    /// Writes a record of the answer, ended as RFC 4180 has it.
    ///
    /// # Errors
    ///
    /// Fails if stdout does.
    pub fn record(&mut self, text: &str) -> io::Result<()> {
        let line = screened(Line::Answer, text);
        self.put(&[line.as_bytes(), b"\r\n"])
    }

    /// Writes help, as clap made it: with colours, and without.
    ///
    /// # Errors
    ///
    /// Fails if stdout does.
    pub fn help(&mut self, coloured: &str, plain: &str) -> io::Result<()> {
        let screened = screened_lines(Line::Message, plain);
        let is_untouched = screened == plain;
        let text = if is_untouched && self.out.has_colours {
            coloured
        } else {
            &screened
        };
        self.put(&[text.as_bytes()])
    }

    /// Writes a drawing of ours: nothing in it is anybody's words.
    ///
    /// # Errors
    ///
    /// Fails if stdout does.
    pub fn drawing(&mut self, drawing: &str) -> io::Result<()> {
        self.put(&[drawing.as_bytes()])
    }

    /// Writes an answer that is no text, at once.
    ///
    /// # Errors
    ///
    /// Fails if stdout does.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.secret(bytes)
    }

    /// Writes a part of the answer that is a secret: at once, from its own buffer alone.
    ///
    /// # Errors
    ///
    /// Fails if stdout does.
    pub fn secret(&mut self, secret: &[u8]) -> io::Result<()> {
        self.flush()?;
        system::write(Stream::Out, secret)
    }

    /// Clears the screen, and what was scrolled away.
    pub fn clear(&self) {
        drop(system::write(Stream::Out, CLEAR));
    }

    /// Brings out what still waits.
    ///
    /// # Errors
    ///
    /// Fails if stdout does.
    pub fn flush(&mut self) -> io::Result<()> {
        if let Some(failed) = self.failed {
            return Err(failed
                .code
                .map_or_else(|| failed.kind.into(), io::Error::from_raw_os_error));
        }
        let written = system::write(Stream::Out, &self.waiting);
        self.waiting.clear();
        self.failed = written.as_ref().err().map(|error| Failed {
            kind: error.kind(),
            code: error.raw_os_error(),
        });
        written
    }

    /// Writes something beside the answer: the word for it, and what it says. In JSON, that is an object too.
    pub fn message(&mut self, look: Look, word: &str, text: &str) {
        if self.json {
            self.json_message(&serde_json::json!({ word: text }));
            return;
        }
        let mark = format!("{word}: ");
        let mark = look.applied(&mark, self.err.has_colours);
        let line = format!("{mark}{}\n", screened(Line::Message, text));
        self.aside(&line);
    }

    /// Writes an object beside the answer.
    pub fn json_message(&mut self, object: &impl Serialize) {
        let text = serde_json::to_string(object).unwrap_or_default();
        let line = screened_json(Line::Message, &text);
        self.aside(&(line + "\n"));
    }

    fn aside(&mut self, line: &str) {
        // What was answered before stands before it.
        drop(self.flush());
        // Nobody is left to be told that stderr is gone.
        drop(system::write(Stream::Err, line.as_bytes()));
    }

    fn put(&mut self, pieces: &[&[u8]]) -> io::Result<()> {
        for piece in pieces {
            self.waiting.extend_from_slice(piece);
        }
        if self.waiting.len() < MUCH {
            return Ok(());
        }
        self.flush()
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        drop(self.flush());
    }
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

/// As much as is written at once.
const MUCH: usize = 8 * 1024;
/// Erase what was scrolled away, erase the screen, go to its upper left corner.
const CLEAR: &[u8] = b"\x1b[3J\x1b[2J\x1b[H";
