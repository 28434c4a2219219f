//! One escrow's record.

use serde::Deserialize;
use serde::Serialize;

use crate::crypto::Digest;
use crate::values::EscrowId;
use crate::values::ProtectorId;
use crate::values::Time;
use crate::values::may_be_same_person;

/// What is known of one escrow; the password itself is in its envelope.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EscrowRecord {
    /// The escrow.
    pub escrow: EscrowId,
    /// The protector whose password it is.
    pub protector: ProtectorId,
    /// `SHA-256(envelope ‖ fingerprint)`.
    pub envelope: Digest,
    /// How it came.
    pub source: Source,
    /// When it was taken in.
    pub escrowed_at: Time,
    /// The operator who took it in or, where its source had no standing, who vouched for it; absent in older records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escrowed_by: Option<String>,
    /// When the password was made, as far as its source says; a live source speaks of the time of arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
    /// Its state.
    pub state: EscrowState,
    /// Two passwords claim one protector, or this one did not unlock.
    #[serde(default, skip_serializing_if = "is_false")]
    pub conflict: bool,
    /// Its source has no standing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unconfirmed: bool,
    /// A clock contradicts the order in which it came, so its times decide nothing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub clock: bool,
    /// When its present or last exposure began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposed_at: Option<Time>,
    /// Who began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposed_by: Option<String>,
    /// The other operators to whom it was ever shown, at most [`Self::MAX_SHOWN_TO`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shown_to: Vec<String>,
    /// It was shown to more operators than `shown_to` has room for.
    #[serde(default, skip_serializing_if = "is_false")]
    pub shown_to_more: bool,
    /// When its password was last shown, from here or, where it came exposed, before it came; ever set, it is never
    /// `current` again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_at: Option<Time>,
    /// By when the exposure is to be ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotate_by: Option<Time>,
    /// When it became superseded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<Time>,
    /// The escrow that came in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<EscrowId>,
    /// How its exposure ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ending>,
    /// When it was proven to open its volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven_at: Option<Time>,
    /// Who presented a volume that it opens, where that is no proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presented: Option<Presentation>,
}

/// A volume was presented by an operator whose word alone proves nothing.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Presentation {
    /// When.
    pub at: Time,
    /// By whom.
    pub by: String,
}

/// The state of an escrow.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EscrowState {
    /// Something newer came; kept for ever, since old images and backups still need it.
    Superseded,
    /// Held, not shown, nothing newer.
    Current,
    /// Shown, and nothing newer: to be rotated.
    Exposed,
}

/// How an escrow came.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// By the verb `escrow`.
    Escrow,
    /// From a file.
    Import,
    /// In a drop.
    Drop,
}

/// The end of an exposure.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// On whose word or proof.
    pub how: HowEnded,
    /// When.
    pub at: Time,
    /// Who escrowed the newer password, or waived.
    pub by: String,
}

/// On what ground an exposure ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HowEnded {
    /// A newer password was escrowed; nobody looked at the volume.
    Claimed,
    /// The volume was presented by an operator who had exposed, claimed or escrowed what opened it: no more than a claim.
    Presented,
    /// The volume was opened with the newer password, and no longer lists the exposed protector.
    Proven,
    /// No newer password can come.
    Waived,
}

impl EscrowRecord {
    /// Whether its password was ever shown from this escrow.
    pub const fn ever_shown(&self) -> bool {
        self.shown_at.is_some()
    }

    /// The number of operators that [`Self::shown_to`] names. With names of 1024 bytes each, written twice as long, they
    /// take 16 KiB of the 48 KiB that the changes of a leaf may take.
    pub const MAX_SHOWN_TO: usize = 8;

    /// Whether the operator who ended its exposure may be one to whom it was shown.
    pub fn is_self_ended(&self) -> bool {
        let ended = self.ended.as_ref();
        ended.is_some_and(|ended| ended.how == HowEnded::Presented || self.may_have_been_shown_to(&ended.by))
    }

    /// Whether it was shown to this operator, or to more operators than the record names.
    pub fn may_have_been_shown_to(&self, operator: &str) -> bool {
        self.shown_to_more || self.operators_shown_to().any(|name| may_be_same_person(name, operator))
    }

    /// Whether this operator had a hand in it: it was shown to them, or they took it in. Where the record does not name
    /// who took it in, every operator may have.
    pub fn is_in_the_hands_of(&self, operator: &str) -> bool {
        self.escrowed_by.is_none() || self.was_escrowed_by(operator) || self.may_have_been_shown_to(operator)
    }

    /// Returns whether the record names a person who may be this operator as the one who took it in.
    pub fn was_escrowed_by(&self, operator: &str) -> bool {
        let name = self.escrowed_by.as_deref();
        name.is_some_and(|name| may_be_same_person(name, operator))
    }

    /// The operators to whom it was shown, as far as they are named.
    pub fn operators_shown_to(&self) -> impl Iterator<Item = &str> {
        let others = self.shown_to.iter().map(String::as_str);
        self.exposed_by.as_deref().into_iter().chain(others)
    }

    /// Remembers that it was shown to this operator. None is ever forgotten: they know the password still.
    pub fn remember_shown_to(&mut self, operator: &str) {
        if self.operators_shown_to().any(|name| name == operator) {
            return;
        }
        if self.shown_to.len() < Self::MAX_SHOWN_TO {
            self.shown_to.push(operator.to_owned());
        } else {
            self.shown_to_more = true;
        }
    }

    /// Remembers everyone to whom another escrow of the same password was shown.
    pub fn remember_shown_as(&mut self, twin: &Self) {
        for operator in twin.operators_shown_to() {
            self.remember_shown_to(operator);
        }
        self.shown_to_more |= twin.shown_to_more;
    }

    /// Returns when it was made, as far as its source says and that can be known at `now`.
    pub fn made_at(&self, now: Time) -> Option<Time> {
        match self.age(now) {
            Age::Since(time) => self.created_at.map(|_| time),
            Age::Contradicted => None,
        }
    }

    /// When it was made or, where its source does not say, when it arrived, as far as that can be known at `now`.
    pub fn age(&self, now: Time) -> Age {
        if self.clock {
            return Age::Contradicted;
        }
        let known = [self.created_at, Some(self.escrowed_at)];
        let made = known.into_iter().flatten().find(|time| *time <= now);
        made.map_or(Age::Contradicted, Age::Since)
    }
}

/// The age of an escrow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Age {
    /// It has been there since then. A time later than now counts as its time of escrow.
    Since(Time),
    /// Every time on record is later than now, or was contradicted when it came: only the order of the log is known.
    Contradicted,
}

impl EscrowState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Superseded, Self::Current, Self::Exposed];

    /// The word for it, as in `--state` and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Exposed => "exposed",
            Self::Superseded => "superseded",
        }
    }
}

impl Source {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Escrow => "escrow",
            Self::Import => "import",
        }
    }
}

impl HowEnded {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Claimed, Self::Presented, Self::Proven, Self::Waived];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Presented => "presented",
            Self::Proven => "proven",
            Self::Waived => "waived",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
pub(super) const fn is_false(value: &bool) -> bool {
    !*value
}
