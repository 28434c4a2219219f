//! `audit key`

use strongroom_vault::ops::Inventory;

use crate::failure::Failure;
use crate::setting::Setting;
use crate::ui::Ui;

pub(super) fn run(ui: &mut Ui, setting: &Setting) -> Result<(), Failure> {
    let keys = Inventory::open(&setting.folder)?.log_keys()?;
    let (log, tpm) = (keys.log.to_string(), keys.tpm.map(|key| key.to_string()));
    if ui.json() {
        return ui.object(&serde_json::json!({ "key": log, "tpm_key": tpm }));
    }
    ui.line(log)?;
    match tpm {
        Some(tpm) => ui.line(tpm),
        None => {
            ui.note("the TPM has no key yet: the next command that changes the vault makes it");
            Ok(())
        }
    }
}
