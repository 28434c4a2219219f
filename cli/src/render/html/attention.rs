//! What an auditor looks at first.

use serde::Serialize;
use strongroom_core::audit::ClaimedEnd;
use strongroom_core::audit::Report;
use strongroom_core::audit::RevealOutcome;
use strongroom_core::audit::Reveals;
use strongroom_core::values::Time;

use crate::render::html::fate::Fate;
use crate::render::html::fate::Tone;
use crate::render::html::times::length;
use crate::render::html::times::utc;
use crate::render::text::number;

/// A sentence, and the section that says more.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Attention {
    tone: Tone,
    section: &'static str,
    text: String,
}

/// Everything that an auditor should look at, what matters most at the front.
pub(super) fn attention(report: &Report, reveals: &Reveals, now: Time) -> Vec<Attention> {
    let mut attention: Vec<Attention> = [
        overdue(report, now),
        epochs(report),
        self_claimed(report),
        locked(reveals),
        clock(report),
        pins(report),
        claimed(report),
        waived(report),
        refused(report),
    ]
    .into_iter()
    .flatten()
    .collect();
    // The order within a tone stays.
    attention.sort_by_key(|attention| attention.tone != Tone::Alarming);
    attention
}

fn say(tone: Tone, section: &'static str, text: String) -> Option<Attention> {
    Some(Attention { tone, section, text })
}

fn overdue(report: &Report, now: Time) -> Option<Attention> {
    let overdue = |rotate_by: Option<Time>| Fate::owed(rotate_by, now).is_overdue();
    let late = report.exposures.iter().map(|exposure| exposure.rotate_by);
    let late: Vec<Time> = late.filter(|rotate_by| overdue(*rotate_by)).flatten().collect();
    let first = late.first()?;
    let (verb, longest) = (are(late.len()), length(now.millis_since(*first)));
    let text = format!(
        "{} {verb} overdue, the longest by {longest}",
        some(late.len(), "rotation")
    );
    say(Tone::Alarming, "owed", text)
}

fn epochs(report: &Report) -> Option<Attention> {
    let epochs = counted(report.epochs.iter(), |_| true)?;
    let text = format!(
        "The log began {} anew, after a restore or an accepted alarm: commits may be missing",
        times(epochs)
    );
    say(Tone::Alarming, "epochs", text)
}

fn self_claimed(report: &Report) -> Option<Attention> {
    let ends = counted(report.claimed_ends.iter(), |end: &&ClaimedEnd| end.self_claimed)?;
    let text = format!(
        "{} ended on the word of an operator to whom the password was shown, and no other operator proved it",
        some(ends, "exposure")
    );
    say(Tone::Alarming, "claimed", text)
}

fn claimed(report: &Report) -> Option<Attention> {
    let ends = counted(report.claimed_ends.iter(), |end: &&ClaimedEnd| !end.self_claimed)?;
    let text = format!(
        "{} ended because a newer password was handed in, and nobody proved it",
        some(ends, "exposure")
    );
    say(Tone::Notable, "claimed", text)
}

fn locked(reveals: &Reveals) -> Option<Attention> {
    let locked = |outcome: &RevealOutcome| outcome.result.as_deref() == Some("did-not-unlock");
    let rows = counted(reveals.shown().iter(), |row| row.outcomes.iter().any(locked))?;
    let text = format!(
        "{} showed a password that did not unlock its volume",
        some(rows, "reveal")
    );
    say(Tone::Alarming, "reveals", text)
}

fn clock(report: &Report) -> Option<Attention> {
    let steps = report.clock_steps.len();
    let back = report.clock_steps.iter().filter(|step| step.clock_step_ms < 0).count();
    let least = report.earliest_at.map(utc).unwrap_or_default();
    let text = format!(
        "The clock stepped {}, {back} of them back; the earliest time in the log is {least}",
        times(steps)
    );
    (steps > 0).then_some(())?;
    say(Tone::Notable, "clock", text)
}

fn pins(report: &Report) -> Option<Attention> {
    let most = report.wrong_pins.iter().map(|told| told.wrong_pins).max()?;
    let text = format!(
        "The TPM told of wrong PINs {}, at most {most} at once",
        times(report.wrong_pins.len())
    );
    say(Tone::Notable, "clock", text)
}

fn waived(report: &Report) -> Option<Attention> {
    let waivers = counted(report.waivers.iter(), |_| true)?;
    let text = format!(
        "{} ended by a waiver: no newer password can come",
        some(waivers, "exposure")
    );
    say(Tone::Plain, "waivers", text)
}

fn refused(report: &Report) -> Option<Attention> {
    let refused = report.reveals_denied + report.refused;
    let counted = match report.refusals_counted {
        0 => String::new(),
        counted => format!(", and {counted} more of which only the number is on record"),
    };
    (refused + report.refusals_counted > 0).then_some(())?;
    let were = if refused == 1 { "was" } else { "were" };
    let text = format!("{} {were} refused{counted}", number(refused, "request"));
    say(Tone::Plain, "denied", text)
}

/// How many of them fit; `None` where none does.
fn counted<T>(all: impl Iterator<Item = T>, fits: impl FnMut(&T) -> bool) -> Option<usize> {
    let counted = all.filter(fits).count();
    (counted > 0).then_some(counted)
}

fn some(count: usize, thing: &str) -> String {
    number(u64::try_from(count).unwrap_or(u64::MAX), thing)
}

fn times(count: usize) -> String {
    if count == 1 {
        "once".to_owned()
    } else {
        some(count, "time")
    }
}

const fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

#[cfg(test)]
mod tests;
