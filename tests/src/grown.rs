//! A long log, for tests and measurements: `strongroom-grown FOLDER ESCROWS EVENTS`.
//!
//! It adds so many escrows, each of a device of its own, and then so many outcomes, to a vault without a PIN, thousands
//! in a commit; else as the program does. It is a program of its own, for libtss2 leaves its sockets open to whatever a
//! test starts beside it.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "where a vault of a test is not as expected, the test is to stop"
)]

use std::env;
use std::path::Path;
use std::time::Duration;

use data_encoding::HEXLOWER;
use strongroom_core::crypto::random_secret;
use strongroom_core::envelope::Envelope;
use strongroom_core::envelope::Place;
use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::Keyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::log::Action;
use strongroom_core::log::AnchorContent;
use strongroom_core::log::EventBody;
use strongroom_core::log::LogKeys;
use strongroom_core::state::Change;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Rule;
use strongroom_core::state::Source;
use strongroom_core::state::VaultRecord;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::EscrowId;
use strongroom_core::values::Operator;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeType;
use strongroom_vault::receipt::Anchor;
use strongroom_vault::store::Draft;
use strongroom_vault::store::Folder;
use strongroom_vault::store::Lock;
use strongroom_vault::store::Stamp;
use strongroom_vault::store::Store;
use strongroom_vault::store::Trust;
use strongroom_vault::tpm::AnchorPlace;
use strongroom_vault::tpm::PcrSelection;
use strongroom_vault::tpm::SealedObject;
use strongroom_vault::tpm::Tpm;
use strongroom_vault::tpm::TpmError;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [folder, escrows, events] = arguments.as_slice() else {
        panic!("usage: strongroom-grown FOLDER ESCROWS EVENTS");
    };
    let count = |text: &String| text.parse::<u64>().expect("a number");
    let mut grown = Grown::open(folder.as_ref());
    grown.add(count(escrows), Grown::escrow);
    grown.add(count(events), |_, _| outcome());
}

/// A vault that is unsealed.
struct Grown {
    // In the order in which they are let go.
    store: Store,
    tpm: Index,
    keyring: Keyring,
    vault: VaultRecord,
    made: u64,
    first_volume: u64,
    _lock: Lock,
}

/// The anchor.
struct Index {
    tpm: Tpm,
    place: AnchorPlace,
    authorisation: Secret<32>,
}

impl Anchor for Index {
    type Error = TpmError;

    fn write(&mut self, content: AnchorContent) -> Result<(), TpmError> {
        self.tpm.write_anchor(&self.place, &self.authorisation, content)
    }
}

impl Grown {
    fn open(path: &Path) -> Self {
        let folder = Folder::existing(path).expect("a vault folder");
        let lock = Lock::take(&folder, Duration::from_secs(60)).expect("its lock");
        let mut store = Store::open(&folder).expect("a vault");
        let (vault, bytes) = store.vault().expect("its record");
        let tcti = vault.tpm.tcti.parse().expect("its TPM");
        let mut tpm = Tpm::open(&tcti, path, lock.file()).expect("its TPM");
        let sealed = SealedObject::from_bytes(&bytes.sealed).expect("a sealed object");
        let pcrs = PcrSelection::of(&vault.tpm.pcrs).expect("its PCRs");
        let root = tpm.unseal(&sealed, &pcrs, None).expect("the root key");
        let keyring = EncryptedKeyring::kept(bytes.keyring)
            .decrypt(vault.vault, &KeyringCopy::Root(&root))
            .expect("the keyring");
        let (_, summary) = store
            .snapshot()
            .expect("the file")
            .last_event()
            .expect("its last event");
        let name = HEXLOWER
            .decode(vault.anchor.name.as_bytes())
            .expect("the anchor's Name");
        let place = AnchorPlace {
            handle: vault.anchor.handle,
            name,
        };
        Self {
            store,
            tpm: Index {
                tpm,
                place,
                authorisation: keyring.secret().anchor_authorisation(vault.epoch),
            },
            keyring,
            vault,
            made: 0,
            first_volume: summary.state_size,
            _lock: lock,
        }
    }

    /// Adds events, so many in a commit.
    fn add(&mut self, count: u64, event: impl Fn(&mut Self, &mut Draft) -> EventBody) {
        for start in (0..count).step_by(COMMIT) {
            let mut draft = Draft::new(stamp());
            for _ in start..count.min(start + u64::try_from(COMMIT).expect("a number")) {
                let event = event(self, &mut draft);
                draft.event(event);
            }
            self.commit(draft);
        }
    }

    fn commit(&mut self, draft: Draft) {
        let anchor = self.tpm.tpm.read_anchor(&self.tpm.place, &self.tpm.authorisation);
        let trust = Trust {
            key: LogKeys::of(&self.vault).expect("its keys").log,
            anchor: anchor.expect("the anchor").expect("a written one"),
            vault: self.vault.clone(),
            refusal_key: self.keyring.secret().refusal_key(),
        };
        let key = self.keyring.secret().log_signing_key(self.vault.epoch);
        let session = self.store.session(&trust).expect("a session");
        let committed = session.commit(draft, &key, ()).expect("a commit");
        committed.anchor(&mut self.tpm).expect("the anchor").into_subject();
    }

    fn escrow(&mut self, draft: &mut Draft) -> EventBody {
        let volume = self.first_volume + self.made;
        self.made += 1;
        let mut id = [0x5e; 16];
        id[8..].copy_from_slice(&volume.to_be_bytes());
        let (escrow, protector) = (EscrowId::new(id), ProtectorId::new(id));
        let password = RecoveryPassword::from_bytes(random_secret().expect("randomness"));
        let place = Place {
            vault: self.vault.vault,
            escrow,
            protector,
        };
        let envelope = Envelope::encrypt(&self.keyring, &place, &password).expect("randomness");
        let fingerprint = self.keyring.secret().fingerprint_key().fingerprint(&password);
        let record = EscrowRecord {
            escrow,
            protector,
            envelope: envelope.digest(&fingerprint),
            source: Source::Escrow,
            escrowed_at: stamp().at,
            escrowed_by: Some(stamp().operator.to_string()),
            created_at: Some(stamp().at),
            state: EscrowState::Current,
            conflict: false,
            unconfirmed: false,
            clock: false,
            exposed_at: None,
            exposed_by: None,
            shown_to: Vec::new(),
            shown_to_more: false,
            shown_at: None,
            rotate_by: None,
            superseded_at: None,
            superseded_by: None,
            ended: None,
            proven_at: None,
            presented: None,
        };
        let naming = VolumeRecord {
            volume,
            device: Some(format!("PC-{volume:06}").parse().expect("a name")),
            id: None,
            mounts: vec!["C:".parse().expect("a mount point")],
            kind: VolumeType::Os,
            master_key: None,
            escrows: Default::default(),
        };
        draft.hold(escrow, envelope, fingerprint);
        EventBody {
            escrow: Some(escrow),
            protector: Some(protector),
            device: naming.device.clone(),
            volume: naming.mount().cloned(),
            rule: Some(Rule::Newest),
            result: Some("current".to_owned()),
            changes: vec![
                Change::Volume(naming),
                Change::Escrow {
                    volume,
                    record: Box::new(record),
                },
            ],
            ..EventBody::new(Action::Escrow)
        }
    }
}

fn outcome() -> EventBody {
    EventBody {
        note: Some("it opened at the second try".parse().expect("a note")),
        result: Some("unlocked".to_owned()),
        ..EventBody::new(Action::Outcome)
    }
}

fn stamp() -> Stamp {
    let operator = Operator {
        login: None,
        effective: "root".parse().expect("a name"),
        claimed: None,
    };
    Stamp {
        // The order of events is their number.
        at: Time::from_millis(1_800_000_000_000).expect("a time"),
        operator,
        wrong_pins: None,
    }
}

/// Events in a commit.
const COMMIT: usize = 10_000;
