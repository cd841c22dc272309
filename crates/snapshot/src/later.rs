//! What is known after deployment only, in texts of policies: a part of one, or whether it is in force at all.

use clavicle_policy::{Policy, Statement, parse};

/// What stands for a part of a text that is known later: no reader of JSON takes it for a value, so that a statement that holds
/// it is one of which nobody knows what it says.
pub(crate) const LATER: &str = "(known-after-deployment)";

/// What texts of policies have in them where something is known after deployment only.
pub const MARKS_OF_LATER: [&str; 2] = [LATER, OPERATOR];

/// What stands for it while the text is laid out: a character that nobody has a use for.
pub(crate) const MARK: &str = "\u{f8ff}known-after-deployment\u{f8ff}";

/// The operator of a clause that nobody can decide before deployment. AWS has none of this name.
pub(crate) const OPERATOR: &str = "KnownAfterDeployment";

/// What that clause is about.
pub(crate) const IN_FORCE: &str = "whether this is in force";

/// The text with [`LATER`] for each mark in it, laid out.
pub(crate) fn laid_out(json: &str) -> String {
    clavicle_policy::layout(json).replace(&format!("\"{MARK}\""), LATER)
}

/// A policy of which it is known later whether it is in force for somebody: each of its statements gets a clause that nobody can
/// decide, so that it makes an answer unknown where it would change it, and no other. `None`: it cannot be written so.
pub(crate) fn perhaps(text: &str) -> Option<String> {
    let mut json = text.replace(LATER, &format!("\"{MARK}\""));
    let clause = format!("\"{OPERATOR}\": {{\"{IN_FORCE}\": \"true\"}}");
    let mut places: Vec<(usize, String)> = Vec::new();
    for statement in parse(json.as_bytes()).policy?.statements.iter().filter(|it| is_certain(it)) {
        let (start, end) = (statement.span.0.start as usize, statement.span.0.end as usize);
        if json.get(start..end)?.contains(MARK) {
            continue;
        }
        places.push(match &statement.condition {
            Some(condition) => {
                let behind = condition.key.span.end as usize;
                let open = behind + json.get(behind..)?.find('{')? + 1;
                let is_empty = json.get(open..)?.trim_start().starts_with('}');
                (open, format!("{clause}{}", if is_empty { "" } else { ", " }))
            }
            None => (end.checked_sub(1)?, format!(", \"Condition\": {{{clause}}}")),
        });
    }
    places.sort_unstable_by_key(|(at, _)| std::cmp::Reverse(*at));
    for (at, more) in places {
        json.is_char_boundary(at).then(|| json.insert_str(at, &more))?;
    }
    let written = laid_out(&json);
    is_in_doubt(&written).then_some(written)
}

/// Is it a policy of which no statement can be decided?
pub fn is_in_doubt(text: &str) -> bool {
    let nothing_is_certain = |policy: &Policy| !policy.statements.iter().any(is_certain);
    parse(text.as_bytes()).policy.as_ref().is_some_and(nothing_is_certain)
}

/// The statements of both policies in one, each once. `None`: they cannot be put together, or what they say would be another thing.
pub(crate) fn together(one: &str, other: &str) -> Option<String> {
    let texts = [one, other].map(|text| text.replace(LATER, &format!("\"{MARK}\"")));
    let (mut statements, mut version) = (Vec::new(), None);
    for text in &texts {
        let policy = parse(text.as_bytes()).policy?;
        for statement in &policy.statements {
            let span = statement.span.0;
            let written = text.get(span.start as usize..span.end as usize)?;
            let same = |known: &&str| known.split_whitespace().eq(written.split_whitespace());
            if !statements.iter().any(same) {
                statements.push(written);
            }
        }
        // Variables are plain text in the older version.
        let own = policy.effective_version().name();
        if version.is_some_and(|known| known != own) && texts.iter().any(|text| text.contains("${")) {
            return None;
        }
        version = version.max(Some(own));
    }
    let count = statements.len();
    let json = format!("{{\"Version\": \"{}\", \"Statement\": [{}]}}", version?, statements.join(", "));
    let written = laid_out(&json);
    let policy = parse(written.as_bytes()).policy?;
    (policy.statements.len() == count).then_some(written)
}

/// Can it be decided?
fn is_certain(statement: &Statement) -> bool {
    let is_open = |operator: &clavicle_policy::Operator| operator.base.is_none();
    let mut clauses = statement.condition.iter().flat_map(|condition| &condition.clauses);
    !statement.faulty && !clauses.any(|clause| is_open(&clause.operator.value))
}

#[cfg(test)]
mod tests {
    use super::{LATER, OPERATOR, is_in_doubt, perhaps, together};

    /// Every statement is in doubt afterwards, and speaks of what it spoke of.
    #[test]
    fn each_statement_is_perhaps_in_force_and_says_what_it_said() {
        let with = |more: &str| {
            format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"{more}}}]}}"#
            )
        };
        for more in [
            "",
            r#", "Condition": {}"#,
            r#", "Condition" : { "Bool": {"aws:SecureTransport": "true"}}"#,
            r#", "Sid": "{\"Condition\": {é}""#,
        ] {
            let text = perhaps(&with(more)).unwrap_or_else(|| panic!("{more}"));
            let policy = clavicle_policy::parse(text.as_bytes()).policy.expect("a policy");
            let [statement] = &policy.statements[..] else { panic!("{text}") };
            let clauses = &statement.condition.as_ref().expect("a condition").clauses;
            assert!(!statement.faulty && clauses.iter().any(|it| it.operator.value.base.is_none()), "{text}");
            assert_eq!(clauses.len(), 1 + usize::from(more.contains("Secure")), "{text}");
            // Laid over twice, it says no more.
            assert_eq!(perhaps(&text).as_deref(), Some(&*text));
            assert!(is_in_doubt(&text) && !is_in_doubt(&with(more)), "{text}");
        }
        let one = r#"{"Statement": {"Effect": "Deny", "NotAction": "iam:*", "NotResource": ["a", "b"]}}"#;
        assert!(perhaps(one).is_some_and(|text| text.contains(OPERATOR)));
    }

    #[test]
    fn two_policies_are_one_with_the_statements_of_both() {
        let policy = |version: &str, actions: &[&str]| {
            let all: Vec<String> = actions
                .iter()
                .map(|action| {
                    format!(
                        r#"{{"Effect": "Allow", "Principal": "*", "Action": "{action}", "Resource": "*"}}"#
                    )
                })
                .collect();
            format!(r#"{{{version}"Statement": [{}]}}"#, all.join(","))
        };
        let new = r#""Version": "2012-10-17", "#;
        let count = |text: &str| clavicle_policy::parse(text.as_bytes()).policy.map(|it| it.statements.len());
        let both =
            together(&policy(new, &["s3:Get*"]), &policy("", &["s3:Put*", "s3:Get*"])).expect("a text");
        assert!(count(&both) == Some(2) && both.contains("2012-10-17"), "{both}");
        // What is plain text in one would be a variable in both.
        assert_eq!(together(&policy(new, &["s3:Get*"]), &policy("", &["s3:Put${a}"])), None);
        let later = format!(
            r#"{{{new}"Statement": [{{"Effect": "Allow", "Action": "s3:Get*", "Resource": {LATER}}}]}}"#
        );
        assert!(together(&later, &policy(new, &["s3:Put*"])).is_some_and(|text| text.contains(LATER)));
        for odd in ["", "x", "[]"] {
            assert_eq!(together(odd, &policy(new, &["s3:Put*"])), None, "{odd}");
        }
    }

    /// A statement that is in doubt already stays as it is.
    #[test]
    fn what_is_known_later_stays_known_later() {
        let text = format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Action": "s3:Get*", "Resource": {LATER}}},
                {{"Effect": "Allow", "Action": "s3:Put*", "Resource": "*"}}]}}"#
        );
        let written = perhaps(&text).expect("a text");
        assert!(written.contains(LATER) && written.matches(OPERATOR).count() == 1, "{written}");
        for odd in ["", "[]", "{", "x", r#"{"Statement": [3]}"#, r#"{"Statement": [{"Effect": "Allow",}]}"#] {
            if let Some(written) = perhaps(odd) {
                let policy = clavicle_policy::parse(written.as_bytes()).policy.expect("a policy");
                assert!(!policy.statements.iter().any(super::is_certain), "{odd}: {written}");
            }
        }
    }
}
