//! Legacy encodings: named by the caller, or told apart by words that are known.

mod oem;

use std::fmt;
use std::str::FromStr;

use encoding_rs::Encoding;
use zeroize::Zeroizing;

use crate::intake::encodings::oem::{CODE_PAGES, CodePage};
use crate::intake::words::{Script, WORDS};

/// A legacy encoding.
#[derive(Clone, Copy)]
pub struct TextEncoding(Kind);

#[derive(Clone, Copy)]
enum Kind {
    /// One that browsers know.
    Web(&'static Encoding),
    Console(&'static CodePage),
}

/// The name is not one of an encoding.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an encoding has a name such as windows-1252, cp850, shift_jis or utf-8")]
pub struct ParseEncodingError;

impl FromStr for TextEncoding {
    type Err = ParseEncodingError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let plain = name.trim().to_ascii_lowercase();
        let number = ["ibm", "oem", "dos-", "cp-"]
            .into_iter()
            .find_map(|start| plain.strip_prefix(start));
        let console = number.map_or_else(|| plain.clone(), |number| format!("cp{number}"));
        let page = CODE_PAGES
            .iter()
            .find(|page| page.name == console || page.name.strip_prefix("cp") == Some(&plain));
        if let Some(page) = page {
            return Ok(Self(Kind::Console(page)));
        }
        let web = match console.as_str() {
            "cp932" => "shift_jis",
            "cp936" => "gbk",
            "cp949" => "euc-kr",
            "cp950" => "big5",
            _ => &plain,
        };
        let web = Encoding::for_label(web.as_bytes()).ok_or(ParseEncodingError)?;
        Ok(Self(Kind::Web(web)))
    }
}

impl fmt::Debug for TextEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TextEncoding {
    /// Returns its name.
    pub fn name(self) -> &'static str {
        match self.0 {
            Kind::Web(encoding) => encoding.name(),
            Kind::Console(page) => page.name,
        }
    }

    /// Returns `bytes` as text, with U+FFFD for what is not valid, and whether all of it was. The text never grows, so
    /// that it leaves nothing behind.
    pub(super) fn decode(self, bytes: &[u8]) -> (Zeroizing<String>, bool) {
        match self.0 {
            Kind::Web(encoding) => {
                let mut decoder = encoding.new_decoder_without_bom_handling();
                let most = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(usize::MAX / 2);
                let mut text = Zeroizing::new(String::with_capacity(most));
                let (_, _, spoilt) = decoder.decode_to_string(bytes, &mut text, true);
                // Control characters above 127 are in no text; bytes without a character become such.
                let controls = text.contains(|character| matches!(character, '\u{80}'..='\u{9f}'));
                (text, !spoilt && !controls)
            }
            Kind::Console(page) => {
                let upper: Vec<char> = page.upper.chars().collect();
                let character = |byte: &u8| match byte.checked_sub(128) {
                    None => char::from(*byte),
                    Some(at) => upper
                        .get(usize::from(at))
                        .copied()
                        .unwrap_or(char::REPLACEMENT_CHARACTER),
                };
                let len = bytes.iter().map(|byte| character(byte).len_utf8()).sum();
                let mut text = Zeroizing::new(String::with_capacity(len));
                text.extend(bytes.iter().map(character));
                let is_valid = !text.contains(char::REPLACEMENT_CHARACTER);
                (text, is_valid)
            }
        }
    }

    /// Returns whether each byte is a character.
    pub(super) fn is_single_byte(self) -> bool {
        match self.0 {
            Kind::Web(encoding) => encoding.is_single_byte(),
            Kind::Console(_) => true,
        }
    }
}

/// Returns the encoding in which `bytes` have most known words, if it is the only one, or if every other with as many
/// gives the same text.
pub(super) fn told(bytes: &[u8]) -> Option<TextEncoding> {
    let sample = sample(bytes);
    let mut best: (usize, Vec<TextEncoding>) = (1, Vec::new());
    for (script, names) in CANDIDATES {
        for encoding in names.iter().filter_map(|name| name.parse::<TextEncoding>().ok()) {
            let (text, is_valid) = encoding.decode(&sample);
            let words = if is_valid { known_words(&text, *script) } else { 0 };
            if words > best.0 {
                best = (words, Vec::new());
            }
            if words == best.0 {
                best.1.push(encoding);
            }
        }
    }
    let (first, others) = best.1.split_first()?;
    let mut used = [false; 256];
    for byte in bytes {
        if let Some(used) = used.get_mut(usize::from(*byte)) {
            *used = true;
        }
    }
    let used: Vec<u8> = (128..=255)
        .filter(|byte| used.get(usize::from(*byte)) == Some(&true))
        .collect();
    let agrees = |other: &TextEncoding| {
        first.is_single_byte() && other.is_single_byte() && first.decode(&used).0 == other.decode(&used).0
    };
    others.iter().all(agrees).then_some(*first)
}

/// The lines with bytes above 127, up to a limit.
fn sample(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut sample = Zeroizing::new(Vec::with_capacity(SAMPLE));
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
        if sample.len() + line.len() + 1 > SAMPLE {
            break;
        }
        sample.extend_from_slice(line);
        sample.push(b'\n');
    }
    sample
}

/// Known words in `text` that have letters beyond ASCII.
fn known_words(text: &str, script: Script) -> usize {
    let text = Zeroizing::new(text.to_lowercase());
    let shortest = match script {
        Script::Japanese | Script::Korean | Script::Simplified | Script::Traditional => 2,
        Script::Central | Script::Turkish | Script::Western => 3,
        Script::Cyrillic => 4,
    };
    let words = WORDS
        .iter()
        .filter(|(_, own, _)| *own == script)
        .flat_map(|(_, _, words)| words.split(' '));
    let telling = words.filter(|word| !word.is_ascii() && word.chars().count() >= shortest);
    telling.filter(|word| text.contains(*word)).count()
}

/// Encodings of each script that Windows and its consoles use.
const CANDIDATES: &[(Script, &[&str])] = &[
    (Script::Western, &["windows-1252", "cp850", "cp437"]),
    (Script::Central, &["windows-1250", "cp852", "iso-8859-2"]),
    (Script::Turkish, &["windows-1254", "cp857"]),
    (Script::Cyrillic, &["windows-1251", "ibm866", "koi8-r", "iso-8859-5"]),
    (Script::Japanese, &["shift_jis", "euc-jp"]),
    (Script::Korean, &["euc-kr"]),
    (Script::Simplified, &["gb18030"]),
    (Script::Traditional, &["big5"]),
];
/// Bytes that are looked at for words.
const SAMPLE: usize = 64 * 1024;

#[cfg(test)]
mod tests;
