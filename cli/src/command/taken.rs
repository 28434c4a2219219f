//! What became of an escrow, told.

use strongroom_core::state::EscrowState;
use strongroom_core::state::Rule;
use strongroom_vault::ops::Escrowed;

use crate::failure::Failure;
use crate::render::json::Taken;
use crate::render::text;
use crate::ui::Ui;

/// Tells what became of one escrow; `done` is the word for what was done with it.
pub(super) fn tell(ui: &mut Ui, done: &str, escrowed: &Escrowed) -> Result<(), Failure> {
    if ui.json() {
        ui.object(&Taken::of(escrowed))?;
    } else {
        say(ui, done, escrowed)?;
    }
    if escrowed.record.clock {
        ui.warn("a clock contradicts the order in which it came: it is taken as current and marked `clock`; see that the clocks are right, and `prove` which password opens the volume");
    }
    if escrowed.rule == Rule::OtherPassword {
        ui.warn("another password is held for the same protector: both are kept and marked `conflict`, one of them is wrong");
    }
    Ok(())
}

fn say(ui: &mut Ui, done: &str, escrowed: &Escrowed) -> Result<(), Failure> {
    let (volume, record) = (&escrowed.volume, &escrowed.record);
    ui.line(format_args!(
        "{done}: {} {}, protector {}",
        text::device(volume),
        text::volume(volume),
        record.protector
    ))?;
    let state = match record.state {
        EscrowState::Exposed => format!("{}, because this password has been shown before", text::state(record)),
        EscrowState::Current | EscrowState::Superseded => text::state(record),
    };
    let state = format!("{state}{}", text::unconfirmed(record));
    let mut fields = vec![("State", state), ("Why", escrowed.rule.why().to_owned())];
    for protector in &escrowed.superseded {
        fields.push(("Supersedes", protector.to_string()));
    }
    if escrowed.exposure_ended {
        let word = "the exposure of the older password has ended on your word; nobody has looked at the volume";
        fields.push(("Rotated", word.to_owned()));
    }
    fields.push(("Escrow id", record.escrow.to_string()));
    text::fields(ui, &fields)
}
