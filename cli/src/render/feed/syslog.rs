//! Syslog lines (RFC 5424), one event a line and all of it in structured data.

use strongroom_core::log::Action;
use strongroom_core::log::Event;

use crate::render::feed::Weight;
use crate::render::feed::escaped;
use crate::render::feed::fields;
use crate::render::feed::shown;

/// An event as one line, without a message. The host is not told: the log does not hold it.
pub(crate) fn line(event: &Event) -> String {
    let action = event.body.action;
    let (priority, time) = (priority(action), event.time);
    let mut line = format!("<{priority}>1 {time} - strongroom - {action} [{ELEMENT}");
    for (name, value) in fields(event) {
        if let Some(value) = shown(&value) {
            // RFC 5424, section 6.3.3
            let value = escaped(&value, &['"', '\\', ']']);
            line.push_str(&format!(" {name}=\"{value}\""));
        }
    }
    line.push(']');
    line
}

/// Its name. 32473 is the enterprise number that RFC 5612 sets aside for documentation: we have none of our own.
const ELEMENT: &str = "event@32473";

/// Facility 13 (log audit), and how severe it is (RFC 5424, section 6.2.1).
const fn priority(action: Action) -> u8 {
    let severity = match Weight::of(action) {
        Weight::Usual => 6,
        Weight::Exposing => 5,
        Weight::Refused => 4,
    };
    13 * 8 + severity
}
