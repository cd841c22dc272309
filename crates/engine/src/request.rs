//! One request: who, what, on which resource, in which context.

use crate::context::Rest;
use crate::key::{About, Key};
use crate::{Action, Context, Fact, Principal, Resource};

/// One request. AWS: IAM User Guide, "Policy evaluation logic", Processing the request context.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// What for.
    pub action: &'a Action,
    /// On what.
    pub resource: &'a Resource,
    /// What the question says of the condition keys.
    pub context: &'a Context,
    /// Do keys that follow from principal and resource count as given?
    derived: bool,
}

impl<'a> Request<'a> {
    /// A request whose context is exactly the one given: nothing is added to it.
    pub fn exact(
        principal: &'a Principal,
        action: &'a Action,
        resource: &'a Resource,
        context: &'a Context,
    ) -> Self {
        Self { principal, action, resource, context, derived: false }
    }

    /// A request whose context is the one given, and what follows from the principal and the resource. Where both
    /// speak of a key, the given one wins, unless it says no more than that the key is there.
    pub fn derived(
        principal: &'a Principal,
        action: &'a Action,
        resource: &'a Resource,
        context: &'a Context,
    ) -> Self {
        Self { principal, action, resource, context, derived: true }
    }

    /// What is known of a key: the request states it, or it follows. `None`: nothing is known of it.
    pub fn known(&self, key: &str) -> Option<Fact> {
        let key = Key::new(key);
        let follows = self.following(&key);
        let seen = match self.context.find(&key) {
            Some(Fact::Present) => follows.or(Some(Seen::Present)),
            Some(fact) => Some(Seen::from(fact)),
            None => follows,
        };
        match seen {
            Some(seen) => Some(seen.into()),
            None => {
                let closed = self.context.closes(&key)
                    || (self.derived && (self.principal.closes(&key) || self.resource.facts().closes(&key)));
                closed.then_some(Fact::Absent)
            }
        }
    }

    /// Is the request decided against `*`?
    #[inline]
    pub(crate) fn is_without_resource(&self) -> bool {
        self.action.takes_no_resource() || self.resource.is_wildcard()
    }

    /// What resource patterns are matched against: the text, and where its colons stand if it is an ARN.
    #[inline]
    pub(crate) fn target(&self) -> (&'a str, Option<&'a [u32; 5]>) {
        if self.is_without_resource() { ("*", None) } else { (self.resource.text(), self.resource.colons()) }
    }

    /// What the request holds for a key.
    #[inline]
    pub(crate) fn fact(&self, key: &Key) -> Seen<'a> {
        let stated = self.context.find(key);
        // That the key is there says less than its value, which may follow.
        if let Some(fact) = stated.filter(|fact| **fact != Fact::Present) {
            return Seen::from(fact);
        }
        if let Some(seen) = self.following(key) {
            return seen;
        }
        if stated.is_some() {
            return Seen::Present;
        }
        if self.derived && (self.principal.closes(key) || self.resource.facts().closes(key)) {
            return Seen::Absent;
        }
        match self.context.rest() {
            Rest::Unknown if !self.context.closes(key) => Seen::Unknown,
            _ => Seen::Absent,
        }
    }

    /// What follows about a key from principal and resource, where that counts.
    #[inline]
    fn following(&self, key: &Key) -> Option<Seen<'a>> {
        if !self.derived {
            return None;
        }
        let of_principal = self.principal.find(key);
        of_principal.or_else(|| {
            let fact = self.resource.facts().find(key)?;
            let is_told = key.about() != About::Owner || self.action.tells_owner();
            is_told.then(|| Seen::from(fact))
        })
    }
}

/// A [`Fact`], borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Seen<'a> {
    Absent,
    Unknown,
    Present,
    One(&'a str),
    Many(&'a [String]),
}

impl Seen<'_> {
    /// Is its value not known, if it has one?
    #[inline]
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Unknown | Self::Present)
    }
}

impl<'a> From<&'a Fact> for Seen<'a> {
    #[inline]
    fn from(fact: &'a Fact) -> Self {
        match fact {
            Fact::Absent => Self::Absent,
            Fact::Unknown => Self::Unknown,
            Fact::Present => Self::Present,
            Fact::One(value) => Self::One(value),
            Fact::Many(values) => Self::Many(values),
        }
    }
}

impl From<Seen<'_>> for Fact {
    fn from(seen: Seen<'_>) -> Self {
        match seen {
            Seen::Absent => Self::Absent,
            Seen::Unknown => Self::Unknown,
            Seen::Present => Self::Present,
            Seen::One(value) => Self::One(value.to_owned()),
            Seen::Many(values) => Self::Many(values.to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(context: &Context, derived: bool) -> String {
        let principal = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", None));
        let request = if derived {
            Request::derived(&principal, &action, &resource, context)
        } else {
            Request::exact(&principal, &action, &resource, context)
        };
        format!("{:?}", request.fact(&Key::new("aws:username")))
    }

    #[test]
    fn an_exact_context_gets_nothing_added() {
        assert_eq!(seen(&Context::exact(), false), "Absent");
        assert_eq!(seen(&Context::exact(), true), "One(\"dana\")");
    }

    #[test]
    fn the_question_wins_over_what_follows() {
        assert_eq!(seen(&Context::exact().with("aws:username", Fact::Unknown), true), "Unknown");
        assert_eq!(seen(&Context::open().with_value("aws:username", "x"), true), "One(\"x\")");
    }

    #[test]
    fn what_the_question_closes_is_absent() {
        let mut context = Context::open();
        assert_eq!(seen(&context, false), "Unknown");
        context.close("aws:user");
        assert_eq!(seen(&context, false), "Absent");
    }

    #[test]
    fn tags_are_absent_only_when_all_were_given() {
        let mut principal = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", None));
        let open = Context::open();
        let tag = Key::new("aws:PrincipalTag/team");
        let before = format!("{:?}", Request::derived(&principal, &action, &resource, &open).fact(&tag));
        principal.all_tags_given();
        let after = format!("{:?}", Request::derived(&principal, &action, &resource, &open).fact(&tag));
        assert_eq!((before.as_str(), after.as_str()), ("Unknown", "Absent"));
    }

    #[test]
    fn a_key_is_known_if_it_is_stated_or_follows_or_all_like_it_were_given() {
        let mut principal = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        let mut tagged = Resource::new("arn:aws:s3:::b/k", None);
        tagged.state("aws:ResourceTag/team", Fact::One("red".into()));
        let action = Action::new("s3:GetObject");
        let open = Context::open().with_value("app:v", "1");
        let known = |principal: &Principal, resource: &Resource, context: &Context, key: &str| {
            [Request::exact, Request::derived]
                .map(|request| request(principal, &action, resource, context).known(key))
        };
        let one = |text: &str| Some(Fact::One(text.to_owned()));
        assert_eq!(known(&principal, &tagged, &open, "APP:v"), [one("1"), one("1")]);
        assert_eq!(known(&principal, &tagged, &open, "aws:username"), [None, one("dana")]);
        assert_eq!(known(&principal, &tagged, &open, "aws:resourcetag/TEAM"), [None, one("red")]);
        let (tag, own) = ("aws:ResourceTag/cost", "aws:PrincipalTag/cost");
        assert_eq!(known(&principal, &tagged, &open, tag), [None, None]);
        assert_eq!(known(&principal, &tagged, &open, own), [None, None]);
        tagged.all_tags_given();
        assert_eq!(known(&principal, &tagged, &open, tag), [None, Some(Fact::Absent)]);
        assert_eq!(known(&principal, &tagged, &open, own), [None, None]);
        principal.all_tags_given();
        assert_eq!(known(&principal, &tagged, &open, own), [None, Some(Fact::Absent)]);
        let mut closed = Context::open();
        closed.close("app:");
        assert_eq!(known(&principal, &tagged, &closed, "app:v"), [Some(Fact::Absent), Some(Fact::Absent)]);
    }
}
