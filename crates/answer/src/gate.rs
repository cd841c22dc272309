//! What fails a build: `[gate]` of `clavicle.toml`.
//!
//! ```toml
//! [gate]
//! fail-on = "high"        # check: findings at least this bad fail: low, medium, high, critical, or never
//! access = "any"          # diff, try: who can do more fails: any; matter: with what matters, or all the power; none
//! chains = "any"          # new chains fail: any; admin: to all the power; matter: to what matters; none
//! outside = "any"         # new ways in fail: any; unknown: of those who are not in [[known]]; none
//! unknown = "undecided"   # what is not known: undecided ends with 3; fail with 1; pass with 0
//! ```
//!
//! What is not said is as it stands here. A key or value that is not among these is an error: a gate with a slip of the
//! pen would stand open.

use serde::Deserialize;

use crate::settings::{SettingsError, line_of};
use crate::shape::Severity;

/// What fails a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Gate {
    /// The least severity of a finding that fails. `None`: it is not said.
    pub fail_on: Option<Least>,
    /// Who can do more.
    pub access: GateAccess,
    /// New chains.
    pub chains: GateChains,
    /// New ways in from outside.
    pub outside: GateOutside,
    /// What is not known.
    pub unknown: GateUnknown,
}

/// From which severity on findings fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Least {
    /// From this one on.
    Severity(Severity),
    /// None does.
    Never,
}

/// Which wider access fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GateAccess {
    /// All of it, and policies that allow more.
    #[default]
    Any,
    /// That to things that matter, and all the power over an account.
    Matter,
    /// None.
    None,
}

/// Which new chains fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GateChains {
    /// All.
    #[default]
    Any,
    /// Those to all the power over an account.
    Admin,
    /// Those to what matters.
    Matter,
    /// None.
    None,
}

/// Which new ways in from outside fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GateOutside {
    /// All but accepted ones.
    #[default]
    Any,
    /// Those of outsiders who are not among `[[known]]`.
    Unknown,
    /// None.
    None,
}

/// What becomes of what is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GateUnknown {
    /// It is undecided.
    #[default]
    Undecided,
    /// It fails.
    Fail,
    /// It passes.
    Pass,
}

/// What was typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TypedGate {
    fail_on: Option<Word>,
    access: Option<Word>,
    chains: Option<Word>,
    outside: Option<Word>,
    unknown: Option<Word>,
}

type Word = toml::Spanned<String>;

impl TypedGate {
    /// What it means; `text` is the file.
    pub(crate) fn read(self, text: &str) -> Result<Gate, SettingsError> {
        use GateAccess as Access;
        use GateChains as Chains;
        use GateOutside as Outside;
        use GateUnknown as Unknown;
        let Self { fail_on, access, chains, outside, unknown } = self;
        let severity = |severity| Some(Least::Severity(severity));
        let least = [
            ("low", severity(Severity::Low)),
            ("medium", severity(Severity::Medium)),
            ("high", severity(Severity::High)),
            ("critical", severity(Severity::Critical)),
            ("never", Some(Least::Never)),
        ];
        let accesses = [("any", Access::Any), ("matter", Access::Matter), ("none", Access::None)];
        let all_chains = [
            ("any", Chains::Any),
            ("admin", Chains::Admin),
            ("matter", Chains::Matter),
            ("none", Chains::None),
        ];
        let ways = [("any", Outside::Any), ("unknown", Outside::Unknown), ("none", Outside::None)];
        let open = [("undecided", Unknown::Undecided), ("fail", Unknown::Fail), ("pass", Unknown::Pass)];
        Ok(Gate {
            fail_on: one_of("fail-on", fail_on, &least, text)?,
            access: one_of("access", access, &accesses, text)?,
            chains: one_of("chains", chains, &all_chains, text)?,
            outside: one_of("outside", outside, &ways, text)?,
            unknown: one_of("unknown", unknown, &open, text)?,
        })
    }
}

fn one_of<T: Copy + Default>(
    key: &str,
    word: Option<Word>,
    words: &[(&str, T)],
    text: &str,
) -> Result<T, SettingsError> {
    let Some(word) = word else { return Ok(T::default()) };
    let known = words.iter().find(|(name, _)| *name == word.get_ref().as_str());
    known.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<String> = words.iter().map(|(name, _)| format!("`{name}`")).collect();
        SettingsError {
            line: line_of(text, word.span().start),
            problem: format!("`{}` is nothing that `{key}` of `[gate]` may be", word.get_ref()),
            hint: Some(format!("write one of {}", names.join(", "))),
        }
    })
}
