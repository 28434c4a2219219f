//! Records of JSON and XML: an object is one, and what it says of device and volume holds for the objects within.
//!
//! So are read `Get-BitLockerVolume | ConvertTo-Json`, where a volume's object holds its protectors, one or a list;
//! answers of Microsoft Graph, with and without `value`; and whatever else uses the same names. Several texts one
//! after another are read too.

use crate::intake::directory;
use crate::intake::draft::Draft;
use crate::intake::fields::Field;
use crate::intake::finder::{Seen, scan};
use crate::intake::format::Format;
use crate::intake::json::{JsonError, Token, walk};
use crate::intake::manner::Manner;
use crate::intake::names::Names;
use crate::intake::record::Record;
use crate::values::ProtectorId;

/// Returns the records of a JSON text.
///
/// # Errors
///
/// The text is no JSON, or lies too deep.
pub(super) fn read(text: &str, manner: Manner, names: &Names) -> Result<Vec<Record>, JsonError> {
    let mut reader = Reader::new(manner, names);
    walk(text, |token| reader.take(token))?;
    Ok(reader.into_records())
}

/// Records of objects, in the making.
pub(super) struct Reader<'n> {
    manner: Manner,
    names: &'n Names,
    /// The objects that are open. The first is none: it holds what stands in no object.
    frames: Vec<Frame>,
    records: Vec<Record>,
}

struct Frame {
    draft: Draft,
    /// The field whose value comes next, and what else its name says.
    field: Field,
    says: Says,
    /// It lies in something that lists devices by their IDs.
    of_devices: bool,
    /// Its first record within.
    first: usize,
}

/// What the name of a member says beside naming a field.
enum Says {
    Nothing,
    /// A key protector ID.
    Id(ProtectorId),
    /// A drive.
    Mount(String),
    /// The distinguished name of a recovery object.
    Object(String),
}

impl<'n> Reader<'n> {
    pub(super) fn new(manner: Manner, names: &'n Names) -> Self {
        Self {
            manner,
            names,
            frames: vec![Frame::new(manner, 1, 0)],
            records: Vec::new(),
        }
    }

    /// Returns the records.
    pub(super) fn into_records(mut self) -> Vec<Record> {
        while !self.frames.is_empty() {
            self.end();
        }
        self.records
    }

    /// Takes in what comes next.
    pub(super) fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Begin(line) => self.begin(line),
            Token::End => self.end(),
            Token::Name(name) => {
                let field = self.names.named(name).field;
                if let Some(frame) = self.frames.last_mut() {
                    frame.field = field;
                    // An element of XML is called by a letter that is no drive.
                    let is_element = self.manner.format == Format::Xml && name.len() == 1;
                    let is_other = field == Field::Other && !is_element;
                    frame.says = if is_other { said_by(name) } else { Says::Nothing };
                }
            }
            Token::Scalar(value) => self.put(value),
        }
    }

    fn begin(&mut self, line: usize) {
        let mut frame = Frame::new(self.manner, line, self.records.len());
        if let Some(outer) = self.frames.last() {
            let is_device = matches!(outer.field, Field::Device(_));
            let is_volume = matches!(outer.field, Field::Mount | Field::Volume | Field::VolumeId);
            if is_device || is_volume || matches!(outer.field, Field::Password | Field::OfOther) {
                frame.draft.lies_in(is_device);
            }
            frame.of_devices = is_device;
            match &outer.says {
                Says::Nothing => {}
                Says::Id(id) if outer.of_devices => frame.draft.put_other_id(*id),
                Says::Id(id) => frame.draft.put_outer_id(*id),
                Says::Mount(mount) => frame.draft.put(Field::Mount, mount),
                Says::Object(name) => frame.draft.put(Field::DistinguishedName, name),
            }
        }
        self.frames.push(frame);
    }

    fn put(&mut self, value: &str) {
        let line = self.frames.last().map_or(1, |frame| frame.draft.line());
        let Some(frame) = self.frames.last_mut() else { return };
        if matches!(frame.says, Says::Nothing) || frame.of_devices || !holds_password(value) {
            frame.draft.put(frame.field, value);
            return;
        }
        // The name of the member says whose password it is.
        let mut draft = Draft::new(self.manner, line);
        match &frame.says {
            Says::Nothing => {}
            Says::Id(id) => draft.put_outer_id(*id),
            Says::Mount(mount) => draft.put(Field::Mount, mount),
            Says::Object(name) => draft.put(Field::DistinguishedName, name),
        }
        draft.put(Field::Password, value);
        draft.finish(&mut self.records);
    }

    /// The object that was opened last ends.
    fn end(&mut self) {
        let Some(Frame { draft, first, .. }) = self.frames.pop() else {
            return;
        };
        let within = self.records.len();
        let context = draft.finish(&mut self.records);
        let (before, _) = self.records.split_at_mut(within);
        context.apply_all(before.get_mut(first..).unwrap_or_default());
    }
}

impl Frame {
    fn new(manner: Manner, line: usize, first: usize) -> Self {
        Self {
            draft: Draft::new(manner, line),
            field: Field::Other,
            says: Says::Nothing,
            of_devices: false,
            first,
        }
    }
}

/// What `name` says that names no field.
fn said_by(name: &str) -> Says {
    let name = name.trim();
    if name.len() > LONGEST {
        return Says::Nothing;
    }
    if let Ok(id) = name.parse() {
        return Says::Id(id);
    }
    let drive = name.strip_suffix(['\\', '/']).unwrap_or(name);
    let drive = drive.strip_suffix(':').unwrap_or(drive);
    if drive.len() == 1 && drive.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Says::Mount(format!("{}:", drive.to_ascii_uppercase()));
    }
    if name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("cn=")) {
        return Says::Object(name.to_owned());
    }
    directory::object_name(name).map_or(Says::Nothing, |_| Says::Object(format!("CN={name}")))
}

fn holds_password(value: &str) -> bool {
    let mut holds = false;
    scan(value, |_, seen| holds |= matches!(seen, Seen::Password(_)));
    holds
}

/// A distinguished name is seldom over 300 characters.
const LONGEST: usize = 1024;
