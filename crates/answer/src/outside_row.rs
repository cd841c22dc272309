//! One way in as a row of the answer.

use clavicle_catalog::Word;
use clavicle_engine::{Layer, Match, PinState, Reason};
use clavicle_graph::outside::{Door, Gets, GuardKind, Opening, Outsider, Stopped, Way, is_shared};
use clavicle_graph::{Actor, Ruling, Target, Why};
use clavicle_policy::Effect;

use crate::condition_words::{clause_words, unseen};
use crate::names::provider_name;
use crate::reader::Reader;
use crate::settings::Accepted;
use crate::shape::{AcceptedIn, Answer, Citation, GuardIn, KnownAs, Step, Thing, WayIn};
use crate::standing::depends_on;
use crate::steps::{Ask, relation};

impl Reader {
    /// A way in as a row. `behind`: with what lies behind the door.
    pub(crate) fn way_answer(&self, way: &Way, behind: bool) -> Option<Answer> {
        let best = way.best()?;
        let why = self.world().explain_way(way);
        let who = self.outsider_thing(&way.outsider);
        let target = way.door.target();
        let on = self.thing_of_target(&target);
        let blocked = way.opening() == Opening::Blocked;
        let open: Vec<_> =
            way.gets.iter().filter(|gets| blocked || gets.opening() != Opening::Blocked).collect();
        let conditions = match &why {
            Some(why) if !blocked => self.way_conditions(way, why),
            _ => Vec::new(),
        };
        let depends_on = depends_on(rulings_of(best)).iter().map(|it| self.dependency_name(it)).collect();
        let word = |word: Option<Word>| word.map_or("use", Word::name).to_owned();
        Some(Answer {
            label: who.called(),
            count: 1,
            access: open.iter().map(|gets| word(gets.word)).collect(),
            actions: open.iter().map(|gets| self.way_action(&gets.action)).collect(),
            depends_on,
            admin: matches!(way.door, Door::Trust(role) if self.world().is_admin(role)),
            outside: true,
            severity: if behind { self.way_severity(way) } else { self.door_severity(way) },
            steps: vec![self.way_step(way, &who, &on, &conditions, why.as_ref())],
            way: Some(self.way_in(way, why.as_ref(), behind)),
            conditions,
            who: vec![who],
            on: vec![on],
            ring: Vec::new(),
        })
    }

    fn way_action(&self, action: &str) -> String {
        self.action_name(&clavicle_engine::Action::new(action))
    }

    fn way_step(&self, way: &Way, who: &Thing, on: &Thing, conditions: &[String], why: Option<&Why>) -> Step {
        let gets = way.best();
        let target = way.door.target();
        let action = clavicle_engine::Action::new(gets.map_or("", |gets| &gets.action));
        let when = self.world().context(&Default::default());
        let actor = way.outsider.actor();
        let arn = gets.map(|gets| &*gets.arn);
        let thing =
            self.what_is_asked(&Ask { actor: &actor, action: &action, target: &target, arn, when: &when });
        let verb = relation(gets.and_then(|gets| gets.word));
        let condition = match (way.opening(), conditions) {
            (Opening::Blocked, _) => " if nothing stopped it".to_owned(),
            (_, []) => String::new(),
            (_, conditions) => format!(", if {}", conditions.join(" and ")),
        };
        let mut because = why.map(|why| self.because(why, &thing)).unwrap_or_default();
        if because.is_empty() {
            because = self.naming_statements(way);
        }
        Step {
            relation: verb.to_owned(),
            from: who.clone(),
            to: on.clone(),
            action: gets.map(|gets| self.way_action(&gets.action)),
            conditions: conditions.to_vec(),
            unseen: match (gets, way.opening()) {
                (Some(gets), Opening::Unknown) => unseen(true, &depends_on(rulings_of(gets))),
                _ => Vec::new(),
            },
            sentence: format!("{} {verb} {}{condition}", who.called(), on.name),
            pins: why.map(|why| self.pins(why, &thing)).unwrap_or_default(),
            because,
            method: None,
            requests: Vec::new(),
        }
    }

    /// The statements that name an outsider, with no request in mind.
    fn naming_statements(&self, way: &Way) -> Vec<Citation> {
        let documents = self.world().attached(&way.outsider.actor(), &way.door.target());
        let of_door = documents.iter().find(|attached| Some(attached.policy) == way.policy);
        let Some(attached) = of_door else { return Vec::new() };
        way.statements.iter().filter_map(|place| self.plain_citation(attached, *place)).collect()
    }

    /// The conditions of a way; those of its own statements are said as guards do, in their order.
    fn way_conditions(&self, way: &Way, why: &Why) -> Vec<String> {
        if way.opening() == Opening::Open { Vec::new() } else { self.conditions(why) }
    }

    fn way_in(&self, way: &Way, why: Option<&Why>, behind: bool) -> WayIn {
        let known = self.known_as(&way.outsider);
        let used = match way.door {
            Door::Trust(role) => self.world().snapshot().principal(role).last_used.as_ref(),
            Door::Policy(_) | Door::Acl(_) | Door::Share(_) => None,
        };
        let blocked = way.opening() == Opening::Blocked;
        WayIn {
            rule: self.way_rule(way).to_owned(),
            from: self.outsider_short(&way.outsider),
            standing: self.outsider_standing(way, known.as_ref()),
            outsider: outsider_kind(&way.outsider).to_owned(),
            known,
            door: way.door.name().to_owned(),
            opening: way.opening().name().to_owned(),
            blocked_by: blocked.then(|| self.blocked_by(way, why)),
            guards: self.guards_in(way),
            guarded: way.is_guarded(),
            subjects: way.subjects.as_ref().map(|subjects| subjects.words.clone()),
            missing: missing(way),
            public: way.is_public(),
            reaches: if behind && !blocked { self.reaches(way) } else { Vec::new() },
            last_used: used.and_then(|used| used.at.as_deref()).map(str::to_owned),
            last_used_seen: used.is_some(),
            accepted: self.acceptance(way).map(|accepted| AcceptedIn {
                by: accepted.who.clone(),
                why: accepted.why.clone(),
                until: accepted.until.clone(),
                expired: accepted.expired,
            }),
        }
    }

    fn guards_in(&self, way: &Way) -> Vec<GuardIn> {
        let written = way.policy.and_then(|policy| self.written(policy));
        let guards = way.guards.iter().map(|guard| {
            let statement = written.and_then(|policy| policy.statements.get(guard.statement));
            let condition = statement.and_then(|statement| statement.condition.as_ref());
            let clause = condition.and_then(|condition| condition.clauses.get(guard.clause));
            GuardIn {
                kind: guard.kind.name().to_owned(),
                key: guard.key.clone(),
                values: guard.values.clone(),
                keeps_out: guard.restricts(),
                remark: guard.strength.to_string(),
                text: clause.map(|clause| clause_words(clause, false)).unwrap_or_default(),
            }
        });
        guards.collect()
    }

    /// The rule that a way is a finding of.
    pub(crate) fn way_rule(&self, way: &Way) -> &'static str {
        let actor = way.outsider.actor();
        match &way.outsider {
            Outsider::Everyone | Outsider::AnyAccount => "public-access",
            Outsider::Provider(_) => match way.outsider.provider().is_some_and(is_shared) {
                true if way.breadth() >= clavicle_graph::outside::Breadth::Owner => "any-subject",
                _ => "identity-provider",
            },
            Outsider::Service(_) => "confused-deputy",
            _ if self.known(&actor).is_some() => "outside-known",
            _ => "outside-unknown",
        }
    }

    /// Who accepted a way, the one that still holds before one that has expired.
    pub(crate) fn acceptance(&self, way: &Way) -> Option<&Accepted> {
        let target = way.door.target();
        let is_thing = |text: &str| match self.resolve_spot(text) {
            Ok(spot) => spot.target == target,
            Err(_) => false,
        };
        let matches = |accepted: &&Accepted| {
            accepted.finding.is_none()
                && accepted.rule.as_deref().is_none_or(|rule| rule == self.way_rule(way))
                && accepted.from.as_deref().is_none_or(|from| self.is_from(&way.outsider, from))
                && accepted.thing.as_deref().is_none_or(is_thing)
        };
        self.settings().accepted.iter().filter(matches).min_by_key(|accepted| accepted.expired)
    }

    pub(crate) fn is_from(&self, outsider: &Outsider, from: &str) -> bool {
        let from = from.trim();
        match outsider {
            Outsider::Everyone | Outsider::AnyAccount => {
                matches!(&*from.to_ascii_lowercase(), "everyone" | "anyone" | "public")
            }
            Outsider::Organization(id) => **id == *from,
            Outsider::Account(_) | Outsider::Principal(_) | Outsider::ThroughService { .. } => {
                let account = outsider.account().map(|account| account.to_string());
                account.as_deref() == Some(from)
                    || matches!(outsider, Outsider::Principal(arn) if **arn == *from)
            }
            Outsider::Provider(arn) => **arn == *from || crate::reader::is_host_of(from, provider_name(arn)),
            Outsider::CanonicalUser(name) | Outsider::Service(name) => **name == *from,
        }
    }

    fn known_as(&self, outsider: &Outsider) -> Option<KnownAs> {
        match outsider {
            Outsider::ThroughService { account, .. } => self.acquaintance(&Actor::OutsideAccount(*account)),
            other => self.acquaintance(&other.actor()),
        }
    }

    /// An outsider as a thing.
    fn outsider_thing(&self, outsider: &Outsider) -> Thing {
        let plain = |name: String, kind: &str| Thing {
            name,
            arn: None,
            kind: kind.to_owned(),
            account: None,
            known_as: None,
        };
        match outsider {
            Outsider::AnyAccount => plain("anyone with an AWS account".to_owned(), "everyone"),
            Outsider::Organization(id) => plain(format!("organization {id}"), "outside"),
            Outsider::Service(name) => plain(format!("anyone through {name}"), "service"),
            Outsider::ThroughService { service, account } => Thing {
                name: format!("acct/{account} through {service}"),
                account: Some(account.to_string()),
                known_as: self.known_as(outsider).map(|known| known.name),
                ..plain(String::new(), "outside")
            },
            other => self.thing_of_actor(&other.actor()),
        }
    }

    fn outsider_short(&self, outsider: &Outsider) -> String {
        match outsider {
            Outsider::Everyone => "everyone".to_owned(),
            Outsider::AnyAccount => "any account".to_owned(),
            Outsider::Organization(id) => id.to_string(),
            Outsider::Account(account) | Outsider::ThroughService { account, .. } => account.to_string(),
            Outsider::Principal(arn) => {
                let name = arn.splitn(6, ':').nth(5).unwrap_or(arn);
                outsider.account().map_or_else(|| arn.to_string(), |account| format!("{account}:{name}"))
            }
            Outsider::Provider(arn) => provider_short(arn).to_owned(),
            Outsider::CanonicalUser(id) => id.to_string(),
            Outsider::Service(name) => name.to_string(),
        }
    }

    fn outsider_standing(&self, way: &Way, known: Option<&KnownAs>) -> String {
        let through = match &way.outsider {
            Outsider::ThroughService { service, .. } => format!(" through {service}"),
            _ => String::new(),
        };
        let whose = |noun: &str| match known {
            Some(known) if known.by == "settings" => format!("{}, known{through}", known.name),
            Some(known) => format!("{}, listed{through}", known.name),
            None if self.known(&way.outsider.actor()).is_some() => format!("known{through}"),
            None => format!("unknown {noun}{through}"),
        };
        match &way.outsider {
            Outsider::Everyone | Outsider::AnyAccount if way.is_public() => "public".to_owned(),
            Outsider::Everyone | Outsider::AnyAccount => "guarded".to_owned(),
            Outsider::Organization(_) => "other organization".to_owned(),
            Outsider::Account(_) | Outsider::Principal(_) | Outsider::ThroughService { .. } => {
                whose("account")
            }
            Outsider::CanonicalUser(_) => whose("canonical user"),
            Outsider::Service(_) => "for anyone".to_owned(),
            Outsider::Provider(arn) => {
                let kind = match arn.contains(":saml-provider/") {
                    true => "SAML",
                    false if way.lets_guests_in() => "OIDC, guests",
                    false => "OIDC",
                };
                match known {
                    Some(known) => format!("{}, known, {kind}", known.name),
                    None if self.known(&way.outsider.actor()).is_some() => format!("{kind}, known"),
                    None => kind.to_owned(),
                }
            }
        }
    }

    /// What blocks a way, in words.
    fn blocked_by(&self, way: &Way, why: Option<&Why>) -> String {
        match way.stopped {
            Some(Stopped::OwnershipControls) => return "the bucket has no access control lists".to_owned(),
            Some(Stopped::IgnorePublicAcls) => {
                return "the block of public access ignores access control lists".to_owned();
            }
            Some(Stopped::BlockPublicAccess) => {
                return "the block of public access of the account in that region".to_owned();
            }
            None => {}
        }
        if matches!(way.door, Door::Share(_)) {
            return "the key that it is encrypted with".to_owned();
        }
        let Some(why) = why else { return "no such caller".to_owned() };
        let pins = &why.explanation.pins;
        for pin in pins {
            let denies = pin.statements.iter().find(|statement| {
                statement.effect == Some(Effect::Deny) && matches!(statement.outcome, Match::Matched { .. })
            });
            if let Some(statement) = denies {
                let attached = why.documents.iter().find(|attached| attached.policy == statement.policy);
                let cited = attached.and_then(|attached| self.plain_citation(attached, statement.statement));
                let place = cited.map(|cited| format!("{}:{}", cited.document, cited.line));
                return place.unwrap_or_else(|| "a deny".to_owned());
            }
        }
        if let Target::Resource(bucket) = way.door.target()
            && self.is_blocked_bucket(bucket)
        {
            return "the block of public access".to_owned();
        }
        let own = pins.iter().find(|pin| matches!(pin.layer, Layer::Resource | Layer::Trust));
        let fails = own.into_iter().flat_map(|pin| &pin.statements).find_map(|statement| {
            let named = Some(statement.policy) == way.policy && way.statements.contains(&statement.statement);
            match statement.outcome {
                Match::NotMatched(Reason::Condition { clause }) if named => Some((statement, clause)),
                _ => None,
            }
        });
        if let Some((statement, clause)) = fails {
            let written = self.written(statement.policy);
            let condition =
                written.and_then(|policy| policy.statements.get(statement.statement)?.condition.as_ref());
            if let Some(clause) = condition.and_then(|condition| condition.clauses.get(clause)) {
                return format!("it asks for {}", clause_words(clause, false));
            }
        }
        match pins.iter().find(|pin| pin.state == PinState::Stops) {
            Some(pin) => format!("the {} policies", pin.layer.word()),
            None => "the key that it is encrypted with".to_owned(),
        }
    }

    fn is_blocked_bucket(&self, bucket: clavicle_snapshot::ResourceIndex) -> bool {
        let record = self.world().snapshot().resource(bucket);
        let account = record.account.and_then(|id| self.world().snapshot().account(id));
        let blocks =
            [record.facts.public_access_block, account.and_then(|account| account.public_access_block)];
        &*record.kind == "s3:bucket"
            && blocks.into_iter().flatten().any(|block| block.restrict_public_buckets)
    }
}

fn outsider_kind(outsider: &Outsider) -> &'static str {
    match outsider {
        Outsider::Everyone => "everyone",
        Outsider::AnyAccount => "any account",
        Outsider::Organization(_) => "organization",
        Outsider::Account(_) => "account",
        Outsider::Principal(_) => "principal",
        Outsider::Provider(_) => "provider",
        Outsider::CanonicalUser(_) => "canonical user",
        Outsider::Service(_) | Outsider::ThroughService { .. } => "service",
    }
}

/// What AWS asks for at such doors and is not there.
///
/// AWS: IAM User Guide, "Access to AWS accounts owned by third parties" (an external id), "Create a role for OpenID
/// Connect federation (console)" (the subject), "Create a role for SAML 2.0 federation (console)" (the audience), "The
/// confused deputy problem" (the source).
fn missing(way: &Way) -> Vec<String> {
    let has = |kind: GuardKind| way.guards.iter().any(|guard| guard.kind == kind);
    let missing = match (&way.outsider, way.door) {
        (Outsider::Account(_) | Outsider::Principal(_), Door::Trust(_)) if !way.is_guarded() => {
            Some("sts:ExternalId".to_owned())
        }
        (Outsider::Provider(arn), _) if arn.contains(":saml-provider/") => {
            (!has(GuardKind::Audience)).then(|| "SAML:aud".to_owned())
        }
        (Outsider::Provider(arn), _) => {
            let name = provider_name(arn);
            if way.subjects.is_none() && is_shared(name) {
                let claim = if name.ends_with("cognito-identity.amazonaws.com") { "aud" } else { "sub" };
                Some(format!("{name}:{claim}"))
            } else {
                None
            }
        }
        (Outsider::Service(_), _) if !way.is_guarded() => {
            Some("aws:SourceArn or aws:SourceAccount".to_owned())
        }
        _ => None,
    };
    missing.into_iter().collect()
}

/// The ruling of what they get, and those of what it needs.
fn rulings_of(gets: &Gets) -> impl Iterator<Item = &Ruling> {
    gets.needs.iter().map(|(_, ruling)| ruling).chain([&gets.ruling])
}

/// A provider as people call it: `github.com`.
pub(crate) fn provider_short(arn: &str) -> &str {
    match provider_name(arn) {
        "token.actions.githubusercontent.com" => "github.com",
        name => name,
    }
}
