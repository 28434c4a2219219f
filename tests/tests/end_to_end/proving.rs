//! `prove`: what a volume that is at hand says of the passwords that are held for it, and what is shown of that.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::end_to_end::image_file::write;
use crate::end_to_end::passwords::Made;
use crate::end_to_end::passwords::made;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::written::Protector;
use crate::end_to_end::written::Sparse;
use crate::end_to_end::written::Table;
use crate::end_to_end::written::Volume;
use crate::end_to_end::written::disk;

const RECOVERY: u16 = 0x0800;
const CLEAR_KEY: u16 = 0;

/// A volume of this id: the protectors of these numbers are opened by the passwords of those.
fn volume(id: u8, protectors: &[(u64, u64)]) -> Volume {
    let protectors = protectors
        .iter()
        .map(|(number, password)| protector(*number, RECOVERY, *password));
    Volume {
        id: [id; 16],
        protectors: protectors.collect(),
        ..Volume::default()
    }
}

fn protector(number: u64, kind: u16, password: u64) -> Protector {
    let id: strongroom_core::values::ProtectorId = made(number).protector.parse().unwrap();
    Protector {
        id: *id.as_bytes(),
        kind,
        secret: made(password).bytes.to_vec(),
        label: String::new(),
        changed: 0x01d5_3236_72f0_e3b0,
    }
}

/// An image that nothing may change.
struct Presented {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Presented {
    fn new(site: &Site, name: &str, image: &Sparse) -> Self {
        let path = site.beside(name);
        write(image, &path);
        let bytes = fs::read(&path).unwrap();
        Self { path, bytes }
    }

    fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }

    /// What is said of it in JSON, where this is the exit code. No digit of any password stands in it.
    #[track_caller]
    fn proved(&self, site: &Site, arguments: &[&str], code: i32) -> Value {
        let words = [&["--json", "prove", self.path()], arguments].concat();
        let output = self.untouched(site.run(&words)).code(code);
        output.json()
    }

    /// Runs it, and sees that the image is as it was and that no password was shown.
    #[track_caller]
    fn untouched(&self, run: Run) -> Output {
        let modified = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
        let before = modified(&self.path);
        let output = run.output();
        assert!(fs::read(&self.path).unwrap() == self.bytes, "the image was written");
        assert_eq!(modified(&self.path), before);
        assert_shows_none(&output);
        output
    }
}

/// That no group of any password of these tests is shown.
#[track_caller]
fn assert_shows_none(output: &Output) {
    for number in 1..=9 {
        for group in made(number).groups() {
            let shown = output.stdout.contains(group) || output.stderr.contains(group);
            assert!(!shown, "a group of password {number} in {output:?}");
        }
    }
}

/// Takes in a password for the protector of another number.
fn escrow_as(site: &Site, protects: u64, number: u64) {
    let mixed = Made {
        protector: made(protects).protector,
        ..made(number)
    };
    site.escrow("LAB-01", &mixed);
}

/// What is listed of the protector of a number.
#[track_caller]
fn listed(site: &Site, number: u64) -> Value {
    let mut found = site.lines(&["find", &made(number).protector]);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// How many are not proven: all of them are listed, and those are counted that are not superseded.
#[track_caller]
fn unproven(site: &Site) -> usize {
    let listed = site.lines(&["list", "--unproven"]);
    let counted = listed.iter().filter(|one| one["state"] != "superseded").count();
    assert_eq!(site.json(&["status", "--no-tpm"])["unproven"], json!(counted));
    listed.len()
}

#[test]
fn held_missing_and_stale_are_told_apart_and_what_opens_is_shown_as_presented() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(3));
    site.escrow("LAB-01", &made(1));
    assert_eq!(unproven(&site), 2);
    let image = Presented::new(&site, "volume.img", &volume(7, &[(1, 1), (2, 2)]).write());
    let told = image.proved(&site, &[], 0);
    let of = |number: u64| {
        let id = made(number).protector;
        let protectors = told["protectors"].as_array().unwrap();
        protectors
            .iter()
            .find(|one| one["protector_id"] == *id)
            .unwrap()
            .clone()
    };
    assert_eq!(of(1)["standing"], "held");
    assert_eq!(
        (&of(1)["devices"], &of(1)["results"]),
        (&json!(["LAB-01"]), &json!(["opened"]))
    );
    assert_eq!((&of(2)["standing"], &of(2)["results"]), (&json!("missing"), &json!([])));
    assert_eq!(told["stale"][0]["protector_id"], *made(3).protector);
    assert_eq!(told["stale"].as_array().unwrap().len(), 1);
    assert_eq!((&told["tried"], &told["opened"]), (&json!(1), &json!(1)));
    let text = image.untouched(site.run(&["prove", image.path()])).ok();
    for row in [
        format!("{}  recovery password  held     LAB-01  opened", made(1).protector),
        format!("{}  recovery password  missing  -       -", made(2).protector),
        "1 of 1 password opened the volume".to_owned(),
    ] {
        assert!(text.stdout.contains(&row), "no {row:?} in {text:?}");
    }

    // The operator who took it in could have made the volume up.
    assert_eq!(of(1)["proof"], "presented");
    let one = listed(&site, 1);
    assert!(one["presented_at"].is_string() && one["proven_at"].is_null(), "{one}");
    assert!(listed(&site, 3)["presented_at"].is_null());
    assert_eq!(unproven(&site), 2);
    let shown = site.lines(&["show", "LAB-01"]);
    assert_eq!(shown.iter().filter(|one| one["presented_at"].is_string()).count(), 1);
    site.run(&["list"]).output().ok().shows("presented");
    text.shows("is presented, not proven");
    let revealed = site.reveal(made(1).key_id());
    assert!(revealed["proven_at"].is_null(), "{revealed}");
    site.run(&["reveal", made(1).key_id(), "--reason", "forensic", "--yes"])
        .output()
        .ok()
        .shows("Proven     no; an operator who knew it presented a volume that it opens");
    let events = site.lines(&["audit", "list", "--action", "proven"]);
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(events[0]["result"], "opened");
    site.verify();
}

#[test]
fn a_wrong_one_that_is_held_is_told_and_not_proven() {
    let site = Site::new();
    escrow_as(&site, 1, 9);
    let image = Presented::new(&site, "volume.img", &volume(7, &[(1, 1)]).write());
    let told = image.proved(&site, &[], 1);
    assert_eq!(told["protectors"][0]["results"], json!(["did-not-open"]));
    assert_eq!((&told["tried"], &told["opened"]), (&json!(1), &json!(0)));
    let found = listed(&site, 1);
    assert_eq!((&found["proven_at"], &found["conflict"]), (&Value::Null, &json!(true)));
    image
        .untouched(site.run(&["prove", image.path()]))
        .code(1)
        .shows("0 of 1 password opened the volume")
        .says("has not opened the volume");
    assert_eq!(unproven(&site), 1);

    // With the right one held too, the word of the operator who took it in decides nothing.
    escrow_as(&site, 1, 1);
    let told = image.proved(&site, &[], 0);
    assert_eq!(told["protectors"][0]["results"], json!(["did-not-open", "opened"]));
    let found = site.lines(&["find", &made(1).protector]);
    let states: Vec<_> = found
        .iter()
        .map(|one| (&one["state"], &one["conflict"], one["proven_at"].is_string()))
        .collect();
    assert_eq!(
        states,
        [
            (&json!("current"), &json!(true), false),
            (&json!("current"), &json!(true), false)
        ]
    );
    site.verify();
}

#[test]
fn what_the_volume_lists_decides_whether_an_exposure_has_ended() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    site.reveal(made(1).key_id());
    site.escrow("LAB-01", &made(2));
    assert_eq!(site.lines(&["rotation", "list"]).len(), 0);
    assert_eq!(site.lines(&["rotation", "list", "--claimed"]).len(), 1);

    let both = Presented::new(&site, "both.img", &volume(7, &[(1, 1), (2, 2)]).write());
    let told = both.proved(&site, &[], 0);
    assert_eq!(told["exposed_again"], json!([made(1).protector]));
    assert_eq!(told["exposures_ended"], json!([]));
    assert_eq!(site.lines(&["rotation", "list"])[0]["protector_id"], *made(1).protector);

    let rotated = Presented::new(&site, "rotated.img", &volume(7, &[(2, 2)]).write());
    let told = rotated.proved(&site, &[], 0);
    // By the operator who revealed and claimed it, that is a claim.
    assert_eq!(told["exposures_presented"], json!([made(1).protector]));
    assert_eq!(
        (&told["exposures_ended"], &told["exposed_again"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(site.lines(&["rotation", "list"]).len(), 0);
    let claimed = &site.lines(&["rotation", "list", "--claimed"])[0];
    assert_eq!(
        (&claimed["how"], &claimed["self_claimed"]),
        (&json!("presented"), &json!(true))
    );
    site.run(&["rotation", "list", "--claimed"])
        .output()
        .ok()
        .shows("SAME PERSON");
    assert_eq!(listed(&site, 1)["state"], "superseded");
    site.verify();
}

#[test]
fn where_none_is_held_that_is_said_and_nothing_is_recorded() {
    let site = Site::new();
    site.escrow("LAB-01", &made(3));
    let before = site.lines(&["audit", "list"]).len();
    let image = Presented::new(&site, "volume.img", &volume(7, &[(1, 1)]).write());
    let told = image.proved(&site, &[], 3);
    assert_eq!(
        (&told["protectors"][0]["standing"], &told["tried"]),
        (&json!("missing"), &Value::Null)
    );
    image
        .untouched(site.run(&["prove", image.path()]))
        .code(3)
        .says("no password held");

    // One of another device alone.
    site.escrow("LAB-02", &made(1));
    image.proved(&site, &["--device", "LAB-01"], 3);
    image.proved(&site, &["--device", "lab-02"], 0);
    assert_eq!(site.lines(&["audit", "list"]).len(), before + 3);
}

#[test]
fn a_clear_key_is_reported_as_unprotected() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    let clear = protector(4, CLEAR_KEY, 4);
    let mut beside = volume(7, &[(1, 1)]);
    beside.protectors.push(clear.clone());
    let alone = Volume {
        protectors: vec![clear],
        ..volume(8, &[])
    };
    for (name, volume, code) in [("beside.img", beside, 0), ("alone.img", alone, 3)] {
        let image = Presented::new(&site, name, &volume.write());
        assert_eq!(image.proved(&site, &[], code)["clear_key"], true);
        let run = site.run(&["prove", image.path()]);
        image.untouched(run).code(code).says("this volume is not protected");
    }
}

#[test]
fn of_several_volumes_on_a_disk_the_one_that_is_meant_is_tried() {
    let site = Site::new();
    site.escrow("LAB-01", &made(1));
    site.escrow("LAB-02", &made(2));
    let volumes = [volume(7, &[(1, 1)]).write(), volume(8, &[(2, 2)]).write()];
    for table in [Table::Gpt, Table::Mbr] {
        let image = Presented::new(&site, "disk.img", &disk(table, 512, &volumes));
        let words = ["--json", "prove", image.path()];
        let output = image
            .untouched(site.run(&words))
            .refused(1, "it holds 2 BitLocker volumes");
        let error = output.error()["error"].as_str().unwrap().to_owned();
        let (_, offsets) = error.split_once("at the bytes ").unwrap();
        let offsets: Vec<&str> = offsets.split(", ").collect();
        assert_eq!(offsets.len(), 2);
        for (offset, number) in offsets.iter().zip([1, 2]) {
            let told = image.proved(&site, &["--offset", offset], 0);
            assert_eq!(told["offset"].to_string(), *offset);
            assert_eq!(told["protectors"][0]["protector_id"], *made(number).protector);
            assert_eq!(told["protectors"][0]["results"], json!(["opened"]));
        }
        let run = site.run(&["prove", image.path(), "--offset", "512"]);
        image
            .untouched(run)
            .refused(1, "no BitLocker volume begins at byte 512");
    }
}

#[test]
fn a_typed_one_is_tried_without_a_vault() {
    let site = Site::empty();
    let image = Presented::new(&site, "volume.img", &volume(7, &[(1, 1), (2, 2)]).write());
    let typed =
        |text: String| image.untouched(Run::new(["--json", "prove", image.path(), "--password-stdin"]).stdin(text));
    let told = typed(format!("{}\n", made(2).text)).ok().json();
    assert_eq!(told["protectors"][0]["results"], json!([]));
    assert_eq!(told["protectors"][1]["results"], json!(["opened"]));
    assert_eq!((&told["tried"], &told["opened"]), (&json!(1), &json!(1)));
    assert_eq!((&told["stale"], &told["exposures_ended"]), (&json!([]), &Value::Null));

    let mut swapped: Vec<String> = made(2).groups().into_iter().map(str::to_owned).collect();
    swapped.swap(2, 5);
    for wrong in [made(9).text, swapped.join("-")] {
        let output = typed(wrong).code(1);
        assert_eq!(output.json()["opened"], json!(0));
        assert_eq!(output.error()["kind"], "refused");
    }
    for malformed in [made(1).with_a_slip_in(4), made(1).text[..48].to_owned(), String::new()] {
        let output = typed(malformed);
        assert!([1, 2].contains(&output.code) && output.stdout.is_empty(), "{output:?}");
    }
    typed(made(1).with_a_slip_in(4)).refused(1, "group 4");
    assert!(!site.vault().exists());

    let open = Presented::new(&site, "open.img", &volume(8, &[]).write());
    let run = Run::new(["prove", open.path(), "--password-stdin"]).stdin(made(1).text);
    open.untouched(run).code(3).says("no recovery password on this volume");
}

#[test]
fn without_the_pin_nothing_is_tried() {
    let site = Site::with_pin();
    site.escrow("LAB-01", &made(1));
    let image = Presented::new(&site, "volume.img", &volume(7, &[(1, 1)]).write());
    let run = site.bare(&["prove", image.path()]).stdin("wrong-pin\n");
    let output = image.untouched(run);
    assert_eq!((output.code, output.stdout.as_str()), (5, ""), "{output:?}");
    assert_eq!(unproven(&site), 1);
    assert_eq!(site.lines(&["audit", "list", "--action", "prove"]).len(), 0);
    // From stdin, for nothing else stands there.
    let run = site
        .bare(&["prove", image.path()])
        .stdin(format!("{}\n", crate::end_to_end::site::PIN));
    image.untouched(run).ok();
    assert!(listed(&site, 1)["presented_at"].is_string());
    site.verify();
}
