//! What the words of access mean on the things of a world, looked up once a kind of thing.

use std::sync::Arc;

use clavicle_catalog::{ArnForm, Catalog, Word, levels_above, words};
use clavicle_engine::Action;
use clavicle_snapshot::{PrincipalKind, Snapshot};
use foldhash::{HashMap, HashMapExt};

use crate::access::Wanted;
use crate::actor::Target;
use crate::world::World;

/// The kinds of things of a world.
#[derive(Debug)]
pub(crate) struct Kinds {
    kinds: Vec<KindWords>,
    /// The kind of each resource.
    of_resource: Vec<u16>,
    user: u16,
    group: u16,
    role: u16,
}

/// The words on one kind of thing.
#[derive(Debug)]
pub(crate) struct KindWords {
    /// What each word asks, in the order of [`Word::ALL`].
    words: Vec<Vec<Wanted>>,
    number: usize,
}

impl KindWords {
    fn new(catalog: &Catalog, arn: &str, number: usize) -> Self {
        let asked = |word| {
            words().for_arn(word, arn).into_iter().map(|(id, form)| {
                let action = Action::new(catalog.name(id)).taking_no_resource(form == ArnForm::Anything);
                Wanted { action, form }
            })
        };
        Self { words: Word::ALL.into_iter().map(|word| asked(word).collect()).collect(), number }
    }

    /// Its place among the kinds of the world.
    pub(crate) fn number(&self) -> usize {
        self.number
    }

    pub(crate) fn wanted(&self, word: Word) -> &[Wanted] {
        self.words.get(word as usize).map_or(&[], Vec::as_slice)
    }
}

impl Kinds {
    pub(crate) fn new(snapshot: &Snapshot, catalog: &Catalog) -> Self {
        let mut kinds = vec![
            KindWords::new(catalog, "arn:aws:iam::111122223333:user/name", 0),
            KindWords::new(catalog, "arn:aws:iam::111122223333:group/name", 1),
            KindWords::new(catalog, "arn:aws:iam::111122223333:role/name", 2),
        ];
        let mut known: HashMap<(Arc<str>, u8), u16> = HashMap::new();
        let of_resource = snapshot.resources.iter().map(|resource| {
            // Parameters are asked about on every path above them: those of as many levels are one kind.
            let levels = if &*resource.kind == "ssm:parameter" { levels_above(&resource.arn) } else { 0 };
            *known.entry((resource.kind.clone(), levels)).or_insert_with(|| {
                kinds.push(KindWords::new(catalog, &resource.arn, kinds.len()));
                u16::try_from(kinds.len() - 1).unwrap_or(u16::MAX)
            })
        });
        Self { of_resource: of_resource.collect(), kinds, user: 0, group: 1, role: 2 }
    }

    fn get(&self, kind: u16) -> &KindWords {
        &self.kinds[usize::from(kind)]
    }
}

impl World {
    /// How many kinds of things there are: [`KindWords::number`] is below this.
    pub(crate) fn kind_count(&self) -> usize {
        self.kinds.kinds.len()
    }

    /// The words on a target that was seen.
    pub(crate) fn words_on(&self, target: &Target) -> Option<&KindWords> {
        Some(match target {
            Target::Resource(index) => self.kinds.get(*self.kinds.of_resource.get(index.index())?),
            Target::Principal(index) => self.kinds.get(match self.snapshot().principal(*index).kind {
                PrincipalKind::User => self.kinds.user,
                PrincipalKind::Group => self.kinds.group,
                PrincipalKind::Role => self.kinds.role,
            }),
            Target::Arn(..) | Target::Anything => return None,
        })
    }

    /// What a word asks on a target: someone can do it who is allowed any of these. The first is what the word means
    /// first of all. Empty if the word has no meaning there that is known.
    pub fn wanted(&self, word: Word, target: &Target) -> Vec<Wanted> {
        match (self.words_on(target), target) {
            (Some(known), _) => known.wanted(word).to_vec(),
            (None, Target::Arn(arn, _)) => KindWords::new(self.catalog(), arn, 0).wanted(word).to_vec(),
            (None, _) => Vec::new(),
        }
    }
}
