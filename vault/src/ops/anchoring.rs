//! The anchor of this vault, in its TPM.

use strongroom_core::log::AnchorContent;
use strongroom_core::values::Secret;

use crate::receipt::Anchor;
use crate::tpm::AnchorPlace;
use crate::tpm::Tpm;
use crate::tpm::TpmError;

/// The NV index, and what it takes to write there.
pub(super) struct TpmAnchor<'t> {
    pub(super) tpm: &'t mut Tpm,
    pub(super) place: &'t AnchorPlace,
    pub(super) authorisation: &'t Secret<32>,
}

impl Anchor for TpmAnchor<'_> {
    type Error = TpmError;

    fn write(&mut self, content: AnchorContent) -> Result<(), TpmError> {
        let Err(error) = self.tpm.write_anchor(self.place, self.authorisation, content) else {
            return Ok(());
        };
        // A write that failed may have been done: look, and never write blindly again. Where it was not done, whoever
        // opens the vault next finishes it. Whether the anchor is still ours, the look says, and not the failure.
        match self.tpm.read_anchor(self.place, self.authorisation) {
            Ok(Some(remembered)) if remembered == content => Ok(()),
            Err(alarm @ (TpmError::AnchorMissing { .. } | TpmError::AnchorReplaced { .. })) => Err(alarm),
            _ => Err(error),
        }
    }
}
