//! What is wrong in files of policies: the rules of `clavicle-lint`, with acceptances, in the shape of findings.

use std::collections::HashMap;

use clavicle_lint::{Guess, PolicyKind, Severity as Level};
use clavicle_policy::{Embedded, documents, parse};
use jiff::civil::Date;

use crate::findings::id_of;
use crate::nearest::nearest;
use crate::page::{counted, listed};
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
            for document in documents(&file.text) {
                let text = slice(&file.text, &document);
                let (kind, guessed) = self.kind_of(text, &document);
                page.documents.push(LintedDocument {
                    file: file.name.clone(),
                    route: Some(document.route.clone()).filter(|route| !route.is_empty()),
                    kind: kind.name().to_owned(),
                    guessed: guessed.map(str::to_owned),
                    line: position(&file.text, document.span.start as usize).0,
                });
                let found = clavicle_lint::lint(text, kind).into_iter();
                for found in found.filter(|found| rules.contains(&found.rule.id)) {
                    let sid = sid_of(text, found.statement);
                    let mut one = finding(file, &document, &found, sid);
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
        let rules = self.wanted()?;
        let today = self.today()?;
        let mut fixed = FixedFile { text: file.text.clone(), done: Vec::new(), refused: Vec::new() };
        let mut found = documents(&file.text);
        // From the end, so that the places of those before stay true.
        found.reverse();
        for document in found {
            let text = slice(&file.text, &document);
            let (kind, _) = self.kind_of(text, &document);
            let wanted = |found: &clavicle_lint::Finding| {
                let one = || finding(file, &document, found, sid_of(text, found.statement));
                rules.contains(&found.rule.id)
                    && acceptance_of(&one(), settings, today, &mut Vec::new()).is_none()
            };
            let outcome = clavicle_lint::fix(text, kind, &wanted);
            let (start, end) = (document.span.start as usize, document.span.end as usize);
            fixed.text.replace_range(start..end.min(file.text.len()), &outcome.text);
            let say = |found: &clavicle_lint::Finding| {
                let route = join(&document.route, &found.route);
                format!("{}: {}: {} ({route})", file.name, found.rule.id, found.message)
            };
            fixed.done.splice(0..0, outcome.done.iter().map(say));
            fixed.refused.splice(0..0, outcome.refused.iter().map(say));
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

    /// What was said, else what the member that holds the policy says, else what the text says.
    fn kind_of(&self, text: &str, document: &Embedded) -> (PolicyKind, Option<&'static str>) {
        if let Some(kind) = self.kind {
            return (kind, None);
        }
        if document.member.as_deref() == Some("AssumeRolePolicyDocument") {
            return (PolicyKind::Trust, Some("it stands in `AssumeRolePolicyDocument`"));
        }
        let guess = parse(text.as_bytes()).policy.map(|policy| PolicyKind::guess(&policy));
        let Guess { kind, because } =
            guess.unwrap_or(Guess { kind: PolicyKind::Identity, because: "it cannot be read" });
        (kind, Some(because))
    }
}

fn slice<'t>(text: &'t str, document: &Embedded) -> &'t str {
    text.get(document.span.start as usize..document.span.end as usize).unwrap_or(text)
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
    document: &Embedded,
    found: &clavicle_lint::Finding,
    sid: Option<String>,
) -> LintFinding {
    let base = document.span.start as usize;
    let bytes = base + found.span.start as usize..base + found.span.end as usize;
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
    let key = [
        file.name.trim_start_matches("./"),
        &document.route,
        &found.message,
        sid.as_deref().unwrap_or_default(),
    ];
    let name = if document.route.is_empty() {
        file.name.clone()
    } else {
        format!("{}:{}", file.name, document.route)
    };
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
            route: join(&document.route, &found.route),
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
        count => format!("; {count} accepted"),
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
    fn fixes_reach_every_policy_and_nothing_else() {
        let fixed = Lint::default().fix(&file(), &Settings::default()).expect("a text");
        assert_eq!(fixed.text, file().text.replace("s3:getobject", "s3:GetObject"));
        assert_eq!(fixed.done.len(), 1);
    }
}
