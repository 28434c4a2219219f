//! Passwords of real BitLocker volumes, as far as they lie beside the repository: what is shown opens them.

use std::fs;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use strongroom_core::fve;
use strongroom_core::fve::Metadata;
use strongroom_core::fve::MetadataProof;
use strongroom_core::fve::Proof;
use strongroom_core::values::RecoveryPassword;

use crate::end_to_end::image_file::metadata;
use crate::end_to_end::passwords::made;
use crate::end_to_end::site::Site;
use crate::end_to_end::volumes::bdeinfo_reads;

struct Volume {
    image: String,
    password: String,
    protector: String,
    id: Option<String>,
}

#[test]
fn what_is_shown_opens_them() {
    let site = Site::new();
    let Some((volumes, images)) = at_hand(&site) else {
        println!("not run: no images");
        return;
    };
    for volume in &volumes {
        let mut run = site
            .run(&["--json", "escrow", "--device", &volume.image, "--volume", "C:"])
            .args(["--protector", &volume.protector])
            .stdin(volume.password.as_str());
        if let Some(id) = &volume.id {
            run = run.args(["--volume-id", id]);
        }
        let escrowed = run.output().ok().json();
        assert_eq!(escrowed["state"], "current", "{escrowed}");
    }
    for volume in &volumes {
        let revealed = site.reveal(&volume.protector[..8]);
        let shown = revealed["recovery_password"].as_str().unwrap();
        assert_eq!(shown, volume.password);
        let image = images.join(&volume.image);
        assert!(opens(&image, shown), "{} does not open", volume.image);
        // So that this is no test that anything passes.
        let wrong = made(1).text;
        assert!(!opens(&image, &wrong), "{} opens with another password", volume.image);
    }
    site.verify();
}

#[test]
fn their_passwords_are_proven_and_no_others() {
    let site = Site::empty();
    let Some((volumes, images)) = at_hand(&site) else {
        println!("not run: no images");
        return;
    };
    for volume in &volumes {
        let path = images.join(&volume.image).with_extension("img");
        let read = metadata(&path);
        bdeinfo_reads(&path, &read);
        if let Some(id) = &volume.id {
            assert_eq!(read.volume.to_string(), *id);
        }
        assert!(read.complete && !read.has_clear_key());
        let proof = proven(&read, &volume.password);
        let Proof::Opens {
            protector, metadata, ..
        } = proof
        else {
            panic!("{}: {proof:?}", volume.image);
        };
        assert_eq!(protector.to_string(), volume.protector);
        assert_eq!(metadata, MetadataProof::Matches);
        // Its groups are good each by itself.
        let mut groups: Vec<&str> = volume.password.split('-').collect();
        groups.swap(2, 5);
        for wrong in [groups.join("-"), made(1).text] {
            assert_eq!(
                proven(&read, &wrong),
                Proof::DoesNotOpen { tried: 1 },
                "{}",
                volume.image
            );
        }
    }
    let open = metadata(&images.join("bitlk-aes-xts-128-clearkey-only.img"));
    assert!(open.has_clear_key());
    assert_eq!(open.recovery_protectors().count(), 0);
}

fn proven(metadata: &Metadata, password: &str) -> Proof {
    let all: Vec<_> = metadata.recovery_protectors().collect();
    let password = RecoveryPassword::parse(password).unwrap();
    fve::prove(metadata, &password, &all, None, |_| ControlFlow::Continue(()))
}

/// The volumes that have a recovery password and the folder of their images, where they lie beside the repository.
fn at_hand(site: &Site) -> Option<(Vec<Volume>, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/bitlk");
    if !folder.exists() {
        return None;
    }
    let volumes = volumes(&fs::read_to_string(folder.join("README.md")).unwrap());
    assert_eq!(volumes.len(), 5, "of the table in the README there");
    Some((volumes, unpacked(site, &folder.join("bitlk-images.tar.xz"))))
}

/// The rows of the table that have a recovery password.
fn volumes(readme: &str) -> Vec<Volume> {
    let rows = readme.lines().filter(|line| line.starts_with("| bitlk-"));
    rows.filter_map(|row| {
        let mut cells = row.split('|').skip(1).map(|cell| cell.trim().to_owned());
        let (image, password, protector) = (cells.next()?, cells.next()?, cells.next()?);
        let id = cells.next().filter(|id| !id.is_empty());
        (password.len() == 55).then_some(Volume {
            image,
            password,
            protector,
            id,
        })
    })
    .collect()
}

fn unpacked(site: &Site, archive: &Path) -> PathBuf {
    let folder = site.beside("images");
    fs::create_dir(&folder).unwrap();
    let status = Command::new("tar")
        .arg("-xJSf")
        .arg(archive)
        .arg("-C")
        .arg(&folder)
        .status()
        .unwrap_or_else(|err| panic!("tar: {err}; apt install tar xz-utils"));
    assert!(status.success(), "tar failed; apt install xz-utils");
    folder.join("bitlk")
}

/// Whether cryptsetup, another program, opens it with this password.
fn opens(image: &Path, password: &str) -> bool {
    let image = image.with_extension("img");
    let mut child = Command::new("cryptsetup")
        .env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin")
        .args(["bitlkOpen", "-r", "--test-passphrase"])
        .arg(&image)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|err| panic!("cryptsetup: {err}; apt install cryptsetup-bin"));
    child.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    // A password that fails its own checksums ends with 2, one that opens nothing with 1.
    match output.status.code() {
        Some(0) => true,
        Some(1 | 2) => false,
        code => panic!("cryptsetup: {code:?}: {}", String::from_utf8_lossy(&output.stderr)),
    }
}
