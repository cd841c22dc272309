//! The actions that a statement speaks of.

use clavicle_policy::ActionElement;

use crate::Action;
use crate::pattern::{Pattern, Reading};

/// The `Action` or `NotAction` element of a statement, compiled.
#[derive(Debug, Clone)]
pub(crate) struct ActionSet {
    negated: bool,
    patterns: Box<[ActionPattern]>,
}

/// One entry: a bare `*`, or prefix and name, each with wildcards.
#[derive(Debug, Clone)]
pub(crate) enum ActionPattern {
    Any,
    Named {
        service: Pattern,
        name: Pattern,
    },
    /// Without a colon: no action is called so.
    Never,
}

impl ActionSet {
    pub(crate) fn new(element: &ActionElement) -> Self {
        let patterns: Box<[ActionPattern]> =
            element.patterns.iter().map(|pattern| ActionPattern::new(&pattern.value)).collect();
        Self { negated: element.negated, patterns }
    }

    /// Does the element speak of the action?
    #[inline]
    pub(crate) fn holds(&self, action: &Action) -> bool {
        self.patterns.iter().any(|pattern| pattern.matches(action)) != self.negated
    }

    /// The first entry that speaks of the action; none if the element is negated.
    pub(crate) fn first_match(&self, action: &Action) -> Option<usize> {
        let entry = || self.patterns.iter().position(|pattern| pattern.matches(action));
        (!self.negated).then(entry).flatten()
    }
}

impl ActionPattern {
    fn new(text: &str) -> Self {
        let lower = text.to_lowercase();
        if !lower.is_empty() && lower.bytes().all(|byte| byte == b'*') {
            return Self::Any;
        }
        let reading = Reading { wildcards: true, variables: false, fold: false };
        match lower.split_once(':') {
            Some((service, name)) => {
                Self::Named { service: Pattern::new(service, reading), name: Pattern::new(name, reading) }
            }
            None => Self::Never,
        }
    }

    #[inline]
    pub(crate) fn matches(&self, action: &Action) -> bool {
        match self {
            Self::Any => true,
            Self::Never => false,
            Self::Named { service, name } => {
                service.may_match(action.service()) && name.may_match(action.name())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, action: &str) -> bool {
        ActionPattern::new(pattern).matches(&Action::new(action))
    }

    #[test]
    fn names_ignore_case_and_take_wildcards() {
        for (pattern, action, expected) in [
            ("*", "s3:GetObject", true),
            ("*:*", "s3:GetObject", true),
            ("S3:get*", "s3:GetObject", true),
            ("s3:GetObject", "s3:getobject", true),
            ("s3:Get?bject", "s3:GetObject", true),
            ("s3:Get", "s3:GetObject", false),
            ("s3*:GetObject", "s3-object-lambda:GetObject", true),
            ("s3", "s3:GetObject", false),
            ("s3:*", "s3-outposts:GetObject", false),
            ("s*t", "s3:GetObject", false),
        ] {
            assert_eq!(matches(pattern, action), expected, "{pattern} on {action}");
        }
    }
}
