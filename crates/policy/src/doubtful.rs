//! What AWS takes and reads otherwise than it looks: variables that are plain text, wildcards that match themselves.
//!
//! Each warning corresponds to a check of AWS: IAM User Guide, "IAM policy validation check reference", named where
//! it is raised. AWS calls most of them errors of its analyzer; IAM stores such policies all the same.
//!
//! Faulty statements are left out: what they say is not known, so nothing can be said of how it looks.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, Faults};
use crate::json::shortened;
use crate::{
    BaseOperator, Clause, Policy, Scalar, Span, Spanned, Statement, Variable, VariableFault, placeholders,
};

/// Adds what is doubtful in `policy`, which was read from `text`.
pub(crate) fn review(policy: &Policy, text: &[u8], faults: &mut Faults) {
    let mut review = Review { text, variables: policy.has_variables(), faults };
    for statement in policy.statements.iter().filter(|statement| !statement.faulty) {
        review.statement(statement);
    }
}

struct Review<'t, 'f> {
    text: &'t [u8],
    /// Does the policy's version know variables?
    variables: bool,
    faults: &'f mut Faults,
}

impl Review<'_, '_> {
    fn statement(&mut self, statement: &Statement) {
        if let Some(principal) = &statement.principal {
            let name = if principal.negated { "NotPrincipal" } else { "Principal" };
            for entry in &principal.entries {
                self.no_variables(&entry.value, name);
            }
        }
        if let Some(action) = &statement.action {
            let name = if action.negated { "NotAction" } else { "Action" };
            for pattern in &action.patterns {
                self.no_variables(pattern, name);
            }
        }
        for pattern in statement.resource.iter().flat_map(|resource| &resource.patterns) {
            self.resource(pattern);
        }
        for clause in statement.condition.iter().flat_map(|condition| &condition.clauses) {
            self.clause(clause);
        }
    }

    /// "Variable unsupported in element": "Policy variables are supported in the Resource and Condition elements."
    fn no_variables(&mut self, pattern: &Spanned<String>, place: &str) {
        if let Some(found) = placeholders(&pattern.value).next() {
            let message = format!("`{place}` takes no policy variables: this is plain text");
            let help = "policy variables belong into `Resource` and into conditions on texts and ARNs";
            let span = self.place(&pattern.value, pattern.span, found.range);
            self.warn("variable-out-of-place", span, message, help);
        }
    }

    /// "You can use a policy variable in the `Resource` element, but only in the resource portion of the ARN. This
    /// portion of the ARN appears after the fifth colon (:)." (IAM policy elements: Variables and tags)
    fn resource(&mut self, pattern: &Spanned<String>) {
        let early = placeholders(&pattern.value).next().filter(|found| {
            let before = pattern.value.get(..found.range.start).unwrap_or_default();
            // A `*` may take colons along: "If the `*` wildcard is the last character of a resource ARN segment, it can
            // expand to match beyond the colon boundaries" (IAM JSON policy elements: Resource).
            before.starts_with("arn:") && !before.contains('*') && before.matches(':').count() < 5
        });
        match early {
            Some(found) => {
                let message = "a policy variable before the fifth colon of an ARN is not replaced".to_owned();
                let help = "write `*` here, and compare the part by a condition";
                let span = self.place(&pattern.value, pattern.span, found.range);
                self.warn("variable-out-of-place", span, message, help);
            }
            None => self.variables_of(&pattern.value, pattern.span),
        }
    }

    fn clause(&mut self, clause: &Clause) {
        let Some(base) = clause.operator.value.base else { return };
        for value in &clause.values {
            let Scalar::String(text) = &value.value else { continue };
            if takes_variables(base) {
                self.variables_of(text, value.span);
            } else if let Some(found) = placeholders(text).next() {
                // "Invalid variable for operator": "Policy variables can only be used with String and ARN operators."
                let message = format!("`{}` takes no policy variables: this is plain text", base.name());
                let help = "policy variables belong into `Resource` and into conditions on texts and ARNs";
                let span = self.place(text, value.span, found.range);
                self.warn("variable-out-of-place", span, message, help);
            }
            if let Some(like) = with_wildcards(base)
                && let Some(at) = wildcard(text)
            {
                // "Wildcard without like operator".
                let message = format!("`{}` takes `*` and `?` for themselves", base.name());
                let help = format!("`{like}` matches by wildcards");
                let span = self.place(text, value.span, at..at + 1);
                self.warn("wildcard-without-like", span, message, &help);
            }
        }
    }

    /// Looks at the variables of a text that may have some.
    fn variables_of(&mut self, text: &str, span: Span) {
        let plain = self.plain(text, span);
        for found in placeholders(text) {
            let here = part_of(plain, span, found.range.clone());
            if !self.variables {
                // "Variable unsupported in version": "If you don't set the `Version` to `2012-10-17` or later, variables
                // like `${aws:username}` are treated as literal strings in the policy."
                let written = shortened(text.get(found.range).unwrap_or_default());
                let message = format!("`{written}` is plain text in a policy of version 2008-10-17");
                let help = "policy variables need `\"Version\": \"2012-10-17\"`; a policy without `Version` has the old one";
                self.warn("variable-in-old-version", here, message, help);
                return;
            }
            match found.reads {
                Ok(Variable::Character(_)) => {}
                // "Unsupported space in variable": "you cannot include a space in the variable name".
                Ok(Variable::Key { name, .. }) => {
                    let space_before =
                        text.get(found.range.start + 2..).is_some_and(|inner| !inner.starts_with(name));
                    if space_before || name.contains(char::is_whitespace) {
                        let message = "a policy variable has a space in its name".to_owned();
                        self.warn("space-in-variable", here, message, "take the space out");
                    }
                }
                Err(VariableFault::NotClosed) => {
                    let message = "this `${` is never closed, and is plain text".to_owned();
                    self.warn("open-variable", here, message, "add `}`, or write `${$}{` for the characters");
                }
                Err(VariableFault::Empty) => {
                    let message = "a policy variable without a name is plain text".to_owned();
                    self.warn(
                        "empty-variable",
                        here,
                        message,
                        "name a key of the request, `${aws:username}`",
                    );
                }
                Err(VariableFault::BadDefault) => {
                    let message = "the default value of this policy variable does not stand in single quotes"
                        .to_owned();
                    self.warn("bad-default", here, message, "write `${key, 'default'}`");
                }
            }
        }
    }

    /// Where the bytes of a string begin in the text; `None` when it was written with escapes.
    fn plain(&self, value: &str, span: Span) -> Option<usize> {
        let start = span.start as usize + 1;
        (self.text.get(start..start + value.len()) == Some(value.as_bytes())).then_some(start)
    }

    /// Where a part of a string stands in the text; the whole string, when it was written with escapes.
    fn place(&self, value: &str, span: Span, part: Range<usize>) -> Span {
        part_of(self.plain(value, span), span, part)
    }

    fn warn(&mut self, id: &'static str, span: Span, message: String, help: &str) {
        self.faults.add(Diagnostic::warning(id, span, message, Some(help.to_owned())));
    }
}

fn part_of(plain: Option<usize>, span: Span, part: Range<usize>) -> Span {
    let Some(start) = plain else { return span };
    let offset = |at: usize| u32::try_from(start + at).unwrap_or(span.end);
    Span::new(offset(part.start), offset(part.end))
}

/// "String operators include `StringEquals`, `StringLike`, and `StringNotLike`. ARN operators include `ArnEquals` and
/// `ArnLike`. You can't use a policy variable with other operators, such as Numeric, Date, Boolean, Binary, IP Address,
/// or Null operators." (IAM policy validation check reference, "Invalid variable for operator")
fn takes_variables(operator: BaseOperator) -> bool {
    use BaseOperator as B;
    matches!(
        operator,
        B::StringEquals
            | B::StringNotEquals
            | B::StringEqualsIgnoreCase
            | B::StringNotEqualsIgnoreCase
            | B::StringLike
            | B::StringNotLike
            | B::ArnEquals
            | B::ArnNotEquals
            | B::ArnLike
            | B::ArnNotLike
    )
}

/// The operator that takes wildcards, of one that does not. `ArnEquals` and `ArnLike` "behave identically" (IAM JSON
/// policy elements: Condition operators).
fn with_wildcards(operator: BaseOperator) -> Option<&'static str> {
    match operator {
        BaseOperator::StringEquals | BaseOperator::StringEqualsIgnoreCase => {
            Some(BaseOperator::StringLike.name())
        }
        BaseOperator::StringNotEquals | BaseOperator::StringNotEqualsIgnoreCase => {
            Some(BaseOperator::StringNotLike.name())
        }
        _ => None,
    }
}

/// Where the first `*` or `?` stands that is not part of a policy variable.
fn wildcard(text: &str) -> Option<usize> {
    let mut found = text.match_indices(['*', '?']).map(|(at, _)| at).peekable();
    let mut variables =
        placeholders(text).filter(|found| found.reads.is_ok()).map(|found| found.range).peekable();
    while let Some(&at) = found.peek() {
        match variables.peek() {
            Some(range) if range.end <= at => drop(variables.next()),
            Some(range) if range.contains(&at) => drop(found.next()),
            _ => return Some(at),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::{Severity, parse};

    /// The warnings of a policy with this version, resource and condition, and the text that each points at.
    fn warnings(version: &str, resource: &str, condition: &str) -> Vec<(&'static str, String)> {
        let text = format!(
            r#"{{{version} "Statement": {{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {resource}, "Condition": {condition}}}}}"#
        );
        let parsed = parse(text.as_bytes());
        parsed
            .diagnostics
            .into_iter()
            .map(|found| {
                assert_eq!(found.severity, Severity::Warning, "{found}");
                (found.id, text[found.span.start as usize..found.span.end as usize].to_owned())
            })
            .collect()
    }

    const NEW: &str = r#""Version": "2012-10-17","#;
    const OLD: &str = r#""Version": "2008-10-17","#;

    fn in_resource(resource: &str) -> Vec<(&'static str, String)> {
        warnings(NEW, &format!("{resource:?}"), "{}")
    }

    fn found(id: &'static str, text: &str) -> Vec<(&'static str, String)> {
        vec![(id, text.to_owned())]
    }

    /// AWS: IAM User Guide, "IAM policy elements: Variables and tags"; the examples are the page's own.
    #[test]
    fn what_the_documentation_writes_is_not_doubtful() {
        for resource in [
            "arn:aws:s3:::amzn-s3-demo-bucket/${aws:username}/*",
            "arn:aws:s3:::amzn-s3-demo-bucket-${aws:PrincipalTag/team, 'company-wide'}",
            "arn:aws:s3:::bucket/${*}${?}${$}",
            "arn:aws:iam::*:user/${aws:username}",
        ] {
            assert_eq!(in_resource(resource), [], "{resource}");
        }
        let condition = r#"{"StringLike": {"s3:prefix": ["${aws:username}/*"]}, "StringEquals": {"aws:x": "${*}${k, '*'}"}}"#;
        assert_eq!(warnings(NEW, r#""*""#, condition), []);
    }

    #[test]
    fn variables_of_an_old_version_are_plain_text() {
        let resource = r#""arn:aws:s3:::b/${aws:username}""#;
        assert_eq!(warnings(OLD, resource, "{}"), found("variable-in-old-version", "${aws:username}"));
        assert_eq!(warnings("", resource, "{}"), found("variable-in-old-version", "${aws:username}"));
        let condition = r#"{"StringEquals": {"s3:prefix": "${aws:username}"}}"#;
        assert_eq!(warnings("", r#""*""#, condition), found("variable-in-old-version", "${aws:username}"));
    }

    #[test]
    fn what_is_no_variable_is_told() {
        for (resource, id, text) in [
            ("arn:aws:s3:::b/${aws:username", "open-variable", "${aws:username"),
            ("arn:aws:s3:::b/${}", "empty-variable", "${}"),
            ("arn:aws:s3:::b/${aws:username, none}", "bad-default", "${aws:username, none}"),
            ("arn:aws:s3:::b/${aws: username}", "space-in-variable", "${aws: username}"),
            ("arn:aws:s3:::b/${ aws:username}", "space-in-variable", "${ aws:username}"),
        ] {
            assert_eq!(in_resource(resource), found(id, text), "{resource}");
        }
    }

    #[test]
    fn variables_where_none_are_replaced() {
        let resource = "arn:aws:sqs:${aws:RequestedRegion}:111122223333:q";
        assert_eq!(in_resource(resource), found("variable-out-of-place", "${aws:RequestedRegion}"));
        for operator in ["NumericEquals", "DateLessThan", "Bool", "BinaryEquals", "IpAddress", "Null"] {
            let condition = format!(r#"{{"{operator}": {{"aws:x": "${{aws:y}}"}}}}"#);
            assert_eq!(
                warnings(NEW, r#""*""#, &condition),
                found("variable-out-of-place", "${aws:y}"),
                "{operator}"
            );
        }
        let text = br#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:${s3}",
            "Principal": {"AWS": "arn:aws:iam::111122223333:user/${aws:username}"}, "Resource": "*"}}"#;
        let ids: Vec<_> = parse(text).diagnostics.iter().map(|found| found.id).collect();
        assert_eq!(ids, ["variable-out-of-place"; 2]);
    }

    #[test]
    fn wildcards_need_an_operator_that_takes_them() {
        let clause = |operator: &str| format!(r#"{{"{operator}": {{"aws:x": ["a", "${{*}}b?"]}}}}"#);
        for operator in ["StringEquals", "ForAnyValue:StringNotEqualsIfExists", "StringEqualsIgnoreCase"] {
            assert_eq!(
                warnings(NEW, r#""*""#, &clause(operator)),
                found("wildcard-without-like", "?"),
                "{operator}"
            );
        }
        for operator in ["StringLike", "ArnEquals", "ArnNotLike"] {
            assert_eq!(warnings(NEW, r#""*""#, &clause(operator)), [], "{operator}");
        }
    }

    #[test]
    fn a_string_with_escapes_is_pointed_at_as_a_whole() {
        let resource = r#""arn:aws:s3:::\u0062/${aws:username""#;
        assert_eq!(warnings(NEW, resource, "{}"), found("open-variable", resource));
    }

    #[test]
    fn a_version_in_doubt_raises_no_doubt_of_variables() {
        let text = br#"{"Version": "2012-10-18", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}"}}"#;
        let ids: Vec<_> = parse(text).diagnostics.iter().map(|found| found.id).collect();
        assert_eq!(ids, ["unknown-version"]);
    }
}
