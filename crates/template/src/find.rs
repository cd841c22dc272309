//! Where policies stand in a file, and what they are for.

use std::collections::HashSet;

use crate::document_block;
use crate::hcl::{self, Attribute, Block, Body};
use crate::intrinsic::{function, resolved, substituted};
use crate::json;
use crate::node::{Entry, Node, Value};
use crate::text::{Kind, Segment, Text};
use crate::{Found, Language, Policy, Purpose, Unread, terraform_json, yaml};

pub(crate) fn find(text: &str, language: Language) -> Found {
    let mut finder = Finder::default();
    match language {
        Language::Json => {
            let (node, whole) = json::read(&Text::exact(text, 0));
            finder.found.is_whole = whole;
            match node.as_ref().map(|node| (node, terraform_json::body(node))) {
                Some((_, Some(body))) => finder.terraform(&body),
                Some((node, None)) => finder.root(node),
                None => {}
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
            let (body, whole) = hcl::read(text);
            finder.found.is_whole = whole;
            finder.terraform(&body);
        }
    }
    finder.found.policies.sort_by_key(|policy| policy.span.start);
    let spans: Vec<_> = finder.found.policies.iter().map(|policy| policy.span.clone()).collect();
    for policy in &mut finder.found.policies {
        policy.unseen = unseen(policy, &spans);
    }
    finder.found
}

/// The statements of a policy that are not known, but for those that are read where they stand.
fn unseen(policy: &Policy, policies: &[std::ops::Range<usize>]) -> Vec<Unread> {
    let Some(statements) = policy.node.get("Statement") else { return Vec::new() };
    let is_read = |span: &std::ops::Range<usize>| {
        let from = policies.partition_point(|other| other.start < span.start);
        let within = policies.iter().skip(from).take_while(|other| other.start < span.end);
        within.filter(|other| other.end <= span.end).any(|other| *other != policy.span)
    };
    let one = std::slice::from_ref(statements);
    let list = if let Value::List(items) = &statements.value { items } else { one };
    let mut found = Vec::new();
    for (at, statement) in list.iter().enumerate() {
        let what = match &statement.value {
            Value::Unknown(what) => what.as_str(),
            Value::Text(text) => match text.segments.as_slice() {
                [Segment { kind: Kind::Hole(what), .. }] => what.as_str(),
                _ if text.has_holes() => PUT_TOGETHER,
                _ => continue,
            },
            _ => continue,
        };
        if what.is_empty() || is_reference(what) || is_read(&statement.span) {
            continue;
        }
        let item = if std::ptr::eq(list, one) { String::new() } else { format!("[{at}]") };
        let dot = if policy.route.is_empty() { "" } else { "." };
        found.push(Unread {
            span: statement.span.clone(),
            route: format!("{}{dot}Statement{item}", policy.route),
            why: if what == PUT_TOGETHER { what.to_owned() } else { comes_to(document_block::shown(what)) },
        });
    }
    found
}

const PUT_TOGETHER: &str = "it is put together from parts that are not here";

/// Of a function only its name: what it is given may be long.
fn comes_to(what: &str) -> String {
    let line = what.lines().next().unwrap_or_default();
    let short = if line.starts_with("Fn::") { line.split(' ').next().unwrap_or(line) } else { line };
    format!("it is what `{short}` comes to")
}

#[derive(Default)]
struct Finder {
    found: Found,
    /// `${…}` is a variable of the file's own language.
    all_holes: bool,
    /// Policies by their place and what they are for.
    seen: HashSet<(usize, usize, Option<Purpose>)>,
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
        if key == "Fn::Sub" {
            // Its parameters are no text of the policy, and its own map holds none.
            if let Value::Text(text) = substituted(&entry.value, self.all_holes) {
                self.text(&entry.value, &text, &inner);
            }
            return;
        }
        // The Serverless Framework takes statements alone.
        let lone = key == "iamRoleStatements"
            || key == "statements" && self.all_holes && way.member.as_deref() == Some("role");
        if lone && let Value::List(_) = entry.value.value {
            self.statements(&entry.value, &inner);
            return;
        }
        // `iamRoleStatements:` with nothing behind it has none.
        let is_empty = |node: &Node| matches!(&node.value, Value::Plain(plain) if plain == "null");
        if lone && is_empty(&entry.value) {
            return;
        }
        if lone {
            self.unread(&resolved(&entry.value, self.all_holes), &inner.route);
            return;
        }
        let has_function = entry.value.entries().iter().any(|member| member.key.text.starts_with("Fn::"))
            || function(&entry.value).is_some();
        let is_put_together = || match &resolved(&entry.value, self.all_holes).value {
            // A text that has parts which are not here, and is no policy with them.
            Value::Text(text) => text.has_holes() && !text.text.trim_start().starts_with('{'),
            _ => false,
        };
        if MEMBERS.contains(&key) && !has_function && is_dated(&entry.value) {
            self.policy(&entry.value, &inner, false);
            return;
        }
        if MEMBERS.contains(&key) && (has_function || is_unknown(&entry.value) || is_put_together()) {
            let before = self.found.policies.len();
            self.walk(&entry.value, &inner);
            if self.found.policies.len() == before {
                self.unread(&entry.value, &inner.route);
            } else if let Some(("Fn::If", choices)) = function(&entry.value)
                && let Value::List(items) = &choices.value
            {
                self.unread_branches(items.get(1..).unwrap_or_default(), &inner.route);
            }
            return;
        }
        self.walk(&entry.value, &inner);
    }

    /// Those of what may be chosen in which no policy was found, and of a choice within, those of its own.
    fn unread_branches(&mut self, branches: &[Node], route: &str) {
        for branch in branches {
            if let Some(("Fn::If", choices)) = function(branch)
                && let Value::List(items) = &choices.value
                && let Some(branches) = items.get(1..)
            {
                self.unread_branches(branches, route);
                continue;
            }
            let is_read =
                self.found.policies.iter().any(|policy| {
                    branch.span.start <= policy.span.start && policy.span.end <= branch.span.end
                });
            let is_none =
                matches!(function(branch), Some(("Ref", node)) if node.as_str() == Some("AWS::NoValue"));
            if !is_read && !is_none {
                self.unread(branch, route);
            }
        }
    }

    fn unread(&mut self, node: &Node, route: &str) {
        let among = node.entries().iter().find(|member| member.key.text.starts_with("Fn::"));
        let why = match function(node).map(|(name, _)| name).or(among.map(|member| member.key.text.as_str()))
        {
            Some(name) => comes_to(name),
            None => match &node.value {
                Value::Unknown(what) if what.is_empty() => return,
                Value::Unknown(what) => comes_to(what),
                Value::Text(text) => match text.segments.as_slice() {
                    [Segment { kind: Kind::Hole(what), .. }] => comes_to(what),
                    _ => PUT_TOGETHER.to_owned(),
                },
                _ => PUT_TOGETHER.to_owned(),
            },
        };
        self.found.unread.push(Unread { span: node.span.clone(), route: route.to_owned(), why });
    }

    /// A string that may hold a policy.
    fn string(&mut self, node: &Node, text: &Text, way: &Way) {
        if self.all_holes {
            self.text(node, &text.with_holes("${", "}", |_| None), way);
        } else {
            self.text(node, text, way);
        }
    }

    /// The same, its unknown parts found.
    fn text(&mut self, node: &Node, text: &Text, way: &Way) {
        let trimmed = text.text.trim_start();
        if !trimmed.starts_with('{') || !text.text.contains("Statement") {
            return;
        }
        self.json(node, text, way);
    }

    fn json(&mut self, node: &Node, text: &Text, way: &Way) {
        let (inner, whole) = json::read(text);
        match inner {
            Some(inner) if is_policy(&inner) => {
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
        let purpose = way.purpose();
        // An alias stands for what is looked at already.
        let key = (node.span.start, node.span.end, purpose.as_ref().map(|purpose| purpose.0));
        if !self.seen.insert(key) {
            return;
        }
        let node = resolved(node, self.all_holes);
        self.found.policies.push(Policy {
            span: node.span.clone(),
            route: way.route.clone(),
            member: way.member.clone(),
            purpose,
            is_in_string: in_string,
            unseen: Vec::new(),
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
            unseen: Vec::new(),
            node,
        });
    }

    fn terraform(&mut self, body: &Body) {
        self.found.is_template = true;
        for block in &body.blocks {
            let name = block.labels.join(".");
            match block.name.as_str() {
                "data" if block.labels.first().is_some_and(|kind| kind == "aws_iam_policy_document") => {
                    let purpose = block.labels.get(1).and_then(|label| used_as(label, body));
                    self.document(block, &format!("data.{name}"), purpose.as_ref());
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

    /// A data source, the statements that it has any number of times, and the policies that it puts together.
    fn document(&mut self, block: &Block, route: &str, purpose: Option<&(Purpose, String)>) {
        let mut add = |span: &std::ops::Range<usize>, route: String, node: Node| {
            self.found.policies.push(Policy {
                span: span.clone(),
                route,
                member: None,
                purpose: purpose.cloned(),
                is_in_string: true,
                unseen: Vec::new(),
                node,
            });
        };
        add(&block.span, route.to_owned(), document_block::policy(block));
        for content in document_block::repeated(block) {
            add(&content.span, format!("{route}.dynamic.statement"), document_block::lone(content));
        }
        let before = self.found.policies.len();
        for name in document_block::SOURCES {
            if let Some(attribute) = block.body.attribute(name) {
                let way = Way { route: route.to_owned(), ..Way::default() };
                self.attribute(attribute, &way);
            }
        }
        for policy in self.found.policies.iter_mut().skip(before) {
            policy.purpose = policy.purpose.take().or_else(|| purpose.cloned());
        }
    }

    fn block(&mut self, body: &Body, way: &Way) {
        for attribute in &body.attributes {
            self.attribute(attribute, way);
        }
        for block in &body.blocks {
            // Behind a brace that is missing.
            if block.name == "data"
                && block.labels.first().is_some_and(|kind| kind == "aws_iam_policy_document")
            {
                self.document(block, &format!("data.{}", block.labels.join(".")), None);
                continue;
            }
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
                } else if holds_policy && text.has_holes() && !is_reference_text(text) {
                    self.unread_text(&attribute.value, &inner.route);
                }
            }
            Value::Unknown(what) if holds_policy && !is_reference(what) => {
                self.unread(&attribute.value, &inner.route);
            }
            Value::Map(_) if holds_policy && is_dated(&attribute.value) => {
                self.policy(&attribute.value, &inner, false);
            }
            _ => self.walk(&attribute.value, &inner),
        }
    }

    fn unread_text(&mut self, node: &Node, route: &str) {
        let why = PUT_TOGETHER.to_owned();
        self.found.unread.push(Unread { span: node.span.clone(), route: route.to_owned(), why });
    }
}

/// Is it the text of a data source that is read where it stands, or of a policy that has a place of its own?
fn is_reference(what: &str) -> bool {
    let Some(rest) = what.strip_prefix("data.aws_iam_policy_document.") else { return false };
    let rest =
        rest.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter));
    matches!(behind_index(rest).unwrap_or(rest), ".json" | ".minified_json")
}

/// What stands behind `[…]`, which may hold more of them, and texts.
fn behind_index(text: &str) -> Option<&str> {
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if std::mem::take(&mut is_escaped) => {}
            '\\' if in_text => is_escaped = true,
            '"' => in_text = !in_text,
            '[' if !in_text => depth += 1,
            ']' if !in_text => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (letter == ']').then(|| text.get(at + 1..))?;
        }
    }
    None
}

/// The same of a text that is nothing else.
fn is_reference_text(text: &Text) -> bool {
    matches!(text.segments.as_slice(), [Segment { kind: Kind::Hole(what), .. }] if is_reference(what))
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

/// May it stand for other members than it names?
pub(crate) fn may_be_any(entry: &Entry) -> bool {
    entry.key.has_holes() || entry.key.text.starts_with("Fn::")
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
    // Rules of firewalls have statements of their own.
    let is_of_policy = |entry: &Entry| {
        ["Version", "Id", "Statement"].contains(&entry.key.text.as_str()) || may_be_any(entry)
    };
    let could_be_one = || node.entries().iter().all(is_of_policy);
    let says = match &statement.value.value {
        Value::List(items) => items.iter().any(elements),
        // What comes to one is only known later.
        Value::Map(_) if function(&statement.value).is_some() => could_be_one(),
        Value::Map(_) => elements(&statement.value),
        Value::Unknown(what) => !what.is_empty() && could_be_one(),
        _ => false,
    };
    says || is_dated(node)
}

/// Has it a version of the language of policies, and so nothing else to be?
fn is_dated(node: &Node) -> bool {
    node.get("Version")
        .and_then(Node::as_str)
        .is_some_and(|version| matches!(version, "2012-10-17" | "2008-10-17"))
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::{Language, Reading};

    /// Policies, policies that cannot be read, parts of statements that cannot; is the file whole?
    fn counts(file: &str, language: Language) -> (usize, usize, usize, bool) {
        let found = find(file, language);
        let unseen = found.policies.iter().map(|policy| policy.unseen.len()).sum();
        (found.policies.len(), found.unread.len(), unseen, found.is_whole)
    }

    #[test]
    fn what_has_to_be_a_policy_and_is_not_here_is_counted() {
        let serverless = "service: x\nprovider: {name: aws}\nresources:\n  R:\n    AssumeRolePolicyDocument: ${file(trust.json)}\n    Policies:\n      - PolicyDocument: ${file(p.json)}\n";
        assert_eq!(counts(serverless, Language::Yaml), (0, 2, 0, true));
        let alone = "service: x\nprovider:\n  name: aws\n  iam:\n    role:\n      statements:\n        Fn::If: [C, [], []]\n";
        assert_eq!(counts(alone, Language::Yaml), (0, 1, 0, true));
        let terraform = |of: &str| format!("resource \"aws_iam_policy\" \"p\" {{\n  policy = {of}\n}}\n");
        let unread = |of: &str| counts(&terraform(of), Language::Terraform).1;
        assert_eq!(unread("data.aws_iam_policy_document.a.json"), 0);
        assert_eq!(unread("data.aws_iam_policy_document.a[0].minified_json"), 0);
        assert_eq!(unread("data.aws_iam_policy_document.a[var.names[0]].json"), 0);
        assert_eq!(unread("data.aws_iam_policy_document.a[local.by[\"x]\"]].json"), 0);
        assert_eq!(unread("data.aws_iam_policy_document.a[0].json == b[0].json ? var.x : var.z"), 1);
        assert_eq!(unread("\"${data.aws_iam_policy_document.a.json}\""), 0);
        assert_eq!(unread("data.aws_iam_policy_document.a.json != \"\" ? file(\"z.json\") : var.z"), 1);
    }

    #[test]
    fn of_what_may_be_chosen_each_branch_is_read_or_told() {
        let file = |other: &str| {
            format!(
                "PolicyDocument: !If\n  - C\n  - {{Version: '2012-10-17', Statement: [{{Effect: Allow, Action: s3:GetObject, Resource: '*'}}]}}\n  - {other}\n"
            )
        };
        assert_eq!(counts(&file("!Ref Other"), Language::Yaml), (1, 1, 0, true));
        assert_eq!(counts(&file("{Fn::Transform: {Name: AWS::Include}}"), Language::Yaml), (1, 1, 0, true));
        assert_eq!(counts(&file("!Ref AWS::NoValue"), Language::Yaml), (1, 0, 0, true));
        // A choice within a choice.
        let inner = |other: &str| {
            file(&format!(
                "!If\n      - D\n      - {{Version: '2012-10-17', Statement: [{{Effect: Deny, Action: '*', Resource: '*'}}]}}\n      - {other}"
            ))
        };
        assert_eq!(counts(&inner("!Ref Other"), Language::Yaml), (2, 1, 0, true));
        assert_eq!(counts(&inner("!Ref AWS::NoValue"), Language::Yaml), (2, 0, 0, true));
        assert_eq!(counts(&file("!If [D, !Ref One, !Ref Two]"), Language::Yaml), (1, 2, 0, true));
        assert_eq!(counts(&file("!If D"), Language::Yaml), (1, 1, 0, true));
    }

    #[test]
    fn statements_of_other_services_make_no_policy() {
        let firewall = "Rules:\n  - Name: r\n    Priority: 1\n    Statement: !If [C, {GeoMatchStatement: {}}, !Ref AWS::NoValue]\n  - Name: s\n    Statement: !Ref S\n";
        assert_eq!(counts(firewall, Language::Yaml), (0, 0, 0, true));
        let policy = "PolicyDocument:\n  Version: '2012-10-17'\n  Statement: !If [C, [], []]\n";
        assert_eq!(counts(policy, Language::Yaml).0, 1);
    }

    #[test]
    fn a_configuration_in_json_may_have_blocks_that_are_not_known_here() {
        let data = r#"{"data": {"aws_iam_policy_document": {"d": {"statement": [{"actions": ["s3:GetObject"], "resources": ["*"]}]}}}"#;
        for file in [format!("{data}, \"action\": {{}}}}"), format!("[{data}}}]")] {
            assert_eq!(counts(&file, Language::Json).0, 1, "{file}");
        }
        // Beside the blocks, and among what is called by a name of its own, a policy is one.
        let policy = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;
        let text = format!("\"{}\"", policy.replace('"', "\\\""));
        for beside in [
            format!("\"PolicyDocument\": {policy}"),
            format!("\"PolicyDocument\": {text}"),
            format!("\"Policies\": [{{\"Name\": \"p\", \"PolicyDocument\": {policy}}}]"),
            format!("\"locals\": {{\"policies\": [{policy}]}}"),
            format!("\"locals\": [{{\"by\": {{\"name\": {policy}}}}}]"),
        ] {
            let file = format!("{data}, {beside}}}");
            assert_eq!(counts(&file, Language::Json).0, 2, "{file}");
        }
    }

    #[test]
    fn what_is_not_read_is_counted() {
        let policy =
            |body: &str| format!("resource \"aws_iam_policy\" \"p\" {{\n  policy = jsonencode({body})\n}}\n");
        let data = |body: &str| format!("data \"aws_iam_policy_document\" \"d\" {{\n{body}\n}}\n");
        let one = "{ Effect = \"Allow\", Action = \"*\", Resource = \"*\" }";
        let dated = "Version = \"2012-10-17\"";
        for (file, wanted) in [
            (policy(&format!("{{ {dated}, Statement = [{one}] }}")), (1, 0, 0, true)),
            (policy(&format!("{{\n{dated}\nStatement = [for s in var.x : {one}]\n}}")), (1, 0, 1, true)),
            (policy(&format!("{{\nStatement = concat([{one}], var.x)\n}}")), (1, 0, 1, true)),
            (policy("{\nStatement = var.x\n}"), (1, 0, 1, true)),
            (
                policy(&format!("{{\nStatement = [{one}, merge({{ Effect = \"Allow\" }}, var.y)]\n}}")),
                (1, 0, 1, true),
            ),
            (policy("{\nstatement = var.x\n}"), (0, 0, 0, true)),
            // A slip of the pen makes it no less a policy.
            (policy(&format!("{{ {dated}, Statements = [{one}] }}")), (1, 0, 0, true)),
            // Documents in documents.
            (
                data(&format!(
                    "  source_policy_documents = [jsonencode({{ {dated}, Statement = [{one}] }})]"
                )),
                (2, 0, 0, true),
            ),
            (data("  source_policy_documents = [data.aws_iam_policy_document.e.json]"), (1, 0, 0, true)),
            (data("  source_policy_documents = [file(\"x\"), var.x]"), (1, 0, 2, true)),
            (data("  source_policy_documents = var.x"), (1, 0, 1, true)),
            // One of a list within a list is read, the others are not.
            (
                data(&format!(
                    "  source_policy_documents = flatten([[jsonencode({{ {dated}, Statement = [{one}] }}), file(\"x\")], var.x])"
                )),
                (2, 0, 2, true),
            ),
            (
                data(
                    "  dynamic \"statement\" {\n    for_each = var.x\n    content {\n      actions = [\"*\"]\n    }\n  }",
                ),
                (2, 0, 0, true),
            ),
            // Behind a brace that is missing.
            (format!("resource \"aws_s3_bucket\" \"b\" {{\n{}", data("")), (1, 0, 0, false)),
            (format!("locals {{\n  s = <<E\n  EX\n}}\n{}", data("")), (0, 0, 0, false)),
        ] {
            assert_eq!(counts(&file, Language::Terraform), wanted, "{file}");
        }
        let yaml = |document: &str| {
            format!(
                "Resources:\n  P:\n    Type: AWS::IAM::Policy\n    Properties:\n      PolicyDocument:{document}\n"
            )
        };
        let one = "{Effect: Allow, Action: '*', Resource: '*'}";
        for (document, wanted) in [
            (format!("\n        Statement: [{one}]"), (1, 0, 0, true)),
            (format!("\n        Statement: !If [C, [{one}], [{one}]]"), (1, 0, 1, true)),
            (format!("\n        Statement: [{one}, !If [C, {one}, !Ref AWS::NoValue]]"), (1, 0, 1, true)),
            (" {Statement: !Ref More}".to_owned(), (1, 0, 1, true)),
            (" {'Fn::Transform': {Name: 'AWS::Include'}, Version: '2012-10-17'}".to_owned(), (0, 1, 0, true)),
            (" !If [C, !Ref A, !Ref B]".to_owned(), (0, 1, 0, true)),
        ] {
            assert_eq!(counts(&yaml(&document), Language::Yaml), wanted, "{document}");
        }
        let serverless = |role: &str, function: &str| {
            format!(
                "service: x\nprovider:\n  name: aws\n  iam:\n    role:\n      statements: {role}\nfunctions:\n  f:\n    iamRoleStatements: {function}\n"
            )
        };
        for (role, function, wanted) in [
            (format!("[{one}]"), format!("[{one}, '${{file(x)}}']"), (2, 0, 1, true)),
            ("${file(x.yml):a}".to_owned(), "${file(y.yml)}".to_owned(), (0, 2, 0, true)),
            (String::new(), "null".to_owned(), (0, 0, 0, true)),
        ] {
            let file = serverless(&role, &function);
            assert_eq!(counts(&file, Language::Yaml), wanted, "{file}");
        }
    }

    /// Terraform, "JSON Configuration Syntax": maps and lists of them are blocks, strings are templates.
    #[test]
    fn configurations_of_terraform_in_json_are_read_as_their_blocks() {
        let file = r#"{"//": "made", "data": {"aws_iam_policy_document": {"d": {"statement": [
            {"actions": ["s3:GetObject"], "resources": ["${aws_s3_bucket.b.arn}/*", "$${x}/&{aws:username}"]},
            {"effect": "Deny", "actions": ["*"], "resources": ["*"], "condition": {"test": "Bool", "variable": "aws:SecureTransport", "values": ["false"]}}],
            "dynamic": {"statement": {"for_each": "${var.x}", "content": {"actions": ["*"]}}}}}},
          "resource": [{"aws_iam_role": {"r": {"assume_role_policy": "${data.aws_iam_policy_document.d.json}",
            "inline_policy": [{"name": "i", "policy": "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"${a.b}\"}]}"}]}}},
            {"aws_iam_policy": {"p": {"policy": "${jsonencode({a = {}})}"}}}]}"#;
        let found = find(file, Language::Json);
        assert!(found.is_template && found.is_whole);
        let routes: Vec<_> = found.policies.iter().map(|policy| policy.route.as_str()).collect();
        assert_eq!(
            routes,
            [
                "data.aws_iam_policy_document.d",
                "data.aws_iam_policy_document.d.dynamic.statement",
                "aws_iam_role.r.inline_policy.policy"
            ]
        );
        let json = found.policies[0].json(Reading::Narrow).text;
        for part in [
            r#""Resource":["arn:*:*:*:*:*unknown0*/*","${x}/${aws:username}"]"#,
            r#""Condition":{"Bool":{"aws:SecureTransport":["false"]}}"#,
        ] {
            assert!(json.contains(part), "{json}");
        }
        assert!(found.policies[2].has_unknown_parts());
        let unread: Vec<_> = found.unread.iter().map(|unread| unread.why.as_str()).collect();
        assert_eq!(unread, ["it is what `jsonencode({a = {}})` comes to"]);
        // Other files have such members too.
        assert!(!find(r#"{"data": {"a_b": {"c": {"Statement": []}}}}"#, Language::Json).is_template);
    }

    #[test]
    fn faults_of_json_in_a_text_are_told_with_holes_and_without() {
        let policy =
            |json: &str| format!("resource \"aws_iam_policy\" \"p\" {{\n  policy = <<E\n{json}\nE\n}}\n");
        let statement = |resource: &str| {
            format!("{{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": {resource}}}")
        };
        let all =
            |statements: &str| format!("{{\"Version\": \"2012-10-17\", \"Statement\": [{statements}]}}");
        for (json, unread) in [
            (all(&statement("\"b\"")), 0),
            (all(&format!("{}}},{}", statement("\"b\""), statement("\"c\""))), 1),
            (all(&format!("{}}},{}", statement("\"${var.b}\""), statement("\"c\""))), 1),
            (all(&statement("${jsonencode(x)}")), 0),
            (all(&statement("\"a${b}\", ${more}")), 0),
            (
                all(&format!(
                    "%{{ for a in b ~}}\n{},\n%{{ endfor ~}}\n{}",
                    statement("\"${a}\""),
                    statement("%{ if x }\"a\"%{ else }\"b\"%{ endif }")
                )),
                0,
            ),
        ] {
            assert_eq!(counts(&policy(&json), Language::Terraform).1, unread, "{json}");
        }
        // An interpolation may go on over lines: what is behind it is read.
        let file =
            policy(&all(&format!("{},{}", statement("${jsonencode([\n  \"a\"\n ])}"), statement("\"c\""))));
        let found = find(&file, Language::Terraform);
        assert!(found.unread.is_empty());
        assert!(found.policies[0].json(Reading::Wide).text.contains("\"c\""));
    }

    #[test]
    fn parameters_of_a_text_are_holes_in_both_forms_of_sub() {
        let statement = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"${A}/${B}/${!C}"}]}"#;
        for (argument, wanted) in [
            (format!("'{statement}'"), "\"*/*/${C}\""),
            (format!("['{statement}', {{A: !Ref R, B: x}}]"), "\"*/x/${C}\""),
            (format!("['{statement}', {{A: 5}}]"), "\"5/*/${C}\""),
        ] {
            let file = format!(
                "Resources: {{P: {{Type: AWS::IAM::Policy, Properties: {{PolicyDocument: !Sub {argument}}}}}}}"
            );
            let found = find(&file, Language::Yaml);
            assert_eq!(found.policies.len(), 1, "{file}");
            let json = found.policies[0].json(Reading::Wide).text;
            assert!(json.contains(wanted), "{json}");
            assert!(found.policies[0].has_unknown_parts());
        }
    }
}
