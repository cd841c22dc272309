//! What somebody was seen to use, and could use no more.
//!
//! Each call that the evidence holds is asked again, on the thing that it was made on and with the keys that the log tells, before and
//! after. What was used on nothing that is known breaks where no policy grants the action any more.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_engine::{Action, Verdict};
use clavicle_graph::{Actor, Changed};
use clavicle_snapshot::{PrincipalIndex, PrincipalKind};
use clavicle_usage::{Need, Thing as UsedThing};

use crate::page::counted;
use crate::reader::Reader;
use crate::shape::{BreakChange, ChangesPage};
use crate::steps::Ask;
use crate::suggest::Seen;
use crate::unused::Use;
use crate::unused::granted::{Granted, documents};

/// Adds to what is different what breaks by it. Costs two decisions for each call of the evidence.
pub(super) fn add(old: &Reader, new: &Reader, seen: Seen<'_>, page: &mut ChangesPage) {
    let snapshot = old.world().snapshot();
    let mut found: Vec<BreakChange> = Vec::new();
    let mut unseen: Vec<String> = Vec::new();
    let mut granted = Granted::default();
    let mut granted_now = Granted::default();
    let less: BTreeSet<String> = {
        let rows = page.access.iter().filter(|row| !row.widens);
        rows.flat_map(|row| &row.who).filter_map(|who| who.arn.clone()).collect()
    };
    // Of what only widens nothing is lost.
    let narrows = !matches!(page.verdict.as_str(), "widens" | "same");
    let changed = Changed::between(old.world(), new.world());
    let accessed: BTreeSet<&str> = seen.evidence.last_accessed.iter().map(|fact| &*fact.principal).collect();
    for index in old.world().principals() {
        let record = snapshot.principal(index);
        let now = new.world().snapshot().principal_by_arn(&record.arn);
        let is_told_of = seen.evidence.window(record.account).is_some() || accessed.contains(&*record.arn);
        let is_less = less.contains(&*record.arn) || (narrows && changed.has_principal(index));
        if is_less && !is_told_of {
            unseen.push(old.thing_of_principal(index).name);
            continue;
        }
        let mut told: Vec<BreakChange> = calls(old, new, index, now, seen);
        // What AWS says was used, not on what.
        let before = granted.to(old, index);
        let after = now.map(|now| granted_now.to(new, now));
        if after.as_ref() != Some(&before) && !after.as_ref().is_some_and(|after| after.partly_seen) {
            let catalog = old.world().catalog();
            let left: Vec<&str> = after
                .iter()
                .flat_map(|after| after.iter(catalog))
                .map(|action| catalog.name(action))
                .collect();
            let documents = documents(old, index);
            for (action, used) in old.use_of_each(index, &documents, seen.evidence, seen.since) {
                let name = catalog.name(action);
                let is_told = told.iter().any(|known| known.action == name);
                if used == Use::Yes && !left.contains(&name) && !is_told {
                    told.push(BreakChange {
                        who: old.thing_of_principal(index),
                        action: name.to_owned(),
                        on: None,
                        uses: None,
                        last_used: None,
                        certain: true,
                    });
                }
            }
        }
        found.append(&mut told);
    }
    found.sort_by(|a, b| (&a.who.name, &a.action, &a.on).cmp(&(&b.who.name, &b.action, &b.on)));
    found.dedup();
    if found.is_empty() && unseen.is_empty() {
        page.notes.push("Nothing that was seen in use is lost.".to_owned());
    }
    if !unseen.is_empty() {
        let first: Vec<&str> = unseen.iter().take(3).map(String::as_str).collect();
        let more = unseen.len().saturating_sub(first.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        page.notes.push(format!(
            "What {}{more} used is not known: there is no evidence of {}.",
            first.join(", "),
            if unseen.len() == 1 { "it" } else { "them" }
        ));
    }
    if !found.is_empty() {
        let who: BTreeSet<&str> = found.iter().map(|row| row.who.name.as_str()).collect();
        page.notes.push(format!(
            "{} of {}.",
            counted(
                found.len(),
                "permission that was in use is lost",
                "permissions that were in use are lost"
            ),
            counted(who.len(), "identity", "identities"),
        ));
    }
    page.breaks = Some(found);
}

/// The calls of somebody that were let in, and would not be.
fn calls(
    old: &Reader,
    new: &Reader,
    index: PrincipalIndex,
    now: Option<PrincipalIndex>,
    seen: Seen<'_>,
) -> Vec<BreakChange> {
    let record = old.world().snapshot().principal(index);
    if record.kind == PrincipalKind::Group {
        return Vec::new();
    }
    let mut found: BTreeMap<(String, String), BreakChange> = BTreeMap::new();
    for used in seen.evidence.of(&record.arn) {
        if matches!(used.need, Need::Perhaps(_)) {
            continue;
        }
        let action = Action::new(&used.action);
        for call in used.calls.iter().filter(|call| call.tally.used_since(seen.since)) {
            let UsedThing::Arn(arn) = &call.thing else { continue };
            let keys: BTreeMap<String, Vec<String>> = call
                .context
                .iter()
                .map(|(key, values)| (key.to_string(), values.iter().map(ToString::to_string).collect()))
                .collect();
            let decide = |reader: &Reader, index: Option<PrincipalIndex>| -> Option<Verdict> {
                let actor = Actor::Principal(index?);
                let spot = reader.resolve_spot(arn).ok()?;
                let when = reader.world().context(&keys);
                let ask =
                    Ask { actor: &actor, action: &action, target: &spot.target, arn: Some(arn), when: &when };
                Some(reader.ruling(&ask).verdict)
            };
            let lets = |verdict: Option<Verdict>| match verdict {
                Some(Verdict::Allowed) => 2,
                Some(Verdict::Depends) => 1,
                _ => 0,
            };
            // What turned on something before was let in all the same: it was used.
            let (was, is) = (lets(decide(old, Some(index))), lets(decide(new, now)));
            if is >= was {
                continue;
            }
            let on = old.resolve_spot(arn).map_or_else(
                |_| arn.to_string(),
                |spot| spot.part.unwrap_or_else(|| old.thing_of_target(&spot.target).name),
            );
            let last = call.tally.used.map(|(_, last)| last.to_string());
            let row = found.entry((used.action.to_string(), on.clone())).or_insert_with(|| BreakChange {
                who: old.thing_of_principal(index),
                action: used.action.to_string(),
                on: Some(on),
                uses: Some(0),
                last_used: None,
                certain: false,
            });
            row.uses = row.uses.map(|uses| uses + call.tally.uses());
            row.last_used = row.last_used.take().max(last);
            row.certain |= is == 0;
        }
    }
    found.into_values().collect()
}
