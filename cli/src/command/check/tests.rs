use crate::command::check::Finding;
use crate::ui::SecretText;

const GOOD: &str = "000011-000022-000033-000044-000055-000066-000077-000088";

#[track_caller]
fn check(line: &str, text: &str, json: &str) {
    let finding = Finding::of(Some(line.as_bytes()), Some(line));
    let shown = |write: &dyn Fn(&mut SecretText) -> std::fmt::Result| {
        let mut shown = SecretText::new();
        write(&mut shown).unwrap();
        String::from_utf8(shown.expose().to_vec()).unwrap()
    };
    assert_eq!(shown(&|to| finding.as_text(to, 1)), format!("line 1: {text}\n"));
    assert_eq!(shown(&|to| finding.as_json(to, 1)), format!("{{\"line\":1,{json}}}\n"));
}

#[test]
fn a_good_one() {
    check(
        GOOD,
        "ok",
        r#""valid":true,"group":null,"fault":null,"corrections":null,"bad_groups":[]"#,
    );
}

#[test]
fn a_bad_group_and_what_it_may_have_been() {
    let bad = GOOD.replace("000044", "00004x");
    check(
        &bad,
        "group 4 is not six digits; one digit or swap away: 000044",
        r#""valid":false,"group":4,"fault":"digits","corrections":["000044"],"bad_groups":[4]"#,
    );
}

#[test]
fn two_bad_groups_have_no_corrections() {
    let bad = GOOD.replace("000044", "000045").replace("000011", "999999");
    check(
        &bad,
        "group 1 is greater than 720885, group 4 fails its checksum",
        r#""valid":false,"group":1,"fault":"range","corrections":null,"bad_groups":[1,4]"#,
    );
}

#[test]
fn a_wrong_shape() {
    check(
        "000011-000022",
        "it has 2 groups, not eight",
        r#""valid":false,"group":null,"fault":"shape","corrections":null,"bad_groups":[]"#,
    );
}
