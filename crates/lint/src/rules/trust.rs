//! Who may assume a role, and by which of the ways of AWS STS.

use clavicle_catalog::identity_provider::{Breadth, is_shared, is_told_by_audience, subjects};
use clavicle_policy::{PrincipalEntry, PrincipalKind, Statement};

use crate::kind::PolicyKind;
use crate::look::{Family, Look, action_patterns, allows, clauses, is_placeholder, speaks_of};
use crate::rule::{CHECKS, Rule, Severity, guide, trust};
use crate::rules::services::needs_the_key;

pub(super) const FAMILY: Family = Family {
    rules: &[
        &TRUST_EVERYBODY,
        &ACTION_NOT_OF_TRUST,
        &ACTION_NOT_OF_PRINCIPAL,
        &FEDERATED_SYNTAX,
        &OIDC_WITHOUT_CONDITION,
        &OIDC_OF_ANY_CUSTOMER,
        &OIDC_ANY_SERVICE_ACCOUNT,
        &EXTERNAL_ID_OPEN,
        &GITHUB_WITHOUT_REPOSITORY,
        &GITHUB_WILDCARD,
        &ROLES_ANYWHERE_ACTIONS,
        &SESSION_BESIDE_ITS_ROLE,
    ],
    look,
};

macro_rules! github {
    ($condition:literal) => {
        trust(concat!(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"#,
            $condition,
            "}"
        ))
    };
}

static TRUST_EVERYBODY: Rule = Rule {
    id: "trust-everybody",
    severity: Severity::Error,
    title: "everybody may assume the role",
    means: "An Allow of a role trust policy has the principal `*`.",
    why: "AWS's own check calls it an error. Only conditions keep anybody out, and one that is wrong lets everybody in.",
    fix: "Name accounts, roles, services or providers.",
    aws: &["error-role-trust-policy-unsupported-wildcard-in-principal"],
    source: CHECKS,
    bad: &[trust(r#""Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole""#)],
    good: &[trust(r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole""#)],
};

static ACTION_NOT_OF_TRUST: Rule = Rule {
    id: "action-not-of-trust",
    severity: Severity::Error,
    title: "an action that trust policies do not have",
    means: "A role trust policy names an action that is not asked on a role by STS.",
    why: "AWS refuses the policy: it says who may become the role, not what the role may do.",
    fix: "Use `sts:AssumeRole`, `sts:AssumeRoleWithSAML`, `sts:AssumeRoleWithWebIdentity`, `sts:SetContext`, `sts:SetSourceIdentity` and `sts:TagSession`.",
    aws: &["error-unsupported-action-in-policy"],
    source: guide!("id_roles_update-role-trust-policy"),
    bad: &[trust(
        r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "s3:GetObject"]"#,
    )],
    good: &[trust(
        r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": ["sts:AssumeRole", "sts:TagSession"]"#,
    )],
};

static ACTION_NOT_OF_PRINCIPAL: Rule = Rule {
    id: "action-not-of-principal",
    severity: Severity::Error,
    title: "a way of assuming that the principal does not have",
    means: "An Allow names `sts:AssumeRoleWithSAML` without a SAML provider, `sts:AssumeRoleWithWebIdentity` without an OpenID Connect provider, or a provider without the action that goes with it.",
    why: "Nobody whom the statement names can assume the role that way.",
    fix: "Use `sts:AssumeRoleWithSAML` for SAML providers, `sts:AssumeRoleWithWebIdentity` for OpenID Connect, `sts:AssumeRole` for everybody else.",
    aws: &["error-mismatched-action-for-principal"],
    source: CHECKS,
    bad: &[
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/p"}, "Action": "sts:AssumeRoleWithWebIdentity""#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRoleWithSAML""#,
        ),
    ],
    good: &[trust(
        r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/p"}, "Action": "sts:AssumeRoleWithSAML", "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}"#,
    )],
};

static FEDERATED_SYNTAX: Rule = Rule {
    id: "federated-syntax",
    severity: Severity::Error,
    title: "an identity provider that can be none",
    means: "A value under `Federated` in a trust policy is neither a host name nor the ARN of a SAML or OpenID Connect provider.",
    why: "AWS refuses the policy.",
    fix: "Write the ARN of the provider, or the host name of one that AWS knows.",
    aws: &["error-invalid-federated-principal-syntax-in-role-trust-policy"],
    source: CHECKS,
    bad: &[trust(
        r#""Effect": "Allow", "Principal": {"Federated": "google"}, "Action": "sts:AssumeRoleWithWebIdentity""#,
    )],
    good: &[trust(
        r#""Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}}"#,
    )],
};

static OIDC_WITHOUT_CONDITION: Rule = Rule {
    id: "oidc-without-condition",
    severity: Severity::Security,
    title: "an OpenID Connect provider without a condition on its tokens",
    means: "An Allow names such a provider, and no condition has a key of it.",
    why: "Anybody to whom the provider gives a token may assume the role; of a public one that is anybody.",
    fix: "Ask for the `aud` and the `sub` of the tokens that are meant.",
    aws: &["security-warning-missing-condition-key-for-oidc-principal"],
    source: CHECKS,
    bad: &[trust(
        r#""Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity""#,
    )],
    good: &[trust(
        r#""Effect": "Allow", "Principal": {"Federated": "accounts.google.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}}"#,
    )],
};

static OIDC_ANY_SERVICE_ACCOUNT: Rule = Rule {
    id: "oidc-any-service-account",
    severity: Severity::Security,
    title: "any pod of a cluster of Amazon EKS",
    means: "An Allow names the OpenID Connect provider of a cluster of Amazon EKS, and no condition that has to hold asks for the `sub` of its tokens, or one takes any.",
    why: "Every service account of the cluster gets a token, and may assume the role.",
    fix: "Ask for the service account: `system:serviceaccount:NAMESPACE:NAME`.",
    aws: &[],
    source: "https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html",
    bad: &[
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:*"}}"#,
        ),
    ],
    good: &[
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:default:app", "oidc.eks.eu-west-1.amazonaws.com/id/ABC:aud": "sts.amazonaws.com"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub": "system:serviceaccount:default:*"}}"#,
        ),
    ],
};

static EXTERNAL_ID_OPEN: Rule = Rule {
    id: "external-id-open",
    severity: Severity::Security,
    title: "an external id that need not be given, or may be any",
    means: "A condition on `sts:ExternalId` of an Allow has `IfExists`, or is `StringLike` with a value that is nothing but stars.",
    why: "Whoever the role is for also acts for others, who may name it: what they send, or leave out, is let in too.",
    fix: "Use `StringEquals` with the id that was agreed on.",
    aws: &[],
    source: guide!("id_roles_common-scenarios_third-party"),
    bad: &[
        trust(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringEqualsIfExists": {"sts:ExternalId": "12345"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:ExternalId": "*"}}"#,
        ),
    ],
    good: &[
        trust(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"sts:ExternalId": "12345"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole", "Condition": {"StringLike": {"sts:ExternalId": ["acme-*"]}}"#,
        ),
    ],
};

static OIDC_OF_ANY_CUSTOMER: Rule = Rule {
    id: "oidc-of-any-customer",
    severity: Severity::Security,
    title: "an OpenID Connect provider of many customers, and none singled out",
    means: "An Allow names a provider that vouches for the users of many customers, such as `gitlab.com` or `app.terraform.io`, and no condition that has to hold asks for the claim that tells them apart: `sub`, or for some providers `aud`. GitHub has a rule of its own.",
    why: "Whoever signs up with the provider gets a token, and may assume the role.",
    fix: "Ask for the `sub` (or `aud`) of your own projects.",
    aws: &[],
    source: guide!("id_roles_providers_oidc_secure-by-default"),
    bad: &[
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/app.terraform.io"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"app.terraform.io:sub": "organization:*"}}"#,
        ),
    ],
    good: &[
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringLike": {"gitlab.com:sub": "project_path:octo/app:*"}}"#,
        ),
        trust(
            r#""Effect": "Allow", "Principal": {"Federated": "cognito-identity.amazonaws.com"}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:12345678-abcd-abcd-abcd-123456790ab"}}"#,
        ),
    ],
};

static GITHUB_WITHOUT_REPOSITORY: Rule = Rule {
    id: "github-without-repository",
    severity: Severity::Security,
    title: "GitHub Actions of any repository",
    means: "An Allow names GitHub's provider, and no condition that has to hold asks for a `token.actions.githubusercontent.com:sub` of one owner: `repo:*` and `repo:octo*` are of anybody.",
    why: "A workflow of any repository of GitHub, anybody's, may assume the role.",
    fix: "Ask for `sub` with the organization, repository and branch.",
    aws: &["security-warning-missing-github-repo-condition-key"],
    source: CHECKS,
    bad: &[
        github!(r#""StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}"#),
        github!(r#""StringLike": {"token.actions.githubusercontent.com:sub": "repo:*"}"#),
        github!(
            r#""StringLike": {"token.actions.githubusercontent.com:sub": ["repo:octo-org/octo-repo:*", "repo:octo-org*"]}"#
        ),
    ],
    good: &[
        github!(
            r#""StringEquals": {"token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:ref:refs/heads/main"}"#
        ),
        github!(r#""StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo-org/*"}"#),
    ],
};

static GITHUB_WILDCARD: Rule = Rule {
    id: "github-wildcard",
    severity: Severity::Warning,
    title: "GitHub Actions by a wildcard",
    means: "A value of `token.actions.githubusercontent.com:sub` under `StringLike` has a wildcard.",
    why: "It lets in more repositories, branches or events than one; a pull request of somebody else can be among them.",
    fix: "Write the repository and the branch.",
    aws: &["general-warning-specific-github-repo-and-branch-recommended"],
    source: CHECKS,
    bad: &[github!(r#""StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo-org/*"}"#)],
    good: &[github!(
        r#""StringLike": {"token.actions.githubusercontent.com:sub": "repo:octo-org/octo-repo:ref:refs/heads/main"}"#
    )],
};

static ROLES_ANYWHERE_ACTIONS: Rule = Rule {
    id: "roles-anywhere-actions",
    severity: Severity::Error,
    title: "IAM Roles Anywhere without all the actions it needs",
    means: "Allows for `rolesanywhere.amazonaws.com` do not have all of `sts:AssumeRole`, `sts:SetSourceIdentity` and `sts:TagSession`.",
    why: "It cannot assume the role.",
    fix: "Add the actions that are missing.",
    aws: &["error-missing-action-for-roles-anywhere-trust-policy"],
    source: "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html",
    bad: &[trust(
        r#""Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": "sts:AssumeRole""#,
    )],
    good: &[trust(
        r#""Effect": "Allow", "Principal": {"Service": "rolesanywhere.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]"#,
    )],
};

static SESSION_BESIDE_ITS_ROLE: Rule = Rule {
    id: "session-beside-its-role",
    severity: Severity::Suggestion,
    title: "a session beside the role that it is of",
    means: "A statement names an assumed-role session, and the role of that name in that account.",
    why: "The role takes its sessions in.",
    fix: "Take the session out.",
    aws: &["suggestion-redundant-principal-in-role-trust-policy"],
    source: CHECKS,
    bad: &[trust(
        r#""Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/r", "arn:aws:sts::111122223333:assumed-role/r/s"]}, "Action": "sts:AssumeRole""#,
    )],
    good: &[trust(
        r#""Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/q", "arn:aws:sts::111122223333:assumed-role/r/s"]}, "Action": "sts:AssumeRole""#,
    )],
};

const GITHUB: &str = "token.actions.githubusercontent.com";

/// AWS: IAM User Guide, "Update a role trust policy", and AWS STS, "Actions defined by AWS Security Token Service".
const OF_TRUST: [&str; 6] = [
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:setcontext",
    "sts:setsourceidentity",
    "sts:tagsession",
];

fn look(look: &mut Look<'_>) {
    if look.kind != PolicyKind::Trust {
        return;
    }
    for (_, statement) in look.statements() {
        for pattern in action_patterns(statement) {
            let lower = pattern.value.to_ascii_lowercase();
            let glob = clavicle_policy::Glob::new(&lower, clavicle_policy::Case::Ignored);
            // A name that does not exist is told elsewhere.
            let exists = lower.contains(['*', '?']) || look.catalog.action(&lower).is_some();
            if exists && !OF_TRUST.iter().any(|name| glob.matches(name)) {
                let message = format!("`{}` says nothing about who may assume a role", pattern.value);
                look.report(
                    &ACTION_NOT_OF_TRUST,
                    pattern.span,
                    message,
                    "use the `sts:AssumeRole…` actions".to_owned(),
                );
            }
        }
        let Some(principal) = statement.principal.as_ref().filter(|principal| !principal.negated) else {
            continue;
        };
        if allows(statement)
            && let Some(bare) = principal.bare.as_ref().filter(|bare| bare.value == "*")
        {
            let message = "a trust policy takes no `\"Principal\": \"*\"`".to_owned();
            look.report(&TRUST_EVERYBODY, bare.span, message, "name those who may".to_owned());
        }
        for entry in principal.entries.iter().filter(|entry| entry.kind == PrincipalKind::Federated) {
            federated(look, statement, entry);
        }
        if allows(statement) {
            external_id(look, statement);
            ways(look, statement);
            sessions(look, &principal.entries);
        }
    }
    roles_anywhere(look);
}

/// The host and path of an OpenID Connect provider; `None` for others.
fn oidc_host(principal: &str) -> Option<&str> {
    if let Some((_, host)) = principal.split_once(":oidc-provider/") {
        return Some(host);
    }
    (!principal.starts_with("arn:") && principal.contains('.')).then_some(principal)
}

fn is_saml(principal: &str) -> bool {
    principal.contains(":saml-provider/")
}

fn federated(look: &mut Look<'_>, statement: &Statement, entry: &PrincipalEntry) {
    let text = &entry.value.value;
    let span = entry.value.span;
    let host = oidc_host(text);
    // Of whose account the provider is does not matter.
    if is_placeholder(text) || host.unwrap_or(text).contains(['*', '?']) {
        return;
    }
    let plain =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_/:=%".contains(&byte));
    if !is_saml(text) && !host.is_some_and(|host| host.contains('.') && plain(host)) {
        let message = format!("`{text}` is neither a host name nor the ARN of a provider");
        look.report(&FEDERATED_SYNTAX, span, message, None);
        return;
    }
    let Some(host) = host.filter(|_| allows(statement)) else { return };
    // What is missing is told of the whole element: of the provider's ARN the account may not be known.
    let span = statement.principal.as_ref().map_or(span, |principal| principal.key.span);
    let of_host =
        |key: &str| key.rsplit_once(':').is_some_and(|(before, _)| before.eq_ignore_ascii_case(host));
    if !clauses(statement).any(|clause| of_host(&clause.key.value)) {
        let message = format!("anybody with a token of `{host}` may assume the role");
        look.report(&OIDC_WITHOUT_CONDITION, span, message, format!("ask for `{host}:aud` and `{host}:sub`"));
        return;
    }
    if is_shared(host) && !host.eq_ignore_ascii_case(GITHUB) && !ties_to_a_customer(statement, host) {
        let claim = if is_told_by_audience(host) { "aud" } else { "sub" };
        let message = format!("every customer of `{host}` may assume the role: none is singled out");
        look.report(&OIDC_OF_ANY_CUSTOMER, span, message, format!("ask for `{host}:{claim}`"));
    }
    if host.to_ascii_lowercase().starts_with("oidc.eks.") && !names_service_accounts(statement, host) {
        let message = format!("every service account of `{host}` may assume the role");
        let help = format!("ask for `{host}:sub`: `system:serviceaccount:NAMESPACE:NAME`");
        look.report(&OIDC_ANY_SERVICE_ACCOUNT, span, message, help);
    }
    if host.eq_ignore_ascii_case(GITHUB) {
        let sub = format!("{GITHUB}:sub");
        let mut asked = false;
        for clause in clauses(statement).filter(|clause| clause.key.value.eq_ignore_ascii_case(&sub)) {
            let like = clause.operator.value.base == Some(clavicle_policy::BaseOperator::StringLike);
            let anybody = |text: &str| subjects(host, text, like).breadth == Breadth::Anyone;
            asked |= needs_the_key(clause) && !clause.values.iter().any(|value| anybody(value.value.text()));
            for value in clause.values.iter().filter(|value| like && value.value.text().contains(['*', '?']))
            {
                let message =
                    format!("`{}` lets in more than one branch of one repository", value.value.text());
                let help = "write the repository and the branch".to_owned();
                look.report(&GITHUB_WILDCARD, value.span, message, help);
            }
        }
        if !asked {
            let message = "a workflow of any repository of GitHub may assume the role".to_owned();
            look.report(&GITHUB_WITHOUT_REPOSITORY, span, message, format!("ask for `{sub}`"));
        }
    }
}

/// Does a condition that has to hold ask for some of the service accounts of a cluster?
///
/// AWS: Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts": the `sub` of a token is
/// `system:serviceaccount:NAMESPACE:NAME`.
fn names_service_accounts(statement: &Statement, host: &str) -> bool {
    let sub = format!("{host}:sub");
    clauses(statement)
        .filter(|clause| clause.key.value.eq_ignore_ascii_case(&sub) && needs_the_key(clause))
        .any(|clause| {
            let like = clause.operator.value.base == Some(clavicle_policy::BaseOperator::StringLike);
            clause.values.iter().all(|value| {
                let namespace = value.value.text().split(':').nth(2).unwrap_or_default();
                !like || !namespace.is_empty() && namespace != "*"
            })
        })
}

fn external_id(look: &mut Look<'_>, statement: &Statement) {
    let of_id = clauses(statement).filter(|clause| clause.key.value.eq_ignore_ascii_case("sts:ExternalId"));
    for clause in of_id {
        let operator = &clause.operator.value;
        let any = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'*');
        let like = operator.base == Some(clavicle_policy::BaseOperator::StringLike);
        let message = if operator.if_exists {
            "this also lets in those who give no external id"
        } else if like && clause.values.iter().any(|value| any(value.value.text())) {
            "any external id is let in"
        } else {
            continue;
        };
        let help = "use `StringEquals` with the id that was agreed on".to_owned();
        look.report(&EXTERNAL_ID_OPEN, clause.operator.span, message.to_owned(), help);
    }
}

/// Does a condition that has to hold ask for what tells the customers of a shared provider apart?
fn ties_to_a_customer(statement: &Statement, host: &str) -> bool {
    clauses(statement).filter(|clause| needs_the_key(clause)).any(|clause| {
        let Some((_, claim)) = clause.key.value.rsplit_once(':') else { return false };
        let like = clause.operator.value.base == Some(clavicle_policy::BaseOperator::StringLike);
        let mut values = clause.values.iter().map(|value| value.value.text());
        match claim.to_ascii_lowercase().as_str() {
            "sub" => values.all(|text| subjects(host, text, like).breadth < Breadth::Anyone),
            "aud" if is_told_by_audience(host) => values.all(|text| !like || !text.contains(['*', '?'])),
            // How somebody signed in says nothing of who.
            "aud" | "amr" => false,
            // Other claims may tell.
            _ => true,
        }
    })
}

fn ways(look: &mut Look<'_>, statement: &Statement) {
    let Some(principal) = &statement.principal else { return };
    let Some(action) = statement.action.as_ref().filter(|action| !action.negated) else { return };
    if principal.bare.is_some() || principal.entries.is_empty() {
        return;
    }
    let any = |holds: &dyn Fn(&PrincipalEntry) -> bool| principal.entries.iter().any(holds);
    let saml = |entry: &PrincipalEntry| entry.kind == PrincipalKind::Federated && is_saml(&entry.value.value);
    let oidc = |entry: &PrincipalEntry| {
        entry.kind == PrincipalKind::Federated && oidc_host(&entry.value.value).is_some()
    };
    let everybody = |entry: &PrincipalEntry| entry.kind == PrincipalKind::Aws && entry.value.value == "*";
    for pattern in &action.patterns {
        let name = pattern.value.to_ascii_lowercase();
        let lacking = match name.as_str() {
            "sts:assumerolewithsaml" if !any(&saml) && !any(&everybody) => "a SAML provider",
            "sts:assumerolewithwebidentity" if !any(&oidc) && !any(&everybody) => {
                "an OpenID Connect provider"
            }
            "sts:assumerole"
                if principal.entries.iter().all(|entry| entry.kind == PrincipalKind::Federated) =>
            {
                "an account, role, user or service"
            }
            _ => continue,
        };
        let message = format!("`{}` is for {lacking}, and the statement names none", pattern.value);
        look.report(&ACTION_NOT_OF_PRINCIPAL, pattern.span, message, None);
    }
    let lonely = [
        (saml as fn(&PrincipalEntry) -> bool, "sts:AssumeRoleWithSAML"),
        (oidc, "sts:AssumeRoleWithWebIdentity"),
    ];
    for (is, way) in lonely {
        if let Some(entry) = principal.entries.iter().find(|entry| is(entry))
            && !speaks_of(statement, &way.to_ascii_lowercase())
            && (speaks_of(statement, "sts:assumerole")
                || speaks_of(statement, "sts:assumerolewithsaml")
                || speaks_of(statement, "sts:assumerolewithwebidentity"))
        {
            let message = format!("this provider needs `{way}`");
            look.report(&ACTION_NOT_OF_PRINCIPAL, entry.value.span, message, format!("add `{way}`"));
        }
    }
}

fn sessions(look: &mut Look<'_>, entries: &[PrincipalEntry]) {
    for entry in entries {
        let parts: Vec<&str> = entry.value.value.splitn(6, ':').collect();
        let ["arn", _, "sts", _, account, rest] = parts[..] else { continue };
        let Some(role) = rest.strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next()) else {
            continue;
        };
        let is_role = |other: &&PrincipalEntry| {
            let parts: Vec<&str> = other.value.value.splitn(6, ':').collect();
            matches!(parts[..], ["arn", _, "iam", _, of, name]
                if of == account && name.strip_prefix("role/").is_some_and(|path| path.rsplit('/').next() == Some(role)))
        };
        if let Some(parent) = entries.iter().find(is_role) {
            let message = format!("`{}` takes this session in", parent.value.value);
            look.report(&SESSION_BESIDE_ITS_ROLE, entry.value.span, message, "take it out".to_owned());
        }
    }
}

fn roles_anywhere(look: &mut Look<'_>) {
    const NEEDED: [&str; 3] = ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"];
    let entry = |statement: &Statement| {
        let entries = statement.principal.iter().flat_map(|principal| &principal.entries);
        entries
            .into_iter()
            .find(|entry| entry.value.value == "rolesanywhere.amazonaws.com")
            .map(|entry| entry.value.span)
    };
    let policy = look.policy;
    let own: Vec<&Statement> = policy
        .statements
        .iter()
        .filter(|statement| allows(statement) && !statement.faulty && entry(statement).is_some())
        .collect();
    let Some(span) = own.first().and_then(|statement| entry(statement)) else { return };
    let missing: Vec<&str> = NEEDED
        .into_iter()
        .filter(|action| !own.iter().any(|statement| speaks_of(statement, &action.to_ascii_lowercase())))
        .collect();
    if !missing.is_empty() {
        let names = crate::look::some_of(&missing);
        let message = format!("`rolesanywhere.amazonaws.com` also needs {names}");
        look.report(&ROLES_ANYWHERE_ACTIONS, span, message, format!("add {names}"));
    }
}
