//! `audit` and its verbs

mod checkpoint;
mod events;
mod export;
mod handed_out;
mod key;
mod list;
mod prove;
mod report;
mod verify;

use clap::Subcommand;

use crate::failure::Failure;
use crate::setting::Setting;
use crate::ui::Ui;

/// Read and verify the log.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    List(list::ListArgs),
    Events(events::EventsArgs),
    Verify(verify::VerifyArgs),
    Checkpoint(checkpoint::CheckpointArgs),
    Export(export::ExportArgs),
    Prove(prove::ProveArgs),
    Report(report::ReportArgs),
    /// Print the keys that sign the log, as C2SP verifier keys, and nothing else
    ///
    /// The first is the vault's (Ed25519) and signs each commit. The second is the TPM's (ECDSA), which cannot leave it, and
    /// signs what is handed out. The auditor notes them down when the vault is made: later it is the file's own word, and whoever can write the
    /// file can write this too.
    Key,
}

pub(super) fn run(
    ui: &mut Ui,
    setting: impl FnOnce() -> Result<Setting, Failure>,
    verb: &Audit,
) -> Result<(), Failure> {
    match verb {
        Audit::List(args) => list::run(ui, &setting()?, args),
        Audit::Events(args) => events::run(ui, &setting()?, args),
        Audit::Verify(args) => verify::run(ui, setting, args),
        Audit::Checkpoint(args) => checkpoint::run(ui, &setting()?, args),
        Audit::Export(args) => export::run(ui, &setting()?, args),
        Audit::Prove(args) => prove::run(ui, &setting()?, args),
        Audit::Report(args) => report::run(ui, &setting()?, args),
        Audit::Key => key::run(ui, &setting()?),
    }
}
