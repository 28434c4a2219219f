use strongroom_core::audit::Period;
use strongroom_core::audit::RevealRow;
use strongroom_core::state::HowEnded;

use super::*;
use crate::render::html::tests::sample::Sample;
use crate::render::html::tests::sample::day;

/// What became of a password that `mara` was shown on day 1, seen on day 5.
fn fate(end: Option<(HowEnded, &str)>) -> Fate {
    let mut sample = Sample::new(Period::default());
    let mut kept = sample.device("PC-1", day(0, 0, 0));
    sample.reveal(&mut kept, "mara", day(1, 0, 0), ["", "", "", ""]);
    if let Some((how, by)) = end {
        sample.end(&mut kept, how, by, day(2, 0, 0));
    }
    let (_, reveals) = sample.finish();
    Fate::of(&reveals.shown()[0], day(5, 0, 0))
}

#[test]
fn an_end_is_as_good_as_its_ground() {
    #[track_caller]
    fn check(how: HowEnded, by: &str, tone: Tone, word: &str) {
        let fate = fate(Some((how, by)));
        assert_eq!((fate.tone, fate.word, fate.by.as_deref()), (tone, word, Some(by)));
        assert_eq!((fate.at, fate.same_person), (Some(day(2, 0, 0)), by == "mara"));
        assert!(!fate.is_overdue());
    }
    check(HowEnded::Proven, "agent", Tone::Good, "Proven");
    check(HowEnded::Proven, "mara", Tone::Good, "Proven");
    check(HowEnded::Claimed, "agent", Tone::Notable, "Claimed");
    check(HowEnded::Claimed, "mara", Tone::Alarming, "Claimed");
    check(HowEnded::Waived, "lena", Tone::Plain, "Waived");
}

#[test]
fn a_rotation_is_owed_until_its_time_and_then_overdue() {
    #[track_caller]
    fn check(now: Time, tone: Tone, word: &str, late: Option<&str>) {
        let fate = Fate::owed(Some(day(2, 0, 0)), now);
        assert_eq!((fate.tone, fate.word, fate.late.as_deref()), (tone, word, late));
        assert_eq!(fate.is_overdue(), late.is_some());
    }
    check(day(1, 0, 0), Tone::Notable, "Owed", None);
    check(day(2, 0, 0), Tone::Notable, "Owed", None);
    check(day(2, 0, 1), Tone::Alarming, "Overdue", Some("1 minute"));
    check(day(5, 1, 0), Tone::Alarming, "Overdue", Some("3 days"));
    assert!(!Fate::owed(None, day(5, 0, 0)).is_overdue());
    assert_eq!(fate(None), Fate::owed(Some(day(2, 0, 0)), day(5, 0, 0)));
}

#[test]
fn a_password_that_opens_nothing_needs_no_rotation() {
    let (_, reveals) = {
        let mut sample = Sample::new(Period::default());
        let mut kept = sample.device("PC-1", day(0, 0, 0));
        sample.reveal(&mut kept, "mara", day(1, 0, 0), ["", "", "", ""]);
        sample.finish()
    };
    let row = RevealRow {
        rotation: Rotation::NotNeeded,
        ..reveals.shown()[0].clone()
    };
    let fate = Fate::of(&row, day(5, 0, 0));
    assert_eq!(
        (fate.tone, fate.word, fate.at, fate.by),
        (Tone::Plain, "Not needed", None, None)
    );
}
