//! What is shown, to be handed on: one sheet of tables, written as a page, a comment, a table or a picture.
//!
//! Every view gives a [`Sheet`]; a new view is one more of these, and one line in the call of the server. Names are hostile
//! text in each form: what acts in a form is taken out or escaped in its file.

mod answers;
mod csv;
mod gaps;
mod html;
mod markdown;
mod names;
mod redact;
mod sheet;
mod sheets;
mod standing;

#[cfg(test)]
mod tests;

pub use answers::{because, records};
pub use csv::cell;
pub use gaps::gaps;
pub use html::html;
pub use markdown::{MOST_OF_ROWS, markdown, plain, push_notes};
pub use sheet::{Sheet, Table};
pub use sheets::{answer, changes, coverage, findings, granted, map, policies};

pub use crate::severity::{severity_mark, severity_word};
pub use standing::{acceptance, is_blocked, standing, step_condition};

pub(crate) use csv::csv;
pub(crate) use standing::state;
