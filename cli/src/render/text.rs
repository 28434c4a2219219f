//! Answers for people.

pub(crate) use strongroom_audit::local;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::Time;
use strongroom_vault::store::Problem;

use crate::failure::Failure;
use crate::ui::Table;
use crate::ui::Ui;

/// The same, or a dash.
pub(crate) fn local_or_dash(time: Option<Time>) -> String {
    time.map_or_else(|| "-".to_owned(), local)
}

/// A length of time, in the largest unit that says it exactly.
pub(crate) fn span(seconds: u64) -> String {
    let units = [(24 * 60 * 60, "day"), (60 * 60, "hour"), (60, "minute"), (1, "second")];
    let fits = |(length, _): &&(u64, &str)| seconds >= 2 * *length && seconds.is_multiple_of(*length);
    let (length, unit) = units.iter().find(fits).unwrap_or(&(1, "second"));
    number(seconds / length, unit)
}

/// So many of them.
pub(crate) fn number(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// What a device is called.
pub(crate) fn device(volume: &VolumeRecord) -> String {
    volume
        .device
        .as_ref()
        .map_or_else(|| "(no device)".to_owned(), ToString::to_string)
}

/// What a volume is called: where it is mounted, else by its id.
pub(crate) fn volume(volume: &VolumeRecord) -> String {
    match (volume.mount(), volume.id) {
        (Some(mount), _) => mount.to_string(),
        (None, Some(id)) => id.to_string(),
        (None, None) => "(unnamed)".to_owned(),
    }
}

/// The marks beside a state.
pub(crate) fn marks(record: &EscrowRecord) -> String {
    let marks = [
        (record.conflict, "conflict"),
        (record.unconfirmed, "unconfirmed"),
        (record.clock, "clock"),
        (record.proven_at.is_some(), "proven"),
        (record.presented.is_some(), "presented"),
    ];
    let marks: Vec<&str> = marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect();
    if marks.is_empty() {
        "-".to_owned()
    } else {
        marks.join(",")
    }
}

/// The problems of an escrow that were asked for, and always that it is unconfirmed.
pub(crate) fn problems(record: &EscrowRecord, problems: &[Problem]) -> String {
    let mut words: Vec<&str> = problems.iter().map(|problem| problem.as_str()).collect();
    if record.unconfirmed && !problems.contains(&Problem::Unconfirmed) {
        words.push(Problem::Unconfirmed.as_str());
    }
    words.join(",")
}

/// A state, and what it asks for.
pub(crate) fn state(record: &EscrowRecord) -> String {
    match record
        .rotate_by
        .filter(|_| record.state == strongroom_core::state::EscrowState::Exposed)
    {
        Some(day) => format!("exposed, to be rotated by {}", local(day)),
        None => record.state.as_str().to_owned(),
    }
}

/// A word for a shell, quoted where it needs to be.
pub(crate) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A word that means the same to a POSIX shell, cmd and PowerShell, in double quotes if it has spaces; `None` if it holds
/// anything else that one of them may read otherwise.
pub(crate) fn any_shell(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !text.starts_with(char::is_alphanumeric) || text.ends_with(' ') {
        return None;
    }
    if text.chars().all(plain) {
        return Some(text.to_owned());
    }
    let quoted = |c: char| plain(c) || c.is_alphanumeric() || c == ' ';
    text.chars().all(quoted).then(|| format!("\"{text}\""))
}

/// The mark of an escrow that nobody vouches for, behind what is said of it.
pub(crate) const fn unconfirmed(record: &EscrowRecord) -> &'static str {
    if record.unconfirmed { ", unconfirmed" } else { "" }
}

/// Lines of a name and a value each, in two columns.
pub(crate) fn fields(ui: &mut Ui, fields: &[(&str, String)]) -> Result<(), Failure> {
    let width = fields
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    for (name, value) in fields {
        ui.line(format_args!("{name:width$}  {value}"))?;
    }
    Ok(())
}

/// Escrows, one a line.
pub(crate) struct EscrowTable(Table<7>);

impl EscrowTable {
    pub(crate) const fn new() -> Self {
        Self(Table::new([
            "DEVICE",
            "VOLUME",
            "PROTECTOR ID",
            "STATE",
            "MARKS",
            "TAKEN IN",
            "ESCROW ID",
        ]))
    }

    pub(crate) fn row(
        &mut self,
        ui: &mut Ui,
        of: &VolumeRecord,
        record: &EscrowRecord,
        marks: String,
    ) -> Result<(), Failure> {
        let cells = [
            device(of),
            volume(of),
            record.protector.to_string(),
            record.state.as_str().to_owned(),
            marks,
            local(record.escrowed_at),
            record.escrow.to_string(),
        ];
        self.0.row(ui, cells)
    }

    pub(crate) fn finish(self, ui: &mut Ui) -> Result<(), Failure> {
        self.0.finish(ui)
    }
}

#[cfg(test)]
mod tests {
    use crate::render::text::any_shell;
    use crate::render::text::shell;
    use crate::render::text::span;

    #[test]
    fn words_for_a_shell() {
        assert_eq!(shell("PC-01"), "PC-01");
        assert_eq!(shell("C:"), "C:");
        assert_eq!(shell(r"C:\Data"), r"'C:\Data'");
        assert_eq!(shell("it's"), r"'it'\''s'");
        assert_eq!(shell(""), "''");
    }

    #[test]
    fn words_for_any_shell() {
        for (text, word) in [
            ("PC-01", Some("PC-01")),
            ("lab_2.site", Some("lab_2.site")),
            ("Büro 3", Some("\"Büro 3\"")),
            ("", None),
            ("-rf", None),
            (" PC", None),
            ("PC ", None),
            ("x & curl evil", None),
            ("x|y", None),
            ("%PATH%", None),
            ("$(id)", None),
            ("`id`", None),
            ("a\"b", None),
            ("it's", None),
            ("a;b", None),
            ("a^b", None),
            ("a!b", None),
            ("\u{201c}x\u{201d}", None),
        ] {
            assert_eq!(any_shell(text).as_deref(), word, "{text}");
        }
    }

    #[test]
    fn spans() {
        assert_eq!(span(0), "0 seconds");
        assert_eq!(span(1), "1 second");
        assert_eq!(span(90), "90 seconds");
        assert_eq!(span(600), "10 minutes");
        assert_eq!(span(86_400), "24 hours");
        assert_eq!(span(604_800), "7 days");
    }
}
