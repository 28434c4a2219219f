//! Comma-separated values (RFC 4180), one event a record, under a header.

use csv::QuoteStyle;
use csv::WriterBuilder;
use strongroom_core::log::Event;

use crate::failure::Failure;
use crate::render::feed::NAMES;
use crate::render::feed::fields;
use crate::render::feed::shown;

/// The names of the fields, as a record without its line end.
pub(crate) fn header() -> Result<String, Failure> {
    record_of(QuoteStyle::Necessary, NAMES)
}

/// An event, as a record without its line end; texts are quoted, and what is unknown is an empty one.
pub(crate) fn record(event: &Event) -> Result<String, Failure> {
    let cells = fields(event).map(|(_, value)| {
        let cell = shown(&value).unwrap_or_default();
        if value.is_string() { guarded(&cell) } else { cell }
    });
    record_of(QuoteStyle::NonNumeric, cells)
}

fn record_of<const N: usize>(quotes: QuoteStyle, cells: [impl AsRef<[u8]>; N]) -> Result<String, Failure> {
    let mut record = Vec::new();
    let mut writer = WriterBuilder::new().quote_style(quotes).from_writer(&mut record);
    writer.write_record(cells).map_err(std::io::Error::from)?;
    writer.flush()?;
    drop(writer);
    let mut record = String::from_utf8(record).map_err(std::io::Error::other)?;
    record.truncate(record.trim_end_matches('\n').len());
    Ok(record)
}

/// The cell with an apostrophe before whatever a spreadsheet would take for the beginning of a formula, or of such an
/// apostrophe: whoever reads the cell takes one apostrophe off in each of these places.
///
/// Which character parts cells, whoever opens the file decides, or their system does; and a spreadsheet that parts them
/// by semicolons takes no notice of quotes that begin within a cell of its own. So a formula is looked for at the beginning
/// and behind each separator, with blanks and quotes between. The fullwidth signs are taken for formulas where such
/// keyboards are used. A line end is written out before it comes here.
fn guarded(cell: &str) -> String {
    let mut guarded = String::with_capacity(cell.len() + 1);
    let mut begins = true;
    for character in cell.chars() {
        if begins && FORMULAS.contains(&character) {
            guarded.push('\'');
        }
        begins = SEPARATORS.contains(&character) || (begins && (character.is_whitespace() || character == '"'));
        guarded.push(character);
    }
    guarded
}

const FORMULAS: [char; 9] = ['=', '+', '-', '@', '\'', '＝', '＋', '－', '＠'];
const SEPARATORS: [char; 6] = [',', ';', '|', '\t', '\n', '\r'];
