//! The smallest policy for what somebody was seen to do.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use clavicle_catalog::ActionId;
use clavicle_engine::Principal;
use clavicle_graph::Document;
use clavicle_policy::Policy;
use clavicle_snapshot::PrincipalIndex;
use clavicle_trim::{Asked, Need, On, Proposal, restrict};
use clavicle_usage::{Call, Thing};

use super::holder::Holder;
use super::tagged::lead;
use super::told::{Told, refused, told};
use super::{How, Seen, Suggestion};
use crate::count::counted;
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::shape::TagPage;
use crate::unused::{Use, unread_note};

/// The policies of somebody, held to what was used.
pub(super) struct Held {
    pub(super) holder: Holder,
    pub(super) documents: Vec<Document>,
    pub(super) names: Vec<String>,
    pub(super) policies: Vec<Policy>,
    pub(super) needs: Vec<Need>,
    pub(super) seen: Vec<Option<(u64, String)>>,
    pub(super) proposal: Proposal,
    /// `214 actions granted, 3 seen in use, 1 cannot be known. `
    pub(super) lead: String,
    /// What goes by a tag, if that was asked for.
    pub(super) by_tag: Option<TagPage>,
    pub(super) notes: Vec<String>,
}

impl Reader {
    /// The smallest policy for what somebody was seen to do since; what nobody can know is kept as it is. `tag`: what goes
    /// by a tag with this key is let in by it.
    pub fn suggest_used(
        &self,
        who: &str,
        seen: Seen<'_>,
        how: &How,
        tag: Option<&str>,
    ) -> Result<Suggestion, QuestionError> {
        let held = self.held(who, seen, how, tag)?;
        let about = Told {
            who: Some(self.thing_of_holder(held.holder)),
            needs: &held.needs,
            seen: held.seen,
            documents: held.names,
            lead: held.lead,
            by_tag: held.by_tag,
            notes: held.notes,
        };
        told(&held.proposal, about, how)
    }

    /// Somebody's policies, held to what was used.
    pub(super) fn held(
        &self,
        who: &str,
        seen: Seen<'_>,
        how: &How,
        tag: Option<&str>,
    ) -> Result<Held, QuestionError> {
        let holder = self.holder(who)?;
        let users = self.users_of(holder)?;
        let documents = self.documents_of(holder)?;
        let (policies, names) = self.policies_of(&documents)?;
        let mut use_of = UseOf::default();
        for user in &users {
            self.add_use(*user, who, &documents, seen, &mut use_of)?;
        }
        let caller = match users.as_slice() {
            [one] => self.caller_of(*one)?,
            _ => Principal::anonymous(),
        };
        let tagged = match (tag, holder) {
            (None, _) => None,
            (Some(tag), Holder::One(one)) => {
                Some(self.tagged(tag, Some(one), &mut use_of.needs, &use_of.unknown)?)
            }
            (Some(_), _) => {
                return Err(QuestionError::new(format!("`{who}` bears no tag that requests carry"))
                    .hint("ask for a user or a role"));
            }
        };
        let by_tag = tagged.as_ref().map(|tagged| &tagged.by_tag);
        let unknown = std::mem::take(&mut use_of.unknown);
        let why = |action: ActionId| unknown.get(&action).map(|why| (*why).to_owned());
        let restricted = |needs: &[Need]| {
            let asked = Asked { caller: &caller, needs, unknowable: &why, reach: how.reach, by_tag };
            restrict(&policies, &asked).map_err(|refusal| refused(&refusal))
        };
        let mut proposal = restricted(&use_of.needs)?;
        let mut notes = Vec::new();
        // Members have rights of their own, and of other groups: what those let in is not this one's.
        if !matches!(holder, Holder::One(_)) && !proposal.unmet.is_empty() {
            let left: BTreeSet<usize> = proposal.unmet.iter().map(|unmet| unmet.need).collect();
            let of_it = |place: &usize| !left.contains(place);
            let places: Vec<usize> = (0..use_of.needs.len()).filter(of_it).collect();
            use_of.needs = places.iter().map(|place| use_of.needs[*place].clone()).collect();
            use_of.seen = places.iter().map(|place| use_of.seen[*place].clone()).collect();
            notes.push(format!(
                "{} by those who have it, and not let in by it: by others of their policies, or denied.",
                counted(left.len(), "request was made", "requests were made")
            ));
            proposal = restricted(&use_of.needs)?;
        }
        let mut lead = format!(
            "{} granted, {} seen in use, {} cannot be known. ",
            counted(proposal.granted, "action", "actions"),
            use_of.used.len(),
            unknown.len()
        );
        let by_tag = tagged.map(|tagged| {
            notes.extend(tagged.notes);
            lead.push_str(&self::lead(&tagged.page));
            tagged.page
        });
        if let Holder::One(one) = holder
            && self.world().snapshot().principal(one).boundary.is_some()
        {
            notes.push("Its permissions boundary stays as it is.".to_owned());
        }
        notes.extend(self.windows(&users, seen));
        let unread = unread_note(seen.evidence, |account| {
            users.iter().any(|user| self.world().snapshot().principal(*user).account == account)
        });
        notes.extend(unread.map(|note| format!("{note} Things and conditions are those of what was read.")));
        Ok(Held {
            holder,
            documents,
            names,
            policies,
            needs: use_of.needs,
            seen: use_of.seen,
            proposal,
            lead,
            by_tag,
            notes,
        })
    }

    /// The texts of documents, and their names.
    pub(super) fn policies_of(
        &self,
        documents: &[Document],
    ) -> Result<(Vec<Policy>, Vec<String>), QuestionError> {
        let (mut policies, mut names) = (Vec::new(), Vec::new());
        for document in documents {
            let name = self.name_of_document(document);
            let text = self.world().text_of_document(document).and_then(|text| self.written(text));
            let Some(text) = text else {
                return Err(QuestionError::new(format!("the text of {name} was not seen or cannot be read"))
                    .hint("what it gives is not known, so that nothing can be said of what could go"));
            };
            policies.push(text.clone());
            names.push(name);
        }
        Ok((policies, names))
    }

    pub(super) fn caller_of(&self, user: PrincipalIndex) -> Result<Principal, QuestionError> {
        let arn = &self.world().snapshot().principal(user).arn;
        Principal::from_arn(arn)
            .map_err(|_| QuestionError::new(format!("`{arn}` is not the ARN of a user or role")))
    }

    /// Adds what one of those who have the rights used of them.
    fn add_use(
        &self,
        user: PrincipalIndex,
        who: &str,
        documents: &[Document],
        seen: Seen<'_>,
        to: &mut UseOf,
    ) -> Result<(), QuestionError> {
        let catalog = self.world().catalog();
        let record = self.world().snapshot().principal(user);
        let is_reported = !seen.evidence.reports_of(&record.arn).is_empty();
        if seen.evidence.window(record.account).is_none() && !is_reported {
            return Err(QuestionError::new(format!("there is no evidence of what `{who}` used"))
                .hint("read the logs of its account: `clavicle usage LOGS`"));
        }
        self.caller_of(user)?;
        let each = self.use_of_each(user, documents, seen.evidence, seen.since);
        let first = to.needs.len();
        self.needs_of(user, seen, to);
        for (action, used) in each {
            let name = catalog.name(action);
            match used {
                Use::Yes => {
                    to.used.insert(action);
                    if to.needs[first..].iter().all(|need| need.action != name) {
                        let why = Some("AWS says that it was used, not on what".to_owned());
                        let caller = Some(record.arn.clone());
                        to.needs.push(Need { why, caller, ..Need::plain(name, On::NotKnown) });
                        to.seen.push(None);
                    }
                }
                Use::No => {}
                Use::Unknown(why) => {
                    to.unknown.insert(action, why.words());
                }
            }
        }
        Ok(())
    }

    /// From when to when there are logs of those accounts.
    fn windows(&self, users: &[PrincipalIndex], seen: Seen<'_>) -> Option<String> {
        let accounts: BTreeSet<_> =
            users.iter().map(|user| self.world().snapshot().principal(*user).account).collect();
        let windows: Vec<_> = accounts.iter().filter_map(|account| seen.evidence.window(*account)).collect();
        let (from, to) =
            (windows.iter().map(|window| window.0).min()?, windows.iter().map(|window| window.1).max()?);
        Some(format!("Evidence: logs from {} to {}.", day(&from.to_string()), day(&to.to_string())))
    }

    /// What was let in since, each in the circumstances that the logs tell.
    fn needs_of(&self, principal: PrincipalIndex, seen: Seen<'_>, to: &mut UseOf) {
        let record = self.world().snapshot().principal(principal);
        for used in seen.evidence.of(&record.arn) {
            let why = match &used.need {
                clavicle_usage::Need::Own => None,
                clavicle_usage::Need::Along(by) => Some(format!("needed by {by}")),
                // The action is kept wherever it stands.
                clavicle_usage::Need::Either(_) | clavicle_usage::Need::Perhaps(_) => continue,
            };
            for call in used.calls.iter().filter(|call| call.tally.used_since(seen.since)) {
                let last = call.tally.used.map(|(_, last)| last.to_string()).unwrap_or_default();
                for (place, context) in circumstances(call).into_iter().enumerate() {
                    to.needs.push(Need {
                        action: used.action.to_string(),
                        on: on(&call.thing),
                        context,
                        caller: Some(record.arn.clone()),
                        why: why.clone(),
                    });
                    to.seen.push((place == 0).then(|| (call.tally.uses(), last.clone())));
                }
            }
        }
    }
}

/// What those who have some rights used of them, one after the other.
#[derive(Default)]
struct UseOf {
    needs: Vec<Need>,
    /// Of each need how often and when last.
    seen: Vec<Option<(u64, String)>>,
    used: BTreeSet<ActionId>,
    /// Actions of which one of them may have used it, and nobody can know.
    unknown: BTreeMap<ActionId, &'static str>,
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
