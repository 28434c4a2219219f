//! A span of time on the command line.

use std::str::FromStr;

/// `90m`, `24h` or `7d`, in seconds; at least one, at most ten years.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Span(pub(crate) u64);

/// The text is no span.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a span of time is a number and s, m, h or d, such as 90m, 24h or 7d, from 1s to 3650d")]
pub(crate) struct ParseSpanError;

impl FromStr for Span {
    type Err = ParseSpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let units = [("s", 1), ("m", 60), ("h", 60 * 60), ("d", 24 * 60 * 60)];
        let split = units
            .iter()
            .find_map(|(unit, seconds)| text.strip_suffix(unit).map(|number| (number, *seconds)));
        let (number, seconds) = split.ok_or(ParseSpanError)?;
        // `parse` would take a sign.
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u64 = number.parse().ok().filter(|_| digits).ok_or(ParseSpanError)?;
        let span = number.checked_mul(seconds).filter(|span| (1..=LONGEST).contains(span));
        span.map(Self).ok_or(ParseSpanError)
    }
}

const LONGEST: u64 = 3650 * 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use crate::args::Span;

    #[track_caller]
    fn check(text: &str, expected: Option<u64>) {
        assert_eq!(text.parse::<Span>().ok().map(|span| span.0), expected);
    }

    #[test]
    fn a_number_and_a_unit() {
        check("30s", Some(30));
        check("90m", Some(5400));
        check("24h", Some(86_400));
        check("7d", Some(604_800));
        for text in [
            "",
            "h",
            "24",
            "0h",
            "-1h",
            "+1h",
            "1.5h",
            "24 h",
            "3651d",
            "99999999999999999999d",
            "1w",
        ] {
            check(text, None);
        }
    }
}
