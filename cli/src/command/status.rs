//! `status`

mod report;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use strongroom_core::values::Pin;
use strongroom_vault::ops;
use strongroom_vault::ops::AnchorState;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::Inventory;

use crate::clock;
use crate::command::status::report::Report;
use crate::failure::Failure;
use crate::operator;
use crate::setting::Setting;
use crate::ui::Ui;

/// Say how the vault is
///
/// It asks for no PIN, and changes nothing.
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// Exit with 4 on an integrity alarm, 5 where the TPM does not answer, 1 where something is to be seen to
    #[arg(long)]
    check: bool,

    /// Leave the TPM out; then nothing is said about freshness
    #[arg(long)]
    no_tpm: bool,

    /// Hold the anchor and the log key against the keyring too, with the PIN in this file
    ///
    /// Its owner alone may read it. Systemd's credential strongroom.pin does as well; where the vault has no PIN, none is
    /// needed. Without any of these what is read from the TPM is not authenticated.
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &StatusArgs) -> Result<(), Failure> {
    let now = clock::now();
    let look = |depth: Depth<'_>| ops::status(&setting.folder, setting.wait, now, depth);
    let pin = if args.no_tpm {
        None
    } else {
        pin_by_file(ui, setting, args.pin_file.as_deref())?
    };
    let looked = if args.no_tpm {
        look(Depth::File)
    } else {
        look(Depth::Tpm { pin: pin.as_ref() })
    };
    drop(pin);
    // What the file alone says is worth saying where the TPM does not answer.
    let (status, silent) = match looked {
        Err(error @ Error::Tpm(_)) => (look(Depth::File)?, Some(error)),
        other => (other?, None),
    };
    let report = Report {
        separated: is_separated(setting),
        setting,
        status: &status,
    };
    if ui.json() {
        ui.object(&report.as_json())?;
    } else {
        report.say(ui)?;
    }
    if let Some(error) = silent {
        return Err(error.into());
    }
    match &status.anchor {
        _ if !args.check => Ok(()),
        AnchorState::Alarm(alarm) => Err(alarm.clone().into()),
        AnchorState::Matches | AnchorState::NotRead | AnchorState::OneBehind => match report.warnings() {
            warnings if warnings.is_empty() => Ok(()),
            warnings => Err(Failure::Attention(warnings)),
        },
    }
}

/// The PIN, where the vault has one and a file holds it: nobody is asked.
pub(super) fn pin_by_file(ui: &mut Ui, setting: &Setting, file: Option<&Path>) -> Result<Option<Pin>, Failure> {
    if file.is_some() {
        return ui.pin_by_file(file);
    }
    // A vault record that cannot be read is what the look itself is to find and to tell.
    let vault = Inventory::open(&setting.folder)?.vault();
    if vault.is_ok_and(|vault| vault.tpm.pin) {
        return ui.pin_by_file(None);
    }
    Ok(None)
}

/// Whether the folder belongs to somebody else than the person who works in it.
fn is_separated(setting: &Setting) -> bool {
    let person = operator::login().unwrap_or_else(operator::real);
    fs::metadata(&setting.folder).is_ok_and(|folder| folder.uid() != person)
}

/// What the anchor says, for scripts.
pub(super) const fn anchor_word(anchor: &AnchorState) -> &'static str {
    match anchor {
        AnchorState::Alarm(_) => "alarm",
        AnchorState::Matches => "matches",
        AnchorState::NotRead => "not_read",
        AnchorState::OneBehind => "one_behind",
    }
}

/// What the anchor says, for people.
pub(super) fn anchor_text(anchor: &AnchorState, authenticated: bool) -> String {
    let how = if authenticated {
        ""
    } else {
        " (anchor read, not authenticated)"
    };
    match anchor {
        AnchorState::Alarm(alarm) => format!("ALARM: {alarm}{how}"),
        AnchorState::Matches => format!("the TPM remembers the file's last commit{how}"),
        AnchorState::NotRead => "not read".to_owned(),
        AnchorState::OneBehind => format!(
            "the vault died between its last commit and the TPM's remembering it; the next command that unseals the vault \
             finishes this{how}"
        ),
    }
}
