//! By what names put their bearers together, where there are more of them than a band has rows.

use std::collections::BTreeSet;

use super::atom::Key;
use super::stem::{first_words, last_words};

/// Names that do not tell their bearers apart leave their order: runs of so many.
const RUNS: [usize; 2] = [4, 12];

/// A finer and a coarser key for each of these names, which are in order: by the first words or the last ones, where there
/// are a few of these; else by where it stands, so that whoever knows a name finds it: `prod-0107 … prod-0388`.
pub(crate) fn name_keys(names: &[&str]) -> Vec<[Key; 2]> {
    let words: [fn(&str) -> &str; 2] = [|name| first_words(name, 1), |name| last_words(name, 1)];
    let tells = |word: &fn(&str) -> &str| {
        let few = names.iter().map(|name| word(name)).collect::<BTreeSet<_>>().len();
        few >= 3 && few * 2 <= names.len()
    };
    let word = words.iter().find(|word| tells(word));
    let keys = names.iter().enumerate().map(|(at, name)| match word {
        Some(word) => [(); 2].map(|()| Key::new(format!("word {}", word(name)))),
        None => RUNS.map(|size| run(names, at, size)),
    });
    keys.collect()
}

/// The run of so many in which a name stands.
fn run(names: &[&str], at: usize, size: usize) -> Key {
    let start = at - at % size;
    let common = match names.get(start..names.len().min(start + size)).unwrap_or_default() {
        [first, .., last] => format!("{first} … {last}"),
        own => own.concat(),
    };
    Key { key: format!("run {size} {start}"), common }
}

#[cfg(test)]
mod tests {
    use super::name_keys;

    #[test]
    fn names_that_tell_nothing_are_put_together_in_their_order() {
        let names: Vec<String> = (0..30).map(|at| format!("prod-{at:02}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let keys = name_keys(&names);
        let common = |at: usize| keys[at].each_ref().map(|key| key.common.as_str());
        assert_eq!(common(5), ["prod-04 … prod-07", "prod-00 … prod-11"]);
        assert_eq!(common(29), ["prod-28 … prod-29", "prod-24 … prod-29"]);
        assert_eq!(keys[24][1], keys[29][1]);
        assert_ne!(keys[23][1], keys[24][1]);
        assert_eq!(name_keys(&["only"])[0][0].common, "only");
        assert!(name_keys(&[]).is_empty());
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
