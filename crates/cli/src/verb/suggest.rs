//! `suggest`: the smallest policy for what somebody was seen to do, for a recording, or for a task.

use clavicle_answer::{Seen, Suggestion, Task};
use clavicle_trim::Wanted;

use super::{ask, unused};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::typed::{Accounts, How, PolicyForm, Reach, Suggest};
use crate::{machine, terminal, text, text_file, written};

/// Makes it, and prints it.
pub(crate) fn run(typed: &Suggest, accounts: &Accounts) -> Result<Exit, Failure> {
    let how = how(&typed.how);
    let tasks = tasks(typed)?;
    let tag = typed.abac.as_deref();
    match (&typed.who, &typed.from, tasks.is_empty()) {
        (Some(who), None, true) => {
            let (_, reader) = ask::read(accounts)?;
            let evidence = unused::evidence(&typed.evidence, accounts, &reader)?;
            let since = unused::since_of(typed.used.as_deref().unwrap_or("90d"), &reader, &evidence)?;
            let found = reader.suggest_used(who, Seen { evidence: &evidence, since }, &how, tag)?;
            return print(&found, typed, "suggested");
        }
        (who, Some(file), true) => {
            let bytes =
                std::fs::read(file).map_err(|error| Failure::io("read the recording", file, &error))?;
            let text = text_file::utf8(bytes, file)?;
            let found = match (who, tag) {
                (Some(who), tag) => ask::read(accounts)?.1.suggest_recorded_of(who, &text, &how, tag)?,
                (None, Some(tag)) => ask::read(accounts)?.1.suggest_recorded_by_tag(&text, &how, tag)?,
                (None, None) => clavicle_answer::suggest_recorded(&text, &how)?,
            };
            return print(&found, typed, "recorded");
        }
        (None, None, false) => {}
        (None, None, true) => {
            return Err(Failure::usage("for what is the policy to be?")
                .help("for what somebody was seen to do: `clavicle suggest role/web --used 90d`")
                .help("for a task: `clavicle suggest --read s3://b --write queue/jobs`")
                .help("for a recording: `clavicle suggest --from record.json`"));
        }
        _ => {
            return Err(Failure::usage("a policy is for what was used, for a recording, or for a task")
                .help("ask for one of them at a time"));
        }
    }
    // Things that have their whole name need no account to be read.
    let found =
        if tag.is_none() && accounts.sources.is_empty() && tasks.iter().all(|task| is_whole(&task.thing)) {
            match ask::read(accounts) {
                Ok((_, reader)) => match reader.suggest_task(&tasks, &how, None) {
                    Ok(found) => found,
                    Err(_) => clavicle_answer::task_without_accounts(&tasks, &how)?,
                },
                Err(_) => clavicle_answer::task_without_accounts(&tasks, &how)?,
            }
        } else {
            ask::read(accounts)?.1.suggest_task(&tasks, &how, tag)?
        };
    print(&found, typed, "suggested")
}

fn is_whole(thing: &str) -> bool {
    thing.starts_with("s3://") || thing.starts_with("arn:")
}

pub(super) fn how(typed: &How) -> clavicle_answer::How {
    clavicle_answer::How {
        reach: match typed.resources {
            Reach::Exact => clavicle_trim::Reach::Exact,
            Reach::Folder => clavicle_trim::Reach::Folder,
            Reach::Type => clavicle_trim::Reach::Type,
        },
        wanted: Wanted { wildcards: typed.wildcards, place: written::place(typed.place) },
    }
}

fn tasks(typed: &Suggest) -> Result<Vec<Task>, Failure> {
    let words = [
        ("list", &typed.list),
        ("read", &typed.read),
        ("write", &typed.write),
        ("delete", &typed.delete),
        ("run", &typed.run),
    ];
    let of_word = |(what, things): (&str, &Vec<String>)| -> Vec<Task> {
        things.iter().map(|thing| Task { what: what.to_owned(), thing: thing.clone() }).collect()
    };
    let mut tasks: Vec<Task> = words.into_iter().flat_map(of_word).collect();
    for action in &typed.actions {
        match action.split_once('=') {
            Some((what, thing)) if !what.is_empty() && !thing.is_empty() => {
                tasks.push(Task { what: what.to_owned(), thing: thing.to_owned() });
            }
            _ => {
                return Err(
                    Failure::usage(format!("`{action}` does not say both")).help("write `--do ACTION=THING`")
                );
            }
        }
    }
    Ok(tasks)
}

fn print(found: &Suggestion, typed: &Suggest, likely: &str) -> Result<Exit, Failure> {
    let text = match written::as_files(&found.policies, &typed.written, likely, None)? {
        Some(text) => text,
        None if typed.written.form == PolicyForm::Json => machine::object(&found.page)?,
        None => {
            let mut page = terminal::page();
            let texts = written::texts(&found.policies)?;
            text::suggestion(&mut page, &found.page, &texts, typed.all);
            page.into_text()
        }
    };
    written::put(&text, &typed.written)?;
    Ok(Exit::Yes)
}
