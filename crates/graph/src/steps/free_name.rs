//! Names that somebody may choose, so that their own policies cover them.
//!
//! Whoever makes a thing names it. A policy that allows `lambda:CreateFunction` on `function:app-*` only does not stop
//! its bearer, who calls the function `app-*`. So the names worth trying are those that the patterns of the documents
//! give, cut to the form that the thing's ARN must have; `*` stays in them as a letter that any name could have there.

use std::sync::Arc;

use crate::digest::{ResourcePatterns, literal_prefix};
use crate::part::fill;
use crate::side::ActorSide;
use crate::world::World;

/// At most so many names are tried.
const MOST: usize = 40;

/// The ARNs of the form `base` (with `*` for what is free) that patterns of the documents single out for one of the
/// actions (in lower case), `base` itself first.
pub(crate) fn names(
    world: &World,
    base: &str,
    documents: impl Iterator<Item = clavicle_engine::PolicyId>,
    side: &ActorSide<'_>,
    actions: &[&str],
) -> Vec<Arc<str>> {
    let mut found: Vec<Arc<str>> = vec![Arc::from(base)];
    for policy in documents {
        for statement in world.documents.digest(policy).allows() {
            let ResourcePatterns::Listed(patterns) = &statement.resources else { continue };
            if !actions.iter().any(|action| statement.actions.may_hold(action)) {
                continue;
            }
            for pattern in patterns.iter().filter(|pattern| &***pattern != "*") {
                let name = within(base, &fill(pattern, side));
                if let Some(name) = name
                    && !found.iter().any(|known| **known == *name)
                {
                    found.push(name.into());
                }
                if found.len() >= MOST {
                    return found;
                }
            }
        }
    }
    found
}

/// A name of the form `base` that fits the pattern; `None`: none does.
fn within(base: &str, pattern: &str) -> Option<String> {
    let segments: Vec<&str> = base.splitn(6, ':').collect();
    let given: Vec<&str> = pattern.splitn(6, ':').collect();
    let [head @ .., tail] = segments.as_slice() else { return None };
    let [given_head @ .., given_tail] = given.as_slice() else { return None };
    if head.len() != given_head.len() {
        // `arn:aws:lambda:*`: the last wildcard covers the rest.
        return pattern.ends_with('*').then(|| base.to_owned());
    }
    let mut name = String::with_capacity(base.len().max(pattern.len()));
    for (own, given) in head.iter().zip(given_head) {
        let free = *own == "*" && !given.is_empty();
        name.push_str(if free { given } else { own });
        name.push(':');
    }
    let literal = literal_prefix(tail);
    if literal.len() == tail.len() {
        name.push_str(tail);
    } else if given_tail.starts_with(literal) {
        name.push_str(given_tail);
    } else {
        let given_literal = literal_prefix(given_tail);
        let rest = literal.starts_with(given_literal).then(|| given_tail.get(given_literal.len()..))??;
        name.push_str(literal);
        name.push_str(if rest.is_empty() { "*" } else { rest });
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn a_name_has_the_form_of_its_thing_and_fits_the_pattern() {
        let base = "arn:aws:lambda:*:111122223333:function:*";
        for (pattern, name) in [
            (
                "arn:aws:lambda:eu-west-1:*:function:app-*",
                Some("arn:aws:lambda:eu-west-1:111122223333:function:app-*"),
            ),
            ("arn:aws:lambda:*:111122223333:*-dev", Some("arn:aws:lambda:*:111122223333:function:*-dev")),
            ("arn:aws:lambda:*", Some(base)),
            ("arn:aws:lambda:*:*:layer:x", None),
        ] {
            assert_eq!(within(base, pattern).as_deref(), name, "{pattern}");
        }
        let fixed = "arn:aws:ssm:*::document/AWS-RunShellScript";
        assert_eq!(
            within(fixed, "arn:aws:ssm:eu-west-1::document/*").as_deref(),
            Some("arn:aws:ssm:eu-west-1::document/AWS-RunShellScript")
        );
    }
}
