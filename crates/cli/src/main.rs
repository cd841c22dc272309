//! What did the person type?
//!
//! The command line of clavicle: it reads what was typed, has it answered, prints and exits. Answers go to stdout,
//! everything else to stderr. Nothing here decides anything about access.

mod amount;
mod assistant;
mod choice;
mod complete;
mod data_folder;
mod demo;
mod editor;
mod evidence_file;
mod exit;
mod facts_file;
mod failure;
mod ink;
mod last_question;
mod machine;
mod meaning;
mod not_seen;
mod out_file;
mod out_folder;
mod piped;
mod policy_fault;
mod policy_file;
mod progress;
mod pseudonym_key;
mod report;
mod revision;
mod second_factor;
mod settings_file;
mod snapshot_word;
mod source;
mod terminal;
mod text;
mod text_file;
mod typed;
mod usage;
mod verb;
mod warnings;
mod watch;
mod written;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};
use clap_complete::CompleteEnv;

use exit::Exit;
use failure::Failure;
use typed::{Typed, Verb};

/// Reading, compiling and drawing ask for memory for very many small texts and lists, from every thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let settled = facts_file::settle();
    // Ends the program where a shell asks for completions.
    CompleteEnv::with_factory(Typed::command).var(verb::completions::VARIABLE).complete();
    let outcome = match Typed::try_parse() {
        Ok(mut typed) => {
            typed.color.settle();
            let settled = settled.and_then(|()| keep_what_comes_once(&mut typed));
            // What is wrong with loaded facts is for `data` to mend.
            if matches!(typed.verb, Verb::Data(_)) { run(&typed) } else { settled.and_then(|()| run(&typed)) }
        }
        Err(error) if error.kind() == ErrorKind::DisplayVersion => settled.and_then(|()| usage::tell(&error)),
        Err(error) => usage::tell(&error),
    };
    piped::clear();
    let exit = outcome.unwrap_or_else(|failure| {
        let mut page = terminal::side_page();
        failure.lay_out(&mut page);
        terminal::say(page);
        failure.exit
    });
    exit.into()
}

/// Sources may come by pipes.
fn keep_what_comes_once(typed: &mut Typed) -> Result<(), Failure> {
    match &mut typed.verb {
        Verb::Diff(diff) => piped::keep([&mut diff.old].into_iter().chain(&mut diff.new))?,
        Verb::Import(import) => piped::keep(&mut import.files)?,
        _ => {}
    }
    piped::keep(&mut typed.accounts.sources)
}

fn run(typed: &Typed) -> Result<Exit, Failure> {
    let accounts = &typed.accounts;
    match &typed.verb {
        Verb::Who(who) => verb::ask::run(&meaning::who(who)?, &who.output, None, accounts),
        Verb::What(what) => verb::ask::run(&meaning::what(what)?, &what.output, None, accounts),
        Verb::Can(can) => verb::ask::run(&meaning::can(can)?, &can.output, can.expect, accounts),
        Verb::Outside(outside) => verb::outside::run(outside, accounts),
        Verb::Check(check) if check.watch => watch::of_check(check, accounts).run(),
        Verb::Check(check) => verb::check::run(check, accounts),
        Verb::Path(path) => verb::ask::run(&meaning::path(path)?, &path.output, None, accounts),
        Verb::Export(export) => verb::export::run(export, accounts),
        Verb::Mcp => verb::mcp::run(accounts),
        Verb::Lsp => verb::lsp::run(accounts),
        Verb::Open(open) => verb::open::open(open, accounts),
        Verb::Demo(demo) => verb::open::demo(&demo.serving, accounts),
        Verb::Collect(collect) => verb::collect::run(collect),
        Verb::Import(import) => verb::import::run(import, accounts),
        Verb::Unused(unused) => verb::unused::run(unused, accounts),
        Verb::Record(record) => verb::record::run(record),
        Verb::Usage(usage) => verb::usage::run(usage),
        Verb::Snapshots(snapshots) => verb::snapshots::run(snapshots, accounts),
        Verb::Data(data) => verb::data::run(data),
        Verb::Explain(explain) => verb::explain::run(explain, accounts),
        Verb::Simulate(simulate) => verb::simulate::run(simulate),
        Verb::Prove(prove) => verb::prove::run(prove, accounts),
        Verb::Diff(diff) if diff.changes.watch => watch::of_diff(diff, accounts).run(),
        Verb::Diff(diff) => verb::diff::run(diff, accounts),
        Verb::Suggest(suggest) => verb::suggest::run(suggest, accounts),
        Verb::Trim(trim) => verb::trim::run(trim, accounts),
        Verb::Minimize(minimize) => verb::minimize::run(minimize),
        Verb::Try(what_if) if what_if.changes.watch => watch::of_what_if(what_if, accounts).run(),
        Verb::Try(what_if) => verb::what_if::run(what_if, accounts),
        Verb::Init(init) => verb::init::run(init, accounts),
        Verb::Completions(completions) => verb::completions::run(completions.shell),
    }
}
