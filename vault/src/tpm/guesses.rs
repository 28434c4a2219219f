//! How many PINs may be tried: the TPM's protection against dictionary attacks.

use strongroom_core::values::Secret;
use tss_esapi::constants::CapabilityType;
use tss_esapi::constants::PropertyTag;
use tss_esapi::handles::AuthHandle;
use tss_esapi::handles::ObjectHandle;
use tss_esapi::structures::Auth;
use tss_esapi::structures::CapabilityData;
use tss_esapi::structures::TaggedProperty;

use crate::tpm::TpmError;
use crate::tpm::authorisation;
use crate::tpm::error::Answer;
use crate::tpm::session::Connection;

/// What the TPM says of wrong authorisations; one count for the whole TPM, whoever made it rise.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Guesses {
    /// Wrong ones counted now. A right one does not lower it, time does.
    pub counter: u32,
    /// Wrong ones that lead to lockout.
    pub max_tries: u32,
    /// Seconds after which the counter falls by one; 0: it never rises to a lockout.
    pub recovery_seconds: u32,
    /// Seconds for which the lockout authorisation is refused after it was given wrongly.
    pub lockout_recovery_seconds: u32,
    /// Whether the TPM is in lockout.
    pub in_lockout: bool,
    /// Whether the lockout authorisation, with which the counter can be reset, is set by anyone.
    pub lockout_auth_set: bool,
}

/// Whose limit on guesses holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum GuessLimit {
    /// Our limits, and the lockout authorisation is ours: nobody else can reset the count.
    Ours,
    /// Our limits, but the lockout authorisation is still empty, as it was asked for: anyone who may open the TPM can
    /// reset the count.
    Unguarded,
    /// The lockout authorisation was set by somebody else, with whatever limits they chose.
    NotOurs,
}

impl Guesses {
    /// Wrong ones that the TPM still takes.
    pub const fn tries_left(&self) -> u32 {
        self.max_tries.saturating_sub(self.counter)
    }

    /// Seconds until it takes one more, at most; 0 where it does now.
    pub fn wait_seconds(&self) -> u64 {
        if self.tries_left() > 0 {
            return 0;
        }
        let excess = u64::from(self.counter.saturating_sub(self.max_tries)) + 1;
        excess * u64::from(self.recovery_seconds)
    }

    /// Whether the limits are those that we set.
    pub(super) fn are_limited(&self) -> bool {
        self.max_tries == MAX_TRIES
            && self.recovery_seconds == RECOVERY_SECONDS
            && self.lockout_recovery_seconds == LOCKOUT_RECOVERY_SECONDS
    }
}

/// What the TPM says now. Not through `Context::get_tpm_property`, which remembers the first answer for ever.
pub(super) fn read(connection: &mut Connection) -> Result<Guesses, TpmError> {
    let permanent = property(connection, PropertyTag::Permanent)?;
    Ok(Guesses {
        counter: property(connection, PropertyTag::LockoutCounter)?,
        max_tries: property(connection, PropertyTag::MaxAuthFail)?,
        recovery_seconds: property(connection, PropertyTag::LockoutInterval)?,
        lockout_recovery_seconds: property(connection, PropertyTag::LockoutRecovery)?,
        // TPMA_PERMANENT: TPM 2.0 Library, part 2, section 8.6
        in_lockout: permanent & (1 << 9) != 0,
        lockout_auth_set: permanent & (1 << 2) != 0,
    })
}

/// One property of the TPM.
pub(super) fn property(connection: &mut Connection, tag: PropertyTag) -> Result<u32, TpmError> {
    let (capability, _) = connection.audited("TPM2_GetCapability", |context| {
        context.get_capability(CapabilityType::TpmProperties, tag.into(), 1)
    })?;
    let value = if let CapabilityData::TpmProperties(list) = capability {
        list.find(tag).map(TaggedProperty::value)
    } else {
        None
    };
    value.ok_or_else(|| connection.failure("TPM2_GetCapability", u32::MAX).into())
}

/// Sets the lockout authorisation, which is empty, to ours.
pub(super) fn set_lockout_authorisation(connection: &mut Connection, auth: &Secret<32>) -> Result<(), TpmError> {
    // In a session whose beginning was changed on the way the TPM would take the empty value for a wrong one, and close
    // the lockout hierarchy for its recovery time. So the session authenticates something else first.
    property(connection, PropertyTag::Permanent)?;
    let changed = connection.authorised("TPM2_HierarchyChangeAuth", |context| {
        context.hierarchy_change_auth(AuthHandle::Lockout, authorisation::value(auth)?)
    });
    forget_lockout_authorisation(connection);
    Ok(changed?)
}

/// Whether the lockout authorisation is ours: whether it can be changed from our value to our value.
///
/// A wrong try closes the lockout hierarchy for its recovery time, a day of ours; so it is made only where our limits
/// hold, which nobody can have set after the authorisation was, and which hardly anybody else sets.
pub(super) fn is_lockout_authorisation(connection: &mut Connection, auth: &Secret<32>) -> Result<bool, TpmError> {
    connection.plain("TPM2_HierarchyChangeAuth", |context| {
        context.tr_set_auth(ObjectHandle::Lockout, authorisation::value(auth)?)
    })?;
    let changed = connection.authorised("TPM2_HierarchyChangeAuth", |context| {
        context.hierarchy_change_auth(AuthHandle::Lockout, authorisation::value(auth)?)
    });
    forget_lockout_authorisation(connection);
    match changed {
        Ok(()) => Ok(true),
        Err(failure) if failure.answer().is_refusal() || failure.answer() == Answer::Lockout => Ok(false),
        Err(failure) => Err(failure.into()),
    }
}

/// libtss2 keeps the value beside the handle, for as long as the connection lives.
fn forget_lockout_authorisation(connection: &mut Connection) {
    drop(connection.plain("TPM2_HierarchyChangeAuth", |context| {
        context.tr_set_auth(ObjectHandle::Lockout, Auth::default())
    }));
}

/// Wrong PINs that the TPM takes.
pub(super) const MAX_TRIES: u32 = 5;
/// One more after ten minutes.
pub(super) const RECOVERY_SECONDS: u32 = 600;
/// A wrong lockout authorisation: not before a day.
pub(super) const LOCKOUT_RECOVERY_SECONDS: u32 = 86_400;

#[cfg(test)]
mod tests {
    use crate::tpm::guesses::Guesses;

    #[track_caller]
    fn check(counter: u32, max_tries: u32, left: u32, wait: u64) {
        let guesses = Guesses {
            counter,
            max_tries,
            recovery_seconds: 600,
            lockout_recovery_seconds: 86_400,
            in_lockout: counter >= max_tries,
            lockout_auth_set: false,
        };
        assert_eq!((guesses.tries_left(), guesses.wait_seconds()), (left, wait));
    }

    #[test]
    fn tries_and_wait() {
        check(0, 5, 5, 0);
        check(4, 5, 1, 0);
        check(5, 5, 0, 600);
        // The limit was lowered while wrong ones were counted.
        check(7, 5, 0, 1800);
        check(u32::MAX, 0, 0, (u64::from(u32::MAX) + 1) * 600);
    }
}
