//! Which ways in are alike, so that a list of them is read: a vendor who comes in by the same door of a hundred accounts is one
//! row, which opens.
//!
//! Alike are those of one outsider, by the same kind of door, as bad and as open as each other, that ask for the same and have
//! the same behind them. Which door it is may differ, when it was used, and the value of an external id, of which each customer
//! of a vendor has another. Where anything else differs they are rows of their own.

use std::collections::{BTreeSet, HashMap};

use clavicle_answer::shape::{AcceptedIn, Answer, Severity, WayIn};
use clavicle_answer::{counted, plural};
use serde::Serialize;

use super::arranged::Group;
use super::border::key;
use crate::map::noun;

/// Fewer than so many rows are read sooner than opened.
const FEWEST: usize = 3;
/// What all the power over an account is called among the things behind a door.
const ADMINISTRATOR: &str = "administrator";

/// Ways in that are one row.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Alike {
    /// How many there are.
    count: usize,
    /// By what they are opened, in whatever order they stand: the least of their keys.
    id: String,
    /// Are they listed below?
    open: bool,
    /// The doors in words: `113 roles in 87 accounts`.
    doors: String,
    /// What lies behind them, in words, where it is not the same thing.
    behind: Option<String>,
    /// Do they ask for different external ids?
    ids_differ: bool,
    /// Of roles: when one of them was used last.
    last_used: Option<String>,
    /// Was it seen of all of them when they were used?
    last_used_seen: bool,
}

/// A row of the list.
#[derive(Debug)]
pub(super) enum Line<'a> {
    /// Some that are alike, by the first of them.
    Folded(&'a Answer, Alike),
    /// One way in; of those that are opened, with the id of their row.
    One(&'a Answer, Option<String>),
}

/// The rows of a list in their order, and of each group where it begins now. `open`: the id of a row that is opened, or the
/// key of any way in it.
pub(super) fn lines<'a>(rows: &[&'a Answer], groups: &mut [Group], open: Option<&str>) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    if groups.is_empty() {
        fold(rows, open, &mut lines);
        return lines;
    }
    let mut rest = rows;
    for group in groups {
        let (own, others) = rest.split_at(group.count.min(rest.len()));
        rest = others;
        group.from = lines.len();
        fold(own, open, &mut lines);
        group.lines = lines.len() - group.from;
    }
    lines
}

/// Each where the first of those that are like it stands.
fn fold<'a>(rows: &[&'a Answer], open: Option<&str>, lines: &mut Vec<Line<'a>>) {
    let mut places: HashMap<Likeness<'a>, usize> = HashMap::new();
    let mut bundles: Vec<Vec<&'a Answer>> = Vec::new();
    for row in rows {
        let place = Likeness::of(row).map(|likeness| *places.entry(likeness).or_insert(bundles.len()));
        match place.and_then(|place| bundles.get_mut(place)) {
            Some(known) => known.push(row),
            None => bundles.push(vec![*row]),
        }
    }
    for bundle in bundles {
        let [first, ..] = *bundle.as_slice() else { continue };
        if bundle.len() < FEWEST {
            lines.extend(bundle.into_iter().map(|row| Line::One(row, None)));
            continue;
        }
        let keys: Vec<String> = bundle.iter().map(|row| key(row)).collect();
        let is_open = open.is_some_and(|open| keys.iter().any(|key| key == open));
        let id = keys.into_iter().min().unwrap_or_default();
        lines.push(Line::Folded(first, Alike::of(&bundle, id.clone(), is_open)));
        if is_open {
            lines.extend(bundle.into_iter().map(|row| Line::One(row, Some(id.clone()))));
        }
    }
}

/// What is the same of ways in that are alike.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Likeness<'a> {
    who: &'a str,
    from: &'a str,
    standing: &'a str,
    door: &'a str,
    kind: &'a str,
    opening: &'a str,
    blocked_by: Option<&'a str>,
    severity: Option<Severity>,
    access: &'a [String],
    actions: &'a [String],
    /// Kind, key, what it does, and its values unless it is an external id.
    guards: Vec<(&'a str, &'a str, &'a str, &'a [String])>,
    /// What decides beside those.
    conditions: Vec<&'a str>,
    depends_on: &'a [String],
    missing: &'a [String],
    public: bool,
    /// Kind, access, steps and whether it hangs on conditions; the thing, unless it is an account.
    behind: Vec<(&'a str, &'a str, usize, bool, &'a str)>,
    accepted: Option<(&'a str, &'a str, &'a str, bool)>,
}

impl<'a> Likeness<'a> {
    /// `None`: it is no way in, or none by one door.
    fn of(row: &'a Answer) -> Option<Self> {
        let way = row.way.as_ref()?;
        let ([who], [door]) = (row.who.as_slice(), row.on.as_slice()) else { return None };
        let guards = way.guards.iter().map(|guard| {
            let values = if guard.kind == EXTERNAL_ID { &[] } else { guard.values.as_slice() };
            (&*guard.kind, &*guard.key, &*guard.remark, values)
        });
        let is_said = |text: &String| way.guards.iter().any(|guard| guard.text == *text);
        let accepted = |it: &'a AcceptedIn| (&*it.by, &*it.why, &*it.until, it.expired);
        Some(Self {
            who: &who.name,
            from: &way.from,
            standing: &way.standing,
            door: &way.door,
            kind: &door.kind,
            opening: &way.opening,
            blocked_by: way.blocked_by.as_deref(),
            severity: row.severity,
            access: &row.access,
            actions: &row.actions,
            guards: guards.collect(),
            conditions: row.conditions.iter().filter(|text| !is_said(text)).map(String::as_str).collect(),
            depends_on: &row.depends_on,
            missing: &way.missing,
            public: way.public,
            behind: behind(way),
            accepted: way.accepted.as_ref().map(accepted),
        })
    }
}

/// How a guard is called that asks for an external id.
const EXTERNAL_ID: &str = "external-id";

fn behind(way: &WayIn) -> Vec<(&str, &str, usize, bool, &str)> {
    let reaches = way.reaches.iter().map(|it| {
        let thing = if it.kind == ADMINISTRATOR { "" } else { &*it.thing };
        (&*it.kind, &*it.access, it.steps, it.conditional, thing)
    });
    reaches.collect()
}

impl Alike {
    fn of(bundle: &[&Answer], id: String, open: bool) -> Self {
        let ways = || bundle.iter().filter_map(|row| row.way.as_ref());
        let doors = || bundle.iter().filter_map(|row| row.on.first());
        let accounts: BTreeSet<&str> = doors().filter_map(|door| door.account.as_deref()).collect();
        let kind = noun(doors().next().map_or("", |door| &door.kind));
        let ids: BTreeSet<&[String]> = ways()
            .flat_map(|way| &way.guards)
            .filter(|guard| guard.kind == EXTERNAL_ID)
            .map(|guard| guard.values.as_slice())
            .collect();
        // Of which accounts one becomes administrator: all the rest behind them is the same.
        let over: BTreeSet<&str> = ways()
            .filter_map(|way| way.reaches.first())
            .filter(|first| first.kind == ADMINISTRATOR)
            .map(|first| &*first.thing)
            .collect();
        let steps = ways().filter_map(|way| way.reaches.first()).map(|first| first.steps).next().unwrap_or(0);
        let behind = (over.len() > 1).then(|| {
            format!(
                "administrator of {}, in {}",
                counted(over.len(), "account", "accounts"),
                counted(steps, "step", "steps")
            )
        });
        let in_accounts = match accounts.len() {
            0 => String::new(),
            count => format!(" in {}", counted(count, "account", "accounts")),
        };
        Self {
            count: bundle.len(),
            id,
            open,
            doors: format!("{}{in_accounts}", counted(bundle.len(), &kind, &plural(&kind))),
            behind,
            ids_differ: ids.len() > 1,
            last_used: ways().filter_map(|way| way.last_used.clone()).max(),
            last_used_seen: ways().all(|way| way.last_used_seen),
        }
    }
}
