//! How many things of which kinds does one statement speak of, and with which words?

use std::sync::Arc;

use clavicle_catalog::{ArnForm, Word};
use clavicle_snapshot::{AccountId, PrincipalIndex, ResourceIndex};

use super::covers::arns_overlap;
use super::meaning::Listed;
use super::redundant::StatementPlace;
use super::{Document, PoliciesInUse};
use crate::actor::Target;
use crate::world::World;

/// A word of access on things of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The word.
    pub word: Word,
    /// The kind of the things: an IAM resource type, or `iam:user`, `iam:group`, `iam:role`.
    pub kind: Arc<str>,
    /// The things, in the order of the snapshot.
    pub things: Vec<Target>,
}

impl PoliciesInUse {
    /// What a statement of an identity policy gives or takes by itself: the strongest word first, then the most things. The
    /// things are those of the snapshot that its resources fit; for `*`, and for what it does not name, those of the
    /// accounts of its bearers (of an unattached policy: of its owner). What other layers leave of it is not looked at.
    /// Linear in the things of the snapshot.
    pub fn gives(&self, world: &World, at: &StatementPlace) -> Vec<Given> {
        let Some(text) = self.text(&at.document) else { return Vec::new() };
        let Some(id) = self.statements(&at.document).get(at.statement) else { return Vec::new() };
        let meaning = self.meanings.get(*id);
        let digest = world.documents.digest(text);
        let Some(digest) = digest.statements.get(at.statement) else { return Vec::new() };
        let Some(resources) = meaning.resources.as_ref().filter(|_| !meaning.is_unreadable()) else {
            return Vec::new();
        };
        let accounts = self.accounts_of(world, &at.document);
        let mut found: Vec<Given> = Vec::new();
        // For each kind of thing, the words and where they are asked: looked up once.
        let mut asked: Vec<Option<Vec<(Word, ArnForm)>>> = vec![None; world.kind_count()];
        let snapshot = world.snapshot();
        let principals = (0..snapshot.principals.len()).map(|at| Target::Principal(PrincipalIndex::at(at)));
        let things = (0..snapshot.resources.len()).map(|at| Target::Resource(ResourceIndex::at(at)));
        for target in things.chain(principals) {
            let Some(words) = world.words_on(&target) else { continue };
            let asked = asked[words.number()].get_or_insert_with(|| {
                let of_word = |word: Word| {
                    let wanted = words.wanted(word).iter();
                    let held = wanted.filter(|wanted| digest.actions.may_hold(wanted.action.lower()));
                    held.map(move |wanted| (word, wanted.form)).collect::<Vec<_>>()
                };
                let mut asked: Vec<(Word, ArnForm)> = Word::ALL.into_iter().flat_map(of_word).collect();
                asked.dedup();
                asked
            });
            if asked.is_empty() {
                continue;
            }
            let arn = world.arn_of(&target);
            let ours = world.owner_of(&target).is_some_and(|owner| accounts.contains(&owner));
            let mut last = None;
            for (word, form) in asked.iter() {
                if last != Some(*word) && fits(resources, *form, &arn, ours) {
                    last = Some(*word);
                    add(&mut found, *word, &kind_of(world, &target), &target);
                }
            }
        }
        found.sort_by_key(|given| {
            (
                std::cmp::Reverse(strength(given.word)),
                std::cmp::Reverse(given.things.len()),
                given.kind.clone(),
            )
        });
        found
    }

    /// The accounts whose things `*` means.
    fn accounts_of(&self, world: &World, document: &Document) -> Vec<AccountId> {
        let attachments = self.attachments(document);
        let bearers = attachments.bearers.iter().chain(&attachments.bounds);
        let mut accounts: Vec<AccountId> =
            bearers.map(|bearer| world.snapshot().principal(*bearer).account).collect();
        if accounts.is_empty() {
            accounts.extend(world.owner_of_document(document));
        }
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }
}

fn fits(resources: &Listed<Box<str>>, form: ArnForm, arn: &str, ours: bool) -> bool {
    let asked = form.of(arn);
    if resources.negated {
        // Named things are left out, and only certainly so if a pattern fits all of what is asked.
        return ours && !resources.entries.iter().any(|pattern| super::covers::arn_covers(pattern, &asked));
    }
    resources.entries.iter().any(|pattern| match &**pattern {
        "*" => ours,
        _ if form == ArnForm::Anything => false,
        pattern => {
            let fixed = pattern.find(['*', '?', '$']).unwrap_or(pattern.len()).min(arn.len());
            pattern.as_bytes().get(..fixed) == arn.as_bytes().get(..fixed) && arns_overlap(pattern, &asked)
        }
    })
}

fn add(found: &mut Vec<Given>, word: Word, kind: &Arc<str>, target: &Target) {
    match found.iter_mut().find(|given| given.word == word && given.kind == *kind) {
        Some(given) => given.things.push(target.clone()),
        None => found.push(Given { word, kind: kind.clone(), things: vec![target.clone()] }),
    }
}

fn kind_of(world: &World, target: &Target) -> Arc<str> {
    match target {
        Target::Resource(index) => world.snapshot().resource(*index).kind.clone(),
        Target::Principal(index) => match world.snapshot().principal(*index).kind {
            clavicle_snapshot::PrincipalKind::User => "iam:user".into(),
            clavicle_snapshot::PrincipalKind::Group => "iam:group".into(),
            clavicle_snapshot::PrincipalKind::Role => "iam:role".into(),
        },
        Target::Arn(..) | Target::Anything => "".into(),
    }
}

/// Which word of access says most: a number that is higher the more somebody can do.
pub fn strength(word: Word) -> u8 {
    match word {
        Word::Control => 6,
        Word::Become => 5,
        Word::Delete => 4,
        Word::Write => 3,
        Word::Run => 2,
        Word::Read => 1,
        Word::List => 0,
    }
}
