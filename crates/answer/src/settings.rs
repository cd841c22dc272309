//! What people know that no policy says: `clavicle.toml`.
//!
//! ```toml
//! [[known]]
//! account = "888877776666"      # or who = "github.com", the ARN of a provider, "everyone"
//! name = "Sailcheck"
//! why = "takes stock of what we run"
//! until = "2027-01-01"          # optional; past it they count as unknown again
//!
//! [[matter]]
//! thing = "s3://paperboat-invoices"
//! why = "customer billing data"
//!
//! [[accept]]                    # a finding that is meant to be
//! rule = "public-access"               # which rule, which thing, which outsider: at least one of them
//! thing = "s3://paperboat-covers"
//! from = "everyone"
//! who = "dana"                  # who accepted it, why, until when: all three; past that it is reported again
//! why = "book covers on the web site"
//! until = "2027-01-01"
//!
//! [[accept]]
//! finding = "shared-policy-5f0c2b9d8a41"   # or one finding of `clavicle check`, by its id
//! who = "dana"
//! why = "split next quarter, OPS-113"
//! until = "2027-01-01"
//!
//! [[ask]]                       # what has to hold: `clavicle check` asks it every time
//! question = "path outside matter"
//! expect = "no"                 # or "yes"
//! why = "what customers paid stays with us"
//!
//! [gate]                        # what fails a build: see `gate.rs`
//! access = "matter"
//! ```

use clavicle_policy::AccountId;
use serde::Deserialize;

use crate::gate::{Gate, TypedGate};
use crate::known_accounts::KnownAccounts;

/// What people know that no policy says: `clavicle.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Accounts, providers and hosts outside that are known.
    pub known: Vec<Known>,
    /// Things that matter.
    pub matters: Vec<MatterSetting>,
    /// Findings that are meant to be.
    pub accepted: Vec<Accepted>,
    /// Questions whose answers have to stay what they are.
    pub asks: Vec<AskSetting>,
    /// What fails a build; `None`: it is not said.
    pub gate: Option<Gate>,
    /// Accounts that a list names, such as a file of `--known`: who they are, not whether we know them.
    pub listed: KnownAccounts,
    /// Is this the demo?
    pub demo: bool,
}

/// Somebody outside who is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The account id, or the host or ARN of a provider.
    pub who: String,
    /// Their name.
    pub name: String,
    /// Why they are let in.
    pub why: Option<String>,
    /// The last day on which this holds, `2027-01-01`; `None`: for good.
    pub until: Option<String>,
}

/// A finding that is meant to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Accepted {
    /// One finding of `check`, by its id; `None`: as the rest says.
    pub finding: Option<String>,
    /// Of which rule; `None`: of every.
    pub rule: Option<String>,
    /// About which thing, as people name it; `None`: about every.
    pub thing: Option<String>,
    /// About whom, as in [`Known::who`]; `None`: about everybody.
    pub from: Option<String>,
    /// Who accepted it.
    pub who: String,
    /// Why.
    pub why: String,
    /// The last day on which this holds, `2027-01-01`.
    pub until: String,
    /// Is that day past? See [`Settings::as_of`].
    pub expired: bool,
}

/// A thing that matters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MatterSetting {
    /// The thing, as people name it: `s3://paperboat-invoices`, an ARN.
    pub thing: String,
    /// Why it matters.
    pub why: Option<String>,
}

/// A question whose answer has to stay what it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AskSetting {
    /// The question, as the ask bar takes it.
    pub question: String,
    /// Is the answer to be yes?
    pub yes: bool,
    /// Why.
    pub why: Option<String>,
    /// Its line in `clavicle.toml`, from 1.
    pub line: usize,
}

/// Why `clavicle.toml` could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct SettingsError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub hint: Option<String>,
}

/// What was typed. Tables and keys that are not about this are for others to read.
#[derive(Deserialize)]
struct Typed {
    #[serde(default)]
    known: Vec<toml::Spanned<TypedKnown>>,
    #[serde(default)]
    matter: Vec<toml::Spanned<TypedMatter>>,
    #[serde(default)]
    accept: Vec<toml::Spanned<TypedAccept>>,
    #[serde(default)]
    ask: Vec<toml::Spanned<TypedAsk>>,
    gate: Option<TypedGate>,
}

#[derive(Deserialize)]
struct TypedAsk {
    question: Option<String>,
    expect: Option<String>,
    why: Option<String>,
}

#[derive(Deserialize)]
struct TypedKnown {
    account: Option<String>,
    who: Option<String>,
    name: Option<String>,
    why: Option<String>,
    until: Option<Day>,
}

#[derive(Deserialize)]
struct TypedMatter {
    thing: Option<String>,
    why: Option<String>,
}

#[derive(Deserialize)]
struct TypedAccept {
    finding: Option<String>,
    rule: Option<String>,
    thing: Option<String>,
    from: Option<String>,
    who: Option<String>,
    why: Option<String>,
    until: Option<Day>,
}

/// A day, in quotes or as a TOML date.
#[derive(Deserialize)]
#[serde(untagged)]
enum Day {
    Text(String),
    Date(toml::value::Datetime),
}

impl Settings {
    /// Reads the text of `clavicle.toml`. Whether an `until` is past is not looked at: see [`Settings::as_of`].
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let typed: Typed = toml::from_str(text).map_err(|error| SettingsError {
            line: error.span().map_or(1, |span| line_of(text, span.start)),
            problem: error.message().trim().to_owned(),
            hint: None,
        })?;
        let known = typed.known.into_iter().map(|entry| known(text, entry));
        let matters = typed.matter.into_iter().map(|entry| matter(text, entry));
        let accepted = typed.accept.into_iter().map(|entry| accept(text, entry));
        let asks = typed.ask.into_iter().map(|entry| ask(text, entry));
        Ok(Self {
            known: known.collect::<Result<_, _>>()?,
            matters: matters.collect::<Result<_, _>>()?,
            accepted: accepted.collect::<Result<_, _>>()?,
            asks: asks.collect::<Result<_, _>>()?,
            gate: typed.gate.map(|gate| gate.read(text)).transpose()?,
            ..Self::default()
        })
    }

    /// The settings as they hold on a day (`2026-08-22`; a time behind it is not looked at): what was known until
    /// earlier is known no more, and what was accepted until earlier has expired.
    #[must_use]
    pub fn as_of(mut self, today: &str) -> Self {
        let today = today.get(..10).unwrap_or(today);
        self.known.retain(|known| known.until.as_deref().is_none_or(|until| until >= today));
        for accepted in &mut self.accepted {
            accepted.expired = accepted.until.as_str() < today;
        }
        self
    }
}

fn known(text: &str, entry: toml::Spanned<TypedKnown>) -> Result<Known, SettingsError> {
    let line = line_of(text, entry.span().start);
    let fault = |problem: String, hint: &str| SettingsError { line, problem, hint: Some(hint.to_owned()) };
    let TypedKnown { account, who, name, why, until } = entry.into_inner();
    let who = match (account, who) {
        (Some(account), None) if AccountId::parse(&account).is_some() => account,
        (Some(account), None) => {
            return Err(fault(
                format!("`{account}` is not an account"),
                "an account id has twelve digits, in quotes; write `who` for a host or a provider",
            ));
        }
        (None, Some(who)) if !who.trim().is_empty() => who.trim().to_owned(),
        (Some(_), Some(_)) => {
            return Err(fault(
                "`account` and `who` both say who is known".to_owned(),
                "write an entry of its own for each",
            ));
        }
        _ => {
            return Err(fault(
                "this does not say who is known".to_owned(),
                "write `account = \"888877776666\"` or `who = \"github.com\"`",
            ));
        }
    };
    let until = until.map(|day| day_of(line, day)).transpose()?;
    Ok(Known { name: name.unwrap_or_else(|| who.clone()), who, why, until })
}

fn ask(text: &str, entry: toml::Spanned<TypedAsk>) -> Result<AskSetting, SettingsError> {
    let line = line_of(text, entry.span().start);
    let fault = |problem: String, hint: &str| SettingsError { line, problem, hint: Some(hint.to_owned()) };
    let TypedAsk { question, expect, why } = entry.into_inner();
    let question =
        question.map(|question| question.trim().to_owned()).filter(|question| !question.is_empty());
    let Some(question) = question else {
        return Err(fault(
            "this does not say what is asked".to_owned(),
            "write `question = \"path outside matter\"`",
        ));
    };
    let yes = match expect.as_deref() {
        Some("yes") => true,
        Some("no") => false,
        Some(other) => {
            return Err(fault(format!("`{other}` is neither `yes` nor `no`"), "write `expect = \"no\"`"));
        }
        None => {
            return Err(fault("this does not say what is expected".to_owned(), "write `expect = \"no\"`"));
        }
    };
    Ok(AskSetting { question, yes, why, line })
}

/// An acceptance says what, who, why and until when: without an end nobody would look at it again.
fn accept(text: &str, entry: toml::Spanned<TypedAccept>) -> Result<Accepted, SettingsError> {
    let line = line_of(text, entry.span().start);
    let fault = |problem: &str, hint: &str| SettingsError {
        line,
        problem: problem.to_owned(),
        hint: Some(hint.to_owned()),
    };
    let TypedAccept { finding, rule, thing, from, who, why, until } = entry.into_inner();
    let said = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let (finding, rule, thing, from) = (said(finding), said(rule), said(thing), said(from));
    if finding.is_none() && rule.is_none() && thing.is_none() && from.is_none() {
        return Err(fault(
            "this does not say what is accepted",
            "write `finding = \"ID\"` as `clavicle check` shows it, or `rule`, `thing` or `from`",
        ));
    }
    if finding.is_some() && rule.is_some() {
        return Err(fault("`finding` and `rule` both say what is accepted", "write one of them"));
    }
    let Some(who) = said(who) else {
        return Err(fault("this does not say who accepts", "write `who = \"dana\"`"));
    };
    let Some(why) = said(why) else {
        return Err(fault("this does not say why it is accepted", "write `why = \"…\"`"));
    };
    let Some(until) = until else {
        return Err(fault("this does not say until when it is accepted", "write `until = \"2027-01-01\"`"));
    };
    let until = day_of(line, until)?;
    Ok(Accepted { finding, rule, thing, from, who, why, until, expired: false })
}

fn day_of(line: usize, day: Day) -> Result<String, SettingsError> {
    let fault = |day: String| SettingsError {
        line,
        problem: format!("`{day}` is not a day"),
        hint: Some("write it as `until = \"2027-01-01\"`".to_owned()),
    };
    match day {
        Day::Text(day) if is_day(&day) => Ok(day),
        Day::Text(day) => Err(fault(day)),
        Day::Date(date) => match date.date {
            Some(date) => Ok(date.to_string()),
            None => Err(fault(date.to_string())),
        },
    }
}

fn matter(text: &str, entry: toml::Spanned<TypedMatter>) -> Result<MatterSetting, SettingsError> {
    let line = line_of(text, entry.span().start);
    let TypedMatter { thing, why } = entry.into_inner();
    match thing.filter(|thing| !thing.trim().is_empty()) {
        Some(thing) => Ok(MatterSetting { thing: thing.trim().to_owned(), why }),
        None => Err(SettingsError {
            line,
            problem: "this does not say which thing matters".to_owned(),
            hint: Some("write `thing = \"s3://bucket\"`, or an ARN".to_owned()),
        }),
    }
}

/// `2027-01-01`
fn is_day(text: &str) -> bool {
    let digits = |part: Option<&str>, count: usize, low: u32, high: u32| {
        part.is_some_and(|part| {
            part.len() == count
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u32>().is_ok_and(|number| (low..=high).contains(&number))
        })
    };
    let mut parts = text.split('-');
    digits(parts.next(), 4, 1970, 9999)
        && digits(parts.next(), 2, 1, 12)
        && digits(parts.next(), 2, 1, 31)
        && parts.next().is_none()
}

pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::Settings;

    #[test]
    fn what_is_not_ours_is_left_to_others() {
        let settings = Settings::parse(
            r#"
            [[known]]
            account = "888877776666"
            name = "Sailcheck"
            [[known]]
            who = "github.com"
            until = 2027-01-01
            color = "ignored"
            [[matter]]
            thing = "s3://paperboat-invoices"
            why = "customer billing data"
            [[accept]]
            rule = "public-access"
            who = "dana"
            why = "book covers"
            until = "2027-01-01"
            [lint]
            fail-on = "high"
            "#,
        )
        .expect("settings");
        assert_eq!(settings.known[0].name, "Sailcheck");
        assert_eq!(
            (settings.known[1].who.as_str(), settings.known[1].name.as_str()),
            ("github.com", "github.com")
        );
        assert_eq!(settings.known[1].until.as_deref(), Some("2027-01-01"));
        assert_eq!(settings.matters[0].why.as_deref(), Some("customer billing data"));
        let accept = &settings.accepted[0];
        assert_eq!((accept.rule.as_deref(), accept.until.as_str()), (Some("public-access"), "2027-01-01"));
        assert_eq!(settings.clone().as_of("2027-01-01T23:00:00Z").known.len(), 2);
        assert!(!settings.clone().as_of("2027-01-01").accepted[0].expired);
        let later = settings.as_of("2027-01-02");
        assert!(later.known.len() == 1 && later.accepted[0].expired);
        assert_eq!(Settings::parse("").expect("an empty file"), Settings::default());
    }

    #[test]
    fn faults_are_told_with_their_line() {
        for (text, line, says) in [
            ("[[known]]\naccount = \"12\"", 1, "`12` is not an account"),
            ("\n[[known]]\nname = \"x\"", 2, "who is known"),
            ("[[known]]\nwho = \"a\"\naccount = \"888877776666\"", 1, "both"),
            ("[[known]]\nwho = \"a\"\nuntil = \"tomorrow\"", 1, "`tomorrow` is not a day"),
            ("[[matter]]\n", 1, "which thing matters"),
            ("[[accept]]\nwho = \"dana\"\nwhy = \"x\"\nuntil = \"2027-01-01\"", 1, "what is accepted"),
            ("[[accept]]\nrule = \"a\"\nfinding = \"b\"", 1, "both"),
            ("[[accept]]\nrule = \"a\"", 1, "who accepts"),
            ("[[accept]]\nrule = \"a\"\nwho = \"b\"", 1, "why"),
            ("\n[[accept]]\nrule = \"public\"\nwho = \"dana\"\nwhy = \"x\"", 2, "until when"),
            (
                "[[accept]]\nrule = \"public\"\nwho = \"d\"\nwhy = \"x\"\nuntil = \"soon\"",
                1,
                "`soon` is not a day",
            ),
            ("\n\n[[known]\n", 3, ""),
        ] {
            let error = Settings::parse(text).expect_err(text);
            assert!(error.line == line && error.problem.contains(says), "{text}: {error:?}");
        }
    }
}
