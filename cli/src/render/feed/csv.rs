//! Comma-separated values (RFC 4180), one event a record, under a header.

use csv::WriterBuilder;
use strongroom_core::log::Event;

use crate::failure::Failure;
use crate::render::feed::NAMES;
use crate::render::feed::fields;
use crate::render::feed::shown;

/// The names of the fields, as a record without its line end.
pub(crate) fn header() -> Result<String, Failure> {
    record_of(NAMES)
}

/// An event, as a record without its line end; what is unknown is an empty cell.
pub(crate) fn record(event: &Event) -> Result<String, Failure> {
    record_of(fields(event).map(|(_, value)| {
        let cell = shown(&value).unwrap_or_default();
        if value.is_string() { guarded(cell) } else { cell }
    }))
}

fn record_of<const N: usize>(cells: [impl AsRef<[u8]>; N]) -> Result<String, Failure> {
    let mut record = Vec::new();
    let mut writer = WriterBuilder::new().from_writer(&mut record);
    writer.write_record(cells).map_err(std::io::Error::from)?;
    writer.flush()?;
    drop(writer);
    let mut record = String::from_utf8(record).map_err(std::io::Error::other)?;
    record.truncate(record.trim_end_matches('\n').len());
    Ok(record)
}

/// The cell with an apostrophe before it, where a spreadsheet would take it for a formula, or where it has one already:
/// whoever reads it takes one apostrophe off.
///
/// The fullwidth signs are taken for formulas where such keyboards are used. A tab or a line end is written out before
/// it comes here.
fn guarded(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\'', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell
    }
}
