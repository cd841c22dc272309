//! Of what is a statement made? Its elements by number, for whoever has many decisions to make and looks for those that
//! must come out alike.
//!
//! Equal elements have one number in a [`PolicyStore`], whichever documents they stand in. Two statements whose numbers
//! are equal, save that of the `Resource` element, match the same requests wherever these elements cover the resource
//! alike; [`Coverage`] tells whether they do.

use clavicle_policy::Effect;

use crate::request::Request;
use crate::store::{PolicyId, PolicyStore};
use crate::tri::Tri;
use crate::{Action, Context, Principal, Resource};

/// The elements of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Elements {
    /// `None` when it could not be read.
    pub effect: Option<Effect>,
    /// Some element could not be read.
    pub faulty: bool,
    /// `Action` or `NotAction`, by number.
    pub action: u32,
    /// `Resource` or `NotResource`; `None`: there is none.
    pub resource: Option<ResourceElementId>,
    /// `Principal` or `NotPrincipal`, by number.
    pub principal: u32,
    /// `Condition`, by number.
    pub condition: u32,
}

/// A `Resource` or `NotResource` element of a [`PolicyStore`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceElementId(u32);

impl ResourceElementId {
    /// Its number.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl PolicyStore {
    /// The elements of each statement of a document, in order.
    pub fn elements(&self, policy: PolicyId) -> impl Iterator<Item = Elements> + '_ {
        self.statements(policy).iter().map(|row| Elements {
            effect: row.effect,
            faulty: row.faulty,
            action: row.action,
            resource: self.resource_set(row).map(|_| ResourceElementId(row.resource)),
            principal: row.principal,
            condition: row.condition,
        })
    }

    /// Would Amazon S3 call the document public if it were a bucket policy?
    pub fn is_public(&self, policy: PolicyId) -> bool {
        self.policy(policy).is_some_and(|row| row.public)
    }
}

/// Which resources do `Resource` elements cover, whoever asks?
#[derive(Debug)]
pub struct Coverage<'s> {
    store: &'s PolicyStore,
    nobody: Principal,
    nothing: Action,
    context: Context,
}

impl<'s> Coverage<'s> {
    /// By the elements of this store.
    pub fn new(store: &'s PolicyStore) -> Self {
        Self {
            store,
            nobody: Principal::anonymous(),
            nothing: Action::new("none:Nothing"),
            context: Context::exact(),
        }
    }

    /// Does the element cover the resource? `None`: that depends on who asks, for it has variables.
    pub fn of(&self, element: ResourceElementId, resource: &Resource) -> Option<Tri> {
        let set = self.store.resource_set_at(element.0).filter(|set| !set.has_variables())?;
        Some(set.covers(&Request::exact(&self.nobody, &self.nothing, resource, &self.context)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(documents: &[&str]) -> (PolicyStore, Vec<PolicyId>) {
        let mut store = PolicyStore::new();
        let read = |text: &str| clavicle_policy::parse(text.as_bytes()).policy.expect("it is a policy");
        let ids = documents.iter().map(|text| store.add(&read(text))).collect();
        (store, ids)
    }

    fn first(store: &PolicyStore, policy: PolicyId) -> Elements {
        store.elements(policy).next().expect("it has a statement")
    }

    #[test]
    fn equal_elements_have_equal_numbers() {
        let (store, ids) = store(&[
            r#"{"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:a"}}"#,
            r#"{"Statement": {"Effect": "Allow", "Action": "SQS:*", "Resource": "arn:aws:sqs:*:*:b"}}"#,
        ]);
        let (a, b) = (first(&store, ids[0]), first(&store, ids[1]));
        assert_ne!(a.resource, b.resource);
        assert_eq!(Elements { resource: None, ..a }, Elements { resource: None, ..b });
    }

    #[test]
    fn elements_are_numbered_in_the_order_of_the_store() {
        let of = |thing| {
            format!(r#"{{"Statement": {{"Effect": "Allow", "Action": "sqs:*", "Resource": "{thing}"}}}}"#)
        };
        let texts =
            ["arn:aws:sqs:*:*:a", "arn:aws:sqs:*:*:b", "arn:aws:sqs:*:*:a", "arn:aws:sqs:*:*:c"].map(of);
        let (store, ids) = store(&texts.each_ref().map(String::as_str));
        let numbers = ids.iter().map(|id| first(&store, *id).resource.map(ResourceElementId::index));
        assert_eq!(numbers.collect::<Vec<_>>(), [Some(0), Some(1), Some(0), Some(2)]);
    }

    /// AWS: Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", The meaning of "public".
    #[test]
    fn a_document_is_public_if_a_statement_lets_in_everyone() {
        let lets_in = |who| {
            format!(
                r#"{{"Statement": {{"Effect": "Allow", "Principal": {who}, "Action": "s3:GetObject", "Resource": "*"}}}}"#
            )
        };
        let texts = [r#""*""#, r#"{"AWS": "111122223333"}"#].map(lets_in);
        let (store, ids) = store(&texts.each_ref().map(String::as_str));
        assert_eq!((store.is_public(ids[0]), store.is_public(ids[1])), (true, false));
    }

    #[test]
    fn what_an_element_with_variables_covers_is_not_told() {
        let (store, ids) = store(&[
            r#"{"Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${aws:username}"}}"#,
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::b*"}}"#,
            r#"{"Statement": {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::b*"}}"#,
        ]);
        let coverage = Coverage::new(&store);
        let of = |policy, arn| coverage.of(first(&store, policy).resource?, &Resource::new(arn, None));
        assert_eq!(of(ids[0], "arn:aws:s3:::dana"), None);
        assert_eq!(of(ids[1], "arn:aws:s3:::books"), Some(Tri::Yes));
        assert_eq!(of(ids[1], "arn:aws:s3:::audio"), Some(Tri::No));
        assert_eq!(of(ids[2], "arn:aws:s3:::audio"), Some(Tri::Yes));
    }
}
