//! What a rule found, on its way to becoming a finding.

use clavicle_graph::outside::Outsider;
use sha2::{Digest as _, Sha256};

use crate::shape::{Cause, Citation, Finding, Reached, Severity};

/// What a rule found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// The id of the rule.
    pub(crate) rule: &'static str,
    /// What makes the cause this cause and no other: ARNs, what a statement means. Never places, counts or names that
    /// somebody could change without touching the cause.
    pub(crate) key: Vec<String>,
    pub(crate) severity: Severity,
    /// Why it is that bad.
    pub(crate) reason: String,
    pub(crate) sentence: String,
    pub(crate) cause: Cause,
    pub(crate) reaches: Vec<Reached>,
    pub(crate) fix: String,
    pub(crate) because: Vec<Citation>,
    /// Of a way in: who comes in by it. Acceptances may name them.
    pub(crate) outsider: Option<Outsider>,
}

impl Found {
    pub(crate) fn into_finding(self) -> Finding {
        Finding {
            id: id_of(self.rule, &self.key),
            rule: self.rule.to_owned(),
            severity: self.severity,
            reason: self.reason,
            sentence: self.sentence,
            cause: self.cause,
            reaches: self.reaches,
            fix: self.fix,
            because: self.because,
            accepted: None,
        }
    }
}

/// `shared-policy-5f0c2b9d8a41`: 48 bits, so that among a million findings two are hardly ever called alike.
pub fn id_of(rule: &str, key: &[String]) -> String {
    let mut hash = Sha256::new();
    for part in key {
        // The length keeps the parts apart.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digits: String = hash.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("{rule}-{digits}")
}

#[cfg(test)]
mod tests {
    use super::id_of;

    #[test]
    fn an_id_is_made_of_the_rule_and_the_cause() {
        let key = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
        // Written down: a change here would make every accepted finding new.
        assert_eq!(id_of("a-rule", &key(&["arn", "x"])), "a-rule-0ccac8388c6f");
        assert_ne!(id_of("a-rule", &key(&["ar", "nx"])), id_of("a-rule", &key(&["arn", "x"])));
        assert_ne!(id_of("b-rule", &key(&["arn", "x"])), id_of("a-rule", &key(&["arn", "x"])));
    }
}
