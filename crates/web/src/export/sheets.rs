//! Every view as a sheet.

use clavicle_answer::shape::{
    AnswerPage, ChangesPage, Citation, CoveragePage, Finding, NotSeen, Severity, SnapshotHead, Thing, Verdict,
};
use clavicle_answer::{PolicyLine, UseLine};

use super::answers::{Counts, records, rows};
use super::gaps::gaps;
use super::names::{names, some};
use super::sheet::{Sheet, Table};
use crate::map::{MapPage, chains, svg};
use crate::severity::{severity_mark, severity_word};

/// So many statements are written in full.
const MOST_STATEMENTS: usize = 60;

/// An answer to a question, the ways in from outside, or what a policy is for.
pub fn answer(page: &AnswerPage) -> Sheet {
    let verdict = match page.verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Depends => "depends",
        Verdict::Unknown => "unknown",
    };
    let mut facts = facts(&page.snapshot, &page.catalog);
    facts.insert(0, ("answer", verdict.to_owned()));
    let mut tables = vec![rows("", &page.answers, Counts::of(page))];
    if !page.pins.is_empty() {
        let rows = page.pins.iter().map(|pin| {
            let state =
                serde_json::to_value(pin.state).ok().and_then(|word| word.as_str().map(str::to_owned));
            let place = pin.label.clone().zip(pin.line).map(|(label, line)| format!("{label}:{line}"));
            vec![
                pin.layer.clone(),
                state.unwrap_or_default(),
                place.or_else(|| pin.label.clone()).unwrap_or_default(),
            ]
        });
        tables.push(Table::new("Every layer", &["layer", "state", "where"], rows.collect()));
    }
    if !page.closest.is_empty() {
        tables.push(rows("Who could instead", &page.closest, Counts::Who));
    }
    if let Some(policy) = &page.policy {
        let rows = policy.statements.iter().map(|statement| {
            let gives = statement
                .gives
                .iter()
                .map(|gives| format!("{} {} {}", gives.access, gives.count, gives.kind));
            let why = statement.redundant.clone().or_else(|| statement.idle.clone());
            vec![statement.statement.to_string(), names(gives), why.unwrap_or_default()]
        });
        tables.push(Table::new(
            "What each statement gives",
            &["statement", "gives", "adds nothing"],
            rows.collect(),
        ));
    }
    let cited = page.answers.iter().flat_map(|answer| &answer.steps).flat_map(|step| &step.because);
    let (statements, statements_left_out) =
        statements(cited.chain(page.pins.iter().flat_map(|pin| &pin.citations)));
    let cuts = page.cuts.iter().map(|cut| cut.sentence.clone());
    let miss = page.nearest_miss.iter().map(|miss| miss.sentence.clone());
    let admins = page.not_counted.administrators;
    let admins = (admins > 0).then(|| format!("Not counted: {admins} administrators."));
    let more = cuts.chain(miss).chain(admins).chain(page.notes.clone());
    let notes = gaps(&page.not_seen).into_iter().chain(of_request(page)).chain(more).collect();
    let picture = chains(page).map(|map| svg(&map, &page.sentence));
    let title = page.question.text.clone();
    Sheet {
        title,
        sentence: page.sentence.clone(),
        facts,
        tables,
        records: Some(records(page)),
        picture,
        statements,
        statements_left_out,
        notes,
    }
}

/// What the rules found: the rows that are shown.
pub fn findings(
    sentence: &str,
    snapshot: Option<&SnapshotHead>,
    catalog: &str,
    found: &[Finding],
    not_seen: &[NotSeen],
    notes: &[String],
) -> Sheet {
    let table = found.iter().map(|finding| {
        let cause = &finding.cause;
        let document = cause.document.as_ref().unwrap_or(&cause.thing.name);
        let place = cause.line.map_or_else(|| document.clone(), |line| format!("{document}:{line}"));
        let accepted =
            finding.accepted.as_ref().map(|by| format!("{} until {}: {}", by.who, by.until, by.why));
        let reaches = finding.reaches.iter().map(|reach| {
            let matter = if reach.matter.is_empty() {
                String::new()
            } else {
                format!(" ({})", reach.matter.join(", "))
            };
            format!("{} {} {}{matter}", reach.access, reach.count, reach.kind)
        });
        vec![
            severity(Some(finding.severity)),
            finding.rule.clone(),
            finding.sentence.clone(),
            place,
            names(reaches),
            finding.fix.clone(),
            accepted.unwrap_or_default(),
            finding.id.clone(),
        ]
    });
    let head = ["severity", "rule", "finding", "where", "reaches", "what to do", "accepted", "id"];
    let (statements, statements_left_out) = statements(found.iter().flat_map(|finding| &finding.because));
    Sheet {
        title: "Findings".to_owned(),
        sentence: sentence.to_owned(),
        facts: snapshot
            .map_or_else(|| vec![("AWS facts of", catalog.to_owned())], |head| facts(head, catalog)),
        tables: vec![Table::new("", &head, table.collect())],
        statements,
        statements_left_out,
        notes: gaps(not_seen).into_iter().chain(notes.iter().cloned()).collect(),
        ..Sheet::default()
    }
}

/// Policy documents: the rows that are shown.
pub fn policies(sentence: &str, snapshot: &SnapshotHead, rows: &[PolicyLine]) -> Sheet {
    let head = [
        "policy",
        "kind",
        "account",
        "attached",
        "to",
        "statements",
        "tasks",
        "equal",
        "nearly equal",
        "text seen",
    ];
    let table = rows.iter().map(|line| {
        vec![
            line.name.clone(),
            line.kind.clone(),
            line.account.clone().unwrap_or_default(),
            line.attached.to_string(),
            attached_to(line),
            line.statements.to_string(),
            line.tasks.to_string(),
            line.equal.to_string(),
            line.near.to_string(),
            if line.seen { "yes" } else { "not seen" }.to_owned(),
        ]
    });
    Sheet {
        title: "Policies".to_owned(),
        sentence: sentence.to_owned(),
        facts: vec![("data of", snapshot.id.clone())],
        tables: vec![Table::new("", &head, table.collect())],
        ..Sheet::default()
    }
}

/// Granted against used: the rows that are shown.
pub fn granted(
    sentence: &str,
    snapshot: &SnapshotHead,
    since: &str,
    rows: &[UseLine],
    notes: &[String],
) -> Sheet {
    let head = [
        "who",
        "account",
        "how many",
        "standing",
        "last used",
        "granted to each",
        "used",
        "cannot be known",
        "not used",
        "because",
    ];
    let table = rows.iter().map(|line| {
        // That more may be granted than is counted belongs to the numbers.
        let partly = line.partly_seen.then(|| "~ not all of its policies could be read".to_owned());
        vec![
            line.label.clone(),
            line.thing.account.clone().unwrap_or_default(),
            line.count.to_string(),
            line.standing.to_owned(),
            line.last_used.clone().unwrap_or_default(),
            line.granted.to_string(),
            line.used.to_string(),
            line.unknown.to_string(),
            line.unused.to_string(),
            names(line.because.clone().into_iter().chain(partly)),
        ]
    });
    Sheet {
        title: "Granted against used".to_owned(),
        sentence: sentence.to_owned(),
        facts: vec![("data of", snapshot.id.clone()), ("used since", since.to_owned())],
        tables: vec![Table::new("", &head, table.collect())],
        notes: notes.to_vec(),
        ..Sheet::default()
    }
}

/// What was seen and what was not.
pub fn coverage(page: &CoveragePage) -> Sheet {
    let accounts = page.accounts.iter().map(|account| {
        let cells = page.services.iter().zip(&account.cells).filter(|(_, cell)| **cell != "none");
        let cells: Vec<String> = cells.map(|(service, cell)| format!("{service}: {cell}")).collect();
        vec![account.name.clone(), account.id.clone().unwrap_or_default(), cells.join(", ")]
    });
    let gaps = page.gaps.iter().map(|gap| {
        vec![
            gap.call.clone(),
            gap.state.to_owned(),
            gap.why.clone(),
            some(gap.places.iter().cloned(), gap.place_count),
            gap.things.to_string(),
            some(gap.unseen.iter().cloned(), gap.unseen_count),
        ]
    });
    let warnings = page.warnings.iter().map(|warning| vec![warning.place.clone(), warning.text.clone()]);
    Sheet {
        title: "Data".to_owned(),
        sentence: page.sentence.clone(),
        facts: facts(&page.snapshot, &page.catalog),
        tables: vec![
            Table::new("Missing", &["call", "state", "why", "where", "things", "about"], gaps.collect()),
            Table::new("Accounts", &["account", "id", "seen"], accounts.collect()),
            Table::new("Not understood", &["where", "what"], warnings.collect()),
        ],
        ..Sheet::default()
    }
}

/// What a change comes to, or what is different between two states.
pub fn changes(page: &ChangesPage) -> Sheet {
    let access = page.access.iter().map(|change| {
        vec![
            if change.widens { "widens" } else { "narrows" }.to_owned(),
            change.sentence.clone(),
            names(change.who.iter().map(Thing::called)),
            change.access.join(" "),
            some(change.on.iter().map(Thing::called), change.count),
            names(change.because.iter().map(|cited| format!("{}:{}", cited.document, cited.line))),
        ]
    });
    let documents = page.documents.iter().map(|change| {
        let both = change
            .more
            .iter()
            .map(|more| format!("+ {more}"))
            .chain(change.denies_less.iter().map(|less| format!("+ denied no more: {less}")))
            .chain(change.less.iter().map(|less| format!("− {less}")))
            .chain(change.denies_more.iter().map(|more| format!("− denied: {more}")));
        vec![change.document.clone(), change.verdict.clone(), names(both), change.doubts.join(" ")]
    });
    let attachments = page.attachments.iter().map(|change| {
        vec![change.policy.clone(), attachment(&change.change).to_owned(), change.bearer.clone()]
    });
    let mut tables = vec![
        Table::new("Access", &["change", "what", "who", "access", "on", "because"], access.collect()),
        Table::new("Policies", &["policy", "comes to", "actions", "not known"], documents.collect()),
        Table::new("Attachments", &["policy", "change", "bearer"], attachments.collect()),
    ];
    for (heading, answers) in [
        ("Chains that are there now", &page.opened),
        ("Chains that are gone", &page.closed),
        ("Ways in that are there now", &page.ways_opened),
        ("Ways in that are gone", &page.ways_closed),
    ] {
        tables.push(rows(heading, answers, Counts::Who));
    }
    let chains = [&page.opened, &page.closed, &page.ways_opened, &page.ways_closed].into_iter().flatten();
    let of_chains = chains.flat_map(|answer| &answer.steps).flat_map(|step| &step.because);
    let of_access = page.access.iter().flat_map(|change| &change.because);
    let (statements, statements_left_out) = statements(of_access.chain(of_chains));
    let gate = page.gate.stated.then(|| {
        let because: String = page.gate.because.iter().map(|because| format!("; {because}")).collect();
        ("gate", format!("{}{because}", page.gate.verdict))
    });
    Sheet {
        title: "Changes".to_owned(),
        sentence: page.sentence.clone(),
        facts: [
            ("before", page.old.id.clone()),
            ("after", page.new.id.clone()),
            ("AWS facts of", page.catalog.clone()),
        ]
        .into_iter()
        .chain(gate)
        .collect(),
        tables,
        statements,
        statements_left_out,
        notes: page.notes.clone(),
        ..Sheet::default()
    }
}

/// A map: its picture, and its lines as rows.
pub fn map(page: &MapPage, sentence: &str) -> Sheet {
    let mut head = vec!["severity", "from", "relation", "to", "pairs", "if"];
    if page.change.is_some() {
        head.insert(0, "before or after");
    }
    let rows = page.rows.iter().map(|row| {
        let own = [
            severity(row.mark),
            row.from.clone(),
            row.relation.name().to_owned(),
            row.to.clone(),
            row.count.to_string(),
            row.condition.clone().unwrap_or_default(),
        ];
        row.change.map(|change| change.words().to_owned()).into_iter().chain(own).collect()
    });
    let tray = page.tray.iter().map(|tray| format!("{}: {}.", tray.label, tray.count));
    let notes = page.notes.iter().cloned();
    Sheet {
        title: page.title.clone(),
        sentence: sentence.to_owned(),
        tables: vec![Table::new("Lines", &head, rows.collect())],
        picture: Some(svg(page, sentence)),
        notes: notes.chain(tray).collect(),
        ..Sheet::default()
    }
}

fn facts(snapshot: &SnapshotHead, catalog: &str) -> Vec<(&'static str, String)> {
    let whole = if snapshot.complete { "all was seen" } else { "some of it was not seen" };
    vec![
        ("data of", snapshot.id.clone()),
        ("accounts", snapshot.accounts.to_string()),
        ("users and roles", snapshot.identities.to_string()),
        ("seen", whole.to_owned()),
        ("AWS facts of", catalog.to_owned()),
    ]
}

fn severity(mark: Option<Severity>) -> String {
    mark.map_or_else(String::new, |mark| format!("{} {}", severity_mark(mark), severity_word(mark)))
}

/// What the request needs besides, and what is taken for granted of it.
fn of_request(page: &AnswerPage) -> impl Iterator<Item = String> {
    let needs =
        page.needs.iter().map(|need| format!("also needs {} on {} ({})", need.action, need.on, need.why));
    let assumed = page.assumes.iter().map(|(key, values)| format!("{key} is {}", values.join(" or ")));
    let assumed: Vec<String> = assumed.collect();
    let assumed =
        (!assumed.is_empty()).then(|| format!("Taken for granted of the request: {}.", assumed.join(", ")));
    needs.chain(assumed)
}

fn attached_to(line: &PolicyLine) -> String {
    let later = line.known_later.then(|| "known after deployment".to_owned());
    line.attached_to.iter().cloned().chain(later).collect::<Vec<_>>().join(", ")
}

/// Each statement once, and how many more there are.
fn statements<'c>(cited: impl Iterator<Item = &'c Citation>) -> (Vec<(String, String)>, usize) {
    let mut seen = std::collections::BTreeSet::new();
    let mut told = Vec::new();
    for citation in cited {
        let sid = citation.sid.as_ref().map_or_else(String::new, |sid| format!(" \"{sid}\""));
        let place = format!("{}:{}{sid}, {}", citation.document, citation.line, citation.effect);
        if seen.insert(place.clone()) && told.len() < MOST_STATEMENTS {
            told.push((place, citation.text.clone()));
        }
    }
    let left = seen.len() - told.len();
    (told, left)
}

/// What became of a policy and its bearer, to be read between the two.
fn attachment(change: &str) -> &str {
    match change {
        "attached" => "attached to",
        "detached" => "detached from",
        "boundary" => "the boundary of",
        "no boundary" => "no longer the boundary of",
        other => other,
    }
}
