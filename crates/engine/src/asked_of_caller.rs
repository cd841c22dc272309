//! By what do documents tell callers apart? Of many callers under the same documents those are decided alike who give
//! the same answers to what the documents ask of a caller; so one decision does for all of them.
//!
//! What a decision reads of its caller, beside what follows from the documents around it, is [`Kind`](crate::Kind),
//! account, partition, whether it is a service-linked role, and what is asked here: whom `Principal` elements name,
//! what conditions ask of keys that the caller tells, and the values of its variables.

use crate::Action;
use crate::derive;
use crate::key::Key;
use crate::request::{Request, Seen};
use crate::store::{PolicyId, PolicyStore};

/// What documents ask of a caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskedOfCaller {
    /// Clauses on keys of the caller, by number, ascending.
    clauses: Vec<u32>,
    /// `Principal` elements, by number, ascending.
    principals: Vec<u32>,
    /// Keys of the caller that stand as variables, ascending.
    variables: Vec<Key>,
    /// Is [`CALLER_ACCOUNT`] read?
    account: bool,
}

/// The caller's account, which a service that asks for its caller sends along. AWS: KMS Developer Guide, "AWS KMS
/// condition keys", `kms:CallerAccount`.
const CALLER_ACCOUNT: &str = "kms:calleraccount";

/// What a caller answers. Equal answers of callers of one account and kind to the same questions mean equal decisions.
///
/// They are written in a row, so that answers of thousands can be told apart without memory for each: of each clause what
/// is known of its key and whether it holds, of each element the forms in which it names the caller and whether it spares
/// them if it is negated, the values of variables with their lengths, and the account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct CallersAnswers(Vec<u8>);

impl PolicyStore {
    /// What do the statements of these documents that could speak of one of the actions ask of a caller? `named`: do
    /// their `Principal` elements count, as they do in policies of resources?
    pub fn asked_of_caller(
        &self,
        policies: impl IntoIterator<Item = PolicyId>,
        actions: &[&Action],
        named: bool,
    ) -> AskedOfCaller {
        let mut asked = AskedOfCaller::default();
        let speaking = |policy| actions.iter().flat_map(move |action| self.speaking(policy, action));
        for (_, row) in policies.into_iter().flat_map(speaking) {
            if named && self.named(row).is_some() {
                asked.principals.push(row.principal);
            }
            let clauses = self.clause_numbers(row).iter();
            for (number, clause) in clauses.filter_map(|number| Some((*number, self.clause(*number)?))) {
                let variables = clause.variables();
                if derive::may_be_told_by_caller(clause.key()) {
                    asked.clauses.push(number);
                    // What it is compared with may differ from thing to thing, so that one outcome does not tell all.
                    if !variables.is_empty() {
                        asked.add_variables(std::iter::once(clause.key()));
                    }
                }
                asked.account |= clause.key().name() == CALLER_ACCOUNT;
                asked.add_variables(variables.into_iter().map(|variable| &variable.key));
            }
            let set = self.resource_set(row);
            asked
                .add_variables(set.into_iter().flat_map(|set| set.variables()).map(|variable| &variable.key));
        }
        asked.tidy();
        asked
    }
}

impl AskedOfCaller {
    /// Is nothing asked?
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.principals.is_empty() && self.variables.is_empty() && !self.account
    }

    /// What either asks.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.clauses.extend(&other.clauses);
        self.principals.extend(&other.principals);
        self.variables.extend(other.variables.iter().cloned());
        self.account |= other.account;
        self.tidy();
        self
    }

    /// Writes the answers of the caller of a request in the place of others. Linear in what is asked.
    pub fn answer(&self, store: &PolicyStore, request: &Request<'_>, answers: &mut CallersAnswers) {
        let caller = request.principal;
        let bytes = &mut answers.0;
        bytes.clear();
        bytes.extend(self.clauses.iter().map(|number| {
            store.clause(*number).map_or(0, |clause| {
                let seen = request.fact(clause.key());
                sort(seen) << 2 | clause.holds_for(seen, request) as u8
            })
        }));
        bytes.extend(self.principals.iter().map(|number| {
            store.named_at(*number).map_or(0, |named| {
                let spared = named.negated && named.exempts(caller);
                named.forms(caller).bits() << 1 | u8::from(spared)
            })
        }));
        for key in &self.variables {
            let seen = request.fact(key);
            bytes.push(sort(seen));
            match seen {
                Seen::Absent | Seen::Unknown | Seen::Present => {}
                Seen::One(value) => write_text(bytes, value),
                Seen::Many(values) => {
                    bytes.extend(values.len().to_le_bytes());
                    values.iter().for_each(|value| write_text(bytes, value));
                }
            }
        }
        if let Some(account) = caller.account().filter(|_| self.account) {
            bytes.extend(account.number().to_le_bytes());
        }
    }

    fn add_variables<'k>(&mut self, keys: impl Iterator<Item = &'k Key>) {
        for key in keys {
            self.account |= key.name() == CALLER_ACCOUNT;
            if derive::may_be_told_by_caller(key) {
                self.variables.push(key.clone());
            }
        }
    }

    fn tidy(&mut self) {
        for numbers in [&mut self.clauses, &mut self.principals] {
            numbers.sort_unstable();
            numbers.dedup();
        }
        self.variables.sort_unstable_by(|a, b| a.name().cmp(b.name()));
        self.variables.dedup();
    }
}

/// What is known of a key, as a number.
fn sort(seen: Seen<'_>) -> u8 {
    match seen {
        Seen::Absent => 1,
        Seen::Unknown => 2,
        Seen::One(_) => 3,
        Seen::Many(_) => 4,
        Seen::Present => 5,
    }
}

/// Writes a text so that it is told from what follows.
fn write_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend(text.len().to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Context, Fact, Principal, Resource};

    const TEXT: &str = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/named"}, "Action": "s3:*",
         "Resource": "arn:aws:s3:::b/*"},
        {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
         "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/app-*"},
                       "IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}},
        {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*",
         "Condition": {"StringEquals": {"aws:username": "dana"}}}]}"#;

    fn store() -> (PolicyStore, PolicyId) {
        let mut store = PolicyStore::new();
        let policy = store.add(&clavicle_policy::parse(TEXT.as_bytes()).policy.expect("a policy"));
        (store, policy)
    }

    fn role(name: &str, team: Option<&str>) -> Principal {
        let arn = format!("arn:aws:iam::111122223333:role/{name}");
        let mut role = Principal::from_arn(&arn).expect("a caller");
        if let Some(team) = team {
            role.state("aws:PrincipalTag/team", Fact::One(team.to_owned()));
        }
        role.all_tags_given();
        role
    }

    fn answers(asked: &AskedOfCaller, store: &PolicyStore, caller: &Principal) -> CallersAnswers {
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", None));
        let context = Context::open();
        // What stood there before is gone.
        let mut answers = CallersAnswers(b"before".to_vec());
        asked.answer(store, &Request::derived(caller, &action, &resource, &context), &mut answers);
        answers
    }

    #[test]
    fn callers_are_told_apart_by_what_is_asked_and_by_nothing_else() {
        let (store, policy) = store();
        let action = Action::new("s3:GetObject");
        let asked = store.asked_of_caller([policy], &[&action], true);
        let answers = |caller: &Principal| answers(&asked, &store, caller);
        let first = answers(&role("app-a", Some("red")));
        assert_eq!(first, answers(&role("app-b", Some("red"))), "both fit the pattern");
        assert_ne!(first, answers(&role("app-b", Some("blue"))), "a variable has another value");
        assert_ne!(first, answers(&role("app-b", None)), "a variable has none");
        assert_ne!(first, answers(&role("web-b", Some("red"))), "the pattern does not fit");
        assert_ne!(answers(&role("named", None)), answers(&role("other", None)), "one of them is named");
    }

    #[test]
    fn the_account_counts_where_it_is_read() {
        let text = r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*",
             "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}}}]}"#;
        let mut store = PolicyStore::new();
        let policy = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
        let other = Principal::from_arn("arn:aws:iam::444455556666:role/app-a").expect("a caller");
        let differ = |asked: &AskedOfCaller| {
            answers(asked, &store, &role("app-a", None)) != answers(asked, &store, &other)
        };
        assert!(differ(&store.asked_of_caller([policy], &[&Action::new("kms:Decrypt")], true)));
        assert!(!differ(&store.asked_of_caller([policy], &[&Action::new("s3:GetObject")], true)));
    }

    #[test]
    fn each_way_of_asking_counts_and_none_twice() {
        let s3 = Action::new("s3:GetObject");
        let asked = |statement: &str, named: bool| {
            let text = format!(
                r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "s3:*", {statement}}}]}}"#
            );
            let mut store = PolicyStore::new();
            let policy = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
            let asked = store.asked_of_caller([policy, policy], &[&s3, &s3], named);
            assert_eq!(asked, store.asked_of_caller([policy], &[&s3], named), "{statement}");
            (store, asked)
        };
        let nothing = asked(r#""Resource": "*""#, false).1;
        assert!(nothing.is_empty());
        assert_eq!(answers(&nothing, &store().0, &role("app-a", None)), CallersAnswers::default());
        let other = Principal::from_arn("arn:aws:iam::444455556666:role/app-a").expect("a caller");
        for (statement, named) in [
            (
                r#""Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}"#,
                false,
            ),
            (r#""Resource": "*", "Principal": {"AWS": "111122223333"}"#, true),
            (r#""Resource": "arn:aws:s3:::${aws:PrincipalAccount}/*""#, false),
            (r#""Resource": "arn:aws:s3:::${kms:CallerAccount}/*""#, false),
            (
                r#""Resource": "*", "Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}}"#,
                false,
            ),
        ] {
            let (store, asked) = asked(statement, named);
            for asked in [asked.clone(), asked.clone().and(&nothing), nothing.clone().and(&asked)] {
                assert!(!asked.is_empty(), "{statement}");
                let answers = |caller| answers(&asked, &store, caller);
                assert_ne!(answers(&role("app-a", None)), answers(&other), "{statement}");
            }
        }
    }

    #[test]
    fn a_key_that_is_compared_with_something_of_the_thing_is_told_itself() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}}}]}"#;
        let mut store = PolicyStore::new();
        let policy = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
        let asked = store.asked_of_caller([policy], &[&Action::new("s3:GetObject")], false);
        // Of a thing without the tag neither matches; of others one of them does.
        let answers = |team| answers(&asked, &store, &role("app-a", Some(team)));
        assert_ne!(answers("red"), answers("blue"));
        assert_eq!(answers("red"), answers("red"));
    }

    /// What is answered to one is not taken for what is answered to the next, and what is not known has its kinds.
    #[test]
    fn answers_do_not_run_into_one_another() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*",
            "Resource": "arn:aws:s3:::${aws:PrincipalTag/a}/${aws:PrincipalTag/b}/*",
            "Condition": {"StringEquals": {"aws:PrincipalTag/c": "x"}}}]}"#;
        let mut store = PolicyStore::new();
        let policy = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
        let asked = store.asked_of_caller([policy], &[&Action::new("s3:GetObject")], false);
        let answers = |tags: [Fact; 3]| {
            let mut caller = role("app-a", None);
            for (key, fact) in ["a", "b", "c"].into_iter().zip(tags) {
                caller.state(&format!("aws:PrincipalTag/{key}"), fact);
            }
            answers(&asked, &store, &caller)
        };
        let one = |text: &str| Fact::One(text.to_owned());
        let many = |text: &str| Fact::Many(vec![text.to_owned()]);
        let absent = || Fact::Absent;
        for (left, right) in [
            ([one("x\u{3}y"), one("z"), absent()], [one("x"), one("y\u{3}z"), absent()]),
            ([many("x"), absent(), absent()], [many("y"), absent(), absent()]),
            ([absent(), absent(), Fact::Unknown], [absent(), absent(), Fact::Present]),
        ] {
            assert_ne!(answers(left.clone()), answers(right.clone()), "{left:?} {right:?}");
            assert_eq!(answers(left.clone()), answers(left));
        }
    }

    #[test]
    fn a_tag_that_nobody_told_is_no_absent_one() {
        let (store, policy) = store();
        let asked = store.asked_of_caller([policy], &[&Action::new("s3:GetObject")], true);
        let open = Principal::from_arn("arn:aws:iam::111122223333:role/app-a").expect("a caller");
        assert_ne!(answers(&asked, &store, &open), answers(&asked, &store, &role("app-a", None)));
    }

    #[test]
    fn statements_of_other_actions_and_keys_of_others_ask_nothing() {
        let (store, policy) = store();
        let sent = store.asked_of_caller([policy], &[&Action::new("sqs:SendMessage")], false);
        assert_eq!((sent.clauses.len(), sent.principals.len(), sent.variables.len()), (1, 0, 0));
        let got = store.asked_of_caller([policy], &[&Action::new("s3:GetObject")], false);
        assert_eq!((got.clauses.len(), got.principals.len(), got.variables.len()), (1, 0, 1));
        assert!(store.asked_of_caller([policy], &[&Action::new("kms:Decrypt")], true).is_empty());
        let both = sent.and(&got);
        assert_eq!((both.clauses.len(), both.variables.len()), (2, 1));
    }
}
