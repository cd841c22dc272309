//! What the parser could not read, or reads otherwise than it looks.
//!
//! The parser says what is wrong and where; here is what each fault means. Those of JSON itself are one rule.

use super::placeholders::TEMPLATE_PLACEHOLDER;
use crate::look::{Family, Look};
use crate::rule::{CHECKS, Rule, Severity, guide, identity, resource};

pub(super) const FAMILY: Family = Family { rules: RULES, look };

static RULES: &[&Rule] = &[
    &JSON_SYNTAX,
    &NOT_A_POLICY,
    &WRONG_TYPE,
    &DUPLICATE_KEY,
    &UNKNOWN_ELEMENT,
    &UNKNOWN_VERSION,
    &NO_STATEMENT,
    &NO_EFFECT,
    &UNKNOWN_EFFECT,
    &NO_ACTION,
    &NOT_AN_ACTION,
    &BOTH_FORMS,
    &BARE_PRINCIPAL,
    &UNKNOWN_PRINCIPAL,
    &UNKNOWN_OPERATOR,
    &UNCLEAR_DATE,
    &DUPLICATE_CONDITION_KEY,
    &VARIABLE_OUT_OF_PLACE,
    &VARIABLE_IN_OLD_VERSION,
    &OPEN_VARIABLE,
    &EMPTY_VARIABLE,
    &BAD_DEFAULT,
    &SPACE_IN_VARIABLE,
    &WILDCARD_WITHOUT_LIKE,
    &TOO_MANY,
];

fn look(look: &mut Look<'_>) {
    for fault in &look.parsed.diagnostics {
        // Empty lists mean something else in each element: they are a family of their own.
        if fault.id == "empty-list" || fault.id == "unknown-operator" && is_null(look, fault.span) {
            continue;
        }
        if fault.id == "variable-out-of-place" && is_template(look, fault.span) {
            let message = "this is no policy variable: something has to be put in for it".to_owned();
            look.report(&TEMPLATE_PLACEHOLDER, fault.span, message, None);
            continue;
        }
        let rule = RULES.iter().find(|rule| rule.id == fault.id).copied().unwrap_or(&JSON_SYNTAX);
        look.report(rule, fault.span, fault.message.clone(), fault.help.clone());
    }
}

/// Names of keys have a colon; `${Partition}` is a template's.
fn is_template(look: &Look<'_>, span: clavicle_policy::Span) -> bool {
    let text = look.text.get(span.start as usize..span.end as usize).unwrap_or_default();
    text.starts_with("${") && !text.contains(':')
}

/// `NullIfExists` has a rule of its own.
fn is_null(look: &Look<'_>, span: clavicle_policy::Span) -> bool {
    let text = look.text.get(span.start as usize..span.end as usize).unwrap_or_default();
    super::clauses::is_null_if_exists(text.trim_matches('"'))
}

static JSON_SYNTAX: Rule = Rule {
    id: "json-syntax",
    severity: Severity::Error,
    title: "the text is not JSON",
    means: "A comma, quote, brace, escape or value is missing, is one too many, or is not what JSON has; the text has comments, is cut off or is no UTF-8.",
    why: "AWS refuses the policy.",
    fix: "Correct the text at the place that is shown.",
    aws: &["error-json-syntax-error"],
    source: CHECKS,
    bad: &[
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",}]}"#,
        ),
        identity("not json"),
    ],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#)],
};

static NOT_A_POLICY: Rule = Rule {
    id: "not-a-policy",
    severity: Severity::Error,
    title: "the text is JSON, and no policy",
    means: "The text is no JSON object.",
    why: "AWS refuses the policy.",
    fix: "Write an object with `Version` and `Statement`.",
    aws: &["error-data-type-mismatch"],
    source: guide!("reference_policies_grammar"),
    bad: &[identity("[]"), identity("7")],
    good: &[identity(r#"{"Version": "2012-10-17", "Statement": []}"#)],
};

static WRONG_TYPE: Rule = Rule {
    id: "wrong-type",
    severity: Severity::Error,
    title: "an element has a value of the wrong type",
    means: "An element or a value is an object, list, string, number or null where the grammar has something else.",
    why: "AWS refuses the policy, and what the statement would match is not known.",
    fix: "Write the type that the message names.",
    aws: &["error-data-type-mismatch"],
    source: guide!("reference_policies_grammar"),
    bad: &[identity(r#""Effect": "Allow", "Action": ["s3:GetObject", 7], "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*""#)],
};

static DUPLICATE_KEY: Rule = Rule {
    id: "duplicate-key",
    severity: Severity::Error,
    title: "the same key stands twice in one object",
    means: "An element, an operator or a condition key stands a second time in the same object.",
    why: "AWS refuses such a policy; programs that do not would drop one of the two.",
    fix: "Put the values into one list, or make two statements.",
    aws: &["error-json-syntax-error"],
    source: CHECKS,
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Action": "s3:PutObject", "Resource": "*""#,
    )],
    good: &[identity(r#""Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*""#)],
};

static UNKNOWN_ELEMENT: Rule = Rule {
    id: "unknown-element",
    severity: Severity::Error,
    title: "an element that policies do not have",
    means: "A policy or a statement has an element that is not in the grammar, or one in another case.",
    why: "AWS refuses the policy.",
    fix: "Write the element as the message says, or take it out.",
    aws: &["error-invalid-policy-element"],
    source: guide!("reference_policies_elements"),
    bad: &[
        identity(r#""Effect": "Allow", "Actions": "s3:GetObject", "Resource": "*""#),
        identity(r#""effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#),
    ],
    good: &[identity(r#""Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
};

static UNKNOWN_VERSION: Rule = Rule {
    id: "unknown-version",
    severity: Severity::Error,
    title: "a version that the policy language does not have",
    means: "`Version` is neither `2012-10-17` nor `2008-10-17`.",
    why: "AWS refuses the policy. It is the version of the language, not a date of yours.",
    fix: "Write `2012-10-17`.",
    aws: &["error-invalid-version"],
    source: guide!("reference_policies_elements_version"),
    bad: &[identity(r#"{"Version": "2024-01-01", "Statement": []}"#)],
    good: &[identity(r#"{"Version": "2012-10-17", "Statement": []}"#)],
};

static NO_STATEMENT: Rule = Rule {
    id: "no-statement",
    severity: Severity::Error,
    title: "the policy has no statement",
    means: "There is no element `Statement`.",
    why: "AWS refuses the policy.",
    fix: "Add `Statement`.",
    aws: &["error-missing-statement"],
    source: guide!("reference_policies_elements_statement"),
    bad: &[identity(r#"{"Version": "2012-10-17"}"#)],
    good: &[identity(r#"{"Version": "2012-10-17", "Statement": []}"#)],
};

static NO_EFFECT: Rule = Rule {
    id: "no-effect",
    severity: Severity::Error,
    title: "a statement neither allows nor denies",
    means: "A statement has no `Effect`.",
    why: "AWS refuses the policy.",
    fix: "Add `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`.",
    aws: &["error-missing-effect"],
    source: guide!("reference_policies_elements_effect"),
    bad: &[identity(r#""Action": "s3:GetObject", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
};

static UNKNOWN_EFFECT: Rule = Rule {
    id: "unknown-effect",
    severity: Severity::Error,
    title: "an effect other than Allow and Deny",
    means: "`Effect` is another word, or the right one in another case.",
    why: "AWS refuses the policy.",
    fix: "Write `Allow` or `Deny`; case counts.",
    aws: &["error-invalid-effect"],
    source: guide!("reference_policies_elements_effect"),
    bad: &[identity(r#""Effect": "allow", "Action": "s3:GetObject", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Deny", "Action": "s3:GetObject", "Resource": "*""#)],
};

static NO_ACTION: Rule = Rule {
    id: "no-action",
    severity: Severity::Error,
    title: "a statement names no action",
    means: "A statement has neither `Action` nor `NotAction`.",
    why: "AWS refuses the policy.",
    fix: "Add `Action`.",
    aws: &["error-missing-action"],
    source: guide!("reference_policies_elements_action"),
    bad: &[identity(r#""Effect": "Allow", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "NotAction": "iam:*", "Resource": "*""#)],
};

static NOT_AN_ACTION: Rule = Rule {
    id: "not-an-action",
    severity: Severity::Error,
    title: "something that is no action",
    means: "A value of `Action` or `NotAction` is not of the form `service:Name`.",
    why: "AWS refuses the policy: actions must be prefaced by a vendor, and have one colon.",
    fix: "Write the prefix of the service, a colon and the name.",
    aws: &["error-invalid-action"],
    source: guide!("reference_policies_elements_action"),
    bad: &[identity(r#""Effect": "Allow", "Action": "GetObject", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
};

static BOTH_FORMS: Rule = Rule {
    id: "both-forms",
    severity: Severity::Error,
    title: "an element and its negation in one statement",
    means: "A statement has both `Action` and `NotAction`, both `Resource` and `NotResource`, or both `Principal` and `NotPrincipal`.",
    why: "AWS refuses the policy.",
    fix: "Make two statements of it.",
    aws: &["error-unsupported-element-combination"],
    source: CHECKS,
    bad: &[identity(r#""Effect": "Allow", "Action": "s3:*", "NotAction": "s3:PutObject", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:*", "Resource": "*""#)],
};

static BARE_PRINCIPAL: Rule = Rule {
    id: "bare-principal",
    severity: Severity::Error,
    title: "a principal without its sort",
    means: "`Principal` is a string other than `*`.",
    why: "AWS refuses the policy.",
    fix: "Write the principal under `AWS`, `Service` or `Federated`.",
    aws: &["error-invalid-principal-format"],
    source: guide!("reference_policies_elements_principal"),
    bad: &[resource(
        r#""Effect": "Allow", "Principal": "arn:aws:iam::111122223333:root", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
    )],
    good: &[resource(
        r#""Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
    )],
};

static UNKNOWN_PRINCIPAL: Rule = Rule {
    id: "unknown-principal",
    severity: Severity::Error,
    title: "a sort of principal that AWS does not have",
    means: "A key in `Principal` is none of `AWS`, `Service`, `Federated` and `CanonicalUser`, or is one in another case.",
    why: "AWS refuses the policy.",
    fix: "Write one of the four.",
    aws: &["error-invalid-principal-key"],
    source: guide!("reference_policies_elements_principal"),
    bad: &[resource(
        r#""Effect": "Allow", "Principal": {"Account": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
    )],
    good: &[resource(
        r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#,
    )],
};

static UNKNOWN_OPERATOR: Rule = Rule {
    id: "unknown-operator",
    severity: Severity::Error,
    title: "a condition operator that AWS does not have",
    means: "A key of `Condition` is no operator, with or without `ForAllValues:`, `ForAnyValue:` and `IfExists`.",
    why: "AWS refuses the policy.",
    fix: "Write the operator that the message names.",
    aws: &["error-invalid-condition-operator"],
    source: guide!("reference_policies_elements_condition_operators"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringIs": {"s3:prefix": "a"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "a"}}"#,
    )],
};

static UNCLEAR_DATE: Rule = Rule {
    id: "unclear-date",
    severity: Severity::Error,
    title: "a date in a spelling that AWS does not document",
    means: "A value of a `Date…` operator looks like a date and is neither one of W3C's profile of ISO 8601 nor whole seconds since 1970: small letters, a space for `T`, `+0200`, a day that the month does not have.",
    why: "AWS may read it, and does not say as what: nobody can tell whom the statement lets in.",
    fix: "Write `2027-01-31T00:00:00Z`.",
    aws: &["general-warning-type-mismatch-date"],
    source: guide!("reference_policies_elements_condition_operators"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-31t00:00:00z"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2027-01-31T00:00:00Z"}}"#,
    )],
};

static DUPLICATE_CONDITION_KEY: Rule = Rule {
    id: "duplicate-condition-key",
    severity: Severity::Error,
    title: "a condition key twice under one operator, in two cases",
    means: "Two keys under the same operator differ in case only.",
    why: "Case does not count in keys: AWS refuses the policy.",
    fix: "Put the values into one list.",
    aws: &["error-duplicate-keys-with-different-case"],
    source: CHECKS,
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333", "aws:principalaccount": "444455556666"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": ["111122223333", "444455556666"]}}"#,
    )],
};

static VARIABLE_OUT_OF_PLACE: Rule = Rule {
    id: "variable-out-of-place",
    severity: Severity::Error,
    title: "a policy variable where none is replaced",
    means: "A variable stands in an action, a principal, before the fifth colon of an ARN, or under an operator that compares no texts and ARNs.",
    why: "There it is plain text, and matches nothing that is meant.",
    fix: "Use variables in the resource part of ARNs, and in conditions on texts and ARNs.",
    aws: &["error-invalid-variable-for-operator", "error-variable-unsupported-in-element"],
    source: guide!("reference_policies_variables"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "${aws:VpcSourceIp}"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}/*""#,
    )],
};

static VARIABLE_IN_OLD_VERSION: Rule = Rule {
    id: "variable-in-old-version",
    severity: Severity::Error,
    title: "a policy variable in a policy of the old version",
    means: "The policy has no `Version` or that of 2008, and a resource or condition has a `${…}`.",
    why: "Before version 2012-10-17 variables are plain text.",
    fix: "Write `\"Version\": \"2012-10-17\"`.",
    aws: &["error-variable-unsupported-in-version"],
    source: guide!("reference_policies_variables"),
    bad: &[identity(
        r#"{"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}/*"}}"#,
    )],
    good: &[identity(
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}/*"}}"#,
    )],
};

static OPEN_VARIABLE: Rule = Rule {
    id: "open-variable",
    severity: Severity::Error,
    title: "a policy variable that is not closed",
    means: "A `${` has no `}`.",
    why: "It is plain text, and matches nothing that is meant.",
    fix: "Add `}`; for the characters themselves write `${$}{`.",
    aws: &["error-missing-brace-in-variable"],
    source: guide!("reference_policies_variables"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username""#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}""#,
    )],
};

static EMPTY_VARIABLE: Rule = Rule {
    id: "empty-variable",
    severity: Severity::Error,
    title: "a policy variable without a name",
    means: "A `${}` names no key.",
    why: "It stands for nothing.",
    fix: "Name a key of the request, or take it out.",
    aws: &["error-empty-variable"],
    source: guide!("reference_policies_variables"),
    bad: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${}""#)],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:userid}""#,
    )],
};

static BAD_DEFAULT: Rule = Rule {
    id: "bad-default",
    severity: Severity::Error,
    title: "the default of a policy variable is not in single quotes",
    means: "After the comma of a variable stands something other than a text in single quotes.",
    why: "AWS refuses the policy, or takes the variable for plain text.",
    fix: "Write `${key, 'default'}`.",
    aws: &["error-missing-quote-in-variable"],
    source: guide!("reference_policies_variables"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username, none}""#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username, 'none'}""#,
    )],
};

static SPACE_IN_VARIABLE: Rule = Rule {
    id: "space-in-variable",
    severity: Severity::Error,
    title: "a policy variable with a space in its name",
    means: "There is white space before or in the name of a variable.",
    why: "No key has such a name.",
    fix: "Take the space out.",
    aws: &["error-unsupported-space-in-variable"],
    source: guide!("reference_policies_variables"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws: username}""#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}""#,
    )],
};

static WILDCARD_WITHOUT_LIKE: Rule = Rule {
    id: "wildcard-without-like",
    severity: Severity::Warning,
    title: "a wildcard under an operator that takes none",
    means: "A value of `StringEquals` or its kin has a `*` or a `?`.",
    why: "There they are characters like any other, so the value matches only itself.",
    fix: "Use `StringLike` or `StringNotLike`; for the character itself write `${*}`.",
    aws: &["general-warning-wildcard-without-like-operator"],
    source: guide!("reference_policies_elements_condition_operators"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "a/*"}}"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"StringLike": {"s3:prefix": "a/*"}}"#,
    )],
};

static TOO_MANY: Rule = Rule {
    id: "too-many",
    severity: Severity::Error,
    title: "more faults than are listed",
    means: "The text has more than a hundred faults, or as many doubtful places; the others are not listed.",
    why: "What is not listed was not looked at.",
    fix: "Correct those that are listed first.",
    aws: &[],
    source: CHECKS,
    bad: &[],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
};
