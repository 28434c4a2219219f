//! Reading recovery passwords out of what people, Windows and other systems wrote down.
//!
//! Bytes become one text (`decode.rs`), which is told by its content (`detect.rs`) and read by the reader of its format;
//! every reader makes the same [`Record`]s. Each password becomes one record, also a spoilt one and one whose key
//! protector is unknown: that is rejected with a reason, never guessed and never lost.
//!
//! Passwords are nowhere but in the one text, which is wiped, in pieces of it that had to be unescaped, which are
//! wiped too, and in [`RecoveryPassword`](crate::values::RecoveryPassword)s. Time is linear in the input; beside text
//! and records, what a reader keeps is bounded, but for the passwords of one record that has several.

mod candidates;
mod clock;
mod columns;
mod context;
mod dates;
mod decode;
mod detect;
mod directory;
mod draft;
mod fields;
mod finder;
mod format;
mod json;
mod ldif;
mod listing;
mod looks;
mod manage_bde;
mod objects;
mod record;
mod rows;
mod table;
mod text;
mod volume_words;

pub use finder::Found;
pub use finder::find;
pub use format::Format;
pub use json::JsonError;
pub use looks::Looks;
pub use record::Note;
pub use record::Position;
pub use record::Ready;
pub use record::Record;
pub use record::Rejected;
pub use record::Rejection;
pub use rows::RowError;

/// What is known of an input beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints {
    /// Its format; without one, it is found out.
    pub format: Option<Format>,
}

/// What was read.
pub struct Intake {
    /// The format that it was read as.
    pub format: Format,
    /// Its records, in the order of the input; those of an object of JSON after those within it.
    pub records: Vec<Record>,
}

/// Why nothing is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IntakeError {
    /// The text begins as JSON, or is said to be some, and is not.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// There is no recovery password in it, not even a spoilt one.
    #[error("no recovery password found: {looks}")]
    NoPassword {
        /// What it is instead.
        looks: Looks,
    },
    /// A table that ends within a cell.
    #[error(transparent)]
    Rows(#[from] RowError),
    /// More than is read.
    #[error("the input is longer than {} MiB", limit >> 20)]
    TooLong {
        /// The most bytes.
        limit: usize,
    },
}

/// The most bytes of an input. Who reads a file stops there, too.
pub const MAX_INPUT: usize = 256 << 20;

/// The recovery passwords of `bytes`.
///
/// # Errors
///
/// There is none in it, it is malformed as a whole, or it is longer than [`MAX_INPUT`]. None repeats what stands there.
pub fn read(bytes: &[u8], hints: &Hints) -> Result<Intake, IntakeError> {
    if bytes.len() > MAX_INPUT {
        return Err(IntakeError::TooLong { limit: MAX_INPUT });
    }
    if let (None, Some(looks)) = (hints.format, Looks::no_text(bytes)) {
        return Err(IntakeError::NoPassword { looks });
    }
    let decoded = decode::decode(bytes);
    let text = decoded.trim_matches(['\0', '\u{feff}']);
    let format = hints.format.unwrap_or_else(|| detect::detect(text));
    let mut records = records(text, format)?;
    if !records.iter().any(Record::holds_password) {
        let looks = Looks::of(text, format);
        return Err(IntakeError::NoPassword { looks });
    }
    for (record, number) in records.iter_mut().zip(1..) {
        record.at.record = number;
    }
    Ok(Intake { format, records })
}

fn records(text: &str, format: Format) -> Result<Vec<Record>, IntakeError> {
    Ok(match format {
        Format::SaveText | Format::Text => text::read(text),
        Format::ManageBde => manage_bde::read(text),
        Format::PowerShellJson | Format::Graph | Format::Json => objects::read(text, format)?,
        Format::PowerShellList | Format::AdScript => listing::read(text, format),
        Format::PowerShellTable => columns::read(text),
        Format::Ldif => ldif::read(text),
        Format::AdTable | Format::Mbam | Format::Csv => table::Table::forced(text).read(format)?,
    })
}

#[cfg(test)]
mod tests;
