//! Lists and objects with nothing in them: each means something else.

use clavicle_policy::SetPrefix;

use crate::look::{Family, Look};
use crate::rule::{CHECKS, Rule, Severity, identity, resource};

pub(super) const FAMILY: Family =
    Family { rules: &[&EMPTY_LIST, &EMPTY_PRINCIPAL, &EMPTY_CONDITION, &EMPTY_SET], look };

static EMPTY_LIST: Rule = Rule {
    id: "empty-list",
    severity: Severity::Suggestion,
    title: "an element or condition key with an empty list",
    means: "The list of actions, resources or values is empty.",
    why: "An empty list matches nothing, and its negation matches everything: the statement does nothing, or more than it seems.",
    fix: "Add what was meant, or take the statement out.",
    aws: &[
        "suggestion-empty-array-action",
        "suggestion-empty-array-resource",
        "suggestion-empty-array-condition",
    ],
    source: CHECKS,
    bad: &[
        identity(r#""Effect": "Allow", "Action": [], "Resource": "*""#),
        identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": []"#),
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": []}}"#,
        ),
    ],
    good: &[identity(r#""Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["*"]"#)],
};

static EMPTY_PRINCIPAL: Rule = Rule {
    id: "empty-principal",
    severity: Severity::Suggestion,
    title: "nobody in Principal",
    means: "`Principal` or `NotPrincipal` is an empty object, or an entry of it an empty list.",
    why: "Nobody is named, so the statement does nothing; an empty `NotPrincipal` speaks of everybody.",
    fix: "Name somebody, or take the statement out.",
    aws: &["suggestion-empty-array-principal", "suggestion-empty-object-principal"],
    source: CHECKS,
    bad: &[
        resource(
            r#""Effect": "Allow", "Principal": {}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
        ),
        resource(
            r#""Effect": "Allow", "Principal": {"AWS": []}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
        ),
    ],
    good: &[resource(
        r#""Effect": "Allow", "Principal": {"AWS": ["111122223333"]}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
    )],
};

static EMPTY_CONDITION: Rule = Rule {
    id: "empty-condition",
    severity: Severity::Suggestion,
    title: "a Condition without conditions",
    means: "`Condition` is an empty object, or has operators without keys.",
    why: "Nothing is asked for: the statement applies always.",
    fix: "Add what was meant, or take the element out.",
    aws: &["suggestion-empty-object-condition"],
    source: CHECKS,
    bad: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {}"#)],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
};

static EMPTY_SET: Rule = Rule {
    id: "empty-list-in-set-condition",
    severity: Severity::Suggestion,
    title: "an empty list under ForAllValues, ForAnyValue or IfExists",
    means: "A condition key under such an operator has no values.",
    why: "`ForAllValues` and `IfExists` then hold only where the key is missing, and `ForAnyValue` never.",
    fix: "Ask for the absence of a key by `\"Null\": {\"key\": \"true\"}`.",
    aws: &[
        "suggestion-empty-array-condition-forallvalues",
        "suggestion-empty-array-condition-foranyvalue",
        "suggestion-empty-array-condition-ifexists",
    ],
    source: CHECKS,
    bad: &[
        identity(
            r#""Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": []}}"#,
        ),
        identity(
            r#""Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"ForAnyValue:StringEquals": {"aws:TagKeys": []}}"#,
        ),
        identity(
            r#""Effect": "Deny", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEqualsIfExists": {"aws:SourceVpc": []}}"#,
        ),
    ],
    good: &[identity(
        r#""Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"Null": {"aws:TagKeys": "true"}}"#,
    )],
};

fn look(look: &mut Look<'_>) {
    for (_, statement) in look.statements() {
        if let Some(action) = statement.action.as_ref().filter(|action| action.patterns.is_empty()) {
            let message = if action.negated {
                "`NotAction` is empty: it leaves out nothing, so every action is meant"
            } else {
                "no actions are listed: the statement does nothing"
            };
            look.report(&EMPTY_LIST, action.key.span, message.to_owned(), None);
        }
        if let Some(resource) = statement.resource.as_ref().filter(|resource| resource.patterns.is_empty()) {
            let message = if resource.negated {
                "`NotResource` is empty: it leaves out nothing, so every resource is meant"
            } else {
                "no resources are listed: the statement does nothing"
            };
            look.report(&EMPTY_LIST, resource.key.span, message.to_owned(), None);
        }
        let nobody = |principal: &&clavicle_policy::PrincipalElement| {
            principal.bare.is_none() && principal.entries.is_empty()
        };
        if let Some(principal) = statement.principal.as_ref().filter(nobody) {
            let message = if principal.negated {
                "`NotPrincipal` leaves out nobody: everybody is meant"
            } else {
                "nobody is named: the statement does nothing"
            };
            look.report(&EMPTY_PRINCIPAL, principal.key.span, message.to_owned(), None);
        }
        if let Some(condition) = statement.condition.as_ref().filter(|condition| condition.clauses.is_empty())
        {
            let message = "this `Condition` asks for nothing: the statement applies always".to_owned();
            look.report(
                &EMPTY_CONDITION,
                condition.key.span,
                message,
                "add conditions, or take it out".to_owned(),
            );
        }
    }
    for (_, clause) in look.clauses().filter(|(_, clause)| clause.values.is_empty()) {
        let key = &clause.key.value;
        let operator = &clause.operator.value;
        let instead = format!("to ask for the absence of the key, write `\"Null\": {{\"{key}\": \"true\"}}`");
        match operator.set {
            Some(SetPrefix::ForAllValues) => {
                let message =
                    format!("`{key}` has no values: this holds only where the key is missing or empty");
                look.report(&EMPTY_SET, clause.key.span, message, instead);
            }
            Some(SetPrefix::ForAnyValue) => {
                let message = format!("`{key}` has no values: this never holds");
                look.report(&EMPTY_SET, clause.key.span, message, instead);
            }
            None if operator.if_exists => {
                let message = format!("`{key}` has no values: this holds only where the key is missing");
                look.report(&EMPTY_SET, clause.key.span, message, instead);
            }
            None => {
                let message = format!("`{key}` has no values to be compared with");
                look.report(&EMPTY_LIST, clause.key.span, message, None);
            }
        }
    }
}
