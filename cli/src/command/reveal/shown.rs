//! The password on its way to the reader: through one buffer, which is wiped.

use std::fmt;
use std::fmt::Write;

use serde::Serialize;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::DeviceName;
use strongroom_core::values::EscrowId;
use strongroom_core::values::MountPoint;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;
use strongroom_vault::ops::Revealed;

use crate::failure::Failure;
use crate::render::code;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::SecretText;
use crate::ui::Ui;
use crate::ui::printable;

/// Shows it, and on a terminal takes it away again.
pub(super) fn show(ui: &mut Ui, setting: &Setting, revealed: Revealed, qr: bool) -> Result<(), Failure> {
    let mut shown = SecretText::new();
    let screen = Screen {
        setting,
        grouped: ui.shows_to_person(),
        qr: qr.then_some(ui.has_colours()),
    };
    let written = if ui.json() {
        as_json(&mut shown, &revealed)
    } else {
        screen.compose(&mut shown, &revealed)
    };
    drop(revealed);
    written.map_err(|_| std::io::Error::from(std::io::ErrorKind::StorageFull))?;
    ui.secret(&shown)?;
    drop(shown);
    if ui.shows_to_person() {
        ui.clear_on_enter()?;
    }
    Ok(())
}

struct Screen<'a> {
    setting: &'a Setting,
    /// In numbered groups, to be read out; else as one line, to be copied.
    grouped: bool,
    /// As a QR code too, coloured or not.
    qr: Option<bool>,
}

impl Screen<'_> {
    fn compose(&self, to: &mut SecretText, revealed: &Revealed) -> fmt::Result {
        let (volume, record) = (&revealed.volume, &revealed.record);
        let proven = match record.proven_at {
            Some(at) => format!("{}, to open this volume", text::local(at)),
            None if record.presented.is_some() => {
                "no; an operator who knew it presented a volume that it opens".to_owned()
            }
            None => "never; it has not been tried on this volume".to_owned(),
        };
        let fields = [
            ("Device", text::device(volume)),
            ("Volume", format!("{} ({})", text::volume(volume), volume.kind.text())),
            ("Protector", record.protector.to_string()),
            ("Proven", proven),
        ];
        for (name, value) in fields {
            writeln!(to, "{name:9}  {}", printable(&value))?;
        }
        if record.conflict {
            writeln!(
                to,
                "Conflict   another password is held for this protector, or this one did not unlock before"
            )?;
        }
        if record.clock {
            writeln!(
                to,
                "Clock      a clock contradicts the order in which it came; another password may be newer: compare the protector"
            )?;
        }
        to.write_str("\n")?;
        self.password(to, &revealed.password)?;
        to.write_str("\n")?;
        self.rotation(to, volume, record)
    }

    fn password(&self, to: &mut SecretText, password: &RecoveryPassword) -> fmt::Result {
        if self.grouped {
            for (group, number) in password.groups().iter().zip(1..) {
                let end = if number % 4 == 0 { "\n" } else { "" };
                write!(to, "   {number}  {}{end}", group.as_str())?;
            }
        } else {
            writeln!(to, "{}", password.to_text().as_str())?;
        }
        if let Some(colours) = self.qr {
            to.write_str("\n")?;
            code::draw(to, &password.to_text(), code::Density::Light, colours)?;
        }
        Ok(())
    }

    fn rotation(&self, to: &mut SecretText, volume: &VolumeRecord, record: &EscrowRecord) -> fmt::Result {
        let Some(day) = record.rotate_by.filter(|_| record.state == EscrowState::Exposed) else {
            return writeln!(
                to,
                "It is {}: a newer one is proven to open this volume.",
                record.state.as_str()
            );
        };
        writeln!(to, "It is exposed now: rotate it by {}.", text::local(day))?;
        if volume.mount().is_none() {
            writeln!(
                to,
                "  Its drive is not named here: see on the device which DRIVE it is."
            )?;
        }
        let mount = volume.mount().map_or_else(|| "DRIVE:".to_owned(), ToString::to_string);
        let (mount, protector) = (printable(&mount), record.protector);
        writeln!(
            to,
            "  On the device:  manage-bde -protectors -add {mount} -RecoveryPassword"
        )?;
        writeln!(to, "  Then here:      {}", printable(&successor(self.setting, volume)))?;
        // Last: until the new one is taken in, the old one is the only one that anybody holds.
        writeln!(
            to,
            "  Then there:     manage-bde -protectors -delete {mount} -id {{{protector}}}"
        )?;
        writeln!(
            to,
            "  And say whether it unlocked: {} outcome {} unlocked",
            printable(&self.setting.command()),
            record.escrow
        )
    }
}

/// The command that takes in the next password of a volume.
fn successor(setting: &Setting, volume: &VolumeRecord) -> String {
    let mut words = vec![setting.command()];
    let device = volume
        .device
        .as_ref()
        .map_or_else(|| "NAME".to_owned(), |device| text::shell(device.as_str()));
    words.extend(["escrow --device".to_owned(), device]);
    if let Some(mount) = volume.mount() {
        words.extend(["--volume".to_owned(), text::shell(mount.as_str())]);
    }
    if let Some(id) = volume.id {
        words.extend(["--volume-id".to_owned(), id.to_string()]);
    }
    words.push("--protector NEW-ID".to_owned());
    words.join(" ")
}

fn as_json(to: &mut SecretText, revealed: &Revealed) -> fmt::Result {
    let (volume, record) = (&revealed.volume, &revealed.record);
    let password = revealed.password.to_text();
    let object = Answer {
        recovery_password: &password,
        escrow_id: record.escrow,
        protector_id: record.protector,
        device: volume.device.as_ref(),
        volume: volume.mount(),
        volume_id: volume.id,
        state: record.state,
        conflict: record.conflict,
        clock: record.clock,
        proven_at: record.proven_at,
        exposed_at: record.exposed_at,
        rotate_by: record.rotate_by,
        leaf: revealed.leaf,
    };
    serde_json::to_writer(&mut *to, &object).map_err(|_| fmt::Error)?;
    to.write_str("\n")
}

/// It borrows the password; nothing of it is copied but into the buffer that is written.
#[derive(Serialize)]
struct Answer<'a> {
    recovery_password: &'a str,
    escrow_id: EscrowId,
    protector_id: ProtectorId,
    device: Option<&'a DeviceName>,
    volume: Option<&'a MountPoint>,
    volume_id: Option<VolumeId>,
    state: EscrowState,
    conflict: bool,
    clock: bool,
    proven_at: Option<Time>,
    exposed_at: Option<Time>,
    rotate_by: Option<Time>,
    leaf: u64,
}
