//! How long does it take to tell two states of accounts apart, and which part of it?
//!
//! `cargo run --profile bench -p clavicle-answer --example difference -- OLD NEW`

#![expect(clippy::print_stdout, reason = "it prints what it measured")]

use std::path::Path;
use std::time::Instant;

use clavicle_answer::{Reader, Settings};
use clavicle_catalog::catalog;
use clavicle_graph::{Stated, World};
use clavicle_snapshot::SnapshotError;
use clavicle_testkit::said;

fn main() -> Result<(), SnapshotError> {
    let start = Instant::now();
    let mut readers = Vec::new();
    for source in std::env::args().skip(1) {
        let snapshot = clavicle_snapshot::open_any(Path::new(&source), |_, _| ())?;
        said("load", start);
        let world = World::new(snapshot, catalog(), Stated::default(), |_, _| ());
        readers.push(Reader::new(world, Settings::default()));
        said("compile", start);
    }
    let [old, new] = readers.as_slice() else { return Ok(()) };
    let page = new.changes_since(old);
    said("compare", start);
    println!("{}: {}", page.verdict, page.sentence);
    Ok(())
}
