//! Answers for scripts: each struct is one object of CLI.md. Every field is always there; what is unknown is null.

use serde::Serialize;
use strongroom_core::log::Event;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::Rule;
use strongroom_core::state::Source;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::LogText;
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Time;
use strongroom_core::values::VaultId;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;
use strongroom_vault::ops::Due;
use strongroom_vault::ops::Escrowed;
use strongroom_vault::ops::Initialised;
use strongroom_vault::ops::Recorded;
use strongroom_vault::ops::Verified;
use strongroom_vault::store::DeviceSummary;
use strongroom_vault::store::Item;
use strongroom_vault::store::Problem;

/// One escrow.
#[derive(Debug, Serialize)]
pub(crate) struct Escrow<'a> {
    escrow_id: EscrowId,
    device: Option<&'a DeviceName>,
    volume: Option<&'a MountPoint>,
    volume_type: VolumeType,
    volume_id: Option<VolumeId>,
    protector_id: ProtectorId,
    state: EscrowState,
    conflict: bool,
    unconfirmed: bool,
    clock: bool,
    escrowed_at: Time,
    created_at: Option<Time>,
    exposed_at: Option<Time>,
    rotate_by: Option<Time>,
    superseded_at: Option<Time>,
    proven_at: Option<Time>,
    presented_at: Option<Time>,
    source: Source,
}

impl<'a> Escrow<'a> {
    pub(crate) fn of(volume: &'a VolumeRecord, record: &EscrowRecord) -> Self {
        Self {
            escrow_id: record.escrow,
            device: volume.device.as_ref(),
            volume: volume.mount(),
            volume_type: volume.kind,
            volume_id: volume.id,
            protector_id: record.protector,
            state: record.state,
            conflict: record.conflict,
            unconfirmed: record.unconfirmed,
            clock: record.clock,
            escrowed_at: record.escrowed_at,
            created_at: record.created_at,
            exposed_at: record.exposed_at,
            rotate_by: record.rotate_by,
            superseded_at: record.superseded_at,
            proven_at: record.proven_at,
            presented_at: record.presented.as_ref().map(|presented| presented.at),
            source: record.source,
        }
    }
}

/// `list --problems`
#[derive(Debug, Serialize)]
pub(crate) struct Troubled<'a> {
    #[serde(flatten)]
    escrow: Escrow<'a>,
    problems: Vec<&'static str>,
}

impl<'a> Troubled<'a> {
    pub(crate) fn of(escrow: Escrow<'a>, problems: &[Problem]) -> Self {
        Self {
            escrow,
            problems: problems.iter().map(|problem| problem.as_str()).collect(),
        }
    }
}

/// An escrow after something was recorded of it.
#[derive(Debug, Serialize)]
pub(crate) struct After<'a> {
    #[serde(flatten)]
    escrow: Escrow<'a>,
    leaf: u64,
}

impl<'a> After<'a> {
    pub(crate) fn of(recorded: &'a Recorded) -> Self {
        Self {
            escrow: Escrow::of(&recorded.volume, &recorded.record),
            leaf: recorded.leaf,
        }
    }
}

/// A device.
#[derive(Debug, Serialize)]
pub(crate) struct Device<'a> {
    device: &'a str,
    volumes: u64,
    current: u64,
    exposed: u64,
    last_escrow_at: Option<Time>,
}

impl<'a> Device<'a> {
    pub(crate) fn of(summary: &'a DeviceSummary) -> Self {
        Self {
            device: &summary.device,
            volumes: summary.volumes,
            current: summary.current,
            exposed: summary.exposed,
            last_escrow_at: summary.last_escrow_at,
        }
    }
}

/// `init`
#[derive(Debug, Serialize)]
pub(crate) struct Init<'a> {
    vault_id: VaultId,
    site: Option<&'a str>,
    tpm: &'a str,
    simulated: bool,
    pcrs: &'a [u8],
    pin: bool,
    pin_guesses_limited: bool,
    grace_seconds: u64,
    log_key: String,
    tpm_key: Option<String>,
}

impl<'a> Init<'a> {
    pub(crate) fn of(made: &'a Initialised, simulated: bool) -> Self {
        let vault = &made.vault;
        Self {
            vault_id: vault.vault,
            site: vault.site.as_deref(),
            tpm: &vault.tpm.tcti,
            simulated,
            pcrs: &vault.tpm.pcrs,
            pin: vault.tpm.pin,
            pin_guesses_limited: vault.tpm.guesses_limited,
            grace_seconds: vault.grace_seconds,
            log_key: made.log_keys.log.to_string(),
            tpm_key: made.log_keys.tpm.as_ref().map(ToString::to_string),
        }
    }
}

/// `escrow`
#[derive(Debug, Serialize)]
pub(crate) struct Taken<'a> {
    escrow_id: EscrowId,
    device: Option<&'a DeviceName>,
    volume: Option<&'a MountPoint>,
    volume_type: VolumeType,
    volume_id: Option<VolumeId>,
    protector_id: ProtectorId,
    state: EscrowState,
    conflict: bool,
    unconfirmed: bool,
    rotate_by: Option<Time>,
    rule: Rule,
    why: &'a str,
    superseded: &'a [ProtectorId],
    exposure_ended: &'a str,
    already_held: bool,
    leaf: Option<u64>,
}

impl<'a> Taken<'a> {
    pub(crate) fn of(escrowed: &'a Escrowed) -> Self {
        let (volume, record) = (&escrowed.volume, &escrowed.record);
        Self {
            escrow_id: record.escrow,
            device: volume.device.as_ref(),
            volume: volume.mount(),
            volume_type: volume.kind,
            volume_id: volume.id,
            protector_id: record.protector,
            state: record.state,
            conflict: record.conflict,
            unconfirmed: record.unconfirmed,
            rotate_by: record.rotate_by,
            rule: escrowed.rule,
            why: escrowed.rule.why(),
            superseded: &escrowed.superseded,
            // Whoever escrows speaks for the volume; only a look at it is a proof.
            exposure_ended: if escrowed.exposure_ended { "claimed" } else { "no" },
            already_held: escrowed.rule == Rule::AlreadyHeld,
            leaf: escrowed.leaf,
        }
    }
}

/// `rotation list`
#[derive(Debug, Serialize)]
pub(crate) struct ToRotate<'a> {
    escrow_id: EscrowId,
    device: Option<&'a DeviceName>,
    volume: Option<&'a MountPoint>,
    volume_id: Option<VolumeId>,
    protector_id: ProtectorId,
    exposed_at: Option<Time>,
    exposed_by: Option<&'a str>,
    rotate_by: Option<Time>,
    overdue: bool,
    unconfirmed: bool,
}

impl<'a> ToRotate<'a> {
    pub(crate) fn of(due: &'a Due) -> Self {
        let (volume, record) = (&due.item.volume, &due.item.record);
        Self {
            escrow_id: record.escrow,
            device: volume.device.as_ref(),
            volume: volume.mount(),
            volume_id: volume.id,
            protector_id: record.protector,
            exposed_at: record.exposed_at,
            exposed_by: record.exposed_by.as_deref(),
            rotate_by: record.rotate_by,
            overdue: due.overdue,
            unconfirmed: record.unconfirmed,
        }
    }
}

/// `rotation list --claimed`
#[derive(Debug, Serialize)]
pub(crate) struct Claimed<'a> {
    escrow_id: EscrowId,
    device: Option<&'a DeviceName>,
    volume: Option<&'a MountPoint>,
    volume_id: Option<VolumeId>,
    protector_id: ProtectorId,
    exposed_at: Option<Time>,
    exposed_by: Option<&'a str>,
    rotate_by: Option<Time>,
    how: Option<&'static str>,
    at: Option<Time>,
    claimed_by: Option<&'a str>,
    self_claimed: bool,
    shown_to: Vec<&'a str>,
    shown_to_more: bool,
    unconfirmed: bool,
}

impl<'a> Claimed<'a> {
    pub(crate) fn of(item: &'a Item) -> Self {
        let (volume, record) = (&item.volume, &item.record);
        let ended = record.ended.as_ref();
        Self {
            escrow_id: record.escrow,
            device: volume.device.as_ref(),
            volume: volume.mount(),
            volume_id: volume.id,
            protector_id: record.protector,
            exposed_at: record.exposed_at,
            exposed_by: record.exposed_by.as_deref(),
            rotate_by: record.rotate_by,
            how: ended.map(|ended| ended.how.as_str()),
            at: ended.map(|ended| ended.at),
            claimed_by: ended.map(|ended| ended.by.as_str()),
            self_claimed: record.is_self_ended(),
            shown_to: record.operators_shown_to().collect(),
            shown_to_more: record.shown_to_more,
            unconfirmed: record.unconfirmed,
        }
    }
}

/// `audit verify`
#[derive(Debug, Serialize)]
pub(crate) struct Verification<'a> {
    ok: bool,
    authenticated: bool,
    refusal_counts_verified: bool,
    events: u64,
    escrows: u64,
    first_wrong: Option<String>,
    anchor: &'a str,
}

impl<'a> Verification<'a> {
    pub(crate) fn of(verified: &Verified, anchor: &'a str) -> Self {
        Self {
            ok: verified.is_ok(),
            authenticated: verified.authenticated,
            refusal_counts_verified: verified.refusal_counts,
            events: verified.events,
            escrows: verified.escrows,
            first_wrong: verified.first_wrong.as_ref().map(ToString::to_string),
            anchor,
        }
    }
}

/// `audit list`
#[derive(Debug, Serialize)]
pub(crate) struct Logged<'a> {
    leaf: u64,
    time: Time,
    operator: String,
    login: Option<&'a LogText>,
    effective: &'a LogText,
    action: &'static str,
    escrow_id: Option<EscrowId>,
    device: Option<&'a DeviceName>,
    volume: Option<&'a MountPoint>,
    volume_id: Option<VolumeId>,
    protector_id: Option<ProtectorId>,
    reason: Option<&'a str>,
    note: Option<&'a LogText>,
    ticket: Option<&'a LogText>,
    caller: Option<&'a LogText>,
    rule: Option<Rule>,
    result: Option<&'a str>,
    wrong_pins: Option<u32>,
    clock_step_ms: Option<i64>,
    file: Option<&'a LogText>,
    sender: Option<&'a LogText>,
    claimed: Option<&'a LogText>,
}

impl<'a> Logged<'a> {
    pub(crate) fn of(event: &'a Event) -> Self {
        let body = &event.body;
        Self {
            leaf: event.leaf,
            time: event.time,
            operator: event.operator.to_string(),
            login: event.operator.login.as_ref(),
            effective: &event.operator.effective,
            action: body.action.as_str(),
            escrow_id: body.escrow,
            device: body.device.as_ref(),
            volume: body.volume.as_ref(),
            volume_id: body.volume_id,
            protector_id: body.protector,
            reason: body.reason.as_deref(),
            note: body.note.as_ref(),
            ticket: body.ticket.as_ref(),
            caller: body.caller.as_ref(),
            rule: body.rule,
            result: body.result.as_deref(),
            wrong_pins: event.wrong_pins,
            clock_step_ms: event.clock_step,
            file: body.file.as_ref(),
            sender: body.sender.as_ref().map(|sender| &sender.name),
            claimed: event.operator.claimed.as_ref(),
        }
    }
}
