use super::*;

#[track_caller]
fn same(one: &str, other: &str) {
    assert_eq!(fold(one), fold(other), "{one:?} and {other:?}");
}

#[test]
fn letters_are_the_same_however_they_are_written() {
    same("PC-0042", "pc-0042");
    same("MÜNCHEN", "mu\u{308}nchen");
    same("ＰＣ－０１", "pc-01");
    same("STRASSE", "straße");
    same("STRAẞE", "strasse");
    same("ΟΔΟΣ", "οδος");
    same("ﬁle-①", "FILE-1");
    same("\u{212a}iosk", "kiosk");
    same("\u{1e9b}\u{323}", "\u{1e69}");
    same("ᾳ", "ΑΙ");
    same("\u{1fb3}\u{301}", "Α\u{301}Ι");
    same("\u{13a0}", "\u{ab70}");
    same("PC\u{fe0f}", "pc");
    same("P\u{200d}C", "pc");
    same("한글", "\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}");
    assert_ne!(fold("PC-0042"), fold("PC-0043"));
    assert_ne!(fold("PC-0042"), fold("PC 0042"));
    // Letters of other scripts look alike and are others.
    assert_ne!(fold("PC"), fold("РС"));
}

/// What is folded stays: a name that was folded once is compared with one that is folded now.
#[test]
fn folding_twice_is_folding_once() {
    let all = (0..0x3_0000).filter_map(char::from_u32);
    for character in all {
        let once = fold(&character.to_string());
        assert_eq!(fold(&once), once, "{:x}", u32::from(character));
    }
}

/// No two names that older programs took for one device are two.
#[test]
fn what_is_the_same_without_case_is_the_same() {
    let all = (0..0x3_0000).filter_map(char::from_u32);
    for character in all {
        let text = character.to_string();
        assert_eq!(fold(&text), fold(&fold_case(&text)), "{:x}", u32::from(character));
    }
}
