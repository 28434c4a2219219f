//! What an event is about.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde::Serialize;

/// The word that says what happened. Each stands in docs/format.md.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// An alarm was accepted by the custodians, and a new epoch began.
    AlarmAccept,
    /// An escrow that came without a device was given its place.
    Assign,
    /// A checkpoint was handed out.
    Checkpoint,
    /// Somebody vouched for an escrow whose source had no standing.
    Confirm,
    /// More changes of the event before, which were too many for one leaf.
    Continued,
    /// A password was taken in, or brought something new of one that is held.
    Escrow,
    /// The log was handed out.
    Export,
    /// A password got out otherwise than by a reveal.
    Expose,
    /// The vault was made.
    Init,
    /// The file was of an older schema, and has the newest now.
    Migrated,
    /// What came of a reveal.
    Outcome,
    /// The proof of one event was handed out.
    Proof,
    /// Passwords were opened to try them on a volume; nobody was shown one.
    Prove,
    /// What a volume said of the passwords that were tried on it.
    Proven,
    /// Receipts of drops were handed out.
    Receipts,
    /// Refusals of one operator, counted together.
    Refusals,
    /// Something other than a reveal was refused.
    Refused,
    /// The keys of a new generation came in the place of the present ones.
    Rekey,
    /// A report was handed out.
    Report,
    /// The vault was restored from a backup, and a new epoch began.
    Restore,
    /// A password was shown.
    Reveal,
    /// A reveal was refused.
    RevealDenied,
    /// A sender was enrolled, and its file handed out.
    SenderEnrol,
    /// The enrolment of a sender was ended.
    SenderRevoke,
    /// An exposure was ended where no newer password can come.
    Waive,
}

/// The word is no action.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no such action")]
pub struct ParseActionError;

impl Action {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::AlarmAccept,
        Self::Assign,
        Self::Checkpoint,
        Self::Confirm,
        Self::Continued,
        Self::Escrow,
        Self::Export,
        Self::Expose,
        Self::Init,
        Self::Migrated,
        Self::Outcome,
        Self::Proof,
        Self::Prove,
        Self::Proven,
        Self::Receipts,
        Self::Refusals,
        Self::Refused,
        Self::Rekey,
        Self::Report,
        Self::Restore,
        Self::Reveal,
        Self::RevealDenied,
        Self::SenderEnrol,
        Self::SenderRevoke,
        Self::Waive,
    ];

    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlarmAccept => "alarm-accept",
            Self::Assign => "assign",
            Self::Checkpoint => "checkpoint",
            Self::Confirm => "confirm",
            Self::Continued => "continued",
            Self::Escrow => "escrow",
            Self::Export => "export",
            Self::Expose => "expose",
            Self::Init => "init",
            Self::Migrated => "migrated",
            Self::Outcome => "outcome",
            Self::Proof => "proof",
            Self::Prove => "prove",
            Self::Proven => "proven",
            Self::Receipts => "receipts",
            Self::Refusals => "refusals",
            Self::Refused => "refused",
            Self::Rekey => "rekey",
            Self::Report => "report",
            Self::Restore => "restore",
            Self::Reveal => "reveal",
            Self::RevealDenied => "reveal-denied",
            Self::SenderEnrol => "sender-enrol",
            Self::SenderRevoke => "sender-revoke",
            Self::Waive => "waive",
        }
    }

    /// Whether it hands a checkpoint out: the one that its own commit makes, of which it is the last event.
    pub const fn hands_out(self) -> bool {
        matches!(
            self,
            Self::Checkpoint | Self::Export | Self::Proof | Self::Receipts | Self::Report
        )
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Action {
    type Err = ParseActionError;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|action| action.as_str() == word)
            .ok_or(ParseActionError)
    }
}
