//! All ways in, found in the policies of doors and decided by the engine.

use std::borrow::Cow;
use std::sync::Arc;

use clavicle_catalog::{ArnForm, Word};
use clavicle_engine::{Action, Context, Dependency, Fact, Layer, Pin, PinState, PolicyId, Verdict};
use clavicle_policy::{BaseOperator, Effect, Policy, PrincipalKind as Listed};
use clavicle_snapshot::{PrincipalIndex, PrincipalKind, ResourceIndex};
use rayon::prelude::*;

use crate::access::{Asked, Wanted};
use crate::actor::{Actor, Target};
use crate::asked_words::DRAWN;
use crate::becomes::ANYONE_SIGNED_IN;
use crate::digest::{Principals, StatementDigest};
use crate::outside::guard::{Guard, GuardKind, Judged, guards_of};
use crate::outside::outsider::Outsider;
use crate::outside::way::{Door, Gets, Opening, Way};
use crate::ruling::{ANOTHER_ORGANIZATION, Ruling, Why};
use crate::side::{ActorSide, TargetSide, applicable};
use crate::world::World;
use clavicle_catalog::identity_provider::{Subjects, is_told_by_audience, subjects};

/// So many ways to meet the exact guards of a way are tried.
const MOST_MET: usize = 16;

/// An account that nobody has heard of, for which a service may act.
const STRANGER: &str = "000000000000";

impl World {
    /// Every way in from outside, also those that are blocked, by door. Linear in the policies; a decision for each
    /// outsider that a door names and each action that it is let in for. On every core.
    pub fn ways_in(&self) -> Vec<Way> {
        let roles =
            self.principals().filter(|index| self.snapshot().principal(*index).kind == PrincipalKind::Role);
        let roles: Vec<PrincipalIndex> = roles.collect();
        let mut found: Vec<Way> = roles.par_iter().flat_map_iter(|role| self.ways_into(*role)).collect();
        let resources = (0..self.snapshot().resources.len()).into_par_iter().with_min_len(256);
        let of_things = resources.flat_map_iter(|at| self.ways_by(&Target::Resource(ResourceIndex::at(at))));
        found.par_extend(of_things);
        found
    }

    /// The ways in by one door.
    pub fn ways_by(&self, target: &Target) -> Vec<Way> {
        match target {
            Target::Principal(role) => self.ways_into(*role),
            Target::Resource(resource) => {
                let mut ways = self.ways_to(*resource);
                ways.extend(self.ways_by_acl(*resource));
                ways.extend(self.ways_by_share(*resource));
                ways
            }
            Target::Arn(..) | Target::Anything => Vec::new(),
        }
    }

    /// Why a way is open or not, for the best of what it gives. The caller's own side is taken to allow everything. `None` for
    /// shares, which no policy decides.
    pub fn explain_way(&self, way: &Way) -> Option<Why> {
        if matches!(way.door, Door::Share(_)) {
            return None;
        }
        let gets = way.best()?;
        let blocked = way.opening() == Opening::Blocked;
        let met = blocked.then(|| self.contexts_met(way).into_iter().next()).flatten();
        let when = met.unwrap_or_else(|| self.way_context(&way.outsider));
        let target = way.door.target();
        let sides = self.way_sides(&way.outsider, &way.guards);
        let action = Action::new(&gets.action);
        let sought = self.target_side(&target, Some(&gets.arn));
        // Of everyone, those are asked about who come furthest.
        let rank = |side: &&ActorSide<'_>| match self.rule(side, &action, &sought, &when).verdict {
            Verdict::Allowed => 0,
            Verdict::Depends => 1,
            Verdict::ImplicitlyDenied | Verdict::ExplicitlyDenied => 2,
        };
        let side = sides.iter().min_by_key(rank)?;
        let request = clavicle_engine::Request::derived(&side.principal, &action, &sought.resource, &when);
        let mut explanation = clavicle_engine::explain(self.store(), &request, &applicable(side, &sought));
        explanation.depends_on = gets.ruling.depends_on.clone();
        if !matches!(way.outsider.actor(), Actor::Provider(_) | Actor::Service(_) | Actor::CanonicalUser(_)) {
            // What was taken of the other side is not what was seen of it.
            for pin in &mut explanation.pins {
                if matches!(pin.layer, Layer::Identity | Layer::Boundary | Layer::Scp) {
                    *pin = Pin { state: PinState::NotSeen, statements: Vec::new(), ..pin.clone() };
                }
            }
        }
        explanation.because.retain(|because| because.policy != self.documents.full_access);
        Some(Why { explanation, documents: self.attached(&way.outsider.actor(), &target) })
    }

    fn ways_into(&self, role: PrincipalIndex) -> Vec<Way> {
        let Some(policy) = self.trust_policy(role) else { return Vec::new() };
        let mut ways = self.named_ways(policy, Door::Trust(role));
        let target = Target::Principal(role);
        ways.retain_mut(|way| {
            let action = Action::new(assuming(&way.outsider));
            if !self.speaks_of(way, action.lower()) {
                return false;
            }
            let when = self.way_context(&way.outsider);
            let side = self.target_side(&target, None);
            let mut ruling = self.best_ruling(way, &action, &side, &when);
            let met = || {
                self.contexts_met(way).into_iter().map(|when| self.best_ruling(way, &action, &side, &when))
            };
            if ruling.may() && !met().any(|ruling| ruling.may()) {
                ruling = met().next().unwrap_or(ruling);
            }
            way.gets.push(Gets {
                word: Some(Word::Become),
                action: action.text().into(),
                arn: self.arn_of(&target),
                ruling,
                needs: Vec::new(),
            });
            true
        });
        without_the_superfluous(ways)
    }

    fn ways_to(&self, resource: ResourceIndex) -> Vec<Way> {
        let Some(policy) = self.resource_policy(resource) else { return Vec::new() };
        let mut ways = self.named_ways(policy, Door::Policy(resource));
        if ways.is_empty() {
            return ways;
        }
        let target = Target::Resource(resource);
        for way in &mut ways {
            way.gets = self.gets_of(way, &target);
        }
        ways.retain(|way| !way.gets.is_empty());
        without_the_superfluous(ways)
    }

    /// What the statements of a way give on a thing, word by word.
    fn gets_of(&self, way: &Way, target: &Target) -> Vec<Gets> {
        let asking = Asking {
            when: self.way_context(&way.outsider),
            met: self.contexts_met(way),
            sides: self.way_sides(&way.outsider, &way.guards),
        };
        let mut found = Vec::new();
        for word in DRAWN {
            let wanted: Vec<Wanted> = self
                .words_on(target)
                .into_iter()
                .flat_map(|kind| kind.wanted(word))
                .filter(|wanted| {
                    wanted.form != ArnForm::Anything && self.speaks_of(way, wanted.action.lower())
                })
                .cloned()
                .collect();
            found.extend(self.best_of(Some(word), &wanted, target, &asking));
        }
        if found.is_empty() {
            found.push(self.gets_by_name(way, target, &asking));
        }
        found
    }

    /// The best that an outsider gets of some actions; where they get nothing, the ruling on the first.
    fn best_of(
        &self,
        word: Option<Word>,
        wanted: &[Wanted],
        target: &Target,
        asking: &Asking<'_>,
    ) -> Option<Gets> {
        let first = wanted.first()?;
        let Asking { when, met, sides, .. } = asking;
        let asked = |when| Asked::new(self, wanted, target, when);
        let possible = met.iter().map(asked).any(|met| sides.iter().any(|side| met.how(side).is_some()));
        let asked = asked(when);
        let ways = sides.iter().filter(|_| possible).filter_map(|side| asked.how(side));
        let gets = ways.filter_map(|how| {
            Some(Gets {
                word,
                action: wanted.get(how.action)?.action.text().into(),
                arn: how.arn,
                ruling: how.ruling,
                needs: how.needs,
            })
        });
        if let Some(best) = gets.min_by_key(Gets::opening) {
            return Some(best);
        }
        let arn: Arc<str> = first.form.of(&self.arn_of(target)).into();
        let side = self.target_side(target, Some(&arn));
        let when = met.first().unwrap_or(when);
        let rulings = sides.iter().map(|caller| self.rule(caller, &first.action, &side, when));
        // An action that is allowed and still gives nothing lacks the key.
        let ruling = rulings.into_iter().find(|ruling| !ruling.may());
        let ruling = ruling.unwrap_or_else(|| Ruling::no(Verdict::ImplicitlyDenied));
        Some(Gets { word, action: first.action.text().into(), arn, ruling, needs: Vec::new() })
    }

    /// What statements give of actions and things that no word is known for, asked as the statements name them: the
    /// policy of an API speaks of `execute-api:…`, which is no name of the API itself.
    fn gets_by_name(&self, way: &Way, target: &Target, asking: &Asking<'_>) -> Gets {
        let own = self.arn_of(target);
        let written = way.policy.and_then(|policy| self.read(policy));
        let statements = way.statements.iter().filter_map(|at| written.as_ref()?.statements.get(*at));
        let mut best: Option<Gets> = None;
        for statement in statements {
            let resources = statement.resource.iter().filter(|element| !element.negated);
            let named = resources.flat_map(|element| &element.patterns).map(|text| text.value.as_str());
            let arns: Vec<&str> = named.filter(|text| *text != "*").chain([&*own]).collect();
            let actions = statement.action.iter().filter(|element| !element.negated);
            for pattern in actions.flat_map(|element| &element.patterns) {
                let Some(action) = self.action_of(&pattern.value) else { continue };
                for arn in &arns {
                    let side = self.target_side(target, Some(arn));
                    for caller in &asking.sides {
                        let gets = Gets {
                            word: None,
                            action: action.text().into(),
                            arn: Arc::from(*arn),
                            ruling: self.rule(caller, &action, &side, &asking.when),
                            needs: Vec::new(),
                        };
                        if best.as_ref().is_none_or(|best| gets.opening() < best.opening()) {
                            best = Some(gets);
                        }
                    }
                }
            }
        }
        // `NotAction` and patterns of no action that is known: what they give cannot be told.
        best.unwrap_or_else(|| Gets {
            word: None,
            action: Arc::from("*"),
            arn: own,
            ruling: Ruling {
                verdict: Verdict::Depends,
                depends_on: vec![Dependency::NotSeen(Layer::Resource)],
            },
            needs: Vec::new(),
        })
    }

    /// An action that fits a pattern.
    fn action_of(&self, pattern: &str) -> Option<Action> {
        if !pattern.contains(['*', '?']) {
            return Some(Action::new(pattern));
        }
        let first = self.catalog().expand(pattern).into_iter().next()?;
        Some(Action::new(self.catalog().name(first)))
    }

    /// Do the statements of a way speak of an action, given in lower case?
    fn speaks_of(&self, way: &Way, lower: &str) -> bool {
        let Some(policy) = way.policy else { return false };
        let statements = &self.documents.digest(policy).statements;
        way.statements.iter().filter_map(|at| statements.get(*at)).any(|it| it.actions.may_hold(lower))
    }

    /// Whom the policy of a door names, statement by statement; the same one with the same guards is one way.
    fn named_ways(&self, policy: PolicyId, door: Door) -> Vec<Way> {
        if !self.documents.digest(policy).allows().any(|statement| self.may_name_outsiders(statement)) {
            return Vec::new();
        }
        let Some(written) = self.read(policy) else { return Vec::new() };
        let mut ways: Vec<Way> = Vec::new();
        let owner = self.owner_of(&door.target());
        for (place, statement) in written.statements.iter().enumerate() {
            if statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Deny) {
                continue;
            }
            for outsider in self.outsiders_of(statement, matches!(door, Door::Trust(_))) {
                let service = matches!(outsider, Outsider::Service(_) | Outsider::ThroughService { .. });
                let judged = Judged { owner, provider: outsider.provider(), service };
                let guards = guards_of(statement, place, judged);
                let public = clavicle_engine::is_open_to_anyone(statement)
                    && matches!(outsider, Outsider::Everyone | Outsider::AnyAccount);
                let same = |way: &&mut Way| way.outsider == outsider && same_guards(&way.guards, &guards);
                match ways.iter_mut().find(same) {
                    Some(way) => {
                        way.statements.push(place);
                        way.public |= public;
                    }
                    None => ways.push(Way {
                        subjects: subjects_of(&outsider, &guards, &written),
                        outsider,
                        door,
                        policy: Some(policy),
                        statements: vec![place],
                        guards,
                        public,
                        gets: Vec::new(),
                        stopped: None,
                    }),
                }
            }
        }
        ways
    }

    fn read(&self, policy: PolicyId) -> Option<Policy> {
        clavicle_policy::parse(self.text(policy).as_bytes()).policy
    }

    /// Could a statement name somebody from outside? Most name only our own, and need not be read again.
    fn may_name_outsiders(&self, statement: &StatementDigest) -> bool {
        match &statement.principals {
            None => false,
            Some(Principals::AllBut) => true,
            Some(Principals::Listed(listed)) => listed.iter().any(|(kind, text)| match kind {
                Listed::Aws => {
                    let account = clavicle_policy::AccountId::parse(text)
                        .or_else(|| clavicle_policy::AccountId::of_arn(text));
                    &**text == "*" || account.is_some_and(|account| !self.is_ours(account))
                }
                Listed::Service | Listed::Federated | Listed::CanonicalUser => true,
            }),
        }
    }

    /// The ruling that lets most in, of those that an outsider may be.
    fn best_ruling(&self, way: &Way, action: &Action, target: &TargetSide<'_>, when: &Context) -> Ruling {
        let sides = self.way_sides(&way.outsider, &way.guards);
        let rulings = sides.iter().map(|side| self.rule(side, action, target, when));
        let rank = |ruling: &Ruling| match ruling.verdict {
            Verdict::Allowed => 0,
            Verdict::Depends => 1,
            Verdict::ExplicitlyDenied => 2,
            Verdict::ImplicitlyDenied => 3,
        };
        rulings.min_by_key(rank).unwrap_or_else(|| Ruling::no(Verdict::ImplicitlyDenied))
    }

    /// Those whom an outsider may be, as they ask. Where guards ask for a role of some name, whoever has an account can
    /// have one of that name.
    pub(crate) fn way_sides(&self, outsider: &Outsider, guards: &[Guard]) -> Vec<ActorSide<'_>> {
        let all = &self.documents.full_access;
        let signed = |arn: &str| Some(self.actor_side(&Actor::Unseen(arn.into()))?.if_own_side_allows(all));
        match outsider {
            Outsider::Everyone | Outsider::AnyAccount => {
                let names = guards.iter().filter(|guard| guard.key.eq_ignore_ascii_case("aws:PrincipalArn"));
                let names = names.flat_map(|guard| &guard.values).filter_map(|pattern| stranger_of(pattern));
                let unsigned = matches!(outsider, Outsider::Everyone).then_some(Actor::Everyone);
                let unsigned = unsigned.and_then(|everyone| self.actor_side(&everyone));
                let strangers = names.filter_map(|name| signed(&name));
                unsigned.into_iter().chain(signed(ANYONE_SIGNED_IN)).chain(strangers).collect()
            }
            Outsider::Organization(id) => {
                signed(ANYONE_SIGNED_IN).map(|side| side.somewhere_in(id)).into_iter().collect()
            }
            Outsider::Account(_) | Outsider::Principal(_) => {
                let side = self.actor_side(&outsider.actor());
                side.map(|side| side.if_own_side_allows(all)).into_iter().collect()
            }
            other => self.actor_side(&other.actor()).into_iter().collect(),
        }
    }

    /// The circumstances in which the guards that ask for exact values are met: at least one, at most [`MOST_MET`].
    /// Conditions of other documents may speak of the same keys, and settle a way for good.
    fn contexts_met(&self, way: &Way) -> Vec<Context> {
        let mut found = vec![self.way_context(&way.outsider)];
        for guard in way.guards.iter().filter(|guard| guard.exact && !guard.values.is_empty()) {
            if found.len() * guard.values.len() > MOST_MET {
                continue;
            }
            let each = found.iter().flat_map(|context| {
                guard.values.iter().map(|value| {
                    let mut context = context.clone();
                    // What is known of the caller stands.
                    if context.stated(&guard.key).is_none() && !is_of_caller(&guard.key) {
                        context.set(&guard.key, Fact::One(value.clone()));
                    }
                    context
                })
            });
            found = each.collect();
        }
        found
    }

    /// In which circumstances an outsider asks: a service acts for somebody who is not of us.
    pub(crate) fn way_context(&self, outsider: &Outsider) -> Context {
        let mut when = self.context(&Default::default());
        let account: Option<Cow<'_, str>> = match outsider {
            Outsider::Service(_) => Some(STRANGER.into()),
            Outsider::ThroughService { account, .. } => Some(account.to_string().into()),
            _ => None,
        };
        if let Some(account) = account {
            when.set("aws:SourceAccount", Fact::One(account.clone().into_owned()));
            when.set("aws:SourceOwner", Fact::One(account.into_owned()));
            when.set("aws:SourceOrgID", Fact::One(ANOTHER_ORGANIZATION.to_owned()));
            when.set("aws:SourceOrgPaths", Fact::Many(vec![format!("{ANOTHER_ORGANIZATION}/")]));
        }
        when
    }
}

/// How an outsider becomes a role.
fn assuming(outsider: &Outsider) -> &'static str {
    match outsider {
        Outsider::Provider(name) if name.contains(":saml-provider/") => "sts:AssumeRoleWithSAML",
        Outsider::Provider(_) => "sts:AssumeRoleWithWebIdentity",
        _ => "sts:AssumeRole",
    }
}

/// One outsider, made ready to ask.
struct Asking<'w> {
    when: Context,
    met: Vec<Context>,
    sides: Vec<ActorSide<'w>>,
}

/// Does the key tell of the caller, and not of the request?
fn is_of_caller(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with("aws:principal") || matches!(&*key, "aws:userid" | "aws:username" | "kms:calleraccount")
}

/// Somebody of no account that is known whose ARN fits a pattern. `None`: the pattern names an account.
fn stranger_of(pattern: &str) -> Option<String> {
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let [arn, partition, service, region, account, name] = parts.as_slice() else { return None };
    let fill = |part: &str| part.replace(['*', '?'], "x");
    if clavicle_policy::AccountId::parse(account).is_some() {
        return None;
    }
    let partition = if partition.contains(['*', '?']) { "aws" } else { partition };
    let service = if service.contains(['*', '?']) { "iam" } else { service };
    Some(format!("{}:{partition}:{service}:{}:{STRANGER}:{}", fill(arn), fill(region), fill(name)))
}

/// Whom an identity provider vouches for of those who get in: every clause has to hold, so the narrowest counts; of
/// the values of one clause the widest.
fn subjects_of(outsider: &Outsider, guards: &[Guard], written: &Policy) -> Option<Subjects> {
    let provider = outsider.provider()?;
    let by_audience = is_told_by_audience(provider);
    let of_kind = guards.iter().filter(|guard| match guard.kind {
        GuardKind::Subject => true,
        GuardKind::Audience => by_audience,
        // How somebody signed in does not say who it is.
        GuardKind::Claim => guard.restricts() && !guard.key.to_ascii_lowercase().ends_with(":amr"),
        _ => false,
    });
    let each = of_kind.filter_map(|guard| {
        let clause =
            written.statements.get(guard.statement)?.condition.as_ref()?.clauses.get(guard.clause)?;
        let like = match clause.operator.value.base? {
            BaseOperator::StringEquals | BaseOperator::StringEqualsIgnoreCase => false,
            BaseOperator::StringLike | BaseOperator::ArnLike | BaseOperator::ArnEquals => true,
            _ => return None,
        };
        let claim = guard.key.rsplit(':').next().unwrap_or_default();
        let of_value = guard.values.iter().map(|value| match guard.kind {
            GuardKind::Subject => subjects(provider, value, like),
            _ => {
                let found = subjects("", value, like);
                Subjects { words: format!("{claim} {}", found.words), ..found }
            }
        });
        let mut of_value: Vec<Subjects> = of_value.collect();
        of_value.sort_by_key(|subjects| std::cmp::Reverse(subjects.breadth));
        let widest = of_value.first()?.clone();
        let words = of_value.into_iter().map(|subjects| subjects.words).collect::<Vec<_>>().join(" or ");
        Some(Subjects { words, ..widest })
    });
    each.min_by_key(|subjects| subjects.breadth)
}

fn same_guards(some: &[Guard], others: &[Guard]) -> bool {
    some.len() == others.len() && is_within(some, others)
}

/// Is each of these guards among the others?
fn is_within(some: &[Guard], others: &[Guard]) -> bool {
    some.iter().all(|guard| others.iter().any(|other| guard.says_the_same(other)))
}

/// Leaves out ways that give nothing more than another one does, which asks for less.
fn without_the_superfluous(ways: Vec<Way>) -> Vec<Way> {
    let words = |way: &Way| -> Vec<(Option<Word>, Opening)> {
        way.gets.iter().map(|gets| (gets.word, gets.opening())).collect()
    };
    let gives_as_much = |wide: &Way, narrow: &Way| {
        let given = words(wide);
        let as_open = |(word, opening): (Option<Word>, Opening)| {
            given.iter().any(|(other, open)| *other == word && *open <= opening)
        };
        words(narrow).into_iter().all(as_open)
    };
    let superfluous: Vec<bool> = ways
        .iter()
        .enumerate()
        .map(|(at, way)| {
            ways.iter().enumerate().any(|(other_at, other)| {
                let asks_less = is_within(&other.guards, &way.guards)
                    && (other.guards.len() < way.guards.len() || other.outsider != way.outsider);
                at != other_at
                    && other.outsider.covers(&way.outsider)
                    && asks_less
                    && gives_as_much(other, way)
            })
        })
        .collect();
    ways.into_iter().zip(superfluous).filter(|(_, superfluous)| !superfluous).map(|(way, _)| way).collect()
}
