use strongroom_core::audit::Findings;
use strongroom_core::audit::Period;
use strongroom_core::state::HowEnded;
use strongroom_core::state::Projection;

use super::*;
use crate::render::html::tests::restored::restored;
use crate::render::html::tests::sample::HOSTILE;
use crate::render::html::tests::sample::Sample;
use crate::render::html::tests::sample::day;
use crate::render::html::tests::sample::made_at;
use crate::render::html::tests::sample::sample;

/// What is said of a log, on day 5.
#[track_caller]
fn check(tell: impl FnOnce(&mut Sample), expected: &[&str]) {
    let mut sample = Sample::new(Period::default());
    tell(&mut sample);
    let (report, reveals) = sample.finish();
    let said = attention(&report, &reveals, day(5, 0, 0));
    let said: Vec<&str> = said.iter().map(|attention| attention.text.as_str()).collect();
    assert_eq!(said, expected);
}

/// A device whose password `mara` is shown on a day.
fn shown(sample: &mut Sample, at: i64, end: Option<(HowEnded, &str)>) {
    let mut kept = sample.device("PC-1", day(0, 0, 0));
    sample.reveal(&mut kept, "mara", day(at, 0, 0), ["", "", "", ""]);
    if let Some((how, by)) = end {
        sample.end(&mut kept, how, by, day(at, 1, 0));
    }
}

#[test]
fn nothing_is_said_of_nothing() {
    let report = Findings::default().finish(&Projection::default());
    assert_eq!(attention(&report, &Reveals::default(), made_at()), []);
    check(|sample| shown(sample, 4, None), &[]);
    check(|sample| shown(sample, 1, Some((HowEnded::Proven, "agent"))), &[]);
}

#[test]
fn rotations_that_are_overdue_are_counted() {
    check(
        |sample| shown(sample, 1, None),
        &["1 rotation is overdue, the longest by 3 days"],
    );
    let several = |sample: &mut Sample| [2, 1, 3, 4].into_iter().for_each(|at| shown(sample, at, None));
    check(several, &["3 rotations are overdue, the longest by 3 days"]);
}

#[test]
fn ends_are_told_apart_by_whose_word_it_was() {
    check(
        |sample| shown(sample, 1, Some((HowEnded::Claimed, "mara"))),
        &[
            "1 exposure ended on the word of an operator to whom the password was shown, and no other operator proved it",
        ],
    );
    check(
        |sample| shown(sample, 1, Some((HowEnded::Claimed, "agent"))),
        &["1 exposure ended because a newer password was handed in, and nobody proved it"],
    );
    check(
        |sample| shown(sample, 1, Some((HowEnded::Waived, "mara"))),
        &["1 exposure ended by a waiver: no newer password can come"],
    );
}

#[test]
fn a_later_epoch_is_told_of() {
    let began = |sample: &mut Sample| sample.tell("mara", day(2, 0, 0), restored("from the safe"));
    check(
        began,
        &["The log began once anew, after a restore or an accepted alarm: commits may be missing"],
    );
}

#[test]
fn what_is_to_be_acted_on_comes_first() {
    let (report, reveals) = sample(Period::default(), HOSTILE);
    let said = attention(&report, &reveals, made_at());
    let said: Vec<(Tone, &str)> = said.iter().map(|said| (said.tone, said.text.as_str())).collect();
    assert_eq!(
        said,
        [
            (Tone::Alarming, "4 rotations are overdue, the longest by 65 days"),
            (
                Tone::Alarming,
                "8 exposures ended on the word of an operator to whom the password was shown, and no other operator proved it"
            ),
            (
                Tone::Alarming,
                "1 reveal showed a password that did not unlock its volume"
            ),
            (
                Tone::Notable,
                "The clock stepped 2 times, 1 of them back; the earliest time in the log is 2026-07-12 09:00:00"
            ),
            (Tone::Notable, "The TPM told of wrong PINs once, at most 4 at once"),
            (
                Tone::Notable,
                "2 exposures ended because a newer password was handed in, and nobody proved it"
            ),
            (Tone::Plain, "1 exposure ended by a waiver: no newer password can come"),
            (
                Tone::Plain,
                "11 requests were refused, and 31 more of which only the number is on record"
            ),
        ]
    );
}
