//! A QR code, drawn with half blocks.

use std::fmt;
use std::fmt::Write;

use qrcodegen_no_heap::Mask;
use qrcodegen_no_heap::QrCode;
use qrcodegen_no_heap::QrCodeEcc;
use qrcodegen_no_heap::Version;
use zeroize::Zeroizing;

use crate::ui::SecretText;

/// Draws `text` as a QR code, two modules in each character. With colours it is black on white, whatever the terminal's
/// own colours are; without, it is right on a dark terminal.
///
/// The code is made in buffers that are wiped.
pub(crate) fn draw(to: &mut SecretText, text: &str, colours: bool) -> fmt::Result {
    let mut scratch = Zeroizing::new(vec![0; LARGEST.buffer_len()]);
    let mut modules = Zeroizing::new(vec![0; LARGEST.buffer_len()]);
    let code = QrCode::encode_text(
        text,
        &mut scratch,
        &mut modules,
        QrCodeEcc::Medium,
        Version::MIN,
        LARGEST,
        None::<Mask>,
        true,
    );
    let code = code.map_err(|_| fmt::Error)?;
    let is_light = |x, y| !code.get_module(x, y);
    let edge = code.size() + QUIET;
    for y in (-QUIET..edge).step_by(2) {
        if colours {
            to.write_str("\x1b[97;40m")?;
        }
        for x in -QUIET..edge {
            // Below the last row of an odd number of them is nothing more.
            let below = is_light(x, y + 1) && y + 1 < edge;
            to.write_char(match (is_light(x, y), below) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })?;
        }
        to.write_str(if colours { "\x1b[0m\n" } else { "\n" })?;
    }
    Ok(())
}

/// The light frame that a reader needs.
const QUIET: i32 = 4;
/// 55 characters need version 4.
const LARGEST: Version = Version::new(10);
