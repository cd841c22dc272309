//! The rules, each on an account where it finds something and on a twin, one fact apart, where it does not.

mod accepting;
mod rules;
mod sketch;
mod texts;
