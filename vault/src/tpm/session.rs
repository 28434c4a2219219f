//! The connection to the TPM and its sessions: the only place that starts one.
//!
//! Every session is salted with the storage primary and encrypts parameters both ways (AES-128-CFB), so that what
//! passes over the bus can be neither read nor changed by who listens there. Where a command has nothing to encrypt, the
//! session authenticates its answer. A salt is worth what the primary's Name is worth: `Tpm::identify` compares it before
//! any secret is asked for.
//!
//! A TPM without a resource manager has three slots for objects and three for sessions. We use two of each: the
//! primary and a sealed object, the session of the connection and a policy session.

use std::str::FromStr;
use std::thread;
use std::time::Duration;

use tss_esapi::Context;
use tss_esapi::TctiNameConf;
use tss_esapi::attributes::SessionAttributesBuilder;
use tss_esapi::constants::SessionType;
use tss_esapi::constants::StartupType;
use tss_esapi::handles::KeyHandle;
use tss_esapi::handles::ObjectHandle;
use tss_esapi::handles::SessionHandle;
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::interface_types::session_handles::AuthSession;
use tss_esapi::interface_types::session_handles::PolicySession;
use tss_esapi::structures::SymmetricDefinition;

use crate::tpm::TpmError;
use crate::tpm::error::Answer;
use crate::tpm::error::Failure;
use crate::tpm::primary;
use crate::tpm::primary::Primary;

/// One ESYS context, the storage primary loaded in it, and the session salted with it.
pub(super) struct Connection {
    context: Context,
    tcti: String,
    primary: Option<Primary>,
    session: Option<AuthSession>,
    lost: bool,
}

/// What a session does besides authorising.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Serves {
    /// It authenticates an answer, where there is nothing to encrypt.
    Audit,
    /// It encrypts parameters both ways, and authenticates.
    Encryption,
}

/// `TSS2_TCTI_RC_IO_ERROR` (TSS 2.0 Overview and Common Structures): what a command gets that was not sent, as the
/// connection was lost before it.
const NOTHING_SENT: u32 = 0x000a_000a;

type Sessions = (Option<AuthSession>, Option<AuthSession>, Option<AuthSession>);

impl Connection {
    /// Connects to `endpoint`, in libtss2's notation, and derives the storage primary; `tcti` names it in errors.
    pub(super) fn open(tcti: &str, endpoint: &str) -> Result<Self, TpmError> {
        let context = TctiNameConf::from_str(endpoint)
            .and_then(Context::new)
            .map_err(|err| TpmError::Unreachable {
                tcti: tcti.to_owned(),
                reason: err.to_string(),
            })?;
        let mut connection = Self {
            context,
            tcti: tcti.to_owned(),
            primary: None,
            session: None,
            lost: false,
        };
        connection.primary = Some(primary::storage(&mut connection)?);
        Ok(connection)
    }

    /// Flushes what is loaded and closes; with `shutdown`, also tells the TPM that its power goes away.
    ///
    /// The shutdown matters: a TPM that loses power without one, after a PIN was used, counts a wrong PIN.
    pub(super) fn close(mut self, shutdown: bool) -> Result<(), TpmError> {
        self.release();
        if shutdown {
            self.plain("TPM2_Shutdown", |context| context.shutdown(StartupType::Clear))?;
        }
        Ok(())
    }

    /// Whether a command could not be sent, or its answer did not come or was none: nothing more is sent.
    pub(super) const fn is_lost(&self) -> bool {
        self.lost
    }

    /// The storage primary's handle.
    pub(super) fn primary(&self) -> Result<KeyHandle, Failure> {
        match &self.primary {
            Some(primary) => Ok(primary.handle()),
            None => Err(self.failure("TPM2_CreatePrimary", u32::MAX)),
        }
    }

    /// The storage primary's Name.
    pub(super) fn primary_name(&self) -> &[u8] {
        self.primary.as_ref().map_or(&[], Primary::name)
    }

    /// A command that carries no secret and needs no authorisation, and whose answer decides nothing by itself.
    pub(super) fn plain<T>(
        &mut self,
        command: &'static str,
        call: impl FnMut(&mut Context) -> tss_esapi::Result<T>,
    ) -> Result<T, Failure> {
        self.run((None, None, None), command, call)
    }

    /// A command authorised by an empty authorisation value, before there is a primary to salt a session with.
    pub(super) fn unsalted_and_empty<T>(
        &mut self,
        command: &'static str,
        call: impl FnMut(&mut Context) -> tss_esapi::Result<T>,
    ) -> Result<T, Failure> {
        self.run((Some(AuthSession::Password), None, None), command, call)
    }

    /// A command in the connection's session, which authorises it by the authorisation value last set on its handle.
    ///
    /// One session serves all commands of a connection, since starting one costs as much as a command: it is neither
    /// bound nor a policy, so nothing of one command's authorisation is left in it for the next. After a failure it
    /// is flushed, and the next command starts another.
    pub(super) fn authorised<T>(
        &mut self,
        command: &'static str,
        call: impl FnMut(&mut Context) -> tss_esapi::Result<T>,
    ) -> Result<T, Failure> {
        let session = self.session()?;
        let result = self.run((Some(session), None, None), command, call);
        if result.is_err() {
            self.end_session();
        }
        result
    }

    /// A command that carries no secret and needs no authorisation, and whose answer decides something: the connection's
    /// session audits it, so that nobody between us and the TPM can change the answer.
    pub(super) fn audited<T>(
        &mut self,
        command: &'static str,
        call: impl FnMut(&mut Context) -> tss_esapi::Result<T>,
    ) -> Result<T, Failure> {
        let session = self.session()?;
        self.have(session, command, Serves::Audit)?;
        let result = self.run((Some(session), None, None), command, call);
        let back = self.have(session, command, Serves::Encryption);
        if result.is_err() || back.is_err() {
            self.end_session();
        }
        result
    }

    /// Runs `work` with a fresh policy session, and flushes that.
    pub(super) fn with_policy<T>(
        &mut self,
        work: impl FnOnce(&mut Self, PolicySession) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let session = self.start(SessionType::Policy)?;
        let result = match PolicySession::try_from(session) {
            Ok(policy) => work(self, policy),
            Err(err) => Err(Failure::new(&self.tcti, "TPM2_StartAuthSession", err)),
        };
        self.flush(SessionHandle::from(session).into());
        result
    }

    /// A command authorised by a policy session.
    pub(super) fn by_policy<T>(
        &mut self,
        policy: PolicySession,
        command: &'static str,
        call: impl FnMut(&mut Context) -> tss_esapi::Result<T>,
    ) -> Result<T, Failure> {
        self.run((Some(AuthSession::PolicySession(policy)), None, None), command, call)
    }

    /// Runs `work` with a transient object that is loaded, and flushes that.
    pub(super) fn with_object<T, E>(
        &mut self,
        object: ObjectHandle,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let result = work(self);
        self.flush(object);
        result
    }

    /// Frees a slot of the TPM. If it refuses, the context tries once more when it is dropped.
    ///
    /// On a lost connection it is forgotten instead: a swtpm answers one client at a time, and where a command could not
    /// be sent, libtss2 keeps that client open and waits for ever on the next one.
    pub(super) fn flush(&mut self, object: ObjectHandle) {
        if self.lost {
            self.forget(object);
            return;
        }
        drop(self.plain("TPM2_FlushContext", |context| context.flush_context(object)));
    }

    /// Forgets a handle of something that stays in the TPM, with the authorisation value set on it.
    pub(super) fn forget(&mut self, object: ObjectHandle) {
        let mut object = object;
        // tss-esapi calls it an error to forget what should have been flushed, and forgets it.
        let _ = self.context.tr_close(&mut object);
    }

    /// What `code` of `command` is on this connection.
    pub(super) fn failure(&self, command: &'static str, code: u32) -> Failure {
        Failure::from_code(&self.tcti, command, code)
    }

    /// The connection's session, begun when it is first needed.
    fn session(&mut self) -> Result<AuthSession, Failure> {
        let session = match self.session {
            Some(session) => session,
            None => self.start(SessionType::Hmac)?,
        };
        Ok(*self.session.insert(session))
    }

    fn start(&mut self, kind: SessionType) -> Result<AuthSession, Failure> {
        let primary = self.primary()?;
        let session = self.plain("TPM2_StartAuthSession", |context| {
            let session = context.start_auth_session(
                Some(primary),
                None,
                None,
                kind,
                SymmetricDefinition::AES_128_CFB,
                HashingAlgorithm::Sha256,
            )?;
            session.ok_or(tss_esapi::Error::WrapperError(
                tss_esapi::WrapperErrorKind::WrongValueFromTpm,
            ))
        })?;
        let set = self.have(session, "TPM2_StartAuthSession", Serves::Encryption);
        if set.is_err() {
            self.flush(SessionHandle::from(session).into());
        }
        set.map(|()| session)
    }

    /// Has a session do one or the other with the next command.
    fn have(&mut self, session: AuthSession, command: &'static str, serves: Serves) -> Result<(), Failure> {
        let encrypts = serves == Serves::Encryption;
        let (attributes, mask) = SessionAttributesBuilder::new()
            .with_decrypt(encrypts)
            .with_encrypt(encrypts)
            .with_audit(!encrypts)
            .with_continue_session(true)
            .build();
        self.context
            .tr_sess_set_attributes(session, attributes, mask)
            .map_err(|err| Failure::new(&self.tcti, command, err))
    }

    fn release(&mut self) {
        self.end_session();
        if let Some(primary) = self.primary.take() {
            primary.release(self);
        }
    }

    fn end_session(&mut self) {
        if let Some(session) = self.session.take() {
            self.flush(SessionHandle::from(session).into());
        }
    }

    fn run<T>(
        &mut self,
        sessions: Sessions,
        command: &'static str,
        mut call: impl FnMut(&mut Context) -> tss_esapi::Result<T>,
    ) -> Result<T, Failure> {
        if self.lost {
            return Err(self.failure(command, NOTHING_SENT));
        }
        let context = &mut self.context;
        let tcti = &self.tcti;
        let result = patiently(|| {
            context
                .execute_with_sessions(sessions, &mut call)
                .map_err(|err| Failure::new(tcti, command, err))
        });
        let answer = result.as_ref().err().map(Failure::answer);
        self.lost |= matches!(answer, Some(Answer::Garbled | Answer::LinkFails));
        result
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.release();
    }
}

/// Repeats a command that the TPM puts off (it is testing itself, or rations writes to its memory) for some 20 s.
///
/// A command that is put off was not begun, so repeating it repeats nothing.
pub(super) fn patiently<T>(mut command: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    for delay in [5, 10, 20, 50, 100, 200, 500, 1000, 2000, 4000, 6000, 6000] {
        match command() {
            Err(failure) if failure.answer() == Answer::NotNow => thread::sleep(Duration::from_millis(delay)),
            result => return result,
        }
    }
    command()
}

#[cfg(test)]
mod tests {
    use crate::tpm::error::Failure;
    use crate::tpm::session::patiently;

    #[test]
    fn a_command_put_off_is_repeated_and_another_failure_is_not() {
        let mut codes = vec![0x98e, 0x922, 0x920];
        let mut calls = 0;
        let failed = patiently::<()>(|| {
            calls += 1;
            Err(Failure::from_code("simulator", "TPM2_NV_Write", codes.pop().unwrap()))
        });
        assert_eq!(calls, 3);
        assert!(format!("{:?}", failed.unwrap_err()).contains("2446"), "0x98e ends it");
    }
}
