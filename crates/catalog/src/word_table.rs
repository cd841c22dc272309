//! Which actions do the seven words cover, on each kind of thing?
//!
//! `data/words.tsv` says it for the things that people speak of most; the first action of a row is what the word means
//! first of all. Where a type has no row for a word, the actions on that type are sorted by [`Word::by_rule`], and
//! those that can change who gets in by a policy or grant of the thing (`data/resource_policies.tsv`) count as control
//! whatever AWS's level says. Making another thing of a type has no word. A row replaces the rule for that word on
//! that type, so that "read" on a bucket is reading its objects, and reading its settings has no word. A row for `-`
//! names actions without a word: passing a role is not writing to it.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::above::{levels_above, path_above};
use crate::action::ActionId;
use crate::catalog::Catalog;
use crate::edition::catalog;
use crate::resource_policy::{GrantKind, resource_policy_kinds};
use crate::resource_type::{ResourceType, ResourceTypeId};
use crate::table::{Row, rows};
use crate::word::Word;

/// Which ARN a request names, when the question is about a thing with an ARN of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArnForm {
    /// The ARN of the thing.
    Itself,
    /// The ARN of something in the thing: its ARN with this ending, such as `/*` for the objects of a bucket.
    Under(&'static str),
    /// The path so many levels above the thing, with a `/` at its end or without: the request is for all that is below.
    Above {
        /// One is the path that the thing is in.
        levels: u8,
        /// Does the path end with a slash?
        slash: bool,
    },
    /// No thing: the action is asked on `*` only.
    Anything,
}

impl ArnForm {
    /// The ARN (with wildcards, if it is something in the thing) that a request about `arn` names.
    pub fn of(self, arn: &str) -> String {
        match self {
            Self::Itself => arn.to_owned(),
            Self::Under(ending) => format!("{arn}{ending}"),
            Self::Above { levels, slash } => path_above(arn, levels, slash).unwrap_or_else(|| arn.to_owned()),
            Self::Anything => "*".to_owned(),
        }
    }

    /// The forms in which requests name the thing with this ARN, where the table says this one: every path above it.
    ///
    /// AWS: Systems Manager user guide, "Restricting access to specific parameters and paths": "For `GetParametersByPath`, deny
    /// every ancestor path"; a path is named as the caller spells it, with a slash at its end or without
    /// (<https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-restrict-parameter-access.html>).
    fn each(self, arn: &str) -> Vec<Self> {
        if !matches!(self, Self::Above { .. }) {
            return vec![self];
        }
        let levels = levels_above(arn);
        let spelled = |levels| [false, true].map(|slash| Self::Above { levels, slash });
        // The last of them, `/`, is spelled in one way.
        let mut forms: Vec<Self> = (1..=levels).flat_map(spelled).collect();
        forms.dedup_by_key(|form| form.of(arn));
        forms
    }

    /// How a request about a thing of this type names it where nothing else is written down. Log groups have `:*` behind them,
    /// but for three actions.
    ///
    /// AWS: CloudWatch Logs API Reference, `LogGroup`, `arn`: "Use this version to refer to the ARN in IAM policies when specifying
    /// permissions for most API actions. The exception is when specifying permissions for TagResource, UntagResource, and
    /// ListTagsForResource" (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html>).
    pub fn on(resource_type: ResourceType<'_>, action: &str) -> Self {
        let by_tag = || ["TagResource", "UntagResource", "ListTagsForResource"].contains(&action);
        match (resource_type.service().prefix(), resource_type.name()) {
            ("logs", "log-group") if !by_tag() => Self::Under(":*"),
            _ => Self::Itself,
        }
    }
}

/// An action that a word covers, and where it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WordAction {
    /// The action.
    pub action: ActionId,
    /// The ARN it is asked on.
    pub form: ArnForm,
}

/// The meaning of the words, for one catalogue. The embedded one is [`words()`].
#[derive(Debug)]
pub struct Words {
    catalog: &'static Catalog,
    /// The actions of every word on every type, one list after another, and the forms beside them.
    actions: Vec<ActionId>,
    forms: Vec<ArnForm>,
    /// Where each list ends; the lists of a type follow in the order of the words.
    ends: Vec<u32>,
    /// Which lists come from rows and not from the rule.
    written: Vec<bool>,
}

/// The meaning of the words on the embedded catalogue: put together when first asked for, once.
pub fn words() -> &'static Words {
    static WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(catalog()));
    &WORDS
}

const ROWS: &str = include_str!("../data/words.tsv");

impl Words {
    fn new(catalog: &'static Catalog) -> Self {
        let places = catalog.resource_types().len() * Word::ALL.len();
        let mut lists: Vec<Vec<WordAction>> = vec![Vec::new(); places];
        let mut written = vec![false; places];
        // What a row names on a type, under any word or under `-`, is not sorted by rule on that type.
        let mut settled: HashSet<(ResourceTypeId, ActionId)> = HashSet::new();
        for row in rows(ROWS) {
            let Some(resource_type) = catalog.resource_type(row.text(0)) else { continue };
            let word = Word::parse(row.text(1));
            if let Some(word) = word {
                written[place(resource_type.id(), word)] = true;
            }
            for mut named in row_actions(catalog, row) {
                if named.form == ArnForm::Itself {
                    named.form = ArnForm::on(resource_type, catalog.short_name(named.action));
                }
                settled.insert((resource_type.id(), named.action));
                if let Some(word) = word {
                    lists[place(resource_type.id(), word)].push(named);
                }
            }
        }
        let exposing = exposing(catalog);
        for resource_type in catalog.resource_types() {
            for action in resource_type.actions() {
                let pair = (resource_type.id(), action);
                let name = catalog.short_name(action);
                if settled.contains(&pair) || makes_a_new(name, resource_type.name()) {
                    continue;
                }
                let word = if exposing.contains(&pair) {
                    Some(Word::Control)
                } else {
                    Word::by_rule(catalog.access(action), name)
                };
                if let Some(word) = word.filter(|word| !written[place(pair.0, *word)]) {
                    lists[place(pair.0, word)]
                        .push(WordAction { action, form: ArnForm::on(resource_type, name) });
                }
            }
        }
        let mut table = Self { catalog, actions: Vec::new(), forms: Vec::new(), ends: Vec::new(), written };
        for list in lists {
            table.actions.extend(list.iter().map(|named| named.action));
            table.forms.extend(list.iter().map(|named| named.form));
            table.ends.push(table.actions.len() as u32);
        }
        table
    }

    /// The actions that `word` covers on things of a type: someone can do it who is allowed any of them. The first is
    /// what the word means first of all. Empty if the word has no meaning there that is known.
    pub fn actions(&self, word: Word, resource_type: ResourceTypeId) -> &[ActionId] {
        &self.actions[self.list(word, resource_type)]
    }

    /// The same, with the ARN that each action is asked on.
    pub fn asked(
        &self,
        word: Word,
        resource_type: ResourceTypeId,
    ) -> impl ExactSizeIterator<Item = WordAction> + use<'_> {
        let list = self.list(word, resource_type);
        let forms = &self.forms[list.clone()];
        self.actions[list].iter().zip(forms).map(|(&action, &form)| WordAction { action, form })
    }

    /// Is the meaning of `word` on things of this type written down, and not derived from AWS's levels?
    pub fn is_written(&self, word: Word, resource_type: ResourceTypeId) -> bool {
        self.written[place(resource_type, word)]
    }

    /// The actions that `word` covers on the thing with this ARN, each with the ARN it is asked on. Several services
    /// list the same things; what is written down for any of them goes before what follows by rule. Empty if the ARN
    /// is of no known type, or the word has no meaning there that is known.
    pub fn for_arn(&self, word: Word, arn: &str) -> Vec<(ActionId, ArnForm)> {
        let types: Vec<ResourceTypeId> =
            self.catalog.resource_types_of(arn).into_iter().map(ResourceType::id).collect();
        let any_written = types.iter().any(|&id| self.is_written(word, id));
        let mut found = Vec::new();
        for &id in types.iter().filter(|&&id| !any_written || self.is_written(word, id)) {
            for WordAction { action, form } in self.asked(word, id) {
                for form in form.each(arn) {
                    if !found.contains(&(action, form)) {
                        found.push((action, form));
                    }
                }
            }
        }
        found
    }

    /// The word for doing `action` to things of this type. `None` if it has none there: it reads settings, or sets
    /// tags, or is not asked on such things, or is too new to tell.
    pub fn word_of(&self, action: ActionId, resource_type: ResourceTypeId) -> Option<Word> {
        Word::ALL.into_iter().find(|word| self.actions(*word, resource_type).contains(&action))
    }

    /// The word for `action` whatever it is asked on: that of the first of its resource types that has one, or that of
    /// its level and name if it takes none.
    pub fn word(&self, action: ActionId) -> Option<Word> {
        if self.catalog.is_wildcard_only(action) {
            return Word::by_rule(self.catalog.access(action), self.catalog.short_name(action));
        }
        self.catalog.resources(action).find_map(|taken| self.word_of(action, taken.resource_type().id()))
    }

    fn list(&self, word: Word, resource_type: ResourceTypeId) -> std::ops::Range<usize> {
        let at = place(resource_type, word);
        let from = at.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        from..self.ends[at] as usize
    }
}

fn place(resource_type: ResourceTypeId, word: Word) -> usize {
    resource_type.index() * Word::ALL.len() + word as usize
}

/// Is this the action that makes another thing of the type? It does nothing to those that are there.
fn makes_a_new(action: &str, resource_type: &str) -> bool {
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    action
        .strip_prefix("Create")
        .is_some_and(|made| letters(made).eq_ignore_ascii_case(&letters(resource_type)))
}

/// The actions of a row: `prefix:Name`, or `prefix:Name@ending`, `prefix:Name@^` for an action that names
/// the paths above the thing, or `prefix:Name@*` for one that names nothing.
/// A name that this catalogue does not have is left out.
fn row_actions(catalog: &Catalog, row: Row<'static>) -> impl Iterator<Item = WordAction> {
    row.text(2).split(' ').filter(|part| !part.is_empty()).filter_map(|part| {
        let (name, form) = match part.split_once('@') {
            None => (part, ArnForm::Itself),
            Some((name, "*")) => (name, ArnForm::Anything),
            Some((name, "^")) => (name, ArnForm::Above { levels: 1, slash: false }),
            Some((name, ending)) => (name, ArnForm::Under(ending)),
        };
        Some(WordAction { action: catalog.action(name)?, form })
    })
}

/// The actions that can change who gets in through a policy or grant of the thing itself. Making a new thing changes
/// nobody's access to those that are there.
fn exposing(catalog: &Catalog) -> HashSet<(ResourceTypeId, ActionId)> {
    resource_policy_kinds()
        .filter(|kind| kind.kind != GrantKind::Session)
        .filter_map(|kind| {
            let name = kind.resource_type?;
            let resource_type =
                catalog.service(kind.prefix)?.resource_types().find(|known| known.name() == name)?;
            Some((kind, resource_type.id()))
        })
        .flat_map(|(kind, id)| kind.write_actions().map(move |action| (id, action)))
        .filter_map(|(id, name)| Some((id, catalog.action(name)?)))
        .filter(|(_, action)| !catalog.short_name(*action).starts_with("Create"))
        .collect()
}
