//! What a plan or template comes to, whatever language it is written in: facts about things, each with what becomes of
//! it, laid over the facts of other sources in the order in which they depend on each other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::Place;
use super::declaration::{Names, SOME_KEY};
use super::document::Document;
use super::permission_sets::{Assignment, PermissionSet, SetPart};
use super::sharing::{self, Listed};
use super::statements::{self, Before, Statement};
use crate::arn::{Arn, path_and_name};
use crate::error::SnapshotError;
use crate::import::roles;
use crate::model::{AccountId, Declared, OrgPolicyKind, PrincipalKind, ROLE_KNOWN_LATER, RoleAttribute};
use crate::store::{
    AtLarge, DocumentText, InlineFacts, KNOWN_LATER, ManagedPolicyFacts, NOT_CARRIED, OrgPolicyFacts,
    PrincipalFacts, ProfileFacts, ResourceFacts, ResourcePolicy, VersionFacts, Writer,
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
    /// It goes, and comes where it was or elsewhere: which of these is known later.
    Doubtful,
}

impl Fate {
    /// Is it there afterwards, for certain?
    pub(super) fn stays(self) -> bool {
        !matches!(self, Fate::Gone | Fate::Doubtful)
    }
}

/// `None`: not said. `Some(None)`: not all of them are known yet.
pub(super) type Tags = Option<Option<Vec<(String, String)>>>;

/// A user, group or role.
#[derive(Debug)]
pub(super) struct Principal {
    pub(super) kind: PrincipalKind,
    pub(super) arn: String,
    /// Of roles.
    pub(super) trust: Document,
    /// `None`: not said. `Some(None)`: there is none. The innermost `None`: there is one that is known later.
    pub(super) boundary: Option<Option<Option<String>>>,
    pub(super) tags: Tags,
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
    pub(super) tags: Tags,
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
    /// These inline policies and no others.
    OnlyInline(Vec<String>),
    /// These managed policies and no others.
    OnlyAttached(Vec<String>),
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

/// Another name of a key.
#[derive(Debug)]
pub(super) struct Alias {
    pub(super) account: AccountId,
    pub(super) region: String,
    pub(super) name: String,
    pub(super) key: String,
}

/// What a key lets somebody do with it, beside its policy.
#[derive(Debug)]
pub(super) struct Grant {
    pub(super) key: String,
    pub(super) grantee: String,
    pub(super) operations: Vec<String>,
}

/// A role of a workload that is declared by itself, or that it does not run as any more.
#[derive(Debug)]
pub(super) struct RunsAs {
    pub(super) workload: String,
    pub(super) attribute: RoleAttribute,
    pub(super) role: String,
}

/// Everything that a file plans.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) principals: Vec<(Fate, Principal)>,
    /// Managed policies by ARN.
    pub(super) policies: Vec<(Fate, String, Document)>,
    pub(super) profiles: Vec<(Fate, ProfileFacts)>,
    /// With the account that whoever bears it is in, where it is known by name, and where it is declared; the ARN in that is put in
    /// when the bearer is known.
    pub(super) parts: Vec<PartOf>,
    /// What is there afterwards, by ARN.
    pub(super) things: BTreeMap<String, (Fate, AccountId, Thing)>,
    /// The ARNs of things that go; what is made anew stands in `things` besides.
    pub(super) gone: BTreeSet<String>,
    /// Policies of things that are declared by themselves, by the ARN of the thing.
    pub(super) thing_policies: Vec<(Fate, String, Document)>,
    /// Single statements of the policies of functions and event buses, by the ARN of the thing.
    pub(super) statements: Vec<(String, Statement)>,
    pub(super) runs_as: Vec<(Fate, RunsAs)>,
    pub(super) grants: Vec<(Fate, Grant)>,
    /// Who or what is on the lists by which things are shared.
    pub(super) listed: Vec<(Fate, Listed)>,
    pub(super) blocks: Vec<(AccountId, Json)>,
    pub(super) aliases: Vec<(Fate, Alias)>,
    pub(super) providers: Vec<(Fate, Provider)>,
    pub(super) org_policies: Vec<(Fate, String, String, OrgPolicyKind, Document)>,
    pub(super) org_attachments: Vec<(Fate, String, String)>,
    /// Policies of the organization that are attached where one of these patterns fits. `None`: which policy, or anywhere.
    pub(super) org_at_large: Vec<(Option<String>, Names)>,
    pub(super) permission_sets: Vec<(Fate, PermissionSet)>,
    /// By the ARN of the permission set.
    pub(super) set_parts: Vec<(Fate, String, SetPart)>,
    pub(super) assignments: Vec<(Fate, Assignment)>,
    /// Users and groups that get another name or path, with the ARN that they have and the one that they will have.
    pub(super) renamed: Vec<(PrincipalKind, String, String)>,
    pub(super) declared: Vec<Declared>,
    /// The file states all of what it declares; what no other source shows is made by it.
    pub(super) is_whole: bool,
    /// What identities have of whom it is known later who they are.
    pub(super) at_large: Vec<AtLarge>,
    /// Facts that a bucket has that is made here, and which it is is known later only.
    pub(super) bucket_facts_of_some: Vec<&'static str>,
    /// The same of the roles of an identity pool.
    pub(super) roles_of_some_pool: bool,
    /// The same of who is on a list of a thing of this kind, and of which list.
    pub(super) lists_of_some: Vec<(String, &'static str)>,
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
        self.statements.retain(|(arn, _)| !gone.contains(arn));
        let made: BTreeSet<String> =
            self.providers.iter().filter(|(fate, _)| fate.stays()).map(|(_, it)| it.arn.clone()).collect();
        self.providers.retain(|(fate, it)| fate.stays() || !made.contains(&it.arn));
        // Two targets of one rule may run as one role.
        let stay: BTreeSet<(String, String)> = self
            .runs_as
            .iter()
            .filter(|(fate, _)| fate.stays())
            .map(|(_, it)| (it.workload.clone(), it.role.clone()))
            .collect();
        self.runs_as
            .retain(|(fate, it)| fate.stays() || !stay.contains(&(it.workload.clone(), it.role.clone())));
    }

    /// What is known later to be of a thing that is made: any of these may have it. Of what is there already names and ARNs are
    /// known.
    fn spread(&mut self) {
        // What a parameter of a template names is elsewhere.
        if self.is_whole {
            return;
        }
        for (arn, (fate, account, thing)) in &mut self.things {
            let is_made = *fate == Fate::New && thing.kind == "s3:bucket";
            for fact in self.bucket_facts_of_some.iter().filter(|_| is_made) {
                match *fact {
                    "encryption_key" => thing.facts.insert((*fact).to_owned(), SOME_KEY.into()),
                    other => thing.facts.remove(other),
                };
            }
            let lists =
                self.lists_of_some.iter().filter(|(kind, _)| *fate == Fate::New && *kind == thing.kind);
            let listed = |(_, list): &(String, &'static str)| {
                (Fate::New, Listed { thing: arn.clone(), account: *account, list, name: None })
            };
            self.listed.extend(lists.map(listed));
            if self.roles_of_some_pool && *fate == Fate::New && thing.kind == "cognito-identity:identitypool"
            {
                let role = roles::role_arn(ROLE_KNOWN_LATER, *account, arn);
                let it = RunsAs { workload: arn.clone(), attribute: RoleAttribute::Role, role };
                self.runs_as.push((Fate::New, it));
            }
        }
    }

    /// Everything in it that says where it is declared.
    pub(super) fn declarations(&mut self) -> impl Iterator<Item = &mut Declared> {
        let of_parts = self.parts.iter_mut().map(|(.., declared)| declared);
        let at_large = self.at_large.iter_mut().map(|it| &mut it.declared);
        self.declared.iter_mut().chain(of_parts).chain(at_large)
    }

    /// What a template gives identities that another may declare: it is written when all were read. That of a plan Terraform
    /// gives to what is there.
    pub(super) fn parts(&mut self, place: &Place) -> Parts {
        let parts = if self.is_whole { std::mem::take(&mut self.parts) } else { Vec::new() };
        Parts { parts, place: place.clone() }
    }

    /// Writes it over what is there.
    pub(super) fn write(mut self, writer: &mut Writer<'_>, place: &Place) -> Result<(), SnapshotError> {
        self.settle();
        self.spread();
        for it in &self.at_large {
            writer.at_large(it)?;
        }
        let mut written =
            Written { writer, place, is_whole: self.is_whole, fresh: Vec::new(), renamed: BTreeMap::new() };
        written.go(self)
    }
}

/// A part of an identity, with the account and who bears it, and where it is declared.
type PartOf = (Fate, AccountId, Bearer, Part, Declared);

/// Parts of identities that a template declares by themselves.
#[derive(Debug)]
pub(crate) struct Parts {
    parts: Vec<PartOf>,
    place: Place,
}

impl Parts {
    /// Writes them over what is there.
    pub(crate) fn write(self, writer: &mut Writer<'_>) -> Result<(), SnapshotError> {
        let (place, fresh, renamed) = (&self.place, Vec::new(), BTreeMap::new());
        let mut written = Written { writer, place, is_whole: true, fresh, renamed };
        for (fate, account, bearer, part, declared) in self.parts {
            written.part(fate, account, bearer, part, declared)?;
        }
        Ok(())
    }
}

pub(super) struct Written<'w, 'd, 'p> {
    pub(super) writer: &'w mut Writer<'d>,
    pub(super) place: &'p Place,
    pub(super) is_whole: bool,
    /// Existing users and groups that no other source has shown: others than this file may have given them policies.
    fresh: Vec<Bearer>,
    /// The ARNs of users and groups that were renamed, by what they were called.
    renamed: BTreeMap<(Word, String), String>,
}

/// The word for users, groups or roles in ARNs.
type Word = &'static str;

pub(super) fn word(kind: PrincipalKind) -> Word {
    match kind {
        PrincipalKind::User => "user",
        PrincipalKind::Group => "group",
        PrincipalKind::Role => "role",
    }
}

pub(super) type Result_ = Result<(), SnapshotError>;

impl Written<'_, '_, '_> {
    fn go(&mut self, plan: Plan) -> Result_ {
        // First: a part that is declared by itself is declared there, also where its bearer shows it.
        for declared in &plan.declared {
            self.writer.declared(declared)?;
        }
        self.rename(plan.renamed)?;
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
        for (fate, account, bearer, part, declared) in plan.parts {
            self.part(fate, account, bearer, part, declared)?;
        }
        for arn in &plan.gone {
            self.writer.take_away(arn)?;
        }
        let mut runs_as = Vec::new();
        for (fate, it) in plan.runs_as {
            // What other sources show of what stays as it is is as good.
            if fate != Fate::Kept || !self.writer.is_known(&it.workload)? {
                runs_as.push((fate, it));
            }
        }
        let mut listed = Vec::new();
        for (fate, it) in plan.listed {
            if fate != Fate::Kept || !self.writer.is_known(&it.thing)? {
                listed.push((fate, it));
            }
        }
        self.things(plan.things, plan.thing_policies, plan.statements)?;
        self.lists(listed)?;
        for (fate, it) in runs_as {
            self.writer.runs_as(&it.workload, it.attribute, &it.role, fate.stays())?;
        }
        for (fate, it) in plan.grants {
            match fate {
                Fate::Kept => {}
                _ => self.writer.key_grant(&it.key, &it.grantee, &it.operations, fate.stays())?,
            }
        }
        for (account, block) in plan.blocks {
            self.writer.public_access_block(account, &block)?;
        }
        for (fate, it) in plan.aliases {
            match fate.stays() {
                true => self.writer.key_alias(it.account, &it.region, &it.name, &it.key)?,
                false => self.writer.drop_key_alias(it.account, &it.region, &it.name)?,
            }
        }
        for (fate, it) in plan.providers {
            match fate.stays() {
                true => {
                    let (url, clients) = (it.url.as_deref(), it.clients.as_deref());
                    self.writer.provider(&it.arn, it.saml, it.account, url, clients)?;
                }
                false => self.writer.drop_provider(&it.arn)?,
            }
        }
        self.organization(plan.org_policies, plan.org_attachments)?;
        for (policy, names) in plan.org_at_large {
            self.writer.attach_perhaps(policy.as_deref(), names.as_deref())?;
        }
        self.identity_center(plan.permission_sets, plan.set_parts, plan.assignments)?;
        for (kind, arn) in std::mem::take(&mut self.fresh) {
            let others = "policies from elsewhere";
            self.writer.put_inline(kind, &arn, others, &DocumentText::NotSeen)?;
        }
        Ok(())
    }

    /// Who and what is on lists that share things.
    fn lists(&mut self, listed: Vec<(Fate, Listed)>) -> Result_ {
        let mut changed = BTreeSet::new();
        for (fate, it) in listed {
            if fate.stays() && !self.writer.is_known(&it.thing)? {
                self.writer.is_planned_only(&it.thing)?;
                self.writer.resource(&shown_by_its_list(&it))?;
            }
            self.writer.listed(&it.thing, it.list, it.name.as_deref(), fate.stays())?;
            if fate == Fate::Doubtful {
                self.writer.listed(&it.thing, it.list, None, true)?;
            }
            if Arn::parse(&it.thing).is_some_and(|arn| arn.kind() == "ram:resource-share") {
                changed.insert(it.thing);
            }
        }
        // What it shares has another policy then, by the hand of AWS RAM.
        for share in changed {
            self.writer.forget_policies_of_shared(&share)?;
        }
        Ok(())
    }

    /// Users and groups keep all that they have under another name. One may get the name that another had.
    ///
    /// AWS: IAM User Guide, "Rename an IAM user"
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_users_rename.html>), "Rename an IAM user group"
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups_manage_rename.html>).
    fn rename(&mut self, mut renamed: Vec<(PrincipalKind, String, String)>) -> Result_ {
        loop {
            let names: BTreeSet<String> = renamed.iter().map(|(_, old, _)| old.clone()).collect();
            let (now, later): (Vec<_>, Vec<_>) =
                renamed.into_iter().partition(|(_, _, new)| !names.contains(new));
            if now.is_empty() {
                return Ok(());
            }
            for (kind, old, new) in now {
                self.writer.rename(kind, &old, &new)?;
                self.renamed.insert((word(kind), path_and_name(&old).1), new);
            }
            renamed = later;
        }
    }

    /// The name that this user or group has now, where it was renamed.
    fn name_now(&self, kind: PrincipalKind, name: String) -> String {
        self.renamed.get(&(word(kind), name.clone())).map_or(name, |arn| path_and_name(arn).1)
    }

    fn organization(
        &mut self,
        policies: Vec<(Fate, String, String, OrgPolicyKind, Document)>,
        attachments: Vec<(Fate, String, String)>,
    ) -> Result_ {
        for (fate, id, name, kind, document) in policies {
            if !fate.stays() {
                self.writer.drop_org_policy(&id)?;
                continue;
            }
            if fate != Fate::Kept && matches!(document, Document::NotSeen(_)) {
                self.writer.forget_org_policy(&id)?;
            }
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
        for (fate, policy, target) in attachments {
            self.writer.organization_attachment(&policy, &target, !fate.stays())?;
        }
        Ok(())
    }

    fn of_whole(&self, fate: Fate, known: bool) -> Fate {
        if self.is_whole && !known && fate == Fate::Changed { Fate::New } else { fate }
    }

    pub(super) fn principal(&mut self, fate: Fate, principal: Principal) -> Result_ {
        let Some(account) = AccountId::of_arn(&principal.arn) else { return Ok(()) };
        self.writer.iam.entry(account).or_default().planned = true;
        let known = self.writer.is_known(&principal.arn)?;
        let fate = self.of_whole(fate, known);
        match fate {
            Fate::Gone | Fate::Doubtful => return self.writer.take_away(&principal.arn),
            Fate::Kept if known => return Ok(()),
            Fate::New => self.writer.delete(&principal.arn, None)?,
            Fate::Changed => self.writer.forget(&principal.arn)?,
            Fate::Kept => {}
        }
        self.tags(&principal.arn, &principal.tags)?;
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
            tags: principal.tags.flatten(),
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

    /// What is known of tags before they are written.
    ///
    /// AWS: CloudFormation Template Reference, "CloudFormation resource tagging"
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-resource-tags.html>): tags that
    /// a stack is given propagate to its things, which "varies by resource type"; no template has them.
    fn tags(&self, arn: &str, tags: &Tags) -> Result_ {
        match tags {
            None => Ok(()),
            Some(None) => self.writer.forget_tags(arn),
            Some(Some(_)) if self.is_whole => self.writer.may_have_more_tags(arn),
            Some(Some(_)) => Ok(()),
        }
    }

    fn policy_arn(&self, account: AccountId, name: &str) -> String {
        format!("arn:{}:iam::{account}:policy/{name}", self.place.partition())
    }

    fn policy(&mut self, fate: Fate, arn: String, document: &Document) -> Result_ {
        match fate {
            Fate::Gone | Fate::Doubtful => return self.writer.delete_policy(&arn),
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

    fn part(
        &mut self,
        fate: Fate,
        account: AccountId,
        (kind, bearer): Bearer,
        part: Part,
        declared: Declared,
    ) -> Result_ {
        let arn = match Arn::parse(&bearer) {
            Some(_) => bearer,
            None => {
                let bearer = if fate.stays() { bearer } else { self.name_now(kind, bearer) };
                let known = self.writer.principal_named(kind, account, &bearer)?;
                known.unwrap_or_else(|| {
                    format!("arn:{}:iam::{account}:{}/{bearer}", self.place.partition(), word(kind))
                })
            }
        };
        if let (Part::Inline(name, _), true) = (&part, fate.stays()) {
            let declared = Declared { arn: arn.as_str().into(), part: name.as_str().into(), ..declared };
            self.writer.declared(&declared)?;
        }
        match (part, fate.stays()) {
            (Part::Attached(Some(policy)), false) => self.writer.detach(&arn, &policy),
            (Part::Attached(Some(policy)), true) => self.writer.attach(kind, &arn, &policy),
            (Part::Attached(None), false) => Ok(()),
            // It may give anything.
            (Part::Attached(None), true) => {
                self.writer.put_inline(kind, &arn, "a policy known later", &DocumentText::NotSeen)
            }
            (Part::Inline(name, _), false) => self.writer.drop_inline(&arn, &name),
            (Part::Inline(name, document), true) => {
                self.writer.put_inline(kind, &arn, &name, &document.expected())
            }
            (Part::Member(group), false) => {
                let group = self.name_now(PrincipalKind::Group, group);
                self.writer.leave(&arn, &group)
            }
            (Part::Member(group), true) => self.writer.join(&arn, &group),
            // What says that there are no others gives nothing back when it goes.
            (Part::OnlyInline(_) | Part::OnlyAttached(_), false) => Ok(()),
            (Part::OnlyInline(_) | Part::OnlyAttached(_), true) if fate == Fate::Kept => Ok(()),
            (Part::OnlyInline(names), true) => self.writer.only_inline(&arn, &names),
            (Part::OnlyAttached(policies), true) => self.writer.only_attached(&arn, &policies),
        }
    }

    fn things(
        &mut self,
        mut things: BTreeMap<String, (Fate, AccountId, Thing)>,
        policies: Vec<(Fate, String, Document)>,
        statements: Vec<(String, Statement)>,
    ) -> Result_ {
        // A policy that is declared by itself is the policy of the thing.
        let mut own = Vec::new();
        let mut declared: BTreeMap<String, Document> = BTreeMap::new();
        for (fate, arn, document) in policies {
            let document = match fate {
                Fate::Gone if Arn::parse(&arn).is_some_and(|arn| may_come_with_policy(&arn.kind())) => {
                    Document::NotSeen(OF_AWS.to_owned())
                }
                Fate::Gone => Document::None,
                Fate::Doubtful => Document::NotSeen(KNOWN_LATER.to_owned()),
                // A thing has one policy: whichever of two comes last, and nothing says which that is.
                Fate::New | Fate::Changed | Fate::Kept => match declared.get(&arn) {
                    Some(other) if *other != document => Document::NotSeen(TWO_POLICIES.to_owned()),
                    _ => document,
                },
            };
            if fate.stays() {
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
        let mut by_thing: BTreeMap<String, Vec<Statement>> = BTreeMap::new();
        for (arn, statement) in statements {
            by_thing.entry(arn).or_default().push(statement);
        }
        for (arn, list) in by_thing {
            let of_thing = things.get(&arn).map(|(fate, ..)| self.of_whole(*fate, false));
            let known = self.writer.is_known(&arn)?;
            let is_kept = list.iter().all(|it| it.fate == Fate::Kept);
            // Of some statement it is known later which thing's it is.
            let is_open =
                things.get(&arn).is_some_and(|(.., it)| matches!(it.policy, Some(Document::NotSeen(_))));
            let before = match of_thing {
                Some(Fate::New) if !known && !is_open => Before::Nothing,
                Some(Fate::New) => Before::Unknown,
                _ if is_kept && known => continue,
                // What a template said of it before is not known.
                _ if self.is_whole => Before::Unknown,
                _ => Before::of(self.writer.policy_of(&arn)?),
            };
            let document = statements::afterwards(before, list);
            match things.get_mut(&arn) {
                Some((fate, _, thing)) => {
                    thing.policy = Some(document);
                    if *fate == Fate::Kept && !is_kept {
                        *fate = Fate::Changed;
                    }
                }
                None => own.push((if is_kept { Fate::Kept } else { Fate::Changed }, arn, document)),
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
                Fate::Kept | Fate::Gone | Fate::Doubtful => {}
            }
            if !known {
                self.writer.is_planned_only(&arn)?;
            }
            self.tags(&arn, &thing.tags)?;
            let mut facts = thing.facts;
            if !known || fate == Fate::New {
                // What goes was not there.
                facts.retain(|_, fact| !fact.is_null());
            }
            if fate == Fate::New && sharing::has_list(&thing.kind) {
                facts.insert(sharing::WHOM.to_owned(), Json::Array(Vec::new()));
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
                tags: thing.tags.flatten(),
                runs_as: (!thing.runs_as.is_empty() || fate == Fate::New).then_some(thing.runs_as),
                facts,
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
            match known {
                true => self.writer.forget(&arn)?,
                false => self.writer.is_planned_only(&arn)?,
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

/// A thing of which a list is all that is shown.
fn shown_by_its_list(it: &Listed) -> ResourceFacts {
    let arn = Arn::parse(&it.thing);
    ResourceFacts {
        arn: it.thing.clone(),
        kind: arn.map(|arn| arn.kind()).unwrap_or_default(),
        account: Some(it.account),
        region: arn.map(|arn| arn.region.to_owned()).filter(|region| !region.is_empty()),
        name: arn.map(|arn| arn.name().into_owned()).unwrap_or_default(),
        policy: ResourcePolicy::None,
        tags: None,
        runs_as: None,
        facts: Map::new(),
        seen_at: None,
    }
}

/// Why nobody knows what the policy of a thing says for which two are declared.
const TWO_POLICIES: &str = "two policies are declared for it, and it has one of them";

/// Why nobody knows what the policy of a thing says that is declared no more.
const OF_AWS: &str = "it has the policy that AWS gives it";

/// Kinds to which AWS gives a policy when they are made without one.
///
/// AWS: KMS Developer Guide, "Default key policy"; SNS Developer Guide, "Overview of managing access": a topic that is made
/// has a policy that lets its owner in.
fn may_come_with_policy(kind: &str) -> bool {
    matches!(kind, "kms:key" | "sns:topic")
}
