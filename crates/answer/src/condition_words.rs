//! Conditions in plain words: `MFA`, `aws:SourceIp in 10.0.0.0/8`, `tag team is pay`.

use clavicle_engine::{Dependency, Layer, Match, PinState, PolicyId, StatementOutcome};
use clavicle_graph::{Origin, Why};
use clavicle_policy::{BaseOperator, Clause, Effect, Operator, SetPrefix};
use clavicle_snapshot::MARKS_OF_LATER;

use crate::reader::Reader;

const KNOWN_LATER: &str = "what is known after deployment only";

impl Reader {
    /// The conditions that decide, in plain words: `MFA`, `aws:SourceIp in 10.0.0.0/8`. All of them have to hold; empty
    /// where no condition decides.
    pub fn conditions(&self, why: &Why) -> Vec<String> {
        let keys: Vec<&str> = why
            .explanation
            .depends_on
            .iter()
            .filter_map(|dependency| match dependency {
                Dependency::Key(key) => Some(key.as_str()),
                _ => None,
            })
            .collect();
        if keys.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        // In one account either of the two sides is enough; across accounts both have to allow.
        let either = !crosses_accounts(self, why);
        let mut allows: Vec<Vec<Alternative>> = Vec::new();
        let mut own_sides: Vec<Alternative> = Vec::new();
        for pin in &why.explanation.pins {
            if matches!(pin.state, PinState::NoSuchLayer | PinState::NotSeen) {
                continue;
            }
            let open = |effect| self.open_statements(&pin.statements, effect, &keys);
            for denied in open(Effect::Deny) {
                found.push(denied.unless());
            }
            let certain = pin.statements.iter().any(|statement| {
                statement.effect == Some(Effect::Allow) && matches!(statement.outcome, Match::Matched { .. })
            });
            if !certain {
                let open = open(Effect::Allow);
                match pin.layer {
                    Layer::Identity | Layer::Resource | Layer::Trust if either => own_sides.extend(open),
                    _ => allows.push(open),
                }
            }
        }
        allows.insert(0, own_sides);
        for alternatives in allows.iter().filter(|alternatives| !alternatives.is_empty()) {
            found.push(each_once(alternatives.iter().map(Alternative::text)).join(" or "));
        }
        if found.is_empty() {
            // The keys decide by other ways than a condition: variables in names, facts about the caller.
            found.extend(keys.iter().map(|key| format!("{} fits", self.key_name(key))));
        }
        each_once(found.into_iter().filter(|text| !text.is_empty()))
    }

    /// The open clauses of the statements that turn on the keys.
    fn open_statements(
        &self,
        statements: &[StatementOutcome],
        effect: Effect,
        keys: &[&str],
    ) -> Vec<Alternative> {
        let of_effect = statements.iter().filter(|statement| statement.effect == Some(effect));
        let open = of_effect.filter_map(|statement| {
            let Match::Depends(on) = &statement.outcome else { return None };
            let turns = |key: &str| {
                keys.iter().any(|known| known.eq_ignore_ascii_case(key))
                    && on
                        .iter()
                        .any(|on| matches!(on, Dependency::Key(open) if open.eq_ignore_ascii_case(key)))
            };
            let written = self.written(statement.policy)?.statements.get(statement.statement)?;
            let clauses = written.condition.iter().flat_map(|condition| &condition.clauses);
            let clauses: Vec<&Clause> = clauses.filter(|clause| turns(&clause.key.value)).collect();
            let of = |negated| clauses.iter().map(|clause| clause_words(clause, negated)).collect();
            (!clauses.is_empty()).then(|| Alternative { holds: of(false), fails: of(true) })
        });
        open.collect()
    }

    /// The name of a condition key as AWS writes it.
    pub(crate) fn key_name(&self, key: &str) -> String {
        let Some(known) = self.world().catalog().condition_key(key) else { return key.to_owned() };
        match (known.name.split_once("${"), known.name.split_once('/')) {
            (None, _) => known.name.to_owned(),
            // `aws:PrincipalTag/${TagKey}`: the start is AWS's, the rest is as asked.
            (Some(_), Some((start, _))) if !start.contains("${") => match key.split_once('/') {
                Some((_, rest)) => format!("{start}/{rest}"),
                None => key.to_owned(),
            },
            _ => key.to_owned(),
        }
    }

    /// What an answer depends on, by name.
    pub(crate) fn dependency_name(&self, dependency: &Dependency) -> String {
        match dependency {
            Dependency::Key(key) => self.key_name(key),
            Dependency::Unreadable(at) if self.is_known_later(at.policy, at.statement as usize) => {
                KNOWN_LATER.to_owned()
            }
            other => other.to_string(),
        }
    }

    /// Is it a statement of a plan or template, of which what it says, or whether it is in force, is known after deployment only?
    fn is_known_later(&self, policy: PolicyId, statement: usize) -> bool {
        let span = self.written(policy).and_then(|policy| Some(policy.statements.get(statement)?.span.0));
        let text = span.and_then(|at| self.world().text(policy).get(at.start as usize..at.end as usize));
        text.is_some_and(|text| MARKS_OF_LATER.iter().any(|mark| text.contains(mark)))
    }
}

/// What was not seen and decides, by name: what somebody outside is let do at home is `their own policies`. Grants of
/// keys can only add to what is allowed under a condition.
pub(crate) fn unseen(outside: bool, on: &[Dependency]) -> Vec<String> {
    let conditional = on.iter().any(|on| matches!(on, Dependency::Key(_)));
    let decides = on.iter().filter(|on| match on {
        Dependency::Key(_) => false,
        Dependency::KmsGrants => !conditional,
        _ => true,
    });
    each_once(decides.map(|on| match on {
        Dependency::NotSeen(Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scp) if outside => {
            "their own policies (not seen)".to_owned()
        }
        on => on.to_string(),
    }))
}

/// The same without what was there before.
fn each_once<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for one in all {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

/// The clauses of one statement, as they are where they hold and where they do not.
struct Alternative {
    holds: Vec<String>,
    fails: Vec<String>,
}

impl Alternative {
    /// All of them hold.
    fn text(&self) -> String {
        self.holds.join(" and ")
    }

    /// Not all of them hold.
    fn unless(&self) -> String {
        self.fails.join(" or ")
    }
}

fn crosses_accounts(reader: &Reader, why: &Why) -> bool {
    let snapshot = reader.world().snapshot();
    let mut caller = None;
    let mut owner = None;
    for attached in &why.documents {
        match &attached.origin {
            Origin::Inline { bearer, .. } | Origin::Managed { bearer, .. } => {
                caller = Some(snapshot.principal(*bearer).account);
            }
            Origin::Resource(resource) => owner = snapshot.resource(*resource).account,
            Origin::Trust(role) => owner = Some(snapshot.principal(*role).account),
            _ => {}
        }
    }
    matches!((caller, owner), (Some(caller), Some(owner)) if caller != owner)
}

/// A clause in plain words; `negated`: the clause does not hold.
pub(crate) fn clause_words(clause: &Clause, negated: bool) -> String {
    let operator = &clause.operator.value;
    let key = clause.key.value.as_str();
    let lower = key.to_ascii_lowercase();
    let values = each_once(clause.values.iter().map(|value| value.value.text()));
    let is = |value: &str| values.len() == 1 && values[0].eq_ignore_ascii_case(value);
    let named = subject(key, operator);
    match operator.base {
        Some(BaseOperator::Bool) if lower == "aws:multifactorauthpresent" && (is("true") || is("false")) => {
            if is("true") == negated {
                "no MFA".to_owned()
            } else {
                "MFA".to_owned()
            }
        }
        Some(BaseOperator::NumericLessThan | BaseOperator::NumericLessThanEquals)
            if lower == "aws:multifactorauthage" && !negated && values.len() == 1 =>
        {
            format!("MFA within {} seconds", values[0])
        }
        Some(BaseOperator::Bool) if lower == "aws:securetransport" && (is("true") || is("false")) => {
            if is("true") == negated { "no TLS".to_owned() } else { "TLS".to_owned() }
        }
        Some(BaseOperator::Null) if is("true") || is("false") => {
            let absent = is("true") != negated;
            if lower == "aws:multifactorauthage" || lower == "aws:multifactorauthpresent" {
                return if absent { "no MFA".to_owned() } else { "MFA".to_owned() };
            }
            format!("{named} is {}", if absent { "absent" } else { "present" })
        }
        Some(base) => {
            let (verb, opposite) = verbs(base);
            let verb = if negated { opposite } else { verb };
            let or_absent = if operator.if_exists && !negated { ", or absent" } else { "" };
            format!("{named} {verb} {}{or_absent}", values.join(" or "))
        }
        // No operator of AWS: it stands for whether a statement of a plan or template is in force.
        None if MARKS_OF_LATER.contains(&operator.written.as_str()) => KNOWN_LATER.to_owned(),
        None => format!("{named} {} {}", operator.written, values.join(" or ")),
    }
}

/// Of what the clause speaks.
fn subject(key: &str, operator: &Operator) -> String {
    let tag = |start: &str| {
        key.get(..start.len()).filter(|head| head.eq_ignore_ascii_case(start)).map(|head| &key[head.len()..])
    };
    let name = if let Some(tag) = tag("aws:PrincipalTag/") {
        format!("tag {tag}")
    } else if let Some(tag) = tag("aws:ResourceTag/") {
        format!("tag {tag} of the thing")
    } else if let Some(tag) = tag("aws:RequestTag/") {
        format!("tag {tag} of the request")
    } else {
        key.to_owned()
    };
    match operator.set {
        Some(SetPrefix::ForAllValues) => format!("every {name}"),
        Some(SetPrefix::ForAnyValue) => format!("some {name}"),
        None => name,
    }
}

/// What an operator says, and the opposite.
fn verbs(base: BaseOperator) -> (&'static str, &'static str) {
    use BaseOperator as Op;
    match base {
        Op::StringEquals | Op::NumericEquals | Op::DateEquals | Op::Bool | Op::BinaryEquals | Op::Null => {
            ("is", "is not")
        }
        Op::StringEqualsIgnoreCase => ("is", "is not"),
        Op::StringNotEquals | Op::NumericNotEquals | Op::DateNotEquals | Op::StringNotEqualsIgnoreCase => {
            ("is not", "is")
        }
        Op::StringLike | Op::ArnLike | Op::ArnEquals => ("is like", "is not like"),
        Op::StringNotLike | Op::ArnNotLike | Op::ArnNotEquals => ("is not like", "is like"),
        Op::NumericLessThan => ("is less than", "is not less than"),
        Op::NumericLessThanEquals => ("is at most", "is more than"),
        Op::NumericGreaterThan => ("is more than", "is at most"),
        Op::NumericGreaterThanEquals => ("is at least", "is less than"),
        Op::DateLessThan => ("is before", "is not before"),
        Op::DateLessThanEquals => ("is not after", "is after"),
        Op::DateGreaterThan => ("is after", "is not after"),
        Op::DateGreaterThanEquals => ("is not before", "is before"),
        Op::IpAddress => ("in", "not in"),
        Op::NotIpAddress => ("not in", "in"),
    }
}

#[cfg(test)]
mod tests {
    use super::clause_words;

    #[test]
    fn clauses_are_said_in_plain_words() {
        for (condition, holds, fails) in [
            (r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, "MFA", "no MFA"),
            (r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": false}}"#, "no MFA", "MFA"),
            (
                r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}"#,
                "aws:SourceIp in 10.0.0.0/8",
                "aws:SourceIp not in 10.0.0.0/8",
            ),
            (
                r#"{"StringEquals": {"aws:PrincipalTag/team": ["pay", "till"]}}"#,
                "tag team is pay or till",
                "tag team is not pay or till",
            ),
            (
                r#"{"StringNotEqualsIfExists": {"aws:RequestedRegion": "eu-west-1"}}"#,
                "aws:RequestedRegion is not eu-west-1, or absent",
                "aws:RequestedRegion is eu-west-1",
            ),
            (
                r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/*"}}"#,
                "some aws:PrincipalOrgPaths is like o-1/*",
                "some aws:PrincipalOrgPaths is not like o-1/*",
            ),
            (
                r#"{"Null": {"aws:TokenIssueTime": "true"}}"#,
                "aws:TokenIssueTime is absent",
                "aws:TokenIssueTime is present",
            ),
            (
                r#"{"StringEquals": {"aws:RequestedRegion": ["us-east-1", "us-east-1"]}}"#,
                "aws:RequestedRegion is us-east-1",
                "aws:RequestedRegion is not us-east-1",
            ),
            (
                r#"{"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}"#,
                "MFA within 3600 seconds",
                "aws:MultiFactorAuthAge is not less than 3600",
            ),
            (
                r#"{"KnownAfterDeployment": {"whether this is in force": "true"}}"#,
                "what is known after deployment only",
                "what is known after deployment only",
            ),
        ] {
            let text = format!(
                r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
            );
            let policy = clavicle_policy::parse(text.as_bytes()).policy.expect("a policy");
            let clause = &policy.statements[0].condition.as_ref().expect("a condition").clauses[0];
            assert_eq!(
                (clause_words(clause, false).as_str(), clause_words(clause, true).as_str()),
                (holds, fails)
            );
        }
    }
}
