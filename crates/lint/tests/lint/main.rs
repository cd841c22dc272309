//! The linter, tested from outside.

mod pages;
mod public_policies;
mod rules;
