//! What the home view says before anyone asks.

use std::collections::BTreeMap;

use clavicle_catalog::Word;
use clavicle_engine::Verdict as Decided;
use clavicle_graph::Actor;
use clavicle_graph::outside::{Door, Opening, Way};
use clavicle_snapshot::{PrincipalIndex, ResourceIndex, UnitIndex, UnitKind};
use foldhash::{HashMap, HashMapExt};

use crate::asked_action::AskedAction;
use crate::count::counted;
use crate::outside::is_own_directory;
use crate::outside_row::provider_short;
use crate::reader::Reader;
use crate::resolve::Spot;
use crate::shape::{AccountSummary, Matter, OutsideSummary, Severity, Summary, SummarySnapshot};
use crate::standing::Standing;

/// The ways in of one outsider.
#[derive(Default)]
struct Doors {
    roles: Vec<PrincipalIndex>,
    /// With the words that are allowed on each.
    things: BTreeMap<ResourceIndex, u8>,
    severity: Option<Severity>,
}

impl Reader {
    /// What the home view says. Worked out once.
    pub fn summary(&self) -> &Summary {
        self.summary.get_or_init(|| {
            let (snapshot, head) = (self.world().snapshot(), self.snapshot_head());
            Summary {
                schema: "clavicle.summary/1",
                snapshot: SummarySnapshot {
                    id: head.id,
                    complete: head.complete,
                    accounts: head.accounts,
                    accounts_seen: snapshot.accounts.iter().filter(|account| account.seen).count(),
                    identities: head.identities,
                    resources: snapshot.resources.len(),
                    organization: snapshot
                        .organization
                        .as_ref()
                        .map(|organization| organization.id.to_string()),
                },
                catalog: self.world().catalog().data_date().to_owned(),
                demo: self.settings().demo,
                accounts: self.account_summaries(),
                matters: self
                    .settings()
                    .matters
                    .iter()
                    .map(|matter| self.matter(&matter.thing, matter.why.clone()))
                    .collect(),
                outside: self.outsiders(),
                questions: self.questions(),
                not_seen: self.all_not_seen(),
            }
        })
    }

    fn account_summaries(&self) -> Vec<AccountSummary> {
        let accounts = self.world().snapshot().accounts.iter();
        accounts
            .map(|account| AccountSummary {
                id: account.id.to_string(),
                name: self.account_name(account.id),
                unit: self.unit_path(account.parent),
                identities: self.world().principals_of(account.id).len(),
                things: self.world().resources_of(account.id).len(),
            })
            .collect()
    }

    /// The units above an account: `workloads/prod`; none directly below the root.
    fn unit_path(&self, parent: Option<UnitIndex>) -> Option<String> {
        let organization = self.world().snapshot().organization.as_ref()?;
        let mut names: Vec<&str> = Vec::new();
        let mut at = Some(parent?);
        // A file may claim a cycle of units.
        while let Some(here) = at.filter(|_| names.len() <= organization.units.len()) {
            let unit = organization.unit(here);
            if unit.kind == UnitKind::Unit {
                names.push(&unit.name);
            }
            at = unit.parent;
        }
        names.reverse();
        (!names.is_empty()).then(|| names.join("/"))
    }

    fn matter(&self, thing: &str, why: Option<String>) -> Matter {
        let Ok(spot) = self.resolve_spot(thing) else {
            return Matter {
                name: thing.to_owned(),
                arn: None,
                why,
                direct: None,
                sentence: "it is not in this snapshot".to_owned(),
            };
        };
        let shown = self.thing_of_target(&spot.target);
        let word = self.first_word(&spot.target);
        let (direct, sentence) = self.count_direct(word, &spot);
        Matter { name: shown.name, arn: shown.arn, why, direct, sentence }
    }

    /// How many identities, administrators aside, can do it directly.
    fn count_direct(&self, word: Word, spot: &Spot) -> (Option<usize>, String) {
        let Ok(asked) = self.asked_action(Some(word.name()), spot) else {
            return (None, "who can use it is not known".to_owned());
        };
        let AskedAction { wanted, .. } = asked;
        let when = self.world().context(&Default::default());
        let mut accesses = self.world().who_can(&wanted, &spot.target, &when);
        accesses.retain(|access| {
            !self.is_admin(&access.actor) && Standing::of_access(access) <= Standing::Conditional
        });
        if accesses
            .iter()
            .any(|access| access.actor == Actor::Everyone && access.how.ruling.verdict == Decided::Allowed)
        {
            return (None, format!("everyone {} it", crate::steps::relation(Some(word))));
        }
        let count = accesses.iter().filter(|access| matches!(access.actor, Actor::Principal(_))).count();
        let verb = if count == 1 { crate::steps::relation(Some(word)) } else { word.name() };
        let mut sentence = match count {
            0 => format!("nobody but administrators {} it", crate::steps::relation(Some(word))),
            count => format!("{} {verb} it", counted(count, "identity", "identities")),
        };
        if self.world().lets_in_whom_nobody_knows(&spot.target) {
            sentence.push_str("; whom its policy lets in cannot be read");
        } else if self.own_policy_not_seen(&spot.target) {
            sentence.push_str("; its policy was not seen");
        }
        (Some(count), sentence)
    }

    /// Who gets in from outside, the worst first. AWS services are not outsiders, nor is the directory of the organization's own
    /// people.
    fn outsiders(&self) -> Vec<OutsideSummary> {
        let mut order: Vec<Actor> = Vec::new();
        let mut doors: HashMap<Actor, Doors> = HashMap::new();
        let mut doors_of = |actor: Actor, open: &mut dyn FnMut(&mut Doors)| {
            let entry = doors.entry(actor.clone()).or_insert_with(|| {
                order.push(actor);
                Doors::default()
            });
            open(entry);
        };
        let is_ours = |way: &Way| {
            let actor = way.outsider.actor();
            matches!(actor, Actor::Service(_)) || is_own_directory(&actor)
        };
        for way in self.ways().iter().filter(|way| way.opening() != Opening::Blocked && !is_ours(way)) {
            let severity = self.door_severity(way);
            doors_of(self.outsider_of(&way.outsider.actor()), &mut |doors| {
                let gets = way.gets.iter().filter(|gets| gets.opening() != Opening::Blocked);
                let words = gets.filter_map(|gets| gets.word).fold(0, |words, word| words | 1 << word as u8);
                match way.door {
                    Door::Trust(role) => doors.roles.push(role),
                    Door::Policy(thing) | Door::Acl(thing) | Door::Share(thing) => {
                        *doors.things.entry(thing).or_default() |= words;
                    }
                }
                doors.severity = doors.severity.max(severity);
            });
        }
        let mut found: Vec<OutsideSummary> = order
            .into_iter()
            .filter_map(|actor| {
                let doors = doors.remove(&actor)?;
                Some(self.outside_summary(&actor, doors))
            })
            .collect();
        found.sort_by(|a, b| b.severity.cmp(&a.severity).then(a.known.cmp(&b.known)));
        found
    }

    /// One user or role of an account outside stands for the account.
    fn outsider_of(&self, actor: &Actor) -> Actor {
        match actor {
            Actor::Unseen(arn) => {
                clavicle_policy::AccountId::of_arn(arn).map_or_else(|| actor.clone(), Actor::OutsideAccount)
            }
            other => other.clone(),
        }
    }

    fn outside_summary(&self, actor: &Actor, mut doors: Doors) -> OutsideSummary {
        doors.roles.sort_unstable();
        doors.roles.dedup();
        let known = self.known(actor);
        let (name, kind) = match actor {
            Actor::OutsideAccount(account) => (format!("account {account}"), "account"),
            Actor::Everyone => ("everyone".to_owned(), "everyone"),
            Actor::Provider(_) => (self.thing_of_actor(actor).name, "provider"),
            other => (self.thing_of_actor(other).name, "account"),
        };
        let who = match (known, actor) {
            (Some(known), _) if known.name != known.who => format!("{} ({name})", known.name),
            (None, Actor::Provider(arn)) => {
                let kind = if arn.contains(":saml-provider/") { "SAML" } else { "OIDC" };
                format!("{} ({kind})", provider_short(arn))
            }
            (None, _) if kind == "account" => format!("unknown {name}"),
            _ => name.clone(),
        };
        let mut parts = Vec::new();
        if let Some(first) = doors.roles.first() {
            let first = self.principal_name(*first);
            let more = doors.roles.len() - 1;
            let more = if more == 0 {
                String::new()
            } else {
                format!(" and {}", counted(more, "more role", "more roles"))
            };
            parts.push(format!("can become {first}{more}"));
        }
        if let Some((first, bits)) = doors.things.first_key_value() {
            let more = counted(doors.things.len() - 1, "more thing", "more things");
            // What is said of one is not said of others, with which they can do something else.
            let more = match doors.things.len() {
                1 => String::new(),
                _ if doors.things.values().all(|other| other == bits) => format!(" and {more}"),
                _ => format!(" and gets at {more}"),
            };
            let words = Word::ALL.into_iter().filter(|word| bits & (1 << *word as u8) != 0);
            let words: Vec<String> = words.map(|word| word.name().to_owned()).collect();
            let first = self.thing_of_resource(*first).name;
            let can = if words.is_empty() {
                "gets at".to_owned()
            } else {
                format!("can {}", crate::page::listed(&words))
            };
            parts.push(format!("{can} {first}{more}"));
        }
        OutsideSummary {
            known: known.is_some(),
            kind: kind.to_owned(),
            doors: doors.roles.len() + doors.things.len(),
            severity: doors.severity.filter(|severity| *severity > Severity::Low),
            sentence: format!("{who} {}", parts.join(" and ")),
            name,
        }
    }
}
