//! The programs of `tests/checkers` and what they run with.

use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::run::Run;

/// A program in Python, with the packages that `./dev test` installs and no others.
pub(crate) fn python(program: &str) -> Run {
    let python = target().with_file_name("python").join("bin/python");
    assert!(python.exists(), "{} is missing; ./dev test makes it", python.display());
    let program = folder().join(program);
    Run::of(python.to_str().unwrap(), ["-I".as_ref(), program.as_os_str()])
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("checkers")
}

/// Cargo's folder for what tests make, within its target folder.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
