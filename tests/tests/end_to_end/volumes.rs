//! BitLocker volumes that were written for it: other programs read in them what ours reads, and open them by what ours
//! proves.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use strongroom_core::fve;
use strongroom_core::fve::EncryptionMethod;
use strongroom_core::fve::Metadata;
use strongroom_core::fve::MetadataProof;
use strongroom_core::fve::Place;
use strongroom_core::fve::Proof;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::VolumeId;

use crate::end_to_end::image_file::ImageFile;
use crate::end_to_end::image_file::metadata;
use crate::end_to_end::image_file::write;
use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::written::Layout;
use crate::end_to_end::written::Protector;
use crate::end_to_end::written::Sparse;
use crate::end_to_end::written::Table;
use crate::end_to_end::written::Volume;
use crate::end_to_end::written::disk;

/// What other programs can do with a volume.
#[derive(Clone, Copy, PartialEq)]
enum Known {
    Opens,
    Reads,
    No,
}

use Known::No;
use Known::Opens;
use Known::Reads;

/// A volume of two recovery passwords, the second one behind a passphrase and a TPM.
fn volume(layout: Layout, sector_size: u16, method: u16) -> Volume {
    let recovery = |number| Protector {
        secret: made(number).bytes.to_vec(),
        ..protector(number, 0x0800)
    };
    Volume {
        layout,
        sector_size,
        method,
        protectors: vec![recovery(1), protector(8, 0x2000), protector(9, 0x0100), recovery(2)],
        unknown: false,
        ..Volume::default()
    }
}

fn protector(number: u64, kind: u16) -> Protector {
    let id: strongroom_core::values::ProtectorId = made(number).protector.parse().unwrap();
    Protector {
        id: *id.as_bytes(),
        kind,
        secret: b"p\0a\0s\0s\0".to_vec(),
        label: "DiskPassword".to_owned(),
        changed: 0x01d5_3236_72f0_e3b0,
    }
}

#[test]
fn other_programs_agree() {
    let used_space_only = Volume {
        encrypt_on_write: true,
        states: (3, 4),
        ..volume(Layout::Windows7, 512, 0x8004)
    };
    // What bdeinfo, cryptsetup and dislocker can do: this bdeinfo opens what its file system can be read of (and knows no
    // XTS-AES-256), cryptsetup knows no Vista, bdeinfo and dislocker know no encrypt-on-write.
    for (name, volume, known) in [
        (
            "windows-7",
            volume(Layout::Windows7, 512, 0x8004),
            [Opens, Opens, Opens],
        ),
        ("xts-256", volume(Layout::Windows7, 512, 0x8005), [Reads, Opens, Opens]),
        (
            "diffuser-128",
            volume(Layout::Windows7, 512, 0x8000),
            [Reads, Opens, Opens],
        ),
        ("diffuser-256", volume(Layout::ToGo, 512, 0x8001), [Reads, Opens, Opens]),
        ("to-go", volume(Layout::ToGo, 512, 0x8002), [Reads, Opens, Opens]),
        ("4k", volume(Layout::Windows7, 4096, 0x8003), [Reads, Opens, Opens]),
        ("vista", volume(Layout::Vista, 512, 0x8000), [Opens, No, Opens]),
        ("used-space-only", used_space_only, [No, Opens, No]),
    ] {
        println!("{name}");
        check(&volume, known);
    }
}

fn check(volume: &Volume, [bdeinfo, cryptsetup, dislocker]: [Known; 3]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("volume.img");
    write(&volume.write(), &path);
    let ours = metadata(&path);
    assert_eq!(ours.volume, VolumeId::new(volume.id));
    assert_eq!(ours.protectors.len(), 4);
    let (right, wrong) = (made(1), made(3));
    assert!(is_proven(&ours, &right) && is_proven(&ours, &made(2)) && !is_proven(&ours, &wrong));

    if bdeinfo != No {
        bdeinfo_reads(&path, &ours);
    }
    if bdeinfo == Opens {
        assert!(bdeinfo_opens(&path, &right.text) && !bdeinfo_opens(&path, &wrong.text));
    }
    if cryptsetup != No {
        cryptsetup_reads(&path, &ours);
        assert!(cryptsetup_opens(&path, &right.text) && cryptsetup_opens(&path, &made(2).text));
        assert!(!cryptsetup_opens(&path, &wrong.text));
    }
    if dislocker != No {
        dislocker_reads(&path, &ours, volume.method);
        assert!(dislocker_opens(&path, &right.text) && !dislocker_opens(&path, &wrong.text));
    }
}

#[test]
fn a_disk_has_them_in_its_partitions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("disk.img");
    let other = Sparse {
        size: 1 << 20,
        extents: Vec::new(),
    };
    let one = volume(Layout::Windows7, 512, 0x8004).write();
    for (table, second, fourth) in [
        (Table::Gpt, Place::Gpt { partition: 2 }, Place::Gpt { partition: 4 }),
        (Table::Mbr, Place::Mbr { partition: 5 }, Place::Mbr { partition: 7 }),
    ] {
        let partitions = [other.clone(), one.clone(), other.clone(), one.clone()];
        write(&disk(table, 512, &partitions), &path);
        let mut image = ImageFile::open(&path);
        let located = fve::locate(&mut image).unwrap();
        let places: Vec<Place> = located.iter().map(|one| one.place).collect();
        assert_eq!(places, [second, fourth]);
        for one in located {
            let ours = fve::read(&mut image, &one).unwrap();
            assert!(is_proven(&ours, &made(1)));
            // At the same place lies what another program takes for one.
            let offset = one.offset.to_string();
            let shown = run("bdeinfo", &["-o", &offset, &path.to_string_lossy()], "", "libbde-utils");
            assert_eq!(guids(&text(&shown), |_| true), expected(&ours));
        }
    }
}

/// Whether ours proves the password, by both proofs.
fn is_proven(metadata: &Metadata, password: &Made) -> bool {
    let all: Vec<_> = metadata.recovery_protectors().collect();
    let parsed = RecoveryPassword::parse(&password.text).unwrap();
    match fve::prove(metadata, &parsed, &all, None, |_| ControlFlow::Continue(())) {
        Proof::Opens {
            protector, metadata, ..
        } => {
            assert_eq!(protector.to_string(), password.protector);
            metadata == MetadataProof::Matches
        }
        Proof::DoesNotOpen { tried } => {
            assert_eq!(tried, 2);
            false
        }
        Proof::BrokenOff => panic!("nobody broke it off"),
    }
}

/// The volume's ID and those of its protectors, as ours read them.
fn expected(ours: &Metadata) -> Vec<String> {
    let protectors = ours.protectors.iter().map(|protector| protector.id.to_string());
    [ours.volume.to_string()].into_iter().chain(protectors).collect()
}

pub(crate) fn bdeinfo_reads(path: &Path, ours: &Metadata) {
    let shown = text(&run("bdeinfo", &[&path.to_string_lossy()], "", "libbde-utils"));
    assert_eq!(guids(&shown, |_| true), expected(ours));
    let method = shown
        .lines()
        .find_map(|line| line.split_once("Encryption method\t\t: "));
    assert!(
        method.unwrap().1.eq_ignore_ascii_case(&ours.method.to_string()),
        "{shown}"
    );
}

/// Its exit code is 0 either way.
fn bdeinfo_opens(path: &Path, password: &str) -> bool {
    let shown = run(
        "bdeinfo",
        &["-r", password, &path.to_string_lossy()],
        "",
        "libbde-utils",
    );
    let said = text(&shown);
    assert!(said.contains("Key protector 0"), "{said}");
    !said.contains("Unable to unlock volume.")
}

fn cryptsetup_reads(path: &Path, ours: &Metadata) {
    let shown = text(&run(
        "cryptsetup",
        &["bitlkDump", &path.to_string_lossy()],
        "",
        "cryptsetup-bin",
    ));
    assert_eq!(guids(&shown, |line| line.contains("GUID:")), expected(ours));
    let (mode, bits) = match ours.method {
        EncryptionMethod::AesCbc128Diffuser => ("cbc-elephant", 256),
        EncryptionMethod::AesCbc256Diffuser => ("cbc-elephant", 512),
        EncryptionMethod::AesCbc128 => ("cbc-eboiv", 128),
        EncryptionMethod::AesCbc256 => ("cbc-eboiv", 256),
        EncryptionMethod::AesXts128 => ("xts-plain64", 256),
        EncryptionMethod::AesXts256 => ("xts-plain64", 512),
        method @ (EncryptionMethod::None | EncryptionMethod::Unknown(_)) => panic!("{method}"),
    };
    assert!(
        shown.contains(mode) && shown.contains(&format!("{bits} bits")),
        "{shown}"
    );
}

/// It opens the master key and needs no device for that. A password that opens nothing ends with 1 or 2.
fn cryptsetup_opens(path: &Path, password: &str) -> bool {
    let arguments = ["bitlkDump", "--dump-volume-key", "-q", &path.to_string_lossy()];
    let output = run("cryptsetup", &arguments, password, "cryptsetup-bin");
    match output.status.code() {
        Some(0) => true,
        Some(1 | 2) => false,
        code => panic!("cryptsetup: {code:?}: {}", text(&output)),
    }
}

fn dislocker_reads(path: &Path, ours: &Metadata, method: u16) {
    let shown = text(&run(
        "dislocker-metadata",
        &["-V", &path.to_string_lossy()],
        "",
        "dislocker",
    ));
    let of_volume = |line: &str| line.contains("Dataset GUID") || line.contains("Recovery Key GUID");
    assert_eq!(guids(&shown, of_volume), expected(ours));
    assert!(shown.contains(&format!("({method:#x})")), "{shown}");
}

/// It writes the decrypted volume where it opens it.
fn dislocker_opens(path: &Path, password: &str) -> bool {
    let decrypted = path.with_extension("decrypted");
    let (image, out) = (path.to_string_lossy(), decrypted.to_string_lossy());
    let shown = text(&run(
        "dislocker-file",
        &["-V", &image, &format!("-p{password}"), "--", &out],
        "",
        "dislocker",
    ));
    let opened = decrypted.exists();
    assert!(opened || shown.contains("Unable to grab VMK or FVEK"), "{shown}");
    if opened {
        std::fs::remove_file(decrypted).unwrap();
    }
    opened
}

/// The GUIDs of the lines that are wanted, in lower case.
fn guids(text: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let lines = text.lines().filter(|line| wanted(line));
    let words = lines.flat_map(|line| line.split(|c: char| !c.is_ascii_hexdigit() && c != '-'));
    words
        .filter(|word| word.parse::<VolumeId>().is_ok())
        .map(str::to_lowercase)
        .collect()
}

fn run(program: &str, arguments: &[&str], stdin: &str, package: &str) -> Output {
    let mut child = Command::new(program)
        .env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|err| panic!("{program}: {err}; apt install {package}"));
    // A program that asks for nothing may be gone before it is answered.
    let _unread = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}
