//! What an identity could do with what a policy allows everywhere: take more rights, carry off data, open things to
//! others, get at credentials, change what runs.
//!
//! Which actions these are is read from facts that the project has for other reasons: the ways to more rights from
//! `docs/steps.md`, which the methods of chains write themselves; what reads data, and what makes somebody else, from
//! the words of the catalogue; what opens things from its list of resource policies; levels from AWS.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use clavicle_catalog::{Access, ActionId, Catalog, Word, words};
use clavicle_policy::{Case, Glob, Statement};

use crate::look::{Family, Look, allows, denies, is_unconditional, resource_patterns, some_of};
use crate::rule::{Rule, Severity, guide, identity};

pub(super) const FAMILY: Family = Family {
    rules: &[
        &PRIVILEGE_ESCALATION,
        &RESOURCE_EXPOSURE,
        &POLICY_CAN_BE_REWRITTEN,
        &CREDENTIALS_EXPOSURE,
        &DATA_EXFILTRATION,
        &INFRASTRUCTURE_MODIFICATION,
        &RESOURCE_COULD_BE_NAMED,
    ],
    look,
};

static PRIVILEGE_ESCALATION: Rule = Rule {
    id: "policy-allows-escalation",
    severity: Severity::Security,
    title: "who has this can take more rights",
    means: "Without conditions, and on `*` or every resource of the kind (`arn:aws:s3:::*`), the policy allows all actions of one of the methods of docs/steps.md by which somebody changes their own rights, takes over a user or role, or hands a role to something new. `sts:AssumeRole` alone does not count.",
    why: "Whoever has the policy has in truth the rights that can be taken.",
    fix: "Name resources, ask for a boundary, or take an action of the method away.",
    aws: &[],
    source: guide!("access_policies_boundaries"),
    bad: &[
        identity(r#""Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*""#),
        identity(
            r#""Effect": "Allow", "Action": "iam:PutUserPolicy", "Resource": "arn:aws:iam::111122223333:user/*""#,
        ),
        identity(
            r#""Effect": "Allow", "Action": ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*""#,
        ),
    ],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*""#,
        ),
        identity(
            r#""Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "arn:aws:iam::111122223333:policy/mine/*""#,
        ),
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:CreatePolicyVersion", "Resource": "*"}, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}]}"#,
        ),
    ],
};

static RESOURCE_EXPOSURE: Rule = Rule {
    id: "resource-exposure",
    severity: Severity::Security,
    title: "who has this can open things to others",
    means: "Without conditions, and on `*` or every resource of the kind (`arn:aws:s3:::*`), the policy allows actions that change who may use a thing: those of AWS's level \"permissions management\", and those that write policies and grants of resources. Those of IAM are policy-allows-escalation's.",
    why: "Whoever has the policy can share any such thing with anybody.",
    fix: "Name resources, or take the actions away.",
    aws: &[],
    source: guide!("access_policies_understand-policy-summary-access-level-summaries"),
    bad: &[identity(r#""Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "Action": "s3:PutBucketPolicy", "Resource": "arn:aws:s3:::b""#)],
};

static POLICY_CAN_BE_REWRITTEN: Rule = Rule {
    id: "policy-can-be-rewritten",
    severity: Severity::Security,
    title: "who has this can rewrite the policy of a resource",
    means: "The policy allows, on whatever resources and Deny statements aside, an action that writes or deletes the policy of a resource, beside other actions on that kind of resource.",
    why: "The limits that the other actions have on that resource, and those of its policy, can be lifted by whoever has the policy.",
    fix: "Take the action away from those who use the resource.",
    aws: &[],
    source: guide!("access_policies_identity-vs-resource"),
    bad: &[identity(
        r#""Effect": "Allow", "Action": ["s3:GetObject", "s3:PutBucketPolicy"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#,
    )],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#,
        ),
        identity(
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:PutBucketPolicy", "s3:GetObject"], "Resource": "arn:aws:s3:::b"}, {"Effect": "Deny", "Action": "*", "Resource": "*"}]}"#,
        ),
    ],
};

static CREDENTIALS_EXPOSURE: Rule = Rule {
    id: "credentials-exposure",
    severity: Severity::Security,
    title: "who has this can get credentials",
    means: "Without conditions, and on `*` or every resource of the kind (`arn:aws:s3:::*`), the policy allows actions whose answer is credentials: those by which somebody becomes a user, role or database user, and those that give out tokens and passwords.",
    why: "Credentials leave AWS, and what is done with them is done in somebody else's name.",
    fix: "Name resources, or take the actions away.",
    aws: &[],
    source: guide!("id_credentials_temp"),
    bad: &[
        identity(r#""Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*""#),
        identity(r#""Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*""#),
    ],
    good: &[identity(
        r#""Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "arn:aws:iam::*:user/${aws:username}""#,
    )],
};

static DATA_EXFILTRATION: Rule = Rule {
    id: "data-exfiltration",
    severity: Severity::Security,
    title: "who has this can read data anywhere",
    means: "Without conditions, and on `*` or every resource of the kind (`arn:aws:s3:::*`), the policy allows actions that read what is in a thing: objects, secrets, parameters, tables, messages, snapshots and the like.",
    why: "All such data of the account can be carried off.",
    fix: "Name resources.",
    aws: &[],
    source: guide!("best-practices"),
    bad: &[
        identity(r#""Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*""#),
        identity(r#""Effect": "Allow", "Action": "s3:Get*", "Resource": "*""#),
        identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/*""#),
    ],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/*""#,
        ),
        identity(r#""Effect": "Allow", "Action": "secretsmanager:ListSecrets", "Resource": "*""#),
    ],
};

static INFRASTRUCTURE_MODIFICATION: Rule = Rule {
    id: "infrastructure-modification",
    severity: Severity::Security,
    title: "who has this can change any resource of a kind",
    means: "Without conditions and on `*`, the policy allows actions of AWS's level \"write\" that could be limited to resources.",
    why: "A slip or a stolen key can change or delete every one of them.",
    fix: "Name resources.",
    aws: &[],
    source: guide!("best-practices"),
    bad: &[identity(r#""Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "*""#)],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": "ec2:TerminateInstances", "Resource": "arn:aws:ec2:*:111122223333:instance/i-1234567890abcdef0""#,
        ),
        identity(r#""Effect": "Allow", "Action": "ec2:DescribeInstances", "Resource": "*""#),
    ],
};

static RESOURCE_COULD_BE_NAMED: Rule = Rule {
    id: "resource-could-be-named",
    severity: Severity::Suggestion,
    title: "`*` where resources could be named",
    means: "An Allow on `*`, with conditions or without, has actions that take resource types.",
    why: "Naming the resources keeps the statement from things that come later.",
    fix: "Name the resources; actions that work on `*` only go to a statement of their own.",
    aws: &[],
    source: guide!("reference_policies_elements_resource"),
    bad: &[identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "*""#)],
    good: &[
        identity(
            r#""Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "guardduty:ListDetectors"], "Resource": "*""#,
        ),
        identity(r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*""#),
    ],
};

/// What gives out credentials beside what makes somebody a user or role, each with the page of its API.
const GIVES_CREDENTIALS: [&str; 14] = [
    // "Retrieves an authorization token": the password of the registry.
    "ecr:GetAuthorizationToken",
    "codeartifact:GetAuthorizationToken",
    "cognito-identity:GetCredentialsForIdentity",
    "cognito-identity:GetOpenIdToken",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    // "Get temporary credentials": of a server's user, of a cluster, of a fleet's instance.
    "gamelift:RequestUploadCredentials",
    "gamelift:GetInstanceAccess",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "redshift:GetClusterCredentialsWithIAM",
    "redshift-serverless:GetCredentials",
    "sts:GetFederationToken",
    // The password of a Windows instance, encrypted for its key pair.
    "ec2:GetPasswordData",
    "s3:GetDataAccess",
];

/// The page of methods, which the program writes; a test of `graph` holds it current.
const STEPS: &str = include_str!("../../../../docs/steps.md");

/// One way to more rights: what it is called, and the actions that it takes together.
struct Way {
    title: &'static str,
    actions: Vec<ActionId>,
}

/// The ways of the page's first three sections, each alternative by itself.
fn ways() -> &'static [Way] {
    static WAYS: LazyLock<Vec<Way>> = LazyLock::new(|| {
        let catalog = clavicle_catalog::catalog();
        let wanted = ["Changes own rights", "Takes over a user or role", "Hands a role to something new"];
        let sections =
            STEPS.split("\n## ").filter(|section| wanted.iter().any(|title| section.starts_with(title)));
        let mut ways = Vec::new();
        for method in sections.flat_map(|section| section.split("\n### ").skip(1)) {
            let title =
                method.lines().next().and_then(|line| line.split_once(": ")).map_or("", |(_, title)| title);
            let takes = method.lines().find_map(|line| line.strip_prefix("- Takes: "));
            for alternative in takes.into_iter().flat_map(|takes| takes.split("; or ")) {
                // Every other piece stands in backticks; what is no action is a resource type or a service.
                let named = alternative.split('`').skip(1).step_by(2).filter_map(|name| catalog.action(name));
                let actions: Vec<ActionId> = named.collect::<BTreeSet<_>>().into_iter().collect();
                let assumes = |id: &ActionId| catalog.name(*id) == "sts:AssumeRole";
                if !actions.is_empty() && !actions.iter().all(assumes) {
                    ways.push(Way { title, actions });
                }
            }
        }
        ways
    });
    &WAYS
}

fn lists(word: Word, catalog: &'static Catalog) -> BTreeSet<ActionId> {
    let words = words();
    let types = catalog.resource_types().filter(|kind| words.is_written(word, kind.id()));
    types.flat_map(|kind| words.actions(word, kind.id()).to_vec()).collect()
}

/// What reads what is in a thing, by the words that are written by hand.
fn reading() -> &'static BTreeSet<ActionId> {
    static LIST: LazyLock<BTreeSet<ActionId>> =
        LazyLock::new(|| lists(Word::Read, clavicle_catalog::catalog()));
    &LIST
}

fn credentials() -> &'static BTreeSet<ActionId> {
    static LIST: LazyLock<BTreeSet<ActionId>> = LazyLock::new(|| {
        let catalog = clavicle_catalog::catalog();
        let mut list = lists(Word::Become, catalog);
        list.extend(GIVES_CREDENTIALS.iter().filter_map(|name| catalog.action(name)));
        list
    });
    &LIST
}

/// What writes policies and grants of resources, with the service and type of resource.
fn rewriting() -> &'static BTreeMap<ActionId, &'static str> {
    static LIST: LazyLock<BTreeMap<ActionId, &'static str>> = LazyLock::new(|| {
        let catalog = clavicle_catalog::catalog();
        let kinds = catalog.resource_policy_kinds().filter(|kind| {
            matches!(
                kind.kind,
                clavicle_catalog::GrantKind::Policy | clavicle_catalog::GrantKind::SharedPolicy
            )
        });
        kinds
            .flat_map(|kind| kind.write_actions().map(move |name| (name, kind.prefix)))
            .filter_map(|(name, prefix)| Some((catalog.action(name)?, prefix)))
            // Making a thing brings a policy with it, and changes none that is there.
            .filter(|(action, _)| !catalog.short_name(*action).starts_with("Create"))
            .collect()
    });
    &LIST
}

/// Does it name every thing that the action is asked on, at least of one account and region: `*`, `arn:aws:s3:::*`,
/// `arn:aws:iam::111122223333:role/*`?
fn names_every(catalog: &'static Catalog, statement: &Statement, action: ActionId) -> bool {
    let Some(resource) = statement.resource.as_ref().filter(|resource| !resource.negated) else {
        return false;
    };
    let forms = || catalog.resources(action).flat_map(|taken| taken.resource_type().arn_patterns());
    resource
        .patterns
        .iter()
        .any(|pattern| is_star(&pattern.value) || forms().any(|form| every_of(&pattern.value, form)))
}

/// Does a pattern take in all ARNs of a form, but for the partition, region and account that it says?
fn every_of(pattern: &str, form: &str) -> bool {
    let said: Vec<&str> = pattern.splitn(6, ':').collect();
    let part = |at: usize, any: &'static str| {
        said.get(at)
            .copied()
            .filter(|text| !text.is_empty() && !text.contains(['*', '?', '$']))
            .unwrap_or(any)
    };
    let (mut arn, mut rest) = (String::new(), form);
    while let Some((own, variable)) = rest.split_once("${") {
        arn.push_str(own);
        let (name, after) = variable.split_once('}').unwrap_or((variable, ""));
        arn.push_str(match name {
            "Partition" => part(1, "aws"),
            "Region" => part(3, "us-east-1"),
            "Account" => part(4, "111122223333"),
            _ => NOBODYS_NAME,
        });
        rest = after;
    }
    arn.push_str(rest);
    Glob::new(pattern, Case::Sensitive).matches(&arn.replace('*', NOBODYS_NAME))
}

/// A name that nobody would have picked out.
const NOBODYS_NAME: &str = "\u{1}\u{2}";

fn is_star(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte == b'*')
}

/// Is it about everything?
fn is_on_everything(statement: &Statement) -> bool {
    resource_patterns(statement).iter().any(|pattern| is_star(&pattern.value))
        && statement.resource.as_ref().is_some_and(|resource| !resource.negated)
}

/// What the policy denies on everything, whatever the request carries.
fn refused(look: &Look<'_>) -> BTreeSet<ActionId> {
    let whole = |statement: &&Statement| {
        denies(statement) && is_unconditional(statement) && is_on_everything(statement)
    };
    let statements = look.statements().map(|(_, statement)| statement).filter(whole);
    statements.flat_map(|statement| look.actions(statement)).collect()
}

/// The actions of all of them.
fn of_ways() -> &'static BTreeSet<ActionId> {
    static LIST: LazyLock<BTreeSet<ActionId>> =
        LazyLock::new(|| ways().iter().flat_map(|way| way.actions.iter().copied()).collect());
    &LIST
}

/// What a statement allows of the ways on every thing of the kind, whatever the request carries.
fn everywhere(look: &Look<'_>, statement: &Statement) -> BTreeSet<ActionId> {
    if !allows(statement) || !is_unconditional(statement) {
        return BTreeSet::new();
    }
    let mut actions = look.actions(statement);
    actions.retain(|action| of_ways().contains(action) && names_every(look.catalog, statement, *action));
    actions
}

/// The ways to more rights that the policy opens.
fn open_ways(look: &Look<'_>) -> Vec<&'static Way> {
    let mut all: BTreeSet<ActionId> =
        look.statements().flat_map(|(_, statement)| everywhere(look, statement)).collect();
    if all.is_empty() {
        return Vec::new();
    }
    for action in refused(look) {
        all.remove(&action);
    }
    ways().iter().filter(|way| way.actions.iter().all(|action| all.contains(action))).collect()
}

/// Does it open a way to more rights?
pub(super) fn escalates(look: &Look<'_>) -> bool {
    !open_ways(look).is_empty()
}

fn look(look: &mut Look<'_>) {
    if !look.kind.is_of_identity() {
        return;
    }
    let catalog = look.catalog;
    let refused = refused(look);
    for (_, statement) in look.statements().filter(|(_, statement)| allows(statement)) {
        let mut actions = look.actions(statement);
        actions.retain(|action| !refused.contains(action));
        rewrites(look, statement, &actions);
        if is_on_everything(statement) {
            named(look, statement, &actions);
        }
        if is_unconditional(statement) {
            of_statement(look, statement, &actions);
        }
    }
    let open = open_ways(look);
    if let Some(way) = open.first() {
        let names: Vec<&str> = way.actions.iter().map(|action| catalog.name(*action)).collect();
        // The statement that has the first action of the method, if one alone does.
        let has = |statement: &&Statement| {
            let all = everywhere(look, statement);
            way.actions.iter().any(|action| all.contains(action))
        };
        let policy = look.policy;
        let Some(at) = policy.statements.iter().find(has) else { return };
        let titles: BTreeSet<&str> = open.iter().map(|way| way.title).collect();
        let more = match titles.len() {
            1 => String::new(),
            count => format!("; docs/steps.md has {} more ways that this opens", count - 1),
        };
        let message = format!("who has this can {}, by {}", lower(way.title), some_of(&names));
        report_at(
            look,
            &PRIVILEGE_ESCALATION,
            at,
            message,
            format!("take one of the actions away, or name resources{more}"),
        );
    }
}

fn lower(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn report_at(look: &mut Look<'_>, rule: &'static Rule, statement: &Statement, message: String, help: String) {
    let span = statement.action.as_ref().map_or(statement.span.0, |action| action.key.span);
    look.report(rule, span, message, help);
}

fn of_statement(look: &mut Look<'_>, statement: &Statement, actions: &BTreeSet<ActionId>) {
    let catalog = look.catalog;
    let names = |holds: &dyn Fn(ActionId) -> bool| -> Vec<&'static str> {
        let wanted = |action: &ActionId| holds(*action) && names_every(catalog, statement, *action);
        actions.iter().copied().filter(wanted).map(|action| catalog.name(action)).collect()
    };
    let of_iam = |action: ActionId| catalog.prefix(action) == "iam";
    let on_everything = is_on_everything(statement);
    let limited = |action: ActionId| on_everything && !catalog.is_wildcard_only(action);
    let writes = |action: ActionId| catalog.access(action).contains(Access::WRITE) && limited(action);
    let exposing = names(&|action| {
        !of_iam(action)
            && (catalog.access(action).intersects(Access::PERMISSIONS) || rewriting().contains_key(&action))
    });
    let found: [(&'static Rule, Vec<&'static str>, &str); 4] = [
        (&RESOURCE_EXPOSURE, exposing, "open any such thing to others"),
        (&CREDENTIALS_EXPOSURE, names(&|action| credentials().contains(&action)), "get credentials"),
        (&DATA_EXFILTRATION, names(&|action| reading().contains(&action)), "read such data anywhere"),
        (&INFRASTRUCTURE_MODIFICATION, names(&writes), "change any such thing"),
    ];
    for (rule, names, what) in found {
        if !names.is_empty() {
            let message = format!("who has this can {what}, by {}", some_of(&names));
            report_at(look, rule, statement, message, "name resources".to_owned());
        }
    }
}

fn named(look: &mut Look<'_>, statement: &Statement, actions: &BTreeSet<ActionId>) {
    let catalog = look.catalog;
    let could: Vec<&str> = actions
        .iter()
        .filter(|action| !catalog.is_wildcard_only(**action) && !catalog.is_late(**action))
        .map(|action| catalog.name(*action))
        .collect();
    if could.is_empty() {
        return;
    }
    let Some(star) = resource_patterns(statement).iter().find(|pattern| pattern.value == "*") else { return };
    let message = format!("resources could be named for {}", some_of(&could));
    look.report(&RESOURCE_COULD_BE_NAMED, star.span, message, None);
}

fn rewrites(look: &mut Look<'_>, statement: &Statement, actions: &BTreeSet<ActionId>) {
    let catalog = look.catalog;
    let found = actions.iter().find(|action| {
        rewriting().get(action).is_some_and(|prefix| {
            actions.iter().any(|other| catalog.prefix(*other) == *prefix && !rewriting().contains_key(other))
        })
    });
    if let Some(action) = found {
        let message =
            format!("`{}` lets whoever has this lift the limits of the resource", catalog.name(*action));
        report_at(
            look,
            &POLICY_CAN_BE_REWRITTEN,
            statement,
            message,
            "take the action away from those who use the resource".to_owned(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{GIVES_CREDENTIALS, reading, rewriting, ways};

    #[test]
    fn the_lists_hold_what_everybody_knows() {
        let catalog = clavicle_catalog::catalog();
        for name in GIVES_CREDENTIALS {
            assert!(catalog.action(name).is_some(), "{name}");
        }
        let action = |name: &str| catalog.action(name).expect("a known action");
        for name in ["s3:GetObject", "secretsmanager:GetSecretValue", "ssm:GetParameter", "dynamodb:Scan"] {
            assert!(reading().contains(&action(name)), "{name}");
        }
        assert!(!reading().contains(&action("s3:PutObject")));
        assert!(rewriting().contains_key(&action("s3:PutBucketPolicy")));
        assert!(ways().len() > 60, "{}", ways().len());
        assert!(ways().iter().any(|way| way.actions == [action("iam:PutUserPolicy")]));
        assert!(!ways().iter().any(|way| way.actions == [action("sts:AssumeRole")]));
    }
}
