//! What can go wrong with a TPM: the one place where the codes of TSS and TPM become ours.

use std::path::PathBuf;

use tss_esapi::constants::response_code::Tss2ResponseCode;

/// Why the TPM, or the way to it, did not do what was asked.
///
/// No variant carries a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TpmError {
    /// Another index has taken the handle since it was found free.
    #[error("the NV handle {handle:#010x} is taken")]
    AnchorHandleTaken {
        /// The handle that was to be defined.
        handle: u32,
    },
    /// No NV index is defined under the anchor's handle.
    #[error("the TPM has no NV index {handle:#010x}: the anchor is missing")]
    AnchorMissing {
        /// Where it should be.
        handle: u32,
    },
    /// Another index stands under the anchor's handle: it has another Name, or refuses our authorisation.
    #[error("the NV index {handle:#010x} is not the anchor that this vault defined")]
    AnchorReplaced {
        /// Where the anchor should be.
        handle: u32,
    },
    /// The TPM is the one that is on record, and its owner hierarchy was cleared since.
    #[error("this TPM was cleared")]
    Cleared,
    /// What came as the answer to a command is damaged, or the TPM did not say it: it cannot be read, or its
    /// authentication fails.
    #[error("the answer to {command} is damaged, or the TPM did not give it (code {code:#x})")]
    Garbled {
        /// The command, as the TPM 2.0 Library names it.
        command: &'static str,
        /// The library's code; `u32::MAX` where it has none.
        code: u32,
    },
    /// Too many wrong PINs, or power cuts while a PIN was in use: the TPM refuses all of them for a while.
    #[error("the TPM refuses every PIN for the next {wait_seconds} s")]
    Lockout {
        /// Seconds until it takes one guess again, at most.
        wait_seconds: u64,
    },
    /// There is no such TPM device.
    #[error("there is no TPM device at {}", path.display())]
    NoDevice {
        /// The device that was asked for.
        path: PathBuf,
    },
    /// The TPM has no handle, or no room, for one more NV index.
    #[error("the TPM has no room for another NV index")]
    NoFreeHandle,
    /// The sealed object is not one of this TPM's storage primary, or was changed.
    #[error("the sealed object does not belong to this TPM's storage primary, or was changed")]
    NotSealedHere,
    /// Another TPM than the one on record, as far as its Names tell.
    #[error("this is another TPM than the one that the vault was sealed by")]
    OtherTpm,
    /// An owner authorisation is set, and what was asked for needs it.
    #[error("the TPM's owner authorisation is set")]
    OwnerAuthSet,
    /// A chosen PCR has no allocated SHA-256 bank, or a value that means nothing (all 00 or all FF).
    #[error("PCR {pcr} is void: it has no SHA-256 bank or was never extended")]
    PcrVoid {
        /// The number of the PCR.
        pcr: u8,
    },
    /// The chosen PCRs have other values than those sealed to.
    #[error("the PCRs have changed since the vault was sealed")]
    PcrsChanged,
    /// We may not open the TPM device.
    #[error("permission denied on {}", path.display())]
    PermissionDenied {
        /// The device that was asked for.
        path: PathBuf,
    },
    /// A PIN was given where the sealed object takes none, or none was given where it needs one.
    #[error("{}", if *needed { "the sealed object needs a PIN" } else { "the sealed object takes no PIN" })]
    PinMismatch {
        /// Whether the sealed object needs one.
        needed: bool,
    },
    /// The TPM refused a command for a reason that has no name here.
    #[error("the TPM refused {command} with code {code:#x}")]
    Refused {
        /// The command, as the TPM 2.0 Library names it.
        command: &'static str,
        /// The response code.
        code: u32,
    },
    /// The private software TPM did not start, or did not stop as it should.
    #[error("the TPM simulator failed: {reason}")]
    SimulatorFailed {
        /// What happened, in words of ours or of swtpm.
        reason: String,
    },
    /// swtpm is not installed.
    #[error("swtpm is not installed")]
    SimulatorMissing,
    /// There is no room for another object or session: others left theirs loaded.
    #[error("the TPM has no free slot for {command}: other programs left objects or sessions loaded")]
    SlotsTaken {
        /// The command, as the TPM 2.0 Library names it.
        command: &'static str,
    },
    /// The TPM does not answer.
    #[error("the TPM {tcti} cannot be reached: {reason}")]
    Unreachable {
        /// The TPM, as `Tcti` writes it.
        tcti: String,
        /// What happened.
        reason: String,
    },
    /// The PIN is wrong, and the TPM has counted that.
    #[error("wrong PIN, {} left", tries(*tries_left))]
    WrongPin {
        /// Wrong PINs that the TPM will still take before it locks out.
        tries_left: u32,
    },
}

fn tries(left: u32) -> String {
    format!("{left} {}", if left == 1 { "try" } else { "tries" })
}

/// A command that failed, before its caller has said what that means.
#[derive(Debug)]
pub(super) struct Failure {
    command: &'static str,
    code: u32,
    tcti: String,
}

/// The codes that mean something to us.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Answer {
    /// An authorisation is wrong and was counted, or is wrong and is not counted.
    AuthorisationFails { counted: bool },
    /// No answer that a TPM gives, or one whose authentication fails.
    Garbled,
    /// No such handle.
    HandleUnknown,
    /// The hierarchy is switched off.
    HierarchyOff,
    /// A private area that this parent did not make.
    IntegrityFails,
    /// No answer from a TPM at all.
    LinkFails,
    /// Dictionary-attack lockout.
    Lockout,
    /// Try again in a while.
    NotNow,
    /// The NV index was never written.
    NvUnwritten,
    /// The NV handle is taken.
    NvDefined,
    /// There is no room for an NV index.
    NvFull,
    /// A PCR was extended while the policy was in use.
    PcrsMoved,
    /// A policy is not met.
    PolicyFails,
    /// There is no slot for another object or session.
    SlotsTaken,
    /// All else.
    Unnamed,
}

impl Answer {
    /// Whether an authorisation was refused, counted or not.
    pub(super) const fn is_refusal(self) -> bool {
        matches!(self, Self::AuthorisationFails { .. })
    }
}

impl Failure {
    pub(super) fn new(tcti: &str, command: &'static str, error: tss_esapi::Error) -> Self {
        Self::from_code(tcti, command, code(error))
    }

    pub(super) fn from_code(tcti: &str, command: &'static str, code: u32) -> Self {
        Self {
            command,
            code,
            tcti: tcti.to_owned(),
        }
    }

    /// What the code says, as TPM 2.0 Library, part 2, section 6.6 and the TSS layers have it.
    pub(super) fn answer(&self) -> Answer {
        match self.code >> 16 {
            // From the TPM itself, or through a resource manager (layers 11 and 12).
            0 | 11 | 12 => {}
            // The TCTI layer: the device or the socket.
            10 => return Answer::LinkFails,
            // ESAPI's BAD_SEQUENCE: the answer to the command before never came, and it will not send another.
            7 if self.code & 0xffff == 7 => return Answer::LinkFails,
            // ESAPI, SAPI and marshalling, and tss-esapi, which has no code: they could make nothing of an answer.
            7..=9 | 0xffff => return Answer::Garbled,
            _ => return Answer::Unnamed,
        }
        if self.code & 0x80 != 0 {
            // Format one: bits 6 and 8 to 11 say which parameter, handle or session.
            return match self.code & 0xbf {
                0x85 => Answer::HierarchyOff,
                0x8b => Answer::HandleUnknown,
                0x8e => Answer::AuthorisationFails { counted: true },
                0x9d => Answer::PolicyFails,
                0x9f => Answer::IntegrityFails,
                0xa2 => Answer::AuthorisationFails { counted: false },
                _ => Answer::Unnamed,
            };
        }
        match self.code & 0xfff {
            0x128 => Answer::PcrsMoved,
            0x14a => Answer::NvUnwritten,
            0x14b => Answer::NvFull,
            0x14c => Answer::NvDefined,
            // OBJECT_MEMORY, SESSION_MEMORY, MEMORY, SESSION_HANDLES, OBJECT_HANDLES
            0x902..=0x906 => Answer::SlotsTaken,
            0x921 => Answer::Lockout,
            // YIELDED, TESTING, NV_RATE, RETRY, NV_UNAVAILABLE
            0x908 | 0x90a | 0x920 | 0x922 | 0x923 => Answer::NotNow,
            _ => Answer::Unnamed,
        }
    }

    /// The meaning where the command was authorised by the owner's empty authorisation.
    pub(super) fn by_owner(self) -> TpmError {
        let answer = self.answer();
        if answer.is_refusal() {
            return TpmError::OwnerAuthSet;
        }
        if answer == Answer::NvFull {
            return TpmError::NoFreeHandle;
        }
        self.into()
    }

    /// Whether it is this command that failed.
    pub(super) fn is_of(&self, command: &str) -> bool {
        self.command == command
    }

    /// The meaning where the command was about the anchor and authorised by its own value.
    pub(super) fn about_anchor(self, handle: u32) -> TpmError {
        if self.answer().is_refusal() {
            return TpmError::AnchorReplaced { handle };
        }
        self.about_place(handle)
    }

    /// The meaning where the command was about the anchor's handle, and a refusal would not say whose the index is.
    pub(super) fn about_place(self, handle: u32) -> TpmError {
        let answer = self.answer();
        if answer == Answer::HandleUnknown {
            return TpmError::AnchorMissing { handle };
        }
        if answer == Answer::NvDefined {
            return TpmError::AnchorHandleTaken { handle };
        }
        self.into()
    }

    /// The meaning where the sealed object was loaded.
    pub(super) fn about_loading(self) -> TpmError {
        if self.answer() == Answer::IntegrityFails {
            return TpmError::NotSealedHere;
        }
        self.into()
    }
}

impl From<Failure> for TpmError {
    fn from(failure: Failure) -> Self {
        if failure.answer() == Answer::LinkFails {
            return Self::Unreachable {
                reason: format!("{} got no answer (code {:#x})", failure.command, failure.code),
                tcti: failure.tcti,
            };
        }
        if failure.answer() == Answer::Garbled {
            return Self::Garbled {
                command: failure.command,
                code: failure.code,
            };
        }
        if failure.answer() == Answer::SlotsTaken {
            return Self::SlotsTaken {
                command: failure.command,
            };
        }
        Self::Refused {
            command: failure.command,
            code: failure.code,
        }
    }
}

/// The response code as TSS gave it.
///
/// tss-esapi keeps the number private and only writes it, as `… 0x98e`; so it is read back from there. Its `kind()`
/// would lose the layer, and with it the difference between what the TPM said and what the library said.
fn code(error: tss_esapi::Error) -> u32 {
    let text = match error {
        tss_esapi::Error::Tss2Error(Tss2ResponseCode::FormatOne(code)) => code.to_string(),
        tss_esapi::Error::Tss2Error(Tss2ResponseCode::FormatZero(code)) => code.to_string(),
        tss_esapi::Error::Tss2Error(Tss2ResponseCode::Success) | tss_esapi::Error::WrapperError(_) => {
            return u32::MAX;
        }
    };
    text.rsplit("0x")
        .next()
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
