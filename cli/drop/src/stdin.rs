//! The one password on stdin.

use std::io;
use std::io::IsTerminal;
use std::io::Read;

use strongroom_core::values::RecoveryPassword;
use zeroize::Zeroizing;

use crate::Error;

/// The recovery password on stdin: one line, and nothing else.
///
/// A terminal would show it as it is typed, and keep it in its history of lines: there it is refused.
pub(crate) fn password() -> Result<RecoveryPassword, Error> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        return Err(Error::Terminal);
    }
    let bytes = read(&mut stdin.lock())?;
    let text = str::from_utf8(&bytes).map_err(|_| Error::NotText)?;
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\0' | '\u{feff}'));
    if text.is_empty() {
        return Err(Error::NoPassword);
    }
    if text.contains('\n') {
        return Err(Error::SeveralPasswords);
    }
    RecoveryPassword::parse(text).map_err(Error::Password)
}

/// All of it, into one buffer that is reserved at once and wiped.
///
/// It is larger than that of Rust's stdin, so that what is read does not lie in that one too.
fn read(stdin: &mut impl Read) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut bytes = Zeroizing::new(vec![0; ROOM]);
    let mut len = 0;
    while let Some(room) = bytes.get_mut(len..).filter(|room| room.len() > LEAST_ROOM) {
        match stdin.read(room) {
            Ok(0) => {
                bytes.truncate(len);
                return Ok(bytes);
            }
            Ok(read) => len = len.saturating_add(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::Stdin(error)),
        }
    }
    Err(Error::SeveralPasswords)
}

const ROOM: usize = 2 * LEAST_ROOM;
/// More than the buffer of Rust's stdin has.
const LEAST_ROOM: usize = 32 * 1024;

#[cfg(test)]
mod tests;
