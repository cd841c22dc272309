//! `data`: which facts of AWS the program knows, and how to load newer ones.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use clavicle_catalog::{CompiledFacts, RefusedFacts, built_in_date, catalog, is_loaded};
use clavicle_collect::Fetch;

use crate::exit::Exit;
use crate::facts_file::{self, Loaded};
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::terminal;
use crate::typed::{Data, DataChange};

/// Shows, loads or removes.
pub(crate) fn run(typed: &Data) -> Result<Exit, Failure> {
    match typed.change.as_ref().unwrap_or(&DataChange::Show) {
        DataChange::Show => show(),
        DataChange::Update { from } => update(from),
        DataChange::Reset => reset(),
    }
}

fn show() -> Result<Exit, Failure> {
    let catalog = catalog();
    let mut page = terminal::page();
    let origin = if is_loaded() { "loaded" } else { "built in" };
    page.line(&Ink::of(Tone::Strong, &format!("AWS facts of {}, {origin}", catalog.data_date())));
    let counts = catalog.record_counts();
    let told = [
        ("services", "services"),
        ("actions", "actions"),
        ("types", "resource types"),
        ("key_rows", "condition keys"),
    ];
    for (kind, name) in told {
        let count = counts.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count);
        page.line(&Ink::plain(&format!("  {count:>6}  {name}")));
    }
    page.line(&Ink::plain(&format!("  {:>6}  AWS managed policies", catalog.managed_policies().len())));
    page.line(&Ink::of(Tone::Faint, "  compiled from"));
    let rows: Vec<Vec<Ink>> = catalog
        .sources()
        .map(|source| {
            vec![
                Ink::plain(source.name),
                Ink::plain(source.version),
                Ink::plain(source.date.unwrap_or("-")),
                Ink::of(Tone::Faint, source.licence),
            ]
        })
        .collect();
    page.table(4, &rows);
    match Loaded::find()? {
        Some(loaded) if is_loaded() => {
            page.line(&Ink::plain(&format!("loaded from {}", loaded.path.display())));
            page.line(&Ink::plain(&format!(
                "next: clavicle data reset, back to those built in of {}",
                built_in_date()
            )));
        }
        Some(loaded) => {
            let text = format!(
                "not used: those loaded of {}, which are no newer than those built in",
                loaded.date()
            );
            page.line(&Ink::plain(&text));
            page.line(&Ink::plain("next: clavicle data reset"));
        }
        None => page.line(&Ink::plain("next: clavicle data update --from DIR")),
    }
    terminal::print(&page.into_text())?;
    Ok(Exit::Yes)
}

fn update(from: &Path) -> Result<Exit, Failure> {
    let before = catalog().data_date();
    let address = from.to_str().filter(|text| text.contains("://"));
    let facts = address.map_or_else(|| read(from), fetch)?;
    facts.check().map_err(|error| {
        let failure = Failure::input(format!("these facts are not taken: {error}")).in_file(from);
        if matches!(error, RefusedFacts::Older { .. }) && is_loaded() {
            return failure.help("`clavicle data reset` goes back to the facts that are built in");
        }
        failure
    })?;
    let date = facts.date().unwrap_or_default();
    if *date <= *built_in_date() {
        terminal::print(&format!("nothing to load: the facts of {} are built in\n", built_in_date()))?;
        return Ok(Exit::Yes);
    }
    let path = facts_file::keep(&facts)?;
    let mut page = terminal::page();
    page.line(&Ink::of(
        Tone::Strong,
        &format!("AWS facts of {date} are in use from now on, before of {before}"),
    ));
    page.line(&Ink::plain(&format!("  {}", path.display())));
    page.line(&Ink::plain("next: clavicle data show"));
    terminal::print(&page.into_text())?;
    Ok(Exit::Yes)
}

/// The compiled files below an address.
fn fetch(address: &str) -> Result<CompiledFacts, Failure> {
    let from = Fetch::below(address).map_err(|error| Failure::usage(error.problem))?;
    let found =
        CompiledFacts::of_files(|name| from.text(name).map_err(|error| NotRead::Failure(error.into())));
    found.map_err(|error| match error {
        NotRead::Failure(failure) => failure,
        NotRead::Refused(error) => Failure::input(format!("no compiled facts are there: {error}"))
            .in_file(Path::new(address))
            .help(format!("it should hold {}", CompiledFacts::FILES.join(", "))),
    })
}

/// The compiled files of a folder.
fn read(folder: &Path) -> Result<CompiledFacts, Failure> {
    if !folder.is_dir() {
        return Err(Failure::input("there is no such folder").in_file(folder));
    }
    let found = CompiledFacts::of_files(|name| {
        let path = folder.join(name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(NotRead::Failure(Failure::io("read the file", &path, &error))),
        }
    });
    found.map_err(|error| match error {
        NotRead::Failure(failure) => failure,
        NotRead::Refused(error) => Failure::input(format!("this folder holds no compiled facts: {error}"))
            .in_file(folder)
            .help(format!("it should hold {}", CompiledFacts::FILES.join(", "))),
    })
}

enum NotRead {
    Failure(Failure),
    Refused(RefusedFacts),
}

impl From<RefusedFacts> for NotRead {
    fn from(error: RefusedFacts) -> Self {
        Self::Refused(error)
    }
}

fn reset() -> Result<Exit, Failure> {
    let removed = facts_file::remove()?;
    let now = format!("AWS facts of {}, built in, are in use from now on\n", built_in_date());
    let text = if removed {
        now
    } else {
        format!("nothing was loaded; the facts built in are of {}\n", built_in_date())
    };
    terminal::print(&text)?;
    Ok(Exit::Yes)
}
