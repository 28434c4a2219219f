use strongroom_core::log::Action;
use strongroom_core::log::DropSender;
use strongroom_core::log::Event;
use strongroom_core::log::EventBody;
use strongroom_core::log::Salt;
use strongroom_core::values::Operator;
use strongroom_core::values::SenderId;
use strongroom_core::values::Time;

use crate::render::feed::NAMES;
use crate::render::feed::cef;
use crate::render::feed::csv;
use crate::render::feed::syslog;
use crate::render::json::Logged;

fn event() -> Event {
    Event {
        version: 1,
        leaf: 7,
        time: Time::from_millis(1_700_000_000_000).unwrap(),
        clock_step: Some(-5000),
        operator: Operator {
            login: Some("ada".parse().unwrap()),
            effective: "root".parse().unwrap(),
            claimed: None,
        },
        wrong_pins: None,
        body: EventBody::new(Action::Reveal),
        commit: None,
        salt: Salt::new([0; 16]),
    }
}

#[test]
fn the_fields_are_those_of_the_list_in_its_order() {
    let json = serde_json::to_string(&Logged::of(&event())).unwrap();
    let places: Vec<usize> = NAMES
        .iter()
        .map(|name| json.find(&format!("\"{name}\":")).unwrap())
        .collect();
    assert!(places.is_sorted(), "{json}");
    assert_eq!(json.matches("\":").count(), NAMES.len(), "{json}");
}

#[test]
fn each_format_says_the_same() {
    let mut event = event();
    event.body.device = Some("PC-0815".parse().unwrap());
    event.body.note = Some("a|b=c".parse().unwrap());
    event.body.file = Some("list.csv".parse().unwrap());
    event.body.sender = Some(DropSender {
        id: SenderId::new([7; 16]),
        name: "plant 3".parse().unwrap(),
    });
    assert_eq!(
        csv::record(&event).unwrap(),
        r#"7,"2023-11-14T22:13:20.000Z","ada","ada","root","reveal","","PC-0815","","","","","a|b=c","","","","","",-5000,"list.csv","plant 3","""#
    );
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        cef::line(&event),
        format!(
            "CEF:0|Strongroom|Strongroom|{version}|reveal|Recovery password revealed|5|rt=1700000000000 externalId=7 \
             suser=ada flexString2Label=login flexString2=ada duser=root dhost=PC-0815 msg=a|b\\=c \
             cn2Label=clock_step_ms cn2=-5000 fname=list.csv sourceServiceName=plant 3"
        )
    );
    assert_eq!(
        syslog::line(&event),
        r#"<109>1 2023-11-14T22:13:20.000Z - strongroom - reveal [event@32473 leaf="7" time="2023-11-14T22:13:20.000Z" operator="ada" login="ada" effective="root" action="reveal" device="PC-0815" note="a|b=c" clock_step_ms="-5000" file="list.csv" sender="plant 3"]"#
    );
}

/// Whoever writes the file can put anything where a word of ours should be.
#[test]
fn an_event_is_one_line_whatever_a_file_holds() {
    let mut event = event();
    event.body.reason = Some("a\r\nb\tc\u{1b}[2J\u{2028}d\u{0}".to_owned());
    for line in [csv::record(&event).unwrap(), cef::line(&event), syslog::line(&event)] {
        assert!(!line.contains(|character: char| character.is_control()), "{line:?}");
        assert!(!line.contains('\u{2028}'), "{line:?}");
        assert!(line.contains("u{1b}"), "{line:?}");
    }
}

/// What a reader does, as docs/format.md says it.
fn read_back(cell: &str) -> String {
    let (mut read, mut begins) = (String::new(), true);
    for character in cell.chars() {
        let is_guard = begins && character == '\'';
        if !is_guard {
            read.push(character);
        }
        begins = ",;|\t\n\r".contains(character) || (begins && (character.is_whitespace() || character == '"'));
    }
    read
}

#[test]
fn no_cell_is_a_formula_and_each_can_be_read_back() {
    for (reason, cell) in [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("'=1", "''=1"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        ("", ""),
        ("x;=cmd|' /C calc'!A0", "x;'=cmd|'' /C calc'!A0"),
        ("x|@A1", "x|'@A1"),
        ("x; =1", "x; '=1"),
        ("x;\"=1", "x;\"'=1"),
        ("\"=1\"", "\"'=1\""),
        (" =1", " '=1"),
        ("x;;+1", "x;;'+1"),
        ("x;'=1", "x;''=1"),
        ("x;''=1", "x;'''=1"),
        ("x,-1", "x,'-1"),
        ("a b=c;d", "a b=c;d"),
    ] {
        let mut event = event();
        event.body.reason = Some(reason.to_owned());
        let record = csv::record(&event).unwrap();
        let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
        assert!(record.contains(&format!(",\"\",\"\",\"\",\"\",{quoted},")), "{record}");
        assert_eq!(read_back(cell), reason);
    }
}

/// Whoever opens the file parts it as their system does, and quotes within a cell mean nothing then.
#[test]
fn no_other_separator_makes_a_formula() {
    for separator in [';', '|', ','] {
        let mut event = event();
        event.body.note = Some(format!("x{separator}=HYPERLINK(\"http://a/\")").parse().unwrap());
        for cell in csv::record(&event).unwrap().split(separator) {
            let cell = cell.trim_start_matches(['"', ' ']);
            assert!(cell == "-5000" || !cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
}
