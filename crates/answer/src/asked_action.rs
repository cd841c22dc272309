//! What is asked to be done: a word of access, an action or a pattern of actions, on one thing.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use clavicle_catalog::{ActionId, ArnForm, Operation, Word};
use clavicle_engine::Action;
use clavicle_graph::{Target, Wanted};
use clavicle_policy::{Case, Glob};

use crate::count::number;
use crate::question::QuestionError;
use crate::reader::Reader;
use crate::resolve::Spot;

/// The actions that are asked about; any of them is enough.
#[derive(Debug, Clone)]
pub(crate) struct AskedAction {
    /// The word, where one was asked.
    pub(crate) word: Option<Word>,
    /// As it is asked: `read`, `s3:GetObject`, `s3:Get*`.
    pub(crate) name: String,
    pub(crate) wanted: Vec<Wanted>,
}

impl AskedAction {
    /// As a verb before the thing: `read`, `do s3:GetObject on`.
    pub(crate) fn verb(&self) -> String {
        match self.word {
            Some(word) => word.name().to_owned(),
            None => format!("do {} on", self.name),
        }
    }
}

impl Reader {
    /// What is asked to be done with a thing; without a text: what is asked of such things first.
    pub(crate) fn asked_action(&self, text: Option<&str>, spot: &Spot) -> Result<AskedAction, QuestionError> {
        let text = text.map(str::trim).filter(|text| !text.is_empty());
        let mut asked = match text {
            None => self.asked_word(self.first_word(&spot.target), spot)?,
            Some(text) => match Word::parse(text) {
                Some(word) => self.asked_word(word, spot)?,
                None if text.contains(['*', '?']) => self.asked_pattern(text, spot)?,
                None => self.asked_one(text, spot)?,
            },
        };
        if let Some(part) = &spot.part {
            // A pattern covers actions on the bucket too; the question is about what is in it.
            let inside = |wanted: &Wanted| matches!(wanted.form, ArnForm::Under(_));
            if asked.word.is_none() && asked.wanted.iter().any(inside) {
                asked.wanted.retain(inside);
            }
            let arn = self.world().arn_of(&spot.target);
            let ending = part.strip_prefix(&*arn).unwrap_or("/*");
            // What is in a bucket is not the bucket; elsewhere a request names the part where it might name the thing.
            let is_of_s3 = arn.split(':').nth(2) == Some("s3");
            let covers = |form: &str, text: &str| Glob::new(form, Case::Sensitive).matches(text);
            let of_part = |form: ArnForm| match form {
                ArnForm::Itself if !is_of_s3 => Some(ArnForm::Under(kept(ending))),
                ArnForm::Under(all) if covers(all, ending) => Some(ArnForm::Under(kept(ending))),
                // `log-group:x:*` is all of the log group.
                ArnForm::Under(all) => covers(ending, all).then_some(form),
                ArnForm::Itself | ArnForm::Above { .. } | ArnForm::Anything => Some(form),
            };
            let mut known = HashSet::new();
            asked.wanted.retain_mut(|wanted| {
                let form = of_part(wanted.form);
                wanted.form = form.unwrap_or(wanted.form);
                form.is_some() && known.insert((wanted.action.lower().to_owned(), wanted.form))
            });
        }
        Ok(asked)
    }

    fn asked_word(&self, word: Word, spot: &Spot) -> Result<AskedAction, QuestionError> {
        let wanted = self.world().wanted(word, &spot.target);
        if wanted.is_empty() {
            let thing = self.thing_of_target(&spot.target).name;
            let others =
                Word::ALL.into_iter().filter(|other| !self.world().wanted(*other, &spot.target).is_empty());
            return Err(QuestionError::new(format!("`{word}` has no meaning that is known on `{thing}`"))
                .hint("name an action instead, such as `s3:GetObject`")
                .candidates(others.map(|other| other.name().to_owned()).collect()));
        }
        Ok(AskedAction { word: Some(word), name: word.name().to_owned(), wanted })
    }

    fn asked_pattern(&self, text: &str, spot: &Spot) -> Result<AskedAction, QuestionError> {
        let catalog = self.world().catalog();
        let all = catalog.expand(text);
        if all.is_empty() {
            return Err(QuestionError::new(format!("no action fits `{text}`"))
                .hint(format!("the list of actions is of {}", catalog.data_date())));
        }
        let wanted: Vec<Wanted> =
            all.iter().filter_map(|action| self.wanted_of(*action, &spot.target)).flatten().collect();
        if wanted.is_empty() {
            let thing = self.thing_of_target(&spot.target).name;
            return Err(QuestionError::new(format!(
                "none of the {} actions of `{text}` is asked on `{thing}`",
                number(all.len())
            )));
        }
        Ok(AskedAction { word: None, name: text.to_owned(), wanted })
    }

    fn asked_one(&self, text: &str, spot: &Spot) -> Result<AskedAction, QuestionError> {
        let catalog = self.world().catalog();
        let Some(action) = catalog.action(text) else {
            let words = Word::ALL.into_iter().map(|word| (word.name().to_owned(), word.name()));
            let mut candidates: Vec<String> = match text.contains(':') {
                true => {
                    catalog.suggest_action(text).map(|id| catalog.name(id).to_owned()).into_iter().collect()
                }
                false => crate::nearest::nearest(&text.to_ascii_lowercase(), words, 3),
            };
            candidates.truncate(3);
            let several = match self.call_of(text) {
                Some(Operation::Needs { always, .. }) if always.len() > 1 => always,
                _ => Vec::new(),
            };
            if !several.is_empty() {
                let names = several.iter().map(|id| catalog.name(*id).to_owned()).collect();
                return Err(QuestionError::new(format!("`{text}` is a call that needs several actions"))
                    .hint("`can` asks them all; elsewhere ask about one")
                    .candidates(names));
            }
            let hint = match text.split_once(':') {
                None => "write a word (list, read, write, delete, run, control, become) or an action (`s3:GetObject`)".to_owned(),
                Some((service, _)) if catalog.service(service).is_none() => format!("there is no service `{service}`"),
                Some(_) => format!("the list of actions is of {}; what is newer is not known", catalog.data_date()),
            };
            return Err(QuestionError::new(format!("`{text}` is not an action"))
                .hint(hint)
                .candidates(candidates));
        };
        let name = catalog.name(action);
        let wanted = match self.wanted_of(action, &spot.target) {
            Some(wanted) => wanted,
            None if spot.target == Target::Anything => {
                return Err(QuestionError::new(format!("`{name}` needs a thing to be done to"))
                    .hint("name the thing"));
            }
            None => {
                let thing = self.thing_of_target(&spot.target);
                let types: Vec<String> =
                    catalog.resources(action).map(|taken| taken.resource_type().to_string()).collect();
                return Err(QuestionError::new(format!("`{name}` is not done to `{}`", thing.name))
                    .hint(format!("that is {}; the action is done to {}", thing.kind, types.join(", "))));
            }
        };
        Ok(AskedAction { word: None, name: name.to_owned(), wanted })
    }

    /// How an action is asked on a target: in each way that the words know. `None`: it is not done to such things.
    fn wanted_of(&self, id: ActionId, target: &Target) -> Option<Vec<Wanted>> {
        let (catalog, world) = (self.world().catalog(), self.world());
        let name = catalog.name(id);
        let wanted = |form| {
            vec![Wanted { action: Action::new(name).taking_no_resource(form == ArnForm::Anything), form }]
        };
        if catalog.is_wildcard_only(id) {
            return Some(wanted(ArnForm::Anything));
        }
        if *target == Target::Anything {
            return None;
        }
        let in_words = Word::ALL.into_iter().flat_map(|word| world.wanted(word, target));
        let mut known: Vec<Wanted> = Vec::new();
        for wanted in in_words.filter(|wanted| wanted.action.text().eq_ignore_ascii_case(name)) {
            if known.iter().all(|other| other.form != wanted.form) {
                known.push(wanted);
            }
        }
        if !known.is_empty() {
            return Some(known);
        }
        let arn = world.arn_of(target);
        let types = catalog.resource_types_of(&arn);
        let kinds: Vec<String> = types.iter().map(ToString::to_string).collect();
        let taken: Vec<String> =
            catalog.resources(id).map(|taken| taken.resource_type().to_string()).collect();
        if kinds.iter().any(|kind| taken.contains(kind)) || catalog.is_late(id) || kinds.is_empty() {
            let taken = types.iter().find(|kind| taken.contains(&kind.to_string()));
            let form = taken.map(|kind| ArnForm::on(*kind, catalog.short_name(id)));
            return Some(wanted(form.unwrap_or(ArnForm::Itself)));
        }
        let of_objects =
            taken.iter().any(|kind| kind == "s3:object") && kinds.iter().any(|kind| kind == "s3:bucket");
        of_objects.then(|| wanted(ArnForm::Under("/*")))
    }

    /// The ARN that a request names.
    pub(crate) fn arn_named(&self, wanted: &Wanted, spot: &Spot) -> String {
        wanted.form.of(&self.world().arn_of(&spot.target))
    }
}

/// An ending of an ARN that lives as long as the program, as [`ArnForm`] wants it: those of the catalogue do, those that
/// people type are kept here, each once. They are few: one for every part of a thing that somebody asked about.
fn kept(ending: &str) -> &'static str {
    static ENDINGS: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let mut endings = ENDINGS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = endings.get(ending) {
        return known;
    }
    let ending: &'static str = Box::leak(Box::from(ending));
    endings.insert(ending);
    ending
}
