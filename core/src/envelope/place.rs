//! Where an envelope belongs.

use crate::crypto::Binding;
use crate::envelope::codec;
use crate::values::EscrowId;
use crate::values::ProtectorId;
use crate::values::VaultId;

/// What an envelope is bound to. Its device and volume are the state tree's matter, so that moving an escrow to
/// another device re-encrypts nothing.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The vault.
    pub vault: VaultId,
    /// The escrow.
    pub escrow: EscrowId,
    /// The protector whose password it is.
    pub protector: ProtectorId,
}

impl Place {
    pub(super) fn binding(&self, generation: u32) -> Binding {
        Binding::of(&[
            &[codec::VERSION],
            self.vault.as_bytes(),
            self.escrow.as_bytes(),
            self.protector.as_bytes(),
            &generation.to_be_bytes(),
        ])
    }
}
