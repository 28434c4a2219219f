//! The one command that tss-esapi 7.7 does not have, called in libtss2 itself.
//!
//! tss-esapi keeps its ESYS context to itself, so this command has a connection of its own, while no other is open: a
//! swtpm serves one at a time. Nothing here is secret: the lockout authorisation that it uses is the empty one.

use std::ffi::CString;
use std::ptr;

use tss_esapi::tss2_esys;

/// `TPM2_DictionaryAttackParameters` with the empty lockout authorisation, on a connection to `endpoint`.
///
/// Times in seconds. Fails with the response code.
pub(super) fn dictionary_attack_parameters(
    endpoint: &str,
    max_tries: u32,
    recovery: u32,
    lockout_recovery: u32,
) -> Result<(), u32> {
    let connection = RawConnection::open(endpoint)?;
    #[expect(unsafe_code, reason = "tss-esapi 7.7 does not wrap this command")]
    // SAFETY: the context is initialised and ours alone, and the handles are constants of ESAPI.
    let code = unsafe {
        tss2_esys::Esys_DictionaryAttackParameters(
            connection.esys,
            tss2_esys::ESYS_TR_RH_LOCKOUT,
            tss2_esys::ESYS_TR_PASSWORD,
            tss2_esys::ESYS_TR_NONE,
            tss2_esys::ESYS_TR_NONE,
            max_tries,
            recovery,
            lockout_recovery,
        )
    };
    check(code)
}

/// A TCTI context and an ESYS context over it; both are finalised on drop. A null pointer is one not yet made.
struct RawConnection {
    tcti: *mut tss2_esys::TSS2_TCTI_CONTEXT,
    esys: *mut tss2_esys::ESYS_CONTEXT,
}

impl RawConnection {
    fn open(endpoint: &str) -> Result<Self, u32> {
        let endpoint = CString::new(endpoint).map_err(|_| u32::MAX)?;
        let mut connection = Self {
            tcti: ptr::null_mut(),
            esys: ptr::null_mut(),
        };
        #[expect(unsafe_code, reason = "tss-esapi 7.7 keeps its own TCTI context to itself")]
        // SAFETY: the string ends in a zero byte and outlives the call; the second pointer is to a field of ours.
        let code = unsafe { tss2_esys::Tss2_TctiLdr_Initialize(endpoint.as_ptr(), &raw mut connection.tcti) };
        check(code)?;
        #[expect(unsafe_code, reason = "tss-esapi 7.7 keeps its own ESYS context to itself")]
        // SAFETY: the TCTI context was just initialised and outlives the ESYS context; a null version asks for none.
        let code = unsafe { tss2_esys::Esys_Initialize(&raw mut connection.esys, connection.tcti, ptr::null_mut()) };
        check(code)?;
        Ok(connection)
    }
}

impl Drop for RawConnection {
    fn drop(&mut self) {
        if !self.esys.is_null() {
            #[expect(unsafe_code, reason = "what was initialised here is finalised here")]
            // SAFETY: initialised by `open`, finalised once, and before the TCTI context under it.
            unsafe {
                tss2_esys::Esys_Finalize(&raw mut self.esys);
            }
        }
        if !self.tcti.is_null() {
            #[expect(unsafe_code, reason = "what was initialised here is finalised here")]
            // SAFETY: initialised by `open`, finalised once, and no ESYS context is left over it.
            unsafe {
                tss2_esys::Tss2_TctiLdr_Finalize(&raw mut self.tcti);
            }
        }
    }
}

fn check(code: u32) -> Result<(), u32> {
    if code == 0 { Ok(()) } else { Err(code) }
}
