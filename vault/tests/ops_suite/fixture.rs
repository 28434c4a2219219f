//! A vault on a simulator, at a time that the test says.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::OpenFlags;
use strongroom_core::log::Event;
use strongroom_core::state::Naming;
use strongroom_core::values::Operator;
use strongroom_core::values::Pin;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Reason;
use strongroom_core::values::RecoveryPassword;
use strongroom_core::values::Secret;
use strongroom_core::values::Time;
use strongroom_vault::ops::Depth;
use strongroom_vault::ops::Error;
use strongroom_vault::ops::EscrowRequest;
use strongroom_vault::ops::Escrowed;
use strongroom_vault::ops::InitRequest;
use strongroom_vault::ops::Inventory;
use strongroom_vault::ops::RevealRequest;
use strongroom_vault::ops::Revealed;
use strongroom_vault::ops::Unsealed;
use strongroom_vault::ops::Who;
use strongroom_vault::store::Counts;
use strongroom_vault::store::Filter;
use strongroom_vault::store::Item;
use strongroom_vault::store::Page;
use strongroom_vault::tpm::PcrSelection;
use strongroom_vault::tpm::Tcti;
use tempfile::TempDir;

pub(crate) const WAIT: Duration = Duration::from_secs(60);
pub(crate) const HOUR: i64 = 3600;

pub(crate) fn pin(text: &str) -> Pin {
    Pin::new(text.to_owned().into()).unwrap()
}

/// A vault in a temporary folder.
pub(crate) struct Vault {
    folder: TempDir,
    pin: Option<Pin>,
}

impl Vault {
    pub(crate) fn new(pin: Option<&'static str>) -> Self {
        let vault = Self {
            folder: tempfile::tempdir().unwrap(),
            pin: pin.map(self::pin),
        };
        let request = InitRequest {
            tcti: Tcti::Simulator,
            pcrs: PcrSelection::of(&[]).unwrap(),
            pin: vault.pin.as_ref(),
            keep_lockout_auth: false,
            site: None,
            grace_seconds: 24 * 3600,
        };
        strongroom_vault::ops::init(&vault.path(), WAIT, &who(0), &request).unwrap();
        vault
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    /// Its file, as somebody edits it who may write it.
    pub(crate) fn file(&self) -> Connection {
        file(&self.path())
    }

    pub(crate) fn open(&self) -> Unsealed {
        Unsealed::open(&self.path(), WAIT, self.pin.as_ref()).unwrap()
    }

    pub(crate) fn inventory(&self) -> Inventory {
        Inventory::open(&self.path()).unwrap()
    }

    /// The escrow of password number `number`, as whoever asks is shown it.
    pub(crate) fn item(&self, number: u8) -> Item {
        let prefix = protector(number).to_string().parse().unwrap();
        let listed = self.inventory().list(&Filter::Protector(prefix), &Page::default());
        listed.unwrap().items.pop().expect("it is held")
    }

    pub(crate) fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        self.inventory()
            .events(|event| {
                events.push(event);
                Ok::<_, Error>(true)
            })
            .unwrap();
        events
    }

    #[track_caller]
    pub(crate) fn assert_verifies(&self) {
        let verified = strongroom_vault::ops::verify(&self.path(), WAIT, Depth::File, |_| {}).unwrap();
        assert_eq!(verified.first_wrong, None);
        self.assert_counts();
    }

    /// That a status, which counts nothing, says what counting says.
    #[track_caller]
    pub(crate) fn assert_counts(&self) {
        let now = at(1000);
        let status = strongroom_vault::ops::status(&self.path(), WAIT, now, Depth::File).unwrap();
        let count = |sql: &str| -> u64 { self.file().query_row(sql, (), |row| row.get(0)).unwrap() };
        let escrows = |which: &str| {
            count(&format!(
                "SELECT count(*) FROM escrow JOIN volume USING (volume) WHERE {which}"
            ))
        };
        let overdue = format!("state = 'exposed' AND rotate_by < {}", now.as_millis());
        let counted = Counts {
            escrows: escrows("TRUE"),
            current: escrows("state = 'current'"),
            exposed: escrows("state = 'exposed'"),
            superseded: escrows("state = 'superseded'"),
            overdue: escrows(&overdue),
            conflict: escrows("conflict"),
            unconfirmed: escrows("unconfirmed"),
            unassigned: escrows("device IS NULL"),
            unproven: escrows("state <> 'superseded' AND proven_at IS NULL"),
            claimed_ends: escrows("ended_how IN ('claimed', 'waived')"),
            devices: count("SELECT count(*) FROM device"),
        };
        assert_eq!(status.counts, counted);
        let claimed = u64::try_from(self.inventory().claimed().unwrap().len()).unwrap();
        assert_eq!(claimed, counted.claimed_ends);
        let due = self.inventory().to_rotate(now).unwrap();
        assert_eq!(u64::try_from(due.len()).unwrap(), counted.exposed);
        assert_eq!(
            due.iter().filter(|due| due.overdue).count(),
            usize::try_from(counted.overdue).unwrap()
        );
    }
}

/// One operator, so many seconds into the test.
pub(crate) fn who(seconds: i64) -> Who {
    Who {
        operator: operator("dana"),
        at: at(seconds),
    }
}

pub(crate) fn operator(login: &str) -> Operator {
    Operator {
        login: Some(login.parse().unwrap()),
        effective: "strongroom".parse().unwrap(),
        claimed: None,
    }
}

pub(crate) fn at(seconds: i64) -> Time {
    Time::from_millis(1_700_000_000_000 + seconds * 1000).unwrap()
}

pub(crate) fn protector(number: u8) -> ProtectorId {
    ProtectorId::new([number; 16])
}

pub(crate) fn password(number: u8) -> RecoveryPassword {
    RecoveryPassword::from_bytes(Secret::from_fn(|bytes| bytes.fill(number)))
}

pub(crate) fn drive(mount: &str) -> Naming {
    Naming {
        mount: Some(mount.parse().unwrap()),
        ..Naming::default()
    }
}

/// Takes in password number `number` for drive C: of `device`.
#[track_caller]
pub(crate) fn escrow(vault: &mut Unsealed, who: &Who, device: &str, number: u8) -> Escrowed {
    let request = EscrowRequest {
        device: device.parse().unwrap(),
        naming: drive("C:"),
        protector: protector(number),
        password: &password(number),
        created: None,
    };
    vault.escrow(who, &request).unwrap()
}

pub(crate) fn reveal(vault: &mut Unsealed, who: &Who, asked: Item) -> Result<Revealed, Error> {
    let request = RevealRequest {
        asked,
        reason: Reason::Forensic,
        note: None,
        ticket: None,
        caller: None,
    };
    vault.reveal(who, &request)
}

/// Reveals password number `number` of a vault that is open.
#[track_caller]
pub(crate) fn item_revealed(vault: &Vault, opened: &mut Unsealed, number: u8) {
    let revealed = reveal(opened, &who(120), vault.item(number)).unwrap();
    assert_eq!(revealed.password.to_text(), password(number).to_text());
}

/// The file of the vault in this folder.
pub(crate) fn file(vault: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(vault.join("vault.db"), flags).unwrap()
}
