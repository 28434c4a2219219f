//! JSON whose keys are sorted while it is written.

use std::cell::RefCell;
use std::io;
use std::io::Write;
use std::ops::Range;

use serde_json::ser::Formatter;

/// What is written so far.
pub(super) struct Text(RefCell<Vec<u8>>);

/// Sorts the members of every object as soon as it is whole.
pub(super) struct Sorting<'t> {
    text: &'t Text,
    /// The members of the objects that are open, the outermost first, as their places in the text.
    members: Vec<Range<usize>>,
    /// Where in `members` those of each of these objects begin.
    open: Vec<usize>,
    /// Members in their order, before they are put in their place.
    sorted: Vec<u8>,
}

impl Text {
    pub(super) fn new() -> Self {
        Self(RefCell::new(Vec::with_capacity(ONE_RECORD)))
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner()
    }

    fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Sorts the members of the object whose last one the text ends with. A key has no character before its closing `"`
    /// in the order of bytes, so members are in the order of their keys.
    fn sort(&self, members: &mut [Range<usize>], sorted: &mut Vec<u8>) {
        let mut text = self.0.borrow_mut();
        let member = |place: &Range<usize>| text.get(place.clone()).unwrap_or_default();
        if members.is_sorted_by_key(member) {
            return;
        }
        let begin = members.first().map_or(text.len(), |first| first.start);
        members.sort_unstable_by(|one, other| member(one).cmp(member(other)));
        sorted.clear();
        for place in members {
            sorted.extend_from_slice(member(place));
            sorted.push(b',');
        }
        sorted.pop();
        text.truncate(begin);
        text.extend_from_slice(sorted);
    }
}

impl Write for &Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'t> Sorting<'t> {
    pub(super) fn new(text: &'t Text) -> Self {
        Self {
            text,
            members: Vec::with_capacity(MEMBERS),
            open: Vec::with_capacity(DEPTH),
            sorted: Vec::new(),
        }
    }
}

impl Formatter for Sorting<'_> {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open.push(self.members.len());
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        let begin = self.text.len();
        self.members.push(begin..begin);
        Ok(())
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        if let Some(member) = self.members.last_mut() {
            member.end = self.text.len();
        }
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let begin = self.open.pop().unwrap_or_default();
        let members = self.members.get_mut(begin..).unwrap_or_default();
        self.text.sort(members, &mut self.sorted);
        self.members.truncate(begin);
        writer.write_all(b"}")
    }
}

/// Bytes that most records have room in, and few enough that the allocator has them at hand.
const ONE_RECORD: usize = 1000;
/// Members of open objects that most events have.
const MEMBERS: usize = 32;
/// How deep their objects stand in each other, mostly.
const DEPTH: usize = 8;
