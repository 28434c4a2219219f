//! What clap has to say: help, the version, and what is wrong with a command line.

use std::error::Error as _;
use std::ffi::OsStr;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use clap::error::ContextKind;
use clap::error::ErrorKind;
use strongroom_core::values::ParseMountPointError;
use strongroom_core::values::TextError;
use strongroom_terminal::Arguments;

use crate::failure::Failure;
use crate::ui::Ui;

/// Prints help or the version, or gives what is wrong.
pub(crate) fn answer(ui: &mut Ui, given: &Arguments, error: &clap::Error) -> Result<(), Failure> {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return ui.help(&error.render());
    }
    Err(failure(given, error))
}

/// What clap takes and we do not: a recovery password in any argument, and two vaults in one command. A sudo rule that
/// fixes `--vault` before the verb would otherwise be undone by another one behind it.
pub(crate) fn require_sense(given: &Arguments) -> Result<(), Failure> {
    if given.may_hold_password() {
        return Err(Failure::PasswordInArgument);
    }
    let mut vaults = vaults(given.words());
    let first = vaults.next();
    if vaults.any(|vault| Some(vault) != first) {
        return Err(Failure::usage("--vault is given twice, for two folders", "give one"));
    }
    Ok(())
}

/// The folders that `--vault` names.
fn vaults(given: &[OsString]) -> impl Iterator<Item = &OsStr> {
    let options = given.iter().take_while(|argument| *argument != "--");
    let behind = given.iter().skip(1).map(OsString::as_os_str);
    options
        .zip(behind.map(Some).chain([None]))
        .filter_map(|(option, behind)| {
            let glued = option.as_bytes().strip_prefix(b"--vault=").map(OsStr::from_bytes);
            glued.or(behind.filter(|_| option == "--vault"))
        })
}

fn failure(given: &Arguments, error: &clap::Error) -> Failure {
    if let Some(source) = text_error(error) {
        let argument = error.get(ContextKind::InvalidArg).map(ToString::to_string);
        return Failure::Text {
            argument: argument.unwrap_or_default(),
            source,
        };
    }
    // clap repeats what it does not understand.
    if given.may_hold_password() {
        return Failure::PasswordInArgument;
    }
    if matches!(
        error.kind(),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand
    ) {
        return Failure::usage("no verb was given", "the same with --help lists the verbs");
    }
    let rendered = error.render().to_string();
    let mut paragraphs = rendered.split("\n\n").map(one_line).filter(|text| !text.is_empty());
    let what = paragraphs.next().unwrap_or_default();
    let hint: Vec<String> = paragraphs
        .filter(|text| !text.starts_with("For more information"))
        .collect();
    let what = what.strip_prefix("error: ").unwrap_or(&what).to_owned();
    let hint = hint
        .iter()
        .map(|text| text.replace("tip: ", "").replace("Usage: ", "usage: "));
    Failure::usage(
        what,
        hint.chain(["--help says more".to_owned()])
            .collect::<Vec<_>>()
            .join("; "),
    )
}

/// The error of a text that may not stand in the log: then it is refused and never repeated.
fn text_error(error: &clap::Error) -> Option<TextError> {
    let source = error.source()?;
    if let Some(ParseMountPointError::Text(error)) = source.downcast_ref() {
        return Some(*error);
    }
    source.downcast_ref().copied()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
