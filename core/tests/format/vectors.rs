//! The vectors, and the values that they begin with.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use strongroom_core::envelope::Place;
use strongroom_core::keys::EncryptedKeyring;
use strongroom_core::keys::Keyring;
use strongroom_core::keys::KeyringCopy;
use strongroom_core::keys::RootKey;
use strongroom_core::values::EpochId;
use strongroom_core::values::EscrowId;
use strongroom_core::values::Secret;
use strongroom_core::values::VaultId;

/// The vectors of format 1, by their names.
pub(crate) struct Vectors(BTreeMap<&'static str, &'static str>);

impl Vectors {
    pub(crate) fn read() -> Self {
        Self::of(include_str!("../../vectors/format-v1.txt"))
    }

    /// Those of the fields that came with the third schema.
    pub(crate) fn of_many_hands() -> Self {
        Self::of(include_str!("../../vectors/many-hands-v1.txt"))
    }

    pub(crate) fn of(text: &'static str) -> Self {
        let lines = text.lines();
        let named = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(named.map(|line| line.split_once(" = ").unwrap()).collect())
    }

    #[track_caller]
    pub(crate) fn text(&self, name: &str) -> &'static str {
        self.0.get(name).unwrap_or_else(|| panic!("no vector {name}"))
    }

    /// A text of several lines.
    pub(crate) fn lines(&self, name: &str) -> String {
        self.text(name).replace("\\n", "\n")
    }

    #[track_caller]
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        HEXLOWER.decode(self.text(name).as_bytes()).unwrap()
    }

    pub(crate) fn secret(&self, name: &str) -> Secret<32> {
        Secret::copy_from(&self.bytes(name)).unwrap()
    }

    pub(crate) fn vault(&self) -> VaultId {
        self.text("vault").parse().unwrap()
    }

    pub(crate) fn epoch(&self) -> EpochId {
        self.text("epoch").parse().unwrap()
    }

    pub(crate) fn place(&self) -> Place {
        Place {
            vault: self.vault(),
            escrow: self.text("escrow").parse::<EscrowId>().unwrap(),
            protector: self.text("protector").parse().unwrap(),
        }
    }

    /// The keyring, out of its copy under the root key.
    pub(crate) fn keyring(&self) -> Keyring {
        let root = RootKey::new(self.secret("root key"));
        let copy = EncryptedKeyring::kept(self.bytes("root copy"));
        copy.decrypt(self.vault(), &KeyringCopy::Root(&root)).unwrap()
    }
}
