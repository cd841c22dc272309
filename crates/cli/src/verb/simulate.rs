//! `simulate`: requests that bring their own policies, one JSON object a line; see `docs/simulate-format.md`.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read, Write as _};
use std::path::Path;

use clavicle_engine::simulate::{Options, answer_line};
use rayon::prelude::*;

use crate::exit::Exit;
use crate::failure::{Failure, lay_out_warning};
use crate::ink::{Ink, Tone};
use crate::machine::escaped;
use crate::terminal;
use crate::typed::Simulate;

/// What is read at once, and decided side by side.
const BATCH_BYTES: usize = 4 << 20;
/// No request has nearly as much: what goes on without an end is none, and is not kept.
const LONGEST: u64 = 32 << 20;
/// So many lines that cannot be answered are told of beside the results.
const MOST_TOLD: usize = 20;

/// Answers line by line, in order. A line that cannot be answered says so in its place and stops nothing.
pub(crate) fn run(typed: &Simulate) -> Result<Exit, Failure> {
    let options = Options { unknown: typed.unknown.clone(), explain: typed.explain };
    match typed.file.as_deref().filter(|file| *file != Path::new("-")) {
        Some(path) => {
            let file = File::open(path).map_err(|error| Failure::io("read the requests", path, &error))?;
            if file.metadata().is_ok_and(|about| about.is_dir()) {
                return Err(Failure::input("cannot read the requests: this is a folder").in_file(path));
            }
            lines(BufReader::with_capacity(BATCH_BYTES, file), path, &options)
        }
        None => {
            if io::stdin().is_terminal() {
                let mut page = terminal::side_page();
                page.line(&Ink::of(
                    Tone::Faint,
                    "reading requests from the terminal, one JSON object a line; Ctrl-D ends",
                ));
                terminal::say(page);
            }
            lines(BufReader::with_capacity(BATCH_BYTES, io::stdin()), Path::new("stdin"), &options)
        }
    }
}

fn lines(mut requests: BufReader<impl Read>, name: &Path, options: &Options) -> Result<Exit, Failure> {
    let mut stdout = io::stdout().lock();
    let mut batch: Vec<Option<Vec<u8>>> = Vec::new();
    let (mut before, mut bad) = (0, 0);
    loop {
        batch.clear();
        // What is there already is decided together; what is not there yet is not waited for.
        loop {
            let failed = |error: io::Error| Failure::io("read the requests", name, &error);
            let mut line = Vec::new();
            let read = requests.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(failed)?;
            if read == 0 {
                break;
            }
            let is_whole = line.len() as u64 != LONGEST || line.ends_with(b"\n");
            if !is_whole {
                requests.skip_until(b'\n').map_err(failed)?;
            }
            batch.push(is_whole.then_some(line));
            let whole = requests.buffer().contains(&b'\n');
            if !whole {
                break;
            }
        }
        if batch.is_empty() {
            say_more(bad);
            return Ok(Exit::Yes);
        }
        let results: Vec<Option<(String, Option<String>)>> =
            batch.par_iter().map(|line| result(line.as_deref(), options)).collect();
        let mut written = results.iter().flatten().try_for_each(|(line, _)| writeln!(stdout, "{line}"));
        for (at, result) in (before + 1..).zip(&results) {
            if let Some((_, Some(error))) = result {
                bad += 1;
                say(name, at, error, bad);
            }
        }
        before += batch.len();
        written = written.and_then(|()| stdout.flush());
        if let Err(error) = written {
            // Nobody reads on: there is nothing left to do.
            return if error.kind() == io::ErrorKind::BrokenPipe {
                Ok(Exit::Yes)
            } else {
                Err(Failure::io("write the results", Path::new("stdout"), &error))
            };
        }
    }
}

/// A line that could not be answered, with its number, unless many were told already.
fn say(name: &Path, line: usize, error: &str, bad: usize) {
    if bad <= MOST_TOLD {
        let mut page = terminal::side_page();
        lay_out_warning(&mut page, error, Some(&format!("{}:{line}", name.display())));
        terminal::say(page);
    }
}

fn say_more(bad: usize) {
    if bad > MOST_TOLD {
        let mut page = terminal::side_page();
        lay_out_warning(&mut page, &format!("{} more lines could not be answered", bad - MOST_TOLD), None);
        terminal::say(page);
    }
}

/// The result of one line, and what is wrong with it; none of a blank one, which asks nothing. `None`: the line is too long.
fn result(line: Option<&[u8]>, options: &Options) -> Option<(String, Option<String>)> {
    let Some(line) = line else {
        return Some(no_request(&format!("it is longer than {} MB", LONGEST >> 20)));
    };
    // Some editors begin a file with a byte order mark.
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return None;
    }
    Some(match std::str::from_utf8(line) {
        Ok(line) => {
            let (text, error) = answer_line(line, options);
            (escaped(&text), error)
        }
        Err(_) => no_request("it is not UTF-8 text"),
    })
}

fn no_request(why: &str) -> (String, Option<String>) {
    let error = format!("not a request: {why}");
    (format!(r#"{{"id":null,"decision":null,"depends_on":[],"error":"{error}"}}"#), Some(error))
}
