//! The terminal of the person, while it answers a question.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write;
use std::os::fd::AsFd;

use nix::poll::PollFd;
use nix::poll::PollFlags;
use nix::poll::PollTimeout;
use nix::poll::poll;
use nix::sys::signal::SigSet;
use nix::sys::signal::Signal;
use nix::sys::signalfd::SfdFlags;
use nix::sys::signalfd::SignalFd;
use rustix::termios::LocalModes;
use rustix::termios::OptionalActions;
use rustix::termios::Termios;
use rustix::termios::tcgetattr;
use rustix::termios::tcsetattr;
use strongroom_terminal::Descriptor;

/// `/dev/tty`.
pub(super) struct Terminal(File);

impl Terminal {
    /// The terminal that controls this process, if one does.
    pub(super) fn open() -> Option<Self> {
        let file = OpenOptions::new().read(true).write(true).open("/dev/tty");
        file.ok().map(Self)
    }

    pub(super) const fn file(&self) -> &File {
        &self.0
    }

    /// Asks, and waits until a line was typed, which is shown or not. `undo` is done in every case.
    ///
    /// Where a signal comes that ends or stops the process, everything is put back first, and the process then dies of
    /// it, or stops, as it would have; one that goes on afterwards asks again.
    pub(super) fn ask(&self, question: &str, echo: bool, undo: impl Fn()) -> io::Result<()> {
        loop {
            let held_back = Signals::hold_back()?;
            let silence = if echo { None } else { Some(Silence::begin(&self.0)?) };
            let waited = Descriptor(&self.0)
                .write_all(question.as_bytes())
                .and_then(|()| held_back.wait_for(&self.0));
            drop(silence);
            undo();
            drop(held_back);
            if waited? == Woken::ByLine {
                return Ok(());
            }
        }
    }
}

/// What ended the waiting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Woken {
    ByLine,
    BySignal,
}

/// The echo is off until this is dropped.
///
/// What was typed stays in the kernel's queue and is read afterwards: it was not shown when it was typed.
struct Silence<'t> {
    terminal: &'t File,
    before: Termios,
}

impl<'t> Silence<'t> {
    fn begin(terminal: &'t File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        // The Enter is shown, so that the next line is one.
        silent.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON);
        // Whatever was typed before the question is no answer to it.
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}

/// Signals wait until this is dropped.
struct Signals {
    before: SigSet,
    arrivals: SignalFd,
}

impl Signals {
    fn hold_back() -> io::Result<Self> {
        let held: SigSet = HELD.into_iter().collect();
        let before = held.thread_swap_mask(nix::sys::signal::SigmaskHow::SIG_BLOCK)?;
        let arrivals = SignalFd::with_flags(&held, SfdFlags::SFD_CLOEXEC)?;
        Ok(Self { before, arrivals })
    }

    /// Waits until there is a line, or a signal.
    fn wait_for(&self, terminal: &File) -> io::Result<Woken> {
        let mut awaited = [
            PollFd::new(terminal.as_fd(), PollFlags::POLLIN),
            PollFd::new(self.arrivals.as_fd(), PollFlags::POLLIN),
        ];
        poll(&mut awaited, PollTimeout::NONE)?;
        let [_, signal] = awaited;
        Ok(if signal.any() == Some(true) {
            Woken::BySignal
        } else {
            Woken::ByLine
        })
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        // A signal that waits is delivered here.
        let _ = self.before.thread_set_mask();
    }
}

/// Those that end a process, or stop it, at somebody's wish.
const HELD: [Signal; 5] = [
    Signal::SIGHUP,
    Signal::SIGINT,
    Signal::SIGQUIT,
    Signal::SIGTERM,
    Signal::SIGTSTP,
];
