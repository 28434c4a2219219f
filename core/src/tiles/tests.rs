use std::collections::BTreeSet;

use super::*;
use crate::log::Leaf;

fn paths(rows: Rows, before: u64, size: u64) -> Vec<String> {
    rows.tiles(before, size).map(|tile| tile.to_string()).collect()
}

fn hashes(level: u8) -> Rows {
    Rows::Hashes { level }
}

/// Source: C2SP tlog-tiles, sections "Merkle Tree" and "Partial Tiles".
#[test]
fn the_published_examples() {
    let tile = Tile {
        rows: hashes(0),
        index: 1_234_067,
        width: 256,
    };
    assert_eq!(tile.to_string(), "tile/0/x001/x234/067");

    let count = |rows: Rows| {
        let widths: Vec<u64> = rows.tiles(0, 70_000).map(|tile| tile.width).collect();
        let full = widths.iter().filter(|width| **width == 256).count();
        (full, widths.into_iter().find(|width| *width < 256))
    };
    assert_eq!(count(hashes(0)), (273, Some(112)));
    assert_eq!(count(hashes(1)), (1, Some(17)));
    assert_eq!(count(hashes(2)), (0, Some(1)));
    assert_eq!(levels(70_000).count(), 3);
    assert_eq!(paths(hashes(0), 0, 256), ["tile/0/000"]);
    assert_eq!(paths(hashes(1), 0, 256), ["tile/1/000.p/1"]);
}

#[test]
fn small_logs() {
    assert_eq!(levels(0).count(), 0);
    assert_eq!(paths(Rows::Entries, 0, 0), Vec::<String>::new());
    assert_eq!(paths(Rows::Entries, 0, 1), ["tile/entries/000.p/1"]);
    assert_eq!(paths(Rows::Entries, 1, 1), Vec::<String>::new());
    assert_eq!(paths(Rows::Entries, 1, 3), ["tile/entries/000.p/3"]);
    assert_eq!(paths(hashes(0), 255, 257), ["tile/0/000", "tile/0/001.p/1"]);
    assert_eq!(paths(hashes(1), 255, 257), ["tile/1/000.p/1"]);
    assert_eq!(paths(hashes(1), 256, 257), Vec::<String>::new());
    assert_eq!(levels(u64::MAX).count(), 8);
}

/// Whatever the steps in which a log grew, its last tiles are those of a log that was written at once.
#[test]
fn what_grew_has_the_tiles_of_what_is_there_at_once() {
    let sizes = [
        0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 70_000, 131_072,
    ];
    for rows in [Rows::Entries, hashes(0), hashes(1), hashes(2)] {
        for (at, before) in sizes.iter().enumerate() {
            for size in &sizes[at..] {
                let mut grown: BTreeSet<String> = rows.tiles(0, *before).map(|tile| tile.to_string()).collect();
                grown.extend(rows.tiles(*before, *size).map(|tile| tile.to_string()));
                let once: BTreeSet<String> = rows.tiles(0, *size).map(|tile| tile.to_string()).collect();
                assert!(once.is_subset(&grown), "{rows:?} from {before} to {size}");
                let partial = grown.difference(&once).all(|path| path.contains(".p/"));
                assert!(partial, "{rows:?} from {before} to {size}");
            }
        }
    }
}

#[test]
fn a_tile_holds_the_nodes_of_its_place() {
    let tile = hashes(1).tiles(0, 70_000).nth(1).unwrap();
    let nodes: Vec<_> = tile.nodes().collect();
    assert_eq!((nodes.len(), nodes[0].level, nodes[0].index), (17, 8, 256));
    // The last of them is over the last full tile below.
    assert_eq!(nodes[16].end(), 273 * 256);
}

#[test]
fn entries_read_back_or_are_refused() {
    let leaves = [b"".as_slice(), b"one", &[7; 65_535]].map(|bytes| Leaf::bounded(bytes.to_vec()).unwrap());
    let mut bundle = Vec::new();
    for leaf in &leaves {
        put_entry(&mut bundle, leaf);
    }
    assert_eq!(bundle[..7], [0, 0, 0, 3, b'o', b'n', b'e']);
    let read: Result<Vec<Leaf>, BundleError> = entries(&bundle).collect();
    assert_eq!(read.unwrap(), leaves);
    for (cut, entry) in [(1, 0), (3, 1), (6, 1), (8, 2), (bundle.len() - 1, 2)] {
        let read: Result<Vec<Leaf>, BundleError> = entries(&bundle[..cut]).collect();
        assert_eq!(read, Err(BundleError { entry }), "cut to {cut}");
    }
    assert_eq!(entries(&[]).count(), 0);
}
