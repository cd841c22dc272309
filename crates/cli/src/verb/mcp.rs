//! `mcp`: answers an assistant over stdin and stdout.

use std::mem::ManuallyDrop;

use rmcp::ServiceExt as _;

use super::ask;
use crate::assistant::Server;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::typed::Accounts;

/// Serves until the assistant hangs up.
pub(crate) fn run(accounts: &Accounts) -> Result<Exit, Failure> {
    let (_, reader) = ask::read(accounts)?;
    let server = Server::new(ManuallyDrop::into_inner(reader));
    let failed =
        |error: &dyn std::fmt::Display| Failure::input(format!("cannot serve the assistant: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| failed(&error))?;
    runtime.block_on(async {
        // Whoever hangs up before a word was said has asked nothing.
        let Ok(served) = server.serve(rmcp::transport::stdio()).await else { return Ok(Exit::Yes) };
        served.waiting().await.map_err(|error| failed(&error))?;
        Ok(Exit::Yes)
    })
}
