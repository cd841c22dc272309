//! How far it has come: a line on a terminal, nothing elsewhere.

use std::io::{self, IsTerminal as _};
use std::time::{Duration, Instant};

use clavicle_snapshot::Snapshot;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal;
use crate::text::Page;

/// Hears how far something has come.
pub(crate) trait Report {
    /// What is being done, and how much of how much is done.
    fn report(&self, step: &'static str, done: u64, total: u64);

    /// How many identities and things were read so far.
    fn count(&self, _identities: u64, _things: u64) {}

    /// What was read, before it is compiled.
    fn read(&self, _snapshot: &Snapshot) {}
}

/// A bar on stderr while it is a terminal. It is gone when the value is.
#[derive(Debug)]
pub(crate) struct Bar {
    bar: ProgressBar,
    started: Instant,
}

/// What is done sooner needs no bar, which would only flicker.
const PATIENCE: Duration = Duration::from_millis(400);

impl Bar {
    /// A bar; nothing is drawn where stderr is no terminal.
    pub(crate) fn new() -> Self {
        let style = ProgressStyle::with_template("  {msg} {bar:24} {percent:>3} %")
            .unwrap_or_else(|_| ProgressStyle::default_bar())
            .progress_chars("━╸─");
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_style(style);
        Self { bar, started: Instant::now() }
    }
}

impl Bar {
    /// Says something that stays, above the bar.
    pub(crate) fn above(&self, lay_out: impl FnOnce(&mut Page)) {
        let mut page = terminal::side_page();
        lay_out(&mut page);
        self.bar.suspend(|| terminal::say(page));
    }
}

impl Report for Bar {
    fn report(&self, step: &'static str, done: u64, total: u64) {
        if self.bar.is_hidden() {
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            if self.started.elapsed() < PATIENCE || dumb || !io::stderr().is_terminal() {
                return;
            }
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
        if self.bar.message() != step {
            self.bar.set_message(step);
        }
        self.bar.set_length(total);
        self.bar.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Nobody hears.
#[derive(Debug)]
pub(crate) struct Silent;

impl Report for Silent {
    fn report(&self, _: &'static str, _: u64, _: u64) {}
}

impl Report for clavicle_web::Progress {
    fn report(&self, step: &'static str, done: u64, total: u64) {
        Self::report(self, step, done, total);
    }

    fn count(&self, identities: u64, things: u64) {
        Self::count(self, identities, things);
    }

    fn read(&self, snapshot: &Snapshot) {
        Self::read(self, snapshot);
    }
}
