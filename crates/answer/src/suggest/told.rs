//! A proposal as it is told.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use clavicle_catalog::ActionId;
use clavicle_policy::{Effect, Policy, Statement};
use clavicle_trim::{Need, On, Proposal, Refusal, Within, together};

use super::{How, Suggestion};
use crate::count::{counted, number};
use crate::question::QuestionError;
use crate::shape::{KeptRow, NeedRow, RemovedRow, SuggestionPage, TagPage, Thing, UnmetRow, VerifiedRow};

/// What is known of a suggestion beside the proposal.
pub(super) struct Told<'a> {
    pub(super) who: Option<Thing>,
    pub(super) needs: &'a [Need],
    /// Of each need how often and when it was seen last.
    pub(super) seen: Vec<Option<(u64, String)>>,
    /// The names of the policies of today.
    pub(super) documents: Vec<String>,
    /// What stands before the sentence about the policy.
    pub(super) lead: String,
    /// What goes by a tag.
    pub(super) by_tag: Option<TagPage>,
    pub(super) notes: Vec<String>,
}

/// Puts the policies together, proves that they still say the same, and tells it all.
pub(super) fn told(proposal: &Proposal, about: Told<'_>, how: &How) -> Result<Suggestion, QuestionError> {
    let minimal = together(&proposal.policies, how.wanted).map_err(|refusal| refused(&refusal))?;
    let policies: Vec<Policy> =
        minimal.policies.into_iter().filter(|policy| !policy.statements.is_empty()).collect();
    let values: Option<Vec<serde_json::Value>> = policies
        .iter()
        .map(|policy| policy.print().and_then(|text| serde_json::from_str(&text).ok()))
        .collect();
    let values = values.ok_or_else(|| QuestionError::new("the policy cannot be written down"))?;
    let kept = proposal.kept.iter().map(|kept| KeptRow {
        actions: kept.actions.clone(),
        why: kept.why.clone(),
        document: about.documents.get(kept.place.0).cloned().unwrap_or_default(),
    });
    let unmet = proposal.unmet.iter().filter_map(|unmet| {
        let need = about.needs.get(unmet.need)?;
        let because = match unmet.denied {
            true => "a Deny refuses it",
            false => "no policy of theirs allows it; one of the thing may",
        };
        Some(UnmetRow { action: need.action.clone(), on: on(need), because: because.to_owned() })
    });
    let (within, requests) = match &proposal.verified.within {
        Within::Proved => ("proved", None),
        Within::Asked(requests, _) => ("asked", Some(*requests)),
    };
    let needs = about.needs.iter().zip(&about.seen).enumerate();
    let needs = needs.filter(|(place, _)| proposal.unmet.iter().all(|unmet| unmet.need != *place));
    let page = SuggestionPage {
        schema: "clavicle.suggestion/1",
        sentence: format!("{}{}", about.lead, sentence(&policies)),
        who: about.who,
        policies: values,
        needs: rows(needs.map(|(_, (need, seen))| (need, seen.as_ref()))),
        kept: kept.collect(),
        removed: removed(proposal),
        unmet: unmet.collect(),
        by_tag: about.by_tag,
        verified: VerifiedRow {
            allowed: proposal.verified.replay.allowed,
            as_before: proposal.verified.replay.as_before,
            minimal: proposal.verified.needless == 0,
            within,
            requests,
        },
        catalog: clavicle_catalog::catalog().data_date().to_owned(),
        notes: about.notes,
    };
    Ok(Suggestion { page, policies })
}

/// A proposal that was not made, as a person is told.
pub(super) fn refused(refusal: &Refusal) -> QuestionError {
    let error = QuestionError::new(format!("there is no policy to suggest: {refusal}"));
    match refusal {
        Refusal::TooLarge(..) => {
            error.hint("generalize with `--resources folder`, or shorten with `--wildcards`")
        }
        _ => error,
    }
}

fn on(need: &Need) -> Option<String> {
    match &need.on {
        On::Any => Some("*".to_owned()),
        On::Thing(arn) => Some(arn.clone()),
        On::Matching(pattern) => Some(pattern.clone()),
        On::NotKnown => None,
    }
}

/// One row for an action, a thing and a reason, whatever the circumstances were.
fn rows<'a>(needs: impl Iterator<Item = (&'a Need, Option<&'a (u64, String)>)>) -> Vec<NeedRow> {
    let mut rows: Vec<NeedRow> = Vec::new();
    let mut places: HashMap<(String, Option<String>, Option<String>), usize> = HashMap::new();
    for (need, seen) in needs {
        let place = *places.entry((need.action.clone(), on(need), need.why.clone())).or_insert_with(|| {
            let (action, why) = (need.action.clone(), need.why.clone());
            rows.push(NeedRow { action, on: on(need), why, count: None, last: None });
            rows.len() - 1
        });
        if let (Some(row), Some((count, last))) = (rows.get_mut(place), seen) {
            row.count = Some(row.count.unwrap_or(0) + count);
            row.last = row.last.take().max(Some(last.clone()));
        }
    }
    rows
}

fn removed(proposal: &Proposal) -> Vec<RemovedRow> {
    let catalog = clavicle_catalog::catalog();
    let mut services: BTreeMap<&str, Vec<ActionId>> = BTreeMap::new();
    for action in &proposal.removed {
        services.entry(catalog.prefix(*action)).or_default().push(*action);
    }
    let left: BTreeSet<&str> = proposal
        .policies
        .iter()
        .flat_map(|policy| &policy.statements)
        .filter_map(|statement| statement.action.as_ref())
        .flat_map(|element| &element.patterns)
        .filter_map(|pattern| pattern.value.split_once(':').map(|(service, _)| service))
        .collect();
    let row = |(service, actions): (&str, Vec<ActionId>)| {
        let whole = !left.contains(service);
        let names = || actions.iter().map(|action| catalog.short_name(*action).to_owned()).collect();
        RemovedRow {
            service: service.to_owned(),
            count: actions.len(),
            whole,
            actions: if whole { Vec::new() } else { names() },
        }
    };
    let mut rows: Vec<RemovedRow> = services.into_iter().map(row).collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.service.cmp(&b.service)));
    rows
}

/// `Suggested policy: 4 actions, 3 statements, no wildcard resource.`
fn sentence(policies: &[Policy]) -> String {
    let is_allow = |statement: &&Statement| {
        statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Allow)
    };
    let statements = || policies.iter().flat_map(|policy| &policy.statements).filter(is_allow);
    let denies = policies.iter().map(|policy| policy.statements.len()).sum::<usize>() - statements().count();
    let actions: BTreeSet<String> = statements()
        .filter_map(|statement| statement.action.as_ref())
        .flat_map(|element| &element.patterns)
        .map(|pattern| pattern.value.to_lowercase())
        .collect();
    let catalog = clavicle_catalog::catalog();
    let takes_none = |pattern: &str| {
        let known = catalog.expand(pattern);
        !known.is_empty() && known.iter().all(|action| catalog.is_wildcard_only(*action))
    };
    let wild = statements()
        .filter(|statement| {
            let resources = statement.resource.iter().flat_map(|element| &element.patterns);
            let actions = statement.action.iter().flat_map(|element| &element.patterns);
            let every = resources.into_iter().any(|pattern| pattern.value == "*");
            every && !actions.into_iter().all(|action| takes_none(&action.value))
        })
        .count();
    let count = statements().count();
    if count == 0 {
        return "Nothing has to be allowed.".to_owned();
    }
    let several = match policies.len() {
        1 => "Suggested policy".to_owned(),
        many => format!("{} suggested policies, to be attached together", number(many)),
    };
    let wild = match wild {
        0 => "no statement on everything".to_owned(),
        some => format!("{} on everything", counted(some, "statement", "statements")),
    };
    let denies = match denies {
        0 => String::new(),
        some => format!(", and {}", counted(some, "Deny", "Denies")),
    };
    format!(
        "{several}: {}, {}, {wild}{denies}.",
        counted(actions.len(), "action", "actions"),
        counted(count, "statement", "statements")
    )
}
