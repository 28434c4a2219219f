//! Which tiles a log has, and what they are called.

use std::fmt;

use crate::tree::Node;

/// How many hashes, or leaves, a full tile has.
pub const WIDTH: u64 = 1 << HEIGHT;

/// How many levels of the tree a tile is high.
pub const HEIGHT: u8 = 8;

/// What stands in a tile.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rows {
    /// The leaves themselves.
    Entries,
    /// Hashes: at level 0 those of the leaves, at each level above those over full tiles below.
    Hashes {
        /// The level, in tiles.
        level: u8,
    },
}

/// A tile, or a bundle of entries: its place, and how many rows it has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tile {
    /// What stands in it.
    pub rows: Rows,
    /// Position among the tiles of its level, from 0.
    pub index: u64,
    /// How many rows it has, from 1 to 256; with fewer than 256 it stands at the right edge.
    pub width: u64,
}

/// The levels of hashes that a log of this size has.
pub fn levels(size: u64) -> impl Iterator<Item = Rows> {
    (0..u8::MAX)
        .map(|level| Rows::Hashes { level })
        .take_while(move |rows| rows.count(size) > 0)
}

impl Rows {
    /// How many rows of this kind a log of this size has in all its tiles.
    pub fn count(self, size: u64) -> u64 {
        match self {
            Self::Entries => size,
            Self::Hashes { level } => size
                .checked_shr(u32::from(level) * u32::from(HEIGHT))
                .unwrap_or_default(),
        }
    }

    /// The tiles that a log of `size` has and one of `before` had not, from left to right. A tile that was partial and
    /// now has more rows is one of them.
    pub fn tiles(self, before: u64, size: u64) -> impl Iterator<Item = Tile> {
        let (had, has) = (self.count(before), self.count(size));
        let grew = if has > had { has.div_ceil(WIDTH) } else { 0 };
        (had / WIDTH..grew).filter_map(move |index| self.tile(index, size))
    }

    /// The tile at this place in a log of `size`, if it has one there.
    pub fn tile(self, index: u64, size: u64) -> Option<Tile> {
        let rows = self.count(size).checked_sub(index.checked_mul(WIDTH)?)?;
        (rows > 0).then(|| Tile {
            rows: self,
            index,
            width: rows.min(WIDTH),
        })
    }
}

impl Tile {
    /// The first of its rows, among all of its kind.
    pub const fn start(self) -> u64 {
        self.index * WIDTH
    }

    /// Just behind the last of its rows.
    pub const fn end(self) -> u64 {
        self.start() + self.width
    }

    /// The nodes of the tree whose hashes stand in it, in order; for entries those of the leaves.
    pub fn nodes(self) -> impl Iterator<Item = Node> {
        let level = match self.rows {
            Rows::Entries => 0,
            Rows::Hashes { level } => level,
        };
        (self.start()..self.end()).map(move |index| Node {
            level: level.saturating_mul(HEIGHT),
            index,
        })
    }
}

/// Its path in the folder.
impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.rows {
            Rows::Entries => write!(f, "tile/entries/")?,
            Rows::Hashes { level } => write!(f, "tile/{level}/")?,
        }
        let mut above = Vec::new();
        let mut index = self.index / 1000;
        while index > 0 {
            above.push(index % 1000);
            index /= 1000;
        }
        for part in above.iter().rev() {
            write!(f, "x{part:03}/")?;
        }
        write!(f, "{:03}", self.index % 1000)?;
        if self.width < WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}
