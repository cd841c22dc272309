//! `open` and `demo`: the web app, for the person at this computer.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clavicle_answer::Reader;
use clavicle_graph::Stated;
use clavicle_snapshot::Place;
use clavicle_usage::Evidence;
use clavicle_web::{Beside, Chosen, NotRead, Offer, SavedSnapshot, ServeError, Server};

use crate::choice::Choice;
use crate::data_folder::{DataFolder, Saved};
use crate::exit::Exit;
use crate::failure::{Failure, system_words};
use crate::ink::{Ink, Tone};
use crate::last_question::LastQuestion;
use crate::source::{self, Loaded, Planned, Source};
use crate::typed::{Accounts, EvidencePlace, Open, Serving};
use crate::{demo, evidence_file, pseudonym_key, terminal};

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
            Some(Source::from_typed(&sources)?)
        }
        // Where nothing is saved, the page says what there is to choose from.
        _ if accounts.sources.is_empty() => Source::newest()?,
        _ => Some(Source::from_typed(&accounts.sources)?),
    };
    let mut planned = Planned::of(accounts);
    if let Some(last) = &last {
        planned.place = planned.place.or_else(|| Place::parse(last.planned_in.as_deref()?));
        planned.terraform = planned.terraform.or_else(|| last.terraform.as_ref().map(PathBuf::from));
    }
    let standalone = accounts.standalone || last.as_ref().is_some_and(|last| last.standalone);
    let around = Around {
        evidence: typed.evidence.clone(),
        ..Around::new(source, planned, Stated { standalone }, accounts)
    };
    serve(around, last.map(|last| last.text), &typed.serving)
}

/// Serves the demo organization.
pub(crate) fn demo(serving: &Serving, accounts: &Accounts) -> Result<Exit, Failure> {
    let around = Around::new(Some(Source::Demo), Planned::default(), source::stated(accounts), accounts);
    serve(around, None, serving)
}

fn serve(around: Around, question: Option<String>, serving: &Serving) -> Result<Exit, Failure> {
    let server = Server::bind(serving.port).map_err(|error| cannot_serve(&error))?;
    // Without a folder to keep the key in, pseudonyms are those of this run.
    let server = match pseudonym_key::find() {
        Ok(key) => server.with_pseudonyms(key),
        Err(_) => server,
    };
    let mut address = server.url();
    if let Some(question) = question {
        // The place in the web app travels in the fragment, which stays in the browser.
        address.push_str("#/ask?q=");
        address.push_str(&encoded(&question));
    }
    terminal::print(&format!("{address}\n"))?;
    let mut page = terminal::side_page();
    page.line(&Ink::of(Tone::Faint, "only this computer can reach it; the address works once; Ctrl-C stops"));
    if around.choice.source().is_none() {
        page.line(&Ink::of(
            Tone::Faint,
            "no snapshot is saved yet: the page offers the demo, your files, and how to collect",
        ));
    }
    terminal::say(page);
    if !serving.no_open {
        std::thread::spawn(move || browse(&address));
    }
    let failed = Arc::new(AtomicBool::new(false));
    let told = failed.clone();
    let opened = around.clone();
    let load = move |progress: &clavicle_web::Progress| {
        let source = opened.choice.source().ok_or(NotRead::Nothing)?;
        let loaded = opened.loaded(&source, progress).map_err(|failure| {
            told.store(true, Ordering::Relaxed);
            let mut page = terminal::side_page();
            failure.lay_out(&mut page);
            terminal::say(page);
            NotRead::Failed(failure.in_one_line())
        })?;
        // Something else may have been chosen since.
        told.store(false, Ordering::Relaxed);
        if progress.is_stopped() {
            return Err(NotRead::Stopped);
        }
        Ok(source::reader(loaded, opened.stated, progress))
    };
    server.serve(around, load).map_err(|error| cannot_serve(&error))?;
    Ok(if failed.load(Ordering::Relaxed) { Exit::Input } else { Exit::Yes })
}

/// What is open, and where the rest is.
#[derive(Debug, Clone)]
struct Around {
    choice: Arc<Choice>,
    planned: Planned,
    stated: Stated,
    known: Option<PathBuf>,
    evidence: EvidencePlace,
}

impl Around {
    fn new(source: Option<Source>, planned: Planned, stated: Stated, accounts: &Accounts) -> Self {
        let known = accounts.known.clone();
        Self {
            choice: Arc::new(Choice::new(source)),
            planned,
            stated,
            known,
            evidence: EvidencePlace::default(),
        }
    }

    fn loaded(&self, source: &Source, progress: &clavicle_web::Progress) -> Result<Loaded, Failure> {
        let mut loaded = source.load(&self.planned, progress)?;
        source::name_accounts(&mut loaded, self.known.as_deref())?;
        Ok(loaded)
    }
}

impl Beside for Around {
    fn evidence(&self) -> Result<Evidence, String> {
        let read = match (self.choice.source(), &self.evidence.evidence) {
            (Some(Source::Demo), None) => demo::evidence(),
            _ => evidence_file::kept(&self.evidence),
        };
        read.map_err(|failure| failure.in_one_line())
    }

    fn snapshots(&self) -> Result<Vec<SavedSnapshot>, String> {
        let saved = DataFolder::find().and_then(|folder| folder.snapshots());
        let saved = saved.map_err(|failure| failure.in_one_line())?;
        let open = self.choice.source();
        let is_open = |path: &Path| match &open {
            Some(Source::Saved(open) | Source::File(open)) => {
                source::absolute(open) == source::absolute(path)
            }
            Some(Source::Demo | Source::Merged(_)) | None => false,
        };
        let told =
            |saved: Saved| SavedSnapshot { open: is_open(&saved.path), name: saved.name, bytes: saved.bytes };
        Ok(saved.into_iter().map(told).collect())
    }

    fn read(&self, name: &str, progress: &clavicle_web::Progress) -> Result<Reader, String> {
        let find = || match DataFolder::find()?.exactly(name)? {
            Some(saved) => {
                let loaded = self.loaded(&Source::Saved(saved.path), progress)?;
                Ok(source::reader(loaded, self.stated, progress))
            }
            None => Err(Failure::input(format!("there is no snapshot `{name}` any more"))),
        };
        find().map_err(|failure| failure.in_one_line())
    }

    fn offer(&self) -> Option<Offer> {
        self.choice.offer()
    }

    fn choose(&self, chosen: Chosen) -> Result<(), String> {
        self.choice.choose(chosen).map_err(|failure| failure.in_one_line())
    }

    fn hand_over(&self, name: &str, bytes: &[u8], more: bool) -> Result<(), String> {
        self.choice.hand_over(name, bytes, more).map_err(|failure| failure.in_one_line())
    }
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
