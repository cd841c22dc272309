//! By what names put their bearers together, where there are more of them than a band has rows.

use std::collections::BTreeSet;

use super::atom::Key;
use super::stem::{first_words, last_words};

/// Names that do not tell their bearers apart leave their order: so many runs.
const RUNS: [usize; 3] = [16, 8, 4];

/// Finer and coarser keys for each of these names, which are in order: by the first words or the last ones, where there
/// are a few of these; else by where it stands, so that whoever knows a name finds it: `prod-0107 … 0388`.
pub(crate) fn name_keys(names: &[&str]) -> Vec<[Key; 3]> {
    let words: [fn(&str) -> &str; 2] = [|name| first_words(name, 1), |name| last_words(name, 1)];
    let tells = |word: &fn(&str) -> &str| {
        let few = names.iter().map(|name| word(name)).collect::<BTreeSet<_>>().len();
        few >= 3 && few * 2 <= names.len()
    };
    let word = words.iter().find(|word| tells(word));
    let keys = names.iter().enumerate().map(|(at, name)| match word {
        Some(word) => [(); 3].map(|()| Key::new(format!("word {}", word(name)))),
        None => RUNS.map(|runs| run(names, at, names.len().div_ceil(runs))),
    });
    keys.collect()
}

/// The run of so many in which a name stands.
fn run(names: &[&str], at: usize, size: usize) -> Key {
    let start = at - at % size;
    let common = match names.get(start..names.len().min(start + size)).unwrap_or_default() {
        [first, .., last] => from_to(first, last),
        own => own.concat(),
    };
    Key { key: format!("run {size} {start}"), common }
}

/// `prod-0107 … 0388`.
fn from_to(first: &str, last: &str) -> String {
    format!("{first} … {}", beyond(first, last))
}

/// What those of a run are called who stand together, where others of it stand by themselves: from their first to their last.
/// `run`: what the whole is called; what is no run stays as it is.
pub(crate) fn within_run(run: String, names: &[String]) -> String {
    match (names.iter().min(), names.iter().max()) {
        (Some(first), Some(last)) if run.contains(" … ") && first != last => from_to(first, last),
        _ => run,
    }
}

/// A name without the words that another one begins with too, as long as some are left: `0388` of `prod-0388`.
fn beyond<'n>(first: &str, name: &'n str) -> &'n str {
    let common = first.char_indices().zip(name.chars()).take_while(|((_, own), other)| own == other);
    let ends = common.filter(|((_, letter), _)| matches!(letter, '-' | '_' | '.' | '/' | ' '));
    let from = ends.last().map_or(0, |((at, letter), _)| at + letter.len_utf8());
    name.get(from..).filter(|rest| !rest.is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{beyond, name_keys, within_run};

    #[test]
    fn names_that_tell_nothing_are_put_together_in_their_order() {
        let names: Vec<String> = (0..30).map(|at| format!("prod-{at:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let keys = name_keys(&names);
        let common = |at: usize| keys[at].each_ref().map(|key| key.common.as_str());
        assert_eq!(common(5), ["prod-04 … 05", "prod-04 … 07", "prod-00 … 07"]);
        assert_eq!(common(29), ["prod-28 … 29", "prod-28 … 29", "prod-24 … 29"]);
        assert_eq!(keys[24][2], keys[29][2]);
        assert_ne!(keys[23][2], keys[24][2]);
        assert_eq!(name_keys(&["only"])[0][0].common, "only");
        assert!(name_keys(&[]).is_empty());
        let left = ["prod-06", "prod-04"].map(str::to_owned);
        assert_eq!(within_run("prod-04 … 07".to_owned(), &left), "prod-04 … 06");
        assert_eq!(within_run("pay".to_owned(), &left), "pay");
        for (first, last, wanted) in [
            ("prod-1", "shop-2", "shop-2"),
            ("a-b-1", "a-b-22", "22"),
            ("prod-", "prod-", "prod-"),
            ("prod", "prod-1", "prod-1"),
            ("é-1", "é-2", "2"),
        ] {
            assert_eq!(beyond(first, last), wanted, "{first} {last}");
        }
    }

    #[test]
    fn names_that_tell_something_are_put_together_by_their_words() {
        let names = ["pay-dev", "pay-prod", "shop-dev", "shop-prod", "web-dev", "web-prod"];
        let keys = name_keys(&names);
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[1], keys[2]);
        let names = ["a-dev", "b-dev", "c-prod", "d-prod", "e-test", "f-test"];
        let keys = name_keys(&names);
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[1], keys[2]);
        assert_eq!(keys[4], keys[5]);
    }
}
