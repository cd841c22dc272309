//! How long do the questions take that are asked most?

use std::time::Instant;

use clavicle_catalog::{Catalog, Word, catalog, words};

#[expect(
    clippy::print_stderr,
    reason = "what happens once cannot be sampled, so it is told apart from the table"
)]
fn main() {
    let start = Instant::now();
    catalog();
    let facts = start.elapsed();
    words();
    let meanings = start.elapsed() - facts;
    catalog().managed_policies();
    let policies = start.elapsed() - facts - meanings;
    eprintln!("first use: facts {facts:.1?}, words {meanings:.1?}, managed policies {policies:.1?}");
    divan::main();
}

/// Reading the facts from their text, without inflating them.
#[divan::bench]
fn read_facts() -> Catalog {
    Catalog::read(include_str!("../data/facts.txt")).expect("the committed facts are whole")
}

#[divan::bench(args = ["s3:GetObject", "ec2:describeinstances", "zzz:Nothing"])]
fn exact(name: &str) -> bool {
    catalog().action(name).is_some()
}

#[divan::bench(args = ["s3:Get*", "*:list*", "*", "*:*policy*", "ec2:describe?????????s"])]
fn expand(pattern: &str) -> usize {
    catalog().expand(pattern).len()
}

#[divan::bench(args = ["arn:aws:s3:::ledger/2024.csv", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"])]
fn types_of_arn(arn: &str) -> usize {
    catalog().resource_types_of(arn).len()
}

#[divan::bench]
fn read_a_bucket() -> usize {
    words().for_arn(Word::Read, "arn:aws:s3:::ledger").len()
}

#[divan::bench]
fn keys_of_an_action() -> usize {
    catalog().action("ec2:RunInstances").map_or(0, |action| catalog().keys(action).count())
}

#[divan::bench]
fn did_you_mean() -> bool {
    catalog().suggest_action("ec2:DescribeInstancs").is_some()
}
