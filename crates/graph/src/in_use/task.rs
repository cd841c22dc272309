//! Whose tasks does a policy serve?
//!
//! "One policy per task" needs a rule for when two bearers are one task; docs/decisions/0006 says why it is this one.
//!
//! 1. A tag names the task: of the keys in [`TAGS`] the first that the bearer has, else the first that all workloads with
//!    tags that run as it agree on. Equal values are one task.
//! 2. A group is a task of its own, by its name.
//! 3. A bearer without such a tag belongs to the tagged task that is called like its name, or that has a bearer called
//!    like it; "like": with the same first word, the words that say nothing of the task (`role`, `exec`, numbers, the
//!    word that most names of the account begin with) left out. Of a role that workloads run as, their name counts.
//! 4. What is left is together by that first word; where there is none, by who may become it. Users who sign in with a
//!    password, or of whom that was not seen, are people: one task together.

use std::sync::Arc;

use clavicle_policy::AccountId;
use clavicle_snapshot::{PrincipalIndex, PrincipalKind, PrincipalRecord, Tag};
use foldhash::{HashMap, HashMapExt};

use super::meaning::Side;
use super::{Document, PoliciesInUse};
use crate::digest::Principals;
use crate::world::World;

/// One task that a policy serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What it is called: hostile text.
    pub name: String,
    /// What told.
    pub sign: TaskSign,
    /// Who does it, in the order of the snapshot.
    pub bearers: Vec<PrincipalIndex>,
}

/// What told that some bearers do one task.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TaskSign {
    /// A tag with this key.
    Tag(Arc<str>),
    /// They are one group.
    Group,
    /// The name of the workloads that run as them.
    Workload,
    /// Their own names.
    Name,
    /// Who may become them.
    Trust,
    /// They are people.
    People,
}

/// Keys of tags that name a task, the most telling first; case, `-`, `_`, `:` and what stands before a `/` or `:` aside.
const TAGS: &[&str] = &[
    "task",
    "service",
    "servicename",
    "app",
    "application",
    "applicationname",
    "appname",
    "workload",
    "component",
    "project",
    "system",
    "product",
    "team",
];

/// Words of names that say nothing of the task.
const SILENT: &[&str] = &[
    "access",
    "aws",
    "ec2",
    "ecs",
    "eks",
    "exec",
    "execution",
    "executor",
    "fn",
    "func",
    "function",
    "iam",
    "instance",
    "instances",
    "lambda",
    "node",
    "policy",
    "profile",
    "role",
    "roles",
    "service",
    "svc",
    "task",
    "tasks",
    "user",
];

impl PoliciesInUse {
    /// The tasks that the bearers of a document do: the most bearers first.
    pub fn tasks(&self, world: &World, document: &Document) -> Vec<Task> {
        world.tasks_of(&self.attachments(document).bearers)
    }

    /// Does a document give different bearers different things, or nothing? Each of its Allow statements reads the tags or
    /// the name of whoever asks, or it has none: then it can serve any number of tasks.
    pub fn follows_its_bearer(&self, document: &Document) -> bool {
        let mut allows = self.statements(document).iter().map(|id| self.meanings.get(*id));
        allows.all(|meaning| meaning.effect == Side::Deny || meaning.reads_its_bearer())
    }
}

impl World {
    /// The tasks that some users, groups and roles do: the most bearers first. Linear in them, and in the roles of their
    /// accounts.
    pub fn tasks_of(&self, bearers: &[PrincipalIndex]) -> Vec<Task> {
        let world = self;
        let mut tasks: Vec<Task> = Vec::new();
        let mut of_tag: HashMap<String, usize> = HashMap::new();
        let mut of_stem: HashMap<String, usize> = HashMap::new();
        let mut rest = Vec::new();
        let mut houses: HashMap<AccountId, Option<String>> = HashMap::new();
        for bearer in bearers {
            let record = world.snapshot().principal(*bearer);
            let house = houses.entry(record.account).or_insert_with(|| house_word(world, record.account));
            let (stem, by_workload) = stem_of(world, *bearer, house.as_deref());
            match tag_of(world, *bearer) {
                Some((key, value)) => {
                    let lower = value.to_lowercase();
                    let sign = TaskSign::Tag(key);
                    let at = place(&mut tasks, &mut of_tag, &lower, &value, sign, *bearer);
                    of_stem.entry(lower).or_insert(at);
                    stem.into_iter().for_each(|stem| {
                        of_stem.entry(stem).or_insert(at);
                    });
                }
                None => rest.push((*bearer, stem, by_workload)),
            }
        }
        let mut of_people: Option<usize> = None;
        for (bearer, stem, by_workload) in rest {
            let record = world.snapshot().principal(bearer);
            if record.kind == PrincipalKind::Group {
                tasks.push(Task {
                    name: record.name.to_string(),
                    sign: TaskSign::Group,
                    bearers: vec![bearer],
                });
                continue;
            }
            let stem = stem.or_else(|| Some(way_in(world, bearer)?.to_lowercase()));
            let known = stem.as_ref().and_then(|stem| of_stem.get(stem));
            let at = match (known, is_person(record), of_people) {
                (Some(at), _, _) => *at,
                (None, true, Some(at)) => at,
                (None, person, _) => {
                    let (name, sign) = match (person, &stem) {
                        (true, _) => ("people".to_owned(), TaskSign::People),
                        (false, Some(stem)) if stem.contains('.') || stem.contains(':') => {
                            (stem.clone(), TaskSign::Trust)
                        }
                        (false, Some(stem)) if by_workload => (stem.clone(), TaskSign::Workload),
                        (false, Some(stem)) => (stem.clone(), TaskSign::Name),
                        (false, None) => (record.name.to_string(), TaskSign::Name),
                    };
                    tasks.push(Task { name, sign, bearers: Vec::new() });
                    let at = tasks.len() - 1;
                    if person {
                        of_people = Some(at);
                    }
                    at
                }
            };
            tasks[at].bearers.push(bearer);
            if let Some(stem) = stem.filter(|_| !is_person(record)) {
                of_stem.entry(stem).or_insert(at);
            }
        }
        for task in &mut tasks {
            task.bearers.sort_unstable();
        }
        tasks.sort_by(|one, other| {
            other.bearers.len().cmp(&one.bearers.len()).then_with(|| one.name.cmp(&other.name))
        });
        tasks
    }
}

impl super::meaning::Meaning {
    fn reads_its_bearer(&self) -> bool {
        let resources =
            self.resources.iter().filter(|listed| !listed.negated).flat_map(|listed| &listed.entries);
        let every = |text: &str| {
            let text = text.to_lowercase();
            ["${aws:principaltag/", "${aws:username", "${aws:userid", "${aws:principalarn"]
                .iter()
                .any(|variable| text.contains(variable))
        };
        let mut resources = resources.peekable();
        let by_resource = resources.peek().is_some() && resources.all(|text| every(text));
        by_resource || self.clauses.iter().any(|clause| clause.values().iter().all(|text| every(text)))
    }
}

/// Puts a bearer into the task of a key, which is made when it is new.
fn place(
    tasks: &mut Vec<Task>,
    known: &mut HashMap<String, usize>,
    key: &str,
    name: &str,
    sign: TaskSign,
    bearer: PrincipalIndex,
) -> usize {
    let at = *known.entry(key.to_owned()).or_insert_with(|| {
        tasks.push(Task { name: name.to_owned(), sign, bearers: Vec::new() });
        tasks.len() - 1
    });
    tasks[at].bearers.push(bearer);
    at
}

fn tag_of(world: &World, bearer: PrincipalIndex) -> Option<(Arc<str>, String)> {
    let record = world.snapshot().principal(bearer);
    task_tag(record.tags.as_deref()).or_else(|| {
        let workloads = world.runs_as(bearer).iter();
        let mut tags = workloads.filter_map(|at| task_tag(world.snapshot().resource(*at).tags.as_deref()));
        let first = tags.next()?;
        tags.all(|tag| tag.1.eq_ignore_ascii_case(&first.1)).then_some(first)
    })
}

fn task_tag(tags: Option<&[Tag]>) -> Option<(Arc<str>, String)> {
    let plain = |key: &str| {
        let last = key.rsplit(['/', ':']).next().unwrap_or(key);
        last.chars().filter(|letter| !matches!(letter, '-' | '_' | ' ')).collect::<String>().to_lowercase()
    };
    let rank = |key: &str| TAGS.iter().position(|known| *known == plain(key));
    let tags = tags?.iter().filter(|(key, value)| {
        // `aws:` tags say what made a thing, not what it is for.
        !value.trim().is_empty() && !key.to_lowercase().starts_with("aws:")
    });
    let best = tags
        .filter_map(|tag| Some((rank(&tag.0)?, tag)))
        .min_by(|one, other| one.0.cmp(&other.0).then_with(|| one.1.0.cmp(&other.1.0)));
    best.map(|(_, (key, value))| (key.clone(), value.trim().to_owned()))
}

/// Somebody who signs in to the console, as far as is known.
fn is_person(record: &PrincipalRecord) -> bool {
    let password = record.credentials.as_ref().map(|credentials| credentials.password);
    record.kind == PrincipalKind::User && password != Some(Some(false))
}

/// The first word that speaks of the task, and whether it is that of the workloads.
fn stem_of(world: &World, bearer: PrincipalIndex, house: Option<&str>) -> (Option<String>, bool) {
    let mut stems = world.runs_as(bearer).iter();
    let mut stems = stems.by_ref().filter_map(|at| first_word(&world.snapshot().resource(*at).name, house));
    if let Some(first) = stems.next()
        && stems.all(|stem| stem == first)
    {
        return (Some(first), true);
    }
    (first_word(&world.snapshot().principal(bearer).name, house), false)
}

fn first_word(name: &str, house: Option<&str>) -> Option<String> {
    words(name).into_iter().find(|word| Some(word.as_str()) != house)
}

/// The words of a name in lower case, without those that say nothing: `billing-api-2`, `BillingApiRole`.
fn words(name: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut before = None;
    for letter in name.chars() {
        let camel = letter.is_uppercase() && before.is_some_and(char::is_lowercase);
        if camel || !letter.is_alphanumeric() {
            found.push(String::new());
        }
        if let Some(last) = found.last_mut().filter(|_| letter.is_alphanumeric()) {
            last.extend(letter.to_lowercase());
        }
        before = Some(letter);
    }
    let is_id = |word: &str| {
        word.chars().all(|letter| letter.is_ascii_digit())
            || word.len() >= 8
                && word.chars().all(|letter| letter.is_ascii_hexdigit())
                && word.chars().any(|letter| letter.is_ascii_digit())
    };
    found.retain(|word| !word.is_empty() && !is_id(word) && SILENT.binary_search(&word.as_str()).is_err());
    found
}

/// The word that more than half of the roles of an account begin with, if there are enough to tell: the name of the
/// house, not of a task.
fn house_word(world: &World, account: AccountId) -> Option<String> {
    const ENOUGH: usize = 8;
    let mut count: HashMap<String, usize> = HashMap::new();
    let mut roles = 0;
    for index in world.principals_of(account) {
        let record = world.snapshot().principal(*index);
        if record.kind == PrincipalKind::Role && !record.path.starts_with("/aws-") {
            roles += 1;
            let first = words(&record.name).into_iter().next();
            first.into_iter().for_each(|word| *count.entry(word).or_default() += 1);
        }
    }
    count.into_iter().find(|(_, count)| roles >= ENOUGH && count * 2 > roles).map(|(word, _)| word)
}

/// The first principal that the trust policy lets in.
fn way_in(world: &World, role: PrincipalIndex) -> Option<String> {
    let digest = world.documents.digest(world.trust_policy(role)?);
    let listed = digest.allows().find_map(|statement| match &statement.principals {
        Some(Principals::Listed(listed)) => listed.first(),
        _ => None,
    })?;
    Some(listed.1.to_string())
}

#[cfg(test)]
mod tests {
    use super::{SILENT, words};

    #[test]
    fn names_are_taken_apart() {
        assert!(SILENT.is_sorted());
        for (name, wanted) in [
            ("billing-api-2", vec!["billing", "api"]),
            ("BillingApiRole", vec!["billing", "api"]),
            ("lambda_exec-thumb", vec!["thumb"]),
            ("AWSReservedSSO_ReadOnly_cc64ebc1d3aaeca0", vec!["awsreserved", "sso", "read", "only"]),
            ("Role-7", vec![]),
        ] {
            assert_eq!(words(name), wanted, "{name}");
        }
    }
}
