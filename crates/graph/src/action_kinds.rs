//! Which actions do some documents tell apart?
//!
//! A decision depends on the action through the statements that speak of it, and through little else. Two actions of
//! which the same statements speak are decided alike, so that one of them need be asked. `sqs:*` makes one kind of all
//! the actions on a queue.

use std::sync::OnceLock;

use clavicle_engine::PolicyId;
use foldhash::{HashMap, HashMapExt};

use crate::asked_words::actions_of;
use crate::kind::KindWords;
use crate::world::World;

/// For every action on a kind of thing, a mark: actions with equal marks are not told apart. 0: nothing speaks of it.
pub(crate) type Marks = Box<[u64]>;

/// The marks of single documents, worked out when first asked for.
pub(crate) struct DocumentMarks<'w> {
    world: &'w World,
    /// By kind of thing.
    of_document: HashMap<PolicyId, Box<[OnceLock<Marks>]>>,
}

impl<'w> DocumentMarks<'w> {
    /// For these documents.
    pub(crate) fn new(world: &'w World, documents: impl Iterator<Item = PolicyId>) -> Self {
        let mut of_document: HashMap<PolicyId, Box<[OnceLock<Marks>]>> = HashMap::new();
        for document in documents {
            let kinds = || (0..world.kind_count()).map(|_| OnceLock::new()).collect();
            of_document.entry(document).or_insert_with(kinds);
        }
        Self { world, of_document }
    }

    /// The marks that some documents give together to the actions on a kind of thing, in the order of
    /// [`actions_of`].
    pub(crate) fn together(&self, documents: &[PolicyId], kind: &KindWords) -> Marks {
        let mut marks = vec![0_u64; actions_of(kind).count()];
        for document in documents {
            let slot = self.of_document.get(document).and_then(|kinds| kinds.get(kind.number()));
            let of_one = slot.map(|slot| slot.get_or_init(|| self.of_one(*document, kind)));
            for (mark, more) in marks.iter_mut().zip(of_one.into_iter().flatten()) {
                if *more != 0 {
                    *mark = mix(*mark, *more);
                }
            }
        }
        marks.into()
    }

    fn of_one(&self, document: PolicyId, kind: &KindWords) -> Marks {
        let statements = &self.world.documents.digest(document).statements;
        let of_action = |lower: &str| {
            let speaking = (1..).zip(statements).filter(|(_, statement)| statement.actions.may_hold(lower));
            speaking.fold(0, |mark, (place, _)| mix(mark, (document.index() as u64) << 20 | place))
        };
        actions_of(kind).map(|(_, _, action, _)| of_action(action.lower())).collect()
    }
}

/// Sixty-four bits hold apart the few kinds that one caller and one thing have.
fn mix(mark: u64, more: u64) -> u64 {
    (mark.rotate_left(5) ^ more.wrapping_mul(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0xD6E8_FEB8_6659_FD93) | 1
}
