//! `audit report`: what a page for people is made of. It is handed out as a checkpoint is, and then read from the file.

use strongroom_core::audit::AuditAlarm;
use strongroom_core::audit::Period;
use strongroom_core::audit::Report;
use strongroom_core::audit::Reveals;
use strongroom_core::audit::Verification;
use strongroom_core::log::Action;

use crate::ops::Error;
use crate::ops::HandedOut;
use crate::ops::Inventory;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::store::Alarm;
use crate::store::HandOut;
use crate::store::Work;

/// A log, summed up for people.
#[derive(Debug)]
pub struct Reported {
    /// What the whole log comes to.
    pub report: Report,
    /// The reveals of the period that was asked for.
    pub reveals: Reveals,
    /// What is wrong with the file beside its log.
    pub first_wrong: Option<Alarm>,
}

impl Unsealed {
    /// Puts on record that a report is handed out; [`Inventory::report`] then makes it.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be recorded, or if the TPM does not sign.
    pub fn report(&mut self, who: &Who) -> Result<HandedOut, Error> {
        self.hand_out(who, HandOut::new(Action::Report))
    }
}

impl Inventory {
    /// Sums up the log that was handed out, as an auditor would who holds both keys, and holds every row of the file
    /// against it. `done` is told how many more units of [`Work::reported`] are done.
    ///
    /// # Errors
    ///
    /// Fails with an alarm if the log does not hold together, or is not the one that was handed out.
    pub fn report(
        &mut self,
        handed_out: &HandedOut,
        period: Period,
        mut done: impl FnMut(u64),
    ) -> Result<Reported, Error> {
        let snapshot = self.store.snapshot()?;
        let keys = [Some(handed_out.keys.log.clone()), handed_out.keys.tpm.clone()];
        let keys = keys.into_iter().flatten().collect();
        let mut verification = Verification::begin(handed_out.note.clone(), keys, None).map_err(alarm)?;
        let mut reveals = Reveals::of(period);
        let size = verification.size();
        snapshot.leaves(|index, leaf| {
            if index >= size {
                return Ok(false);
            }
            let replayed = verification.take(&leaf).map_err(alarm)?;
            reveals.take(&replayed);
            done(Work::EVENT);
            Ok::<_, Error>(true)
        })?;
        let report = verification.finish().map_err(alarm)?.report;
        Ok(Reported {
            report,
            reveals,
            first_wrong: snapshot.audit(&handed_out.keys.log, done)?.first_wrong,
        })
    }
}

fn alarm(alarm: AuditAlarm) -> Alarm {
    match std::error::Error::source(&alarm) {
        Some(cause) => Alarm::tampered(format!("{alarm}: {cause}")),
        None => Alarm::tampered(alarm.to_string()),
    }
}
