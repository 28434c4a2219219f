//! What is brought to a vault: files of passwords, drops in a spool folder and beside it, a volume; and what waits in the
//! vault for each verb that sees to it.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use strongroom_core::values::ProtectorId;

use crate::end_to_end::held::Held;
use crate::end_to_end::image_file::write;
use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::DROP_PROGRAM;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::written::Protector;
use crate::end_to_end::written::Volume;

/// The passwords of two files, and the devices that these name; one record names none. The first is newer than what
/// [`Held`] holds of its volume.
pub(crate) const FILES: [(&str, &[(u64, &str)]); 2] = [
    ("one.csv", &[(3, "LAB-01"), (10, "PC-10"), (11, "")]),
    ("two.csv", &[(12, "PC-12"), (13, "PC-13")]),
];
/// The password in `handed.drop`.
pub(crate) const HANDED: u64 = 9;
/// The passwords in the drops that lie in the spool folder, and the names of these.
pub(crate) const SPOOLED: [(&str, u64); 2] = [("a.drop", 7), ("b.drop", 8)];
/// The password that is held for no device.
pub(crate) const UNASSIGNED: u64 = 5;
/// The password that came from nobody who is enrolled.
pub(crate) const UNCONFIRMED: u64 = 6;
/// The sender that is enrolled.
pub(crate) const SENDER: &str = "courier";

/// Two passwords are held, and all of the above lies beside the vault.
#[track_caller]
pub(crate) fn handed_in(site: Site) -> Held {
    let held = Held::on(site);
    let site = &held.site;
    for (name, records) in FILES {
        fs::write(site.beside(name), csv(records)).unwrap();
    }
    import(site, &csv(&[(UNASSIGNED, "")]));
    enrol(site, SENDER, &sender_file(site)).output().ok();
    drop_key(site, &key_file(site)).output().ok();

    make_spool(site);
    for (name, number) in SPOOLED {
        seal(site, "--sender", &sender_file(site), number, &spool(site).join(name));
    }
    seal(site, "--sender", &sender_file(site), HANDED, &handed_drop(site));
    let stranger = site.beside("stranger.drop");
    seal(site, "--to", &key_file(site), UNCONFIRMED, &stranger);
    site.run(&["import"]).args([&stranger]).output().ok();
    fs::remove_file(stranger).unwrap();
    write_volume(&made(1), &image(site));
    held
}

/// A table of these passwords, each made later than the one before it.
pub(crate) fn csv(records: &[(u64, &str)]) -> String {
    let lines = records.iter().map(|(number, device)| {
        let (made, minute) = (made(*number), number % 60);
        let mount = if device.is_empty() { "" } else { "C:" };
        format!(
            "{device},{mount},{},{},2026-11-20T08:{minute:02}:00Z\n",
            made.protector, made.text
        )
    });
    let head = "ComputerName,MountPoint,KeyProtectorId,RecoveryPassword,Created\n".to_owned();
    head + &lines.collect::<String>()
}

/// Takes in a table that is no file.
#[track_caller]
pub(crate) fn import(site: &Site, table: &str) {
    let run = site.run(&["--json", "import", "-"]).stdin(table);
    run.output().ok();
}

/// Makes a drop of this password, for the device of its number.
#[track_caller]
pub(crate) fn seal(site: &Site, option: &str, key: &Path, number: u64, out: &Path) {
    let (made, device) = (made(number), format!("PC-{number:02}"));
    let run = Run::of(DROP_PROGRAM, ["seal", "--device", &device, "--volume", "C:"])
        .args(["--protector", &made.protector, option])
        .args([key, "--out".as_ref(), out]);
    run.in_folder(&site.root()).stdin(made.text).output().ok();
}

/// Enrols a sender that may speak for every device.
pub(crate) fn enrol(site: &Site, name: &str, out: &Path) -> Run {
    site.run(&["--json", "drop", "enrol", name, "--any-device"])
        .args(["--out".as_ref(), out.as_os_str()])
}

pub(crate) fn drop_key(site: &Site, out: &Path) -> Run {
    site.run(&["--json", "drop", "key"])
        .args(["--out".as_ref(), out.as_os_str()])
}

/// Takes in what lies in the spool folder.
pub(crate) fn import_spool(site: &Site) -> Run {
    site.run(&["--json", "import", "--once"])
        .args(["--spool".as_ref(), spool(site).as_os_str()])
}

/// That this receipt, by the agents' program, is of this drop.
#[track_caller]
pub(crate) fn assert_receipted(site: &Site, receipt: &Path, drop: &Path) {
    accepting(site, receipt, drop).output().ok();
}

/// The same of a drop without a sender: its receipt is accepted only as one of an unconfirmed password.
#[track_caller]
pub(crate) fn assert_receipted_unconfirmed(site: &Site, receipt: &Path, drop: &Path) {
    accepting(site, receipt, drop).output().refused(1, "unconfirmed");
    accepting(site, receipt, drop)
        .args(["--accept-unconfirmed"])
        .output()
        .ok();
}

fn accepting(site: &Site, receipt: &Path, drop: &Path) -> Run {
    let files = ["receipt".as_ref(), receipt.as_os_str(), drop.as_os_str()];
    Run::of(DROP_PROGRAM, files).args(["--to".as_ref(), key_file(site).as_os_str()])
}

/// A volume that this password opens: small, for it is copied again and again.
pub(crate) fn write_volume(password: &Made, path: &Path) {
    let protector: ProtectorId = password.protector.parse().unwrap();
    let volume = Volume {
        protectors: vec![Protector {
            id: *protector.as_bytes(),
            kind: RECOVERY,
            secret: password.bytes.to_vec(),
            label: String::new(),
            changed: 0x01d5_3236_72f0_e3b0,
        }],
        blocks: [0x1_0000, 0x3_0000, 0x5_0000],
        size: 0x8_0000,
        ..Volume::default()
    };
    write(&volume.write(), path);
}

/// Makes the spool folder, with nothing in it yet.
#[track_caller]
pub(crate) fn make_spool(site: &Site) {
    fs::create_dir(spool(site)).unwrap();
    let init = site.bare(&["import", "--spool-init"]).args([spool(site)]);
    init.output().ok().shows("is a spool");
}

pub(crate) fn spool(site: &Site) -> PathBuf {
    site.beside("spool")
}

pub(crate) fn handed_drop(site: &Site) -> PathBuf {
    site.beside("handed.drop")
}

pub(crate) fn image(site: &Site) -> PathBuf {
    site.beside("volume.img")
}

pub(crate) fn key_file(site: &Site) -> PathBuf {
    site.beside("vault.key")
}

pub(crate) fn sender_file(site: &Site) -> PathBuf {
    site.beside("courier.sender")
}

/// The kind of a protector that is a recovery password.
const RECOVERY: u16 = 0x0800;
