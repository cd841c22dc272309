//! The principals that a statement of a resource-based policy names, and in which form they name a caller.
//!
//! The form matters: within one account a policy that names a user grants by itself, one that names the account only
//! passes the decision on to the identity policies. AWS: IAM User Guide, "IAM JSON policy elements: Principal",
//! "NotPrincipal", and "Policy evaluation logic", the table of resource-based policies.

use clavicle_policy::{PrincipalElement, PrincipalKind};

use crate::principal::{Kind, last_segment};
use crate::{AccountId, Principal, resource};

/// The `Principal` or `NotPrincipal` element of a statement, compiled.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) negated: bool,
    pub(crate) entries: Box<[Entry]>,
}

/// One principal that a policy names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// `*`: also callers without credentials.
    Everyone,
    /// An account delegates to its administrators.
    Account {
        id: AccountId,
        partition: Option<Box<str>>,
    },
    User(Box<str>),
    Role {
        arn: Box<str>,
        account: Option<AccountId>,
        name: Box<str>,
    },
    Session(Box<str>),
    FederatedUser(Box<str>),
    Service(Box<str>),
    Federated(Box<str>),
    Canonical(Box<str>),
    /// A deleted principal (`AIDA…`), or text that names none: matches nobody.
    Nobody,
}

/// In which form an entry names a caller, and so what an Allow of it still needs within one account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// The account: identity policy, boundary and session policy must allow.
    Account,
    /// The role of a session, or the user who federated: boundary and session policy must allow.
    Behind,
    /// The caller itself, or everyone: nothing else.
    Itself,
}

/// The forms in which a statement names a caller; it may name it several times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Forms(u8);

impl Forms {
    /// Named as itself alone.
    pub(crate) const ITSELF: Self = Self(1 << Form::Itself as u8);
    pub(crate) const NONE: Self = Self(0);

    #[inline]
    pub(crate) fn add(&mut self, form: Form) {
        self.0 |= 1 << form as u8;
    }

    #[inline]
    pub(crate) fn has(self, form: Form) -> bool {
        self.0 >> form as u8 & 1 == 1
    }

    #[inline]
    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// As a number.
    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    /// The form that needs least besides.
    pub(crate) fn strongest(self) -> Option<Form> {
        [Form::Itself, Form::Behind, Form::Account].into_iter().find(|form| self.has(*form))
    }
}

impl Named {
    pub(crate) fn new(element: &PrincipalElement) -> Self {
        // Off the grammar, a bare string other than `*` is found in the wild and read as `AWS`.
        let bare = element.bare.iter().map(|text| Entry::of_aws(&text.value));
        let listed = element.entries.iter().map(|entry| Entry::new(entry.kind, &entry.value.value));
        Self { negated: element.negated, entries: bare.chain(listed).collect() }
    }

    /// The forms in which the entries name the caller.
    #[inline]
    pub(crate) fn forms(&self, principal: &Principal) -> Forms {
        let mut forms = Forms::NONE;
        for form in self.entries.iter().filter_map(|entry| entry.names(principal)) {
            forms.add(form);
        }
        forms
    }

    /// Does a `NotPrincipal` list exempt the caller? AWS checks account, role and session in turn, so an exemption has
    /// to list them all; what is missing leaves the caller bound.
    pub(crate) fn exempts(&self, principal: &Principal) -> bool {
        if self.entries.contains(&Entry::Everyone) {
            return true;
        }
        let forms = self.forms(principal);
        let [itself, behind, account] =
            [Form::Itself, Form::Behind, Form::Account].map(|form| forms.has(form));
        match principal.kind() {
            Kind::Root => account,
            Kind::User => itself && account,
            Kind::Session => itself && behind && account,
            // The session's name is not known, and nobody can list what has no name.
            Kind::Role => false,
            Kind::FederatedUser => itself && account && (behind || principal.federator().is_none()),
            Kind::Service | Kind::Federated | Kind::CanonicalUser => itself,
            Kind::Anonymous => false,
        }
    }
}

impl Entry {
    fn new(kind: PrincipalKind, text: &str) -> Self {
        match kind {
            PrincipalKind::Aws => Self::of_aws(text),
            PrincipalKind::Service => Self::Service(text.into()),
            PrincipalKind::Federated => Self::Federated(text.into()),
            PrincipalKind::CanonicalUser => Self::Canonical(text.into()),
        }
    }

    fn of_aws(text: &str) -> Self {
        if text == "*" {
            return Self::Everyone;
        }
        if let Some(id) = AccountId::parse(text) {
            return Self::Account { id, partition: None };
        }
        let Some(colons) = resource::cut(text) else { return Self::Nobody };
        let part = |index| resource::part(text, &colons, index).unwrap_or("");
        let account = AccountId::parse(part(4));
        let (sort, name) = part(5).split_once('/').unwrap_or((part(5), ""));
        match (part(0), part(2), sort, account) {
            ("arn", "iam", "root", Some(id)) if part(5) == "root" => {
                Self::Account { id, partition: Some(part(1).into()) }
            }
            ("arn", "iam", "user", _) => Self::User(text.into()),
            ("arn", "iam", "role", _) => {
                Self::Role { arn: text.into(), account, name: last_segment(name).into() }
            }
            ("arn", "sts", "assumed-role", _) => Self::Session(text.into()),
            ("arn", "sts", "federated-user", _) => Self::FederatedUser(text.into()),
            _ => Self::Nobody,
        }
    }

    /// In which form does it name the caller?
    #[inline]
    pub(crate) fn names(&self, principal: &Principal) -> Option<Form> {
        let is = |kind: Kind, text: &str| principal.kind() == kind && principal.text() == text;
        match self {
            Self::Everyone => Some(Form::Itself),
            Self::Account { id, partition } => {
                let same = principal.account() == Some(*id)
                    && partition.as_deref().is_none_or(|partition| principal.partition() == Some(partition));
                same.then_some(Form::Account)
            }
            Self::User(arn) if is(Kind::User, arn) || is(Kind::CanonicalUser, arn) => Some(Form::Itself),
            Self::User(arn) => (principal.federator() == Some(arn)).then_some(Form::Behind),
            Self::Role { arn, account, name } => {
                principal.is_of_role(arn, *account, name).then_some(Form::Behind)
            }
            Self::Session(arn) => is(Kind::Session, arn).then_some(Form::Itself),
            Self::FederatedUser(arn) => is(Kind::FederatedUser, arn).then_some(Form::Itself),
            Self::Service(name) => is(Kind::Service, name).then_some(Form::Itself),
            Self::Federated(name) => is(Kind::Federated, name).then_some(Form::Itself),
            Self::Canonical(id) => is(Kind::CanonicalUser, id).then_some(Form::Itself),
            Self::Nobody => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(entry: &str, principal: &str) -> Option<Form> {
        Entry::of_aws(entry).names(&Principal::from_arn(principal).expect("a caller"))
    }

    const USER: &str = "arn:aws:iam::111122223333:user/dana";
    const ROLE: &str = "arn:aws:iam::111122223333:role/app/web";
    const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/web/s";
    const ROOT: &str = "arn:aws:iam::111122223333:root";

    #[test]
    fn each_form_has_its_strength() {
        assert_eq!(form("*", "anonymous"), Some(Form::Itself));
        assert_eq!(form(USER, USER), Some(Form::Itself));
        assert_eq!(form(ROLE, ROLE), Some(Form::Behind));
        assert_eq!(form(ROLE, SESSION), Some(Form::Behind));
        assert_eq!(form(SESSION, SESSION), Some(Form::Itself));
        assert_eq!(form(SESSION, ROLE), None, "a session of unknown name");
        for caller in [USER, ROLE, SESSION, ROOT] {
            assert_eq!(form("111122223333", caller), Some(Form::Account));
            assert_eq!(form(ROOT, caller), Some(Form::Account));
        }
        assert_eq!(form("arn:aws-cn:iam::111122223333:root", USER), None);
        assert_eq!(form("arn:aws:iam::111122223333:root/", USER), None);
    }

    #[test]
    fn names_keep_their_case_and_take_no_wildcards() {
        for entry in
            ["arn:aws:iam::111122223333:user/Dana", "arn:aws:iam::111122223333:user/*", "AIDAEXAMPLE", "dana"]
        {
            assert_eq!(form(entry, USER), None, "{entry}");
        }
    }

    #[test]
    fn services_match_their_own_kind_only() {
        let service = Principal::service("sns.amazonaws.com");
        let entry = Entry::new(PrincipalKind::Service, "sns.amazonaws.com");
        assert_eq!(entry.names(&service), Some(Form::Itself));
        assert_eq!(Entry::of_aws("sns.amazonaws.com").names(&service), None);
        assert_eq!(Entry::new(PrincipalKind::Service, "*").names(&service), None);
    }

    #[test]
    fn an_exemption_lists_the_whole_line() {
        let exempts = |entries: &[&str], principal: &str| {
            let entries = entries.iter().map(|entry| Entry::of_aws(entry)).collect();
            Named { negated: true, entries }.exempts(&Principal::from_arn(principal).expect("a caller"))
        };
        assert!(!exempts(&[USER], USER));
        assert!(exempts(&[USER, ROOT], USER));
        assert!(!exempts(&[ROLE, ROOT], SESSION));
        assert!(exempts(&[ROLE, ROOT, SESSION], SESSION));
        assert!(exempts(&["111122223333"], ROOT));
        assert!(!exempts(&[ROOT], "anonymous"));
    }
}
