//! What a run does to its files, in order: its own system calls and those of the swtpm that it starts, by strace.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::calls::Point;
use crate::end_to_end::calls::traced;
use crate::end_to_end::disk_model::Effect;
use crate::end_to_end::run::Output;
use crate::end_to_end::run::Run;

/// Runs it, killed at `death` if one is given, and lists what it did to what lies below `root`, where its vault is.
#[track_caller]
pub(crate) fn effects(run: Run, root: &Path, log: &Path, death: Option<&Point>) -> (Output, Vec<Effect>) {
    let trace = format!("trace={CALLS}");
    let mut arguments = vec![
        "-f",
        "-y",
        "-xx",
        "-s",
        "1000000",
        "-o",
        log.to_str().unwrap(),
        "-e",
        &trace,
    ];
    let inject = death.map(|point| point.injection("signal=KILL"));
    if let Some(inject) = &inject {
        arguments.extend(["-e", inject]);
    }
    let output = traced(run, &arguments).output();
    let mut reader = Reader {
        root,
        offsets: BTreeMap::new(),
    };
    let lines = whole_lines(&fs::read_to_string(log).unwrap());
    let effects = lines.iter().filter_map(|line| reader.read(line)).collect();
    (output, effects)
}

/// The lines of a log; a call that another process came between is put together where it ended.
fn whole_lines(log: &str) -> Vec<String> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut lines = Vec::new();
    for line in log.lines() {
        let Some((process, call)) = line.split_once(' ') else {
            continue;
        };
        let call = call.trim_start();
        if let Some(beginning) = call.strip_suffix(" <unfinished ...>") {
            begun.insert(process, beginning);
        } else if let Some((_, end)) = call.strip_prefix("<... ").and_then(|call| call.split_once(" resumed>")) {
            lines.push(format!("{process} {}{end}", begun.remove(process).unwrap()));
        } else {
            lines.push(format!("{process} {call}"));
        }
    }
    lines
}

struct Reader<'r> {
    root: &'r Path,
    /// How far each process has written what it opened last under a number.
    offsets: BTreeMap<(String, String), usize>,
}

impl Reader<'_> {
    /// The effect of one line: `PID call(FD</path>, "bytes", …) = result`.
    fn read(&mut self, line: &str) -> Option<Effect> {
        let (process, rest) = line.split_once(' ')?;
        let (call, rest) = rest.split_once('(')?;
        let (arguments, result) = rest.rsplit_once(" = ")?;
        // What failed did nothing; what was killed did not begin.
        if result.starts_with('-') || result.starts_with('?') {
            return None;
        }
        let arguments: Vec<&str> = arguments.trim_end().trim_end_matches(')').split(", ").collect();
        let open = |index: usize| arguments.get(index).and_then(|fd| fd.split_once('<'));
        if call == "write" && open(0).is_some_and(|(fd, _)| fd == "1") {
            return bytes(arguments[1]).map(Effect::Answer);
        }
        let named = |index: usize| self.below(&bytes(arguments[index])?);
        // Of a name in an open folder: `FD</folder>, "name"`.
        let named_in = |index: usize| {
            let name = bytes(arguments[index + 1])?;
            match arguments[index].split_once('<') {
                Some((_, folder)) if !name.starts_with(b"/") => {
                    let folder = bytes(folder.strip_suffix('>')?)?;
                    self.below(&[folder.as_slice(), b"/", &name].concat())
                }
                _ => self.below(&name),
            }
        };
        match call {
            "mkdir" => named(0).map(Effect::MakeFolder),
            "unlink" => named(0).map(Effect::Remove),
            "rename" => Some(Effect::Rename {
                from: named(0)?,
                to: named(1)?,
            }),
            "mkdirat" => named_in(0).map(Effect::MakeFolder),
            "unlinkat" => named_in(0).map(Effect::Remove),
            "renameat" | "renameat2" => Some(Effect::Rename {
                from: named_in(0)?,
                to: named_in(2)?,
            }),
            "openat" if arguments[2].contains("O_CREAT") || arguments[2].contains("O_TRUNC") => {
                let path = named_in(0)?;
                let (number, _) = result.split_once('<').unwrap_or_else(|| unnamed(line));
                self.offsets.insert((process.to_owned(), number.to_owned()), 0);
                let empty = arguments[2].contains("O_TRUNC");
                Some(Effect::Open { path, empty })
            }
            _ => {
                let (number, path) = open(0).unwrap_or_else(|| unnamed(line));
                let path = self.below(&bytes(path.strip_suffix('>')?)?)?;
                match call {
                    "fsync" | "fdatasync" => Some(Effect::Sync(path)),
                    "ftruncate" => Some(Effect::Resize {
                        path,
                        len: arguments[1].parse().unwrap(),
                    }),
                    "pwrite64" => Some(Effect::Write {
                        path,
                        at: arguments[3].parse().unwrap(),
                        bytes: bytes(arguments[1])?,
                    }),
                    "write" => {
                        let at = self.offsets.get_mut(&(process.to_owned(), number.to_owned()))?;
                        let bytes = bytes(arguments[1])?;
                        *at += bytes.len();
                        let at = *at - bytes.len();
                        Some(Effect::Write { path, at, bytes })
                    }
                    "openat" => None,
                    _ => panic!("a call that the model does not know: {line:.200}"),
                }
            }
        }
    }

    /// The path, if it is the root or lies below it. Only swtpm names its files from its working folder.
    fn below(&self, path: &[u8]) -> Option<PathBuf> {
        let text = str::from_utf8(path).ok()?;
        let path = match text.strip_prefix("./") {
            Some(name) => self.root.join("vault/tpm").join(name),
            None => PathBuf::from(text),
        };
        path.starts_with(self.root).then_some(path)
    }
}

/// Fails: a log without the names of files lists no effects, and a sweep over none of them proves nothing.
fn unnamed(line: &str) -> ! {
    panic!("strace does not name the file: {line:.200}")
}

/// The bytes of a string in strace's hexadecimal: `"\x2f\x74"`, with or without the quotes.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for byte in text.trim_matches('"').split("\\x").skip(1) {
        bytes.push(u8::from_str_radix(byte, 16).ok()?);
    }
    Some(bytes)
}

/// Everything that changes a file or a name, and what makes that durable.
const CALLS: &str = "openat,write,pwrite64,writev,pwritev,ftruncate,fallocate,fsync,fdatasync,rename,renameat,renameat2,\
                     unlink,unlinkat,mkdir,mkdirat,link,linkat,symlink,rmdir";
