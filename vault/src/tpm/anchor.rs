//! The anchor: what the TPM remembers of the last commit, in an NV index of 40 bytes.

use std::fmt;

use strongroom_core::crypto::sha256;
use strongroom_core::log::AnchorContent;
use strongroom_core::values::EpochId;
use strongroom_core::values::Secret;
use strongroom_core::values::VaultId;
use tss_esapi::attributes::NvIndexAttributes;
use tss_esapi::constants::CapabilityType;
use tss_esapi::handles::NvIndexHandle;
use tss_esapi::handles::NvIndexTpmHandle;
use tss_esapi::handles::ObjectHandle;
use tss_esapi::handles::TpmHandle;
use tss_esapi::interface_types::algorithm::HashingAlgorithm;
use tss_esapi::interface_types::resource_handles::NvAuth;
use tss_esapi::interface_types::resource_handles::Provision;
use tss_esapi::structures::CapabilityData;
use tss_esapi::structures::MaxNvBuffer;
use tss_esapi::structures::NvPublic;

use crate::tpm::TpmError;
use crate::tpm::authorisation;
use crate::tpm::error::Answer;
use crate::tpm::error::Failure;
use crate::tpm::session::Connection;

/// Where the anchor of one epoch is.
///
/// `name` is the Name of the index **once it was written**: `000b ‖ SHA-256(TPMS_NV_PUBLIC)`. The first write sets the
/// attribute TPMA_NV_WRITTEN, which is part of the public area, so the Name before it is another one. It follows from the
/// handle alone, since the attributes are fixed; an index of other attributes or size has another Name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AnchorPlace {
    /// Its NV handle, 0x01800000 to 0x01bfffff.
    pub handle: u32,
    /// Its Name once written, 34 bytes.
    pub name: Vec<u8>,
}

impl AnchorPlace {
    /// The place of an anchor under this handle.
    pub fn new(handle: u32) -> Self {
        Self {
            handle,
            name: name(handle, Written::Yes),
        }
    }
}

impl fmt::Display for AnchorPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#010x}", self.handle)
    }
}

/// The handle that the anchor of this vault and epoch would rather have: 0x01800000 and 22 bits of
/// `SHA-256(vault id ‖ epoch id)`.
pub fn anchor_handle_hint(vault: &VaultId, epoch: &EpochId) -> u32 {
    let hash = sha256(&[vault.as_bytes(), epoch.as_bytes()]);
    let [a, b, c, d, ..] = *hash.as_bytes();
    FIRST | (u32::from_be_bytes([a, b, c, d]) & (LAST - FIRST))
}

/// The first handle from `hint` on that no index has, going round at the end of the owner's range.
pub(super) fn free_handle(connection: &mut Connection, hint: u32) -> Result<u32, TpmError> {
    let hint = if (FIRST..=LAST).contains(&hint) { hint } else { FIRST };
    let above = first_gap(connection, hint, LAST)?;
    let found = match above {
        Some(handle) => Some(handle),
        None => first_gap(connection, FIRST, hint)?,
    };
    found.ok_or(TpmError::NoFreeHandle)
}

fn first_gap(connection: &mut Connection, from: u32, to: u32) -> Result<Option<u32>, TpmError> {
    let mut candidate = from;
    loop {
        let (capability, more) = connection.audited("TPM2_GetCapability", |context| {
            context.get_capability(CapabilityType::Handles, candidate, 64)
        })?;
        let CapabilityData::Handles(taken) = capability else {
            return Err(connection.failure("TPM2_GetCapability", u32::MAX).into());
        };
        let before = candidate;
        // The TPM lists them ascending.
        for handle in taken.into_inner() {
            if u32::from(handle) == candidate {
                candidate += 1;
            }
        }
        if candidate > to {
            return Ok(None);
        }
        if !more || candidate == before {
            return Ok(Some(candidate));
        }
    }
}

/// Defines the index, by the owner's empty authorisation; it is not written.
pub(super) fn define(connection: &mut Connection, handle: u32, auth: &Secret<32>) -> Result<AnchorPlace, TpmError> {
    let defined = connection.authorised("TPM2_NV_DefineSpace", |context| {
        context.nv_define_space(Provision::Owner, Some(authorisation::value(auth)?), public(handle)?)
    });
    match defined {
        Ok(index) => {
            connection.forget(index.into());
            Ok(AnchorPlace::new(handle))
        }
        Err(failure) if failure.answer() == Answer::NvDefined => Err(failure.about_place(handle)),
        Err(failure) => Err(failure.by_owner()),
    }
}

/// What the anchor holds, read by its own authorisation; `None` where it was never written.
pub(super) fn read(
    connection: &mut Connection,
    place: &AnchorPlace,
    auth: &Secret<32>,
) -> Result<Option<AnchorContent>, TpmError> {
    with_index(connection, place, |connection, index| {
        present(connection, index, auth)?;
        match content(connection, NvAuth::NvIndex(index), index) {
            Ok(content) => Ok(Some(content)),
            // The TPM says so after it has accepted the authorisation: it is ours, and unwritten.
            Err(failure) if failure.answer() == Answer::NvUnwritten => Ok(None),
            Err(failure) => Err(failure.about_anchor(place.handle)),
        }
    })
}

/// What the anchor holds, read by the owner's empty authorisation: for information, since nothing shows that the index
/// is ours.
pub(super) fn peek(connection: &mut Connection, place: &AnchorPlace) -> Result<Option<AnchorContent>, TpmError> {
    with_index(connection, place, |connection, index| {
        match content(connection, NvAuth::Owner, index) {
            Ok(content) => Ok(Some(content)),
            Err(failure) if failure.answer() == Answer::NvUnwritten => Ok(None),
            Err(failure) => Err(failure.by_owner()),
        }
    })
}

/// Moves the anchor on. A refusal does not say that the anchor is another's: reading it does.
pub(super) fn write(
    connection: &mut Connection,
    place: &AnchorPlace,
    auth: &Secret<32>,
    content: AnchorContent,
) -> Result<(), TpmError> {
    with_index(connection, place, |connection, index| {
        present(connection, index, auth)?;
        connection
            .authorised("TPM2_NV_Write", |context| {
                let bytes = MaxNvBuffer::try_from(content.to_bytes().as_slice())?;
                context.nv_write(NvAuth::NvIndex(index), index, bytes, 0)
            })
            .map_err(|failure| failure.about_place(place.handle))
    })
}

/// Undefines an anchor that was never written, by the owner's empty authorisation. Any other index of this handle is
/// somebody else's, or a vault's.
pub(super) fn undefine_unwritten(connection: &mut Connection, handle: u32) -> Result<(), TpmError> {
    let object = open(connection, handle)?;
    let index = NvIndexHandle::from(object);
    let found = connection.plain("TPM2_NV_ReadPublic", |context| context.tr_get_name(object));
    let ours = (FIRST..=LAST).contains(&handle)
        && found
            .as_ref()
            .is_ok_and(|found| found.value() == name(handle, Written::No));
    if !ours {
        connection.forget(object);
        return Err(match found {
            Ok(_) => TpmError::AnchorReplaced { handle },
            Err(failure) => failure.into(),
        });
    }
    let undefined = connection.authorised("TPM2_NV_UndefineSpace", |context| {
        context.nv_undefine_space(Provision::Owner, index)
    });
    if undefined.is_err() {
        connection.forget(index.into());
    }
    undefined.map_err(Failure::by_owner)
}

/// Runs `work` on the index, if its Name is the anchor's, written or not.
///
/// The Name is compared each time, and is part of what each command's authorisation covers.
fn with_index<T>(
    connection: &mut Connection,
    place: &AnchorPlace,
    work: impl FnOnce(&mut Connection, NvIndexHandle) -> Result<T, TpmError>,
) -> Result<T, TpmError> {
    let object = open(connection, place.handle)?;
    let found = connection.plain("TPM2_NV_ReadPublic", |context| context.tr_get_name(object));
    let result = match found {
        Ok(found) if is_anchor(place, found.value()) => work(connection, NvIndexHandle::from(object)),
        Ok(_) => Err(TpmError::AnchorReplaced { handle: place.handle }),
        Err(failure) => Err(failure.into()),
    };
    connection.forget(object);
    result
}

fn is_anchor(place: &AnchorPlace, found: &[u8]) -> bool {
    let unwritten = name(place.handle, Written::No);
    place.name == name(place.handle, Written::Yes) && (found == place.name || found == unwritten)
}

fn open(connection: &mut Connection, handle: u32) -> Result<ObjectHandle, TpmError> {
    connection
        .audited("TPM2_NV_ReadPublic", |context| {
            context.tr_from_tpm_public(TpmHandle::NvIndex(NvIndexTpmHandle::new(handle)?))
        })
        .map_err(|failure| failure.about_place(handle))
}

fn present(connection: &mut Connection, index: NvIndexHandle, auth: &Secret<32>) -> Result<(), Failure> {
    connection.plain("TPM2_NV_Read", |context| {
        context.tr_set_auth(index.into(), authorisation::value(auth)?)
    })
}

fn content(connection: &mut Connection, by: NvAuth, index: NvIndexHandle) -> Result<AnchorContent, Failure> {
    let bytes = connection.authorised("TPM2_NV_Read", |context| context.nv_read(by, index, LEN, 0))?;
    match <&[u8; AnchorContent::LEN]>::try_from(bytes.value()) {
        Ok(bytes) => Ok(AnchorContent::from_bytes(bytes)),
        Err(_) => Err(connection.failure("TPM2_NV_Read", u32::MAX)),
    }
}

fn public(handle: u32) -> tss_esapi::Result<NvPublic> {
    NvPublic::builder()
        .with_nv_index(NvIndexTpmHandle::new(handle)?)
        .with_index_name_algorithm(HashingAlgorithm::Sha256)
        .with_index_attributes(NvIndexAttributes::try_from(ATTRIBUTES)?)
        .with_data_area_size(AnchorContent::LEN)
        .build()
}

#[derive(Clone, Copy)]
enum Written {
    Yes,
    No,
}

/// `nameAlg ‖ SHA-256(nvIndex ‖ nameAlg ‖ attributes ‖ authPolicy ‖ dataSize)` (TPM 2.0 Library, part 1, section 16)
fn name(handle: u32, written: Written) -> Vec<u8> {
    let attributes = match written {
        Written::Yes => ATTRIBUTES | WRITTEN,
        Written::No => ATTRIBUTES,
    };
    let hash = sha256(&[
        &handle.to_be_bytes(),
        &SHA256,
        &attributes.to_be_bytes(),
        &[0, 0],
        &LEN.to_be_bytes(),
    ]);
    [SHA256.as_slice(), hash.as_bytes()].concat()
}

/// The owner's range of NV handles, by the TCG's registry of reserved handles.
const FIRST: u32 = 0x0180_0000;
const LAST: u32 = 0x01bf_ffff;
/// TPMA_NV: AUTHWRITE, OWNERREAD, AUTHREAD, NO_DA; an ordinary index, not orderly.
const ATTRIBUTES: u32 = (1 << 2) | (1 << 17) | (1 << 18) | (1 << 25);
/// TPMA_NV_WRITTEN, which the TPM sets at the first write.
const WRITTEN: u32 = 1 << 29;
/// TPM_ALG_SHA256
const SHA256: [u8; 2] = [0x00, 0x0b];
const LEN: u16 = 40;

#[cfg(test)]
mod tests {
    use strongroom_core::log::AnchorContent;
    use strongroom_core::values::EpochId;
    use strongroom_core::values::VaultId;

    use crate::tpm::anchor::FIRST;
    use crate::tpm::anchor::LAST;
    use crate::tpm::anchor::LEN;
    use crate::tpm::anchor::anchor_handle_hint;

    #[test]
    fn the_index_is_as_long_as_its_content() {
        assert_eq!(usize::from(LEN), AnchorContent::LEN);
    }

    #[test]
    fn hints_stay_in_the_owners_range_and_differ() {
        let vault = VaultId::new([1; 16]);
        let hints: Vec<u32> = (0..=255)
            .map(|epoch| anchor_handle_hint(&vault, &EpochId::new([epoch; 16])))
            .collect();
        assert!(hints.iter().all(|hint| (FIRST..=LAST).contains(hint)));
        assert!(hints.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
