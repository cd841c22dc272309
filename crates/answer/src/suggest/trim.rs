//! A plan that takes from somebody what was not used: the new texts, the commands that put them in place, and those that
//! undo it. Nothing here runs any of them.
//!
//! A policy that somebody has alone gets a new version. One that others have too, or that is AWS's, stays as it is: what
//! is needed of it goes into a policy of their own, and it is detached. So nobody else loses anything.

use clavicle_graph::Document;
use clavicle_policy::{Policy, layout};
use clavicle_snapshot::{PolicyIndex, PrincipalKind};
use clavicle_trim::together;

use super::told::{Told, refused, told};
use super::used::Held;
use super::{How, Seen, Suggestion};
use crate::page::counted;
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::shape::{SuggestionPage, TrimPage, TrimStep};

/// A plan.
#[derive(Debug, Clone)]
pub struct Trim {
    /// What is told.
    pub page: TrimPage,
    /// What is written into a folder: the texts, old and new, `apply.sh`, `rollback.sh`.
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
        let held = self.held(who, seen, how)?;
        let record = self.world().snapshot().principal(held.principal);
        if record.path.starts_with("/aws-reserved/") || record.path.starts_with("/aws-service-role/") {
            return Err(QuestionError::new(format!("the policies of `{who}` cannot be edited"))
                .hint("AWS makes such roles: a permission set is trimmed in IAM Identity Center; `suggest` says to what"));
        }
        let mut plan = Plan::new(record.kind, &record.name);
        let mut own = Vec::new();
        for place in 0..held.documents.len() {
            if let Some(rest) = self.plan_document(&held, place, &mut plan) {
                own.push(rest);
            }
        }
        plan.own_policies(&record.arn, &own, how)?;
        let about = Told {
            who: Some(self.thing_of_principal(held.principal)),
            needs: &held.needs,
            seen: held.seen.clone(),
            documents: held.names.clone(),
            lead: held.lead.clone(),
            notes: held.notes.clone(),
        };
        let enough = told(&held.proposal, about, how)?;
        Ok(plan.finished(enough, held.lead.trim_end()))
    }

    /// What happens to one policy; what is needed of it and has to stand somewhere else.
    fn plan_document(&self, held: &Held, place: usize, plan: &mut Plan) -> Option<Policy> {
        let document = held.documents.get(place)?;
        let (name, new) = (held.names.get(place)?, held.proposal.policies.get(place)?);
        let text = self.world().text_of_document(document)?;
        let old_text = layout(self.world().text(text));
        let is_same = new.statements == held.policies.get(place)?.statements;
        let empty = new.statements.is_empty();
        if is_same {
            plan.step(TrimStep {
                change: "stays".to_owned(),
                why: "all of it is needed, or cannot be known".to_owned(),
                ..TrimStep::of(name)
            });
            return None;
        }
        match document {
            Document::Inline(bearer, at) if *bearer == held.principal => {
                let inline = self.world().snapshot().principal(*bearer).inline.get(*at)?;
                plan.inline(
                    name,
                    &inline.name,
                    &old_text,
                    (!empty).then(|| new.print()).flatten().as_deref(),
                );
                None
            }
            Document::Managed(index)
                if self.world().snapshot().principal(held.principal).attached.contains(index) =>
            {
                self.plan_managed(held, *index, name, &old_text, new, plan)
            }
            _ => {
                plan.by_groups = true;
                plan.step(TrimStep {
                    change: "stays".to_owned(),
                    why: "it comes by a group, whose other members would lose it".to_owned(),
                    ..TrimStep::of(name)
                });
                None
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
    ) -> Option<Policy> {
        let record = self.world().snapshot().policy(index);
        let attachments = self.in_use().attachments(&Document::Managed(index)).clone();
        let others = attachments.bearers.iter().filter(|bearer| **bearer != held.principal).count()
            + attachments.bounds.len()
            + attachments.permission_sets.len();
        let rest = (!new.statements.is_empty()).then(|| new.clone());
        let old_version = record.default_version.as_deref();
        let may_be_written = record.account.is_some()
            && others == 0
            && record.versions.len() < MOST_VERSIONS
            && old_version.is_some();
        match (&rest, old_version) {
            (Some(rest), Some(version)) if may_be_written => {
                plan.new_version(name, &record.arn, version, old_text, &rest.print()?);
                None
            }
            _ => {
                let why = match (record.account.is_none(), others) {
                    (true, _) => "it is AWS's".to_owned(),
                    (false, 0) if rest.is_none() => "nothing of it is needed".to_owned(),
                    (false, 0) => {
                        "it has no room for another version, or its version was not seen".to_owned()
                    }
                    (false, others) => {
                        format!("{} it too", counted(others, "other has", "others have"))
                    }
                };
                plan.detach(name, &record.arn, &why, old_text, rest.is_some());
                rest
            }
        }
    }
}

/// A plan in the making.
struct Plan {
    kind: PrincipalKind,
    /// The name of the user or role.
    bearer: String,
    steps: Vec<TrimStep>,
    files: Vec<TrimFile>,
    /// Something that comes by groups could go.
    by_groups: bool,
    /// Commands, in their order. What gives comes before what takes, so that nothing is missing in between.
    gives: Vec<String>,
    takes: Vec<String>,
    /// Commands that undo: first what was taken comes back.
    gives_back: Vec<String>,
    takes_back: Vec<String>,
}

impl Plan {
    fn new(kind: PrincipalKind, bearer: &str) -> Self {
        Self {
            kind,
            bearer: bearer.to_owned(),
            steps: Vec::new(),
            files: Vec::new(),
            by_groups: false,
            gives: Vec::new(),
            takes: Vec::new(),
            gives_back: Vec::new(),
            takes_back: Vec::new(),
        }
    }

    fn word(&self) -> &'static str {
        if self.kind == PrincipalKind::Role { "role" } else { "user" }
    }

    /// `--role-name 'web'`
    fn whom(&self) -> String {
        format!("--{}-name {}", self.word(), quoted(&self.bearer))
    }

    fn step(&mut self, step: TrimStep) {
        self.steps.push(step);
    }

    /// Writes a text down; the name of its file, as the CLI takes it.
    fn file(&mut self, folder: &str, text: &str) -> String {
        let name = format!("{folder}/{:02}.json", self.files.len() + 1);
        self.files.push(TrimFile { name: name.clone(), text: text.to_owned(), script: false });
        format!("file://{name}")
    }

    fn inline(&mut self, name: &str, policy: &str, old: &str, new: Option<&str>) {
        let (whom, word) = (self.whom(), self.word());
        let named = format!("{whom} --policy-name {}", quoted(policy));
        let before = self.file("old", old);
        match new {
            Some(text) => {
                let after = self.file("new", text);
                self.takes.push(format!("aws iam put-{word}-policy {named} --policy-document {after}"));
            }
            None => self.takes.push(format!("aws iam delete-{word}-policy {named}")),
        }
        self.gives_back.push(format!("aws iam put-{word}-policy {named} --policy-document {before}"));
        self.step(TrimStep {
            change: if new.is_some() { "new text" } else { "goes" }.to_owned(),
            why: "it is inline: nobody else has it".to_owned(),
            diff: diff(old, new.unwrap_or_default()),
            ..TrimStep::of(name)
        });
    }

    fn new_version(&mut self, name: &str, arn: &str, version: &str, old: &str, new: &str) {
        self.file("old", old);
        let after = self.file("new", new);
        let arn = quoted(arn);
        self.takes.push(format!(
            "aws iam create-policy-version --policy-arn {arn} --policy-document {after} --set-as-default"
        ));
        let version = quoted(version);
        self.gives_back.push(format!(
            "new=$(aws iam get-policy --policy-arn {arn} --query Policy.DefaultVersionId --output text)\n\
             aws iam set-default-policy-version --policy-arn {arn} --version-id {version}\n\
             if [ \"$new\" != {version} ]; then aws iam delete-policy-version --policy-arn {arn} --version-id \"$new\"; fi"
        ));
        self.step(TrimStep {
            change: "new version".to_owned(),
            why: "nobody else has it".to_owned(),
            diff: diff(old, new),
            ..TrimStep::of(name)
        });
    }

    fn detach(&mut self, name: &str, arn: &str, why: &str, old: &str, some_is_needed: bool) {
        let (whom, word, arn) = (self.whom(), self.word(), quoted(arn));
        self.file("old", old);
        self.takes.push(format!("aws iam detach-{word}-policy {whom} --policy-arn {arn}"));
        self.gives_back.push(format!("aws iam attach-{word}-policy {whom} --policy-arn {arn}"));
        let rest = if some_is_needed { "; what is needed of it goes into a policy of its own" } else { "" };
        self.step(TrimStep {
            change: "is detached".to_owned(),
            why: format!("{why}{rest}"),
            ..TrimStep::of(name)
        });
    }

    /// What is needed of policies that are detached, in policies of their own.
    fn own_policies(&mut self, arn: &str, rest: &[Policy], how: &How) -> Result<(), QuestionError> {
        let found = together(rest, how.wanted).map_err(|refusal| refused(&refusal))?;
        let parts: Vec<&Policy> =
            found.policies.iter().filter(|policy| !policy.statements.is_empty()).collect();
        let mut pieces = arn.split(':');
        let (partition, account) = (pieces.nth(1).unwrap_or("aws"), pieces.nth(2).unwrap_or_default());
        for (place, part) in parts.iter().enumerate() {
            let Some(text) = part.print() else { continue };
            let name = format!("{}-trimmed-{}", self.bearer.chars().take(100).collect::<String>(), place + 1);
            let arn = quoted(&format!("arn:{partition}:iam::{account}:policy/{name}"));
            let (whom, word) = (self.whom(), self.word());
            let file = self.file("new", &text);
            self.gives.push(format!(
                "aws iam create-policy --policy-name {} --policy-document {file}\n\
                 aws iam attach-{word}-policy {whom} --policy-arn {arn}",
                quoted(&name)
            ));
            self.takes_back.push(format!(
                "aws iam detach-{word}-policy {whom} --policy-arn {arn}\n\
                 aws iam delete-policy --policy-arn {arn}"
            ));
            self.step(TrimStep {
                change: "is new, and attached".to_owned(),
                why: "what is needed of the policies that are detached".to_owned(),
                diff: diff("", &text),
                ..TrimStep::of(&format!("policy/{name}"))
            });
        }
        Ok(())
    }

    fn finished(mut self, enough: Suggestion, lead: &str) -> Trim {
        let suggestion: SuggestionPage = enough.page.clone();
        let script = |what: &str, commands: &mut dyn Iterator<Item = &String>| {
            let mut text = format!(
                "#!/bin/sh\n# {what}\n# Read it before you run it. clavicle runs nothing.\nset -eu\ncd \"$(dirname \"$0\")\"\n"
            );
            commands.for_each(|command| text.push_str(&format!("{command}\n")));
            text
        };
        let apply = script("Takes away what was not used.", &mut self.gives.iter().chain(&self.takes));
        let rollback = script(
            "Puts everything back as it was.",
            &mut self.gives_back.iter().rev().chain(self.takes_back.iter().rev()),
        );
        let changes = self.gives.len() + self.takes.len();
        if changes > 0 {
            for (name, text) in [("apply.sh", &apply), ("rollback.sh", &rollback)] {
                self.files.push(TrimFile { name: name.to_owned(), text: text.clone(), script: true });
            }
        }
        let sentence = match changes {
            0 => format!("{lead} Nothing can be taken away."),
            _ => format!("{lead} {} to make.", counted(changes, "change", "changes")),
        };
        let mut notes = suggestion.notes;
        if self.by_groups {
            notes.push(
                "What comes by groups stays, though some of it was not used either; it is counted above."
                    .to_owned(),
            );
        }
        let page = TrimPage {
            schema: "clavicle.trim/1",
            sentence,
            who: suggestion.who,
            steps: self.steps,
            apply: if changes > 0 { apply } else { String::new() },
            rollback: if changes > 0 { rollback } else { String::new() },
            needs: suggestion.needs,
            kept: suggestion.kept,
            removed: suggestion.removed,
            unmet: suggestion.unmet,
            verified: suggestion.verified,
            catalog: suggestion.catalog,
            notes,
        };
        Trim { page, files: self.files, enough }
    }
}

/// One word for a shell, whatever is in it.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The lines that go and come, those that stay between them: the longest common subsequence. Quadratic; policies are short.
fn diff(old: &str, new: &str) -> Vec<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let mut length = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            length[a][b] = match old[a] == new[b] {
                true => length[a + 1][b + 1] + 1,
                false => length[a + 1][b].max(length[a][b + 1]),
            };
        }
    }
    let (mut a, mut b, mut lines) = (0, 0, Vec::new());
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            lines.push(format!("  {}", old[a]));
            (a, b) = (a + 1, b + 1);
        } else if b >= new.len() || (a < old.len() && length[a + 1][b] >= length[a][b + 1]) {
            lines.push(format!("- {}", old[a]));
            a += 1;
        } else {
            lines.push(format!("+ {}", new[b]));
            b += 1;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{diff, quoted};

    #[test]
    fn lines_that_stay_go_and_come() {
        assert_eq!(diff("a\nb\nc", "a\nx\nc\nd"), ["  a", "- b", "+ x", "  c", "+ d"]);
        assert_eq!(diff("", "a"), ["+ a"]);
        assert_eq!(diff("a", ""), ["- a"]);
    }

    #[test]
    fn a_name_is_one_word_whatever_is_in_it() {
        assert_eq!(quoted("a'; rm -rf ~ #$(x)`y`"), r"'a'\''; rm -rf ~ #$(x)`y`'");
    }
}
