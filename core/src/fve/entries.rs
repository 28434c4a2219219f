//! The entries that a volume's metadata, and a key protector within it, consist of.

use crate::fve::fields::Fields;

/// One entry: `size | role | kind | version | data`, with the size over all of it.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// What it is for.
    pub(super) role: u16,
    /// What its data is.
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
}

/// Entries that stand one behind the other.
pub(super) struct Entries<'a> {
    rest: &'a [u8],
    broken: bool,
}

impl<'a> Entries<'a> {
    pub(super) const fn of(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            broken: false,
        }
    }

    /// Whether they ended in one that is none, so that what stands behind it was not read. Zeros at the end are nothing.
    pub(super) const fn broken(&self) -> bool {
        self.broken
    }

    fn first(bytes: &'a [u8]) -> Option<(Entry<'a>, &'a [u8])> {
        let size = usize::from(Fields::of(bytes).u16()?);
        let (entry, rest) = bytes.split_at_checked(size)?;
        let mut fields = Fields::at(entry, 2);
        let (role, kind, _version) = (fields.u16()?, fields.u16()?, fields.u16()?);
        let data = fields.rest();
        Some((Entry { role, kind, data }, rest))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        let Some((entry, rest)) = Self::first(self.rest) else {
            self.broken |= self.rest.iter().any(|byte| *byte != 0);
            self.rest = &[];
            return None;
        };
        self.rest = rest;
        Some(entry)
    }
}

pub(super) mod role {
    pub(in crate::fve) const PROTECTOR: u16 = 0x0002;
    pub(in crate::fve) const DESCRIPTION: u16 = 0x0007;
}

pub(super) mod kind {
    pub(in crate::fve) const KEY: u16 = 0x0001;
    pub(in crate::fve) const TEXT: u16 = 0x0002;
    pub(in crate::fve) const STRETCH_KEY: u16 = 0x0003;
    pub(in crate::fve) const AES_CCM: u16 = 0x0005;
    pub(in crate::fve) const PROTECTOR: u16 = 0x0008;
    pub(in crate::fve) const HINT: u16 = 0x0018;
}

#[cfg(test)]
mod tests;
