//! `record`: which permissions does a program use while it runs?

use std::path::Path;
use std::process::{Command, ExitStatus};

use clavicle_capture::{
    CallerPolicy, CaptureError, Options, Per, Record as Recorded, Recorder, Setting, policies,
};

use crate::exit::Exit;
use crate::failure::{Failure, system_words};
use crate::ink::{Ink, Tone};
use crate::typed::{Each, Record};
use crate::{out_file, terminal, text};

/// Where `--listen` listens, unless told otherwise: the port of client-side monitoring is every SDK's default.
const PORT: u16 = 8_377;
const CSM_PORT: u16 = 31_000;

/// Runs the program, or listens until told to stop, and prints the smallest policy for what it did.
pub(crate) fn run(typed: &Record) -> Result<Exit, Failure> {
    let port = match (typed.port, typed.listen, typed.csm) {
        (Some(port), _, _) => port,
        (None, true, true) => CSM_PORT,
        (None, true, false) => PORT,
        (None, false, _) => 0,
    };
    let options = Options {
        csm: typed.csm,
        port,
        account: typed.account,
        environment: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
    };
    let recorder = Recorder::start(&options).map_err(|error| cannot_record(&error))?;
    let ended = match typed.command.split_first() {
        None => {
            // A place that cannot be written to is better known now than in a week. What is there stays until there is more.
            if let Some(path) = &typed.out {
                out_file::can_write(path)?;
            }
            tell_settings(&recorder)?;
            // What cannot be written on the way is told of at the end, where it is tried again.
            let keep = |record: &Recorded| drop(write_record(typed, record));
            recorder
                .wait(keep)
                .map_err(|error| Failure::input(format!("cannot wait: {}", system_words(&error))))?;
            None
        }
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments);
            let ended = recorder.run(command).map_err(|error| {
                let program = Path::new(program);
                Failure::io("run the program", program, &error)
                    .help("name it as in a shell: `clavicle record -- aws s3 ls`")
            })?;
            Some(ended)
        }
    };
    let record = recorder.finish();
    let stays = earlier_that_stays(typed, &record);
    if stays.is_none() {
        write_record(typed, &record)?;
    }
    // What listens hears programs that have nothing to do with each other.
    let each = typed.each.unwrap_or(if typed.listen { Each::Process } else { Each::Caller });
    let policies = policies(&record, if each == Each::Process { Per::Process } else { Per::Caller });
    let printed = laid_out(&policies);
    match &typed.policy {
        Some(path) => out_file::write(path, &printed)?,
        None => terminal::print(&printed)?,
    }
    tell(&record, &policies, ended);
    if let Some(path) = stays {
        let mut page = terminal::side_page();
        let words = format!("note: nothing was recorded, {} stays as it was", path.display());
        page.line(&Ink::of(Tone::Faint, &words));
        terminal::say(page);
    }
    Ok(ended.map_or(Exit::Yes, |ended| Exit::Program(code(ended))))
}

/// What was recorded earlier, of which a record of nothing takes the place no more at the end of listening than on the way.
fn earlier_that_stays<'t>(typed: &'t Record, record: &Recorded) -> Option<&'t Path> {
    let path = typed.out.as_deref().filter(|_| typed.command.is_empty())?;
    let is_empty = record.calls == 0 && record.not_recorded.is_empty();
    let has_some = std::fs::metadata(path).is_ok_and(|about| about.is_file() && about.len() > 0);
    (is_empty && has_some).then_some(path)
}

fn write_record(typed: &Record, record: &Recorded) -> Result<(), Failure> {
    let Some(path) = &typed.out else { return Ok(()) };
    let text =
        record.to_json().map_err(|error| Failure::input(format!("cannot write the record: {error}")))?;
    out_file::write(path, &text)
}

/// What to set in the environment of programs, for a shell to read.
fn tell_settings(recorder: &Recorder) -> Result<(), Failure> {
    let line = |(name, value): &Setting| match value {
        // Addresses and files that we named ourselves: no quote is in them.
        Some(value) => format!("export {name}='{value}'\n"),
        None => format!("unset {name}\n"),
    };
    terminal::print(&recorder.settings().iter().map(line).collect::<String>())?;
    let mut page = terminal::side_page();
    let words = format!(
        "listening on {}; set these where programs run; Ctrl-C ends and prints the policy",
        recorder.address()
    );
    page.line(&Ink::of(Tone::Faint, &words));
    terminal::say(page);
    Ok(())
}

/// One policy as it is, several as a list that says whose they are.
fn laid_out(policies: &[CallerPolicy]) -> String {
    let value = match policies {
        [] => serde_json::json!({ "Version": "2012-10-17", "Statement": [] }),
        [one] => one.policy.clone(),
        several => several
            .iter()
            .map(|one| {
                let (keys, process) = (&one.access_keys, &one.process);
                serde_json::json!({ "access_keys": keys, "principal": one.principal, "process": process, "policy": one.policy })
            })
            .collect(),
    };
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

/// What was recorded and what was not.
fn tell(record: &Recorded, policies: &[CallerPolicy], ended: Option<ExitStatus>) {
    let mut page = terminal::side_page();
    let calls = |count: u64| if count == 1 { "1 call".to_owned() } else { format!("{count} calls") };
    let mut words = format!("recorded {}", calls(record.calls));
    if record.unchecked > 0 {
        words.push_str(&format!(", {} of which no permission is asked", record.unchecked));
    }
    let denied: u64 = record.uses.iter().filter(|one| one.need == "own").map(|one| one.denied).sum();
    if denied > 0 {
        words.push_str(&format!(", {denied} denied"));
    }
    page.line(&Ink::of(Tone::Strong, &words));
    for unknown in &record.unknown {
        let words = format!(
            "warning: {} of `{}` by {}: which permissions they need is not known",
            calls(unknown.calls),
            unknown.operation,
            unknown.service
        );
        page.line(&Ink::of(Tone::Depends, &words));
    }
    for words in &record.not_recorded {
        page.line(&Ink::of(Tone::Depends, &format!("warning: not recorded: {words}")));
    }
    for one in policies {
        if policies.len() > 1 {
            let process = one
                .process
                .as_ref()
                .map(|it| format!(", process {} ({})", it.id, it.name))
                .unwrap_or_default();
            let keys = one.access_keys.join(", ");
            page.line(&Ink::plain(&format!("of {}{process}:", one.principal.as_deref().unwrap_or(&keys))));
        }
        for note in &one.notes {
            page.line(&Ink::of(Tone::Faint, &format!("note: {note}")));
        }
        // Nothing that a file could not hold: it was made here.
        let own = Recorded { uses: one.uses.clone(), ..record.clone() }.to_json().unwrap_or_default();
        match clavicle_answer::verify_recorded(&own, &one.policy.to_string()) {
            Ok(checks) => page.line(&Ink::plain(&text::verified(&checks))),
            Err(error) => page.line(&Ink::of(Tone::Depends, &format!("warning: not verified: {error}"))),
        }
    }
    if let Some(ended) = ended.filter(|ended| !ended.success()) {
        page.line(&Ink::of(
            Tone::Depends,
            &format!("warning: the program ended with {ended}; it may have needed more"),
        ));
    }
    terminal::say(page);
}

/// The code of the program; ended by a signal, what shells make of it.
fn code(ended: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&ended) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    ended.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

fn cannot_record(error: &CaptureError) -> Failure {
    match error {
        CaptureError::Bind { source, .. } => Failure::input(format!("{error}: {}", system_words(source)))
            .help("name another port with `--port`"),
        CaptureError::System(source) => Failure::input(format!("{error}: {}", system_words(source))),
        _ => Failure::input(error.to_string()),
    }
}
