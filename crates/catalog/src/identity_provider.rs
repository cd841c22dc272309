//! Which subjects of an identity provider a pattern means: repositories, branches, environments, workspaces, service
//! accounts.
//!
//! What a provider writes into `sub` is its own: GitHub Docs, "OpenID Connect reference" (`repo:ORG/REPO:ref:…`);
//! GitLab Docs, "OpenID Connect in AWS" (`project_path:GROUP/PROJECT:ref_type:…`); HCP Terraform, "Workload identity
//! tokens" (`organization:ORG:project:…`); Buildkite, "OIDC with Buildkite" (`organization:ORG:pipeline:…`);
//! Amazon EKS User Guide, "IAM roles for service accounts" (`system:serviceaccount:NAMESPACE:NAME`).
//! AWS: IAM User Guide, "Configure a role for GitHub OIDC identity provider": a wildcard where the organization stands
//! lets in those whom one does not control.

/// How many a subject pattern means, from few to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Breadth {
    /// One subject.
    One,
    /// Every branch, tag, pull request or run of one repository or workspace; every account of one namespace.
    Part,
    /// Every repository of an organization or group.
    Owner,
    /// Everybody whom the provider vouches for.
    Anyone,
}

/// What a subject pattern means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subjects {
    /// How many it means.
    pub breadth: Breadth,
    /// In words: `any branch, tag or pull request of paperboat/books`.
    pub words: String,
}

/// Providers that vouch for the users of many customers under one issuer. Whoever signs up there gets a token, so that
/// only the subject (or, where noted, the audience) keeps others out.
///
/// AWS: IAM User Guide, "Identity-provider controls for shared OIDC providers"; Amazon Cognito Developer Guide, "Role
/// trust and permissions".
const SHARED: [&str; 18] = [
    "accounts.google.com",
    "agent.buildkite.com",
    "api.pulumi.com/oidc",
    "app.terraform.io",
    "cognito-identity.amazonaws.com",
    "gitlab.com",
    "graph.facebook.com",
    "oidc-configuration.audit-log.githubusercontent.com",
    "oidc.codefresh.io",
    "oidc.vercel.com",
    "proidc.upbound.io",
    "sandboxes.cloud",
    "scalr.io",
    "studio.datachain.ai/api",
    "token.actions.githubusercontent.com",
    "tokens.cloud.shisho.dev",
    "vstoken.actions.githubusercontent.com",
    "www.amazon.com",
];

/// Of these the audience tells customers apart: it is the application, the identity pool or the customer that the token was
/// made for.
const BY_AUDIENCE: [&str; 7] = [
    "accounts.google.com",
    "api.pulumi.com/oidc",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "oidc.vercel.com",
    "sandboxes.cloud",
    "www.amazon.com",
];

/// The issuer in the name by which a policy has an identity provider: without `https://`, and without the account that
/// knows it.
pub fn issuer(provider: &str) -> &str {
    provider.split_once("-provider/").map_or(provider, |(_, name)| name)
}

/// Does one issuer vouch for the users of many customers?
pub fn is_shared(provider: &str) -> bool {
    is_one_of(&SHARED, provider) && !has_tenant(provider)
}

/// Does the audience tell the customers of a provider apart?
pub fn is_told_by_audience(provider: &str) -> bool {
    is_one_of(&BY_AUDIENCE, provider)
}

/// By its host, or by its host and path where those below one host differ.
fn is_one_of(issuers: &[&str], provider: &str) -> bool {
    let whole = provider.trim_end_matches('/').to_ascii_lowercase();
    let host = whole.split('/').next().unwrap_or(&whole);
    issuers.binary_search(&host).is_ok() || issuers.binary_search(&whole.as_str()).is_ok()
}

/// Some issuers have the customer in their path.
fn has_tenant(provider: &str) -> bool {
    provider.split_once('/').is_some_and(|(host, path)| {
        let hosts = ["oidc.vercel.com", "token.actions.githubusercontent.com"];
        hosts.iter().any(|other| host.eq_ignore_ascii_case(other)) && !path.is_empty()
    })
}

/// What one pattern of a provider's `sub` means. `like`: wildcards count.
pub fn subjects(provider: &str, pattern: &str, like: bool) -> Subjects {
    let one = |words: String| Subjects { breadth: Breadth::One, words };
    let wild = |text: &str| like && text.contains(['*', '?']);
    if like && !pattern.is_empty() && pattern.bytes().all(|byte| matches!(byte, b'*' | b'?')) {
        return Subjects { breadth: Breadth::Anyone, words: "anybody whom it vouches for".to_owned() };
    }
    let host = provider.split('/').next().unwrap_or(provider).to_ascii_lowercase();
    let known = match host.as_str() {
        "token.actions.githubusercontent.com" | "vstoken.actions.githubusercontent.com" => {
            Some(("repo:", "repository", ':', "branch, tag, environment or pull request"))
        }
        "gitlab.com" => Some(("project_path:", "project", ':', "branch or tag")),
        "app.terraform.io" => Some(("organization:", "workspace", ':', "run")),
        "agent.buildkite.com" => Some(("organization:", "pipeline", ':', "step")),
        host if host.starts_with("oidc.eks.") => Some(("system:serviceaccount:", "service account", ':', "")),
        _ => None,
    };
    let Some((start, noun, separator, within)) = known else {
        return match wild(pattern) {
            // Who gives the same to whoever asks ties nobody down by how it begins.
            true if is_shared(provider) => {
                Subjects { breadth: Breadth::Anyone, words: format!("subjects like {pattern} of anybody") }
            }
            true => Subjects { breadth: Breadth::Part, words: format!("subjects like {pattern}") },
            false => one(pattern.to_owned()),
        };
    };
    let Some(rest) = pattern.strip_prefix(start) else {
        return match wild(pattern) {
            // `re*`, `*:ref:refs/heads/main`: the owner is not tied down.
            true => {
                Subjects { breadth: Breadth::Anyone, words: format!("subjects like {pattern} of anybody") }
            }
            false => one(pattern.to_owned()),
        };
    };
    let owner_ends = if matches!(noun, "repository" | "project") { '/' } else { separator };
    let Some((owner, rest)) = rest.split_once(owner_ends) else {
        return match wild(rest) {
            true => Subjects { breadth: Breadth::Anyone, words: format!("any {noun} of anybody") },
            false => one(pattern.to_owned()),
        };
    };
    if wild(owner) {
        let breadth = if noun == "service account" { Breadth::Owner } else { Breadth::Anyone };
        return Subjects { breadth, words: format!("any {noun} of any owner like {owner}") };
    }
    if noun == "service account" {
        return match wild(rest) {
            true => Subjects {
                breadth: Breadth::Part,
                words: format!("service accounts {rest} of namespace {owner}"),
            },
            false => one(format!("service account {owner}/{rest}")),
        };
    }
    let (name, context) = match noun {
        "repository" | "project" => rest.split_once(separator).unwrap_or((rest, "")),
        // `project:P:workspace:W:run_phase:apply`; `pipeline:P:ref:…`.
        _ => match rest.rsplit_once(&format!("{noun}:")) {
            Some((_, named)) => named.split_once(separator).unwrap_or((named, "")),
            None => (rest, ""),
        },
    };
    if wild(name) {
        let words = match name.bytes().all(|byte| matches!(byte, b'*' | b'?')) {
            true => format!("any {noun} of {owner}"),
            false => format!("any {noun} of {owner} like {name}"),
        };
        return Subjects { breadth: Breadth::Owner, words };
    }
    let whole = format!("{owner}/{name}");
    if wild(context) {
        let words = match context.bytes().all(|byte| matches!(byte, b'*' | b'?')) {
            true => format!("any {within} of {whole}"),
            false => format!("{context} of {whole}"),
        };
        return Subjects { breadth: Breadth::Part, words };
    }
    match context {
        "" => one(whole),
        // Whoever may propose a change.
        "pull_request" => Subjects { breadth: Breadth::Part, words: format!("pull requests of {whole}") },
        _ => one(format!("{context} of {whole}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{BY_AUDIENCE, Breadth, SHARED, is_shared, is_told_by_audience, subjects};

    #[test]
    fn patterns_mean_as_many_as_their_wildcards_leave_open() {
        use Breadth::{Anyone, One, Owner, Part};
        let (github, gitlab) = ("token.actions.githubusercontent.com", "gitlab.com");
        let eks = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
        for (provider, pattern, breadth, words) in [
            (github, "repo:o/r:ref:refs/heads/main", One, "ref:refs/heads/main of o/r"),
            (github, "repo:o/r:environment:prod", One, "environment:prod of o/r"),
            (github, "repo:o/r:pull_request", Part, "pull requests of o/r"),
            (github, "repo:o/r:*", Part, "any branch, tag, environment or pull request of o/r"),
            (github, "repo:o/r:ref:refs/heads/*", Part, "ref:refs/heads/* of o/r"),
            (github, "repo:o/*", Owner, "any repository of o"),
            (github, "repo:o/*:*", Owner, "any repository of o"),
            (github, "repo:o/*:ref:refs/heads/main", Owner, "any repository of o"),
            (github, "repo:o/app-*:*", Owner, "any repository of o like app-*"),
            (github, "repo:o*/r:*", Anyone, "any repository of any owner like o*"),
            (github, "repo:*", Anyone, "any repository of anybody"),
            (github, "repo:*/*", Anyone, "any repository of any owner like *"),
            (github, "*", Anyone, "anybody whom it vouches for"),
            (github, "*:ref:refs/heads/main", Anyone, "subjects like *:ref:refs/heads/main of anybody"),
            (gitlab, "project_path:g/p:ref_type:branch:ref:main", One, "ref_type:branch:ref:main of g/p"),
            (gitlab, "project_path:g/*", Owner, "any project of g"),
            (
                "app.terraform.io",
                "organization:o:project:p:workspace:w:run_phase:apply",
                One,
                "run_phase:apply of o/w",
            ),
            (
                "app.terraform.io",
                "organization:o:project:p:workspace:w:run_phase:*",
                Part,
                "run_phase:* of o/w",
            ),
            ("app.terraform.io", "organization:o:project:p:workspace:w:*", Part, "any run of o/w"),
            ("app.terraform.io", "organization:o:*", Owner, "any workspace of o"),
            ("app.terraform.io", "organization:*", Anyone, "any workspace of anybody"),
            (eks, "system:serviceaccount:pay:api", One, "service account pay/api"),
            (eks, "system:serviceaccount:pay:*", Part, "service accounts * of namespace pay"),
            ("login.example.com", "user-*", Part, "subjects like user-*"),
            ("login.example.com", "user-1", One, "user-1"),
        ] {
            let found = subjects(provider, pattern, true);
            assert_eq!((found.breadth, found.words.as_str()), (breadth, words), "{pattern}");
        }
        // Where wildcards do not count, they are characters.
        assert_eq!(subjects(github, "repo:o/*", false).breadth, One);
    }

    #[test]
    fn shared_issuers_are_those_without_a_customer_in_their_name() {
        assert!(SHARED.is_sorted() && BY_AUDIENCE.is_sorted());
        assert!(is_shared("token.actions.githubusercontent.com") && is_shared("gitlab.com"));
        assert!(!is_shared("token.actions.githubusercontent.com/paperboat"));
        assert!(!is_shared("oidc.eks.eu-west-1.amazonaws.com/id/ABC") && !is_shared("login.example.com"));
        // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html>
        for (issuer, by_audience) in [
            ("api.pulumi.com/oidc", true),
            ("oidc-configuration.audit-log.githubusercontent.com", false),
            ("oidc.vercel.com", true),
            ("proidc.upbound.io", false),
            ("sandboxes.cloud", true),
            ("studio.datachain.ai/api", false),
            ("tokens.cloud.shisho.dev", false),
        ] {
            assert!(is_shared(issuer), "{issuer}");
            assert_eq!(is_told_by_audience(issuer), by_audience, "{issuer}");
        }
        assert!(!is_shared("api.pulumi.com") && !is_shared("oidc.vercel.com/paperboat"));
    }
}
