//! What is shown, to be handed on: one sheet of tables, written as a page, a comment, a table or a picture.
//!
//! Every view gives a [`Sheet`]; a new view is one more of these, and one line in the call of the server. Names are hostile
//! text in each form: what acts in a form is taken out or escaped in its file.

mod csv;
mod html;
mod markdown;
mod redact;
mod sheet;
mod sheets;

#[cfg(test)]
mod tests;

pub use csv::cell;
pub use html::html;
pub use markdown::plain;
pub use sheet::{Sheet, Table};
pub use sheets::{answer, changes, coverage, findings, map, policies};

pub(crate) use csv::csv;
pub(crate) use markdown::markdown;
