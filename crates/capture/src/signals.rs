//! Who asks us to end?

use std::io;

/// A signal that the program has to hear of, too.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signal {
    Terminate,
    HangUp,
}

/// Signals that come to us alone; those of the terminal go to the program by themselves.
pub(crate) struct PassedOn {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    hang_up: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    quit: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl PassedOn {
    /// From now on none of them ends us.
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    pub(crate) async fn next(&mut self) -> Signal {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return Signal::Terminate,
                _ = self.hang_up.recv() => return Signal::HangUp,
                // The program has them, and ends or does not.
                _ = self.interrupt.recv() => {}
                _ = self.quit.recv() => {}
            }
        }
    }
}

#[cfg(not(unix))]
impl PassedOn {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    pub(crate) async fn next(&mut self) -> Signal {
        while tokio::signal::ctrl_c().await.is_ok() {}
        std::future::pending().await
    }
}

#[cfg(unix)]
pub(crate) fn send(process: Option<u32>, signal: Signal) {
    use rustix::process::{Pid, Signal as System, kill_process};
    let process = process.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(process) = process {
        let signal = match signal {
            Signal::Terminate => System::TERM,
            Signal::HangUp => System::HUP,
        };
        // It may have ended just now.
        let _ = kill_process(process, signal);
    }
}

#[cfg(not(unix))]
pub(crate) fn send(_: Option<u32>, _: Signal) {}

/// Resolves on Ctrl-C, when the system asks, and when the terminal is closed, unless we were started to outlive it.
pub(crate) async fn asked_to_end() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        if outlives_terminal() {
            tokio::select! {
                interrupted = tokio::signal::ctrl_c() => return interrupted,
                _ = terminate.recv() => return Ok(()),
            }
        }
        let mut hang_up = signal(SignalKind::hangup())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
            _ = hang_up.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// Is the signal of a closed terminal ignored, as `nohup` has it? Where the system does not tell, it is not.
#[cfg(unix)]
fn outlives_terminal() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // A bit for each signal, the first of which is SIGHUP.
    ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok()).is_some_and(|set| set & 1 == 1)
}
