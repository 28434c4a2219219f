use std::io::Read;

use super::*;

/// Gives its bytes in pieces of this many.
struct Pieces<'b>(&'b [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        assert!(room.len() > 8 * 1024, "larger than the buffer of Rust's stdin");
        let len = self.1.min(self.0.len()).min(room.len());
        let (piece, rest) = self.0.split_at(len);
        room[..len].copy_from_slice(piece);
        self.0 = rest;
        Ok(len)
    }
}

#[test]
fn it_is_read_whole_or_not_at_all() {
    let check = |len: usize, piece: usize, fits: bool| {
        let bytes = vec![b'x'; len];
        let read = read(&mut Pieces(&bytes, piece));
        assert_eq!(
            read.ok().map(|read| read.to_vec()),
            fits.then_some(bytes),
            "{len} by {piece}"
        );
    };
    check(0, 1, true);
    check(55, 1, true);
    check(55, 100, true);
    check(LEAST_ROOM - 1, 1000, true);
    check(ROOM + 1, 1000, false);
    check(ROOM + 1, ROOM, false);
}
