//! The page of `audit report` in a browser: what somebody sees, and what it does.

use std::fs;
use std::path::PathBuf;

use serde_json::json;
use strongroom_cli::render::html;
use strongroom_cli::render::html::ReportInput;
use strongroom_cli::render::html::Verification;
use strongroom_core::audit::Period;
use strongroom_core::values::VaultId;
use tempfile::TempDir;

use crate::end_to_end::browser::Browser;
use crate::end_to_end::sample::HOSTILE;
use crate::end_to_end::sample::made_at;
use crate::end_to_end::sample::sample;

const CHECKPOINT: &str =
    "strongroom/5a5a/0102\n91\nn0mBMCnj5hsTn1AtcKPlfdmyKEoDoaTYCKDx1B3xmOg=\n\n— strongroom/5a5a/0102 k3DX\n";

/// A page in a browser.
struct Opened {
    browser: Browser,
    file: PathBuf,
    // Behind the browser, whose profile lies in it.
    _folder: TempDir,
}

impl Opened {
    /// The page of a log with texts in it that would be code if anything took them for it.
    fn report() -> Self {
        Self::page(&page())
    }

    fn page(page: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("report.html");
        fs::write(&file, page).unwrap();
        let browser = Browser::start(&folder.path().join("profile"));
        browser.open(&file);
        Self {
            browser,
            file,
            _folder: folder,
        }
    }

    /// What stands in a column of a section's table, row by row as they are seen.
    fn column(&self, section: &str, column: usize) -> Vec<String> {
        let script = format!(
            "return Array.from(document.querySelectorAll('#{section} tbody tr')).filter((row) => row.checkVisibility())
                .map((row) => row.cells[{column}].innerText.split('\\n')[0])"
        );
        serde_json::from_value(self.browser.run(&script)).unwrap()
    }
}

fn page() -> String {
    let (report, reveals) = sample(Period::default(), HOSTILE);
    let lines = HOSTILE.map(str::to_owned).to_vec();
    html::report(&ReportInput {
        site: Some(HOSTILE[0]),
        vault: VaultId::new([0x5a; 16]),
        made_at: made_at(),
        period: Period::default(),
        checkpoint: CHECKPOINT,
        verification: &Verification { ok: true, lines },
        report: &report,
        reveals: &reveals,
    })
    .unwrap()
}

#[test]
fn it_shows_its_texts_and_fetches_nothing() {
    let opened = Opened::report();
    let browser = &opened.browser;
    assert_eq!(browser.console(), [""; 0]);
    assert_eq!(
        browser.requests(&opened.file),
        [format!("file://{}", opened.file.display())]
    );
    // Whatever a text says, it is text.
    assert_eq!(
        browser.run("return document.title"),
        format!("Audit report – {}", HOSTILE[0])
    );
    let counts = "return ['script', 'style', 'img', 'h1', 'main', 'form', 'link'].map((name) => document.querySelectorAll(name).length)";
    assert_eq!(browser.run(counts), json!([1, 1, 0, 1, 1, 0, 0]));
    let operators = opened.column("operators", 0);
    for text in HOSTILE {
        assert!(
            operators.iter().any(|operator| operator == text),
            "{text}: {operators:?}"
        );
    }
    assert_eq!(
        browser.run("return document.querySelector('pre').textContent"),
        CHECKPOINT
    );
}

/// So a page that was changed would be found out by the same looks.
#[test]
fn its_policy_stops_what_is_not_its_own() {
    let changed = page().replace(
        "</body>",
        "<img src=\"http://127.0.0.1:9/seen\"><script>document.title = 'owned'</script><p style=\"color: red\">x</p></body>",
    );
    let opened = Opened::page(&changed);
    assert_ne!(opened.browser.run("return document.title"), "owned");
    let console = opened.browser.console();
    for directive in ["img-src", "script-src", "style-src"] {
        let named = console.iter().filter(|line| line.contains(directive));
        assert!(named.count() > 0, "{directive}: {console:?}");
    }
    let requests = opened.browser.requests(&opened.file);
    assert!(
        !requests
            .iter()
            .any(|url| url.starts_with("file:") && !url.ends_with("report.html")),
        "{requests:?}"
    );
}

#[test]
fn rows_are_sorted_by_any_column() {
    let opened = Opened::report();
    let browser = &opened.browser;
    let state = |column: usize| {
        let heads = "Array.from(document.querySelectorAll('#operators thead th'))";
        browser.run(&format!("return {heads}[{column}].getAttribute('aria-sort')"))
    };
    let numbers = |column| -> Vec<u64> {
        let cells = opened.column("operators", column);
        cells.iter().map(|cell| cell.parse().unwrap()).collect()
    };
    assert_eq!(state(1), json!(null));
    browser.click("#operators thead th:nth-child(2) button");
    assert!(numbers(1).is_sorted() && state(1) == "ascending", "{:?}", numbers(1));
    // 10 comes behind 9: they are numbers.
    assert!(numbers(1).contains(&4) && numbers(1).last() > Some(&10));
    browser.click("#operators thead th:nth-child(2) button");
    assert!(
        numbers(1).is_sorted_by(|a, b| a >= b) && state(1) == "descending",
        "{:?}",
        numbers(1)
    );
    browser.click("#operators thead th:nth-child(3) button");
    assert!(numbers(2).is_sorted() && state(2) == "ascending" && state(1) == json!(null));

    // Another table is sorted by itself.
    let mut times = opened.column("reveals", 0);
    browser.click("#reveals thead th:nth-child(1) button");
    browser.click("#reveals thead th:nth-child(1) button");
    assert_ne!(opened.column("reveals", 0), times);
    times.sort_by(|a, b| b.cmp(a));
    assert_eq!(opened.column("reveals", 0), times);
    // What is not said comes last, both ways.
    for _ in 0..2 {
        browser.click("#reveals thead th:nth-child(5) button");
        assert_eq!(opened.column("reveals", 4).last().unwrap(), "not said");
    }
}

#[test]
fn rows_are_filtered_by_words() {
    let opened = Opened::report();
    let browser = &opened.browser;
    let said = || browser.run("return document.querySelector('#reveals output').value");
    let all = opened.column("reveals", 1).len();
    let filter = "#reveals input";
    for (width, words, shown) in [
        (1280, "inc-2041", 1),
        (320, "MARA field", 2),
        (320, "kowalski tom", 2),
        (1280, "nobody at all", 0),
        (1280, "<script>", 1),
    ] {
        browser.lay_out(width, "light");
        browser.type_into(filter, words);
        assert_eq!(opened.column("reveals", 1).len(), shown, "{words}");
        let words = words.to_lowercase();
        assert_eq!(said(), format!("{shown} of {all} rows, those with “{words}”"));
    }
    assert_eq!(opened.column("owed", 0).len(), 5);
    // A row that is not shown is sorted with the others, and is there again after.
    browser.click("#reveals thead th:nth-child(1) button");
    assert_eq!(opened.column("reveals", 1).len(), 1);
    browser.type_into(filter, " ");
    assert_eq!((opened.column("reveals", 1).len(), said()), (all, json!("")));
}

#[test]
fn it_is_read_without_its_script() {
    let opened = Opened::report();
    let browser = &opened.browser;
    let controls = "return document.querySelectorAll('thead button').length
        + Array.from(document.querySelectorAll('.filter')).filter((filter) => filter.checkVisibility()).length";
    assert!(browser.run(controls).as_u64().unwrap() > 20);
    browser.command("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    browser.open(&opened.file);
    assert_eq!(browser.run(controls), 0);
    assert_eq!(opened.column("reveals", 1).len(), 20);
    assert_eq!(opened.column("owed", 0).len(), 5);
}

/// The contrast of WCAG 2.2, between each text and what is behind it: the least of all, and where.
const CONTRAST: &str = "
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
      const [r, g, b] = parts(colour).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
      const colour = getComputedStyle(element).backgroundColor;
      return parts(colour)[3] === 0 ? behind(element.parentElement) : colour;
    };
    let least = [21, ''];
    for (const element of document.body.querySelectorAll('*')) {
      const own = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim() !== '');
      if (!own || !element.checkVisibility() || element.closest('script, title, desc')) continue;
      const style = getComputedStyle(element);
      const [a, b] = [light(element.closest('svg') ? style.fill : style.color), light(behind(element))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < least[0]) least = [contrast, element.outerHTML.slice(0, 100)];
    }
    return least";

#[test]
fn it_fits_any_width_and_stands_out_in_light_and_dark() {
    let opened = Opened::report();
    let browser = &opened.browser;
    let mut papers = Vec::new();
    for (width, scheme) in [
        (320, "light"),
        (390, "dark"),
        (800, "dark"),
        (1280, "light"),
        (1280, "dark"),
    ] {
        browser.lay_out(width, scheme);
        let needed = browser.run("return document.documentElement.scrollWidth");
        assert_eq!(needed, width, "{scheme}");
        let least = browser.run(CONTRAST);
        assert!(least[0].as_f64().unwrap() >= 4.5, "{width} {scheme}: {least}");
        papers.push(browser.run("return getComputedStyle(document.body).backgroundColor"));
    }
    assert!(
        papers[0] == papers[3] && papers[1] == papers[4] && papers[0] != papers[1],
        "{papers:?}"
    );
}

#[test]
fn a_screen_reader_is_told_what_everything_is() {
    let opened = Opened::report();
    let browser = &opened.browser;
    assert_eq!(browser.run("return document.documentElement.lang"), "en");
    // At every width a table is a table, with a name, heads and cells, also where its rows look like cards.
    for width in [320, 1280] {
        browser.lay_out(width, "light");
        let tree = browser.command("Accessibility.getFullAXTree", &json!({}));
        let names = |role: &str| -> Vec<&str> {
            let nodes = tree["nodes"].as_array().unwrap().iter();
            let nodes = nodes.filter(|node| node["role"]["value"] == role);
            nodes
                .map(|node| node["name"]["value"].as_str().unwrap_or_default())
                .collect()
        };
        for (role, number) in [
            ("banner", 1),
            ("navigation", 1),
            ("main", 1),
            ("contentinfo", 1),
            ("table", 10),
            ("rowheader", 14),
            ("image", 3),
        ] {
            assert_eq!(names(role).len(), number, "{role} at {width}");
        }
        for role in ["table", "navigation", "columnheader", "image"] {
            assert!(!names(role).contains(&""), "{role} at {width}");
        }
        assert!(names("cell").len() > 200 && names("columnheader").len() > 30, "{width}");
    }
    // The first key leads past the head.
    let link = browser.run("return document.querySelector('a').getAttribute('href')");
    assert_eq!(link, "#content");
}

#[test]
fn it_prints_light_and_whole() {
    let opened = Opened::report();
    let browser = &opened.browser;
    browser.type_into("#reveals input", "mara");
    let dark = json!([{ "name": "prefers-color-scheme", "value": "dark" }]);
    browser.command(
        "Emulation.setEmulatedMedia",
        &json!({ "media": "print", "features": dark }),
    );
    let hidden =
        "return ['nav', '.skip', '#owed .filter'].map((name) => document.querySelector(name).checkVisibility())";
    assert_eq!(browser.run(hidden), json!([false, false, false]));
    let ink = browser.run("return getComputedStyle(document.body).color");
    assert_eq!(ink, "rgb(30, 33, 37)");
    // A filter that hides rows is on the paper too.
    assert_eq!(
        browser.run("return document.querySelector('#reveals output').checkVisibility()"),
        true
    );
    // `%PDF-` in base64
    assert!(browser.print().starts_with("JVBERi0"));
}
