//! Which statements do nothing: allow nothing that could ever happen, or deny what nobody could ask for?

use std::sync::OnceLock;

use clavicle_engine::PolicyId;
use clavicle_snapshot::PrincipalIndex;
use rayon::prelude::*;

use super::covers::{actions_overlap, arns_overlap, statement_covers};
use super::meaning::{Listed, Meaning, Side};
use super::redundant::{StatementPlace, documents_of};
use super::{Document, PoliciesInUse};
use crate::ceiling::Ceiling;
use crate::world::World;

/// A statement of an identity policy, or a Deny of the organization, that changes no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// The statement.
    pub at: StatementPlace,
    /// Why.
    pub why: Stopped,
}

/// Why a statement does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stopped {
    /// No action that AWS lists is called so.
    NoSuchAction,
    /// None of its actions can be asked on a thing of such an ARN: the wrong kind of thing, or an action that AWS takes on
    /// `*` only.
    NoSuchThing,
    /// For everybody who bears it, all of it is denied or kept out by what stands above.
    Elsewhere {
        /// Deny statements that take some of it.
        denied_by: Vec<StatementPlace>,
        /// Permissions boundaries and control policies that do not allow some of it.
        not_in: Vec<Document>,
    },
}

impl PoliciesInUse {
    /// The idle statements of the documents that their owners can edit. Certain as of the catalogue's date; an action that
    /// is too new for its resource types to be known counts as working. Takes every statement of every bearer once.
    pub fn idle(&self, world: &World) -> Vec<Idle> {
        let editable = self.documents.par_iter().filter(|document| {
            world.is_editable(document) && self.may_have(document).is_none_or(|all| !all.is_empty())
        });
        let found = editable.flat_map_iter(|document| {
            let statements = 0..self.statement_count(document);
            statements.filter_map(|statement| {
                self.why_idle(world, &StatementPlace { document: document.clone(), statement })
                    .map(|why| Idle { at: StatementPlace { document: document.clone(), statement }, why })
            })
        });
        found.collect()
    }

    /// Why a statement does nothing; `None`: it may do something. Of policies of things and of trust policies nothing is
    /// said: what they may name is not in AWS's lists.
    pub fn why_idle(&self, world: &World, at: &StatementPlace) -> Option<Stopped> {
        if matches!(at.document, Document::Trust(_) | Document::Resource(_)) {
            return None;
        }
        let meaning = self.meanings.get(*self.statements(&at.document).get(at.statement)?);
        let by_ceiling = matches!(at.document, Document::Organization(_)) && meaning.effect == Side::Allow;
        if by_ceiling || meaning.is_unreadable() {
            return None;
        }
        if !names_an_action(world, meaning) {
            return Some(Stopped::NoSuchAction);
        }
        if !fits_a_thing(world, meaning) {
            return Some(Stopped::NoSuchThing);
        }
        (meaning.effect == Side::Allow).then(|| self.stopped_elsewhere(world, at, meaning)).flatten()
    }

    fn stopped_elsewhere(&self, world: &World, at: &StatementPlace, meaning: &Meaning) -> Option<Stopped> {
        let attachments = self.attachments(&at.document);
        if attachments.bearers.is_empty()
            || !attachments.bounds.is_empty()
            || !attachments.permission_sets.is_empty()
        {
            return None;
        }
        let mut found = Found::default();
        let pairs = pairs(meaning)?;
        for bearer in &attachments.bearers {
            let around = self.around(world, *bearer);
            if !pairs.iter().all(|pair| around.stops(pair, &mut found)) {
                return None;
            }
        }
        Some(Stopped::Elsewhere { denied_by: found.denied_by, not_in: found.not_in })
    }

    /// What could take from a bearer what its policies give.
    fn around(&self, world: &World, bearer: PrincipalIndex) -> Around<'_> {
        let record = world.snapshot().principal(bearer);
        let mut around = Around::default();
        for document in documents_of(world, bearer) {
            self.add_denies(&document, self.text(&document), &mut around);
        }
        if let (Some(text), Some(policy)) = (world.bearer(bearer).boundary_policy(), record.boundary) {
            let document = Document::Managed(policy);
            self.add_denies(&document, Some(text), &mut around);
            around.levels.push((document, self.allows(&[text])));
        }
        let ceilings = world.ceilings_of(record.account).map(|ceilings| &ceilings.scps);
        let bound = !record.path.starts_with("/aws-service-role/");
        if let Some(Ceiling::Levels(levels)) = ceilings.filter(|_| bound) {
            for level in levels {
                for (text, policy) in level.policies.iter().zip(&level.attached) {
                    self.add_denies(&Document::Organization(*policy), Some(*text), &mut around);
                }
                if let Some(policy) = level.attached.first() {
                    around.levels.push((Document::Organization(*policy), self.allows(&level.policies)));
                }
            }
        }
        around
    }

    fn add_denies<'p>(&'p self, document: &Document, text: Option<PolicyId>, around: &mut Around<'p>) {
        let statements = text.map_or(&[][..], |text| self.meanings.statements(text));
        let denies = statements.iter().enumerate().map(|(place, id)| (place, self.meanings.get(*id)));
        let denies = denies.filter(|(_, meaning)| meaning.effect == Side::Deny && !meaning.is_unreadable());
        around.denies.extend(
            denies.map(|(statement, meaning)| {
                (StatementPlace { document: document.clone(), statement }, meaning)
            }),
        );
    }

    /// The statements of some texts that could allow; what cannot be read could.
    fn allows(&self, texts: &[PolicyId]) -> Vec<&Meaning> {
        let statements = texts.iter().flat_map(|text| self.meanings.statements(*text));
        let meanings = statements.map(|id| self.meanings.get(*id));
        meanings.filter(|meaning| meaning.effect == Side::Allow || meaning.is_unreadable()).collect()
    }
}

/// What stands around a bearer's policies.
#[derive(Default)]
struct Around<'p> {
    denies: Vec<(StatementPlace, &'p Meaning)>,
    /// Each has to allow as well.
    levels: Vec<(Document, Vec<&'p Meaning>)>,
}

#[derive(Default)]
struct Found {
    denied_by: Vec<StatementPlace>,
    not_in: Vec<Document>,
}

impl Around<'_> {
    fn stops(&self, pair: &Meaning, found: &mut Found) -> bool {
        if let Some((place, _)) = self.denies.iter().find(|(_, deny)| statement_covers(deny, pair)) {
            if !found.denied_by.contains(place) {
                found.denied_by.push(place.clone());
            }
            return true;
        }
        let keeps_out =
            self.levels.iter().find(|(_, allows)| allows.iter().all(|allow| are_apart(allow, pair)));
        if let Some((document, _)) = keeps_out
            && !found.not_in.contains(document)
        {
            found.not_in.push(document.clone());
        }
        keeps_out.is_some()
    }
}

/// The statement taken apart: one action pattern and one resource pattern each. `None`: too many, or it says what it does
/// not speak of.
fn pairs(meaning: &Meaning) -> Option<Vec<Meaning>> {
    const MOST: usize = 400;
    let resources = meaning.resources.as_ref().filter(|resources| !resources.negated)?;
    let count = meaning.actions.entries.len() * resources.entries.len();
    if meaning.actions.negated || count == 0 || count > MOST {
        return None;
    }
    let one = |text: &str| Listed { negated: false, entries: Box::new([Box::<str>::from(text)]) };
    let pairs = meaning.actions.entries.iter().flat_map(|action| {
        resources.entries.iter().map(move |resource| Meaning {
            actions: one(action),
            resources: Some(one(resource)),
            ..meaning.clone()
        })
    });
    Some(pairs.collect())
}

/// Is there certainly no request that both speak of? Conditions are not looked at.
fn are_apart(allow: &Meaning, pair: &Meaning) -> bool {
    let apart = |one: &Listed<Box<str>>, other: &Listed<Box<str>>, overlap: fn(&str, &str) -> bool| {
        !one.negated
            && one.entries.iter().all(|entry| other.entries.iter().all(|other| !overlap(entry, other)))
    };
    let resources = allow.resources.as_ref().zip(pair.resources.as_ref());
    !allow.is_unreadable()
        && (apart(&allow.actions, &pair.actions, actions_overlap)
            || all_but_covers(&allow.actions, &pair.actions)
            || resources.is_some_and(|(one, other)| apart(one, other, arns_overlap)))
}

/// `NotAction` with all that the other speaks of.
fn all_but_covers(one: &Listed<Box<str>>, other: &Listed<Box<str>>) -> bool {
    let positive = Listed { negated: false, entries: one.entries.clone() };
    one.negated && super::covers::actions_cover(&positive, other)
}

fn names_an_action(world: &World, meaning: &Meaning) -> bool {
    let known = |pattern: &str| {
        let service = pattern.strip_suffix(":*").filter(|service| !service.contains(['*', '?']));
        match service {
            Some(service) => world.catalog().service(service).is_some(),
            None => pattern == "*" || !world.catalog().expand(pattern).is_empty(),
        }
    };
    meaning.actions.negated || meaning.actions.entries.iter().any(|pattern| known(pattern))
}

/// Can one of the actions be asked on a thing that one of the resource patterns fits?
fn fits_a_thing(world: &World, meaning: &Meaning) -> bool {
    let Some(resources) = meaning.resources.as_ref().filter(|resources| !resources.negated) else {
        return true;
    };
    if meaning.actions.negated || resources.entries.iter().any(|pattern| &**pattern == "*") {
        return true;
    }
    let catalog = world.catalog();
    let shapes = shapes(world);
    let mut actions = meaning.actions.entries.iter().flat_map(|pattern| catalog.expand(pattern));
    actions.any(|action| {
        catalog.is_late(action)
            || catalog.resources(action).any(|resource| {
                let kind = resource.resource_type();
                let covers =
                    |shape: &str| resources.entries.iter().any(|pattern| arns_overlap(pattern, shape));
                // A type without forms may be of anything.
                shapes.get(kind.id().index()).is_none_or(|shapes| shapes.iter().any(|shape| covers(shape)))
            })
    })
}

/// The ARNs of each resource type as patterns, one for each form: of what stands before the name of the thing nothing is asked, and a name
/// has a letter at least.
fn shapes(world: &World) -> &'static [Vec<Box<str>>] {
    static SHAPES: OnceLock<Vec<Vec<Box<str>>>> = OnceLock::new();
    SHAPES.get_or_init(|| {
        let kinds = world.catalog().resource_types();
        kinds.map(|kind| kind.arn_patterns().map(shape).collect()).collect()
    })
}

fn shape(pattern: &str) -> Box<str> {
    let mut parts = Vec::with_capacity(6);
    for (place, part) in pattern.splitn(6, ':').enumerate() {
        let variable = if place < 5 { "*" } else { "?*" };
        let mut text = String::new();
        let mut rest = part;
        while let Some((before, after)) = rest.split_once("${") {
            text.push_str(before);
            text.push_str(variable);
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        text.push_str(rest);
        parts.push(text);
    }
    if parts.len() < 6 { "*".into() } else { parts.join(":").into() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_resource_type_is_a_pattern_of_arns() {
        for (kind, wanted) in [
            ("arn:${Partition}:s3:::${BucketName}/${ObjectName}", "arn:*:s3:::?*/?*"),
            ("arn:${Partition}:iam::${Account}:role/${RoleNameWithPath}", "arn:*:iam::*:role/?*"),
            ("odd", "*"),
        ] {
            assert_eq!(&*super::shape(kind), wanted);
        }
    }
}
