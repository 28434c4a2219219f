//! Who asks, as far as the kernel knows: the login user, whom sudo does not change, and the effective user.
//!
//! A login that is not set can be written by the process itself, so the kernel's word alone names nobody. It counts as
//! known only if it is the user who started the program; or, behind sudo, the user whom sudo names too.

use std::env;
use std::fs;

use nix::unistd::Uid;
use nix::unistd::User;
use strongroom_core::values::LogText;
use strongroom_core::values::Operator;
use strongroom_core::values::TextError;

/// Returns the person behind this process.
pub(crate) fn operator() -> Result<Operator, TextError> {
    let person = Person::of_this_process();
    Ok(Operator {
        login: person.login().map(name).transpose()?,
        effective: name(effective())?,
        claimed: person.claim()?,
    })
}

/// Returns the login user, if it is known.
pub(crate) fn login() -> Option<u32> {
    Person::of_this_process().login()
}

/// What is said of who started this process.
struct Person {
    /// The login user by the kernel: `None` for a service, or if the kernel does not say.
    login: Option<u32>,
    /// The real user.
    real: u32,
    /// The user who called sudo, by an environment variable that sudo always sets itself. Whoever runs the program without
    /// sudo can set it too, so it only corroborates the kernel.
    sudo: Option<u32>,
}

impl Person {
    fn of_this_process() -> Self {
        let login = fs::read_to_string("/proc/self/loginuid").ok();
        let sudo = env::var("SUDO_UID").ok();
        Self {
            login: login.as_deref().and_then(parse_login),
            real: real(),
            sudo: sudo.as_deref().and_then(parse_login),
        }
    }

    /// Returns the login user, if nothing contradicts it.
    fn login(&self) -> Option<u32> {
        self.login.filter(|login| *login == self.sudo.unwrap_or(self.real))
    }

    /// Returns the users who are claimed: the kernel's login, and what sudo says otherwise.
    fn claim(&self) -> Result<Option<LogText>, TextError> {
        let claim = match (self.login, self.sudo) {
            _ if self.login().is_some() => return Ok(None),
            (None, None) => return Ok(None),
            (Some(login), Some(sudo)) if login != sudo => format!("{}; sudo: {}", name(login)?, name(sudo)?).parse()?,
            (Some(user), _) | (None, Some(user)) => name(user)?,
        };
        Ok(Some(claim))
    }
}

/// Whose rights the program has.
pub(crate) fn effective() -> u32 {
    rustix::process::geteuid().as_raw()
}

/// Who started the program.
pub(crate) fn real() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Returns the name of a user; its number if it has no name that may stand in the log, or one that reads as a claim.
fn name(user: u32) -> Result<LogText, TextError> {
    let known = User::from_uid(Uid::from_raw(user)).ok().flatten();
    let known = known.filter(|known| !known.name.contains(['(', ')', ';']));
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
    use crate::operator::Person;
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

    /// Checks what is known and what is claimed of a login user, a real user, and one that sudo names. Users without a name
    /// are told by their numbers.
    #[track_caller]
    fn check(person: (Option<u32>, u32, Option<u32>), known: Option<u32>, claim: Option<&str>) {
        let (login, real, sudo) = person;
        let person = Person { login, real, sudo };
        assert_eq!(person.login(), known);
        assert_eq!(person.claim().unwrap().as_ref().map(|claim| claim.as_str()), claim);
    }

    #[test]
    fn a_login_counts_only_where_something_else_says_so() {
        const DANA: u32 = 3_999_999_001;
        const BOB: u32 = 3_999_999_002;
        const VAULT: u32 = 3_999_999_900;
        // Started by the one who logged in, or by sudo, which knows who called it.
        check((Some(DANA), DANA, None), Some(DANA), None);
        check((Some(DANA), VAULT, Some(DANA)), Some(DANA), None);
        check((Some(DANA), 0, Some(DANA)), Some(DANA), None);
        // Nobody logged in.
        check((None, VAULT, None), None, None);
        check((None, VAULT, Some(DANA)), None, Some("uid 3999999001"));
        // A login that was written.
        check((Some(BOB), DANA, None), None, Some("uid 3999999002"));
        check((Some(BOB), VAULT, None), None, Some("uid 3999999002"));
        let both = "uid 3999999002; sudo: uid 3999999001";
        check((Some(BOB), VAULT, Some(DANA)), None, Some(both));
        // The vault's own user, written by somebody whom sudo names.
        let both = "uid 3999999900; sudo: uid 3999999001";
        check((Some(VAULT), VAULT, Some(DANA)), None, Some(both));
    }
}
