//! `prove findings`: what a policy allows outside of a zone of trust, label by label.
//!
//! A zone is a policy like any other: one that allows what is trusted. An account and an organization are such policies,
//! made here.

use std::path::Path;

use clavicle_engine::{AccountId, Principals};
use clavicle_prover::{Access, Document, Doubt, Finding, Findings, Label, Labelled, Limits, Store};
use serde_json::{Value, json};

use super::prove::{example, names};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::ink::{Ink, Tone};
use crate::machine::escaped;
use crate::policy_file::PolicyFile;
use crate::report;
use crate::terminal;
use crate::text::Page;
use crate::typed::{FindingsOf, TextOrJson};

/// A list asks many questions, each of which may cost this.
const LIMITS: Limits = Limits { nodes: 2_000_000, steps: 100_000_000, deadline: None };

/// Lists the findings.
pub(super) fn run(typed: &FindingsOf) -> Result<Exit, Failure> {
    let file = PolicyFile::read(&typed.policy.file)?;
    let principals = if names(&file) { Principals::Required } else { Principals::Ignored };
    let mut store = Store::new();
    let document = store.compile(&file.policy, principals);
    let mut zone: Option<Access> = None;
    for who in &typed.trust {
        let trusted = trusted(&mut store, who, principals)?;
        zone = Some(match zone {
            Some(zone) => zone.or(trusted),
            None => trusted,
        });
    }
    let findings = store.findings(&document, &file.policy, zone.as_ref(), LIMITS);
    let told = Told { file: &file, document: &document, trust: &typed.trust, findings: &findings };
    match typed.policy.form {
        TextOrJson::Text => {
            let mut page = terminal::page();
            told.lay_out(&mut page);
            terminal::print(&page.into_text())?;
        }
        TextOrJson::Json => terminal::print(&(escaped(&format!("{:#}", told.json())) + "\n"))?,
    }
    Ok(match told.verdict() {
        "proved" => Exit::Yes,
        "no" => Exit::No,
        _ => Exit::Undecided,
    })
}

/// What is trusted by one `--trust`.
fn trusted(store: &mut Store, who: &str, principals: Principals) -> Result<Access, Failure> {
    let conditions: Vec<Value> = if AccountId::parse(who).is_some() {
        // Keys that AWS sets, by which a request is tied to the account.
        vec![
            json!({"StringEquals": {"aws:PrincipalAccount": who}}),
            json!({"ArnLike": {"aws:PrincipalArn": format!("arn:*:*::{who}:*")}}),
            json!({"StringEquals": {"aws:SourceAccount": who}}),
            json!({"StringEquals": {"aws:SourceOwner": who}}),
            json!({"ArnLike": {"aws:SourceArn": format!("arn:*:*:*:{who}:*")}}),
        ]
    } else if is_organization(who) {
        vec![
            json!({"StringEquals": {"aws:PrincipalOrgID": who}}),
            json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": format!("{who}/*")}}),
            json!({"StringEquals": {"aws:SourceOrgID": who}}),
        ]
    } else {
        let zone = PolicyFile::read(Path::new(who))?;
        if principals == Principals::Required && !names(&zone) {
            return Err(Failure::usage(format!("`{who}` names no principals, so it trusts nobody")).help(
                "a zone for the policy of a resource says whom it trusts: `\"Principal\": \"*\"` is everyone",
            ));
        }
        if principals == Principals::Ignored && names(&zone) {
            return Err(Failure::usage(format!(
                "`{who}` names principals, and the policy does not: it says nothing of who asks"
            ))
            .help("leave `Principal` out of the zone, or leave out `--trust`"));
        }
        return Ok(store.compile(&zone.policy, principals).access());
    };
    if principals == Principals::Ignored {
        return Err(Failure::usage("this policy names no principals: it says nothing of who asks")
            .help("name a file with a policy that allows what is trusted, or leave out `--trust`"));
    }
    let allow = |principal: Value, condition: Value| {
        json!({"Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*",
               "Condition": condition})
    };
    let own = AccountId::parse(who).map(|_| allow(json!({"AWS": who}), json!({})));
    let tied = conditions.into_iter().map(|condition| allow(json!("*"), condition));
    let text = json!({"Version": "2012-10-17", "Statement": own.into_iter().chain(tied).collect::<Vec<_>>()});
    let policy = clavicle_policy::parse(text.to_string().as_bytes()).policy;
    let policy = policy.ok_or_else(|| Failure::usage(format!("`{who}` is no zone of trust")))?;
    Ok(store.compile(&policy, principals).access())
}

/// AWS Organizations: `o-` and 10 to 32 letters and digits (API reference, `Organization`, `Id`).
fn is_organization(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|rest| {
        (10..=32).contains(&rest.len())
            && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

struct Told<'a> {
    file: &'a PolicyFile,
    document: &'a Document,
    trust: &'a [String],
    findings: &'a Findings,
}

impl Told<'_> {
    fn verdict(&self) -> &'static str {
        match (self.findings.list.as_slice(), self.findings.doubts.as_slice()) {
            ([], []) => "proved",
            ([], _) => "unknown",
            _ => "no",
        }
    }

    fn sentence(&self) -> String {
        let name = &self.file.name;
        let outside = match self.trust {
            [] => String::new(),
            trust => format!(" outside of {}", trust.join(" and ")),
        };
        match (self.verdict(), self.findings.list.len()) {
            ("proved", _) => format!("PROVED for every request: {name} allows nothing{outside}."),
            ("unknown", _) => format!("UNKNOWN whether {name} allows something{outside}."),
            (_, 1) => format!("1 finding: what {name} allows{outside}."),
            (_, count) => format!("{count} findings: what {name} allows{outside}."),
        }
    }

    fn lay_out(&self, page: &mut Page) {
        let tone = if self.verdict() == "unknown" { Tone::Unseen } else { Tone::Strong };
        page.words(0, tone, &self.sentence());
        for finding in &self.findings.list {
            let mut pieces = vec![Ink::of(Tone::Depends, "●")];
            pieces.extend(report::some(&actions(finding)).split(' ').map(Ink::plain));
            page.flow(2, 4, 1, &pieces);
            let labels: Vec<String> = finding.labels.iter().map(words).collect();
            let labels = if labels.is_empty() { "anything".to_owned() } else { labels.join(" · ") };
            page.words(4, Tone::Plain, &labels);
            page.words(4, Tone::Plain, &format!("for example {}", finding.witness));
            if finding.witness.uncatalogued {
                page.words(4, Tone::Faint, "the catalogue does not have this action");
            }
            for place in self.granted_by(finding) {
                page.words(4, Tone::Faint, &format!("allowed by {place}"));
            }
        }
        for doubt in &self.findings.doubts {
            page.words(2, Tone::Unseen, &format!("? there may be more: {}", self.doubt(doubt)));
        }
    }

    /// The statements that allow the example.
    fn granted_by(&self, finding: &Finding) -> Vec<String> {
        let own = finding.witness.matching.iter().filter(|at| at.policy == self.document.policy());
        let allows = |at: &&clavicle_engine::StatementRef| {
            let statement = self.file.policy.statements.get(at.statement as usize);
            statement
                .and_then(|statement| statement.effect.as_ref())
                .is_some_and(|effect| effect.value == clavicle_policy::Effect::Allow)
        };
        own.filter(allows).map(|at| self.file.place(at.statement as usize)).collect()
    }

    fn doubt(&self, doubt: &Doubt) -> String {
        match doubt {
            Doubt::Unread(at) if at.policy == self.document.policy() => {
                format!("{} could not be read, and decides", self.file.place(at.statement as usize))
            }
            other => other.to_string(),
        }
    }

    fn json(&self) -> Value {
        let label = |label: &Label| {
            let (of, key) = match &label.of {
                Labelled::Principal => ("principal", Value::Null),
                Labelled::Resource => ("resource", Value::Null),
                Labelled::Key(key) => ("key", json!(key)),
            };
            json!({"of": of, "key": key, "test": label.test, "values": label.values})
        };
        let findings = self.findings.list.iter().map(|finding| {
            json!({
                "labels": finding.labels.iter().map(label).collect::<Vec<_>>(),
                "actions": finding.actions,
                "uncatalogued": finding.uncatalogued,
                "example": example(&finding.witness),
                "because": self.granted_by(finding),
            })
        });
        json!({
            "schema": "clavicle.findings/1",
            "policy": self.file.name,
            "trust": self.trust,
            "verdict": self.verdict(),
            "findings": findings.collect::<Vec<_>>(),
            "unknown": self.findings.doubts.iter().map(|doubt| self.doubt(doubt)).collect::<Vec<_>>(),
            "facts": clavicle_catalog::catalog().data_date(),
        })
    }
}

/// `by 777788889999`, `on arn:aws:s3:::b/*`, `aws:SourceVpc StringEquals vpc-1`
fn words(label: &Label) -> String {
    let values = label.values.join(", ");
    match &label.of {
        Labelled::Principal if label.test == "AWS" => format!("by {values}"),
        Labelled::Principal => format!("by {} {values}", label.test),
        Labelled::Resource => format!("on {values}"),
        Labelled::Key(key) => format!("{key} {} {values}", label.test),
    }
}

fn actions(finding: &Finding) -> Vec<String> {
    let mut actions = finding.actions.clone();
    if finding.uncatalogued && actions != ["*"] {
        let others =
            if actions.is_empty() { "actions not in the catalogue" } else { "others not in the catalogue" };
        actions.push(others.to_owned());
    }
    actions
}
