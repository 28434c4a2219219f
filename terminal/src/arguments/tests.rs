use super::*;

fn arguments(words: &[&str]) -> Arguments {
    Arguments::new(words)
}

#[test]
fn json_is_asked_for_before_a_double_dash_only() {
    assert!(arguments(&["strongroom", "x", "--json"]).ask_for_json());
    assert!(!arguments(&["--json"]).ask_for_json());
    assert!(!arguments(&["strongroom", "find", "--", "--json"]).ask_for_json());
}

#[test]
fn a_password_is_found_in_one_word_or_in_several() {
    let groups = [
        "000011", "000022", "000033", "000044", "000055", "000066", "000077", "000088",
    ];
    for separator in ["-", "\u{202a}", "\u{200b}-\u{200b}", " "] {
        assert!(arguments(&["strongroom", "--note", &groups.join(separator)]).may_hold_password());
    }
    let line: Vec<&str> = ["strongroom"].into_iter().chain(groups).collect();
    assert!(arguments(&line).may_hold_password());
    assert!(arguments(&["strongroom", "--note", &"x".repeat(9000), &groups.join("-")]).may_hold_password());
    assert!(!arguments(&[&groups.join("-"), "list"]).may_hold_password());
}
