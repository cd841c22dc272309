//! What a plan or template comes to, whatever language it is written in: facts about things, each with what becomes of
//! it, laid over the facts of other sources in the order in which they depend on each other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::Place;
use super::document::Document;
use crate::arn::{Arn, path_and_name};
use crate::error::SnapshotError;
use crate::model::{AccountId, Declared, OrgPolicyKind, PrincipalKind, RoleAttribute};
use crate::store::{
    DocumentText, InlineFacts, KNOWN_LATER, ManagedPolicyFacts, NOT_CARRIED, OrgPolicyFacts, PrincipalFacts,
    ProfileFacts, ResourceFacts, ResourcePolicy, VersionFacts, Writer,
};

/// What becomes of a thing?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is made, or made anew.
    New,
    /// It is there, and becomes this.
    Changed,
    /// It is there, and stays as it is: what other sources say of it is as good.
    Kept,
    /// It goes.
    Gone,
}

/// A user, group or role.
#[derive(Debug)]
pub(super) struct Principal {
    pub(super) kind: PrincipalKind,
    pub(super) arn: String,
    /// Of roles.
    pub(super) trust: Document,
    /// `None`: not said. `Some(None)`: there is none. The innermost `None`: there is one that is known later.
    pub(super) boundary: Option<Option<Option<String>>>,
    pub(super) tags: Option<Vec<(String, String)>>,
    /// Everything that is attached to it, where the source says so; what has a row of its own beside it counts too.
    pub(super) attached: Option<Vec<String>>,
    /// All inline policies, where the source says so.
    pub(super) inline: Option<Vec<(String, Document)>>,
    /// Of users: all groups, where the source says so.
    pub(super) groups: Option<Vec<String>>,
}

/// A thing that is no identity.
#[derive(Debug, Default)]
pub(super) struct Thing {
    pub(super) kind: String,
    pub(super) region: Option<String>,
    pub(super) name: String,
    /// `None`: this source does not tell.
    pub(super) policy: Option<Document>,
    pub(super) tags: Option<Vec<(String, String)>>,
    pub(super) runs_as: Vec<(RoleAttribute, String)>,
    pub(super) facts: Map<String, Json>,
}

/// A part of an identity that is declared by itself.
#[derive(Debug)]
pub(super) enum Part {
    /// A managed policy; `None`: which one is known later.
    Attached(Option<String>),
    Inline(String, Document),
    /// A group by name; the bearer is a user.
    Member(String),
}

/// Who bears it: kind, and ARN or name.
pub(super) type Bearer = (PrincipalKind, String);

/// An identity provider.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) arn: String,
    pub(super) saml: bool,
    pub(super) account: AccountId,
    pub(super) url: Option<String>,
    pub(super) clients: Option<Vec<String>>,
}

/// A permission set of IAM Identity Center.
#[derive(Debug)]
pub(super) struct PermissionSet {
    pub(super) arn: String,
    pub(super) name: String,
    pub(super) inline: Option<Document>,
    pub(super) attached: Option<Vec<String>>,
}

/// Everything that a file plans.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) principals: Vec<(Fate, Principal)>,
    /// Managed policies by ARN.
    pub(super) policies: Vec<(Fate, String, Document)>,
    pub(super) profiles: Vec<(Fate, ProfileFacts)>,
    /// With where it is declared; the ARN in that is put in when the bearer is known.
    pub(super) parts: Vec<(Fate, Bearer, Part, Declared)>,
    /// What is there afterwards, by ARN.
    pub(super) things: BTreeMap<String, (Fate, AccountId, Thing)>,
    /// The ARNs of things that go; what is made anew stands in `things` besides.
    pub(super) gone: BTreeSet<String>,
    /// Policies of things that are declared by themselves, by the ARN of the thing.
    pub(super) thing_policies: Vec<(Fate, String, Document)>,
    /// Single statements of the policies of functions, by the ARN of the function.
    pub(super) permissions: Vec<(Fate, String, super::value::Value)>,
    pub(super) blocks: Vec<(AccountId, Json)>,
    pub(super) aliases: Vec<(AccountId, String, String, String)>,
    pub(super) providers: Vec<Provider>,
    pub(super) org_policies: Vec<(String, String, OrgPolicyKind, Document)>,
    pub(super) org_attachments: Vec<(Fate, String, String)>,
    pub(super) permission_sets: Vec<PermissionSet>,
    /// Permission set, account, is it a group, id of the user or group.
    pub(super) assignments: Vec<(String, AccountId, bool, String)>,
    pub(super) declared: Vec<Declared>,
    /// The file states all of what it declares; what no other source shows is made by it.
    pub(super) is_whole: bool,
}

impl Plan {
    /// The thing of this ARN, for one more fact about it.
    pub(super) fn thing(&mut self, arn: &str, account: AccountId, fate: Fate) -> &mut Thing {
        let made = || {
            let parsed = Arn::parse(arn);
            let thing = Thing {
                kind: parsed.map_or_else(String::new, |arn| arn.kind()),
                region: parsed.map(|arn| arn.region.to_owned()).filter(|region| !region.is_empty()),
                name: parsed.map_or_else(|| arn.to_owned(), |arn| arn.name().into_owned()),
                ..Thing::default()
            };
            (fate, account, thing)
        };
        &mut self.things.entry(arn.to_owned()).or_insert_with(made).2
    }

    /// The thing goes, with what was said of it so far.
    pub(super) fn take_away(&mut self, arn: &str) {
        self.things.remove(arn);
        self.gone.insert(arn.to_owned());
    }

    /// What is made anew is there, whatever else of its name goes: a thing that moves from one address to another. What is
    /// attached to it in other ways stays, as where it is made anew at one address.
    fn settle(&mut self) {
        let is_new = |fate: Fate| fate == Fate::New;
        let principals =
            self.principals.iter().filter(|(fate, _)| is_new(*fate)).map(|(_, it)| it.arn.clone());
        let policies = self.policies.iter().filter(|(fate, ..)| is_new(*fate)).map(|(_, arn, _)| arn.clone());
        let things = self.things.iter().filter(|(_, (fate, ..))| is_new(*fate)).map(|(arn, _)| arn.clone());
        let made: BTreeSet<String> = principals.chain(policies).chain(things).collect();
        self.principals.retain(|(fate, it)| *fate != Fate::Gone || !made.contains(&it.arn));
        self.policies.retain(|(fate, arn, _)| *fate != Fate::Gone || !made.contains(arn));
        self.gone.retain(|arn| !made.contains(arn));
        // What is said of a thing that is not there any more says nothing.
        let gone = &self.gone;
        self.things.retain(|arn, _| !gone.contains(arn));
        self.thing_policies.retain(|(_, arn, _)| !gone.contains(arn));
        self.permissions.retain(|(_, arn, _)| !gone.contains(arn));
    }

    /// Everything in it that says where it is declared.
    pub(super) fn declarations(&mut self) -> impl Iterator<Item = &mut Declared> {
        self.declared.iter_mut().chain(self.parts.iter_mut().map(|(.., declared)| declared))
    }

    /// Writes it over what is there.
    pub(super) fn write(mut self, writer: &mut Writer<'_>, place: &Place) -> Result<(), SnapshotError> {
        self.settle();
        let mut written = Written { writer, place, is_whole: self.is_whole, fresh: Vec::new() };
        written.go(self)
    }
}

struct Written<'w, 'd, 'p> {
    writer: &'w mut Writer<'d>,
    place: &'p Place,
    is_whole: bool,
    /// Existing users and groups that no other source has shown: others than this file may have given them policies.
    fresh: Vec<Bearer>,
}

type Result_ = Result<(), SnapshotError>;

impl Written<'_, '_, '_> {
    fn go(&mut self, plan: Plan) -> Result_ {
        // First: a part that is declared by itself is declared there, also where its bearer shows it.
        for declared in &plan.declared {
            self.writer.declared(declared)?;
        }
        for (fate, principal) in plan.principals {
            self.principal(fate, principal)?;
        }
        for (fate, arn, document) in plan.policies {
            self.policy(fate, arn, &document)?;
        }
        for (fate, profile) in plan.profiles {
            match fate {
                // An empty profile gives nobody anything.
                Fate::Gone => self.writer.instance_profile(&ProfileFacts { role: None, ..profile })?,
                _ => self.writer.instance_profile(&profile)?,
            }
        }
        for (fate, bearer, part, declared) in plan.parts {
            self.part(fate, bearer, part, declared)?;
        }
        for arn in &plan.gone {
            self.writer.take_away(arn)?;
        }
        self.things(plan.things, plan.thing_policies, plan.permissions)?;
        for (account, block) in plan.blocks {
            self.writer.public_access_block(account, &block)?;
        }
        for (account, region, alias, key) in plan.aliases {
            self.writer.key_alias(account, &region, &alias, &key)?;
        }
        for it in plan.providers {
            self.writer.provider(&it.arn, it.saml, it.account, it.url.as_deref(), it.clients.as_deref())?;
        }
        for (id, name, kind, document) in plan.org_policies {
            self.writer.org_policy(&OrgPolicyFacts {
                id,
                arn: None,
                name: Some(name),
                kind,
                aws_managed: false,
                document: Some(document.expected()),
                targets: None,
            })?;
        }
        for (fate, policy, target) in plan.org_attachments {
            self.writer.organization_attachment(&policy, &target, fate == Fate::Gone)?;
        }
        for set in plan.permission_sets {
            let inline = set.inline.map(ResourcePolicy::from);
            self.writer.permission_set(&set.arn, &set.name, inline.as_ref(), set.attached.as_deref())?;
        }
        for (set, account, group, principal) in plan.assignments {
            self.writer.assignment(&set, account, group, &principal)?;
        }
        for (kind, arn) in std::mem::take(&mut self.fresh) {
            let others = "policies from elsewhere";
            self.writer.put_inline(kind, &arn, others, &DocumentText::NotSeen)?;
        }
        Ok(())
    }

    fn of_whole(&self, fate: Fate, known: bool) -> Fate {
        if self.is_whole && !known && fate == Fate::Changed { Fate::New } else { fate }
    }

    fn principal(&mut self, fate: Fate, principal: Principal) -> Result_ {
        let Some(account) = AccountId::of_arn(&principal.arn) else { return Ok(()) };
        self.writer.iam.entry(account).or_default().planned = true;
        let known = self.writer.is_known(&principal.arn)?;
        let fate = self.of_whole(fate, known);
        match fate {
            Fate::Gone => return self.writer.take_away(&principal.arn),
            Fate::Kept if known => return Ok(()),
            Fate::New => self.writer.delete(&principal.arn, None)?,
            Fate::Changed => self.writer.forget(&principal.arn)?,
            Fate::Kept => {}
        }
        let (path, name) = path_and_name(&principal.arn);
        let whole = fate == Fate::New || !known;
        let list = |list: Option<Vec<String>>| if whole { Some(list.unwrap_or_default()) } else { list };
        if whole && fate != Fate::New && principal.attached.is_none() {
            self.fresh.push((principal.kind, principal.arn.clone()));
        }
        let mut inline = match principal.inline {
            None if whole => Some(Vec::new()),
            other => other,
        };
        let boundary = match principal.boundary {
            Some(Some(Some(arn))) => Some(Some(arn)),
            // A boundary of which nothing is known: a policy that no source shows.
            Some(Some(None)) => Some(Some(format!("{}~", self.policy_arn(account, &name)))),
            Some(None) => Some(None),
            None if whole => Some(None),
            None => None,
        };
        let inline = inline.take().map(|list| {
            list.into_iter()
                .map(|(name, document)| InlineFacts { name, document: document.expected() })
                .collect()
        });
        self.writer.principal(&PrincipalFacts {
            kind: principal.kind,
            account,
            name,
            path,
            unique_id: None,
            created: None,
            tags: principal.tags,
            last_used: None,
            boundary,
            attached: list(principal.attached),
            inline,
            trust: (principal.kind == PrincipalKind::Role).then(|| principal.trust.expected()),
            groups: match principal.kind {
                PrincipalKind::User => list(principal.groups),
                PrincipalKind::Group | PrincipalKind::Role => None,
            },
            profiles: None,
            seen_at: None,
            arn: principal.arn,
        })
    }

    fn policy_arn(&self, account: AccountId, name: &str) -> String {
        format!("arn:{}:iam::{account}:policy/{name}", self.place.partition())
    }

    fn policy(&mut self, fate: Fate, arn: String, document: &Document) -> Result_ {
        match fate {
            Fate::Gone => return self.writer.delete_policy(&arn),
            Fate::Kept if self.writer.is_known(&arn)? => return Ok(()),
            Fate::New | Fate::Changed => self.writer.forget(&arn)?,
            Fate::Kept => {}
        }
        let version = VersionFacts {
            id: "planned".to_owned(),
            is_default: true,
            document: document.expected(),
            created: None,
        };
        self.writer.managed_policy(&ManagedPolicyFacts {
            arn,
            default_version: None,
            versions: vec![version],
            created: None,
            updated: None,
            seen_at: None,
        })
    }

    fn part(&mut self, fate: Fate, (kind, bearer): Bearer, part: Part, declared: Declared) -> Result_ {
        let arn = match Arn::parse(&bearer) {
            Some(_) => bearer,
            None => {
                let account = self.place.account;
                let known = self.writer.principal_named(kind, account, &bearer)?;
                known.unwrap_or_else(|| {
                    let word = match kind {
                        PrincipalKind::User => "user",
                        PrincipalKind::Group => "group",
                        PrincipalKind::Role => "role",
                    };
                    format!("arn:{}:iam::{account}:{word}/{bearer}", self.place.partition())
                })
            }
        };
        if let (Part::Inline(name, _), true) = (&part, fate != Fate::Gone) {
            let declared = Declared { arn: arn.as_str().into(), part: name.as_str().into(), ..declared };
            self.writer.declared(&declared)?;
        }
        match (part, fate) {
            (Part::Attached(Some(policy)), Fate::Gone) => self.writer.detach(&arn, &policy),
            (Part::Attached(Some(policy)), _) => self.writer.attach(kind, &arn, &policy),
            (Part::Attached(None), Fate::Gone) => Ok(()),
            // Some policy, which may give anything.
            (Part::Attached(None), _) => {
                self.writer.put_inline(kind, &arn, "a policy known later", &DocumentText::NotSeen)
            }
            (Part::Inline(name, _), Fate::Gone) => self.writer.drop_inline(&arn, &name),
            (Part::Inline(name, document), _) => {
                self.writer.put_inline(kind, &arn, &name, &document.expected())
            }
            (Part::Member(group), Fate::Gone) => self.writer.leave(&arn, &group),
            (Part::Member(group), _) => self.writer.join(&arn, &group),
        }
    }

    fn things(
        &mut self,
        mut things: BTreeMap<String, (Fate, AccountId, Thing)>,
        policies: Vec<(Fate, String, Document)>,
        permissions: Vec<(Fate, String, super::value::Value)>,
    ) -> Result_ {
        // A policy that is declared by itself is the policy of the thing.
        let mut own = Vec::new();
        let mut declared: BTreeMap<String, Document> = BTreeMap::new();
        for (fate, arn, document) in policies {
            let document = match fate {
                Fate::Gone => Document::None,
                // A thing has one policy: whichever of two comes last, and nothing says which that is.
                _ => match declared.get(&arn) {
                    Some(other) if *other != document => Document::NotSeen(TWO_POLICIES.to_owned()),
                    _ => document,
                },
            };
            if fate != Fate::Gone {
                declared.insert(arn.clone(), document.clone());
            }
            match things.get_mut(&arn) {
                Some((_, _, thing)) => {
                    // What the thing itself says of its policy is what was there before.
                    thing.policy = Some(document);
                    if fate != Fate::Kept && things[&arn].0 == Fate::Kept {
                        things.entry(arn).and_modify(|(of, ..)| *of = Fate::Changed);
                    }
                }
                None => own.push((fate, arn, document)),
            }
        }
        let mut statements: BTreeMap<String, Vec<super::value::Value>> = BTreeMap::new();
        for (fate, arn, statement) in permissions {
            if fate != Fate::Gone {
                statements.entry(arn).or_default().push(statement);
            }
        }
        for (arn, mut list) in statements {
            let fate = things.get(&arn).map(|(fate, ..)| self.of_whole(*fate, false));
            let known = self.writer.is_known(&arn)?;
            if fate != Some(Fate::New) || known {
                // Others may have let somebody in by statements of their own.
                list.push(super::value::Value::Unknown);
            }
            let document = Document::of_statements(list);
            match things.get_mut(&arn) {
                Some((_, _, thing)) => thing.policy = Some(document),
                None => own.push((Fate::Kept, arn, document)),
            }
        }
        for (arn, (fate, account, thing)) in things {
            let known = self.writer.is_known(&arn)?;
            let fate = self.of_whole(fate, known);
            match fate {
                Fate::Kept if known => continue,
                Fate::New => self.writer.delete(&arn, None)?,
                Fate::Changed => {
                    if thing.policy.is_some() {
                        self.writer.forget(&arn)?;
                    }
                }
                Fate::Kept | Fate::Gone => {}
            }
            let policy = match (thing.policy, fate) {
                (Some(document), _) => document.into(),
                (None, Fate::New) if !may_come_with_policy(&thing.kind) => ResourcePolicy::None,
                (None, Fate::New) => ResourcePolicy::NotSeen(KNOWN_LATER.to_owned()),
                (None, _) => match crate::import::config_types::may_have_policy(&thing.kind) {
                    true => ResourcePolicy::NotSeen(NOT_CARRIED.to_owned()),
                    false => ResourcePolicy::None,
                },
            };
            self.writer.resource_sources.entry(account).or_insert("the plan");
            self.writer.resource(&ResourceFacts {
                arn,
                kind: thing.kind,
                account: Some(account),
                region: thing.region,
                name: thing.name,
                policy,
                tags: thing.tags,
                runs_as: (!thing.runs_as.is_empty() || fate == Fate::New).then_some(thing.runs_as),
                facts: thing.facts,
                seen_at: None,
            })?;
        }
        for (fate, arn, document) in own {
            let known = self.writer.is_known(&arn)?;
            if fate == Fate::Kept && known {
                continue;
            }
            let Some(parsed) = Arn::parse(&arn) else { continue };
            let account = AccountId::of_arn(&arn).unwrap_or(self.place.account);
            if known {
                self.writer.forget(&arn)?;
            }
            self.writer.resource(&ResourceFacts {
                kind: parsed.kind(),
                account: Some(account),
                region: Some(parsed.region.to_owned()).filter(|region| !region.is_empty()),
                name: parsed.name().into_owned(),
                policy: document.into(),
                tags: None,
                runs_as: None,
                facts: Map::new(),
                seen_at: None,
                arn,
            })?;
        }
        Ok(())
    }
}

/// Why nobody knows what the policy of a thing says for which two are declared.
const TWO_POLICIES: &str = "two policies are declared for it, and it has one of them";

/// Kinds to which AWS gives a policy when they are made without one.
///
/// AWS: KMS Developer Guide, "Default key policy"; SNS Developer Guide, "Overview of managing access": a topic that is made
/// has a policy that lets its owner in.
fn may_come_with_policy(kind: &str) -> bool {
    matches!(kind, "kms:key" | "sns:topic")
}
