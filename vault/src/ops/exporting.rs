//! `audit export` and `audit prove`: the log, or one event of it, for whoever has no vault.

use strongroom_core::log::Action;
use strongroom_core::log::EventBody;
use strongroom_core::log::EventProof;

use crate::ops::Error;
use crate::ops::HandedOut;
use crate::ops::Inventory;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::store::ExportFolder;
use crate::store::Exported;
use crate::store::HandOut;

impl Unsealed {
    /// Puts on record that the log is handed out; [`Inventory::export`] then writes it.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the log in the folder is not the beginning of this one, and if it cannot be recorded.
    pub fn export(&mut self, who: &Who, folder: &ExportFolder) -> Result<HandedOut, Error> {
        let snapshot = self.store.snapshot()?;
        let (last, _) = snapshot.last_event()?;
        snapshot.require_extends(folder, last.leaf + 1)?;
        drop(snapshot);
        self.hand_out(who, HandOut::new(Action::Export))
    }

    /// Hands out the proof of one event.
    ///
    /// # Errors
    ///
    /// Fails if there is no such leaf, which is put on record, and if it cannot be recorded.
    pub fn prove_event(&mut self, who: &Who, leaf: u64) -> Result<(EventProof, HandedOut), Error> {
        let (last, _) = self.store.snapshot()?.last_event()?;
        let events = last.leaf + 1;
        if leaf >= events {
            let error = Error::NoLeaf { leaf, events };
            let refused = EventBody {
                result: Some(error.to_string()),
                ..EventBody::new(Action::Refused)
            };
            self.refuse(who, refused)?;
            return Err(error);
        }
        let event = HandOut {
            result: Some(format!("leaf {leaf}")),
            ..HandOut::new(Action::Proof)
        };
        let handed_out = self.hand_out(who, event)?;
        let proof = self
            .store
            .snapshot()?
            .prove_event(leaf, &handed_out.note, &handed_out.checkpoint)?;
        Ok((proof, handed_out))
    }
}

impl Inventory {
    /// Writes what the folder lacks of the log that was handed out. `done` is told how many more events are written.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be written, and with an alarm if the leaves do not lead to the checkpoint.
    pub fn export(
        &mut self,
        folder: &ExportFolder,
        handed_out: &HandedOut,
        done: impl FnMut(u64),
    ) -> Result<Exported, Error> {
        let snapshot = self.store.snapshot()?;
        Ok(snapshot.export(folder, &handed_out.note, &handed_out.checkpoint, done)?)
    }
}
