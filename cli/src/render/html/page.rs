//! The contents of the page, as the template takes them.

use serde::Serialize;
use strongroom_core::audit::DeniedRow;
use strongroom_core::audit::Exposure;
use strongroom_core::audit::HandedOut;
use strongroom_core::audit::Period;
use strongroom_core::audit::Report;
use strongroom_core::audit::RevealRow;
use strongroom_core::log::Action;
use strongroom_core::values::Time;
use strongroom_core::values::VaultId;

use crate::render::code;
use crate::render::html::ReportInput;
use crate::render::html::Verification;
use crate::render::html::ages::Ages;
use crate::render::html::attention::Attention;
use crate::render::html::attention::attention;
use crate::render::html::fate::Fate;
use crate::render::html::over_time::OverTime;

/// All that stands on the page.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    program: &'static str,
    site: Option<&'a str>,
    vault: VaultId,
    made_at: Time,
    period: Period,
    verification: &'a Verification,
    checkpoint: Vec<&'a str>,
    qr: Option<Qr>,
    report: &'a Report,
    attention: Vec<Attention>,
    overdue: usize,
    self_claimed: usize,
    over_time: Option<OverTime>,
    ages: Option<Ages>,
    owed: Vec<OwedRow<'a>>,
    reveals: Vec<ShownRow<'a>>,
    otherwise: Vec<ShownRow<'a>>,
    denied: &'a [DeniedRow],
    handed_out: Vec<HandedOutRow<'a>>,
}

/// The checkpoint as a QR code.
#[derive(Debug, Serialize)]
struct Qr {
    /// Modules on a side, with the light frame.
    size: i32,
    /// The dark modules, as an SVG path.
    path: String,
}

/// A password that got out, and what became of it.
#[derive(Debug, Serialize)]
struct ShownRow<'a> {
    #[serde(flatten)]
    row: &'a RevealRow,
    fate: Fate,
}

/// A rotation that is owed.
#[derive(Debug, Serialize)]
struct OwedRow<'a> {
    #[serde(flatten)]
    exposure: &'a Exposure,
    fate: Fate,
}

/// What left the vault before, with the log's root as a checkpoint has it.
#[derive(Debug, Serialize)]
struct HandedOutRow<'a> {
    #[serde(flatten)]
    handed_out: &'a HandedOut,
    root_base64: String,
}

impl<'a> Page<'a> {
    pub(super) fn of(input: &ReportInput<'a>) -> Self {
        let (report, now) = (input.report, input.made_at);
        let owed: Vec<OwedRow<'_>> = report
            .exposures
            .iter()
            .map(|exposure| OwedRow::of(exposure, now))
            .collect();
        let reveals = shown(input, Action::Reveal);
        let times: Vec<Time> = reveals.iter().map(|shown| shown.row.asked.time).collect();
        let since = input.period.since.max(report.first_at);
        let until = input.period.until.map_or(now, |until| until.min(now));
        Self {
            program: env!("CARGO_PKG_VERSION"),
            site: input.site,
            vault: input.vault,
            made_at: now,
            period: input.period,
            verification: input.verification,
            checkpoint: input.checkpoint.lines().collect(),
            qr: code::path(input.checkpoint).map(|(size, path)| Qr { size, path }),
            report,
            attention: attention(report, input.reveals, now),
            overdue: owed.iter().filter(|owed| owed.fate.is_overdue()).count(),
            self_claimed: report.claimed_ends.iter().filter(|end| end.self_claimed).count(),
            over_time: OverTime::of(&times, since, until),
            ages: Ages::of(&report.exposures, now),
            owed,
            reveals,
            otherwise: shown(input, Action::Expose),
            denied: input.reveals.denied(),
            handed_out: report.handed_out.iter().map(HandedOutRow::of).collect(),
        }
    }
}

/// The passwords that got out in this way.
fn shown<'a>(input: &ReportInput<'a>, action: Action) -> Vec<ShownRow<'a>> {
    let rows = input.reveals.shown().iter().filter(|row| row.action == action);
    rows.map(|row| ShownRow {
        row,
        fate: Fate::of(row, input.made_at),
    })
    .collect()
}

impl<'a> OwedRow<'a> {
    fn of(exposure: &'a Exposure, now: Time) -> Self {
        Self {
            exposure,
            fate: Fate::owed(exposure.rotate_by, now),
        }
    }
}

impl<'a> HandedOutRow<'a> {
    fn of(handed_out: &'a HandedOut) -> Self {
        Self {
            handed_out,
            root_base64: handed_out.root.base64(),
        }
    }
}
