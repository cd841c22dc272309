//! All methods, made ready to be tried.

use std::sync::LazyLock;

use clavicle_engine::Action;
use foldhash::{HashMap, HashMapExt};

use super::method::{Ask, Method, On, Tried, Way};
use super::{
    cognito, empowered, iam_own_rights, iam_take_over, identity_center, organization, pass_role,
    resource_control, service_roles, workload,
};

/// Every method, family by family. A family is one file; adding a method is adding a value to its family.
static FAMILIES: [&[Method]; 8] = [
    iam_own_rights::METHODS,
    iam_take_over::METHODS,
    pass_role::METHODS,
    service_roles::METHODS,
    cognito::METHODS,
    workload::METHODS,
    identity_center::METHODS,
    organization::METHODS,
];

/// All methods, in the order of their families.
pub fn methods() -> impl Iterator<Item = &'static Method> {
    let written = FAMILIES.iter().flat_map(|family| family.iter());
    written.chain(empowered::methods()).chain(resource_control::methods())
}

/// The method with this id.
pub fn method(id: &str) -> Option<&'static Method> {
    methods().find(|method| method.id == id)
}

/// A method with its actions looked up.
pub(crate) struct Ready {
    pub(crate) method: &'static Method,
    pub(crate) ways: Vec<ReadyWay>,
}

/// A way with its actions looked up.
pub(crate) struct ReadyWay {
    pub(crate) way: &'static Way,
    pub(crate) asks: Vec<ReadyAsk>,
    /// The actions that only the asker's own documents can allow.
    pub(crate) needed: ActionSet,
}

/// A request with its action looked up.
pub(crate) struct ReadyAsk {
    pub(crate) ask: &'static Ask,
    pub(crate) action: Action,
}

/// Some of the actions that methods take, a bit each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ActionSet(Vec<u64>);

impl ActionSet {
    pub(crate) fn add(&mut self, number: usize) {
        let word = number / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (number % 64);
        }
    }

    pub(crate) fn add_all(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        self.0.iter_mut().zip(&other.0).for_each(|(bits, more)| *bits |= more);
    }

    pub(crate) fn contains(&self, other: &Self) -> bool {
        (0..other.0.len()).all(|at| {
            let wanted = other.0.get(at).copied().unwrap_or_default();
            self.0.get(at).copied().unwrap_or_default() & wanted == wanted
        })
    }
}

/// What [`methods`] take, looked up once.
pub(crate) struct Registry {
    pub(crate) methods: Vec<Ready>,
    /// Every action that a method takes, in lower case, sorted; its place is its number.
    pub(crate) actions: Vec<String>,
}

pub(crate) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let mut actions: Vec<String> = methods()
        .flat_map(|method| method.ways)
        .flat_map(|way| way.asks)
        .map(|ask| ask.action.to_lowercase())
        .chain([PASS_ROLE.to_lowercase()])
        .collect();
    actions.sort_unstable();
    actions.dedup();
    let numbers: HashMap<&str, usize> =
        actions.iter().enumerate().fold(HashMap::new(), |mut numbers, (at, action)| {
            numbers.insert(action.as_str(), at);
            numbers
        });
    let ready = methods().map(|method| Ready {
        method,
        ways: method.ways.iter().map(|way| ready_way(way, &numbers)).collect(),
    });
    Registry { methods: ready.collect(), actions: actions.clone() }
});

/// The permission to hand over a role.
pub(crate) const PASS_ROLE: &str = "iam:PassRole";

fn ready_way(way: &'static Way, numbers: &HashMap<&str, usize>) -> ReadyWay {
    let mut needed = ActionSet::default();
    let asks = way.asks.iter().map(|ask| ReadyAsk {
        action: Action::new(ask.action).taking_no_resource(ask.on == On::Anything),
        ask,
    });
    let asks: Vec<ReadyAsk> = asks.collect();
    for ReadyAsk { ask, action } in &asks {
        // A trust policy can let somebody in by itself.
        let by_trust = ask.action == "sts:AssumeRole";
        if let (Some(number), false) = (numbers.get(action.lower()), by_trust) {
            needed.add(*number);
        }
    }
    if matches!(way.on, Tried::Passed(_) | Tried::Lent(_))
        && let Some(number) = numbers.get(PASS_ROLE.to_lowercase().as_str())
    {
        needed.add(*number);
    }
    ReadyWay { way, asks, needed }
}

#[cfg(test)]
mod tests {
    use clavicle_catalog::catalog;

    use super::{On, Tried, methods};
    use foldhash::{HashSet, HashSetExt};

    #[test]
    fn every_action_is_asked_on_what_it_takes() {
        for method in methods() {
            for ask in method.ways.iter().flat_map(|way| way.asks) {
                let action = catalog().action(ask.action);
                assert!(action.is_some(), "{}: {}", method.id, ask.action);
                let Some(action) = action else { continue };
                let takes = |kind: &str| {
                    let (prefix, name) = kind.split_once(':').unwrap_or_default();
                    catalog().resources(action).any(|taken| {
                        let taken = taken.resource_type();
                        taken.name().eq_ignore_ascii_case(name) && taken.service().prefix() == prefix
                    })
                };
                match ask.on {
                    On::Anything => {
                        assert!(catalog().is_wildcard_only(action), "{}: {}", method.id, ask.action);
                    }
                    On::New(kind) | On::Some(kind) => {
                        assert!(takes(kind), "{}: {} on {kind}", method.id, ask.action);
                    }
                    _ => assert!(!catalog().is_wildcard_only(action), "{}: {}", method.id, ask.action),
                }
            }
        }
    }

    #[test]
    fn ids_are_unique_and_texts_are_there() {
        let mut ids = HashSet::new();
        for method in methods() {
            assert!(ids.insert(method.id), "{}", method.id);
            for text in [method.title, method.misuse, method.fix, method.check] {
                assert!(!text.is_empty(), "{}", method.id);
            }
            assert!(
                method.pages.iter().all(|page| page.starts_with("https://docs.aws.amazon.com/")),
                "{}",
                method.id
            );
            assert!(!method.pages.is_empty(), "{}", method.id);
        }
    }

    #[test]
    fn roles_are_passed_to_services_that_aws_knows() {
        // AWS: App Runner Developer Guide, "How App Runner works with IAM", instance roles.
        let documented_elsewhere = ["tasks.apprunner.amazonaws.com"];
        let unknown = methods().flat_map(|method| method.ways).filter_map(|way| match way.on {
            Tried::Passed(service) if catalog().service_principal(service).is_none() => Some(service),
            _ => None,
        });
        let unknown: HashSet<&str> =
            unknown.filter(|service| !documented_elsewhere.contains(service)).collect();
        assert_eq!(unknown, HashSet::new());
    }
}
