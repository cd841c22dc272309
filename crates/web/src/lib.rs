//! What does it look like?
//!
//! A server for the person at this computer: it answers on the loopback address only, to the one browser that came with
//! the token, and shows the web app of `ui/` with the facts that `clavicle_answer` tells.
//!
//! ```no_run
//! # use clavicle_web::NotRead;
//! # fn reader(_: &clavicle_web::Progress) -> Result<clavicle_answer::Reader, NotRead> { Err(NotRead::Stopped) }
//! let server = clavicle_web::Server::bind(0)?;
//! println!("{}", server.url());
//! server.serve((), |progress| {
//!     progress.report("reading principals", 5, 10);
//!     reader(progress)
//! })?;
//! # Ok::<(), clavicle_web::ServeError>(())
//! ```
//!
//! Nothing here decides anything about access, and nothing reaches beyond this computer. Places on the map are computed
//! and not simulated: the same data gives the same picture.

mod asking;
mod begin;
mod beside;
mod files;
mod gate;
mod loading;
mod open;
mod progress;
mod refusal;
mod routes;
mod secret;
mod server;
mod severity;
mod shelf;
#[cfg(test)]
mod tests;
mod turns;
mod view;

pub mod export;
pub mod map;

pub use begin::{Chosen, Offer};
pub use beside::{Beside, SavedSnapshot};
pub use loading::NotRead;
pub use progress::Progress;
pub use server::{ServeError, Server};
