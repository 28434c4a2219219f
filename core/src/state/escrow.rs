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
    /// When its present or last exposure began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposed_at: Option<Time>,
    /// Who began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposed_by: Option<String>,
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

    /// Returns whether whoever ended its exposure may be whoever began it.
    pub fn is_self_ended(&self) -> bool {
        self.ended
            .as_ref()
            .zip(self.exposed_by.as_ref())
            .is_some_and(|(ended, exposed_by)| may_be_same_person(exposed_by, &ended.by))
    }

    /// By when it was there: the time its source gave, else its arrival.
    pub fn known_since(&self) -> Time {
        self.created_at.unwrap_or(self.escrowed_at)
    }
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
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Proven => "proven",
            Self::Waived => "waived",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
