//! `audit list`, `audit events`, `audit verify` and `audit key`

mod events;
mod list;
mod verify;

use clap::Subcommand;
use strongroom_vault::ops::Inventory;

use crate::failure::Failure;
use crate::setting::Setting;
use crate::ui::Ui;

/// Read and verify the log.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    List(list::ListArgs),
    Events(events::EventsArgs),
    Verify(verify::VerifyArgs),
    /// Print the keys that sign the log, as C2SP verifier keys, and nothing else
    ///
    /// The auditor notes them down when the vault is made: later it is the file's own word, and whoever can write the
    /// file can write this too.
    Key,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, verb: &Audit) -> Result<(), Failure> {
    match verb {
        Audit::List(args) => list::run(ui, setting, args),
        Audit::Events(args) => events::run(ui, setting, args),
        Audit::Verify(args) => verify::run(ui, setting, args),
        Audit::Key => key(ui, setting),
    }
}

fn key(ui: &mut Ui, setting: &Setting) -> Result<(), Failure> {
    let key = Inventory::open(&setting.folder)?.log_key()?.to_string();
    if ui.json() {
        return ui.object(&serde_json::json!({ "key": key }));
    }
    ui.line(key)
}
