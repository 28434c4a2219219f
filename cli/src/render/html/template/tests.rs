use super::*;

/// What a template of one line gives for `text`.
#[track_caller]
fn check(template: &str, text: Value, expected: Option<&str>) {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_auto_escape_callback(|_| AutoEscape::Html);
    engine.set_formatter(format);
    let context = minijinja::context! { text };
    let rendered = engine.template_from_str(template).unwrap().render(context);
    assert_eq!(rendered.ok().as_deref(), expected, "{template}");
}

#[test]
fn a_text_is_written_out_and_escaped() {
    check(
        "{{ text }}",
        "<b> & \"c\"".into(),
        Some("&lt;b&gt; &amp; &quot;c&quot;"),
    );
    check("{{ text }}", "a\u{1b}[0m\u{200b}".into(), Some("a\\u{1b}[0m\\u{200b}"));
    check("{{ text }}", "a\nb".into(), Some("a\\u{a}b"));
    check("{{ text }}", "{{ 7 * 7 }}".into(), Some("{{ 7 * 7 }}"));
    check("{{ text }}", 7.into(), Some("7"));
    // Also within what a macro gives, and joined.
    let within = "{% macro bold(text) %}<b>{{ text }}</b>{% endmacro %}{{ bold(text) }}";
    check(within, "<\u{1b}>".into(), Some("<b>&lt;\\u{1b}&gt;</b>"));
    check("{{ text ~ '<' }}", "<\u{0}".into(), Some("&lt;\\u{0}&lt;"));
}

#[test]
fn what_is_unknown_or_not_there_is_never_written() {
    check("{{ text }}", Value::from(()), None);
    check("{{ txet }}", "a".into(), None);
    check("{{ text.txet }}", "a".into(), None);
    check("{% if txet %}{% endif %}", "a".into(), None);
}

#[test]
fn reasons_are_said_in_words() {
    assert_eq!(why("pin-lost"), "The PIN is lost or forgotten");
    assert_eq!(why("device-destroyed"), "The device was destroyed");
    assert_eq!(why("bios-changed"), "BIOS or firmware was changed or updated");
    assert_eq!(why("<b>"), "<b>");
    assert_eq!(why(""), "");
}

#[test]
fn a_clock_moves_back_or_on() {
    assert_eq!(moved(-1), "0 seconds back");
    assert_eq!(moved(-5000), "5 seconds back");
    assert_eq!(moved(90_000_000), "1 day on");
}
