//! `audit verify`

use std::path::PathBuf;

use clap::Args;
use strongroom_vault::ops;
use strongroom_vault::ops::AnchorState;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::Verified;

use crate::command::status;
use crate::failure::Failure;
use crate::render::json::Verification;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::Look;
use crate::ui::Ui;

/// Verify everything: file, trees, signatures, anchor, and every row against a replay of the log
///
/// With --export or --proof it verifies what was handed out instead, and needs neither the vault nor a TPM; the program
/// strongroom-audit does the same.
///
/// It asks for no PIN. Where the vault has none, or one is given by file, the log key and the anchor's authorisation are
/// held against the keyring too; else both are the file's own word.
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// Leave the TPM out; then nothing is said about freshness
    #[arg(long, conflicts_with_all = ["export", "proof"])]
    no_tpm: bool,

    /// Hold the anchor and the log key against the keyring too, with the PIN in this file
    ///
    /// Its owner alone may read it. Systemd's credential strongroom.pin does as well; where the vault has no PIN, none is
    /// needed. Without any of these what is read from the TPM is not authenticated.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["export", "proof"])]
    pin_file: Option<PathBuf>,

    #[command(flatten)]
    handed_out: strongroom_audit::HandedOutArgs,
}

pub(super) fn run(
    ui: &mut Ui,
    setting: impl FnOnce() -> Result<Setting, Failure>,
    args: &VerifyArgs,
) -> Result<(), Failure> {
    if let Some(verified) = args.handed_out.check(ui.shows_progress())? {
        return say_handed_out(ui, &verified);
    }
    let setting = &setting()?;
    let pin = if args.no_tpm {
        None
    } else {
        status::pin_by_file(ui, setting, args.pin_file.as_deref())?
    };
    let depth = match args.no_tpm {
        true => Depth::File,
        false => Depth::Tpm { pin: pin.as_ref() },
    };
    let mut progress = ui.progress_of_work("verified", work(setting)?);
    let verified = ops::verify(&setting.folder, setting.wait, depth, |work| progress.advance(work));
    progress.end();
    let verified = verified?;
    drop(pin);
    if ui.json() {
        ui.object(&Verification::of(&verified, status::anchor_word(&verified.anchor)))?;
    } else {
        say(ui, &verified)?;
    }
    match verified.first_wrong {
        Some(alarm) => Err(alarm.into()),
        None => Ok(()),
    }
}

/// Returns how much work a verification is, by the file's own word; none if that cannot be read.
fn work(setting: &Setting) -> Result<u64, Failure> {
    let work = Inventory::open(&setting.folder)?.work();
    Ok(work.map_or(0, |work| work.units()))
}

fn say_handed_out(ui: &mut Ui, verified: &strongroom_audit::Verified) -> Result<(), Failure> {
    if ui.json() {
        return ui.object(verified.json());
    }
    verified.lines().into_iter().try_for_each(|line| {
        let look = match line.look {
            strongroom_audit::Look::Plain => Look::Plain,
            strongroom_audit::Look::Heading => Look::Heading,
            strongroom_audit::Look::Warning => Look::Warning,
        };
        ui.styled(look, line.text)
    })
}

fn say(ui: &mut Ui, verified: &Verified) -> Result<(), Failure> {
    if verified.is_ok() {
        ui.styled(Look::Heading, "Everything is as the log says")?;
    } else {
        ui.styled(Look::Alarm, "Something is wrong")?;
    }
    let mut fields = vec![
        ("Events", verified.events.to_string()),
        ("Escrows", verified.escrows.to_string()),
    ];
    if let Some(alarm) = &verified.first_wrong {
        fields.push(("First wrong", alarm.to_string()));
    }
    fields.push(("Anchor", status::anchor_text(&verified.anchor, verified.authenticated)));
    let key = if verified.authenticated {
        "by the keyring"
    } else {
        "by the file's own word; compare it with the one noted down"
    };
    fields.push(("Log key", key.to_owned()));
    let counts = match (verified.refusal_counts, verified.authenticated) {
        (true, _) => "counts verified by the keyring",
        (false, true) => "counts not verified: the file is of an older schema",
        (false, false) => "counts not verified: that takes the keyring",
    };
    fields.push(("Refusals", counts.to_owned()));
    text::fields(ui, &fields)?;
    if verified.anchor == AnchorState::NotRead {
        ui.note("the TPM was not asked: an older copy of this file would look the same");
    }
    Ok(())
}
