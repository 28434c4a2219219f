//! What holds of a vault after something went wrong: what it held is there, and an operation is whole or not at all.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::proxy::Proxy;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::swtpm::Swtpm;

/// What makes a vault.
pub(crate) const INIT: [&str; 4] = ["init", "--tpm", "simulator", "--no-pin"];
/// What makes one with a PIN.
pub(crate) const INIT_WITH_PIN: [&str; 4] = ["init", "--tpm", "simulator", "--pin"];

/// A vault with two passwords in it, one for each of two volumes.
pub(crate) struct Held {
    pub(crate) site: Site,
    pub(crate) first: Made,
    pub(crate) second: Made,
}

impl Held {
    /// On a simulator of its own, without a PIN.
    pub(crate) fn new() -> Self {
        Self::on(Site::new())
    }

    /// In the vault of this site, which holds none yet.
    pub(crate) fn on(site: Site) -> Self {
        let held = Self {
            site,
            first: made(1),
            second: made(2),
        };
        held.site.escrow("LAB-01", &held.first);
        held.site.escrow("DESK-02", &held.second);
        held
    }

    /// The new password of the first volume is there with its event, or neither is; it is there if that was `answered`.
    #[track_caller]
    pub(crate) fn assert_escrow_whole_or_not_at_all(&self, site: &Site, answered: bool) {
        let new = made(3);
        // The next command to open the vault is one that has nothing to do with it.
        self.assert_shown(site, &self.second);
        site.verify();
        let listed = item(site, "LAB-01", &new);
        assert_eq!(count(site, "escrow", &new), usize::from(listed.is_some()));
        assert!(!answered || listed.is_some(), "answered, and not there");
        let older = item(site, "LAB-01", &self.first).unwrap();
        let state = if listed.is_some() { "superseded" } else { "current" };
        assert_eq!(older["state"], state, "{older}");
        if listed.is_some() {
            self.assert_shown(site, &new);
        }
        self.assert_nothing_missing(site);
    }

    /// A reveal of the first password that came to `output` is on record if that shows any of it, and is on record once
    /// or not at all.
    #[track_caller]
    pub(crate) fn assert_reveal_on_record_if_shown(&self, site: &Site, output: &Output) {
        let groups = self.first.groups();
        let shown = groups
            .iter()
            .any(|group| output.stdout.contains(group) || output.stderr.contains(group));
        self.assert_shown(site, &self.second);
        site.verify();
        let on_record = count(site, "reveal", &self.first);
        assert!(on_record <= 1 && (!shown || on_record == 1), "{on_record}: {output:?}");
        let exposed = item(site, "LAB-01", &self.first).unwrap()["state"] == "exposed";
        assert_eq!(exposed, on_record == 1);
        self.assert_nothing_missing(site);
    }

    /// What was taken in before is shown, and no more lies in the folder than ever does.
    #[track_caller]
    pub(crate) fn assert_nothing_missing(&self, site: &Site) {
        self.assert_shown(site, &self.first);
        self.assert_shown(site, &self.second);
        site.verify();
        assert_tidy(site);
    }

    #[track_caller]
    pub(crate) fn assert_shown(&self, site: &Site, made: &Made) {
        assert_eq!(site.reveal(&made.protector)["recovery_password"], made.text.as_str());
    }
}

/// Either the vault is whole, or another try makes one, if need be after `init --clean`.
#[track_caller]
pub(crate) fn assert_can_be_gone_on_from(site: &Site, init: &[&str]) {
    make_after_all(site, || site.run(init));
    let verified_first = site.copied();
    verified_first.verify();
    for site in [site, &verified_first] {
        assert_takes_in(site);
    }
    let swtpm = Swtpm::start(&site.tpm_state());
    assert_eq!(swtpm.indices().len(), 1, "one anchor and no more");
}

/// After an init that did not come to its end: the vault is whole, or another try makes one, if need be after
/// `init --clean`.
#[track_caller]
fn make_after_all(site: &Site, init: impl Fn() -> Run) {
    if site.file().exists() {
        return;
    }
    let again = init().output();
    if again.code != 0 {
        again.refused(1, "").says("init --clean");
        site.bare(&["init", "--clean"]).output().ok();
        init().output().ok();
    }
}

/// The same, where the TPM is this proxy's: the vault then takes in a password, and has left no other anchor.
#[track_caller]
pub(crate) fn assert_makes_after_all(site: &Site, proxy: &Proxy) {
    make_after_all(site, || proxy.init(site));
    assert_takes_in(site);
    proxy.with_swtpm(|swtpm| {
        assert_eq!(swtpm.indices().len(), 1, "one anchor and no more");
        assert_eq!(swtpm.is_lockout_auth_set(), site.pin_file().exists());
    });
}

/// A new vault takes in a password, and has nothing to hide.
#[track_caller]
pub(crate) fn assert_takes_in(site: &Site) {
    site.escrow("LAB-01", &made(1));
    site.verify();
    assert_tidy(site);
}

/// The one escrow of this password in the inventory, if it is there.
#[track_caller]
pub(crate) fn item(site: &Site, device: &str, made: &Made) -> Option<Value> {
    let items = site.lines(&["show", device]);
    let mut items = items
        .into_iter()
        .filter(|item| item["protector_id"] == made.protector.as_str());
    let item = items.next();
    assert!(items.next().is_none(), "twice");
    item
}

/// How many events of this action there are about this password.
#[track_caller]
pub(crate) fn count(site: &Site, action: &str, made: &Made) -> usize {
    let about = |event: &&Value| event["action"] == action && event["protector_id"] == made.protector.as_str();
    site.lines(&["audit", "list"]).iter().filter(about).count()
}

/// Nothing but the vault lies in its folder: no note, no journal, no half-written file, no socket.
#[track_caller]
pub(crate) fn assert_tidy(site: &Site) {
    let mut found = names(&site.vault());
    // The simulator is there where the vault is on one.
    if site.tpm_state().exists() {
        assert_eq!(found.remove(1), "tpm");
        assert_eq!(names(&site.tpm_state()), [".lock", "tpm2-00.permall"]);
    }
    assert_eq!(found, ["lock", "vault.db"]);
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
