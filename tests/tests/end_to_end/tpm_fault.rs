//! What can go wrong with one TPM command of a run.

use std::fmt;
use std::ops::ControlFlow;

use crate::end_to_end::wire::Answer;

/// A command and the length of its answer.
#[derive(Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) command: u32,
    pub(crate) length: usize,
}

/// The `nth` command of a run, from 0, and what goes wrong with it.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    pub(crate) nth: usize,
    pub(crate) command: u32,
    pub(crate) fault: Fault,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    /// It is not done, and answered with this code; `times` in a row.
    Refused { code: u32, times: usize },
    /// It is done, and answered with this code.
    DoneAndRefused { code: u32 },
    /// The connection ends before it is done.
    DroppedBefore,
    /// It is done, and the connection ends before that is said.
    DroppedAfter,
    /// The TPM dies before it is done.
    KilledBefore,
    /// It is done, and the TPM dies before that is said.
    KilledAfter,
    /// It is done, and one bit of this byte of the answer is another one.
    Flipped { at: usize },
    /// It is done, and the connection ends in the middle of the answer.
    Truncated { to: usize },
    /// It is done, and the answer has more bytes at its end, which its header counts.
    Lengthened,
    /// It is done, and the answer is followed by bytes that are no part of it.
    Followed,
    /// It is done, and of the answer comes the header alone, and says that all is well.
    Empty,
}

impl Point {
    /// Each fault at each command.
    pub(crate) fn all(answers: &[Answered], faults: impl Fn(&Answered) -> Vec<Fault>) -> Vec<Self> {
        let at = |(nth, answered): (usize, &Answered)| {
            let command = answered.command;
            let point = move |fault| Self { nth, command, fault };
            faults(answered).into_iter().map(point).collect::<Vec<_>>()
        };
        answers.iter().enumerate().flat_map(at).collect()
    }

    /// Whether it goes wrong with the `nth` command.
    pub(crate) const fn is_at(&self, nth: usize) -> bool {
        let times = if let Fault::Refused { times, .. } = self.fault {
            times
        } else {
            1
        };
        self.nth <= nth && nth < self.nth + times
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { nth, command, fault } = self;
        write!(f, "command {nth}, TPM_CC {command:#x}: {fault:x?}")
    }
}

impl Fault {
    /// It is not done, and answered once with this code.
    pub(crate) const fn refused(code: u32) -> Self {
        Self::Refused { code, times: 1 }
    }

    /// What may go wrong with an answer on its way.
    pub(crate) fn of_answers(answered: &Answered) -> Vec<Self> {
        let length = answered.length;
        // Of the header: tag, length and code; then what it holds, and the authorisation at its end.
        let mut places = vec![1, 2, 5, 8, 9, 10, 13, length / 4, length / 2, length - length / 4];
        places.extend([length.saturating_sub(33), length.saturating_sub(1)]);
        places.retain(|place| *place < length);
        places.sort_unstable();
        places.dedup();
        let flipped = places.into_iter().map(|at| Self::Flipped { at });
        let cut = [4, 10, length / 2, length.saturating_sub(1)]
            .into_iter()
            .filter(|to| *to < length);
        let truncated = cut.map(|to| Self::Truncated { to });
        let whole = [Self::Lengthened, Self::Followed, Self::Empty];
        flipped.chain(truncated).chain(whole).collect()
    }

    /// Whether the TPM gets the command.
    pub(crate) const fn is_done(self) -> bool {
        !matches!(self, Self::Refused { .. } | Self::DroppedBefore | Self::KilledBefore)
    }

    /// Whether the program gets an answer, be it a wrong one.
    pub(crate) const fn is_answered(self) -> bool {
        !matches!(
            self,
            Self::DroppedBefore | Self::DroppedAfter | Self::KilledBefore | Self::KilledAfter
        )
    }

    /// Whether the answer says that an authorisation is wrong.
    pub(crate) const fn is_refused_authorisation(self) -> bool {
        matches!(
            self,
            Self::Refused {
                code: 0x98e | 0x9a2,
                ..
            }
        )
    }

    /// What the program gets instead of the `honest` answer.
    pub(crate) fn answer(self, mut honest: Vec<u8>) -> Answer {
        match self {
            Self::Refused { code, .. } | Self::DoneAndRefused { code } => ControlFlow::Continue(header(code)),
            Self::DroppedBefore | Self::DroppedAfter | Self::KilledBefore | Self::KilledAfter => {
                ControlFlow::Break(Vec::new())
            }
            Self::Flipped { at } => {
                if let Some(byte) = honest.get_mut(at) {
                    *byte ^= 1 << (at % 8);
                }
                // With another length the program may wait for more.
                if LENGTH.contains(&at) {
                    ControlFlow::Break(honest)
                } else {
                    ControlFlow::Continue(honest)
                }
            }
            Self::Truncated { to } => {
                honest.truncate(to);
                ControlFlow::Break(honest)
            }
            Self::Lengthened => {
                honest.extend(MORE);
                let length = u32::try_from(honest.len()).unwrap();
                honest[LENGTH].copy_from_slice(&length.to_be_bytes());
                ControlFlow::Continue(honest)
            }
            Self::Followed => {
                honest.extend(MORE);
                ControlFlow::Continue(honest)
            }
            Self::Empty => ControlFlow::Continue(header(0)),
        }
    }
}

/// An answer without sessions that holds nothing but a code.
fn header(code: u32) -> Vec<u8> {
    [&[0x80, 0x01, 0, 0, 0, 10], code.to_be_bytes().as_slice()].concat()
}

pub(crate) const NV_READ: u32 = 0x14e;
pub(crate) const NV_READ_PUBLIC: u32 = 0x169;
pub(crate) const NV_WRITE: u32 = 0x137;
pub(crate) const START_AUTH_SESSION: u32 = 0x176;
pub(crate) const UNSEAL: u32 = 0x15e;
pub(crate) const GET_RANDOM: u32 = 0x17b;
const LENGTH: std::ops::Range<usize> = 2..6;
const MORE: [u8; 7] = [0x80, 0x01, 0, 0, 0, 7, 0x2a];
