//! Needs that go by a tag: caller and thing bear the same value of it. And who may set that tag today: whoever may, may
//! open and close what the tag opens.
//!
//! AWS: IAM User Guide, "Define permissions based on attributes with ABAC authorization"; "IAM tutorial: Define permissions
//! to access AWS resources based on tags"; "Controlling access to AWS resources using tags"; "Pass session tags in AWS STS"
//! (a tag of the session stands before that of the role).

use std::collections::{BTreeMap, BTreeSet};

use clavicle_catalog::{Access as Level, ActionId, ArnForm, ResourceType};
use clavicle_engine::Action;
use clavicle_graph::{Actor, Target, Wanted};
use clavicle_snapshot::{PrincipalIndex, PrincipalKind};
use clavicle_trim::{ByTag, Need, On};

use crate::count::{counted, number};
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::shape::{ByArnRow, SetterRow, TagPage};
use crate::standing::Standing;

/// Of so many things it is asked who may tag them: each is a decision about everybody.
const MOST_THINGS: usize = 50;

/// What sets and removes tags of callers.
///
/// AWS: IAM User Guide, "Tags for AWS Identity and Access Management resources"; "Pass session tags in AWS STS".
const OF_CALLERS: [&str; 5] =
    ["iam:TagRole", "iam:UntagRole", "iam:TagUser", "iam:UntagUser", "sts:TagSession"];

/// How actions begin that make the thing they name: it bears no tag when they are asked.
const MAKES: [&str; 11] = [
    "Allocate",
    "Copy",
    "Create",
    "Import",
    "Provision",
    "Purchase",
    "Put",
    "Register",
    "Request",
    "Restore",
    "Run",
];

/// What goes by the tag.
pub(super) struct Tagged {
    pub(super) by_tag: ByTag,
    pub(super) page: TagPage,
    pub(super) notes: Vec<String>,
}

impl Reader {
    /// Parts needs into those that go by the tag and those that stay by ARN, and tells of each what is known of the tag.
    /// `holder`: who is to have the policy, where that is known. `unknown`: the actions that may be in use, and why nobody
    /// can know.
    pub(super) fn tagged(
        &self,
        tag: &str,
        holder: Option<PrincipalIndex>,
        needs: &mut [Need],
        unknown: &BTreeMap<ActionId, &'static str>,
    ) -> Result<Tagged, QuestionError> {
        refuse_odd(tag)?;
        let borne = self.borne_by(tag, holder)?;
        let found: Vec<Result<TaggedThing<'_>, String>> =
            needs.iter().map(|need| self.thing_with(tag, need)).collect();
        let value = borne.clone().or_else(|| most_common(&found));
        let mut by_tag = ByTag { tag: tag.to_owned(), needs: BTreeSet::new(), guarded: Vec::new() };
        let (mut by_arn, mut targets, mut taggers) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
        for (place, (need, found)) in needs.iter_mut().zip(&found).enumerate() {
            if let Some(value) = &value {
                state(need, "aws:PrincipalTag/", tag, vec![value.clone()]);
            }
            let why = match found {
                Ok(thing) => {
                    state(need, "aws:ResourceTag/", tag, thing.value.iter().cloned().collect());
                    match &thing.value {
                        Some(own) if Some(own) == value.as_ref() => {
                            by_tag.needs.insert(place);
                            let tagging = tagging_on(thing.kind);
                            taggers.extend(tagging.iter().copied());
                            targets.entry(thing.target.clone()).or_insert(tagging);
                            continue;
                        }
                        Some(own) => format!("it bears `{own}`"),
                        None => "it does not bear the tag".to_owned(),
                    }
                }
                Err(why) => why.clone(),
            };
            let on = match &need.on {
                On::Any => Some("*".to_owned()),
                On::Thing(arn) => Some(arn.clone()),
                On::Matching(pattern) => Some(pattern.clone()),
                On::NotKnown => None,
            };
            let row = ByArnRow { action: need.action.clone(), on, why };
            if !by_arn.contains(&row) {
                by_arn.push(row);
            }
        }
        let mut notes = Vec::new();
        let unguarded = guard(&mut by_tag, &taggers, needs, unknown);
        if let (Some(value), None, false) = (&value, &borne, by_tag.needs.is_empty()) {
            notes.push(format!(
                "Whoever is to have it needs the tag `{tag}` with the value `{value}`{}.",
                if holder.is_some() { ", which they do not bear today" } else { "" }
            ));
        }
        if !by_tag.needs.is_empty() {
            notes.push(
                "The tags are those of the snapshot. A session can bring tags of its own, which stand before those of its role."
                    .to_owned(),
            );
        }
        if targets.len() > MOST_THINGS {
            notes
                .push(format!("Who may tag was asked of {MOST_THINGS} of {} things.", number(targets.len())));
        }
        let setters = match by_tag.needs.is_empty() {
            true => Vec::new(),
            false => self.setters(tag, holder, targets),
        };
        let page = TagPage {
            tag: tag.to_owned(),
            value,
            needs: by_tag.needs.len(),
            by_arn,
            setters,
            guarded: by_tag.guarded.clone(),
            unguarded,
        };
        Ok(Tagged { by_tag, page, notes })
    }

    /// The value that the holder bears. Tags that were not seen are no ground for a policy.
    fn borne_by(&self, tag: &str, holder: Option<PrincipalIndex>) -> Result<Option<String>, QuestionError> {
        let Some(holder) = holder else { return Ok(None) };
        let record = self.world().snapshot().principal(holder);
        let Some(tags) = &record.tags else {
            return Err(QuestionError::new(format!("the tags of `{}` were not seen", record.arn))
                .hint("collect them, or import what `aws iam get-account-authorization-details` says"));
        };
        // AWS: IAM User Guide, "Tags for AWS Identity and Access Management resources", Case sensitivity: two keys of one
        // caller cannot differ in case alone.
        let own = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(tag));
        Ok(own.map(|(_, value)| value.to_string()))
    }

    /// The thing of a need, if its tag can be asked for and was seen; else why it stays by ARN.
    fn thing_with(&self, tag: &str, need: &Need) -> Result<TaggedThing<'static>, String> {
        let catalog = self.world().catalog();
        let On::Thing(arn) = &need.on else {
            return Err(match need.on {
                On::Any => "the action takes no resource",
                _ => "it is not one thing",
            }
            .to_owned());
        };
        let not = |why: &str| Err(why.to_owned());
        let Some(action) = catalog.action(&need.action) else { return not("the action is not known") };
        let taken = catalog.resources(action).map(|taken| taken.resource_type().id()).collect::<Vec<_>>();
        let kind = catalog.resource_types_of(arn).into_iter().find(|kind| taken.contains(&kind.id()));
        let Some(kind) = kind else { return not("the action is not known to take such a thing") };
        let key = "aws:ResourceTag/${TagKey}";
        let of_pair = || {
            let pairs = catalog.resources(action).filter(|taken| taken.resource_type().id() == kind.id());
            pairs.flat_map(|taken| taken.keys().collect::<Vec<_>>()).any(|own| own.eq_ignore_ascii_case(key))
        };
        if !kind.keys().any(|own| own.eq_ignore_ascii_case(key)) && !of_pair() {
            return not("the action does not read tags of such a thing");
        }
        match kind.service().prefix() {
            // AWS: S3 User Guide, "Enabling ABAC in general purpose buckets": off by default; objects have tags of their own.
            "s3" => {
                return not(
                    "Amazon S3 reads tags of a bucket only where that is enabled, which was not seen",
                );
            }
            // AWS: DynamoDB Developer Guide, "Enabling ABAC in DynamoDB": a setting of the account.
            "dynamodb" => {
                return not("DynamoDB reads tags only in accounts where that is enabled, which was not seen");
            }
            _ => {}
        }
        // AWS: IAM User Guide, "Granting a user permissions to pass a role to an AWS service": tags of the role give no
        // reliable result there.
        if need.action.eq_ignore_ascii_case("iam:PassRole") {
            return not("passing a role cannot be held by its tags reliably");
        }
        if catalog.access(action).contains(Level::TAGGING) {
            return not("it sets tags itself");
        }
        let makes = MAKES.iter().any(|word| catalog.short_name(action).starts_with(word));
        if makes && catalog.takes_key(action, "aws:RequestTag/x") != Some(false) {
            return not("it may make the thing, which bears no tag yet");
        }
        let snapshot = self.world().snapshot();
        let principal = snapshot.principal_by_arn(arn);
        let (target, tags) = match (principal, snapshot.resource_by_arn(arn)) {
            (Some(index), _) => (Target::Principal(index), &snapshot.principal(index).tags),
            (None, Some(index)) => (Target::Resource(index), &snapshot.resource(index).tags),
            (None, None) => return not("it was not seen"),
        };
        let Some(tags) = tags else { return not("its tags were not seen") };
        let value =
            tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(tag)).map(|(_, value)| value.to_string());
        Ok(TaggedThing { target, kind, value })
    }

    /// Who may set or remove the tag today: of the things, and of the holder. Things of which the same may stand in one row.
    fn setters(
        &self,
        tag: &str,
        holder: Option<PrincipalIndex>,
        targets: BTreeMap<Target, Vec<ActionId>>,
    ) -> Vec<SetterRow> {
        let when = self.world().context(&[("aws:TagKeys".to_owned(), vec![tag.to_owned()])].into());
        let catalog = self.world().catalog();
        let mut asked: Vec<(Target, Vec<ActionId>)> = Vec::new();
        if let Some(holder) = holder {
            let of_role = self.world().snapshot().principal(holder).kind == PrincipalKind::Role;
            let names: &[&str] = if of_role {
                &["iam:TagRole", "iam:UntagRole", "sts:TagSession"]
            } else {
                &["iam:TagUser", "iam:UntagUser"]
            };
            let actions = names.iter().filter_map(|name| catalog.action(name)).collect();
            asked.push((Target::Principal(holder), actions));
        }
        asked.extend(targets.into_iter().take(MOST_THINGS));
        let mut rows: BTreeMap<MaySet, (Vec<Target>, BTreeSet<ActionId>)> = BTreeMap::new();
        for (target, actions) in asked {
            let wanted: Vec<Wanted> = actions
                .iter()
                .map(|action| Wanted { action: Action::new(catalog.name(*action)), form: ArnForm::Itself })
                .collect();
            let mut may =
                MaySet { policy_not_seen: self.world().policy_not_seen(&target), ..MaySet::default() };
            for access in self.world().who_can(&wanted, &target, &when) {
                match Standing::of_access(&access) {
                    Standing::Certain => may.certain.push(access.actor),
                    Standing::Conditional | Standing::Unknown => may.perhaps.push(access.actor),
                    Standing::No => {}
                }
            }
            let row = rows.entry(may).or_default();
            row.0.push(target);
            row.1.extend(actions);
        }
        let things = |actors: &[Actor]| actors.iter().map(|actor| self.thing_of_actor(actor)).collect();
        rows.into_iter()
            .map(|(may, (targets, actions))| SetterRow {
                things: targets.iter().map(|target| self.thing_of_target(target)).collect(),
                actions: actions.iter().map(|action| catalog.name(*action).to_owned()).collect(),
                who: things(&may.certain),
                perhaps: things(&may.perhaps),
                policy_not_seen: may.policy_not_seen,
            })
            .collect()
    }
}

/// Who may set a tag of a thing.
#[derive(Default, PartialEq, Eq, PartialOrd, Ord)]
struct MaySet {
    certain: Vec<Actor>,
    perhaps: Vec<Actor>,
    policy_not_seen: bool,
}

/// A thing whose tags were seen.
struct TaggedThing<'c> {
    target: Target,
    kind: ResourceType<'c>,
    /// The value of the tag; none: it does not bear it.
    value: Option<String>,
}

/// AWS: IAM User Guide, "Tags for AWS Identity and Access Management resources", Rules for tagging: up to 128 letters,
/// numbers, spaces and `_.:/=+-@`; none that begins with `aws:`.
fn refuse_odd(tag: &str) -> Result<(), QuestionError> {
    let fits = |letter: char| letter.is_alphanumeric() || letter == ' ' || "_.:/=+-@".contains(letter);
    let starts = tag.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    if tag.is_empty() || tag.chars().count() > 128 || starts || !tag.chars().all(fits) {
        return Err(QuestionError::new(format!("`{tag}` is no key of a tag that users and roles can bear"))
            .hint("letters, numbers, spaces and `_.:/=+-@`, up to 128, not beginning with `aws:`"));
    }
    Ok(())
}

fn state(need: &mut Need, prefix: &str, tag: &str, values: Vec<String>) {
    let key = format!("{prefix}{tag}");
    if !need.context.keys().any(|known| known.eq_ignore_ascii_case(&key)) {
        need.context.insert(key, values);
    }
}

/// The value that most needs go by; of several the first by its letters.
fn most_common(found: &[Result<TaggedThing<'_>, String>]) -> Option<String> {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    found.iter().flatten().filter_map(|thing| thing.value.as_ref()).for_each(|value| {
        *counts.entry(value).or_insert(0) += 1;
    });
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(value, _)| value.clone())
}

/// What sets or removes tags of things of a type.
fn tagging_on(kind: ResourceType<'_>) -> Vec<ActionId> {
    let catalog = clavicle_catalog::catalog();
    kind.actions().filter(|action| catalog.access(*action).contains(Level::TAGGING)).collect()
}

/// The actions that the guard refuses for this tag; told: those that it cannot, that are needed, or that may be.
fn guard(
    by_tag: &mut ByTag,
    taggers: &BTreeSet<ActionId>,
    needs: &[Need],
    unknown: &BTreeMap<ActionId, &'static str>,
) -> Vec<String> {
    let catalog = clavicle_catalog::catalog();
    if by_tag.needs.is_empty() {
        return Vec::new();
    }
    let own = OF_CALLERS.iter().filter_map(|name| catalog.action(name));
    let all: BTreeSet<ActionId> = taggers.iter().copied().chain(own).collect();
    let is_needed = |name: &str| needs.iter().any(|need| need.action.eq_ignore_ascii_case(name));
    let mut unguarded = Vec::new();
    for action in all {
        let name = catalog.name(action);
        if is_needed(name) {
            unguarded.push(format!("{name}: it is needed"));
        } else if let Some(why) = unknown.get(&action) {
            unguarded.push(format!("{name}: it may be in use, {why}"));
        } else if catalog.takes_key(action, "aws:TagKeys") == Some(true) {
            by_tag.guarded.push(name.to_owned());
        } else {
            unguarded.push(format!("{name}: it is not known to say which tag"));
        }
    }
    unguarded
}

/// What goes by the tag, in a sentence before that of the policy.
pub(super) fn lead(page: &TagPage) -> String {
    match &page.value {
        Some(value) if page.needs > 0 => {
            let count = counted(page.needs, "request goes", "requests go");
            format!("{count} by the tag {}={value}. ", page.tag)
        }
        _ => format!("Nothing goes by the tag {}. ", page.tag),
    }
}
