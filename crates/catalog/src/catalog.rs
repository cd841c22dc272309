//! The catalogue: one value that answers every question about what exists.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::above::{self, AskedAbove};
use crate::access::Access;
use crate::action::{ActionId, ActionResource};
use crate::binding::{self, CalledOperation, RequestLine};
use crate::condition_key::{ConditionKey, GlobalKey, KeyIndex, global_keys};
use crate::edition::meta_text;
use crate::event;
use crate::expand;
use crate::facts::{DamagedFacts, Facts};
use crate::managed::{self, ManagedPolicy};
use crate::operation::{self, Operation};
use crate::resource_policy::{self, ResourcePolicyKind};
use crate::resource_type::{ByArn, ResourceType, ResourceTypeId};
use crate::role_passing::{self, RolePassing};
use crate::service::Service;
use crate::service_principal::{self, ServicePrincipal};
use crate::source::{self, Source};
use crate::suggest;

/// What AWS publishes, as of [`data_date`](Self::data_date). The embedded one is [`catalog()`](crate::catalog()).
#[derive(Debug)]
pub struct Catalog {
    pub(crate) facts: Facts,
    keys: KeyIndex,
    by_arn: ByArn,
    /// The actions of each resource type, one type after another, and where each type ends.
    on_type: Vec<ActionId>,
    on_type_ends: Vec<u32>,
    /// Which actions take a role, and in which member; put together when first asked for.
    role_members: OnceLock<HashMap<ActionId, &'static str>>,
}

impl Catalog {
    /// Reads facts in the form of `data/facts.txt`. The text stays for the life of the program: names point into it.
    pub fn read(facts: &'static str) -> Result<Self, DamagedFacts> {
        let facts = Facts::parse(facts)?;
        let (on_type, on_type_ends) = reverse(&facts);
        Ok(Self {
            keys: KeyIndex::new(&facts),
            by_arn: ByArn::new(&facts),
            facts,
            on_type,
            on_type_ends,
            role_members: OnceLock::new(),
        })
    }

    /// The day that the facts are from: `2026-09-26`. Whatever is newer is not known here.
    pub fn data_date(&self) -> &str {
        source::base_date(meta_text()).unwrap_or("unknown")
    }

    /// The packages that the facts were compiled from.
    pub fn sources(&self) -> impl Iterator<Item = Source<'static>> + use<> {
        source::sources(meta_text())
    }

    /// How many records of each kind the compiled facts should hold, by the names in `data/META`.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> + use<> {
        source::counts(meta_text())
    }

    /// How many records of each kind are here, by the same names; those of the tables beside the facts apart.
    pub fn record_counts(&self) -> Vec<(&'static str, usize)> {
        let actions = |holds: &dyn Fn(ActionId) -> bool| self.actions().filter(|id| holds(*id)).count();
        vec![
            ("services", self.services().len()),
            ("rcp", self.services().filter(|service| service.rcp_supported()).count()),
            ("actions", self.action_count()),
            ("late", actions(&|id| self.is_late(id))),
            ("types", self.resource_types().len()),
            ("key_rows", self.facts.keys.len()),
            ("pairs", self.facts.pairs.len()),
            ("dependent_pairs", self.facts.dependents.len()),
            ("with_dependents", actions(&|id| self.dependents(id).len() > 0)),
            ("permission_only", actions(&|id| self.is_permission_only(id) == Some(true))),
            ("new", actions(&|id| self.is_permission_only(id).is_none())),
        ]
    }

    /// All services, by prefix.
    pub fn services(&self) -> impl ExactSizeIterator<Item = Service<'_>> {
        self.facts.services.iter().map(|row| Service { catalog: self, row })
    }

    /// The service with this prefix, case aside.
    pub fn service(&self, prefix: &str) -> Option<Service<'_>> {
        let at = self.facts.service_at(prefix)?;
        Some(Service { catalog: self, row: &self.facts.services[at] })
    }

    /// The action with this full name, `s3:getobject`, case aside. Allocates nothing.
    pub fn action(&self, name: &str) -> Option<ActionId> {
        self.facts.action_index.get(name, |at| self.facts.actions[at as usize].name).map(ActionId)
    }

    /// How many actions there are: [`ActionId::index`] is below this.
    pub fn action_count(&self) -> usize {
        self.facts.actions.len()
    }

    /// All actions, by prefix and name.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = ActionId> + Clone + use<> {
        (0..self.facts.actions.len() as u32).map(ActionId)
    }

    /// The full name as AWS writes it: `s3:GetObject`.
    pub fn name(&self, action: ActionId) -> &'static str {
        self.facts.actions[action.index()].name
    }

    /// What stands before the colon: `s3`.
    pub fn prefix(&self, action: ActionId) -> &'static str {
        self.facts.services[usize::from(self.facts.actions[action.index()].service)].prefix
    }

    /// What stands after the colon: `GetObject`.
    pub fn short_name(&self, action: ActionId) -> &'static str {
        &self.name(action)[self.prefix(action).len() + 1..]
    }

    /// The levels AWS gives the action.
    pub fn access(&self, action: ActionId) -> Access {
        self.facts.actions[action.index()].access
    }

    /// Is there no operation of this name, only a permission that other operations ask for (as `iam:PassRole`)?
    /// `None` if the action is newer than the source that says so, which is from late 2025.
    pub fn is_permission_only(&self, action: ActionId) -> Option<bool> {
        let row = &self.facts.actions[action.index()];
        (row.permission_only || !row.new).then_some(row.permission_only)
    }

    /// Is the action so new that its level and its keys are not known?
    pub fn is_late(&self, action: ActionId) -> bool {
        self.facts.actions[action.index()].late
    }

    /// The resource types that the action can be asked on.
    pub fn resources(&self, action: ActionId) -> impl ExactSizeIterator<Item = ActionResource<'_>> {
        let range = self.facts.actions[action.index()].pairs.clone();
        let pairs = &self.facts.pairs[range.start as usize..range.end as usize];
        pairs.iter().map(|pair| ActionResource { catalog: self, pair })
    }

    /// Does the action take no resource type, so that only a statement with the resource `*` can match it?
    pub fn is_wildcard_only(&self, action: ActionId) -> bool {
        self.facts.actions[action.index()].pairs.is_empty()
    }

    /// The condition keys that a request for the action can carry, each once: those of the action, those it has on
    /// one resource type, and those of the resource types themselves. Global keys come besides, see
    /// [`global_keys`](Self::global_keys); those that work with listed services only, such as `aws:ResourceTag`, are here.
    pub fn keys(&self, action: ActionId) -> impl Iterator<Item = &'static str> {
        let row = &self.facts.actions[action.index()];
        let mut keys: Vec<u16> = self.facts.set(row.keys).to_vec();
        for pair in &self.facts.pairs[row.pairs.start as usize..row.pairs.end as usize] {
            keys.extend(self.facts.set(pair.keys));
            keys.extend(self.facts.set(self.facts.types[usize::from(pair.resource)].keys));
        }
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().map(|key| self.facts.keys[usize::from(key)].name)
    }

    /// The condition keys that a request for the action can carry whatever it names: of those of one resource type it is
    /// told with the type.
    pub fn keys_of_action(&self, action: ActionId) -> impl Iterator<Item = &'static str> {
        self.set_names(self.facts.actions[action.index()].keys)
    }

    /// The further actions that a caller of this one may need: `iam:PassRole` for `lambda:CreateFunction`. That there
    /// is none means something only if [`dependents_known`](Self::dependents_known).
    pub fn dependents(&self, action: ActionId) -> impl ExactSizeIterator<Item = ActionId> + use<'_> {
        let range = self.facts.actions[action.index()].dependents.clone();
        self.facts.dependents[range.start as usize..range.end as usize].iter().map(|&id| ActionId(id))
    }

    /// Does [`asked_above`](Self::asked_above) tell anything of the actions of this service?
    pub fn is_asked_above(&self, service: &str) -> bool {
        above::is_asked_above(service)
    }

    /// What a request of this action on the thing with this ARN is asked on besides, each of which has to be allowed: the
    /// database and the catalogue of a table of AWS Glue, the cluster of a task that a command is run in.
    pub fn asked_above(&self, action: ActionId, arn: &str) -> Vec<AskedAbove> {
        above::asked_above(self, action, arn)
    }

    /// Is the action old enough (late 2025) that its dependents are known?
    pub fn dependents_known(&self, action: ActionId) -> bool {
        let row = &self.facts.actions[action.index()];
        !row.new || !row.dependents.is_empty()
    }

    /// Does the action hand a role to a service, and how is that known? `None` is "not known to", which for new
    /// actions is not "does not".
    pub fn role_passing(&self, action: ActionId) -> Option<RolePassing> {
        let members = self.role_members.get_or_init(|| role_passing::members(self));
        role_passing::role_passing(self, members, action)
    }

    /// The actions that a pattern of a policy covers, in order: `s3:Get*`, `*`, `*:*Policy*`. Case does not count.
    pub fn expand(&self, pattern: &str) -> Vec<ActionId> {
        let mut found = Vec::new();
        expand::for_each_match(&self.facts, pattern, |id| found.push(ActionId(id)));
        found
    }

    /// The condition key with this name, case aside: a key of a service, a global key, or one whose template it fits,
    /// as `aws:PrincipalTag/team` fits `aws:PrincipalTag/${TagKey}`.
    pub fn condition_key(&self, key: &str) -> Option<ConditionKey> {
        self.keys.get(&self.facts, key)
    }

    /// The condition keys that do not depend on the action.
    pub fn global_keys(&self) -> impl Iterator<Item = &'static GlobalKey> {
        global_keys().iter()
    }

    /// Can a request for `action` carry `key`? Global keys can be in any request. `None` if that is not known: the key
    /// is not in this catalogue, or the keys of an action so new are not.
    pub fn takes_key(&self, action: ActionId, key: &str) -> Option<bool> {
        let known = self.condition_key(key)?;
        let takes = known.global.is_some_and(|global| !global.needs_listing())
            || self.keys(action).any(|listed| listed.eq_ignore_ascii_case(known.name));
        (takes || !self.is_late(action)).then_some(takes)
    }

    /// All resource types, by service and name.
    pub fn resource_types(&self) -> impl ExactSizeIterator<Item = ResourceType<'_>> {
        (0..self.facts.types.len() as u16).map(|id| self.resource_type_at(ResourceTypeId(id)))
    }

    /// The resource type with this full name, `s3:bucket` or `lambda:function alias`, case aside.
    pub fn resource_type(&self, name: &str) -> Option<ResourceType<'_>> {
        let (prefix, name) = name.split_once(':')?;
        self.service(prefix)?.resource_types().find(|known| known.name().eq_ignore_ascii_case(name))
    }

    /// The resource type with this number.
    pub fn resource_type_at(&self, id: ResourceTypeId) -> ResourceType<'_> {
        ResourceType { catalog: self, id }
    }

    /// The resource types that an ARN can be of, most likely first: those whose patterns spell out most of it, and of
    /// these the ones of the service that the ARN names. Several services list the same things, so several is common:
    /// an instance is an `ec2:instance` and an `ssm:instance`.
    /// Wildcards in the ARN are read as letters.
    pub fn resource_types_of(&self, arn: &str) -> Vec<ResourceType<'_>> {
        self.by_arn.types_of(&self.facts, arn).into_iter().map(|id| self.resource_type_at(id)).collect()
    }

    /// The actions that can be asked on a thing of this type, in order.
    pub fn actions_on(
        &self,
        resource_type: ResourceTypeId,
    ) -> impl ExactSizeIterator<Item = ActionId> + Clone + use<'_> {
        let at = resource_type.index();
        let from = at.checked_sub(1).map_or(0, |before| self.on_type_ends[before] as usize);
        self.on_type[from..self.on_type_ends[at] as usize].iter().copied()
    }

    /// The action that was most likely meant by a name that is none; `None` if nothing is near enough to be helpful.
    pub fn suggest_action(&self, text: &str) -> Option<ActionId> {
        suggest::action(self, text)
    }

    /// Do resource control policies apply to the resources of this service?
    pub fn rcp_supported(&self, prefix: &str) -> bool {
        self.service(prefix).is_some_and(Service::rcp_supported)
    }

    /// The document of an AWS managed policy, by ARN. `None` does not mean that there is no such policy: newer ones,
    /// retired ones and those of other partitions are not known here.
    pub fn managed_policy(&self, arn: &str) -> Option<&'static str> {
        managed::managed_policy(arn).map(|policy| policy.document)
    }

    /// All AWS managed policies, by ARN.
    pub fn managed_policies(&self) -> &'static [ManagedPolicy] {
        managed::managed_policies()
    }

    /// The AWS service that acts under a name such as `lambda.amazonaws.com`. Not all are known: `None` is no fault.
    pub fn service_principal(&self, name: &str) -> Option<ServicePrincipal> {
        service_principal::service_principal(name)
    }

    /// The service principal that was most likely meant by a name that is not known to be one; `None` if nothing is near
    /// enough, as where a name is only missing from the list.
    pub fn suggest_service_principal(&self, text: &str) -> Option<&'static str> {
        suggest::service_principal(self, text)
    }

    /// All known service principals, by name.
    pub fn service_principals(&self) -> impl Iterator<Item = ServicePrincipal> + use<> {
        service_principal::service_principals()
    }

    /// Every way in which things grant access by themselves: bucket policies, trust policies, access lists.
    pub fn resource_policy_kinds(&self) -> impl Iterator<Item = ResourcePolicyKind> + use<> {
        resource_policy::resource_policy_kinds()
    }

    /// What a call of an SDK operation needs: `client` is the name of the SDK's client or the service id (`s3`,
    /// `API Gateway`), case aside.
    pub fn operation(&self, client: &str, operation: &str) -> Operation {
        operation::operation(self, client, operation)
    }

    /// The operation that a signed HTTP request calls. `None`: none of those that are known here. That a name has the
    /// form of an operation does not say that there is one: [`operation`](Self::operation) does.
    pub fn called(&self, request: &RequestLine<'_>) -> Option<CalledOperation> {
        binding::called(request)
    }

    /// The SDK's client of a service id, case aside: `apigateway` of `API Gateway`.
    pub fn client_of_service_id(&self, service_id: &str) -> Option<&'static str> {
        operation::client_of_service_id(service_id)
    }

    /// What the call behind a CloudTrail event needed: `source` is `s3.amazonaws.com`, `name` the event name. Events
    /// that are no calls (their type is not `AwsApiCall`) carry no permission; ask only about calls.
    pub fn event(&self, source: &str, name: &str) -> Operation {
        event::event(self, source, name)
    }

    pub(crate) fn set_names(&self, set: u16) -> impl Iterator<Item = &'static str> + use<'_> {
        self.facts.set(set).iter().map(|&key| self.facts.keys[usize::from(key)].name)
    }
}

/// The actions of each resource type, by counting.
fn reverse(facts: &Facts) -> (Vec<ActionId>, Vec<u32>) {
    let mut ends = vec![0u32; facts.types.len()];
    for pair in &facts.pairs {
        ends[usize::from(pair.resource)] += 1;
    }
    let mut total = 0;
    for end in &mut ends {
        // First the start; every action that is put in moves it on, so that it ends as the end.
        total += std::mem::replace(end, total);
    }
    let mut actions = vec![ActionId(0); facts.pairs.len()];
    for (id, row) in (0u32..).zip(&facts.actions) {
        for pair in &facts.pairs[row.pairs.start as usize..row.pairs.end as usize] {
            let place = &mut ends[usize::from(pair.resource)];
            actions[*place as usize] = ActionId(id);
            *place += 1;
        }
    }
    (actions, ends)
}
