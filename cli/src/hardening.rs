//! What is done before anything else: no core file, no debugger, no secret in a library's log.
//!
//! The keyring's pages are locked by the vault, which knows where they are.

use std::env;

use rustix::fs::Mode;

/// Shuts the process in.
///
/// What cannot be had is gone without: none of this is what keeps a password, all of it is what would betray one.
pub(crate) fn harden() {
    rustix::process::umask(Mode::from_raw_mode(0o077));
    strongroom_terminal::harden();
    silence_tss();
}

/// At level TRACE libtss2 prints what it unseals, to wherever TSS2_LOGFILE says.
fn silence_tss() {
    #[expect(unsafe_code, reason = "libtss2 is told by the environment alone")]
    // SAFETY: nothing has been started yet, so no other thread can read the environment while it changes.
    unsafe {
        env::set_var("TSS2_LOG", "all+none");
        env::remove_var("TSS2_LOGFILE");
    }
}
