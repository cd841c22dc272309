//! What only a proof over every request can tell: statements that never match, that a Deny takes away, or that others
//! cover; conditions that always or never hold; a policy that allows everything.

use clavicle_engine::Principals;
use clavicle_policy::{
    ActionElement, Clause, Condition, Effect, Policy, ResourceElement, Span, Spanned, Statement,
    StatementForm,
};
use clavicle_prover::{Access, Limits, Store, by_itself};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, allows, clauses, denies, head, is_placeholder};
use crate::rule::{CHECKS, Rule, Severity, guide, identity, resource};
use crate::rules::principals::names_nobody;
use crate::rules::redundant::without;
use crate::rules::spoken::Bits;

pub(super) const FAMILY: Family = Family {
    rules: &[
        &NEVER_MATCHES,
        &SHADOWED_BY_DENY,
        &REDUNDANT_STATEMENT,
        &CONDITION_NEVER_HOLDS,
        &CONDITION_ALWAYS_HOLDS,
        &EVERYTHING_ALLOWED,
    ],
    look,
};

static NEVER_MATCHES: Rule = Rule {
    id: "never-matches",
    severity: Severity::Warning,
    title: "a statement that no request matches",
    means: "The prover shows that no request meets all of the statement: its conditions contradict each other, or a list is empty. A single condition that never holds is reported by itself.",
    why: "The statement does nothing.",
    fix: "Correct the conditions, or take it out.",
    aws: &[],
    source: guide!("reference_policies_condition-logic-multiple-context-keys-or-values"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}, "StringLike": {"aws:PrincipalAccount": "4444*"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}, "StringLike": {"aws:PrincipalAccount": "1111*"}}"#,
    )],
};

static SHADOWED_BY_DENY: Rule = Rule {
    id: "shadowed-by-deny",
    severity: Severity::Warning,
    title: "an Allow that Deny statements take away whole",
    means: "The prover shows that every request that an Allow matches is denied by the same policy.",
    why: "The statement gives nothing, and who reads it thinks that it does.",
    fix: "Take it out, or narrow the Deny.",
    aws: &[],
    source: guide!("reference_policies_evaluation-logic"),
    bad: &[identity(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::b"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}"#,
    )],
    good: &[identity(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b"}, {"Effect": "Deny", "Action": "s3:PutBucketPolicy", "Resource": "*"}]}"#,
    )],
};

static REDUNDANT_STATEMENT: Rule = Rule {
    id: "covered-statement",
    severity: Severity::Suggestion,
    title: "a statement that others of the policy cover",
    means: "The prover shows that the other statements with the same effect, one of them or several together, match every request that this one does. Who is named is not covered by their account: in the resource's own account a statement that names a role lets it in whatever its policies allow, and one that names the account does not.",
    why: "It does nothing, and hides how much the others give.",
    fix: "Take it out, or narrow the others; `clavicle check --fix` takes it out.",
    aws: &["suggestion-redundant-statement"],
    source: CHECKS,
    bad: &[identity(
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b/*"}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/a/*"}]}"#,
    )],
    good: &[
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Put*", "Resource": "arn:aws:s3:::b/*"}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/a/*"}]}"#,
        ),
        resource(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}, {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/r"}, "Action": "kms:Decrypt", "Resource": "*"}]}"#,
        ),
    ],
};

static CONDITION_NEVER_HOLDS: Rule = Rule {
    id: "condition-never-holds",
    severity: Severity::Warning,
    title: "a condition that no request meets",
    means: "The prover shows that no value of the key, nor its absence, meets the condition.",
    why: "The statement does nothing.",
    fix: "Correct the value or the operator.",
    aws: &["suggestion-redundant-statement-due-to-wildcard-in-condition"],
    source: guide!("reference_policies_elements_condition_operators"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "role/dana"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/dana"}}"#,
    )],
};

static CONDITION_ALWAYS_HOLDS: Rule = Rule {
    id: "condition-always-holds",
    severity: Severity::Warning,
    title: "a condition that every request meets",
    means: "The prover shows that every value of the key, and its absence, meets the condition.",
    why: "It asks for nothing; most often `IfExists` or `ForAllValues:` stands beside a bare `*`, or a list of negated values cannot be met at once.",
    fix: "Take it out, or ask for what was meant.",
    aws: &["suggestion-redundant-key-due-to-wildcard-in-condition"],
    source: guide!("reference_policies_elements_condition_operators"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLikeIfExists": {"aws:PrincipalOrgID": "*"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}"#,
    )],
};

static EVERYTHING_ALLOWED: Rule = Rule {
    id: "everything-allowed",
    severity: Severity::Security,
    title: "every action on every resource",
    means: "The prover shows that the policy allows every request; Deny statements count.",
    why: "Whoever has it is an administrator.",
    fix: "Allow what is needed.",
    aws: &[],
    source: guide!("best-practices"),
    bad: &[identity(r#""Effect": "Allow", "Action": "*", "Resource": "*""#)],
    good: &[
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}"#,
        ),
        resource(r#""Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*""#),
    ],
};

/// A few milliseconds for each question; what takes longer is not known, and nothing is said.
pub(super) fn limits() -> Limits {
    Limits { nodes: 4_000, steps: 150_000, deadline: None }
}

/// Longer policies are not looked at as a whole: each statement is a question.
const MOST_STATEMENTS: usize = 200;

fn look(look: &mut Look<'_>) {
    conditions(look);
    if look.policy.statements.is_empty()
        || look.policy.statements.len() > MOST_STATEMENTS
        || look.policy.statements.iter().any(|statement| statement.faulty)
    {
        return;
    }
    let mut store = Store::new();
    let document = store.compile(look.policy, look.kind.principals());
    let allowed = document.each_allowed(&store);
    let denied = document.each_denied(&store);
    let policy = look.policy;
    let actions: Vec<Bits> = policy.statements.iter().map(|statement| Bits::of(look, statement)).collect();
    let mut dead = Vec::new();
    for (at, statement) in policy.statements.iter().enumerate() {
        let own = allowed.iter().chain(&denied).find(|(place, _)| *place as usize == at);
        let never = own.is_none_or(|(_, access)| store.never(access, limits()).holds());
        if never {
            dead.push(at);
            let told = clauses(statement).any(|clause| verdict(look.kind, clause) == Some(false));
            if !told && !has_empty_element(statement, look.kind) && !names_nobody(statement) {
                let message = "no request matches all of this statement".to_owned();
                look.report(&NEVER_MATCHES, head(statement), message, None);
            }
        }
    }
    let denies_all = document.denied();
    let all_denied = Bits::all(denied.iter().map(|(at, _)| *at), &actions);
    let mut shadowed = Vec::new();
    if !denied.is_empty() {
        for (at, access) in &allowed {
            let at = *at as usize;
            let may_be = actions.get(at).is_some_and(|own| own.is_within(&all_denied));
            if may_be && !dead.contains(&at) && store.implies(access, &denies_all, limits()).holds() {
                shadowed.push(at);
                if let Some(statement) = policy.statements.get(at) {
                    let message = "the policy denies all that this statement allows".to_owned();
                    look.report(
                        &SHADOWED_BY_DENY,
                        head(statement),
                        message,
                        "take it out, or narrow the Deny".to_owned(),
                    );
                }
            }
        }
    }
    // Of those who are let in by name it is asked again without the accounts that are named.
    let named = (look.kind.principals() == Principals::Required).then(|| {
        let document = store.compile(&by_itself(policy), Principals::Required);
        document.each_allowed(&store)
    });
    for (effect, named) in [(&allowed, named.as_deref()), (&denied, None)] {
        redundant(look, &mut store, effect, named, &actions, &[&dead[..], &shadowed].concat());
    }
    let every_action =
        Bits::all(allowed.iter().map(|(at, _)| *at), &actions).count() == look.catalog.action_count();
    let of_all = every_action && store.implies(&Access::everything(), &document.access(), limits()).holds();
    if look.kind.is_of_identity() && of_all {
        let culprit = policy.statements.iter().find(|statement| allows(statement));
        if let Some(action) = culprit.and_then(|statement| statement.action.as_ref()) {
            let message = "this policy allows every action on every resource".to_owned();
            look.report(&EVERYTHING_ALLOWED, action.key.span, message, "allow what is needed".to_owned());
        }
    }
}

/// Statements of one effect, each of which the others cover that are not called redundant themselves.
fn redundant(
    look: &mut Look<'_>,
    store: &mut Store,
    each: &[(u32, Access)],
    named: Option<&[(u32, Access)]>,
    actions: &[Bits],
    told: &[usize],
) {
    let policy = look.policy;
    let by_name = |at: u32| named?.iter().find(|(place, _)| *place == at).map(|(_, access)| access.clone());
    // Are those whom it lets in by name let in so by the others?
    let names_no_more = |store: &mut Store, at: u32, others: &[u32]| {
        let Some(own) = by_name(at) else { return true };
        let Some(all) = others.iter().filter_map(|other| by_name(*other)).reduce(Access::or) else {
            return store.never(&own, limits()).holds();
        };
        store.implies(&own, &all, limits()).holds()
    };
    let mut gone: Vec<u32> = Vec::new();
    // The later of two that are the same is the one to go.
    for (at, access) in each.iter().rev() {
        let place = *at as usize;
        let Some(own) = actions.get(place).filter(|_| !told.contains(&place)) else { continue };
        let others: Vec<&(u32, Access)> =
            each.iter().filter(|(other, _)| other != at && !gone.contains(other)).collect();
        let Some(((_, first), rest)) = others.split_first() else { continue };
        if !own.is_within(&Bits::all(others.iter().map(|(at, _)| *at), actions)) {
            continue;
        }
        let may_be = |other: u32| actions.get(other as usize).is_some_and(|other| own.is_within(other));
        let by_one = others
            .iter()
            .find(|(other, wide)| {
                may_be(*other)
                    && store.implies(access, wide, limits()).holds()
                    && names_no_more(store, *at, &[*other])
            })
            .map(|(other, _)| *other);
        let by_all = by_one.is_some()
            || !rest.is_empty() && rest.len() < MOST_TOGETHER && {
                let all = rest.iter().fold(first.clone(), |all, (_, other)| all.or(other.clone()));
                let places: Vec<u32> = others.iter().map(|(at, _)| *at).collect();
                store.implies(access, &all, limits()).holds() && names_no_more(store, *at, &places)
            };
        if !by_all {
            continue;
        }
        gone.push(*at);
        let Some(statement) = policy.statements.get(place) else { continue };
        let message = match by_one {
            Some(other) => format!("statement {} covers this one", other + 1),
            None => "the other statements together cover this one".to_owned(),
        };
        let edit = without(look.text, statement.span.0);
        look.report_with(
            &REDUNDANT_STATEMENT,
            head(statement),
            message,
            "take it out".to_owned(),
            edit.into_iter().collect(),
        );
    }
}

/// More statements than these are not tried together.
const MOST_TOGETHER: usize = 30;

/// What is missing or empty is told by rules of its own.
fn has_empty_element(statement: &Statement, kind: PolicyKind) -> bool {
    let nobody = statement
        .principal
        .as_ref()
        .map_or(kind.has_principals(), |principal| principal.bare.is_none() && principal.entries.is_empty());
    let no_action = statement.action.as_ref().is_some_and(|action| action.patterns.is_empty());
    let no_resource = statement.resource.as_ref().is_some_and(|resource| resource.patterns.is_empty());
    let no_value = clauses(statement).any(|clause| clause.values.is_empty());
    nobody && kind.has_principals() || no_action || no_resource || no_value
}

fn conditions(look: &mut Look<'_>) {
    let kind = look.kind;
    for (statement, clause) in look.clauses() {
        let told = clause.values.is_empty()
            || clause.values.iter().any(|value| is_placeholder(value.value.text()))
            || !(allows(statement) || denies(statement));
        if told {
            continue;
        }
        let key = &clause.key.value;
        match verdict(kind, clause) {
            Some(true) => {
                let message = format!("this holds whatever `{key}` is, and where it is missing");
                look.report(
                    &CONDITION_ALWAYS_HOLDS,
                    clause.key.span,
                    message,
                    "take it out, or ask for what was meant".to_owned(),
                );
            }
            Some(false) => {
                let message = format!("no value of `{key}` meets this");
                look.report(&CONDITION_NEVER_HOLDS, clause.key.span, message, None);
            }
            None => {}
        }
    }
}

/// Does a condition hold always, or never? `None`: it depends, or it is not known.
fn verdict(kind: PolicyKind, clause: &Clause) -> Option<bool> {
    clause.operator.value.base?;
    let policy = of_clause(clause);
    let mut store = Store::new();
    let document = store.compile(&policy, Principals::Ignored);
    let allowed = document.allowed();
    let _ = kind;
    if store.never(&allowed, limits()).holds() {
        return Some(false);
    }
    store.implies(&Access::everything(), &allowed, limits()).holds().then_some(true)
}

/// A policy that asks for one condition only.
pub(super) fn of_clause(clause: &Clause) -> Policy {
    let nowhere = Spanned::new((), Span::default());
    let all = || vec![Spanned::new("*".to_owned(), Span::default())];
    let statement = Statement {
        span: clavicle_policy::StatementSpan::default(),
        sid: None,
        effect: Some(Spanned::new(Effect::Allow, Span::default())),
        principal: None,
        action: Some(ActionElement { negated: false, key: nowhere, patterns: all(), list: false }),
        resource: Some(ResourceElement { negated: false, key: nowhere, patterns: all(), list: false }),
        condition: Some(Condition { key: nowhere, clauses: vec![clause.clone()] }),
        faulty: false,
        action_is_certain: true,
        lacks_action: false,
    };
    let version = Some(Spanned::new(clavicle_policy::Version::V2012, Span::default()));
    Policy { version, id: None, statements: vec![statement], form: StatementForm::List }
}

/// Do two policies allow and deny the same, whatever other policies say beside them? What a policy denies counts by
/// itself: other policies may allow it.
pub(crate) fn is_same(
    store: &mut Store,
    one: &Policy,
    other: &Policy,
    principals: Principals,
    limits: Limits,
) -> bool {
    if !store.let_in_alike(one, other, principals, limits) {
        return false;
    }
    let one = store.compile(one, principals);
    let other = store.compile(other, principals);
    store.equal(&one.denied(), &other.denied(), limits).holds()
        && store.equal(&one.access(), &other.access(), limits).holds()
}
