//! An older vault record in a newer file. No verb changes the record yet; so the change is made here as such a verb would
//! make it: sealed anew, committed, anchored.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::Path;

use data_encoding::HEXLOWER;
use strongroom_core::crypto::SigningKey;
use strongroom_core::crypto::random_secret;
use strongroom_core::crypto::sha256;
use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::Keyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::keys::RootKey;
use strongroom_core::log::Action;
use strongroom_core::log::AnchorContent;
use strongroom_core::log::EventBody;
use strongroom_core::log::Origin;
use strongroom_core::log::VerifierKey;
use strongroom_core::state::Change;
use strongroom_core::state::VaultRecord;
use strongroom_core::values::Pin;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::status;
use strongroom_vault::ops::verify;
use strongroom_vault::receipt::Anchor;
use strongroom_vault::receipt::Committed;
use strongroom_vault::store::Draft;
use strongroom_vault::store::Folder;
use strongroom_vault::store::Lock;
use strongroom_vault::store::Stamp;
use strongroom_vault::store::Store;
use strongroom_vault::store::StoreError;
use strongroom_vault::store::Trust;
use strongroom_vault::store::VaultBytes;
use strongroom_vault::tpm::AnchorPlace;
use strongroom_vault::tpm::PcrSelection;
use strongroom_vault::tpm::PinAuth;
use strongroom_vault::tpm::SealedObject;
use strongroom_vault::tpm::Tpm;

use crate::fixture::Vault;
use crate::fixture::WAIT;
use crate::fixture::escrow;
use crate::fixture::file;
use crate::fixture::item_revealed;
use crate::fixture::operator;
use crate::fixture::pin;
use crate::fixture::who;

/// The TPM's index, as a verb that changes the record would write it.
struct Index<'t> {
    tpm: &'t mut Tpm,
    place: AnchorPlace,
    authorisation: strongroom_core::values::Secret<32>,
}

impl Anchor for Index<'_> {
    type Error = strongroom_vault::tpm::TpmError;

    fn write(&mut self, content: AnchorContent) -> Result<(), Self::Error> {
        self.tpm.write_anchor(&self.place, &self.authorisation, content)
    }
}

/// A vault without a PIN, opened by whoever has its file, its TPM and its keyring.
struct Insider {
    store: Store,
    tpm: Tpm,
    keyring: Keyring,
    bytes: VaultBytes,
    place: AnchorPlace,
    trust: Trust,
    _lock: Lock,
}

impl Insider {
    fn open(path: &Path) -> Self {
        let folder = Folder::existing(path).unwrap();
        let lock = Lock::take(&folder, WAIT).unwrap();
        let store = Store::open(&folder).unwrap();
        let (vault, bytes) = store.vault().unwrap();
        let mut tpm = Tpm::open(&vault.tpm.tcti.parse().unwrap(), path, lock.file()).unwrap();
        let sealed = SealedObject::from_bytes(&bytes.sealed).unwrap();
        let root = tpm.unseal(&sealed, &PcrSelection::of(&[]).unwrap(), None).unwrap();
        let keyring = EncryptedKeyring::kept(bytes.keyring.clone())
            .decrypt(vault.vault, &KeyringCopy::Root(&root))
            .unwrap();
        let secret = keyring.secret();
        let origin = Origin {
            vault: vault.vault,
            epoch: vault.epoch,
        };
        let place = AnchorPlace {
            handle: vault.anchor.handle,
            name: HEXLOWER.decode(vault.anchor.name.as_bytes()).unwrap(),
        };
        let authorisation = secret.anchor_authorisation(vault.epoch);
        let trust = Trust {
            key: VerifierKey::new(origin.to_string(), secret.log_signing_key(vault.epoch).public_key()),
            anchor: tpm.read_anchor(&place, &authorisation).unwrap().unwrap(),
            refusal_key: secret.refusal_key(),
            vault,
        };
        Self {
            store,
            tpm,
            keyring,
            bytes,
            place,
            trust,
            _lock: lock,
        }
    }

    /// Commits another vault record, signed by `key`.
    fn commit(&mut self, record: VaultRecord, bytes: Option<VaultBytes>, key: &SigningKey) -> Committed<()> {
        let mut draft = Draft::new(Stamp {
            at: who(60).at,
            operator: operator("dana"),
            wrong_pins: None,
        });
        if let Some(bytes) = bytes {
            draft.vault(bytes);
        }
        draft.event(EventBody {
            changes: vec![Change::Vault(Box::new(record))],
            ..EventBody::new(Action::Continued)
        });
        let session = self.store.session(&self.trust).unwrap();
        session.commit(draft, key, ()).unwrap()
    }
}

/// Seals a vault without a PIN anew, with one, and shortens its grace.
fn seal_anew(path: &Path, new_pin: &Pin) {
    let mut insider = Insider::open(path);
    let vault = insider.trust.vault.clone();
    let root = RootKey::new(random_secret().unwrap());
    let auth = PinAuth::new(&vault.vault, new_pin.expose());
    let copy = EncryptedKeyring::encrypt(&insider.keyring, vault.vault, &KeyringCopy::Root(&root)).unwrap();
    let pcrs = PcrSelection::of(&[]).unwrap();
    let new = VaultBytes {
        sealed: insider.tpm.seal(&root, &pcrs, Some(&auth)).unwrap().to_bytes(),
        keyring: copy.as_bytes().to_vec(),
        keyring_of_shares: None,
        signing_key: insider.bytes.signing_key.clone(),
    };
    let mut record = vault.clone();
    record.sealed = sha256(&[&new.sealed]);
    record.keyring = sha256(&[&new.keyring]);
    record.tpm.pin = true;
    record.grace_seconds = 3600;
    let key = insider.keyring.secret().log_signing_key(vault.epoch);
    let committed = insider.commit(record, Some(new), &key);
    let mut index = Index {
        tpm: &mut insider.tpm,
        place: insider.place,
        authorisation: insider.keyring.secret().anchor_authorisation(vault.epoch),
    };
    committed.anchor(&mut index).unwrap().into_subject();
    drop(insider.store);
    insider.tpm.close().unwrap();
}

/// What stood in the file's vault row and state tree.
struct Kept {
    record: String,
    bytes: [Vec<u8>; 2],
    nodes: Vec<(i64, Vec<u8>)>,
}

fn keep(path: &Path) -> Kept {
    let file = file(path);
    let row = "SELECT record, sealed, keyring FROM vault";
    let (record, sealed, keyring) = file
        .query_row(row, (), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap();
    let mut nodes = file.prepare("SELECT node, hash FROM state_node").unwrap();
    let nodes = nodes.query_map((), |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    Kept {
        record,
        bytes: [sealed, keyring],
        nodes: nodes.map(Result::unwrap).collect(),
    }
}

/// That nobody opens, and nobody finds it in order: not without a PIN, and not with the one of today.
#[track_caller]
fn assert_refused(path: &Path, new_pin: &Pin, what: &str) {
    for pin in [None, Some(new_pin)] {
        let error = match Unsealed::open(path, WAIT, pin) {
            Ok(_) => panic!("{what}: opened, with a PIN: {}", pin.is_some()),
            Err(error) => error,
        };
        assert!(matches!(error, Error::Store(StoreError::Alarm(_))), "{what}: {error}");
        let looked = verify(path, WAIT, Depth::Tpm { pin }, |_| {});
        assert!(looked.unwrap().first_wrong.is_some(), "{what}");
    }
}

#[test]
fn an_older_vault_record_in_a_newer_file_is_an_alarm() {
    let vault = Vault::new(None);
    let path = vault.path();
    drop(escrow(&mut vault.open(), &who(1), "PC-0001", 1));
    let old = keep(&path);
    let new_pin = pin("4711");
    seal_anew(&path, &new_pin);
    let new = keep(&path);

    // It is a vault with a PIN now, and in order.
    let mut opened = Unsealed::open(&path, WAIT, Some(&new_pin)).unwrap();
    assert_eq!(opened.vault().grace_seconds, 3600);
    item_revealed(&vault, &mut opened, 1);
    opened.close().unwrap();
    let newest = keep(&path);
    assert!(new.record == newest.record && new.record != old.record);
    assert!(matches!(Unsealed::open(&path, WAIT, None), Err(Error::PinNeeded)));
    let verified = verify(&path, WAIT, Depth::Tpm { pin: Some(&new_pin) }, |_| {}).unwrap();
    assert_eq!(verified.first_wrong, None);

    let mut grace = newest.record.clone();
    grace = grace.replace("\"grace_seconds\":3600", "\"grace_seconds\":86400");
    assert_ne!(grace, newest.record);
    // The record with what it was sealed with; a setting; and the sealed object or the keyring alone.
    for (what, record, sealed, keyring) in [
        ("record and keys", &old.record, &old.bytes[0], &old.bytes[1]),
        ("record", &old.record, &newest.bytes[0], &newest.bytes[1]),
        ("grace", &grace, &newest.bytes[0], &newest.bytes[1]),
        ("sealed object", &newest.record, &old.bytes[0], &newest.bytes[1]),
        ("keyring", &newest.record, &newest.bytes[0], &old.bytes[1]),
        ("both keys", &newest.record, &old.bytes[0], &old.bytes[1]),
    ] {
        for (tree, nodes) in [("", &newest.nodes), (", with the tree of then", &old.nodes)] {
            let file = file(&path);
            let row = "UPDATE vault SET record = ?1, sealed = ?2, keyring = ?3";
            file.execute(row, (record, sealed, keyring)).unwrap();
            for (node, hash) in nodes {
                let row = "UPDATE state_node SET hash = ?2 WHERE node = ?1";
                file.execute(row, (node, hash)).unwrap();
            }
            drop(file);
            assert_refused(&path, &new_pin, &format!("{what}{tree}"));
            let file = crate::fixture::file(&path);
            for (node, hash) in &newest.nodes {
                let row = "UPDATE state_node SET hash = ?2 WHERE node = ?1";
                file.execute(row, (node, hash)).unwrap();
            }
        }
    }
    let row = "UPDATE vault SET record = ?1, sealed = ?2, keyring = ?3";
    let whole = (&newest.record, &newest.bytes[0], &newest.bytes[1]);
    file(&path).execute(row, whole).unwrap();
    Unsealed::open(&path, WAIT, Some(&new_pin)).unwrap().close().unwrap();
}

/// A record names another TPM: edited by hand; or at the forged end of a log, which its log key has not signed. Nothing
/// that reads the vault connects to that TPM.
#[test]
fn nothing_talks_to_the_tpm_that_an_unproven_record_names() {
    let edited = |vault: &Vault, tcti: &str| {
        let record = keep(&vault.path()).record;
        let named = record.replace("\"tcti\":\"simulator\"", &format!("\"tcti\":\"{tcti}\""));
        assert_ne!(named, record);
        file(&vault.path())
            .execute("UPDATE vault SET record = ?1", [named])
            .unwrap();
    };
    let forged = |vault: &Vault, tcti: &str| {
        let mut insider = Insider::open(&vault.path());
        let mut record = insider.trust.vault.clone();
        tcti.clone_into(&mut record.tpm.tcti);
        let foreign = SigningKey::new(random_secret().unwrap());
        drop(insider.commit(record, None, &foreign));
        drop(insider.store);
        insider.tpm.close().unwrap();
    };
    for what in ["edited", "forged"] {
        let vault = Vault::new(None);
        let trap = TcpListener::bind("127.0.0.1:0").unwrap();
        trap.set_nonblocking(true).unwrap();
        let port = trap.local_addr().unwrap().port();
        let other = format!("swtpm:host=127.0.0.1,port={port}");
        match what {
            "edited" => edited(&vault, &other),
            _ => forged(&vault, &other),
        }
        let now = who(70).at;
        for pin in [None, Some(pin("4711"))] {
            let pin = pin.as_ref();
            let opened = Unsealed::open(&vault.path(), WAIT, pin).map(|_| ());
            let looked = status(&vault.path(), WAIT, now, Depth::Tpm { pin }).map(|_| ());
            for result in [opened, looked] {
                let error = result.unwrap_err();
                assert!(matches!(error, Error::Store(StoreError::Alarm(_))), "{what}: {error}");
            }
            let verified = verify(&vault.path(), WAIT, Depth::Tpm { pin }, |_| {}).unwrap();
            assert!(verified.first_wrong.is_some() && !verified.authenticated, "{what}");
            let visitor = trap.accept().map(|_| ()).map_err(|error| error.kind());
            assert_eq!(visitor, Err(ErrorKind::WouldBlock), "{what}: the other TPM was asked");
        }
    }
}
