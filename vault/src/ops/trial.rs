//! Trying passwords on a volume: they are opened for it, and nobody is shown one.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::thread;

use strongroom_core::crypto::Digest;
use strongroom_core::fve::Metadata;
use strongroom_core::fve::MetadataProof;
use strongroom_core::fve::Proof;
use strongroom_core::fve::prove;
use strongroom_core::keys::FingerprintKey;
use strongroom_core::values::EscrowId;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;

use crate::ops::ProveRequest;

/// Passwords that are to be tried on a volume, on record as opened for that.
pub struct Trial {
    pub(super) request: ProveRequest,
    /// Makes the HMAC of the master key that a password opens.
    pub(super) known_by: FingerprintKey,
    pub(super) candidates: Vec<Candidate>,
}

/// One of them.
pub(super) struct Candidate {
    pub(super) escrow: EscrowId,
    pub(super) protector: ProtectorId,
    pub(super) password: RecoveryPassword,
}

/// What came of it; the passwords are gone.
#[derive(Clone, Debug)]
pub struct Tried {
    pub(super) request: ProveRequest,
    pub(super) outcomes: Vec<Outcome>,
}

/// What came of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) escrow: EscrowId,
    pub(super) result: TrialResult,
    /// HMAC of the master key that it opened.
    pub(super) master_key: Option<Digest>,
}

/// Whether a password opened the volume.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TrialResult {
    /// It did, and proved what the volume lists.
    Opened,
    /// It did; but the metadata is not what whoever held the volume's key wrote, or nothing says that it is.
    OpenedListUnproven,
    /// It did not.
    DidNotOpen,
    /// The volume lacks what it takes to try it.
    CouldNotBeTried,
    /// It did, by another master key than the volume is proven to have: the image counts for nothing.
    OtherMasterKey,
}

impl Trial {
    /// How many passwords there are to be tried.
    pub const fn len(&self) -> usize {
        self.candidates.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.candidates.is_empty()
    }

    /// Tries each password on its own protector, each in a thread of its own and a few at a time. `progress` is told of
    /// every few thousand rounds of hashing, out of [`ROUNDS`](strongroom_core::fve::ROUNDS).
    pub fn run(self, metadata: &Metadata, progress: impl FnMut(u32) + Send) -> Tried {
        let progress = Mutex::new(progress);
        let mut outcomes = Vec::with_capacity(self.candidates.len());
        for few in self.candidates.chunks(AT_ONCE) {
            thread::scope(|scope| {
                let running: Vec<_> = few
                    .iter()
                    .map(|candidate| scope.spawn(|| candidate.tried(metadata, &self.known_by, &progress)))
                    .collect();
                for (candidate, running) in few.iter().zip(running) {
                    // A thread that panicked has tried nothing.
                    let (result, master_key) = running.join().unwrap_or((TrialResult::CouldNotBeTried, None));
                    outcomes.push(Outcome {
                        escrow: candidate.escrow,
                        result,
                        master_key,
                    });
                }
            });
        }
        Tried {
            request: self.request,
            outcomes,
        }
    }
}

impl Candidate {
    fn tried(
        &self,
        metadata: &Metadata,
        known_by: &FingerprintKey,
        progress: &Mutex<impl FnMut(u32) + Send>,
    ) -> (TrialResult, Option<Digest>) {
        let mut before = 0;
        let proof = prove(metadata, &self.password, &[self.protector], Some(known_by), |now| {
            if let Ok(mut progress) = progress.lock() {
                progress(now.done.saturating_sub(before));
            }
            before = now.done;
            ControlFlow::Continue(())
        });
        let master_key = match proof {
            Proof::Opens { master_key, .. } => master_key,
            Proof::DoesNotOpen { .. } | Proof::BrokenOff => None,
        };
        // What could not be read may be the protector that is missed.
        if TrialResult::of(proof) == TrialResult::Opened && !metadata.complete {
            return (TrialResult::OpenedListUnproven, master_key);
        }
        (TrialResult::of(proof), master_key)
    }
}

impl TrialResult {
    /// What a proof comes to.
    pub const fn of(proof: Proof) -> Self {
        match proof {
            Proof::Opens {
                metadata: MetadataProof::Matches,
                ..
            } => Self::Opened,
            Proof::Opens {
                metadata: MetadataProof::Differs | MetadataProof::NoHash,
                ..
            } => Self::OpenedListUnproven,
            Proof::DoesNotOpen { tried: 0 } | Proof::BrokenOff => Self::CouldNotBeTried,
            Proof::DoesNotOpen { .. } => Self::DidNotOpen,
        }
    }

    /// Whether it opened the volume.
    pub const fn opened(self) -> bool {
        matches!(self, Self::Opened | Self::OpenedListUnproven)
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CouldNotBeTried => "could-not-be-tried",
            Self::DidNotOpen => "did-not-open",
            Self::Opened => "opened",
            Self::OpenedListUnproven => "opened-list-unproven",
            Self::OtherMasterKey => "other-master-key",
        }
    }
}

/// Passwords that are tried at once.
const AT_ONCE: usize = 16;
