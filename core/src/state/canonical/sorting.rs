//! JSON whose keys are sorted while it is written.

use std::cell::RefCell;
use std::io;
use std::io::Write;
use std::ops::Range;

use serde::Serialize;
use serde_json::ser::Formatter;

/// Writes JSON with the members of every object in the order of their keys.
#[derive(Default)]
pub(super) struct Sorted {
    text: Text,
    order: Order,
}

/// What is written so far.
#[derive(Default)]
struct Text(RefCell<Vec<u8>>);

/// Where the members of the objects are that are not whole yet.
#[derive(Default)]
struct Order {
    /// Those of the outermost object first, as their places in the text.
    members: Vec<Range<usize>>,
    /// Where in `members` those of each object begin.
    open: Vec<usize>,
    /// Members in their order, before they are put in their place.
    sorted: Vec<u8>,
}

/// Sorts the members of every object as soon as it is whole.
struct Sorting<'t> {
    text: &'t Text,
    order: &'t mut Order,
}

impl Sorted {
    /// The JSON of a value.
    pub(super) fn write(&mut self, value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
        self.text.0.get_mut().clear();
        self.order.members.clear();
        self.order.open.clear();
        let sorting = Sorting {
            text: &self.text,
            order: &mut self.order,
        };
        value.serialize(&mut serde_json::Serializer::with_formatter(&self.text, sorting))?;
        Ok(self.text.0.get_mut().clone())
    }
}

impl Text {
    fn len(&self) -> usize {
        self.0.borrow().len()
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

impl Order {
    /// Sorts the members from `begin` on, with the last of which the text ends. A key has no character before its closing
    /// `"` in the order of bytes, so members are in the order of their keys.
    fn sort(&mut self, begin: usize, text: &mut Vec<u8>) {
        let members = self.members.get_mut(begin..).unwrap_or_default();
        let member = |place: &Range<usize>| text.get(place.clone()).unwrap_or_default();
        if members.is_sorted_by_key(member) {
            return;
        }
        let first = members.first().map_or(text.len(), |first| first.start);
        members.sort_unstable_by(|one, other| member(one).cmp(member(other)));
        self.sorted.clear();
        for place in members {
            self.sorted.extend_from_slice(member(place));
            self.sorted.push(b',');
        }
        self.sorted.pop();
        text.truncate(first);
        text.extend_from_slice(&self.sorted);
    }
}

impl Formatter for Sorting<'_> {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.order.open.push(self.order.members.len());
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        let begin = self.text.len();
        self.order.members.push(begin..begin);
        Ok(())
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        if let Some(member) = self.order.members.last_mut() {
            member.end = self.text.len();
        }
        Ok(())
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let begin = self.order.open.pop().unwrap_or_default();
        self.order.sort(begin, &mut self.text.0.borrow_mut());
        self.order.members.truncate(begin);
        writer.write_all(b"}")
    }
}
