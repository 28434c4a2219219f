use std::io;
use std::path::PathBuf;

use strongroom_core::crypto::RandomError;
use strongroom_core::log::LeafError;
use strongroom_core::values::EscrowId;
use strongroom_vault::ops::Error;
use strongroom_vault::store::StoreError;
use strongroom_vault::tpm::TpmError;

use crate::failure::ChoiceError;
use crate::failure::Failure;
use crate::hint::hint;
use crate::in_file::InFileError;
use crate::ui::PinError;
use crate::ui::PromptError;

#[track_caller]
fn check(failure: impl Into<Failure>, line: &str, way_out: &str) {
    let failure = failure.into();
    assert_eq!((failure.line().as_str(), hint(&failure).as_str()), (line, way_out));
}

/// What no transcript can bring about shows here that it names what is wrong and the way out.
#[test]
fn what_no_transcript_shows() {
    let path = || PathBuf::from("/v");
    check(
        Failure::Bug {
            place: "a.rs:1".to_owned(),
        },
        "the program failed at a.rs:1",
        "this is a bug: please report it; what is on record stays on record",
    );
    check(
        Failure::NoFolder,
        "no vault folder is named",
        "name one with --vault DIR or STRONGROOM_VAULT",
    );
    check(
        Failure::File {
            path: path(),
            source: InFileError::Changed.into(),
        },
        "/v: it changed while it was read",
        "nothing was taken in: wait until it is complete, or copy it, and import that",
    );
    check(
        Error::Changed {
            escrow: EscrowId::new([0xab; 16]),
        },
        "escrow abababababababababababababababab has changed since it was asked about",
        "look at it again and repeat the command: somebody changed it in between",
    );
    check(
        StoreError::Owner {
            path: path(),
            owner: 990,
            user: 1000,
        },
        "/v belongs to user 990, and this is user 1000",
        "run it as user 990, for example by sudo --user='#990'; or name the vault by --vault",
    );
    check(
        StoreError::DiskFull,
        "the disk is full",
        "make room on the disk of the vault folder and repeat the command",
    );
    check(
        StoreError::Event(LeafError::TooLong { len: 70_000 }),
        "the event cannot be recorded: the event has 70000 bytes; a leaf holds 65,535",
        "give less at once, or a shorter note",
    );
    check(
        StoreError::Random(RandomError),
        "the system gives no randomness",
        "restart the machine",
    );
}

#[test]
fn what_no_transcript_shows_of_the_tpm() {
    let path = || PathBuf::from("/dev/tpmrm0");
    check(
        Error::Tpm(TpmError::PermissionDenied { path: path() }),
        "permission denied on /dev/tpmrm0",
        "join the group of the device (`stat --format=%G /dev/tpmrm0`, then usermod -aG), or run it as the vault's user",
    );
    check(
        Error::Tpm(TpmError::AnchorHandleTaken { handle: 0x0180_4711 }),
        "the NV handle 0x01804711 is taken",
        "try again: another handle will be taken",
    );
    check(
        Error::Tpm(TpmError::SimulatorMissing),
        "swtpm is not installed",
        "apt-get install swtpm",
    );
    for (needed, line) in [
        (true, "the sealed object needs a PIN"),
        (false, "the sealed object takes no PIN"),
    ] {
        check(
            Error::Tpm(TpmError::PinMismatch { needed }),
            line,
            "`strongroom status` says whether the vault has a PIN",
        );
    }
    for (error, line) in [
        (
            TpmError::AnchorMissing { handle: 0x0180_4711 },
            "the TPM has no NV index 0x01804711: the anchor is missing",
        ),
        (
            TpmError::AnchorReplaced { handle: 0x0180_4711 },
            "the NV index 0x01804711 is not the anchor that this vault defined",
        ),
    ] {
        check(
            Error::Tpm(error),
            line,
            "delete nothing; see docs/operations.md#replaced",
        );
    }
    check(
        Error::Tpm(TpmError::NotSealedHere),
        "the sealed object does not belong to this TPM's storage primary, or was changed",
        "run it on the machine where the vault was made: a folder that was moved is not opened by another TPM; see \
         docs/operations.md#other-tpm",
    );
}

#[test]
fn what_no_transcript_shows_of_a_terminal() {
    check(
        PromptError::NoTerminal,
        "there is no terminal to ask on",
        "run it from a terminal, or give on stdin and as arguments what it would ask",
    );
    check(
        PromptError::Terminal(io::ErrorKind::BrokenPipe.into()),
        "the terminal failed: broken pipe",
        "try again from another terminal",
    );
    check(
        PinError::Different,
        "the two PINs differ",
        "init again, and type the same PIN twice",
    );
    check(
        PromptError::Closed,
        "the question was not answered",
        "answer on the terminal; a script gives what is asked as arguments and on stdin",
    );
    check(
        PromptError::NotText,
        "what was typed is no UTF-8 text",
        "type one line of text",
    );
    check(
        PromptError::TooLong,
        "what was typed is too long",
        "type one line of text",
    );
    check(ChoiceError::Declined, "nothing was done", "the vault is as it was");
}
