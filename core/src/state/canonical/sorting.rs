//! JSON with its keys sorted, from JSON that was just written.

/// The same JSON with the keys of every object sorted. `text` is compact and well formed, and its keys need no escapes.
pub(super) fn sorted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    write(text, &mut out);
    out
}

/// Writes one value.
fn write(value: &[u8], out: &mut Vec<u8>) {
    match value.split_first() {
        Some((b'{', members)) => write_object(members, out),
        Some((b'[', elements)) => write_list(elements, out),
        _ => out.extend_from_slice(value),
    }
}

fn write_object(mut text: &[u8], out: &mut Vec<u8>) {
    let mut members: Vec<(&[u8], &[u8])> = Vec::with_capacity(MEMBERS);
    while let Some((b'"', _)) = text.split_first() {
        let (key, rest) = text.split_at(len(text));
        // Behind the key stands a colon, and behind the value a comma or the end.
        let rest = rest.get(1..).unwrap_or_default();
        let (value, rest) = rest.split_at(len(rest));
        members.push((key, value));
        text = rest.get(1..).unwrap_or_default();
    }
    members.sort_unstable_by_key(|(key, _)| *key);
    out.push(b'{');
    for (at, (key, value)) in members.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(key);
        out.push(b':');
        write(value, out);
    }
    out.push(b'}');
}

fn write_list(mut text: &[u8], out: &mut Vec<u8>) {
    out.push(b'[');
    while len(text) > 0 {
        let (value, rest) = text.split_at(len(text));
        write(value, out);
        if rest.first() == Some(&b',') {
            out.push(b',');
        }
        text = rest.get(1..).unwrap_or_default();
    }
    out.push(b']');
}

/// How long the value is that `text` begins with; 0 where none does.
fn len(text: &[u8]) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in text.iter().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => depth += 1,
            b',' | b':' | b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// As many as an event has, mostly.
const MEMBERS: usize = 24;
