//! The resource of a request, cut once.

use crate::AccountId;

use crate::partition::Partition;
use crate::sort::Sort;
use crate::{Context, Fact, derive};

/// What a request acts on: one ARN, or `*` for an action that takes no resource.
#[derive(Debug, Clone)]
pub struct Resource {
    text: Box<str>,
    /// Offsets of the first five colons; `None` for `*` and for text that is no ARN.
    colons: Option<[u32; 5]>,
    owner: Option<AccountId>,
    partition: Partition,
    sort: Sort,
    /// AWS itself provides it.
    of_aws: bool,
    facts: Context,
}

impl Resource {
    /// A resource named `arn` (or `*`) that belongs to `owner`.
    ///
    /// Not every ARN names its account (an S3 bucket's does not), so the owner has to come with the request; where it
    /// does not come and the ARN has one, that is the owner.
    pub fn new(arn: &str, owner: Option<AccountId>) -> Self {
        let mut resource = Self::cut(arn, owner, Context::exact());
        if resource.owner.is_none() {
            resource.owner = resource.part(4).and_then(AccountId::parse);
        }
        resource.facts = derive::resource_facts(&resource);
        resource
    }

    /// The same thing as a request names it by `arn`: something in it, or it in another form.
    #[must_use]
    pub fn named(&self, arn: &str) -> Self {
        Self::cut(arn, self.owner, self.facts.clone())
    }

    fn cut(arn: &str, owner: Option<AccountId>, facts: Context) -> Self {
        let colons = cut(arn);
        let told = |index| colons.as_ref().and_then(|colons| part(arn, colons, index));
        let partition = told(1).map_or(Partition::Other, Partition::of);
        let account = told(4).unwrap_or("");
        let sort = Sort::of(told(2).unwrap_or(""), account, told(5).unwrap_or(""));
        Self { text: arn.into(), colons, owner, partition, sort, of_aws: account == "aws", facts }
    }

    /// What follows from knowing the resource: the resource keys of the condition context.
    pub fn facts(&self) -> &Context {
        &self.facts
    }

    /// States what else is known of the resource: a tag (`aws:ResourceTag/team`), its organization.
    pub fn state(&mut self, key: &str, fact: Fact) {
        self.facts.set(key, fact);
    }

    /// States that all tags of the resource have been given.
    pub fn all_tags_given(&mut self) {
        self.close("aws:resourcetag/");
    }

    /// States that of the keys that begin so all have been given.
    pub fn close(&mut self, prefix: &str) {
        self.facts.close(prefix);
    }

    /// The ARN, or `*`.
    #[inline]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The account that owns it, where known.
    #[inline]
    pub fn owner(&self) -> Option<AccountId> {
        self.owner
    }

    /// Is this the `*` of an action without resource types?
    #[inline]
    pub fn is_wildcard(&self) -> bool {
        &*self.text == "*"
    }

    /// One of the six parts of the ARN, counted from 0 (`arn`) to 5 (all that follows the fifth colon).
    #[inline]
    pub(crate) fn part(&self, index: usize) -> Option<&str> {
        part(&self.text, self.colons.as_ref()?, index)
    }

    #[inline]
    pub(crate) fn colons(&self) -> Option<&[u32; 5]> {
        self.colons.as_ref()
    }

    #[inline]
    pub(crate) fn partition_told(&self) -> Partition {
        self.partition
    }

    #[inline]
    pub(crate) fn sort(&self) -> Sort {
        self.sort
    }

    /// Does AWS itself provide it, as it does managed policies?
    #[inline]
    pub(crate) fn is_of_aws(&self) -> bool {
        self.of_aws
    }

    pub(crate) fn partition(&self) -> Option<&str> {
        self.part(1)
    }
}

/// Where the first five colons of an ARN stand; `None` when there are fewer.
#[inline]
pub(crate) fn cut(text: &str) -> Option<[u32; 5]> {
    let mut colons = [0; 5];
    let mut found = 0;
    for (offset, byte) in text.bytes().enumerate() {
        if byte == b':' {
            *colons.get_mut(found)? = u32::try_from(offset).ok()?;
            found += 1;
            if found == 5 {
                return Some(colons);
            }
        }
    }
    None
}

/// One of the six parts of a text that was [`cut`].
#[inline]
pub(crate) fn part<'a>(text: &'a str, colons: &[u32; 5], index: usize) -> Option<&'a str> {
    let start = match index {
        0 => 0,
        _ => *colons.get(index - 1)? as usize + 1,
    };
    let end = colons.get(index).map_or(text.len(), |colon| *colon as usize);
    text.get(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_part_keeps_its_colons() {
        let stack = Resource::new("arn:aws:sns:us-east-1:111122223333:topic:a:b", None);
        assert_eq!((stack.part(2), stack.part(5)), (Some("sns"), Some("topic:a:b")));
        assert_eq!(stack.owner().map(|owner| owner.to_string()).as_deref(), Some("111122223333"));
    }

    #[test]
    fn a_bucket_does_not_say_whose_it_is() {
        assert_eq!(Resource::new("arn:aws:s3:::b/k", None).owner(), None);
    }

    #[test]
    fn what_is_known_of_it_is_told() {
        let mut jobs = Resource::new("arn:aws:sqs:us-east-1:111122223333:jobs", None);
        assert_eq!(jobs.facts().stated("aws:ResourceAccount"), Some(&Fact::One("111122223333".to_owned())));
        jobs.state("aws:ResourceTag/team", Fact::One("red".to_owned()));
        assert_eq!(jobs.facts().stated("aws:resourcetag/TEAM"), Some(&Fact::One("red".to_owned())));
        let other = crate::key::Key::new("aws:ResourceTag/env");
        assert!(!jobs.facts().closes(&other));
        jobs.all_tags_given();
        assert!(jobs.facts().closes(&other));
    }

    #[test]
    fn a_star_has_no_parts() {
        assert!(Resource::new("*", None).is_wildcard());
        assert_eq!(Resource::new("*", None).part(0), None);
    }
}
