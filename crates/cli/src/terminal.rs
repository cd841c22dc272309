//! The streams: answers to stdout, everything else to stderr.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use crate::failure::Failure;
use crate::text::Page;

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub(crate) enum Color {
    /// On a terminal that can, unless `NO_COLOR` is set; also elsewhere if `CLICOLOR_FORCE` is.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Makes it so for this process.
    pub(crate) fn settle(self) {
        match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        }
        .write_global();
    }
}

/// A page as wide as the terminal behind stdout; a file or pipe takes any width.
pub(crate) fn page() -> Page {
    Page::new(width(io::stdout().is_terminal(), || terminal_size::terminal_size_of(io::stdout())))
}

/// A page as wide as the terminal behind stderr.
pub(crate) fn side_page() -> Page {
    Page::new(width(io::stderr().is_terminal(), || terminal_size::terminal_size_of(io::stderr())))
}

/// `COLUMNS` goes before what the terminal says, as elsewhere.
fn width(
    is_terminal: bool,
    size: impl FnOnce() -> Option<(terminal_size::Width, terminal_size::Height)>,
) -> Option<usize> {
    let stated = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|width| *width > 0);
    stated.or_else(|| is_terminal.then(size).flatten().map(|(width, _)| usize::from(width.0)))
}

/// Writes an answer to stdout. Nobody reading on is no error: `clavicle … | head`.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    unless_closed(written).map_err(|error| Failure::io("write the answer", Path::new("stdout"), &error))
}

/// Writes something that is not the answer to stderr. If that cannot be done there is nobody left to tell.
pub(crate) fn say(page: Page) {
    let _ = anstream::stderr().lock().write_all(page.into_text().as_bytes());
}

/// Closed by the reader is as good as written.
pub(crate) fn unless_closed(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Has whoever read stdout gone? Asked without writing: `clavicle … --watch | head`.
#[cfg(unix)]
pub(crate) fn nobody_reads() -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdout = io::stdout();
    // Nothing is asked for: an error, and an end that was closed, are told in any case.
    let mut asked = [PollFd::new(&stdout, PollFlags::empty())];
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut asked, Some(&at_once)).is_ok()
        && asked
            .iter()
            .any(|told| told.revents().intersects(PollFlags::ERR | PollFlags::HUP | PollFlags::NVAL))
}

/// Elsewhere it is not known before something is written.
#[cfg(not(unix))]
pub(crate) fn nobody_reads() -> bool {
    false
}

/// The same for a text that has its escapes already.
pub(crate) fn say_text(text: &str) {
    let _ = anstream::stderr().lock().write_all(text.as_bytes());
}
