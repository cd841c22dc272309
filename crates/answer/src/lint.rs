//! What is wrong in files of policies: the rules of `clavicle-lint`, with acceptances, in the shape of findings.

use std::cell::Cell;
use std::collections::HashMap;
use std::ops::Range;

use clavicle_lint::{Guess, PolicyKind, Severity as Level, is_stack_policy};
use clavicle_policy::{Span, documents, parse};
use clavicle_template::{Language, Reading, Unread};
use jiff::civil::Date;

use crate::count::{counted, number};
use crate::findings::id_of;
use crate::nearest::nearest;
use crate::page::listed;
use crate::question::QuestionError;
use crate::settings::{Accepted as Acceptance, Settings};
use crate::shape::{
    Accepted, Cause, Finding, FindingCounts, LintFinding, LintPage, LintPlace, LintedDocument, Severity,
    Thing,
};

/// A file of policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFile {
    /// How it was named.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// What is to be looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lint {
    /// What kind the policies are; `None`: guessed from each text.
    pub kind: Option<PolicyKind>,
    /// Ids of rules; none: all.
    pub rules: Vec<String>,
    /// The day on which acceptances have to hold; `None`: every day.
    pub today: Option<String>,
}

/// A file after its fixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedFile {
    /// The text.
    pub text: String,
    /// What was changed: the rule and what it said, with the line where it stood when it was changed.
    pub done: Vec<String>,
    /// What was left, since the access was not shown to stay the same.
    pub refused: Vec<String>,
}

impl Lint {
    /// Looks at files. An unknown rule is an error, and so is a day that is none.
    pub fn look(&self, files: &[PolicyFile], settings: &Settings) -> Result<LintPage, QuestionError> {
        let rules = self.wanted()?;
        let today = self.today()?;
        let mut page = LintPage {
            schema: "clavicle.lint/1",
            catalog: clavicle_catalog::catalog().data_date().to_owned(),
            rules: rules.iter().map(|id| (*id).to_owned()).collect(),
            documents: Vec::new(),
            sentence: String::new(),
            counts: FindingCounts::default(),
            findings: Vec::new(),
            accepted: Vec::new(),
            notes: Vec::new(),
        };
        let mut same: HashMap<String, usize> = HashMap::new();
        for file in files {
            let (held, notes) = held(file);
            page.notes.extend(notes);
            for policy in held {
                let (kind, guessed) = self.kind_of(&policy);
                page.documents.push(LintedDocument {
                    file: file.name.clone(),
                    route: Some(policy.route.clone()).filter(|route| !route.is_empty()),
                    kind: kind.name().to_owned(),
                    guessed,
                    line: position(&file.text, policy.span.start).0,
                });
                for found in policy.lint(kind).into_iter().filter(|found| rules.contains(&found.rule.id)) {
                    let sid = sid_of(&policy.json, found.statement);
                    let mut one = finding(file, &policy.route, &found, sid);
                    // The same said twice of a statement is two findings, in the order of the text.
                    let count = same.entry(one.finding.id.clone()).or_default();
                    *count += 1;
                    if *count > 1 {
                        one.finding.id = format!("{}-{count}", one.finding.id);
                    }
                    one.finding.accepted = acceptance_of(&one, settings, today, &mut page.notes);
                    if one.finding.accepted.is_some() {
                        page.accepted.push(one);
                    } else {
                        page.findings.push(one);
                    }
                }
            }
        }
        page.counts = counts(&page);
        page.sentence = sentence(&page);
        Ok(page)
    }

    /// Makes the changes of a file that are shown to keep the access, but for what somebody accepted.
    pub fn fix(&self, file: &PolicyFile, settings: &Settings) -> Result<FixedFile, QuestionError> {
        self.fix_some(file, settings, &|_| true)
    }

    /// The file after the change of one finding of [`Held::lint`], if that is shown to keep the access; `None`: it is not.
    pub fn fix_one(&self, file: &PolicyFile, wanted: &clavicle_lint::Finding) -> Option<String> {
        let found_it = Cell::new(false);
        let is_it = |found: &clavicle_lint::Finding| {
            found.rule.id == wanted.rule.id
                && (found.span, &found.message) == (wanted.span, &wanted.message)
                // What moves to its place afterwards is another.
                && !found_it.replace(true)
        };
        let fixed = self.fix_some(file, &Settings::default(), &is_it).ok()?;
        (fixed.text != file.text).then_some(fixed.text)
    }

    /// `is_wanted` is asked of findings at their places in the file, as long as nothing of it is changed.
    fn fix_some(
        &self,
        file: &PolicyFile,
        settings: &Settings,
        is_wanted: &dyn Fn(&clavicle_lint::Finding) -> bool,
    ) -> Result<FixedFile, QuestionError> {
        let rules = self.wanted()?;
        let today = self.today()?;
        let mut fixed = FixedFile { text: file.text.clone(), done: Vec::new(), refused: Vec::new() };
        let (mut held, _) = held(file);
        // From the end, so that the places of those before stay true.
        held.reverse();
        let wanted = |policy: &Held, file: &PolicyFile, found: &clavicle_lint::Finding| {
            let one = || finding(file, &policy.route, found, sid_of(&policy.json, found.statement));
            rules.contains(&found.rule.id)
                && (settings.accepted.is_empty()
                    || acceptance_of(&one(), settings, today, &mut Vec::new()).is_none())
        };
        let say = |route: &str, found: &clavicle_lint::Finding| {
            let route = join(route, &found.route);
            format!("{}: {}: {} ({route})", file.name, found.rule.id, found.message)
        };
        for policy in held.iter().filter(|policy| policy.template.is_none()) {
            let (kind, _) = self.kind_of(policy);
            // Places are those of the text by itself; acceptances turn on no place.
            let outcome = clavicle_lint::fix(&policy.json, kind, &|found| {
                wanted(policy, file, found) && is_wanted(&policy.in_file(found.clone()))
            });
            let end = policy.span.end.min(file.text.len());
            fixed.text.replace_range(policy.span.start..end, &outcome.text);
            fixed.done.splice(0..0, outcome.done.iter().map(|found| say(&policy.route, found)));
            fixed.refused.splice(0..0, outcome.refused.iter().map(|found| say(&policy.route, found)));
        }
        if held.iter().any(|policy| policy.template.is_some()) {
            let in_template = |policy: &clavicle_template::Policy| {
                let held = Held::of_template(policy.clone());
                Some(self.kind_of(&held).0)
            };
            let outcome =
                clavicle_lint::fix_template(&fixed.text, file.language(), &in_template, &|policy, found| {
                    wanted(&Held::of_template(policy.clone()), file, found) && is_wanted(found)
                });
            fixed.text = outcome.text;
            fixed.done.extend(outcome.done.iter().map(|found| say("", found)));
            fixed.refused.extend(outcome.refused.iter().map(|found| say("", found)));
        }
        Ok(fixed)
    }

    fn wanted(&self) -> Result<Vec<&'static str>, QuestionError> {
        if self.rules.is_empty() {
            return Ok(clavicle_lint::rules().map(|rule| rule.id).collect());
        }
        let found = self.rules.iter().map(|id| {
            clavicle_lint::rule(id).map(|rule| rule.id).ok_or_else(|| {
                let near = nearest(id, clavicle_lint::rules().map(|rule| (rule.id.to_owned(), rule.id)), 3);
                QuestionError::new(format!("`{id}` is no rule for policy files"))
                    .candidates(near)
                    .hint("docs/lint-rules.md lists the rules for files, docs/rules.md those for accounts")
            })
        });
        found.collect()
    }

    fn today(&self) -> Result<Option<Date>, QuestionError> {
        let day = |text: &String| {
            crate::findings::day(text).ok_or_else(|| {
                QuestionError::new(format!("`{text}` is no day")).hint("write it as `2026-08-22`")
            })
        };
        self.today.as_ref().map(day).transpose()
    }

    /// What was said, else what the file says around the policy, else what its text says.
    fn kind_of(&self, policy: &Held) -> (PolicyKind, Option<String>) {
        match self.kind {
            Some(kind) => (kind, None),
            None => {
                let (kind, because) = policy.kind();
                (kind, Some(because))
            }
        }
    }
}

impl PolicyFile {
    /// The language of its name; of stdin, and of names that say nothing, JSON.
    pub fn language(&self) -> Language {
        Language::of(&self.name).unwrap_or(Language::Json)
    }
}

/// A policy that a file holds.
#[derive(Debug, Clone)]
pub struct Held {
    /// The bytes of the file.
    pub span: Range<usize>,
    /// The way to it.
    pub route: String,
    /// As JSON: a piece of the file, or what a template comes to.
    pub json: String,
    /// Of a policy that is no piece of JSON: where it stands.
    pub template: Option<clavicle_template::Policy>,
    /// What the file says that it is for.
    said: Option<(PolicyKind, String)>,
}

impl Held {
    fn of_template(policy: clavicle_template::Policy) -> Self {
        Self {
            span: policy.span.clone(),
            route: policy.route.clone(),
            json: policy.json(Reading::Wide).text,
            said: policy.purpose.clone().map(|(purpose, because)| (purpose.into(), because)),
            template: Some(policy),
        }
    }

    /// Its kind, and what says so.
    pub fn kind(&self) -> (PolicyKind, String) {
        if let Some(said) = &self.said {
            return said.clone();
        }
        let guess = parse(self.json.as_bytes()).policy.map(|policy| PolicyKind::guess(&policy));
        let Guess { kind, because } =
            guess.unwrap_or(Guess { kind: PolicyKind::Identity, because: "it cannot be read" });
        (kind, because.to_owned())
    }

    /// What is to be said of it, at its places in the file.
    pub fn lint(&self, kind: PolicyKind) -> Vec<clavicle_lint::Finding> {
        if let Some(policy) = &self.template {
            return clavicle_lint::lint_template(policy, kind);
        }
        clavicle_lint::lint(&self.json, kind).into_iter().map(|finding| self.in_file(finding)).collect()
    }

    /// A finding of a piece of JSON at its place in the file.
    fn in_file(&self, mut finding: clavicle_lint::Finding) -> clavicle_lint::Finding {
        let base = u32::try_from(self.span.start).unwrap_or(u32::MAX);
        let moved = |span: Span| Span::new(span.start.saturating_add(base), span.end.saturating_add(base));
        finding.span = moved(finding.span);
        for edit in &mut finding.edits {
            edit.span = moved(edit.span);
        }
        finding
    }
}

/// The policies of a file, and sentences on what of it is not looked at. A file of JSON that is none of a tool is one
/// policy at least, and its faults are findings.
pub fn held(file: &PolicyFile) -> (Vec<Held>, Vec<String>) {
    let holding = Holding::of(file);
    let notes = holding.notes(file);
    (holding.policies, notes)
}

/// What of a file is not looked at: the bytes, and a sentence on each. Of a fault nobody can say where it is.
pub fn unlooked(file: &PolicyFile) -> Vec<(Range<usize>, String)> {
    let holding = Holding::of(file);
    let unread = holding.unread.into_iter().map(|part| {
        let sentence = format!("This policy cannot be read here: {}.", part.why);
        (part.span, sentence)
    });
    let unseen = holding.unseen.into_iter().map(|part| {
        let sentence = format!("This part of the statements cannot be read here: {}.", part.why);
        (part.span, sentence)
    });
    let fault = holding.has_fault.then(|| (0..0, format!("The file {FAULT}.")));
    fault.into_iter().chain(unread).chain(unseen).collect()
}

const FAULT: &str = "has a fault; what stands behind it may not be seen";

/// What a file holds.
struct Holding {
    policies: Vec<Held>,
    /// Policies that cannot be read.
    unread: Vec<Unread>,
    /// Statements that cannot be.
    unseen: Vec<Unread>,
    /// Is there a fault, behind which something may not be seen?
    has_fault: bool,
    /// The bytes of stack policies, which are no policies of IAM.
    of_stacks: Vec<Range<usize>>,
}

impl Holding {
    fn of(file: &PolicyFile) -> Self {
        let mut holding = Self::with_all(file);
        let is_of_iam =
            |held: &Held| !parse(held.json.as_bytes()).policy.is_some_and(|it| is_stack_policy(&it));
        let (policies, of_stacks): (Vec<Held>, Vec<Held>) =
            std::mem::take(&mut holding.policies).into_iter().partition(is_of_iam);
        holding.of_stacks = of_stacks.into_iter().map(|held| held.span).collect();
        Self { policies, ..holding }
    }

    fn with_all(file: &PolicyFile) -> Self {
        let of_stacks = Vec::new();
        let language = file.language();
        let mut found = clavicle_template::find(&file.text, language);
        let is_piece = |policy: &clavicle_template::Policy| {
            language == Language::Json && !policy.is_in_string && !policy.has_unknown_parts()
        };
        let unseen: Vec<Unread> =
            found.policies.iter_mut().flat_map(|policy| std::mem::take(&mut policy.unseen)).collect();
        // The parser of policies says of a fault in a policy what it is.
        let is_plain = !found.is_whole || found.unread.is_empty() && found.policies.iter().all(is_piece);
        if language == Language::Json && !found.is_template && is_plain {
            let pieces = documents(&file.text).into_iter().map(|document| {
                let member = document.member.as_deref();
                let is_trust = member == Some("AssumeRolePolicyDocument");
                piece(
                    file,
                    document.span.start as usize..document.span.end as usize,
                    document.route,
                    is_trust
                        .then(|| (PolicyKind::Trust, "it stands in `AssumeRolePolicyDocument`".to_owned())),
                )
            });
            let policies: Vec<Held> = pieces.collect();
            let is_one = matches!(policies.as_slice(), [one] if one.json.trim() == file.text.trim());
            let has_fault = !found.is_whole && !is_one;
            return Self { policies, unread: Vec::new(), unseen, has_fault, of_stacks };
        }
        let held = found.policies.into_iter().map(|policy| {
            if is_piece(&policy) {
                let said = policy.purpose.map(|(purpose, because)| (purpose.into(), because));
                return piece(file, policy.span, policy.route, said);
            }
            Held::of_template(policy)
        });
        let has_fault = !found.is_whole;
        Self { policies: held.collect(), unread: found.unread, unseen, has_fault, of_stacks }
    }

    /// A sentence on each kind of what is not looked at.
    fn notes(&self, file: &PolicyFile) -> Vec<String> {
        let among = |parts: &[Unread], one: &str, several: &str, of: &str| {
            let first = parts.first()?;
            let line = position(&file.text, first.span.start).0;
            let count = counted(parts.len(), one, several);
            let which = if parts.len() == 1 { "on" } else { "the first on" };
            let (route, why) = (&first.route, &first.why);
            Some(format!(
                "{}: {count}{of} cannot be read here, {which} line {line} ({route}): {why}.",
                file.name
            ))
        };
        let unread = among(&self.unread, "policy", "policies", "");
        let unseen = among(&self.unseen, "part", "parts", " of the statements");
        let fault = self.has_fault.then(|| format!("{}: it {FAULT}.", file.name));
        let of_stack = self.of_stacks.first().map(|first| {
            let line = position(&file.text, first.start).0;
            let all = counted(self.of_stacks.len(), "stack policy", "stack policies");
            format!(
                "{}: {all} of AWS CloudFormation, on line {line}, which gives nobody access: it is not looked at.",
                file.name
            )
        });
        let is_empty =
            self.policies.is_empty() && self.unread.is_empty() && !self.has_fault && of_stack.is_none();
        let nothing = is_empty.then(|| format!("{}: no policy stands in it.", file.name));
        unread.into_iter().chain(unseen).chain(fault).chain(of_stack).chain(nothing).collect()
    }
}
fn piece(file: &PolicyFile, span: Range<usize>, route: String, said: Option<(PolicyKind, String)>) -> Held {
    let json = file.text.get(span.clone()).unwrap_or(&file.text).to_owned();
    Held { span, route, json, template: None, said }
}

fn sid_of(text: &str, statement: Option<usize>) -> Option<String> {
    let policy = parse(text.as_bytes()).policy?;
    policy.statements.get(statement?)?.sid.as_ref().map(|sid| sid.value.clone())
}

fn join(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        ("", inner) => inner.to_owned(),
        (outer, "") => outer.to_owned(),
        (outer, inner) => format!("{outer}.{inner}"),
    }
}

/// The line and column of a byte, from 1; columns count characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before.get(start..).unwrap_or_default().chars().count() + 1)
}

fn finding(
    file: &PolicyFile,
    route: &str,
    found: &clavicle_lint::Finding,
    sid: Option<String>,
) -> LintFinding {
    let bytes = found.range();
    let (line, column) = position(&file.text, bytes.start);
    let (end_line, end_column) = position(&file.text, bytes.end);
    let rule = found.rule;
    let level = found.severity();
    let severity = match level {
        Level::Error => Severity::High,
        Level::Security | Level::Warning => Severity::Medium,
        Level::Suggestion => Severity::Low,
    };
    let mut letters = found.message.chars();
    // A message that begins with somebody's text stays as it is.
    let sentence: String = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).chain(['.']).collect())
        .unwrap_or_default();
    let key = [file.name.trim_start_matches("./"), route, &found.message, sid.as_deref().unwrap_or_default()];
    let name = if route.is_empty() { file.name.clone() } else { format!("{}:{route}", file.name) };
    LintFinding {
        finding: Finding {
            id: id_of(rule.id, &key.map(str::to_owned)),
            rule: rule.id.to_owned(),
            severity,
            reason: rule.why.trim_end_matches('.').to_owned(),
            sentence,
            cause: Cause {
                thing: Thing {
                    name,
                    arn: None,
                    kind: "policy file".to_owned(),
                    account: None,
                    known_as: None,
                },
                document: Some(file.name.clone()),
                statement: found.statement.map(|at| at + 1),
                sid,
                line: Some(line),
            },
            reaches: Vec::new(),
            fix: found.help.clone().unwrap_or_else(|| rule.fix.to_owned()),
            because: Vec::new(),
            accepted: None,
        },
        level: level.name().to_owned(),
        message: found.message.clone(),
        place: LintPlace {
            file: file.name.clone(),
            route: join(route, &found.route),
            line,
            column,
            end_line,
            end_column,
            bytes,
        },
    }
}

/// The acceptance that holds for a finding; of one that ended, a note says so. `thing` is the file.
fn acceptance_of(
    one: &LintFinding,
    settings: &Settings,
    today: Option<Date>,
    notes: &mut Vec<String>,
) -> Option<Accepted> {
    let file = one.place.file.trim_start_matches("./");
    let speaks = |accept: &&Acceptance| {
        let is_file = |name: &String| name.trim_start_matches("./") == file;
        match (&accept.finding, &accept.rule) {
            (Some(id), _) => *id == one.finding.id,
            // What names no rule speaks of ways in, and so does what names an outsider.
            (None, None) => false,
            (None, Some(rule)) => {
                *rule == one.finding.rule
                    && accept.from.is_none()
                    && accept.thing.as_ref().is_none_or(is_file)
            }
        }
    };
    let holds = |accept: &&Acceptance| {
        today.is_none_or(|today| crate::findings::day(&accept.until).is_some_and(|until| until >= today))
    };
    let accepts: Vec<&Acceptance> = settings.accepted.iter().filter(speaks).collect();
    if let Some(Acceptance { who, why, until, .. }) = accepts.iter().copied().find(holds) {
        return Some(Accepted { who: who.clone(), why: why.clone(), until: until.clone() });
    }
    notes.extend(accepts.first().map(|Acceptance { who, until, .. }| {
        format!("{} was accepted by {who} until {until}, and is reported again.", one.finding.id)
    }));
    None
}

fn counts(page: &LintPage) -> FindingCounts {
    let count = |severity| page.findings.iter().filter(|found| found.finding.severity == severity).count();
    FindingCounts {
        critical: 0,
        high: count(Severity::High),
        medium: count(Severity::Medium),
        low: count(Severity::Low),
        accepted: page.accepted.len(),
    }
}

/// `3 findings in 2 policies: 1 error and 2 suggestions.`
fn sentence(page: &LintPage) -> String {
    let count = |level: &str| page.findings.iter().filter(|found| found.level == level).count();
    let plural = |level: Level| match level {
        Level::Error => ("error", "errors"),
        Level::Security => ("security warning", "security warnings"),
        Level::Warning => ("warning", "warnings"),
        Level::Suggestion => ("suggestion", "suggestions"),
    };
    let parts: Vec<String> = Level::ALL
        .into_iter()
        .map(|level| (count(level.name()), plural(level)))
        .filter(|(count, _)| *count > 0)
        .map(|(count, (one, many))| counted(count, one, many))
        .collect();
    let policies = counted(page.documents.len(), "policy", "policies");
    let accepted = match page.accepted.len() {
        0 => String::new(),
        count => format!("; {} accepted", number(count)),
    };
    match page.findings.len() {
        0 => format!("Nothing was found in {policies}{accepted}."),
        count => {
            format!("{} in {policies}: {}{accepted}.", counted(count, "finding", "findings"), listed(&parts))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lint, PolicyFile};
    use crate::settings::Settings;

    fn file() -> PolicyFile {
        let text = "[\n  {\"Version\": \"2012-10-17\", \"Statement\": {\"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": \"s3:GetObjects\", \"Resource\": \"arn:aws:s3:::b\"}},\n  {\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\", \"Action\": \"s3:getobject\", \"Resource\": \"arn:aws:s3:::b/*\"}}\n]\n";
        PolicyFile { name: "p/ci.json".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn every_policy_of_a_file_is_looked_at_where_it_stands() {
        let page = Lint::default().look(&[file()], &Settings::default()).expect("a page");
        let kinds: Vec<_> =
            page.documents.iter().map(|it| (it.route.as_deref(), it.kind.as_str(), it.line)).collect();
        assert_eq!(kinds, [(Some("[0]"), "identity", 2), (Some("[1]"), "scp", 3)]);
        let found: Vec<_> = page
            .findings
            .iter()
            .map(|it| (it.finding.rule.as_str(), it.place.route.as_str(), it.place.line))
            .collect();
        assert_eq!(
            found,
            [
                ("unknown-action", "[0].Statement[0].Action", 2),
                ("action-spelling", "[1].Statement[0].Action", 3)
            ]
        );
        assert_eq!(&file().text[page.findings[0].place.bytes.clone()], "\"s3:GetObjects\"");
        assert_eq!(page.findings[0].finding.cause.sid.as_deref(), Some("A"));
        assert_eq!(page.sentence, "2 findings in 2 policies: 1 error and 1 suggestion.");
    }

    #[test]
    fn no_rule_of_files_is_called_like_one_of_accounts() {
        let both: Vec<&str> = clavicle_lint::rules()
            .map(|rule| rule.id)
            .filter(|id| crate::findings::rule(id).is_some())
            .collect();
        assert_eq!(both, [""; 0]);
    }

    #[test]
    fn what_was_accepted_is_set_aside_until_its_day() {
        let settings = Settings::parse(
            "[[accept]]\nrule = \"unknown-action\"\nthing = \"./p/ci.json\"\nwho = \"dana\"\nwhy = \"x\"\nuntil = \"2027-01-01\"",
        )
        .expect("settings");
        let on = |day: &str| {
            let lint = Lint { today: Some(day.to_owned()), ..Lint::default() };
            lint.look(&[file()], &settings).expect("a page")
        };
        assert_eq!((on("2027-01-01").findings.len(), on("2027-01-01").accepted.len()), (1, 1));
        let later = on("2027-01-02");
        assert_eq!((later.findings.len(), later.accepted.len(), later.notes.len()), (2, 0, 1));
        assert!(
            Lint { rules: vec!["unknown-acton".to_owned()], ..Lint::default() }.look(&[], &settings).is_err()
        );
    }

    #[test]
    fn policies_in_templates_are_looked_at_where_they_stand() {
        let text = "Resources:\n  B:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n          - {Sid: A, Effect: Allow, Principal: {AWS: !Ref P}, Action: s3:GetObjects, Resource: !Sub '${B.Arn}/*'}\n  C:\n    Type: AWS::S3::BucketPolicy\n    Properties:\n      PolicyDocument: !Transform {Name: x}\n";
        let file = PolicyFile { name: "t.yaml".to_owned(), text: text.to_owned() };
        let page = Lint::default().look(&[file], &Settings::default()).expect("a page");
        assert_eq!(page.documents.len(), 1);
        assert_eq!(page.documents[0].kind, "resource");
        let found: Vec<_> = page
            .findings
            .iter()
            .map(|it| (it.finding.rule.as_str(), it.place.route.as_str(), it.place.line, it.place.column))
            .collect();
        assert_eq!(
            found,
            [("unknown-action", "Resources.B.Properties.PolicyDocument.Statement[0].Action", 8, 71)]
        );
        assert_eq!(page.notes.len(), 1, "{:?}", page.notes);
        assert!(page.notes[0].contains("1 policy cannot be read here, on line 12"), "{:?}", page.notes);
    }

    #[test]
    fn fixes_reach_every_policy_and_nothing_else() {
        let fixed = Lint::default().fix(&file(), &Settings::default()).expect("a text");
        assert_eq!(fixed.text, file().text.replace("s3:getobject", "s3:GetObject"));
        assert_eq!(fixed.done.len(), 1);
    }
}
