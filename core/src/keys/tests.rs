use super::*;
use crate::crypto::DecryptError;
use crate::values::EpochId;
use crate::values::EscrowId;
use crate::values::RecoveryPassword;
use crate::values::Secret;
use crate::values::VaultId;

const VAULT: VaultId = VaultId::new([1; 16]);

fn secret<const N: usize>(byte: u8) -> Secret<N> {
    Secret::from_fn(|bytes| bytes.fill(byte))
}

fn bytes(keyring: &Keyring) -> Vec<u8> {
    keyring.to_bytes().to_vec()
}

#[test]
fn both_copies_open_with_their_key_alone() {
    let keyring = Keyring::generate().unwrap();
    let (root, shares) = (RootKey::new(secret(2)), ShareKey::new(secret(2)));
    let of_root = EncryptedKeyring::encrypt(&keyring, VAULT, &KeyringCopy::Root(&root)).unwrap();
    let of_shares = EncryptedKeyring::encrypt(&keyring, VAULT, &KeyringCopy::Shares(&shares)).unwrap();
    let opened = of_root.decrypt(VAULT, &KeyringCopy::Root(&root)).unwrap();
    assert_eq!(bytes(&opened), bytes(&keyring));
    let opened = of_shares.decrypt(VAULT, &KeyringCopy::Shares(&shares)).unwrap();
    assert_eq!(bytes(&opened), bytes(&keyring));

    let refused = |copy: &EncryptedKeyring, vault, key: &KeyringCopy<'_>| {
        assert_eq!(
            copy.decrypt(vault, key).err(),
            Some(OpenKeyringError::Decrypt(DecryptError))
        );
    };
    refused(&of_root, VAULT, &KeyringCopy::Root(&RootKey::new(secret(3))));
    refused(&of_root, VaultId::new([9; 16]), &KeyringCopy::Root(&root));
    // The other copy, though root key and share key have the same bytes here.
    refused(&of_root, VAULT, &KeyringCopy::Shares(&shares));
    refused(&of_shares, VAULT, &KeyringCopy::Root(&root));
    refused(&of_shares, VAULT, &KeyringCopy::Shares(&ShareKey::new(secret(3))));
    refused(&of_shares, VaultId::new([9; 16]), &KeyringCopy::Shares(&shares));
}

#[test]
fn a_changed_copy_does_not_open() {
    let root = RootKey::new(secret(2));
    let copy = KeyringCopy::Root(&root);
    let keyring = Keyring::generate().unwrap();
    let good = EncryptedKeyring::encrypt(&keyring, VAULT, &copy).unwrap();
    assert_eq!(good.as_bytes().len(), 1 + 12 + 36 + 64 + 16);
    for at in 0..good.as_bytes().len() {
        let mut forged = good.as_bytes().to_vec();
        forged[at] ^= 1;
        let expected = match at {
            0 => OpenKeyringError::Version { version: 0 },
            _ => OpenKeyringError::Decrypt(DecryptError),
        };
        assert_eq!(
            EncryptedKeyring::kept(forged).decrypt(VAULT, &copy).err(),
            Some(expected),
            "byte {at}"
        );
    }
    for len in 0..good.as_bytes().len() {
        let cut = EncryptedKeyring::kept(good.as_bytes()[..len].to_vec());
        assert_eq!(
            cut.decrypt(VAULT, &copy).err(),
            Some(OpenKeyringError::Decrypt(DecryptError))
        );
    }
    let longer = EncryptedKeyring::kept([good.as_bytes(), &[0]].concat());
    assert!(longer.decrypt(VAULT, &copy).is_err());
}

#[test]
fn no_two_copies_are_the_same() {
    let (keyring, root) = (Keyring::generate().unwrap(), RootKey::new(secret(2)));
    let copy = || EncryptedKeyring::encrypt(&keyring, VAULT, &KeyringCopy::Root(&root)).unwrap();
    assert_ne!(
        copy().as_bytes()[..13],
        copy().as_bytes()[..13],
        "each has a nonce of its own"
    );
    assert_ne!(bytes(&keyring), bytes(&Keyring::generate().unwrap()));
}

#[test]
fn a_keyring_reads_back_whole_or_not_at_all() {
    let one = bytes(&Keyring::generate().unwrap());
    let with = |count: u32, generations: usize| {
        let mut bytes = one[..32].to_vec();
        bytes.extend_from_slice(&count.to_be_bytes());
        bytes.extend(std::iter::repeat_n(7, 64 * generations));
        bytes
    };
    for count in 1..=5 {
        let keyring = Keyring::from_bytes(&with(count, usize::try_from(count).unwrap())).unwrap();
        assert_eq!(
            (keyring.generation(), bytes(&keyring)),
            (count, with(count, usize::try_from(count).unwrap()))
        );
        assert!((1..=count).all(|generation| keyring.kek(generation).is_some()));
        assert!(keyring.kek(0).is_none() && keyring.kek(count + 1).is_none() && keyring.kek(u32::MAX).is_none());
    }
    for wrong in [
        with(0, 0),
        with(0, 1),
        with(1, 0),
        with(1, 2),
        with(2, 1),
        vec![],
        one[..35].to_vec(),
    ] {
        assert!(Keyring::from_bytes(&wrong).is_none(), "{} bytes", wrong.len());
    }
    for len in 0..one.len() {
        assert!(Keyring::from_bytes(&one[..len]).is_none(), "cut to {len}");
    }
    assert!(Keyring::from_bytes(&[one.as_slice(), &[0]].concat()).is_none());
}

#[test]
fn what_comes_of_the_vault_secret_stays_apart() {
    let one = VaultSecret::new(secret(1));
    let (first, second) = (EpochId::new([1; 16]), EpochId::new([2; 16]));
    let key = |vault: &VaultSecret, epoch| *vault.log_signing_key(epoch).public_key().as_bytes();
    assert_eq!(key(&one, first), key(&VaultSecret::new(secret(1)), first));
    assert_ne!(key(&one, first), key(&one, second));
    assert_ne!(key(&one, first), key(&VaultSecret::new(secret(2)), first));
    let anchor = |epoch| *one.anchor_authorisation(epoch).expose();
    assert_ne!(anchor(first), anchor(second));
    let others = [one.lockout_authorisation(), one.tpm_signing_authorisation()];
    let [lockout, signing] = others.each_ref().map(|secret| *secret.expose());
    assert!(anchor(first) != lockout && anchor(first) != signing && lockout != signing);
}

#[test]
fn equal_passwords_have_equal_fingerprints_within_one_vault() {
    let [one, other] = [1, 2].map(|byte| VaultSecret::new(secret(byte)).fingerprint_key());
    let password = |byte| RecoveryPassword::from_bytes(secret(byte));
    assert_eq!(one.fingerprint(&password(7)), one.fingerprint(&password(7)));
    assert_ne!(one.fingerprint(&password(7)), one.fingerprint(&password(8)));
    assert_ne!(one.fingerprint(&password(7)), other.fingerprint(&password(7)));
    let print = one.fingerprint(&password(7));
    assert_eq!(Fingerprint::kept(*print.as_bytes()), print);
    assert_eq!(format!("{print:?}"), "Fingerprint(..)");
}

#[test]
fn each_escrow_and_generation_has_a_wrap_key_of_its_own() {
    let bytes = [vec![1; 32], 2_u32.to_be_bytes().to_vec(), vec![2; 64], vec![3; 64]].concat();
    let keyring = Keyring::from_bytes(&bytes).unwrap();
    let wrap = |generation, escrow| {
        *keyring
            .kek(generation)
            .unwrap()
            .wrap_key(EscrowId::new([escrow; 16]))
            .expose()
    };
    assert_eq!(wrap(1, 1), wrap(1, 1));
    assert_ne!(wrap(1, 1), wrap(1, 2));
    assert_ne!(wrap(1, 1), wrap(2, 1));
}

#[test]
fn errors_say_no_reason() {
    let decrypt = OpenKeyringError::from(DecryptError);
    assert_eq!(decrypt.to_string(), "the keyring does not open with this key");
    assert_eq!(
        OpenKeyringError::Version { version: 2 }.to_string(),
        "the keyring has format 2, which this program does not know"
    );
}
