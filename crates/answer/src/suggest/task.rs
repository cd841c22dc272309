//! The smallest policy for a task: things, and what is to be done with them.

use std::collections::BTreeMap;

use clavicle_catalog::{ActionId, ArnForm, ResourceType, Word, words};
use clavicle_engine::{Action, Principal};
use clavicle_graph::Target;
use clavicle_policy::parse;
use clavicle_trim::{Asked, ByTag, Need, On, allow_nothing_but, restrict};

use super::tagged::{Tagged, lead};
use super::told::{Told, refused, told};
use super::{How, Suggestion};
use crate::question::QuestionError;
use crate::reader::Reader;

/// Something that is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// A word of access or an action.
    pub what: String,
    /// The thing: a name or an ARN.
    pub thing: String,
}

impl Reader {
    /// The smallest policy for these tasks. Keys that things are encrypted with are among it where they were seen. `tag`:
    /// what goes by a tag with this key is let in by it.
    pub fn suggest_task(
        &self,
        tasks: &[Task],
        how: &How,
        tag: Option<&str>,
    ) -> Result<Suggestion, QuestionError> {
        let mut found = Found::default();
        for task in tasks {
            let spot = self.resolve_spot(&task.thing)?;
            let asked = self.asked_action(Some(&task.what), &spot)?;
            let known: Vec<Known> = asked
                .wanted
                .iter()
                .filter_map(|wanted| {
                    let action = self.world().catalog().action(wanted.action.text())?;
                    Some(Known { action, form: wanted.form, on: self.arn_named(wanted, &spot) })
                })
                .collect();
            let taken = found.take(asked.word, &known);
            let name = self.thing_of_target(&spot.target).name;
            for action in &taken {
                for need in
                    self.world().needs(&Action::new(self.world().catalog().name(*action)), &spot.target)
                {
                    let arn = self.world().arn_of(&need.target).to_string();
                    found.add(Need {
                        why: Some(format!("{} {name}", need.why)),
                        ..Need::plain(need.action, On::Thing(arn))
                    });
                }
            }
            if matches!(spot.target, Target::Arn(..)) && may_be_encrypted(&task.thing) {
                found.note(format!(
                    "`{}` was not seen: if a key of yours encrypts it, the key has to be allowed too.",
                    task.thing
                ));
            }
        }
        let tagged = tag.map(|tag| self.tagged(tag, None, &mut found.needs, &BTreeMap::new())).transpose()?;
        found.told(how, tagged)
    }
}

/// The smallest policy for tasks on things that are named by their ARNs or as `s3://bucket/key`, with no account at hand.
pub fn task_without_accounts(tasks: &[Task], how: &How) -> Result<Suggestion, QuestionError> {
    let catalog = clavicle_catalog::catalog();
    let mut found = Found::default();
    for task in tasks {
        let arn = arn(&task.thing)?;
        let word = Word::parse(&task.what);
        let known: Vec<Known> = match word {
            Some(word) => in_words(word, &arn),
            None => catalog.action(&task.what).map_or_else(Vec::new, |action| by_name(action, &arn)),
        };
        if known.is_empty() {
            return Err(QuestionError::new(format!(
                "`{}` has no meaning that is known on `{}`",
                task.what, task.thing
            ))
            .hint("name a word (list, read, write, delete, run) or an action, and a thing by its ARN"));
        }
        for action in found.take(word, &known) {
            for above in catalog.asked_above(action, &arn) {
                let why = Some(format!("{} {}", above.what, task.thing));
                found.add(Need { why, ..Need::plain(catalog.name(action), On::Thing(above.arn)) });
            }
        }
        if may_be_encrypted(&arn) {
            found.note(format!(
                "`{}` was not seen: if a key of yours encrypts it, the key has to be allowed too.",
                task.thing
            ));
        }
    }
    found.told(how, None)
}

/// An action that is asked, and what its request names.
struct Known {
    action: ActionId,
    form: ArnForm,
    on: String,
}

/// The actions of a word on a thing, an object of a bucket among them.
fn in_words(word: Word, arn: &str) -> Vec<Known> {
    let named = |(action, form): (ActionId, ArnForm)| Known { action, form, on: form.of(arn) };
    words().for_arn(word, arn).into_iter().map(named).collect()
}

/// One action on a thing, named as the words name it.
fn by_name(action: ActionId, arn: &str) -> Vec<Known> {
    let catalog = clavicle_catalog::catalog();
    let known = |form: ArnForm| Known { action, form, on: form.of(arn) };
    if catalog.is_wildcard_only(action) {
        return vec![known(ArnForm::Anything)];
    }
    let in_words = Word::ALL.into_iter().flat_map(|word| in_words(word, arn));
    let found: Vec<Known> = in_words.filter(|known| known.action == action).collect();
    if !found.is_empty() {
        return found;
    }
    let takes = |kind: &ResourceType<'_>| {
        catalog.resources(action).any(|taken| taken.resource_type().id() == kind.id())
    };
    let kind = catalog.resource_types_of(arn).into_iter().find(takes);
    vec![known(kind.map_or(ArnForm::Itself, |kind| ArnForm::on(kind, catalog.short_name(action))))]
}

/// Ways to do what a word says that nobody means who asks for a policy for it: what S3 asks of the role that replicates objects,
/// and no call of its API does, and the changes of a table by its stream.
///
/// AWS: S3 User Guide, "Setting up permissions for live replication"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html>).
const BESIDE: [&str; 2] = ["s3:ReplicateObject", "dynamodb:GetRecords"];

/// What a thing is called in requests.
fn arn(thing: &str) -> Result<String, QuestionError> {
    let thing = thing.trim();
    if let Some(rest) = thing.strip_prefix("s3://") {
        let rest = rest.strip_suffix('/').map_or_else(
            || rest.to_owned(),
            |folder| if folder.contains('/') { format!("{folder}/*") } else { folder.to_owned() },
        );
        if !rest.is_empty() {
            return Ok(format!("arn:aws:s3:::{rest}"));
        }
    }
    if clavicle_policy::Arn::parse(thing).is_some() {
        return Ok(thing.to_owned());
    }
    Err(QuestionError::new(format!("no account was read, so that `{thing}` is not known"))
        .hint("name the thing by its ARN or as `s3://bucket`, or name the accounts with `-s`"))
}

/// Are such things encrypted with keys whose use callers need to be allowed?
fn may_be_encrypted(thing: &str) -> bool {
    let mut parts = thing.split(':');
    let (service, name) = (parts.nth(2).unwrap_or_default(), parts.nth(2).unwrap_or_default());
    // Of Systems Manager parameters alone are: documents and nodes have no such key.
    let of_parameters = service == "ssm" && (name.starts_with("parameter/") || name.contains('*'));
    thing.starts_with("s3://") || ["s3", "sqs", "sns", "secretsmanager"].contains(&service) || of_parameters
}

/// What is needed, as it is found.
#[derive(Default)]
struct Found {
    needs: Vec<Need>,
    notes: Vec<String>,
}

impl Found {
    fn add(&mut self, need: Need) {
        if !self.needs.contains(&need) {
            self.needs.push(need);
        }
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Takes, of the actions that mean a word, those of the level of the first; what else means the word there is told. What is
    /// in the thing alone is not taken where the action is asked on the thing, and a path above it, which is more than the
    /// thing, only for an action that was asked by name.
    fn take(&mut self, word: Option<Word>, known: &[Known]) -> Vec<ActionId> {
        let catalog = clavicle_catalog::catalog();
        let Some(first) = known.first().map(|known| known.action) else { return Vec::new() };
        let is_same = |action: ActionId| {
            action == first
                || catalog.access(action) == catalog.access(first)
                    && catalog.is_permission_only(action) != Some(true)
        };
        let (mut taken, mut left) = (Vec::new(), Vec::new());
        for Known { action, form, on: arn } in known {
            let on_itself = |other: &Known| other.action == *action && other.form == ArnForm::Itself;
            if matches!(form, ArnForm::Under(_)) && known.iter().any(on_itself) {
                continue;
            }
            let by_path = matches!(form, ArnForm::Above { .. });
            let is_taken = match word {
                None => !by_path || taken.is_empty(),
                Some(_) => {
                    *action == first
                        || is_same(*action) && !by_path && !BESIDE.contains(&catalog.name(*action))
                }
            };
            if is_taken {
                let on = match arn.as_str() {
                    "*" => On::Any,
                    arn if arn.contains(['*', '?', '$']) => On::Matching(arn.to_owned()),
                    arn => On::Thing(arn.to_owned()),
                };
                let why = word.map(|word| format!("to {word}"));
                self.add(Need { why, ..Need::plain(catalog.name(*action), on) });
                taken.push(*action);
            } else if !left.contains(&catalog.name(*action)) {
                left.push(catalog.name(*action));
            }
        }
        if let (Some(word), false) = (word, left.is_empty()) {
            self.note(format!("Left out, though they are ways to {word} too: {}.", left.join(", ")));
        }
        for action in &taken {
            let further: Vec<&str> = catalog.dependents(*action).map(|id| catalog.name(id)).collect();
            if !further.is_empty() {
                self.note(format!(
                    "{} may need {} too, on what its call names.",
                    catalog.name(*action),
                    further.join(", ")
                ));
            }
        }
        taken
    }

    fn told(self, how: &How, tagged: Option<Tagged>) -> Result<Suggestion, QuestionError> {
        let seen = vec![None; self.needs.len()];
        of_needs(&self.needs, seen, self.notes, how, tagged)
    }
}

/// The smallest policy that allows these, whoever is to have it.
pub(super) fn of_needs(
    needs: &[Need],
    seen: Vec<Option<(u64, String)>>,
    mut notes: Vec<String>,
    how: &How,
    tagged: Option<Tagged>,
) -> Result<Suggestion, QuestionError> {
    let everything =
        br#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let everything: Vec<clavicle_policy::Policy> = parse(everything).policy.into_iter().collect();
    let nobody = Principal::anonymous();
    let known = |_: ActionId| None;
    let tag: Option<ByTag> = tagged.as_ref().map(|tagged| tagged.by_tag.clone());
    let by_tag = tag.as_ref();
    let asked = Asked { caller: &nobody, needs, unknowable: &known, reach: how.reach, by_tag };
    let mut proposal = restrict(&everything, &asked).map_err(|refusal| refused(&refusal))?;
    // Nobody has everything: nothing is taken from anybody.
    proposal.removed.clear();
    let mut lead = String::new();
    let page = tagged.map(|tagged| {
        notes.extend(tagged.notes);
        lead.push_str(&self::lead(&tagged.page));
        tagged.page
    });
    let about = Told { who: None, needs, seen, documents: Vec::new(), lead, by_tag: page, notes };
    let mut found = told(&proposal, about, how)?;
    // Everything is no old policy: what it is held against is what was asked for.
    let is_proved =
        allow_nothing_but(&found.policies, needs, how.reach, by_tag).map_err(|refusal| refused(&refusal))?;
    (found.page.verified.within, found.page.verified.requests) =
        (if is_proved { "task" } else { "not-settled" }, None);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::may_be_encrypted;

    /// AWS: AWS Systems Manager User Guide, "AWS KMS encryption for AWS Systems Manager Parameter Store SecureString parameters".
    #[test]
    fn of_systems_manager_parameters_may_be_encrypted() {
        let arn = |rest: &str| format!("arn:aws:{rest}");
        for (thing, may) in [
            ("s3://b".to_owned(), true),
            (arn("sqs:eu-west-1:111122223333:q"), true),
            (arn("ssm:eu-west-1:111122223333:parameter/x"), true),
            (arn("ssm:eu-west-1:111122223333:*"), true),
            (arn("ssm:eu-west-1:111122223333:document/x"), false),
            (arn("ssm:eu-west-1:111122223333:managed-instance/mi-1"), false),
            (arn("dynamodb:eu-west-1:111122223333:table/t"), false),
        ] {
            assert_eq!(may_be_encrypted(&thing), may, "{thing}");
        }
    }
}
