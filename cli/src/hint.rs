//! The way out of each failure.

use std::path::Path;

use strongroom_core::fve::LocateError;
use strongroom_core::intake::IntakeError;
use strongroom_core::values::ParseRecoveryPasswordError;
use strongroom_core::values::TextError;
use strongroom_files::PathError;
use strongroom_vault::ops::Error;
use strongroom_vault::store::Alarm;
use strongroom_vault::store::StoreError;
use strongroom_vault::tpm::TpmError;

use crate::failure::ChoiceError;
use crate::failure::Failure;
use crate::failure::FileFault;
use crate::failure::ImageFault;
use crate::failure::InputError;
use crate::failure::SpoolError;
use crate::in_file::InFileError;
use crate::render::text::shell;
use crate::ui::PinError;
use crate::ui::PromptError;

/// What the person can do about it.
pub(crate) fn hint(failure: &Failure) -> String {
    let words = match failure {
        Failure::Usage { hint, .. } => return hint.clone(),
        Failure::Vault(Error::Store(error)) => return store(error),
        Failure::Vault(Error::Tpm(error)) => return tpm(error),
        Failure::Pin(error) => return pin(error),
        Failure::Vault(error) => operation(error),
        Failure::Agent(error) => error.hint(),
        Failure::Audit(error) => error.hint(),
        Failure::Text { source, .. } => text(*source),
        Failure::PasswordInArgument => {
            "give it at the prompt or on stdin; one that stood on a command line is in the shell's history, so rotate it"
        }
        Failure::Prompt(error) => prompt(error),
        Failure::Password(ParseRecoveryPasswordError::Shape(_)) => SHAPE,
        Failure::Password(_) => "compare that group with the source; `strongroom check` suggests corrections",
        Failure::Input(error) => input(*error),
        Failure::Choice(error) => choice(error),
        Failure::File { source, .. } => file(source),
        Failure::Image { source, .. } => image(source),
        Failure::DidNotOpen { .. } => {
            "compare the protector IDs; two groups that changed places look right and open nothing"
        }
        Failure::OtherMasterKey => {
            "ask who made the image, and prove on the machine itself; the event names the file and who presented it"
        }
        Failure::Attention(_) => "`strongroom status` without --check says more, and exits with 0",
        Failure::Bug { .. } => "this is a bug: please report it; what is on record stays on record",
        Failure::Spool(error) => return spool(error),
        Failure::Path(error) => path(error),
        Failure::NoFolder => "name one with --vault DIR or STRONGROOM_VAULT",
        Failure::Output(_) => "see whether whatever reads the answer has room; what is on record stays on record",
    };
    words.to_owned()
}

const fn path(error: &PathError) -> &'static str {
    match error {
        PathError::Exists { .. } => "nothing is overwritten: name another file, or move that one away",
        PathError::Link { .. } => "name the real folder or file, not a link",
        PathError::NotAFolder { .. } => "name a folder, or a file in one",
        PathError::NotAFile { .. } => "name a file in that folder",
        PathError::NotPlain { .. } => "name another file, or one that is not there yet",
        PathError::Vault { .. } => "name a folder outside the vault's; `--out -` writes a single file to stdout",
        PathError::Changed { .. } => "repeat the command while no other program works there",
        PathError::Io { .. } => "see whether the folder is there, writable and not full",
    }
}

fn spool(error: &SpoolError) -> String {
    let quoted = |path: &Path| shell(&path.to_string_lossy());
    match error {
        SpoolError::NotMarked { path } => {
            format!(
                "make an empty folder a spool: strongroom import --spool-init {}",
                quoted(path)
            )
        }
        SpoolError::Busy { .. } => "it takes in what lies there; wait for it, or end it".to_owned(),
        SpoolError::NotEmpty { .. } => "name an empty folder: everything that is in a spool is moved".to_owned(),
        SpoolError::HoldsVault { .. } => "name a folder of its own, such as /var/spool/strongroom".to_owned(),
        SpoolError::Owner { .. } => {
            "run it as that user, or give it to the vault's; see docs/operations.md#a-spool-folder".to_owned()
        }
        SpoolError::Writable { path } => format!("chmod go-w {}", quoted(path)),
        SpoolError::NotSticky { path } => format!("chmod +t {}", quoted(path)),
    }
}

fn operation(error: &Error) -> &'static str {
    match error {
        Error::Changed { .. } => "look at it again and repeat the command: somebody changed it in between",
        Error::HasDevice { .. } => "`strongroom list --problems` shows what has no device",
        Error::HasStanding { .. } => "`strongroom list --problems` shows what is unconfirmed",
        Error::NoEscrow { .. } => "`strongroom find` and `strongroom list` show what is held",
        Error::NoSender { .. } => "`strongroom drop list` shows who is enrolled",
        Error::SenderThere { .. } => {
            "take another name; or where its file was lost, revoke it by `strongroom drop revoke` and enrol it anew"
        }
        Error::SenderFile(_) => "name fewer devices, or enrol it for every device by --any-device",
        Error::NoLeaf { .. } => "`strongroom audit list` shows them, from leaf 0 on",
        Error::NotExposed { .. } => "`strongroom rotation list` shows what can be waived",
        Error::NothingToClean => "`strongroom status` shows what is there",
        Error::PcrsOfSimulator => "leave --pcr out, or use a real TPM",
        Error::PinNeeded => "give it at the prompt, on stdin or by --pin-file FILE",
        Error::PinNotTaken => "leave --pin-file out",
        Error::Store(_) | Error::Tpm(_) | _ => "please report this",
    }
}

fn store(error: &StoreError) -> String {
    let words = match error {
        StoreError::Permissions { path, wanted, .. } => {
            return format!("chmod {wanted:o} {}", shell(&path.to_string_lossy()));
        }
        StoreError::Owner { owner, .. } => {
            return format!(
                "run it as user {owner}, for example by sudo --user='#{owner}'; or name the vault by --vault"
            );
        }
        StoreError::Alarm(alarm) => alarm_words(alarm),
        StoreError::Busy => "it is free again in a moment: try again, or wait longer with --wait SECONDS",
        StoreError::DiskFull => "make room on the disk of the vault folder and repeat the command",
        StoreError::Event(_) => "give less at once, or a shorter note",
        StoreError::ExportBusy { .. } => "wait until it is done, and export again; or name another folder",
        StoreError::ExportDiffers { .. } => {
            "delete nothing: it is of another vault, or one of the two was rewritten; see docs/audit.md#another-log"
        }
        StoreError::InitPending { .. } => "`strongroom init --clean` undoes it, then init again",
        StoreError::NewerSchema { .. } => "use the newer strongroom that wrote it",
        StoreError::NoVault { .. } => {
            "name the vault by --vault DIR or STRONGROOM_VAULT, or make one with `strongroom init`"
        }
        StoreError::NotAnExport { .. } => {
            "name an empty folder, one that is not there yet, or one that holds an export"
        }
        StoreError::NotEmpty { .. } => "name an empty folder, or one that is not there yet",
        StoreError::Path(error) => path(error),
        StoreError::NotPlain { .. } => "put the real folder or file in its place, not a link",
        StoreError::ReadOnly => {
            "see whether the file system is mounted read-only, or vault.db, vault.db-wal or vault.db-shm has lost its write \
             permission"
        }
        StoreError::VaultExists { .. } => "use it as it is, or name another folder by --vault DIR",
        StoreError::Io { .. } => "see whether the folder is there and whether this user may use it",
        StoreError::Random(_) => "restart the machine",
        StoreError::DiskFails(_) => {
            "what the command was to do is there whole or not at all; see whether the disk is sound; \
             see docs/operations.md#disk-fails"
        }
        StoreError::Sqlite(_) | _ => "please report this",
    };
    words.to_owned()
}

fn alarm_words(alarm: &Alarm) -> &'static str {
    match alarm {
        Alarm::NotAVault => {
            "delete nothing; see whether --vault names the right folder, else keep the file aside; \
             see docs/operations.md#damaged"
        }
        Alarm::ForeignSchema => {
            "delete nothing; keep the file aside: somebody changed its tables; see docs/operations.md#foreign-schema"
        }
        Alarm::Tampered { .. } => {
            "delete nothing; keep the file aside, and put back the newest whole copy of the vault folder; \
             see docs/operations.md#tampered"
        }
        Alarm::RolledBack { .. } => {
            "delete nothing; keep this file aside, and put back the newest vault.db that there is, with its vault.db-wal; \
             see docs/operations.md#rolled-back"
        }
        Alarm::Forked { .. } => {
            "delete nothing; keep this file aside: another copy of the vault was written to; put back that one; \
             see docs/operations.md#forked"
        }
        Alarm::TpmPutBack { .. } => {
            "delete nothing, and keep file and TPM as they are: an older TPM state was put back, or this is another \
             machine's; see docs/operations.md#tpm-put-back"
        }
        Alarm::Missing { .. } | Alarm::Replaced { .. } => {
            "delete nothing, and keep the file: somebody who may use the TPM took the anchor away; \
             see docs/operations.md#replaced"
        }
        _ => "delete nothing; see docs/operations.md",
    }
}

fn tpm(error: &TpmError) -> String {
    let words = match error {
        TpmError::Garbled { .. } => {
            "repeat it; if it stays, something between here and the TPM changes what that says: \
             see docs/operations.md#tpm-refuses"
        }
        TpmError::Lockout { wait_seconds } => {
            return format!(
                "wait {} and try the right PIN; keep the machine on, a reset counts as one more wrong PIN",
                crate::render::text::span(*wait_seconds)
            );
        }
        TpmError::PermissionDenied { path } => {
            let path = shell(&path.to_string_lossy());
            return format!(
                "join the group of the device (`stat --format=%G {path}`, then usermod -aG), or run it as the vault's user"
            );
        }
        TpmError::AnchorHandleTaken { .. } => "try again: another handle will be taken",
        TpmError::AnchorMissing { .. } | TpmError::AnchorReplaced { .. } => {
            "delete nothing; see docs/operations.md#replaced"
        }
        TpmError::Cleared => {
            "the TPM was cleared in the firmware or by its owner, and its seal on the vault is gone for ever; keep the \
             folder; see docs/operations.md#tpm-cleared"
        }
        TpmError::NoDevice { .. } => {
            "switch the TPM on in the firmware; for a trial without one there is `strongroom init --tpm simulator`"
        }
        TpmError::NoFreeHandle => "undefine NV indexes that nobody needs (`tpm2_getcap handles-nv-index`)",
        TpmError::NotSealedHere | TpmError::OtherTpm => {
            "run it on the machine where the vault was made: a folder that was moved is not opened by another TPM; \
             see docs/operations.md#other-tpm"
        }
        TpmError::OwnerAuthSet => {
            "clear the owner authorisation (`tpm2_changeauth -c owner -p OLD`), or provision the storage primary at 0x81000001"
        }
        TpmError::PcrVoid { .. } => {
            "choose PCRs that the firmware extends, such as 7; `tpm2_pcrread sha256` shows them"
        }
        TpmError::PcrsChanged => {
            "boot the way the machine booted when the vault was made (firmware, Secure Boot, boot order); \
             see docs/operations.md#pcrs-changed"
        }
        TpmError::PinMismatch { .. } => "`strongroom status` says whether the vault has a PIN",
        TpmError::Refused { .. } => "see docs/operations.md#tpm-refuses; `tpm2_rc_decode CODE` explains the code",
        TpmError::SimulatorFailed { .. } => "see whether the vault folder is writable and has room",
        TpmError::SimulatorMissing => "apt-get install swtpm",
        TpmError::SlotsTaken { .. } => {
            "flush what was left (`tpm2_flushcontext -t`, and -l and -s), or start the machine anew; \
             see docs/operations.md#tpm-slots"
        }
        TpmError::Unreachable { .. } => "see whether it is there, and whether another program holds it",
        TpmError::WrongPin { .. } => "every wrong PIN is counted, and one try comes back in ten minutes",
        _ => "see docs/operations.md#tpm-refuses",
    };
    words.to_owned()
}

fn pin(error: &PinError) -> String {
    let words = match error {
        PinError::Permissions { path } => return format!("chmod 600 {}", shell(&path.to_string_lossy())),
        PinError::Different => "init again, and type the same PIN twice",
        PinError::Empty => "give it at the prompt, on stdin or by --pin-file FILE; it has one character or more",
        PinError::File { .. } => "see whether the file is there and whether this user may read it",
        PinError::NotPlain { .. } => "name a plain file that this user alone can read",
        PinError::NotText | PinError::Lines | PinError::TooLong => "a PIN is one line of text, at most 1 KiB",
        PinError::Nowhere => "give it by --pin-file FILE, as systemd's credential strongroom.pin, or from a terminal",
    };
    words.to_owned()
}

const fn prompt(error: &PromptError) -> &'static str {
    match error {
        PromptError::Closed => "answer on the terminal; a script gives what is asked as arguments and on stdin",
        PromptError::NoTerminal => "run it from a terminal, or give on stdin and as arguments what it would ask",
        PromptError::Terminal(_) => "try again from another terminal",
        PromptError::NotText | PromptError::TooLong => "type one line of text",
    }
}

const fn text(error: TextError) -> &'static str {
    match error {
        TextError::Empty => "say something, or leave it out where it need not be given",
        TextError::Invisible { .. } => "type it anew: such a character often comes along when a text is pasted",
        TextError::Nameless => "give the name by which people know the machine",
        TextError::Unknown { .. } => "type the name anew, with letters, digits and signs that every computer shows",
        TextError::Password => "say it without the digits: what stands in the log stays there for ever",
        TextError::TooLong { .. } => "say it shorter, or name the document in which it stands",
    }
}

const fn input(error: InputError) -> &'static str {
    match error {
        InputError::Malformed { .. } => "compare the groups that are named with the source",
        InputError::DropsRejected { .. } => {
            "the lines above say why; have their makers hand them in again, sealed anew"
        }
        InputError::Rejected { .. } => {
            "the lines above name the record and the field: correct the source and import it again; what is held stays as it is"
        }
        InputError::MoreLines => "run it once for each password",
        InputError::NotText | InputError::Nothing | InputError::TooLong => SHAPE,
    }
}

const fn file(fault: &FileFault) -> &'static str {
    match fault {
        FileFault::Drop(_) => "nothing was taken in: have it carried here again, whole",
        FileFault::Read(InFileError::Changed) => {
            "nothing was taken in: wait until it is complete, or copy it, and import that"
        }
        FileFault::Read(InFileError::Device | InFileError::Folder | InFileError::Pipe) => {
            "name a file, or give its content on stdin as -"
        }
        FileFault::Read(InFileError::Io(_)) => "see whether it is there and whether this user may read it",
        FileFault::Read(InFileError::TooLong { .. }) | FileFault::Intake(IntakeError::TooLong { .. }) => {
            "cut it into several files; one record is not to be cut"
        }
        FileFault::Intake(IntakeError::NoPassword { .. }) => {
            "nothing was taken in: look into the file; `strongroom import --help` names what is read"
        }
        FileFault::Intake(IntakeError::Json(_) | IntakeError::Rows(_) | IntakeError::Xml(_)) => {
            "nothing was taken in: mend the file, or name its format by --format"
        }
    }
}

fn image(fault: &ImageFault) -> &'static str {
    match fault {
        ImageFault::Open(_) => {
            "see whether it is there and whether this user may read it; a device takes root's rights"
        }
        ImageFault::NotAnImage => "name a partition, a disk, or a file with the image of one",
        ImageFault::Several { .. } => "say which is meant by --offset BYTES",
        ImageFault::Locate(LocateError::NoTable | LocateError::NotThere { .. } | LocateError::NoVolume { .. }) => {
            "name the partition itself, or say by --offset BYTES where the volume begins"
        }
        ImageFault::Locate(_) | ImageFault::Read(_) => "see whether the image is complete and the disk sound",
    }
}

const fn choice(error: &ChoiceError) -> &'static str {
    match error {
        ChoiceError::Declined => "the vault is as it was",
        ChoiceError::NobodyToAsk => "give --yes where nobody is to be asked",
        ChoiceError::Nothing { .. } => "`strongroom find` and `strongroom list` show what is held",
        ChoiceError::Several { .. } => "name one by its escrow id, or narrow it by --volume where the verb has that",
    }
}

const SHAPE: &str = "a recovery password is 48 digits: eight groups of six, with a hyphen or a space between";

#[cfg(test)]
mod tests;
