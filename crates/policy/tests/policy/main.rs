//! The policy language, tested from outside.

mod hostile;
mod language;
