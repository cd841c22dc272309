//! Who from outside gets in: is a policy of a resource open to the public, or beyond a zone of trust?
//!
//! A zone of trust is access like any other: a document that allows what is trusted. What a policy allows outside of it
//! is [`Store::implies`] with the zone as the wide side.
//!
//! *Public* is a question of its own, because it is about nobody in particular: is something allowed to a caller of an
//! account that the policy does not name, or to a caller without credentials, where no key that says where a request
//! comes from has a value that the policy names? AWS: S3 User Guide, "Blocking public access to your Amazon S3
//! storage", The meaning of "public": a grant is not public if it is tied to fixed values of such keys, which have no
//! wildcard, and address ranges wider than /8 (IPv4) or /32 (IPv6) tie it to nothing. Beyond that page a pattern ties
//! where it names an owner whole: `arn:aws:sns:*:111122223333:*` does, `arn:aws:iam::*:role/deploy` is of anybody.
//!
//! The same without the caller is the question of the *confused deputy*: whoever has a service act may be anybody.

use std::sync::Arc;

use clavicle_catalog::identity_provider::{Breadth, is_shared, is_told_by_audience, subjects};
use clavicle_engine::AddressRange;

use crate::access::{Access, Formula};
use crate::callers::Names;
use crate::compile::Document;
use crate::listed::Listed;
use crate::pattern::{Element, Letter, Pattern};
use crate::questions::Verdict;
use crate::store::{Dimension, Literal, Predicate, Store};
use crate::work::Limits;

/// The keys by which a grant can be tied to somebody, in lower case. AWS: the same page; IAM User Guide, "AWS global condition
/// context keys", of services and VPC endpoints; AWS KMS Developer Guide, "kms:CallerAccount", of all callers of an account.
const TYING: [&str; 21] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/// Those of them that say for whom a service acts, in lower case. What else ties a grant is of callers who act for themselves: a
/// service is the same whoever has it act, and is in no organization and behind no address of theirs. AWS: IAM User Guide,
/// "The confused deputy problem", Cross-service confused deputy prevention
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>); `aws:SourceOwner` is the older name of
/// `aws:SourceAccount` (Amazon SNS Developer Guide, "Example cases for Amazon SNS access control").
const OF_SOURCE: [&str; 5] =
    ["aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"];

/// The keys that say whose the resource is, in lower case.
const OF_OWNER: [&str; 3] = ["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths"];

impl Store {
    /// Is nothing that the policy of a resource allows public? The witness is a request of a stranger.
    pub fn not_public(&mut self, document: &Document, limits: Limits) -> Verdict {
        let ties = |key: &str| TYING.contains(&key) || claim(key).is_some();
        let (mut tied, names) = self.ties(document, ties);
        let callers = self.dimension(Dimension::Caller);
        tied.push(self.literal(callers, Predicate::Stranger(Arc::new(names))));
        self.never(&document.access().and(holding(tied)), limits)
    }

    /// Is all that the policy of a resource allows tied to somebody, by the keys that say for whom a service acts? Asked of
    /// what services are let in to do: a service acts for whoever has it act.
    pub fn is_tied(&mut self, document: &Document, limits: Limits) -> Verdict {
        let (tied, _) = self.ties(document, |key| OF_SOURCE.contains(&key));
        self.never(&document.access().and(holding(tied)), limits)
    }

    /// What holds of requests that these keys tie to nothing that the document names, and the callers that it names.
    fn ties(&mut self, document: &Document, can_tie: impl Fn(&str) -> bool) -> (Vec<Literal>, Names) {
        let mut statements = Vec::new();
        document.access().0.statements(&mut statements);
        let all: Vec<Literal> =
            statements.iter().flat_map(|id| self.compiled(*id).literals.to_vec()).collect();
        let mut names = Names::new();
        let mut tied = Vec::new();
        for literal in all {
            let dimension = self.dimension_of_literal(literal);
            match (self.dimension_of(dimension).clone(), self.predicate(literal).clone()) {
                (Dimension::Caller, Predicate::Takes(_, own)) => names.extend(own.iter().cloned()),
                (Dimension::Key(name), Predicate::Key { list, .. }) if can_tie(&name) => {
                    if let Some(fixed) = fixed(&name, self.listed(list)) {
                        let list = self.list(fixed);
                        let many = clavicle_engine::is_multivalued(&name);
                        // Of a set, no element is one of the named values.
                        let set = many.then_some(clavicle_policy::SetPrefix::ForAnyValue);
                        let predicate = Predicate::Key { list, set, complement: false, absent: false };
                        tied.push(self.literal(dimension, predicate).not());
                    }
                }
                _ => {}
            }
        }
        names.sort();
        names.dedup();
        (tied, names)
    }
}

/// Requests of which all of this holds.
fn holding(mut literals: Vec<Literal>) -> Access {
    literals.sort_unstable();
    literals.dedup();
    Access(Formula::Holds(literals.into()))
}

/// What of the list ties a grant to somebody: texts that name one, and ranges that are not wide. The value of a variable comes
/// with a caller, who is a stranger here, unless it is whose the resource is: no stranger is of its organization. (AWS takes
/// every variable for no fixed value, on the page above.)
fn fixed(key: &str, listed: &Listed) -> Option<Listed> {
    match listed {
        Listed::Texts(templates) => {
            let ties = |pattern: &Pattern| names_somebody(key, pattern);
            let of_owner = |key: &str| OF_OWNER.contains(&key);
            let fixed = templates.iter().filter(|template| {
                template.fixed().as_ref().is_some_and(ties) || template.value_of().is_some_and(of_owner)
            });
            let fixed: Box<[_]> = fixed.cloned().collect();
            (!fixed.is_empty()).then_some(Listed::Texts(fixed))
        }
        Listed::Addresses(ranges) => {
            let narrow =
                ranges.iter().filter(|text| AddressRange::parse(text).is_some_and(|range| !range.is_wide()));
            let narrow: Box<[_]> = narrow.cloned().collect();
            (!narrow.is_empty()).then_some(Listed::Addresses(narrow))
        }
        Listed::Numbers(..) | Listed::Dates(..) => None,
    }
}

/// The provider and what it says of somebody, of a key that it fills: `gitlab.com` and `sub`. They are those that vouch for
/// the users of many customers.
fn claim(key: &str) -> Option<(&str, &str)> {
    key.rsplit_once(':').filter(|(issuer, _)| is_shared(issuer))
}

/// Does what a provider says of somebody leave out all but the users of one customer? The audience does where it is the
/// customer's application, elsewhere whoever asks for a token chooses it; that somebody is signed in says nothing of who.
fn names_subject(issuer: &str, claim: &str, elements: &[Element]) -> bool {
    let spelled = elements.iter().all(|element| element.is_letter());
    match claim {
        "sub" => {
            let text: String = elements.iter().map(|element| element.written()).collect();
            subjects(issuer, &text, true).breadth < Breadth::Anyone
        }
        "aud" => spelled && is_told_by_audience(issuer),
        // Whose, by name or by id: others say on which branch, how, or when, and whoever is vouched for can have them.
        "repository" | "repository_id" | "repository_owner" | "repository_owner_id" | "email" => spelled,
        _ => false,
    }
}

/// Are the values that the pattern admits all of one owner? Of an ARN that is told by its account, of a path in an organization
/// by what it begins with, of a session by the id of its role. What has no wildcard is one value. AWS gives out ids and
/// names to whoever asks, so the beginning of one tells nothing.
///
/// A wildcard that takes colons (`StringLike`) ahead of the account leaves open which part of the value is the account:
/// `arn:aws:lambda:*:111122223333:*` takes `arn:aws:lambda:eu-west-1:999988887777:function:f:111122223333:1`. Those of `ArnLike`
/// stay in their part. AWS: IAM User Guide, "IAM JSON policy elements: Condition operators": "each of the six
/// colon-delimited components of the ARN is checked separately"; of `StringLike`, wildcards stand "anywhere in the string"
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>).
fn names_somebody(key: &str, pattern: &Pattern) -> bool {
    let elements = pattern.elements();
    let spelled = |part: &[Element]| !part.is_empty() && part.iter().all(|element| element.is_letter());
    // The part at this place, where there are more and every value has the same beginnings of parts.
    let part = |separator: char, at: usize| {
        let mut parts = elements.split(|element| element.is(separator));
        let stays = |part: &[Element]| !part.iter().any(|element| element.takes(Letter::Char(separator)));
        (0..at)
            .all(|_| parts.next().is_some_and(stays))
            .then(|| parts.next())
            .flatten()
            .filter(|part| part.len() < elements.len())
    };
    (spelled(elements) && claim(key).is_none())
        || claim(key).is_some_and(|(issuer, claim)| names_subject(issuer, claim, elements))
        || match key {
            "aws:principalarn" | "aws:sourcearn" | "aws:sourcevpcarn" | "s3:dataaccesspointarn" => {
                part(':', 4).is_some_and(spelled)
            }
            "aws:principalorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => {
                part('/', 0).is_some_and(spelled)
            }
            "aws:userid" => part(':', 0).is_some_and(spelled),
            _ => false,
        }
}
