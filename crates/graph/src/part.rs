//! Parts of a thing: access may reach some objects of a bucket and not the others.
//!
//! A question about a bucket is a question about its objects, of which nobody has a list. What tells objects apart is
//! the text of policies, so the policies say which names are worth trying: for every pattern that speaks of the inside
//! of the thing, one name that fits it. A name that fits no pattern stands for all the rest.

use std::borrow::Cow;
use std::sync::Arc;

use clavicle_engine::PolicyId;
use clavicle_policy::{Case, Glob};

use crate::digest::{ResourcePatterns, could_cover, literal_prefix};
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
    for policy in documents {
        for statement in world.documents.digest(policy).allows() {
            let ResourcePatterns::Listed(patterns) = &statement.resources else { continue };
            if !statement.actions.may_hold(action) {
                continue;
            }
            for pattern in patterns {
                if let Some(part) = part_of(pattern, arn, ending, |text| fill(text, actor))
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
    let inside = up_to_star(ending);
    let prefix = literal_prefix(pattern);
    match prefix.strip_prefix(arn) {
        // Beyond the thing, or just at its end.
        Some(beyond) if beyond.starts_with(inside) && beyond.len() > inside.len() => true,
        Some(beyond) => inside.starts_with(beyond) && tail_of(pattern, prefix).is_some(),
        None => arn.starts_with(prefix) && tail_of(pattern, prefix).is_some(),
    }
}

/// An ending up to what it leaves open: `/types/` of `/types/*/fields/*`.
fn up_to_star(ending: &str) -> &str {
    ending.split('*').next().unwrap_or_default()
}

/// What a pattern that speaks of the inside of many things says of it, after what its prefix says.
fn tail_of<'p>(pattern: &'p str, prefix: &str) -> Option<&'p str> {
    let tail = pattern.get(prefix.len()..)?.trim_start_matches('*');
    let name = tail.strip_prefix(['/', ':']).unwrap_or(tail);
    (!name.trim_matches('*').is_empty()).then_some(tail)
}

/// A name inside that fits the pattern, if the pattern singles out some of the inside.
fn part_of(pattern: &str, arn: &str, ending: &str, fill: impl Fn(&str) -> String) -> Option<Arc<str>> {
    if !could_cover(pattern, arn) {
        return None;
    }
    let inside = format!("{arn}{}", up_to_star(ending));
    let pattern = &*placed(pattern, arn);
    let prefix = literal_prefix(pattern);
    let beyond = prefix.len() > inside.len() && prefix.starts_with(&inside);
    // `arn:aws:s3:::*/reports/*` speaks of the inside of every bucket.
    let across = !beyond && inside.starts_with(prefix) && pattern.len() > prefix.len();
    let part = if beyond {
        fill(pattern)
    } else if across {
        joined(&inside, prefix.len(), &fill(tail_of(pattern, prefix)?))
    } else {
        return None;
    };
    as_the_ending_has_it(part, arn, ending).map(Arc::from)
}

/// The pattern with the partition, region and account of the thing, where it leaves them open.
fn placed<'p>(pattern: &'p str, arn: &str) -> Cow<'p, str> {
    let (given, own): (Vec<&str>, Vec<&str>) =
        (pattern.splitn(6, ':').collect(), arn.splitn(6, ':').collect());
    let fits = |(given, own): (&&str, &&str)| Glob::new(given, Case::Sensitive).matches(own);
    match (given.as_slice(), own.as_slice()) {
        ([place @ .., name], [own @ .., _])
            if place.len() == 5 && own.len() == 5 && place.iter().zip(own).all(fits) =>
        {
            Cow::Owned(format!("{}:{name}", own.join(":")))
        }
        _ => Cow::Borrowed(pattern),
    }
}

/// The inside and a tail that a wildcard stands before, which takes in no less than a prefix of so many letters. The tail may
/// begin with letters that the inside ends with: `…:table/T/index/` and `/index/by-day` are `…:table/T/index/by-day`.
fn joined(inside: &str, prefix: usize, tail: &str) -> String {
    let ends = inside.char_indices().filter(|(at, _)| *at >= prefix).filter_map(|(at, _)| inside.get(at..));
    let shared = { ends }.find_map(|end| tail.strip_prefix(end));
    format!("{inside}{}", shared.unwrap_or(tail))
}

/// A name of the form that the ending has: `types/Query/*` is `types/Query/*/fields/*` where fields of types are asked about.
/// `None`: it has another form.
fn as_the_ending_has_it(part: String, arn: &str, ending: &str) -> Option<String> {
    let form = Glob::new(&format!("{arn}{ending}"), Case::Sensitive);
    if form.matches(&part) {
        return Some(part);
    }
    let (_, rest) = ending.split_once('*')?;
    let longer = format!("{part}{rest}");
    (part.ends_with('*') && form.matches(&longer)).then_some(longer)
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

#[cfg(test)]
mod tests {
    use clavicle_policy::{Case, Glob};

    use super::{has_part, part_of};

    #[test]
    fn a_part_fits_its_pattern_and_has_the_form_that_is_asked() {
        let function = "arn:aws:lambda:eu-west-1:1:function:f";
        let table = "arn:aws:dynamodb:eu-west-1:1:table/T";
        let api = "arn:aws:appsync:eu-west-1:1:apis/x";
        let bucket = "arn:aws:s3:::b";
        for (arn, ending, pattern, part) in [
            (bucket, "/*", "arn:aws:s3:::b/reports/*", Some("/reports/*")),
            (bucket, "/*", "arn:aws:s3:::*/reports/*", Some("/reports/*")),
            (bucket, "/*", "arn:aws:s3:::b*", None),
            (bucket, "/*", "arn:aws:s3:::*/*", None),
            (bucket, "/*", "arn:aws:s3:::c/reports/*", None),
            (function, ":*", "arn:aws:lambda:eu-west-1:1:function:f:prod", Some(":prod")),
            (function, ":*", "arn:aws:lambda:*:*:function:*:prod", Some(":prod")),
            (function, ":*", "arn:aws:lambda:*:*:function:*:*", None),
            (function, ":*", "arn:aws:lambda:eu-west-1:1:function:f:*:x", Some("::x")),
            (function, ":*", "arn:aws:lambda:eu-west-1:1:function:f", None),
            (function, ":*", "arn:aws:lambda:eu-west-1:1:function:f2:prod", None),
            (table, "/index/*", "arn:aws:dynamodb:*:*:table/*/index/by-day", Some("/index/by-day")),
            (table, "/index/*", "arn:aws:dynamodb:eu-west-1:1:table/T/index/by-day", Some("/index/by-day")),
            (table, "/index/*", "arn:aws:dynamodb:eu-west-1:1:table/T/stream/2026", None),
            (
                api,
                "/types/*/fields/*",
                "arn:aws:appsync:*:*:apis/x/types/Query/fields/list",
                Some("/types/Query/fields/list"),
            ),
            (
                api,
                "/types/*/fields/*",
                "arn:aws:appsync:eu-west-1:1:apis/x/types/Query/*",
                Some("/types/Query/*/fields/*"),
            ),
            (api, "/types/*/fields/*", "arn:aws:appsync:eu-west-1:1:apis/x/types/Query", None),
        ] {
            let found = part_of(pattern, arn, ending, str::to_owned);
            assert_eq!(found.as_deref(), part.map(|part| format!("{arn}{part}")).as_deref(), "{pattern}");
            if let Some(found) = found {
                assert!(Glob::new(pattern, Case::Sensitive).matches(&found), "{found} is none of {pattern}");
                assert!(has_part(pattern, arn, ending), "{pattern}");
            }
        }
    }
}
