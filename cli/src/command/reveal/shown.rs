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
use strongroom_vault::store::Item;

use crate::failure::Failure;
use crate::render::code;
use crate::render::text;
use crate::setting::Setting;
use crate::ui::SecretText;
use crate::ui::Ui;
use crate::ui::printable;

/// Shows it, and on a terminal takes it away again.
pub(super) fn show(ui: &mut Ui, setting: &Setting, revealed: Revealed, also: &[Item], qr: bool) -> Result<(), Failure> {
    let mut shown = SecretText::new();
    let screen = Screen {
        setting,
        also,
        grouped: ui.shows_to_person(),
        qr: qr.then_some(ui.has_colours()),
    };
    let written = if ui.json() {
        as_json(&mut shown, &revealed, also)
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

/// Says of an escrow what the person has to know first: that nobody vouches for it, and where else its password is held.
pub(super) fn warnings(record: &EscrowRecord, also: &[Item]) -> String {
    let mut lines = String::new();
    if record.unconfirmed {
        lines.push_str("  Marks      unconfirmed: nobody vouches for whoever handed it in, so it may be made up\n");
    }
    for item in also.iter().take(LISTED) {
        let (device, volume) = (text::device(&item.volume), text::volume(&item.volume));
        lines.push_str(&format!("  Also of    {device} {volume}\n"));
    }
    if let Some(more) = also.len().checked_sub(LISTED).filter(|more| *more > 0) {
        lines.push_str(&format!("  Also of    {more} more\n"));
    }
    lines
}

struct Screen<'a> {
    setting: &'a Setting,
    /// The other escrows of the same password and protector.
    also: &'a [Item],
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
        for line in warnings(record, self.also).lines() {
            writeln!(to, "{}", printable(line.trim_start()))?;
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
        if record.unconfirmed {
            return writeln!(
                to,
                "  No commands are given for it: nobody vouches for what its source says of the device."
            );
        }
        let drive = volume.mount().map(MountPoint::as_str).filter(|mount| is_drive(mount));
        if drive.is_none() {
            writeln!(
                to,
                "  Its drive is not named here: see on the device which DRIVE it is."
            )?;
        }
        let (drive, protector) = (drive.unwrap_or("DRIVE:"), record.protector);
        writeln!(
            to,
            "  On the device:  manage-bde -protectors -add {drive} -RecoveryPassword"
        )?;
        writeln!(to, "  Then here:      {}", printable(&successor(self.setting, volume)))?;
        // Last: until the new one is taken in, the old one is the only one that anybody holds. PowerShell would take braces
        // without quotes for a block of its own.
        writeln!(
            to,
            "  Then there:     manage-bde -protectors -delete {drive} -id \"{{{protector}}}\""
        )?;
        writeln!(
            to,
            "  And say whether it unlocked: {} outcome {} unlocked",
            printable(&self.setting.command()),
            record.escrow
        )
    }
}

/// Returns the command that takes in the next password of a volume. What a source says of the volume stands in it only if
/// it means the same in every shell; otherwise a word that the person replaces.
fn successor(setting: &Setting, volume: &VolumeRecord) -> String {
    let mut words = vec![setting.command()];
    let device = volume
        .device
        .as_ref()
        .and_then(|device| text::any_shell(device.as_str()));
    words.extend([
        "escrow --device".to_owned(),
        device.unwrap_or_else(|| "NAME".to_owned()),
    ]);
    if let Some(mount) = volume.mount() {
        let drive = Some(mount.as_str()).filter(|mount| is_drive(mount));
        words.extend(["--volume".to_owned(), drive.unwrap_or("MOUNT").to_owned()]);
    }
    if let Some(id) = volume.id {
        words.extend(["--volume-id".to_owned(), id.to_string()]);
    }
    words.push("--protector NEW-ID".to_owned());
    words.join(" ")
}

/// Returns whether a mount point is a plain drive letter, such as `C:`.
fn is_drive(mount: &str) -> bool {
    matches!(mount.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

fn as_json(to: &mut SecretText, revealed: &Revealed, also: &[Item]) -> fmt::Result {
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
        unconfirmed: record.unconfirmed,
        also: also.iter().map(|item| item.record.escrow).collect(),
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
    unconfirmed: bool,
    also: Vec<EscrowId>,
}

/// Other escrows of the same password that are named.
const LISTED: usize = 10;
