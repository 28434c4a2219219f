//! Lists of escrows.

use std::fmt::Display;

use strongroom_core::values::EscrowId;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Listing;
use strongroom_vault::ops::Part;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Item;
use strongroom_vault::store::Page;

use crate::args::PageArgs;
use crate::failure::ChoiceError;
use crate::failure::Failure;
use crate::render::json::Escrow;
use crate::render::json::Troubled;
use crate::render::text;
use crate::render::text::EscrowTable;
use crate::ui::Ui;

/// How many lines a terminal is given.
pub(super) const ON_A_TERMINAL: u64 = 50;

/// Says that there is more behind this row.
pub(super) fn say_more(ui: &mut Ui, last: &dyn Display) {
    ui.note(format_args!(
        "there is more: --after {last} goes on, --limit N shows more at once"
    ));
}

/// What is said where the row to go on behind is not in the list.
pub(super) fn nothing_behind(after: Option<&impl Display>) -> Failure {
    let what = after.map_or_else(String::new, |after| format!("{after} to go on behind"));
    ChoiceError::Nothing { what }.into()
}

/// The part of a list of a time that is asked for: one that fits a terminal, or all.
pub(super) fn part(ui: &Ui, args: &PageArgs) -> Part {
    Part {
        after: args.after,
        limit: args.limit.or(ui.shows_to_person().then_some(ON_A_TERMINAL)),
    }
}

/// Takes the rows of such a list, and says what else there is.
pub(super) fn rows<T>(
    ui: &mut Ui,
    listing: Option<Listing<T>>,
    args: &PageArgs,
    key: impl Fn(&T) -> EscrowId,
) -> Result<Vec<T>, Failure> {
    let listing = listing.ok_or_else(|| nothing_behind(args.after.as_ref()))?;
    if let Some(last) = listing.rows.last().map(key).filter(|_| listing.more) {
        say_more(ui, &last);
    }
    if let Some(of) = listing.of.filter(|_| !listing.whole) {
        ui.note(format_args!(
            "each of these rows is proven; of {of} rows in all, the whole list proves that none is missing (without --limit, \
             to a file), as `strongroom audit verify` does"
        ));
    }
    Ok(listing.rows)
}

/// Writes what the filter finds, one escrow a line, without holding all of it. Gives how many there were.
pub(super) fn stream(
    ui: &mut Ui,
    inventory: &mut Inventory,
    filter: &Filter,
    narrow: Page,
    args: &PageArgs,
) -> Result<u64, Failure> {
    if let Some(after) = args.after {
        let known = inventory.list(&Filter::Escrow(after), &Page::default())?;
        if known.items.is_empty() {
            let what = format!("escrow {after} to go on behind");
            return Err(ChoiceError::Nothing { what }.into());
        }
    }
    let limit = args.limit.or(ui.shows_to_person().then_some(ON_A_TERMINAL));
    let page = Page {
        after: args.after,
        // One more than is shown tells whether there is more.
        limit: limit.map(|limit| limit.saturating_add(1)),
        ..narrow
    };
    let mut table = EscrowTable::new();
    let (mut written, mut last) = (0, None);
    let mut more = false;
    inventory.items(filter, &page, |item| {
        if limit == Some(written) {
            more = true;
            return Ok(());
        }
        written += 1;
        last = Some(item.record.escrow);
        one(ui, &mut table, &item)
    })?;
    table.finish(ui)?;
    if let Some(last) = last.filter(|_| more) {
        say_more(ui, &last);
    }
    Ok(written)
}

/// Writes these.
pub(super) fn write(ui: &mut Ui, items: &[Item]) -> Result<(), Failure> {
    let mut table = EscrowTable::new();
    for item in items {
        one(ui, &mut table, item)?;
    }
    table.finish(ui)
}

fn one(ui: &mut Ui, table: &mut EscrowTable, item: &Item) -> Result<(), Failure> {
    let escrow = Escrow::of(&item.volume, &item.record);
    match (ui.json(), item.problems.is_empty()) {
        (true, true) => ui.object(&escrow),
        (true, false) => ui.object(&Troubled::of(escrow, &item.problems)),
        (false, true) => table.row(ui, &item.volume, &item.record, text::marks(&item.record)),
        (false, false) => table.row(
            ui,
            &item.volume,
            &item.record,
            text::problems(&item.record, &item.problems),
        ),
    }
}
