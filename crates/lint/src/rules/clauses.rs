//! Operators: do they fit the key, and do they do what they seem to?

use clavicle_catalog::{ActionId, KeyType};
use clavicle_policy::{BaseOperator, Clause, Scalar, SetPrefix, Statement};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, allows, clauses, denies, some_of};
use crate::rule::{CHECKS, Rule, Severity, guide, identity, resource, trust};

pub(super) const FAMILY: Family = Family {
    rules: &[
        &MISSING_SET_OPERATOR,
        &FOR_ALL_VALUES_OF_ONE,
        &FOR_ALL_VALUES_ALONE,
        &NULL_IF_EXISTS,
        &NULL_WITH_SET_OPERATOR,
        &OPERATOR_TYPE,
        &MIXED_VALUE_TYPES,
        &SEVERAL_BOOLEANS,
        &REDUNDANT_NUMBERS,
        &MFA_CONDITION,
        &AUDIENCE_CLAIM,
    ],
    look,
};

macro_rules! tags {
    ($effect:literal, $condition:literal) => {
        identity(concat!(
            r#""Effect": ""#,
            $effect,
            r#"", "Action": "ec2:CreateTags", "Resource": "*", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

macro_rules! listing {
    ($condition:literal) => {
        identity(concat!(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

macro_rules! barred {
    ($condition:literal) => {
        identity(concat!(
            r#""Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

macro_rules! items {
    ($action:literal, $keys:literal) => {
        identity(concat!(
            r#""Effect": "Allow", "Action": "#,
            $action,
            r#", "Resource": "arn:aws:dynamodb:us-west-2:111122223333:table/t", "Condition": {"ForAllValues:StringEquals": {"#,
            $keys,
            "}}"
        ))
    };
}

static MISSING_SET_OPERATOR: Rule = Rule {
    id: "missing-set-operator",
    severity: Severity::Error,
    title: "a key with several values, compared as if it had one",
    means: "A multivalued key stands under an operator without `ForAllValues:` or `ForAnyValue:`. `Null` is left out.",
    why: "AWS does not say what such a comparison does; it does not hold where there are several values.",
    fix: "Say whether all values have to match or any.",
    aws: &["error-missing-qualifier"],
    source: guide!("reference_policies_condition-single-vs-multi-valued-context-keys"),
    bad: &[tags!("Allow", r#""StringEquals": {"aws:TagKeys": "team"}"#)],
    good: &[
        tags!("Allow", r#""ForAnyValue:StringEquals": {"aws:TagKeys": "team"}"#),
        tags!("Deny", r#""Null": {"aws:TagKeys": "true"}"#),
    ],
};

static FOR_ALL_VALUES_OF_ONE: Rule = Rule {
    id: "for-all-values-of-one",
    severity: Severity::Security,
    title: "ForAllValues on a key with one value",
    means: "`ForAllValues:` stands before the operator of a key that has one value, in an Allow.",
    why: "It also holds where the key is missing: the Allow then applies to requests without it.",
    fix: "Take `ForAllValues:` out.",
    aws: &["security-warning-forallvalues-with-single-valued-key"],
    source: CHECKS,
    bad: &[listing!(r#""ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}"#)],
    good: &[listing!(r#""StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}"#)],
};

static FOR_ALL_VALUES_ALONE: Rule = Rule {
    id: "for-all-values-alone",
    severity: Severity::Security,
    title: "ForAllValues in an Allow, and nothing that asks for the key",
    means: "An Allow asks by `ForAllValues:` for a multivalued key other than `aws:TagKeys`, and no `\"Null\": {key: \"false\"}` stands beside it. `dynamodb:LeadingKeys` is left out where every action names its items by their keys (a scan does not), `dynamodb:Attributes` where nothing reads or `dynamodb:Select` is asked for, and `oam:ResourceTypes` where sinks are linked to, which always tells them.",
    why: "It also holds where the key is missing or has no values: everybody without the key gets in.",
    fix: "Add `\"Null\": {key: \"false\"}`, or use `ForAnyValue:`.",
    aws: &["security-warning-dynamodb-attributes-without-select"],
    source: guide!("reference_policies_condition-single-vs-multi-valued-context-keys"),
    bad: &[
        listing!(r#""ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}"#),
        items!(r#"["dynamodb:GetItem", "dynamodb:Scan"]"#, r#""dynamodb:LeadingKeys": "${aws:userid}""#),
        items!(r#""dynamodb:*""#, r#""dynamodb:LeadingKeys": "${aws:userid}""#),
        items!(r#""dynamodb:Query""#, r#""dynamodb:Attributes": ["UserId", "TopScore"]"#),
    ],
    good: &[
        items!(
            r#"["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"]"#,
            r#""dynamodb:LeadingKeys": "${aws:userid}""#
        ),
        items!(r#""dynamodb:UpdateItem""#, r#""dynamodb:Attributes": ["UserId", "TopScore"]"#),
        resource(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["oam:CreateLink", "oam:UpdateLink"], "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"oam:ResourceTypes": ["AWS::Logs::LogGroup"]}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "dynamodb:Query", "Resource": "arn:aws:dynamodb:us-west-2:111122223333:table/t", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["UserId", "TopScore"]}, "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}"#,
        ),
        listing!(
            r#""ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}, "Null": {"aws:PrincipalOrgPaths": "false"}"#
        ),
        listing!(r#""ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abcdefghij/*"}"#),
    ],
};

static NULL_IF_EXISTS: Rule = Rule {
    id: "null-if-exists",
    severity: Severity::Error,
    title: "Null with IfExists",
    means: "The operator is `NullIfExists`.",
    why: "AWS refuses the policy: `Null` itself asks whether the key exists.",
    fix: "Write `Null`.",
    aws: &["error-null-with-if-exists"],
    source: CHECKS,
    bad: &[listing!(r#""NullIfExists": {"s3:prefix": "true"}"#)],
    good: &[listing!(r#""Null": {"s3:prefix": "true"}"#)],
};

static NULL_WITH_SET_OPERATOR: Rule = Rule {
    id: "null-with-set-operator",
    severity: Severity::Suggestion,
    title: "Null with ForAllValues or ForAnyValue",
    means: "`Null` stands behind a set operator.",
    why: "With `ForAllValues:` it always holds, with `ForAnyValue:` never.",
    fix: "Write `Null` alone.",
    aws: &["suggestion-null-with-qualifier"],
    source: CHECKS,
    bad: &[tags!("Allow", r#""ForAllValues:Null": {"aws:TagKeys": "true"}"#)],
    good: &[tags!("Allow", r#""Null": {"aws:TagKeys": "true"}"#)],
};

static OPERATOR_TYPE: Rule = Rule {
    id: "operator-type",
    severity: Severity::Warning,
    title: "an operator of another type than the key",
    means: "The key holds numbers, dates, addresses or truth values and the operator compares something else, or the key holds texts and the operator compares numbers, dates, addresses or truth values. ARNs may be compared as texts.",
    why: "The values are compared in a way that is not meant: as texts, `9` is greater than `10`, and `10.0.0.0/8` matches itself only.",
    fix: "Use the operator that the message names.",
    aws: &["general-warning-type-mismatch"],
    source: CHECKS,
    bad: &[
        listing!(r#""StringEquals": {"aws:SourceIp": "203.0.113.0/24"}"#),
        listing!(r#""NumericEquals": {"s3:prefix": "7"}"#),
        listing!(r#""NumericEquals": {"aws:CurrentTime": "1801440000"}"#),
    ],
    good: &[
        listing!(r#""IpAddress": {"aws:SourceIp": "203.0.113.0/24"}"#),
        listing!(r#""StringLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/r"}"#),
        listing!(r#""NumericLessThan": {"aws:EpochTime": "1801440000"}"#),
        resource(
            r#""Effect": "Deny", "Principal": "*", "Action": "glacier:DeleteArchive", "Resource": "arn:aws:glacier:us-west-2:111122223333:vaults/v", "Condition": {"NumericLessThan": {"glacier:ArchiveAgeInDays": "365"}}"#,
        ),
    ],
};

static MIXED_VALUE_TYPES: Rule = Rule {
    id: "mixed-value-types",
    severity: Severity::Error,
    title: "values of several JSON types for one key",
    means: "The values of a key are strings beside numbers or booleans.",
    why: "AWS refuses the policy.",
    fix: "Put all of them in quotes.",
    aws: &["error-invalid-condition-data-type"],
    source: CHECKS,
    bad: &[listing!(r#""NumericEquals": {"s3:max-keys": ["1", 2]}"#)],
    good: &[listing!(r#""NumericEquals": {"s3:max-keys": ["1", "2"]}"#)],
};

static SEVERAL_BOOLEANS: Rule = Rule {
    id: "several-booleans",
    severity: Severity::Error,
    title: "several truth values for one key",
    means: "A `Bool` or `Null` has more than one value.",
    why: "AWS refuses the policy; true or false is always one of them.",
    fix: "Write one value; to ask whether the key is there use `Null`.",
    aws: &["error-invalid-condition-multiple-boolean"],
    source: CHECKS,
    bad: &[
        listing!(r#""Bool": {"aws:SecureTransport": ["true", "false"]}"#),
        listing!(r#""Null": {"aws:SourceVpc": ["true", "false"]}"#),
    ],
    good: &[listing!(r#""Bool": {"aws:SecureTransport": "true"}"#)],
};

static REDUNDANT_NUMBERS: Rule = Rule {
    id: "redundant-numbers",
    severity: Severity::Suggestion,
    title: "several limits where one decides",
    means: "`NumericLessThan`, `NumericGreaterThan` or a date operator of that sort has more than one value.",
    why: "One of them decides: the greatest of upper limits, the least of lower ones.",
    fix: "Keep the one that the message names.",
    aws: &["suggestion-redundant-condition-value-num"],
    source: CHECKS,
    bad: &[listing!(r#""NumericLessThan": {"s3:max-keys": ["10", "20"]}"#)],
    good: &[listing!(r#""NumericLessThan": {"s3:max-keys": "20"}"#)],
};

static MFA_CONDITION: Rule = Rule {
    id: "mfa-condition",
    severity: Severity::Security,
    title: "a condition on MFA that lets in, or spares, those without it",
    means: "An Allow applies where `aws:MultiFactorAuthPresent` is false, or also where it is missing; or a Deny asks for false without `IfExists`. Of `aws:MultiFactorAuthAge`: an Allow asks for more seconds than a number, or a Deny for fewer; an Allow has `IfExists`; a Deny asks for it in one statement with a false `aws:MultiFactorAuthPresent`, or has no `IfExists` and nothing else in the policy asks for MFA.",
    why: "Requests with long-term keys carry neither key: an Allow with `IfExists` lets them in, and a Deny without it spares them. The age grows: what is allowed above a number is allowed for ever after.",
    fix: "Allow with `\"Bool\": {\"aws:MultiFactorAuthPresent\": \"true\"}` and `NumericLessThan`; deny with `BoolIfExists` and `false`, and by another statement with `NumericGreaterThan`.",
    aws: &[],
    source: guide!("reference_policies_condition-keys"),
    bad: &[
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}"#,
        ),
        identity(
            r#""Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#,
        ),
        listing!(r#""NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}"#),
        listing!(r#""NumericLessThanIfExists": {"aws:MultiFactorAuthAge": "3600"}"#),
        barred!(r#""NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}"#),
        barred!(r#""NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}"#),
        barred!(
            r#""NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}, "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}"#
        ),
    ],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#,
        ),
        identity(
            r#""Effect": "Deny", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#,
        ),
        listing!(r#""NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}"#),
        // More than none is all that there are.
        listing!(r#""NumericGreaterThanEquals": {"aws:MultiFactorAuthAge": "0"}"#),
        barred!(r#""NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}"#),
        // AWS: Amazon S3 User Guide, "Examples of Amazon S3 bucket policies", "Requiring MFA".
        resource(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/taxdocuments/*", "Condition": {"Null": {"aws:MultiFactorAuthAge": true}}}, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/taxdocuments/*", "Condition": {"NumericGreaterThan": {"aws:MultiFactorAuthAge": 3600}}}]}"#,
        ),
    ],
};

static AUDIENCE_CLAIM: Rule = Rule {
    id: "audience-claim",
    severity: Severity::Suggestion,
    title: "the audience of a token, compared as a set or not",
    means: "A trust policy compares an `aud` claim under `ForAllValues:`, which also holds where the claim is missing, or under `ForAnyValue:` where the provider is known to send one audience (GitHub, Google, Cognito).",
    why: "Most providers send one audience. A set operator is right only where several come, and `ForAllValues:` also lets tokens without an audience in.",
    fix: "Use `StringEquals`; where tokens carry several audiences, `ForAnyValue:StringEquals`.",
    aws: &["suggestion-confirm-audience-claim-type", "security-warning-foranyvalue-with-audience-claim-type"],
    source: CHECKS,
    bad: &[
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"ForAllValues:StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"ForAnyValue:StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}}"#,
        ),
    ],
    good: &[trust(
        r#""Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}}"#,
    )],
};

fn look(look: &mut Look<'_>) {
    for (statement, clause) in look.clauses() {
        if is_null_if_exists(&clause.operator.value.written) {
            look.report(
                &NULL_IF_EXISTS,
                clause.operator.span,
                "`Null` takes no `IfExists`".to_owned(),
                "write `Null`".to_owned(),
            );
        }
        let Some(base) = clause.operator.value.base else { continue };
        sets(look, statement, clause, base);
        values(look, clause, base);
        if let Some(known) = look.catalog.condition_key(&clause.key.value)
            && let Some(wanted) = better(known.name, known.kind, base)
        {
            let message = format!(
                "`{}` holds {}, and `{}` does not compare those",
                clause.key.value,
                holds(known.kind),
                base.name()
            );
            look.report(&OPERATOR_TYPE, clause.operator.span, message, format!("use {wanted}"));
        }
        if clause.key.value.eq_ignore_ascii_case(MFA) && base == BaseOperator::Bool {
            mfa(look, statement, clause);
        }
        if clause.key.value.eq_ignore_ascii_case(MFA_AGE) {
            mfa_age(look, statement, clause, base);
        }
    }
}

/// The parser has no such operator, and says so in general words.
pub(super) fn is_null_if_exists(written: &str) -> bool {
    written.rsplit(':').next().is_some_and(|name| name.eq_ignore_ascii_case("NullIfExists"))
}

fn sets(look: &mut Look<'_>, statement: &Statement, clause: &Clause, base: BaseOperator) {
    let operator = &clause.operator.value;
    let key = &clause.key.value;
    if base == BaseOperator::Null {
        if let Some(set) = operator.set {
            let what = if set == SetPrefix::ForAllValues { "always holds" } else { "never holds" };
            let message = format!("`Null` behind `{}` {what}", set.name());
            look.report(&NULL_WITH_SET_OPERATOR, clause.operator.span, message, "write `Null`".to_owned());
        }
        return;
    }
    let known = look.catalog.condition_key(key);
    let multivalued = known.map(|known| known.multivalued);
    match (operator.set, multivalued) {
        (None, Some(true)) => {
            let message = format!("`{key}` has several values, and `{}` compares one", operator.written);
            let help = "put `ForAnyValue:` or `ForAllValues:` before the operator".to_owned();
            look.report(&MISSING_SET_OPERATOR, clause.operator.span, message, help);
        }
        (Some(SetPrefix::ForAllValues), _)
            if allows(statement)
                && key.to_ascii_lowercase().ends_with(":aud")
                && look.kind == PolicyKind::Trust =>
        {
            let message = format!("`ForAllValues:` also holds for tokens without `{key}`");
            look.report(
                &AUDIENCE_CLAIM,
                clause.operator.span,
                message,
                "use `StringEquals`, or `ForAnyValue:StringEquals` where there are several".to_owned(),
            );
        }
        (Some(SetPrefix::ForAnyValue), _) if look.kind == PolicyKind::Trust && is_one_audience(key) => {
            let message = format!("`{key}` has one value, and `ForAnyValue:` is for several");
            look.report(&AUDIENCE_CLAIM, clause.operator.span, message, "take `ForAnyValue:` out".to_owned());
        }
        (Some(SetPrefix::ForAllValues), Some(false)) if allows(statement) => {
            let message = format!("`{key}` has one value; `ForAllValues:` also holds where it is missing");
            look.report(
                &FOR_ALL_VALUES_OF_ONE,
                clause.operator.span,
                message,
                "take `ForAllValues:` out".to_owned(),
            );
        }
        (Some(SetPrefix::ForAllValues), Some(true))
            if allows(statement)
                && !key.eq_ignore_ascii_case("aws:TagKeys")
                && !is_asked_for(statement, key) =>
        {
            let Some(help) = items_without(look, statement, key) else { return };
            let message = format!("this also holds where `{key}` is missing or empty");
            look.report(&FOR_ALL_VALUES_ALONE, clause.operator.span, message, help);
        }
        _ => {}
    }
}

/// Is it the audience of a provider whose tokens have one? AWS: IAM User Guide, "IAM and AWS STS condition context keys", lists
/// `aud` of these with a single value.
fn is_one_audience(key: &str) -> bool {
    let providers =
        ["token.actions.githubusercontent.com", "accounts.google.com", "cognito-identity.amazonaws.com"];
    key.strip_suffix(":aud")
        .is_some_and(|issuer| providers.iter().any(|known| issuer.eq_ignore_ascii_case(known)))
}

/// What to do about requests without the key; `None` where the actions send none.
///
/// AWS: Amazon DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access control": "you must use the
/// ForAllValues modifier when using LeadingKeys"; "`Scan` returns all items regardless of the leading keys"; the clause on
/// `dynamodb:Select` makes that "the app can't request all attributes".
fn items_without(look: &Look<'_>, statement: &Statement, key: &str) -> Option<String> {
    let actions = look.actions(statement);
    match key.to_ascii_lowercase().as_str() {
        "dynamodb:leadingkeys" => {
            let scans = |id: &&ActionId| !BY_KEY.contains(&look.catalog.name(**id));
            let names: Vec<&str> = actions.iter().filter(scans).map(|id| look.catalog.name(*id)).collect();
            (!names.is_empty()).then(|| format!("take {} out: it is asked on every item", some_of(&names)))
        }
        // AWS: CloudWatch Observability Access Manager API Reference, `CreateLink` and `UpdateLink`: `ResourceTypes` is required.
        "oam:resourcetypes" => {
            let optional =
                |id: &ActionId| !["oam:CreateLink", "oam:UpdateLink"].contains(&look.catalog.name(*id));
            actions.iter().any(optional).then(|| format!("add `\"Null\": {{\"{key}\": \"false\"}}`"))
        }
        "dynamodb:attributes" => {
            let reads = actions.iter().any(|id| look.catalog.takes_key(*id, "dynamodb:Select") == Some(true));
            let asked =
                clauses(statement).any(|other| other.key.value.eq_ignore_ascii_case("dynamodb:Select"));
            (reads && !asked).then(|| "ask for `dynamodb:Select` too: `SPECIFIC_ATTRIBUTES`".to_owned())
        }
        _ => Some(format!("add `\"Null\": {{\"{key}\": \"false\"}}`")),
    }
}

/// Operations that name each item by its whole key, or by its partition key.
const BY_KEY: [&str; 11] = [
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PartiQLDelete",
    "dynamodb:PartiQLInsert",
    "dynamodb:PartiQLUpdate",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
];

/// Does another condition ask that the key is there?
fn is_asked_for(statement: &Statement, key: &str) -> bool {
    clauses(statement).any(|other| {
        other.key.value.eq_ignore_ascii_case(key)
            && other.operator.value.base == Some(BaseOperator::Null)
            && other.values.iter().all(|value| value.value.text() == "false")
    })
}

fn values(look: &mut Look<'_>, clause: &Clause, base: BaseOperator) {
    let key = &clause.key.value;
    let quoted = |value: &&clavicle_policy::Spanned<Scalar>| matches!(value.value, Scalar::String(_));
    let strings = clause.values.iter().filter(quoted).count();
    if strings > 0 && strings < clause.values.len() {
        let message = format!("the values of `{key}` are of several JSON types");
        look.report(&MIXED_VALUE_TYPES, clause.key.span, message, "put all of them in quotes".to_owned());
    }
    if clause.values.len() < 2 {
        return;
    }
    use BaseOperator as B;
    let keep = match base {
        B::Bool | B::Null => {
            let message = format!("`{key}` is compared with several truth values");
            look.report(&SEVERAL_BOOLEANS, clause.key.span, message, "write one".to_owned());
            return;
        }
        B::NumericLessThan | B::NumericLessThanEquals | B::DateLessThan | B::DateLessThanEquals => "greatest",
        B::NumericGreaterThan
        | B::NumericGreaterThanEquals
        | B::DateGreaterThan
        | B::DateGreaterThanEquals => "least",
        _ => return,
    };
    let message = format!("of these values of `{key}` only the {keep} decides");
    look.report(&REDUNDANT_NUMBERS, clause.key.span, message, format!("keep the {keep}"));
}

/// The operators to use, if this one does not compare what the key holds.
fn better(key: &str, kind: KeyType, base: BaseOperator) -> Option<&'static str> {
    let name = base.name();
    let is = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    if base == BaseOperator::Null {
        return None;
    }
    let (fits, wanted) = match kind {
        // AWS: Amazon S3 Glacier Developer Guide, "Vault Lock policies", compares the age by `NumericLessThan`; it is listed as a text.
        KeyType::String if key == "glacier:ArchiveAgeInDays" => {
            (is(&["Numeric"]), "`NumericLessThan` or its kin")
        }
        KeyType::String => (is(&["String", "Arn", "Binary"]), "`StringEquals` or `StringLike`"),
        KeyType::Arn => (is(&["Arn", "String"]), "`ArnLike` or `ArnEquals`"),
        KeyType::Bool => (is(&["Bool"]), "`Bool`"),
        KeyType::Numeric => (is(&["Numeric"]), "`NumericEquals` or its kin"),
        // AWS: IAM User Guide, "AWS global condition context keys": `aws:EpochTime` alone has date and numeric operators.
        KeyType::Date if key == "aws:EpochTime" => (is(&["Date", "Numeric"]), "`DateLessThan` or its kin"),
        KeyType::Date => (is(&["Date"]), "`DateLessThan` or its kin"),
        KeyType::IpAddress => (is(&["IpAddress", "NotIpAddress"]), "`IpAddress` or `NotIpAddress`"),
    };
    (!fits).then_some(wanted)
}

fn holds(kind: KeyType) -> &'static str {
    match kind {
        KeyType::String => "texts",
        KeyType::Arn => "ARNs",
        KeyType::Bool => "truth values",
        KeyType::Numeric => "numbers",
        KeyType::Date => "points in time",
        KeyType::IpAddress => "addresses",
    }
}

/// AWS: IAM User Guide, "AWS global condition context keys", `aws:MultiFactorAuthPresent`.
fn mfa(look: &mut Look<'_>, statement: &Statement, clause: &Clause) {
    let asks =
        |wanted: &str| clause.values.iter().any(|value| value.value.text().eq_ignore_ascii_case(wanted));
    let if_exists = clause.operator.value.if_exists;
    let span = clause.operator.span;
    let alone = !is_asked_for(statement, &clause.key.value);
    if allows(statement) && asks("false") {
        let message = "this allows those who did not use MFA".to_owned();
        look.report(&MFA_CONDITION, span, message, "ask for `true`".to_owned());
    } else if allows(statement) && if_exists && alone {
        let message = "this also allows requests with long-term keys, which carry no such key".to_owned();
        look.report(&MFA_CONDITION, span, message, "use `Bool`".to_owned());
    } else if denies(statement) && !if_exists && asks("false") && alone {
        let message = "this does not deny requests with long-term keys, which carry no such key".to_owned();
        look.report(&MFA_CONDITION, span, message, "use `BoolIfExists`".to_owned());
    }
}

const MFA: &str = "aws:MultiFactorAuthPresent";
const MFA_AGE: &str = "aws:MultiFactorAuthAge";

/// Which way an age is compared.
#[derive(PartialEq, Eq)]
enum Age {
    Younger,
    Older,
}

/// AWS: IAM User Guide, "AWS global condition context keys", `aws:MultiFactorAuthAge`: the seconds since the caller was
/// authorized by MFA; it is in no request of those who did not use MFA.
fn mfa_age(look: &mut Look<'_>, statement: &Statement, clause: &Clause, base: BaseOperator) {
    use BaseOperator as B;
    let age = |base: B| match base {
        B::NumericLessThan | B::NumericLessThanEquals => Some(Age::Younger),
        B::NumericGreaterThan | B::NumericGreaterThanEquals => Some(Age::Older),
        _ => None,
    };
    let Some(asked) = age(base) else { return };
    // A span of time has two ends, and any age at all is none.
    let of_span = clauses(statement).any(|other| {
        other.key.value.eq_ignore_ascii_case(MFA_AGE)
            && other.operator.value.base.and_then(age).is_some_and(|other| other != asked)
    });
    let any = clause.values.iter().all(|value| value.value.text().trim() == "0");
    if of_span || any {
        return;
    }
    let if_exists = clause.operator.value.if_exists;
    let is_false = |other: &Clause| {
        other.key.value.eq_ignore_ascii_case(MFA)
            && other.values.iter().all(|value| value.value.text().eq_ignore_ascii_case("false"))
    };
    let is_true = |other: &Clause| other.key.value.eq_ignore_ascii_case(MFA) && !is_false(other);
    let is_told = is_asked_for(statement, MFA_AGE) || clauses(statement).any(is_true);
    // Another statement may look after those without MFA.
    let elsewhere = look.clauses().any(|(_, other)| {
        let null = other.operator.value.base == Some(B::Null);
        other.key.value.eq_ignore_ascii_case(MFA) || null && other.key.value.eq_ignore_ascii_case(MFA_AGE)
    });
    let (message, help) = match (allows(statement), asked) {
        (true, Age::Older) => ("this allows those only who used MFA long ago", "use `NumericLessThan`"),
        (true, Age::Younger) if if_exists && !is_told => (
            "this also allows requests without MFA, which carry no such key",
            "use the operator without `IfExists`",
        ),
        (false, _) if !denies(statement) => return,
        (false, Age::Younger) => {
            ("this denies those who used MFA just now, and spares the others", "use `NumericGreaterThan`")
        }
        (false, Age::Older) if !if_exists && clauses(statement).any(is_false) => (
            "a request without MFA carries no such key: this denies nothing",
            "deny what has no MFA by a statement of its own",
        ),
        (false, Age::Older) if !if_exists && !is_told && !elsewhere => (
            "this does not deny requests without MFA, which carry no such key",
            "use `NumericGreaterThanIfExists`",
        ),
        _ => return,
    };
    look.report(&MFA_CONDITION, clause.operator.span, message.to_owned(), help.to_owned());
}
