//! Every word that somebody of these accounts has chosen, or that AWS has made for them.

use std::collections::HashSet;

use clavicle_snapshot::{PolicyState, Snapshot, Tag};

use super::in_word;
use super::vocabulary::Vocabulary;
use crate::settings::Settings;

/// The words, in lower case.
pub(super) fn of(snapshot: &Snapshot, settings: &Settings, aws: &Vocabulary) -> HashSet<String> {
    let mut words = Words { found: HashSet::new(), aws };
    words.organization(snapshot);
    for principal in &snapshot.principals {
        words.add(&principal.arn);
        words.maybe(principal.id.as_deref());
        words.tags(principal.tags.as_deref());
        principal.inline.iter().for_each(|inline| words.add(&inline.name));
        principal.instance_profiles.iter().for_each(|profile| words.add(profile));
    }
    for policy in &snapshot.policies {
        // AWS's own policies are public.
        if policy.account.is_some() {
            words.add(&policy.arn);
        }
    }
    snapshot.instance_profiles.iter().for_each(|profile| words.add(&profile.arn));
    for provider in &snapshot.providers {
        words.add(&provider.arn);
        words.maybe(provider.url.as_deref());
        provider.client_ids.iter().for_each(|id| words.add(id));
    }
    for resource in &snapshot.resources {
        words.add(&resource.arn);
        words.add(&resource.name);
        words.tags(resource.tags.as_deref());
        resource.facts.aliases.iter().for_each(|alias| words.add(alias));
        resource.facts.acl.iter().flatten().for_each(|grant| words.add(&grant.grantee));
        resource.facts.grants.iter().flatten().for_each(|grant| words.add(&grant.grantee));
        words.maybe(resource.facts.encryption_key.as_deref());
        for runs_as in &resource.runs_as {
            words.add(&runs_as.named);
            words.maybe(runs_as.role_arn.as_deref());
        }
    }
    for alias in &snapshot.key_aliases {
        words.add(&alias.alias);
        words.add(&alias.key);
    }
    for declared in &snapshot.declared {
        words.add(&declared.address);
        words.add(&declared.file);
    }
    snapshot.sources.iter().for_each(|source| words.add(&source.file));
    words.documents(snapshot);
    words.settings(settings);
    words.found
}

struct Words<'v> {
    found: HashSet<String>,
    aws: &'v Vocabulary,
}

impl Words<'_> {
    fn add(&mut self, text: &str) {
        // Of an ARN what its service has chosen is no name: `arn:aws:lambda:eu-central-1:`, and `function:` of the rest.
        let Some(arn) = super::Arn::of(text) else {
            self.words(text);
            return;
        };
        if !super::vocabulary::is_region(arn.region) {
            self.words(arn.region);
        }
        self.words(arn.account);
        self.words(&arn.rest[self.aws.kind(arn.service, arn.rest)..]);
    }

    fn words(&mut self, text: &str) {
        for word in text.split(|letter| !in_word(letter)).filter(|word| !word.is_empty()) {
            if !self.found.contains(word) {
                self.found.insert(word.to_lowercase());
            }
        }
    }

    fn maybe(&mut self, text: Option<&str>) {
        text.into_iter().for_each(|text| self.add(text));
    }

    fn tags(&mut self, tags: Option<&[Tag]>) {
        for tag in tags.unwrap_or_default() {
            self.add(&tag.0);
            self.add(&tag.1);
        }
    }

    fn organization(&mut self, snapshot: &Snapshot) {
        for account in &snapshot.accounts {
            self.maybe(account.name.as_deref());
        }
        if let Some(organization) = &snapshot.organization {
            self.add(&organization.id);
            self.maybe(organization.arn.as_deref());
            for unit in &organization.units {
                self.add(&unit.id);
                self.add(&unit.name);
            }
            for policy in organization.policies.iter().filter(|policy| !policy.aws_managed) {
                self.add(&policy.id);
                self.add(&policy.name);
            }
        }
        for center in &snapshot.identity_center {
            self.add(&center.arn);
            for set in &center.permission_sets {
                self.add(&set.arn);
                self.add(&set.name);
            }
            center.assignments.iter().for_each(|assignment| self.add(&assignment.principal));
        }
    }

    /// The strings of policies, as they read without escapes. Those of AWS's own policies are public.
    fn documents(&mut self, snapshot: &Snapshot) {
        let public = snapshot.policies.iter().filter(|policy| policy.account.is_none());
        let public: HashSet<usize> = public
            .filter_map(|policy| match policy.document {
                PolicyState::Document(id) => Some(id.index()),
                PolicyState::None | PolicyState::NotSeen => None,
            })
            .collect();
        for (at, document) in snapshot.documents.iter().enumerate() {
            if public.contains(&at) {
                continue;
            }
            match serde_json::from_str(&document.text) {
                Ok(value) => self.value(&value, true),
                Err(_) => self.add(&document.text),
            }
        }
    }

    fn value(&mut self, value: &serde_json::Value, is_top: bool) {
        match value {
            serde_json::Value::String(text)
                if !super::vocabulary::is_grammar(text)
                    && clavicle_catalog::catalog().action(text).is_none() =>
            {
                self.add(text);
            }
            serde_json::Value::Array(values) => values.iter().for_each(|value| self.value(value, false)),
            serde_json::Value::Object(members) => {
                for (key, value) in members {
                    // Keys are grammar and condition keys; behind a slash somebody chose.
                    if let (false, Some((_, chosen))) = (is_top, key.split_once('/')) {
                        self.add(chosen);
                    }
                    self.value(value, false);
                }
            }
            _ => {}
        }
    }

    fn settings(&mut self, settings: &Settings) {
        settings.listed.names().for_each(|name| self.add(name));
        for known in &settings.known {
            self.add(&known.who);
            self.add(&known.name);
            self.maybe(known.why.as_deref());
        }
        for matter in &settings.matters {
            self.add(&matter.thing);
            self.maybe(matter.why.as_deref());
        }
        for accepted in &settings.accepted {
            self.add(&accepted.who);
            self.add(&accepted.why);
            self.maybe(accepted.thing.as_deref());
            self.maybe(accepted.from.as_deref());
        }
        for ask in &settings.asks {
            self.add(&ask.question);
            self.maybe(ask.why.as_deref());
        }
    }
}
