//! The answer as a function of what is unknown.
//!
//! Three-valued logic alone is too timid: it says "maybe" of `a or not a`. Where it leaves a request open, the request
//! is looked at again: every unknown becomes a variable with a few *choices*, every statement that may match becomes
//! the list of choices that it needs, and all combinations are tried. If they agree, the answer is settled after all.
//! If not, an unknown matters exactly if changing it alone changes the answer for some choice of the others, and the
//! unknowns that matter are the smallest set that settles every case.
//!
//! A condition key is one unknown, however many clauses ask for it: its choices are the combinations of answers that
//! some value of the key, or its absence, can give. Where those cannot be told (globs, ranges) every combination counts
//! as possible. That can only leave more open, never settle wrongly.
//!
//! Past [`MOST_COMBINATIONS`] nothing is tried, and all unknowns count as mattering.

use std::collections::BTreeSet;

use clavicle_policy::Effect;

use crate::applicable::{Applicable, Documents, Ladder, Layer, ResourcePolicy};
use crate::clause::Clause;
use crate::combine::{Outcome, combine, has_identity_side};
use crate::decide::Verdict;
use crate::dependency::Dependency;
use crate::matching::{PrincipalRule, covers};
use crate::named::Form;
use crate::principal::Kind;
use crate::request::{Request, Seen};
use crate::say::{Grants, Say, Sayings, StatementRef};
use crate::situation::Situation;
use crate::store::{PolicyId, PolicyStore, StatementRow};
use crate::tri::Tri;

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
    /// Whatever the unknowns are, this is the answer.
    Settled(Verdict),
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
}

/// A statement that may match: it does if all its facets hold.
struct OpenStatement {
    place: Place,
    effect: Effect,
    needs: Vec<Facet>,
}

#[derive(Debug, Clone, Copy)]
struct Facet {
    unknown: usize,
    bit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Identity,
    Boundary,
    Session,
    Scp(usize),
    Rcp,
    Resource(Form),
    Endpoint,
}

/// Facets of a layer that nobody has shown.
mod layer_facet {
    /// It allows.
    pub(super) const ALLOWS: u32 = 0;
    /// It denies.
    pub(super) const DENIES: u32 = 1;
    /// It exists.
    pub(super) const EXISTS: u32 = 2;
    /// It names the role behind the session, or the user who federated.
    pub(super) const ALLOWS_BEHIND: u32 = 3;
    /// It names the account.
    pub(super) const ALLOWS_ACCOUNT: u32 = 4;
    /// It is public.
    pub(super) const PUBLIC: u32 = 5;
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
        question
    }

    /// Tries every combination.
    pub(crate) fn end(&self) -> Ending {
        let sizes: Vec<usize> = self.unknowns.iter().map(|unknown| unknown.choices.len()).collect();
        let total = sizes.iter().try_fold(1_usize, |total, size| total.checked_mul(*size));
        let Some(total) = total.filter(|total| *total <= MOST_COMBINATIONS) else {
            let all = self.unknowns.iter().flat_map(|unknown| unknown.dependencies.iter().cloned());
            return Ending::Depends(BTreeSet::from_iter(all).into_iter().collect());
        };
        let mut chosen = vec![0; sizes.len()];
        let mut always_denied = true;
        let answers: Vec<bool> = (0..total)
            .map(|number| {
                let mut rest = number;
                for ((slot, unknown), size) in chosen.iter_mut().zip(&self.unknowns).zip(&sizes) {
                    *slot = unknown.choices.get(rest % size).copied().unwrap_or(0);
                    rest /= size;
                }
                let outcome = self.outcome(&chosen);
                always_denied &= outcome.denied == Tri::Yes;
                outcome.allowed() == Tri::Yes
            })
            .collect();
        let first = answers.first().copied().unwrap_or(false);
        if answers.iter().all(|answer| *answer == first) {
            return Ending::Settled(match (first, always_denied) {
                (true, _) => Verdict::Allowed,
                (false, true) => Verdict::ExplicitlyDenied,
                (false, false) => Verdict::ImplicitlyDenied,
            });
        }
        let mut matter = BTreeSet::new();
        let mut stride = 1;
        for (unknown, size) in self.unknowns.iter().zip(&sizes) {
            let differs = |number: usize| {
                let next = number + stride;
                number / stride % size + 1 < *size && answers.get(number) != answers.get(next)
            };
            if (0..total).any(differs) {
                matter.extend(unknown.dependencies.iter().cloned());
            }
            stride *= size;
        }
        Ending::Depends(matter.into_iter().collect())
    }

    /// What comes out if the unknowns are as chosen?
    fn outcome(&self, chosen: &[u32]) -> Outcome {
        let holds =
            |facet: &Facet| chosen.get(facet.unknown).is_some_and(|choice| choice >> facet.bit & 1 == 1);
        let mut says = self.certain;
        let mut situation = self.situation;
        let mut levels = self.scp_levels.clone();
        for statement in &self.statements {
            if statement.needs.iter().all(holds) {
                says.hear(statement.place, statement.effect, &mut levels);
            }
        }
        for (unknown, choice) in self.unknowns.iter().zip(chosen) {
            let has = |bit: u32| Tri::from(choice >> bit & 1 == 1);
            match unknown.is {
                Identity::Owner => situation.same_account = has(0),
                Identity::Grants => situation.granted = has(0),
                Identity::NotSeen(Layer::Resource | Layer::Trust) => {
                    says.resource.public = has(layer_facet::PUBLIC)
                }
                _ => {}
            }
        }
        if !levels.is_empty() {
            says.scp.allow = levels.iter().all(|allows| *allows).into();
        }
        combine(&situation, &says)
    }
}

impl Sayings {
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
        if has_identity_side(situation.kind) {
            self.read_documents(
                applicable.identity,
                Place::Identity,
                Layer::Identity,
                PrincipalRule::Ignored,
            );
            self.read_documents(
                applicable.boundary,
                Place::Boundary,
                Layer::Boundary,
                PrincipalRule::Ignored,
            );
            self.read_documents(applicable.session, Place::Session, Layer::Session, PrincipalRule::Ignored);
            if applicable.session == Documents::None && situation.kind == Kind::FederatedUser {
                self.silence(Place::Session);
            }
        }
        let rule = PrincipalRule::of_endpoint(applicable, situation.kind);
        self.read_documents(applicable.endpoint, Place::Endpoint, Layer::Endpoint, rule);
        if situation.under_scps {
            match applicable.scps {
                Ladder::None => {}
                Ladder::NotSeen => self.not_seen(Layer::Scp, Place::Scp(0)),
                Ladder::Levels(levels) => {
                    for (level, policies) in levels.iter().enumerate() {
                        self.question.scp_levels.push(false);
                        self.read_policies(policies, Place::Scp(level), PrincipalRule::Ignored);
                    }
                }
            }
        }
        let rule = PrincipalRule::of_resource(applicable, situation.kind);
        if situation.under_rcps {
            match applicable.rcps {
                Ladder::None => {}
                Ladder::NotSeen => {
                    let facet = self.facet(
                        Identity::NotSeen(Layer::Rcp),
                        vec![Dependency::NotSeen(Layer::Rcp)],
                        &[0, 1 << layer_facet::DENIES],
                        layer_facet::DENIES,
                    );
                    self.push(Place::Rcp, Effect::Deny, vec![facet]);
                }
                Ladder::Levels(levels) => {
                    for policies in levels {
                        self.read_policies(policies, Place::Rcp, rule);
                    }
                }
            }
        }
        match applicable.resource_policy(self.request) {
            ResourcePolicy::None => {}
            ResourcePolicy::NotSeen => self.resource_not_seen(),
            ResourcePolicy::Some(policy) => {
                let public = self.store.policy(policy).is_some_and(|row| row.public);
                self.question.certain.resource.public = public.into();
                self.read_policies(&[policy], Place::Resource(Form::Itself), rule);
            }
        }
        if situation.same_account == Tri::Maybe {
            self.facet(Identity::Owner, vec![Dependency::ResourceOwner], &[0, 1], 0);
        }
        if situation.granted == Tri::Maybe {
            self.facet(Identity::Grants, vec![Dependency::KmsGrants], &[0, 1], 0);
        }
    }

    fn read_documents(&mut self, documents: Documents<'_>, place: Place, layer: Layer, rule: PrincipalRule) {
        match documents {
            Documents::None => {}
            Documents::NotSeen => self.not_seen(layer, place),
            Documents::Some(policies) => {
                self.silence(place);
                self.read_policies(policies, place, rule);
            }
            Documents::Partly(policies) => {
                self.not_seen(layer, place);
                self.read_policies(policies, place, rule);
            }
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
        use layer_facet::{ALLOWS, ALLOWS_ACCOUNT, ALLOWS_BEHIND, DENIES, PUBLIC};
        let layer = self.question.situation.resource_layer();
        let choices =
            [0, 1 << ALLOWS, 1 << ALLOWS | 1 << PUBLIC, 1 << ALLOWS_BEHIND, 1 << ALLOWS_ACCOUNT, 1 << DENIES];
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

    fn read_policies(&mut self, policies: &[PolicyId], place: Place, rule: PrincipalRule) {
        for policy in policies {
            for (statement, row) in (0..).zip(self.store.statements(*policy)) {
                self.read_statement(StatementRef { policy: *policy, statement }, row, place, rule);
            }
        }
    }

    fn read_statement(&mut self, at: StatementRef, row: &StatementRow, place: Place, rule: PrincipalRule) {
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
            open.into_iter().map(|(number, clause)| self.clause_facet(number, clause)).collect();
        if covered == Tri::Maybe {
            let keys = self.unknown_keys_of_resource(row);
            needs.push(self.facet(Identity::Cover(at), keys, &[0, 1], 0));
        }
        if reach.holds == Tri::Maybe {
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

    fn clause_facet(&mut self, number: u32, clause: &Clause) -> Facet {
        let by_variables = clause.unknown_variables(self.request);
        let key = clause.key().name().to_owned();
        let key_open = matches!(self.request.fact(clause.key()), Seen::Unknown);
        if !by_variables.is_empty() {
            let own = key_open.then_some(key);
            let keys = by_variables.into_iter().chain(own).map(Dependency::Key).collect();
            return self.facet(Identity::Clause(number), keys, &[0, 1], 0);
        }
        let unknowns = &mut self.question.unknowns;
        let same = |unknown: &Unknown| matches!(&unknown.is, Identity::Key { name, .. } if *name == key);
        let unknown = unknowns.iter().position(same).unwrap_or_else(|| {
            let is = Identity::Key { name: key.clone(), clauses: Vec::new() };
            unknowns.push(Unknown { is, dependencies: vec![Dependency::Key(key)], choices: Vec::new() });
            unknowns.len() - 1
        });
        let Some(Unknown { is: Identity::Key { clauses, .. }, .. }) = unknowns.get_mut(unknown) else {
            return Facet { unknown, bit: 0 };
        };
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

/// The combinations of answers that one key can give to the clauses that ask for it.
fn choices_of_key(store: &PolicyStore, request: &Request<'_>, numbers: &[u32]) -> Vec<u32> {
    let clauses: Vec<&Clause> = numbers.iter().filter_map(|number| store.clause(*number)).collect();
    let combinations = |count: usize| (0..1_u32 << count.min(14)).collect();
    // Past this many, no combination is tried anyway; see `end`.
    if clauses.len() > 14 {
        return combinations(14);
    }
    let answers = |seen: Seen<'_>| {
        clauses.iter().enumerate().fold(0_u32, |bits, (place, clause)| {
            bits | u32::from(clause.holds_for(seen, request) == Tri::Yes) << place
        })
    };
    if clauses.len() < 2 || !clauses.iter().all(|clause| clause.is_plain()) {
        return combinations(clauses.len());
    }
    let mut choices = BTreeSet::from([answers(Seen::Absent)]);
    if let Some(values) = crate::clause::sample_values(&clauses) {
        choices.extend(values.iter().map(|value| answers(Seen::One(value))));
        return choices.into_iter().collect();
    }
    // Present, each different test may come out either way, and clauses of one test go together.
    let mut tests: Vec<&Clause> = Vec::new();
    let mut test_of = Vec::new();
    for clause in &clauses {
        let place = tests.iter().position(|other| other.same_test(clause)).unwrap_or_else(|| {
            tests.push(clause);
            tests.len() - 1
        });
        test_of.push(place);
    }
    for outcome in 0..1_u32 << tests.len() {
        choices.insert(clauses.iter().zip(&test_of).enumerate().fold(0, |bits, (place, (clause, test))| {
            bits | u32::from(clause.holds_present(outcome >> test & 1 == 1)) << place
        }));
    }
    choices.into_iter().collect()
}
