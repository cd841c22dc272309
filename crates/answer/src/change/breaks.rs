//! What somebody was seen to use, and could use no more.
//!
//! Each call that the evidence holds is asked again, on the thing that it was made on and with the keys that the log tells,
//! before and after; of an action that takes no resource, on `*`. What was used on nothing that is known may be lost where
//! a statement about the action went that allowed it, or came that denies it, on any layer.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_engine::{Action, Verdict};
use clavicle_graph::{Actor, Target};
use clavicle_snapshot::{PrincipalIndex, PrincipalKind};
use clavicle_usage::{Call, Need, Thing as UsedThing};

use super::losing::Difference;
use crate::count::{counted, number};
use crate::reader::Reader;
use crate::shape::{BreakChange, ChangesPage};
use crate::steps::Ask;
use crate::suggest::Seen;
use crate::unused::Use;
use crate::unused::granted::documents;

/// Adds to what is different what breaks by it. Costs two decisions for each call of the evidence. Once it is stopped, what was
/// found so far.
pub(super) fn add(
    old: &Reader,
    new: &Reader,
    seen: Seen<'_>,
    page: &mut ChangesPage,
    is_stopped: &(dyn Fn() -> bool + Sync),
) {
    let snapshot = old.world().snapshot();
    let mut found: Vec<BreakChange> = Vec::new();
    let mut unseen: Vec<String> = Vec::new();
    let less: BTreeSet<String> = {
        let rows = page.access.iter().filter(|row| !row.widens);
        rows.flat_map(|row| &row.who).filter_map(|who| who.arn.clone()).collect()
    };
    let difference = Difference::between(old, new, page);
    let accessed: BTreeSet<&str> = seen.evidence.last_accessed.iter().map(|fact| &*fact.principal).collect();
    for index in old.world().principals() {
        if is_stopped() {
            break;
        }
        let record = snapshot.principal(index);
        let now = new.world().snapshot().principal_by_arn(&record.arn);
        let is_told_of = seen.evidence.window(record.account).is_some() || accessed.contains(&*record.arn);
        let losing = now.map(|now| difference.losing(index, now));
        let may_lose = losing.as_ref().is_none_or(|losing| !losing.is_none());
        let is_less = less.contains(&*record.arn) || (may_lose && difference.has_principal(index));
        if is_less && !is_told_of {
            unseen.push(old.thing_of_principal(index).name);
            continue;
        }
        // Of an action whose uses cannot all be asked again: perhaps it is lost; for certain where nobody is left.
        let certain_of = |action: &str| match &losing {
            None => Some(true),
            Some(losing) => losing.has(old, action).then_some(false),
        };
        let asked = Asked { old, new, index, now, seen, certain_of: &certain_of };
        let Calls { mut lost, of } = asked.calls();
        // What AWS says was used, not on what.
        let catalog = old.world().catalog();
        let documents = documents(old, index);
        let uses =
            if may_lose { old.use_of_each(index, &documents, seen.evidence, seen.since) } else { Vec::new() };
        for (action, used) in uses {
            let name = catalog.name(action);
            if used != Use::Yes || of.contains(name) {
                continue;
            }
            let is_lost = if catalog.is_wildcard_only(action) {
                asked.lost_on(name, None, &BTreeMap::new())
            } else {
                certain_of(name)
            };
            if let Some(certain) = is_lost {
                lost.push(BreakChange {
                    who: old.thing_of_principal(index),
                    action: name.to_owned(),
                    on: None,
                    uses: None,
                    last_used: None,
                    certain,
                });
            }
        }
        found.append(&mut lost);
    }
    found.sort_by(|a, b| (&a.who.name, &a.action, &a.on).cmp(&(&b.who.name, &b.action, &b.on)));
    found.dedup();
    if found.is_empty() && unseen.is_empty() {
        page.notes.push("Nothing that was seen in use is lost.".to_owned());
    }
    if !unseen.is_empty() {
        let first: Vec<&str> = unseen.iter().take(3).map(String::as_str).collect();
        let more = unseen.len().saturating_sub(first.len());
        let more = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
        page.notes.push(format!(
            "What {}{more} used is not known: there is no evidence of {}.",
            first.join(", "),
            if unseen.len() == 1 { "it" } else { "them" }
        ));
    }
    for certain in [true, false] {
        let rows: Vec<&BreakChange> = found.iter().filter(|row| row.certain == certain).collect();
        if rows.is_empty() {
            continue;
        }
        let who: BTreeSet<&str> = rows.iter().map(|row| row.who.name.as_str()).collect();
        let (lose, they) = match (who.len(), certain) {
            (1, true) => ("loses", "it"),
            (_, true) => ("lose", "they"),
            (1, false) => ("may lose", "it"),
            (_, false) => ("may lose", "they"),
        };
        page.notes.push(format!(
            "{} {lose} {} that {they} used.",
            counted(who.len(), "identity", "identities"),
            counted(rows.len(), "permission", "permissions")
        ));
    }
    page.breaks = Some(found);
}

/// Whose calls are asked again.
struct Asked<'a> {
    old: &'a Reader,
    new: &'a Reader,
    index: PrincipalIndex,
    /// `None`: nobody of this name is left.
    now: Option<PrincipalIndex>,
    seen: Seen<'a>,
    /// Of an action, where a use of it cannot be decided: may it be lost, and is that certain?
    certain_of: &'a dyn Fn(&str) -> Option<bool>,
}

/// What was asked again.
#[derive(Default)]
struct Calls {
    lost: Vec<BreakChange>,
    /// Of which actions there were calls for certain.
    of: BTreeSet<String>,
}

impl Asked<'_> {
    /// The calls of somebody that were let in, and would not be, or perhaps not.
    fn calls(&self) -> Calls {
        let record = self.old.world().snapshot().principal(self.index);
        let mut of = BTreeSet::new();
        if record.kind == PrincipalKind::Group {
            return Calls::default();
        }
        let mut found: BTreeMap<(String, Option<String>), BreakChange> = BTreeMap::new();
        for used in self.seen.evidence.of(&record.arn) {
            if matches!(used.need, Need::Perhaps(_)) {
                continue;
            }
            // A call that was of this action or of another one is no proof that this one was in use.
            let was_in_use = used.need.is_certain();
            for call in used.calls.iter().filter(|call| call.tally.used_since(self.seen.since)) {
                if was_in_use {
                    of.insert(used.action.to_string());
                }
                let Some(certain) = self.lost(&used.action, call) else { continue };
                let on = self.on(&call.thing);
                let last = call.tally.used.map(|(_, last)| last.to_string());
                let row = found.entry((used.action.to_string(), on.clone())).or_insert_with(|| BreakChange {
                    who: self.old.thing_of_principal(self.index),
                    action: used.action.to_string(),
                    on,
                    uses: Some(0),
                    last_used: None,
                    certain: false,
                });
                row.uses = row.uses.map(|uses| uses + call.tally.uses());
                row.last_used = row.last_used.take().max(last);
                row.certain |= certain && was_in_use;
            }
        }
        Calls { lost: found.into_values().collect(), of }
    }

    fn on(&self, thing: &UsedThing) -> Option<String> {
        match thing {
            UsedThing::NotKnown | UsedThing::Any => None,
            UsedThing::Under(begin) => Some(format!("{begin}*")),
            UsedThing::Arn(arn) => Some(self.old.resolve_spot(arn).map_or_else(
                |_| arn.to_string(),
                |spot| spot.part.unwrap_or_else(|| self.old.thing_of_target(&spot.target).name),
            )),
        }
    }

    /// Would a call be refused now, and is that certain? `None`: it would not.
    fn lost(&self, name: &str, call: &Call) -> Option<bool> {
        let keys = || {
            let pairs = call.context.iter();
            pairs
                .map(|(key, values)| (key.to_string(), values.iter().map(ToString::to_string).collect()))
                .collect()
        };
        match &call.thing {
            UsedThing::Arn(arn) => self.lost_on(name, Some(arn), &keys()),
            UsedThing::Any => self.lost_on(name, None, &keys()),
            UsedThing::NotKnown | UsedThing::Under(_) => (self.certain_of)(name),
        }
    }

    /// The same of a request. `arn`: `None` for an action that takes no resource.
    fn lost_on(&self, name: &str, arn: Option<&str>, keys: &BTreeMap<String, Vec<String>>) -> Option<bool> {
        let action = Action::new(name).taking_no_resource(arn.is_none());
        // `None`: that cannot be asked.
        let lets = |reader: &Reader, index: PrincipalIndex| -> Option<u8> {
            let actor = Actor::Principal(index);
            let target = match arn {
                Some(arn) => reader.resolve_spot(arn).ok()?.target,
                None => Target::Anything,
            };
            let when = reader.world().context(keys);
            let ask = Ask { actor: &actor, action: &action, target: &target, arn, when: &when };
            Some(match reader.ruling(&ask).verdict {
                Verdict::Allowed => 2,
                Verdict::Depends => 1,
                _ => 0,
            })
        };
        let was = lets(self.old, self.index);
        let is = self.now.map_or(Some(0), |now| lets(self.new, now));
        match (was, is) {
            (Some(was), Some(is)) if is < was => Some(is == 0),
            // What turned on something before was let in all the same: it was used. What it turns on may be another.
            (Some(1), Some(1)) | (None, _) | (_, None) => (self.certain_of)(name).map(|_| false),
            _ => None,
        }
    }
}
