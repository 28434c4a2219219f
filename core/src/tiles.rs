//! C2SP tiled logs (<https://c2sp.org/tlog-tiles>): a log as a folder of files that are written once.
//!
//! ```text
//! checkpoint                       how large the log is, and its root, signed
//! tile/<level>/<index>             256 hashes of complete subtrees, 8 levels of the tree high
//! tile/<level>/<index>.p/<width>   fewer, at the right edge
//! tile/entries/<index>[.p/<width>] the leaves of a tile of level 0, each behind its length
//! ```

mod entries;
mod tile;

pub use entries::BundleError;
pub use entries::entries;
pub use entries::put_entry;
pub use tile::HEIGHT;
pub use tile::Rows;
pub use tile::Tile;
pub use tile::WIDTH;
pub use tile::levels;

#[cfg(test)]
mod tests;
