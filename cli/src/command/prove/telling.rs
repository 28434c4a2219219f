//! What a volume is, and what came of trying passwords on it.

use std::path::Path;

use strongroom_core::fve::Located;
use strongroom_core::fve::Metadata;
use strongroom_core::fve::Proof;
use strongroom_core::fve::ProtectorKind;
use strongroom_core::values::ProtectorId;
use strongroom_vault::ops::Proved;
use strongroom_vault::ops::TrialResult;
use strongroom_vault::store::Item;

use crate::command::prove::comparing::Compared;
use crate::failure::Failure;
use crate::render::proof::VolumeProof;
use crate::render::proof::standing;
use crate::render::text;
use crate::ui::Table;
use crate::ui::Ui;

/// A volume that was presented, and what is known of it by now.
pub(crate) struct Presented<'m> {
    pub(crate) image: String,
    pub(crate) located: Located,
    pub(crate) metadata: &'m Metadata,
    /// What the vault holds of it; none where no vault was asked.
    pub(crate) compared: Option<Compared>,
    /// What came of trying what is held.
    pub(crate) proved: Option<Proved>,
    /// What came of trying a password that was typed.
    pub(crate) typed: Option<Proof>,
}

impl<'m> Presented<'m> {
    pub(super) fn of(image: &Path, located: Located, metadata: &'m Metadata) -> Self {
        Self {
            image: image.to_string_lossy().into_owned(),
            located,
            metadata,
            compared: None,
            proved: None,
            typed: None,
        }
    }

    /// How many passwords are held of protectors that the volume lists.
    pub(super) fn held(&self) -> usize {
        self.compared.as_ref().map_or(0, |compared| compared.held.len())
    }

    /// The escrows of one protector.
    pub(crate) fn held_for(&self, protector: ProtectorId) -> Vec<&Item> {
        let held = self.compared.iter().flat_map(|compared| &compared.held);
        held.filter(|item| item.record.protector == protector).collect()
    }

    /// What came of trying passwords on one protector.
    pub(crate) fn results(&self, protector: ProtectorId) -> Vec<TrialResult> {
        let tried = self.proved.iter().flat_map(|proved| &proved.tried);
        let results = tried.filter(|proven| proven.record.protector == protector);
        let results = results.map(|proven| proven.result);
        let typed = self.typed.filter(|proof| match proof {
            Proof::Opens { protector: opened, .. } => *opened == protector,
            Proof::DoesNotOpen { .. } | Proof::BrokenOff => false,
        });
        results.chain(typed.map(TrialResult::of)).collect()
    }

    /// What the password of one protector that opened the volume is by now.
    pub(crate) fn proof(&self, protector: ProtectorId) -> Option<&'static str> {
        let tried = self.proved.iter().flat_map(|proved| &proved.tried);
        let mut opened = tried.filter(|proven| proven.record.protector == protector && proven.result.opened());
        opened.next().map(|proven| match proven.record.presented {
            Some(_) => "presented",
            None => "proven",
        })
    }

    /// The escrows that are no longer on the volume.
    pub(crate) fn stale(&self) -> &[Item] {
        self.compared.as_ref().map_or(&[], |compared| &compared.stale)
    }

    pub(super) fn tell(&self, ui: &mut Ui) -> Result<(), Failure> {
        if ui.json() {
            ui.object(&VolumeProof::of(self))?;
        } else {
            self.say(ui)?;
        }
        if self.metadata.has_clear_key() {
            ui.warn("this volume is not protected: a clear key lies beside its lock, so whoever has it can read it");
        }
        if !self.metadata.complete {
            ui.warn("some of the volume's metadata could not be read: there may be more protectors");
        }
        Ok(())
    }

    fn say(&self, ui: &mut Ui) -> Result<(), Failure> {
        let metadata = self.metadata;
        let mut fields = vec![
            ("Volume ID", metadata.volume.to_string()),
            ("Method", metadata.method.to_string()),
            ("State", metadata.conversion.to_string()),
            ("Begins at", format!("byte {}", self.located.offset)),
        ];
        if let Some(description) = &metadata.description {
            fields.push(("Description", description.to_string()));
        }
        if let Some(created) = metadata.created_at {
            fields.push(("Encrypted since", text::local(created)));
        }
        text::fields(ui, &fields)?;
        ui.line("")?;
        self.say_protectors(ui)?;
        self.say_stale(ui)?;
        if let Some(proved) = &self.proved {
            say_consequences(ui, proved)?;
        }
        Ok(())
    }

    fn say_protectors(&self, ui: &mut Ui) -> Result<(), Failure> {
        let mut table = Table::new(["PROTECTOR ID", "KIND", "HELD", "DEVICE", "TRIED"]);
        for protector in &self.metadata.protectors {
            let held = self.held_for(protector.id);
            let names: Vec<String> = held.iter().map(|item| text::device(&item.volume)).collect();
            let results = self.results(protector.id);
            let results = results.iter().map(|result| result.as_str().to_owned()).collect();
            let dash = |words: Vec<String>| {
                // Whoever hands in decides how many there are.
                match words.len().checked_sub(NAMED) {
                    _ if words.is_empty() => "-".to_owned(),
                    None | Some(0) => words.join(","),
                    Some(more) => format!("{},+{more}", words.get(..NAMED).unwrap_or_default().join(",")),
                }
            };
            table.row(
                ui,
                [
                    protector.id.to_string(),
                    protector.kind.to_string(),
                    standing(self, protector).unwrap_or("-").to_owned(),
                    dash(names),
                    dash(results),
                ],
            )?;
        }
        table.finish(ui)?;
        if !self
            .metadata
            .protectors
            .iter()
            .any(|protector| protector.kind == ProtectorKind::RecoveryPassword)
        {
            ui.line("No recovery password opens this volume: it has none")?;
        }
        Ok(())
    }

    fn say_stale(&self, ui: &mut Ui) -> Result<(), Failure> {
        if self.stale().is_empty() {
            return Ok(());
        }
        ui.line("")?;
        ui.line("Held, and no longer on this volume:")?;
        let mut table = Table::new(["PROTECTOR ID", "STATE", "DEVICE", "ESCROW ID"]);
        for Item { volume, record, .. } in self.stale().iter().take(LISTED) {
            table.row(
                ui,
                [
                    record.protector.to_string(),
                    format!("{}{}", record.state.as_str(), text::unconfirmed(record)),
                    text::device(volume),
                    record.escrow.to_string(),
                ],
            )?;
        }
        table.finish(ui)?;
        match self.stale().len().checked_sub(LISTED) {
            None | Some(0) => Ok(()),
            Some(more) => ui.line(format_args!("and {more} more: `strongroom show` lists them")),
        }
    }
}

fn say_consequences(ui: &mut Ui, proved: &Proved) -> Result<(), Failure> {
    ui.line("")?;
    let opened = proved.tried.iter().filter(|proven| proven.result.opened()).count();
    let opened = u64::try_from(opened).unwrap_or(u64::MAX);
    ui.line(format_args!(
        "{} of {} opened the volume",
        opened,
        text::number(u64::try_from(proved.tried.len()).unwrap_or(u64::MAX), "password")
    ))?;
    for record in proved.tried.iter().map(|proven| &proven.record) {
        if record.presented.is_some() {
            ui.line(format_args!(
                "{} is presented, not proven: you were shown it or took it in, so another operator has to present the volume",
                record.protector
            ))?;
        }
    }
    for protector in &proved.ended {
        ui.line(format_args!(
            "The exposure of {protector} has ended: it is not on the volume any more"
        ))?;
    }
    for protector in &proved.ended_on_word {
        ui.line(format_args!(
            "The exposure of {protector} has ended on your word: it is listed as SAME PERSON until another operator proves it"
        ))?;
    }
    for protector in &proved.exposed_again {
        ui.line(format_args!(
            "{protector} is exposed again: it is on the volume still, so rotate it"
        ))?;
    }
    Ok(())
}

/// Devices or results of one protector that stand in its line.
const NAMED: usize = 5;
/// Escrows that are no longer on the volume, as far as they are listed.
const LISTED: usize = 20;
