//! The table of what is found on open: what the TPM remembers, against what the file ends with.

use strongroom_core::log::AnchorContent;

use crate::store::Alarm;

/// What the file ends with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    /// Its last commit.
    pub(super) last: AnchorContent,
    /// Whether the last commit is the first of its epoch.
    pub(super) first_of_epoch: bool,
    /// The commit before, where there is one.
    pub(super) before: Option<AnchorContent>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Settled {
    /// Nothing: both remember the same.
    Same,
    /// We died between COMMIT and NV_Write: write the anchor now.
    WriteNow,
}

/// Decides. That the last commit is signed by this vault is for the caller to know.
pub(super) fn settle(remembered: Option<AnchorContent>, file: &Ends) -> Result<Settled, Alarm> {
    let Some(anchor) = remembered else {
        // A new index that nobody has written yet, and a file that has just begun.
        return if file.first_of_epoch {
            Ok(Settled::WriteNow)
        } else {
            Err(put_back(file, None))
        };
    };
    if anchor == file.last {
        Ok(Settled::Same)
    } else if Some(anchor) == file.before {
        Ok(Settled::WriteNow)
    } else if anchor.number > file.last.number {
        Err(Alarm::RolledBack {
            file: file.last.number,
            anchor: anchor.number,
        })
    } else if anchor.number == file.last.number {
        Err(Alarm::Forked { number: anchor.number })
    } else {
        Err(put_back(file, Some(anchor.number)))
    }
}

const fn put_back(file: &Ends, anchor: Option<u64>) -> Alarm {
    Alarm::TpmPutBack {
        file: file.last.number,
        anchor,
    }
}

#[cfg(test)]
mod tests;
