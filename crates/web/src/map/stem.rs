//! What several names have in common.

/// The first `count` words of a name: `billing-api-exec` has three.
pub(crate) fn first_words(name: &str, count: usize) -> &str {
    let ends = name.char_indices().filter(|(at, each)| *at > 0 && is_between(*each)).map(|(at, _)| at);
    ends.chain([name.len()]).nth(count.saturating_sub(1)).map_or(name, |end| &name[..end])
}

/// The last `count` words of a name, numbers at its end aside: `api-exec` of `billing-api-exec-2`.
pub(crate) fn last_words(name: &str, count: usize) -> &str {
    let name = without_number(name);
    let starts = name.char_indices().rev().filter(|(_, each)| is_between(*each));
    starts.map(|(at, each)| at + each.len_utf8()).nth(count.saturating_sub(1)).map_or(name, |at| &name[at..])
}

/// A name without the numbers that are put behind it: `web` of `web:17`.
pub(crate) fn without_number(name: &str) -> &str {
    let mut name = name;
    while let Some(at) = name.rfind(is_between)
        && is_number(&name[at + 1..])
    {
        name = &name[..at];
    }
    name
}

/// Digits, or the hexadecimal digits that machines put behind names.
fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_hexdigit()) && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// One name for several: `billing-*`, `*-exec`; `None` if they have nothing in common that would say something.
pub(crate) fn stem<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Option<String> {
    let first = names.clone().next()?;
    if names.clone().all(|name| name == first) {
        return Some(first.to_owned());
    }
    let start = names.clone().fold(first, common_start);
    let ends_a_word = |name: &str| name[start.len()..].chars().next().is_none_or(is_between);
    if start.chars().count() >= 3 && names.clone().all(ends_a_word) {
        return Some(format!("{}*", start));
    }
    let start = &start[..start.rfind(is_between).map_or(0, |at| at + 1)];
    if start.chars().count() >= 3 {
        return Some(format!("{start}*"));
    }
    let end = names.fold(first, common_end);
    let end = end.find(is_between).map_or("", |at| &end[at..]);
    (end.chars().count() >= 4).then(|| format!("*{end}"))
}

fn common_start<'n>(one: &'n str, other: &str) -> &'n str {
    let same = one.char_indices().zip(other.chars()).find(|((_, a), b)| a != b);
    let end = same.map_or(one.len().min(other.len()), |((at, _), _)| at);
    // Where one begins with the other, the shorter ends between two characters.
    one.get(..end).unwrap_or("")
}

fn common_end<'n>(one: &'n str, other: &str) -> &'n str {
    let mut start = one.len();
    for ((at, a), b) in one.char_indices().rev().zip(other.chars().rev()) {
        if a != b {
            break;
        }
        start = at;
    }
    &one[start..]
}

fn is_between(each: char) -> bool {
    matches!(each, '-' | '_' | '.' | '/' | ':')
}

#[cfg(test)]
mod tests {
    use super::{first_words, last_words, stem};

    #[test]
    fn words_of_names() {
        assert_eq!(first_words("billing-api-exec", 1), "billing");
        assert_eq!(first_words("billing-api-exec", 2), "billing-api");
        assert_eq!(first_words("billing", 2), "billing");
        assert_eq!(first_words("-x-y", 1), "-x");
        assert_eq!(first_words("", 1), "");
        assert_eq!(last_words("billing-api-exec-2", 2), "api-exec");
        assert_eq!(last_words("web-5c5-22", 1), "web");
        assert_eq!(last_words("dev", 2), "dev");
        assert_eq!(last_words("7", 1), "7");
    }

    #[test]
    fn stems_end_between_words() {
        let of = |names: &[&str]| stem(names.iter().copied());
        assert_eq!(of(&["billing-eu", "billing-us"]).as_deref(), Some("billing-*"));
        assert_eq!(of(&["dev-ada", "dev-al"]).as_deref(), Some("dev-*"));
        assert_eq!(of(&["cart-exec", "search-exec"]).as_deref(), Some("*-exec"));
        assert_eq!(of(&["deployer", "deployer-blue"]).as_deref(), Some("deployer*"));
        assert_eq!(of(&["a", "a"]).as_deref(), Some("a"));
        assert_eq!(of(&["alpha", "alps"]), None);
        assert_eq!(of(&["naïve-ä", "naïve-ö"]).as_deref(), Some("naïve-*"));
        assert_eq!(of(&["ö", "ä", ""]), None);
        assert_eq!(of(&[]), None);
    }
}
