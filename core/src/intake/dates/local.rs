//! Dates of numbers, as the languages of Windows write them.

use crate::intake::dates::DateOrder;
use crate::values::Time;

/// Returns the time of a date of numbers and a time of day. It has no zone, and counts as UTC like every such time.
pub(super) fn time(text: &str, order: Option<DateOrder>) -> Option<Time> {
    let (date, clock) = split(text)?;
    let clock = clock_of(clock)?;
    let (year, month, day) = match order_of_date(date) {
        Some(own) => date.parts(own),
        None => date.parts(order?),
    };
    format!("{year:04}-{month:02}-{day:02}T{clock}Z").parse().ok()
}

/// Returns the order that every date of numbers in `text` has, if some date shows it and none another.
pub(in crate::intake) fn order_of(text: &str) -> Option<DateOrder> {
    let mut known = None;
    let bytes = text.as_bytes();
    for (at, four) in bytes.windows(4).enumerate() {
        // Few places are a digit before a separator and a number, and this is asked of each.
        let [digit, b'/' | b'-' | b'.', b' ' | b'0'..=b'9', third] = four else {
            continue;
        };
        if !digit.is_ascii_digit() || third.is_ascii_alphabetic() {
            continue;
        }
        let before = bytes.get(..=at).unwrap_or_default();
        let digits = before
            .iter()
            .rev()
            .take(5)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let start = before.len() - digits;
        let is_within = before
            .get(..start)
            .and_then(<[u8]>::last)
            .is_some_and(|last| last.is_ascii_alphanumeric() || b"-/.{".contains(last));
        if digits > 4 || is_within {
            continue;
        }
        let Some((date, _)) = text.get(start..).and_then(date_of) else {
            continue;
        };
        match (order_of_date(date), known) {
            (Some(order), None) => known = Some(order),
            (Some(order), Some(held)) if order != held => return None,
            _ => {}
        }
    }
    known
}

/// Three numbers.
#[derive(Clone, Copy)]
struct Date {
    numbers: [u16; 3],
    year_first: bool,
}

impl Date {
    fn parts(self, order: DateOrder) -> (u16, u16, u16) {
        let [first, second, third] = self.numbers;
        match order {
            DateOrder::DayMonthYear => (third, second, first),
            DateOrder::MonthDayYear => (third, first, second),
            DateOrder::YearMonthDay => (first, second, third),
        }
    }
}

/// The order that a date itself shows.
fn order_of_date(date: Date) -> Option<DateOrder> {
    let [first, second, _] = date.numbers;
    if date.year_first {
        Some(DateOrder::YearMonthDay)
    } else if first > 12 {
        Some(DateOrder::DayMonthYear)
    } else if second > 12 || first == second {
        Some(DateOrder::MonthDayYear)
    } else {
        None
    }
}

fn split(text: &str) -> Option<(Date, &str)> {
    let (date, rest) = date_of(text)?;
    let clock = rest.trim_start_matches(['.', ',', 'T']).trim();
    (rest.len() != clock.len()).then_some((date, clock))
}

/// The date at the beginning of `text`, and what follows.
fn date_of(text: &str) -> Option<(Date, &str)> {
    let (first, first_len, rest) = number(text)?;
    let separator = rest
        .chars()
        .next()
        .filter(|separator| matches!(separator, '.' | '/' | '-'))?;
    let rest = rest.strip_prefix(separator)?.trim_start_matches(' ');
    let (second, second_len, rest) = number(rest)?;
    let rest = rest.strip_prefix(separator)?.trim_start_matches(' ');
    let (third, third_len, rest) = number(rest)?;
    let year_first = first_len == 4;
    let fits = second_len <= 2
        && if year_first {
            third_len <= 2
        } else {
            first_len <= 2 && third_len == 4
        };
    let date = Date {
        numbers: [first, second, third],
        year_first,
    };
    fits.then_some((date, rest))
}

/// The number at the beginning of `text`, its digits, and what follows.
fn number(text: &str) -> Option<(u16, usize, &str)> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(len)?;
    Some((digits.parse().ok()?, len, rest))
}

/// `HH:MM:SS` of a time of day with 12 or 24 hours.
fn clock_of(text: &str) -> Option<String> {
    let upper = text.to_uppercase();
    let is_space = |character: char| character.is_whitespace() || character == '.';
    let plain: String = upper.chars().filter(|character| !is_space(*character)).collect();
    let noon = ["PM", "午後", "下午", "오후"]
        .into_iter()
        .find(|word| plain.contains(word));
    let morning = ["AM", "午前", "上午", "오전"]
        .into_iter()
        .find(|word| plain.contains(word));
    let numbers = plain.trim_matches(|character: char| !character.is_ascii_digit());
    let mut parts = numbers.split(':');
    let hour: u8 = parts.next()?.parse().ok()?;
    let minute: u8 = parts.next()?.parse().ok()?;
    let second: u8 = parts.next().map_or(Some(0), |second| second.parse().ok())?;
    let words = plain
        .chars()
        .filter(|character| !character.is_ascii_digit() && *character != ':')
        .count();
    let hour = match (noon, morning) {
        _ if parts.next().is_some() || (noon.is_some() || morning.is_some()) && !(1..=12).contains(&hour) => {
            return None;
        }
        (None, None) if words == 0 => hour,
        (Some(word), None) if words == word.chars().count() => hour % 12 + 12,
        (None, Some(word)) if words == word.chars().count() => hour % 12,
        _ => return None,
    };
    Some(format!("{hour:02}:{minute:02}:{second:02}"))
}
