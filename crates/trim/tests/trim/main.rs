//! Restricted and minimized policies, tested from outside.

mod minimize;
mod restrict;
mod written;
