//! The lines of a text, with their paragraphs and the line above each.

/// A place among the lines of a text.
pub(super) struct Lines<'t> {
    rest: std::str::Split<'t, char>,
    number: usize,
    here: &'t str,
    above: &'t str,
    paragraph: usize,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            rest: text.split('\n'),
            number: 0,
            here: "",
            above: "",
            paragraph: 0,
        }
    }

    /// Goes on to line `number`, from 1.
    pub(super) fn advance(&mut self, number: usize) {
        while self.number < number {
            let Some(next) = self.rest.next() else {
                self.number = number;
                return;
            };
            self.number += 1;
            if is_break(self.here) {
                self.paragraph += usize::from(!self.above.is_empty());
            } else {
                self.above = self.here;
            }
            self.here = next;
        }
    }

    /// Returns the number of this line.
    pub(super) fn number(&self) -> usize {
        self.number
    }

    /// Returns the last line before this one that is not empty.
    pub(super) fn above(&self) -> &'t str {
        self.above
    }

    /// Returns the number of this paragraph. Numbers ascend, and are at most those of the lines.
    pub(super) fn paragraph(&self) -> usize {
        self.paragraph
    }
}

/// Returns whether a line parts paragraphs: it is empty, or drawn.
pub(super) fn is_break(line: &str) -> bool {
    !line.contains(char::is_alphanumeric)
}
