//! `list`

use clap::Args;
use strongroom_core::state::EscrowState;
use strongroom_core::values::DeviceName;
use strongroom_core::values::Time;
use strongroom_vault::ops::Inventory;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;
use strongroom_vault::store::Problem;
use strongroom_vault::store::Problems;

use crate::args::PageArgs;
use crate::clock;
use crate::command::listing;
use crate::failure::Failure;
use crate::setting::Setting;
use crate::ui::Ui;

/// List the escrows in every state, the oldest first
///
/// It reads the inventory and never a password, and needs no TPM: it says nothing about freshness.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Only those of this device
    #[arg(long, value_name = "NAME", value_parser = DeviceName::kept)]
    device: Option<DeviceName>,

    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<EscrowState>,

    /// Only those that are not proven to open their volume
    #[arg(long)]
    unproven: bool,

    /// Only those with which something is not well, or one of these things
    ///
    /// conflict: two passwords claim its protector, or it did not unlock; unconfirmed: its source is not known;
    /// unassigned: it has no device; same-password, same-protector: held for another device too; several-current: its
    /// volume has another current one; never-proven: current or exposed, and never tried on its volume; silent: for its
    /// device nothing was taken in for --days.
    #[arg(long, value_name = "PROBLEM", num_args = 0.., require_equals = true, value_delimiter = ',', value_parser = problem)]
    problems: Option<Vec<Problem>>,

    /// After how many days without an escrow a device is silent
    #[arg(long, value_name = "N", default_value_t = 180, value_parser = clap::value_parser!(u32).range(1..), requires = "problems")]
    days: u32,

    #[command(flatten)]
    page: PageArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ListArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let filter = args.device.clone().map_or(Filter::All, Filter::Device);
    let narrow = Page {
        state: args.state,
        unproven: args.unproven,
        problems: args.problems.clone().map(|named| problems(named, args.days)),
        ..Page::default()
    };
    listing::stream(ui, &mut inventory, &filter, narrow, &args.page)?;
    Ok(())
}

fn problems(named: Vec<Problem>, days: u32) -> Problems {
    let silent = i64::from(days).saturating_mul(DAY_MILLIS);
    let now = clock::now();
    Problems {
        any_of: if named.is_empty() { Problem::ALL.to_vec() } else { named },
        silent_since: Time::from_millis(now.as_millis().saturating_sub(silent)).unwrap_or(now),
    }
}

fn problem(word: &str) -> Result<Problem, String> {
    let words = Problem::ALL.map(Problem::as_str).join(", ");
    word.parse().map_err(|_| format!("a problem is one of {words}"))
}

fn state(word: &str) -> Result<EscrowState, &'static str> {
    let states = [EscrowState::Current, EscrowState::Exposed, EscrowState::Superseded];
    let known = states.into_iter().find(|state| state.as_str() == word);
    known.ok_or("a state is current, exposed or superseded")
}

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;
