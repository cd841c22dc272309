//! What could stand here? Completion for the shell and the ask bar.

use clavicle_catalog::Word;
use clavicle_snapshot::PrincipalKind;

use crate::count::counted;
use crate::grammar;
use crate::names::{Entry, noun};
use crate::reader::Reader;

/// At most this many.
const LIMIT: usize = 12;

/// Which box of the ask bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The whole question.
    Ask,
    /// Who.
    By,
    /// The action or word.
    Do,
    /// The thing.
    On,
}

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Completion {
    /// What to put into the box.
    pub value: String,
    /// How to show it, where not as it is.
    pub label: Option<String>,
    /// A word beside it: `bucket in prod`.
    pub hint: Option<String>,
    /// The kind of thing.
    pub kind: Option<String>,
}

impl Reader {
    /// What could stand here? At most 12.
    pub fn complete(&self, slot: Slot, text: &str) -> Vec<Completion> {
        match slot {
            Slot::Ask => self.complete_question(text),
            Slot::By => {
                self.complete_name(text, &["anyone", "outside", "public", "admin"], |entry| self.asks(entry))
            }
            Slot::Do => self.complete_action(text),
            Slot::On => self.complete_name(text, &[], |entry| {
                matches!(entry, Entry::Principal(_) | Entry::Resource(_) | Entry::Policy(_))
            }),
        }
    }

    /// ARNs of the snapshot that begin like this, of principals or of things, each with a word beside it. Linear in the
    /// snapshot; at most `most`, in its order.
    pub fn arns_like(&self, start: &str, principals: bool, most: usize) -> Vec<(String, String)> {
        let snapshot = self.world().snapshot();
        let fits = |arn: &str| arn.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
        let told =
            |entry: Entry, arn: &str| (arn.to_owned(), self.completion(entry).hint.unwrap_or_default());
        if principals {
            let roles_and_users = self.world().principals().filter(|index| {
                let record = snapshot.principal(*index);
                record.kind != PrincipalKind::Group && fits(&record.arn)
            });
            let told =
                roles_and_users.map(|index| told(Entry::Principal(index), &snapshot.principal(index).arn));
            return told.take(most).collect();
        }
        let things = self.names().iter().map(|(entry, _)| entry).filter_map(|entry| match entry {
            Entry::Resource(index) => Some((entry, &*snapshot.resource(index).arn)),
            Entry::Principal(index) => Some((entry, &*snapshot.principal(index).arn)),
            _ => None,
        });
        let mut found: Vec<(String, String)> = Vec::new();
        for (entry, arn) in things.filter(|(_, arn)| fits(arn)) {
            if found.len() < most && !found.iter().any(|(known, _)| known == arn) {
                found.push(told(entry, arn));
            }
        }
        found
    }

    /// What the principal or thing of exactly this ARN is, if it was seen.
    pub fn seen_as(&self, arn: &str) -> Option<String> {
        let exact = |found: Vec<(String, String)>| found.into_iter().find(|(known, _)| known == arn);
        let entry = exact(self.arns_like(arn, false, 50)).or_else(|| exact(self.arns_like(arn, true, 50)));
        entry.map(|(_, hint)| hint)
    }

    /// Can it stand for who is asked about?
    fn asks(&self, entry: Entry) -> bool {
        let snapshot = self.world().snapshot();
        match entry {
            Entry::Principal(_) | Entry::Account(_) | Entry::Provider(_) => true,
            Entry::Resource(index) => !snapshot.resource(index).runs_as.is_empty(),
            Entry::Policy(_) | Entry::OrgPolicy(_) | Entry::Unit(_) => false,
        }
    }

    fn complete_name(&self, text: &str, words: &[&str], wanted: impl Fn(Entry) -> bool) -> Vec<Completion> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let fitting = words.iter().filter(|word| word.starts_with(&lower));
        let mut found: Vec<Completion> = fitting.map(|word| plain(word, None)).collect();
        let entries = if text.is_empty() {
            let matters = self.things_that_matter().into_iter().map(Entry::Resource);
            let mut entries: Vec<Entry> = matters.filter(|entry| wanted(*entry)).take(LIMIT).collect();
            let others = self.names().iter().map(|(entry, _)| entry).filter(|entry| wanted(*entry));
            let more: Vec<Entry> = others.filter(|entry| !entries.contains(entry)).take(LIMIT).collect();
            entries.extend(more);
            entries
        } else {
            self.search().like(self.names(), text, LIMIT, wanted)
        };
        found.extend(entries.into_iter().map(|entry| self.completion(entry)));
        found.truncate(LIMIT);
        found
    }

    fn completion(&self, entry: Entry) -> Completion {
        let snapshot = self.world().snapshot();
        let within = |noun: &str, account: Option<clavicle_policy::AccountId>| match account {
            Some(account) => format!("{noun} in {}", self.account_name(account)),
            None => noun.to_owned(),
        };
        let (kind, hint) = match entry {
            Entry::Principal(index) => {
                let record = snapshot.principal(index);
                let word = match record.kind {
                    PrincipalKind::User => "user",
                    PrincipalKind::Group => "group",
                    PrincipalKind::Role => "role",
                };
                (word.to_owned(), within(word, Some(record.account)))
            }
            Entry::Resource(index) => {
                let record = snapshot.resource(index);
                (record.kind.to_string(), within(noun(&record.kind), record.account))
            }
            Entry::Policy(index) => {
                let account = snapshot.policy(index).account;
                (
                    "policy".to_owned(),
                    account.map_or("policy of AWS".to_owned(), |account| within("policy", Some(account))),
                )
            }
            Entry::OrgPolicy(_) => ("policy".to_owned(), "policy of the organization".to_owned()),
            Entry::Unit(_) => ("unit".to_owned(), "organizational unit".to_owned()),
            Entry::Account(place) => {
                ("account".to_owned(), format!("account {}", snapshot.accounts[place].id))
            }
            Entry::Provider(place) => {
                ("provider".to_owned(), within("identity provider", Some(snapshot.providers[place].account)))
            }
        };
        let value = self.names().of(entry).to_owned();
        Completion { value, label: None, hint: Some(hint), kind: Some(kind) }
    }

    fn complete_action(&self, text: &str) -> Vec<Completion> {
        let text = text.trim();
        let lower = text.to_ascii_lowercase();
        let words = Word::ALL.into_iter().filter(|word| word.name().starts_with(&lower));
        let mut found: Vec<Completion> =
            words.map(|word| plain(word.name(), Some("word of access"))).collect();
        let catalog = self.world().catalog();
        match lower.split_once(':') {
            Some(_) => {
                let pattern = format!("{}*", text.trim_end_matches('*'));
                let actions = catalog.expand(&pattern);
                if text.ends_with('*') && !actions.is_empty() {
                    found.push(plain(text, Some(&counted(actions.len(), "action", "actions"))));
                }
                found.extend(actions.iter().take(LIMIT).map(|action| plain(catalog.name(*action), None)));
            }
            None if !lower.is_empty() => {
                let services = catalog.services().filter(|service| service.prefix().starts_with(&lower));
                found.extend(
                    services
                        .take(LIMIT)
                        .map(|service| plain(&format!("{}:", service.prefix()), Some("service"))),
                );
            }
            None => {}
        }
        found.truncate(LIMIT);
        found
    }

    /// The last word of a question that is being typed, or whole questions.
    fn complete_question(&self, text: &str) -> Vec<Completion> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let begun = text.ends_with(char::is_whitespace);
        let (before, last) = match words.split_last() {
            Some((last, before)) if !begun => (before.to_vec(), *last),
            _ => (words.clone(), ""),
        };
        let lower: Vec<String> = before.iter().map(|word| word.to_ascii_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let offered = match lower.as_slice() {
            [] => return self.whole_questions(last),
            ["who"] => {
                let mut offered = vec![plain("can", None)];
                offered.retain(|offer| offer.value.starts_with(&last.to_ascii_lowercase()));
                offered.extend(self.complete(Slot::On, last));
                offered
            }
            ["who", "can"] | ["can", _] => self.complete(Slot::Do, last),
            ["who", "can", _] | ["can", _, _] => self.complete(Slot::On, last),
            ["what"] => {
                let mut offered = vec![plain("can", None)];
                offered.retain(|offer| offer.value.starts_with(&last.to_ascii_lowercase()));
                offered.extend(self.complete_name(last, &[], |entry| !matches!(entry, Entry::Unit(_))));
                offered
            }
            ["what", "can"] => self.complete_name(last, &[], |entry| self.asks(entry)),
            ["what", "can", _] => vec![plain("do", None)],
            ["can"] => self.complete_name(last, &[], |entry| self.asks(entry)),
            [.., "when" | "and"] => ["mfa", "no mfa", "aws:SourceIp=", "aws:PrincipalTag/"]
                .into_iter()
                .filter(|key| key.starts_with(last))
                .map(|key| plain(key, None))
                .collect(),
            [.., "by"] => self.complete(Slot::By, last),
            _ if grammar::parse(&before.join(" ")).is_ok() => ["when", "by"]
                .into_iter()
                .filter(|word| word.starts_with(last))
                .map(|word| plain(word, None))
                .collect(),
            _ => Vec::new(),
        };
        let before = before.join(" ");
        let whole = |offer: Completion| Completion {
            label: Some(offer.label.unwrap_or_else(|| offer.value.clone())),
            value: format!("{before} {}", offer.value),
            ..offer
        };
        offered.into_iter().take(LIMIT).map(whole).collect()
    }

    fn whole_questions(&self, begun: &str) -> Vec<Completion> {
        let begun = begun.to_ascii_lowercase();
        let questions = self.questions().into_iter().filter(|question| question.starts_with(&begun));
        let mut found: Vec<Completion> = questions.map(|question| plain(&question, None)).collect();
        if found.is_empty() && begun.len() > 1 {
            // A name by itself: what can be asked about it.
            let like =
                self.search().like(self.names(), &begun, LIMIT, |entry| !matches!(entry, Entry::Unit(_)));
            found.extend(like.into_iter().map(|entry| {
                let completion = self.completion(entry);
                let question = match entry {
                    Entry::Resource(_) => format!("who {}", completion.value),
                    _ => format!("what {}", completion.value),
                };
                Completion { value: question, ..completion }
            }));
        }
        found.truncate(LIMIT);
        found
    }
}

fn plain(value: &str, hint: Option<&str>) -> Completion {
    Completion { value: value.to_owned(), label: None, hint: hint.map(str::to_owned), kind: None }
}
