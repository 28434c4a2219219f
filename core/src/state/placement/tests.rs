use super::*;
use crate::state::Escrows;
use crate::state::tests::held;
use crate::state::tests::volume;

/// Two ids, A and B.
fn id(letter: char) -> VolumeId {
    VolumeId::new([u8::try_from(letter).unwrap(); 16])
}

/// `"A C:"` names id A at C:, `"C:"` no id, `"A"` no mount point, `""` neither.
fn naming(text: &str) -> Naming {
    let mut naming = Naming::default();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match word.strip_suffix(':') {
            Some(_) => naming.mount = Some(word.parse().unwrap()),
            None => naming.id = word.chars().next().map(id),
        }
    }
    naming
}

fn unnamed() -> VolumeRecord {
    VolumeRecord {
        mounts: Vec::new(),
        kind: VolumeType::Unknown,
        ..volume([])
    }
}

/// What a device knows after sources named its volumes so, one after the other; and where each went.
fn named(names: &[&str]) -> (Vec<VolumeRecord>, Vec<usize>) {
    let mut volumes: Vec<VolumeRecord> = Vec::new();
    let mut went = Vec::new();
    for name in names {
        let naming = naming(name);
        let index = match place(&volumes, &naming) {
            Placement::Held(index) => index,
            Placement::New => {
                volumes.push(unnamed());
                volumes.len() - 1
            }
        };
        volumes[index] = naming.applied_to(&volumes[index]);
        went.push(index);
    }
    (volumes, went)
}

/// `expected` says where each name goes, the first new volume being 0.
#[track_caller]
fn check(names: &[&str], expected: &[usize]) {
    let (volumes, went) = named(names);
    assert_eq!(went, expected, "{names:?}");
    for (name, index) in names.iter().zip(&went) {
        let (naming, volume) = (naming(name), &volumes[*index]);
        assert!(
            naming.id.is_none() || volume.id == naming.id,
            "{name} went to another id"
        );
        assert!(naming.mount.is_none_or(|mount| volume.mounts.contains(&mount)));
    }
}

#[test]
fn an_id_is_a_volume_whatever_its_mount_point() {
    check(&["A", "A", "B"], &[0, 0, 1]);
    check(&["A C:", "A D:", "A"], &[0, 0, 0]);
    check(&["A C:", "B C:"], &[0, 1]);
    // Swapped letters.
    check(&["A C:", "B D:", "A D:", "B C:"], &[0, 1, 0, 1]);
}

#[test]
fn a_mount_point_is_a_volume_without_case() {
    check(&["C:", "C:", "c:", "D:"], &[0, 0, 0, 1]);
}

#[test]
fn what_has_no_name_is_one_volume_of_its_device() {
    check(&["", "", "C:", "A", ""], &[0, 0, 1, 2, 0]);
    // It takes neither an id nor a mount point.
    check(&["", "A C:", ""], &[0, 1, 0]);
}

#[test]
fn a_mount_point_takes_the_first_id_named_with_it() {
    check(&["C:", "A C:", "C:", "A"], &[0, 0, 0, 0]);
    check(&["C:", "A"], &[0, 1]);
    check(&["C:", "A D:"], &[0, 1]);
    // Only the first.
    check(&["C:", "A C:", "B C:"], &[0, 0, 1]);
    // Not where that mount point had one before: A was at D:, and so was what had no id.
    check(&["D:", "A C:", "A D:", "B D:"], &[0, 1, 1, 2]);
}

#[test]
fn a_mount_point_alone_goes_to_its_only_id() {
    check(&["A C:", "C:"], &[0, 0]);
    check(&["A", "C:"], &[0, 1]);
    // It had two.
    check(&["A C:", "B C:", "C:", "C:"], &[0, 1, 2, 2]);
    check(&["A C:", "B D:", "A D:", "D:", "C:"], &[0, 1, 0, 2, 0]);
    // Nor is that volume then taken by a third id.
    check(&["A C:", "B C:", "C:", "D C:"], &[0, 1, 2, 3]);
}

#[test]
fn ids_never_merge() {
    let (volumes, _) = named(&["C:", "A C:", "B C:", "C:", "A D:", "B D:", "D:", "A", "B"]);
    let with = |letter| volumes.iter().filter(|volume| volume.id == Some(id(letter))).count();
    assert_eq!((with('A'), with('B')), (1, 1));
}

#[test]
fn the_newest_mount_points_are_remembered() {
    let names: Vec<String> = (0..=MAX_MOUNTS).map(|number| format!(r"C:\{number}")).collect();
    let mut volume = unnamed();
    let mut mounts = |number: usize| {
        let naming = Naming {
            mount: Some(names[number].parse().unwrap()),
            ..Naming::default()
        };
        volume = naming.applied_to(&volume);
        volume.mounts.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    for number in 0..MAX_MOUNTS {
        assert_eq!(mounts(number), names[..=number]);
    }
    assert_eq!(mounts(MAX_MOUNTS), names[1..], "the one named first is forgotten");
}

#[test]
fn what_was_known_stays_and_the_last_mount_point_comes_last() {
    let (volumes, _) = named(&["A C:", "A D:", "A C:", "A c:"]);
    let mounts: Vec<_> = volumes[0].mounts.iter().map(MountPoint::as_str).collect();
    assert_eq!(mounts, ["D:", "C:"]);
    assert_eq!(volumes[0].mount().map(MountPoint::as_str), Some("C:"));

    let os = Naming {
        kind: Some(VolumeType::Os),
        ..Naming::default()
    };
    let fixed = Naming {
        kind: Some(VolumeType::Fixed),
        id: Some(id('B')),
        ..Naming::default()
    };
    let first = os.applied_to(&unnamed());
    assert_eq!(first.kind, VolumeType::Os);
    let second = fixed.applied_to(&first);
    assert_eq!((second.kind, second.id), (VolumeType::Os, Some(id('B'))));
    assert_eq!(
        naming("A").applied_to(&second).id,
        Some(id('B')),
        "an id is never taken for another"
    );
    // Escrows and device are no part of a name.
    let full = volume([held(1, None)]);
    let again = naming("A").applied_to(&full);
    assert_eq!(
        (again.escrows, again.device, again.volume),
        (full.escrows, full.device.clone(), full.volume)
    );
    let alone = volume([held(1, None)]).naming();
    assert_eq!(
        (alone.escrows, alone.device, alone.volume),
        (Escrows::default(), full.device, full.volume)
    );
}

/// What a device knows after sources named its volumes so; `?` before a name marks a source that nobody vouches for.
fn claimed(names: &[&str]) -> (Vec<VolumeRecord>, Vec<usize>) {
    let mut volumes: Vec<VolumeRecord> = Vec::new();
    let mut went = Vec::new();
    for (name, number) in names.iter().zip(1_u8..) {
        let (unconfirmed, name) = name.strip_prefix('?').map_or((false, *name), |name| (true, name));
        let naming = naming(name);
        let shared: Vec<_> = volumes.iter().cloned().map(Arc::new).collect();
        let mut volume = meant(&shared, &naming, !unconfirmed).map_or_else(
            || {
                let volume = u64::try_from(volumes.len()).unwrap();
                naming.applied_to(&VolumeRecord { volume, ..unnamed() })
            },
            Arc::unwrap_or_clone,
        );
        volume.put(crate::state::EscrowRecord {
            unconfirmed,
            ..held(number, None)
        });
        let index = usize::try_from(volume.volume).unwrap();
        if index == volumes.len() {
            volumes.push(volume);
        } else {
            volumes[index] = volume;
        }
        went.push(index);
    }
    (volumes, went)
}

#[test]
fn what_nobody_vouches_for_leads_nobody_astray() {
    #[track_caller]
    fn check(names: &[&str], went: &[usize]) {
        assert_eq!(claimed(names).1, went, "{names:?}");
        let known = |names: &[&str]| {
            let volumes = claimed(names).0.into_iter().filter(VolumeRecord::is_vouched_for);
            let mut known: Vec<_> = volumes.map(|volume| (volume.id, volume.mounts)).collect();
            known.sort_by_key(|(id, mounts)| (*id, mounts.len()));
            known
        };
        let vouched: Vec<_> = names.iter().copied().filter(|name| !name.starts_with('?')).collect();
        assert_eq!(known(names), known(&vouched), "{names:?}");
    }
    // It goes to what is known by that name, and names it no further.
    check(&["C:", "?C:", "?A C:", "B C:", "C:"], &[0, 0, 0, 0, 0]);
    check(&["A C:", "?A D:", "D:"], &[0, 0, 1]);
    check(&["", "?", "?D:", "D:"], &[0, 0, 1, 1]);
    // What it alone named gets the names of whoever comes first.
    check(&["?A C:", "A", "C:"], &[0, 0, 1]);
    check(&["?A C:", "C:", "B C:", "C:"], &[0, 1, 1, 1]);
    check(&["?C:", "?B C:", "A C:"], &[0, 0, 1]);
    check(&["?C:", "A C:", "?B C:", "C:"], &[0, 0, 1, 0]);
    // Two claims of one letter make no letter that had two ids.
    check(&["?A C:", "?B C:", "C C:", "C:"], &[0, 1, 2, 2]);
}
