//! Which folder is the vault.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::failure::Failure;

/// `--vault`, else `STRONGROOM_VAULT`, else `/var/lib/strongroom` for root, else `$XDG_DATA_HOME/strongroom`
/// (`~/.local/share/strongroom`).
pub(crate) fn choose(given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let root = rustix::process::geteuid().is_root();
    chosen(given, root, |name| env::var_os(name)).ok_or(Failure::NoFolder)
}

fn chosen(given: Option<PathBuf>, root: bool, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // The XDG base directory specification has a relative path ignored.
    let absolute = |name| set(name).filter(|path| path.is_absolute());
    given
        .or_else(|| set("STRONGROOM_VAULT"))
        .or_else(|| root.then(|| PathBuf::from("/var/lib/strongroom")))
        .or_else(|| absolute("XDG_DATA_HOME").map(|data| data.join("strongroom")))
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share/strongroom")))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::PathBuf;

    use crate::folder::chosen;

    #[track_caller]
    fn check(given: Option<&str>, root: bool, variables: &[(&str, &str)], expected: Option<&str>) {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let found = chosen(given.map(PathBuf::from), root, variable);
        assert_eq!(found, expected.map(PathBuf::from));
    }

    #[test]
    fn the_first_that_is_set_decides() {
        let all = [("STRONGROOM_VAULT", "/v"), ("XDG_DATA_HOME", "/x"), ("HOME", "/h")];
        check(Some("g"), true, &all, Some("g"));
        check(None, true, &all, Some("/v"));
        check(None, true, &all[1..], Some("/var/lib/strongroom"));
        check(None, false, &all[1..], Some("/x/strongroom"));
        check(None, false, &all[2..], Some("/h/.local/share/strongroom"));
        check(None, false, &[("STRONGROOM_VAULT", ""), ("XDG_DATA_HOME", "x")], None);
    }
}
