//! ARN patterns: six parts, each matched on its own.
//!
//! The pattern of a resource is cut at its first five colons *before* variables get their values, so neither a value nor
//! the name of a variable can move a cut; that of a condition after. In parts one to five `*` stays inside its part; in
//! the sixth it runs over colons and slashes. AWS: IAM User Guide, "IAM JSON policy elements: Resource", and "Amazon Resource Names".
//!
//! Most patterns need no parts: if the only wildcard is a `*` at the very end of the sixth part, the text before it
//! holds all five colons, and comparing that text compares the parts. Of the others that text is asked first: most ARNs
//! differ from it.

use crate::beginning::Beginning;
use crate::pattern::{Pattern, Reading};
use crate::request::Request;
use crate::resource::{cut, part};
use crate::tri::Tri;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ArnPattern(Shape);

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// `*`: every resource, and the `*` of actions without resource types.
    Any,
    Literal(Beginning),
    Prefix(Beginning),
    /// What is before the first wildcard or variable, and the part that holds it, from 0; then the parts.
    Parts(Beginning, usize, Box<[Pattern; 6]>),
    /// Cut when its variables have values.
    Late(Box<Pattern>),
    /// Fewer parts than an ARN has.
    Never,
}

impl ArnPattern {
    /// An entry of `Resource` or `NotResource`. Variables count in the sixth part only.
    pub(crate) fn of_resource(text: &str, variables: bool) -> Self {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Self(Shape::Any);
        }
        if let Some(shape) = plain(text, variables) {
            return Self(shape);
        }
        // A variable before the fifth colon has no value, so it does not matter that its name may be cut.
        let mut parts: Vec<&str> = text.splitn(6, ':').collect();
        if parts.len() < 6 {
            // AWS is silent; a pattern such as `arn:aws:s3:*` is read as meaning "and whatever follows".
            if !text.ends_with('*') {
                return Self(Shape::Never);
            }
            parts.resize(6, "*");
        }
        let reading = |index| Reading { wildcards: true, variables: variables && index == 5, fold: false };
        Self::from_parts(&parts, reading)
    }

    /// A value of an ARN condition operator. Variables may stand anywhere, also for the whole ARN: it is the text with
    /// their values that is compared. AWS: IAM User Guide, "IAM policy elements: Variables and tags": "When the policy is
    /// evaluated, the policy variables are replaced with values that come from the conditional context keys".
    pub(crate) fn of_condition(text: &str, variables: bool) -> Self {
        let whole = Pattern::new(text, Reading { wildcards: true, variables, fold: false });
        if whole.variables().next().is_some() {
            return Self(Shape::Late(Box::new(whole)));
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        if parts.len() < 6 {
            return Self(Shape::Never);
        }
        Self::from_parts(&parts, |_| Reading { wildcards: true, variables, fold: false })
    }

    fn from_parts(parts: &[&str], reading: impl Fn(usize) -> Reading) -> Self {
        let patterns: [Pattern; 6] = std::array::from_fn(|index| {
            Pattern::new(parts.get(index).copied().unwrap_or(""), reading(index))
        });
        let head: Option<Vec<&str>> = patterns.iter().take(5).map(Pattern::literal).collect();
        if let (Some(head), [.., last]) = (head, &patterns) {
            let joined = |tail: &str| Beginning::new(&format!("{}:{tail}", head.join(":")));
            if let Some(tail) = last.literal() {
                return Self(Shape::Literal(joined(tail)));
            }
            if let Some(tail) = last.prefix() {
                return Self(Shape::Prefix(joined(tail)));
            }
        }
        let whole: Vec<&str> = patterns.iter().map_while(Pattern::literal).collect();
        let mut lead = whole.iter().flat_map(|part| [*part, ":"]).collect::<String>();
        lead.push_str(patterns.get(whole.len()).map_or("", Pattern::lead));
        Self(Shape::Parts(Beginning::new(&lead), whole.len(), Box::new(patterns)))
    }

    /// Does it match everything, no ARN included?
    pub(crate) fn is_any(&self) -> bool {
        matches!(self.0, Shape::Any)
    }

    /// Does `text`, cut at `colons`, match? `None` for the colons means that the text is no ARN.
    #[inline]
    pub(crate) fn matches(&self, text: &str, colons: Option<&[u32; 5]>, request: &Request<'_>) -> Tri {
        match (&self.0, colons) {
            (Shape::Any, _) => Tri::Yes,
            (Shape::Never, _) | (_, None) => Tri::No,
            (Shape::Literal(literal), _) => literal.is(text).into(),
            (Shape::Prefix(prefix), _) => prefix.begins(text).into(),
            (Shape::Parts(lead, ..), _) if !lead.begins(text) => Tri::No,
            (Shape::Late(pattern), Some(colons)) => pattern.matches_arn(text, colons, request),
            // The parts before the first open one are in the lead. The last part differs most, so it is asked first.
            (Shape::Parts(_, open, parts), Some(colons)) => parts
                .iter()
                .enumerate()
                .skip(*open)
                .rev()
                .map(|(index, pattern)| pattern.matches(part(text, colons, index).unwrap_or(""), request))
                .try_fold(Tri::Yes, |all, one| match all.and(one) {
                    Tri::No => None,
                    open => Some(open),
                })
                .unwrap_or(Tri::No),
        }
    }

    /// Does the ARN `text` of a condition value match? Text that is no ARN matches nothing.
    pub(crate) fn matches_value(&self, text: &str, request: &Request<'_>) -> Tri {
        match cut(text) {
            Some(colons) if text.starts_with("arn:") => self.matches(text, Some(&colons), request),
            _ => Tri::No,
        }
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = &crate::variable::Variable> {
        let parts: &[Pattern] = match &self.0 {
            Shape::Late(pattern) => std::slice::from_ref(pattern),
            Shape::Parts(_, _, parts) => &parts[..],
            _ => &[],
        };
        parts.iter().flat_map(Pattern::variables)
    }
}

/// What most entries are, without taking them apart: an ARN, or one that ends in `*`.
fn plain(text: &str, variables: bool) -> Option<Shape> {
    let head = text.trim_end_matches('*');
    let special = |byte: u8| matches!(byte, b'*' | b'?') || (variables && byte == b'$');
    let (mut colons, mut bytes) = (0, head.bytes());
    if bytes.any(|byte| {
        colons += usize::from(byte == b':');
        special(byte)
    }) || colons < 5
    {
        return None;
    }
    let beginning = Beginning::new(head);
    Some(if head.len() == text.len() { Shape::Literal(beginning) } else { Shape::Prefix(beginning) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Context, Principal, Resource};

    fn tri(pattern: &ArnPattern, text: &str, context: &Context) -> Tri {
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new(text, None));
        let request = Request::exact(&principal, &action, &resource, context);
        pattern.matches(resource.text(), resource.colons(), &request)
    }

    fn matches(pattern: &str, text: &str) -> bool {
        tri(&ArnPattern::of_resource(pattern, true), text, &Context::exact()) == Tri::Yes
    }

    #[test]
    fn parts_are_matched_one_by_one() {
        for (pattern, text, expected) in [
            ("arn:aws:s3:::b/*", "arn:aws:s3:::b/a/c", true),
            ("arn:aws:s3:::b/*", "arn:aws:s3:::B/a", false),
            ("arn:aws:s3:::b", "arn:aws:s3:::b", true),
            ("arn:aws:sns:*:1:t", "arn:aws:sns:us-east-1:1:t", true),
            ("arn:aws:sns:*:t", "arn:aws:sns:us-east-1:1:t", false),
            ("arn:aws:sns:*", "arn:aws:sns:us-east-1:1:t", true),
            ("arn:aws:sns", "arn:aws:sns:us-east-1:1:t", false),
            ("arn:aws:ecs:*:*:task/*:3", "arn:aws:ecs:r:1:task/a:b:3", true),
            ("arn:aws:s3*:::b", "arn:aws:s3:::b", true),
            ("*", "arn:aws:s3:::b", true),
            ("**", "*", true),
            ("arn:*", "arn:aws:s3:::b", true),
            ("*:*:*:*:*:*", "arn:aws:s3:::b", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text}");
        }
    }

    /// AWS: IAM User Guide, "IAM JSON policy elements: Condition operators", ARN condition operators: "Each of the six
    /// colon-delimited components of the ARN is checked separately".
    #[test]
    fn a_value_of_fewer_than_six_parts_is_no_arn() {
        for (value, text, expected) in [
            ("arn:aws:s3", "arn:aws:s3:::", Tri::No),
            ("arn:aws:s3:::", "arn:aws:s3:::", Tri::Yes),
            ("*", "arn:aws:s3:::b", Tri::No),
            ("arn:aws:s3:::b:c", "arn:aws:s3:::b:c", Tri::Yes),
        ] {
            let value_of = ArnPattern::of_condition(value, true);
            assert_eq!(tri(&value_of, text, &Context::exact()), expected, "{value} on {text}");
        }
    }

    /// AWS: "IAM JSON policy elements: NotAction" says that `s3:ListAllMyBuckets` needs `"Resource": "*"`.
    #[test]
    fn only_a_star_covers_an_action_without_resource() {
        assert!(matches("*", "*"));
        for pattern in ["arn:aws:s3:::*", "arn:*", "*:*"] {
            assert!(!matches(pattern, "*"), "{pattern}");
        }
    }

    #[test]
    fn a_variable_does_not_move_the_cut() {
        let context = Context::exact().with_value("aws:username", "dana");
        let queue = ArnPattern::of_resource("arn:aws:sqs:us-east-2:*:${aws:username}-queue", true);
        assert_eq!(tri(&queue, "arn:aws:sqs:us-east-2:111122223333:dana-queue", &context), Tri::Yes);
        let account = ArnPattern::of_resource("arn:aws:sqs:us-east-2:${aws:username}:q", true);
        assert_eq!(
            tri(&account, "arn:aws:sqs:us-east-2:dana:q", &context),
            Tri::No,
            "only in the sixth part"
        );
    }

    #[test]
    fn condition_values_need_all_parts_and_take_variables_anywhere() {
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let context = Context::exact().with_value("aws:PrincipalAccount", "111122223333");
        let request = Request::exact(&principal, &action, &resource, &context);
        let value =
            |pattern: &str, text: &str| ArnPattern::of_condition(pattern, true).matches_value(text, &request);
        assert_eq!(value("*", "arn:aws:s3:::b"), Tri::No);
        assert_eq!(
            value("arn:aws:iam::${aws:PrincipalAccount}:role/*", "arn:aws:iam::111122223333:role/r"),
            Tri::Yes
        );
        assert_eq!(value("arn:aws:iam::*:role/*", "role/r"), Tri::No);
    }

    #[test]
    fn a_variable_of_a_condition_may_stand_for_several_parts() {
        let principal = Principal::anonymous();
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("*", None));
        let topic = "arn:aws:sns:us-east-1:111122223333:t";
        let context = Context::exact()
            .with_value("aws:PrincipalTag/topic", topic)
            .with_value("aws:PrincipalTag/place", "us-east-1:111122223333")
            .with_value("aws:PrincipalTag/star", "*");
        let exact = Request::exact(&principal, &action, &resource, &context);
        for (pattern, expected) in [
            ("${aws:PrincipalTag/topic}", Tri::Yes),
            ("${aws:PrincipalTag/topic}x", Tri::No),
            ("arn:aws:sns:${aws:PrincipalTag/place}:t", Tri::Yes),
            ("arn:aws:sns:${aws:PrincipalTag/place}:*", Tri::Yes),
            ("arn:aws:sns:${aws:PrincipalTag/place}:?", Tri::Yes),
            ("arn:aws:*:${aws:PrincipalTag/place}:t", Tri::Yes),
            ("arn:aws:*${aws:PrincipalTag/place}:t", Tri::No),
            ("arn:aws:*us-east-1:111122223333${aws:PrincipalTag/none, ''}:t", Tri::No),
            ("arn:aws:*:us-east-1:111122223333${aws:PrincipalTag/none, ''}:t", Tri::Yes),
            ("arn:aws:sns?${aws:PrincipalTag/place}:t", Tri::No),
            ("arn:*:${aws:PrincipalTag/place}:t", Tri::No),
            ("*:${aws:PrincipalTag/place}:*", Tri::No),
            ("arn:aws:sns:${aws:PrincipalTag/place}*", Tri::No),
            ("arn:aws:sns:${aws:PrincipalTag/place}?t", Tri::No),
            ("arn:aws:sns:${aws:PrincipalTag/place}:t*", Tri::Yes),
            ("${aws:PrincipalTag/star}:aws:sns:*:*:t", Tri::No),
            ("${aws:PrincipalTag/none}", Tri::No),
        ] {
            let compiled = ArnPattern::of_condition(pattern, true);
            assert_eq!(compiled.matches_value(topic, &exact), expected, "{pattern}");
        }
        let open = Context::open();
        let request = Request::exact(&principal, &action, &resource, &open);
        let value = |pattern: &str| ArnPattern::of_condition(pattern, true).matches_value(topic, &request);
        assert_eq!(value("${aws:PrincipalTag/place}"), Tri::Maybe);
        assert_eq!(value("arn:*${aws:PrincipalTag/place}:t"), Tri::Maybe);
        assert_eq!(value("${aws:PrincipalTag/place}:u"), Tri::No);
    }
}
