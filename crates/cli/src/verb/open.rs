//! `open` and `demo`: the web app, for the person at this computer.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clavicle_graph::Stated;
use clavicle_snapshot::Place;
use clavicle_web::{ServeError, Server};

use crate::exit::Exit;
use crate::failure::{Failure, system_words};
use crate::ink::{Ink, Tone};
use crate::last_question::LastQuestion;
use crate::source::{self, Planned, Source};
use crate::terminal;
use crate::typed::{Accounts, Open, Serving};

/// Serves the accounts that `-s` names, or the snapshot that was saved last.
pub(crate) fn open(typed: &Open, accounts: &Accounts) -> Result<Exit, Failure> {
    let nothing_asked = || {
        Failure::usage("no question was asked yet")
            .help("ask one, for example `clavicle who s3://bucket --do read`, or leave out `--last`")
    };
    let last = if typed.last { Some(LastQuestion::recall().ok_or_else(nothing_asked)?) } else { None };
    let source = match &last {
        Some(last) if accounts.sources.is_empty() => {
            let sources: Vec<PathBuf> = last.sources.iter().map(PathBuf::from).collect();
            Source::from_typed(&sources)?
        }
        _ => Source::from_typed(&accounts.sources)?,
    };
    let mut planned = Planned::of(accounts);
    if let Some(last) = &last {
        planned.place = planned.place.or_else(|| Place::parse(last.planned_in.as_deref()?));
        planned.terraform = planned.terraform.or_else(|| last.terraform.as_ref().map(PathBuf::from));
    }
    let standalone = accounts.standalone || last.as_ref().is_some_and(|last| last.standalone);
    let known = accounts.known.clone();
    serve(source, planned, Stated { standalone }, known, last.map(|last| last.text), &typed.serving)
}

/// Serves the demo organization.
pub(crate) fn demo(serving: &Serving, accounts: &Accounts) -> Result<Exit, Failure> {
    let known = accounts.known.clone();
    serve(Source::Demo, Planned::default(), source::stated(accounts), known, None, serving)
}

fn serve(
    source: Source,
    planned: Planned,
    stated: Stated,
    known: Option<PathBuf>,
    question: Option<String>,
    serving: &Serving,
) -> Result<Exit, Failure> {
    let server = Server::bind(serving.port).map_err(|error| cannot_serve(&error))?;
    let mut address = server.url();
    if let Some(question) = question {
        // The place in the web app travels in the fragment, which stays in the browser.
        address.push_str("#/ask?q=");
        address.push_str(&encoded(&question));
    }
    terminal::print(&format!("{address}\n"))?;
    let mut page = terminal::side_page();
    page.line(&Ink::of(Tone::Faint, "only this computer can reach it; the address works once; Ctrl-C stops"));
    terminal::say(page);
    if !serving.no_open {
        std::thread::spawn(move || browse(&address));
    }
    let failed = Arc::new(AtomicBool::new(false));
    let told = failed.clone();
    let load = move |progress: &clavicle_web::Progress| {
        let load = || {
            let mut loaded = source.load(&planned, progress)?;
            source::name_accounts(&mut loaded, known.as_deref())?;
            Ok(loaded)
        };
        let loaded = load().map_err(|failure: Failure| {
            told.store(true, Ordering::Relaxed);
            let mut page = terminal::side_page();
            failure.lay_out(&mut page);
            terminal::say(page);
            failure.in_one_line()
        })?;
        Ok(source::reader(loaded, stated, progress))
    };
    server.serve(load).map_err(|error| cannot_serve(&error))?;
    Ok(if failed.load(Ordering::Relaxed) { Exit::Input } else { Exit::Yes })
}

/// Opens the browser. Where there is none the address on stdout is enough.
fn browse(address: &str) {
    let mut options = webbrowser::BrowserOptions::new();
    options.with_suppress_output(true);
    if webbrowser::open_browser_with_options(webbrowser::Browser::Default, address, &options).is_err() {
        let mut page = terminal::side_page();
        page.line(&Ink::of(Tone::Faint, "no browser could be opened here: open the address yourself"));
        terminal::say(page);
    }
}

fn cannot_serve(error: &ServeError) -> Failure {
    let cause = match error {
        ServeError::Bind { source, .. } | ServeError::Serve(source) => system_words(source),
        ServeError::Random(source) => source.to_string(),
    };
    let failure = Failure::input(format!("{error}: {cause}"));
    match error {
        ServeError::Bind { port, .. } if *port != 0 => {
            failure.help("leave out `--port` to take any that is free")
        }
        _ => failure,
    }
}

/// As a value in a query: everything but letters, digits and a few marks is percent-encoded.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
