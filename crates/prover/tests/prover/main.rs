//! The prover, tested from outside.

mod adversarial;
mod laws;
mod layers;
mod neighbours;
mod outside;
mod pairs;
mod quacky;
mod small;
mod unread;
