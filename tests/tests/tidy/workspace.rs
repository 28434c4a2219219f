//! The files of the workspace.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// A file: its path from the workspace's root, with `/`, and its text.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Whether it is compiled for tests alone: `x/tests.rs`, what lies under a folder `tests`, the tests' own package.
    pub(crate) fn is_test(&self) -> bool {
        let mut parts = self.path.split('/');
        parts.any(|part| part == "tests" || part == "tests.rs")
    }

    pub(crate) fn is_under(&self, prefix: &str) -> bool {
        self.path.starts_with(prefix)
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the package lies in the workspace's root")
        .to_owned()
}

/// Every file of the workspace but what builds and fuzzing leave behind. It does not ask git: a tarball has none.
pub(crate) fn files() -> Vec<File> {
    let root = root();
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the workspace can be read") {
            let path = entry.expect("a folder of the workspace can be read").path();
            let name = relative(&root, &path);
            let last = name.rsplit('/').next().unwrap_or_default();
            if last == "target" || last == ".git" || name == "fuzz/artifacts" {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).expect("a file of the workspace can be read");
                files.push(File::new(&name, &String::from_utf8_lossy(&bytes)));
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Those of [`files`] in Rust; never none.
pub(crate) fn rust_files(choose: impl Fn(&File) -> bool) -> Vec<File> {
    let mut files = files();
    files.retain(|file| file.path.ends_with(".rs") && choose(file));
    assert!(!files.is_empty(), "no Rust file to look at");
    files
}

pub(crate) fn read(path: &str) -> File {
    let text = fs::read_to_string(root().join(path)).unwrap_or_else(|err| panic!("{path}: {err}"));
    File::new(path, &text)
}

pub(crate) fn exists(path: &str) -> bool {
    root().join(path).exists()
}

/// Fails with all of them, where there are any.
#[track_caller]
pub(crate) fn assert_none(violations: &[String]) {
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

/// Fails unless the rule, fed `file`, found exactly these; each is looked for in one violation, in order.
#[track_caller]
pub(crate) fn assert_found(violations: &[String], expected: &[&str]) {
    let same = violations.len() == expected.len() && violations.iter().zip(expected).all(|(v, e)| v.contains(e));
    assert!(same, "found {violations:#?}, expected {expected:#?}");
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root)
        .expect("the walk stays in the workspace")
        .to_string_lossy()
        .replace('\\', "/")
}
