//! The answer as a function of what is unknown.
//!
//! Three-valued logic alone is too timid: it says "maybe" of `a or not a`. Where it leaves a request open, the request
//! is looked at again: every unknown becomes a variable with a few *choices*, every statement that may match becomes
//! the list of choices that it needs, and all combinations are tried. If they agree, the answer is settled after all.
//! If not, an unknown matters exactly if changing it alone changes the answer for some choice of the others, and the
//! unknowns that matter are the smallest set that settles every case.
//!
//! A condition key is one unknown, however many clauses ask for it: its choices are the combinations of answers that
//! some value of the key, or its absence, can give. Where those cannot be told, more count as possible. That can only
//! leave more open, never settle wrongly.
//!
//! Before that, what cannot change the answer is dropped, and unknowns that only tell together are joined: guards with
//! five conditions are one unknown then, not five. Past [`MOST_COMBINATIONS`] nothing is tried, and all unknowns count as mattering.

use std::borrow::Cow;
use std::collections::BTreeSet;

use clavicle_policy::Effect;

use crate::applicable::{Applicable, Documents, Ladder, Layer, ResourcePolicy};
use crate::clause::{CLOCK, Clause, EPOCH, each_choice};
use crate::combine::{Outcome, combine, has_identity_side};
use crate::decide::Verdict;
use crate::dependency::Dependency;
use crate::key::Key;
use crate::matching::{PrincipalRule, covers};
use crate::named::Form;
use crate::principal::Kind;
use crate::request::{Request, Seen};
use crate::say::{Grants, Say, Sayings, StatementRef};
use crate::situation::Situation;
use crate::store::{PolicyStore, StatementRow};
use crate::tri::Tri;
use crate::walk::{Place, each_document};

/// How many combinations of choices are tried.
const MOST_COMBINATIONS: usize = 1 << 14;

/// A request that three-valued logic leaves open.
pub(crate) struct OpenQuestion {
    situation: Situation,
    /// What the layers say for certain; no `Maybe` in it.
    certain: Sayings,
    /// Whether each SCP level allows for certain.
    scp_levels: Vec<bool>,
    unknowns: Vec<Unknown>,
    statements: Vec<OpenStatement>,
}

/// How an open question ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Whatever the unknowns are, the answer is the same.
    Settled,
    /// These decide.
    Depends(Vec<Dependency>),
}

struct Unknown {
    is: Identity,
    dependencies: Vec<Dependency>,
    /// Each a set of facets (bits) that hold together.
    choices: Vec<u32>,
}

/// What makes an unknown itself, so that statements share it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Identity {
    /// A condition key, with the clauses that ask for it; the place of a clause is its facet.
    Key {
        name: String,
        clauses: Vec<u32>,
    },
    /// A clause that compares with unknown variables.
    Clause(u32),
    /// A statement whose resource patterns have unknown variables.
    Cover(StatementRef),
    Unreadable(StatementRef),
    NotSeen(Layer),
    Owner,
    Grants,
    RootAccess,
}

/// A statement that may match: it does if all its facets hold.
struct OpenStatement {
    place: Place,
    effect: Effect,
    needs: Vec<Facet>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Facet {
    unknown: usize,
    bit: u32,
}

/// What a layer that nobody has shown may do, each a facet; or none of it.
///
/// That it could deny covers that the policy of a bucket is public, which keeps out whom it would let in.
mod layer_facet {
    pub(super) const ALLOWS: u32 = 0;
    pub(super) const DENIES: u32 = 1;
    /// It is there: with a boundary a `NotPrincipal` denies.
    pub(super) const EXISTS: u32 = 2;
    /// It lets in the role behind the session, or the user who federated.
    pub(super) const ALLOWS_BEHIND: u32 = 3;
    /// It lets in the account.
    pub(super) const ALLOWS_ACCOUNT: u32 = 4;
}

impl OpenQuestion {
    pub(crate) fn new(
        store: &PolicyStore,
        request: &Request<'_>,
        applicable: &Applicable<'_>,
        situation: &Situation,
    ) -> Self {
        let nothing = Sayings {
            identity: Say::SILENT,
            boundary: Say::FREE,
            session: Say::FREE,
            scp: Say::FREE,
            rcp: Say::FREE,
            resource: Grants::NONE,
            endpoint: Say::FREE,
        };
        let mut question = Self {
            situation: *situation,
            certain: nothing,
            scp_levels: Vec::new(),
            unknowns: Vec::new(),
            statements: Vec::new(),
        };
        let mut reader = Reader { store, request, question: &mut question };
        reader.read_all(applicable);
        for unknown in &mut question.unknowns {
            if let Identity::Key { clauses, .. } = &unknown.is {
                unknown.choices = choices_of_key(store, request, clauses);
            }
        }
        question.drop_what_tells_nothing();
        question.join_what_goes_together();
        question
    }

    /// Drops the statements that cannot change the answer, and the choices that differ only for those. What is left
    /// has the same answers, and fewer combinations.
    fn drop_what_tells_nothing(&mut self) {
        let Self { certain, scp_levels, statements, unknowns, .. } = self;
        statements.retain(|statement| !certain.knows(statement.place, statement.effect, scp_levels));
        // Of two that do the same, the one that needs more.
        let needs_less = |less: &OpenStatement, more: &OpenStatement| {
            less.place == more.place
                && less.effect == more.effect
                && less.needs.iter().all(|facet| more.needs.contains(facet))
        };
        let mut kept: Vec<OpenStatement> = Vec::with_capacity(statements.len());
        for statement in statements.drain(..) {
            if kept.iter().any(|other| needs_less(other, &statement)) {
                continue;
            }
            kept.retain(|other| !needs_less(&statement, other));
            kept.push(statement);
        }
        *statements = kept;
        for (number, unknown) in unknowns.iter_mut().enumerate() {
            let facets = statements.iter().flat_map(|statement| &statement.needs);
            let own = facets.filter(|facet| facet.unknown == number);
            let asked = own.fold(unknown.is.asked_beside_statements(), |bits, facet| bits | 1 << facet.bit);
            unknown.choices.iter_mut().for_each(|choice| *choice &= asked);
            unknown.choices.sort_unstable();
            unknown.choices.dedup();
        }
    }

    /// Joins unknowns that are needed by the same statements, each by a single facet, into one: whether all of them
    /// hold is all that tells. Any of them matters exactly if the whole does.
    fn join_what_goes_together(&mut self) {
        let Self { statements, unknowns, .. } = self;
        let mut facets: Vec<Option<u32>> = unknowns.iter().map(Unknown::single_facet).collect();
        for first in 0..unknowns.len() {
            let Some(Some(bit)) = facets.get(first).copied() else { continue };
            let needs = |statement: &OpenStatement, unknown: usize| {
                statement.needs.iter().any(|facet| facet.unknown == unknown)
            };
            for other in first + 1..unknowns.len() {
                let alike = facets.get(other).is_some_and(Option::is_some)
                    && statements.iter().all(|statement| needs(statement, first) == needs(statement, other));
                if !alike {
                    continue;
                }
                let joined = unknowns.get_mut(other).map(|unknown| {
                    unknown.choices = vec![1 << bit];
                    std::mem::take(&mut unknown.dependencies)
                });
                if let Some(unknown) = unknowns.get_mut(first) {
                    unknown.dependencies.extend(joined.into_iter().flatten());
                }
                facets.iter_mut().skip(other).take(1).for_each(|facet| *facet = None);
                for statement in statements.iter_mut() {
                    statement.needs.retain(|facet| facet.unknown != other);
                }
            }
        }
    }

    /// Does it depend, or what is the answer whatever the unknowns are? [`Self::end`] without telling on what.
    ///
    /// Looks first at the two cases that are likely to differ.
    pub(crate) fn settled(&self) -> Option<Verdict> {
        let total = self.combinations()?;
        let mut levels = self.scp_levels.clone();
        let mut leaning = |wanted: Effect| {
            let chosen: Vec<u32> =
                (0..self.unknowns.len()).map(|unknown| self.choice_for(unknown, wanted)).collect();
            self.outcome(&chosen, &mut levels).allowed()
        };
        if leaning(Effect::Allow) != leaning(Effect::Deny) {
            return None;
        }
        let mut first = None;
        let mut always_denied = true;
        for outcome in self.outcomes(total) {
            always_denied &= outcome.denied == Tri::Yes;
            let allowed = outcome.allowed();
            if *first.get_or_insert(allowed) != allowed {
                return None;
            }
        }
        Some(verdict(first == Some(Tri::Yes), always_denied))
    }

    /// The choice of an unknown that helps the most statements of the wanted effect and the fewest of the other.
    fn choice_for(&self, unknown: usize, wanted: Effect) -> u32 {
        let needed = |effect: Effect| {
            let statements = self.statements.iter().filter(move |statement| statement.effect == effect);
            let facets = statements.flat_map(|statement| &statement.needs);
            facets.filter(|facet| facet.unknown == unknown).fold(0_u32, |bits, facet| bits | 1 << facet.bit)
        };
        let (allows, denies) = (needed(Effect::Allow), needed(Effect::Deny));
        let (good, bad) = if wanted == Effect::Allow { (allows, denies) } else { (denies, allows) };
        let worth = |choice: &u32| (choice & good).count_ones() + (!choice & bad).count_ones();
        let choices = self.unknowns.get(unknown).map_or(&[][..], |unknown| &unknown.choices);
        choices.iter().copied().max_by_key(worth).unwrap_or(0)
    }

    /// How many combinations there are; `None` if too many to be tried.
    fn combinations(&self) -> Option<usize> {
        let mut sizes = self.unknowns.iter().map(|unknown| unknown.choices.len());
        let total = sizes.try_fold(1_usize, |total, size| total.checked_mul(size));
        total.filter(|total| *total <= MOST_COMBINATIONS)
    }

    /// The outcome of every combination. The first unknown changes fastest.
    fn outcomes(&self, total: usize) -> impl Iterator<Item = Outcome> {
        let mut chosen = vec![0; self.unknowns.len()];
        let mut levels = self.scp_levels.clone();
        (0..total).map(move |number| {
            let mut rest = number;
            for (slot, unknown) in chosen.iter_mut().zip(&self.unknowns) {
                let size = unknown.choices.len().max(1);
                *slot = unknown.choices.get(rest % size).copied().unwrap_or(0);
                rest /= size;
            }
            self.outcome(&chosen, &mut levels)
        })
    }

    /// Tries every combination.
    pub(crate) fn end(&self) -> Ending {
        let Some(total) = self.combinations() else {
            let open = self.unknowns.iter().filter(|unknown| unknown.choices.len() > 1);
            let all = open.flat_map(|unknown| unknown.dependencies.iter().cloned());
            return Ending::Depends(BTreeSet::from_iter(all).into_iter().collect());
        };
        let answers: Vec<bool> = self.outcomes(total).map(|outcome| outcome.allowed() == Tri::Yes).collect();
        let mut matter = BTreeSet::new();
        let mut stride = 1;
        for unknown in &self.unknowns {
            let size = unknown.choices.len();
            let differs = |number: usize| {
                let next = number + stride;
                number / stride % size + 1 < size && answers.get(number) != answers.get(next)
            };
            if (0..total).any(differs) {
                matter.extend(unknown.dependencies.iter().cloned());
            }
            stride *= size;
        }
        if matter.is_empty() { Ending::Settled } else { Ending::Depends(matter.into_iter().collect()) }
    }

    /// What comes out if the unknowns are as chosen?
    ///
    /// `levels` is room for the SCP levels, so that each combination need not make its own.
    fn outcome(&self, chosen: &[u32], levels: &mut [bool]) -> Outcome {
        let holds =
            |facet: &Facet| chosen.get(facet.unknown).is_some_and(|choice| choice >> facet.bit & 1 == 1);
        let mut says = self.certain;
        let mut situation = self.situation;
        levels.copy_from_slice(&self.scp_levels);
        for statement in &self.statements {
            if statement.needs.iter().all(holds) {
                says.hear(statement.place, statement.effect, levels);
            }
        }
        for (unknown, choice) in self.unknowns.iter().zip(chosen) {
            let holds = Tri::from(*choice != 0);
            match unknown.is {
                Identity::Owner => situation.same_account = holds,
                Identity::Grants => situation.granted = holds,
                Identity::RootAccess => situation.root_access = holds,
                _ => {}
            }
        }
        if !levels.is_empty() {
            says.scp.allow = levels.iter().all(|allows| *allows).into();
        }
        combine(&situation, &says)
    }
}

fn verdict(allowed: bool, always_denied: bool) -> Verdict {
    match (allowed, always_denied) {
        (true, _) => Verdict::Allowed,
        (false, true) => Verdict::ExplicitlyDenied,
        (false, false) => Verdict::ImplicitlyDenied,
    }
}

impl Unknown {
    /// The only facet, if the choices are whether it holds.
    fn single_facet(&self) -> Option<u32> {
        let told_apart = !matches!(
            self.is,
            Identity::Owner | Identity::Grants | Identity::RootAccess | Identity::NotSeen(_)
        );
        match self.choices.as_slice() {
            [0, bit] if told_apart && bit.is_power_of_two() => Some(bit.trailing_zeros()),
            _ => None,
        }
    }
}

impl Identity {
    /// The facets that are asked for without a statement.
    fn asked_beside_statements(&self) -> u32 {
        match self {
            Self::Owner | Self::Grants | Self::RootAccess => 1,
            _ => 0,
        }
    }
}

impl Sayings {
    /// Would a statement of this effect in this place tell nothing new?
    fn knows(&self, place: Place, effect: Effect, scp_levels: &[bool]) -> bool {
        let known = |say: &Say| if effect == Effect::Allow { say.allow } else { say.deny };
        let known = match place {
            Place::Identity => known(&self.identity),
            Place::Boundary => known(&self.boundary),
            Place::Session => known(&self.session),
            Place::Endpoint => known(&self.endpoint),
            // Those of customers only deny.
            Place::Rcp if effect == Effect::Allow => Tri::Yes,
            Place::Rcp => self.rcp.deny,
            Place::Scp(level) if effect == Effect::Allow => {
                scp_levels.get(level).is_some_and(|allows| *allows).into()
            }
            Place::Scp(_) => self.scp.deny,
            Place::Resource(_) if effect == Effect::Deny => self.resource.deny,
            Place::Resource(Form::Itself) => self.resource.itself,
            Place::Resource(Form::Behind) => self.resource.behind,
            Place::Resource(Form::Account) => self.resource.account,
        };
        known == Tri::Yes
    }

    /// Takes in a statement that matches.
    fn hear(&mut self, place: Place, effect: Effect, scp_levels: &mut [bool]) {
        let say = match place {
            Place::Identity => &mut self.identity,
            Place::Boundary => &mut self.boundary,
            Place::Session => &mut self.session,
            Place::Endpoint => &mut self.endpoint,
            Place::Rcp => &mut self.rcp,
            Place::Scp(level) => {
                match (effect, scp_levels.get_mut(level)) {
                    (Effect::Allow, Some(allows)) => *allows = true,
                    _ => self.scp.deny = Tri::Yes,
                }
                return;
            }
            Place::Resource(form) => {
                let slot = match (effect, form) {
                    (Effect::Deny, _) => &mut self.resource.deny,
                    (Effect::Allow, Form::Itself) => &mut self.resource.itself,
                    (Effect::Allow, Form::Behind) => &mut self.resource.behind,
                    (Effect::Allow, Form::Account) => &mut self.resource.account,
                };
                *slot = Tri::Yes;
                return;
            }
        };
        match effect {
            Effect::Allow => say.allow = Tri::Yes,
            Effect::Deny => say.deny = Tri::Yes,
        }
    }
}

/// Fills an [`OpenQuestion`] layer by layer.
struct Reader<'q, 's, 'r> {
    store: &'s PolicyStore,
    request: &'q Request<'r>,
    question: &'q mut OpenQuestion,
}

impl Reader<'_, '_, '_> {
    fn read_all(&mut self, applicable: &Applicable<'_>) {
        let situation = self.question.situation;
        // First which layers there are: whether there is a boundary tells how `NotPrincipal` is to be read.
        self.read_presence(applicable);
        each_document(self.request, applicable, &situation, |place, policy, rule| {
            for (statement, row) in (0..).zip(self.store.statements(policy)) {
                self.read_statement(StatementRef { policy, statement }, row, place, rule);
            }
        });
        if situation.same_account == Tri::Maybe {
            self.facet(Identity::Owner, vec![Dependency::ResourceOwner], &[0, 1], 0);
        }
        if situation.root_access == Tri::Maybe {
            self.facet(Identity::RootAccess, vec![Dependency::RootAccess], &[0, 1], 0);
        }
        if situation.granted == Tri::Maybe {
            self.facet(Identity::Grants, vec![Dependency::KmsGrants], &[0, 1], 0);
        }
    }

    fn read_presence(&mut self, applicable: &Applicable<'_>) {
        let situation = self.question.situation;
        if has_identity_side(situation.kind) {
            self.presence(applicable.identity, Place::Identity, Layer::Identity);
            self.presence(applicable.boundary, Place::Boundary, Layer::Boundary);
            self.presence(applicable.session, Place::Session, Layer::Session);
            if applicable.session == Documents::None && situation.kind == Kind::FederatedUser {
                self.silence(Place::Session);
            }
        }
        self.presence(applicable.endpoint, Place::Endpoint, Layer::Endpoint);
        match applicable.scps {
            Ladder::NotSeen if situation.under_scps => self.not_seen(Layer::Scp, Place::Scp(0)),
            Ladder::Levels(levels) if situation.under_scps => {
                self.question.scp_levels = vec![false; levels.len()];
            }
            _ => {}
        }
        if situation.under_rcps && applicable.rcps == Ladder::NotSeen {
            let facet = self.facet(
                Identity::NotSeen(Layer::Rcp),
                vec![Dependency::NotSeen(Layer::Rcp)],
                &[0, 1 << layer_facet::DENIES],
                layer_facet::DENIES,
            );
            self.push(Place::Rcp, Effect::Deny, vec![facet]);
        }
        match applicable.resource_policy(self.request) {
            ResourcePolicy::None => {}
            ResourcePolicy::NotSeen => self.resource_not_seen(),
            ResourcePolicy::Some(policy) => {
                let public = self.store.policy(policy).is_some_and(|row| row.public);
                self.question.certain.resource.public = public.into();
            }
        }
    }

    fn presence(&mut self, documents: Documents<'_>, place: Place, layer: Layer) {
        match documents {
            Documents::None => {}
            Documents::NotSeen | Documents::Partly(_) => self.not_seen(layer, place),
            Documents::Some(_) => self.silence(place),
        }
    }

    /// A layer that exists allows only what its statements allow.
    fn silence(&mut self, place: Place) {
        let certain = &mut self.question.certain;
        match place {
            Place::Identity => certain.identity.allow = Tri::No,
            Place::Boundary => certain.boundary.allow = Tri::No,
            Place::Session => certain.session.allow = Tri::No,
            Place::Endpoint => certain.endpoint.allow = Tri::No,
            Place::Scp(_) | Place::Rcp | Place::Resource(_) => {}
        }
    }

    fn not_seen(&mut self, layer: Layer, place: Place) {
        use layer_facet::{ALLOWS, DENIES, EXISTS};
        self.silence(place);
        if matches!(place, Place::Scp(_)) {
            self.question.scp_levels.push(false);
        }
        // It is not there (a ceiling then restricts nothing), or it is and allows, or does not, or denies.
        let federated = self.question.situation.kind == Kind::FederatedUser;
        let nothing_without = layer == Layer::Identity || (layer == Layer::Session && federated);
        let absent = if nothing_without { 0 } else { 1 << ALLOWS };
        let present = 1 << EXISTS;
        let choices = [absent, present | 1 << ALLOWS, present, present | 1 << DENIES];
        let dependencies = vec![Dependency::NotSeen(layer)];
        let allows = self.facet(Identity::NotSeen(layer), dependencies, &choices, ALLOWS);
        self.push(place, Effect::Allow, vec![allows]);
        self.push(place, Effect::Deny, vec![Facet { bit: DENIES, ..allows }]);
    }

    fn resource_not_seen(&mut self) {
        use layer_facet::{ALLOWS, ALLOWS_ACCOUNT, ALLOWS_BEHIND, DENIES};
        let layer = self.question.situation.resource_layer();
        let choices = [0, 1 << ALLOWS, 1 << ALLOWS_BEHIND, 1 << ALLOWS_ACCOUNT, 1 << DENIES];
        let allows = self.facet(Identity::NotSeen(layer), vec![Dependency::NotSeen(layer)], &choices, ALLOWS);
        self.push(Place::Resource(Form::Itself), Effect::Allow, vec![allows]);
        self.push(Place::Resource(Form::Behind), Effect::Allow, vec![Facet { bit: ALLOWS_BEHIND, ..allows }]);
        self.push(
            Place::Resource(Form::Account),
            Effect::Allow,
            vec![Facet { bit: ALLOWS_ACCOUNT, ..allows }],
        );
        self.push(Place::Resource(Form::Itself), Effect::Deny, vec![Facet { bit: DENIES, ..allows }]);
    }

    fn read_statement(&mut self, at: StatementRef, row: &StatementRow, place: Place, rule: PrincipalRule) {
        let is_silent =
            |row| rule.is_void(row, self.request) || !self.store.may_speak_of(row, self.request.action);
        if row.faulty && is_silent(row) {
            return;
        }
        if row.faulty {
            let choices: &[u32] = if row.effect.is_none() { &[0, 1, 2] } else { &[0, 1] };
            let facet = self.facet(Identity::Unreadable(at), vec![Dependency::Unreadable(at)], choices, 0);
            match row.effect {
                Some(effect) => self.push(place, effect, vec![facet]),
                None => {
                    self.push(place, Effect::Allow, vec![facet]);
                    self.push(place, Effect::Deny, vec![Facet { bit: 1, ..facet }]);
                }
            }
            return;
        }
        let Some(effect) = row.effect else { return };
        let covered = covers(self.store, row, self.request);
        let reach = rule.reach(self.store, row, self.request);
        if covered == Tri::No || reach.holds == Tri::No {
            return;
        }
        let mut open = Vec::new();
        for number in self.store.clause_numbers(row) {
            let Some(clause) = self.store.clause(*number) else { continue };
            match clause.holds(self.request) {
                Tri::No => return,
                Tri::Maybe => open.push((*number, clause)),
                Tri::Yes => {}
            }
        }
        // The strongest form tells for the decision: it needs no more than the others.
        let place = match (place, reach.forms.strongest()) {
            (Place::Resource(_), Some(form)) => Place::Resource(form),
            (place, _) => place,
        };
        let mut needs: Vec<Facet> =
            open.into_iter().map(|(number, clause)| self.clause_facet(at, number, clause)).collect();
        if covered == Tri::Maybe {
            let keys = self.unknown_keys_of_resource(row);
            needs.push(self.facet(Identity::Cover(at), keys, &[0, 1], 0));
        }
        if reach.holds == Tri::Maybe && rule.is_unread(row) {
            needs.push(self.unreadable(at));
        } else if reach.holds == Tri::Maybe {
            // Only whether there is a boundary can leave that open.
            let boundary = Identity::NotSeen(Layer::Boundary);
            let found = self.question.unknowns.iter().position(|unknown| unknown.is == boundary);
            needs.extend(found.map(|unknown| Facet { unknown, bit: layer_facet::EXISTS }));
        }
        self.push(place, effect, needs);
    }

    fn push(&mut self, place: Place, effect: Effect, needs: Vec<Facet>) {
        if needs.is_empty() {
            let Self { question, .. } = self;
            question.certain.hear(place, effect, &mut question.scp_levels);
        } else {
            self.question.statements.push(OpenStatement { place, effect, needs });
        }
    }

    fn facet(&mut self, is: Identity, dependencies: Vec<Dependency>, choices: &[u32], bit: u32) -> Facet {
        let unknowns = &mut self.question.unknowns;
        let found = unknowns.iter().position(|unknown| unknown.is == is);
        let unknown = found.unwrap_or_else(|| {
            unknowns.push(Unknown { is, dependencies, choices: choices.to_vec() });
            unknowns.len() - 1
        });
        Facet { unknown, bit }
    }

    fn unreadable(&mut self, at: StatementRef) -> Facet {
        self.facet(Identity::Unreadable(at), vec![Dependency::Unreadable(at)], &[0, 1], 0)
    }

    fn clause_facet(&mut self, at: StatementRef, number: u32, clause: &Clause) -> Facet {
        if !clause.is_understood() {
            return self.unreadable(at);
        }
        let by_variables = clause.unknown_variables(self.request);
        let key = clause.key().name().to_owned();
        let key_open = self.request.fact(clause.key()).is_open();
        if !by_variables.is_empty() {
            let own = key_open.then_some(key);
            let keys = by_variables.into_iter().chain(own).map(Dependency::Key).collect();
            return self.facet(Identity::Clause(number), keys, &[0, 1], 0);
        }
        // Two keys tell the time of a request, and it has one.
        let name = if is_on_the_time(self.request, clause) { CLOCK.to_owned() } else { key.clone() };
        let unknowns = &mut self.question.unknowns;
        let same =
            |unknown: &Unknown| matches!(&unknown.is, Identity::Key { name: known, .. } if *known == name);
        let unknown = unknowns.iter().position(same).unwrap_or_else(|| {
            let is = Identity::Key { name: name.clone(), clauses: Vec::new() };
            unknowns.push(Unknown { is, dependencies: Vec::new(), choices: Vec::new() });
            unknowns.len() - 1
        });
        let Some(Unknown { is: Identity::Key { clauses, .. }, dependencies, .. }) = unknowns.get_mut(unknown)
        else {
            return Facet { unknown, bit: 0 };
        };
        let dependency = Dependency::Key(key);
        if !dependencies.contains(&dependency) {
            dependencies.push(dependency);
        }
        let place = clauses.iter().position(|other| *other == number).unwrap_or_else(|| {
            clauses.push(number);
            clauses.len() - 1
        });
        // A key asked in more ways than there are bits shares the last one: that only leaves more open.
        Facet { unknown, bit: u32::try_from(place).unwrap_or(31).min(31) }
    }

    fn unknown_keys_of_resource(&self, row: &StatementRow) -> Vec<Dependency> {
        let keys = self.store.resource_set(row).map(|set| set.unknown_keys(self.request));
        BTreeSet::from_iter(keys.into_iter().flatten()).into_iter().collect()
    }
}

/// Is it a clause on the time of the request, which every request tells by two keys?
fn is_on_the_time(request: &Request<'_>, clause: &Clause) -> bool {
    let is_sent = |key: &str| matches!(request.fact(&Key::new(key)), Seen::Present);
    clause.on_the_time().is_some() && is_sent(CLOCK) && is_sent(EPOCH)
}

/// The combinations of answers that one key can give to the clauses that ask for it.
fn choices_of_key(store: &PolicyStore, request: &Request<'_>, numbers: &[u32]) -> Vec<u32> {
    let clauses: Vec<Cow<'_, Clause>> = numbers
        .iter()
        .filter_map(|number| store.clause(*number))
        .map(|clause| match clause.on_the_time() {
            Some(on_the_time) if is_on_the_time(request, clause) => Cow::Owned(on_the_time),
            _ => Cow::Borrowed(clause),
        })
        .collect();
    let clauses: Vec<&Clause> = clauses.iter().map(|clause| &**clause).collect();
    let mut choices = Vec::new();
    each_choice(&clauses, request, |choice| choices.push(choice));
    choices.sort_unstable();
    choices.dedup();
    choices
}
