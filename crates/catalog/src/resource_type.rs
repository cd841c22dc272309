//! A kind of thing that actions are asked on, and which kind an ARN is of.

use std::collections::HashMap;
use std::fmt;

use crate::action::ActionId;
use crate::arn_pattern;
use crate::catalog::Catalog;
use crate::facts::{Facts, TypeRow};
use crate::service::Service;

/// The number of a resource type in this catalogue: dense, ordered by service and name. Not stable between data dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceTypeId(pub(crate) u16);

impl ResourceTypeId {
    /// Its place in a list with one entry per resource type.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A resource type of a service: `bucket` of `s3`.
#[derive(Clone, Copy)]
pub struct ResourceType<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) id: ResourceTypeId,
}

impl<'c> ResourceType<'c> {
    /// Its number.
    pub fn id(self) -> ResourceTypeId {
        self.id
    }

    /// Its name in its service, as AWS writes it: `function alias`.
    pub fn name(self) -> &'c str {
        self.row().name
    }

    /// The service that lists it. Its ARNs may name another service: those of `sts:role` say `iam`.
    pub fn service(self) -> Service<'c> {
        let catalog = self.catalog;
        Service { catalog, row: &catalog.facts.services[usize::from(self.row().service)] }
    }

    /// What its ARNs look like, with `${Variables}`: the first form, where AWS lists several.
    pub fn arn_pattern(self) -> &'c str {
        self.arn_patterns().next().unwrap_or_default()
    }

    /// Every form of its ARNs: a bot of Lex is `bot/${BotId}` or `bot:${BotName}`.
    pub fn arn_patterns(self) -> impl Iterator<Item = &'c str> + Clone + use<'c> {
        arn_pattern::forms(self.row().pattern)
    }

    /// Is it so new that only its name and ARN are known?
    pub fn is_late(self) -> bool {
        self.row().late
    }

    /// The condition keys that describe the thing, whichever action is asked.
    pub fn keys(self) -> impl Iterator<Item = &'static str> + use<'c> {
        self.catalog.set_names(self.row().keys)
    }

    /// The actions that can be asked on it.
    pub fn actions(self) -> impl ExactSizeIterator<Item = ActionId> + Clone + use<'c> {
        self.catalog.actions_on(self.id)
    }

    fn row(self) -> &'c TypeRow {
        &self.catalog.facts.types[self.id.index()]
    }
}

/// `s3:bucket`.
impl fmt::Display for ResourceType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service().prefix(), self.name())
    }
}

impl fmt::Debug for ResourceType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResourceType({self})")
    }
}

/// Resource types by the service that their ARNs name, which is often not the prefix of the actions.
#[derive(Debug)]
pub(crate) struct ByArn {
    by_service: HashMap<&'static str, Vec<Candidate>>,
    /// Types whose ARNs may name any service: recovery points of AWS Backup.
    any_service: Vec<Candidate>,
}

/// A type, and what the resource part of its ARNs begins with: most candidates are ruled out by that alone.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    id: u16,
    pattern: &'static str,
    beginning: &'static str,
}

impl ByArn {
    pub(crate) fn new(facts: &Facts) -> Self {
        let mut index = Self { by_service: HashMap::with_capacity(400), any_service: Vec::new() };
        for (id, row) in (0u16..).zip(&facts.types) {
            for pattern in arn_pattern::forms(row.pattern) {
                let resource = pattern.splitn(6, ':').nth(5).unwrap_or_default();
                let beginning = resource.split(['$', '*']).next().unwrap_or_default();
                let candidate = Candidate { id, pattern, beginning };
                match pattern.split(':').nth(2) {
                    Some(service) if !service.contains(['$', '*']) => {
                        index.by_service.entry(service).or_default().push(candidate);
                    }
                    _ => index.any_service.push(candidate),
                }
            }
        }
        index
    }

    /// See [`Catalog::resource_types_of`].
    pub(crate) fn types_of(&self, facts: &Facts, arn: &str) -> Vec<ResourceTypeId> {
        let mut parts = arn.splitn(6, ':');
        let (Some(service), Some(resource)) = (parts.nth(2), parts.nth(2)) else { return Vec::new() };
        let listed = self.by_service.get(service).map(Vec::as_slice).unwrap_or_default();
        let fitting = |candidates: &[Candidate]| -> Vec<(arn_pattern::Fit, u16)> {
            candidates
                .iter()
                .filter(|candidate| resource.starts_with(candidate.beginning))
                .filter_map(|candidate| Some((arn_pattern::fit(candidate.pattern, arn)?, candidate.id)))
                .collect()
        };
        let mut found = fitting(listed);
        // Nearly every ARN has the form of a recovery point; what the service lists itself is that.
        if found.is_empty() {
            found = fitting(&self.any_service);
        }
        let most = found.iter().map(|(fit, _)| fit.letters).max().unwrap_or_default();
        found.retain(|(fit, _)| fit.letters == most || !fit.crosses);
        // Several services list the roles of IAM as theirs; IAM's come first.
        let foreign =
            |id: u16| facts.services[usize::from(facts.types[usize::from(id)].service)].prefix != service;
        found.sort_by_key(|&(fit, id)| (std::cmp::Reverse(fit.letters), foreign(id), fit.variables, id));
        found.dedup_by_key(|(_, id)| *id);
        found.into_iter().map(|(_, id)| ResourceTypeId(id)).collect()
    }
}
