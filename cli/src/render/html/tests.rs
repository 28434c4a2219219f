pub(crate) mod restored;
pub(crate) mod sample;

use strongroom_core::audit::Findings;
use strongroom_core::crypto::sha256;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Projection;
use strongroom_core::values::is_invisible;

use super::*;
use restored::restored;
use sample::*;

/// As many texts that mean nothing to anything.
const PLAIN: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

/// What fetches something, in markup.
const FETCHES: [&str; 10] = [
    "<link", "<img", "<iframe", "<object", "<embed", "<form", "<base", "src=", "srcset=", "data=",
];

const CHECKPOINT: &str =
    "strongroom/5a5a/0102\n91\nn0mBMCnj5hsTn1AtcKPlfdmyKEoDoaTYCKDx1B3xmOg=\n\n— strongroom/5a5a/0102 k3DX\n";

/// What a page of the sample is made of; a test changes what it is about.
struct Made {
    site: String,
    period: Period,
    checkpoint: String,
    verification: Verification,
    report: Report,
    reveals: Reveals,
}

impl Made {
    fn of(period: Period, texts: [&str; 7]) -> Self {
        let (report, reveals) = sample(period, texts);
        Self {
            site: "Site".to_owned(),
            period,
            checkpoint: CHECKPOINT.to_owned(),
            verification: Verification {
                ok: true,
                lines: vec!["Everything is as the log says".to_owned()],
            },
            report,
            reveals,
        }
    }

    fn page(&self) -> String {
        report(&ReportInput {
            site: Some(&self.site),
            vault: VaultId::new([0x5a; 16]),
            made_at: made_at(),
            period: self.period,
            checkpoint: &self.checkpoint,
            verification: &self.verification,
            report: &self.report,
            reveals: &self.reveals,
        })
        .unwrap()
    }
}

fn page(texts: [&str; 7]) -> String {
    Made::of(Period::default(), texts).page()
}

fn empty_page() -> String {
    Made {
        report: Findings::default().finish(&Projection::default()),
        reveals: Reveals::default(),
        ..Made::of(Period::default(), PLAIN)
    }
    .page()
}

/// No verb begins an epoch yet; the page is ready for those that will.
#[test]
fn a_later_epoch_has_a_section_of_its_own() {
    let mut sample = Sample::new(Period::default());
    sample.tell("mara", day(1, 0, 0), restored("<b>from the safe</b>"));
    sample.tell("mara", day(2, 0, 0), EventBody::new(Action::Rekey));
    let (report, reveals) = sample.finish();
    let page = Made {
        report,
        reveals,
        ..Made::of(Period::default(), PLAIN)
    }
    .page();
    let section = between(&page, r#"id="epochs""#, "</section>");
    for words in ["restore", "rekey", "&lt;b&gt;from the safe", "3</div>"] {
        assert!(section.contains(words), "{words}: {section}");
    }
    assert!(!empty_page().contains("id=\"epochs\""));
}

/// The markup alone: no text, and no attribute's value.
fn skeleton(page: &str) -> String {
    let mut skeleton = String::new();
    let (mut inside, mut quoted) = (false, false);
    for character in page.chars() {
        match (inside, character) {
            (false, '<') => {
                inside = true;
                skeleton.push(' ');
                skeleton.push('<');
            }
            (true, '"') => quoted = !quoted,
            (true, '>') if !quoted => inside = false,
            (true, _) if !quoted => skeleton.push(character),
            _ => continue,
        }
    }
    skeleton
}

/// What stands between two texts, each of which is there once.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let (_, rest) = page.split_once(from).unwrap();
    assert!(!rest.contains(from), "twice: {from}");
    rest.split_once(to).unwrap().0
}

/// The same as a browser reads it.
fn unescaped(text: &str) -> String {
    [
        ("&#x27;", "'"),
        ("&#x2f;", "/"),
        ("&quot;", "\""),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escaped, character)| {
        text.replace(escaped, character)
    })
}

#[test]
fn a_text_of_the_log_is_text_wherever_it_stands() {
    let (hostile, plain) = (page(HOSTILE), page(PLAIN));
    assert_eq!(skeleton(&hostile), skeleton(&plain));
    let read = unescaped(&hostile);
    for text in HOSTILE {
        // Device, operator, caller, reason, note, ticket, outcome, refusal, end and what was handed out.
        assert!(read.matches(text).count() > 10, "{text}");
    }
}

#[test]
fn what_else_the_page_is_told_is_text_too() {
    let plain = page(PLAIN);
    for text in HOSTILE {
        let told = Made {
            site: text.to_owned(),
            checkpoint: format!("{text}\n{text}\n"),
            verification: Verification {
                ok: true,
                lines: vec![text.to_owned()],
            },
            ..Made::of(Period::default(), PLAIN)
        };
        let told = told.page();
        assert_eq!(skeleton(&told), skeleton(&plain), "{text}");
    }
}

#[test]
fn what_is_not_seen_is_written_out() {
    let page = page(HOSTILE);
    assert!(page.contains(r"\u{1b}[2J\u{202e}gpj\u{0}"));
    let unseen = page
        .chars()
        .find(|character| is_invisible(*character) && *character != '\n');
    assert_eq!(unseen, None);
}

#[test]
fn the_policy_allows_the_style_and_the_script_by_their_hashes_and_nothing_else() {
    let page = page(HOSTILE);
    let hash = |text: &str| format!("'sha256-{}'", sha256(&[text.as_bytes()]).base64());
    let style = hash(between(&page, "<style>", "</style>"));
    let script = hash(between(&page, "<script>", "</script>"));
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    assert_eq!(
        unescaped(policy),
        format!("default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'")
    );
    // It stands before anything that it forbids.
    let head: Vec<&str> = page.split("<meta http-equiv").collect();
    assert!(!head[0].contains("<style") && !head[0].contains("<script") && !head[0].contains("<link"));
}

#[test]
fn nothing_in_it_is_fetched_or_run() {
    let skeleton = skeleton(&page(HOSTILE));
    for word in skeleton.split_whitespace() {
        assert!(
            !FETCHES.contains(&word) && word != "style=" && !word.starts_with("on"),
            "{word}"
        );
    }
    let page = page(HOSTILE);
    let links = page.matches("href=\"").count();
    assert_eq!(page.matches("href=\"#").count(), links);
    for file in [template::STYLE, template::SCRIPT] {
        // Neither ends its element, nor names an address.
        assert!(!file.contains("</") && !file.contains("://") && !file.contains("@import"));
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(page(HOSTILE), page(HOSTILE));
}

#[test]
fn a_log_without_anything_makes_a_page_that_says_so() {
    let page = empty_page();
    for sentence in [
        "Nothing here asks for a second look.",
        "No password is exposed now.",
        "No password was shown.",
        "Nothing was refused.",
        "The clock never stepped.",
        "0 events",
    ] {
        assert!(page.contains(sentence), "{sentence}");
    }
    assert!(!page.contains("<table") && !page.contains("class=\"chart\""));
}

#[test]
fn every_link_leads_to_one_place() {
    for page in [page(HOSTILE), empty_page()] {
        let targets = page
            .split("href=\"#")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap());
        for target in targets {
            assert_eq!(page.matches(&format!(" id=\"{target}\"")).count(), 1, "{target}");
        }
        let ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        let labels = page.split("aria-labelledby=\"").skip(1);
        for label in labels.flat_map(|rest| rest.split('"').next().unwrap().split(' ')) {
            assert_eq!(ids.iter().filter(|id| **id == label).count(), 1, "{label}");
        }
    }
}

#[test]
fn a_vault_that_is_not_as_its_log_says_is_no_quiet_matter() {
    let page = Made {
        verification: Verification {
            ok: false,
            lines: vec!["the log is shorter than its anchor".to_owned()],
        },
        ..Made::of(Period::default(), PLAIN)
    }
    .page();
    assert!(page.contains("verdict wrong") && page.contains("Something is wrong"));
    assert!(page.contains("the log is shorter than its anchor") && !page.contains("Verified"));
}

#[test]
fn an_unconfirmed_password_is_called_so_in_every_row() {
    for unconfirmed in [false, true] {
        let mut sample = Sample::new(Period::default());
        let mut kept = sample.device("PC-1", day(0, 0, 0));
        kept.record.unconfirmed = unconfirmed;
        sample.reveal(&mut kept, "mara", day(1, 0, 0), ["", "", "", ""]);
        let (report, reveals) = sample.finish();
        let page = Made {
            report,
            reveals,
            ..Made::of(Period::default(), PLAIN)
        }
        .page();
        for id in [r#"id="owed""#, r#"id="reveals""#] {
            let section = between(&page, id, "</section>");
            assert_eq!(
                section.contains("unconfirmed: no enrolled sender"),
                unconfirmed,
                "{section}"
            );
        }
    }
}

#[test]
fn a_period_is_named_and_limits_the_reveals() {
    #[track_caller]
    fn check(since: Option<i64>, until: Option<i64>, named: &str, reveals: u64) {
        let period = Period {
            since: since.map(|since| day(since, 0, 0)),
            until: until.map(|until| day(until, 0, 0)),
        };
        let page = Made::of(period, PLAIN).page();
        let shown = between(&page, "<dt>Period</dt>", "</dd>").replace("</span>", "<span>");
        let words: String = shown.split('<').filter_map(|piece| piece.split('>').nth(1)).collect();
        let words: Vec<&str> = words.split_whitespace().collect();
        assert_eq!(words.join(" "), named);
        let heading = format!("Reveals<span class=\"count\">{reveals}</span>");
        assert!(page.contains(&heading), "{heading}");
    }
    check(None, None, "the whole log", 20);
    check(Some(30), None, "from 2026-08-31 00:00:00 until now", 15);
    check(None, Some(30), "from the beginning until before 2026-08-31 00:00:00", 5);
    check(
        Some(9),
        Some(12),
        "from 2026-08-10 00:00:00 until before 2026-08-13 00:00:00",
        2,
    );
}

#[test]
fn the_checkpoint_stands_as_it_was_signed() {
    let page = page(PLAIN);
    assert_eq!(unescaped(between(&page, "<pre>", "</pre>")), CHECKPOINT);
    let (size, path) = crate::render::code::path(CHECKPOINT).unwrap();
    assert!(page.contains(&format!("viewBox=\"0 0 {size} {size}\"")) && page.contains(&path));
    // A note with more signatures than any code holds is shown without one.
    let long = Made {
        checkpoint: format!("{CHECKPOINT}{}", "— another signature\n".repeat(200)),
        ..Made::of(Period::default(), PLAIN)
    };
    assert!(!long.page().contains("QR code"));
}
