//! `list`

use clap::Args;
use strongroom_core::state::EscrowState;
use strongroom_core::values::DeviceName;
use strongroom_vault::ops::Inventory;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::args::PageArgs;
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
    #[arg(long, value_name = "NAME")]
    device: Option<DeviceName>,

    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<EscrowState>,

    /// Only those that are not proven to open their volume
    #[arg(long)]
    unproven: bool,

    /// Only those marked `conflict` or `unconfirmed`, or without a device
    #[arg(long)]
    problems: bool,

    #[command(flatten)]
    page: PageArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ListArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let filter = args.device.clone().map_or(Filter::All, Filter::Device);
    let narrow = Page {
        state: args.state,
        unproven: args.unproven,
        problems: args.problems,
        ..Page::default()
    };
    listing::stream(ui, &mut inventory, &filter, narrow, &args.page)?;
    Ok(())
}

fn state(word: &str) -> Result<EscrowState, &'static str> {
    let states = [EscrowState::Current, EscrowState::Exposed, EscrowState::Superseded];
    let known = states.into_iter().find(|state| state.as_str() == word);
    known.ok_or("a state is current, exposed or superseded")
}
