//! `prove`: tries held passwords on a volume that is at hand, and puts on record what that says.
//!
//! Two commits: that passwords were opened for it comes before they are, and what came of it after. Between them the lock
//! is free, for trying takes its time.

use std::collections::BTreeMap;
use std::sync::Arc;

use strongroom_core::crypto::Digest;
use strongroom_core::envelope::Place;
use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::state::Change;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::Naming;
use strongroom_core::state::Opened;
use strongroom_core::state::Placement;
use strongroom_core::state::Presented;
use strongroom_core::state::Proof;
use strongroom_core::state::VolumeRecord;
use strongroom_core::state::place;
use strongroom_core::state::prove;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::VaultId;
use strongroom_core::values::VolumeId;

use crate::ops::Error;
use crate::ops::Trial;
use crate::ops::TrialResult;
use crate::ops::Tried;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::changing::escrow_change;
use crate::ops::changing::naming_change;
use crate::ops::opening;
use crate::ops::recording::about;
use crate::ops::recording::located;
use crate::ops::trial::Candidate;
use crate::ops::trial::Outcome;
use crate::store::Draft;
use crate::store::Session;

/// A volume that was presented.
#[derive(Clone, Debug)]
pub struct ProveRequest {
    /// The image or device, by its name alone.
    pub file: LogText,
    /// The volume's own identifier.
    pub volume_id: VolumeId,
    /// The protectors of recovery passwords that it lists.
    pub listed: Vec<ProtectorId>,
    /// Whose it is, where the same protector is held for several devices.
    pub device: Option<DeviceName>,
}

/// What the volume said of one escrow that was tried on it.
#[derive(Clone, Debug)]
pub struct Proven {
    /// Its volume, without its escrows.
    pub volume: VolumeRecord,
    /// Its record now.
    pub record: EscrowRecord,
    /// What came of trying it.
    pub result: TrialResult,
    /// The event.
    pub leaf: u64,
}

/// What the volume said of all of them.
#[derive(Clone, Debug, Default)]
pub struct Proved {
    /// Those that were tried.
    pub tried: Vec<Proven>,
    /// The protectors of those whose exposure is proven to have ended.
    pub ended: Vec<ProtectorId>,
    /// The protectors of those whose exposure ended on the word of the operator who presented the volume.
    pub ended_on_word: Vec<ProtectorId>,
    /// The protectors of those that are exposed again.
    pub exposed_again: Vec<ProtectorId>,
}

impl Unsealed {
    /// Opens the held passwords of the protectors that a volume lists, on record, to be tried on it. None is shown.
    ///
    /// # Errors
    ///
    /// Fails, and opens nothing, if it cannot be recorded or anchored.
    pub fn begin_trial(&mut self, who: &Who, request: &ProveRequest) -> Result<Trial, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let mut session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;

        let mut opening = Opening {
            vault: self.vault.vault,
            named: Vec::new(),
        };
        let mut envelopes = Vec::new();
        for (volume, record) in candidates(&mut session, request)? {
            envelopes.push(session.held(&volume, record.escrow)?);
            draft.event(EventBody {
                volume_id: Some(request.volume_id),
                file: Some(request.file.clone()),
                ..about(Action::Prove, &volume, &record)
            });
            opening.named.push(record);
        }
        if opening.named.is_empty() {
            return Ok(Trial {
                request: request.clone(),
                known_by: self.keyring.secret().fingerprint_key(),
                candidates: Vec::new(),
            });
        }
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, opening)?;
        let anchored = self.remember(committed)?;
        let (opening, passwords) = opening::open_all(anchored, &self.keyring, &envelopes)?;
        let candidates = opening.named.into_iter().zip(passwords);
        Ok(Trial {
            request: request.clone(),
            known_by: self.keyring.secret().fingerprint_key(),
            candidates: candidates
                .map(|(record, password)| Candidate {
                    escrow: record.escrow,
                    protector: record.protector,
                    password,
                })
                .collect(),
        })
    }

    /// Puts on record what came of a trial; nothing where nothing was tried.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be recorded.
    pub fn end_trial(&mut self, who: &Who, tried: &Tried) -> Result<Proved, Error> {
        if tried.outcomes.is_empty() {
            return Ok(Proved::default());
        }
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let mut session = self.store.session(&trust)?;
        session.refusals_due(who.at, &mut draft)?;

        let mut volumes: BTreeMap<u64, Vec<Outcome>> = BTreeMap::new();
        for outcome in &tried.outcomes {
            // Not where it was when it was opened: it may have been assigned since.
            let (volume, _) = located(&mut session, outcome.escrow)?;
            volumes.entry(volume.volume).or_default().push(*outcome);
        }
        let mut verdict = Verdict {
            who,
            request: &tried.request,
            proved: Proved::default(),
        };
        for (number, outcomes) in volumes {
            verdict.of_volume(&mut session, &mut draft, number, &outcomes)?;
            // So that the next volume of the same device is not known by the same id.
            session.stage(&mut draft)?;
        }
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let committed = session.commit(draft, &key, verdict.proved)?;
        Ok(self.remember(committed)?.into_subject())
    }
}

/// Passwords that are about to be on record as opened.
struct Opening {
    vault: VaultId,
    named: Vec<EscrowRecord>,
}

impl opening::NamesAll for Opening {
    fn named(&self) -> Vec<(Place, Digest)> {
        let places = self.named.iter().map(|record| {
            let place = Place {
                vault: self.vault,
                escrow: record.escrow,
                protector: record.protector,
            };
            (place, record.envelope)
        });
        places.collect()
    }
}

/// What becomes of the volumes whose passwords were tried.
struct Verdict<'t> {
    who: &'t Who,
    request: &'t ProveRequest,
    proved: Proved,
}

impl Verdict<'_> {
    /// An event for each password of a volume that was tried; the first brings what changes.
    fn of_volume(
        &mut self,
        session: &mut Session<'_>,
        draft: &mut Draft,
        number: u64,
        outcomes: &[Outcome],
    ) -> Result<(), Error> {
        let grace_seconds = session.vault()?.grace_seconds;
        let mut volume = presented_volume(session, number, self.request, outcomes)?;
        let proof = self.proof(grace_seconds, &volume, outcomes);
        if proof.changed.is_empty() && proof.other_key.len() == outcomes.len() {
            // An image that speaks for nothing names nothing either.
            volume = session.volume(number)?;
        }
        if proof.master_key != volume.master_key {
            Arc::make_mut(&mut volume).master_key = proof.master_key;
        }
        let mut changes: Vec<Change> = naming_change(session, &volume)?.into_iter().collect();
        changes.extend(proof.changed.iter().map(|record| escrow_change(&volume, record)));
        let protector = |escrow: &EscrowId| volume.escrow(*escrow).map(|record| record.protector);
        self.proved.ended.extend(proof.ended.iter().filter_map(protector));
        let on_word = proof.ended_on_word.iter().filter_map(protector);
        self.proved.ended_on_word.extend(on_word);
        let again = proof.exposed_again.iter().filter_map(protector);
        self.proved.exposed_again.extend(again);
        for outcome in outcomes {
            let now = proof.changed.iter().find(|record| record.escrow == outcome.escrow);
            let record = now
                .or_else(|| volume.escrow(outcome.escrow))
                .ok_or(Error::NoEscrow { escrow: outcome.escrow })?;
            let result = match proof.other_key.contains(&outcome.escrow) {
                true => TrialResult::OtherMasterKey,
                false => outcome.result,
            };
            self.proved.tried.push(Proven {
                volume: volume.naming(),
                record: record.clone(),
                result,
                leaf: session.next_leaf(draft),
            });
            draft.event(EventBody {
                volume_id: Some(self.request.volume_id),
                file: Some(self.request.file.clone()),
                result: Some(result.as_str().to_owned()),
                changes: std::mem::take(&mut changes),
                ..about(Action::Proven, &volume, record)
            });
        }
        Ok(())
    }

    fn proof(&self, grace_seconds: u64, volume: &VolumeRecord, outcomes: &[Outcome]) -> Proof {
        let failed = outcomes.iter().filter(|one| one.result == TrialResult::DidNotOpen);
        let opened = outcomes.iter().filter_map(|outcome| {
            Some(Opened {
                escrow: outcome.escrow,
                master_key: outcome.master_key?,
                proves_list: outcome.result == TrialResult::Opened,
            })
        });
        let presented = Presented {
            volume_id: self.request.volume_id,
            listed: &self.request.listed,
            opened: &opened.collect::<Vec<_>>(),
            failed: &failed.map(|outcome| outcome.escrow).collect::<Vec<_>>(),
            at: self.who.at,
            by: &self.who.operator.to_string(),
            grace_seconds,
        };
        prove(volume, &presented)
    }
}

/// The escrows of the protectors that the volume lists, each with its volume.
fn candidates(
    session: &mut Session<'_>,
    request: &ProveRequest,
) -> Result<Vec<(Arc<VolumeRecord>, EscrowRecord)>, Error> {
    let mut candidates = Vec::new();
    for protector in &request.listed {
        let first = candidates.len();
        for volume in session.volumes_with(*protector)? {
            let meant = request.device.is_none() || volume.device.is_none() || volume.device == request.device;
            let held = volume
                .escrows
                .iter()
                .filter(|held| meant && held.protector == *protector);
            candidates.extend(held.map(|held| (Arc::clone(&volume), held.clone())));
        }
        // Anyone can hand in any number of them, and to try one takes a second.
        let mut found = candidates.split_off(first);
        if found.iter().any(|(_, held): &(_, EscrowRecord)| !held.unconfirmed) {
            found.retain(|(_, held)| !held.unconfirmed);
        }
        candidates.append(&mut found);
    }
    Ok(candidates)
}

/// The volume whose passwords were tried, known by its identifier where one of them opened it and nothing speaks against
/// that.
fn presented_volume(
    session: &mut Session<'_>,
    number: u64,
    request: &ProveRequest,
    outcomes: &[Outcome],
) -> Result<Arc<VolumeRecord>, Error> {
    let volume = session.volume(number)?;
    if volume.id.is_some() || !outcomes.iter().any(|outcome| outcome.result.opened()) {
        return Ok(volume);
    }
    let naming = Naming {
        id: Some(request.volume_id),
        mount: volume.mount().cloned(),
        kind: None,
    };
    let Some(device) = &volume.device else {
        return Ok(naming.of(volume));
    };
    let mut volumes = session.volumes_of(device)?;
    volumes.retain(|volume| volume.volume == number || volume.is_vouched_for());
    let same = match place(&volumes, &naming) {
        Placement::Held(index) => volumes.get(index).is_some_and(|held| held.volume == number),
        // Passwords of several volumes may stand together where only the device is known.
        Placement::New => {
            let listed = |record: &EscrowRecord| request.listed.contains(&record.protector);
            volume.is_unnamed() && volume.escrows.iter().all(listed)
        }
    };
    Ok(if same { naming.of(volume) } else { volume })
}
