//! The verbs of taking in, as the sweeps play them on what [`handed_in`](super::handed_in) brings: what holds however one of
//! them ended, and that a second run does what the first did not.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::end_to_end::handed_in::FILES;
use crate::end_to_end::handed_in::HANDED;
use crate::end_to_end::handed_in::SENDER;
use crate::end_to_end::handed_in::UNASSIGNED;
use crate::end_to_end::handed_in::UNCONFIRMED;
use crate::end_to_end::handed_in::assert_receipted;
use crate::end_to_end::handed_in::drop_key;
use crate::end_to_end::handed_in::handed_drop;
use crate::end_to_end::handed_in::image;
use crate::end_to_end::handed_in::import_spool;
use crate::end_to_end::handed_in::key_file;
use crate::end_to_end::held::Held;
use crate::end_to_end::held::count;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::senders::assert_enrolled_or_enrols;
use crate::end_to_end::senders::enrol_second;
use crate::end_to_end::site::Site;
use crate::end_to_end::spooled::assert_spooled;

/// A verb, and what holds after it.
pub(crate) struct Verb {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Site) -> Run,
    holds: fn(&Site, &Output),
}

/// All of them.
pub(crate) const VERBS: [Verb; 8] = [
    Verb {
        name: "import",
        run: importing,
        holds: assert_imported,
    },
    Verb {
        name: "import --spool",
        run: import_spool,
        holds: |site, output| assert_spooled(site, output, &[]),
    },
    Verb {
        name: "prove",
        run: prove,
        holds: assert_proved,
    },
    Verb {
        name: "assign",
        run: assign,
        holds: assert_assigned,
    },
    Verb {
        name: "confirm",
        run: confirm,
        holds: assert_confirmed,
    },
    Verb {
        name: "drop key",
        run: give_key,
        holds: assert_key_given,
    },
    Verb {
        name: "drop enrol",
        run: enrol_second,
        holds: assert_enrolled_or_enrols,
    },
    Verb {
        name: "drop revoke",
        run: revoke,
        holds: assert_revoked,
    },
];

impl Verb {
    /// However it came to `output`: the vault opens and verifies, what was held is there, and the verb did all of it or
    /// nothing, or does so now.
    #[track_caller]
    pub(crate) fn assert_holds(&self, held: &Held, site: &Site, output: &Output) {
        // The next command to open the vault is one that has nothing to do with it.
        held.assert_shown(site, &held.second);
        site.verify();
        (self.holds)(site, output);
        held.assert_nothing_missing(site);
    }
}

/// Two files and a drop: three commits.
pub(crate) fn importing(site: &Site) -> Run {
    let files = FILES.map(|(name, _)| site.beside(name));
    site.run(&["--json", "import"])
        .args(["--receipts".as_ref(), site.beside("receipts").as_os_str()])
        .args(files)
        .args([handed_drop(site)])
}

fn assert_imported(site: &Site, output: &Output) {
    assert_acknowledged(site, output);
    // The drop first, and then the files in their order.
    let commits = [vec![HANDED]]
        .into_iter()
        .chain(FILES.map(|(_, records)| numbers(records)));
    let mut is_behind = true;
    for commit in commits {
        let taken: Vec<usize> = commit.iter().map(|number| times_taken(site, *number)).collect();
        assert!(taken.iter().all(|times| *times == taken[0]), "half a commit: {taken:?}");
        assert!(taken[0] <= usize::from(is_behind), "{commit:?}: {taken:?}");
        is_behind = taken[0] == 1;
    }
    assert!(output.code != 0 || is_behind, "said, and not there");

    importing(site).output().ok();
    for number in FILES.iter().flat_map(|(_, records)| numbers(records)).chain([HANDED]) {
        assert_eq!(times_taken(site, number), 1, "{number}");
    }
    assert_receipted(site, &receipt(site), &handed_drop(site));
}

/// The receipt of the drop.
pub(crate) fn receipt(site: &Site) -> PathBuf {
    site.beside("receipts").join("handed.drop.receipt")
}

fn numbers(records: &[(u64, &str)]) -> Vec<u64> {
    records.iter().map(|(number, _)| *number).collect()
}

/// Each password of which it said that it was taken in is held.
#[track_caller]
pub(crate) fn assert_acknowledged(site: &Site, output: &Output) {
    let held: Vec<Value> = site
        .lines(&["list"])
        .iter()
        .map(|item| item["protector_id"].clone())
        .collect();
    // The last line may be half a line.
    let lines = output
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    for line in lines.filter(|line| line["outcome"] == "taken") {
        assert!(held.contains(&line["protector_id"]), "{line}");
    }
}

/// How often this password is held; there are as many events of that.
#[track_caller]
pub(crate) fn times_taken(site: &Site, number: u64) -> usize {
    let times = items(site, number).len();
    assert_eq!(count(site, "escrow", &made(number)), times, "{number}");
    times
}

fn items(site: &Site, number: u64) -> Vec<Value> {
    let mut items = site.lines(&["list"]);
    items.retain(|item| item["protector_id"] == made(number).protector.as_str());
    items
}

fn prove(site: &Site) -> Run {
    site.run(&["--json", "prove"]).args([image(site)])
}

fn assert_proved(site: &Site, output: &Output) {
    // The one operator of these tests took it in, so nothing is proven by their word.
    let is_presented = |site: &Site| !items(site, 1)[0]["presented_at"].is_null();
    let (began, ended) = (count(site, "prove", &made(1)), count(site, "proven", &made(1)));
    assert!(began <= 1 && ended <= began, "{began} {ended}");
    assert_eq!(is_presented(site), ended == 1);
    assert!(output.code != 0 || ended == 1, "said, and not on record");
    prove(site).output().ok();
    assert!(is_presented(site));
}

fn assign(site: &Site) -> Run {
    let escrow = made(UNASSIGNED).protector;
    site.run(&["--json", "assign", &escrow, "--device", "PC-05", "--volume", "C:"])
}

fn assert_assigned(site: &Site, output: &Output) {
    assert_once(site, output, "assign", UNASSIGNED, assign, |item| {
        item["device"] == "PC-05"
    });
}

fn confirm(site: &Site) -> Run {
    let escrow = made(UNCONFIRMED).protector;
    site.run(&["--json", "confirm", &escrow, "--note", "the courier brought it"])
}

fn assert_confirmed(site: &Site, output: &Output) {
    assert_once(site, output, "confirm", UNCONFIRMED, confirm, |item| {
        item["unconfirmed"] == false
    });
}

/// The verb was done to this password, as its one event says, or it is done now; once it is done it is refused.
#[track_caller]
fn assert_once(
    site: &Site,
    output: &Output,
    action: &str,
    number: u64,
    again: fn(&Site) -> Run,
    is_done: fn(&Value) -> bool,
) {
    let look = || {
        let items = items(site, number);
        assert_eq!(items.len(), 1, "{items:?}");
        let done = is_done(&items[0]);
        assert_eq!(count(site, action, &made(number)), usize::from(done));
        done
    };
    let done = look();
    assert!(output.code != 0 || done, "said, and not done");
    again(site).output().code(i32::from(done));
    assert!(look());
}

fn give_key(site: &Site) -> Run {
    drop_key(site, &site.beside("again.key"))
}

fn assert_key_given(site: &Site, output: &Output) {
    let out = site.beside("again.key");
    let is_given = || fs::read_to_string(&out).is_ok_and(|text| !text.is_empty());
    let given = is_given();
    assert!(output.code != 0 || given, "said, and not there");
    give_key(site).output().code(i32::from(given));
    let key = fs::read_to_string(key_file(site)).unwrap();
    assert_eq!(fs::read_to_string(out).unwrap(), key);
}

fn revoke(site: &Site) -> Run {
    site.run(&["--json", "drop", "revoke", SENDER])
}

fn assert_revoked(site: &Site, output: &Output) {
    let look = || {
        let senders = site.lines(&["drop", "list"]);
        assert_eq!(senders.len(), 1, "{senders:?}");
        let revoked = !senders[0]["revoked_at"].is_null();
        let events = site.lines(&["audit", "list", "--action", "sender-revoke"]);
        assert_eq!(events.len(), usize::from(revoked));
        revoked
    };
    let done = look();
    assert!(output.code != 0 || done, "said, and not done");
    revoke(site).output().code(if done { NOT_FOUND } else { 0 });
    assert!(look());
}

/// Nobody of that name is enrolled any more.
const NOT_FOUND: i32 = 3;
