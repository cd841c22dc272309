//! A question, and why one could not be answered.

use std::collections::BTreeMap;

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// Which question.
    pub verb: Verb,
    /// Who, as typed.
    pub by: Option<String>,
    /// The action or word, as typed.
    pub action: Option<String>,
    /// The thing, as typed.
    pub on: Option<String>,
    /// What is stated of condition keys.
    pub when: BTreeMap<String, Vec<String>>,
    /// List administrators too.
    pub admins: bool,
    /// Leave out chains: only what somebody can do without becoming somebody else.
    pub direct: bool,
    /// Chains of at most so many steps.
    pub steps: Option<usize>,
    /// Of chains: which statements would break them all?
    pub cut: bool,
}

/// Which question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Verb {
    /// Who can … THING?
    #[default]
    Who,
    /// What can WHO …? Also: where is a policy attached, and what does it give?
    What,
    /// Can WHO ACTION THING?
    Can,
    /// How does WHO get to THING?
    Path,
}

impl Verb {
    /// How it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::What => "what",
            Self::Can => "can",
            Self::Path => "path",
        }
    }
}

/// Why a question could not be answered: wrong usage or name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct QuestionError {
    /// What is wrong, lower case, the user's text in backticks.
    pub problem: String,
    /// What to do.
    pub hint: Option<String>,
    /// What may have been meant: names, or whole questions.
    pub candidates: Vec<String>,
    /// What stands in the question in the place of such a name.
    pub unknown: Option<String>,
}

impl QuestionError {
    /// A problem without hint or candidates.
    pub fn new(problem: impl Into<String>) -> Self {
        Self { problem: problem.into(), hint: None, candidates: Vec::new(), unknown: None }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same with what may have been meant.
    #[must_use]
    pub fn candidates(self, candidates: Vec<String>) -> Self {
        Self { candidates, ..self }
    }

    /// The same with the name that one of the candidates would stand for.
    #[must_use]
    pub(crate) fn of_name(self, text: &str) -> Self {
        Self { unknown: Some(text.to_owned()), ..self }
    }
}

/// The key that a second factor is told by.
const MFA: &str = "aws:MultiFactorAuthPresent";

impl Question {
    /// Adds what is stated of one condition key: `mfa`, `no mfa`, `aws:SourceIp=10.0.0.1`. A key that is stated again
    /// gets one more value; `key=` states that the request does not carry the key.
    pub fn state(&mut self, text: &str) -> Result<(), QuestionError> {
        let text = text.trim();
        let bare = text.to_ascii_lowercase();
        match bare.as_str() {
            "mfa" => return self.state_value(MFA, "true"),
            "no mfa" | "no-mfa" | "not mfa" | "without mfa" => return self.state_value(MFA, "false"),
            _ => {}
        }
        match text.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => self.state_value(key.trim(), value.trim()),
            _ => Err(QuestionError::new(format!("`{text}` states nothing of a condition key"))
                .hint("write `mfa`, `no mfa` or `key=value`, such as `aws:SourceIp=10.0.0.1`")),
        }
    }

    fn state_value(&mut self, key: &str, value: &str) -> Result<(), QuestionError> {
        let known = self.when.keys().find(|known| known.eq_ignore_ascii_case(key)).cloned();
        let values = self.when.entry(known.unwrap_or_else(|| key.to_owned())).or_default();
        if !value.is_empty() {
            values.push(value.to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Question;

    #[test]
    fn conditions_are_stated_in_short_or_in_full() {
        let mut question = Question::default();
        for text in
            ["mfa", "aws:SourceIp=10.0.0.1", "AWS:sourceip = 10.0.0.2", "aws:PrincipalTag/a=b=c", "s3:x="]
        {
            question.state(text).expect(text);
        }
        let stated: Vec<(&str, Vec<&str>)> = question
            .when
            .iter()
            .map(|(key, values)| (key.as_str(), values.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(
            stated,
            [
                ("aws:MultiFactorAuthPresent", vec!["true"]),
                ("aws:PrincipalTag/a", vec!["b=c"]),
                ("aws:SourceIp", vec!["10.0.0.1", "10.0.0.2"]),
                ("s3:x", vec![]),
            ]
        );
        for text in ["", "tuesday", "=x"] {
            assert!(question.state(text).is_err(), "{text}");
        }
    }
}
