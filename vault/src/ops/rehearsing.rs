//! `import --dry-run`: says what an import would do, and changes nothing.
//!
//! It leaves no event, so it tells nothing of a held password: it compares the passwords of the import with each other and
//! with no stored one, and decides nothing about a protector whose password is held.

use std::collections::BTreeSet;

use strongroom_core::values::EscrowId;

use crate::ops::Arriving;
use crate::ops::Error;
use crate::ops::Escrowed;
use crate::ops::Unsealed;
use crate::ops::Who;
use crate::ops::ahead::Encrypted;
use crate::ops::ahead::Encryptor;
use crate::ops::arriving::Intake;
use crate::ops::arriving::volume_for;
use crate::store::Draft;
use crate::store::Session;

/// What an import would make of a password.
#[derive(Clone, Debug)]
pub enum Rehearsed {
    /// A password of the same protector is held. Only an import tells whether it is the same one, on record.
    Known,
    /// No password of its protector is held: it would become this, as far as its time and place decide.
    New(Box<Escrowed>),
}

impl Unsealed {
    /// Says what [`Self::take_in`] would do, with nothing taken in: no event, and no name of a leaf.
    ///
    /// # Errors
    ///
    /// Fails if what is on their path is not what the log says.
    pub fn rehearse(
        &mut self,
        who: &Who,
        arriving: &[&Arriving<'_>],
        mut done: impl FnMut(),
    ) -> Result<Vec<Rehearsed>, Error> {
        let trust = self.trust()?;
        let mut draft = self.draft(who)?;
        let mut session = self.store.session(&trust)?;
        let encryptor = Encryptor::of_a_rehearsal(&self.keyring, self.vault.vault)?;
        let intake = Intake::new(encryptor, &session, who)?;
        let mut own = BTreeSet::new();
        intake.each(arriving, |one, encrypted| {
            let rehearsed = put(&intake, &mut session, &mut draft, &mut own, one, encrypted);
            done();
            rehearsed
        })
    }
}

/// Puts a password into the rows of a session that is not committed, if no other than those of this import, `own`, is held
/// for its protector.
fn put(
    intake: &Intake<'_>,
    session: &mut Session<'_>,
    draft: &mut Draft,
    own: &mut BTreeSet<EscrowId>,
    arriving: &Arriving<'_>,
    encrypted: Encrypted,
) -> Result<Rehearsed, Error> {
    if is_known(session, own, arriving, &encrypted)? {
        return Ok(Rehearsed::Known);
    }
    own.insert(encrypted.escrow);
    let mut escrowed = intake.put(session, draft, arriving, encrypted)?;
    escrowed.leaf = None;
    Ok(Rehearsed::New(Box::new(escrowed)))
}

/// Returns whether a password of the same protector is held in the volume that is meant, or in any if no device is named.
fn is_known(
    session: &mut Session<'_>,
    own: &BTreeSet<EscrowId>,
    arriving: &Arriving<'_>,
    encrypted: &Encrypted,
) -> Result<bool, Error> {
    let volumes = match &arriving.device {
        Some(_) => vec![volume_for(session, arriving, &encrypted.fingerprint)?],
        None => session.volumes_with(arriving.protector)?,
    };
    let mut held = volumes
        .iter()
        .flat_map(|volume| volume.escrows.of_protector(arriving.protector));
    Ok(held.any(|held| !own.contains(&held.escrow)))
}
