//! What a check found, for people and for scripts.

mod text;

use serde::Serialize;
use strongroom_core::audit::Accepted;
use strongroom_core::audit::Report;
use strongroom_core::crypto::Digest;
use strongroom_core::log::Checkpoint;
use strongroom_core::log::Event;
use strongroom_core::log::ProvenEvent;
use strongroom_core::log::VerifierKey;

/// Something that was checked, and is as it should be.
#[derive(Debug)]
pub struct Verified(Answer);

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answer {
    Log(Box<Log>),
    Event(Box<Proven>),
}

#[derive(Debug, Serialize)]
struct Log {
    ok: bool,
    origin: String,
    size: u64,
    root: Digest,
    /// The keys that signed it: those given or, of one of an earlier epoch, its successor.
    signed_by: Vec<String>,
    /// How many events the earlier checkpoint was over, where one was given.
    since: Option<u64>,
    #[serde(flatten)]
    report: Report,
}

#[derive(Debug, Serialize)]
struct Proven {
    ok: bool,
    origin: String,
    size: u64,
    root: Digest,
    signed_by: Vec<String>,
    leaf: u64,
    event: Event,
}

/// A line for a person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// What it looks like.
    pub look: Look,
    /// What it says.
    pub text: String,
}

/// How a line looks where there are colours.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Look {
    /// As any other.
    Plain,
    /// A heading.
    Heading,
    /// Something to see to.
    Warning,
}

impl Verified {
    pub(crate) fn log(accepted: Accepted, since: Option<Checkpoint>) -> Self {
        let checkpoint = accepted.checkpoint;
        Self(Answer::Log(Box::new(Log {
            ok: true,
            origin: checkpoint.origin.to_string(),
            size: checkpoint.size,
            root: checkpoint.root,
            signed_by: accepted.signed_by.iter().map(ToString::to_string).collect(),
            since: since.map(|since| since.size),
            report: accepted.report,
        })))
    }

    pub(crate) fn event(proven: ProvenEvent, keys: &[VerifierKey]) -> Self {
        Self(Answer::Event(Box::new(Proven {
            ok: true,
            origin: proven.checkpoint.origin.to_string(),
            size: proven.checkpoint.size,
            root: proven.checkpoint.root,
            signed_by: keys.iter().map(ToString::to_string).collect(),
            leaf: proven.event.leaf,
            event: proven.event,
        })))
    }

    /// The answer as one JSON object.
    pub const fn json(&self) -> &impl Serialize {
        &self.0
    }

    /// The answer for a person.
    pub fn lines(&self) -> Vec<Line> {
        match &self.0 {
            Answer::Log(log) => text::log(log),
            Answer::Event(proven) => text::event(proven),
        }
    }
}
