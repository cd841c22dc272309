//! The graph, tested from outside.

mod catalogue;
mod confirmed;
mod demo;
mod families;
mod matrix;
mod methods;
mod outside;
mod public_accounts;
mod rules;
mod steps_document;
mod truth;
mod unlisted;
