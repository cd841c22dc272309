//! The prover, tested from outside.

mod adversarial;
mod laws;
mod layers;
mod outside;
mod quacky;
mod small;
mod unread;
