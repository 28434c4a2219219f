//! A sender that is enrolled and its file: both are there, or neither is, or the one without the other is told and mended.

use std::fs;
use std::path::PathBuf;

use crate::end_to_end::handed_in::enrol;
use crate::end_to_end::handed_in::seal;
use crate::end_to_end::held::names;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;

pub(crate) fn enrol_second(site: &Site) -> Run {
    enrol(site, SECOND, &file(site))
}

/// There is no sender's file without an event that names it. One that was enrolled and has no file is revoked, and enrolled
/// anew under the same name and path; then its file is one that counts.
#[track_caller]
pub(crate) fn assert_enrolled_or_enrols(site: &Site, output: &Output) {
    let written = fs::read_to_string(file(site)).is_ok_and(|text| !text.is_empty());
    let enrolled = enrolments(site);
    assert!(enrolled <= 1 && (!written || enrolled == 1), "{enrolled} {written}");
    assert!(output.code != 0 || written, "said, and not there");
    if !written {
        let again = enrol_second(site).output();
        if enrolled == 1 {
            again.refused(1, "is enrolled already").says("drop revoke");
            site.run(&["drop", "revoke", SECOND]).output().ok();
            enrol_second(site).output().ok();
        } else {
            again.ok();
        }
    }
    let beside = names(&site.root());
    // What a cut-off run was writing is hidden under a name of its own, and no later run touches it.
    let left = |name: &&String| name.starts_with('.') && !name.starts_with(".strongroom-");
    assert_eq!(beside.iter().find(left), None, "half a file is left");
    assert_counts(site);
}

/// What is sealed with its file is taken in as that sender's word.
#[track_caller]
fn assert_counts(site: &Site) {
    let drop = site.beside("second.drop");
    seal(site, "--sender", &file(site), NUMBER, &drop);
    let taken = site.run(&["--json", "import"]).args([&drop]).output().ok().json();
    assert_eq!(
        (&taken["sender"], &taken["unconfirmed"]),
        (&SECOND.into(), &false.into())
    );
    assert_eq!(taken["protector_id"], made(NUMBER).protector.as_str());
}

/// How many senders of this name are enrolled now; each was by an event.
#[track_caller]
fn enrolments(site: &Site) -> usize {
    let mut senders = site.lines(&["drop", "list"]);
    senders.retain(|sender| sender["sender"] == SECOND);
    let mut events = site.lines(&["audit", "list", "--action", "sender-enrol"]);
    events.retain(|event| event["result"] == SECOND);
    assert_eq!(events.len(), senders.len());
    senders.iter().filter(|sender| sender["revoked_at"].is_null()).count()
}

fn file(site: &Site) -> PathBuf {
    site.beside("second.sender")
}

const SECOND: &str = "second";
const NUMBER: u64 = 20;
