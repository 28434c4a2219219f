//! The commits of an import: how its passwords are cut into them, and when the vault is let go between two.

use std::collections::VecDeque;
use std::time::Duration;
use std::time::Instant;

use strongroom_vault::ops::Arriving;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::Who;
use strongroom_vault::ops::in_order;

use crate::render::imported::Tried;

/// The passwords of an import, cut into commits.
pub(super) struct Commits<'a> {
    arriving: &'a [Vec<Arriving<'a>>],
    is_rehearsal: bool,
    left: VecDeque<Commit>,
    /// What became of each password of each file.
    pub(super) outcomes: Vec<Vec<Option<Tried>>>,
}

/// Passwords of one file, by their places in it.
struct Commit {
    file: usize,
    places: Vec<usize>,
}

impl<'a> Commits<'a> {
    /// Cuts the passwords of files into commits, in the order of their times.
    pub(super) fn of(arriving: &'a [Vec<Arriving<'a>>], is_rehearsal: bool) -> Self {
        // A rehearsal forgets what it did, so it is one.
        let at_once = if is_rehearsal { usize::MAX } else { IN_A_COMMIT };
        let mut left = VecDeque::new();
        for (file, arriving) in arriving.iter().enumerate() {
            let order = in_order(arriving);
            let commits = order.chunks(at_once.min(order.len()).max(1));
            left.extend(commits.map(|places| Commit {
                file,
                places: places.to_vec(),
            }));
        }
        Self {
            arriving,
            is_rehearsal,
            left,
            outcomes: arriving.iter().map(|arriving| vec![None; arriving.len()]).collect(),
        }
    }

    /// Returns whether a commit is left to be made.
    pub(super) fn are_left(&self) -> bool {
        !self.left.is_empty()
    }

    /// Makes the next commits, until another process queues for the vault or the vault was held for long; `done` is told of
    /// each password.
    pub(super) fn take_in(&mut self, vault: &mut Unsealed, who: &Who, mut done: impl FnMut()) -> Result<(), Error> {
        let begun = Instant::now();
        while let Some(commit) = self.left.pop_front() {
            self.make(&commit, vault, who, &mut done)?;
            if vault.is_wanted() || begun.elapsed() >= HELD_FOR {
                break;
            }
        }
        Ok(())
    }

    fn make(&mut self, commit: &Commit, vault: &mut Unsealed, who: &Who, done: impl FnMut()) -> Result<(), Error> {
        let (Some(arriving), Some(outcomes)) = (self.arriving.get(commit.file), self.outcomes.get_mut(commit.file))
        else {
            return Ok(());
        };
        let batch: Vec<&Arriving<'_>> = commit.places.iter().filter_map(|place| arriving.get(*place)).collect();
        let tried: Vec<Tried> = if self.is_rehearsal {
            let rehearsed = vault.rehearse(who, &batch, done)?.into_iter();
            rehearsed.map(Tried::from).collect()
        } else {
            let escrowed = vault.take_in(who, &batch, done)?.into_iter();
            escrowed.map(|escrowed| Tried::Escrowed(Box::new(escrowed))).collect()
        };
        for (place, tried) in commit.places.iter().zip(tried) {
            if let Some(outcome) = outcomes.get_mut(*place) {
                *outcome = Some(tried);
            }
        }
        Ok(())
    }
}

/// Passwords in one commit: few enough that none is held back for long, and each commit is one write to the TPM.
const IN_A_COMMIT: usize = 10_000;
/// How long the vault is held at most for several commits, where the kernel does not tell whether another process queues.
const HELD_FOR: Duration = Duration::from_secs(5);
