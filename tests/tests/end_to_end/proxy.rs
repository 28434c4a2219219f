//! A swtpm of a test, behind a wire on which the test decides what becomes of each command.
//!
//! A vault keeps the address of its TPM for life: that is the proxy's port, which stays, whichever swtpm is behind it.

use std::fs;
use std::mem;
use std::net::TcpStream;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::thread;
use std::time::Duration;

use crate::end_to_end::run::Run;
use crate::end_to_end::site::Site;
use crate::end_to_end::swtpm::Swtpm;
use crate::end_to_end::tpm_fault::Answered;
use crate::end_to_end::tpm_fault::Fault;
use crate::end_to_end::tpm_fault::Point;
use crate::end_to_end::wire;
use crate::end_to_end::wire::Answer;

/// Where a swtpm listens for a program that knows nothing of it.
pub(crate) struct Proxy {
    port: u16,
    far: Arc<Mutex<Far>>,
}

/// What is at the far end, and what has been said to it.
#[derive(Default)]
struct Far {
    swtpm: Option<Swtpm>,
    answers: Vec<Answered>,
    /// What goes wrong.
    point: Option<Point>,
    /// Whether the connection ends with the next answer.
    is_last: bool,
    /// How much longer each command takes.
    delay: Duration,
}

impl Proxy {
    pub(crate) fn new() -> Self {
        let far = Arc::<Mutex<Far>>::default();
        let port = {
            let far = Arc::clone(&far);
            move || lock(&far).swtpm.as_ref().map_or(NOBODY, Swtpm::port)
        };
        let exchange = {
            let far = Arc::clone(&far);
            move |command: &[u8], tpm: &mut TcpStream| lock(&far).exchange(command, tpm)
        };
        Self {
            port: wire::lay(port, exchange),
            far,
        }
    }

    /// A site without a vault, which will have a PIN or none, and a TPM beside it.
    pub(crate) fn site(&self, pin: Option<&str>) -> Site {
        let mut site = Site::empty();
        if let Some(pin) = pin {
            site.set_pin(pin);
        }
        fs::create_dir(state(&site)).unwrap();
        self.serve(&site);
        site
    }

    /// Starts a swtpm on the state beside this site. The one before it ends: a machine that is switched off and on.
    pub(crate) fn serve(&self, site: &Site) {
        let mut far = lock(&self.far);
        *far = Far::default();
        far.swtpm = Some(Swtpm::start(&state(site)));
    }

    /// A site with a vault, which has a PIN or none.
    #[track_caller]
    pub(crate) fn site_with_vault(&self, pin: Option<&str>) -> Site {
        let site = self.site(pin);
        self.init(&site).output().ok();
        site
    }

    /// Makes a vault on the TPM behind the proxy.
    pub(crate) fn init(&self, site: &Site) -> Run {
        let pin = if site.pin_file().exists() { "--pin" } else { "--no-pin" };
        site.run(&["--json", "init", "--tpm", &self.tcti(), pin])
    }

    /// A copy of this site, whose TPM is behind the proxy now.
    pub(crate) fn copy_of(&self, site: &Site) -> Site {
        let copy = site.copied();
        self.serve(&copy);
        copy
    }

    fn tcti(&self) -> String {
        format!("swtpm:host=127.0.0.1,port={}", self.port)
    }

    /// What was answered since the swtpm was started.
    pub(crate) fn answers(&self) -> Vec<Answered> {
        lock(&self.far).answers.clone()
    }

    /// The commands that the swtpm has answered.
    pub(crate) fn done(&self) -> Vec<u32> {
        let answers = self.answers().into_iter();
        let done = answers.filter(|answered| answered.length > 0);
        done.map(|answered| answered.command).collect()
    }

    /// From now on each command takes this much longer.
    pub(crate) fn slow_down(&self, delay: Duration) {
        lock(&self.far).delay = delay;
    }

    /// Has something go wrong.
    pub(crate) fn fail_at(&self, point: &Point) {
        lock(&self.far).point = Some(*point);
    }

    /// Whether it was come to.
    pub(crate) fn came_to(&self, point: &Point) -> bool {
        lock(&self.far).answers.len() > point.nth
    }

    /// Speaks to the swtpm past the wire; the program under test must have let go of it.
    pub(crate) fn with_swtpm<T>(&self, look: impl FnOnce(&Swtpm) -> T) -> T {
        look(lock(&self.far).swtpm.as_ref().unwrap())
    }
}

/// The wire stays until the process ends, and must not keep a swtpm.
impl Drop for Proxy {
    fn drop(&mut self) {
        lock(&self.far).swtpm = None;
    }
}

impl Far {
    fn exchange(&mut self, command: &[u8], tpm: &mut TcpStream) -> Answer {
        thread::sleep(self.delay);
        let nth = self.answers.len();
        let code = u32::from_be_bytes(command[6..10].try_into().unwrap());
        self.answers.push(Answered {
            command: code,
            length: 0,
        });
        if mem::take(&mut self.is_last) {
            return ControlFlow::Break(wire::ask(tpm, command).unwrap_or_default());
        }
        let fault = self.point.filter(|point| point.is_at(nth)).map(|point| point.fault);
        match fault {
            Some(fault) => self.fail(fault, command, tpm),
            None => match wire::ask(tpm, command) {
                Some(answer) => {
                    self.answers[nth].length = answer.len();
                    ControlFlow::Continue(answer)
                }
                None => ControlFlow::Break(Vec::new()),
            },
        }
    }

    fn fail(&mut self, fault: Fault, command: &[u8], tpm: &mut TcpStream) -> Answer {
        if fault == Fault::KilledBefore {
            self.swtpm = None;
        }
        let honest = if fault.is_done() { wire::ask(tpm, command) } else { None };
        if fault == Fault::KilledAfter {
            self.swtpm = None;
        }
        self.is_last = fault == Fault::Followed;
        fault.answer(honest.unwrap_or_default())
    }
}

/// A test that fell while it held this has left nothing behind that the next one does not make anew.
fn lock(far: &Mutex<Far>) -> MutexGuard<'_, Far> {
    far.lock().unwrap_or_else(PoisonError::into_inner)
}

fn state(site: &Site) -> PathBuf {
    site.beside("tpm")
}

/// Nobody listens there.
const NOBODY: u16 = 0;
