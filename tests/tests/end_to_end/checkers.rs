//! The programs of `tests/checkers` and what they run with.

use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;
use std::sync::Mutex;

use crate::end_to_end::run::Run;

/// A program in Python, with the packages that `./dev test` installs and no others.
pub(crate) fn python(program: &str) -> Run {
    let python = target().with_file_name("python").join("bin/python");
    assert!(python.exists(), "{} is missing; ./dev test makes it", python.display());
    let program = folder().join(program);
    Run::of(python.to_str().unwrap(), ["-I".as_ref(), program.as_os_str()])
}

/// A program in Go, built at its first run. Debian's packages are all it needs: no module, no proxy, no C compiler.
pub(crate) fn go(program: &str) -> Run {
    static BUILT: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);

    let built = target().join(format!("check-{program}")).with_extension("");
    let mut done = BUILT.lock().unwrap();
    if done.insert(program.to_owned()) {
        build(&folder().join(program), &built);
    }
    Run::of(built.to_str().unwrap(), [] as [&str; 0])
}

fn build(source: &Path, program: &Path) {
    let built = Command::new("go")
        .args(["build", "-buildvcs=false", "-o"])
        .args([program, source])
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .env("GOENV", "off")
        .env("GOFLAGS", "")
        .env("GOCACHE", target().join("go-cache"))
        .env("CGO_ENABLED", "0")
        .output()
        .unwrap_or_else(|err| panic!("go: {err}; apt install golang-go golang-golang-x-mod-dev"));
    assert!(
        built.status.success(),
        "{}apt install golang-go golang-golang-x-mod-dev, or ./dev test, which does",
        String::from_utf8_lossy(&built.stderr)
    );
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("checkers")
}

/// Cargo's folder for what tests make, within its target folder.
pub(crate) fn target() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}
