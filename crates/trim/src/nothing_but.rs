//! Does a policy for a task allow nothing but the task?
//!
//! Where there is an old policy, the new one is held against it. For a task, or a recording, there is none: here it is held
//! against what was asked for, spelled out request by request.

use std::collections::{BTreeMap, BTreeSet};

use clavicle_engine::Principals;
use clavicle_policy::Policy;
use clavicle_prover::{Limits, Store, Verdict};

use crate::by_tag::ByTag;
use crate::minimize::Refusal;
use crate::need::Need;
use crate::reach::Reach;
use crate::written::{allow, joined, policy};

/// Is everything that the policies allow among the needs, each on its thing and on what that stands for? Proved, or it is
/// not known. That they allow more is a fault of ours.
pub fn allow_nothing_but(
    policies: &[Policy],
    needs: &[Need],
    reach: Reach,
    by_tag: Option<&ByTag>,
) -> Result<bool, Refusal> {
    let mut store = Store::new();
    let made = store.compile(&joined(policies), Principals::Ignored);
    let asked = store.compile(&spelled_out(needs, reach, by_tag), Principals::Ignored);
    match store.implies(&made.access(), &asked.access(), Limits::default()) {
        Verdict::Holds => Ok(true),
        Verdict::Unknown(_) => Ok(false),
        Verdict::Fails(witness) => Err(Refusal::Different(witness)),
    }
}

/// A policy that allows the needs, statement by statement.
fn spelled_out(needs: &[Need], reach: Reach, by_tag: Option<&ByTag>) -> Policy {
    let mut things: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (place, need) in needs.iter().enumerate() {
        let patterns = need.patterns(reach, by_tag.is_some_and(|tagged| tagged.needs.contains(&place)));
        let anything = patterns.is_empty().then(|| "*".to_owned());
        things.entry(&need.action).or_default().extend(patterns.into_iter().chain(anything));
    }
    let mut actions: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for (action, on) in things {
        actions.entry(on).or_default().push(action.to_owned());
    }
    policy(actions.into_iter().map(|(on, actions)| allow(actions, on.into_iter().collect())).collect())
}

#[cfg(test)]
mod tests {
    use clavicle_policy::parse;

    use super::allow_nothing_but;
    use crate::need::{Need, On};
    use crate::reach::Reach;

    #[test]
    fn what_is_allowed_besides_is_found() {
        let on = |action: &str, arn: &str| Need::plain(action, On::Thing(arn.to_owned()));
        let needs = [
            on("s3:GetObject", "arn:aws:s3:::a/2026/x"),
            on("s3:PutObject", "arn:aws:s3:::b/y"),
            on("s3:ListAllMyBuckets", "arn:aws:s3:::b"),
        ];
        let holds = |reach: Reach, statements: &str| {
            let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#);
            let policy = parse(text.as_bytes()).policy.unwrap();
            allow_nothing_but(&[policy], &needs, reach, None).ok()
        };
        let allow = |actions: &str, on: &str| {
            format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": {on}}}"#)
        };
        let get = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::a/2026/x""#);
        let put = allow(r#"["s3:PutObject"]"#, r#""arn:aws:s3:::b/y""#);
        let list = allow(r#""s3:ListAllMyBuckets""#, r#""*""#);
        let folder = allow(r#""s3:GetObject""#, r#""arn:aws:s3:::a/2026/*""#);
        assert_eq!(holds(Reach::Exact, &[get, put, list].join(",")), Some(true));
        assert_eq!(holds(Reach::Exact, ""), Some(true));
        assert_eq!((holds(Reach::Exact, &folder), holds(Reach::Folder, &folder)), (None, Some(true)));
        // Each action is asked for, and each thing, and not all of them together.
        let crossed =
            allow(r#"["s3:GetObject", "s3:PutObject"]"#, r#"["arn:aws:s3:::a/2026/x", "arn:aws:s3:::b/y"]"#);
        assert_eq!(holds(Reach::Exact, &crossed), None);
        assert_eq!(holds(Reach::Exact, &allow(r#""s3:Get*""#, r#""arn:aws:s3:::a/2026/x""#)), None);
    }
}
