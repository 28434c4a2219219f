//! Progress bars, on a terminal, for what takes longer than a second.

use std::time::Duration;
use std::time::Instant;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

/// A bar that comes up only when there has been time to wonder.
pub struct Progress {
    bar: ProgressBar,
    /// Whether it ever comes up.
    to_person: bool,
    /// Until when it stays away.
    quiet_until: Option<Instant>,
}

impl Progress {
    /// A bar up to `total`, which comes up only where it is looked at by a person.
    pub fn new(what: &'static str, total: u64, to_person: bool) -> Self {
        let template = format!("{{bar:32}} {{human_pos}} of {{human_len}} {what}, {{eta}} left");
        Self::with_template(&template, total, to_person)
    }

    /// Returns a bar of work that is of several kinds: it shows a percentage of `total` units.
    pub fn of_work(what: &'static str, total: u64, to_person: bool) -> Self {
        let template = format!("{{bar:32}} {{percent}} % {what}, {{eta}} left");
        Self::with_template(&template, total, to_person)
    }

    fn with_template(template: &str, total: u64, to_person: bool) -> Self {
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden());
        bar.set_style(style);
        Self {
            bar,
            to_person,
            quiet_until: Some(Instant::now() + PATIENCE),
        }
    }

    /// So many more are done.
    pub fn advance(&mut self, done: u64) {
        if !self.to_person {
            return;
        }
        if self.quiet_until.is_some_and(|until| Instant::now() >= until) {
            self.quiet_until = None;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(done);
    }

    /// It goes away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

const PATIENCE: Duration = Duration::from_secs(1);
