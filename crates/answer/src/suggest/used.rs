//! The smallest policy for what somebody was seen to do.

use std::collections::BTreeMap;
use std::sync::Arc;

use clavicle_catalog::ActionId;
use clavicle_engine::Principal;
use clavicle_graph::Document;
use clavicle_policy::Policy;
use clavicle_snapshot::PrincipalIndex;
use clavicle_trim::{Asked, Need, On, Proposal, restrict};
use clavicle_usage::{Call, Thing};

use super::told::{Told, refused, told};
use super::{How, Seen, Suggestion};
use crate::page::counted;
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::unused::Use;
use crate::unused::granted::documents;

/// The policies of somebody, held to what was used.
pub(super) struct Held {
    pub(super) principal: PrincipalIndex,
    pub(super) documents: Vec<Document>,
    pub(super) names: Vec<String>,
    pub(super) policies: Vec<Policy>,
    pub(super) needs: Vec<Need>,
    pub(super) seen: Vec<Option<(u64, String)>>,
    pub(super) proposal: Proposal,
    /// `214 actions granted, 3 seen in use, 1 cannot be known. `
    pub(super) lead: String,
    pub(super) notes: Vec<String>,
}

impl Reader {
    /// The smallest policy for what somebody was seen to do since; what nobody can know is kept as it is.
    pub fn suggest_used(&self, who: &str, seen: Seen<'_>, how: &How) -> Result<Suggestion, QuestionError> {
        let held = self.held(who, seen, how)?;
        let about = Told {
            who: Some(self.thing_of_principal(held.principal)),
            needs: &held.needs,
            seen: held.seen,
            documents: held.names,
            lead: held.lead,
            notes: held.notes,
        };
        told(&held.proposal, about, how)
    }

    /// Somebody's policies, held to what was used.
    pub(super) fn held(&self, who: &str, seen: Seen<'_>, how: &How) -> Result<Held, QuestionError> {
        let catalog = self.world().catalog();
        let principal = self.one_principal(who)?;
        let record = self.world().snapshot().principal(principal);
        let is_reported = seen.evidence.last_accessed.iter().any(|fact| *fact.principal == *record.arn);
        if seen.evidence.window(record.account).is_none() && !is_reported {
            return Err(QuestionError::new(format!("there is no evidence of what `{who}` used"))
                .hint("read the logs of its account: `clavicle usage LOGS`"));
        }
        let (mut texts, mut names, mut documents_seen) = (Vec::new(), Vec::new(), Vec::new());
        for document in documents(self, principal) {
            let name = self.name_of_document(&document);
            let text = self.world().text_of_document(&document).and_then(|text| self.written(text));
            let Some(text) = text else {
                return Err(QuestionError::new(format!("the text of {name} was not seen or cannot be read"))
                    .hint("what it gives is not known, so that nothing can be said of what could go"));
            };
            texts.push(text.clone());
            names.push(name);
            documents_seen.push(document);
        }
        let caller = Principal::from_arn(&record.arn)
            .map_err(|_| QuestionError::new(format!("`{}` is not the ARN of a user or role", record.arn)))?;
        let each = self.use_of_each(principal, seen.evidence, seen.since);
        let unknown: BTreeMap<ActionId, &'static str> = each
            .iter()
            .filter_map(|(action, used)| match used {
                Use::Unknown(why) => Some((*action, why.words())),
                Use::Yes | Use::No => None,
            })
            .collect();
        let (mut needs, mut told_seen) = self.needs_of(principal, seen);
        let used: Vec<ActionId> =
            each.iter().filter(|(_, used)| *used == Use::Yes).map(|(action, _)| *action).collect();
        for action in &used {
            let name = catalog.name(*action);
            if needs.iter().all(|need| need.action != name) {
                let why = Some("AWS says that it was used, not on what".to_owned());
                needs.push(Need { why, ..Need::plain(name, On::NotKnown) });
                told_seen.push(None);
            }
        }
        let why = |action: ActionId| unknown.get(&action).map(|why| (*why).to_owned());
        let asked = Asked { caller: &caller, needs: &needs, unknowable: &why, reach: how.reach };
        let proposal = restrict(&texts, &asked).map_err(|refusal| refused(&refusal))?;
        let lead = format!(
            "{} granted, {} seen in use, {} cannot be known. ",
            counted(proposal.granted, "action", "actions"),
            used.len(),
            unknown.len()
        );
        let mut notes = Vec::new();
        if record.boundary.is_some() {
            notes.push("Its permissions boundary stays as it is.".to_owned());
        }
        if let Some((from, to)) = seen.evidence.window(record.account) {
            notes.push(format!(
                "Evidence: logs from {} to {}.",
                day(&from.to_string()),
                day(&to.to_string())
            ));
        }
        Ok(Held {
            principal,
            documents: documents_seen,
            names,
            policies: texts,
            needs,
            seen: told_seen,
            proposal,
            lead,
            notes,
        })
    }

    /// What was let in since, each in the circumstances that the logs tell.
    fn needs_of(&self, principal: PrincipalIndex, seen: Seen<'_>) -> (Vec<Need>, Vec<Option<(u64, String)>>) {
        let record = self.world().snapshot().principal(principal);
        let (mut needs, mut told) = (Vec::new(), Vec::new());
        for used in seen.evidence.of(&record.arn) {
            let why = match &used.need {
                clavicle_usage::Need::Own => None,
                clavicle_usage::Need::Along(by) => Some(format!("needed by {by}")),
                // The action is kept wherever it stands.
                clavicle_usage::Need::Perhaps(_) => continue,
            };
            for call in used.calls.iter().filter(|call| call.tally.used_since(seen.since)) {
                let last = call.tally.used.map(|(_, last)| last.to_string()).unwrap_or_default();
                for (place, context) in circumstances(call).into_iter().enumerate() {
                    needs.push(Need {
                        action: used.action.to_string(),
                        on: on(&call.thing),
                        context,
                        why: why.clone(),
                    });
                    told.push((place == 0).then(|| (call.tally.uses(), last.clone())));
                }
            }
        }
        (needs, told)
    }
}

fn on(thing: &Thing) -> On {
    match thing {
        Thing::NotKnown => On::NotKnown,
        Thing::Any => On::Any,
        Thing::Arn(arn) => On::Thing(arn.to_string()),
        Thing::Under(beginning) => On::under(beginning),
    }
}

/// The keys of a call, once for each address that it came from: a request has one.
fn circumstances(call: &Call) -> Vec<BTreeMap<String, Vec<String>>> {
    let texts = |values: &[Arc<str>]| values.iter().map(ToString::to_string).collect();
    let keys: BTreeMap<String, Vec<String>> =
        call.context.iter().map(|(key, values)| (key.to_string(), texts(values))).collect();
    if call.addresses.is_empty() || call.addresses.has_more() || keys.contains_key("aws:SourceIp") {
        return vec![keys];
    }
    let from = |address: &Arc<str>| {
        let mut keys = keys.clone();
        keys.insert("aws:SourceIp".to_owned(), vec![address.to_string()]);
        keys
    };
    call.addresses.iter().map(from).collect()
}

pub(super) fn day(time: &str) -> &str {
    time.get(..10).unwrap_or(time)
}
