//! The command line as it is given: its verbs, and what several of them take.

mod key_id;
mod moment;
mod page;
mod span;

use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use strongroom_core::audit::Period;
use strongroom_core::values::Time;

pub(crate) use crate::args::key_id::KeyId;
pub(crate) use crate::args::moment::Moment;
pub(crate) use crate::args::page::PageArgs;
pub(crate) use crate::args::span::Span;
use crate::command::Verb;

/// An offline escrow vault for BitLocker recovery passwords
///
/// Strongroom takes in recovery passwords, shows one only after the showing is on record, and from then on calls it
/// exposed until a newer one for the same volume arrives. Passwords and PINs are asked for on the terminal or read from
/// stdin; they are never arguments.
#[derive(Debug, Parser)]
#[command(
    name = "strongroom",
    bin_name = "strongroom",
    version,
    arg_required_else_help = false,
    subcommand_required = true
)]
#[command(after_help = "Exit codes: 0 done, 1 refused, 2 usage, 3 not found, 4 integrity alarm, 5 TPM, 6 busy, 70 bug")]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,

    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What stands before or behind any verb.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of every verb")]
pub(crate) struct Global {
    /// Use the vault in this folder
    ///
    /// Default: the folder that STRONGROOM_VAULT names, otherwise /var/lib/strongroom for root and for the owner of that
    /// folder, otherwise strongroom in $XDG_DATA_HOME (~/.local/share).
    #[arg(long, global = true, value_name = "DIR", overrides_with = "vault")]
    pub(crate) vault: Option<PathBuf>,

    /// Answer in JSON: one object, or for a list one object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Wait so long for another process to be done with the vault
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub(crate) wait: u64,
}

/// Where the PIN comes from.
#[derive(Args, Clone, Debug)]
pub(crate) struct PinArgs {
    /// Read the PIN from this file
    ///
    /// Its owner alone may read it; one newline at its end is left out. Without it the PIN is systemd's credential
    /// strongroom.pin, else it is read from stdin where that is no terminal and carries nothing else, else it is asked
    /// for on the terminal.
    #[arg(long, value_name = "FILE")]
    pub(crate) pin_file: Option<PathBuf>,
}

/// Between which times.
#[derive(Args, Clone, Debug)]
pub(crate) struct PeriodArgs {
    /// From this time on, such as 2026-11-22 or 2026-11-22T02:00:00Z
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Moment>,

    /// Up to this time; of a day, up to its end
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Moment>,
}

impl PeriodArgs {
    /// Whether `time` lies in the period.
    pub(crate) fn holds(&self, time: Time) -> bool {
        self.period().holds(time)
    }

    /// The same as a period.
    pub(crate) fn period(&self) -> Period {
        Period {
            since: self.since.map(Moment::begins),
            until: self.until.map(Moment::ends),
        }
    }
}
