//! One way in from outside, as `outside` answers it.

use serde::Serialize;

/// One way in from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WayIn {
    /// The rule that this is a finding of: `public-access`, `outside-unknown`, `outside-known`, `any-subject`,
    /// `identity-provider` or `confused-deputy`.
    pub rule: String,
    /// Who comes in, in short: `999999999999`, `github.com`, `everyone`.
    pub from: String,
    /// What is known of them: `unknown account`, `Sailcheck, known`, `OIDC`.
    pub standing: String,
    /// What kind of outsider: `everyone`, `any account`, `organization`, `account`, `principal`, `provider`,
    /// `canonical user` or `service`.
    pub outsider: String,
    /// Who knows them, and as what.
    pub known: Option<KnownAs>,
    /// The door: `trust policy`, `resource policy`, `access control list` or `share`.
    pub door: String,
    /// `allowed`, `if`, `unknown` or `blocked`.
    pub opening: String,
    /// What blocks it, in words.
    pub blocked_by: Option<String>,
    /// What the statements ask of them.
    pub guards: Vec<GuardIn>,
    /// Does a guard keep anybody out whom the door names?
    pub guarded: bool,
    /// Of an identity provider: whom of its users the door means, in words.
    pub subjects: Option<String>,
    /// Conditions that AWS asks for with such doors and that are not there.
    pub missing: Vec<String>,
    /// Would AWS call the grant public?
    pub public: bool,
    /// Of a role: all the power over accounts, then the things that matter, that it leads to, nearest first. Empty where
    /// only the door was looked at.
    pub reaches: Vec<Reaches>,
    /// Of a role: when it was last used; `null` if no use is known, or if that was not seen.
    pub last_used: Option<String>,
    /// Was it seen when the role was last used?
    pub last_used_seen: bool,
    /// Who accepted it, in `clavicle.toml`.
    pub accepted: Option<AcceptedIn>,
}

/// What lies behind a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reaches {
    /// The thing that matters, or the account of which one becomes administrator.
    pub thing: String,
    /// Its kind; `administrator`: all the power over an account.
    pub kind: String,
    /// `become`, or what can be done with the thing.
    pub access: String,
    /// So many steps from outside, the one through the door among them.
    pub steps: usize,
    /// Do conditions or the policies of somebody outside decide?
    pub conditional: bool,
}

/// Who knows an outsider, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownAs {
    /// Their name.
    pub name: String,
    /// `settings`: `clavicle.toml` says so. `list`: a list names the account, which does not mean that it is let in
    /// on purpose.
    pub by: String,
    /// Why, as `clavicle.toml` says.
    pub why: Option<String>,
    /// Until when, as `clavicle.toml` says.
    pub until: Option<String>,
    /// The page that names them.
    pub source: Option<String>,
}

/// One condition of a statement that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuardIn {
    /// `external-id`, `mfa`, `source-account`, `source-arn`, `source-organization`, `organization`, `principal`,
    /// `address`, `network`, `subject`, `audience`, `claim` or `other`.
    pub kind: String,
    /// The condition key, as written.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
    /// Does it keep anybody out?
    pub keeps_out: bool,
    /// What it does, in words: `keeps others out`, `any value fits`.
    pub remark: String,
    /// The condition in plain words.
    pub text: String,
}

/// Who accepted a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AcceptedIn {
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// The last day on which it holds.
    pub until: String,
    /// Is that day past?
    pub expired: bool,
}
