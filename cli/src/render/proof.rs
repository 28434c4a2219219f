//! `prove`, for scripts.

use serde::Serialize;
use strongroom_core::fve::CopyState;
use strongroom_core::fve::Layout;
use strongroom_core::fve::Protector;
use strongroom_core::fve::ProtectorKind;
use strongroom_core::state::EscrowState;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;
use strongroom_vault::store::Item;

use crate::command::Presented;

/// A volume, its protectors, and what came of trying passwords.
#[derive(Debug, Serialize)]
pub(crate) struct VolumeProof<'a> {
    image: &'a str,
    offset: u64,
    volume_id: VolumeId,
    layout: &'static str,
    sector_size: u16,
    method: String,
    state: String,
    description: Option<&'a LogText>,
    encrypted_at: Option<Time>,
    clear_key: bool,
    complete: bool,
    copies: Vec<MetadataCopy>,
    protectors: Vec<VolumeProtector<'a>>,
    stale: Vec<Stale<'a>>,
    tried: Option<usize>,
    opened: Option<usize>,
    exposures_ended: Option<&'a [ProtectorId]>,
    /// Those that ended as a claim ends one.
    exposures_presented: Option<&'a [ProtectorId]>,
    exposed_again: Option<&'a [ProtectorId]>,
}

#[derive(Debug, Serialize)]
struct MetadataCopy {
    offset: u64,
    state: &'static str,
    fault: Option<String>,
}

#[derive(Debug, Serialize)]
struct VolumeProtector<'a> {
    protector_id: ProtectorId,
    kind: String,
    label: Option<&'a LogText>,
    hint: Option<&'a LogText>,
    changed_at: Option<Time>,
    standing: Option<&'static str>,
    devices: Vec<Option<&'a DeviceName>>,
    results: Vec<&'static str>,
    /// `proven` or `presented`, of what opened.
    proof: Option<&'static str>,
}

#[derive(Debug, Serialize)]
struct Stale<'a> {
    escrow_id: EscrowId,
    protector_id: ProtectorId,
    device: Option<&'a DeviceName>,
    state: EscrowState,
}

impl<'a> VolumeProof<'a> {
    pub(crate) fn of(presented: &'a Presented<'a>) -> Self {
        let metadata = presented.metadata;
        let proved = presented.proved.as_ref();
        let results = || metadata.protectors.iter().flat_map(|one| presented.results(one.id));
        let opened = || results().filter(|result| result.opened()).count();
        let was_tried = proved.is_some() || presented.typed.is_some();
        Self {
            image: &presented.image,
            offset: presented.located.offset,
            volume_id: metadata.volume,
            layout: match metadata.header.layout {
                Layout::ToGo => "to-go",
                Layout::Vista => "vista",
                Layout::Windows7 => "windows-7",
            },
            sector_size: metadata.header.sector_size,
            method: metadata.method.to_string(),
            state: metadata.conversion.to_string(),
            description: metadata.description.as_ref(),
            encrypted_at: metadata.created_at,
            clear_key: metadata.has_clear_key(),
            complete: metadata.complete,
            copies: metadata
                .copies
                .iter()
                .map(|copy| MetadataCopy::of(copy.offset, copy.state))
                .collect(),
            protectors: metadata
                .protectors
                .iter()
                .map(|protector| VolumeProtector::of(presented, protector))
                .collect(),
            stale: presented.stale().iter().map(Stale::of).collect(),
            tried: was_tried.then(|| proved.map_or(1, |proved| proved.tried.len())),
            opened: was_tried.then(opened),
            exposures_ended: proved.map(|proved| proved.ended.as_slice()),
            exposures_presented: proved.map(|proved| proved.ended_on_word.as_slice()),
            exposed_again: proved.map(|proved| proved.exposed_again.as_slice()),
        }
    }
}

impl MetadataCopy {
    fn of(offset: u64, state: CopyState) -> Self {
        let (state, fault) = match state {
            CopyState::Good => ("good", None),
            CopyState::Differs => ("differs", None),
            CopyState::Damaged(fault) => ("damaged", Some(fault.to_string())),
        };
        Self { offset, state, fault }
    }
}

impl<'a> VolumeProtector<'a> {
    fn of(presented: &'a Presented<'a>, protector: &'a Protector) -> Self {
        let held = presented.held_for(protector.id);
        let results = presented.results(protector.id);
        Self {
            protector_id: protector.id,
            kind: protector.kind.to_string(),
            label: protector.label.as_ref(),
            hint: protector.hint.as_ref(),
            changed_at: protector.changed_at,
            standing: standing(presented, protector),
            devices: held.into_iter().map(|item| item.volume.device.as_ref()).collect(),
            results: results.iter().map(|result| result.as_str()).collect(),
            proof: presented.proof(protector.id),
        }
    }
}

impl<'a> Stale<'a> {
    fn of(item: &'a Item) -> Self {
        Self {
            escrow_id: item.record.escrow,
            protector_id: item.record.protector,
            device: item.volume.device.as_ref(),
            state: item.record.state,
        }
    }
}

/// Whether the recovery password of a protector is held, held unconfirmed alone, or missing; nothing where it has none, or
/// no vault was asked.
pub(crate) fn standing(presented: &Presented<'_>, protector: &Protector) -> Option<&'static str> {
    let asked = presented.compared.is_some() && protector.kind == ProtectorKind::RecoveryPassword;
    let held = presented.held_for(protector.id);
    asked.then(|| match held.iter().all(|item| item.record.unconfirmed) {
        _ if held.is_empty() => "missing",
        true => "unconfirmed",
        false => "held",
    })
}
