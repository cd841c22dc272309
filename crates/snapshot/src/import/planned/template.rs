//! A template of CloudFormation or SAM: what it declares, as far as it settles it.
//!
//! Of SAM, functions and state machines are expanded, with their roles and who may call them ([`sam`]), connectors are the policies
//! that they come to, and tables are those of DynamoDB. Loops are written out ([`foreach`]). Of what else SAM makes of events (rules,
//! queues, APIs), and of macros and nested stacks, nothing is read, and that there are some is told.
//!
//! AWS: CloudFormation User Guide, "Template anatomy"; SAM Developer Guide, "Generated CloudFormation resources".

use std::collections::HashMap;

use super::declaration::{Declaration, Names};
use super::intrinsic::Template;
use super::plan::{Fate, Plan};
use super::value::Value;
use super::{Doubts, Exports, Place, foreach, kinds, own_policy, sam};

/// Where a template is from, and where it goes.
pub(super) struct Source<'s> {
    pub(super) file: &'s str,
    pub(super) lines: &'s HashMap<(String, String), u64>,
    pub(super) place: &'s Place,
    pub(super) exports: &'s Exports,
}

/// Is this a template?
pub(super) fn is_template(value: &Value) -> bool {
    let resources = value.get("Resources").fields();
    !resources.is_empty()
        && resources
            .iter()
            .all(|(name, resource)| name.starts_with("Fn::") || resource.get("Type").text().is_some())
}

/// What the template declares.
pub(super) fn read(value: &Value, source: &Source<'_>, doubts: &mut Doubts) -> Plan {
    let (value, loops) = foreach::written_out(value, source.place);
    let value = value.as_ref();
    let template = Template::new(value, source.place).importing(source.exports);
    let mut plan = Plan { is_whole: true, ..Plan::default() };
    for name in macros(value) {
        doubts.add(None, format!("the macro `{name}` may change what is declared; it is read as it stands"));
    }
    for (id, resource) in value.get("Resources").fields() {
        let named = loops.get(id).unwrap_or(id);
        let line = source.lines.get(&("Resources".to_owned(), named.clone())).copied();
        let Some(kind) = resource.get("Type").text() else {
            doubts.add(line, format!("`{id}` is made by a loop or macro; what it makes is not read"));
            continue;
        };
        let condition = resource.get("Condition").text();
        let is_made = condition.map_or(Some(true), |condition| template.holds(condition));
        if is_made == Some(false) {
            continue;
        }
        let sam = sam::Kind::of(kind);
        let declared = resource.get("Properties");
        let properties = match sam {
            Some(sam) => template.work_out(&sam.with_globals(value, declared)),
            None => template.work_out(declared),
        };
        if is_made.is_none() {
            doubts.add(
                line,
                format!("whether `{id}` is made depends on a parameter: what it gives is not certain"),
            );
        }
        if declared.fields().iter().any(|(name, _)| name == MACRO) {
            doubts.add(line, format!("`{id}` is made by a macro in part; what that adds is not known"));
        }
        if kind == "AWS::CloudFormation::Stack" {
            let why = "stands in a template of its own, and is read only where that is given too";
            doubts.add(line, format!("what the stack `{id}` makes {why}"));
        }
        let connectors = sam::Connectors { value, template: &template, place: source.place };
        let fate = match (is_made, kind) {
            // Of what this gives there is no text to hide.
            (None, "AWS::SSO::Assignment") => Fate::Doubtful,
            _ => Fate::Changed,
        };
        let is_perhaps = is_made.is_none();
        let may_name = template.may_name(declared, &properties);
        let mut take = Take { plan: &mut plan, doubts, source, id, line, fate, is_perhaps, may_name };
        for (name, connector) in resource.get("Connectors").fields() {
            take.connector_of(&connectors, name, connector);
        }
        if let Some(sam) = sam {
            take.expanded(sam, properties);
            continue;
        }
        match kind {
            "AWS::Organizations::Policy" if matches!(properties.get("Type"), Value::Unknown) => {
                take.doubt(format!("the type of `{id}` is not known"));
            }
            sam::CONNECTOR => {
                let made = connectors.made(id, properties.get("Source"), &properties);
                take.connector(id, made);
            }
            kind => take.one(sam::cloudformation(kind), properties, id),
        }
    }
    plan
}

/// What a macro makes of the part that it stands in.
pub(super) const MACRO: &str = "Fn::Transform";

/// The macros that are the customer's own, or bring in another file: nobody here knows what they do. Those of AWS that are known
/// add nothing that is read, or are read.
///
/// AWS: CloudFormation Template Reference, "Transform reference"
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html>).
fn macros(value: &Value) -> impl Iterator<Item = &str> {
    const KNOWN: [&str; 3] = ["AWS::Serverless-", "AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen"];
    let named = value.get("Transform").items().iter().chain(value.get(MACRO).items());
    let names = named.filter_map(|one| match one {
        Value::Text(name) => Some(name.as_str()),
        other => other.get("Name").text(),
    });
    names.filter(|name| !KNOWN.iter().any(|known| name.starts_with(known)))
}

/// One resource of a template, which may come to several.
struct Take<'t> {
    plan: &'t mut Plan,
    doubts: &'t mut Doubts,
    source: &'t Source<'t>,
    id: &'t str,
    line: Option<u64>,
    fate: Fate,
    /// Nobody knows whether it is made.
    is_perhaps: bool,
    may_name: Vec<(&'static str, Names)>,
}

impl Take<'_> {
    fn one(&mut self, kind: &str, mut properties: Value, stand_in: &str) {
        if self.is_perhaps && !is_of_identities(kind) && !stands_by_itself(kind) {
            hide_policies(&mut properties);
        }
        let declaration = Declaration {
            kind,
            properties,
            before: None,
            fate: self.fate,
            address: self.id,
            stand_in,
            arn: None,
            place: self.source.place,
            file: self.source.file,
            line: self.line,
            may_name: std::mem::take(&mut self.may_name),
            is_perhaps: self.is_perhaps,
        };
        let taken = declaration.take(self.plan);
        self.doubts.taken(taken, kind, self.id, self.line);
    }

    /// A function or state machine of SAM, with what SAM makes beside it.
    fn expanded(&mut self, sam: sam::Kind, mut properties: Value) {
        let (id, place) = (self.id, self.source.place);
        if properties.get("Role").is_null() {
            let (role, is_cut) = sam::role_of(sam, &properties, place);
            let name = format!("{id}Role");
            let arn =
                kinds::of("AWS::IAM::Role").map_or_else(String::new, |kind| kind.arn(&role, &name, place));
            self.one("AWS::IAM::Role", role, &name);
            if let Value::Map(fields) = &mut properties {
                fields.retain(|(name, _)| name != "Role");
                fields.push(("Role".to_owned(), Value::Text(arn)));
            }
            if is_cut {
                let why = "has rights that are not known here; what its role may do is known in part";
                self.doubt(format!("`{id}` {why}"));
            }
        }
        let kind = sam.cloudformation();
        let arn = kinds::of(kind).map_or_else(String::new, |kind| kind.arn(&properties, id, place));
        let (permissions, url) = match sam {
            sam::Kind::Function => {
                let auth = properties.at(&["FunctionUrlConfig", "AuthType"]).clone();
                (sam::permissions(&properties, id, &arn, place), auth)
            }
            sam::Kind::StateMachine => (Vec::new(), Value::Null),
        };
        let roles = sam::roles(sam, &properties, id, &arn, place);
        let deploys = match sam {
            sam::Kind::Function => sam::role_of_deployments(&properties, place),
            sam::Kind::StateMachine => None,
        };
        let deploys = deploys.filter(|role| {
            let arn = kinds::of("AWS::IAM::Role").map(|kind| kind.arn(role, sam::DEPLOYS, place));
            self.plan.principals.iter().all(|(_, known)| Some(&known.arn) != arn.as_ref())
        });
        let roles = roles.into_iter().chain(deploys.map(|role| (sam::DEPLOYS.to_owned(), role)));
        self.one(kind, properties, id);
        for (name, role) in roles {
            self.one("AWS::IAM::Role", role, &name);
        }
        for (name, permission) in permissions {
            self.one("AWS::Lambda::Permission", permission, &name);
        }
        if url.text().is_some() {
            let target = ("TargetFunctionArn".to_owned(), Value::Text(arn));
            self.one("AWS::Lambda::Url", Value::Map(vec![target, ("AuthType".to_owned(), url)]), id);
        }
    }

    /// A connector that stands with its source.
    fn connector_of(&mut self, connectors: &sam::Connectors<'_>, name: &str, connector: &Value) {
        let declared = connectors.template.work_out(connector.get("Properties"));
        let mut source = vec![("Id".to_owned(), Value::Text(self.id.to_owned()))];
        source
            .extend(declared.get("SourceReference").fields().iter().filter(|(key, _)| key != "Id").cloned());
        let name = format!("{}{name}", self.id);
        let made = connectors.made(&name, &Value::Map(source), &declared);
        self.connector(&name, made);
    }

    /// The policies that a connector comes to.
    fn connector(&mut self, id: &str, (made, is_cut): (Vec<sam::Made>, bool)) {
        if is_cut {
            self.doubt(format!("what the connector `{id}` gives is not known"));
        }
        for (kind, name, properties) in made {
            self.one(kind, properties, &name);
        }
    }

    fn doubt(&mut self, why: String) {
        self.doubts.add(self.line, why);
    }
}

/// Users, groups, roles and their policies: of these a policy can be in doubt as a whole, and still be read.
fn is_of_identities(kind: &str) -> bool {
    matches!(
        kind,
        "AWS::IAM::Group"
            | "AWS::IAM::GroupPolicy"
            | "AWS::IAM::ManagedPolicy"
            | "AWS::IAM::Policy"
            | "AWS::IAM::Role"
            | "AWS::IAM::RolePolicy"
            | "AWS::IAM::User"
            | "AWS::IAM::UserPolicy"
    )
}

/// The policy of a thing, or a statement of it, that is declared by itself.
fn stands_by_itself(kind: &str) -> bool {
    matches!(kind, "AWS::Lambda::Permission" | "AWS::Events::EventBusPolicy")
        || own_policy::of(kind).is_some()
}

/// Of another resource that may be or not be made, nobody knows what its policies give, and whom it is shared with.
fn hide_policies(properties: &mut Value) {
    if let Value::Map(fields) = properties {
        for (name, value) in fields {
            let is_policy = matches!(
                &**name,
                "AllowedPrincipals"
                    | "AssumeRolePolicyDocument"
                    | "CustomerManagedPolicyReferences"
                    | "ManagedPolicies"
                    | "Principals"
                    | "PolicyDocument"
                    | "KeyPolicy"
                    | "Policy"
                    | "Policies"
                    | "ResourcePolicy"
                    | "RepositoryPolicyText"
                    | "ManagedPolicyArns"
                    | "Principal"
                    | "InlinePolicy"
                    | "Content"
            );
            if is_policy {
                *value = Value::Unknown;
            }
        }
    }
}
