//! `find`

use clap::Args;
use strongroom_core::values::KeyIdPrefix;
use strongroom_core::values::fold;
use strongroom_core::values::may_hold_password;
use strongroom_vault::ops::Inventory;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Page;

use crate::args::PageArgs;
use crate::command::listing;
use crate::failure::ChoiceError;
use crate::failure::Failure;
use crate::setting::Setting;
use crate::ui::Ui;

/// Find escrows by a part of the device's name, or by the first digits of a protector ID
///
/// Three characters of any part of a name, without case, or four hexadecimal digits from the beginning of an ID, which
/// is what a recovery screen shows.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  strongroom find 4F2A1B3C\n  strongroom find laptop")]
pub(crate) struct FindArgs {
    /// What to look for
    text: String,

    #[command(flatten)]
    page: PageArgs,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &FindArgs) -> Result<(), Failure> {
    let filter = filter(&args.text)?;
    let mut inventory = Inventory::open(&setting.folder)?;
    let found = listing::stream(ui, &mut inventory, &filter, Page::default(), &args.page)?;
    if found == 0 && args.page.after.is_none() {
        let what = format!("escrow with {} in its device's name or protector ID", args.text.trim());
        return Err(ChoiceError::Nothing { what }.into());
    }
    Ok(())
}

fn filter(text: &str) -> Result<Filter, Failure> {
    let text = text.trim();
    // Not looked for, and not repeated.
    if may_hold_password(text) {
        return Err(Failure::PasswordInArgument);
    }
    let prefix: Option<KeyIdPrefix<4>> = text.parse().ok();
    let name = (fold(text).chars().count() >= 3).then(|| text.to_owned());
    match (name, prefix) {
        (Some(name), Some(prefix)) => Ok(Filter::DeviceTextOrProtector(name, prefix)),
        (Some(name), None) => Ok(Filter::DeviceText(name)),
        (None, _) => Err(Failure::usage(
            "that is too short to look for",
            "give three or more characters of a device name, or four or more digits of a protector ID",
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::command::find::filter;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = filter(text).map_or_else(|error| error.line(), |filter| format!("{filter:?}"));
        assert!(found.starts_with(expected), "{found}");
    }

    #[test]
    fn names_and_digits_are_told_apart() {
        check("4f2a", "DeviceTextOrProtector(\"4f2a\"");
        check("{4F2A1B3C-", "DeviceTextOrProtector");
        check("4f2", "DeviceText(\"4f2\")");
        check(" laptop ", "DeviceText(\"laptop\")");
        check("pc", "that is too short");
        check(&"000011-".repeat(8), "an argument holds");
        check("", "that is too short");
    }
}
