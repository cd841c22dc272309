//! What can be left out: actions and resources that others of the same list cover. The prover has the last word.

use clavicle_policy::{Case, Glob, Policy, Span, Spanned};
use clavicle_prover::Store;

use crate::finding::Edit;
use crate::look::{Family, Look, action_patterns, resource_patterns};
use crate::rule::{CHECKS, Rule, Severity, identity};
use crate::rules::meaning::{is_same, limits};

pub(super) const FAMILY: Family = Family { rules: &[&REDUNDANT_ACTION, &REDUNDANT_RESOURCE], look };

static REDUNDANT_ACTION: Rule = Rule {
    id: "redundant-action",
    severity: Severity::Suggestion,
    title: "an action that another of the list covers",
    means: "An action of a list is matched by another one of it, and the prover shows that the policy means the same without it.",
    why: "It does nothing, and hides how much the other one gives.",
    fix: "Take it out, or the wider one; `clavicle check --fix` takes it out.",
    aws: &["suggestion-redundant-action"],
    source: CHECKS,
    bad: &[identity(r#""Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject"], "Resource": "*""#)],
    good: &[identity(r#""Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "*""#)],
};

static REDUNDANT_RESOURCE: Rule = Rule {
    id: "redundant-resource",
    severity: Severity::Suggestion,
    title: "a resource that another of the list covers",
    means: "A resource of a list is matched by another one of it, and the prover shows that the policy means the same without it.",
    why: "It does nothing, and hides how much the other one gives.",
    fix: "Take it out, or the wider one; `clavicle check --fix` takes it out.",
    aws: &["suggestion-redundant-resource"],
    source: CHECKS,
    bad: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::b/a/*"]"#,
    )],
    good: &[identity(
        r#""Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::c/a/*"]"#,
    )],
};

fn look(look: &mut Look<'_>) {
    let policy = look.policy;
    for (at, statement) in look.statements() {
        let lists: [(&'static Rule, &[Spanned<String>], Case); 2] = [
            (&REDUNDANT_ACTION, action_patterns(statement), Case::Ignored),
            (&REDUNDANT_RESOURCE, resource_patterns(statement), Case::Sensitive),
        ];
        for (rule, patterns, case) in lists {
            let covered = covered(patterns, case);
            if covered.is_empty() || !is_confirmed(look, policy, at, rule, &covered) {
                continue;
            }
            for (place, by) in covered {
                let (Some(pattern), Some(by)) = (patterns.get(place), patterns.get(by)) else { continue };
                let message = format!("`{}` is covered by `{}`", pattern.value, by.value);
                let edit = without(look.text, pattern.span);
                look.report_with(
                    rule,
                    pattern.span,
                    message,
                    "take it out".to_owned(),
                    edit.into_iter().collect(),
                );
            }
        }
    }
}

/// Lists longer than this are looked at for equal texts only: the work is the square of the length.
const MOST: usize = 1500;

/// The places of patterns that another pattern seems to cover, with the place of that one.
fn covered(patterns: &[Spanned<String>], case: Case) -> Vec<(usize, usize)> {
    if patterns.len() < 2 || patterns.len() > MOST {
        return Vec::new();
    }
    let globs: Vec<Glob> = patterns.iter().map(|pattern| Glob::new(&pattern.value, case)).collect();
    let wild: Vec<usize> =
        (0..globs.len()).filter(|at| globs.get(*at).is_some_and(|glob| !glob.is_literal())).collect();
    let mut seen = std::collections::HashMap::new();
    let mut found = Vec::new();
    for (at, glob) in globs.iter().enumerate() {
        if let Some(first) = seen.get(glob.text()) {
            found.push((at, *first));
            continue;
        }
        seen.insert(glob.text(), at);
        // A run of letters of its own stands for what a wildcard takes.
        let long = glob.text().replace('*', "\u{1}\u{2}\u{3}\u{4}\u{5}").replace('?', "\u{6}");
        let short = glob.text().replace('*', "").replace('?', "\u{6}");
        let covers = |by: &&usize| {
            **by != at
                && globs.get(**by).is_some_and(|other| {
                    other.text() != glob.text() && other.matches(&long) && other.matches(&short)
                })
        };
        if let Some(by) = wild.iter().find(covers) {
            found.push((at, *by));
        }
    }
    found
}

/// Does the policy mean the same without them?
fn is_confirmed(
    look: &Look<'_>,
    policy: &Policy,
    at: usize,
    rule: &Rule,
    covered: &[(usize, usize)],
) -> bool {
    let mut other = policy.clone();
    let Some(statement) = other.statements.get_mut(at) else { return false };
    let keep = |patterns: &mut Vec<Spanned<String>>| {
        let mut place = 0;
        patterns.retain(|_| {
            place += 1;
            !covered.iter().any(|(gone, _)| *gone == place - 1)
        });
    };
    if rule.id == REDUNDANT_ACTION.id {
        statement.action.iter_mut().for_each(|action| keep(&mut action.patterns));
    } else {
        statement.resource.iter_mut().for_each(|resource| keep(&mut resource.patterns));
    }
    let alone = |policy: &Policy| Policy {
        statements: policy.statements.get(at).cloned().into_iter().collect(),
        ..policy.clone()
    };
    is_same(&mut Store::new(), &alone(policy), &alone(&other), look.kind.principals(), limits())
}

/// The edit that takes an item out of a list, with a comma beside it.
pub(super) fn without(text: &str, span: Span) -> Option<Edit> {
    let (start, end) = (span.start as usize, span.end as usize);
    let after = text.get(end..)?;
    let to_comma = after.len() - after.trim_start().len();
    if after.trim_start().starts_with(',') {
        let rest = after.get(to_comma + 1..)?;
        let gap = rest.len() - rest.trim_start().len();
        let end = u32::try_from(end + to_comma + 1 + gap).ok()?;
        return Some(Edit { span: Span::new(span.start, end), text: String::new() });
    }
    let before = text.get(..start)?.trim_end();
    let comma = before.strip_suffix(',')?.trim_end().len();
    Some(Edit { span: Span::new(u32::try_from(comma).ok()?, span.end), text: String::new() })
}

#[cfg(test)]
mod tests {
    use clavicle_policy::Span;

    #[test]
    fn an_item_goes_with_its_comma() {
        for (text, wanted) in [
            (r#"["a", "x", "b"]"#, r#"["a", "b"]"#),
            (r#"["x" , "b"]"#, r#"["b"]"#),
            ("[\"a\",\n  \"x\"\n]", "[\"a\"\n]"),
        ] {
            let start = text.find("\"x\"").expect("it is there");
            let span = Span::new(start as u32, start as u32 + 3);
            let edit = super::without(text, span).expect("a comma");
            let mut changed = text.to_owned();
            changed.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
            assert_eq!(changed, wanted);
        }
        assert_eq!(super::without(r#"["x"]"#, Span::new(1, 4)), None);
    }
}
