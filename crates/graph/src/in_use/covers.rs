//! Does one statement speak of all that another speaks of?

use super::meaning::{Language, Listed, Meaning};
use super::symbol;

/// Does `wide` match every request that `narrow` matches? A yes is certain, whatever the request and whatever AWS adds to
/// its lists; a no may be one that could not be proved. Effects are not looked at.
///
/// The conditions of `wide` have to be among those of `narrow`, or none; its principals those of `narrow` and perhaps
/// more, by name: `*` is not taken for one, because a policy that names a role lets it past its permissions boundary and
/// one that says `*` does not (AWS: IAM User Guide, "Permissions boundaries for IAM entities").
pub(super) fn statement_covers(wide: &Meaning, narrow: &Meaning) -> bool {
    if wide.is_unreadable() || narrow.is_unreadable() {
        return false;
    }
    let same_language = wide.language == narrow.language
        || wide.language == Language::Either
        || narrow.language == Language::Either;
    same_language
        && wide.clauses.iter().all(|clause| narrow.clauses.binary_search(clause).is_ok())
        && principals_cover(wide, narrow)
        && actions_cover(&wide.actions, &narrow.actions)
        && match (&wide.resources, &narrow.resources) {
            (Some(wide), Some(narrow)) => resources_cover(wide, narrow),
            (None, None) => true,
            _ => false,
        }
}

fn principals_cover(wide: &Meaning, narrow: &Meaning) -> bool {
    match (&wide.principals, &narrow.principals) {
        (None, None) => true,
        (Some(wide), Some(narrow)) if !wide.negated && !narrow.negated => {
            narrow.entries.iter().all(|entry| wide.entries.binary_search(entry).is_ok())
        }
        (wide, narrow) => wide == narrow,
    }
}

/// Does the one element speak of every action of the other?
pub(super) fn actions_cover(wide: &Listed<Box<str>>, narrow: &Listed<Box<str>>) -> bool {
    listed_cover(wide, narrow, action_covers, |one, other| !actions_overlap(one, other))
}

fn resources_cover(wide: &Listed<Box<str>>, narrow: &Listed<Box<str>>) -> bool {
    listed_cover(wide, narrow, arn_covers, |one, other| !arns_overlap(one, other))
}

fn listed_cover(
    wide: &Listed<Box<str>>,
    narrow: &Listed<Box<str>>,
    covers: fn(&str, &str) -> bool,
    apart: fn(&str, &str) -> bool,
) -> bool {
    let by_any = |one: &str, many: &[Box<str>]| many.iter().any(|other| covers(other, one));
    match (wide.negated, narrow.negated) {
        (false, false) => narrow.entries.iter().all(|entry| by_any(entry, &wide.entries)),
        // All but some, and none of those is spoken of.
        (true, false) => {
            narrow.entries.iter().all(|entry| wide.entries.iter().all(|other| apart(entry, other)))
        }
        (true, true) => wide.entries.iter().all(|entry| by_any(entry, &narrow.entries)),
        (false, true) => wide.entries.iter().any(|entry| &**entry == "*"),
    }
}

/// Two sides of the colon; `None`: no action is called so.
fn sides(pattern: &str) -> Option<(&str, &str)> {
    if pattern == "*" { Some(("*", "*")) } else { pattern.split_once(':') }
}

/// Patterns of actions, in lower case.
pub(super) fn action_covers(wide: &str, narrow: &str) -> bool {
    match (sides(wide), sides(narrow)) {
        (Some((service, name)), Some((of, called))) => {
            symbol::covers(service, of) && symbol::covers(name, called)
        }
        _ => wide == narrow,
    }
}

/// Could one action be called both?
pub(super) fn actions_overlap(one: &str, other: &str) -> bool {
    match (sides(one), sides(other)) {
        (Some((service, name)), Some((of, called))) => {
            symbol::overlap(service, of) && symbol::overlap(name, called)
        }
        _ => false,
    }
}

/// Patterns of resources: part by part, since in the first five parts of an ARN `*` does not run over a colon.
pub(super) fn arn_covers(wide: &str, narrow: &str) -> bool {
    if wide == narrow || wide == "*" {
        return true;
    }
    match (parts(wide), parts(narrow)) {
        (Some(wide), Some(narrow)) => {
            wide.iter().zip(narrow).all(|(wide, narrow)| symbol::covers(wide, narrow))
        }
        _ => false,
    }
}

/// Could one thing fit both?
pub(super) fn arns_overlap(one: &str, other: &str) -> bool {
    if one == other || one == "*" || other == "*" {
        return true;
    }
    match (parts(one), parts(other)) {
        (Some(one), Some(other)) => one.iter().zip(other).all(|(one, other)| symbol::overlap(one, other)),
        // What has too few parts is no ARN.
        _ => false,
    }
}

/// The six parts of an ARN pattern, as the engine reads them: cut at colons outside of variables; what ends early in `*`
/// goes on as it likes.
fn parts(pattern: &str) -> Option<[&str; 6]> {
    if pattern == "*" {
        return None;
    }
    let mut found = ["*"; 6];
    let (mut count, mut start, mut inside) = (0, 0, false);
    let mut before = None;
    for (offset, letter) in pattern.char_indices() {
        match letter {
            '{' if before == Some('$') => inside = true,
            '}' => inside = false,
            ':' if !inside && count < 5 => {
                found[count] = &pattern[start..offset];
                count += 1;
                start = offset + 1;
            }
            _ => {}
        }
        before = Some(letter);
    }
    found[count] = &pattern[start..];
    (count == 5 || pattern.ends_with('*')).then_some(found)
}

#[cfg(test)]
mod tests {
    use clavicle_engine::{
        Action, Applicable, Context, Documents, PolicyStore, Principal, Request, Resource, Verdict, decide,
    };
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::{action_covers, arn_covers, arns_overlap, statement_covers};
    use crate::in_use::meaning::meaning;

    #[test]
    fn actions_are_compared_side_by_side() {
        for (wide, narrow, wanted) in [
            ("*", "s3:get*", true),
            ("s3:*", "s3:get*", true),
            ("s3:get*", "s3:*", false),
            ("s*:getobject", "s3:getobject", true),
            ("s3:*", "s3-outposts:*", false),
            ("s*", "s3:getobject", false),
        ] {
            assert_eq!(action_covers(wide, narrow), wanted, "{wide} {narrow}");
        }
    }

    #[test]
    fn arns_are_compared_part_by_part() {
        for (wide, narrow, covered, overlapping) in [
            ("*", "arn:aws:s3:::b/*", true, true),
            ("arn:aws:s3:::b/*", "*", false, true),
            ("arn:aws:s3:::*", "arn:aws:s3:::b/*", true, true),
            ("arn:aws:s3:::b*", "arn:aws:s3:::b/c:d", true, true),
            (
                "arn:aws:lambda:*:111122223333:function:x",
                "arn:aws:lambda:eu-west-1:111122223333:function:x",
                true,
                true,
            ),
            ("arn:aws:lambda:*:function:x", "arn:aws:lambda:eu-west-1:111122223333:function:x", false, false),
            ("arn:aws:s3:*", "arn:aws:s3:::b", true, true),
            ("arn:aws:s3:::a*", "arn:aws:s3:::b*", false, false),
            ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/*", false, true),
            ("bucket", "arn:aws:s3:::bucket", false, false),
        ] {
            assert_eq!(arn_covers(wide, narrow), covered, "{wide} over {narrow}");
            assert_eq!(arns_overlap(wide, narrow), overlapping, "{wide} and {narrow}");
        }
    }

    /// An Allow statement, of few words so that many cover each other.
    fn statement() -> impl Strategy<Value = String> {
        let action = select(vec![
            "*",
            "s3:*",
            "s3:get*",
            "s3:GetObject",
            "s3:?etObject",
            "sqs:*",
            "*:GetObject",
            "s3",
        ]);
        let resource = select(vec![
            "*",
            "arn:aws:s3:::*",
            "arn:aws:s3:::b/*",
            "arn:aws:s3:::b/x",
            "arn:aws:s3:::?/x",
            "arn:aws:s3:::b/${aws:username}",
            "arn:aws:s3:::b/${aws:username}*",
            "arn:aws:s3:::b/$?aws:username?",
            "arn:aws:s3:*",
        ]);
        let condition = select(vec![
            "",
            r#", "Condition": {"Bool": {"aws:SecureTransport": "true"}}"#,
            r#", "Condition": {"StringLike": {"aws:username": "d*"}, "Bool": {"aws:SecureTransport": "true"}}"#,
        ]);
        let lists = (
            any::<(bool, bool, bool)>(),
            proptest::collection::vec(action, 1..3),
            proptest::collection::vec(resource, 1..3),
            condition,
        );
        lists.prop_map(|((old, not_action, not_resource), actions, resources, condition)| {
            let version = if old { "2008-10-17" } else { "2012-10-17" };
            let key = |not: bool, name: &str| if not { format!("Not{name}") } else { name.to_owned() };
            format!(
                r#"{{"Version": "{version}", "Statement": {{"Effect": "Allow", "{}": {actions:?}, "{}": {resources:?}{condition}}}}}"#,
                key(not_action, "Action"),
                key(not_resource, "Resource"),
            )
        })
    }

    /// What a policy allows, of requests that tell most statements apart.
    fn allowed(policy: &clavicle_policy::Policy) -> Vec<bool> {
        let mut store = PolicyStore::new();
        let id = [store.add(policy)];
        let applicable = Applicable { identity: Documents::Some(&id), ..Applicable::default() };
        let principal = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        let account = clavicle_policy::AccountId::parse("111122223333");
        let mut answers = Vec::new();
        for action in ["s3:GetObject", "s3:PutObject", "s3:ListAllMyBuckets", "sqs:GetObject", "sns:Publish"]
        {
            let action = Action::new(action);
            for resource in [
                "*",
                "arn:aws:s3:::b",
                "arn:aws:s3:::b/x",
                "arn:aws:s3:::b/dana",
                "arn:aws:s3:::b/danab",
                "arn:aws:s3:::b/${aws:username}",
                "arn:aws:s3:::c/x",
            ] {
                let resource = Resource::new(resource, account);
                for (tls, name) in [("true", "dana"), ("false", "dana"), ("true", "sam")] {
                    let context = Context::exact()
                        .with_value("aws:SecureTransport", tls)
                        .with_value("aws:username", name);
                    let request = Request::exact(&principal, &action, &resource, &context);
                    answers.push(decide(&store, &request, &applicable).verdict == Verdict::Allowed);
                }
            }
        }
        answers
    }

    proptest! {
        /// Law: what is covered allows nothing that what covers it does not allow.
        #[test]
        fn the_engine_agrees_that_one_statement_covers_another(wide in statement(), narrow in statement()) {
            let read = |text: &str| clavicle_policy::parse(text.as_bytes()).policy.expect("a policy");
            let (wide, narrow) = (read(&wide), read(&narrow));
            let meaning = |policy: &clavicle_policy::Policy| meaning(policy, &policy.statements[0]);
            let (of_wide, of_narrow) = (meaning(&wide), meaning(&narrow));
            if statement_covers(&of_wide, &of_narrow) {
                let more = allowed(&wide).into_iter().zip(allowed(&narrow)).find(|(wide, narrow)| *narrow && !*wide);
                prop_assert!(more.is_none(), "{of_wide:?} does not cover {of_narrow:?}");
            }
            if of_wide == of_narrow {
                prop_assert_eq!(allowed(&wide), allowed(&narrow));
            }
        }
    }
}
