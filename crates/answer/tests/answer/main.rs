//! What the answers say, tested from outside.

mod answers;
mod carried_out;
mod changes;
mod changes_of_administrators;
mod changes_unseen;
mod check;
mod names;
mod open;
mod policy_used;
mod rules_page;
mod truth;
mod unused;
mod words;
