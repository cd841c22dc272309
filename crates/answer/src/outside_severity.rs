//! How bad a way in is: by who comes, what keeps others out, and what they get. See
//! `docs/decisions/0005-how-bad-a-way-in-is.md`.

use clavicle_catalog::Word;
use clavicle_graph::outside::{Breadth, Door, Opening, Outsider, Way, is_shared};
use clavicle_graph::{Actor, Target};

use crate::outside::is_own_directory;
use crate::reader::Reader;
use crate::shape::Severity;

/// What an outsider gets, from little to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Prize {
    /// It lists or reads a thing.
    Looks,
    /// It changes or runs a thing, or becomes a role.
    Acts,
    /// It controls a thing, becomes an administrator, or gets at what matters.
    Rules,
}

impl Reader {
    /// How bad a way in is, by itself: what lies behind the thing that is entered is not looked at. `None`: it is
    /// blocked.
    pub(crate) fn door_severity(&self, way: &Way) -> Option<Severity> {
        self.severity_for(way, self.prize(way))
    }

    /// How bad a way in is, by all that it leads to. Works out what lies behind every door when first asked.
    pub(crate) fn way_severity(&self, way: &Way) -> Option<Severity> {
        let prize = if self.leads_to_weight(way) { Prize::Rules } else { self.prize(way) };
        self.severity_for(way, prize)
    }

    fn severity_for(&self, way: &Way, prize: Prize) -> Option<Severity> {
        if way.opening() == Opening::Blocked {
            return None;
        }
        let actor = way.outsider.actor();
        let known = self.known(&actor).is_some() || self.known_through(&way.outsider);
        let listed = self.named_account(&actor);
        let of_aws = listed.is_some_and(|named| named.aws);
        let severity = match &way.outsider {
            _ if is_own_directory(&actor) => Severity::Low,
            _ if known && (way.is_guarded() || matches!(way.outsider, Outsider::Provider(_))) => {
                Severity::Low
            }
            // A vendor acts for all of its customers: without an external id, for any of them.
            _ if known => match (way.door, prize) {
                (Door::Trust(_), Prize::Rules) => Severity::High,
                (Door::Trust(_), _) => Severity::Medium,
                _ => Severity::Low,
            },
            Outsider::Everyone | Outsider::AnyAccount if way.is_guarded() && !way.is_public() => {
                Severity::Low
            }
            Outsider::Everyone | Outsider::AnyAccount => match prize {
                Prize::Rules => Severity::Critical,
                _ if matches!(way.door, Door::Trust(_)) => Severity::Critical,
                Prize::Acts => Severity::High,
                Prize::Looks => Severity::Medium,
            },
            Outsider::Provider(_) => self.provider_severity(way, prize),
            Outsider::Service(_) => match prize {
                _ if way.is_guarded() => Severity::Low,
                Prize::Rules => Severity::High,
                _ => Severity::Medium,
            },
            // Whose it is, is known; that it is meant to get in, is not. Accounts of AWS's own services do what AWS
            // documents them to do.
            _ if listed.is_some() => match (way.is_guarded() || of_aws, prize) {
                (false, Prize::Rules) => Severity::High,
                (false, _) => Severity::Medium,
                (true, Prize::Rules) if !way.is_guarded() => Severity::High,
                (true, _) => Severity::Low,
            },
            _ if way.is_guarded() && !matches!(way.outsider, Outsider::Organization(_)) => Severity::Medium,
            _ => match (way.door, prize) {
                (Door::Trust(_), _) | (_, Prize::Rules) => Severity::Critical,
                _ => Severity::High,
            },
        };
        Some(severity)
    }

    /// How bad it is that somebody gets at a thing by its own door. `None`: they are not from outside, or the door does
    /// not let them in.
    pub(crate) fn severity(&self, actor: &Actor, target: &Target) -> Option<Severity> {
        if !self.world().is_outside(actor) {
            return None;
        }
        let ways = self.world().ways_by(target);
        let theirs = ways.iter().filter(|way| way.outsider.actor() == *actor);
        theirs.filter_map(|way| self.door_severity(way)).max()
    }

    fn known_through(&self, outsider: &Outsider) -> bool {
        matches!(outsider, Outsider::ThroughService { account, .. }
            if self.known(&Actor::OutsideAccount(*account)).is_some())
    }

    /// Of a provider for everybody the subjects count; of one that is somebody's own, those who run it.
    fn provider_severity(&self, way: &Way, prize: Prize) -> Severity {
        let rules = prize == Prize::Rules;
        let shared = way.outsider.provider().is_some_and(is_shared);
        if way.lets_guests_in() {
            return if rules { Severity::Critical } else { Severity::Medium };
        }
        match (way.breadth(), shared) {
            (Breadth::Anyone, true) => Severity::Critical,
            (Breadth::Owner, _) if rules => Severity::High,
            (Breadth::Owner, _) => Severity::Medium,
            (Breadth::Part, _) | (Breadth::Anyone, false) if rules => Severity::Medium,
            _ => Severity::Low,
        }
    }

    fn prize(&self, way: &Way) -> Prize {
        match way.door {
            Door::Trust(role) if self.world().is_admin(role) => Prize::Rules,
            Door::Trust(_) => Prize::Acts,
            Door::Policy(thing) | Door::Acl(thing) | Door::Share(thing) => {
                let open = way.gets.iter().filter(|gets| gets.opening() != Opening::Blocked);
                let words: Vec<Option<Word>> = open.map(|gets| gets.word).collect();
                if self.matters(thing).is_some() || words.contains(&Some(Word::Control)) {
                    Prize::Rules
                } else if words.iter().all(|word| matches!(word, Some(Word::List | Word::Read))) {
                    Prize::Looks
                } else {
                    Prize::Acts
                }
            }
        }
    }
}
