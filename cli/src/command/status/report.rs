//! What `status` says.

use serde::Serialize;
use strongroom_core::values::Time;
use strongroom_core::values::VaultId;
use strongroom_vault::ops::AnchorState;
use strongroom_vault::ops::Status;
use strongroom_vault::store::Counts;

use crate::command::status::anchor_text;
use crate::command::status::anchor_word;
use crate::failure::Failure;
use crate::render::text;
use crate::render::text::number;
use crate::setting::Setting;
use crate::ui::Look;
use crate::ui::Ui;

pub(super) struct Report<'a> {
    pub(super) setting: &'a Setting,
    pub(super) status: &'a Status,
    pub(super) separated: bool,
}

impl Report<'_> {
    /// What a person should see to.
    pub(super) fn warnings(&self) -> Vec<String> {
        let (status, counts) = (self.status, &self.status.counts);
        let mut warnings = Vec::new();
        let mut warn = |set: bool, text: String| {
            if set {
                warnings.push(text);
            }
        };
        warn(
            counts.overdue > 0,
            format!("{} overdue for rotation", overdue(counts, " password", " passwords")),
        );
        warn(
            !self.recovery_proven(),
            "recovery is not proven: there are no recovery shares".to_owned(),
        );
        warn(
            counts.conflict > 0,
            format!("{} in conflict", number(counts.conflict, "password")),
        );
        warn(
            status.commits >= MANY_WRITES,
            format!("the anchor was written {} times; NV memory wears out", status.commits),
        );
        warn(
            status.commits_today >= MANY_A_DAY,
            format!("the anchor was written {} times today", status.commits_today),
        );
        warnings
    }

    /// Shares come with a later verb.
    const fn recovery_proven(&self) -> bool {
        false
    }

    fn is_simulated(&self) -> bool {
        self.status.vault.tpm.tcti == "simulator"
    }

    pub(super) fn say(&self, ui: &mut Ui) -> Result<(), Failure> {
        if let AnchorState::Alarm(alarm) = &self.status.anchor {
            ui.styled(Look::Alarm, format_args!("INTEGRITY ALARM: {alarm}"))?;
        }
        if self.is_simulated() {
            ui.styled(
                Look::Warning,
                "SIMULATED: this vault's TPM is a program, and protects nothing",
            )?;
        }
        text::fields(ui, &self.fields())?;
        for warning in self.warnings() {
            ui.styled(Look::Warning, format_args!("Warning: {warning}"))?;
        }
        Ok(())
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let (status, vault) = (self.status, &self.status.vault);
        let site = vault.site.as_ref().map(|site| format!(" ({site})")).unwrap_or_default();
        let folder = match self.separated {
            true => "separated: it belongs to another user than the operator",
            false => "not separated: it belongs to the operator's own login",
        };
        let maker = status
            .tpm
            .as_ref()
            .map(|tpm| format!(", made by {}", tpm.manufacturer.trim()));
        let pcrs: Vec<String> = vault.tpm.pcrs.iter().map(ToString::to_string).collect();
        let memory = match status.memory_locked {
            Some(true) => "the pages with keys are locked",
            Some(false) => "the pages with keys are not locked and may be swapped out (see the limit `memlock`)",
            None => "the keys were not opened",
        };
        vec![
            ("Vault", format!("{}{site}", vault.vault)),
            ("Made", text::local(vault.created_at)),
            ("Folder", self.setting.folder.display().to_string()),
            ("", folder.to_owned()),
            ("TPM", format!("{}{}", vault.tpm.tcti, maker.unwrap_or_default())),
            (
                "PCRs",
                if pcrs.is_empty() {
                    "none".to_owned()
                } else {
                    pcrs.join(", ")
                },
            ),
            ("PIN", self.pin()),
            ("Anchor", anchor_text(&status.anchor, status.authenticated)),
            (
                "Anchor writes",
                format!("{}, {} today", status.commits, status.commits_today),
            ),
            ("Log", number(status.events, "event")),
            ("Escrows", self.escrows()),
            (
                "To rotate",
                format!("{}, {} overdue", status.counts.exposed, overdue(&status.counts, "", "")),
            ),
            (
                "Ends by word",
                format!("{} (`strongroom rotation list --claimed`)", status.counts.claimed_ends),
            ),
            ("Recovery", "not proven; recovery shares: none".to_owned()),
            ("Memory", memory.to_owned()),
        ]
    }

    fn pin(&self) -> String {
        let tpm = &self.status.vault.tpm;
        if !tpm.pin {
            return "none".to_owned();
        }
        let tries = match &self.status.tpm {
            Some(found) if found.guesses.tries_left() == 0 => {
                format!("; LOCKED OUT for the next {}", text::span(found.guesses.wait_seconds()))
            }
            Some(found) if found.guesses.tries_left() == 1 => "; 1 try left".to_owned(),
            Some(found) => format!("; {} tries left", found.guesses.tries_left()),
            None => String::new(),
        };
        let limit = if tpm.guesses_limited {
            ""
        } else {
            "; PIN guesses not limited by us"
        };
        format!("asked for{tries}{limit}")
    }

    fn escrows(&self) -> String {
        let counts = &self.status.counts;
        let mut words = vec![
            format!(
                "{} of {}",
                number(counts.escrows, "password"),
                number(counts.devices, "device")
            ),
            format!("{} current", counts.current),
            format!("{} exposed", counts.exposed),
            format!("{} superseded", counts.superseded),
        ];
        let marked = [
            (counts.conflict, "in conflict"),
            (counts.unconfirmed, "unconfirmed"),
            (counts.unassigned, "without a device"),
            (counts.unproven, "not proven"),
        ];
        words.extend(
            marked
                .iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, mark)| format!("{count} {mark}")),
        );
        words.join(", ")
    }

    pub(super) fn as_json(&self) -> Object<'_> {
        let (status, vault, counts) = (self.status, &self.status.vault, &self.status.counts);
        let guesses = status.tpm.as_ref().map(|tpm| tpm.guesses).filter(|_| vault.tpm.pin);
        Object {
            vault_id: vault.vault,
            site: vault.site.as_deref(),
            created_at: vault.created_at,
            folder: self.setting.folder.display().to_string(),
            separated: self.separated,
            tpm: &vault.tpm.tcti,
            tpm_manufacturer: status.tpm.as_ref().map(|tpm| tpm.manufacturer.trim()),
            simulated: self.is_simulated(),
            pcrs: &vault.tpm.pcrs,
            pin: vault.tpm.pin,
            pin_guesses_limited: vault.tpm.guesses_limited,
            pin_tries_left: guesses.map(|guesses| guesses.tries_left()),
            pin_wait_seconds: guesses.map(|guesses| guesses.wait_seconds()),
            anchor: anchor_word(&status.anchor),
            authenticated: status.authenticated,
            alarm: match &status.anchor {
                AnchorState::Alarm(alarm) => Some(alarm.to_string()),
                AnchorState::Matches | AnchorState::NotRead | AnchorState::OneBehind => None,
            },
            anchor_writes: status.commits,
            anchor_writes_today: status.commits_today,
            events: status.events,
            devices: counts.devices,
            escrows: counts.escrows,
            current: counts.current,
            exposed: counts.exposed,
            superseded: counts.superseded,
            conflict: counts.conflict,
            unconfirmed: counts.unconfirmed,
            unassigned: counts.unassigned,
            unproven: counts.unproven,
            overdue: counts.overdue,
            overdue_or_more: counts.overdue_or_more(),
            claimed_ends: counts.claimed_ends,
            grace_seconds: vault.grace_seconds,
            recovery_proven: self.recovery_proven(),
            recovery_shares: None,
            lone_custodian: false,
            memory_locked: status.memory_locked,
            warnings: self.warnings(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Object<'a> {
    vault_id: VaultId,
    site: Option<&'a str>,
    created_at: Time,
    folder: String,
    separated: bool,
    tpm: &'a str,
    tpm_manufacturer: Option<&'a str>,
    simulated: bool,
    pcrs: &'a [u8],
    pin: bool,
    pin_guesses_limited: bool,
    pin_tries_left: Option<u32>,
    pin_wait_seconds: Option<u64>,
    anchor: &'static str,
    authenticated: bool,
    alarm: Option<String>,
    anchor_writes: u64,
    anchor_writes_today: u64,
    events: u64,
    devices: u64,
    escrows: u64,
    current: u64,
    exposed: u64,
    superseded: u64,
    conflict: u64,
    unconfirmed: u64,
    unassigned: u64,
    unproven: u64,
    overdue: u64,
    overdue_or_more: bool,
    claimed_ends: u64,
    grace_seconds: u64,
    recovery_proven: bool,
    recovery_shares: Option<u64>,
    lone_custodian: bool,
    memory_locked: Option<bool>,
    warnings: Vec<String>,
}

/// Returns how many passwords are overdue, with a word for one or many of them.
fn overdue(counts: &Counts, one: &str, many: &str) -> String {
    let or_more = if counts.overdue_or_more() { " or more" } else { "" };
    format!(
        "{}{or_more}{}",
        counts.overdue,
        if counts.overdue == 1 { one } else { many }
    )
}

/// A TPM's NV memory is made for some hundred thousand writes.
const MANY_WRITES: u64 = 50_000;
const MANY_A_DAY: u64 = 500;
