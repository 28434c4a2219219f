//! Where an answer goes that is one file: to a new file, or by `-` to stdout.

use std::path::Path;

use strongroom_files::OutFile;
use strongroom_files::Readers;

use crate::failure::Failure;
use crate::ui::Ui;

/// The place of one document, found free before anything is put on record for it.
pub(crate) enum Destination {
    /// Stdout, which then carries nothing else.
    Stdout,
    /// A file that is not there yet.
    File(OutFile),
}

impl Destination {
    /// Returns the destination that `--out` names.
    pub(crate) fn of(ui: &Ui, path: &Path, readers: Readers) -> Result<Self, Failure> {
        if path != Path::new("-") {
            return Ok(Self::File(OutFile::new(path, readers)?));
        }
        if ui.json() {
            return Err(Failure::usage(
                "the argument '--json' cannot be used with '--out -'",
                "leave one of them out: stdout carries the JSON or the document",
            ));
        }
        if readers == Readers::Owner && ui.shows_to_person() {
            return Err(Failure::usage(
                "a secret is not shown on a terminal",
                "name a file by --out FILE, or redirect stdout into one",
            ));
        }
        Ok(Self::Stdout)
    }

    /// Returns the file, if it is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::File(file) => Some(file.path()),
        }
    }

    /// Returns where the document is then, as a sentence has it.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::Stdout => "on stdout".to_owned(),
            Self::File(file) => format!("in {}", file.path().display()),
        }
    }

    /// Writes the document, and then tells what it is: beside the document where that has stdout.
    pub(crate) fn write(self, ui: &mut Ui, document: &[u8], told: &str) -> Result<(), Failure> {
        match self {
            Self::Stdout => {
                ui.bytes(document)?;
                told.lines().for_each(|line| ui.note(line));
                Ok(())
            }
            Self::File(file) => {
                file.write(document)?;
                if ui.json() {
                    return Ok(());
                }
                told.lines().try_for_each(|line| ui.line(line))
            }
        }
    }
}
