//! `check`

use std::fmt::Write;

use clap::Args;
use serde::Serialize;
use strongroom_core::values::BadGroup;
use strongroom_core::values::Diagnosis;
use strongroom_core::values::GroupFault;
use strongroom_core::values::ShapeFault;
use strongroom_core::values::corrections;
use strongroom_core::values::diagnose;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::failure::InputError;
use crate::ui::End;
use crate::ui::SecretText;
use crate::ui::Ui;

/// Say of recovery passwords whether they are well formed, without any vault
///
/// One a line on stdin; blank lines are passed over. Of a bad one it says which group is wrong and how, and which groups
/// one digit or a swap of two neighbours away would be right.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  strongroom check < typed.txt")]
pub(crate) struct CheckArgs {}

pub(super) fn run(ui: &mut Ui, _: &CheckArgs) -> Result<(), Failure> {
    let mut tally = Tally::default();
    if ui.has_person() {
        by_hand(ui, &mut tally)?;
    } else {
        piped(ui, &mut tally)?;
    }
    match tally {
        Tally { lines: 0, .. } => Err(InputError::Nothing.into()),
        Tally { bad: 0, .. } => Ok(()),
        Tally { lines, bad, .. } => Err(InputError::Malformed { bad, lines }.into()),
    }
}

#[derive(Default)]
struct Tally {
    /// The number of the last line, blank ones counted too.
    at: u64,
    /// Lines that were not blank.
    lines: u64,
    bad: u64,
}

fn by_hand(ui: &mut Ui, tally: &mut Tally) -> Result<(), Failure> {
    loop {
        let text = ui.ask_secret("Recovery password (not shown; Enter alone ends): ", LINE)?;
        if text.trim().is_empty() {
            return Ok(());
        }
        line(ui, tally, Some(text.as_bytes()))?;
    }
}

fn piped(ui: &mut Ui, tally: &mut Tally) -> Result<(), Failure> {
    let mut lines = ui.stdin_lines();
    loop {
        match lines.next()? {
            End::Eof => return Ok(()),
            End::TooLong => line(ui, tally, None)?,
            End::Line(text) => line(ui, tally, Some(text))?,
        }
    }
}

/// Looks at one line; none stands for one that is too long to be kept.
fn line(ui: &mut Ui, tally: &mut Tally, bytes: Option<&[u8]>) -> Result<(), Failure> {
    tally.at += 1;
    let text = bytes.and_then(|bytes| str::from_utf8(bytes).ok());
    if text.is_some_and(|text| diagnose(text) == Diagnosis::Shape(ShapeFault::Empty)) {
        return Ok(());
    }
    tally.lines += 1;
    let finding = Finding::of(bytes, text);
    tally.bad += u64::from(!matches!(finding.diagnosis, Some(Diagnosis::Valid)));
    let mut shown = SecretText::new();
    let written = if ui.json() {
        finding.as_json(&mut shown, tally.at)
    } else {
        finding.as_text(&mut shown, tally.at)
    };
    // It is a few lines at most; the buffer has room for hundreds.
    written.map_err(|_| std::io::Error::from(std::io::ErrorKind::StorageFull))?;
    ui.secret(&shown)
}

struct Finding {
    /// None where the line is no text, or too long.
    diagnosis: Option<Diagnosis>,
    /// Why it is none.
    unread: &'static str,
    corrections: Vec<Zeroizing<String>>,
}

impl Finding {
    fn of(bytes: Option<&[u8]>, text: Option<&str>) -> Self {
        Self {
            diagnosis: text.map(diagnose),
            unread: if bytes.is_none() {
                "the line is too long"
            } else {
                "the line is not UTF-8 text"
            },
            corrections: text.map(corrections).unwrap_or_default(),
        }
    }

    fn bad_groups(&self) -> &[BadGroup] {
        match &self.diagnosis {
            Some(Diagnosis::Groups(groups)) => groups,
            Some(Diagnosis::Shape(_) | Diagnosis::Valid) | None => &[],
        }
    }

    fn as_text(&self, to: &mut SecretText, line: u64) -> std::fmt::Result {
        write!(to, "line {line}: ")?;
        match &self.diagnosis {
            Some(Diagnosis::Valid) => to.write_str("ok")?,
            Some(Diagnosis::Shape(fault)) => write!(to, "{fault}")?,
            None => to.write_str(self.unread)?,
            Some(Diagnosis::Groups(groups)) => {
                for (at, bad) in groups.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(to, "{comma}{}", bad.fault.at(bad.group))?;
                }
                if groups.len() == 1 {
                    self.corrections_as_text(to)?;
                }
            }
        }
        to.write_str("\n")
    }

    fn corrections_as_text(&self, to: &mut SecretText) -> std::fmt::Result {
        if self.corrections.is_empty() {
            return to.write_str("; nothing one digit or swap away would be right");
        }
        to.write_str("; one digit or swap away: ")?;
        for (at, group) in self.corrections.iter().enumerate() {
            write!(to, "{}{}", if at == 0 { "" } else { ", " }, group.as_str())?;
        }
        Ok(())
    }

    fn as_json(&self, to: &mut SecretText, line: u64) -> std::fmt::Result {
        let bad = self.bad_groups();
        let valid = self.diagnosis == Some(Diagnosis::Valid);
        let shape = (!valid && bad.is_empty()).then_some("shape");
        let object = Checked {
            line,
            valid,
            group: bad.first().map(|bad| bad.group),
            fault: bad.first().map(|bad| word(bad.fault)).or(shape),
            corrections: (bad.len() == 1).then(|| self.corrections.iter().map(|group| group.as_str()).collect()),
            bad_groups: bad.iter().map(|bad| bad.group).collect(),
        };
        serde_json::to_writer(&mut *to, &object).map_err(|_| std::fmt::Error)?;
        to.write_str("\n")
    }
}

#[derive(Serialize)]
struct Checked<'a> {
    line: u64,
    valid: bool,
    group: Option<usize>,
    fault: Option<&'static str>,
    corrections: Option<Vec<&'a str>>,
    bad_groups: Vec<usize>,
}

const fn word(fault: GroupFault) -> &'static str {
    match fault {
        GroupFault::Checksum => "checksum",
        GroupFault::Digits => "digits",
        GroupFault::Range => "range",
    }
}

const LINE: usize = 4096;

#[cfg(test)]
mod tests;
