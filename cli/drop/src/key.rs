//! `key`: what is in the vault's key or in a sender's file; and reading either.

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use strongroom_core::drop::DropKey;
use strongroom_core::drop::MAX_KEY_FILE_LEN;
use strongroom_core::drop::ParseKeyFileError;
use strongroom_core::drop::SenderFile;

use crate::Answer;
use crate::Error;
use crate::files;

/// Show what is in the vault's key or in a sender's file
///
/// Nothing of it is secret. Compare it with what `strongroom drop key` says at the vault before you trust a key: who could
/// exchange it would read what is encrypted to it.
#[derive(Args, Debug)]
pub struct KeyArgs {
    /// The file that `strongroom drop key` or `strongroom drop enrol` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl KeyArgs {
    /// What is in it.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read or is neither of the two.
    pub fn run(&self) -> Result<Answer, Error> {
        Ok(match KeyFile::read(&self.file)? {
            KeyFile::Vault(key) => Answer::key(&key, None),
            KeyFile::Sender(sender) => Answer::key(sender.key(), Some(&sender)),
        })
    }
}

/// A file that has the vault's key in it.
pub(crate) enum KeyFile {
    Vault(Box<DropKey>),
    Sender(Box<SenderFile>),
}

impl KeyFile {
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let text = files::text(path, MAX_KEY_FILE_LEN)?;
        match text.parse() {
            Ok(key) => Ok(Self::Vault(Box::new(key))),
            Err(source @ ParseKeyFileError::Format { .. }) => match SenderFile::parse(&text) {
                Ok(sender) => Ok(Self::Sender(Box::new(sender))),
                // Neither of the two.
                Err(ParseKeyFileError::Format { .. }) => Err(failure(path, source)),
                Err(source) => Err(failure(path, source)),
            },
            Err(source) => Err(failure(path, source)),
        }
    }

    pub(crate) fn key(&self) -> &DropKey {
        match self {
            Self::Vault(key) => key,
            Self::Sender(sender) => sender.key(),
        }
    }
}

/// A sender's file, and no other.
pub(crate) fn read_sender(path: &Path) -> Result<SenderFile, Error> {
    let text = files::text(path, MAX_KEY_FILE_LEN)?;
    SenderFile::parse(&text).map_err(|source| failure(path, source))
}

fn failure(path: &Path, source: ParseKeyFileError) -> Error {
    Error::KeyFile {
        path: path.to_owned(),
        source,
    }
}
