//! What lets somebody do more, and what may, as findings of a build: what is less is no finding.

use std::cmp::Reverse;

use clavicle_answer::findings::id_of;
use clavicle_answer::shape::{
    AccessChange, Answer, AttachmentChange, Cause, ChangesPage, Citation, DocumentChange, Finding, Severity,
    Thing,
};

use super::RuleWords;

/// What is reported of a difference, worst first.
pub(crate) struct Remarks {
    /// The difference in one sentence.
    pub(crate) sentence: String,
    pub(crate) list: Vec<Remark>,
    /// Plain sentences.
    pub(crate) notes: Vec<String>,
    /// The new snapshot, of accounts.
    pub(crate) snapshot: Option<String>,
    /// The date of the AWS facts.
    pub(crate) catalog: String,
}

/// One of them.
pub(crate) struct Remark {
    pub(crate) finding: Finding,
    /// Where it stands, if a file is known.
    pub(crate) place: Option<Spot>,
}

/// Lines of a file, from 1.
#[derive(Clone)]
pub(crate) struct Spot {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) end_line: usize,
}

const WIDER_ACCESS: RuleWords = RuleWords {
    id: "wider-access",
    title: "somebody can do more",
    means: "Somebody can do something with a thing of the accounts that they could not do before, or needs no condition for it now.",
    why: "Access that a change gives by the way is access that nobody decided to give.",
    fix: "Narrow the statement that gives it, or let somebody approve the change.",
    page: None,
};
const ALL_POWER: RuleWords = RuleWords {
    id: "all-power",
    title: "somebody comes to all the power over an account",
    means: "A user or role is an administrator after the change and was none before.",
    why: "An administrator can give themselves and others every other right.",
    fix: "Give the actions that the task needs instead.",
    page: None,
};
const WIDER_POLICY: RuleWords = RuleWords {
    id: "wider-policy",
    title: "a policy allows more",
    means: "There is a request that the new text of a policy allows and the old one does not, or that the old one denied and the new one leaves to others; proved with an example.",
    why: "A text may give rights on things that are not there yet, or that nobody has seen.",
    fix: "Narrow the statement, or let somebody approve the change.",
    page: None,
};
const NEW_CHAIN: RuleWords = RuleWords {
    id: "new-chain",
    title: "a chain leads to administrators or to what matters",
    means: "Somebody gets there by steps, each allowed, who did not get there before.",
    why: "A right that looks small can lead to all others.",
    fix: "Take away the step that was least meant; `clavicle path FROM TO --cut` names the cheapest.",
    page: None,
};
const NEW_WAY_IN: RuleWords = RuleWords {
    id: "new-way-in",
    title: "somebody from outside gets in",
    means: "A trust policy, or a policy of a thing, lets in somebody from beyond the organization who was not let in before, or not so far.",
    why: "Whoever it lets in is bound by none of our policies.",
    fix: "Name the accounts and ask for a condition that only they meet.",
    page: None,
};
const UNKNOWN: RuleWords = RuleWords {
    id: "unknown-change",
    title: "it is not known what a change comes to",
    means: "A policy changed in a way that could let somebody do more, and nothing that was seen shows whether it does.",
    why: "Not known is not no.",
    fix: "Look at the change; `clavicle check` and `clavicle can` tell what is missing.",
    page: None,
};

/// What can be reported.
pub(super) const RULES: [RuleWords; 6] =
    [ALL_POWER, NEW_CHAIN, NEW_WAY_IN, WIDER_ACCESS, WIDER_POLICY, UNKNOWN];

impl Remarks {
    /// Of two states of accounts.
    pub(crate) fn of_accounts(page: &ChangesPage) -> Self {
        let mut list: Vec<Remark> = page.access.iter().filter(|row| row.widens).map(access).collect();
        list.extend(page.opened.iter().map(|answer| chain(answer, &NEW_CHAIN)));
        list.extend(page.ways_opened.iter().map(|answer| chain(answer, &NEW_WAY_IN)));
        list.extend(page.documents.iter().filter(|change| change.in_use).filter_map(document));
        let open = page.verdict == "unknown";
        let may = page.attachments.iter().filter(|change| open && change.may_widen);
        list.extend(may.map(attachment));
        list.sort_by_key(|remark| Reverse(remark.finding.severity));
        Self {
            sentence: format!("{} ({})", page.sentence, page.verdict),
            list,
            notes: page.notes.clone(),
            snapshot: Some(page.new.id.clone()),
            catalog: page.catalog.clone(),
        }
    }
}

impl Remark {
    /// Of a policy file, which stands at `place`.
    /// `reason`: why it widens; `None`: that is not known.
    pub(crate) fn in_policy(
        sentence: String,
        place: Spot,
        sid: Option<String>,
        reason: Option<&str>,
    ) -> Self {
        let thing = named(&place.file, "policy");
        let (rule, severity, reason) = match reason {
            Some(reason) => (&WIDER_POLICY, Severity::Medium, reason),
            None => (&UNKNOWN, Severity::Low, "it could not be decided"),
        };
        let key = [place.file.clone(), sentence.clone()];
        let cause =
            Cause { thing, document: Some(place.file.clone()), statement: None, sid, line: Some(place.line) };
        Self {
            finding: finding(rule, &key, severity, reason, sentence, cause, Vec::new()),
            place: Some(place),
        }
    }
}

fn access(row: &AccessChange) -> Remark {
    let all = row.change == "gains all";
    let (rule, severity, reason) = match (all, row.matters) {
        (true, _) => (&ALL_POWER, Severity::Critical, "an administrator can do everything in the account"),
        (_, true) => (&WIDER_ACCESS, Severity::High, "it is about something that matters"),
        _ => (&WIDER_ACCESS, Severity::Medium, "it was not possible before the change"),
    };
    let mut key = vec![row.change.clone(), row.access.join(" ")];
    key.extend(row.who.iter().map(called));
    key.push(String::new());
    key.extend(row.on.iter().map(called));
    let cause = cause(row.who.first(), row.because.first());
    let place = spot(&row.because);
    let sentence = format!("{}.", row.sentence);
    Remark { finding: finding(rule, &key, severity, reason, sentence, cause, row.because.clone()), place }
}

fn chain(answer: &Answer, rule: &RuleWords) -> Remark {
    let because: Vec<Citation> = answer.steps.iter().flat_map(|step| step.because.clone()).collect();
    let way: Vec<String> =
        answer.steps.iter().map(|step| format!("{} {}", step.relation, step.to.name)).collect();
    let end = answer.steps.last().map(|step| called(&step.to)).unwrap_or_default();
    let mut key: Vec<String> = answer.who.iter().map(called).collect();
    key.extend([String::new(), end, answer.access.join(" ")]);
    let cause = cause(answer.who.first(), because.first());
    let sentence = match (rule.id == NEW_WAY_IN.id, answer.on.first()) {
        (true, Some(door)) => {
            let access = if answer.access.is_empty() {
                String::new()
            } else {
                format!(" ({})", answer.access.join(", "))
            };
            format!("{} gets in by {}{access}.", answer.label, door.name)
        }
        _ => format!("{} {}.", answer.label, way.join(", ")),
    };
    let severity = answer.severity.unwrap_or(Severity::High);
    let place = spot(&because);
    Remark { finding: finding(rule, &key, severity, rule.title, sentence, cause, because), place }
}

fn document(change: &DocumentChange) -> Option<Remark> {
    let (rule, severity, reason, sentence) = match change.verdict.as_str() {
        "widens" | "changes" => (
            &WIDER_POLICY,
            Severity::Medium,
            "the old text did not let it through",
            [("allows more", &change.more), ("denies less", &change.denies_less)]
                .into_iter()
                .filter(|(_, actions)| !actions.is_empty())
                .map(|(what, actions)| {
                    format!("The text of {} {what}: {}.", change.document, super::some(actions))
                })
                .collect::<Vec<_>>()
                .join(" "),
        ),
        "unknown" => (
            &UNKNOWN,
            Severity::Low,
            "it could not be decided",
            format!(
                "What the text of {} allows more is not known: {}.",
                change.document,
                change.doubts.join("; ")
            ),
        ),
        _ => return None,
    };
    let cause = Cause {
        thing: named(&change.document, "policy"),
        document: Some(change.document.clone()),
        statement: None,
        sid: None,
        line: None,
    };
    let place = change.declared_at.as_ref().map(|(file, line)| lines(file, *line));
    let key = [change.document.clone(), change.more.join(" "), change.denies_less.join(" ")];
    Some(Remark { finding: finding(rule, &key, severity, reason, sentence, cause, Vec::new()), place })
}

fn attachment(change: &AttachmentChange) -> Remark {
    let sentence = match change.change.as_str() {
        "attached" => format!("{} is attached to {}.", change.policy, change.bearer),
        "detached" => format!("{} is not attached to {} any more.", change.policy, change.bearer),
        "boundary" => format!("{} is the boundary of {}.", change.policy, change.bearer),
        _ => format!("{} is not the boundary of {} any more.", change.policy, change.bearer),
    };
    let cause = Cause {
        thing: named(&change.bearer, "principal"),
        document: Some(change.policy.clone()),
        statement: None,
        sid: None,
        line: None,
    };
    let key = [change.policy.clone(), change.bearer.clone(), change.change.clone()];
    let reason = "what it gives on things that were not seen is not known";
    Remark {
        finding: finding(&UNKNOWN, &key, Severity::Low, reason, sentence, cause, Vec::new()),
        place: None,
    }
}

fn finding(
    rule: &RuleWords,
    key: &[String],
    severity: Severity,
    reason: &str,
    sentence: String,
    cause: Cause,
    because: Vec<Citation>,
) -> Finding {
    Finding {
        id: id_of(rule.id, key),
        rule: rule.id.to_owned(),
        severity,
        reason: reason.to_owned(),
        sentence,
        cause,
        reaches: Vec::new(),
        fix: rule.fix.to_owned(),
        because,
        accepted: None,
    }
}

fn cause(thing: Option<&Thing>, cited: Option<&Citation>) -> Cause {
    Cause {
        thing: thing.cloned().unwrap_or_else(|| named("", "")),
        document: cited.map(|cited| cited.document.clone()),
        statement: cited.map(|cited| cited.statement),
        sid: cited.and_then(|cited| cited.sid.clone()),
        line: cited.map(|cited| cited.line),
    }
}

/// The first statement that a file of the change declares.
fn spot(because: &[Citation]) -> Option<Spot> {
    let declared = because.iter().find_map(|cited| cited.declared_at.as_ref());
    declared.map(|(file, line)| lines(file, *line))
}

fn lines(file: &str, line: usize) -> Spot {
    Spot { file: file.to_owned(), line, end_line: line }
}

fn named(name: &str, kind: &str) -> Thing {
    Thing { name: name.to_owned(), arn: None, kind: kind.to_owned(), account: None, known_as: None }
}

fn called(thing: &Thing) -> String {
    thing.arn.clone().unwrap_or_else(|| thing.name.clone())
}
