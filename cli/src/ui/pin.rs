//! The PIN, and the password that is escrowed: where they come from.

use std::env;
use std::fs::OpenOptions;
use std::io;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::path::PathBuf;

use strongroom_core::values::Pin;
use strongroom_terminal::Descriptor;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::failure::InputError;
use crate::in_file;
use crate::in_file::InFileError;
use crate::ui::Ui;
use crate::ui::line::End;
use crate::ui::line::Lines;
use crate::ui::prompt::PromptError;
use crate::ui::prompt::secret_text;

/// There is no PIN to be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PinError {
    /// It was typed twice, and not the same.
    #[error("the two PINs differ")]
    Different,
    /// A PIN of no characters.
    #[error("the PIN is empty")]
    Empty,
    /// Its file fails.
    #[error("the PIN file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// How.
        source: io::Error,
    },
    /// More than one line.
    #[error("the PIN has more than one line")]
    Lines,
    /// Its file is something else.
    #[error("the PIN file {} is no plain file", path.display())]
    NotPlain {
        /// The file.
        path: PathBuf,
    },
    /// It is no text.
    #[error("the PIN is not UTF-8 text")]
    NotText,
    /// Nobody gave it, and nobody can be asked.
    #[error("the vault asks for a PIN, and there is no terminal to ask on")]
    Nowhere,
    /// Others may read its file.
    #[error("the PIN file {} may be read by others", path.display())]
    Permissions {
        /// The file.
        path: PathBuf,
    },
    /// More than a PIN may have.
    #[error("the PIN is longer than {PIN} bytes")]
    TooLong,
}

/// What stdin brings in this run, where it is no terminal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum StdinIs {
    /// Nothing that the verb reads; so it may be the PIN.
    Free,
    /// Something else.
    Taken,
}

impl Ui {
    /// The PIN: from the file, from systemd, from stdin, or from whoever sits at the terminal.
    pub(crate) fn pin(&mut self, file: Option<&Path>, stdin: StdinIs) -> Result<Pin, Failure> {
        if let Some(pin) = self.pin_by_file(file)? {
            return Ok(pin);
        }
        if !self.stdin_is_terminal && stdin == StdinIs::Free {
            return Ok(only_line(Descriptor(io::stdin()), Path::new("stdin"))?);
        }
        let pin = self.ask_secret("PIN: ", PIN).map_err(nowhere)?;
        Ok(not_empty(pin)?)
    }

    /// A new PIN: who types it, types it twice.
    pub(crate) fn new_pin(&mut self, file: Option<&Path>) -> Result<Pin, Failure> {
        if file.is_some() || !self.stdin_is_terminal {
            return self.pin(file, StdinIs::Free);
        }
        if let Some(pin) = self.pin_by_file(None)? {
            return Ok(pin);
        }
        let pin = not_empty(self.ask_secret("New PIN: ", PIN)?)?;
        let again = self.ask_secret("New PIN again: ", PIN)?;
        if pin.expose() != again.as_str() {
            return Err(PinError::Different.into());
        }
        Ok(pin)
    }

    /// The PIN, where a file holds it.
    #[expect(clippy::unused_self, reason = "whoever reads a PIN has the one Ui")]
    pub(crate) fn pin_by_file(&mut self, file: Option<&Path>) -> Result<Option<Pin>, Failure> {
        if let Some(path) = file {
            return Ok(Some(read_file(path, true)?));
        }
        let Some(folder) = env::var_os("CREDENTIALS_DIRECTORY") else {
            return Ok(None);
        };
        let path = Path::new(&folder).join("strongroom.pin");
        // systemd says with an access control list who may read it, which looks like a group that may.
        Ok(path.exists().then(|| read_file(&path, false)).transpose()?)
    }

    /// A recovery password as it is typed or piped in: one line, and no further one.
    pub(crate) fn password_text(&mut self) -> Result<Zeroizing<String>, Failure> {
        if self.stdin_is_terminal {
            return self.ask_secret("Recovery password (not shown): ", PASSWORD);
        }
        let mut lines = Lines::new(Descriptor(io::stdin()), PASSWORD);
        let text = match lines.next()? {
            End::Line(line) => secret_text(line).ok_or(InputError::NotText)?,
            End::TooLong => return Err(InputError::TooLong.into()),
            End::Eof => return Err(InputError::Nothing.into()),
        };
        loop {
            match lines.next()? {
                End::Eof => return Ok(text),
                End::Line(line) if line.iter().all(u8::is_ascii_whitespace) => {}
                End::Line(_) | End::TooLong => return Err(InputError::MoreLines.into()),
            }
        }
    }

    /// All of stdin, for a verb that reads a file from it.
    #[expect(clippy::unused_self, reason = "whoever reads stdin has the one Ui")]
    pub(crate) fn stdin_bytes(&mut self, limit: usize) -> Result<Zeroizing<Vec<u8>>, InFileError> {
        in_file::read_stream(Descriptor(io::stdin()), limit)
    }

    /// The lines of stdin, for a verb that reads passwords from it.
    #[expect(clippy::unused_self, reason = "whoever reads stdin has the one Ui")]
    pub(crate) fn stdin_lines(&mut self) -> Lines<impl Read + use<>> {
        Lines::new(Descriptor(io::stdin()), PASSWORD)
    }
}

/// Without a terminal the PIN is what was missing, not an answer.
fn nowhere(failure: Failure) -> Failure {
    if matches!(failure, Failure::Prompt(PromptError::NoTerminal)) {
        return PinError::Nowhere.into();
    }
    failure
}

fn read_file(path: &Path, private: bool) -> Result<Pin, PinError> {
    let failed = |source| PinError::File {
        path: path.to_owned(),
        source,
    };
    // A pipe that nobody writes to would keep us here; what it is, is asked of what was opened.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(PinError::NotPlain { path: path.to_owned() });
    }
    if private && metadata.mode() & 0o077 != 0 {
        return Err(PinError::Permissions { path: path.to_owned() });
    }
    only_line(Descriptor(file), path)
}

/// The only line of `name`.
fn only_line(from: impl Read, name: &Path) -> Result<Pin, PinError> {
    let failed = |source| PinError::File {
        path: name.to_owned(),
        source,
    };
    let mut lines = Lines::new(from, PIN);
    let pin = match lines.next().map_err(failed)? {
        End::Line(line) => secret_text(line).ok_or(PinError::NotText)?,
        End::TooLong => return Err(PinError::TooLong),
        End::Eof => return Err(PinError::Empty),
    };
    if lines.next().map_err(failed)? != End::Eof {
        return Err(PinError::Lines);
    }
    not_empty(pin)
}

fn not_empty(pin: Zeroizing<String>) -> Result<Pin, PinError> {
    Pin::new(pin).ok_or(PinError::Empty)
}

/// The most bytes of a PIN.
const PIN: usize = 1024;
/// The most bytes of a line that should be a recovery password.
const PASSWORD: usize = 4096;

#[cfg(test)]
mod tests;
