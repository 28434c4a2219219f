//! The private software TPM: a swtpm that we start, and stop again, with its state in the vault folder.
//!
//! It is for evaluation, training and tests: whoever copies the folder has the TPM with it.

use std::fs;
use std::fs::DirBuilder;
use std::fs::File;
use std::fs::Permissions;
use std::io;
use std::io::Read;
use std::net::Ipv4Addr;
use std::net::TcpListener;
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::path::PathBuf;
use std::process;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use rustix::fs::Mode;
use rustix::process::Pid;
use rustix::process::Signal;

use crate::tpm::TpmError;
use crate::tpm::listening;

/// A running swtpm.
pub(super) struct Simulator {
    child: Child,
    state: PathBuf,
    port: u16,
}

impl Simulator {
    /// Starts a swtpm with its state in `folder/tpm`.
    ///
    /// It inherits `lock` as its standard input, which it never reads: the lock on it is then held until both of us
    /// are gone. It is killed when the *thread* that called this ends, so the thread must outlive the TPM.
    pub(super) fn start(folder: &Path, lock: &File) -> Result<Self, TpmError> {
        let program = installed(&PROGRAMS)?;
        let state = state_folder(folder).map_err(|err| failed(format!("{}: {err}", folder.display())))?;
        for _ in 0..ATTEMPTS {
            let port = free_port().map_err(|err| failed(format!("no free ports: {err}")))?;
            let child = spawn(program, &state, port, lock).map_err(|err| failed(format!("swtpm: {err}")))?;
            let mut simulator = Self {
                child,
                state: state.clone(),
                port,
            };
            match simulator.wait_until_ready() {
                Ok(()) => return Ok(simulator),
                // Somebody took a port between our look and swtpm's.
                Err(reason) if reason.contains(PORT_TAKEN) => {}
                Err(reason) => return Err(failed(reason)),
            }
        }
        Err(failed("no free pair of ports".to_owned()))
    }

    /// Where it listens, in libtss2's notation.
    pub(super) fn endpoint(&self) -> String {
        format!("swtpm:host=127.0.0.1,port={}", self.port)
    }

    /// Brings its state to the disk: swtpm writes it to another file and renames that, and never syncs either.
    pub(super) fn sync(&self) -> Result<(), TpmError> {
        sync(&self.state).map_err(|err| failed(format!("{}: {err}", self.state.display())))
    }

    /// Stops it and waits until it is gone; the caller has sent TPM2_Shutdown.
    pub(super) fn stop(mut self) -> Result<(), TpmError> {
        let stopped = self.end();
        let synced = self.sync();
        stopped.map_err(|err| failed(format!("swtpm: {err}")))?;
        synced
    }

    fn end(&mut self) -> io::Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        let _ = rustix::process::kill_process(Pid::from_child(&self.child), Signal::TERM);
        let begun = Instant::now();
        while begun.elapsed() < STOP_PATIENCE {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            thread::sleep(POLL);
        }
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Waits until our swtpm, and no other process, listens on both ports; else the reason in words.
    fn wait_until_ready(&mut self) -> Result<(), String> {
        let begun = Instant::now();
        while begun.elapsed() < START_PATIENCE {
            if self.child.try_wait().map_err(|err| err.to_string())?.is_some() {
                return Err(self.last_words());
            }
            // Unreadable while it dies; the next look says that.
            if listening::listens(self.child.id(), &[self.port, self.port + 1]).unwrap_or(false) {
                return Ok(());
            }
            thread::sleep(POLL);
        }
        Err("swtpm does not listen".to_owned())
    }

    fn last_words(&mut self) -> String {
        let mut words = String::new();
        if let Some(stderr) = self.child.stderr.take() {
            drop(stderr.take(2048).read_to_string(&mut words));
        }
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            "swtpm ended without a word".to_owned()
        } else {
            words
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.end());
    }
}

fn failed(reason: String) -> TpmError {
    TpmError::SimulatorFailed { reason }
}

fn installed(programs: &[&'static str]) -> Result<&'static Path, TpmError> {
    let found = programs.iter().copied().map(Path::new).find(|program| program.exists());
    found.ok_or(TpmError::SimulatorMissing)
}

/// `folder/tpm`, for the owner alone; made where it is missing.
fn state_folder(folder: &Path) -> io::Result<PathBuf> {
    let state = folder.join("tpm");
    match DirBuilder::new().mode(0o700).create(&state) {
        Ok(()) => File::open(folder)?.sync_all()?,
        Err(err) if err.kind() == io::ErrorKind::AlreadyExists => {}
        Err(err) => return Err(err),
    }
    let found = fs::symlink_metadata(&state)?;
    if !found.is_dir() || found.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other("tpm is not a folder of ours"));
    }
    if found.mode() & 0o777 != 0o700 {
        fs::set_permissions(&state, Permissions::from_mode(0o700))?;
    }
    Ok(state)
}

/// A port that is free, and so is the one above it: libtss2 expects the control channel there. Where many connections
/// ended a moment ago, many ports are not free for a while.
fn free_port() -> io::Result<u16> {
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    // Held, so that the kernel offers another one each time.
    let mut offered = Vec::new();
    for attempt in 0..PORT_ATTEMPTS {
        if attempt >= ATTEMPTS {
            thread::sleep(PORT_PAUSE);
        }
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = first.local_addr()?.port();
        offered.push(first);
        let Some(above) = port.checked_add(1) else { continue };
        match TcpListener::bind((Ipv4Addr::LOCALHOST, above)) {
            Ok(_) => return Ok(port),
            Err(err) => last = err,
        }
    }
    Err(last)
}

fn spawn(program: &Path, state: &Path, port: u16, lock: &File) -> io::Result<Child> {
    let channel = |port: u16| format!("type=tcp,port={port},bindaddr=127.0.0.1");
    let mut command = Command::new(program);
    command
        .args(["socket", "--tpm2"])
        // Not by its path: swtpm would read a comma in it as the next option.
        .current_dir(state)
        .args(["--tpmstate", "dir=.,mode=0600"])
        .args(["--server", &channel(port)])
        .args(["--ctrl", &channel(port.saturating_add(1))])
        .args(["--flags", "not-need-init,startup-clear"])
        .env_clear()
        // Ctrl-C is for us: it dies with us, or we tell it to shut down.
        .process_group(0)
        .stdin(Stdio::from(lock.try_clone()?))
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let parent = i32::try_from(process::id()).ok().and_then(Pid::from_raw);
    let prepare = move || {
        rustix::process::umask(Mode::from_raw_mode(0o077));
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        // If we died before that call, no signal will come.
        if rustix::process::getppid() == parent {
            Ok(())
        } else {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    };
    #[expect(unsafe_code, reason = "only a child itself can ask to die with its parent")]
    // SAFETY: between fork and exec it makes three system calls, and neither allocates nor takes a lock.
    unsafe {
        command.pre_exec(prepare);
    }
    command.spawn()
}

fn sync(state: &Path) -> io::Result<()> {
    for entry in fs::read_dir(state)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            File::open(entry.path())?.sync_all()?;
        }
    }
    File::open(state)?.sync_all()
}

/// Not by PATH, which is part of the environment.
const PROGRAMS: [&str; 2] = ["/usr/bin/swtpm", "/usr/local/bin/swtpm"];
/// How swtpm says that a port is taken.
const PORT_TAKEN: &str = "ddress already in use";
const ATTEMPTS: u8 = 32;
const PORT_ATTEMPTS: u8 = 200;
const PORT_PAUSE: Duration = Duration::from_millis(50);
const POLL: Duration = Duration::from_millis(1);
const START_PATIENCE: Duration = Duration::from_secs(10);
const STOP_PATIENCE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
