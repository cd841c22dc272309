//! Answers as text for people at a terminal.

mod answer;
mod citation;
mod layout;
mod outside;
mod pins;

pub(crate) use answer::answer;
pub(crate) use layout::Page;
