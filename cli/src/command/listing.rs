//! Lists of escrows.

use std::fmt::Display;

use strongroom_vault::ops::Inventory;
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

/// The page of a short list that is asked for: behind `after`, by what `key` makes of each, and no longer than `limit`.
pub(super) fn page<T, K: Display + PartialEq>(
    ui: &mut Ui,
    mut items: Vec<T>,
    (limit, after): (Option<u64>, Option<K>),
    key: impl Fn(&T) -> K,
) -> Result<Vec<T>, Failure> {
    if let Some(after) = after {
        let Some(before) = items.iter().position(|item| key(item) == after) else {
            let what = format!("{after} to go on behind");
            return Err(ChoiceError::Nothing { what }.into());
        };
        items.drain(..=before);
    }
    let limit = limit.or(ui.shows_to_person().then_some(ON_A_TERMINAL));
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(usize::MAX);
    if items.len() > limit {
        items.truncate(limit);
        if let Some(last) = items.last().map(key) {
            ui.note(format_args!(
                "there is more: --after {last} goes on, --limit N shows more at once"
            ));
        }
    }
    Ok(items)
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
        ui.note(format_args!(
            "there is more: --after {last} goes on, --limit N shows more at once"
        ));
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
