//! The slow evaluator, tested from outside.

mod cases;
mod laws;
mod public_cases;
