//! `drop list`

use clap::Args;
use strongroom_vault::ops::Inventory;

use crate::failure::Failure;
use crate::render::drops::SenderOf;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::Table;
use crate::ui::Ui;

/// List the senders that were ever enrolled
///
/// It needs no TPM, and says nothing about freshness.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {}

pub(super) fn run(ui: &mut Ui, setting: &Setting, _: &ListArgs) -> Result<(), Failure> {
    let senders = Inventory::open(&setting.folder)?.senders()?;
    let mut table = Table::new(["NAME", "DEVICES", "ENROLLED", "REVOKED", "LAST SEQUENCE", "SENDER ID"]);
    for sender in &senders {
        if ui.json() {
            ui.object(&SenderOf::of(sender, None, None))?;
            continue;
        }
        let dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        let devices = sender.devices.as_ref().map(|devices| {
            let names: Vec<&str> = devices.iter().map(|device| device.as_str()).collect();
            names.join(", ")
        });
        table.row(
            ui,
            [
                sender.name.to_string(),
                devices.unwrap_or_else(|| "(any)".to_owned()),
                text::local(sender.enrolled_at),
                dash(sender.revoked_at.map(text::local)),
                dash(sender.last_sequence.map(|sequence| sequence.to_string())),
                sender.sender.to_string(),
            ],
        )?;
    }
    table.finish(ui)
}
