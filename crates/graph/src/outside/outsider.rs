//! Who comes in, as a statement names them.

use clavicle_catalog::identity_provider::issuer;
use std::sync::Arc;

use clavicle_policy::{AccountId, BaseOperator, Clause, PrincipalKind as Listed, SetPrefix, Statement};

use crate::actor::Actor;
use crate::outside::guard::names_no_account;
use crate::world::World;

/// Somebody beyond the accounts of the snapshot and their organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Outsider {
    /// Whoever sends a request, signed or not.
    Everyone,
    /// Whoever has an AWS account: the request has to be signed.
    AnyAccount,
    /// Whoever is in an organization: its id.
    Organization(Arc<str>),
    /// Anyone in an account.
    Account(AccountId),
    /// One user, role or session, by ARN.
    Principal(Arc<str>),
    /// Those whom an identity provider vouches for: the ARN of the provider, or a built-in host name.
    Provider(Arc<str>),
    /// An account by its Amazon S3 canonical user id.
    CanonicalUser(Arc<str>),
    /// Whoever can have an AWS service act for them: the service.
    Service(Arc<str>),
    /// An account that has an AWS service act for it.
    ThroughService {
        /// The service.
        service: Arc<str>,
        /// The account.
        account: AccountId,
    },
}

impl Outsider {
    /// As whom they ask. Whoever is in an organization, or has an account, is one of everyone.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Everyone | Self::AnyAccount | Self::Organization(_) => Actor::Everyone,
            Self::Account(account) => Actor::OutsideAccount(*account),
            Self::Principal(arn) => Actor::Unseen(arn.clone()),
            Self::Provider(name) => Actor::Provider(name.clone()),
            Self::CanonicalUser(id) => Actor::CanonicalUser(id.clone()),
            Self::Service(name) | Self::ThroughService { service: name, .. } => Actor::Service(name.clone()),
        }
    }

    /// The account that they belong to or act for.
    pub fn account(&self) -> Option<AccountId> {
        match self {
            Self::Account(account) | Self::ThroughService { account, .. } => Some(*account),
            Self::Principal(arn) => AccountId::of_arn(arn),
            _ => None,
        }
    }

    /// The identity provider without `https://` and without the account that knows it.
    pub fn provider(&self) -> Option<&str> {
        match self {
            Self::Provider(name) => Some(issuer(name)),
            _ => None,
        }
    }

    /// Is everybody among the ones that `self` means who is among those of `other`?
    pub(crate) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Everyone, other) => !matches!(other, Self::Provider(_)),
            (Self::AnyAccount, Self::Organization(_) | Self::Account(_) | Self::Principal(_)) => true,
            (Self::Account(account), Self::Principal(arn)) => AccountId::of_arn(arn) == Some(*account),
            (own, other) => own == other,
        }
    }
}

impl World {
    /// Is it an account of the snapshot, or one that its organization lists?
    pub fn is_ours(&self, account: AccountId) -> bool {
        self.snapshot().account(account).is_some()
    }

    /// Whom from outside does a statement name? A statement that lets in everyone under a condition that names
    /// fixed accounts or organizations lets in those, and nobody if they are ours.
    pub(crate) fn outsiders_of(&self, statement: &Statement, of_trust: bool) -> Vec<Outsider> {
        let Some(element) = &statement.principal else { return Vec::new() };
        let mut found = Vec::new();
        let bare = element.bare.iter().map(|text| (Listed::Aws, text.value.as_str()));
        let listed = element.entries.iter().map(|entry| (entry.kind, entry.value.value.as_str()));
        let everyone = || if of_trust { Outsider::AnyAccount } else { Outsider::Everyone };
        if element.negated {
            found.extend(self.narrowed(statement, &everyone()));
        }
        for (kind, text) in bare.chain(listed).filter(|_| !element.negated) {
            match kind {
                _ if text == "*" => found.extend(self.narrowed(statement, &everyone())),
                // Roles are handed to services of the own account only: `iam:PassRole` does not cross accounts.
                // AWS: IAM User Guide, "Grant a user permissions to pass a role to an AWS service".
                Listed::Service if of_trust => {}
                Listed::Service => found.extend(self.narrowed(statement, &Outsider::Service(text.into()))),
                Listed::Federated => found.push(Outsider::Provider(text.into())),
                Listed::CanonicalUser => found.push(Outsider::CanonicalUser(text.into())),
                Listed::Aws => found.extend(self.outsider_of(text)),
            }
        }
        found.sort();
        found.dedup();
        found
    }

    fn outsider_of(&self, text: &str) -> Option<Outsider> {
        if let Some(account) = AccountId::parse(text) {
            return (!self.is_ours(account)).then_some(Outsider::Account(account));
        }
        let account = AccountId::of_arn(text)?;
        if self.is_ours(account) {
            return None;
        }
        Some(match text.ends_with(":root") {
            true => Outsider::Account(account),
            false => Outsider::Principal(text.into()),
        })
    }

    /// Everyone, or a service that acts for anyone, as far as conditions leave them: the narrowest that one of them
    /// names.
    fn narrowed(&self, statement: &Statement, wide: &Outsider) -> Vec<Outsider> {
        let clauses = statement.condition.iter().flat_map(|condition| &condition.clauses);
        let mut best: Option<Vec<Outsider>> = None;
        for clause in clauses {
            let Some(named) = self.named_by_clause(clause, wide) else { continue };
            if best.as_ref().is_none_or(|best| named.len() < best.len()) {
                best = Some(named);
            }
        }
        best.unwrap_or_else(|| vec![wide.clone()])
    }

    /// Whom a clause leaves of everyone; ours are left out. `None`: it does not say.
    fn named_by_clause(&self, clause: &Clause, wide: &Outsider) -> Option<Vec<Outsider>> {
        use BaseOperator as Op;
        let operator = &clause.operator.value;
        let fixed = matches!(operator.base?, Op::StringEquals | Op::StringEqualsIgnoreCase);
        let pattern = matches!(operator.base?, Op::StringLike | Op::ArnLike | Op::ArnEquals);
        let passes_absent = operator.if_exists || operator.set == Some(SetPrefix::ForAllValues);
        if passes_absent || !(fixed || pattern) || clause.values.is_empty() {
            return None;
        }
        let key = clause.key.value.to_ascii_lowercase();
        let of_account = |account: AccountId| match wide {
            Outsider::Service(service) => Outsider::ThroughService { service: service.clone(), account },
            _ => Outsider::Account(account),
        };
        let service = matches!(wide, Outsider::Service(_));
        let mut named = Vec::new();
        for text in clause.values.iter().map(|value| value.value.text()) {
            if text.contains("${") {
                return None;
            }
            let outsider = match key.as_str() {
                "aws:principalaccount" | "kms:calleraccount" | "s3:dataaccesspointaccount" if !service => {
                    of_account(AccountId::parse(text)?)
                }
                "aws:sourceaccount" | "aws:sourceowner" => of_account(AccountId::parse(text)?),
                "aws:principalarn" | "s3:dataaccesspointarn" if !service => {
                    of_account(AccountId::of_arn(text)?)
                }
                "aws:sourcearn" => match AccountId::of_arn(text) {
                    Some(account) => of_account(account),
                    // The ARN of a bucket names no account; whose it is, the snapshot may know.
                    None if !names_no_account(text) && self.is_our_bucket(text) => continue,
                    None => return None,
                },
                "aws:principalorgid" if !service => self.organization(text)?,
                "aws:sourceorgid" if service => match self.organization(text)? {
                    Outsider::Organization(id) if self.is_our_organization(&id) => continue,
                    _ => return None,
                },
                "aws:principalorgpaths" if !service => self.organization(text.split('/').next()?)?,
                "aws:sourceorgpaths" if service => match self.organization(text.split('/').next()?)? {
                    Outsider::Organization(id) if self.is_our_organization(&id) => continue,
                    _ => return None,
                },
                _ => return None,
            };
            let ours = match &outsider {
                Outsider::Organization(id) => self.is_our_organization(id),
                other => other.account().is_some_and(|account| self.is_ours(account)),
            };
            if !ours {
                named.push(outsider);
            }
        }
        Some(named)
    }

    fn organization(&self, id: &str) -> Option<Outsider> {
        let fixed = id.starts_with("o-") && !id.contains(['*', '?']);
        fixed.then(|| Outsider::Organization(id.into()))
    }

    pub(crate) fn is_our_organization(&self, id: &str) -> bool {
        self.snapshot().organization.as_ref().is_some_and(|known| *known.id == *id)
    }

    fn is_our_bucket(&self, pattern: &str) -> bool {
        let name = pattern.split(['/', '*', '?']).next().unwrap_or(pattern);
        name == pattern && self.snapshot().resource_by_arn(name).is_some()
    }
}
