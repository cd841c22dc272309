//! Parts of a thing: access may reach some objects of a bucket and not the others.
//!
//! A question about a bucket is a question about its objects, of which nobody has a list. What tells objects apart is
//! the text of policies, so the policies say which names are worth trying: for every pattern that speaks of the inside
//! of the thing, one name that fits it. A name that fits no pattern stands for all the rest.

use std::sync::Arc;

use clavicle_engine::PolicyId;

use crate::digest::{ResourcePatterns, literal_prefix};
use crate::side::ActorSide;
use crate::world::World;

/// The ARN for all of the inside that no pattern singles out.
fn whole(arn: &str, ending: &str) -> Arc<str> {
    Arc::from(format!("{arn}{ending}"))
}

/// The ARNs to ask for the inside of `arn`, given the documents that could allow: the whole first.
pub(crate) fn parts(
    world: &World,
    arn: &str,
    ending: &str,
    documents: impl Iterator<Item = PolicyId>,
    actor: &ActorSide<'_>,
    action: &str,
) -> Vec<Arc<str>> {
    let mut found = vec![whole(arn, ending)];
    let inside = format!("{arn}{}", ending.trim_end_matches('*'));
    for policy in documents {
        for statement in world.documents.digest(policy).allows() {
            let ResourcePatterns::Listed(patterns) = &statement.resources else { continue };
            if !statement.actions.may_hold(action) {
                continue;
            }
            for pattern in patterns {
                if let Some(part) = part_of(pattern, &inside, actor)
                    && !found.contains(&part)
                {
                    found.push(part);
                }
            }
        }
    }
    found
}

/// Does the pattern single out some of the inside of `arn`, whoever asks?
pub(crate) fn has_part(pattern: &str, arn: &str, ending: &str) -> bool {
    let inside = ending.trim_end_matches('*');
    let prefix = literal_prefix(pattern);
    match prefix.strip_prefix(arn) {
        // Beyond the thing, or just at its end.
        Some(beyond) if beyond.starts_with(inside) && beyond.len() > inside.len() => true,
        Some(beyond) => inside.starts_with(beyond) && tail_of(pattern, prefix).is_some(),
        None => arn.starts_with(prefix) && tail_of(pattern, prefix).is_some(),
    }
}

/// What a pattern that speaks of the inside of many things says of it, after what its prefix says.
fn tail_of<'p>(pattern: &'p str, prefix: &str) -> Option<&'p str> {
    let tail = pattern.get(prefix.len()..)?.trim_start_matches('*');
    let tail = tail.strip_prefix('/').unwrap_or(tail);
    (!tail.trim_matches('*').is_empty()).then_some(tail)
}

/// A name inside that fits the pattern, if the pattern singles out some of the inside.
fn part_of(pattern: &str, inside: &str, actor: &ActorSide<'_>) -> Option<Arc<str>> {
    let prefix = literal_prefix(pattern);
    let beyond = prefix.len() > inside.len() && prefix.starts_with(inside);
    // `arn:aws:s3:::*/reports/*` speaks of the inside of every bucket.
    let across = !beyond && inside.starts_with(prefix) && pattern.len() > prefix.len();
    if beyond {
        return Some(Arc::from(fill(pattern, actor)));
    }
    if !across {
        return None;
    }
    let filled = fill(tail_of(pattern, prefix)?, actor);
    let filled = filled.strip_prefix(inside).map(str::to_owned).unwrap_or(filled);
    Some(Arc::from(format!("{inside}{filled}")))
}

/// The pattern with its variables replaced by what is known of the actor. Wildcards stay: `*` and `?` are characters
/// that names may have, and the name fits its own pattern.
pub(crate) fn fill(pattern: &str, actor: &ActorSide<'_>) -> String {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, variable)) = rest.split_once("${") {
        filled.push_str(before);
        let Some((name, after)) = variable.split_once('}') else {
            filled.push_str("${");
            filled.push_str(variable);
            return filled;
        };
        let key = name.split(',').next().unwrap_or(name).trim();
        match actor.principal.fact(key) {
            Some(clavicle_engine::Fact::One(value)) => filled.push_str(&value),
            _ => filled.push('*'),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}
