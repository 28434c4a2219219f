//! What differs from run to run, and the words that stand for it in a transcript.
//!
//! The same thing has the same word throughout a page, and a command may use the word: `reveal <escrow 1>`. No more is
//! hidden than must be: a number of a commit, a leaf or a try is the same in every run, and stays.

use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::Command;
use std::time::UNIX_EPOCH;

use strongroom_core::values::Time;

/// The words of one page.
pub(crate) struct StandIns {
    begun: Time,
    /// What is known from the start: the real text, its word.
    fixed: Vec<(String, String)>,
    operators: Vec<String>,
    /// What came up: the real text, its word.
    ids: BTreeMap<String, String>,
    escrows: usize,
    indices: usize,
}

impl StandIns {
    pub(crate) fn new(folder: &Path, tcti: Option<&str>) -> Self {
        let mut fixed = vec![(folder.display().to_string(), "<folder>".to_owned())];
        fixed.extend(tcti.map(|tcti| (tcti.to_owned(), "<TPM>".to_owned())));
        Self {
            begun: made_at(folder),
            fixed,
            operators: operators(),
            ids: BTreeMap::new(),
            escrows: 0,
            indices: 0,
        }
    }

    /// A command with what its words stand for.
    pub(crate) fn resolve(&self, command: &str) -> String {
        let mut meant = command.replace(OPERATOR, &self.operators[0]);
        for (real, word) in &self.ids {
            meant = meant.replace(word, real);
        }
        meant
    }

    /// A text with words for what differs.
    pub(crate) fn put_into(&mut self, text: &str) -> String {
        let mut written = String::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let found = self.at(&written, rest);
            let (len, word) = found.unwrap_or_else(|| (first.len_utf8(), first.to_string()));
            written.push_str(&word);
            rest = &rest[len..];
        }
        written
    }

    /// What stands for the beginning of `rest`, and for how many bytes of it.
    fn at(&mut self, before: &str, rest: &str) -> Option<(usize, String)> {
        // In JSON a line within a text begins behind `\n`.
        if before.ends_with(|c: char| c.is_ascii_alphanumeric()) && !before.ends_with("\\n") {
            return None;
        }
        let fixed = self.fixed.iter().find(|(real, _)| rest.starts_with(real.as_str()));
        if let Some((real, word)) = fixed {
            return Some((real.len(), word.clone()));
        }
        if let Some(found) = self.operator(before, rest).or_else(|| machine(rest)) {
            return Some(found);
        }
        let (len, word) = self
            .log_key(rest)
            .or_else(|| origin(rest))
            .or_else(|| digest(rest))
            .or_else(|| base64(before, rest))
            .or_else(|| self.time(rest))
            .or_else(|| self.id(before, rest))?;
        Some(in_column(rest, len, word))
    }

    /// `strongroom/<vault>/<epoch>+<hash>+<key>`.
    fn log_key(&self, rest: &str) -> Option<(usize, String)> {
        let origin = rest.strip_prefix("strongroom/")?;
        let end = origin.find(|c: char| !c.is_ascii_alphanumeric() && !"/+=".contains(c));
        let key = &origin[..end.unwrap_or(origin.len())];
        let hex = |text: &str| text.len() == 32 && text.chars().all(|c| c.is_ascii_hexdigit());
        let (vault, epoch) = key.split('+').next()?.split_once('/')?;
        let of_tpm = key.splitn(3, '+').nth(2)?.starts_with("AjB");
        let word = if of_tpm { "<TPM's key>" } else { "<log key>" };
        (hex(vault) && hex(epoch)).then(|| (11 + key.len(), word.to_owned()))
    }

    /// A time since the page began, and one that is whole days after that: by when to rotate.
    fn time(&self, rest: &str) -> Option<(usize, String)> {
        let is_time = |text: &str| {
            let fits = |(c, shape): (char, char)| c == shape || (shape == '0' && c.is_ascii_digit());
            text.chars().zip("0000-00-00T00:00:00".chars()).all(fits)
        };
        let clock = rest
            .get(..19)
            .map(|clock| clock.replacen(' ', "T", 1))
            .filter(|clock| is_time(clock))?;
        let fraction = if rest[19..].starts_with('.') { 4 } else { 0 };
        let zone = ZONES
            .iter()
            .find(|zone| rest.get(19 + fraction..).is_some_and(|rest| rest.starts_with(**zone)))?;
        let time: Time = format!("{clock}Z").parse().ok()?;
        // The clock in text has whole seconds.
        let after = (time.millis_since(self.begun) + 1000).div_euclid(1000);
        let (days, seconds) = (after.div_euclid(DAY), after.rem_euclid(DAY));
        let word = match days {
            0 => "<time>".to_owned(),
            1..=7 => format!("<time + {days} d>"),
            _ => return None,
        };
        (seconds <= LONGEST).then_some((19 + fraction + zone.len(), word))
    }

    fn id(&mut self, before: &str, rest: &str) -> Option<(usize, String)> {
        let len = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let run = &rest[..len];
        let digits = run.strip_prefix("0x").unwrap_or_default();
        let index = u32::from_str_radix(digits, 16)
            .ok()
            .filter(|index| OWNER_INDICES.contains(index));
        let is_id = len == 32 && run.chars().all(|c| c.is_ascii_hexdigit());
        // The program writes an index with its leading zero, the tools without.
        let real = match index {
            Some(index) => format!("{index:#x}"),
            None if is_id => run.to_owned(),
            None => return None,
        };
        if let Some(word) = self.ids.get(&real) {
            return Some((len, word.clone()));
        }
        let line = before.rsplit('\n').next().unwrap_or_default();
        let word = if index.is_some() {
            self.indices += 1;
            format!("<handle {}>", self.indices)
        } else if line.starts_with("Vault ") || line.ends_with("vault ") || line.ends_with("\"vault_id\":\"") {
            "<vault id>".to_owned()
        } else {
            self.escrows += 1;
            format!("<escrow {}>", self.escrows)
        };
        self.ids.insert(real, word.clone());
        Some((len, word))
    }

    /// Who runs the tests: in JSON, and in a table, whose columns are as wide as the name is long.
    fn operator(&self, before: &str, rest: &str) -> Option<(usize, String)> {
        let names = self.operators.iter().map(String::as_str);
        if before.ends_with("\"") {
            // A field may be called as somebody is.
            let is_value = |name: &&str| {
                rest.strip_prefix(*name)
                    .is_some_and(|rest| rest.starts_with('"') && !rest.starts_with("\":"))
            };
            return names
                .into_iter()
                .find(is_value)
                .map(|name| (name.len(), OPERATOR.to_owned()));
        }
        if IN_SENTENCES.iter().any(|words| before.ends_with(words)) {
            let ends = |rest: &str| rest.starts_with([':', ',', '\n']) || rest.is_empty();
            let is_whole = |name: &&str| rest.strip_prefix(*name).is_some_and(ends);
            if let Some(name) = self.operators.iter().map(String::as_str).find(is_whole) {
                return Some((name.len(), OPERATOR.to_owned()));
            }
        }
        if !before.is_empty() && !before.ends_with("  ") && !before.ends_with('\n') {
            return None;
        }
        let (cell, word) = names
            .map(|name| (name, OPERATOR))
            .chain(OPERATOR_COLUMNS.map(|name| (name, name)))
            .find(|(cell, _)| rest.starts_with(&format!("{cell}  ")) || rest.starts_with(&format!("{cell}\n")))?;
        let spaces = rest[cell.len()..].find(|c| c != ' ').unwrap_or_default();
        let word = if spaces == 0 {
            word.to_owned()
        } else {
            format!("{word:13}")
        };
        Some((cell.len() + spaces, word))
    }
}

/// `strongroom/<vault>/<epoch>`.
fn origin(rest: &str) -> Option<(usize, String)> {
    let (vault, epoch) = rest.strip_prefix("strongroom/")?.split_once('/')?;
    let hex = |text: &str| text.chars().take_while(char::is_ascii_hexdigit).count() == 32;
    (vault.len() == 32 && hex(vault) && hex(epoch)).then(|| (11 + 32 + 1 + 32, "<origin>".to_owned()))
}

/// A SHA-256 hash in hexadecimal.
fn digest(rest: &str) -> Option<(usize, String)> {
    let len = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
    (len == 64).then(|| (len, "<hash>".to_owned()))
}

/// Hashes, signatures and leaves in base64: 32 bytes and more.
fn base64(before: &str, rest: &str) -> Option<(usize, String)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let len = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
    let run = &rest[..len];
    let kinds: [fn(&char) -> bool; 3] = [char::is_ascii_uppercase, char::is_ascii_lowercase, char::is_ascii_digit];
    let all = kinds.iter().all(|kind| run.chars().any(|c| kind(&c)));
    let begins = !before.ends_with(is_part) || before.ends_with("\\n");
    (len >= 44 && len % 4 == 0 && all && begins).then(|| (len, "<base64>".to_owned()))
}

/// What depends on who owns the folder, on how much memory may be locked, on whether the kernel knows a login, and on
/// whether midnight comes in between.
fn machine(rest: &str) -> Option<(usize, String)> {
    let found = EITHER.iter().find(|(text, _)| rest.starts_with(text));
    if let Some((text, word)) = found {
        return Some((text.len(), (*word).to_owned()));
    }
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or_default();
    if digits > 0 && rest[digits..].starts_with(" today") {
        return Some((digits, MANY.to_owned()));
    }
    FIELDS.iter().find_map(|(field, word)| {
        let value = rest.strip_prefix(field)?.strip_prefix("\":")?.split(',').next()?;
        // That the keys were not opened is the same on every machine.
        let differs = value != "null" || *field == "login";
        differs.then(|| (field.len() + 2 + value.len(), format!("{field}\":{word}")))
    })
}

/// The word, as wide as what it stands for where a column follows.
fn in_column(rest: &str, len: usize, word: String) -> (usize, String) {
    if rest[len..].starts_with("  ") {
        (len, format!("{word:len$}"))
    } else {
        (len, word)
    }
}

/// Who acts, as the log says it: in effect, and as logged in where the kernel knows that.
fn operators() -> Vec<String> {
    let effective = rustix::process::geteuid().as_raw();
    let login = fs::read_to_string("/proc/self/loginuid").unwrap_or_default();
    let login = login.trim().parse().ok().filter(|user| *user != u32::MAX);
    [Some(effective), login].into_iter().flatten().map(name).collect()
}

fn name(user: u32) -> String {
    let known = Command::new("id").args(["-un", &user.to_string()]).output().unwrap();
    if known.status.success() {
        String::from_utf8(known.stdout).unwrap().trim().to_owned()
    } else {
        format!("uid {user}")
    }
}

/// When the folder was made.
fn made_at(folder: &Path) -> Time {
    let modified = fs::metadata(folder).unwrap().modified().unwrap();
    let millis = modified.duration_since(UNIX_EPOCH).unwrap().as_millis();
    Time::from_millis(i64::try_from(millis).unwrap()).unwrap()
}

#[test]
fn what_differs_has_a_word_and_what_does_not_stays() {
    let folder = tempfile::tempdir().unwrap();
    let mut words = StandIns::new(folder.path(), Some("swtpm:host=127.0.0.1,port=2321"));
    let (one, two) = ("0123456789abcdef0123456789abcdef", "f".repeat(32));
    let tomorrow = words.begun.plus_seconds(24 * 60 * 60 + 5);
    let mut check = |text: &str, expected: &str| assert_eq!(words.put_into(text), expected);
    check(
        &format!("{one}, {two}  {one}"),
        "<escrow 1>, <escrow 2>                        <escrow 1>",
    );
    check(
        &format!("\"vault_id\":\"{}\"", "a".repeat(32)),
        "\"vault_id\":\"<vault id>\"",
    );
    check(&format!("x{one} {one}0"), &format!("x{one} {one}0"));
    check(
        "0x01800001, 0x1800001, 0x81000001",
        "<handle 1>, <handle 1>, 0x81000001",
    );
    check(&format!("{tomorrow}"), "<time + 1 d>");
    check(
        "2024-05-01T08:00:00.000Z, 2024-05-01 08:00:00 +00:00",
        "2024-05-01T08:00:00.000Z, 2024-05-01 08:00:00 +00:00",
    );
    check(&"0a".repeat(32), "<hash>");
    check(&format!("strongroom/{one}/{two}, 5"), "<origin>, 5");
    check("jiw1Jlfyk94OHFpHVnBQFwvYFbPUpOT+XkxjhLyk5P4=\n", "<base64>\n");
    check(
        "{\"root\":1,\"a\":\"x\\njiw1Jlfyk94OHFpHVnBQFwvYFbPUpOT+XkxjhLyk5P4=\\n\"}",
        "{\"root\":1,\"a\":\"x\\n<base64>\\n\"}",
    );
    check("swtpm:host=127.0.0.1,port=2321", "<TPM>");
    check(
        "commit 3 of 4, 4ab2c9d1-7c1e-4f3a-9d55-000000000001",
        "commit 3 of 4, 4ab2c9d1-7c1e-4f3a-9d55-000000000001",
    );
    check("Anchor writes  31, 12 today", "Anchor writes  31, <so many> today");
    check(
        "{\"login\":null,\"separated\":true,\"memory_locked\":null,\"leaf\":4}",
        "{\"login\":<login>,\"separated\":<separated or not>,\"memory_locked\":null,\"leaf\":4}",
    );
    assert_eq!(words.resolve("reveal <escrow 2>"), format!("reveal {two}"));
}

const OPERATOR: &str = "<operator>";
/// What stands before an operator in a sentence, or in a list of them.
const IN_SENTENCES: [&str; 3] = [" by ", " to ", "\n  "];
const OPERATOR_COLUMNS: [&str; 3] = ["OPERATOR", "REVEALED BY", "BY"];
const SEPARATED: &str = "<separated or not>";
const LOCKED: &str = "<locked or not>";
const MANY: &str = "<so many>";
/// What stands in text, and its word.
const EITHER: [(&str, &str); 4] = [
    ("separated: it belongs to another user than the operator", SEPARATED),
    ("not separated: it belongs to the operator's own login", SEPARATED),
    ("the pages with keys are locked", LOCKED),
    (
        "the pages with keys are not locked and may be swapped out (see the limit `memlock`)",
        LOCKED,
    ),
];
/// The fields whose value has a word in JSON.
const FIELDS: [(&str, &str); 4] = [
    ("anchor_writes_today", MANY),
    ("login", "<login>"),
    ("memory_locked", LOCKED),
    ("separated", SEPARATED),
];
const ZONES: [&str; 2] = ["Z", " +00:00"];
/// The handles of NV indices that a TPM's owner may define.
const OWNER_INDICES: RangeInclusive<u32> = 0x0180_0000..=0x01bf_ffff;
const DAY: i64 = 24 * 60 * 60;
/// Seconds that the longest page may take, on the slowest machine.
const LONGEST: i64 = 60 * 60;
