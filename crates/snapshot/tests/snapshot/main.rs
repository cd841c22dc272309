//! Snapshots, tested from outside.

mod damaged;
mod file;
mod formats;
mod identities;
mod merge;
mod paperboat;
mod planned;
mod workload;
