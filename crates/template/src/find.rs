//! Where policies stand in a file, and what they are for.

use crate::document_block;
use crate::hcl::{self, Attribute, Block, Body};
use crate::intrinsic::{function, resolved};
use crate::json;
use crate::node::{Entry, Node, Value};
use crate::text::{Kind, Text};
use crate::{Found, Language, Policy, Purpose, Unread, yaml};

pub(crate) fn find(text: &str, language: Language) -> Found {
    let mut finder = Finder::default();
    match language {
        Language::Json => {
            let (node, whole) = json::read(&Text::exact(text, 0));
            finder.found.is_whole = whole;
            if let Some(node) = node {
                finder.root(&node);
            }
        }
        Language::Yaml => {
            let (documents, whole) = yaml::read(text);
            finder.found.is_whole = whole;
            for document in &documents {
                finder.root(document);
            }
        }
        Language::Terraform => {
            let body = hcl::read(text);
            finder.found.is_whole = true;
            finder.terraform(&body);
        }
    }
    finder.found.policies.sort_by_key(|policy| policy.span.start);
    finder.found
}

#[derive(Default)]
struct Finder {
    found: Found,
    /// `${…}` is a variable of the file's own language.
    all_holes: bool,
}

/// Where the walk is.
#[derive(Clone, Default)]
struct Way {
    route: String,
    member: Option<String>,
    /// The type of the resource around it.
    kind: Option<String>,
    /// `Type` of an organization's policy.
    of_organization: Option<String>,
}

impl Way {
    fn member(&self, key: &str) -> Self {
        let dot = if self.route.is_empty() { "" } else { "." };
        let member = if key.starts_with("Fn::") { self.member.clone() } else { Some(key.to_owned()) };
        Self { route: format!("{}{dot}{key}", self.route), member, ..self.clone() }
    }

    fn item(&self, at: usize) -> Self {
        Self { route: format!("{}[{at}]", self.route), ..self.clone() }
    }

    fn purpose(&self) -> Option<(Purpose, String)> {
        let member = self.member.as_deref().unwrap_or_default();
        if matches!(member, "AssumeRolePolicyDocument" | "assumeRolePolicyDocument" | "assume_role_policy") {
            return Some((Purpose::Trust, format!("it stands in `{member}`")));
        }
        let kind = self.kind.as_deref()?;
        let why = || format!("it stands in `{kind}`");
        if kind == "AWS::Organizations::Policy" || kind == "aws_organizations_policy" {
            return match self.of_organization.as_deref() {
                Some("RESOURCE_CONTROL_POLICY") => Some((Purpose::Rcp, why())),
                Some("SERVICE_CONTROL_POLICY") => Some((Purpose::Scp, why())),
                // The provider's default; CloudFormation has none.
                None if kind == "aws_organizations_policy" => Some((Purpose::Scp, why())),
                _ => None,
            };
        }
        let purpose = match kind {
            "AWS::EC2::VPCEndpoint" | "aws_vpc_endpoint" | "aws_vpc_endpoint_policy" => Purpose::VpcEndpoint,
            "AWS::SSO::PermissionSet" | "aws_ssoadmin_permission_set_inline_policy" => Purpose::PermissionSet,
            _ if kind.starts_with("AWS::IAM::")
                || kind.starts_with("AWS::Serverless::")
                    && member != "AuthorizationPolicy"
                    && member != "ResourcePolicy"
                || kind.starts_with("aws_iam_") && kind != "aws_iam_policy_document" =>
            {
                Purpose::Identity
            }
            _ if RESOURCE_MEMBERS.contains(&member) && kind.starts_with("AWS::")
                || RESOURCE_ATTRIBUTES.contains(&member) && kind.starts_with("aws_") =>
            {
                Purpose::Resource
            }
            _ => return None,
        };
        Some((purpose, why()))
    }
}

/// Members of CloudFormation resources that hold policies of things.
const RESOURCE_MEMBERS: &[&str] = &[
    "PolicyDocument",
    "KeyPolicy",
    "ResourcePolicy",
    "RepositoryPolicyText",
    "AccessPolicies",
    "Policy",
    "FileSystemPolicy",
    "PolicyText",
    "RegistryPolicy",
    "PermissionsPolicyDocument",
    "ResourcePolicyDocument",
];

/// Attributes of Terraform resources that hold policies of things.
const RESOURCE_ATTRIBUTES: &[&str] =
    &["policy", "resource_policy", "access_policy", "access_policies", "policy_document", "policy_text"];

/// Attributes of Terraform resources that hold policies.
const ATTRIBUTES: &[&str] = &[
    "policy",
    "assume_role_policy",
    "inline_policy",
    "access_policy",
    "access_policies",
    "resource_policy",
    "policy_document",
    "policy_text",
];

/// Members of templates that hold nothing but policies.
const MEMBERS: &[&str] = &[
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "KeyPolicy",
    "ResourcePolicy",
    "RepositoryPolicyText",
    "FileSystemPolicy",
    "policyDocument",
    "assumeRolePolicyDocument",
];

impl Finder {
    fn root(&mut self, node: &Node) {
        let is_serverless = node.get("service").is_some() && node.get("provider").is_some();
        self.all_holes = is_serverless;
        self.found.is_template |= node.get("Resources").is_some()
            || node.get("AWSTemplateFormatVersion").is_some()
            || node.get("planned_values").is_some()
            || is_serverless
            || node.get("apiVersion").is_some() && node.get("kind").is_some();
        self.walk(node, &Way::default());
    }

    fn walk(&mut self, node: &Node, way: &Way) {
        match &node.value {
            Value::Map(entries) => {
                if is_policy(node) {
                    self.policy(node, way, false);
                    return;
                }
                let mut way = way.clone();
                if let Some(kind) = node.get("Type").and_then(Node::as_str) {
                    if kind.starts_with("AWS::") {
                        way.kind = Some(kind.to_owned());
                        way.of_organization = None;
                        let said =
                            node.get("Properties").and_then(|it| it.get("Type")).and_then(Node::as_str);
                        way.of_organization = said.map(str::to_owned);
                    }
                } else if let Some(kind) = node.get("type").and_then(Node::as_str)
                    && kind.starts_with("aws_")
                {
                    // A plan or state of Terraform.
                    way.kind = Some(kind.to_owned());
                    let values = node.get("values").or_else(|| node.get("attributes"));
                    let said = values.and_then(|it| it.get("type")).and_then(Node::as_str);
                    way.of_organization = said.map(str::to_owned);
                }
                for entry in entries {
                    self.entry(entry, &way);
                }
            }
            Value::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.walk(item, &way.item(at));
                }
            }
            Value::Text(text) => self.string(node, text, way),
            Value::Plain(_) | Value::Unknown(_) => {}
        }
    }

    fn entry(&mut self, entry: &Entry, way: &Way) {
        let key = entry.key.text.as_str();
        let inner = way.member(key);
        // The Serverless Framework takes statements alone.
        let lone = key == "iamRoleStatements"
            || key == "statements" && self.all_holes && way.member.as_deref() == Some("role");
        if lone && let Value::List(_) = entry.value.value {
            self.statements(&entry.value, &inner);
            return;
        }
        if MEMBERS.contains(&key) && (function(&entry.value).is_some() || is_unknown(&entry.value)) {
            let before = self.found.policies.len();
            self.walk(&entry.value, &inner);
            if self.found.policies.len() == before {
                self.unread(&entry.value, &inner.route);
            }
            return;
        }
        self.walk(&entry.value, &inner);
    }

    fn unread(&mut self, node: &Node, route: &str) {
        let what = match function(node) {
            Some((name, _)) => format!("`{name}`"),
            None => match &node.value {
                Value::Unknown(what) if what.is_empty() => return,
                Value::Unknown(what) => format!("`{}`", what.lines().next().unwrap_or_default()),
                _ => "it".to_owned(),
            },
        };
        self.found.unread.push(Unread {
            span: node.span.clone(),
            route: route.to_owned(),
            why: format!("it is what {what} comes to"),
        });
    }

    /// A string that may hold a policy.
    fn string(&mut self, node: &Node, text: &Text, way: &Way) {
        let trimmed = text.text.trim_start();
        if !trimmed.starts_with('{') || !text.text.contains("Statement") {
            return;
        }
        let text = match way.route.rsplit('.').next() {
            Some("Fn::Sub") => {
                text.with_holes("${", "}", |inside| Some(format!("${{{}}}", inside.strip_prefix('!')?)))
            }
            _ if self.all_holes => text.with_holes("${", "}", |_| None),
            _ => text.clone(),
        };
        self.json(node, &text, way);
    }

    fn json(&mut self, node: &Node, text: &Text, way: &Way) {
        let (inner, whole) = json::read(text);
        match inner {
            Some(inner) if is_policy(&inner) => {
                let whole = whole || text.has_holes();
                self.policy(&inner, way, true);
                if !whole {
                    self.found.unread.push(Unread {
                        span: node.span.clone(),
                        route: way.route.clone(),
                        why: "its JSON has a fault; what is before it was read".to_owned(),
                    });
                }
            }
            // A policy among other things that a string holds.
            Some(inner) if whole => self.walk(&inner, way),
            _ => {}
        }
    }

    fn policy(&mut self, node: &Node, way: &Way, in_string: bool) {
        let node = resolved(node, self.all_holes);
        self.found.policies.push(Policy {
            span: node.span.clone(),
            route: way.route.clone(),
            member: way.member.clone(),
            purpose: way.purpose(),
            is_in_string: in_string,
            node,
        });
    }

    /// A list of statements that stands for a policy.
    fn statements(&mut self, list: &Node, way: &Way) {
        let start = list.span.start;
        let key = |name: &str| {
            let mut key = Text::default();
            key.push(name, start..start, Kind::Escape);
            key
        };
        let version = Node::new(Value::Text(key("2012-10-17")), start..start);
        let entries = vec![
            Entry { key: key("Version"), key_span: start..start, value: version },
            Entry { key: key("Statement"), key_span: start..start, value: list.clone() },
        ];
        let node = resolved(&Node::new(Value::Map(entries), list.span.clone()), self.all_holes);
        let because = format!("it stands in `{}`", way.member.as_deref().unwrap_or_default());
        self.found.policies.push(Policy {
            span: list.span.clone(),
            route: way.route.clone(),
            member: way.member.clone(),
            purpose: Some((Purpose::Identity, because)),
            is_in_string: true,
            node,
        });
    }

    fn terraform(&mut self, body: &Body) {
        self.found.is_template = true;
        for block in &body.blocks {
            let name = block.labels.join(".");
            match block.name.as_str() {
                "data" if block.labels.first().is_some_and(|kind| kind == "aws_iam_policy_document") => {
                    let node = document_block::policy(block);
                    let purpose = block.labels.get(1).and_then(|label| used_as(label, body));
                    self.found.policies.push(Policy {
                        span: block.span.clone(),
                        route: format!("data.{name}"),
                        member: None,
                        purpose,
                        is_in_string: true,
                        node,
                    });
                }
                "resource" => {
                    let kind = block.labels.first().cloned();
                    let said = block.body.attribute("type").and_then(|it| it.value.as_str());
                    let way =
                        Way { route: name, member: None, kind, of_organization: said.map(str::to_owned) };
                    self.block(&block.body, &way);
                }
                other => {
                    let route = if name.is_empty() { other.to_owned() } else { format!("{other}.{name}") };
                    self.block(&block.body, &Way { route, ..Way::default() });
                }
            }
        }
        for attribute in &body.attributes {
            self.attribute(attribute, &Way::default());
        }
    }

    fn block(&mut self, body: &Body, way: &Way) {
        for attribute in &body.attributes {
            self.attribute(attribute, way);
        }
        for block in &body.blocks {
            let mut inner = way.member(&block.name);
            inner.member.clone_from(&way.member);
            self.block(&block.body, &inner);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, way: &Way) {
        let inner = way.member(&attribute.name);
        let kind = way.kind.as_deref().unwrap_or_default();
        let holds_policy = kind.starts_with("aws_")
            && (ATTRIBUTES.contains(&attribute.name.as_str())
                || attribute.name == "content" && kind == "aws_organizations_policy");
        match &attribute.value.value {
            Value::Text(text) => {
                let trimmed = text.text.trim_start();
                if trimmed.starts_with('{') && (holds_policy || text.text.contains("Statement")) {
                    let before = self.found.policies.len();
                    self.json(&attribute.value, text, &inner);
                    if holds_policy && self.found.policies.len() == before {
                        self.unread_text(&attribute.value, &inner.route);
                    }
                } else if holds_policy && text.has_holes() && !is_reference(&text.text) {
                    self.unread_text(&attribute.value, &inner.route);
                }
            }
            Value::Unknown(what) if holds_policy && !is_reference(what) => {
                self.unread(&attribute.value, &inner.route);
            }
            _ => self.walk(&attribute.value, &inner),
        }
    }

    fn unread_text(&mut self, node: &Node, route: &str) {
        let why = "it is put together from parts that are not here".to_owned();
        self.found.unread.push(Unread { span: node.span.clone(), route: route.to_owned(), why });
    }
}

/// Is it the text of a data source that is read where it stands, or of a policy that has a place of its own?
fn is_reference(what: &str) -> bool {
    what.starts_with("data.aws_iam_policy_document.")
}

fn is_unknown(node: &Node) -> bool {
    matches!(node.value, Value::Unknown(_))
}

/// What the first attribute that names this data source is for.
fn used_as(label: &str, body: &Body) -> Option<(Purpose, String)> {
    let wanted = format!("data.aws_iam_policy_document.{label}.json");
    let indexed = format!("data.aws_iam_policy_document.{label}[");
    let names = |node: &Node| match &node.value {
        Value::Unknown(what) => what.starts_with(&wanted) || what.starts_with(&indexed),
        Value::Text(text) => {
            text.segments.iter().any(|segment| matches!(&segment.kind, Kind::Hole(what) if *what == wanted))
        }
        _ => false,
    };
    let user = |block: &&Block| block.name == "resource";
    for block in body.blocks.iter().filter(user) {
        let said = block.body.attribute("type").and_then(|it| it.value.as_str());
        for attribute in &block.body.attributes {
            if names(&attribute.value) {
                let way = Way {
                    route: String::new(),
                    member: Some(attribute.name.clone()),
                    kind: block.labels.first().cloned(),
                    of_organization: said.map(str::to_owned),
                };
                return way.purpose().map(|(purpose, _)| {
                    let by = block.labels.join(".");
                    (purpose, format!("it is `{}` of `{by}`", attribute.name))
                });
            }
        }
    }
    None
}

/// Has it statements, and does it say more than that they are called so?
fn is_policy(node: &Node) -> bool {
    let Some(statement) =
        node.entries().iter().find(|entry| entry.key.text.eq_ignore_ascii_case("Statement"))
    else {
        return false;
    };
    let elements = |node: &Node| {
        node.entries().iter().any(|entry| {
            matches!(
                entry.key.text.as_str(),
                "Effect" | "Action" | "NotAction" | "Resource" | "NotResource" | "Principal" | "NotPrincipal"
            )
        })
    };
    let says = match &statement.value.value {
        Value::List(items) => items.iter().any(elements),
        Value::Map(_) => elements(&statement.value),
        _ => false,
    };
    says || node
        .get("Version")
        .and_then(Node::as_str)
        .is_some_and(|version| matches!(version, "2012-10-17" | "2008-10-17"))
}
