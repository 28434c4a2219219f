//! `audit report`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use strongroom_files::Readers;
use strongroom_vault::ops::HandedOut;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Reported;

use crate::args::PeriodArgs;
use crate::args::PinArgs;
use crate::clock;
use crate::command::audit::handed_out::OnRecord;
use crate::command::working;
use crate::failure::Failure;
use crate::out_file::Destination;
use crate::render::html;
use crate::render::html::ReportInput;
use crate::render::html::Verification;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// Hand out a page for people: who saw which password, what is overdue, and how far the log is proven
///
/// It is one HTML file that fetches nothing and can be read without scripts, on a screen and on paper. What a later auditor
/// checks is `audit export`.
#[derive(Args, Debug)]
pub(crate) struct ReportArgs {
    /// The page, a file that must not be there yet; - is stdout
    #[arg(long, value_name = "FILE.html")]
    out: PathBuf,

    /// The reveals and refusals of this period; all else is of the whole log
    #[command(flatten)]
    period: PeriodArgs,

    #[command(flatten)]
    pin: PinArgs,
}

/// `audit report --json`
#[derive(Debug, Serialize)]
struct Answer {
    #[serde(flatten)]
    on_record: OnRecord,
    ok: bool,
    file: PathBuf,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ReportArgs) -> Result<(), Failure> {
    let inventory = Inventory::open(&setting.folder)?;
    let out = Destination::of(ui, &args.out, Readers::Folder)?;
    let pin = working::pin(ui, &inventory, &args.pin, StdinIs::Free)?;
    drop(inventory);
    let handed_out = working::unsealed(ui, setting, pin, |vault, who| vault.report(who))?;
    let mut inventory = Inventory::open(&setting.folder)?;
    let work = inventory.work()?;
    let mut progress = ui.progress_of_work("verified", work.reported());
    let reported = inventory.report(&handed_out, args.period.period(), |work| progress.advance(work));
    progress.end();
    let reported = reported?;
    let page = page(&inventory, args, &handed_out, &reported)?;
    let told = told(&handed_out, &out.place());
    out.write(ui, page.as_bytes(), &told)?;
    if ui.json() {
        ui.object(&Answer {
            on_record: OnRecord::of(&handed_out),
            ok: reported.first_wrong.is_none(),
            file: args.out.clone(),
        })?;
    }
    match reported.first_wrong {
        Some(alarm) => Err(alarm.into()),
        None => Ok(()),
    }
}

fn page(
    inventory: &Inventory,
    args: &ReportArgs,
    handed_out: &HandedOut,
    reported: &Reported,
) -> Result<String, Failure> {
    let vault = inventory.vault()?;
    let verification = Verification {
        ok: reported.first_wrong.is_none(),
        lines: match &reported.first_wrong {
            Some(alarm) => vec![alarm.to_string()],
            None => PROVEN.map(str::to_owned).to_vec(),
        },
    };
    let input = ReportInput {
        site: vault.site.as_deref(),
        vault: vault.vault,
        made_at: clock::now(),
        period: args.period.period(),
        checkpoint: &handed_out.note.to_string(),
        verification: &verification,
        report: &reported.report,
        reveals: &reported.reveals,
    };
    html::report(&input).map_err(|error| Failure::Bug {
        place: error.to_string(),
    })
}

fn told(handed_out: &HandedOut, place: &str) -> String {
    format!(
        "A report of {} is {place}; it is on record as leaf {}",
        text::number(handed_out.checkpoint.size, "event"),
        handed_out.leaf
    )
}

/// What was found where nothing is wrong.
const PROVEN: [&str; 3] = [
    "The TPM remembered the last commit of this file when the report was made.",
    "Every event leads to the checkpoint, which the vault and its TPM have signed.",
    "The events, replayed, make every row of the file.",
];
