//! `drop seal`

use strongroom_drop::SealArgs;

use crate::clock;
use crate::command::escrow;
use crate::failure::Failure;
use crate::ui::Ui;

pub(super) fn run(ui: &mut Ui, args: &SealArgs) -> Result<(), Failure> {
    if args.writes_to_stdout() && ui.json() {
        return Err(strongroom_drop::Error::AnswerAndDrop.into());
    }
    if args.writes_to_stdout() && ui.shows_to_person() {
        return Err(strongroom_drop::Error::DropOnTerminal.into());
    }
    let sealed = if args.asks() {
        let password = escrow::password(ui)?;
        args.run(clock::now(), || Ok(password))?
    } else {
        args.run(clock::now(), || Err(strongroom_drop::Error::NoPassword))?
    };
    match sealed.to_stdout {
        Some(bytes) => ui.bytes(&bytes),
        None if ui.json() => ui.object(&sealed.answer),
        None => sealed.answer.lines().iter().try_for_each(|line| ui.line(line)),
    }
}
