//! What a statement asks of those whom it lets in, and whether that keeps anybody out.
//!
//! A condition is a guard only if somebody outside cannot meet it by themselves. `sts:ExternalId` with a fixed value is
//! one; `StringLike "*"`, an operator that lets requests without the key pass, an address range of the whole internet
//! or a tag that the caller's own account chooses is none.
//!
//! AWS: IAM User Guide, "AWS global condition context keys", "The confused deputy problem", "Access to AWS accounts
//! owned by third parties"; Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", The meaning of
//! "public".

use std::fmt;

use clavicle_policy::{AccountId, BaseOperator, Clause, SetPrefix, Statement};

use clavicle_catalog::identity_provider::is_told_by_audience;

/// One clause of a statement that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Of what it speaks.
    pub kind: GuardKind,
    /// The condition key, as written.
    pub key: String,
    /// The values that it lists.
    pub values: Vec<String>,
    /// Does it keep anybody out?
    pub strength: Strength,
    /// The place of the statement in its policy, from 0.
    pub statement: usize,
    /// The place of the clause in the condition, from 0.
    pub clause: usize,
    /// Does it ask for exactly one of the values?
    pub(crate) exact: bool,
}

/// Of what a guard speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GuardKind {
    /// `sts:ExternalId`.
    ExternalId,
    /// A second factor.
    Mfa,
    /// The account for which an AWS service acts.
    SourceAccount,
    /// The resource for which an AWS service acts.
    SourceArn,
    /// The organization for which an AWS service acts.
    SourceOrganization,
    /// The caller's organization.
    Organization,
    /// The caller's account, ARN or unique id.
    Principal,
    /// Network addresses.
    Address,
    /// A VPC, an endpoint or a mount target.
    Network,
    /// Whom an identity provider vouches for: `sub`.
    Subject,
    /// For whom an identity provider made the token: `aud`.
    Audience,
    /// Another claim of an identity provider.
    Claim,
    /// Anything else.
    Other,
}

impl GuardKind {
    /// As it is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::ExternalId => "external-id",
            Self::Mfa => "mfa",
            Self::SourceAccount => "source-account",
            Self::SourceArn => "source-arn",
            Self::SourceOrganization => "source-organization",
            Self::Organization => "organization",
            Self::Principal => "principal",
            Self::Address => "address",
            Self::Network => "network",
            Self::Subject => "subject",
            Self::Audience => "audience",
            Self::Claim => "claim",
            Self::Other => "other",
        }
    }
}

/// Does a guard keep anybody out?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strength {
    /// It does: nobody can meet it by themselves.
    Restricts,
    /// It does not: whoever asks chooses what it speaks of.
    Chosen,
    /// It does not, as it is written.
    Hollow(Hollow),
    /// It cannot be told.
    Unclear,
}

/// Why a clause keeps nobody out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hollow {
    /// A pattern that every value fits.
    AnyValue,
    /// Requests without the key pass.
    AbsentPasses,
    /// It only refuses some values.
    AllButSome,
    /// It only asks whether the key is there.
    Presence,
    /// A range wider than /8 (IPv4) or /32 (IPv6), which S3 takes for everybody.
    WholeInternet,
    /// The external id is the id of the account itself, which is no secret.
    OwnAccountId,
    /// It names no account, so things of any account fit.
    AnyAccount,
    /// The audience is the same for everybody whom the provider vouches for.
    Common,
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Restricts => "keeps others out",
            Self::Chosen => "whoever asks chooses it",
            Self::Unclear => "whether it keeps anybody out is not known",
            Self::Hollow(Hollow::AnyValue) => "any value fits",
            Self::Hollow(Hollow::AbsentPasses) => "requests without it pass",
            Self::Hollow(Hollow::AllButSome) => "all but some values fit",
            Self::Hollow(Hollow::Presence) => "only whether it is there counts",
            Self::Hollow(Hollow::WholeInternet) => "most of the internet fits",
            Self::Hollow(Hollow::OwnAccountId) => "it is the id of the account, which is no secret",
            Self::Hollow(Hollow::AnyAccount) => "it names no account",
            Self::Hollow(Hollow::Common) => "it is the same for everybody there",
        })
    }
}

impl Guard {
    /// Does it keep anybody out?
    pub fn restricts(&self) -> bool {
        self.strength == Strength::Restricts
    }

    /// Is it the same clause, wherever it stands?
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.key.eq_ignore_ascii_case(&other.key)
            && self.values == other.values
            && self.strength == other.strength
    }
}

/// For whom a clause is judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judged<'a> {
    /// The account of the door.
    pub(crate) owner: Option<AccountId>,
    /// The identity provider without `https://`, where one vouches for those who come.
    pub(crate) provider: Option<&'a str>,
    /// Is it an AWS service that comes?
    pub(crate) service: bool,
}

/// The guards of one statement. What an ordinary request of today meets anyway (TLS) is none.
pub(crate) fn guards_of(statement: &Statement, place: usize, judged: Judged<'_>) -> Vec<Guard> {
    let clauses = statement.condition.iter().flat_map(|condition| &condition.clauses).enumerate();
    clauses
        .filter(|(_, clause)| !is_met_anyway(clause))
        .map(|(at, clause)| {
            let key = clause.key.value.clone();
            let (kind, chosen) = kind_of(&key.to_ascii_lowercase(), judged);
            Guard {
                strength: strength(clause, kind, chosen, judged),
                values: clause.values.iter().map(|value| value.value.text().to_owned()).collect(),
                kind,
                key,
                statement: place,
                clause: at,
                exact: is_exact(clause),
            }
        })
        .collect()
}

fn is_exact(clause: &Clause) -> bool {
    let operator = &clause.operator.value;
    operator.base == Some(BaseOperator::StringEquals)
        && operator.set.is_none()
        && !operator.if_exists
        && !clause.values.iter().any(|value| value.value.text().contains("${"))
}

fn is_met_anyway(clause: &Clause) -> bool {
    let key = clause.key.value.to_ascii_lowercase();
    let value = |wanted: &str| clause.values.iter().any(|it| it.value.text().eq_ignore_ascii_case(wanted));
    let is_bool = clause.operator.value.base == Some(BaseOperator::Bool);
    is_bool && (key == "aws:securetransport" && value("true") || key == "aws:viaawsservice" && value("false"))
}

/// Of what a key (in lower case) speaks, and whether whoever asks chooses its value.
fn kind_of(key: &str, judged: Judged<'_>) -> (GuardKind, bool) {
    if let Some(provider) = judged.provider
        && let Some(claim) = claim_of(key, provider)
    {
        return match claim {
            "sub" => (GuardKind::Subject, false),
            "aud" | "azp" | "app_id" | "oaud" => (GuardKind::Audience, false),
            _ => (GuardKind::Claim, false),
        };
    }
    match key {
        "sts:externalid" => (GuardKind::ExternalId, false),
        // The account that is let in hands out its own devices.
        "aws:multifactorauthpresent" | "aws:multifactorauthage" => (GuardKind::Mfa, true),
        "aws:sourceaccount" | "aws:sourceowner" => (GuardKind::SourceAccount, false),
        "aws:sourcearn" => (GuardKind::SourceArn, false),
        "aws:sourceorgid" | "aws:sourceorgpaths" => (GuardKind::SourceOrganization, false),
        "aws:principalorgid" | "aws:principalorgpaths" => (GuardKind::Organization, false),
        "aws:principalaccount" | "aws:principalarn" | "aws:userid" | "kms:calleraccount" => {
            (GuardKind::Principal, false)
        }
        "aws:sourceip" => (GuardKind::Address, false),
        // Everybody may have private addresses in a VPC of their own.
        "aws:vpcsourceip" => (GuardKind::Address, true),
        "aws:sourcevpc"
        | "aws:sourcevpce"
        | "aws:sourcevpcarn"
        | "aws:vpceaccount"
        | "aws:vpceorgid"
        | "aws:vpceorgpaths"
        | "elasticfilesystem:accessedviamounttarget" => (GuardKind::Network, false),
        // Access points let in whom their own policies say.
        "s3:dataaccesspointaccount" | "s3:dataaccesspointarn" => (GuardKind::Principal, false),
        _ if key.starts_with("kms:encryptioncontext") => (GuardKind::SourceArn, !judged.service),
        _ => (GuardKind::Other, is_chosen(key)),
    }
}

/// `sub` of `token.actions.githubusercontent.com:sub`, `aud` of `SAML:aud`.
fn claim_of<'k>(key: &'k str, provider: &str) -> Option<&'k str> {
    let (host, claim) = key.rsplit_once(':')?;
    let own = host.eq_ignore_ascii_case(provider)
        || host == "saml"
        || provider.split('/').next().is_some_and(|name| host.eq_ignore_ascii_case(name));
    own.then_some(claim)
}

/// Does whoever sends a request choose what the key holds?
fn is_chosen(key: &str) -> bool {
    let starts = ["aws:principaltag/", "aws:requesttag/", "s3:x-amz-", "sns:"];
    let names = [
        "aws:currenttime",
        "aws:epochtime",
        "aws:principaltype",
        "aws:referer",
        "aws:requestedregion",
        "aws:tagkeys",
        "aws:useragent",
        "aws:username",
        "aws:viaawsservice",
        "kms:grantisforawsresource",
        "kms:viaservice",
        "lambda:functionurlauthtype",
        "lambda:invokedviafunctionurl",
        "s3:authtype",
        "s3:delimiter",
        "s3:max-keys",
        "s3:prefix",
        "s3:signatureversion",
        "s3:tlsversion",
        "sts:rolesessionname",
        "sts:sourceidentity",
        "sts:transitivetagkeys",
    ];
    starts.iter().any(|start| key.starts_with(start)) || names.contains(&key)
}

fn strength(clause: &Clause, kind: GuardKind, chosen: bool, judged: Judged<'_>) -> Strength {
    use BaseOperator as Op;
    let operator = &clause.operator.value;
    let texts = || clause.values.iter().map(|value| value.value.text());
    let Some(base) = operator.base else { return Strength::Unclear };
    // Tokens always say whom they speak of and for whom they are made.
    let always_there = matches!(kind, GuardKind::Subject | GuardKind::Audience);
    match base {
        Op::Null => return Strength::Hollow(Hollow::Presence),
        Op::StringNotEquals
        | Op::StringNotEqualsIgnoreCase
        | Op::StringNotLike
        | Op::ArnNotEquals
        | Op::ArnNotLike
        | Op::NotIpAddress
        | Op::NumericNotEquals
        | Op::DateNotEquals => return Strength::Hollow(Hollow::AllButSome),
        _ if (operator.if_exists || operator.set == Some(SetPrefix::ForAllValues)) && !always_there => {
            return Strength::Hollow(Hollow::AbsentPasses);
        }
        _ => {}
    }
    if chosen {
        return Strength::Chosen;
    }
    if kind == GuardKind::Audience && !judged.provider.is_some_and(is_told_by_audience) {
        return Strength::Hollow(Hollow::Common);
    }
    if kind == GuardKind::Other {
        return Strength::Unclear;
    }
    let patterns = matches!(base, Op::StringLike | Op::ArnLike | Op::ArnEquals);
    if patterns
        && texts().any(|text| !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'*' | b'?')))
    {
        return Strength::Hollow(Hollow::AnyValue);
    }
    if texts().any(|text| text.contains("${")) {
        return Strength::Unclear;
    }
    match kind {
        GuardKind::Address if texts().any(|text| !clavicle_engine::is_narrow_range(text)) => {
            Strength::Hollow(Hollow::WholeInternet)
        }
        GuardKind::ExternalId
            if texts().any(|text| AccountId::parse(text).is_some_and(|id| Some(id) == judged.owner)) =>
        {
            Strength::Hollow(Hollow::OwnAccountId)
        }
        GuardKind::SourceArn | GuardKind::Principal if patterns && texts().any(names_no_account) => {
            Strength::Hollow(Hollow::AnyAccount)
        }
        _ => Strength::Restricts,
    }
}

/// Could things of any account have an ARN of this pattern? Names of buckets are unique in all of AWS.
pub(crate) fn names_no_account(pattern: &str) -> bool {
    let mut parts = pattern.splitn(6, ':');
    let (service, account, name) = (parts.nth(2), parts.nth(1), parts.next());
    match (service, account, name) {
        (Some("s3"), Some(""), Some(name)) => name.starts_with(['*', '?']),
        (_, Some(account), _) => AccountId::parse(account).is_none(),
        // No ARN: a unique id, an account.
        _ => false,
    }
}
