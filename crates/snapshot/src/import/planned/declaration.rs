//! One declared resource as facts. Terraform's resources come here in CloudFormation's words: see `terraform_types`.
//!
//! AWS: CloudFormation Template Reference, the pages of the types.

use serde_json::{Map, Value as Json, json};

use super::Place;
use super::document::Document;
use super::kinds::{self, Kind};
use super::plan::{Bearer, Fate, Part, PermissionSet, Plan, Principal, Provider};
use super::value::Value;
use crate::arn::Arn;
use crate::import::{config_types, roles, safe_facts};
use crate::model::{AccountId, Declared, OrgPolicyKind, PrincipalKind};
use crate::store::ProfileFacts;

/// A resource as its file declares it, with its functions worked out.
#[derive(Debug)]
pub(super) struct Declaration<'d> {
    /// The type in CloudFormation's words.
    pub(super) kind: &'d str,
    pub(super) properties: Value,
    pub(super) fate: Fate,
    /// What the file calls it: `aws_iam_role.web`, `WebRole`.
    pub(super) address: &'d str,
    /// What its name is made of where it has none.
    pub(super) stand_in: &'d str,
    /// Its ARN, where the file knows it.
    pub(super) arn: Option<String>,
    pub(super) place: &'d Place,
    pub(super) file: &'d str,
    pub(super) line: Option<u64>,
}

/// What was made of it?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Yes,
    /// Nothing is known about the kind.
    UnknownKind,
    /// It names nobody or nothing that is known.
    Nobody,
}

impl Declaration<'_> {
    /// Adds what it says to the plan.
    pub(super) fn take(&self, plan: &mut Plan) -> Taken {
        match self.kind {
            "AWS::IAM::Role" => self.principal(plan, PrincipalKind::Role),
            "AWS::IAM::User" => self.principal(plan, PrincipalKind::User),
            "AWS::IAM::Group" => self.principal(plan, PrincipalKind::Group),
            "AWS::IAM::Policy" => self.inline_policy(plan),
            "AWS::IAM::RolePolicy" | "AWS::IAM::UserPolicy" | "AWS::IAM::GroupPolicy" => {
                self.inline_policy(plan)
            }
            "AWS::IAM::ManagedPolicy" => self.managed_policy(plan),
            // Terraform's attachments, which CloudFormation has as properties only.
            "PolicyAttachment" => self.attachment(plan),
            "AWS::IAM::UserToGroupAddition" => self.membership(plan),
            "AWS::IAM::InstanceProfile" => self.instance_profile(plan),
            "AWS::IAM::OIDCProvider" | "AWS::IAM::SAMLProvider" => self.provider(plan),
            "AWS::S3::BucketPolicy" => self.policy_of(plan, "AWS::S3::Bucket", "Bucket", "PolicyDocument"),
            "AWS::SQS::QueuePolicy" => self.policy_of(plan, "AWS::SQS::Queue", "Queues", "PolicyDocument"),
            "AWS::SNS::TopicPolicy" => self.policy_of(plan, "AWS::SNS::Topic", "Topics", "PolicyDocument"),
            "AWS::SecretsManager::ResourcePolicy" => {
                self.policy_of(plan, "AWS::SecretsManager::Secret", "SecretId", "ResourcePolicy")
            }
            "AWS::ECR::RepositoryPolicy" => {
                self.policy_of(plan, "AWS::ECR::Repository", "RepositoryName", "PolicyDocument")
            }
            "AWS::KMS::KeyPolicy" => self.policy_of(plan, "AWS::KMS::Key", "KeyId", "PolicyDocument"),
            "AWS::Lambda::Permission" => self.permission(plan),
            "AWS::Lambda::Url" => self.function_url(plan),
            "AWS::S3::BucketPublicAccessBlock" => self.bucket_fact(plan, |properties, facts| {
                let block = safe_facts::public_access_block(&properties.to_json());
                facts.extend(block.map(|block| ("public_access_block".to_owned(), block)));
            }),
            "AWS::S3::BucketOwnership" => self.bucket_fact(plan, |properties, facts| {
                let owner = properties.at(&["Rule", "object_ownership"]).text();
                facts.extend(owner.map(|owner| ("object_ownership".to_owned(), owner.into())));
            }),
            "AWS::S3::BucketEncryption" => self.bucket_fact(plan, |properties, facts| {
                encryption(properties.at(&["Rule", "apply_server_side_encryption_by_default"]), facts);
            }),
            "AWS::S3::AccountPublicAccessBlock" => self.account_block(plan),
            "AWS::KMS::Alias" => self.alias(plan),
            "AWS::Events::Target" => self.event_target(plan),
            "AWS::Organizations::Policy" => self.org_policy(plan),
            "AWS::Organizations::PolicyAttachment" => self.org_attachment(plan),
            "AWS::SSO::PermissionSet" => self.permission_set(plan),
            "AWS::SSO::PermissionSetInline" => self.permission_set_inline(plan),
            "AWS::SSO::PermissionSetPolicy" => self.permission_set_policy(plan),
            "AWS::SSO::Assignment" => self.assignment(plan),
            // What CDK counts its users by.
            "AWS::CDK::Metadata" => Taken::Yes,
            kind => match kinds::of(kind) {
                Some(kind) => self.thing(plan, kind),
                None => Taken::UnknownKind,
            },
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.properties.get(name).text()
    }

    fn own_arn(&self, kind: &Kind) -> String {
        self.arn.clone().unwrap_or_else(|| kind.arn(&self.properties, self.stand_in, self.place))
    }

    fn declare(&self, plan: &mut Plan, arn: &str, part: &str) {
        if self.fate != Fate::Gone {
            plan.declared.push(Declared { arn: arn.into(), part: part.into(), ..self.declared() });
        }
    }

    fn declared(&self) -> Declared {
        Declared {
            arn: "".into(),
            part: "".into(),
            address: self.address.into(),
            file: self.file.into(),
            line: self.line,
        }
    }

    /// The ARN of a thing that a property names by its name, id or ARN.
    fn arn_of(&self, kind: &str, named: &str) -> Option<String> {
        if Arn::parse(named).is_some() {
            return Some(named.to_owned());
        }
        // A queue is named by its address: `https://sqs.eu-west-1.amazonaws.com/111122223333/jobs`.
        let name = if kind == "AWS::SQS::Queue" { named.rsplit('/').next().unwrap_or(named) } else { named };
        Some(kinds::of(kind)?.arn_named(name, "/", &self.properties, self.place))
    }

    fn principal(&self, plan: &mut Plan, kind: PrincipalKind) -> Taken {
        let Some(of) = kinds::of(self.kind) else { return Taken::UnknownKind };
        let arn = self.own_arn(of);
        let properties = &self.properties;
        let mut unknown_policies = Vec::new();
        let attached = match properties.get("ManagedPolicyArns") {
            Value::Null => None,
            Value::Unknown => {
                unknown_policies.push("managed policies known later".to_owned());
                None
            }
            list => Some(
                list.items()
                    .iter()
                    .filter_map(|arn| match arn.text() {
                        Some(arn) => Some(arn.to_owned()),
                        None => {
                            unknown_policies.push("a managed policy known later".to_owned());
                            None
                        }
                    })
                    .collect(),
            ),
        };
        let mut inline = match properties.get("Policies") {
            Value::Null => None,
            Value::Unknown => {
                unknown_policies.push("inline policies known later".to_owned());
                None
            }
            list => Some(
                list.items()
                    .iter()
                    .enumerate()
                    .map(|(at, policy)| {
                        let name =
                            policy.get("PolicyName").text().map_or_else(|| format!("{at}~"), str::to_owned);
                        (name, Document::of(policy.get("PolicyDocument")))
                    })
                    .collect::<Vec<_>>(),
            ),
        };
        for name in unknown_policies {
            inline.get_or_insert_default().push((name, Document::NotSeen(String::new())));
        }
        for (name, _) in inline.iter().flatten() {
            self.declare(plan, &arn, name);
        }
        self.declare(plan, &arn, "");
        let boundary = match properties.get("PermissionsBoundary") {
            // An attribute that Terraform writes as empty where there is none.
            Value::Text(text) if text.is_empty() => Some(None),
            Value::Null if self.fate == Fate::Changed || self.fate == Fate::New => Some(None),
            Value::Null => None,
            Value::Text(arn) => Some(Some(Some(arn.clone()))),
            _ => Some(Some(None)),
        };
        let names =
            |list: &Value| list.items().iter().filter_map(|name| name.text().map(str::to_owned)).collect();
        let groups = properties.get("Groups");
        let principal = Principal {
            kind,
            trust: Document::of(properties.get("AssumeRolePolicyDocument")),
            boundary,
            tags: tags(properties.get("Tags")),
            attached,
            inline,
            groups: (!groups.is_null()).then(|| names(groups)),
            arn,
        };
        plan.principals.push((self.fate, principal));
        Taken::Yes
    }

    /// The users, groups and roles that the lists of a policy name. `None`: one of them is known later.
    fn bearers(&self) -> (Vec<Bearer>, bool) {
        let lists = [
            ("Users", PrincipalKind::User),
            ("UserName", PrincipalKind::User),
            ("Groups", PrincipalKind::Group),
            ("GroupName", PrincipalKind::Group),
            ("Roles", PrincipalKind::Role),
            ("RoleName", PrincipalKind::Role),
        ];
        let (mut found, mut all) = (Vec::new(), true);
        for (list, kind) in lists {
            for name in self.properties.get(list).items() {
                match name.text() {
                    Some(name) => found.push((kind, name.to_owned())),
                    None => all = false,
                }
            }
        }
        (found, all)
    }

    fn give(&self, plan: &mut Plan, part: impl Fn() -> Part) -> Taken {
        let (bearers, all) = self.bearers();
        let named = !bearers.is_empty();
        for bearer in bearers {
            plan.parts.push((self.fate, bearer, part(), self.declared()));
        }
        if all && named { Taken::Yes } else { Taken::Nobody }
    }

    fn inline_policy(&self, plan: &mut Plan) -> Taken {
        let name = self.text("PolicyName").map_or_else(|| format!("{}~", self.stand_in), str::to_owned);
        let document = Document::of(self.properties.get("PolicyDocument"));
        self.give(plan, || Part::Inline(name.clone(), document.clone()))
    }

    fn managed_policy(&self, plan: &mut Plan) -> Taken {
        let Some(of) = kinds::of(self.kind) else { return Taken::UnknownKind };
        let arn = self.own_arn(of);
        self.declare(plan, &arn, "");
        plan.policies.push((self.fate, arn.clone(), Document::of(self.properties.get("PolicyDocument"))));
        match self.give(plan, || Part::Attached(Some(arn.clone()))) {
            // A policy may be attached to nobody.
            Taken::Nobody if self.bearers().1 => Taken::Yes,
            other => other,
        }
    }

    fn attachment(&self, plan: &mut Plan) -> Taken {
        let policy = self.text("PolicyArn").map(str::to_owned);
        self.give(plan, || Part::Attached(policy.clone()))
    }

    fn membership(&self, plan: &mut Plan) -> Taken {
        let groups: Vec<&str> =
            self.properties.get("GroupName").items().iter().filter_map(Value::text).collect();
        let users: Vec<&str> = self.properties.get("Users").items().iter().filter_map(Value::text).collect();
        for user in &users {
            for group in &groups {
                let bearer = (PrincipalKind::User, (*user).to_owned());
                plan.parts.push((self.fate, bearer, Part::Member((*group).to_owned()), self.declared()));
            }
        }
        if users.is_empty() || groups.is_empty() || self.properties.has_unknown() {
            Taken::Nobody
        } else {
            Taken::Yes
        }
    }

    fn instance_profile(&self, plan: &mut Plan) -> Taken {
        let Some(of) = kinds::of(self.kind) else { return Taken::UnknownKind };
        let arn = self.own_arn(of);
        let role = self.properties.get("Roles").items().first().and_then(Value::text);
        let role = role.map(|role| roles::role_arn(role, self.place.account, &arn));
        plan.profiles.push((self.fate, ProfileFacts { arn, account: self.place.account, role }));
        Taken::Yes
    }

    fn provider(&self, plan: &mut Plan) -> Taken {
        let Some(of) = kinds::of(self.kind) else { return Taken::UnknownKind };
        let saml = self.kind == "AWS::IAM::SAMLProvider";
        let url = self.text("Url").map(|url| url.trim_start_matches("https://").to_owned());
        let clients = self.properties.get("ClientIdList");
        let clients = (!clients.has_unknown() && !clients.is_null())
            .then(|| clients.items().iter().filter_map(|id| id.text().map(str::to_owned)).collect());
        if self.fate != Fate::Gone {
            let (arn, account) = (self.own_arn(of), self.place.account);
            plan.providers.push(Provider { arn, saml, account, url, clients });
        }
        Taken::Yes
    }

    fn policy_of(&self, plan: &mut Plan, kind: &str, thing: &str, policy: &str) -> Taken {
        let named = self.properties.get(thing).items();
        let document = Document::of(self.properties.get(policy));
        for named in named.iter().filter_map(Value::text) {
            let Some(arn) = self.arn_of(kind, named) else { continue };
            self.declare(plan, &arn, "");
            plan.thing_policies.push((self.fate, arn, document.clone()));
        }
        if named.is_empty() || named.iter().any(|named| named.text().is_none()) {
            Taken::Nobody
        } else {
            Taken::Yes
        }
    }

    /// AWS: Lambda Developer Guide, "Granting Lambda function access to AWS services" and "… to other accounts".
    fn permission(&self, plan: &mut Plan) -> Taken {
        let Some(function) = self.text("FunctionName") else { return Taken::Nobody };
        let (function, qualifier) = match function.split_once(":function:") {
            Some((_, rest)) => {
                let (name, qualifier) = rest.split_once(':').unwrap_or((rest, ""));
                let end = function.len() - rest.len() + name.len();
                (function[..end].to_owned(), qualifier.to_owned())
            }
            None => (self.arn_of("AWS::Lambda::Function", function).unwrap_or_default(), String::new()),
        };
        let qualifier = self.text("Qualifier").unwrap_or(&qualifier);
        let text = |text: &str| Value::Text(text.to_owned());
        let field = |name: &str, value: Value| (name.to_owned(), value);
        let of = |kind: &str, value: Value| Value::Map(vec![field(kind, value)]);
        let principal = match self.properties.get("Principal") {
            Value::Text(any) if any == "*" => text("*"),
            Value::Text(service) if service.contains(".amazon") => of("Service", text(service)),
            other => match other.text() {
                Some(account) if AccountId::parse(account).is_some() => {
                    of("AWS", text(&format!("arn:{}:iam::{account}:root", self.place.partition())))
                }
                Some(arn) => of("AWS", text(arn)),
                None => Value::Unknown,
            },
        };
        let mut conditions = Vec::new();
        for (property, operator, key) in [
            ("SourceArn", "ArnLike", "AWS:SourceArn"),
            ("SourceAccount", "StringEquals", "AWS:SourceAccount"),
            ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
            ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
            ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
            ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
        ] {
            let value = self.properties.get(property);
            if value.is_null() || matches!(value, Value::Text(text) if text.is_empty()) {
                continue;
            }
            match conditions.iter_mut().find(|(known, _): &&mut (String, Value)| known == operator) {
                Some((_, Value::Map(keys))) => keys.push(field(key, value.clone())),
                _ => conditions.push(field(operator, of(key, value.clone()))),
            }
        }
        let resource =
            if qualifier.is_empty() { function.clone() } else { format!("{function}:{qualifier}") };
        let mut statement = vec![
            field("Sid", text(&self.stand_in.replace(|letter: char| !letter.is_ascii_alphanumeric(), ""))),
            field("Effect", text("Allow")),
            field("Principal", principal),
            field("Action", self.properties.get("Action").clone()),
            field("Resource", text(&resource)),
        ];
        if !conditions.is_empty() {
            statement.push(field("Condition", Value::Map(conditions)));
        }
        self.declare(plan, &function, "");
        plan.permissions.push((self.fate, function, Value::Map(statement)));
        Taken::Yes
    }

    fn function_url(&self, plan: &mut Plan) -> Taken {
        let Some(named) = self.text("TargetFunctionArn") else { return Taken::Nobody };
        let Some(arn) = self.arn_of("AWS::Lambda::Function", named) else { return Taken::Nobody };
        let kind = self.text("AuthType").map(str::to_owned);
        if self.fate != Fate::Gone {
            let thing = plan.thing(&arn, self.place.account, Fate::Changed);
            thing.facts.extend(kind.map(|kind| ("function_url".to_owned(), kind.into())));
        }
        Taken::Yes
    }

    fn bucket_fact(&self, plan: &mut Plan, add: impl Fn(&Value, &mut Map<String, Json>)) -> Taken {
        let Some(bucket) = self.text("Bucket") else { return Taken::Nobody };
        let Some(arn) = self.arn_of("AWS::S3::Bucket", bucket) else { return Taken::Nobody };
        let fate = if self.fate == Fate::Kept { Fate::Kept } else { Fate::Changed };
        let thing = plan.thing(&arn, self.place.account, fate);
        match self.fate {
            // Without a block of its own, nothing is blocked.
            Fate::Gone if self.kind == "AWS::S3::BucketPublicAccessBlock" => {
                thing.facts.insert("public_access_block".to_owned(), block(false));
            }
            Fate::Gone => {}
            _ => add(&self.properties, &mut thing.facts),
        }
        Taken::Yes
    }

    fn account_block(&self, plan: &mut Plan) -> Taken {
        let block = match self.fate {
            Fate::Gone => Some(block(false)),
            _ => safe_facts::public_access_block(&self.properties.to_json()),
        };
        let account = self.text("AccountId").and_then(AccountId::parse).unwrap_or(self.place.account);
        match block {
            Some(block) => {
                plan.blocks.push((account, block));
                Taken::Yes
            }
            None => Taken::Nobody,
        }
    }

    fn alias(&self, plan: &mut Plan) -> Taken {
        let (Some(alias), Some(key)) = (self.text("AliasName"), self.text("TargetKeyId")) else {
            return Taken::Nobody;
        };
        let Some(key) = self.arn_of("AWS::KMS::Key", key) else { return Taken::Nobody };
        let region = self.place.region().to_owned();
        if self.fate != Fate::Gone {
            plan.aliases.push((self.place.account, region, alias.to_owned(), key));
        }
        Taken::Yes
    }

    fn event_target(&self, plan: &mut Plan) -> Taken {
        let Some(rule) = self.text("Rule") else { return Taken::Nobody };
        let Some(arn) = self.arn_of("AWS::Events::Rule", rule) else { return Taken::Nobody };
        let roles = self.roles("AWS::Events::Rule", &arn);
        if self.fate != Fate::Gone {
            let fate = if self.fate == Fate::Kept { Fate::Kept } else { Fate::Changed };
            let thing = plan.thing(&arn, self.place.account, fate);
            thing.runs_as.extend(roles);
        }
        Taken::Yes
    }

    fn roles(&self, kind: &str, arn: &str) -> Vec<(crate::model::RoleAttribute, String)> {
        roles::of(kind, &self.properties.to_json(), Some(self.place.account), arn)
    }

    fn thing(&self, plan: &mut Plan, kind: &Kind) -> Taken {
        let arn = self.own_arn(kind);
        if Arn::parse(&arn).is_none() {
            return Taken::Nobody;
        }
        if self.fate == Fate::Gone {
            plan.take_away(&arn);
            return Taken::Yes;
        }
        self.declare(plan, &arn, "");
        let account = AccountId::of_arn(&arn).unwrap_or(self.place.account);
        let json = self.properties.to_json();
        let mut facts = safe_facts::of(&json, &Json::Null);
        if self.kind == "AWS::S3::Bucket" {
            self.bucket_facts(&json, &mut facts);
        }
        let policy = match (kind.policy, self.properties.get(kind.policy)) {
            ("", _) => self.policy_property(),
            ("KeyPolicy", Value::Null) => Some(default_key_policy(self.place)),
            (_, Value::Null) => None,
            (_, value) => Some(Document::of(value)),
        };
        let policy = policy.map(|policy| policy.of_api(&arn, self.place));
        let runs_as = self.roles(self.kind, &arn);
        let name = kind.name_of(&self.properties, self.stand_in);
        plan.thing(&arn, account, self.fate);
        if let Some((fate, _, thing)) = plan.things.get_mut(&arn) {
            // What was said of it before was said in passing: a block of its public access, a target of its rule.
            *fate = self.fate;
            if let Some((known, _)) = config_types::known(self.kind) {
                known.clone_into(&mut thing.kind);
            }
            thing.name = name;
            thing.region = (!thing.region.as_deref().unwrap_or_default().is_empty()
                || self.kind == "AWS::S3::Bucket")
                .then(|| self.place.region().to_owned())
                .filter(|region| region != "~");
            thing.policy = policy;
            thing.tags = tags(self.properties.get("Tags"));
            thing.runs_as.extend(runs_as);
            // What stands by itself beside a bucket says more than the bucket.
            let beside = std::mem::replace(&mut thing.facts, facts);
            thing.facts.extend(beside);
        }
        Taken::Yes
    }

    /// The policy of a thing in Terraform's words, where CloudFormation has a resource of its own for it.
    fn policy_property(&self) -> Option<Document> {
        match self.properties.get("OwnPolicy") {
            Value::Null => None,
            value => Some(Document::of(value)),
        }
    }

    fn bucket_facts(&self, json: &Json, facts: &mut Map<String, Json>) {
        let properties = &self.properties;
        if let Some(block) =
            json.get("PublicAccessBlockConfiguration").and_then(safe_facts::public_access_block)
        {
            facts.insert("public_access_block".to_owned(), block);
        }
        let owner = properties.at(&["OwnershipControls", "Rules", "ObjectOwnership"]).text();
        facts.extend(owner.map(|owner| ("object_ownership".to_owned(), owner.into())));
        let rules = properties.at(&["BucketEncryption", "ServerSideEncryptionConfiguration"]);
        encryption(rules.get("ServerSideEncryptionByDefault"), facts);
    }

    fn org_policy(&self, plan: &mut Plan) -> Taken {
        let Some(of) = kinds::of(self.kind) else { return Taken::UnknownKind };
        let id = match &self.arn {
            Some(arn) => arn.rsplit('/').next().unwrap_or(arn).to_owned(),
            None => of.name_of(&self.properties, self.stand_in),
        };
        let kind = match self.text("Type") {
            Some("SERVICE_CONTROL_POLICY") => OrgPolicyKind::Scp,
            Some("RESOURCE_CONTROL_POLICY") => OrgPolicyKind::Rcp,
            _ => OrgPolicyKind::Other,
        };
        if self.fate != Fate::Gone {
            let name = self.text("Name").unwrap_or(&id).to_owned();
            plan.org_policies.push((id.clone(), name, kind, Document::of(self.properties.get("Content"))));
        }
        for target in self.properties.get("TargetIds").items().iter().filter_map(Value::text) {
            plan.org_attachments.push((self.fate, id.clone(), target.to_owned()));
        }
        if self.properties.get("TargetIds").has_unknown() { Taken::Nobody } else { Taken::Yes }
    }

    fn org_attachment(&self, plan: &mut Plan) -> Taken {
        let (Some(policy), Some(target)) = (self.text("PolicyId"), self.text("TargetId")) else {
            return Taken::Nobody;
        };
        plan.org_attachments.push((self.fate, policy.to_owned(), target.to_owned()));
        Taken::Yes
    }

    fn permission_set(&self, plan: &mut Plan) -> Taken {
        let Some(of) = kinds::of(self.kind) else { return Taken::UnknownKind };
        let inline = self.properties.get("InlinePolicy");
        let attached = self.properties.get("ManagedPolicies");
        let set = PermissionSet {
            arn: self.own_arn(of),
            name: of.name_of(&self.properties, self.stand_in),
            inline: (!inline.is_null()).then(|| Document::of(inline)),
            attached: (!attached.is_null() && !attached.has_unknown())
                .then(|| attached.items().iter().filter_map(|arn| arn.text().map(str::to_owned)).collect()),
        };
        if self.fate != Fate::Gone {
            plan.permission_sets.push(set);
        }
        Taken::Yes
    }

    /// Terraform declares the parts of a permission set by themselves.
    fn of_set<'p>(&self, plan: &'p mut Plan) -> Option<&'p mut PermissionSet> {
        let arn = self.text("PermissionSetArn")?;
        let at = match plan.permission_sets.iter().position(|set| set.arn == arn) {
            Some(at) => at,
            None => {
                let name = arn.rsplit('/').next().unwrap_or(arn).to_owned();
                let set = PermissionSet { arn: arn.to_owned(), name, inline: None, attached: None };
                plan.permission_sets.push(set);
                plan.permission_sets.len() - 1
            }
        };
        plan.permission_sets.get_mut(at)
    }

    fn permission_set_inline(&self, plan: &mut Plan) -> Taken {
        let document = Document::of(self.properties.get("InlinePolicy"));
        let goes = self.fate == Fate::Gone;
        match self.of_set(plan) {
            Some(set) => {
                set.inline = Some(if goes { Document::None } else { document });
                Taken::Yes
            }
            None => Taken::Nobody,
        }
    }

    fn permission_set_policy(&self, plan: &mut Plan) -> Taken {
        let Some(policy) = self.text("PolicyArn").map(str::to_owned) else { return Taken::Nobody };
        let goes = self.fate == Fate::Gone;
        match self.of_set(plan) {
            Some(set) => {
                let attached = set.attached.get_or_insert_default();
                if !goes {
                    attached.push(policy);
                }
                Taken::Yes
            }
            None => Taken::Nobody,
        }
    }

    fn assignment(&self, plan: &mut Plan) -> Taken {
        let account = self.text("TargetId").and_then(AccountId::parse);
        let (Some(set), Some(account), Some(principal)) =
            (self.text("PermissionSetArn"), account, self.text("PrincipalId"))
        else {
            return Taken::Nobody;
        };
        let group = self.text("PrincipalType") == Some("GROUP");
        if self.fate != Fate::Gone {
            plan.assignments.push((set.to_owned(), account, group, principal.to_owned()));
        }
        Taken::Yes
    }
}

fn encryption(default: &Value, facts: &mut Map<String, Json>) {
    let text = |names: [&str; 2]| names.into_iter().find_map(|name| default.get(name).text());
    let found = [
        ("encryption", text(["SSEAlgorithm", "sse_algorithm"])),
        ("encryption_key", text(["KMSMasterKeyID", "kms_master_key_id"])),
    ];
    facts.extend(found.into_iter().filter_map(|(fact, value)| Some((fact.to_owned(), value?.into()))));
}

fn block(on: bool) -> Json {
    json!({"block_public_acls": on, "ignore_public_acls": on, "block_public_policy": on,
           "restrict_public_buckets": on})
}

/// A key that is made without a policy gets this one.
///
/// AWS: KMS Developer Guide, "Default key policy": "This default key policy has one policy statement that gives the AWS
/// account that owns the KMS key permission to use IAM policies to allow access to all AWS KMS operations on the KMS key."
fn default_key_policy(place: &Place) -> Document {
    let text = |text: &str| Value::Text(text.to_owned());
    let root = format!("arn:{}:iam::{}:root", place.partition(), place.account);
    Document::of_statements(vec![Value::Map(vec![
        ("Sid".to_owned(), text("Enable IAM User Permissions")),
        ("Effect".to_owned(), text("Allow")),
        ("Principal".to_owned(), Value::Map(vec![("AWS".to_owned(), text(&root))])),
        ("Action".to_owned(), text("kms:*")),
        ("Resource".to_owned(), text("*")),
    ])])
}

/// Tags as a list of keys and values, or as a map. `None`: not all are known.
fn tags(value: &Value) -> Option<Vec<(String, String)>> {
    let words = |value: &Value| match value {
        Value::Text(text) | Value::Number(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    };
    match value {
        Value::List(list) => {
            list.iter().map(|tag| Some((words(tag.get("Key"))?, words(tag.get("Value"))?))).collect()
        }
        Value::Map(fields) => fields.iter().map(|(key, value)| Some((key.clone(), words(value)?))).collect(),
        _ => None,
    }
}
