//! `drop`

mod enrol;
mod key;
mod list;
mod revoke;
mod seal;

use clap::Subcommand;

use crate::failure::Failure;
use crate::setting::Setting;
use crate::ui::Ui;

/// What to do about drops.
#[derive(Debug, Subcommand)]
pub(crate) enum Drop {
    Key(key::KeyArgs),
    Enrol(enrol::EnrolArgs),
    Revoke(revoke::RevokeArgs),
    List(list::ListArgs),
    #[command(
        after_help = "Example:\n  strongroom drop seal --to vault.key --device PC-0042 --volume C: \\\n    --protector '{4F2A1B3C-0000-4000-8000-000000000000}' --out pc-0042.drop < password.txt"
    )]
    Seal(Box<strongroom_drop::SealArgs>),
}

pub(super) fn run(ui: &mut Ui, setting: impl FnOnce() -> Result<Setting, Failure>, verb: &Drop) -> Result<(), Failure> {
    match verb {
        Drop::Key(args) => key::run(ui, &setting()?, args),
        Drop::Enrol(args) => enrol::run(ui, &setting()?, args),
        Drop::Revoke(args) => revoke::run(ui, &setting()?, args),
        Drop::List(args) => list::run(ui, &setting()?, args),
        Drop::Seal(args) => seal::run(ui, args),
    }
}
