//! What a log comes to, for an auditor.
//!
//! Each collector here is shown the leaves of a log one after the other, as [`Replay`] gives them, and holds no more of
//! them than its answer does.
//!
//! [`Replay`]: crate::log::Replay

mod epochs;
mod findings;
mod period;
mod report;
mod reveals;
mod subject;
mod verification;

pub use findings::Findings;
pub use period::Period;
pub use report::ClaimedEnd;
pub use report::ClockStep;
pub use report::EpochBegun;
pub use report::Exposure;
pub use report::HandedOut;
pub use report::OperatorCounts;
pub use report::Rekey;
pub use report::Report;
pub use report::Waiver;
pub use report::WrongPins;
pub use reveals::Asked;
pub use reveals::DeniedRow;
pub use reveals::RevealOutcome;
pub use reveals::RevealRow;
pub use reveals::Reveals;
pub use reveals::Rotation;
pub use subject::Subject;
pub use verification::Accepted;
pub use verification::AuditAlarm;
pub use verification::Verification;

#[cfg(test)]
pub(crate) mod tests;
