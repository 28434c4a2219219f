//! The verbs, one a file.

mod assign;
mod audit;
mod check;
mod choosing;
mod confirm;
mod devices;
mod drop;
mod escrow;
mod expose;
mod find;
mod generate;
mod import;
mod init;
mod list;
mod listing;
mod outcome;
mod prove;
mod reveal;
mod rotation;
mod show;
mod status;
mod taken;
mod working;

use clap::Subcommand;

use crate::args::Global;
use crate::failure::Failure;
use crate::setting::Setting;
use crate::ui::Ui;

pub(crate) use crate::command::prove::Presented;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    Init(init::InitArgs),
    Escrow(escrow::EscrowArgs),
    Import(import::ImportArgs),
    Check(check::CheckArgs),
    Devices(devices::DevicesArgs),
    List(list::ListArgs),
    Show(show::ShowArgs),
    Find(find::FindArgs),
    Reveal(reveal::RevealArgs),
    Outcome(outcome::OutcomeArgs),
    /// See and end what is to be rotated
    #[command(subcommand)]
    Rotation(rotation::Rotation),
    Expose(expose::ExposeArgs),
    Assign(assign::AssignArgs),
    Confirm(confirm::ConfirmArgs),
    Prove(prove::ProveArgs),
    /// Let agents hand passwords in as files
    #[command(subcommand)]
    Drop(drop::Drop),
    Status(status::StatusArgs),
    /// Read and verify the log
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Write man pages or completions
    #[command(subcommand, hide = true)]
    Generate(generate::Generate),
}

/// Does it.
pub(crate) fn run(ui: &mut Ui, global: &Global, verb: &Verb) -> Result<(), Failure> {
    let setting = || Setting::of(global);
    match verb {
        Verb::Init(args) => init::run(ui, &setting()?, args),
        Verb::Escrow(args) => escrow::run(ui, &setting()?, args),
        Verb::Import(args) => import::run(ui, &setting()?, args),
        Verb::Check(args) => check::run(ui, args),
        Verb::Devices(args) => devices::run(ui, &setting()?, args),
        Verb::List(args) => list::run(ui, &setting()?, args),
        Verb::Show(args) => show::run(ui, &setting()?, args),
        Verb::Find(args) => find::run(ui, &setting()?, args),
        Verb::Reveal(args) => reveal::run(ui, &setting()?, args),
        Verb::Outcome(args) => outcome::run(ui, &setting()?, args),
        Verb::Rotation(verb) => rotation::run(ui, &setting()?, verb),
        Verb::Expose(args) => expose::run(ui, &setting()?, args),
        Verb::Assign(args) => assign::run(ui, &setting()?, args),
        Verb::Confirm(args) => confirm::run(ui, &setting()?, args),
        Verb::Prove(args) => prove::run(ui, setting, args),
        Verb::Drop(verb) => drop::run(ui, setting, verb),
        Verb::Status(args) => status::run(ui, &setting()?, args),
        Verb::Audit(verb) => audit::run(ui, setting, verb),
        Verb::Generate(what) => generate::run(what),
    }
}
