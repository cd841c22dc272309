//! Layout without a browser: on made-up plans, on the demo organization, and on generated accounts.

mod apart;
mod before_after;
mod cells;
mod chain_marks;
pub(crate) mod demo;
mod generated;
mod page_rules;
mod synthetic;
mod units;
