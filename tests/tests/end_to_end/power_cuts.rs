//! The power fails at any moment: what no sync has made durable may be gone, and the TPM remembers what it remembers.
//!
//! A real TPM keeps what it was told at once; the simulator's state is a file, and may be gone like any other. So the
//! file may be ahead of the TPM or the TPM ahead of the file, as far as a real cut can bring them apart.

use std::fmt;
use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::calls::log;
use crate::end_to_end::calls::points;
use crate::end_to_end::disk_model::DiskModel;
use crate::end_to_end::disk_model::Effect;
use crate::end_to_end::disk_model::Unsynced;
use crate::end_to_end::file_calls::effects;
use crate::end_to_end::handed_in::handed_in;
use crate::end_to_end::held::Held;
use crate::end_to_end::held::INIT;
use crate::end_to_end::held::assert_can_be_gone_on_from;
use crate::end_to_end::held::item;
use crate::end_to_end::intake_verbs::VERBS;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::site::Site;
use crate::end_to_end::sweep::sweep;
use crate::end_to_end::sweep::sweep_sample;

/// A power cut behind the first `done` effects of a run.
struct Cut {
    done: usize,
    files: Unsynced,
    tpm: Unsynced,
    last: String,
}

/// What a run, or several one after the other, did to a folder.
struct History {
    root: PathBuf,
    before: DiskModel,
    effects: Vec<Effect>,
}

impl History {
    /// Every cut that is worth a try: nothing changes between two effects.
    fn cuts(&self, from: usize) -> Vec<Cut> {
        let mut cuts = Vec::new();
        for done in from..=self.effects.len() {
            let last = self.effects[..done].last().map(|effect| format!("{effect:.120?}"));
            let last = last.unwrap_or_default().chars().take(120).collect::<String>();
            for (files, tpm) in [
                (Unsynced::Lost, Unsynced::Kept),
                (Unsynced::Lost, Unsynced::Lost),
                (Unsynced::Some(done as u64), Unsynced::Kept),
                (Unsynced::Kept, Unsynced::Lost),
            ] {
                let last = last.clone();
                cuts.push(Cut { done, files, tpm, last });
            }
        }
        cuts
    }

    /// What is left of the vault folder, and of what lay beside it.
    fn after(&self, cut: &Cut) -> Site {
        let mut model = self.before.clone();
        for effect in &self.effects[..cut.done] {
            model.apply(effect);
        }
        let site = Site::empty();
        model.write_out(&self.root, &site.root(), cut.files);
        if site.vault().exists() {
            drop(fs::remove_dir_all(site.tpm_state()));
            model.write_out(&self.root.join("vault/tpm"), &site.tpm_state(), cut.tpm);
            close_to_others(&site.vault());
        }
        // The model knows no modes.
        let mark = site.beside("spool/.strongroom-spool");
        if mark.exists() {
            fs::set_permissions(mark, Permissions::from_mode(0o600)).unwrap();
        }
        site
    }

    /// Whether any of the answer was out.
    fn is_answered(&self, cut: &Cut) -> bool {
        !self.answer(cut).is_empty()
    }

    /// What of the answer was out.
    fn answer(&self, cut: &Cut) -> String {
        let mut answer = Vec::new();
        for effect in &self.effects[..cut.done] {
            if let Effect::Answer(bytes) = effect {
                answer.extend_from_slice(bytes);
            }
        }
        String::from_utf8(answer).unwrap()
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, files, tpm, last } = self;
        write!(f, "behind effect {done}, {last}; unsynced files {files:?}, TPM {tpm:?}")
    }
}

fn close_to_others(folder: &Path) {
    fs::set_permissions(folder, Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            close_to_others(&entry.path());
        } else {
            fs::set_permissions(entry.path(), Permissions::from_mode(0o600)).unwrap();
        }
    }
}

#[test]
fn an_escrow_cut_off_is_whole_or_not_at_all() {
    let held = Held::new();
    let site = held.site.copied();
    let before = DiskModel::of(&site.root());
    let (output, effects) = effects(site.escrowing("LAB-01", &made(3)), &site.root(), &log(&site), None);
    output.ok();
    let root = site.root();
    let history = History { root, before, effects };
    sweep("power cut in an escrow", &history.cuts(0), 37, |cut| {
        held.assert_escrow_whole_or_not_at_all(&history.after(cut), history.is_answered(cut));
        true
    });
}

#[test]
fn a_reveal_cut_off_is_on_record_if_it_was_shown() {
    let held = Held::new();
    let site = held.site.copied();
    let before = DiskModel::of(&site.root());
    let (output, effects) = effects(site.revealing(&held.first.protector), &site.root(), &log(&site), None);
    let shown = output.ok();
    let nothing = Output {
        code: -1,
        stdout: String::new(),
        stderr: String::new(),
    };
    let root = site.root();
    let history = History { root, before, effects };
    sweep("power cut in a reveal", &history.cuts(0), 37, |cut| {
        let output = if history.is_answered(cut) { &shown } else { &nothing };
        held.assert_reveal_on_record_if_shown(&history.after(cut), output);
        true
    });
}

#[test]
fn an_init_cut_off_can_always_be_gone_on_from() {
    let site = Site::empty();
    let before = DiskModel::of(&site.root());
    let (output, effects) = effects(site.run(&INIT), &site.root(), &log(&site), None);
    output.ok();
    let root = site.root();
    let history = History { root, before, effects };
    sweep("power cut in an init", &history.cuts(0), 59, |cut| {
        let site = history.after(cut);
        assert!(!history.is_answered(cut) || site.file().exists(), "said and gone");
        assert_can_be_gone_on_from(&site, &INIT);
        true
    });
}

#[test]
fn a_verb_of_taking_in_cut_off_is_whole_or_not_at_all() {
    let held = handed_in(Site::new());
    for verb in VERBS {
        let site = held.site.copied();
        let (root, before) = (site.root(), DiskModel::of(&site.root()));
        let (output, effects) = effects((verb.run)(&site), &root, &log(&site), None);
        let whole = output.ok().stdout;
        let history = History { root, before, effects };
        sweep_sample(&format!("power cut in {}", verb.name), &history.cuts(0), 2, |cut| {
            let stdout = history.answer(cut);
            let output = Output {
                code: if stdout == whole { 0 } else { -1 },
                stdout,
                stderr: String::new(),
            };
            verb.assert_holds(&held, &history.after(cut), &output);
            true
        });
    }
}

/// Killed before its commit was synced, an escrow is read back by the next command without ever having been durable. That
/// command has the TPM remember it, and then the power fails.
#[test]
fn a_commit_that_was_rolled_forward_is_durable() {
    let held = Held::new();
    let site = held.site.copied();
    let escrow = |site: &Site| site.escrowing("LAB-01", &made(3));
    let model = site.copied();
    let points = points(escrow(&model), &log(&model));
    let mut syncs = points.iter().filter(|point| point.is_on("sync("));
    // Behind that of the write-ahead log's header and that of its name.
    let sync_of_commit = syncs.nth(2).unwrap();

    let mut before = DiskModel::of(&site.root());
    let (killed, of_killed) = effects(escrow(&site), &site.root(), &log(&site), Some(sync_of_commit));
    assert_eq!((killed.code, killed.stdout.as_str()), (-1, ""), "{killed:?}");
    for effect in &of_killed {
        before.apply(effect);
    }
    // Whoever is the last to close the file syncs it; so somebody else has it open.
    let reader = site.sqlite();
    reader.execute_batch("BEGIN; SELECT count(*) FROM leaf;").unwrap();
    let next = site.escrowing("HALL-03", &made(4));
    let (next, of_next) = effects(next, &site.root(), &log(&site), None);
    next.ok();
    drop(reader);
    let root = site.root();
    let history = History {
        root,
        before,
        effects: of_next,
    };
    let with_it = history.after(history.cuts(history.effects.len()).first().unwrap());
    assert!(item(&with_it, "LAB-01", &made(3)).is_some(), "it was rolled forward");
    sweep("power cut in a roll-forward", &history.cuts(0), 37, |cut| {
        held.assert_escrow_whole_or_not_at_all(&history.after(cut), false);
        true
    });
}
