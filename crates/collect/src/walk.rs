//! One kind of thing of one account and region: listed, asked about, turned into lines.

use std::collections::HashSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use clavicle_snapshot::CONTENT;
use serde_json::Value;

use crate::aws::{Aws, Signer, Unanswered, Why};
use crate::identity_pool;
use crate::message::Argument;
use crate::seen::Seen;
use crate::sign::encoded;
use crate::table::{Call, Field, Kind, Step};
use crate::thing::{Place, Thing, at, elements, filled};

/// So many calls about things of one kind are under way at once.
const WIDTH: usize = 8;

/// A thing with more pages of grants or tags than this is none that AWS allows.
const MOST_PAGES: usize = 2000;

/// Who asks, where.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'c> {
    pub(crate) aws: &'c Aws,
    pub(crate) signer: &'c dyn Signer,
    pub(crate) place: &'c Place,
    pub(crate) seen: &'c Seen,
}

impl Caller<'_> {
    /// The things of a kind, with the kept fields of all their answers.
    pub(crate) fn things(self, kind: &Kind) -> Vec<Thing> {
        let mut things = vec![Thing::default()];
        for step in &kind.steps {
            for thing in &mut things {
                let arn = kind.arn.filter(|_| thing.get("arn").is_none());
                if let Some(arn) = arn.and_then(|template| thing.filled(template, self.place)) {
                    thing.fields.push(("arn", arn.into()));
                }
            }
            things = match step {
                Step::Each { call, list, fields } => {
                    parallel(&things, |thing| self.each(thing, call, list, fields))
                        .into_iter()
                        .flatten()
                        .collect()
                }
                Step::Once { call, fields } => {
                    if !things.is_empty() {
                        let told = self.ask(Thing::default(), call, fields).fields;
                        things.iter_mut().for_each(|thing| thing.fields.extend(told.iter().cloned()));
                    }
                    things
                }
                Step::One { call, fields } | Step::Ask { call, fields } => {
                    let is_one = matches!(step, Step::One { .. });
                    let asked = parallel(&things, |thing| self.ask(thing.clone(), call, fields));
                    // An account whose one answer was not seen has nothing to tell.
                    asked.into_iter().filter(|thing| !is_one || !thing.fields.is_empty()).collect()
                }
            };
        }
        if kind.config_type == identity_pool::KIND {
            things.iter_mut().for_each(|pool| identity_pool::add_roles(self, pool));
        }
        for call in &kind.never {
            let about = things.iter().filter(|thing| self.is_meant(thing, call)).count();
            if about > 0 {
                self.seen.not_tried(call, CONTENT.to_owned(), about as u64);
            }
        }
        things
    }

    fn each(self, parent: &Thing, call: &Call, list: &str, fields: &[Field]) -> Vec<Thing> {
        let mut things = Vec::new();
        let take = |page: &Value| {
            let listed = parent.listed_in(page, list, fields).into_iter();
            things.extend(listed.filter(|thing| self.is_meant(thing, call)));
        };
        self.pages(parent, call, take, list);
        things
    }

    /// Has the thing the value that the call is only for?
    fn is_meant(self, thing: &Thing, call: &Call) -> bool {
        call.only.is_none_or(|(key, value)| {
            thing.text(key).is_some() && thing.text(key) == thing.filled(value, self.place).as_deref()
        })
    }

    /// Every page of a call, as long as they come. What is counted is the elements of `list`.
    pub(crate) fn pages(self, thing: &Thing, call: &Call, mut take: impl FnMut(&Value), list: &str) -> bool {
        let (mut token, mut given) = (None::<String>, HashSet::new());
        let (mut pages, mut things) = (0_u32, 0_u64);
        loop {
            match self.send(thing, call, token.as_deref()) {
                Ok(page) => {
                    pages += 1;
                    things += elements(&page, list).len() as u64;
                    take(&page);
                    token = match next_of(call, &page, &mut given) {
                        Ok(None) => {
                            self.seen.answered(call, things);
                            return true;
                        }
                        Ok(next) => next,
                        Err(endless) => {
                            self.seen.unanswered(call, &endless, true, 0);
                            self.seen.answered(call, things);
                            return false;
                        }
                    };
                }
                Err(unanswered) => {
                    self.seen.unanswered(call, &unanswered, pages > 0, 0);
                    if pages > 0 {
                        self.seen.answered(call, things);
                    }
                    return unanswered.why == Why::None;
                }
            }
        }
    }

    fn ask(self, mut thing: Thing, call: &Call, fields: &[Field]) -> Thing {
        if call.unless.is_some_and(|key| thing.text(key).is_some()) || !self.is_meant(&thing, call) {
            return thing;
        }
        match self.whole_answer(&thing, call) {
            Ok(pages) => {
                self.seen.answered(call, 1);
                thing.take_answer(&pages, fields);
            }
            Err(unanswered) => {
                self.seen.unanswered(call, &unanswered, false, 1);
                if unanswered.why == Why::None {
                    thing.take_none(fields, call.otherwise);
                } else if fields.iter().any(|field| field.key == "policy") {
                    thing.policy_error = Some(unanswered.words);
                }
            }
        }
        thing
    }

    /// The pages of an answer that is worth nothing without all of them.
    pub(crate) fn whole_answer(self, thing: &Thing, call: &Call) -> Result<Vec<Value>, Unanswered> {
        let (mut pages, mut given, mut token) = (Vec::new(), HashSet::new(), None::<String>);
        loop {
            let page = self.send(thing, call, token.as_deref())?;
            token = next_of(call, &page, &mut given)?;
            pages.push(page);
            if token.is_none() {
                return Ok(pages);
            }
            if pages.len() >= MOST_PAGES {
                return Err(endless());
            }
        }
    }

    /// One answer of a call that is about no thing of the table.
    pub(crate) fn answer(self, call: &Call, arguments: &[(&str, &str)]) -> Result<Value, Unanswered> {
        let arguments: Vec<(&str, Argument)> =
            arguments.iter().map(|(name, value)| (*name, Argument::Text((*value).to_owned()))).collect();
        self.aws.call(self.signer, &self.place.region, call, call.path, &arguments)
    }

    pub(crate) fn send(self, thing: &Thing, call: &Call, token: Option<&str>) -> Result<Value, Unanswered> {
        let unknown = || Unanswered { why: Why::Failed, words: "what it asks about was not seen".to_owned() };
        let region = thing.text("region").unwrap_or(&self.place.region);
        if call.region.is_some() && self.place.partition != "aws" {
            let words = "asked in the partition aws only".to_owned();
            return Err(Unanswered { why: Why::Absent, words });
        }
        let region = call.region.unwrap_or(region);
        let path = filled(call.path, |key| {
            let value = thing.filled(&format!("{{{key}}}"), self.place)?;
            Some(encoded(&value))
        });
        let path = path.ok_or_else(unknown)?;
        let mut arguments = Vec::with_capacity(call.parameters.len() + 1);
        for (name, template) in &call.parameters {
            let argument = match template.strip_prefix('=') {
                Some(json) => Argument::Json(json.to_owned()),
                None => argument(&thing.filled(template, self.place).ok_or_else(unknown)?),
            };
            arguments.push((*name, argument));
        }
        if let (Some((name, _)), Some(token)) = (call.token, token) {
            arguments.push((name, Argument::Text(token.to_owned())));
        }
        self.aws.call(self.signer, region, call, &path, &arguments)
    }
}

/// The token of the page that follows this one. An error: it was `given` before, so that the pages have no end, or it is none that
/// can be given back.
fn next_of(call: &Call, page: &Value, given: &mut HashSet<String>) -> Result<Option<String>, Unanswered> {
    match call.token.and_then(|(_, out)| at(page, out)) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(next)) if next.is_empty() => Ok(None),
        Some(Value::String(next)) if given.insert(next.clone()) => Ok(Some(next.clone())),
        Some(_) => Err(endless()),
    }
}

fn endless() -> Unanswered {
    Unanswered { why: Why::Failed, words: "its pages have no end".to_owned() }
}

/// `#5` is a number, `[a,b]` a list, anything else a text.
fn argument(text: &str) -> Argument {
    if let Some(number) = text.strip_prefix('#') {
        return Argument::Number(number.to_owned());
    }
    match text.strip_prefix('[').and_then(|list| list.strip_suffix(']')) {
        Some(list) => Argument::List(list.split(',').map(str::to_owned).collect()),
        None => Argument::Text(text.to_owned()),
    }
}

/// `work` on every item, several at once; the results in the order of the items.
pub(crate) fn parallel<T: Sync, R: Send + Sync>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    parallel_by(WIDTH, items, work)
}

/// The same with so many at once.
pub(crate) fn parallel_by<T: Sync, R: Send + Sync>(
    width: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    if items.len() <= 1 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let results: Vec<OnceLock<R>> = items.iter().map(|_| OnceLock::new()).collect();
    std::thread::scope(|scope| {
        for _ in 0..width.min(items.len()) {
            scope.spawn(|| {
                loop {
                    let position = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(item), Some(slot)) = (items.get(position), results.get(position)) else {
                        break;
                    };
                    let _ = slot.set(work(item));
                }
            });
        }
    });
    results.into_iter().filter_map(OnceLock::into_inner).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use serde_json::{Value, json};

    use super::{argument, next_of, parallel_by};
    use crate::aws::Why;
    use crate::message::Argument;
    use crate::table::call;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let items: Vec<u32> = (0..500).collect();
        assert_eq!(
            parallel_by(8, &items, |item| item * 2),
            items.iter().map(|item| item * 2).collect::<Vec<_>>()
        );
    }

    /// botocore ends such a walk with `PaginationError`: "The same next token was received twice".
    #[test]
    fn pages_that_come_round_again_are_not_all() {
        let call = call("lambda:ListFunctions GET /x token:Marker~NextMarker").expect("a call");
        let mut given = HashSet::new();
        let mut next = |token: Value| {
            let page = json!({"Functions": [], "NextMarker": token});
            next_of(&call, &page, &mut given).map_err(|unanswered| unanswered.why)
        };
        assert_eq!(next(json!("a")), Ok(Some("a".to_owned())));
        assert_eq!(next(json!("b")), Ok(Some("b".to_owned())));
        assert_eq!(next(json!("a")), Err(Why::Failed));
        assert_eq!(next(json!({"x": 1})), Err(Why::Failed));
        for last in [json!(""), Value::Null] {
            assert_eq!(next(last), Ok(None));
        }
    }

    #[test]
    fn numbers_lists_and_texts() {
        assert_eq!(argument("#5"), Argument::Number("5".to_owned()));
        assert_eq!(argument("[a,b]"), Argument::List(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(argument("arn:aws:x"), Argument::Text("arn:aws:x".to_owned()));
    }
}
