use super::*;

/// The bytes of `text`: those of a code page are looked up, and others are known to the library.
fn bytes(text: &str, encoding: &str) -> Vec<u8> {
    let encoding: TextEncoding = encoding.parse().unwrap();
    match encoding.0 {
        Kind::Web(encoding) => encoding.encode(text).0.into_owned(),
        Kind::Console(page) => {
            let byte = |character: char| match page.upper.chars().position(|upper| upper == character) {
                Some(at) => u8::try_from(at + 128).unwrap(),
                None => u8::try_from(character).unwrap(),
            };
            text.chars().map(byte).collect()
        }
    }
}

#[test]
fn encodings_are_told_by_known_words() {
    for (text, names) in [
        (
            "Gerät;Schlüssel-ID\nBÜRO;1\n",
            ["windows-1252", "cp850", "cp437"].as_slice(),
        ),
        ("Poste;Clé de récupération\n", &["windows-1252", "cp850", "cp437"]),
        ("Urządzenie;Hasło\n", &["windows-1250", "cp852", "iso-8859-2"]),
        (
            "Имя компьютера;Ключ восстановления\n",
            &["windows-1251", "ibm866", "koi8-r", "iso-8859-5"],
        ),
        ("コンピュータ,回復キー\n", &["shift_jis", "euc-jp"]),
        ("计算机,恢复密钥\n", &["gb18030"]),
        ("電腦,修復金鑰\n", &["big5"]),
        ("컴퓨터,복구 키\n", &["euc-kr"]),
    ] {
        for name in names {
            let read = told(&bytes(text, name)).map(|encoding| encoding.decode(&bytes(text, name)).0.to_string());
            assert_eq!(read.as_deref(), Some(text), "{name}");
        }
    }
}

#[test]
fn nothing_is_told_without_known_words() {
    assert!(told(b"Device,Key ID\nB\xdcRO,1\n").is_none());
    assert!(told(b"\xff\xfe\xfd").is_none());
}

#[test]
fn encodings_have_names() {
    for (name, known) in [
        ("CP1252", "windows-1252"),
        ("ibm850", "cp850"),
        ("437", "cp437"),
        ("sjis", "Shift_JIS"),
        ("cp936", "GBK"),
    ] {
        assert_eq!(name.parse::<TextEncoding>().map(TextEncoding::name), Ok(known));
    }
    assert_eq!(
        "x-none".parse::<TextEncoding>().map(TextEncoding::name),
        Err(ParseEncodingError)
    );
}
