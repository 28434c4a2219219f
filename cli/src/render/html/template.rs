//! The template and its engine.

use minijinja::AutoEscape;
use minijinja::Environment;
use minijinja::Error;
use minijinja::ErrorKind;
use minijinja::Output;
use minijinja::State;
use minijinja::UndefinedBehavior;
use minijinja::Value;
use minijinja::escape_formatter;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use strongroom_core::crypto::sha256;
use strongroom_core::values::Reason;
use strongroom_core::values::WaiveReason;

use crate::render::html::page::Page;
use crate::render::html::times;
use crate::render::text;
use crate::ui::printable;

/// The page of these contents.
pub(super) fn rendered(page: &Page<'_>) -> Result<String, Error> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine.set_formatter(format);
    engine.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    engine.add_filter("date", |time: &str| times::date(time).to_owned());
    engine.add_filter("clock", |time: &str| times::clock(time).to_owned());
    engine.add_filter("moved", moved);
    engine.add_filter("why", |code: &str| why(code));
    engine.add_function("count", |number: u64, thing: &str| text::number(number, thing));
    engine.add_global("style", STYLE);
    engine.add_global("script", SCRIPT);
    engine.add_global("policy", policy());
    for (name, source) in TEMPLATES {
        engine.add_template(name, source)?;
    }
    engine.get_template(PAGE)?.render(Serde(page))
}

/// Writes a value. A text has what is not seen written out, and is escaped; what is unknown is the template's matter,
/// and never the word `none` on a page.
fn format(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    if value.is_none() {
        return Err(Error::new(ErrorKind::InvalidOperation, "what is unknown was written"));
    }
    match value.as_str().filter(|_| !value.is_safe()) {
        Some(text) => escape_formatter(out, state, &Value::from(printable(text).into_owned())),
        None => escape_formatter(out, state, value),
    }
}

/// A reason in words; what is none of ours as it is.
fn why(code: &str) -> String {
    let reason = code.parse().map(Reason::text);
    match reason.or_else(|_| code.parse().map(WaiveReason::text)) {
        Ok(words) => capital(words),
        Err(_) => code.to_owned(),
    }
}

/// The text with a capital at its front.
fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// How a clock moved.
fn moved(millis: i64) -> String {
    let way = if millis < 0 { "back" } else { "on" };
    format!("{} {way}", times::length(millis))
}

/// What the page may do (Content Security Policy Level 3): be styled by its style, and run its script.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", sha256(&[text.as_bytes()]).base64());
    let (style, script) = (hash(STYLE), hash(SCRIPT));
    format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'")
}

const PAGE: &str = "page";
const TEMPLATES: [(&str, &str); 4] = [
    ("macros", include_str!("macros.html")),
    ("overview", include_str!("overview.html")),
    (PAGE, include_str!("report.html")),
    ("tables", include_str!("tables.html")),
];
pub(super) const STYLE: &str = include_str!("report.css");
pub(super) const SCRIPT: &str = include_str!("report.js");

#[cfg(test)]
mod tests;
