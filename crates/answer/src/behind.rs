//! What lies behind a door: where whoever has become a role gets to from there.

use clavicle_catalog::Word;
use clavicle_graph::outside::{Door, Opening, Way};
use clavicle_graph::{Access, Actor, Begin, Goal, Limits, Node, Target};
use clavicle_snapshot::PrincipalIndex;
use foldhash::{HashMap, HashSet};

use crate::comes_by::WEIGHTY;
use crate::outside::is_own_directory;
use crate::reader::Reader;
use crate::shape::{Reaches, Thing};
use crate::standing::Standing;

/// What the roles that outsiders enter lead to.
#[derive(Debug, Default)]
pub(crate) struct Behind {
    /// By the node of the role, what it leads to.
    by_node: HashMap<Node, Vec<Lead>>,
}

/// What a role leads to: all the power over an account, or something that matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lead {
    /// The account as an administrator, or the thing.
    pub(crate) to: Thing,
    /// `become`, or what can be done with the thing.
    pub(crate) word: Word,
    /// So many steps from the role, those of workloads that run as a role among them; the role itself is none.
    pub(crate) steps: usize,
    /// How certain it is. Never [`Standing::No`].
    pub(crate) standing: Standing,
}

impl Reader {
    /// What lies behind a way in: all the power over accounts, then what matters, nearest first. Of doors of things it is
    /// nothing: what stands behind a thing that is changed is not followed.
    pub(crate) fn behind(&self, way: &Way) -> &[Lead] {
        match way.door {
            Door::Trust(role) => self.behind_role(role),
            Door::Policy(_) | Door::Acl(_) | Door::Share(_) => &[],
        }
    }

    /// The same as it is served: one row a thing, with the steps that an outsider takes. What something that was not seen
    /// decides is no row: nobody knows that it is reached.
    pub(crate) fn reaches(&self, way: &Way) -> Vec<Reaches> {
        let leads = self.behind(way).iter().filter(|lead| lead.standing <= Standing::Conditional);
        leads
            .map(|lead| Reaches {
                thing: lead.to.name.clone(),
                kind: lead.to.kind.clone(),
                access: lead.word.name().to_owned(),
                steps: lead.steps + 1,
                conditional: lead.standing == Standing::Conditional,
            })
            .collect()
    }

    /// Does a way lead to power or to something that matters, as far as is known?
    pub(crate) fn leads_to_weight(&self, way: &Way) -> bool {
        self.behind(way).iter().any(|lead| lead.standing <= Standing::Conditional)
    }

    fn behind_role(&self, role: PrincipalIndex) -> &[Lead] {
        let behind = self.behind.get_or_init(|| self.behind_doors());
        behind.by_node.get(&self.world().node_of(role)).map_or(&[], Vec::as_slice)
    }

    /// Works out what lies behind every role that somebody from outside may enter: one search for each account and each
    /// thing that matters.
    fn behind_doors(&self) -> Behind {
        let enters =
            |way: &&Way| way.opening() != Opening::Blocked && !is_own_directory(&way.outsider.actor());
        let entered = self.ways().iter().filter(enters).filter_map(|way| match way.door {
            Door::Trust(role) => Some(role),
            Door::Policy(_) | Door::Acl(_) | Door::Share(_) => None,
        });
        let mut roles: Vec<PrincipalIndex> = entered.collect();
        roles.sort_unstable();
        roles.dedup();
        let nodes: HashSet<Node> = roles.iter().map(|role| self.world().node_of(*role)).collect();
        let begin = Begin::With(roles.into_iter().map(Actor::Principal).collect());
        let limits = Limits { each: 1, begins: usize::MAX, unlisted: false, ..Limits::default() };

        let mut behind = Behind::default();
        for account in &self.world().snapshot().accounts {
            let power = Node::Administrator(account.id);
            let to = self.thing_of_node(&power);
            if nodes.contains(&power) {
                let is_one =
                    Lead { to: to.clone(), word: Word::Become, steps: 0, standing: Standing::Certain };
                behind.add(power, is_one);
            }
            behind.lead(self, &begin, &Goal::Administrator(Some(account.id)), &limits, Word::Become, &to);
        }
        for thing in self.things_that_matter() {
            let (target, to) = (Target::Resource(thing), self.thing_of_resource(thing));
            for word in WEIGHTY {
                let wanted = self.world().wanted(word, &target);
                let when = self.world().context(&Default::default());
                for access in self.world().who_can(&wanted, &target, &when) {
                    behind.direct(self, &nodes, &access, word, &to);
                }
                let goal = Goal::Do { target: target.clone(), wanted };
                behind.lead(self, &begin, &goal, &limits, word, &to);
            }
        }
        for leads in behind.by_node.values_mut() {
            leads.sort_by(|one, other| order(one).cmp(&order(other)));
        }
        behind
    }
}

/// Power before things, near before far.
fn order(lead: &Lead) -> (bool, Standing, usize, &str) {
    (lead.to.kind != "administrator", lead.standing, lead.steps, lead.to.name.as_str())
}

impl Behind {
    fn lead(&mut self, reader: &Reader, begin: &Begin, goal: &Goal, limits: &Limits, word: Word, to: &Thing) {
        for chain in &reader.world().chains(begin, goal, limits).chains {
            let Some(node) = chain.begin() else { continue };
            let standing = Standing::of_chain(chain);
            let lead = Lead { to: to.clone(), word, steps: chain.steps.len(), standing };
            self.add(node.clone(), lead);
        }
    }

    /// Who needs no chain.
    fn direct(&mut self, reader: &Reader, nodes: &HashSet<Node>, access: &Access, word: Word, to: &Thing) {
        let node = reader.world().node_of_actor(&access.actor);
        let standing = Standing::of_access(access);
        // Of an administrator it is told already.
        if !matches!(node, Node::Administrator(_)) && nodes.contains(&node) && standing != Standing::No {
            self.add(node, Lead { to: to.clone(), word, steps: 1, standing });
        }
    }

    /// Of each thing the weightiest word is kept that is as certain as any, by the shortest way.
    fn add(&mut self, node: Node, lead: Lead) {
        let known = self.by_node.entry(node).or_default();
        match known.iter_mut().find(|known| known.to.name == lead.to.name && known.to.kind == lead.to.kind) {
            Some(known) => {
                let rank = |lead: &Lead| {
                    let weight = WEIGHTY.iter().position(|word| *word == lead.word);
                    (lead.standing, weight, lead.steps)
                };
                if rank(&lead) < rank(known) {
                    *known = lead;
                }
            }
            None => known.push(lead),
        }
    }
}
