//! Working in an unsealed vault: PIN, lock, one operation, and closing again.

use std::thread;
use std::time::Duration;

use strongroom_core::values::Operator;
use strongroom_core::values::Pin;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::Who;

use crate::args::PinArgs;
use crate::clock;
use crate::failure::Failure;
use crate::operator;
use crate::setting::Setting;
use crate::ui::StdinIs;
use crate::ui::Ui;

/// The PIN, where the vault asks for one; it is not proven here that it does, and the TPM decides.
pub(super) fn pin(ui: &mut Ui, inventory: &Inventory, args: &PinArgs, stdin: StdinIs) -> Result<Option<Pin>, Failure> {
    if inventory.vault()?.tpm.pin || args.pin_file.is_some() {
        return Ok(Some(ui.pin(args.pin_file.as_deref(), stdin)?));
    }
    Ok(None)
}

/// Opens the vault, does one thing in it, and closes it.
pub(super) fn unsealed<T>(
    ui: &mut Ui,
    setting: &Setting,
    pin: Option<Pin>,
    work: impl FnOnce(&mut Unsealed, &Who) -> Result<T, Error>,
) -> Result<T, Failure> {
    let operator = who()?;
    ui.flush()?;
    let vault = Unsealed::open(&setting.folder, setting.wait, pin.as_ref())?;
    drop(pin);
    worked(ui, vault, operator, work)
}

/// The same, where the PIN is needed again.
pub(super) fn unsealed_again<T>(
    ui: &mut Ui,
    setting: &Setting,
    pin: Option<&Pin>,
    work: impl FnOnce(&mut Unsealed, &Who) -> Result<T, Error>,
) -> Result<T, Failure> {
    let operator = who()?;
    ui.flush()?;
    let vault = Unsealed::open(&setting.folder, setting.wait, pin)?;
    worked(ui, vault, operator, work)
}

/// Waits a moment with the vault closed: a process that queued for it has it by then.
pub(super) fn step_aside() {
    thread::sleep(MOMENT);
}

fn worked<T>(
    ui: &mut Ui,
    mut vault: Unsealed,
    operator: Operator,
    work: impl FnOnce(&mut Unsealed, &Who) -> Result<T, Error>,
) -> Result<T, Failure> {
    if vault.rolled_forward() {
        ui.note("the last command died before the TPM remembered it; that has been finished now");
    }
    // Not before: whoever queued for the lock would be on record with the time of the queue's end.
    let who = Who {
        operator,
        at: clock::now(),
    };
    let done = work(&mut vault, &who);
    let closed = vault.close();
    let done = done?;
    if let Err(error) = closed {
        // It is on record all the same.
        ui.warn(format_args!(
            "it was done, but the TPM did not close as it should: {}",
            Failure::from(error).line()
        ));
    }
    Ok(done)
}

/// Who asks.
pub(super) fn who() -> Result<Operator, Failure> {
    operator::operator().map_err(|source| Failure::Text {
        argument: "the name of the user".to_owned(),
        source,
    })
}

/// The kernel wakes who queued for a lock at once, and yet whoever let it go could have it again before.
const MOMENT: Duration = Duration::from_millis(50);
