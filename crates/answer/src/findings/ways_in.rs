//! `public-access`, `outside-unknown`, `outside-known`, `any-subject`, `identity-provider` and `confused-deputy`: ways in from
//! outside that let in more than anybody can answer for. Which rule a way belongs to, `outside` says in the same words.

use clavicle_graph::outside::{Door, Opening, Way};
use clavicle_graph::{Document, StatementPlace};

use super::found::Found;
use super::{Family, Look, Rule};
use crate::page::listed;
use crate::reader::Reader;
use crate::shape::{Answer, Reached, Severity};

pub(super) const FAMILY: Family = Family {
    rules: &[PUBLIC_ACCESS, OUTSIDE_UNKNOWN, OUTSIDE_KNOWN, ANY_SUBJECT, IDENTITY_PROVIDER, CONFUSED_DEPUTY],
    look,
};

const SEVERITY: &str = "By who comes: everybody, an account that nobody knows, one that a list names, one that is known. By whether a condition that they cannot meet by themselves keeps others out. By what they get at the door: a role, control, writing, reading. By whether what matters or an administrator lies behind it. Ways that come out as low are not findings; `clavicle outside` lists them.";
const FIX_SOURCE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html";

const PUBLIC_ACCESS: Rule = Rule {
    id: "public-access",
    title: "everyone, or everyone with an AWS account, is let in",
    means: "The policy, access control list or share of a thing, or the trust policy of a role, lets in everybody. Conditions, control policies and blocks of public access leave that open. One finding is one door.",
    why: "Nobody has to steal anything. Whoever finds the name has what the door gives.",
    fix: "Name the accounts, organizations or networks that need it, or block public access. Accept the finding if the thing is meant for everyone.",
    severity: SEVERITY,
    sources: &[
        FIX_SOURCE,
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ],
};

const OUTSIDE_UNKNOWN: Rule = Rule {
    id: "outside-unknown",
    title: "an account or organization is let in that nobody here knows",
    means: "A door names an account, principal or organization that is not of the organization. It stands neither under `[[known]]` in clavicle.toml nor in a list given by `--known`. One finding is one door and one outsider.",
    why: "Whoever runs that account, or takes it over, decides who comes in.",
    fix: "Find out whose it is: name it under `[[known]]` with a reason, and ask for an external id of each vendor. Else take it out of the policy.",
    severity: SEVERITY,
    sources: &[
        FIX_SOURCE,
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
    ],
};

const OUTSIDE_KNOWN: Rule = Rule {
    id: "outside-known",
    title: "somebody known comes in past nothing that keeps others out",
    means: "A door lets in an account or principal that clavicle.toml or a list knows. It is a trust policy without an external id or another guard, or lets them control something.",
    why: "A vendor acts for all of its customers: without an external id any of them may come to act here through it.",
    fix: "Ask for an external id that the vendor made for you, in `sts:ExternalId` of the trust policy.",
    severity: SEVERITY,
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html"],
};

const ANY_SUBJECT: Rule = Rule {
    id: "any-subject",
    title: "a public identity provider is trusted for more than one project",
    means: "A trust policy lets in whom a shared identity provider (code hosts, Cognito, sign-in with a company) vouches for. What it asks of the subject fits everybody there, or all that one owner has.",
    why: "Everybody can have an account there. A pattern over all branches or repositories lets in whoever can open a pull request or make a repository.",
    fix: "Name the project and branch or environment in the `sub` condition of the trust policy, and the audience in `aud`.",
    severity: SEVERITY,
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html",
    ],
};

const IDENTITY_PROVIDER: Rule = Rule {
    id: "identity-provider",
    title: "an identity provider leads to power or to what matters",
    means: "A trust policy lets in whom an identity provider vouches for, narrowed to a part of them or run by the organization itself. The role is an administrator or leads to what matters.",
    why: "Who signs whom in there decides who has that here, and no policy of these accounts shows it.",
    fix: "Narrow the subjects to those who need it, or what the role can do. Accept the finding if it is meant.",
    severity: SEVERITY,
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html"],
};

const CONFUSED_DEPUTY: Rule = Rule {
    id: "confused-deputy",
    title: "a service is let in for whoever asks it to",
    means: "The policy of a thing lets in an AWS service that acts for its customers. No condition ties that to an account, an organization or a thing (aws:SourceAccount, aws:SourceArn, aws:SourceOrgID).",
    why: "A stranger can ask the same service to do it for them.",
    fix: "Add aws:SourceAccount or aws:SourceArn (for many accounts aws:SourceOrgID) with your own to the statement.",
    severity: SEVERITY,
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"],
};

fn look(look: &Look<'_>) -> Vec<Found> {
    let reader = look.reader;
    let open = reader.ways().iter().filter(|way| way.opening() <= Opening::Conditional);
    open.filter_map(|way| found(reader, way)).collect()
}

fn found(reader: &Reader, way: &Way) -> Option<Found> {
    let severity = reader.way_severity(way).filter(|severity| *severity >= Severity::Medium)?;
    let rule = FAMILY.rules.iter().find(|rule| rule.id == reader.way_rule(way))?;
    let answer = reader.way_answer(way, true)?;
    let row = answer.way.as_ref()?;
    let on = answer.on.first()?;
    let (document, door) = match way.door {
        Door::Trust(role) => (Some(Document::Trust(role)), "trust"),
        Door::Policy(thing) => (Some(Document::Resource(thing)), "policy"),
        Door::Acl(_) => (None, "acl"),
        Door::Share(_) => (None, "share"),
    };
    let statement = way.statements.first().copied();
    let cause = match &document {
        Some(document) => reader.cause_of_document(document, statement),
        None => {
            crate::shape::Cause { thing: on.clone(), document: None, statement: None, sid: None, line: None }
        }
    };
    let places = document.iter().flat_map(|document| {
        way.statements
            .iter()
            .map(|statement| StatementPlace { document: document.clone(), statement: *statement })
    });
    Some(Found {
        rule: rule.id,
        key: vec![on.arn.clone()?, door.to_owned(), row.outsider.clone(), row.from.clone()],
        severity,
        reason: reason(&answer),
        sentence: sentence(&answer)?,
        cause,
        reaches: reaches(&answer),
        fix: rule.fix.to_owned(),
        because: places.filter_map(|at| reader.cite_statement(&at)).collect(),
        outsider: Some(way.outsider.clone()),
    })
}

/// Who comes in by which door. Of an identity provider, whom of its users that means: what the statement asks of their tokens
/// says it in keys.
fn sentence(answer: &Answer) -> Option<String> {
    let step = answer.steps.first()?;
    let row = answer.way.as_ref()?;
    let Some(subjects) = &row.subjects else { return Some(format!("{}.", who_comes(answer)?)) };
    let is_told = |kind: &str| matches!(kind, "subject" | "audience");
    let others = row.guards.iter().filter(|guard| guard.keeps_out && !is_told(&guard.kind));
    let others: Vec<&str> = others.map(|guard| guard.text.as_str()).collect();
    let condition = if others.is_empty() { String::new() } else { format!(", if {}", others.join(" and ")) };
    Some(format!("{}: {subjects} can become {}{condition}.", row.from, step.to.name))
}

/// `unknown account 999999999999 becomes role/x and reaches s3://invoices in 5 steps`; others than an account that nobody knows
/// by the sentence of their step.
fn who_comes(answer: &Answer) -> Option<String> {
    const UNKNOWN: &str = "unknown account";
    let step = answer.steps.first()?;
    let row = answer.way.as_ref()?;
    let named = format!("acct/{}", row.from);
    let Some(does) = step.sentence.strip_prefix(&named).filter(|_| row.standing == UNKNOWN) else {
        return Some(step.sentence.clone());
    };
    let leads = row.reaches.first().filter(|lead| lead.steps > 1).map(|lead| {
        format!(" and reaches {} in {}", lead.thing, crate::count::counted(lead.steps, "step", "steps"))
    });
    Some(format!("{UNKNOWN} {}{does}{}", row.from, leads.unwrap_or_default()))
}

/// `unknown account; no condition; reaches s3://invoices in 5 steps`
fn reason(answer: &Answer) -> String {
    let Some(row) = &answer.way else { return String::new() };
    let mut parts = vec![row.standing.clone()];
    let guards: Vec<&str> =
        row.guards.iter().filter(|guard| guard.keeps_out).map(|guard| guard.text.as_str()).collect();
    match (guards.is_empty(), row.missing.is_empty()) {
        (false, _) => parts.push(format!("if {}", guards.join(" and "))),
        (true, false) => parts.push(format!("no {}", row.missing.join(", "))),
        (true, true) => parts.push("no condition keeps anybody out".to_owned()),
    }
    if let Some(lead) = row.reaches.first() {
        let steps = crate::count::counted(lead.steps, "step", "steps");
        parts.push(format!("reaches {} in {steps}", lead.thing));
    }
    parts.join("; ")
}

fn reaches(answer: &Answer) -> Vec<Reached> {
    let mut found: Vec<Reached> = Vec::new();
    if let Some(on) = answer.on.first() {
        let access = listed(&answer.access);
        found.push(Reached { access, kind: on.kind.clone(), count: 1, matter: vec![on.name.clone()] });
    }
    for lead in answer.way.iter().flat_map(|row| &row.reaches).filter(|lead| lead.steps > 1) {
        match found.iter_mut().find(|known| known.access == lead.access && known.kind == lead.kind) {
            Some(known) => {
                known.count += 1;
                known.matter.push(lead.thing.clone());
            }
            None => found.push(Reached {
                access: lead.access.clone(),
                kind: lead.kind.clone(),
                count: 1,
                matter: vec![lead.thing.clone()],
            }),
        }
    }
    found
}
