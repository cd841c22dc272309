//! Faults in the texts of policies, with their place: AWS would refuse them, or they do not mean what they seem to.

use clavicle_policy::{Diagnostic, Span};
use clavicle_snapshot::{DocumentId, MARKS_OF_LATER, PolicyState, Snapshot};

use crate::failure::lay_out_warning;
use crate::ink::{Ink, Tone, visible};
use crate::terminal;
use crate::text::Page;

/// Says the first few on stderr, and how many more there are.
pub(crate) fn say(snapshot: &Snapshot, most: usize) {
    let mut page = terminal::side_page();
    let mut found = 0;
    for (at, document) in snapshot.documents.iter().enumerate() {
        for fault in clavicle_policy::parse(document.text.as_bytes()).diagnostics {
            if is_of_later(&document.text, &fault) {
                continue;
            }
            found += 1;
            if found <= most {
                let mut name = holder(snapshot, DocumentId::at(at));
                if let [only] = snapshot.sources.as_slice() {
                    name = format!("{}: {name}", only.file);
                }
                one(&mut page, &name, &document.text, &fault);
            }
        }
    }
    if found > most {
        lay_out_warning(&mut page, &format!("{} more faults in policies", found - most), None);
    }
    terminal::say(page);
}

/// Is it what stands for something that is known after deployment only? Nobody has written that.
fn is_of_later(text: &str, fault: &Diagnostic) -> bool {
    let at = text.get(fault.span.start as usize..fault.span.end as usize).unwrap_or_default();
    MARKS_OF_LATER.iter().any(|mark| at.contains(mark))
}

/// Says the first few of one text on stderr, and how many more there are.
pub(crate) fn say_of(name: &str, text: &str, faults: &[Diagnostic], most: usize) {
    let mut page = terminal::side_page();
    faults.iter().take(most).for_each(|fault| one(&mut page, name, text, fault));
    if faults.len() > most {
        lay_out_warning(&mut page, &format!("{} more faults in the policy", faults.len() - most), Some(name));
    }
    terminal::say(page);
}

/// `line:column`, both from 1.
pub(crate) fn position(text: &str, span: Span) -> String {
    let before = text.get(..span.start as usize).unwrap_or(text);
    let lead = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
    format!("{}:{}", span.line(text), lead.chars().count() + 1)
}

/// The fault, and the line that it is on.
fn one(page: &mut Page, name: &str, text: &str, fault: &Diagnostic) {
    let start = fault.span.start as usize;
    let before = text.get(..start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text[line_start..].lines().next().unwrap_or_default();
    let number = fault.span.line(text);
    let lead = &before[line_start..];
    lay_out_warning(page, &fault.message, Some(&format!("{name}:{}", position(text, fault.span))));
    let gutter = number.to_string().len();
    let bar = |number: &str| Ink::of(Tone::Faint, &format!("{number:>gutter$} |"));
    let mut shown = bar(&number.to_string());
    shown.push(Tone::Plain, &format!(" {line}"));
    page.line(&shown);
    let marked =
        text.get(start..fault.span.end as usize).and_then(|text| text.lines().next()).unwrap_or_default();
    let mut under = bar("");
    under.pad_to(under.width() + 1 + width(lead));
    under.push(Tone::Depends, &"^".repeat(width(marked).max(1)));
    page.line(&under);
    if let Some(help) = &fault.help {
        page.words(0, Tone::Plain, &format!("help: {help}"));
    }
}

fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(&*visible(text))
}

/// Whose text is it? The first who has it.
fn holder(snapshot: &Snapshot, id: DocumentId) -> String {
    let is = |state: PolicyState| state == PolicyState::Document(id);
    for policy in &snapshot.policies {
        if is(policy.document) {
            return policy.arn.to_string();
        }
        if let Some(version) = policy.versions.iter().find(|version| version.document == id) {
            return format!("{} {}", policy.arn, version.id);
        }
    }
    for principal in &snapshot.principals {
        if let Some(inline) = principal.inline.iter().find(|inline| is(inline.document)) {
            return format!("{} inline policy {}", principal.arn, inline.name);
        }
        if is(principal.trust) {
            return format!("{} trust policy", principal.arn);
        }
    }
    if let Some(resource) = snapshot.resources.iter().find(|resource| is(resource.policy)) {
        return format!("{} resource policy", resource.arn);
    }
    let organization = snapshot.organization.iter().flat_map(|organization| &organization.policies);
    let organization = organization.into_iter().find(|policy| is(policy.document));
    organization
        .map_or_else(|| "a policy".to_owned(), |policy| format!("organization policy {}", policy.name))
}
