//! A made-up log of a quarter of a year, with texts that would be code if anything took them for it.

use strongroom_core::audit::Findings;
use strongroom_core::audit::Period;
use strongroom_core::audit::Report;
use strongroom_core::audit::Reveals;
use strongroom_core::crypto::Digest;
use strongroom_core::crypto::sha256;
use strongroom_core::log::Action;
use strongroom_core::log::Event;
use strongroom_core::log::EventBody;
use strongroom_core::log::Replayed;
use strongroom_core::log::Salt;
use strongroom_core::state::Change;
use strongroom_core::state::Ending;
use strongroom_core::state::EscrowRecord;
use strongroom_core::state::EscrowState;
use strongroom_core::state::HowEnded;
use strongroom_core::state::Projection;
use strongroom_core::state::Source;
use strongroom_core::state::VolumeRecord;
use strongroom_core::values::EscrowId;
use strongroom_core::values::Operator;
use strongroom_core::values::ProtectorId;
use strongroom_core::values::Time;
use strongroom_core::values::VolumeId;
use strongroom_core::values::VolumeType;

/// Texts that mean something in HTML, in a template, in a style, in a script or to a terminal.
pub(crate) const HOSTILE: [&str; 7] = [
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "</td></table></main><h1>owned</h1>",
    "{{ 7 * 7 }}{% raw %}",
    "</style></script><!--",
    "&lt;b&gt; &amp;amp;",
    "javascript:alert(1)",
];

/// A text that only somebody who writes the file himself can put into it: what is not seen is written out.
pub(crate) const UNSEEN: &str = "\u{1b}[2J\u{202e}gpj\u{0}";

pub(crate) fn day(day: i64, hour: i64, minute: i64) -> Time {
    // 2026-08-01T00:00:00Z
    let first = 1_785_542_400_000;
    Time::from_millis(first + ((day * 24 + hour) * 60 + minute) * 60_000).unwrap()
}

/// When the sample's report is made.
pub(crate) fn made_at() -> Time {
    day(92, 9, 30)
}

/// A log that is told event by event.
pub(crate) struct Sample {
    projection: Projection,
    findings: Findings,
    reveals: Reveals,
    leaf: u64,
    volumes: u64,
}

impl Sample {
    pub(crate) fn new(period: Period) -> Self {
        Self {
            projection: Projection::default(),
            findings: Findings::default(),
            reveals: Reveals::of(period),
            leaf: 0,
            volumes: 0,
        }
    }

    pub(crate) fn tell(&mut self, operator: &str, time: Time, body: EventBody) {
        self.tell_with(operator, time, body, |_| {});
    }

    fn tell_with(&mut self, operator: &str, time: Time, body: EventBody, change: impl FnOnce(&mut Event)) {
        for change in &body.changes {
            self.projection.apply(change).unwrap();
        }
        let mut event = Event {
            version: 1,
            leaf: self.leaf,
            time,
            clock_step: None,
            operator: Operator {
                login: Some(operator.parse().unwrap()),
                effective: "root".parse().unwrap(),
                claimed: None,
            },
            wrong_pins: None,
            body,
            commit: None,
            salt: Salt::new([0; 16]),
        };
        change(&mut event);
        self.leaf += 1;
        let nodes = Vec::new();
        let replayed = Replayed {
            event,
            nodes,
            root_before: None,
            arrived: Vec::new(),
        };
        let root = sha256(&[&self.leaf.to_be_bytes()]);
        self.findings.take(&replayed, || root);
        self.reveals.take(&replayed);
    }

    /// A new device with one escrow, taken in at `time`.
    pub(crate) fn device(&mut self, name: &str, time: Time) -> Kept {
        self.volumes += 1;
        let number = u8::try_from(self.volumes).unwrap();
        let volume = VolumeRecord {
            volume: self.volumes,
            device: Some(name.parse().unwrap()),
            id: (number % 3 == 0).then(|| VolumeId::new([number; 16])),
            mounts: vec!["C:".parse().unwrap()],
            kind: VolumeType::Os,
            master_key: None,
            escrows: Default::default(),
        };
        let record = EscrowRecord {
            escrow: EscrowId::new([number; 16]),
            protector: ProtectorId::new([number.wrapping_mul(37); 16]),
            envelope: Digest::new([number; 32]),
            source: Source::Escrow,
            escrowed_at: time,
            escrowed_by: Some("agent".to_owned()),
            created_at: Some(time),
            state: EscrowState::Current,
            conflict: false,
            unconfirmed: false,
            clock: false,
            exposed_at: None,
            exposed_by: None,
            shown_to: Vec::new(),
            shown_to_more: false,
            shown_at: None,
            rotate_by: None,
            superseded_at: None,
            superseded_by: None,
            ended: None,
            proven_at: None,
            presented: None,
        };
        let mut body = about(Action::Escrow, &volume, &record);
        body.changes.insert(0, Change::Volume(volume.clone()));
        self.tell("agent", time, body);
        Kept { volume, record }
    }

    /// Shows a password.
    pub(crate) fn reveal(&mut self, kept: &mut Kept, operator: &str, time: Time, why: Why<'_>) {
        let Kept { volume, record } = kept;
        record.shown_at = Some(time);
        if record.state != EscrowState::Exposed {
            record.state = EscrowState::Exposed;
            record.exposed_at = Some(time);
            record.exposed_by = Some(operator.to_owned());
            record.rotate_by = Some(time.plus_seconds(24 * 60 * 60));
            record.ended = None;
        }
        let [reason, note, ticket, caller] = why;
        let text = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        let body = EventBody {
            reason: (!reason.is_empty()).then(|| reason.to_owned()),
            note: text(note),
            ticket: text(ticket),
            caller: text(caller),
            result: Some("exposed".to_owned()),
            ..about(Action::Reveal, volume, record)
        };
        self.tell(operator, time, body);
    }

    /// Ends an exposure.
    pub(crate) fn end(&mut self, kept: &mut Kept, how: HowEnded, by: &str, time: Time) {
        let Kept { volume, record } = kept;
        record.state = EscrowState::Superseded;
        record.superseded_at = Some(time);
        record.ended = Some(Ending {
            how,
            at: time,
            by: by.to_owned(),
        });
        let waived = how == HowEnded::Waived;
        let action = if waived { Action::Waive } else { Action::Escrow };
        let body = EventBody {
            reason: waived.then(|| "device-destroyed".to_owned()),
            note: waived.then(|| "shredded by the courier".parse().unwrap()),
            ..about(action, volume, record)
        };
        self.tell(by, time, body);
    }

    /// Says what came of a reveal.
    fn outcome(&mut self, kept: &Kept, operator: &str, time: Time, result: &str) {
        let body = EventBody {
            result: Some(result.to_owned()),
            changes: Vec::new(),
            ..about(Action::Outcome, &kept.volume, &kept.record)
        };
        self.tell(operator, time, body);
    }

    fn refuse(&mut self, action: Action, operator: &str, time: Time, result: &str) {
        let result = Some(result.to_owned());
        self.tell(
            operator,
            time,
            EventBody {
                result,
                ..EventBody::new(action)
            },
        );
    }

    fn hand_out(&mut self, action: Action, time: Time, note: Option<&str>) {
        let note = note.map(|note| note.parse().unwrap());
        self.tell(
            "ines",
            time,
            EventBody {
                note,
                ..EventBody::new(action)
            },
        );
    }

    pub(crate) fn finish(self) -> (Report, Reveals) {
        (self.findings.finish(&self.projection), self.reveals)
    }
}

/// Reason, note, ticket, caller.
pub(crate) type Why<'a> = [&'a str; 4];

/// A device and its password.
pub(crate) struct Kept {
    volume: VolumeRecord,
    pub(crate) record: EscrowRecord,
}

fn about(action: Action, volume: &VolumeRecord, record: &EscrowRecord) -> EventBody {
    EventBody {
        escrow: Some(record.escrow),
        protector: Some(record.protector),
        device: volume.device.clone(),
        volume: volume.mount().cloned(),
        volume_id: volume.id,
        changes: vec![Change::Escrow {
            volume: volume.volume,
            record: Box::new(record.clone()),
        }],
        ..EventBody::new(action)
    }
}

/// The whole sample, with everything that a report can tell of, and `texts` wherever a text can stand.
pub(crate) fn sample(period: Period, texts: [&str; 7]) -> (Report, Reveals) {
    let mut sample = Sample::new(period);
    sample.tell("root", day(0, 7, 0), EventBody::new(Action::Init));
    usual(&mut sample);
    troubles(&mut sample);
    anything(&mut sample, texts);
    sample.hand_out(Action::Report, day(92, 9, 30), None);
    sample.finish()
}

/// What a help desk does.
fn usual(sample: &mut Sample) {
    let names = [
        "WS-0412",
        "NB-Kowalski-2",
        "PC-0815",
        "LAB-7",
        "NB-2291",
        "KIOSK-03",
        "SRV-BACKUP",
        "WS-0977",
    ];
    let mut kept: Vec<Kept> = names.iter().map(|name| sample.device(name, day(0, 8, 0))).collect();
    let reveals: [(usize, i64, &str, Why<'_>); 12] = [
        (0, 3, "mara", ["bios-changed", "", "INC-2041", "J. Okafor"]),
        (
            1,
            9,
            "tom",
            ["pin-lost", "back from parental leave", "INC-2077", "A. Kowalski"],
        ),
        (
            2,
            11,
            "mara",
            ["hardware-replaced", "new mainboard", "INC-2080", "field service"],
        ),
        (3, 25, "mara", ["tpm-reset", "", "INC-2133", "lab"]),
        (4, 26, "tom", ["boot-order-changed", "", "", "R. Haddad"]),
        (1, 33, "tom", ["pin-lost", "again", "INC-2159", "A. Kowalski"]),
        (
            5,
            47,
            "mara",
            ["os-files-modified", "update of the kiosk image", "INC-2204", ""],
        ),
        (
            6,
            61,
            "lena",
            [
                "forensic",
                "order of the works council, copy in the safe",
                "LEGAL-9",
                "legal",
            ],
        ),
        (7, 62, "tom", ["bios-changed", "", "INC-2291", "S. Lindqvist"]),
        (
            2,
            80,
            "mara",
            ["other", "drive moved to a spare machine", "INC-2350", "field service"],
        ),
        (4, 90, "tom", ["bios-changed", "", "INC-2388", "R. Haddad"]),
        (0, 91, "mara", ["pin-lost", "", "INC-2390", "J. Okafor"]),
    ];
    for (place, at, operator, why) in reveals {
        sample.reveal(&mut kept[place], operator, day(at, 10, 7 * at % 60), why);
        let result = if place == 3 { "did-not-unlock" } else { "unlocked" };
        if at % 3 != 0 {
            sample.outcome(&kept[place], operator, day(at, 11, 0), result);
        }
        match place {
            0 | 1 if at < 90 => sample.end(&mut kept[place], HowEnded::Proven, "agent", day(at, 18, 0)),
            2 | 5 => sample.end(&mut kept[place], HowEnded::Claimed, "agent", day(at, 20, 0)),
            7 => sample.end(&mut kept[place], HowEnded::Claimed, "tom", day(at, 12, 30)),
            6 => sample.end(&mut kept[place], HowEnded::Waived, "lena", day(at + 2, 9, 0)),
            _ => {}
        }
    }
}

/// What an auditor asks about.
fn troubles(sample: &mut Sample) {
    sample.refuse(
        Action::RevealDenied,
        "tom",
        day(40, 3, 12),
        "the escrow is no longer what it was",
    );
    sample.refuse(Action::Refused, "nadia", day(41, 9, 0), "there is no such escrow");
    sample.refuse(Action::Refusals, "mara", day(42, 9, 0), "31 more refusals of nadia");
    let step = EventBody::new(Action::Refused);
    sample.tell_with("mara", day(-20, 9, 0), step.clone(), |event| {
        event.clock_step = Some(-5_359_980_000)
    });
    sample.tell_with("mara", day(43, 9, 0), step, |event| {
        event.clock_step = Some(5_443_200_000);
        event.wrong_pins = Some(4);
    });
    let mut paper = sample.device("NB-2307", day(44, 8, 0));
    paper.record.state = EscrowState::Exposed;
    paper.record.exposed_at = Some(day(45, 8, 0));
    paper.record.exposed_by = Some("lena".to_owned());
    paper.record.rotate_by = Some(day(46, 8, 0));
    let body = EventBody {
        note: Some(
            "read out over the telephone before the vault was there"
                .parse()
                .unwrap(),
        ),
        result: Some("exposed".to_owned()),
        ..about(Action::Expose, &paper.volume, &paper.record)
    };
    sample.tell("lena", day(45, 8, 0), body);
    sample.hand_out(Action::Checkpoint, day(50, 14, 0), Some("seven green herons on a wire"));
    sample.hand_out(Action::Export, day(50, 14, 5), None);
}

fn anything(sample: &mut Sample, texts: [&str; 7]) {
    for (place, text) in (0..).zip(texts) {
        let mut kept = sample.device(text, day(70, 8, place));
        sample.reveal(&mut kept, text, day(70, 9, place), [text; 4]);
        sample.outcome(&kept, text, day(70, 10, place), text);
        sample.refuse(Action::RevealDenied, text, day(70, 11, place), text);
        sample.end(&mut kept, HowEnded::Claimed, text, day(70, 12, place));
        sample.hand_out(Action::Proof, day(70, 13, place), Some(text));
    }
    let mut kept = sample.device("מחשב-7 (قسم)", day(71, 8, 0));
    sample.reveal(&mut kept, "mara", day(71, 9, 0), [UNSEEN, "", "", "ש. לוי"]);
}
