//! Looks at accounts with the rules.

use clavicle_graph::outside::Outsider;
use foldhash::HashMap;
use jiff::civil::Date;

use super::{FAMILIES, Family, Look, rule, rules};
use crate::count::{counted, number};
use crate::nearest::nearest;
use crate::page::listed;
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::settings::Accepted as Acceptance;
use crate::shape::{Accepted, CheckPage, Finding, FindingCounts, Severity};

/// What is to be checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// Ids of rules; none: all.
    pub rules: Vec<String>,
    /// The day that ages are counted to (`2026-08-22`, or a time); `None`: that of the snapshot.
    pub as_of: Option<String>,
    /// The day on which acceptances have to hold; `None`: the same day.
    pub today: Option<String>,
}

impl Reader {
    /// Looks at the accounts with some rules or with all. An unknown rule is an error, and so is a day that is none.
    pub fn check(&self, check: &Check) -> Result<CheckPage, QuestionError> {
        self.check_telling(check, |_, _| ())
    }

    /// As [`Reader::check`]; `told` hears how many families of rules have looked, of how many.
    pub fn check_telling(
        &self,
        check: &Check,
        mut told: impl FnMut(u64, u64),
    ) -> Result<CheckPage, QuestionError> {
        let wanted = wanted(&check.rules)?;
        let stated = check.as_of.as_deref().map(stated_day).transpose()?;
        let as_of = stated.or_else(|| day(&self.world().snapshot().id));
        let today = check.today.as_deref().map(stated_day).transpose()?.or(as_of);
        let look = Look { reader: self, as_of };
        let looks = |family: &&Family| family.rules.iter().any(|rule| wanted.contains(&rule.id));
        let families: Vec<&Family> = FAMILIES.iter().filter(looks).collect();
        let mut found = Vec::new();
        for (done, family) in families.iter().enumerate() {
            told(done as u64, families.len() as u64);
            found.extend((family.look)(&look));
        }
        let mut outsiders: HashMap<String, Outsider> = HashMap::default();
        let mut findings: Vec<Finding> = Vec::new();
        for found in found.into_iter().filter(|found| wanted.contains(&found.rule)) {
            let outsider = found.outsider.clone();
            let finding = found.into_finding();
            outsiders.extend(outsider.map(|outsider| (finding.id.clone(), outsider)));
            findings.push(finding);
        }
        let place = |id: &str| rules().position(|rule| rule.id == id);
        findings.sort_by(|one, other| {
            (
                std::cmp::Reverse(one.severity),
                place(&one.rule),
                &one.cause.thing.name,
                &one.cause.line,
                &one.id,
            )
                .cmp(&(
                    std::cmp::Reverse(other.severity),
                    place(&other.rule),
                    &other.cause.thing.name,
                    &other.cause.line,
                    &other.id,
                ))
        });
        // A statement that stands twice in a document is one cause.
        let mut known = foldhash::HashSet::default();
        findings.retain(|finding| known.insert(finding.id.clone()));
        let mut notes = Vec::new();
        for finding in &mut findings {
            finding.accepted = self.acceptance_of(finding, outsiders.get(&finding.id), today, &mut notes);
        }
        let (accepted, findings): (Vec<Finding>, Vec<Finding>) =
            findings.into_iter().partition(|finding| finding.accepted.is_some());
        let counts = counts(&findings, accepted.len());
        Ok(CheckPage {
            schema: "clavicle.check/1",
            snapshot: self.snapshot_head(),
            catalog: self.world().catalog().data_date().to_owned(),
            as_of: as_of.map(|day| day.to_string()),
            rules: wanted.into_iter().map(str::to_owned).collect(),
            sentence: sentence(&counts),
            counts,
            findings,
            accepted,
            not_seen: self.all_not_seen(),
            notes,
        })
    }

    /// The acceptance that holds for a finding; of one that ended, a note says so.
    fn acceptance_of(
        &self,
        finding: &Finding,
        outsider: Option<&Outsider>,
        today: Option<Date>,
        notes: &mut Vec<String>,
    ) -> Option<Accepted> {
        let speaks = |accept: &&Acceptance| self.speaks_of(accept, finding, outsider);
        let mut accepts = self.settings().accepted.iter().filter(speaks).peekable();
        let holds = |accept: &&Acceptance| {
            today.is_none_or(|today| day(&accept.until).is_some_and(|until| until >= today))
        };
        let ended = accepts.peek().copied();
        match accepts.find(holds) {
            Some(Acceptance { who, why, until, .. }) => {
                Some(Accepted { who: who.clone(), why: why.clone(), until: until.clone() })
            }
            None => {
                notes.extend(ended.map(|Acceptance { who, until, .. }| {
                    format!("{} was accepted by {who} until {until}, and is reported again.", finding.id)
                }));
                None
            }
        }
    }

    fn speaks_of(&self, accept: &Acceptance, finding: &Finding, outsider: Option<&Outsider>) -> bool {
        let thing = &finding.cause.thing;
        let is_thing = |name: &String| {
            let resolved =
                || self.resolve_spot(name).ok().and_then(|spot| self.thing_of_target(&spot.target).arn);
            *name == thing.name
                || Some(name) == finding.cause.document.as_ref()
                || thing.arn.is_some() && (Some(name) == thing.arn.as_ref() || resolved() == thing.arn)
        };
        let is_from = |from: &String| outsider.is_some_and(|outsider| self.is_from(outsider, from));
        match (&accept.finding, &accept.rule) {
            (Some(id), _) => *id == finding.id,
            // What names no rule speaks of ways in.
            (None, None) if outsider.is_none() => false,
            (None, rule) => {
                rule.as_ref().is_none_or(|rule| *rule == finding.rule)
                    && accept.thing.as_ref().is_none_or(is_thing)
                    && accept.from.as_ref().is_none_or(is_from)
            }
        }
    }
}

fn wanted(typed: &[String]) -> Result<Vec<&'static str>, QuestionError> {
    if typed.is_empty() {
        return Ok(rules().map(|rule| rule.id).collect());
    }
    let found = typed.iter().map(|id| {
        rule(id).map(|rule| rule.id).ok_or_else(|| {
            let near = nearest(id, rules().map(|rule| (rule.id.to_owned(), rule.id)), 3);
            let ids: Vec<String> = rules().map(|rule| rule.id.to_owned()).collect();
            QuestionError::new(format!("`{id}` is no rule"))
                .candidates(near)
                .hint(format!("the rules are: {}", ids.join(", ")))
        })
    });
    found.collect()
}

fn stated_day(text: &str) -> Result<Date, QuestionError> {
    day(text)
        .ok_or_else(|| QuestionError::new(format!("`{text}` is no day")).hint("write it as `2026-08-22`"))
}

/// The day of a time, `2026-08-22T09:14:00Z`, or a day alone.
pub(crate) fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn counts(findings: &[Finding], accepted: usize) -> FindingCounts {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    FindingCounts {
        critical: count(Severity::Critical),
        high: count(Severity::High),
        medium: count(Severity::Medium),
        low: count(Severity::Low),
        accepted,
    }
}

/// `3 findings: 1 high and 2 low; 1 accepted.`
fn sentence(counts: &FindingCounts) -> String {
    let FindingCounts { critical, high, medium, low, accepted } = *counts;
    let each = [(critical, "critical"), (high, "high"), (medium, "medium"), (low, "low")];
    let parts: Vec<String> = each
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", number(*count)))
        .collect();
    let total = critical + high + medium + low;
    let accepted = if accepted > 0 { format!("; {} accepted", number(accepted)) } else { String::new() };
    match total {
        0 => format!("Nothing was found{accepted}."),
        _ => format!("{}: {}{accepted}.", counted(total, "finding", "findings"), listed(&parts)),
    }
}

#[cfg(test)]
mod tests {
    use super::{FindingCounts, sentence};

    #[test]
    fn thousands_are_set_apart() {
        let counts = FindingCounts { critical: 0, high: 1_100, medium: 0, low: 1_212, accepted: 1_000 };
        assert_eq!(sentence(&counts), "2,312 findings: 1,100 high and 1,212 low; 1,000 accepted.");
    }
}
