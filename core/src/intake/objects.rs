//! Records of JSON: an object is one, and what it says of device and volume holds for the objects within.
//!
//! So are read `Get-BitLockerVolume | ConvertTo-Json`, where a volume's object holds its protectors, one or a list;
//! answers of Microsoft Graph, with and without `value`; and whatever else uses the same names. Several texts one
//! after another are read too.

use crate::intake::draft::Draft;
use crate::intake::fields::Field;
use crate::intake::fields::field;
use crate::intake::format::Format;
use crate::intake::json::JsonError;
use crate::intake::json::Token;
use crate::intake::json::walk;
use crate::intake::record::Record;

/// The records of a JSON text.
///
/// # Errors
///
/// The text is no JSON, or lies too deep.
pub(super) fn read(text: &str, format: Format) -> Result<Vec<Record>, JsonError> {
    let mut reader = Reader {
        format,
        frames: vec![Frame::new(format, 1, 0)],
        records: Vec::new(),
    };
    walk(text, |token| reader.take(token))?;
    while !reader.frames.is_empty() {
        reader.end();
    }
    Ok(reader.records)
}

struct Reader {
    format: Format,
    /// The objects that are open. The first is none: it holds what stands in no object.
    frames: Vec<Frame>,
    records: Vec<Record>,
}

struct Frame {
    draft: Draft,
    field: Field,
    /// Its first record within.
    first: usize,
}

impl Reader {
    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Begin(line) => self.frames.push(Frame::new(self.format, line, self.records.len())),
            Token::End => self.end(),
            Token::Name(name) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.field = field(name);
                }
            }
            Token::Scalar(value) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.draft.put(frame.field, value);
                }
            }
        }
    }

    /// The object that was opened last ends.
    fn end(&mut self) {
        let Some(Frame { draft, first, .. }) = self.frames.pop() else {
            return;
        };
        let within = self.records.len();
        let context = draft.finish(&mut self.records);
        if !context.is_empty() {
            for record in self.records.iter_mut().take(within).skip(first) {
                context.apply(record);
            }
        }
    }
}

impl Frame {
    fn new(format: Format, line: usize, first: usize) -> Self {
        Self {
            draft: Draft::new(format, line),
            field: Field::Other,
            first,
        }
    }
}
