//! `cargo xtask demo | test | rust-sdk-test | ui | shots | pictures | refdata`: everything a developer runs, with nothing to
//! install by hand.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a task runner talks to the terminal")]

mod command;
mod demo;
mod pictures;
mod programs;
mod refdata;
mod shots;
mod test;
mod ui;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask TASK

  demo [--no-open]   build the web app and the release binary, open the demo map
                     (--no-open prints the address instead)
  test [--rust]      install what the tests need, then run every check and test
                     (--rust: only what needs no Node and no browser)
  rust-sdk-test      build a client of the AWS SDK for Rust, which takes minutes,
                     and record it
  ui                 build the web app into ui/dist
  shots              take pictures of the app beside its wireframes, into artifacts/shots
  pictures           take anew the pictures that a browser test compares the demo with, into ui/test/pictures
  refdata [OPTIONS]  regenerate the catalogue of AWS facts from pinned packages";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest = arguments.get(1..).unwrap_or_default();
    let outcome = match arguments.first().map(String::as_str) {
        Some("demo") => demo::run_with(rest),
        Some("test") => test::run_with(rest),
        Some("rust-sdk-test") => test::rust_sdk(),
        Some("ui") => ui::build(),
        Some("shots") => shots::run_with(rest),
        Some("pictures") => pictures::run_with(rest),
        Some("refdata") => refdata::run(rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
