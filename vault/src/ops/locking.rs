//! Keeping the keyring out of swap.

use std::ffi::c_void;

use rustix::mm::mlock;
use strongroom_core::keys::Keyring;

/// Locks the pages on which the keyring's secrets lie; whether the system's limit allowed it.
///
/// They stay locked until the process ends: other secrets lie on the same pages by then.
pub(super) fn lock_pages(keyring: &Keyring) -> bool {
    let mut locked = true;
    keyring.each_secret(|secret| {
        let start = secret.as_ptr().cast_mut().cast::<c_void>();
        // SAFETY: the range is a live slice, and locking changes nothing that lies there.
        #[expect(unsafe_code, reason = "the system call takes an address")]
        let outcome = unsafe { mlock(start, secret.len()) };
        locked &= outcome.is_ok();
    });
    locked
}
