//! `audit list`

use clap::Args;
use strongroom_core::log::Action;
use strongroom_core::log::Event;
use strongroom_core::values::DeviceName;
use strongroom_vault::ops::Inventory;

use crate::args::PeriodArgs;
use crate::command::listing::ON_A_TERMINAL;
use crate::failure::Failure;
use crate::render::json::Logged;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::Table;
use crate::ui::Ui;

/// List the events, in order
///
/// It needs no TPM, and only `audit verify` tells whether these are the events that happened.
#[derive(Args, Debug)]
pub(crate) struct ListArgs {
    /// Only of this device
    #[arg(long, value_name = "NAME", value_parser = DeviceName::kept)]
    device: Option<DeviceName>,

    /// Only by this person, as logged in or as in effect
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,

    /// Only of this kind, such as reveal or escrow
    #[arg(long, value_name = "ACTION", value_parser = action)]
    action: Option<Action>,

    #[command(flatten)]
    period: PeriodArgs,

    /// Give at most so many; 50 on a terminal, all elsewhere
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,

    /// Go on behind this leaf, the last of the page before
    #[arg(long, value_name = "LEAF")]
    after: Option<u64>,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &ListArgs) -> Result<(), Failure> {
    let mut inventory = Inventory::open(&setting.folder)?;
    let limit = args.limit.or(ui.shows_to_person().then_some(ON_A_TERMINAL));
    let mut table = Table::new([
        "LEAF", "TIME", "OPERATOR", "ACTION", "DEVICE", "VOLUME", "KEY ID", "REASON", "NOTE", "RESULT",
    ]);
    let (mut written, mut last) = (0, None);
    let mut more = false;
    let start = args.after.map_or(0, |after| after.saturating_add(1));
    inventory.events_from(start, |event| {
        if !args.matches(&event) {
            return Ok::<_, Failure>(true);
        }
        if limit == Some(written) {
            more = true;
            return Ok(false);
        }
        written += 1;
        last = Some(event.leaf);
        if ui.json() {
            ui.object(&Logged::of(&event))?;
        } else {
            table.row(ui, cells(&event))?;
        }
        Ok(true)
    })?;
    table.finish(ui)?;
    if let Some(last) = last.filter(|_| more) {
        ui.note(format_args!(
            "there is more: --after {last} goes on, --limit N shows more at once"
        ));
    }
    Ok(())
}

impl ListArgs {
    fn matches(&self, event: &Event) -> bool {
        let operator = |name: &String| {
            let by = &event.operator;
            let mut names = [Some(&by.effective), by.login.as_ref(), by.claimed.as_ref()]
                .into_iter()
                .flatten();
            names.any(|by| by.as_str() == name.as_str()) || by.to_string() == *name
        };
        self.device
            .as_ref()
            .is_none_or(|device| event.body.device.as_ref() == Some(device))
            && self.operator.as_ref().is_none_or(operator)
            && self.action.is_none_or(|action| event.body.action == action)
            && self.period.holds(event.time)
    }
}

fn cells(event: &Event) -> [String; 10] {
    let body = &event.body;
    let dash = || "-".to_owned();
    let key_id: Option<String> = body
        .protector
        .map(|protector| protector.to_string().chars().take(8).collect());
    let words = [
        body.note.as_ref().map(ToString::to_string),
        body.ticket.as_ref().map(|ticket| format!("ticket {ticket}")),
        body.caller.as_ref().map(|caller| format!("caller {caller}")),
        body.file.as_ref().map(|file| format!("from {file}")),
        body.sender.as_ref().map(|sender| format!("sender {}", sender.name)),
        event
            .wrong_pins
            .map(|pins| format!("{} before", text::number(u64::from(pins), "wrong PIN"))),
        event.clock_step.map(|step| format!("clock moved by {} s", step / 1000)),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    [
        event.leaf.to_string(),
        text::local(event.time),
        event.operator.to_string(),
        body.action.to_string(),
        body.device.as_ref().map_or_else(dash, ToString::to_string),
        body.volume.as_ref().map_or_else(dash, ToString::to_string),
        key_id.unwrap_or_else(dash),
        body.reason.clone().unwrap_or_else(dash),
        if words.is_empty() { dash() } else { words.join("; ") },
        body.result.clone().unwrap_or_else(dash),
    ]
}

fn action(word: &str) -> Result<Action, String> {
    let words: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
    word.parse()
        .map_err(|_| format!("an action is one of {}", words.join(", ")))
}
