//! `try`: what a change would come to, on a copy. Nothing is changed anywhere.

use std::mem::ManuallyDrop;
use std::path::Path;

use clavicle_answer::{Edit, Seen};
use clavicle_policy::{Diagnostic, Severity, parse};

use super::ask::read_from;
use super::diff::tell;
use super::unused;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::{Bar, Report as _};
use crate::source::Planned;
use crate::typed::{Accounts, WhatIf};
use crate::{policy_fault, policy_file};

/// How many faults of a text are shown.
const MOST_FAULTS: usize = 5;

/// Changes a copy and says what is different.
pub(crate) fn run(typed: &WhatIf, accounts: &Accounts) -> Result<Exit, Failure> {
    let edits = edits(typed)?;
    let (_, old) = read_from(&accounts.sources, &Planned::of(accounts), accounts)?;
    let bar = Bar::new();
    // The system takes the memory of a large account back faster than we could give it back.
    let new = ManuallyDrop::new(
        old.tried(&edits, |done, total| bar.report("compiling policies of the copy", done, total))?,
    );
    drop(bar);
    let page = match &typed.used {
        None => new.changes_since(&old),
        Some(since) => {
            let evidence = unused::evidence(&typed.evidence, accounts, &old)?;
            let since = unused::since_of(since, &old, &evidence)?;
            new.changes_with_use_since(&old, Seen { evidence: &evidence, since })
        }
    };
    tell(&page, &typed.changes, accounts)
}

/// The edits in the order: texts, then what goes, then what comes.
fn edits(typed: &WhatIf) -> Result<Vec<Edit>, Failure> {
    let mut edits = Vec::new();
    for edit in &typed.edits {
        let (policy, file) = parts(edit, "--edit POLICY=FILE")?;
        edits.push(Edit::Write { policy, text: text(Path::new(&file))? });
    }
    edits.extend(typed.deletes.iter().cloned().map(Edit::Delete));
    for detach in &typed.detaches {
        let (policy, from) = parts(detach, "--detach POLICY=WHO")?;
        edits.push(Edit::Detach { policy, from });
    }
    for attach in &typed.attaches {
        let (policy, to) = parts(attach, "--attach POLICY=WHO")?;
        edits.push(Edit::Attach { policy, to });
    }
    edits.extend(typed.unbounded.iter().cloned().map(Edit::Unbound));
    for boundary in &typed.boundaries {
        let (policy, of) = parts(boundary, "--boundary POLICY=WHO")?;
        edits.push(Edit::Bound { policy, of });
    }
    if typed.evidence.evidence.is_some() && typed.used.is_none() {
        return Err(Failure::usage("since when does a use count?").help("say it: `--used 90d`"));
    }
    if edits.is_empty() {
        return Err(Failure::usage("what is to be tried?")
            .help("name a change: `--edit POLICY=FILE`, `--delete POLICY-OR-WHO`, `--attach POLICY=WHO`, `--detach POLICY=WHO`, `--boundary POLICY=WHO`, `--no-boundary WHO`"));
    }
    Ok(edits)
}

fn parts(text: &str, form: &str) -> Result<(String, String), Failure> {
    match text.rsplit_once('=') {
        Some((policy, other)) if !policy.is_empty() && !other.is_empty() => {
            Ok((policy.to_owned(), other.to_owned()))
        }
        _ => Err(Failure::usage(format!("`{text}` does not say both")).help(format!("write `{form}`"))),
    }
}

/// The new text of a policy; `-` reads it from stdin.
fn text(path: &Path) -> Result<String, Failure> {
    let text = policy_file::text(path)?;
    let parsed = parse(text.as_bytes());
    let name = path.display().to_string();
    let is_error = |fault: &&Diagnostic| fault.severity == Severity::Error;
    let refused = parsed.diagnostics.iter().find(is_error);
    if parsed.policy.is_none() || refused.is_some() {
        policy_fault::say_of(&name, &text, &parsed.diagnostics, MOST_FAULTS);
        let problem = refused.map_or("this is no policy", |fault| fault.message.as_str());
        let failure = Failure::input(format!("AWS would not take this policy: {problem}"));
        return Err(match refused {
            Some(fault) => failure.at(format!("{name}:{}", policy_fault::position(&text, fault.span))),
            None => failure.in_file(path),
        });
    }
    policy_fault::say_of(&name, &text, &parsed.diagnostics, MOST_FAULTS);
    // Text that its author laid out keeps its lines.
    Ok(if text.trim().contains('\n') { text } else { clavicle_policy::layout(&text) })
}
