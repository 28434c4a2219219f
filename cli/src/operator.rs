//! Who asks, as far as the kernel knows: the login user, whom sudo does not change, and the effective user.

use std::fs;

use nix::unistd::Uid;
use nix::unistd::User;
use strongroom_core::values::LogText;
use strongroom_core::values::Operator;
use strongroom_core::values::TextError;

/// The person behind this process.
pub(crate) fn operator() -> Result<Operator, TextError> {
    Ok(Operator {
        login: login().map(name).transpose()?,
        effective: name(effective())?,
    })
}

/// Who logged in, whoever they became since; none for a service, or where the kernel does not say.
pub(crate) fn login() -> Option<u32> {
    parse_login(&fs::read_to_string("/proc/self/loginuid").ok()?)
}

/// Whose rights the program has.
pub(crate) fn effective() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Who started the program.
pub(crate) fn real() -> u32 {
    rustix::process::getuid().as_raw()
}

/// The name of a user, or its number where it has none that may stand in the log.
fn name(user: u32) -> Result<LogText, TextError> {
    let known = User::from_uid(Uid::from_raw(user)).ok().flatten();
    match known.and_then(|known| known.name.parse().ok()) {
        Some(name) => Ok(name),
        None => format!("uid {user}").parse(),
    }
}

fn parse_login(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|user| *user != NOBODY_LOGGED_IN)
}

const NOBODY_LOGGED_IN: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use crate::operator::name;
    use crate::operator::parse_login;

    #[test]
    fn a_login_is_a_number_that_is_not_the_unset_one() {
        assert_eq!(parse_login("1000\n"), Some(1000));
        assert_eq!(parse_login("0"), Some(0));
        assert_eq!(parse_login("4294967295"), None);
        assert_eq!(parse_login(""), None);
        assert_eq!(parse_login("-1"), None);
    }

    #[test]
    fn a_user_without_a_name_is_a_number() {
        assert_eq!(name(0).unwrap().as_str(), "root");
        assert_eq!(name(3_999_999_999).unwrap().as_str(), "uid 3999999999");
    }
}
