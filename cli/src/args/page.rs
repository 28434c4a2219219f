//! How much of a list.

use clap::Args;
use strongroom_core::values::EscrowId;

/// Part of a list.
#[derive(Args, Clone, Debug)]
pub(crate) struct PageArgs {
    /// Give at most so many; 50 on a terminal, all elsewhere
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) limit: Option<u64>,

    /// Go on behind this escrow, the last of the page before
    #[arg(long, value_name = "ESCROW_ID")]
    pub(crate) after: Option<EscrowId>,
}
