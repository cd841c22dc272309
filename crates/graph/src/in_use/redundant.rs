//! Which statements add nothing, because another statement that bears on the same requests says as much?

use clavicle_snapshot::{PrincipalIndex, PrincipalKind};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::covers::statement_covers;
use super::meaning::MeaningId;
use super::{Document, PoliciesInUse};
use crate::world::World;

/// One statement of a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatementPlace {
    /// The document.
    pub document: Document,
    /// The place of the statement, from 0.
    pub statement: usize,
}

/// A statement that adds nothing for anybody who bears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redundant {
    /// The statement.
    pub at: StatementPlace,
    /// What says as much, for each bearer; one place if it is in the same document.
    pub covered_by: Vec<StatementPlace>,
}

/// What is known of which meanings cover which.
type Known = HashMap<(MeaningId, MeaningId), bool>;

impl PoliciesInUse {
    /// The statements that add nothing, each for everybody who bears its document. All of them can go together: of two
    /// that say the same, one is listed, the one that is easier to do without (an inline policy before a managed one, a
    /// later statement before an earlier one); what AWS owns is never listed.
    ///
    /// Certain, and not complete: a statement that only several others together cover is not found.
    /// Linear in principals times the square of the statements that one of them bears.
    pub fn redundant(&self, world: &World) -> Vec<Redundant> {
        let mut known = Known::new();
        let mut gone: HashSet<StatementPlace> = HashSet::new();
        let mut found = Vec::new();
        // Inline policies lose first: their number is behind that of managed ones.
        let may_go = |document: &&Document| world.is_editable(document) && self.may_have(document).is_none();
        for document in self.documents.iter().rev().filter(may_go) {
            let statements = self.statements(document);
            for statement in (0..statements.len()).rev() {
                let at = StatementPlace { document: document.clone(), statement };
                if let Some(covered_by) = self.covered(world, &at, &gone, &mut known) {
                    gone.insert(at.clone());
                    found.push(Redundant { at, covered_by });
                }
            }
        }
        found.reverse();
        found
    }

    /// What covers a statement: for each bearer one that is not gone. `None`: somebody needs it.
    fn covered(
        &self,
        world: &World,
        at: &StatementPlace,
        gone: &HashSet<StatementPlace>,
        known: &mut Known,
    ) -> Option<Vec<StatementPlace>> {
        if let Some(own) = self.cover_in(&at.document, at, gone, known) {
            return Some(vec![own]);
        }
        let attachments = self.attachments(&at.document);
        let only_identities = matches!(at.document, Document::Managed(_) | Document::Inline(..))
            && attachments.bounds.is_empty()
            && attachments.permission_sets.is_empty()
            && !attachments.bearers.is_empty();
        if !only_identities {
            return None;
        }
        let mut covers = Vec::new();
        for bearer in &attachments.bearers {
            let others = documents_of(world, *bearer);
            let cover = others
                .iter()
                // One that is there perhaps may go, and another in doubt stay.
                .filter(|document| **document != at.document && self.may_have(document).is_none())
                .find_map(|document| self.cover_in(document, at, gone, known))?;
            if !covers.contains(&cover) {
                covers.push(cover);
            }
        }
        Some(covers)
    }

    fn cover_in(
        &self,
        document: &Document,
        at: &StatementPlace,
        gone: &HashSet<StatementPlace>,
        known: &mut Known,
    ) -> Option<StatementPlace> {
        let narrow = *self.statements(&at.document).get(at.statement)?;
        let places = self.statements(document).iter().enumerate();
        places
            .map(|(statement, wide)| (StatementPlace { document: document.clone(), statement }, *wide))
            .find(|(place, wide)| place != at && !gone.contains(place) && self.covers(*wide, narrow, known))
            .map(|(place, _)| place)
    }

    fn covers(&self, wide: MeaningId, narrow: MeaningId, known: &mut Known) -> bool {
        *known.entry((wide, narrow)).or_insert_with(|| {
            let (wide, narrow) = (self.meanings.get(wide), self.meanings.get(narrow));
            wide.effect == narrow.effect && statement_covers(wide, narrow)
        })
    }
}

/// The identity-based documents of a principal. Those of a user's groups count for the user; a group has its own only,
/// since each of its members may have others.
pub(super) fn documents_of(world: &World, bearer: PrincipalIndex) -> Vec<Document> {
    let snapshot = world.snapshot();
    let record = snapshot.principal(bearer);
    let groups = record.groups.iter().copied().filter(|_| record.kind == PrincipalKind::User);
    let mut found = Vec::new();
    for index in std::iter::once(bearer).chain(groups) {
        let record = snapshot.principal(index);
        found.extend(record.attached.iter().map(|policy| Document::Managed(*policy)));
        found.extend((0..record.inline.len()).map(|place| Document::Inline(index, place)));
    }
    found
}
