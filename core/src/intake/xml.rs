//! Records of XML: what `Export-Clixml`, `ConvertTo-Xml` and inventories write. Elements are told as the objects of JSON
//! are, by their names or by the attribute that names them.
//!
//! Entities that a document declares are never expanded, and nothing that it names is opened.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zeroize::Zeroizing;

use crate::intake::json::Token;
use crate::intake::manner::Manner;
use crate::intake::names::Names;
use crate::intake::objects;
use crate::intake::record::Record;

/// Why a text is not read as XML.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum XmlError {
    /// Elements in each other.
    #[error("line {line}: elements lie more than 128 deep")]
    Depth {
        /// The line, from 1.
        line: usize,
    },
    /// The text ends within an element.
    #[error("line {line}: the XML text ends too early")]
    End {
        /// The line, from 1.
        line: usize,
    },
    /// Anything else.
    #[error("line {line}: this is no XML")]
    Syntax {
        /// The line, from 1.
        line: usize,
    },
}

/// Returns the records of an XML text.
///
/// # Errors
///
/// The text is no XML, or lies too deep. None repeats what stands there.
pub(super) fn read(text: &str, manner: Manner, names: &Names) -> Result<Vec<Record>, XmlError> {
    let mut reader = Reader::from_str(text);
    let mut walker = Walker {
        text,
        passed: 0,
        line: 1,
        open: Vec::new(),
        objects: objects::Reader::new(manner, names),
        entry: None,
    };
    loop {
        let event = reader.read_event();
        let began = walker.line;
        walker.advance(usize::try_from(reader.buffer_position()).unwrap_or(text.len()));
        let line = walker.line;
        match event {
            Ok(Event::Start(start)) => walker.begin(&start)?,
            Ok(Event::Empty(start)) => {
                walker.begin(&start)?;
                walker.end();
            }
            Ok(Event::End(_)) => walker.end(),
            Ok(Event::Text(text)) if walker.open.is_empty() && !text.trim().is_empty() => {
                return Err(XmlError::Syntax { line: began });
            }
            Ok(Event::Text(text)) => walker.push(&text),
            Ok(Event::CData(text)) => walker.push(&text),
            Ok(Event::GeneralRef(reference)) => {
                let plain = match reference.resolve_char_ref() {
                    Ok(Some(character)) => character,
                    Ok(None) | Err(_) => predefined(&reference),
                };
                walker.push(plain.encode_utf8(&mut [0; 4]));
            }
            Ok(Event::Eof) if walker.open.is_empty() => return Ok(walker.objects.into_records()),
            Ok(Event::Eof) => return Err(XmlError::End { line }),
            Ok(Event::Comment(_) | Event::Decl(_) | Event::DocType(_) | Event::PI(_)) => {}
            Err(_) => return Err(XmlError::Syntax { line }),
        }
    }
}

/// Returns whether `text` begins as XML, and not as a web page.
pub(super) fn begins(text: &str) -> bool {
    let text = text.trim_start();
    let begins = |start: &str| {
        text.get(..start.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(start))
    };
    let is_element = text
        .strip_prefix('<')
        .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_alphabetic() || first == '?'));
    let name = text.get(1..).unwrap_or_default();
    let name = name
        .split(|character: char| !character.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    let is_html = HTML.iter().any(|tag| name.eq_ignore_ascii_case(tag));
    is_element && !is_html && (begins("<?xml") || text.contains("</") || text.trim_end().ends_with("/>"))
}

struct Walker<'t, 'n> {
    text: &'t str,
    /// Bytes of which the lines are counted.
    passed: usize,
    line: usize,
    open: Vec<Element>,
    objects: objects::Reader<'n>,
    /// The key of an entry of a dictionary.
    entry: Option<String>,
}

struct Element {
    /// What it is called; empty for an item of a list.
    name: String,
    /// Its attributes, but for the one that names it.
    attributes: Vec<(String, Zeroizing<String>)>,
    text: Zeroizing<String>,
    line: usize,
    state: State,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    /// Nothing of it was told.
    Fresh,
    /// Its object is open.
    Object,
    /// What lies in it belongs to what it lies in.
    Transparent,
}

impl Walker<'_, '_> {
    fn advance(&mut self, to: usize) {
        let passed = self.text.get(self.passed..to).unwrap_or_default();
        self.line += passed.matches('\n').count();
        self.passed = to;
    }

    fn begin(&mut self, start: &BytesStart<'_>) -> Result<(), XmlError> {
        let line = self.line;
        if self.open.len() == DEEPEST {
            return Err(XmlError::Depth { line });
        }
        self.open_last();
        let element = Element::new(start, line)?;
        self.open.push(element);
        Ok(())
    }

    /// The element that was opened last has another within: it is an object.
    fn open_last(&mut self) {
        let Some(element) = self.open.last_mut().filter(|element| element.state == State::Fresh) else {
            return;
        };
        element.state = State::Object;
        if !element.name.is_empty() {
            self.objects.take(Token::Name(&element.name));
        }
        self.objects.take(Token::Begin(element.line));
        for (name, value) in &element.attributes {
            self.objects.take(Token::Name(name));
            self.objects.take(Token::Scalar(value));
        }
    }

    fn push(&mut self, text: &str) {
        if let Some(element) = self.open.last_mut() {
            let needed = element.text.len() + text.len();
            if element.text.capacity() < needed {
                // What is moved is wiped where it was.
                let mut longer = Zeroizing::new(String::with_capacity(needed * 2));
                longer.push_str(&element.text);
                element.text = longer;
            }
            element.text.push_str(text);
        }
    }

    fn end(&mut self) {
        let has_attributes = self.open.last().is_some_and(|element| !element.attributes.is_empty());
        if has_attributes {
            self.open_last();
        }
        let Some(element) = self.open.pop() else { return };
        let text = element.text.trim();
        let in_entry = self.open.last().is_some_and(|outer| outer.name == ENTRY);
        match element.state {
            State::Fresh if in_entry && element.name == "Key" => {
                self.entry = Some(text.chars().take(LONGEST_KEY).collect())
            }
            State::Fresh => {
                let entry = self.entry.take().filter(|_| in_entry && element.name == "Value");
                let name = entry.unwrap_or(element.name);
                if !name.is_empty() {
                    self.objects.take(Token::Name(&name));
                }
                self.objects.take(Token::Scalar(text));
            }
            State::Object => {
                if !text.is_empty() {
                    self.objects.take(Token::Name(&element.name));
                    self.objects.take(Token::Scalar(text));
                }
                self.objects.take(Token::End);
            }
            State::Transparent => {}
        }
    }
}

impl Element {
    fn new(start: &BytesStart<'_>, line: usize) -> Result<Self, XmlError> {
        let own = start.local_name().into_inner();
        let is_generic = GENERIC.contains(&own);
        let mut element = Self {
            name: if is_generic { String::new() } else { own.to_owned() },
            attributes: Vec::new(),
            text: Zeroizing::default(),
            line,
            state: if TRANSPARENT.contains(&own) {
                State::Transparent
            } else {
                State::Fresh
            },
        };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| XmlError::Syntax { line })?;
            let key = attribute.key.local_name().into_inner();
            let value = attribute.normalized_value_with(XmlVersion::Implicit1_0, 1, |entity| {
                quick_xml::escape::resolve_predefined_entity(entity).or(Some(REPLACEMENT))
            });
            let value = Zeroizing::new(value.map_err(|_| XmlError::Syntax { line })?.into_owned());
            if is_generic && matches!(key, "N" | "Name" | "name" | "key") {
                value.as_str().clone_into(&mut element.name);
            } else if !(attribute.key.into_inner().starts_with("xml")
                || is_generic && matches!(key, "RefId" | "Type" | "type"))
            {
                element.attributes.push((key.to_owned(), value));
            }
        }
        if matches!(own, "Objs" | "Objects") {
            element.attributes.clear();
        }
        Ok(element)
    }
}

fn predefined(name: &str) -> char {
    let plain = quick_xml::escape::resolve_predefined_entity(name);
    plain
        .and_then(|plain| plain.chars().next())
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Elements that are named by an attribute: those of PowerShell, and those of inventories.
const GENERIC: [&str; 31] = [
    "Obj",
    "S",
    "SS",
    "I32",
    "I64",
    "U32",
    "U64",
    "By",
    "Db",
    "D",
    "C",
    "B",
    "G",
    "DT",
    "TS",
    "Nil",
    "URI",
    "BA",
    "Object",
    "Property",
    "property",
    "Prop",
    "Field",
    "field",
    "Attribute",
    "attribute",
    "Attr",
    "Column",
    "column",
    "Data",
    "string",
];
/// Elements that only hold others.
const TRANSPARENT: [&str; 8] = ["Props", "MS", "LST", "DCT", "QUE", "STK", "IE", "TN"];
/// Elements with which a piece of a web page begins.
const HTML: [&str; 14] = [
    "html", "head", "body", "p", "div", "span", "table", "tr", "td", "b", "br", "pre", "ul", "h1",
];
/// The entry of a dictionary.
const ENTRY: &str = "En";
const REPLACEMENT: &str = "\u{fffd}";
const DEEPEST: usize = 128;
const LONGEST_KEY: usize = 64;

#[cfg(test)]
mod tests;
