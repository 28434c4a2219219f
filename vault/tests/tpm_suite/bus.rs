//! What somebody sees who listens between us and the TPM, and what we do when the TPM is not ready.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::Mutex;

use strongroom_core::crypto::pin_authorisation;
use strongroom_core::keys::RootKey;
use strongroom_core::values::Secret;
use strongroom_vault::tpm::AnchorPlace;
use strongroom_vault::tpm::Tcti;
use strongroom_vault::tpm::Tpm;
use strongroom_vault::tpm::TpmError;

use crate::fixture::Swtpm;
use crate::fixture::assert_root;
use crate::fixture::content;
use crate::fixture::pcrs;
use crate::fixture::pin;
use crate::fixture::refused;
use crate::fixture::root;
use crate::fixture::secret;
use crate::fixture::vault;
use crate::wire;

const HANDLE: u32 = 0x0180_1234;
const CREATE_PRIMARY: u32 = 0x131;
const GET_CAPABILITY: u32 = 0x17a;
const NV_READ: u32 = 0x14e;
const NV_READ_PUBLIC: u32 = 0x169;
const NV_WRITE: u32 = 0x137;
const POLICY_PCR: u32 = 0x17f;
const START_AUTH_SESSION: u32 = 0x176;
const UNSEAL: u32 = 0x15e;
const NV_RATE: u32 = 0x920;
const RETRY: u32 = 0x922;
const PCR_CHANGED: u32 = 0x128;

/// A wire with somebody on it, who hears everything and may answer in the TPM's place.
struct Bus {
    port: u16,
    heard: Arc<Mutex<Heard>>,
}

#[derive(Default)]
struct Heard {
    commands: Vec<Vec<u8>>,
    responses: Vec<Vec<u8>>,
    /// Command codes that get this response code instead of the TPM's answer, once each.
    answers: VecDeque<(u32, u32)>,
    /// A command code whose answers have one bit of this byte changed.
    change: Option<(u32, usize)>,
}

impl Bus {
    fn before(swtpm: &Swtpm) -> Self {
        let tpm = swtpm.port();
        let heard = Arc::<Mutex<Heard>>::default();
        let port = wire::lay(move || tpm, {
            let heard = Arc::clone(&heard);
            move |command, tpm| ControlFlow::Continue(heard.lock().unwrap().exchange(command, tpm))
        });
        Self { port, heard }
    }

    fn open(&self, swtpm: &Swtpm) -> Tpm {
        let tcti: Tcti = format!("swtpm:host=127.0.0.1,port={}", self.port).parse().unwrap();
        swtpm.try_open_at(&tcti).unwrap()
    }

    fn answer(&self, command: u32, code: u32) {
        self.heard.lock().unwrap().answers.push_back((command, code));
    }

    /// Runs `work` while answers are changed.
    fn changing<T>(&self, command: u32, at: usize, work: impl FnOnce() -> T) -> T {
        self.heard.lock().unwrap().change = Some((command, at));
        let result = work();
        self.heard.lock().unwrap().change = None;
        result
    }

    fn count(&self, command: u32) -> usize {
        let heard = self.heard.lock().unwrap();
        heard
            .commands
            .iter()
            .filter(|bytes| bytes[6..10] == command.to_be_bytes())
            .count()
    }

    /// Whether each session that was started was salted: by a key, with an encrypted salt.
    fn salted(&self) -> bool {
        let heard = self.heard.lock().unwrap();
        let mut sessions = heard
            .commands
            .iter()
            .filter(|bytes| bytes[6..10] == START_AUTH_SESSION.to_be_bytes());
        sessions.all(|bytes| {
            let (key, nonce) = (&bytes[10..14], usize::from(u16::from_be_bytes([bytes[18], bytes[19]])));
            key[0] == 0x80 && bytes[20 + nonce..22 + nonce] != [0, 0]
        })
    }

    fn carried(&self, secret: &[u8]) -> bool {
        let heard = self.heard.lock().unwrap();
        let mut messages = heard.commands.iter().chain(&heard.responses);
        messages.any(|message| message.windows(secret.len()).any(|window| window == secret))
    }
}

impl Heard {
    /// Passes it on, or answers in the TPM's place.
    fn exchange(&mut self, command: &[u8], tpm: &mut TcpStream) -> Vec<u8> {
        let code = u32::from_be_bytes(command[6..10].try_into().unwrap());
        self.commands.push(command.to_vec());
        let position = self.answers.iter().position(|(asked, _)| *asked == code);
        let mut response = match position.and_then(|position| self.answers.remove(position)) {
            Some((_, answer)) => [&[0x80, 0x01, 0, 0, 0, 10], answer.to_be_bytes().as_slice()].concat(),
            None => wire::ask(tpm, command).unwrap(),
        };
        if let Some((_, at)) = self.change.filter(|(asked, _)| *asked == code) {
            response[at] ^= 1;
        }
        self.responses.push(response.clone());
        response
    }
}

#[test]
fn no_secret_is_carried_in_the_clear() {
    let swtpm = Swtpm::start();
    swtpm.extend(7);
    let bus = Bus::before(&swtpm);
    let lockout = numbered(1);
    let anchor = numbered(2);
    let key = numbered(3);
    let mut tpm = bus.open(&swtpm);
    tpm.limit_guesses(Some(&lockout)).unwrap();
    tpm.limit_guesses(Some(&lockout)).unwrap();
    let place = tpm.define_anchor_at(HANDLE, &anchor).unwrap();
    tpm.write_anchor(&place, &anchor, content(77)).unwrap();
    assert_eq!(tpm.read_anchor(&place, &anchor).unwrap(), Some(content(77)));
    let root = RootKey::new(Secret::copy_from(key.expose()).unwrap());
    let sealed = tpm.seal(&root, &pcrs("7"), Some(&pin("4711"))).unwrap();
    let back = tpm.unseal(&sealed, &pcrs("7"), Some(&pin("4711"))).unwrap();
    assert_eq!(back.secret().expose(), key.expose());
    drop(tpm);

    // It did hear: what is public is there.
    assert!(bus.carried(&HANDLE.to_be_bytes()));
    assert!(bus.count(UNSEAL) >= 2 && bus.count(NV_WRITE) == 1);
    assert!(bus.count(START_AUTH_SESSION) >= 3 && bus.salted());
    let pin = pin_authorisation(&vault(), "4711");
    for (secret, name) in [
        (&lockout, "lockout authorisation"),
        (&anchor, "anchor authorisation"),
        (&key, "root key"),
        (&pin, "PIN"),
    ] {
        assert!(!bus.carried(&secret.expose()[..8]), "{name}");
    }
    assert!(!bus.carried(&content(77).to_bytes()[..16]), "anchor content");
}

/// 32 bytes that do not repeat.
fn numbered(first: u8) -> Secret<32> {
    Secret::from_fn(|bytes| {
        for (byte, number) in bytes.iter_mut().zip(0_u8..) {
            *byte = first.wrapping_mul(83).wrapping_add(number.wrapping_mul(7));
        }
    })
}

#[test]
fn a_tpm_that_puts_off_is_waited_for() {
    let swtpm = Swtpm::start();
    let bus = Bus::before(&swtpm);
    bus.answer(CREATE_PRIMARY, RETRY);
    let mut tpm = bus.open(&swtpm);
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    for _ in 0..3 {
        bus.answer(NV_WRITE, NV_RATE);
    }
    tpm.write_anchor(&place, &secret(1), content(1)).unwrap();
    assert_eq!(bus.count(NV_WRITE), 4);
    // The session goes on where it was.
    assert_eq!(tpm.read_anchor(&place, &secret(1)).unwrap(), Some(content(1)));
}

#[test]
fn a_pcr_extended_meanwhile_begins_the_policy_anew() {
    let swtpm = Swtpm::start();
    swtpm.extend(7);
    let bus = Bus::before(&swtpm);
    let mut tpm = bus.open(&swtpm);
    let sealed = tpm.seal(&root(7), &pcrs("7"), Some(&pin("4711"))).unwrap();
    bus.answer(UNSEAL, PCR_CHANGED);
    bus.answer(UNSEAL, PCR_CHANGED);
    assert_root(&tpm.unseal(&sealed, &pcrs("7"), Some(&pin("4711"))).unwrap(), 7);
    // But not for ever.
    for _ in 0..20 {
        bus.answer(UNSEAL, PCR_CHANGED);
    }
    let error = refused(tpm.unseal(&sealed, &pcrs("7"), Some(&pin("4711"))));
    assert!(matches!(error, TpmError::PcrsChanged), "{error}");
}

/// Sealing takes the values of PCRs from an answer that nothing authenticates, and proves afterwards that they hold.
#[test]
fn forged_pcr_values_are_found_out() {
    let swtpm = Swtpm::start();
    swtpm.extend(7);
    let bus = Bus::before(&swtpm);
    let mut tpm = bus.open(&swtpm);
    bus.answer(UNSEAL, 0x99d);
    let error = refused(tpm.seal(&root(7), &pcrs("7"), None));
    assert!(matches!(error, TpmError::PcrsChanged), "{error}");
}

/// What asks for no authorisation is authenticated even so: what the TPM counts, and which index stands where the anchor
/// should.
#[test]
fn a_changed_answer_is_found_out() {
    // The lowest byte of the one property that is listed.
    check_changed(GET_CAPABILITY, 30, "TPM2_GetCapability", |tpm, _| {
        tpm.guesses().map(drop)
    });
    // The attributes: such an index would be another's. To libtss2 reading them is two commands, the second audited.
    check_changed(NV_READ_PUBLIC, 24, "TPM2_NV_ReadPublic", |tpm, place| {
        tpm.peek_anchor(place).map(drop)
    });
    check_changed(NV_READ, 20, "TPM2_NV_Read", |tpm, place| {
        tpm.peek_anchor(place).map(drop)
    });
}

/// It is no alarm, and another connection goes on: libtss2 sends nothing more on this one.
#[track_caller]
fn check_changed(command: u32, at: usize, name: &str, look: impl Fn(&mut Tpm, &AnchorPlace) -> Result<(), TpmError>) {
    let swtpm = Swtpm::start();
    let bus = Bus::before(&swtpm);
    let mut tpm = bus.open(&swtpm);
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    tpm.write_anchor(&place, &secret(1), content(1)).unwrap();
    let error = refused(bus.changing(command, at, || look(&mut tpm, &place)));
    let is_garbled = matches!(error, TpmError::Garbled { command, .. } if command == name);
    assert!(is_garbled, "{error}");
    assert_eq!(tpm.read_anchor(&place, &secret(1)).unwrap(), Some(content(1)));
}

/// The PIN authorises one command, and only where there is one.
#[test]
fn no_other_refusal_is_a_wrong_pin() {
    let swtpm = Swtpm::start();
    let bus = Bus::before(&swtpm);
    let mut tpm = bus.open(&swtpm);
    for (pin, command, is_wrong_pin) in [
        (Some(pin("4711")), UNSEAL, true),
        (Some(pin("4711")), POLICY_PCR, false),
        (None, UNSEAL, false),
    ] {
        let sealed = tpm.seal(&root(7), &pcrs(""), pin.as_ref()).unwrap();
        bus.answer(command, 0x98e);
        let error = refused(tpm.unseal(&sealed, &pcrs(""), pin.as_ref()));
        assert_eq!(matches!(error, TpmError::WrongPin { .. }), is_wrong_pin, "{error}");
    }
}

/// libtss2 takes longer to start a session than a TPM to do the work: one, and one for each policy.
#[test]
fn one_session_serves_a_connection() {
    let swtpm = Swtpm::start();
    let mut tpm = swtpm.open();
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    let sealed = tpm.seal(&root(7), &pcrs(""), None).unwrap();
    drop(tpm);
    let bus = Bus::before(&swtpm);
    let mut tpm = bus.open(&swtpm);
    assert_eq!(bus.count(START_AUTH_SESSION), 0);
    drop(tpm.unseal(&sealed, &pcrs(""), None).unwrap());
    for number in 0..3 {
        tpm.write_anchor(&place, &secret(1), content(number)).unwrap();
        assert_eq!(tpm.read_anchor(&place, &secret(1)).unwrap(), Some(content(number)));
    }
    assert_eq!(bus.count(START_AUTH_SESSION), 2);
    assert_eq!(bus.count(CREATE_PRIMARY), 1);
}

/// A refusal that has no name of its own keeps its code.
#[test]
fn an_unnamed_refusal_keeps_its_code() {
    let swtpm = Swtpm::start();
    let bus = Bus::before(&swtpm);
    let mut tpm = bus.open(&swtpm);
    let place = tpm.define_anchor_at(HANDLE, &secret(1)).unwrap();
    bus.answer(NV_WRITE, 0x101);
    let error = refused(tpm.write_anchor(&place, &secret(1), content(1)));
    assert!(
        matches!(
            error,
            TpmError::Refused {
                command: "TPM2_NV_Write",
                code: 0x101
            }
        ),
        "{error}"
    );
}
