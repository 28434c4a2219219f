//! Common Event Format, version 0 (ArcSight Common Event Format, Implementation Standard).

use strongroom_core::log::Action;
use strongroom_core::log::Event;

use crate::render::feed::Weight;
use crate::render::feed::escaped;
use crate::render::feed::fields;
use crate::render::feed::shown;

/// An event as one line. The keys are those of the standard's dictionary; what has none there stands in a custom string
/// or number under the label of our field.
pub(crate) fn line(event: &Event) -> String {
    let action = event.body.action;
    let version = env!("CARGO_PKG_VERSION");
    let (name, severity) = (name(action), severity(action));
    let mut line = format!("CEF:0|Strongroom|Strongroom|{version}|{action}|{name}|{severity}|");
    line.push_str(&format!("rt={}", event.time.as_millis()));
    for (name, value) in fields(event) {
        if let (Some(keys), Some(value)) = (keys(name), shown(&value)) {
            line.push_str(&extension(keys, name, &value));
        }
    }
    line
}

/// Where a field of ours stands.
#[derive(Clone, Copy)]
enum Keys {
    /// Under a key of the dictionary.
    Known(&'static str),
    /// Under a custom key, which is labelled with our field's name.
    Custom(&'static str),
}

/// `None` for what the header says, and for the claim, which the operator's text says.
fn keys(name: &str) -> Option<Keys> {
    Some(match name {
        "leaf" => Keys::Known("externalId"),
        "operator" => Keys::Known("suser"),
        "effective" => Keys::Known("duser"),
        "device" => Keys::Known("dhost"),
        "reason" => Keys::Known("reason"),
        "note" => Keys::Known("msg"),
        "result" => Keys::Known("outcome"),
        "protector_id" => Keys::Custom("cs1"),
        "volume" => Keys::Custom("cs2"),
        "ticket" => Keys::Custom("cs3"),
        "caller" => Keys::Custom("cs4"),
        "rule" => Keys::Custom("cs5"),
        "escrow_id" => Keys::Custom("cs6"),
        "volume_id" => Keys::Custom("flexString1"),
        "login" => Keys::Custom("flexString2"),
        "wrong_pins" => Keys::Custom("cn1"),
        "clock_step_ms" => Keys::Custom("cn2"),
        "file" => Keys::Known("fname"),
        "sender" => Keys::Known("sourceServiceName"),
        _ => return None,
    })
}

fn extension(keys: Keys, name: &str, value: &str) -> String {
    let value = escaped(value, &['\\', '=']);
    match keys {
        Keys::Known(key) => format!(" {key}={value}"),
        Keys::Custom(key) => format!(" {key}Label={name} {key}={value}"),
    }
}

const fn name(action: Action) -> &'static str {
    match action {
        Action::AlarmAccept => "Alarm accepted",
        Action::Assign => "Escrow given its place",
        Action::Checkpoint => "Checkpoint handed out",
        Action::Confirm => "Escrow given standing",
        Action::Continued => "More changes of the event before",
        Action::Escrow => "Recovery password taken in",
        Action::Export => "Log handed out",
        Action::Expose => "Recovery password said to be exposed",
        Action::Init => "Vault made",
        Action::Migrated => "File migrated to the newest schema",
        Action::Outcome => "Outcome of a reveal",
        Action::Proof => "Proof of an event handed out",
        Action::Prove => "Recovery passwords tried on a volume",
        Action::Proven => "Outcome of trying recovery passwords",
        Action::Receipts => "Receipts of drops handed out",
        Action::Refusals => "Refusals of one operator",
        Action::Refused => "Request refused",
        Action::Rekey => "Keys replaced",
        Action::Report => "Report handed out",
        Action::Restore => "Vault restored",
        Action::Reveal => "Recovery password revealed",
        Action::RevealDenied => "Reveal refused",
        Action::SenderEnrol => "Sender enrolled",
        Action::SenderRevoke => "Sender revoked",
        Action::Waive => "Rotation waived",
    }
}

/// From 0 to 10, as the standard has it.
const fn severity(action: Action) -> u8 {
    match Weight::of(action) {
        Weight::Usual => 2,
        Weight::Exposing => 5,
        Weight::Refused => 7,
    }
}
