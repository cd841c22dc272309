//! Changes that keep the access.

use clavicle_policy::parse;
use clavicle_prover::{Limits, Store};

use crate::finding::{Edit, Finding};
use crate::kind::PolicyKind;
use crate::lint;
use crate::rules::is_same;

/// A text after its fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The text.
    pub text: String,
    /// What was changed, in order.
    pub done: Vec<Finding>,
    /// What would have been changed, had the prover shown that the access stays.
    pub refused: Vec<Finding>,
}

/// No policy has more that is worth changing.
pub(crate) const MOST: usize = 500;

/// Makes every change that is known to keep the access: after each one the prover has to show that the policy allows and
/// denies the same, whatever stands beside it, and no new fault may be there. What is not proved is not done, nor what
/// is not `wanted`.
pub fn fix(text: &str, kind: PolicyKind, wanted: &dyn Fn(&Finding) -> bool) -> Fixed {
    let mut fixed = Fixed { text: text.to_owned(), done: Vec::new(), refused: Vec::new() };
    for _ in 0..MOST {
        let open =
            lint(&fixed.text, kind).into_iter().filter(|found| !found.edits.is_empty() && wanted(found));
        let same =
            |one: &Finding, other: &Finding| one.rule.id == other.rule.id && one.message == other.message;
        let next = open.into_iter().find(|found| !fixed.refused.iter().any(|refused| same(refused, found)));
        let Some(found) = next else { break };
        let changed = apply(&fixed.text, &found.edits);
        if keeps_access(&fixed.text, &changed, kind) {
            fixed.text = changed;
            fixed.done.push(found);
        } else {
            fixed.refused.push(found);
        }
    }
    fixed
}

/// The text with the edits, which do not overlap.
pub(crate) fn apply(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort();
    let mut changed = text.to_owned();
    for edit in edits.into_iter().rev() {
        let range = edit.span.start as usize..edit.span.end as usize;
        if changed.get(range.clone()).is_some() {
            changed.replace_range(range, &edit.text);
        }
    }
    changed
}

/// Does a policy allow and deny the same after a change, with no new fault? Only what is proved counts.
pub(crate) fn keeps_access(before: &str, after: &str, kind: PolicyKind) -> bool {
    let (before, after) = (parse(before.as_bytes()), parse(after.as_bytes()));
    let (Some(one), Some(other)) = (&before.policy, &after.policy) else { return false };
    let readable =
        |parsed: &clavicle_policy::Policy| !parsed.statements.iter().any(|statement| statement.faulty);
    readable(one)
        && readable(other)
        && after.diagnostics.len() <= before.diagnostics.len()
        && is_same(&mut Store::new(), one, other, kind.principals(), Limits::default())
}

#[cfg(test)]
mod tests {
    use super::fix;
    use crate::PolicyKind;

    #[test]
    fn fixes_keep_what_is_allowed_and_the_rest_of_the_text() {
        let text = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["s3:getobject", "s3:Get*"], "Resource": "arn:aws:s3:::b/*",
     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.7/24"}}},
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/a/*",
     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/25"}}}
  ]
}
"#;
        let wanted = r#"{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": ["s3:Get*"], "Resource": "arn:aws:s3:::b/*",
     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
  ]
}
"#;
        let fixed = fix(text, PolicyKind::Identity, &|_| true);
        assert_eq!(fixed.text, wanted);
        let mut done: Vec<&str> = fixed.done.iter().map(|found| found.rule.id).collect();
        done.sort_unstable();
        assert_eq!(done, ["action-spelling", "covered-statement", "host-bits", "redundant-action"]);
        assert_eq!(fixed.refused, []);
        assert_eq!(fix(&fixed.text, PolicyKind::Identity, &|_| true).done, []);
    }

    #[test]
    fn a_deny_that_nothing_here_allows_stays() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}"#;
        assert_eq!(fix(text, PolicyKind::Scp, &|_| true).text, text);
    }
}
