//! Answers an editor: what is wrong in policies, what a name means, what could be written, and how to mend it.

mod diagnostics;
mod hover;
mod lines;
mod options;
mod server;

pub(crate) use server::serve;
