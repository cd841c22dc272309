//! The catalogue, tested from outside.

mod facts;
mod managed;
mod words;
