//! One question, with every policy that bears on it.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// Which request is asked about, and which policies are there? One JSON object; unknown members are ignored, and a
/// member that is null is as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Request {
    /// Any value, for the asker.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub id: Value,
    /// ARN of the caller, `anonymous`, a service principal, or the ARN or host of an identity provider.
    pub principal: String,
    /// `service:Action`.
    pub action: String,
    /// ARN, or `*` where the action has no resource type.
    pub resource: String,
    /// The account that owns the resource; not every ARN names it (rule 7.5).
    pub resource_account: String,
    /// The keys of the request; an array is a multivalued key, a key not listed is absent.
    #[serde(deserialize_with = "null_is_default")]
    pub context: Map<String, Value>,
    /// Attached and inline policies, those of groups included.
    #[serde(deserialize_with = "null_is_default")]
    pub identity_policies: Vec<Value>,
    /// None for no boundary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission_boundaries: Option<Vec<Value>>,
    /// None if no session policy was passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_policies: Option<Vec<Value>>,
    /// One list a level, root first, the caller's account last; none or no level means not under SCPs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scps: Option<Vec<Vec<Value>>>,
    /// The same for the account of the resource, without `RCPFullAWSAccess`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rcps: Option<Vec<Vec<Value>>>,
    /// Bucket policy, key policy, trust policy and so on; none if the resource has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<Value>,
    /// None for a request that came through no endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_endpoint_policies: Option<Vec<Value>>,
    /// Facts that are neither keys nor policies.
    #[serde(deserialize_with = "null_is_default")]
    pub options: Options,
    /// Keys of which nothing is known: any value, or absent. Wins over the context.
    #[serde(
        alias = "context_unknown",
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub unknown: Vec<String>,
    /// Keys that AWS sends with every such request, and of whose values nothing is known. Wins over the context and the unknown.
    #[serde(
        rename = "context_present",
        alias = "present",
        deserialize_with = "null_is_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub present: Vec<String>,
    /// The ARN of the role behind an assumed-role session: the session's own ARN does not show the role's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The ARN of the user who called `sts:GetFederationToken` for a federated-user session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub federating_user: Option<String>,
    /// The management account of the organization, where one is known: SCPs and RCPs do not bind it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub management_account: Option<String>,
    /// `gateway` or `interface`; where not given, gateway for S3 and DynamoDB (rule 8.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_endpoint_type: Option<EndpointType>,
}

/// What else is known of the resource and the action?
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// The bucket has RestrictPublicBuckets (rule 11.3).
    #[serde(deserialize_with = "null_is_default")]
    pub s3_restrict_public_buckets: bool,
    /// The action takes no resource; where not given, exactly if the resource is `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wildcard_only: Option<bool>,
}

/// Which kind of VPC endpoint did the request come through?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EndpointType {
    /// Principals that name an account mean its root user only.
    Gateway,
    /// Principals mean what they mean in other policies.
    Interface,
}

/// Where in a request does a policy stand? Displayed as `scps[1][0]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// `identity_policies[n]`
    Identity(usize),
    /// `permission_boundaries[n]`
    Boundary(usize),
    /// `session_policies[n]`
    Session(usize),
    /// `scps[level][n]`
    Scp(usize, usize),
    /// `rcps[level][n]`
    Rcp(usize, usize),
    /// `resource_policy`
    Resource,
    /// `vpc_endpoint_policies[n]`
    Endpoint(usize),
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Slot::Identity(n) => write!(f, "identity_policies[{n}]"),
            Slot::Boundary(n) => write!(f, "permission_boundaries[{n}]"),
            Slot::Session(n) => write!(f, "session_policies[{n}]"),
            Slot::Scp(level, n) => write!(f, "scps[{level}][{n}]"),
            Slot::Rcp(level, n) => write!(f, "rcps[{level}][{n}]"),
            Slot::Resource => write!(f, "resource_policy"),
            Slot::Endpoint(n) => write!(f, "vpc_endpoint_policies[{n}]"),
        }
    }
}

impl Request {
    /// Which policies does the request carry, and where do they stand?
    pub fn documents(&self) -> Vec<(Slot, &Value)> {
        let mut documents = Vec::new();
        documents.extend(self.identity_policies.iter().enumerate().map(|(n, d)| (Slot::Identity(n), d)));
        documents.extend(
            self.permission_boundaries.iter().flatten().enumerate().map(|(n, d)| (Slot::Boundary(n), d)),
        );
        documents
            .extend(self.session_policies.iter().flatten().enumerate().map(|(n, d)| (Slot::Session(n), d)));
        for (level, policies) in self.scps.iter().flatten().enumerate() {
            documents.extend(policies.iter().enumerate().map(|(n, d)| (Slot::Scp(level, n), d)));
        }
        for (level, policies) in self.rcps.iter().flatten().enumerate() {
            documents.extend(policies.iter().enumerate().map(|(n, d)| (Slot::Rcp(level, n), d)));
        }
        documents.extend(self.resource_policy.iter().map(|d| (Slot::Resource, d)));
        documents.extend(
            self.vpc_endpoint_policies.iter().flatten().enumerate().map(|(n, d)| (Slot::Endpoint(n), d)),
        );
        documents
    }

    /// The same, to be changed in place.
    pub fn documents_mut(&mut self) -> Vec<(Slot, &mut Value)> {
        let mut documents = Vec::new();
        documents.extend(self.identity_policies.iter_mut().enumerate().map(|(n, d)| (Slot::Identity(n), d)));
        let boundaries = self.permission_boundaries.iter_mut().flatten();
        documents.extend(boundaries.enumerate().map(|(n, d)| (Slot::Boundary(n), d)));
        documents.extend(
            self.session_policies.iter_mut().flatten().enumerate().map(|(n, d)| (Slot::Session(n), d)),
        );
        for (level, policies) in self.scps.iter_mut().flatten().enumerate() {
            documents.extend(policies.iter_mut().enumerate().map(|(n, d)| (Slot::Scp(level, n), d)));
        }
        for (level, policies) in self.rcps.iter_mut().flatten().enumerate() {
            documents.extend(policies.iter_mut().enumerate().map(|(n, d)| (Slot::Rcp(level, n), d)));
        }
        documents.extend(self.resource_policy.iter_mut().map(|d| (Slot::Resource, d)));
        let endpoints = self.vpc_endpoint_policies.iter_mut().flatten();
        documents.extend(endpoints.enumerate().map(|(n, d)| (Slot::Endpoint(n), d)));
        documents
    }
}

fn null_is_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}
