//! Answers as text for people at a terminal.

mod answer;
mod chains;
mod changes;
mod check;
mod citation;
mod layout;
mod lint;
mod outside;
mod pins;
mod policy;
mod suggestion;
mod trim;
mod unused;

pub(crate) use answer::answer;
pub(crate) use changes::{changes, gate};
pub(crate) use check::check;
pub(crate) use layout::Page;
pub(crate) use lint::lint;
pub(crate) use pins::layers;
pub(crate) use suggestion::{suggestion, verified};

pub(crate) use trim::trim;
pub(crate) use unused::unused;
