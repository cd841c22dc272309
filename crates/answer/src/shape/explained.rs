//! `clavicle.explained/1`: what a name of AWS means; see `docs/explained-format.md`.

use serde::Serialize;

use super::AnswerPage;

/// What a name of AWS means, as of the date of the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplainedPage {
    /// `clavicle.explained/1`.
    pub schema: &'static str,
    /// The date of the AWS facts.
    pub catalog: String,
    /// What it means.
    #[serde(flatten)]
    pub meaning: Meaning,
}

/// What a name means; `is` says which of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Meaning {
    /// An action.
    Action(ActionMeaning),
    /// The actions of a pattern.
    Pattern(PatternMeaning),
    /// A service.
    Service(ServiceMeaning),
    /// A word of access.
    Word(WordMeaning),
    /// A resource type.
    ResourceType(TypeMeaning),
    /// A thing, by its ARN.
    Arn(ArnMeaning),
    /// A condition key.
    ConditionKey(KeyMeaning),
    /// A rule of `check`.
    Rule(RuleMeaning),
    /// A call that AWS refused.
    Refusal(Refusal),
    /// The policies of a file, or of a text.
    Policies(PoliciesMeaning),
}

/// The policies of a file, statement by statement. All of it but `kind`, `effect` and `levels` is untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoliciesMeaning {
    /// As it was named; `<stdin>` or `<text>`.
    pub file: String,
    /// Each of them, in the order of the file; empty: it holds none.
    pub policies: Vec<PolicyMeaning>,
    /// What of the file is not looked at.
    pub notes: Vec<String>,
}

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyMeaning {
    /// The way to it in the file; empty: it is the file.
    pub route: String,
    /// `identity`, `permission-set`, `resource`, `trust`, `scp`, `rcp` or `vpce`.
    pub kind: &'static str,
    /// How people call such a policy.
    #[serde(skip)]
    pub kind_title: &'static str,
    /// What says so.
    pub because: String,
    /// Its statements, in order.
    pub statements: Vec<StatementMeaning>,
}

/// A statement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StatementMeaning {
    /// Its place, from 0.
    pub at: usize,
    /// Its `Sid`.
    pub sid: Option<String>,
    /// The line of the file where it begins, from 1.
    pub line: usize,
    /// Could all of it be read? `clavicle check` says why not.
    pub is_whole: bool,
    /// `allow` or `deny`; `null`: it is neither, or not known.
    pub effect: Option<&'static str>,
    /// Its actions; `null`: it has none, or they are not known.
    pub actions: Option<NamedMeaning>,
    /// How many actions of each level the known patterns cover; `null`: not counted, as of all but some.
    pub levels: Option<Vec<LevelCount>>,
    /// Its resources.
    pub resources: Option<NamedMeaning>,
    /// Its principals, each with its sort: `AWS 111122223333`; `*` is everybody.
    pub principals: Option<NamedMeaning>,
    /// Its conditions, all of which have to hold.
    pub conditions: Vec<ConditionMeaning>,
    /// A part of it stands elsewhere, and may ask for more.
    pub may_ask_more: bool,
    /// The statement is what this comes to, and nothing else of it is known.
    pub comes_of: Option<String>,
}

/// Names, or all but them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedMeaning {
    /// Is everything meant but these?
    pub all_but: bool,
    /// The names, as they stand in the file.
    pub names: Vec<String>,
}

/// A condition: one of the values has to fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionMeaning {
    /// `StringEquals`, as it is written.
    pub operator: String,
    /// The key; `null`: not known.
    pub key: Option<String>,
    /// The values.
    pub values: Vec<String>,
    /// Keys and values are what this comes to.
    pub comes_of: Option<String>,
}

/// How many actions of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelCount {
    /// AWS's levels; empty: not known.
    pub levels: Vec<&'static str>,
    /// How many.
    pub count: usize,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionMeaning {
    /// `s3:GetObject`.
    pub name: String,
    /// AWS's levels; `null`: not known, the action is too new.
    pub levels: Option<Vec<&'static str>>,
    /// The word of access that it counts as, unless the resource type gives it another one.
    pub word: Option<&'static str>,
    /// The words of access that cover it, with the resource types on which they do.
    pub covered_by: Vec<Covering>,
    /// It is done to no resource: only a statement with the resource `*` covers it.
    pub without_resource: bool,
    /// The resource types that it is done to.
    pub resource_types: Vec<ActionOnType>,
    /// All condition keys that a request for it can carry besides the global ones; `null`: not known.
    pub keys: Option<Vec<KeyLine>>,
    /// What a caller may need besides; `null`: not known.
    pub dependent_actions: Option<Vec<String>>,
    /// Does it hand a role to a service? `null` is "not known to".
    pub hands_over_role: Option<RoleHandover>,
    /// Is there no call of this name? `null`: not known.
    pub permission_only: Option<bool>,
}

/// A word of access on a resource type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covering {
    /// `read`.
    pub word: &'static str,
    /// `s3:bucket`.
    pub resource_type: String,
    /// What follows the ARN of the thing in the request: nothing, or `/*`; `..` for the paths above it, `*` for no thing at all.
    pub asked_on: String,
}

/// A resource type that an action is done to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionOnType {
    /// `s3:object`.
    pub name: String,
    /// The pattern of its ARNs.
    pub arn: String,
    /// Every request names one. If no type is required, a request names one of any of them.
    pub required: bool,
    /// The word of access that the action counts as on this type.
    pub word: Option<&'static str>,
    /// The keys that the action has only on this type.
    pub keys: Vec<&'static str>,
}

/// A condition key, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyLine {
    /// `s3:prefix`.
    pub name: String,
    /// `string`, `arn`, `bool`, `numeric`, `date` or `ip`.
    pub values: &'static str,
    /// Can one request carry several values?
    pub multivalued: bool,
}

/// How an action hands over a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleHandover {
    /// `documented`, `observed`, or `input`: the input of its call can hold a role.
    pub known: &'static str,
    /// The member of the input.
    pub member: Option<&'static str>,
}

/// The actions of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PatternMeaning {
    /// `s3:Get*`.
    pub pattern: String,
    /// How many actions it covers.
    pub count: usize,
    /// They, by level.
    pub levels: Vec<LevelGroup>,
}

/// The actions of one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelGroup {
    /// AWS's levels; empty: not known.
    pub levels: Vec<&'static str>,
    /// How many.
    pub count: usize,
    /// The actions, by name.
    pub actions: Vec<ActionLine>,
}

/// An action, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionLine {
    /// `s3:GetObject`.
    pub name: String,
    /// The word of access that it counts as.
    pub word: Option<&'static str>,
}

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceMeaning {
    /// What stands before the colon of its actions.
    pub prefix: String,
    /// How many actions it has.
    pub count: usize,
    /// They, by level.
    pub levels: Vec<LevelGroup>,
    /// Its resource types, with the patterns of their ARNs.
    pub resource_types: Vec<TypeLine>,
    /// The condition keys that it lists.
    pub keys: Vec<KeyLine>,
    /// Do resource control policies bind its resources?
    pub resource_control_policies: bool,
}

/// A resource type, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeLine {
    /// `s3:bucket`.
    pub name: String,
    /// The pattern of its ARNs.
    pub arn: String,
}

/// A word of access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WordMeaning {
    /// `read`.
    pub word: &'static str,
    /// In plain words.
    pub means: &'static str,
    /// Its actions, by resource type: of those that were asked for, else of those that are written down.
    pub on: Vec<WordOnType>,
    /// Of those asked for, the types on which it has no meaning.
    pub no_meaning_on: Vec<String>,
    /// On how many other types the rule decides; 0 if types were asked for.
    pub by_rule_on: usize,
    /// The rule.
    pub rule: Option<&'static str>,
}

/// A word on a resource type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WordOnType {
    /// `s3:bucket`.
    pub resource_type: String,
    /// Any of these is enough; the first is what is asked first.
    pub actions: Vec<WordActionLine>,
}

/// An action of a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WordActionLine {
    /// `s3:GetObject`.
    pub name: String,
    /// As in [`Covering`].
    pub asked_on: String,
}

/// A resource type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypeMeaning {
    /// `s3:bucket`.
    pub name: String,
    /// The pattern of its ARNs.
    pub arn: String,
    /// The condition keys that requests for it can carry.
    pub keys: Vec<KeyLine>,
    /// What the words of access mean on it; words without meaning are left out.
    pub words: Vec<WordOfType>,
}

/// An ARN: what it can be of, and what can be done to that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArnMeaning {
    /// As it was named.
    pub arn: String,
    /// The resource types that it can be of, most likely first.
    pub resource_types: Vec<ActionsOnType>,
}

/// The actions that a resource type takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionsOnType {
    /// `s3:object`.
    pub name: String,
    /// The pattern of its ARNs.
    pub arn: String,
    /// How many actions can be asked on it.
    pub count: usize,
    /// They, by level.
    pub levels: Vec<LevelGroup>,
}

/// A word on the resource type at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WordOfType {
    /// `read`.
    pub word: &'static str,
    /// Its actions.
    pub actions: Vec<WordActionLine>,
}

/// A condition key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyMeaning {
    /// What it is called, with a variable if there is a part to fill in.
    #[serde(flatten)]
    pub key: KeyLine,
    /// What is known of it as a global key, if it is one.
    pub global: Option<GlobalKeyMeaning>,
    /// Can every request carry it, whatever the action?
    pub every_action: bool,
    /// The actions that list it, by service.
    pub services: Vec<KeyInService>,
    /// The resource types that list it.
    pub resource_types: Vec<String>,
}

/// A global key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GlobalKeyMeaning {
    /// What it is a property of: `principal`, `network` and the like.
    pub about: &'static str,
    /// When a request carries it.
    pub present_when: &'static str,
    /// It says whose something is, so a wildcard in its value is never right.
    pub sensitive: bool,
}

/// The actions of a service that take a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyInService {
    /// The prefix.
    pub service: String,
    /// How many of its actions.
    pub count: usize,
    /// They, by name.
    pub actions: Vec<&'static str>,
}

/// A call that AWS refused, as the message tells it. All but `what_to_do` is untrusted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// The ARN of the caller; `null`: it is not told.
    pub who: Option<String>,
    /// `s3:PutObject`.
    pub action: String,
    /// The thing; `null`: it is not told.
    pub on: Option<String>,
    /// The layer that AWS names, which need not be the only one that refuses: `identity`, `trust`, `resource`, `boundary`,
    /// `session`, `scp`, `rcp`, `endpoint`; `null`: it is not told.
    pub layer: Option<&'static str>,
    /// Does a Deny decide, and not that nothing allows? `null`: it is not told.
    pub explicit: Option<bool>,
    /// The ARN of the policy, where AWS tells it.
    pub policy: Option<String>,
    /// In plain words.
    pub what_to_do: String,
    /// Where accounts were named: what they say of the same request, layer by layer, as `can` does; `null`: none were, or
    /// the message does not say who asked.
    pub answer: Option<Box<AnswerPage>>,
}

/// A rule of `check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleMeaning {
    /// `shared-policy`.
    pub id: &'static str,
    /// What is the matter, in a few words.
    pub title: &'static str,
    /// `accounts`: `check` looks for it there; `files`: `check FILE…` does.
    pub looks_at: &'static str,
    /// When exactly it is reported, and when not.
    pub means: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub what_to_do: &'static str,
    /// How bad it is, and what that depends on.
    pub severity: &'static str,
    /// Texts in which it reports.
    pub reports: Vec<RuleExample>,
    /// Texts in which it does not.
    pub does_not: Vec<RuleExample>,
    /// The pages of AWS that it rests on.
    pub sources: Vec<&'static str>,
}

/// A text that shows a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleExample {
    /// A whole policy, or the members of its only statement.
    pub text: &'static str,
    /// What kind of policy it is.
    pub kind: String,
}
