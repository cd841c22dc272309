//! The code of a second factor, from whoever sits at the terminal.

use std::io::{IsTerminal as _, Write as _};

/// How to ask for it; `None`: nobody sits there.
pub(crate) fn asked_for() -> Option<fn(&str) -> Option<String>> {
    let ask: fn(&str) -> Option<String> = ask;
    std::io::stdin().is_terminal().then_some(ask)
}

fn ask(factor: &str) -> Option<String> {
    write!(std::io::stderr(), "code of {}: ", factor.escape_debug()).ok()?;
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok()?;
    Some(line.trim().to_owned()).filter(|code| !code.is_empty())
}
