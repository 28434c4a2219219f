//! A run of the program under test, call by call: strace lists its system calls, and sends it a signal at any of them.
//!
//! It follows the program alone and not the swtpm that it starts: the count is then of the program's own calls, which
//! are the same in each run.

use std::fmt;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::end_to_end::machine::is_root;
use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;

/// One system call of a run: the `nth` of its name, from 1.
#[derive(Clone)]
pub(crate) struct Point {
    call: String,
    nth: usize,
    line: String,
}

impl Point {
    /// Whether it is a TPM command that is sent: a tag for sessions or none, and a length under 64 KiB.
    pub(crate) fn is_tpm_command(&self) -> bool {
        let tags = [r#""\200\1\0\0"#, r#""\200\2\0\0"#];
        self.call == "write" && tags.iter().any(|tag| self.line.contains(tag))
    }

    /// Whether it is TPM2_NV_Write (0x137) that is sent.
    pub(crate) fn is_nv_write(&self) -> bool {
        self.is_tpm_command() && self.line.contains(r"\0\0\0017")
    }

    /// Whether it is TPM2_Unseal (0x15e) that is sent.
    pub(crate) fn is_unsealing(&self) -> bool {
        self.is_tpm_command() && self.line.contains(r"\0\0\1^")
    }

    /// Whether the call is about this, as strace writes it.
    pub(crate) fn is_on(&self, what: &str) -> bool {
        self.line.contains(what)
    }

    /// `run` with a signal at this point. SIGKILL prevents the call; any other comes when the call is done.
    pub(crate) fn signalling(&self, signal: &str, run: Run, log: &Path) -> Run {
        self.injecting(&format!("signal={signal}"), run, log)
    }

    /// `run` with this call failing with this error, such as EIO, and doing nothing.
    pub(crate) fn failing(&self, error: &str, run: Run, log: &Path) -> Run {
        self.injecting(&format!("error={error}"), run, log)
    }

    /// What strace is told to have `what` happen at this point.
    pub(crate) fn injection(&self, what: &str) -> String {
        format!("inject={}:{what}:when={}", self.call, self.nth)
    }

    fn injecting(&self, what: &str, run: Run, log: &Path) -> Run {
        let inject = self.injection(what);
        let trace = format!("trace={}", self.call);
        traced(run, &["-qq", "-o", text(log), "-e", &trace, "-e", &inject])
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.line.chars().take(90).collect();
        write!(f, "{} {}: {shown}", self.call, self.nth)
    }
}

/// Starts the run under strace, with these arguments.
///
/// The program makes itself not dumpable. The kernel then shows its memory only to a tracer with `CAP_SYS_PTRACE`, and the
/// names of its open files only to root: an ordinary user's strace would print addresses in place of paths and bytes. An
/// ordinary user has that capability, and a root, in a user namespace of its own with the users of `/etc/subuid`. The
/// program's user stays the same there.
pub(crate) fn traced(run: Run, arguments: &[&str]) -> Run {
    let run = run.under("strace", arguments);
    if is_root() {
        run
    } else {
        run.under("unshare", ["--user", "--map-current-user", "--map-auto", "--keep-caps"])
    }
}

/// Runs it to its end, and lists its calls that change anything outside it.
#[track_caller]
pub(crate) fn points(run: Run, log: &Path) -> Vec<Point> {
    calls(CALLS, run, log)
}

/// The same of a run that ends with this code.
#[track_caller]
pub(crate) fn points_to(code: i32, run: Run, log: &Path) -> Vec<Point> {
    calls_to(code, CALLS, run, log)
}

/// Runs it to its end, and lists its calls of these names.
#[track_caller]
pub(crate) fn calls(names: &str, run: Run, log: &Path) -> Vec<Point> {
    calls_to(0, names, run, log)
}

#[track_caller]
fn calls_to(code: i32, names: &str, run: Run, log: &Path) -> Vec<Point> {
    let trace = format!("trace={names}");
    traced(run, &["-qq", "-o", text(log), "-e", &trace]).output().code(code);
    let mut points: Vec<Point> = Vec::new();
    for line in fs::read_to_string(log).unwrap().lines() {
        let Some((call, _)) = line
            .split_once('(')
            .filter(|(call, _)| names.split(',').any(|name| name == *call))
        else {
            continue;
        };
        let nth = 1 + points.iter().filter(|point| point.call == call).count();
        points.push(Point {
            call: call.to_owned(),
            nth,
            line: line.to_owned(),
        });
    }
    // That of the program itself comes before strace can do anything to it.
    points.retain(|point| point.call != "execve" || point.nth > 1);
    points
}

pub(crate) fn points_on_a_copy(site: &Site, run: impl Fn(&Site) -> Run) -> Vec<Point> {
    let copy = site.copied();
    points(run(&copy), &log(&copy))
}

/// Where strace writes.
pub(crate) fn log(site: &Site) -> PathBuf {
    site.beside("strace.log")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// What changes anything outside the program. Its end is one too: all that it did is done by then.
const CALLS: &str = "write,pwrite64,pwritev,writev,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,\
                     linkat,sendto,sendmsg,ftruncate,fallocate,clone,clone3,vfork,execve,kill,exit_group";
