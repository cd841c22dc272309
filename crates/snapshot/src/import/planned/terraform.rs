//! A plan or state of Terraform as `terraform show -json` writes it: before it, and after it.
//!
//! A value that Terraform knows only after the plan was applied is unknown here, with one exception that is no guess: an
//! argument whose whole expression refers to one attribute of one resource of the plan (`role = aws_iam_role.web.id`) is
//! that resource's name or ARN. And a policy from `data.aws_iam_policy_document` of which a part is unknown is known but
//! for that part.
//!
//! Terraform: "JSON Output Format".

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::declaration::{Declaration, Names};
use super::permission_sets::PermissionSet;
use super::plan::{Fate, Plan};
use super::terraform_types;
use super::value::Value;
use super::{Doubts, Place, Side, kinds, own_policy};
use crate::arn::Arn;
use crate::import::roles;
use crate::model::AccountId;

/// A resource of the plan on one of its sides.
#[derive(Clone, Debug)]
struct Resource<'j> {
    address: &'j str,
    /// `module.a["x"].module.b`; empty: the root.
    module: &'j str,
    is_data: bool,
    kind: &'j str,
    name: &'j str,
    index: Option<&'j Json>,
    /// What was at the address before what is there now, or what is there no more.
    is_former: bool,
    fate: Fate,
    attributes: Value,
    /// What they were, where it is changed in place.
    before: Option<Value>,
}

/// Attributes that name the key with which something is encrypted.
const ENCRYPTION: [&str; 4] = ["encryption_key", "kms_key_arn", "kms_key_id", "kms_master_key_id"];

/// Arguments that are sets, by which somebody gets something. Terraform: AWS provider, the pages of the resources.
const SETS: [&str; 6] = ["groups", "managed_policy_arns", "policy_arns", "policy_names", "roles", "users"];

/// What a policy of the organization is attached to, and of which it is known later what its id is: units and accounts that are made.
const NEW_IN_ORGANIZATION: [&str; 2] = ["aws_organizations_account", "aws_organizations_organizational_unit"];

/// Longer ways through variables and outputs of modules are not followed.
const LONGEST_WAY: u8 = 12;

pub(super) struct Terraform<'j> {
    json: &'j Json,
    resources: Vec<Resource<'j>>,
    /// By configuration address with the modules' names: `module.a.aws_iam_role.web`.
    by_config: BTreeMap<String, Vec<usize>>,
}

/// Is this a plan or a state?
pub(super) fn is_terraform(json: &Json) -> bool {
    let has = |name: &str| json.get(name).is_some_and(|part| !part.is_null());
    has("format_version")
        && (has("resource_changes") || has("planned_values") || has("values") || has("terraform_version"))
}

/// Its version, if that is of a format that this program does not know: a later one says things in other ways.
pub(super) fn unknown_version(json: &Json) -> Option<&str> {
    let version = json.get("format_version")?.as_str()?;
    let major = version.split('.').next().unwrap_or_default();
    (!matches!(major, "0" | "1")).then_some(version)
}

impl<'j> Terraform<'j> {
    pub(super) fn new(json: &'j Json, side: Side) -> Terraform<'j> {
        let mut resources = Vec::new();
        for change in json.get("resource_changes").and_then(Json::as_array).into_iter().flatten() {
            resources.extend(changed(change, side));
        }
        let of_changes: BTreeSet<&str> = resources.iter().map(|resource| resource.address).collect();
        // A state has values only; in the prior state stand data sources that were read before the plan, and what a plan of some
        // resources (`-target`) leaves as it is.
        let mut there = Vec::new();
        for values in [json.get("values"), json.pointer("/prior_state/values")].into_iter().flatten() {
            in_module(values.get("root_module"), "", 0, &mut there);
        }
        there.retain(|resource| !of_changes.contains(resource.address));
        resources.extend(there);
        let mut by_config = BTreeMap::<String, Vec<usize>>::new();
        // The configuration speaks of what is there afterwards.
        for (at, resource) in resources.iter().enumerate().filter(|(_, it)| !it.is_former) {
            let data = if resource.is_data { "data." } else { "" };
            let address =
                format!("{}{data}{}.{}", config_prefix(resource.module), resource.kind, resource.name);
            by_config.entry(address).or_default().push(at);
        }
        Terraform { json, resources, by_config }
    }

    /// The account and region that resources without an ARN of their own are in, by provider.
    pub(super) fn places(&self) -> Places {
        let mut places = Places::default();
        let providers = self.json.pointer("/configuration/provider_config").and_then(Json::as_object);
        for (key, provider) in providers.into_iter().flatten() {
            if provider.get("name").and_then(Json::as_str) != Some("aws") {
                continue;
            }
            let known = places.by_provider.entry(last_of(key).to_owned()).or_default();
            let constant = |path: &str| provider.pointer(path).and_then(Json::as_str);
            let role = constant("/expressions/assume_role/0/role_arn/constant_value");
            known.0 = known.0.or_else(|| AccountId::of_arn(role?));
            let only = constant("/expressions/allowed_account_ids/constant_value/0");
            known.0 = known.0.or_else(|| AccountId::parse(only?));
            if let Some(region) = constant("/expressions/region/constant_value") {
                known.1.get_or_insert_with(|| region.to_owned());
            }
        }
        for resource in &self.resources {
            let provider = self.provider(resource);
            let known = places.by_provider.entry(provider.to_owned()).or_default();
            if resource.is_data && resource.kind == "aws_caller_identity" {
                known.0 = known.0.or_else(|| AccountId::parse(resource.attributes.get("account_id").text()?));
            }
            if resource.is_data && resource.kind == "aws_region" {
                let region = resource.attributes.get("region").text();
                let region = region.or_else(|| resource.attributes.get("name").text());
                known.1 = known.1.take().or_else(|| region.map(str::to_owned));
            }
            if let Some(arn) = resource.attributes.get("arn").text().and_then(Arn::parse)
                && !resource.is_data
            {
                known.0 = known.0.or_else(|| AccountId::parse(arn.account));
                if !arn.region.is_empty() {
                    known.1.get_or_insert_with(|| arn.region.to_owned());
                }
            }
        }
        places
    }

    /// What it comes to. `default`: the place of the provider without an alias, where nothing in the file tells.
    pub(super) fn read(&self, default: &Place, file: &str, doubts: &mut Doubts) -> Plan {
        let mut plan = Plan::default();
        for (field, why) in [
            ("errored", "the plan ended with an error: it holds what was planned until then"),
            ("complete", "the plan is not complete: what it leaves for a later one is not in it"),
        ] {
            // Older versions of Terraform say neither.
            let sound = field == "complete";
            if self.json.get(field).and_then(Json::as_bool).is_some_and(|is| is != sound) {
                doubts.add(None, why.to_owned());
            }
        }
        let places = self.places();
        let (default_account, default_region) = (default.account, default.region.clone());
        let place_of = |resource: &Resource<'_>| {
            let provider = self.provider(resource);
            let (account, region) = places.by_provider.get(provider).cloned().unwrap_or_default();
            let account = match account {
                None if provider != "aws" && places.by_provider.len() > 1 => return None,
                other => other.unwrap_or(default_account),
            };
            let own = resource.attributes.get("region").text().map(str::to_owned);
            Some(Place { account, region: own.or(region).or_else(|| default_region.clone()) })
        };
        let all: Vec<Option<Place>> = self.resources.iter().map(place_of).collect();
        // What goes does so before what is made, though not before what stays: one thing may go at one address and be made at
        // another, whichever the file names first.
        let mut in_order: Vec<_> = self.resources.iter().zip(&all).collect();
        in_order.sort_by_key(|(resource, _)| match resource.fate {
            Fate::Kept | Fate::Changed => 0,
            Fate::Gone | Fate::Doubtful => 1,
            Fate::New => 2,
        });
        for (resource, place) in in_order {
            plan.permission_sets.extend(set_looked_up(resource).map(|set| (Fate::Kept, set)));
            // The second is AWS's own provider by the side of the other.
            let is_of_aws = ["aws_", "awscc_"].iter().any(|begins| resource.kind.starts_with(begins));
            if resource.is_data || !is_of_aws {
                continue;
            }
            let Some((kind, names)) = terraform_types::of(resource.kind) else {
                if resource.goes_whole(&mut plan) {
                    continue;
                }
                doubts.taken(super::declaration::Taken::UnknownKind, resource.kind, resource.address, None);
                continue;
            };
            let Some(place) = place else {
                let provider = self.provider(resource);
                doubts.add(
                    None,
                    format!(
                        "`{}` is not read: the account of the provider `{provider}` is not known",
                        resource.address
                    ),
                );
                continue;
            };
            let mut attributes = resource.attributes.clone();
            if let Value::Map(fields) = &mut attributes {
                for (name, value) in fields {
                    if value.has_unknown() {
                        *value = self.referred(resource, name, value, &all);
                    }
                }
            }
            self.fill_in(resource, &mut attributes);
            let may_name = self.may_name(resource, &attributes, names, &all);
            let properties = terraform_types::properties(&attributes, names);
            let before = resource.before.as_ref().map(|before| terraform_types::properties(before, names));
            let declaration = Declaration {
                kind,
                before,
                fate: resource.fate,
                address: resource.address,
                stand_in: &stand_in(resource),
                arn: properties.get("arn").text().filter(|_| kinds::of(kind).is_some()).map(str::to_owned),
                place,
                file,
                line: None,
                may_name,
                is_perhaps: false,
                properties,
            };
            let taken = declaration.take(&mut plan);
            doubts.taken(taken, resource.kind, resource.address, None);
            if let Some(properties) = self.permission_of_url(resource, &declaration.properties) {
                let permission = Declaration { kind: "AWS::Lambda::Permission", properties, ..declaration };
                permission.take(&mut plan);
            }
        }
        plan
    }

    /// With a URL that is open to everyone the provider makes the permission to call it.
    ///
    /// Terraform: AWS provider, `internal/service/lambda/function_url.go`, `resourceFunctionURLCreate`, which adds the statement
    /// `FunctionURLAllowPublicAccess`.
    fn permission_of_url(&self, resource: &Resource<'_>, properties: &Value) -> Option<Value> {
        const SID: &str = "FunctionURLAllowPublicAccess";
        let is_open = resource.kind == "aws_lambda_function_url"
            && resource.fate == Fate::New
            && properties.get("AuthType").text() == Some("NONE");
        let is_same = |other: &Resource<'_>| {
            other.kind == "aws_lambda_permission" && other.attributes.get("statement_id").text() == Some(SID)
        };
        if !is_open || self.resources.iter().any(is_same) {
            return None;
        }
        let text = |name: &str, text: &str| (name.to_owned(), Value::Text(text.to_owned()));
        Some(Value::Map(vec![
            text("StatementId", SID),
            ("FunctionName".to_owned(), properties.get("TargetFunctionArn").clone()),
            ("Qualifier".to_owned(), properties.get("qualifier").clone()),
            text("Action", "lambda:InvokeFunctionUrl"),
            text("Principal", "*"),
            text("FunctionUrlAuthType", "NONE"),
        ]))
    }

    /// What AWS does where nothing is configured, and what Terraform writes of things that are not there yet.
    fn fill_in(&self, resource: &Resource<'_>, attributes: &mut Value) {
        let Value::Map(fields) = attributes else { return };
        let is_configured = |name: &str| {
            self.configuration(resource).and_then(|it| it.get("expressions")?.get(name)).is_some()
        };
        for (name, value) in fields.iter_mut() {
            let from_elsewhere = match (resource.kind, &**name) {
                // Computed from what other resources attach; those speak for themselves.
                ("aws_iam_role", "managed_policy_arns" | "inline_policy")
                | (
                    "aws_kms_key"
                    | "aws_kms_external_key"
                    | "aws_s3_bucket"
                    | "aws_sqs_queue"
                    | "aws_secretsmanager_secret",
                    "policy",
                )
                | ("aws_opensearch_domain" | "aws_elasticsearch_domain", "access_policies")
                | ("aws_s3_bucket", "acl" | "grant") => *value == Value::Unknown,
                _ => false,
            };
            // What is not asked for is the key of AWS, which lets in whom the service lets in. The key of a copy is that of what is
            // copied, and is known later.
            let names_key =
                ENCRYPTION.contains(&&**name) || (resource.kind, &**name) == ("aws_ssm_parameter", "key_id");
            let is_of_aws = names_key
                && self.configuration(resource).is_some()
                && *value == Value::Unknown
                && !matches!(
                    terraform_types::of(resource.kind),
                    Some(("AWS::EC2::Snapshot" | "AWS::RDS::DBClusterSnapshot" | "AWS::RDS::DBSnapshot", _))
                );
            // A thing that is to have no role, or the one that AWS makes for its service. Terraform knows so only afterwards.
            let has_none = roles::is_role(&name.replace('_', ""))
                && self.configuration(resource).is_some()
                && *value == Value::Unknown;
            if (from_elsewhere || is_of_aws || has_none) && resource.fate == Fate::New && !is_configured(name)
            {
                *value = Value::Null;
            }
        }
        // With the tags that the provider gives everything; where the plan has none, there are none.
        if let Some(at) = fields.iter().position(|(name, _)| name == "tags_all") {
            let (_, all) = fields.swap_remove(at);
            fields.retain(|(name, _)| name != "tags");
            let all = if all.is_null() { Value::List(Vec::new()) } else { all };
            fields.push(("tags".to_owned(), all));
        }
        // AWS: S3 User Guide, "Blocking public access": "By default, new buckets … don't allow public access".
        if resource.kind == "aws_s3_bucket" && resource.fate == Fate::New {
            let on = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
            let block = on.map(|name| (name.to_owned(), Value::Bool(true)));
            fields.push(("PublicAccessBlockConfiguration".to_owned(), Value::Map(block.into())));
        }
    }

    fn module_configuration(&self, module: &str) -> Option<&'j Json> {
        let mut at = self.json.pointer("/configuration/root_module")?;
        for name in module_names(module) {
            at = at.get("module_calls")?.get(name)?.get("module")?;
        }
        Some(at)
    }

    fn configuration(&self, resource: &Resource<'_>) -> Option<&'j Json> {
        let data = if resource.is_data { "data." } else { "" };
        let address = format!("{data}{}.{}", resource.kind, resource.name);
        let all = self.module_configuration(resource.module)?.get("resources")?.as_array()?;
        all.iter().find(|it| it.get("address").and_then(Json::as_str) == Some(&address))
    }

    /// `aws`, or `aws.alias`.
    fn provider(&self, resource: &Resource<'_>) -> &'j str {
        let key = self.configuration(resource).and_then(|it| it.get("provider_config_key")?.as_str());
        last_of(key.unwrap_or("aws"))
    }

    /// Whose names an attribute can be that names users, groups or roles of whom one is known later. `None`: anybody's.
    fn may_name(
        &self,
        resource: &Resource<'j>,
        attributes: &Value,
        names: terraform_types::Names,
        places: &[Option<Place>],
    ) -> Vec<(&'static str, Names)> {
        let identities = ["Users", "UserName", "Groups", "GroupName", "Roles", "RoleName"];
        let own = terraform_types::of(resource.kind).and_then(|(kind, _)| own_policy::of(kind));
        let of: Vec<&str> = match (own, resource.kind) {
            (Some(own), _) => vec![own.of],
            (None, "aws_lambda_permission") => vec!["AWS::Lambda::Function"],
            (None, "aws_cloudwatch_event_permission") => vec!["AWS::Events::EventBus"],
            (None, "aws_organizations_policy_attachment") => NEW_IN_ORGANIZATION.to_vec(),
            (None, _) => vec!["AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"],
        };
        let is_of = |property: &str| match own {
            Some(own) => own.thing == property,
            None => {
                identities.contains(&property)
                    || own_policy::THINGS.contains(&property)
                    || property == "TargetId"
            }
        };
        let named = names
            .iter()
            .filter(|(attribute, property)| is_of(property) && attributes.get(attribute).has_unknown());
        let found = named.map(|(attribute, property)| {
            let expression =
                self.configuration(resource).and_then(|it| it.get("expressions")?.get(attribute));
            let mut found = Vec::new();
            let is_known = expression.is_some_and(|expression| {
                self.named_by(&self.scope(resource), expression, (&of, places), &mut found, 0)
            });
            let is_told = is_known && (!found.is_empty() || *property == "TargetId");
            (*property, is_told.then_some(found))
        });
        found.collect()
    }

    /// Gathers the names of everything of these types that an expression refers to, by way of variables and outputs. `false`: it
    /// refers to something else too.
    fn named_by(
        &self,
        scope: &Scope<'j>,
        expression: &Json,
        (of, places): (&[&str], &[Option<Place>]),
        found: &mut Vec<String>,
        way: u8,
    ) -> bool {
        if let Some(constant) = expression.get("constant_value") {
            return add_names(constant, found);
        }
        if way > LONGEST_WAY {
            return false;
        }
        let Some(references) = whole_references(expression) else { return false };
        references.into_iter().all(|reference| {
            let words = split(reference);
            match words[..] {
                ["path" | "terraform", ..] | ["each", "key"] | ["count", "index"] => true,
                ["var", name, ..] => match self.above(&scope.module) {
                    Some((above, call)) => match call.get("expressions").and_then(|it| it.get(name)) {
                        Some(expression) => self.named_by(&above, expression, (of, places), found, way + 1),
                        None => {
                            let module = call.get("module").and_then(|it| it.get("variables")?.get(name));
                            module.and_then(|it| it.get("default")).is_some_and(|it| add_names(it, found))
                        }
                    },
                    None => {
                        let value = self.json.pointer("/variables").and_then(|it| it.get(name)?.get("value"));
                        value.is_some_and(|value| add_names(value, found))
                    }
                },
                ["module", name, output, ..] => {
                    let module = match &*scope.module {
                        "" => format!("module.{name}"),
                        module => format!("{module}.module.{name}"),
                    };
                    let outputs = self.module_configuration(&module).and_then(|it| it.get("outputs"));
                    let expression = outputs.and_then(|it| it.get(output)?.get("expression"));
                    let inside = Scope { module, key: None, repeated: None, instances: None };
                    expression.is_some_and(|it| self.named_by(&inside, it, (of, places), found, way + 1))
                }
                // There is nobody in what is made yet.
                [kind, ..] if NEW_IN_ORGANIZATION.contains(&kind) && of.contains(&kind) => true,
                [kind, name, ..] if terraform_types::of(kind).is_some_and(|(kind, _)| of.contains(&kind)) => {
                    let address = format!("{}{kind}.{name}", config_prefix(&scope.module));
                    let all = self.by_config.get(&address).map(Vec::as_slice).unwrap_or_default();
                    let named = all.iter().filter_map(|at| {
                        let (target, place) = (&self.resources[*at], places[*at].as_ref()?);
                        let (kind, names) = terraform_types::of(target.kind)?;
                        let properties = terraform_types::properties(&target.attributes, names);
                        let (kind, stand_in) = (kinds::of(kind)?, stand_in(target));
                        Some([kind.name_of(&properties, &stand_in), kind.arn(&properties, &stand_in, place)])
                    });
                    found.extend(named.flatten());
                    !all.is_empty()
                }
                _ => false,
            }
        })
    }

    /// What an attribute with unknown parts is, where the configuration settles it.
    fn referred(
        &self,
        resource: &Resource<'_>,
        name: &str,
        value: &Value,
        places: &[Option<Place>],
    ) -> Value {
        let expression = self.configuration(resource).and_then(|it| it.get("expressions")?.get(name));
        let Some(expression) = expression else { return value.clone() };
        self.worked_out(&self.scope(resource), name, value, expression, places)
    }

    /// The same of an argument and its expression, which of a block are those of what stands in it. Of several blocks nobody says
    /// which expression is of which.
    fn worked_out(
        &self,
        scope: &Scope<'j>,
        name: &str,
        value: &Value,
        expression: &Json,
        places: &[Option<Place>],
    ) -> Value {
        if !value.has_unknown() {
            return value.clone();
        }
        match (value, expression) {
            (Value::List(list), Json::Array(blocks)) => {
                return match (&list[..], &blocks[..]) {
                    ([one], [block]) => Value::List(vec![self.worked_out(scope, name, one, block, places)]),
                    _ => value.clone(),
                };
            }
            (Value::Map(fields), Json::Object(block))
                if !block.contains_key("references") && !block.contains_key("constant_value") =>
            {
                let inner = fields.iter().map(|(name, value)| match block.get(name) {
                    Some(expression) => {
                        (name.clone(), self.worked_out(scope, name, value, expression, places))
                    }
                    None => (name.clone(), value.clone()),
                });
                return Value::Map(inner.collect());
            }
            _ => {}
        }
        let found = self.target(scope, name, expression, 0);
        let Some((at, attribute)) = found else { return value.clone() };
        let target = &self.resources[at];
        if target.is_data && target.kind == "aws_iam_policy_document" && attribute == "json" {
            return policy_document(target);
        }
        if let Some(text) = target.attributes.get(&attribute).text() {
            return Value::Text(text.to_owned());
        }
        let (Some((kind, names)), Some(place)) = (terraform_types::of(target.kind), &places[at]) else {
            return value.clone();
        };
        let Some(kind) = kinds::of(kind).filter(|_| !target.is_data) else { return value.clone() };
        let properties = terraform_types::properties(&target.attributes, names);
        let text = match &*attribute {
            "arn" | "invoke_arn" if attribute == "arn" => kind.arn(&properties, &stand_in(target), place),
            // What identifies it: of most things the name.
            "id" | "name" | "bucket" | "function_name" | "key_id" | "url" | "family" | "queue_url" => {
                kind.reference(&properties, &stand_in(target), place)
            }
            _ => return value.clone(),
        };
        match value {
            // A list that one reference makes up may hold more than it.
            Value::List(list) if list.len() == 1 => Value::List(vec![Value::Text(text)]),
            // Of a set of which one element is known later Terraform tells none, and of an expression no constants.
            Value::Unknown if SETS.contains(&name) => Value::List(vec![Value::Text(text), Value::Unknown]),
            Value::Unknown => Value::Text(text),
            other => other.clone(),
        }
    }

    /// Where the arguments of a resource stand.
    fn scope(&self, resource: &Resource<'j>) -> Scope<'j> {
        let repeated = self.configuration(resource);
        let address = format!("{}{}.{}", config_prefix(resource.module), resource.kind, resource.name);
        Scope {
            module: resource.module.to_owned(),
            key: resource.index.map(ToString::to_string),
            repeated,
            instances: self.by_config.get(&address).map(|all| self.of_module(all, resource.module).count()),
        }
    }

    fn of_module<'a>(&'a self, of: &'a [usize], module: &'a str) -> impl Iterator<Item = usize> + 'a {
        of.iter().copied().filter(move |&at| self.resources[at].module == module)
    }

    /// The one resource and attribute that an expression refers to. `argument`: whose value it is.
    fn target(
        &self,
        scope: &Scope<'j>,
        argument: &str,
        expression: &Json,
        way: u8,
    ) -> Option<(usize, String)> {
        if way > LONGEST_WAY {
            return None;
        }
        let (only, by_key) = one_reference(expression)?;
        let mut words = split(only).into_iter();
        match words.next()? {
            "var" => {
                let name = words.next().filter(|_| words.next().is_none())?;
                let (above, call) = self.above(&scope.module)?;
                let expression = call.get("expressions")?.get(name)?;
                self.target(&above, argument, expression, way + 1)
            }
            "module" => {
                let (name, output) = (words.next()?, words.next()?);
                let inner = match &*scope.module {
                    "" => format!("module.{name}"),
                    module => format!("{module}.module.{name}"),
                };
                let expression =
                    self.module_configuration(&inner)?.get("outputs")?.get(output)?.get("expression")?;
                // `module.a["x"].out`: the key stands right behind the name.
                let key = only.split('.').nth(1).and_then(index_in).map(|key| format!("[{key}]"));
                let module = inner + &key.unwrap_or_default();
                let inside = Scope { module, key: None, repeated: None, instances: None };
                words.next().is_none().then(|| self.target(&inside, argument, expression, way + 1)).flatten()
            }
            // What a resource that is made for each of others is made for.
            "each" => {
                let attribute = words.nth(1).filter(|_| only.starts_with("each.value."))?;
                let (each, _) = one_reference(scope.repeated?.get("for_each_expression")?)?;
                let [_, _] = split(each)[..] else { return None };
                let at = self.instance(scope, each, each, true)?;
                words.next().is_none().then(|| (at, attribute.to_owned()))
            }
            "local" | "path" | "terraform" | "self" | "count" => None,
            first => {
                let kind = if first == "data" { words.next()? } else { first };
                let name = words.next()?;
                let data = if first == "data" { "data." } else { "" };
                let at = self.instance(scope, &format!("{data}{kind}.{name}"), only, by_key)?;
                let attribute = match words.next() {
                    Some(attribute) => attribute.to_owned(),
                    // Of `aws_iam_role.a[count.index].id` Terraform tells the resource and the key.
                    None if by_key && index_in(only).is_none() => attribute_for(argument)?.to_owned(),
                    None => return None,
                };
                words.next().is_none().then_some((at, attribute))
            }
        }
    }

    /// The module that calls this one, and the call.
    fn above(&self, module: &str) -> Option<(Scope<'j>, &'j Json)> {
        let (above, name) = parent(module)?;
        let call = self.module_configuration(above)?.get("module_calls")?.get(name)?;
        let key = index_in(&module[above.len()..]);
        let plain = key.as_ref().map_or(module, |key| module.trim_end_matches(&format!("[{key}]")));
        let keys: BTreeSet<String> =
            self.resources.iter().filter_map(|it| index_in(it.module.strip_prefix(plain)?)).collect();
        let instances = key.as_ref().map(|_| keys.len());
        Some((Scope { module: above.to_owned(), key, repeated: Some(call), instances }, call))
    }

    /// The instance of a resource that a reference means: the only one, or of several that with the key that it names, or that
    /// beside whatever refers to it by its own key. `resource`: its address in its module.
    fn instance(&self, scope: &Scope<'_>, resource: &str, reference: &str, by_key: bool) -> Option<usize> {
        let address = format!("{}{resource}", config_prefix(&scope.module));
        let all = self.by_config.get(&address)?;
        if let [only] = all.as_slice() {
            return Some(*only);
        }
        let named = index_in(reference);
        let beside: Vec<usize> = self.of_module(all, &scope.module).collect();
        // `[count.index + 1]` refers to as much as `[count.index]`: of as many it is the one with the same key.
        let as_many = scope.instances.is_none_or(|instances| instances == beside.len());
        let key = named.or_else(|| scope.key.clone().filter(|_| by_key && as_many));
        let fits = |at: &&usize| self.resources[**at].index.map(ToString::to_string) == key;
        let mut found = beside.iter().filter(fits);
        found.next().copied().filter(|_| found.next().is_none())
    }
}

/// Where an expression stands.
struct Scope<'j> {
    /// The address of the module.
    module: String,
    /// `each.key` or `count.index` there.
    key: Option<String>,
    /// The configuration of what has that key.
    repeated: Option<&'j Json>,
    /// How many of it there are, where that is known.
    instances: Option<usize>,
}

/// Adds the names that a value is. `false`: it has others than those, as a part of an object may be one.
fn add_names(value: &Json, found: &mut Vec<String>) -> bool {
    match value {
        Json::String(name) => found.push(name.clone()),
        Json::Array(list) => return list.iter().all(|it| add_names(it, found)),
        Json::Null => {}
        Json::Bool(_) | Json::Number(_) | Json::Object(_) => return false,
    }
    true
}

/// The one reference of an expression, and whether it is by a key of whatever it stands in.
fn one_reference(expression: &Json) -> Option<(&str, bool)> {
    let is_key = |reference: &str| matches!(reference, "each.key" | "count.index" | "each.value");
    let whole = whole_references(expression)?.into_iter().filter(|reference| !is_key(reference));
    let [only] = whole.collect::<Vec<_>>()[..] else { return None };
    let mut all = expression.get("references")?.as_array()?.iter().filter_map(Json::as_str);
    Some((only, all.any(is_key)))
}

/// The references of an expression, each once and without the beginnings of it that follow.
fn whole_references(expression: &Json) -> Option<BTreeSet<&str>> {
    let references = expression.get("references")?.as_array()?;
    let references: Vec<&str> = references.iter().filter_map(Json::as_str).collect();
    let whole = references.iter().filter(|reference| {
        let begins = |other: &&&str| {
            other.len() > reference.len()
                && other.starts_with(**reference)
                && matches!(other.as_bytes().get(reference.len()), Some(b'.' | b'['))
        };
        !references.iter().any(|other| begins(&other))
    });
    Some(whole.copied().collect())
}

/// Which attribute of another resource an argument takes.
fn attribute_for(argument: &str) -> Option<&'static str> {
    match argument {
        "policy_arn"
        | "role_arn"
        | "secret_arn"
        | "topic_arn"
        | "resource_arn"
        | "permissions_boundary"
        | "task_role_arn"
        | "execution_role_arn" => Some("arn"),
        "role" | "user" | "group" | "bucket" | "queue_url" | "repository" | "function_name" | "key_id" => {
            Some("id")
        }
        "policy" | "assume_role_policy" => Some("json"),
        _ => None,
    }
}

/// Account and region by provider: what the file tells.
#[derive(Debug, Default)]
pub(super) struct Places {
    by_provider: BTreeMap<String, (Option<AccountId>, Option<String>)>,
}

impl Places {
    /// The account of the provider without an alias, else the only one.
    pub(super) fn account(&self) -> Option<AccountId> {
        let own = self.by_provider.get("aws").and_then(|(account, _)| *account);
        let all: BTreeSet<AccountId> =
            self.by_provider.values().filter_map(|(account, _)| *account).collect();
        own.or_else(|| all.first().copied().filter(|_| all.len() == 1))
    }
}

/// What a change comes to: what is at the address afterwards, after what was there and goes.
fn changed<'j>(change: &'j Json, side: Side) -> Vec<Resource<'j>> {
    let Some((about, own)) = change.get("change").zip(resource(change)) else { return Vec::new() };
    let actions: Vec<&str> = about
        .get("actions")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(Json::as_str)
        .collect();
    let at = |name: &str| about.get(name).filter(|value| value.is_object());
    let (before, after) = (at("before"), at("after"));
    let with = |fate, value: Option<&Json>| {
        value.map(|value| Resource { fate, attributes: Value::from(value), ..own.clone() })
    };
    // A deposed object is what is left of a resource that was made anew; it stands at the same address.
    let is_deposed = change.get("deposed").is_some_and(|key| !key.is_null());
    let former = |resource: Resource<'j>| Resource { is_former: true, ..resource };
    let (fate, value) = match (side, actions.as_slice()) {
        (_, []) => return Vec::new(),
        (Side::Before, _) => {
            let there = with(Fate::Kept, before);
            return there.map(|it| if is_deposed { former(it) } else { it }).into_iter().collect();
        }
        (Side::After, ["delete"]) => return with(Fate::Gone, before).map(former).into_iter().collect(),
        (Side::After, ["no-op"] | ["forget"]) => (Fate::Kept, after.or(before)),
        (Side::After, ["update"]) => (Fate::Changed, after),
        (Side::After, _) => (Fate::New, after),
    };
    let Some(mut now) = with(fate, value) else { return Vec::new() };
    if let Some(unknown) = about.get("after_unknown") {
        mark(&mut now.attributes, unknown, 0);
    }
    if fate == Fate::Changed {
        now.before = before.map(Value::from);
        now.rename();
    }
    let goes = actions.contains(&"delete") || (fate == Fate::Changed && now.is_list_of_bearers());
    // What comes is given to whoever it may be, also to whom it goes from.
    let gone = if now.names_all() || now.is_given_to_some() { Fate::Gone } else { Fate::Doubtful };
    match with(gone, before).filter(|_| goes && (gone == Fate::Gone || now.may_be_doubtful())) {
        Some(gone) => vec![former(gone), Resource { fate: Fate::New, before: None, ..now }],
        None => vec![now],
    }
}

impl Resource<'_> {
    /// Does it give several identities something at once, so that a change may take it from some?
    fn is_list_of_bearers(&self) -> bool {
        matches!(
            self.kind,
            "aws_cloudwatch_event_target"
                | "aws_cognito_identity_pool_roles_attachment"
                | "aws_iam_group_membership"
                | "aws_iam_policy_attachment"
                | "aws_iam_user_group_membership"
        )
    }

    /// Is it known what this is, or is part of? Where it is not, it may be what was there before.
    fn names_all(&self) -> bool {
        let Some((kind, names)) = terraform_types::of(self.kind) else { return false };
        let is_known = |name: &str| !self.attributes.get(name).has_unknown();
        match self.kind {
            // Its statement goes, whatever the new one says.
            "aws_lambda_permission" => is_known("function_name"),
            "aws_cloudwatch_event_permission" => is_known("event_bus_name"),
            // All roles of the pool are others then.
            "aws_cognito_identity_pool_roles_attachment" => is_known("identity_pool_id"),
            // It is known by its name, whatever key it leads to.
            "aws_kms_alias" => is_known("name"),
            _ => {
                let says_which = |name: &str| !matches!(name, "policy" | "policy_arn" | "inline_policy");
                kinds::of(kind).is_some() || names.iter().all(|(name, _)| !says_which(name) || is_known(name))
            }
        }
    }

    /// Has whoever it may be it perhaps, where it is known later who that is?
    fn is_given_to_some(&self) -> bool {
        terraform_types::of(self.kind).is_some_and(|(kind, _)| {
            matches!(
                kind,
                "AWS::Events::EventBusPolicy"
                    | "AWS::IAM::GroupPolicy"
                    | "AWS::IAM::RolePolicy"
                    | "AWS::IAM::UserPolicy"
                    | "AWS::IAM::UserToGroupAddition"
                    | "AWS::Lambda::Permission"
                    | "PolicyAttachment"
            ) || own_policy::of(kind).is_some_and(|own| !own.of.is_empty())
        })
    }

    /// Can it be told that something is unknown, where this may or may not be what was there before?
    fn may_be_doubtful(&self) -> bool {
        terraform_types::of(self.kind).is_some_and(|(kind, _)| own_policy::of(kind).is_some())
    }

    /// A user or group whose name or path changes in place gets another ARN. Terraform goes on with the one that it had.
    fn rename(&mut self) {
        if !matches!(self.kind, "aws_iam_user" | "aws_iam_group") {
            return;
        }
        let was = self.before.as_ref().and_then(|before| before.get("arn").text());
        let (Some(was), Some(name), Some(path)) =
            (was, self.attributes.get("name").text(), self.attributes.get("path").text())
        else {
            return;
        };
        let (_, word) = self.kind.rsplit_once('_').unwrap_or_default();
        let Some((account, _)) = was.split_once(&format!(":{word}/")) else { return };
        let arn = Value::Text(format!("{account}:{word}{path}{name}"));
        if let Value::Map(fields) = &mut self.attributes {
            fields.retain(|(name, _)| name != "arn");
            fields.push(("arn".to_owned(), arn));
        }
    }

    /// Of what kind it is nothing is known, but it is a thing that goes? What is known by its ARN is not there any more then.
    fn goes_whole(&self, plan: &mut Plan) -> bool {
        // Terraform lets go of what AWS made for everybody, and leaves it.
        let is_aws_s_own = self.kind.starts_with("aws_default_");
        match self.attributes.get("arn").text().filter(|arn| Arn::parse(arn).is_some()) {
            Some(arn) if self.fate == Fate::Gone && !is_aws_s_own => {
                plan.take_away(arn);
                true
            }
            _ => false,
        }
    }
}

fn resource(json: &Json) -> Option<Resource<'_>> {
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    Some(Resource {
        address: text("address")?,
        module: text("module_address").unwrap_or_default(),
        is_data: text("mode") == Some("data"),
        kind: text("type")?,
        name: text("name")?,
        index: json.get("index"),
        is_former: false,
        fate: Fate::Kept,
        attributes: Value::Null,
        before: None,
    })
}

/// The resources of a module's values and of the modules in it.
fn in_module<'j>(module: Option<&'j Json>, address: &'j str, depth: u8, found: &mut Vec<Resource<'j>>) {
    let Some(module) = module.filter(|_| depth < 60) else { return };
    for json in module.get("resources").and_then(Json::as_array).into_iter().flatten() {
        let attributes = json.get("values").map_or(Value::Null, Value::from);
        found.extend(resource(json).map(|resource| Resource { module: address, attributes, ..resource }));
    }
    for child in module.get("child_modules").and_then(Json::as_array).into_iter().flatten() {
        let address = child.get("address").and_then(Json::as_str).unwrap_or_default();
        in_module(Some(child), address, depth + 1, found);
    }
}

/// Puts what is unknown where `after_unknown` is true. Terraform leaves such attributes out of `after`.
fn mark(value: &mut Value, unknown: &Json, depth: u8) {
    match (value, unknown) {
        (value, Json::Bool(true)) => *value = Value::Unknown,
        (Value::Map(fields), Json::Object(marks)) if depth < 100 => {
            for (name, mark_of) in marks {
                match fields.iter_mut().find(|(known, _)| known == name) {
                    Some((_, value)) => mark(value, mark_of, depth + 1),
                    None if has_true(mark_of, 0) => fields.push((name.clone(), Value::Unknown)),
                    None => {}
                }
            }
        }
        (Value::List(list), Json::Array(marks)) if depth < 100 => {
            for (at, mark_of) in marks.iter().enumerate() {
                match list.get_mut(at) {
                    Some(value) => mark(value, mark_of, depth + 1),
                    None if has_true(mark_of, 0) => list.push(Value::Unknown),
                    None => {}
                }
            }
        }
        (value @ Value::Null, marks) if has_true(marks, 0) => *value = Value::Unknown,
        _ => {}
    }
}

fn has_true(marks: &Json, depth: u8) -> bool {
    match marks {
        Json::Bool(mark) => *mark,
        Json::Array(list) => depth > 100 || list.iter().any(|mark| has_true(mark, depth + 1)),
        Json::Object(fields) => depth > 100 || fields.values().any(|mark| has_true(mark, depth + 1)),
        _ => false,
    }
}

/// A permission set that a data source names.
fn set_looked_up(resource: &Resource<'_>) -> Option<PermissionSet> {
    let is_one = resource.is_data && resource.kind == "aws_ssoadmin_permission_set";
    let text = |name: &str| resource.attributes.get(name).text().filter(|_| is_one).map(str::to_owned);
    Some(PermissionSet {
        arn: text("arn")?,
        name: text("name")?,
        inline: None,
        attached: None,
        of_accounts: Vec::new(),
        boundary: None,
        is_only_named: true,
    })
}

/// A policy as `data.aws_iam_policy_document` puts it together.
///
/// Terraform: AWS provider, `aws_iam_policy_document`: `&{…}` stands for `${…}`; statements of source documents come first; a
/// statement of `override_policy_documents` "will overwrite" one with the same `sid`.
fn policy_document(data: &Resource<'_>) -> Value {
    let attributes = &data.attributes;
    if let Some(text) = attributes.get("json").text() {
        return Value::Text(text.to_owned());
    }
    let list = |value: &Value| match value {
        Value::List(list) => Value::List(list.iter().map(variables).collect()),
        other => variables(other),
    };
    let mut statements = Vec::new();
    let has_any = |names: [&str; 2]| names.iter().any(|name| !attributes.get(name).items().is_empty());
    let is_overridden = has_any(["override_policy_documents", "override_json"]);
    if is_overridden || has_any(["source_policy_documents", "source_json"]) {
        statements.push(Value::Unknown);
    }
    for block in attributes.get("statement").items() {
        let mut fields = Vec::new();
        let mut put = |name: &str, value: Value| fields.push((name.to_owned(), value));
        if !matches!(block.get("sid"), Value::Null) && *block.get("sid") != Value::Text(String::new()) {
            put("Sid", block.get("sid").clone());
        }
        put(
            "Effect",
            match block.get("effect") {
                Value::Null => Value::Text("Allow".to_owned()),
                effect => effect.clone(),
            },
        );
        for (attribute, element) in [
            ("actions", "Action"),
            ("not_actions", "NotAction"),
            ("resources", "Resource"),
            ("not_resources", "NotResource"),
        ] {
            let value = block.get(attribute);
            if !value.items().is_empty() {
                put(element, list(value));
            }
        }
        for (attribute, element) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
            let principals = block.get(attribute);
            if !principals.items().is_empty() {
                put(element, principal(principals));
            }
        }
        if !block.get("condition").items().is_empty() {
            put("Condition", condition(block.get("condition"), list));
        }
        // One of the same Sid takes its place.
        let may_be_replaced = is_overridden && fields.iter().any(|(name, _)| name == "Sid");
        let is_known = !matches!(block, Value::Unknown) && !may_be_replaced;
        statements.push(if is_known { Value::Map(fields) } else { Value::Unknown });
    }
    let version = match attributes.get("version") {
        Value::Null => Value::Text("2012-10-17".to_owned()),
        version => version.clone(),
    };
    Value::Map(vec![("Version".to_owned(), version), ("Statement".to_owned(), Value::List(statements))])
}

fn principal(blocks: &Value) -> Value {
    let mut fields: Vec<(String, Value)> = Vec::new();
    for block in blocks.items() {
        let (Some(kind), identifiers) = (block.get("type").text(), block.get("identifiers")) else {
            return Value::Unknown;
        };
        if kind == "*" {
            return Value::Text("*".to_owned());
        }
        let names: Vec<Value> = identifiers.items().to_vec();
        match fields.iter_mut().find(|(known, _)| known == kind) {
            Some((_, Value::List(list))) => list.extend(names),
            _ => fields.push((kind.to_owned(), Value::List(names))),
        }
    }
    Value::Map(fields)
}

fn condition(blocks: &Value, list: impl Fn(&Value) -> Value) -> Value {
    let mut operators: Vec<(String, Value)> = Vec::new();
    for block in blocks.items() {
        let (Some(test), Some(key)) = (block.get("test").text(), block.get("variable").text()) else {
            return Value::Unknown;
        };
        let values = list(block.get("values"));
        let values = if values.is_null() { Value::List(Vec::new()) } else { values };
        match operators.iter_mut().find(|(known, _)| known == test) {
            Some((_, Value::Map(keys))) => keys.push((key.to_owned(), values)),
            _ => operators.push((test.to_owned(), Value::Map(vec![(key.to_owned(), values)]))),
        }
    }
    Value::Map(operators)
}

fn variables(value: &Value) -> Value {
    match value {
        Value::Text(text) => Value::Text(text.replace("&{", "${")),
        other => other.clone(),
    }
}

/// `web`, or `web-a` of `aws_iam_role.web["a"]`.
fn stand_in(resource: &Resource<'_>) -> String {
    let index = resource.index.map(|index| match index {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    });
    let mut name = match index {
        Some(index) => format!("{}-{index}", resource.name),
        None => resource.name.to_owned(),
    };
    for module in module_names(resource.module).collect::<Vec<_>>().into_iter().rev() {
        name = format!("{module}-{name}");
    }
    name.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '-' })
        .collect()
}

/// The names of the modules in an address: `module.a["x.y"].module.b`.
fn module_names(module: &str) -> impl Iterator<Item = &str> {
    let mut words = split(module).into_iter();
    std::iter::from_fn(move || {
        words.next()?;
        words.next()
    })
}

fn config_prefix(module: &str) -> String {
    module_names(module).map(|name| format!("module.{name}.")).collect()
}

/// The address of the module above, and the name of this in it.
fn parent(module: &str) -> Option<(&str, &str)> {
    let names = split(module);
    let name = *names.last()?;
    let mut above = module.rfind("module.")?;
    // A key may hold that word too.
    while module[..above].matches('"').count() % 2 == 1 {
        above = module[..above].rfind("module.")?;
    }
    Some((module[..above].trim_end_matches('.'), name))
}

/// The words of an address without keys: `a["x.y"].b[0].c` is a, b, c.
fn split(address: &str) -> Vec<&str> {
    let (mut words, mut start, mut depth, mut quoted) = (Vec::new(), Some(0), 0_usize, false);
    for (at, byte) in address.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'[' if !quoted => {
                if depth == 0
                    && let Some(start) = start.take()
                {
                    words.push(&address[start..at]);
                }
                depth += 1;
            }
            b']' if !quoted => depth = depth.saturating_sub(1),
            b'.' if !quoted && depth == 0 => {
                if let Some(start) = start.replace(at + 1) {
                    words.push(&address[start..at]);
                }
            }
            _ => {}
        }
    }
    if let Some(start) = start {
        words.push(&address[start..]);
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The key in a reference: `aws_iam_role.web["a"].id` has `"a"`.
fn index_in(reference: &str) -> Option<String> {
    let start = reference.find('[')?;
    let end = reference[start..].rfind(']')? + start;
    Some(reference[start + 1..end].to_owned())
}

/// `aws.west` of `module.a:aws.west`.
fn last_of(key: &str) -> &str {
    key.rsplit(':').next().unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::{index_in, module_names, parent, split};

    #[test]
    fn addresses_are_taken_apart_whatever_their_keys_hold() {
        assert_eq!(
            split(r#"module.a["x.module.y"].module.b[0].aws_iam_role.web"#),
            ["module", "a", "module", "b", "aws_iam_role", "web"]
        );
        assert_eq!(module_names(r#"module.a["x.y"].module.b"#).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(parent(r#"module.a["x.module.y"].module.b[0]"#), Some((r#"module.a["x.module.y"]"#, "b")));
        assert_eq!(parent(r#"module.a["x.module.y"]"#), Some(("", "a")));
        assert_eq!(parent(""), None);
        assert_eq!(index_in(r#"aws_iam_role.web["a"].id"#).as_deref(), Some(r#""a""#));
        for odd in ["", "[", "]", "\"", "a[\"", "..", "é[é]é", "module.", "module.\"module."] {
            let _ = (split(odd), parent(odd), index_in(odd), module_names(odd).count());
        }
    }
}
