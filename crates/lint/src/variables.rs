//! Policy variables, put out of the way.

use clavicle_policy::placeholders;

/// The text with every policy variable as a `*`: a variable holds colons and slashes of its own, and what stands there
/// in a request is not known. `${*}` and its kin are one character each; they become `?`.
pub(crate) fn masked(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut at = 0;
    for found in placeholders(text) {
        let Ok(variable) = found.reads else { continue };
        plain.push_str(text.get(at..found.range.start).unwrap_or_default());
        plain.push(if matches!(variable, clavicle_policy::Variable::Character(_)) { '?' } else { '*' });
        at = found.range.end;
    }
    plain.push_str(text.get(at..).unwrap_or_default());
    plain
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn variables_are_anything() {
        assert_eq!(masked("arn:aws:s3:::b/${aws:username}/${?}x${open"), "arn:aws:s3:::b/*/?x${open");
    }
}
