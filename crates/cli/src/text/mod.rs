//! Answers as text for people at a terminal.

mod answer;
mod chains;
mod citation;
mod layout;
mod pins;

pub(crate) use answer::answer;
pub(crate) use layout::Page;
