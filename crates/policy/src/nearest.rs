//! "Did you mean …?"

/// Which of `names` was most likely meant by `written`? `None` when none is near enough to be helpful.
pub fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if written.len() > LONGEST {
        return None;
    }
    let written: Vec<u8> = written.bytes().map(|byte| byte.to_ascii_lowercase()).collect();
    names
        .into_iter()
        .map(|name| (distance(&written, &name.to_ascii_lowercase().into_bytes()), name))
        .filter(|(distance, name)| *distance * 3 <= name.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// No name of AWS is as long: `codebuild:secondarySources/${sourceIdentifier}.buildStatusConfig.targetUrl` has 74 letters.
const LONGEST: usize = 100;

/// How many letters must be put in, taken out or exchanged to make `a` of `b` (Levenshtein).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, left) in a.iter().enumerate() {
        let mut diagonal = line;
        let mut before = line + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(b) {
            let here = (diagonal + usize::from(left != right)).min(before + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, here);
            before = here;
        }
        if let Some(first) = row.first_mut() {
            *first = line + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_is_recognised_and_nonsense_is_not() {
        let names = ["Action", "NotAction", "Resource"];
        assert_eq!(nearest("Actions", names), Some("Action"));
        assert_eq!(nearest("notactoin", names), Some("NotAction"));
        assert_eq!(nearest("Resuorce", names), Some("Resource"));
        assert_eq!(nearest("Banana", names), None);
        assert_eq!(nearest("", names), None);
    }

    /// Two keys of `CodeBuild` that differ behind the 64th letter.
    #[test]
    fn long_names_are_compared_whole() {
        let names = ["targetUrl", "context"]
            .map(|end| format!("codebuild:secondarySources/${{sourceIdentifier}}.buildStatusConfig.{end}"));
        let near = |written: &str| nearest(written, names.iter().map(String::as_str));
        assert_eq!(near(&names[1].replace("context", "contxt")), Some(&*names[1]));
        assert_eq!(near(&names[0].replace("targetUrl", "targetUri")), Some(&*names[0]));
        // It begins as a name does, and means none.
        assert_eq!(near(&format!("{}{}", names[0], "x".repeat(40))), None);
    }
}
