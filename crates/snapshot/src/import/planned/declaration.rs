//! One declared resource as facts. Terraform's resources come here in CloudFormation's words: see `terraform_types`.
//!
//! AWS: CloudFormation Template Reference, the pages of the types.

use serde_json::{Map, Value as Json, json};

use super::document::Document;
use super::kinds::{self, Kind};
use super::permission_sets::{Assignment, Named, PermissionSet, SetPart};
use super::plan::{Alias, Bearer, Fate, Grant, Part, Plan, Principal, Provider, RunsAs, Tags, word};
use super::statements::Statement;
use super::value::Value;
use super::{Place, bucket_acl, identity_pool, own_policy, sharing};
use crate::arn::{Arn, path_and_name};
use crate::import::{config_types, roles, safe_facts};
use crate::model::{AccountId, Declared, OrgPolicyKind, PrincipalKind, ROLE_KNOWN_LATER};
use crate::store::{AtLarge, Gives, KNOWN_LATER, ProfileFacts, To};

/// A resource as its file declares it, with its functions worked out.
#[derive(Debug)]
pub(super) struct Declaration<'d> {
    /// The type in CloudFormation's words.
    pub(super) kind: &'d str,
    pub(super) properties: Value,
    /// What its properties were, where it is changed in place and the file tells.
    pub(super) before: Option<Value>,
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
    /// Of each property of which it is known later whom it names: who it may be.
    pub(super) may_name: Vec<(&'static str, Names)>,
    /// Whether it is made is known later.
    pub(super) is_perhaps: bool,
}

/// Patterns of which a name fits one. `None`: it can be any.
pub(super) type Names = Option<Vec<String>>;

/// What was made of it?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Yes,
    /// Nothing is known about the kind.
    UnknownKind,
    /// It names nobody or nothing that is known.
    Nobody,
    /// Whom it gives something is known later: who it may be has it perhaps.
    SomebodyOf(&'static str),
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
            "ExclusivePolicies" => self.exclusive(plan),
            "AWS::Lambda::Permission" => self.permission(plan),
            "AWS::Events::EventBusPolicy" => self.bus_statement(plan),
            "AWS::KMS::Grant" => self.grant(plan),
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
            "BucketAcl" => self.bucket_fact(plan, |properties, facts| {
                let grants = properties.at(&["access_control_policy", "grant"]);
                let list = bucket_acl::of(properties.get("acl"), grants);
                facts.extend(list.map(|list| ("acl".to_owned(), list)));
            }),
            "AWS::S3::AccountPublicAccessBlock" => self.account_block(plan),
            "EndpointPolicy" => self.endpoint_policy(plan),
            "AWS::KMS::Alias" => self.alias(plan),
            "AWS::Events::Target" => self.event_target(plan),
            "AWS::Cognito::IdentityPoolRoleAttachment" => self.roles_of_pool(plan),
            "AWS::Organizations::Policy" => self.org_policy(plan),
            "AWS::Organizations::PolicyAttachment" => self.org_attachment(plan),
            "AWS::SSO::PermissionSet" => self.permission_set(plan),
            "AWS::SSO::PermissionSetInline" => self.permission_set_inline(plan),
            "AWS::SSO::PermissionSetPolicy" => self.permission_set_policy(plan),
            "AWS::SSO::PermissionSetOfAccounts" => {
                self.part_of_set(plan, "Reference", Named::of_account, SetPart::OfAccounts)
            }
            "AWS::SSO::PermissionSetBoundary" => {
                self.part_of_set(plan, "PermissionsBoundary", Named::boundary, SetPart::Boundary)
            }
            "AWS::SSO::Assignment" => self.assignment(plan),
            // What CDK counts its users by; a function as it was, which is no thing of its own.
            "AWS::CDK::Metadata" | "AWS::Lambda::Version" => Taken::Yes,
            kind if sharing::is_listing(kind) => self.listed(plan),
            kind => match (own_policy::of(kind), kinds::of(kind)) {
                (Some(own), _) => self.policy_of(plan, own),
                (None, Some(kind)) => self.thing(plan, kind),
                (None, None) => Taken::UnknownKind,
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
        if self.fate.stays() {
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
    pub(super) fn arn_of(&self, kind: &str, named: &str) -> Option<String> {
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
        if let Some(old) = self.before.as_ref().and_then(|before| before.get("arn").text())
            && kind != PrincipalKind::Role
            && old != arn
        {
            plan.renamed.push((kind, old.to_owned(), arn.clone()));
        }
        let properties = &self.properties;
        let name = path_and_name(&arn).1;
        let mut unknown_policies = Vec::new();
        let attached = self.attached(plan, kind, &name, &mut unknown_policies);
        let groups = properties.get("Groups");
        if kind == PrincipalKind::User {
            self.perhaps_in_groups(plan, groups, &name);
        }
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
                        (name, self.document(policy.get("PolicyDocument")))
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
            Value::Null if matches!(self.fate, Fate::Changed | Fate::New) => Some(None),
            Value::Null => None,
            Value::Text(arn) => Some(Some(Some(arn.clone()))),
            _ => Some(Some(None)),
        };
        let names =
            |list: &Value| list.items().iter().filter_map(|name| name.text().map(str::to_owned)).collect();
        let principal = Principal {
            kind,
            trust: self.document(properties.get("AssumeRolePolicyDocument")),
            boundary,
            tags: tags(properties.get("Tags")),
            attached,
            inline,
            groups: (!groups.is_null()).then(|| if self.is_perhaps { Vec::new() } else { names(groups) }),
            arn,
        };
        plan.principals.push((self.fate, principal));
        Taken::Yes
    }

    /// The managed policies that a user, group or role has for certain. What it has perhaps is given to it by its name, and what
    /// nobody knows is told in `unknown`.
    fn attached(
        &self,
        plan: &mut Plan,
        kind: PrincipalKind,
        own: &str,
        unknown: &mut Vec<String>,
    ) -> Option<Vec<String>> {
        let list = self.properties.get("ManagedPolicyArns");
        let known: Vec<String> =
            list.items().iter().filter_map(|arn| arn.text().map(str::to_owned)).collect();
        let later = list.items().iter().filter(|arn| arn.text().is_none()).count();
        let of_a_few =
            self.may_name("ManagedPolicyArns").filter(|arns| !arns.iter().any(|arn| arn.contains('*')));
        let mut perhaps = if self.is_perhaps { known.clone() } else { Vec::new() };
        match of_a_few.filter(|_| later > 0) {
            Some(arns) => perhaps.extend(arns.into_iter().filter(|arn| !known.contains(arn))),
            None if *list == Value::Unknown => unknown.push("managed policies known later".to_owned()),
            None => unknown.extend(std::iter::repeat_n("a managed policy known later".to_owned(), later)),
        }
        for policy in perhaps {
            self.perhaps(plan, kind, Some(vec![own.to_owned()]), Gives::Attached(policy));
        }
        let is_open =
            list.is_null() || *list == Value::Unknown && self.may_name("ManagedPolicyArns").is_none();
        (!is_open).then(|| if self.is_perhaps { Vec::new() } else { known })
    }

    /// A user is in these groups, of which one may be known later; in none for certain, where it may not be made.
    fn perhaps_in_groups(&self, plan: &mut Plan, groups: &Value, user: &str) {
        let later = match self.may_name("Groups") {
            _ if !groups.has_unknown() => Vec::new(),
            Some(names) => names,
            None => vec!["*".to_owned()],
        };
        let named = groups.items().iter().filter_map(|group| group.text().map(str::to_owned));
        for group in later.into_iter().chain(named.filter(|_| self.is_perhaps)) {
            self.perhaps(plan, PrincipalKind::User, Some(vec![user.to_owned()]), Gives::Member(group));
        }
    }

    /// Its policy, in doubt where the whole is.
    fn document(&self, value: &Value) -> Document {
        let document = Document::of(value);
        if self.is_perhaps { document.perhaps() } else { document }
    }

    /// Somebody of these names has it perhaps.
    fn perhaps(&self, plan: &mut Plan, kind: PrincipalKind, names: Names, gives: Gives) {
        let account = self.place.account;
        let to = To::Identities(kind);
        plan.at_large.push(AtLarge { account, to, names, gives, declared: self.declared() });
    }

    /// Some thing of this type has it perhaps. Of what is named by its ARN alone it is not known of which kind it is.
    fn thing_perhaps(&self, plan: &mut Plan, of: &str, names: Names, gives: Gives) -> Taken {
        let Some(kind) = self.kind_of(of) else { return Taken::Nobody };
        // A queue is named by its address.
        let name = |name: String| match name.rsplit_once('/') {
            Some((_, last)) if of == "AWS::SQS::Queue" => last.to_owned(),
            _ => name,
        };
        let names = names.map(|names| names.into_iter().map(name).collect());
        if self.fate.stays() {
            let (account, to) = (self.place.account, To::Things(kind));
            plan.at_large.push(AtLarge { account, to, names, gives, declared: self.declared() });
        }
        Taken::SomebodyOf("thing")
    }

    /// What is known of whom a property names of which that is known later.
    fn may_name(&self, property: &str) -> Names {
        self.may_name.iter().find(|(name, _)| *name == property).and_then(|(_, names)| names.clone())
    }

    /// The users, groups and roles that the lists of a policy name, and of whom one is known later.
    fn bearers(&self) -> (Vec<Bearer>, Vec<(PrincipalKind, Names)>) {
        let lists = [
            ("Users", PrincipalKind::User),
            ("UserName", PrincipalKind::User),
            ("Groups", PrincipalKind::Group),
            ("GroupName", PrincipalKind::Group),
            ("Roles", PrincipalKind::Role),
            ("RoleName", PrincipalKind::Role),
        ];
        let (mut found, mut later) = (Vec::new(), Vec::new());
        for (list, kind) in lists {
            for name in self.properties.get(list).items() {
                match name.text() {
                    Some(name) => found.push((kind, name.to_owned())),
                    None if later.iter().any(|(known, _)| *known == kind) => {}
                    None => later.push((kind, self.may_name(list))),
                }
            }
        }
        (found, later)
    }

    fn give(&self, plan: &mut Plan, part: impl Fn() -> Part) -> Taken {
        let (bearers, later) = self.bearers();
        let taken = match later.first() {
            Some((kind, _)) => Taken::SomebodyOf(word(*kind)),
            None if bearers.is_empty() => Taken::Nobody,
            None => Taken::Yes,
        };
        // One that is there perhaps takes the place of another of its name perhaps.
        let is_inline = matches!(part(), Part::Inline(..));
        let (bearers, perhaps): (Vec<Bearer>, Vec<Bearer>) =
            bearers.into_iter().partition(|_| !(self.is_perhaps && is_inline));
        let perhaps = perhaps.into_iter().map(|(kind, name)| (kind, Some(vec![name])));
        for (kind, names) in later.into_iter().chain(perhaps).filter(|_| self.fate.stays()) {
            let anything = || Gives::Anything("policies known later".to_owned());
            let gives = match part() {
                Part::Attached(Some(policy)) => Gives::Attached(policy),
                Part::Inline(name, document) => Gives::Inline(name, document.expected()),
                // Which one is not known, or it may take away what they have.
                Part::Attached(None) | Part::OnlyInline(_) | Part::OnlyAttached(_) | Part::Member(_) => {
                    anything()
                }
            };
            self.perhaps(plan, kind, names, gives);
        }
        for bearer in bearers {
            plan.parts.push((self.fate, self.place.account, bearer, part(), self.declared()));
        }
        taken
    }

    fn inline_policy(&self, plan: &mut Plan) -> Taken {
        let name = self.text("PolicyName").map_or_else(|| format!("{}~", self.stand_in), str::to_owned);
        let document = self.document(self.properties.get("PolicyDocument"));
        self.give(plan, || Part::Inline(name.clone(), document.clone()))
    }

    fn managed_policy(&self, plan: &mut Plan) -> Taken {
        let Some(of) = kinds::of(self.kind) else { return Taken::UnknownKind };
        let arn = self.own_arn(of);
        self.declare(plan, &arn, "");
        plan.policies.push((self.fate, arn.clone(), self.document(self.properties.get("PolicyDocument"))));
        match self.give(plan, || Part::Attached(Some(arn.clone()))) {
            // A policy may be attached to nobody.
            Taken::Nobody => Taken::Yes,
            other => other,
        }
    }

    /// Policies of an identity that it has and no others of the kind.
    fn exclusive(&self, plan: &mut Plan) -> Taken {
        let list = |name: &str| match self.properties.get(name) {
            Value::Null => None,
            list => Some(list.items().iter().map(|one| one.text().map(str::to_owned)).collect()),
        };
        let (names, policies): (Option<Option<Vec<_>>>, Option<Option<Vec<_>>>) =
            (list("PolicyNames"), list("PolicyArns"));
        match (names, policies) {
            (Some(Some(names)), _) => self.give(plan, || Part::OnlyInline(names.clone())),
            (_, Some(Some(policies))) => self.give(plan, || Part::OnlyAttached(policies.clone())),
            // It may take all that it has, and give it anything.
            _ => {
                let later = || Document::NotSeen(KNOWN_LATER.to_owned());
                self.give(plan, || Part::Inline("policies known later".to_owned(), later()))
            }
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
        let fate = if self.is_perhaps { Fate::Gone } else { self.fate };
        for user in &users {
            for group in &groups {
                let bearer = (PrincipalKind::User, (*user).to_owned());
                let part = Part::Member((*group).to_owned());
                plan.parts.push((fate, self.place.account, bearer, part, self.declared()));
                if self.is_perhaps {
                    let names = Some(vec![(*user).to_owned()]);
                    self.perhaps(plan, PrincipalKind::User, names, Gives::Member((*group).to_owned()));
                }
            }
        }
        let [is_some_group, is_some_user] =
            ["GroupName", "Users"].map(|list| self.properties.get(list).has_unknown());
        if (is_some_group || is_some_user) && self.fate.stays() {
            self.some_membership(plan, &users, &groups);
        }
        match (is_some_group || is_some_user, users.is_empty() || groups.is_empty()) {
            (true, _) => Taken::SomebodyOf("user"),
            (false, true) => Taken::Nobody,
            (false, false) => Taken::Yes,
        }
    }

    /// Of whom, or of which group, one is known later.
    fn some_membership(&self, plan: &mut Plan, users: &[&str], groups: &[&str]) {
        let [is_some_group, is_some_user] =
            ["GroupName", "Users"].map(|list| self.properties.get(list).has_unknown());
        let other_groups = match self.may_name("GroupName") {
            _ if !is_some_group => Vec::new(),
            Some(names) => names,
            None => vec!["*".to_owned()],
        };
        let named = users.iter().map(|user| (*user).to_owned()).collect::<Vec<_>>();
        for group in &other_groups {
            if !named.is_empty() {
                let gives = Gives::Member(group.clone());
                self.perhaps(plan, PrincipalKind::User, Some(named.clone()), gives);
            }
        }
        if is_some_user {
            let groups = groups.iter().map(|group| (*group).to_owned()).chain(other_groups);
            for group in groups {
                self.perhaps(plan, PrincipalKind::User, self.may_name("Users"), Gives::Member(group));
            }
        }
    }

    fn instance_profile(&self, plan: &mut Plan) -> Taken {
        let Some(of) = kinds::of(self.kind) else { return Taken::UnknownKind };
        let arn = self.own_arn(of);
        let role = self.properties.get("Roles").items().first().and_then(|role| match role {
            Value::Unknown => Some(ROLE_KNOWN_LATER),
            known => known.text(),
        });
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
        let (arn, account) = (self.own_arn(of), self.place.account);
        plan.providers.push((self.fate, Provider { arn, saml, account, url, clients }));
        Taken::Yes
    }

    /// The kind of things, in the words of IAM, that have this type in CloudFormation.
    pub(super) fn kind_of(&self, cloudformation: &str) -> Option<String> {
        let arn = kinds::of(cloudformation)?.arn(&Value::Null, "any", self.place);
        Arn::parse(&arn).map(|arn| arn.kind())
    }

    fn policy_of(&self, plan: &mut Plan, own: &own_policy::OwnPolicy) -> Taken {
        let named = self.properties.get(own.thing).items();
        let document = Document::of(self.properties.get(own.policy));
        let mut taken = if named.is_empty() { Taken::Nobody } else { Taken::Yes };
        for named in named {
            let arn = named.text().and_then(|named| self.arn_of(own.of, named));
            let (Some(arn), false) = (&arn, self.is_perhaps && self.kind_of(own.of).is_some()) else {
                let names = arn.clone().map_or_else(|| self.may_name(own.thing), |arn| Some(vec![arn]));
                // That of an API names it in short.
                let text = match own.of {
                    "AWS::ApiGateway::RestApi" => Document::NotSeen(KNOWN_LATER.to_owned()),
                    _ => document.clone(),
                };
                let found = self.thing_perhaps(plan, own.of, names, Gives::Policy(text.expected()));
                taken = if arn.is_some() { Taken::Yes } else { found };
                continue;
            };
            self.declare(plan, arn, "");
            let document = document.clone().of_api(arn, self.place);
            plan.thing_policies.push((self.fate, arn.clone(), document));
        }
        taken
    }

    /// AWS: Lambda Developer Guide, "Granting Lambda function access to AWS services" and "… to other accounts".
    fn permission(&self, plan: &mut Plan) -> Taken {
        const ANY: &str = "*";
        let function = self.text("FunctionName").unwrap_or(ANY);
        let (function, qualifier) = match function.split_once(":function:") {
            Some((before, rest)) => {
                let (name, qualifier) = rest.split_once(':').unwrap_or((rest, ""));
                let end = function.len() - rest.len() + name.len();
                let arn = match (Arn::parse(function), AccountId::parse(before)) {
                    // `111122223333:function:name`.
                    (None, Some(account)) => {
                        let (partition, region) = (self.place.partition(), self.place.region());
                        format!("arn:{partition}:lambda:{region}:{account}:function:{name}")
                    }
                    _ => function[..end].to_owned(),
                };
                (arn, qualifier.to_owned())
            }
            None if function == ANY => (ANY.to_owned(), String::new()),
            None => {
                let (name, qualifier) = function.split_once(':').unwrap_or((function, ""));
                (self.arn_of("AWS::Lambda::Function", name).unwrap_or_default(), qualifier.to_owned())
            }
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
        let is_whole = qualifier.is_empty() || function == ANY;
        let resource = if is_whole { function.clone() } else { format!("{function}:{qualifier}") };
        let mut statement = vec![
            field("Effect", text("Allow")),
            field("Principal", principal),
            field("Action", self.properties.get("Action").clone()),
            field("Resource", text(&resource)),
        ];
        if !conditions.is_empty() {
            statement.push(field("Condition", Value::Map(conditions)));
        }
        let of = "AWS::Lambda::Function";
        self.some_statement(plan, of, "FunctionName", function, statement)
    }

    /// A statement of the policy of a thing of this type, of which it may be known later which it is (`*`), or whether it is made.
    fn some_statement(
        &self,
        plan: &mut Plan,
        of: &str,
        property: &str,
        thing: String,
        says: Vec<(String, Value)>,
    ) -> Taken {
        if thing != "*" && !self.is_perhaps {
            self.declare(plan, &thing, "");
            return self.statement(plan, thing, says);
        }
        let names = if thing == "*" { self.may_name(property) } else { Some(vec![thing.clone()]) };
        let text = Document::of_statements(vec![Value::Map(says)]).expected();
        let taken = self.thing_perhaps(plan, of, names, Gives::Statement(text));
        if thing == "*" { taken } else { Taken::Yes }
    }

    /// A statement of a policy, by the id that the file or AWS gives it.
    fn statement(&self, plan: &mut Plan, thing: String, mut says: Vec<(String, Value)>) -> Taken {
        let id = self.text("StatementId").map(str::to_owned);
        let sid = match &id {
            Some(id) => id.clone(),
            None => self.stand_in.replace(|letter: char| !letter.is_ascii_alphanumeric(), ""),
        };
        says.insert(0, ("Sid".to_owned(), Value::Text(sid)));
        plan.statements.push((thing, Statement { fate: self.fate, id, says: Value::Map(says) }));
        Taken::Yes
    }

    /// AWS: EventBridge API Reference, "PutPermission"
    /// (<https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html>); CloudFormation Template
    /// Reference, `AWS::Events::EventBusPolicy`.
    fn bus_statement(&self, plan: &mut Plan) -> Taken {
        let bus = match self.properties.get("EventBusName") {
            Value::Null => "default",
            name => name.text().unwrap_or("*"),
        };
        let arn = if bus == "*" { Some(bus.to_owned()) } else { self.arn_of("AWS::Events::EventBus", bus) };
        let Some(arn) = arn else { return Taken::Nobody };
        let text = |text: &str| Value::Text(text.to_owned());
        let says = match self.properties.get("Statement") {
            Value::Map(fields) => fields.iter().filter(|(name, _)| name != "Sid").cloned().collect(),
            Value::Null => {
                let principal = match self.properties.get("Principal") {
                    Value::Unknown => Value::Unknown,
                    other => match other.text() {
                        Some("*") => text("*"),
                        Some(account) => {
                            let root = format!("arn:{}:iam::{account}:root", self.place.partition());
                            Value::Map(vec![("AWS".to_owned(), text(&root))])
                        }
                        None => return Taken::Nobody,
                    },
                };
                let action = match self.properties.get("Action") {
                    Value::Null => text("events:PutEvents"),
                    action => action.clone(),
                };
                let mut says = vec![
                    ("Effect".to_owned(), text("Allow")),
                    ("Principal".to_owned(), principal),
                    ("Action".to_owned(), action),
                    ("Resource".to_owned(), text(&arn)),
                ];
                let condition = self.properties.get("Condition");
                let part = |name: &str, other: &str| {
                    let value = condition.get(name);
                    if value.is_null() { condition.get(other).clone() } else { value.clone() }
                };
                match (part("Type", "type"), part("Key", "key"), part("Value", "value")) {
                    (Value::Text(operator), Value::Text(key), value) => {
                        let keys = Value::Map(vec![(key, value)]);
                        says.push(("Condition".to_owned(), Value::Map(vec![(operator, keys)])));
                    }
                    _ if condition.items().is_empty() => {}
                    _ => says.push(("Condition".to_owned(), Value::Unknown)),
                }
                says
            }
            _ => vec![("Effect".to_owned(), Value::Unknown)],
        };
        self.some_statement(plan, "AWS::Events::EventBus", "EventBusName", arn, says)
    }

    fn grant(&self, plan: &mut Plan) -> Taken {
        let operations = self.properties.get("Operations").items();
        let operations: Option<Vec<String>> =
            operations.iter().map(|one| one.text().map(str::to_owned)).collect();
        let (Some(key), Some(grantee), Some(operations)) =
            (self.text("KeyId"), self.text("GranteePrincipal"), operations)
        else {
            return Taken::Nobody;
        };
        let Some(key) = self.arn_of("AWS::KMS::Key", key) else { return Taken::Nobody };
        plan.grants.push((self.fate, Grant { key, grantee: grantee.to_owned(), operations }));
        Taken::Yes
    }

    fn function_url(&self, plan: &mut Plan) -> Taken {
        let Some(named) = self.text("TargetFunctionArn") else { return Taken::Nobody };
        let Some(arn) = self.arn_of("AWS::Lambda::Function", named) else { return Taken::Nobody };
        let url = match self.text("AuthType") {
            Some(kind) if self.fate.stays() => kind.into(),
            None if self.fate.stays() => return Taken::Yes,
            _ => Json::Null,
        };
        let thing = plan.thing(&arn, self.place.account, Fate::Changed);
        thing.facts.insert("function_url".to_owned(), url);
        Taken::Yes
    }

    fn bucket_fact(&self, plan: &mut Plan, add: impl Fn(&Value, &mut Map<String, Json>)) -> Taken {
        let Some(arn) = self.text("Bucket").and_then(|bucket| self.arn_of("AWS::S3::Bucket", bucket)) else {
            let facts: &[&str] = match self.kind {
                "AWS::S3::BucketPublicAccessBlock" => &["public_access_block"],
                "AWS::S3::BucketOwnership" => &["object_ownership"],
                "AWS::S3::BucketEncryption" => &["encryption", "encryption_key"],
                _ => &["acl"],
            };
            if self.fate.stays() {
                plan.bucket_facts_of_some.extend(facts);
            }
            return Taken::Nobody;
        };
        let fate = if self.fate == Fate::Kept { Fate::Kept } else { Fate::Changed };
        let thing = plan.thing(&arn, self.place.account, fate);
        match self.fate {
            // Without a block of its own, nothing is blocked.
            Fate::Gone if self.kind == "AWS::S3::BucketPublicAccessBlock" => {
                thing.facts.insert("public_access_block".to_owned(), block(false));
            }
            // AWS: S3 API Reference, "DeleteBucketEncryption"
            // (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html>): "resets the default
            // encryption for the bucket as server-side encryption with Amazon S3 managed keys".
            Fate::Gone if self.kind == "AWS::S3::BucketEncryption" => {
                thing.facts.insert("encryption".to_owned(), "AES256".into());
                thing.facts.insert("encryption_key".to_owned(), Json::Null);
            }
            // Terraform: AWS provider, `aws_s3_bucket_acl`: `terraform destroy` "does not delete the S3 Bucket ACL".
            Fate::Gone if self.kind == "BucketAcl" => {}
            // Which setting it has then is not known.
            Fate::Gone => {
                thing.facts.insert("object_ownership".to_owned(), Json::Null);
            }
            _ => add(&self.properties, &mut thing.facts),
        }
        Taken::Yes
    }

    /// The policy of an endpoint says what goes through it, and gives nobody a right on the endpoint: it is a fact of it.
    fn says_of_endpoint(&self) -> Option<(String, Json)> {
        match Document::of(self.properties.get("PolicyDocument")) {
            Document::Seen(text) => Some(("endpoint_policy".to_owned(), text.into())),
            Document::None | Document::NotSeen(_) => None,
        }
    }

    /// The same, where it is declared by itself.
    fn endpoint_policy(&self, plan: &mut Plan) -> Taken {
        let named = self.text("VpcEndpointId").and_then(|named| self.arn_of("AWS::EC2::VPCEndpoint", named));
        let Some(arn) = named else { return Taken::Nobody };
        let fate = if self.fate == Fate::Kept { Fate::Kept } else { Fate::Changed };
        let says = self.says_of_endpoint().filter(|_| self.fate.stays());
        let (name, text) = says.unwrap_or_else(|| ("endpoint_policy".to_owned(), Json::Null));
        plan.thing(&arn, self.place.account, fate).facts.insert(name, text);
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
        let (Some(name), Some(key)) = (self.text("AliasName"), self.text("TargetKeyId")) else {
            return Taken::Nobody;
        };
        let Some(key) = self.arn_of("AWS::KMS::Key", key) else { return Taken::Nobody };
        let own = self.text("arn").and_then(Arn::parse);
        let alias = Alias {
            account: own.and_then(|arn| AccountId::parse(arn.account)).unwrap_or(self.place.account),
            region: own.map_or(self.place.region(), |arn| arn.region).to_owned(),
            name: name.to_owned(),
            key,
        };
        plan.aliases.push((self.fate, alias));
        Taken::Yes
    }

    fn event_target(&self, plan: &mut Plan) -> Taken {
        let Some(rule) = self.text("Rule") else { return Taken::Nobody };
        let Some(arn) = self.arn_of("AWS::Events::Rule", rule) else { return Taken::Nobody };
        if self.fate.stays() {
            let fate = if self.fate == Fate::Kept { Fate::Kept } else { Fate::Changed };
            plan.thing(&arn, self.place.account, fate);
        }
        for (attribute, role) in self.roles(&self.properties, &arn) {
            plan.runs_as.push((self.fate, RunsAs { workload: arn.clone(), attribute, role }));
        }
        Taken::Yes
    }

    /// Those of an identity pool. In a plan that does not know which, any that it makes may give any.
    fn roles_of_pool(&self, plan: &mut Plan) -> Taken {
        let of = "AWS::Cognito::IdentityPool";
        let Some(arn) = self.text("IdentityPoolId").and_then(|pool| self.arn_of(of, pool)) else {
            plan.roles_of_some_pool |= self.fate.stays();
            return Taken::Nobody;
        };
        if self.fate.stays() {
            let fate = if self.fate == Fate::Kept { Fate::Kept } else { Fate::Changed };
            plan.thing(&arn, self.place.account, fate);
        }
        // What may not be made leaves open whether they are these.
        let given =
            if self.is_perhaps { identity_pool::some_role() } else { identity_pool::roles(&self.properties) };
        for (attribute, role) in self.roles(&given, &arn) {
            plan.runs_as.push((self.fate, RunsAs { workload: arn.clone(), attribute, role }));
        }
        Taken::Yes
    }

    /// The roles that it runs as. One that is known later stands as [`ROLE_KNOWN_LATER`].
    fn roles(&self, properties: &Value, arn: &str) -> Vec<(crate::model::RoleAttribute, String)> {
        let kind = if self.kind == "AWS::Events::Target" { "AWS::Events::Rule" } else { self.kind };
        roles::of(kind, &properties.or_later(ROLE_KNOWN_LATER).to_json(), Some(self.place.account), arn)
    }

    fn thing(&self, plan: &mut Plan, kind: &Kind) -> Taken {
        let arn = self.own_arn(kind);
        if Arn::parse(&arn).is_none() {
            return Taken::Nobody;
        }
        if !self.fate.stays() {
            plan.take_away(&arn);
            return Taken::Yes;
        }
        self.declare(plan, &arn, "");
        let account = AccountId::of_arn(&arn).unwrap_or(self.place.account);
        let json = self.properties.to_json();
        let mut facts = safe_facts::of(&json, &Json::Null);
        if has_unknown_key(&self.properties, 0) && !facts.contains_key("encryption_key") {
            facts.insert("encryption_key".to_owned(), SOME_KEY.into());
        }
        if self.kind == "AWS::S3::Bucket" {
            self.bucket_facts(&json, &mut facts);
        }
        if self.kind == "AWS::EC2::VPCEndpoint" {
            facts.extend(self.says_of_endpoint());
        }
        let policy = match (kind.policy, self.properties.get(kind.policy)) {
            ("", _) => self.policy_property(),
            ("KeyPolicy", Value::Null) => Some(default_key_policy(self.place)),
            (_, Value::Null) => None,
            // That of a table is in a document of its own.
            (_, value) => match value.get("PolicyDocument") {
                Value::Null => Some(Document::of(value)),
                inner => Some(Document::of(inner)),
            },
        };
        let policy = policy.map(|policy| policy.of_api(&arn, self.place));
        let runs_as = self.roles(&self.properties, &arn);
        if let Some(before) = self.before.as_ref().filter(|_| !has_unknown_role(&self.properties, 0)) {
            let were = self.roles(before, &arn).into_iter().filter(|role| !runs_as.contains(role));
            plan.runs_as.extend(
                were.map(|(attribute, role)| (Fate::Gone, RunsAs { workload: arn.clone(), attribute, role })),
            );
        }
        self.lists_of_its_own(plan, kind, &arn);
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
        let by_name = if properties.get("AccessControl").is_null() { "acl" } else { "AccessControl" };
        let list = bucket_acl::of(properties.get(by_name), properties.get("grant"));
        // A list that nobody asks for lets the owner in.
        let list = list.or_else(|| (self.fate == Fate::New).then(|| json!([])));
        facts.extend(list.map(|list| ("acl".to_owned(), list)));
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
        let name = self.text("Name").unwrap_or(&id).to_owned();
        let content = Document::of(self.properties.get("Content"));
        plan.org_policies.push((self.fate, id.clone(), name, kind, content));
        for target in self.properties.get("TargetIds").items().iter().filter_map(Value::text) {
            plan.org_attachments.push((self.fate, id.clone(), target.to_owned()));
        }
        if !self.properties.get("TargetIds").has_unknown() {
            return Taken::Yes;
        }
        let names = self.may_name("TargetIds");
        self.somewhere(plan, Some(id), names)
    }

    /// A policy of the organization is attached, and where, or which, is known later.
    fn somewhere(&self, plan: &mut Plan, policy: Option<String>, names: Names) -> Taken {
        if self.fate.stays() {
            plan.org_at_large.push((policy, names));
        }
        Taken::SomebodyOf("unit or account")
    }

    fn org_attachment(&self, plan: &mut Plan) -> Taken {
        match (self.text("PolicyId").map(str::to_owned), self.text("TargetId").map(str::to_owned)) {
            (Some(policy), Some(target)) => {
                plan.org_attachments.push((self.fate, policy, target));
                Taken::Yes
            }
            (policy, None) => self.somewhere(plan, policy, self.may_name("TargetId")),
            (None, target) => self.somewhere(plan, None, target.map(|target| vec![target])),
        }
    }

    fn permission_set(&self, plan: &mut Plan) -> Taken {
        let Some(of) = kinds::of(self.kind) else { return Taken::UnknownKind };
        let inline = self.properties.get("InlinePolicy");
        let attached = self.properties.get("ManagedPolicies");
        let of_accounts = self.properties.get("CustomerManagedPolicyReferences");
        let references = of_accounts.items().iter().filter_map(|one| match one {
            Value::Unknown => Some(Named::Later),
            one => Named::of_account(one),
        });
        // Of a list that is known later there may be any.
        let later = attached.has_unknown().then_some(Named::Later);
        let set = PermissionSet {
            arn: self.own_arn(of),
            name: of.name_of(&self.properties, self.stand_in),
            inline: (!inline.is_null()).then(|| Document::of(inline)),
            attached: (!attached.is_null() && !attached.has_unknown())
                .then(|| attached.items().iter().filter_map(|arn| arn.text().map(str::to_owned)).collect()),
            of_accounts: references.chain(later).collect(),
            boundary: Named::boundary(self.properties.get("PermissionsBoundary")),
            is_only_named: false,
        };
        plan.permission_sets.push((self.fate, set));
        Taken::Yes
    }

    fn permission_set_inline(&self, plan: &mut Plan) -> Taken {
        let Some(set) = self.text("PermissionSetArn") else { return Taken::Nobody };
        let document = Document::of(self.properties.get("InlinePolicy"));
        plan.set_parts.push((self.fate, set.to_owned(), SetPart::Inline(document)));
        Taken::Yes
    }

    fn permission_set_policy(&self, plan: &mut Plan) -> Taken {
        let (Some(set), Some(policy)) = (self.text("PermissionSetArn"), self.text("PolicyArn")) else {
            return Taken::Nobody;
        };
        plan.set_parts.push((self.fate, set.to_owned(), SetPart::Attached(policy.to_owned())));
        Taken::Yes
    }

    fn part_of_set(
        &self,
        plan: &mut Plan,
        property: &str,
        read: fn(&Value) -> Option<Named>,
        part: fn(Named) -> SetPart,
    ) -> Taken {
        let (Some(set), Some(policy)) = (self.text("PermissionSetArn"), read(self.properties.get(property)))
        else {
            return Taken::Nobody;
        };
        plan.set_parts.push((self.fate, set.to_owned(), part(policy)));
        Taken::Yes
    }

    fn assignment(&self, plan: &mut Plan) -> Taken {
        let account = self.text("TargetId").and_then(AccountId::parse);
        // Whoever it is, there is a role then.
        let principal = match self.properties.get("PrincipalId") {
            Value::Unknown => Some("~"),
            known => known.text(),
        };
        let (Some(set), Some(account), Some(principal)) = (self.text("PermissionSetArn"), account, principal)
        else {
            return Taken::Nobody;
        };
        let is_group = self.text("PrincipalType") == Some("GROUP");
        let (set, principal) = (set.to_owned(), principal.to_owned());
        let (region, declared) = (self.place.region.clone(), self.declared());
        let it = Assignment { set, account, is_group, principal, region, declared };
        plan.assignments.push((self.fate, it));
        Taken::Yes
    }
}

fn encryption(default: &Value, facts: &mut Map<String, Json>) {
    let text = |names: [&str; 2]| names.into_iter().find_map(|name| default.get(name).text());
    let found = [
        ("encryption", text(["SSEAlgorithm", "sse_algorithm"])),
        ("encryption_key", text(["KMSMasterKeyID", "kms_master_key_id"])),
    ];
    // What is not said is not: another way to encrypt has no key, or another one.
    if !default.is_null() {
        facts.extend(
            found.into_iter().map(|(fact, value)| (fact.to_owned(), value.map_or(Json::Null, Json::from))),
        );
        let is_key = |name: &str| KEYS.contains(&&*plain(name));
        let is_open = |(name, value): &(String, Value)| is_key(name) && value.has_unknown();
        if *default == Value::Unknown || default.first().fields().iter().any(is_open) {
            facts.insert("encryption_key".to_owned(), SOME_KEY.into());
        }
    }
}

/// The key of something that is encrypted with one of the customer's, of which it is known later which it is. No key is called so.
pub(super) const SOME_KEY: &str = "~";

/// Properties that name the key with which something is encrypted, in small letters and as Terraform has them without hyphens.
const KEYS: [&str; 7] =
    ["encryptionkey", "kmskey", "kmskeyarn", "kmskeyid", "kmsmasterkeyarn", "kmsmasterkeyid", "kmskeyname"];

fn plain(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

/// Is a key named of which it is known later which it is?
fn has_unknown_key(properties: &Value, depth: u8) -> bool {
    match properties {
        Value::Map(fields) if depth < 4 => fields.iter().any(|(name, value)| {
            KEYS.contains(&&*plain(name)) && *value == Value::Unknown || has_unknown_key(value, depth + 1)
        }),
        Value::List(list) if depth < 4 => list.iter().any(|value| has_unknown_key(value, depth + 1)),
        _ => false,
    }
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

/// Tags as a list of keys and values, or as a map.
fn tags(value: &Value) -> Tags {
    let words = |value: &Value| match value {
        Value::Text(text) | Value::Number(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    };
    match value {
        Value::List(list) => {
            Some(list.iter().map(|tag| Some((words(tag.get("Key"))?, words(tag.get("Value"))?))).collect())
        }
        Value::Map(fields) => {
            Some(fields.iter().map(|(key, value)| Some((key.clone(), words(value)?))).collect())
        }
        Value::Unknown => Some(None),
        _ => None,
    }
}

/// Is there a role of which is known only later which it is?
fn has_unknown_role(properties: &Value, depth: u8) -> bool {
    match properties {
        Value::Map(fields) if depth < 6 => fields.iter().any(|(name, value)| {
            (roles::is_role(&name.replace('_', "")) && value.has_unknown())
                || has_unknown_role(value, depth + 1)
        }),
        Value::List(list) if depth < 6 => list.iter().any(|value| has_unknown_role(value, depth + 1)),
        _ => false,
    }
}
