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
mod column;
mod columns;
mod context;
mod dates;
mod decode;
mod detect;
mod directory;
mod draft;
mod encodings;
mod fields;
mod finder;
mod format;
mod headings;
mod json;
mod labels;
mod ldif;
mod lines;
mod listing;
mod looks;
mod loose;
mod manage_bde;
mod manner;
mod names;
mod objects;
mod record;
mod rows;
mod table;
mod text;
mod unused;
mod volume_words;
mod words;
mod xml;

pub use column::Column;
pub use dates::{DateOrder, ParseDateOrderError};
pub use encodings::{ParseEncodingError, TextEncoding};
pub use finder::{Found, find};
pub use format::Format;
pub use json::JsonError;
pub use looks::Looks;
pub use record::{Note, Position, Ready, Record, Rejected, Rejection};
pub use rows::RowError;
pub use unused::Unused;
pub use xml::XmlError;

use manner::Manner;
use names::Names;

/// What is known of an input beside its bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints<'h> {
    /// Its format; without one, it is found out.
    pub format: Option<Format>,
    /// Its legacy encoding; without one, it is told by words that are known.
    pub encoding: Option<TextEncoding>,
    /// The order of its dates; without one, it is told by dates that have only one.
    pub date_order: Option<DateOrder>,
    /// The heading or the number of the column, or the name of the field, that holds the key protector ID.
    pub key_id_column: Option<&'h str>,
    /// The heading or the number of the column, or the name of the field, that names the device.
    pub device_column: Option<&'h str>,
}

/// What was read.
pub struct Intake {
    /// The format that it was read as.
    pub format: Format,
    /// Its records, in the order of the input; those of an object of JSON after those within it.
    pub records: Vec<Record>,
    /// What the columns of a table are understood as; nothing where it has no heading.
    pub columns: Vec<Column>,
    /// What was seen and became nothing.
    pub unused: Unused,
}

/// Why nothing is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IntakeError {
    /// The text begins as JSON, or is said to be some, and is not.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The text begins as XML, or is said to be some, and is not.
    #[error(transparent)]
    Xml(#[from] XmlError),
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
pub fn read(bytes: &[u8], hints: &Hints<'_>) -> Result<Intake, IntakeError> {
    if bytes.len() > MAX_INPUT {
        return Err(IntakeError::TooLong { limit: MAX_INPUT });
    }
    if let (None, Some(looks)) = (hints.format, Looks::no_text(bytes)) {
        return Err(IntakeError::NoPassword { looks });
    }
    let names = Names::new(hints.key_id_column, hints.device_column);
    let decoded = decode::decode(bytes, hints.encoding);
    let text = decoded.trim_matches(['\0', '\u{feff}']);
    let format = hints.format.unwrap_or_else(|| detect::detect(text, &names));
    let order = hints.date_order.or_else(|| dates::order_of(text));
    let (mut records, columns) = records(text, Manner { format, order }, &names)?;
    if !records.iter().any(Record::holds_password) {
        let looks = Looks::of(text, format);
        return Err(IntakeError::NoPassword { looks });
    }
    for (record, number) in records.iter_mut().zip(1..) {
        record.at.record = number;
        record.settle();
    }
    let unused = Unused::of(text, &records);
    Ok(Intake {
        format,
        records,
        columns,
        unused,
    })
}

fn records(text: &str, manner: Manner, names: &Names) -> Result<(Vec<Record>, Vec<Column>), IntakeError> {
    let records = match manner.format {
        Format::SaveText | Format::Text => text::read(text),
        Format::ManageBde => manage_bde::read(text),
        Format::PowerShellJson | Format::Graph | Format::Json => objects::read(text, manner, names)?,
        Format::Xml => xml::read(text, manner, names)?,
        Format::PowerShellList | Format::AdScript | Format::List => listing::read(text, manner, names),
        Format::Ldif => ldif::read(text, manner, names),
        Format::PowerShellTable => return Ok(columns::read(text, manner, names)),
        Format::AdTable | Format::Mbam | Format::Csv => {
            return Ok(table::Table::forced(text, names).read(manner, names)?);
        }
    };
    Ok((records, Vec::new()))
}

#[cfg(test)]
mod tests;
