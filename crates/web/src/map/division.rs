//! How the accounts of an organization, or of one of its units, are divided into shapes: by the tree that people made.
//!
//! As many accounts as a band has rows stand by themselves. Where there are more, a unit right below is one shape for all
//! accounts in it and in its own units; it opens to a map that is divided the same way. Accounts that lie in no unit stay
//! by themselves. Of the map of a unit, the rest of the organization is divided too, as it is seen on the way down to it.

use std::collections::BTreeMap;

use clavicle_policy::AccountId;
use clavicle_snapshot::{Organization, Snapshot, UnitIndex, UnitKind};

use super::fold::MOST_ROWS;
use super::page::Crumb;
use super::scope::Scope;

/// Units from the top down to the one that something lies in, by id.
type Way = Vec<String>;

/// The tree of one snapshot, or of two that are looked at together.
pub(crate) struct Tree {
    names: BTreeMap<String, String>,
    units: BTreeMap<String, Way>,
    accounts: BTreeMap<AccountId, Place>,
}

/// Where an account lies.
struct Place {
    way: Way,
    seen: bool,
    /// It can do nothing, so nothing of it is missing where it was not seen.
    suspended: bool,
}

impl Tree {
    /// Reads the trees. Where they differ, the first one says where an account lies: on a map of two it has one place.
    pub(crate) fn new(snapshots: &[&Snapshot]) -> Self {
        let mut tree = Self { names: BTreeMap::new(), units: BTreeMap::new(), accounts: BTreeMap::new() };
        for snapshot in snapshots {
            let organization = snapshot.organization.as_ref();
            for (at, unit) in organization.iter().flat_map(|known| known.units.iter().enumerate()) {
                if unit.kind == UnitKind::Unit {
                    let id = unit.id.to_string();
                    let way = way(organization, Some(UnitIndex::at(at)));
                    tree.names.entry(id.clone()).or_insert_with(|| unit.name.to_string());
                    tree.units.entry(id).or_insert(way);
                }
            }
            for account in &snapshot.accounts {
                let place = tree.accounts.entry(account.id).or_insert_with(|| Place {
                    way: way(organization, account.parent),
                    seen: false,
                    suspended: account.status.as_deref() == Some("SUSPENDED"),
                });
                place.seen |= account.seen;
            }
        }
        tree
    }

    /// The units that one goes through from the organization to an account, opening what is one shape.
    pub(crate) fn opened(&self, account: AccountId) -> Vec<Crumb> {
        let Some(place) = self.accounts.get(&account) else { return Vec::new() };
        let opened = (0..place.way.len()).take_while(|depth| {
            let (within, _) = self.below(depth.checked_sub(1).and_then(|above| place.way.get(above)));
            within > MOST_ROWS
        });
        opened.filter_map(|depth| place.way.get(depth)).map(|unit| self.crumb(unit)).collect()
    }

    /// Every unit by its id, with the names from the top down to it: `workloads/prod`. In the order of these.
    pub(crate) fn units(&self) -> Vec<(&str, String)> {
        let path = |way: &Way| {
            let names = way.iter().map(|unit| self.names.get(unit).map_or("", String::as_str));
            names.collect::<Vec<_>>().join("/")
        };
        let mut units: Vec<(&str, String)> =
            self.units.iter().map(|(id, way)| (id.as_str(), path(way))).collect();
        units.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
        units
    }

    /// The accounts that lie in a unit or below it, seen or not. `None`: there is no such unit.
    pub(crate) fn accounts_in(&self, unit: &str) -> Option<Vec<AccountId>> {
        self.units.get(unit)?;
        let within = self.accounts.iter().filter(|(_, place)| place.way.iter().any(|known| known == unit));
        Some(within.map(|(account, _)| *account).collect())
    }

    fn crumb(&self, unit: &str) -> Crumb {
        let label = self.names.get(unit).cloned().unwrap_or_default();
        Crumb { label, account: None, unit: Some(unit.to_owned()) }
    }

    /// How many accounts lie in a unit or below it, seen and not seen; `None`: in the organization.
    fn below(&self, unit: Option<&String>) -> (usize, usize) {
        let places = self.accounts.values().filter(|place| unit.is_none_or(|unit| place.way.contains(unit)));
        places.fold((0, 0), |(seen, not), place| match place {
            place if place.seen => (seen + 1, not),
            place if place.suspended => (seen, not),
            _ => (seen, not + 1),
        })
    }
}

/// A cycle is not possible in AWS, but a file may claim one: where a unit of a cycle lies is not known.
fn way(organization: Option<&Organization>, unit: Option<UnitIndex>) -> Way {
    let Some(organization) = organization else { return Way::new() };
    let mut way = Way::new();
    let mut at = unit;
    while let Some(unit) = at.map(|at| organization.unit(at)) {
        if way.len() > organization.units.len() {
            way.truncate(1);
            break;
        }
        if unit.kind == UnitKind::Unit {
            way.push(unit.id.to_string());
        }
        at = unit.parent;
    }
    way.reverse();
    way
}

/// The accounts as shapes of one map.
pub(crate) struct Division {
    /// The unit that it is the map of; `None`: the organization.
    pub(crate) unit: Option<String>,
    /// The way here.
    pub(crate) crumbs: Vec<Crumb>,
    /// In a fixed order.
    pub(crate) parts: Vec<Part>,
    /// Accounts that belong here and were not seen.
    pub(crate) not_seen: Vec<AccountId>,
    of_account: BTreeMap<AccountId, usize>,
}

/// What is one shape.
pub(crate) struct Part {
    /// A unit by id and name; `None`: one account.
    pub(crate) unit: Option<(String, String)>,
    /// All accounts of it, in order.
    pub(crate) accounts: Vec<AccountId>,
    /// So many of these were not seen.
    pub(crate) not_seen: usize,
    /// Does it belong to what the map is of? Else it is elsewhere in the organization.
    pub(crate) within: bool,
}

impl Part {
    /// The account that it is, where it is no unit.
    pub(crate) fn account(&self) -> Option<AccountId> {
        self.accounts.first().copied().filter(|_| self.unit.is_none())
    }
}

impl Division {
    /// Divides what is meant, by the first of these snapshots that knows an account. `None`: there is no such unit.
    pub(crate) fn new(snapshots: &[&Snapshot], scope: &Scope) -> Option<Self> {
        let tree = Tree::new(snapshots);
        let unit = match scope {
            Scope::Organization => None,
            Scope::Unit(unit) => Some(unit),
            Scope::Account(_) => return None,
        };
        let here: &[String] = match unit {
            Some(unit) => tree.units.get(unit)?,
            None => &[],
        };
        let organization = Crumb { label: "organization".to_owned(), account: None, unit: None };
        let crumbs = std::iter::once(organization).chain(here.iter().map(|unit| tree.crumb(unit)));
        let mut division = Self {
            unit: unit.cloned(),
            crumbs: crumbs.collect(),
            parts: Vec::new(),
            not_seen: Vec::new(),
            of_account: BTreeMap::new(),
        };
        let divided = [tree.below(None).0, tree.below(unit).0].map(|accounts| accounts > MOST_ROWS);
        let mut parts: BTreeMap<Key, Part> = BTreeMap::new();
        for (account, place) in &tree.accounts {
            if !place.seen && place.suspended {
                continue;
            }
            let depth = match unit {
                None => Some(0),
                Some(unit) => place.way.iter().position(|known| known == unit).map(|at| at + 1),
            };
            let within = depth.is_some();
            let shared = || place.way.iter().zip(here).take_while(|(own, other)| own == other).count();
            let next = place.way.get(depth.unwrap_or_else(shared));
            let next = next.filter(|_| divided[usize::from(within)]);
            if !place.seen && within {
                division.not_seen.push(*account);
            }
            let key = match next {
                Some(unit) => {
                    Key::Unit(!within, tree.names.get(unit).cloned().unwrap_or_default(), unit.clone())
                }
                None if place.seen => Key::Account(!within, *account),
                None => continue,
            };
            let part = parts.entry(key).or_insert_with(|| Part {
                unit: next.map(|unit| (unit.clone(), tree.names.get(unit).cloned().unwrap_or_default())),
                accounts: Vec::new(),
                not_seen: 0,
                within,
            });
            part.accounts.push(*account);
            part.not_seen += usize::from(!place.seen);
        }
        for part in parts.into_values() {
            let at = division.parts.len();
            division.of_account.extend(part.accounts.iter().map(|account| (*account, at)));
            division.parts.push(part);
        }
        Some(division)
    }

    /// The shape of an account: its place in [`Division::parts`].
    pub(crate) fn part_of(&self, account: AccountId) -> Option<usize> {
        self.of_account.get(&account).copied()
    }

    /// Is this place one of what the map is of?
    pub(crate) fn is_within(&self, part: usize) -> bool {
        self.parts.get(part).is_some_and(|part| part.within)
    }

    /// Every account of what the map is of, with its place.
    pub(crate) fn accounts_within(&self) -> impl Iterator<Item = (AccountId, usize)> {
        let within = self.of_account.iter().filter(|(_, part)| self.is_within(**part));
        within.map(|(account, part)| (*account, *part))
    }
}

/// What is one shape, by whether it is elsewhere; a unit by name and id.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Unit(bool, String, String),
    Account(bool, AccountId),
}
