use strongroom_core::crypto::sha256;

use super::*;

fn commit(number: u64, history: &str) -> AnchorContent {
    AnchorContent {
        number,
        checkpoint: sha256(&[history.as_bytes(), &number.to_be_bytes()]),
    }
}

/// A file that ends with commit 7 of history "a".
#[track_caller]
fn check(remembered: Option<AnchorContent>, expected: Result<Settled, Alarm>) {
    let file = Ends {
        last: commit(7, "a"),
        first_of_epoch: false,
        before: Some(commit(6, "a")),
    };
    assert_eq!(settle(remembered, &file), expected);
}

#[test]
fn table_of_what_is_found() {
    let put_back = |anchor| Err(Alarm::TpmPutBack { file: 7, anchor });
    check(Some(commit(7, "a")), Ok(Settled::Same));
    check(Some(commit(6, "a")), Ok(Settled::WriteNow));
    check(Some(commit(6, "b")), put_back(Some(6)));
    check(Some(commit(5, "a")), put_back(Some(5)));
    check(Some(commit(7, "b")), Err(Alarm::Forked { number: 7 }));
    check(Some(commit(8, "a")), Err(Alarm::RolledBack { file: 7, anchor: 8 }));
    check(
        Some(commit(u64::MAX, "a")),
        Err(Alarm::RolledBack {
            file: 7,
            anchor: u64::MAX,
        }),
    );
    check(None, put_back(None));
}

#[test]
fn a_new_anchor_is_written_only_for_the_first_commit_of_an_epoch() {
    let first = Ends {
        last: commit(1, "a"),
        first_of_epoch: true,
        before: None,
    };
    assert_eq!(settle(None, &first), Ok(Settled::WriteNow));
    assert_eq!(settle(Some(commit(1, "a")), &first), Ok(Settled::Same));
    assert_eq!(settle(Some(commit(1, "b")), &first), Err(Alarm::Forked { number: 1 }));
    assert_eq!(
        settle(Some(commit(0, "a")), &first),
        Err(Alarm::TpmPutBack {
            file: 1,
            anchor: Some(0)
        })
    );
}
