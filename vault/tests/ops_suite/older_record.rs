//! An older vault record in a newer file. No verb changes the record yet; so the change is made here as such a verb would
//! make it: sealed anew, committed, anchored.

use std::path::Path;

use data_encoding::HEXLOWER;
use strongroom_core::crypto::random_secret;
use strongroom_core::crypto::sha256;
use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::keys::RootKey;
use strongroom_core::log::Action;
use strongroom_core::log::AnchorContent;
use strongroom_core::log::EventBody;
use strongroom_core::log::Origin;
use strongroom_core::log::VerifierKey;
use strongroom_core::state::Change;
use strongroom_core::values::Pin;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::verify;
use strongroom_vault::receipt::Anchor;
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

/// Seals a vault without a PIN anew, with one, and shortens its grace.
fn seal_anew(path: &Path, new_pin: &Pin) {
    let folder = Folder::existing(path).unwrap();
    let lock = Lock::take(&folder, WAIT).unwrap();
    let mut store = Store::open(&folder).unwrap();
    let (vault, bytes) = store.vault().unwrap();
    let mut tpm = Tpm::open(&vault.tpm.tcti.parse().unwrap(), path, lock.file()).unwrap();
    let pcrs = PcrSelection::of(&[]).unwrap();
    let old_root = tpm
        .unseal(&SealedObject::from_bytes(&bytes.sealed).unwrap(), &pcrs, None)
        .unwrap();
    let keyring = EncryptedKeyring::kept(bytes.keyring)
        .decrypt(vault.vault, &KeyringCopy::Root(&old_root))
        .unwrap();

    let root = RootKey::new(random_secret().unwrap());
    let auth = PinAuth::new(&vault.vault, new_pin.expose());
    let copy = EncryptedKeyring::encrypt(&keyring, vault.vault, &KeyringCopy::Root(&root)).unwrap();
    let new = VaultBytes {
        sealed: tpm.seal(&root, &pcrs, Some(&auth)).unwrap().to_bytes(),
        keyring: copy.as_bytes().to_vec(),
        keyring_of_shares: None,
        signing_key: bytes.signing_key,
    };
    let mut record = vault.clone();
    record.sealed = sha256(&[&new.sealed]);
    record.keyring = sha256(&[&new.keyring]);
    record.tpm.pin = true;
    record.grace_seconds = 3600;

    let key = keyring.secret().log_signing_key(vault.epoch);
    let origin = Origin {
        vault: vault.vault,
        epoch: vault.epoch,
    };
    let place = AnchorPlace {
        handle: vault.anchor.handle,
        name: HEXLOWER.decode(vault.anchor.name.as_bytes()).unwrap(),
    };
    let authorisation = keyring.secret().anchor_authorisation(vault.epoch);
    let trust = Trust {
        key: VerifierKey::new(origin.to_string(), key.public_key()),
        anchor: tpm.read_anchor(&place, &authorisation).unwrap().unwrap(),
        vault,
        refusal_key: keyring.secret().refusal_key(),
    };
    let mut draft = Draft::new(Stamp {
        at: who(60).at,
        operator: operator("dana"),
        wrong_pins: None,
    });
    draft.vault(new);
    draft.event(EventBody {
        changes: vec![Change::Vault(Box::new(record))],
        ..EventBody::new(Action::Continued)
    });
    let mut session = store.session(&trust).unwrap();
    session.volume(1).unwrap();
    let committed = session.commit(draft, &key, ()).unwrap();
    let mut index = Index {
        tpm: &mut tpm,
        place,
        authorisation,
    };
    committed.anchor(&mut index).unwrap().into_subject();
    drop(store);
    tpm.close().unwrap();
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
