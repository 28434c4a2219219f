//! Which folder is the vault.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::failure::Failure;

/// Returns the folder of `--vault`, otherwise of `STRONGROOM_VAULT`, otherwise `/var/lib/strongroom` for root and for the
/// owner of that folder, otherwise `$XDG_DATA_HOME/strongroom` (`~/.local/share/strongroom`).
pub(crate) fn choose(given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    let user = rustix::process::geteuid();
    // The system user that owns a site's vault has no home folder.
    let owner = || fs::symlink_metadata(OF_THE_MACHINE).is_ok_and(|found| found.uid() == user.as_raw());
    let of_machine = user.is_root() || owner();
    chosen(given, of_machine, |name| env::var_os(name)).ok_or(Failure::NoFolder)
}

fn chosen(given: Option<PathBuf>, of_machine: bool, variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // The XDG base directory specification has a relative path ignored.
    let absolute = |name| set(name).filter(|path| path.is_absolute());
    given
        .or_else(|| set("STRONGROOM_VAULT"))
        .or_else(|| of_machine.then(|| PathBuf::from(OF_THE_MACHINE)))
        .or_else(|| absolute("XDG_DATA_HOME").map(|data| data.join("strongroom")))
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share/strongroom")))
}

/// The folder of the one vault of a machine.
const OF_THE_MACHINE: &str = "/var/lib/strongroom";

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::PathBuf;

    use crate::folder::chosen;

    #[track_caller]
    fn check(given: Option<&str>, of_machine: bool, variables: &[(&str, &str)], expected: Option<&str>) {
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        };
        let found = chosen(given.map(PathBuf::from), of_machine, variable);
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
