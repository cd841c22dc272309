//! The language as a whole: cases, AWS's samples, and laws that hold for any bytes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by a panic")]

mod cases;
mod invariants;
mod laws;
mod places;
mod samples;
