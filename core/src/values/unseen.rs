//! Characters that nobody sees.

use unicode_properties::GeneralCategory;
use unicode_properties::UnicodeGeneralCategory;

/// Returns whether a character is one that is not seen: it may stand in no text of the log, and reaches no terminal as
/// it is.
///
/// What a log holds was checked by this, so it stays as it is.
pub fn is_invisible(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    character.is_control() || INVISIBLE.iter().any(|range| range.contains(&character))
}

/// Returns whether a character is not seen, or only changes how others are drawn: also variation selectors, by which
/// symbols are written, and format characters.
pub(crate) fn is_unseen(character: char) -> bool {
    let is_format = || character.general_category() == GeneralCategory::Format;
    is_invisible(character) || !character.is_ascii() && (VARIATION_SELECTORS.contains(&character) || is_format())
}

/// Returns whether a character means nothing to whoever reads a name: it is drawn as a blank, is in private use, or is
/// assigned in no version of Unicode that this program knows (noncharacters among them).
pub(super) fn is_unknown(character: char) -> bool {
    if character.is_ascii() {
        return false;
    }
    let category = character.general_category();
    BLANK.contains(&character) || matches!(category, GeneralCategory::PrivateUse | GeneralCategory::Unassigned)
}

const VARIATION_SELECTORS: std::ops::RangeInclusive<char> = '\u{fe00}'..='\u{fe0f}';

/// Drawn as nothing, and yet no spaces: a Braille pattern without dots, a note without a head, blanks of two scripts.
const BLANK: [char; 5] = ['\u{2800}', '\u{13441}', '\u{13442}', '\u{16fe4}', '\u{1d159}'];

/// Unicode's `Default_Ignorable_Code_Point` without U+FE00 to U+FE0F, line and paragraph separator, and interlinear
/// annotations.
///
/// Source: Unicode 16.0, `DerivedCoreProperties.txt`.
const INVISIBLE: [std::ops::RangeInclusive<char>; 16] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    '\u{1bca0}'..='\u{1bca3}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];
