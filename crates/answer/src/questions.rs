//! Questions that work on this snapshot, to begin with or instead of one that does not.

use clavicle_catalog::Word;
use clavicle_graph::Target;
use clavicle_snapshot::{PolicyIndex, PrincipalIndex, PrincipalKind, ResourceIndex};
use foldhash::{HashMap, HashMapExt};

use crate::names::Entry;
use crate::nearest::distance;
use crate::reader::Reader;

impl Reader {
    /// Questions that work on this snapshot, at most six, what matters first.
    pub(crate) fn questions(&self) -> Vec<String> {
        let snapshot = self.world().snapshot();
        let mut questions = Vec::new();
        let mut things = self.things_that_matter();
        if things.is_empty() {
            let all = (0..snapshot.resources.len()).map(ResourceIndex::at);
            things.extend(all.filter(|index| &*snapshot.resource(*index).kind == "s3:bucket").take(1));
        }
        for thing in things.iter().take(2) {
            let word = self.first_word(&Target::Resource(*thing));
            questions.push(format!("who can {word} {}", self.names().of(Entry::Resource(*thing))));
        }
        let functions = || {
            let all = (0..snapshot.resources.len()).map(ResourceIndex::at);
            all.filter(|index| &*snapshot.resource(*index).kind == "lambda:function")
        };
        // A function whose role bears a policy that others bear too says more than one of its own.
        let bears_shared = |role: PrincipalIndex| {
            let policies = snapshot.principal(role).attached.iter();
            policies.copied().any(|policy| snapshot.policy(policy).account.is_some())
        };
        let runs_as = |index: &ResourceIndex, wanted: &dyn Fn(PrincipalIndex) -> bool| {
            snapshot.resource(*index).runs_as.iter().filter_map(|runs_as| runs_as.role).any(wanted)
        };
        let workload = functions().find(|index| runs_as(index, &bears_shared));
        let workload = workload.or_else(|| functions().find(|index| runs_as(index, &|_| true)));
        questions
            .extend(workload.map(|index| format!("what can {} do", self.names().of(Entry::Resource(index)))));
        questions.extend(
            self.most_attached().map(|index| format!("what {}", self.names().of(Entry::Policy(index)))),
        );
        let roles = || {
            let all = (0..snapshot.principals.len()).map(PrincipalIndex::at);
            all.filter(|index| snapshot.principal(*index).kind == PrincipalKind::Role)
        };
        // A role that somebody but a service may become.
        let lets_somebody_in = |index: &PrincipalIndex| {
            self.world()
                .trust_policy(*index)
                .is_some_and(|policy| self.world().text(policy).contains("\"AWS\""))
        };
        let role = roles().find(lets_somebody_in).or_else(|| roles().next());
        questions
            .extend(role.map(|index| format!("who can become {}", self.names().of(Entry::Principal(index)))));
        if let (Some(role), Some(thing)) = (role, things.first()) {
            let word = self.first_word(&Target::Resource(*thing));
            let (role, thing) = (Entry::Principal(role), Entry::Resource(*thing));
            questions.push(format!("can {} {word} {}", self.names().of(role), self.names().of(thing)));
        }
        questions.truncate(6);
        questions
    }

    /// The policy of an account that is attached to most.
    fn most_attached(&self) -> Option<PolicyIndex> {
        let snapshot = self.world().snapshot();
        let mut count: HashMap<PolicyIndex, usize> = HashMap::new();
        for policy in snapshot.principals.iter().flat_map(|record| &record.attached) {
            if snapshot.policy(*policy).account.is_some() {
                *count.entry(*policy).or_default() += 1;
            }
        }
        count
            .into_iter()
            .max_by_key(|(policy, count)| (*count, std::cmp::Reverse(*policy)))
            .map(|(policy, _)| policy)
    }

    /// The word to ask about a thing first: read if it can be read, else the first that means something.
    pub(crate) fn first_word(&self, target: &Target) -> Word {
        let order =
            [Word::Read, Word::Become, Word::Run, Word::Write, Word::Control, Word::List, Word::Delete];
        let order = match target {
            Target::Principal(_) => {
                [Word::Become, Word::Control, Word::Read, Word::Run, Word::Write, Word::List, Word::Delete]
            }
            _ => order,
        };
        order.into_iter().find(|word| !self.world().wanted(*word, target).is_empty()).unwrap_or(Word::Read)
    }

    /// The three questions that are nearest to a text that is none: about the things that it names, else those that
    /// share most of its words.
    pub(crate) fn questions_near(&self, text: &str) -> Vec<String> {
        let words: Vec<&str> =
            text.split_whitespace().map(|word| word.trim_matches(['?', ',', '"', '`'])).collect();
        let mut pool: Vec<String> = Vec::new();
        let said = words.iter().find_map(|word| Word::parse(word));
        let named = words.iter().filter(|word| !word.is_empty()).flat_map(|word| self.exact(word));
        for entry in named {
            let name = self.names().of(entry);
            match entry {
                Entry::Principal(index) => {
                    pool.push(format!("what can {name} do"));
                    if !self.world().wanted(Word::Become, &Target::Principal(index)).is_empty() {
                        pool.push(format!("who can become {name}"));
                    }
                }
                Entry::Resource(index) => {
                    let word = said.unwrap_or_else(|| self.first_word(&Target::Resource(index)));
                    pool.push(format!("who can {word} {name}"));
                    pool.push(format!("who {name}"));
                }
                Entry::Policy(_) | Entry::OrgPolicy(_) => pool.push(format!("what {name}")),
                Entry::Account(_) | Entry::Provider(_) => pool.push(format!("what can {name} do")),
                Entry::Unit(_) => {}
            }
        }
        pool.extend(self.questions());
        let mut ranked: Vec<(usize, String)> =
            pool.into_iter().map(|question| (unlike(&words, &question), question)).collect();
        ranked.sort_by_key(|(unlike, _)| *unlike);
        ranked.dedup_by(|a, b| a.1 == b.1);
        ranked.into_iter().map(|(_, question)| question).take(3).collect()
    }
}

/// How many words of the text a question does not have, nor one like it.
fn unlike(words: &[&str], question: &str) -> usize {
    let lacks = |word: &&&str| {
        let lower = word.to_ascii_lowercase();
        !question.split_whitespace().any(|other| distance(&lower, &other.to_ascii_lowercase(), 1).is_some())
    };
    words.iter().filter(lacks).count()
}
