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
    let place = event.place();
    if envelope.digest(fingerprint) != event.envelope() {
        return Err(Alarm::tampered(format!(
            "the envelope of escrow {} is another one",
            place.escrow
        )));
    }
    let password = envelope
        .decrypt_password(keyring, &place)
        .map_err(|_| Alarm::tampered(format!("the envelope of escrow {} does not open", place.escrow)))?;
    Ok((event, password))
}
