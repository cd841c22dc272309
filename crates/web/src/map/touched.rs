//! The touches that the facts of a map were read from.

use std::sync::Arc;

use clavicle_graph::{AccountTouches, OutsideTouch, Touch, World};

use super::atom::{AccountPlace, Fact, Source};

/// The touches of every account that a fact is from, at hand.
pub(crate) struct Touched {
    /// By place of the account.
    within: Vec<Option<Arc<AccountTouches>>>,
    outside: Vec<Option<Arc<Vec<OutsideTouch>>>>,
}

impl Touched {
    /// Those of these facts.
    pub(crate) fn new(world: &World, facts: &[Fact]) -> Self {
        let accounts = world.snapshot().accounts.len();
        let mut own = Self { within: vec![None; accounts], outside: vec![None; accounts] };
        let mut last = None;
        for fact in facts {
            // Facts come account by account.
            match fact.source {
                Source::Within(account, _) if last != Some(account) => {
                    last = Some(account);
                    if let Some((slot, id)) = own.within.get_mut(account.index()).zip(account.id(world)) {
                        slot.get_or_insert_with(|| world.touches(id));
                    }
                }
                Source::Outside(account, _) => {
                    last = None;
                    if let Some((slot, id)) = own.outside.get_mut(account.index()).zip(account.id(world)) {
                        slot.get_or_insert_with(|| world.outside_touches(id));
                    }
                }
                _ => {}
            }
        }
        own
    }

    /// A touch from within.
    pub(crate) fn within(&self, account: AccountPlace, at: u32) -> Option<&Touch> {
        self.within.get(account.index())?.as_ref()?.within.get(at as usize)
    }

    /// A touch from without.
    pub(crate) fn outside(&self, account: AccountPlace, at: u32) -> Option<&OutsideTouch> {
        self.outside.get(account.index())?.as_ref()?.get(at as usize)
    }
}

/// The touch from within that a source stands for.
pub(crate) fn touch_of(world: &World, source: Source) -> Option<Touch> {
    let Source::Within(account, at) = source else { return None };
    world.touches(account.id(world)?).within.get(at as usize).copied()
}

/// The touch from without that a source stands for.
pub(crate) fn outside_touch_of(world: &World, source: Source) -> Option<OutsideTouch> {
    let Source::Outside(account, at) = source else { return None };
    world.outside_touches(account.id(world)?).get(at as usize).cloned()
}
