//! Is an open question plainly open?
//!
//! Three-valued logic says "maybe" of `a or not a` too, so an open verdict has to be looked at again (see
//! [`open_question`](crate::open_question)). But seldom does one unknown pull both ways. If every unknown has a choice
//! that is the best for the request, whatever the others are (each Allow that it bears on matches, each Deny does not),
//! and one that is the worst, then both the best and the worst case can happen; and three-valued logic, which is the
//! same as looking at these two, has told the truth. That is found out here in one walk and without taking memory,
//! which is what makes "who can" questions over a whole account cheap.
//!
//! What nobody has shown, a statement that cannot be read, an owner that is not known: each has a best and a worst
//! choice by itself. Left are condition keys that several clauses ask for.

use clavicle_policy::Effect;

use crate::applicable::Applicable;
use crate::clause::{Clause, EPOCH, MOST_CLAUSES, each_choice};
use crate::matching::{PrincipalRule, covers};
use crate::request::Request;
use crate::situation::Situation;
use crate::store::{PolicyId, PolicyStore, StatementRow};
use crate::tri::Tri;
use crate::walk::each_document;

/// Past this many open clauses the long way is taken.
const MOST_OPEN: usize = 32;

/// Does an open verdict turn on the unknowns for certain? `false` means that this is not easily told.
pub(crate) fn is_plainly_open(
    store: &PolicyStore,
    request: &Request<'_>,
    applicable: &Applicable<'_>,
    situation: &Situation,
) -> bool {
    let mut open = OpenClauses { clauses: [None; MOST_OPEN], count: 0, plain: true };
    each_document(request, applicable, situation, |_, policy, rule| {
        if open.plain {
            open.read(store, request, policy, rule);
        }
    });
    open.plain && open.have_best_and_worst(request)
}

/// The open clauses of statements that may match, each once.
struct OpenClauses<'s> {
    clauses: [Option<OpenClause<'s>>; MOST_OPEN],
    count: usize,
    plain: bool,
}

#[derive(Clone, Copy)]
struct OpenClause<'s> {
    number: u32,
    clause: &'s Clause,
    /// Of the statements in which it stands.
    effect: Effect,
}

impl<'s> OpenClauses<'s> {
    fn read(&mut self, store: &'s PolicyStore, request: &Request<'_>, policy: PolicyId, rule: PrincipalRule) {
        for row in store.statements(policy) {
            let Some(effect) = row.effect.filter(|_| !row.faulty) else { continue };
            let may_match =
                covers(store, row, request) != Tri::No && rule.reach(store, row, request).holds != Tri::No;
            if may_match {
                self.read_condition(store, request, row, effect);
            }
        }
    }

    fn read_condition(
        &mut self,
        store: &'s PolicyStore,
        request: &Request<'_>,
        row: &StatementRow,
        effect: Effect,
    ) {
        let (before, was_plain) = (self.count, self.plain);
        for number in store.clause_numbers(row) {
            let Some(clause) = store.clause(*number) else { continue };
            match clause.holds(request) {
                Tri::Yes => {}
                Tri::Maybe => self.add(OpenClause { number: *number, clause, effect }),
                Tri::No => {
                    // It does not match, so what was read of it does not count.
                    (self.count, self.plain) = (before, was_plain);
                    return;
                }
            }
        }
    }

    fn add(&mut self, open: OpenClause<'s>) {
        let known = self.iter().find(|known| known.number == open.number).map(|known| known.effect);
        match known {
            Some(effect) if effect == open.effect => {}
            // It helps one statement and harms another: neither choice is best.
            Some(_) => self.plain = false,
            None => match self.clauses.get_mut(self.count) {
                Some(slot) => {
                    *slot = Some(open);
                    self.count += 1;
                }
                None => self.plain = false,
            },
        }
    }

    fn iter(&self) -> impl Iterator<Item = &OpenClause<'s>> {
        self.clauses.iter().take(self.count).flatten()
    }

    /// Has every unknown a best and a worst choice? A clause that compares with unknown variables, or as AWS
    /// does not, is one by itself.
    fn have_best_and_worst(&self, request: &Request<'_>) -> bool {
        // It may tell the same time as another key, and is compared as a number and as a date.
        if self.iter().any(|open| open.clause.key().name() == EPOCH) {
            return false;
        }
        let mut settled = 0_u32;
        for (place, first) in self.iter().enumerate() {
            if settled >> place & 1 == 1 || first.clause.stands_alone(request) {
                continue;
            }
            let mut clauses = [first.clause; MOST_CLAUSES];
            let (mut count, mut allows) = (0, 0_u32);
            for (other, open) in self.iter().enumerate().skip(place) {
                if open.clause.key() != first.clause.key() || open.clause.stands_alone(request) {
                    continue;
                }
                let Some(slot) = clauses.get_mut(count) else { return false };
                *slot = open.clause;
                allows |= u32::from(open.effect == Effect::Allow) << count;
                count += 1;
                settled |= 1 << other;
            }
            // Alone, a clause comes out either way.
            if count < 2 {
                continue;
            }
            let all = (1 << count) - 1;
            let (mut best, mut worst) = (false, false);
            each_choice(clauses.get(..count).unwrap_or(&[]), request, |choice| {
                best |= choice == allows;
                worst |= choice == all & !allows;
            });
            if !best || !worst {
                return false;
            }
        }
        true
    }
}
