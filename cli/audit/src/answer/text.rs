//! The answer in words.

use std::fmt::Display;

use strongroom_core::audit::Report;
use strongroom_core::audit::Subject;
use strongroom_core::values::DeviceName;
use strongroom_core::values::MountPoint;
use strongroom_core::values::Time;

use crate::Line;
use crate::Look;
use crate::answer::Log;
use crate::answer::Proven;
use crate::local;

/// A verified log, summed up.
pub(super) fn log(log: &Log) -> Vec<Line> {
    let mut lines = Lines::default();
    lines.heading("The log is complete and holds together; every key given has signed it");
    lines.field("Log", &log.origin);
    lines.field("Events", log.size);
    lines.field("Root", log.root);
    lines.field("Signed by", keys(&log.signed_by));
    match log.since {
        Some(size) => lines.field("Extends", format_args!("the earlier checkpoint, of {size} events")),
        None => lines.field("Extends", "nothing was given from an earlier visit"),
    }
    span(&mut lines, &log.report);
    counts(&mut lines, &log.report);
    lists(&mut lines, &log.report);
    lines.0
}

/// A proven event.
pub(super) fn event(proven: &Proven) -> Vec<Line> {
    let mut lines = Lines::default();
    lines.heading("The event is in the log; every key given has signed it");
    lines.field("Log", &proven.origin);
    lines.field("Leaf", format_args!("{} of {}", proven.leaf, proven.size));
    lines.field("Root", proven.root);
    lines.field("Signed by", keys(&proven.signed_by));
    let (event, body) = (&proven.event, &proven.event.body);
    lines.field("Time", local(event.time));
    lines.field("Operator", &event.operator);
    lines.field("Action", body.action);
    lines.known("Device", body.device.as_ref());
    lines.known("Volume", body.volume.as_ref());
    lines.known("Protector", body.protector);
    lines.known("Reason", body.reason.as_ref());
    lines.known("Note", body.note.as_ref());
    lines.known("Ticket", body.ticket.as_ref());
    lines.known("Caller", body.caller.as_ref());
    lines.known("Result", body.result.as_ref());
    lines.known("File", body.file.as_ref());
    lines.known("Sender", body.sender.as_ref().map(|sender| &sender.name));
    lines.0
}

fn span(lines: &mut Lines, report: &Report) {
    let time = |time: Option<Time>| time.map_or_else(|| "-".to_owned(), local);
    lines.field("From", time(report.first_at));
    lines.field("To", time(report.last_at));
}

fn counts(lines: &mut Lines, report: &Report) {
    lines.field(
        "Escrows",
        format_args!("{}, {} exposed", report.escrows, report.exposed),
    );
    lines.field("Reveals", report.reveals);
    let refused = report.refused.saturating_add(report.refusals_counted);
    lines.field(
        "Denied",
        format_args!("{} reveals, {refused} others", report.reveals_denied),
    );
}

fn lists(lines: &mut Lines, report: &Report) {
    lines.list("Operators", Look::Heading, &report.operators, |operator| {
        format!(
            "{}: {}, {}, {} denied",
            operator.operator,
            many(operator.events, "event"),
            many(operator.reveals, "reveal"),
            operator.reveals_denied
        )
    });
    lines.list(
        "Exposures that have not ended",
        Look::Warning,
        &report.exposures,
        |exposure| {
            format!(
                "{} by {}, to be rotated by {}",
                subject(&exposure.subject),
                exposure.exposed_by.as_deref().unwrap_or("-"),
                exposure.rotate_by.map_or_else(|| "-".to_owned(), local)
            )
        },
    );
    lines.list("Ends that nobody proved", Look::Warning, &report.claimed_ends, |end| {
        let both = if end.self_claimed {
            ", to whom it had been shown"
        } else {
            ""
        };
        format!("{} on the word of {}{both}", subject(&end.subject), end.claimed_by)
    });
    lines.list("Waived rotations", Look::Warning, &report.waivers, |waiver| {
        let note = waiver.note.as_ref().map(ToString::to_string);
        let words: Vec<String> = waiver.reason.clone().into_iter().chain(note).collect();
        format!(
            "leaf {}: {} by {}: {}",
            waiver.leaf,
            subject(&waiver.subject),
            waiver.operator,
            words.join(", ")
        )
    });
    lines.list("Clock steps", Look::Warning, &report.clock_steps, |step| {
        format!("leaf {}: {} ms, to {}", step.leaf, step.clock_step_ms, local(step.time))
    });
    lines.list("Wrong PINs", Look::Warning, &report.wrong_pins, |wrong| {
        format!(
            "leaf {}: {} counted by the TPM before {}",
            wrong.leaf,
            wrong.wrong_pins,
            local(wrong.time)
        )
    });
    lines.list("Later epochs", Look::Warning, &report.epochs, |epoch| {
        let missing = epoch
            .missing_commits
            .map_or_else(|| "unknown".to_owned(), |missing| missing.to_string());
        format!(
            "leaf {}: {} by {}, commits missing: {missing}",
            epoch.leaf, epoch.action, epoch.operator
        )
    });
    lines.list("Replaced keys", Look::Heading, &report.rekeys, |rekey| {
        format!("leaf {}: by {}, {}", rekey.leaf, rekey.operator, local(rekey.time))
    });
    lines.list("Handed out", Look::Heading, &report.handed_out, |handed_out| {
        let phrase = handed_out
            .note
            .as_ref()
            .map_or_else(String::new, |note| format!(": {note}"));
        format!(
            "{} of {}, root {}, {} to {}{phrase}",
            handed_out.action,
            many(handed_out.size, "event"),
            handed_out.root,
            local(handed_out.time),
            handed_out.operator
        )
    });
}

fn subject(subject: &Subject) -> String {
    let protector = subject.protector_id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    let device = subject.device.as_ref().map_or("(no device)", DeviceName::as_str);
    let volume = subject.volume.as_ref().map_or("(unnamed)", MountPoint::as_str);
    let mark = if subject.unconfirmed { ", unconfirmed" } else { "" };
    format!("{device} {volume} {protector}{mark}")
}

fn many(count: u64, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// Whose keys they are: of a type each.
fn keys(keys: &[String]) -> String {
    let of_tpm = |key: &&String| key.splitn(3, '+').nth(2).is_some_and(|key| key.starts_with(ECDSA));
    let tpms = keys.iter().filter(of_tpm).count();
    match (keys.len() - tpms, tpms) {
        (_, 0) => "the vault's key; no key of its TPM was given",
        (0, _) => "the TPM's key; the vault's was not given",
        _ => "the vault's key and the TPM's",
    }
    .to_owned()
}

/// How a key of type ECDSA begins in base64: 02, and the first of its DER.
const ECDSA: &str = "Aj";

/// Lines as they come.
#[derive(Default)]
struct Lines(Vec<Line>);

impl Lines {
    fn push(&mut self, look: Look, text: String) {
        self.0.push(Line { look, text });
    }

    fn heading(&mut self, text: &str) {
        self.push(Look::Heading, text.to_owned());
    }

    fn field(&mut self, name: &str, value: impl Display) {
        self.push(Look::Plain, format!("{name:<10} {value}"));
    }

    fn known(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.field(name, value);
        }
    }

    /// A list under its heading; nothing where it is empty.
    fn list<T>(&mut self, heading: &str, look: Look, items: &[T], text: impl Fn(&T) -> String) {
        if items.is_empty() {
            return;
        }
        self.push(look, format!("{heading}: {}", items.len()));
        for item in items {
            self.push(Look::Plain, format!("  {}", text(item)));
        }
    }
}
