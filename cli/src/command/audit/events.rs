//! `audit events`

use clap::Args;
use clap::ValueEnum;
use strongroom_vault::ops::Inventory;

use crate::args::PeriodArgs;
use crate::failure::Failure;
use crate::render::feed;
use crate::render::json::Logged;
use crate::setting::Setting;
use crate::ui::Ui;

/// Write the events for other programs
///
/// For spreadsheets and for programs that collect events; docs/format.md names every field. It needs no TPM, and only
/// `audit verify` tells whether these are the events that happened. With --json the answer is still in FORMAT.
#[derive(Args, Debug)]
pub(crate) struct EventsArgs {
    /// In this format
    #[arg(long, value_name = "FORMAT")]
    format: Format,

    #[command(flatten)]
    period: PeriodArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// JSON Lines, as `audit list --json`
    Jsonl,
    /// Comma-separated values by RFC 4180, safe for spreadsheets
    Csv,
    /// Common Event Format, version 0
    Cef,
    /// Syslog lines by RFC 5424
    Syslog,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &EventsArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    if matches!(args.format, Format::Csv) {
        ui.record(&feed::csv::header()?)?;
    }
    // Where a person sees the events themselves, a bar would only be in their way.
    let mut progress =
        (!ui.shows_to_person()).then(|| ui.progress("events", inventory.claimed_size().unwrap_or_default()));
    let written = inventory.events(|event| {
        if let Some(progress) = &mut progress {
            progress.advance(1);
        }
        if args.period.holds(event.time) {
            match args.format {
                Format::Jsonl => ui.object(&Logged::of(&event)),
                Format::Csv => ui.record(&feed::csv::record(&event)?),
                Format::Cef => ui.line(feed::cef::line(&event)),
                Format::Syslog => ui.line(feed::syslog::line(&event)),
            }?;
        }
        Ok::<_, Failure>(true)
    });
    if let Some(progress) = progress {
        progress.end();
    }
    written
}
