//! `init`

use std::path::PathBuf;

use clap::ArgGroup;
use clap::Args;
use strongroom_core::values::LogText;
use strongroom_vault::ops;
use strongroom_vault::ops::InitRequest;
use strongroom_vault::ops::Initialised;
use strongroom_vault::ops::Who;
use strongroom_vault::tpm::PcrSelection;
use strongroom_vault::tpm::Tcti;

use crate::args::Span;
use crate::clock;
use crate::command::working;
use crate::failure::Failure;
use crate::render::json::Init;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::Ui;
use crate::ui::printable;

/// Make a vault: its keys, its seal in the TPM, its anchor and its first event
///
/// The TPM is chosen here for good. With a PIN, whoever works in the vault types it each time and the TPM limits wrong
/// ones; without, the vault opens for whoever holds this machine, in the state of the PCRs that were chosen.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").required(true).args(["pin", "no_pin", "clean"]))]
#[command(
    after_help = "Examples:\n  strongroom init --pin --pcr 7 --site 'Plant 4'\n  strongroom --vault /tmp/trial init --tpm simulator --no-pin"
)]
pub(crate) struct InitArgs {
    /// Seal to this TPM: device:PATH, swtpm:host=H,port=P, or simulator for a trial
    #[arg(
        long,
        value_name = "TPM",
        default_value = "device:/dev/tpmrm0",
        conflicts_with = "clean"
    )]
    tpm: Tcti,

    /// Open only while these PCRs have the values that they have now, such as 7
    #[arg(
        long,
        value_name = "N,N…",
        default_value = "",
        hide_default_value = true,
        conflicts_with = "clean"
    )]
    pcr: PcrSelection,

    /// Ask for a PIN
    #[arg(long)]
    pin: bool,

    /// Ask for no PIN
    #[arg(long)]
    no_pin: bool,

    /// Read the new PIN from this file, which its owner alone may read
    #[arg(long, value_name = "FILE", conflicts_with_all = ["no_pin", "clean"])]
    pin_file: Option<PathBuf>,

    /// Leave the TPM's lockout authorisation as it is
    ///
    /// Then anybody who may open the TPM can reset its count of wrong PINs.
    #[arg(long, conflicts_with = "clean")]
    keep_lockout_auth: bool,

    /// Call the vault this
    #[arg(long, value_name = "NAME", conflicts_with = "clean")]
    site: Option<LogText>,

    /// Let a password stay exposed for so long before it is overdue: 90m, 24h, 7d
    #[arg(long, value_name = "SPAN", default_value = "24h", conflicts_with = "clean")]
    grace: Span,

    /// Undo an init that was interrupted: remove the anchor that it noted, and nothing else
    #[arg(long)]
    clean: bool,
}

pub(super) fn run(ui: &mut Ui, setting: &Setting, args: &InitArgs) -> Result<(), Failure> {
    if args.clean {
        return clean(ui, setting);
    }
    if args.no_pin && args.pcr.is_empty() {
        ui.warn("without a PIN and without PCRs, whoever holds this machine opens the vault");
    }
    let operator = working::who()?;
    let pin = if args.pin {
        Some(ui.new_pin(args.pin_file.as_deref())?)
    } else {
        None
    };
    let request = InitRequest {
        tcti: args.tpm.clone(),
        pcrs: args.pcr,
        pin: pin.as_ref(),
        keep_lockout_auth: args.keep_lockout_auth,
        site: args.site.clone(),
        grace_seconds: args.grace.0,
    };
    let who = Who {
        operator,
        at: clock::now(),
    };
    let made = ops::init(&setting.folder, setting.wait, &who, &request)?;
    drop(pin);
    if ui.json() {
        return ui.object(&Init::of(&made, args.tpm.is_simulator()));
    }
    say(ui, setting, &made, args.tpm.is_simulator())
}

fn clean(ui: &mut Ui, setting: &Setting) -> Result<(), Failure> {
    let handle = ops::clean(&setting.folder, setting.wait)?;
    if ui.json() {
        return ui.object(&serde_json::json!({ "cleaned": true, "anchor_handle": format!("{handle:#010x}") }));
    }
    ui.line(format_args!(
        "The interrupted init of {} is undone; NV index {handle:#010x} is free",
        setting.folder.display()
    ))
}

fn say(ui: &mut Ui, setting: &Setting, made: &Initialised, simulated: bool) -> Result<(), Failure> {
    let vault = &made.vault;
    ui.line(format_args!("The vault is made, in {}", setting.folder.display()))?;
    let pcrs: Vec<String> = vault.tpm.pcrs.iter().map(ToString::to_string).collect();
    let pin = match (vault.tpm.pin, vault.tpm.guesses_limited) {
        (false, _) => "none",
        (true, true) => "asked for; the TPM takes 5 wrong ones, then one every 10 minutes",
        (true, false) => "asked for; PIN guesses not limited by us",
    };
    let simulator = if simulated {
        " (SIMULATED: no protection, for a trial only)"
    } else {
        ""
    };
    text::fields(
        ui,
        &[
            ("Vault", vault.vault.to_string()),
            ("Site", vault.site.clone().unwrap_or_else(|| "-".to_owned())),
            ("TPM", format!("{}{simulator}", vault.tpm.tcti)),
            (
                "PCRs",
                if pcrs.is_empty() {
                    "none".to_owned()
                } else {
                    pcrs.join(", ")
                },
            ),
            ("PIN", pin.to_owned()),
            (
                "Rotate",
                format!("within {} of a reveal", text::span(vault.grace_seconds)),
            ),
            ("Log key", made.log_keys.log.to_string()),
            (
                "TPM's key",
                made.log_keys.tpm.as_ref().map_or_else(String::new, ToString::to_string),
            ),
        ],
    )?;
    ui.line("")?;
    ui.line("Next:")?;
    ui.line("  1. Have the auditor note down both keys: they tell this vault's log from a forged one.")?;
    ui.line(format_args!(
        "  2. Take in passwords: {} escrow --device NAME --volume C: --protector GUID",
        printable(&setting.command())
    ))?;
    ui.line("  3. There are no recovery shares: if this TPM dies or is cleared, what is in the vault is lost.")?;
    ui.line("     Until there are, keep every password in a second place.")
}
