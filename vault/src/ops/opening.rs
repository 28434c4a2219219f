//! The one place where an envelope is opened.

use strongroom_core::crypto::Digest;
use strongroom_core::envelope::Envelope;
use strongroom_core::envelope::Place;
use strongroom_core::keys::Fingerprint;
use strongroom_core::keys::Keyring;
use strongroom_core::values::RecoveryPassword;

use crate::receipt::Anchored;
use crate::store::Alarm;

/// What an event on record says of an envelope: whose it is, and which bytes.
pub(super) trait Names {
    /// Where the envelope belongs.
    fn place(&self) -> Place;

    /// `SHA-256(envelope ‖ fingerprint)`, as the proven record has it.
    fn envelope(&self) -> Digest;
}

/// What an event on record says of several envelopes.
pub(super) trait NamesAll {
    /// Where each belongs, and `SHA-256(envelope ‖ fingerprint)` of it.
    fn named(&self) -> Vec<(Place, Digest)>;
}

/// Opens an envelope that an event on record names, and gives both. The receipt is used up.
///
/// # Errors
///
/// Fails if the event names another envelope, or if the envelope does not open in its place.
pub(super) fn open<E: Names>(
    anchored: Anchored<E>,
    keyring: &Keyring,
    envelope: &Envelope,
    fingerprint: &Fingerprint,
) -> Result<(E, RecoveryPassword), Alarm> {
    let event = anchored.into_subject();
    let password = open_named(&event.place(), event.envelope(), keyring, (envelope, fingerprint))?;
    Ok((event, password))
}

/// Opens the envelopes that an event on record names, in its order, and gives all. The receipt is used up.
///
/// # Errors
///
/// Fails as [`open`] does, and if there are not as many envelopes as the event names.
pub(super) fn open_all<E: NamesAll>(
    anchored: Anchored<E>,
    keyring: &Keyring,
    envelopes: &[(Envelope, Fingerprint)],
) -> Result<(E, Vec<RecoveryPassword>), Alarm> {
    let event = anchored.into_subject();
    let named = event.named();
    if named.len() != envelopes.len() {
        return Err(Alarm::tampered("an event names other envelopes than were read"));
    }
    let passwords = named
        .iter()
        .zip(envelopes)
        .map(|((place, digest), (envelope, fingerprint))| open_named(place, *digest, keyring, (envelope, fingerprint)))
        .collect::<Result<_, _>>()?;
    Ok((event, passwords))
}

fn open_named(
    place: &Place,
    digest: Digest,
    keyring: &Keyring,
    (envelope, fingerprint): (&Envelope, &Fingerprint),
) -> Result<RecoveryPassword, Alarm> {
    if envelope.digest(fingerprint) != digest {
        return Err(Alarm::tampered(format!(
            "the envelope of escrow {} is another one",
            place.escrow
        )));
    }
    envelope
        .decrypt_password(keyring, place)
        .map_err(|_| Alarm::tampered(format!("the envelope of escrow {} does not open", place.escrow)))
}
