//! `privilege-escalation` and `assumes-admin`: who is no administrator and can come to be one.

use std::collections::BTreeMap;

use clavicle_graph::outside::{Door, Opening};
use clavicle_graph::{Actor, Grade, Node, NodeId, StatementPlace, Step};
use clavicle_policy::AccountId;
use foldhash::{HashMap, HashSet};

use super::found::Found;
use super::lever::{Lever, is_plain};
use super::{Family, Look, Rule};
use crate::count::counted;
use crate::reader::Reader;
use crate::shape::{Reached, Severity};

pub(super) const FAMILY: Family = Family { rules: &[PRIVILEGE_ESCALATION, ASSUMES_ADMIN], look };

const PRIVILEGE_ESCALATION: Rule = Rule {
    id: "privilege-escalation",
    title: "somebody who is no administrator can make themselves one",
    means: "A user or role that is no administrator has all the permissions for the last step to all the power over an account. So has an administrator of another account than the management account. Such a step changes its own rights, takes somebody over, passes a role to something new, or changes what runs as an administrator. All layers are counted. One finding is the Allow statements that give the step, whoever has them. Those who could only become one of these are counted in it. The methods are listed in docs/steps.md.",
    why: "What their policies seem to keep from them they can give themselves. Whoever steals their credentials, or talks them into running something, has the account.",
    fix: "Narrow the statement as the method says, then look with `clavicle path WHO admin`. With `--cut` it names the fewest statements that break all ways.",
    severity: "Critical if somebody from outside whom nobody knows gets so far, high else. Medium if a condition decides that they do not choose themselves.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"],
};

const ASSUMES_ADMIN: Rule = Rule {
    id: "assumes-admin",
    title: "somebody who is no administrator may assume a role that is",
    means: "A user or role that is no administrator is let in by the trust policy of an administrator role and may assume it by its own policies. So is an administrator of another account than the management account. One finding is the Allow statements that give that.",
    why: "It is mostly meant so. It makes whoever holds the credentials an administrator all the same, and is seldom counted as one.",
    fix: "Ask for a second factor in the trust policy, let few people and no workloads assume it, or give them a role with what they need. Accept the finding if it is meant.",
    severity: "Critical if somebody from outside whom nobody knows gets so far; medium else; low if a condition decides.",
    sources: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage-assume.html"],
};

/// Steps by the statements that give them; those that rest on no statement of the accounts, each by whoever takes it.
type Grouped = BTreeMap<(bool, Vec<StatementPlace>, Option<NodeId>), Vec<(NodeId, Step)>>;

fn look(look: &Look<'_>) -> Vec<Found> {
    let reader = look.reader;
    let snapshot = reader.world().snapshot();
    let steps = reader.world().steps();
    let management = snapshot.organization.as_ref().and_then(|organization| organization.management);
    let entered = entered(reader);
    let mut found = Vec::new();
    for account in &snapshot.accounts {
        let power = Node::Administrator(account.id);
        let mut grouped = Grouped::new();
        for id in reader.world().last_moves(&power) {
            let counts = match steps.node(steps.start(id)) {
                Node::Actor(Actor::Principal(_)) => true,
                Node::Administrator(of) => Some(*of) != management,
                _ => false,
            };
            let step = counts.then(|| steps.step(reader.world(), id)).filter(|it| it.grade > Grade::Unseen);
            let Some(step) = step else { continue };
            let lever = reader.lever(&step).map_or_else(Vec::new, |lever| lever.statements);
            let alone = lever.is_empty().then(|| steps.start(id));
            grouped.entry((is_plain(&step), lever, alone)).or_default().push((steps.start(id), step));
        }
        let to = reader.thing_of_node(&power).name;
        for ((plain, statements, _), taken) in grouped {
            let to = (account.id, to.as_str());
            found.extend(finding(reader, to, plain, statements, &taken, &entered));
        }
    }
    found
}

/// The roles that somebody from outside enters whom nobody knows, and who.
fn entered(reader: &Reader) -> HashMap<NodeId, String> {
    let bad = reader.ways().iter().filter(|way| {
        way.opening() <= Opening::Conditional && reader.door_severity(way) >= Some(Severity::High)
    });
    let entered = bad.filter_map(|way| match way.door {
        Door::Trust(role) => {
            let node = reader.world().steps().find(&reader.world().node_of(role))?;
            Some((node, reader.thing_of_actor(&way.outsider.actor()).called()))
        }
        Door::Policy(_) | Door::Acl(_) | Door::Share(_) => None,
    });
    entered.collect()
}

fn finding(
    reader: &Reader,
    (account, to): (AccountId, &str),
    plain: bool,
    statements: Vec<StatementPlace>,
    taken: &[(NodeId, Step)],
    entered: &HashMap<NodeId, String>,
) -> Option<Found> {
    let rule = if plain { ASSUMES_ADMIN } else { PRIVILEGE_ESCALATION };
    let begins: Vec<NodeId> = taken.iter().map(|(node, _)| *node).collect();
    let mut who: Vec<Actor> = taken.iter().flat_map(|(_, step)| reader.members_of_node(&step.from)).collect();
    who.sort();
    who.dedup();
    let (_, first) = taken.first()?;
    let label = match &first.from {
        from @ Node::Administrator(_) if taken.len() == 1 => {
            format!("each {}", reader.thing_of_node(from).name)
        }
        _ => reader.few(who.iter(), |actor| reader.thing_of_actor(actor).called()),
    };
    let before = reader.world().who_gets_to(&begins);
    let outsider = before.iter().find_map(|node| entered.get(node));
    let known: HashSet<&Actor> = who.iter().collect();
    let others = before
        .iter()
        .filter(|node| !matches!(reader.world().steps().node(**node), Node::Administrator(_)))
        .flat_map(|node| reader.members_of_node(reader.world().steps().node(*node)))
        .filter(|actor| matches!(actor, Actor::Principal(_)) && !known.contains(actor))
        .collect::<HashSet<Actor>>()
        .len();
    let conditional = taken.iter().all(|(_, step)| step.grade == Grade::Conditional);
    let severity = match (outsider, plain, conditional) {
        (Some(_), ..) => Severity::Critical,
        (None, false, false) => Severity::High,
        (None, true, true) => Severity::Low,
        (None, ..) => Severity::Medium,
    };
    let mut reasons = vec![match counted(who.len(), "identity comes", "identities come") {
        who if conditional => format!("{who} by everything, if a condition holds"),
        who => format!("{who} by everything"),
    }];
    if others > 0 {
        let them = counted(others, "other", "others");
        reasons.push(format!("{them} can become one of them"));
    }
    if let Some(outsider) = outsider {
        reasons.push(format!("{outsider} gets there from outside"));
    }
    let told = reader.taken_step(first, "become");
    let how = first.method.map_or("", |method| method.title);
    let lever = (!statements.is_empty()).then_some(Lever { statements });
    let by = lever.as_ref().map_or_else(String::new, |lever| format!(", by {}", lever.name(reader)));
    // Several methods may lie in one statement: the first is told.
    let sentence = match first.to {
        Node::Workload(_) | Node::Raised(..) => {
            format!("{label} can come to be {to} through {}: {how}{by}.", told.to.name)
        }
        _ => format!("{label} can come to be {to}: {how}{by}."),
    };
    let mut key = vec![account.to_string()];
    let cause = match &lever {
        Some(lever) => {
            key.extend(lever.key(reader)?);
            lever.cause(reader)?
        }
        None => {
            key.push(told.from.arn.clone().unwrap_or_else(|| told.from.name.clone()));
            crate::shape::Cause {
                thing: told.from.clone(),
                document: None,
                statement: None,
                sid: None,
                line: None,
            }
        }
    };
    Some(Found {
        rule: rule.id,
        key,
        severity,
        reason: reasons.join("; "),
        sentence,
        cause,
        reaches: vec![Reached {
            access: "become".to_owned(),
            kind: "administrator".to_owned(),
            count: 1,
            matter: vec![to.to_owned()],
        }],
        fix: first.method.map_or_else(|| rule.fix.to_owned(), |method| method.fix.to_owned()),
        because: lever.map_or(told.because, |lever| lever.citations(reader)),
        outsider: None,
    })
}
