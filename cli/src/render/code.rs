//! QR codes: drawn with half blocks, and as a path of SVG.

use std::fmt;
use std::fmt::Write;

use qrcodegen_no_heap::Mask;
use qrcodegen_no_heap::QrCode;
use qrcodegen_no_heap::QrCodeEcc;
use qrcodegen_no_heap::Version;
use zeroize::Zeroizing;

/// How much is put into a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Density {
    /// As a screen shows it well: 55 characters need version 4.
    Light,
    /// As much as a code can hold, 2,953 bytes.
    Full,
}

impl Density {
    const fn limits(self) -> (QrCodeEcc, Version) {
        match self {
            Self::Light => (QrCodeEcc::Medium, Version::new(10)),
            Self::Full => (QrCodeEcc::Low, Version::MAX),
        }
    }
}

/// Draws `text` as a QR code, two modules in each character. With colours it is black on white, whatever the terminal's
/// own colours are; without, it is right on a dark terminal.
///
/// The code is made in buffers that are wiped.
pub(crate) fn draw(to: &mut impl Write, text: &str, density: Density, colours: bool) -> fmt::Result {
    let (ecc, largest) = density.limits();
    let mut scratch = Zeroizing::new(vec![0; largest.buffer_len()]);
    let mut modules = Zeroizing::new(vec![0; largest.buffer_len()]);
    let code = QrCode::encode_text(
        text,
        &mut scratch,
        &mut modules,
        ecc,
        Version::MIN,
        largest,
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

/// The dark modules of a QR code of `text` as an SVG path, a run of them in each rectangle, and how many modules its side
/// has with the light frame. `None` where the text is too long for any code. Nothing is wiped: this is for what is public.
pub(crate) fn path(text: &str) -> Option<(i32, String)> {
    let (ecc, largest) = Density::Full.limits();
    let mut scratch = vec![0; largest.buffer_len()];
    let mut modules = vec![0; largest.buffer_len()];
    let code = QrCode::encode_text(
        text,
        &mut scratch,
        &mut modules,
        ecc,
        Version::MIN,
        largest,
        None::<Mask>,
        true,
    );
    let code = code.ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut run = 0;
        for x in 0..=code.size() {
            // What stands outside of the code is light, and ends a run.
            if code.get_module(x, y) {
                run += 1;
            } else if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x - run + QUIET, y + QUIET));
                run = 0;
            }
        }
    }
    Some((code.size() + 2 * QUIET, path))
}

/// The light frame that a reader needs.
const QUIET: i32 = 4;

#[cfg(test)]
mod tests {
    use crate::render::code::Density;
    use crate::render::code::QUIET;
    use crate::render::code::draw;
    use crate::render::code::path;
    use crate::ui::SecretText;

    /// The modules of a drawing; dark is true.
    fn modules(drawing: &str) -> Vec<Vec<bool>> {
        let mut rows = Vec::new();
        for line in drawing.lines() {
            rows.push(line.chars().map(|c| !matches!(c, '█' | '▀')).collect());
            rows.push(line.chars().map(|c| !matches!(c, '█' | '▄')).collect());
        }
        rows
    }

    #[test]
    fn a_finder_stands_in_three_corners_of_a_light_frame() {
        let mut drawn = SecretText::new();
        draw(
            &mut drawn,
            "000011-000022-000033-000044-000055-000066-000077-000088",
            Density::Light,
            false,
        )
        .unwrap();
        let rows = modules(str::from_utf8(drawn.expose()).unwrap());
        let quiet = usize::try_from(QUIET).unwrap();
        let size = rows[0].len() - 2 * quiet;
        assert!(size >= 29 && (size - 17).is_multiple_of(4), "{size}");
        assert!(rows.len() >= size + 2 * quiet);
        for (row, modules) in rows.iter().take(size + 2 * quiet).enumerate() {
            let inside = |at: usize| (quiet..quiet + size).contains(&at);
            for (column, dark) in modules.iter().enumerate() {
                assert!(!dark || (inside(row) && inside(column)), "dark at {row}, {column}");
            }
        }
        for (top, left) in [(0, 0), (0, size - 7), (size - 7, 0)] {
            for y in 0..7_usize {
                for x in 0..7_usize {
                    let ring = y.abs_diff(3).max(x.abs_diff(3));
                    assert_eq!(rows[quiet + top + y][quiet + left + x], ring != 2, "{y}, {x}");
                }
            }
        }
    }

    #[test]
    fn a_full_code_holds_what_the_standard_says() {
        let mut drawn = String::new();
        assert!(draw(&mut drawn, &"x".repeat(2953), Density::Full, false).is_ok());
        assert_eq!(drawn.lines().count(), (177 + 2 * 4_usize).div_ceil(2));
        assert!(draw(&mut drawn, &"x".repeat(2954), Density::Full, false).is_err());
    }

    #[test]
    fn a_path_begins_with_the_finders_and_keeps_to_its_frame() {
        let (size, path) = path("strongroom").unwrap();
        assert_eq!(size, 21 + 2 * QUIET);
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
        assert!(path.contains("M18 4h7v1h-7zM4 5h1v1h-1z"), "{path}");
        for rectangle in path.trim_end_matches('z').split('z') {
            let corner = rectangle.trim_start_matches('M').split('h').next().unwrap();
            let inside = |at: &str| (QUIET..size - QUIET).contains(&at.parse().unwrap());
            assert!(corner.split(' ').all(inside), "{rectangle}");
        }
    }

    #[test]
    fn a_text_may_be_too_long_for_any_code() {
        assert!(path(&"a".repeat(2953)).is_some());
        assert_eq!(path(&"a".repeat(2954)), None);
    }
}
