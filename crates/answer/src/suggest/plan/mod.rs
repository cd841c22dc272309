//! A plan that takes from somebody what was not used: the new texts, the commands that put them in place, and those that
//! undo it. Nothing here runs any of them.
//!
//! A policy that somebody has alone gets a new version. One that others have too, or that is AWS's, stays as it is: what
//! is needed of it goes into a policy of their own, and it is detached. So nobody else loses anything. Of a permission set
//! what is needed goes into its inline policy.

mod change;
mod cloudformation;
mod diff;
mod script;
mod terraform;

use std::collections::BTreeSet;

use clavicle_graph::Document;
use clavicle_policy::{Policy, layout};
use clavicle_snapshot::{AccountId, PolicyIndex, PrincipalIndex};
use clavicle_trim::{Place, Wanted, is_same, together};

use self::change::{Bearer, Before, Change, Kind, Text};
use self::diff::diff;
use super::holder::Holder;
use super::told::{Told, refused, told};
use super::used::Held;
use super::{How, Seen, Suggestion};
use crate::count::counted;
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::shape::{SuggestionPage, TrimPage, TrimStep};

/// A plan.
#[derive(Debug, Clone)]
pub struct Trim {
    /// What is told.
    pub page: TrimPage,
    /// What is written into a folder: the texts, old and new, scripts for the AWS CLI, and the same for Terraform and
    /// CloudFormation.
    pub files: Vec<TrimFile>,
    /// What would be enough, in policies to be attached together.
    pub enough: Suggestion,
}

/// A file of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrimFile {
    /// Its name in the folder.
    pub name: String,
    /// Its text.
    pub text: String,
    /// It is a script.
    pub script: bool,
}

/// AWS: IAM User Guide, "IAM and AWS STS quotas", Versions per managed policy.
const MOST_VERSIONS: usize = 5;

impl Reader {
    /// The plan that takes from somebody what was not used since.
    pub fn trim(&self, who: &str, seen: Seen<'_>, how: &How) -> Result<Trim, QuestionError> {
        self.refuse_made_by_aws(self.holder(who)?)?;
        let held = self.held(who, seen, how, None)?;
        let mut plan = Plan::new(self.bearer(held.holder)?, self.before(held.holder));
        let mut rest = Vec::new();
        for place in 0..held.documents.len() {
            rest.extend(self.plan_document(&held, place, &mut plan)?);
        }
        match held.holder {
            Holder::One(index) | Holder::Group(index) => {
                let record = self.world().snapshot().principal(index);
                plan.own_policies(&record.arn, self.policy_names(record.account), &rest, how)?;
            }
            Holder::Set(center, set) => self.plan_inline(&held, (center, set), &rest, how, &mut plan)?,
        }
        let about = Told {
            who: Some(self.thing_of_holder(held.holder)),
            needs: &held.needs,
            seen: held.seen.clone(),
            documents: held.names.clone(),
            lead: held.lead.clone(),
            by_tag: None,
            notes: held.notes.clone(),
        };
        let enough = told(&held.proposal, about, how)?;
        Ok(plan.finished(enough, held.lead.trim_end()))
    }

    /// The names of the customer managed policies of an account, in small letters.
    ///
    /// AWS: IAM User Guide, "IAM and AWS STS quotas", IAM name requirements: unique within an account, whatever their path,
    /// and without regard to case.
    fn policy_names(&self, account: AccountId) -> BTreeSet<String> {
        let policies = self.world().snapshot().policies.iter();
        let own = policies.filter(|policy| policy.account == Some(account));
        own.map(|policy| policy.name.to_lowercase()).collect()
    }

    fn bearer(&self, holder: Holder) -> Result<Bearer, QuestionError> {
        match holder {
            Holder::One(index) | Holder::Group(index) => {
                let record = self.world().snapshot().principal(index);
                Ok(Bearer::Iam(Kind::of(record.kind), record.name.to_string()))
            }
            Holder::Set(center, set) => {
                let (instance, set) =
                    self.set_of(center, set).ok_or_else(|| QuestionError::new("there is no such set"))?;
                Ok(Bearer::Set { instance: instance.arn.to_string(), set: set.arn.to_string() })
            }
        }
    }

    fn before(&self, holder: Holder) -> Before {
        let snapshot = self.world().snapshot();
        let arns = |policies: &[PolicyIndex]| {
            policies.iter().map(|index| snapshot.policy(*index).arn.to_string()).collect()
        };
        match holder {
            Holder::One(index) | Holder::Group(index) => {
                let record = snapshot.principal(index);
                let trust = self.world().trust_policy(index);
                Before {
                    inline: record
                        .inline
                        .iter()
                        .enumerate()
                        .filter(|(place, _)| !self.world().is_perhaps(&Document::Inline(index, *place)))
                        .map(|(_, inline)| inline.name.to_string())
                        .collect(),
                    attached: arns(&record.attached),
                    trust: trust.map(|text| self.world().text(text).to_string()),
                    path: record.path.to_string(),
                }
            }
            Holder::Set(center, set) => {
                let attached = self.set_of(center, set).and_then(|(_, set)| set.attached.as_deref());
                Before { attached: arns(attached.unwrap_or_default()), ..Before::default() }
            }
        }
    }

    /// What happens to one policy; what is needed of it and has to stand somewhere else.
    fn plan_document(
        &self,
        held: &Held,
        place: usize,
        plan: &mut Plan,
    ) -> Result<Option<Policy>, QuestionError> {
        let (document, name, old) = (&held.documents[place], &held.names[place], &held.policies[place]);
        let new = &held.proposal.policies[place];
        let text = self.world().text_of_document(document);
        let text = text.ok_or_else(|| QuestionError::new(format!("the text of {name} was not seen")))?;
        let old_text = layout(self.world().text(text));
        // What stands in the inline policy of a permission set stays there with what comes to it.
        if matches!(document, Document::PermissionSet(..)) {
            return Ok(Some(new.clone()));
        }
        // Another text of the same meaning takes nothing away.
        if new.statements == old.statements || is_same(old, new) {
            plan.stays(name, "all of it is needed, or cannot be known");
            return Ok(None);
        }
        let own = |bearer: PrincipalIndex| matches!(held.holder, Holder::One(index) | Holder::Group(index) if index == bearer);
        let snapshot = self.world().snapshot();
        let is_attached = |policy: &PolicyIndex| match held.holder {
            Holder::One(index) | Holder::Group(index) => snapshot.principal(index).attached.contains(policy),
            Holder::Set(..) => true,
        };
        match document {
            Document::Inline(bearer, at) if own(*bearer) => {
                let inline = &snapshot.principal(*bearer).inline[*at];
                plan.inline(name, &inline.name, &old_text, written(new, name)?);
                Ok(None)
            }
            Document::Managed(index) if is_attached(index) => {
                self.plan_managed(held, *index, name, &old_text, new, plan)
            }
            _ => {
                plan.by_groups = true;
                plan.stays(name, "it comes by a group, whose other members would lose it");
                Ok(None)
            }
        }
    }

    fn plan_managed(
        &self,
        held: &Held,
        index: PolicyIndex,
        name: &str,
        old_text: &str,
        new: &Policy,
        plan: &mut Plan,
    ) -> Result<Option<Policy>, QuestionError> {
        let record = self.world().snapshot().policy(index);
        let attachments = self.in_use().attachments(&Document::Managed(index)).clone();
        let is_holder = |bearer: &PrincipalIndex| matches!(held.holder, Holder::One(own) | Holder::Group(own) if own == *bearer);
        let is_set =
            |set: &(usize, usize)| matches!(held.holder, Holder::Set(center, own) if (center, own) == *set);
        let others = attachments.bearers.iter().filter(|bearer| !is_holder(bearer)).count()
            + attachments.bounds.len()
            + attachments.permission_sets.iter().filter(|set| !is_set(set)).count();
        let text = written(new, name)?;
        let old_version = record.default_version.as_deref();
        let may_be_written = record.account.is_some()
            && others == 0
            && record.versions.len() < MOST_VERSIONS
            && old_version.is_some()
            && !matches!(held.holder, Holder::Set(..));
        match (&text, old_version) {
            (Some(text), Some(version)) if may_be_written => {
                plan.new_version(name, &record.arn, version, old_text, text);
                Ok(None)
            }
            _ => {
                let why = match (record.account.is_none(), others) {
                    (true, _) => "it is AWS's".to_owned(),
                    (false, 0) if text.is_none() => "nothing of it is needed".to_owned(),
                    (false, 0) => {
                        "it has no room for another version, or its version was not seen".to_owned()
                    }
                    (false, others) => {
                        format!("{} it too", counted(others, "other has", "others have"))
                    }
                };
                plan.detach(name, &record.arn, &why, old_text, text.is_some());
                Ok(text.map(|_| new.clone()))
            }
        }
    }

    /// The inline policy of a permission set: what is needed of it, and of the managed policies that are detached.
    fn plan_inline(
        &self,
        held: &Held,
        (center, set): (usize, usize),
        rest: &[Policy],
        how: &How,
        plan: &mut Plan,
    ) -> Result<(), QuestionError> {
        let document = Document::PermissionSet(center, set);
        let place = held.documents.iter().position(|known| *known == document);
        let name = place.and_then(|place| held.names.get(place)).cloned();
        let name = name.unwrap_or_else(|| self.thing_of_holder(held.holder).name);
        let old_text = self.world().text_of_document(&document).map(|text| layout(self.world().text(text)));
        let stays = place.is_some_and(|place| {
            rest.iter().map(|policy| &policy.statements).eq([&held.policies[place].statements])
        });
        if stays {
            plan.stays(&name, "all of it is needed, or cannot be known");
            return Ok(());
        }
        let wanted = Wanted { place: Place::PermissionSet, ..how.wanted };
        let found = together(rest, wanted).map_err(|refusal| refused(&refusal))?;
        let new = found.policies.iter().find(|policy| !policy.statements.is_empty());
        let new = new.map(|policy| written(policy, &name)).transpose()?.flatten();
        if old_text.is_none() && new.is_none() {
            return Ok(());
        }
        plan.set_inline(&name, old_text, new);
        Ok(())
    }
}

/// The text of a policy; `None` where nothing is left of it. What cannot be written down must not pass for that.
fn written(policy: &Policy, name: &str) -> Result<Option<String>, QuestionError> {
    if policy.statements.is_empty() {
        return Ok(None);
    }
    let text = policy.print();
    text.map(Some)
        .ok_or_else(|| QuestionError::new(format!("what is needed of {name} cannot be written down")))
}

/// The first `START-trimmed-N` that is not taken, from then on it is.
fn free_name(start: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = String::new();
    for number in 1_usize.. {
        name = format!("{start}-trimmed-{number}");
        if taken.insert(name.to_lowercase()) {
            break;
        }
    }
    name
}

/// A plan in the making.
struct Plan {
    bearer: Bearer,
    before: Before,
    steps: Vec<TrimStep>,
    files: Vec<TrimFile>,
    changes: Vec<Change>,
    /// Something that comes by groups could go.
    by_groups: bool,
}

impl Plan {
    fn new(bearer: Bearer, before: Before) -> Self {
        Self { bearer, before, steps: Vec::new(), files: Vec::new(), changes: Vec::new(), by_groups: false }
    }

    fn stays(&mut self, name: &str, why: &str) {
        let step = TrimStep { change: "stays".to_owned(), why: why.to_owned(), ..TrimStep::of(name) };
        self.steps.push(step);
    }

    /// Writes a text down.
    fn file(&mut self, folder: &str, text: &str) -> Text {
        let file = format!("{folder}/{:02}.json", self.files.len() + 1);
        self.files.push(TrimFile { name: file.clone(), text: text.to_owned(), script: false });
        Text { file, text: text.to_owned() }
    }

    fn inline(&mut self, name: &str, policy: &str, old: &str, new: Option<String>) {
        self.steps.push(TrimStep {
            change: if new.is_some() { "new text" } else { "goes" }.to_owned(),
            why: match new {
                Some(_) => "it is inline: nobody else has it",
                None => "nothing of it is needed",
            }
            .to_owned(),
            diff: diff(old, new.as_deref().unwrap_or_default()),
            ..TrimStep::of(name)
        });
        let old = self.file("old", old);
        let new = new.map(|text| self.file("new", &text));
        self.changes.push(Change::Inline { name: policy.to_owned(), old, new });
    }

    fn set_inline(&mut self, name: &str, old: Option<String>, new: Option<String>) {
        let change = match (&old, &new) {
            (None, _) => "is new",
            (_, Some(_)) => "new text",
            (_, None) => "goes",
        };
        self.steps.push(TrimStep {
            change: change.to_owned(),
            why: "the inline policy: what is needed of all policies of the set".to_owned(),
            diff: diff(old.as_deref().unwrap_or_default(), new.as_deref().unwrap_or_default()),
            ..TrimStep::of(name)
        });
        let old = old.map(|text| self.file("old", &text));
        let new = new.map(|text| self.file("new", &text));
        self.changes.push(Change::SetInline { old, new });
    }

    fn new_version(&mut self, name: &str, arn: &str, version: &str, old: &str, new: &str) {
        self.steps.push(TrimStep {
            change: "new version".to_owned(),
            why: "nobody else has it".to_owned(),
            diff: diff(old, new),
            ..TrimStep::of(name)
        });
        let (old, new) = (self.file("old", old), self.file("new", new));
        let (arn, version) = (arn.to_owned(), version.to_owned());
        self.changes.push(Change::Version { arn, version, old, new });
    }

    fn detach(&mut self, name: &str, arn: &str, why: &str, old: &str, some_is_needed: bool) {
        self.file("old", old);
        self.changes.push(Change::Detach { arn: arn.to_owned() });
        let rest = match (some_is_needed, &self.bearer) {
            (false, _) => "",
            (true, Bearer::Iam(..)) => "; what is needed of it goes into a policy of its own",
            (true, Bearer::Set { .. }) => "; what is needed of it goes into the inline policy",
        };
        self.steps.push(TrimStep {
            change: "is detached".to_owned(),
            why: format!("{why}{rest}"),
            ..TrimStep::of(name)
        });
    }

    /// What is needed of policies that are detached, in policies of their own.
    /// `taken`: the names of policies that are there, in small letters.
    fn own_policies(
        &mut self,
        arn: &str,
        mut taken: BTreeSet<String>,
        rest: &[Policy],
        how: &How,
    ) -> Result<(), QuestionError> {
        let Bearer::Iam(_, bearer) = &self.bearer else { return Ok(()) };
        let start: String = bearer.chars().take(100).collect();
        let found = together(rest, how.wanted).map_err(|refusal| refused(&refusal))?;
        let parts: Vec<&Policy> =
            found.policies.iter().filter(|policy| !policy.statements.is_empty()).collect();
        let mut pieces = arn.split(':');
        let (partition, account) = (pieces.nth(1).unwrap_or("aws"), pieces.nth(2).unwrap_or_default());
        for part in parts {
            let name = free_name(&start, &mut taken);
            let Some(text) = written(part, &format!("policy/{name}"))? else { continue };
            let arn = format!("arn:{partition}:iam::{account}:policy/{name}");
            self.steps.push(TrimStep {
                change: "is new, and attached".to_owned(),
                why: "what is needed of the policies that are detached".to_owned(),
                diff: diff("", &text),
                ..TrimStep::of(&format!("policy/{name}"))
            });
            let new = self.file("new", &text);
            self.changes.push(Change::Own { name, arn, new });
        }
        Ok(())
    }

    fn finished(mut self, enough: Suggestion, lead: &str) -> Trim {
        let suggestion: SuggestionPage = enough.page.clone();
        let mut notes = suggestion.notes;
        let changes = self.changes.len();
        let mut page = TrimPage {
            schema: "clavicle.trim/1",
            sentence: match changes {
                0 => format!("{lead} Nothing can be taken away."),
                _ => format!("{lead} {} to make.", counted(changes, "change", "changes")),
            },
            who: suggestion.who,
            steps: self.steps,
            apply: String::new(),
            rollback: String::new(),
            terraform: String::new(),
            terraform_rollback: String::new(),
            cloudformation: String::new(),
            cloudformation_rollback: String::new(),
            needs: suggestion.needs,
            kept: suggestion.kept,
            removed: suggestion.removed,
            unmet: suggestion.unmet,
            verified: suggestion.verified,
            catalog: suggestion.catalog,
            notes: Vec::new(),
        };
        if self.by_groups {
            notes.push(
                "What comes by groups stays, though some of it was not used either; it is counted above. `clavicle trim group/…` takes it from all members."
                    .to_owned(),
            );
        }
        if matches!(self.bearer, Bearer::Set { .. }) {
            notes.push(
                "Policies of accounts that the set names (customer managed) are not read: they stay."
                    .to_owned(),
            );
        }
        if changes > 0 {
            let mut file = |name: &str, text: &str| {
                let script = name.ends_with(".sh");
                self.files.push(TrimFile { name: name.to_owned(), text: text.to_owned(), script });
            };
            (page.apply, page.rollback) = script::scripts(&self.bearer, &self.changes);
            file("apply.sh", &page.apply);
            file("rollback.sh", &page.rollback);
            match terraform::terraform(&self.bearer, &self.before, &self.changes) {
                Ok((apply, rollback)) => {
                    file("terraform/main.tf", &apply);
                    file("terraform/rollback/main.tf", &rollback);
                    (page.terraform, page.terraform_rollback) = (apply, rollback);
                }
                Err(why) => notes.push(format!("There is no form of it for Terraform: {why}.")),
            }
            match cloudformation::cloudformation(&self.bearer, &self.before, &self.changes) {
                Ok(templates) => {
                    file("cloudformation/import.json", &templates.import);
                    file("cloudformation/to-import.json", &templates.to_import);
                    file("cloudformation/trimmed.json", &templates.trimmed);
                    file("cloudformation/rollback.json", &templates.rollback);
                    file("cloudformation/apply.sh", cloudformation::commands(true));
                    file("cloudformation/rollback.sh", cloudformation::commands(false));
                    (page.cloudformation, page.cloudformation_rollback) =
                        (templates.trimmed, templates.rollback);
                }
                Err(why) => notes.push(format!("There is no form of it for CloudFormation: {why}.")),
            }
        }
        page.notes = notes;
        Trim { page, files: self.files, enough }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clavicle_policy::parse;

    use super::{free_name, written};

    /// "Goes" is said of what nothing is left of, and of nothing else.
    #[test]
    fn what_cannot_be_written_down_is_refused() {
        let policy = |statements: &str| {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
            parse(text.as_bytes()).policy.expect("a policy")
        };
        let sound = policy(r#"{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}"#);
        assert!(
            written(&sound, "own").expect("it can be").is_some_and(|text| text.contains("sqs:SendMessage"))
        );
        assert_eq!(written(&policy(""), "own").ok(), Some(None));
        let faulty = policy(r#"{"Effect":"Allow","Action":7,"Resource":"*"}"#);
        let error = written(&faulty, "own").expect_err("it cannot be");
        assert!(error.to_string().contains("what is needed of own cannot be written down"), "{error}");
    }

    /// AWS: IAM User Guide, "IAM and AWS STS quotas", IAM name requirements: names differ by more than case.
    #[test]
    fn a_new_name_is_one_that_nobody_has() {
        let mut taken = BTreeSet::from(["app-trimmed-1".to_owned(), "app-trimmed-3".to_owned()]);
        let names: Vec<String> = (0..3).map(|_| free_name("App", &mut taken)).collect();
        assert_eq!(names, ["App-trimmed-2", "App-trimmed-4", "App-trimmed-5"]);
    }
}
