//! `fat-policy`: a policy that allows everything, or everything of a service, on everything.

use clavicle_catalog::{Word, words};
use clavicle_graph::{Document, StatementPlace};
use clavicle_policy::Statement;
use clavicle_snapshot::{AccountId, PrincipalIndex};

use super::found::Found;
use super::{Family, Look, Rule};
use crate::count::{counted, number};
use crate::in_use::allows;
use crate::reader::Reader;
use crate::shape::Severity;

pub(super) const FAMILY: Family = Family { rules: &[FAT_POLICY], look };

const FAT_POLICY: Rule = Rule {
    id: "fat-policy",
    title: "a policy allows everything, or all of a service, on everything",
    means: "An Allow statement of an attached identity policy speaks of everything: its resource is `*`, or it has `NotResource`. Its action is `*`, `NotAction`, or all of a service (`iam:*`). One finding is one policy; of AWS's own policies one for each account that uses it, and only if it allows everything. Permissions boundaries are ceilings and are not looked at.",
    why: "Whoever gets hold of one of its bearers has all of it. Nobody meant most of what it gives, so nobody will miss it either, and nobody notices when it is used.",
    fix: "Name the actions and the things that the task needs. What AWS saw in use (IAM, Last Accessed) is a start; `clavicle what POLICY` tells what each statement gives.",
    severity: "High if it makes an administrator of something that runs code or of an outsider's session. High, too, if it gives all of IAM or of the organization without a condition. Medium if it makes an administrator of anybody else, or gives all of a service that can change who may do what. Else low. One step less if every such statement has a condition.",
    sources: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html",
    ],
};

/// What a statement allows on everything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Breadth {
    /// All of these services, none of which changes who may do what.
    Services(Vec<String>),
    /// All of these services, some of which change who may do what.
    Controlling(Vec<String>),
    /// All of IAM or of the organization.
    Rights(Vec<String>),
    /// Everything, or everything but some actions.
    Everything,
}

fn look(look: &Look<'_>) -> Vec<Found> {
    let reader = look.reader;
    let identity = reader.in_use().documents().iter().filter(|document| {
        matches!(document, Document::Managed(_) | Document::Inline(..))
            && !reader.in_use().attachments(document).bearers.is_empty()
            // Of copies that many have perhaps the first stands for all.
            && reader.in_use().may_have(document).is_none_or(|all| !all.is_empty())
    });
    identity.flat_map(|document| found(reader, document)).collect()
}

fn found(reader: &Reader, document: &Document) -> Vec<Found> {
    let policies = reader.in_use();
    let wide: Vec<(StatementPlace, Breadth, bool)> = (0..policies.statement_count(document))
        .map(|statement| StatementPlace { document: document.clone(), statement })
        .filter_map(|at| {
            let statement = reader.statement(&at)?;
            let conditional = statement.condition.is_some();
            breadth(reader, statement).map(|breadth| (at, breadth, conditional))
        })
        .collect();
    let Some(widest) = wide.iter().map(|(_, breadth, _)| breadth).max() else { return Vec::new() };
    let ours = reader.is_ours(document);
    if !ours && *widest != Breadth::Everything {
        return Vec::new();
    }
    let record = |bearer: PrincipalIndex| reader.world().snapshot().principal(bearer);
    // What is part of a role of AWS's own is AWS's to narrow.
    let bearers: &[PrincipalIndex] =
        policies.may_have(document).unwrap_or(&policies.attachments(document).bearers);
    let bearers: Vec<PrincipalIndex> = bearers
        .iter()
        .copied()
        .filter(|bearer| !record(*bearer).path.starts_with("/aws-service-role/"))
        .collect();
    let mut accounts: Vec<AccountId> = bearers.iter().map(|bearer| record(*bearer).account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let in_account = accounts.into_iter().filter_map(|account| {
        let bearers: Vec<PrincipalIndex> =
            bearers.iter().copied().filter(|bearer| record(*bearer).account == account).collect();
        finding(reader, document, &wide, widest, account, &bearers)
    });
    in_account.collect()
}

fn finding(
    reader: &Reader,
    document: &Document,
    wide: &[(StatementPlace, Breadth, bool)],
    widest: &Breadth,
    account: AccountId,
    bearers: &[PrincipalIndex],
) -> Option<Found> {
    let conditional = wide.iter().all(|(_, _, conditional)| *conditional);
    let runs_code = bearers.iter().filter(|bearer| runs_code(reader, **bearer)).count();
    let is_perhaps = reader.in_use().may_have(document).is_some();
    let count = match is_perhaps {
        true => format!("{} that may have it", number(bearers.len())),
        false => counted(bearers.len(), "bearer", "bearers"),
    };
    let (severity, mut reason) = match widest {
        Breadth::Everything if runs_code > 0 => (
            Severity::High,
            format!("code runs as {} of {count}: who takes it over is an administrator", number(runs_code)),
        ),
        Breadth::Everything => (Severity::Medium, format!("{count} can do everything")),
        Breadth::Rights(services) => {
            (Severity::High, format!("with all of {} one can give oneself everything", services.join(", ")))
        }
        Breadth::Controlling(services) => {
            (Severity::Medium, format!("all of {} includes changing who may use it", services.join(", ")))
        }
        Breadth::Services(services) => {
            (Severity::Low, format!("all of {} on everything", services.join(", ")))
        }
    };
    let severity = match (conditional, severity) {
        (false, severity) => severity,
        (true, Severity::High | Severity::Critical) => Severity::Medium,
        (true, Severity::Medium | Severity::Low) => Severity::Low,
    };
    let mut name = reader.name_of_document(document);
    let mut key = key_of(reader, document)?;
    if is_perhaps {
        // It is the same wherever it may come to.
        name = name.rsplit_once('#').map_or(name.clone(), |(_, policy)| policy.to_owned());
        key.remove(0);
        reason.push_str("; who has it is known after deployment only");
    } else if conditional {
        reason.push_str("; under a condition");
    }
    key.push(account.to_string());
    let what = match widest {
        Breadth::Everything => "everything".to_owned(),
        Breadth::Rights(services) | Breadth::Controlling(services) | Breadth::Services(services) => {
            format!("all of {}", services.join(", "))
        }
    };
    let place = match document {
        Document::Managed(policy) if reader.world().snapshot().policy(*policy).account.is_none() => {
            format!(" of {}", reader.account_name(account))
        }
        _ => String::new(),
    };
    let names = reader.few(bearers.iter(), |bearer| reader.thing_of_principal(*bearer).name);
    Some(Found {
        rule: FAT_POLICY.id,
        key,
        severity,
        reason,
        sentence: format!("{name} allows {what} on everything, to {count}{place}: {names}."),
        cause: reader.cause_of_document(
            document,
            wide.iter().find(|(_, breadth, _)| breadth == widest).map(|(at, _, _)| at.statement),
        ),
        reaches: Vec::new(),
        fix: "name the actions and the things that its bearers need".to_owned(),
        because: wide.iter().take(4).filter_map(|(at, _, _)| reader.cite_statement(at)).collect(),
        outsider: None,
    })
}

/// What makes a document this document, in every snapshot.
pub(super) fn key_of(reader: &Reader, document: &Document) -> Option<Vec<String>> {
    let thing = reader.thing_of_document(document);
    let mut key = vec![thing.arn?];
    match document {
        Document::Inline(bearer, place) => {
            key.push(format!(
                "inline {}",
                reader.world().snapshot().principal(*bearer).inline.get(*place)?.name
            ));
        }
        Document::Trust(_) => key.push("trust".to_owned()),
        Document::Resource(_) => key.push("policy".to_owned()),
        Document::Managed(_) | Document::Organization(_) | Document::PermissionSet(..) => {}
    }
    Some(key)
}

/// Do workloads act as it, those of the snapshot or those of a service that its trust policy names?
fn runs_code(reader: &Reader, bearer: PrincipalIndex) -> bool {
    if !reader.world().runs_as(bearer).is_empty() {
        return true;
    }
    let Some(trust) = reader.world().trust_policy(bearer) else { return false };
    let statements = reader.written(trust).map_or(&[][..], |policy| &policy.statements);
    let entries = statements.iter().filter_map(|statement| statement.principal.as_ref());
    entries.flat_map(|principal| &principal.entries).any(|entry| {
        matches!(
            entry.kind,
            clavicle_policy::PrincipalKind::Service | clavicle_policy::PrincipalKind::Federated
        ) && !entry.value.value.contains(":saml-provider/")
    })
}

fn breadth(reader: &Reader, statement: &Statement) -> Option<Breadth> {
    let resource = statement.resource.as_ref()?;
    let on_everything = resource.negated
        || resource.patterns.iter().any(|pattern| pattern.value.bytes().all(|byte| byte == b'*'));
    let action =
        statement.action.as_ref().filter(|_| allows(statement) && on_everything && !statement.faulty)?;
    let patterns = || action.patterns.iter().map(|pattern| pattern.value.to_lowercase());
    if action.negated {
        // All but IAM and all but the organization gives nobody rights of their own.
        let leaves =
            |service: &str| !patterns().any(|pattern| pattern == format!("{service}:*") || pattern == "*");
        let catalog = reader.world().catalog();
        let left = catalog.services().filter(|service| leaves(&service.prefix().to_lowercase())).count();
        return match (leaves("iam"), left) {
            (true, _) => Some(Breadth::Everything),
            (false, 0) => None,
            (false, left) => Some(Breadth::Controlling(vec![counted(left, "service", "services")])),
        };
    }
    if patterns().any(|pattern| pattern == "*:*" || pattern.bytes().all(|byte| byte == b'*')) {
        return Some(Breadth::Everything);
    }
    let mut services: Vec<String> = patterns()
        .filter_map(|pattern| pattern.strip_suffix(":*").map(str::to_owned))
        .filter(|service| !service.contains(['*', '?']))
        .collect();
    services.sort_unstable();
    services.dedup();
    if services.is_empty() {
        return None;
    }
    let rights: Vec<String> = services
        .iter()
        .filter(|service| matches!(service.as_str(), "iam" | "organizations"))
        .cloned()
        .collect();
    if !rights.is_empty() {
        return Some(Breadth::Rights(rights));
    }
    let controls = |service: &&String| {
        let service = reader.world().catalog().service(service);
        service.is_some_and(|service| {
            service.actions().any(|action| words().word(action) == Some(Word::Control))
        })
    };
    let controlling: Vec<String> = services.iter().filter(controls).cloned().collect();
    Some(if controlling.is_empty() { Breadth::Services(services) } else { Breadth::Controlling(controlling) })
}
