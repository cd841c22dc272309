//! `lsp`: answers an editor over stdin and stdout.

use std::path::PathBuf;

use clavicle_answer::Settings;

use super::ask;
use crate::editor;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::settings_file;
use crate::terminal;
use crate::typed::Accounts;

/// Serves until the editor hangs up. Accounts are read only if a source is named.
pub(crate) fn run(accounts: &Accounts) -> Result<Exit, Failure> {
    let reader = if accounts.sources.is_empty() { None } else { Some(ask::read(accounts)?.1) };
    let today = jiff::Timestamp::now().to_string();
    // What cannot be read is said on stderr, which editors show as the server's log; editing goes on.
    let settings_of = |folders: &[PathBuf]| match settings_file::for_sources(folders) {
        Ok(settings) => settings,
        Err(failure) => {
            terminal::say_text(&format!("{}\n", failure.in_one_line()));
            Settings::default()
        }
    };
    let (connection, threads) = lsp_server::Connection::stdio();
    let was_told = editor::serve(&connection, reader.as_deref(), &today, &settings_of)?;
    // The thread that writes ends when there is nobody left who could say more.
    drop(connection);
    threads.join().map_err(|error| Failure::input(format!("cannot serve the editor: {error}")))?;
    Ok(if was_told { Exit::Yes } else { Exit::No })
}
