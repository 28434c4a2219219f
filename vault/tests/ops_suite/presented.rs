//! Volumes that were written for the tests, presented to a vault.

use std::convert::Infallible;

use strongroom_core::fve;
use strongroom_core::fve::Image;
use strongroom_core::fve::Metadata;
use strongroom_core::values::DeviceName;
use strongroom_vault::ops::ProveRequest;
use strongroom_vault::ops::Proved;
use strongroom_vault::ops::TrialResult;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::Who;

use crate::fixture::operator;
use crate::fixture::protector;
use crate::fixture::who;
use crate::written::Protector;
use crate::written::Sparse;
use crate::written::Volume;

struct Written(Sparse);

impl Image for Written {
    type Error = Infallible;

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.0.read(offset, buffer))
    }

    fn size(&self) -> Option<u64> {
        Some(self.0.size)
    }
}

/// What the volume of this id says, whose protectors of these numbers are opened by the passwords of those.
pub(crate) fn volume(id: u8, protectors: &[(u8, u8)]) -> Metadata {
    made_up(id, protectors, Volume::default().master_key)
}

/// The same, by this master key.
pub(crate) fn made_up(id: u8, protectors: &[(u8, u8)], master_key: [u8; 32]) -> Metadata {
    let protectors = protectors.iter().map(|(number, password)| Protector {
        id: *protector(*number).as_bytes(),
        kind: 0x0800,
        secret: vec![*password; 16],
        label: String::new(),
        changed: 0x01d5_3236_72f0_e3b0,
    });
    let written = Volume {
        id: [id; 16],
        protectors: protectors.collect(),
        master_key,
        ..Volume::default()
    };
    let mut image = Written(written.write());
    let located = fve::locate(&mut image).unwrap();
    fve::read(&mut image, &located[0]).unwrap()
}

/// What a volume is presented as.
pub(crate) fn request(volume: &Metadata, device: Option<&str>) -> ProveRequest {
    ProveRequest {
        file: "disk.img".parse().unwrap(),
        volume_id: volume.volume,
        listed: volume.recovery_protectors().collect(),
        device: device.map(|name| name.parse::<DeviceName>().unwrap()),
    }
}

/// Somebody who neither takes passwords in nor is shown any.
pub(crate) fn prover(seconds: i64) -> Who {
    Who {
        operator: operator("lena"),
        ..who(seconds)
    }
}

/// Tries what is held on a volume, so many seconds into the test.
#[track_caller]
pub(crate) fn prove(open: &mut Unsealed, seconds: i64, volume: &Metadata) -> Proved {
    prove_of(open, seconds, volume, None)
}

/// The same, for one device alone.
#[track_caller]
pub(crate) fn prove_of(open: &mut Unsealed, seconds: i64, volume: &Metadata, device: Option<&str>) -> Proved {
    prove_by(open, &prover(seconds), volume, device)
}

/// The same, by this operator.
#[track_caller]
pub(crate) fn prove_by(open: &mut Unsealed, who: &Who, volume: &Metadata, device: Option<&str>) -> Proved {
    let trial = open.begin_trial(who, &request(volume, device)).unwrap();
    let tried = trial.run(volume, |_| {});
    let after = Who {
        at: who.at.plus_seconds(1),
        ..who.clone()
    };
    open.end_trial(&after, &tried).unwrap()
}

/// What came of each that was tried.
pub(crate) fn results(proved: &Proved) -> Vec<TrialResult> {
    proved.tried.iter().map(|proven| proven.result).collect()
}
