//! The deciding engine, tested from outside.

mod because;
mod cases;
mod differential;
mod fast;
mod generator;
mod laws;
mod layers;
mod public_cases;
mod sent_always;
mod spelling;
mod unseen_layers;
