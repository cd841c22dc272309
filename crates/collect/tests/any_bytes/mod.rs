//! What holds for any bytes at all as answers of AWS. Also the body of the fuzz target `fuzz/fuzz_targets/answer.rs`.

use std::sync::LazyLock;

use clavicle_collect::{kept, kinds_and_calls};

/// Panics when reading `bytes` breaks a promise. The first one chooses the kind of thing; the rest are the bodies that its calls
/// are answered with, a line of `---` between them.
pub(crate) fn hold(bytes: &[u8]) {
    static KINDS: LazyLock<Vec<(&str, Vec<String>)>> = LazyLock::new(kinds_and_calls);
    let Some((number, bodies)) = bytes.split_first() else { return };
    let (kind, calls) = &KINDS[usize::from(*number) % KINDS.len()];
    let Ok(text) = std::str::from_utf8(bodies) else { return };
    let mut bodies: Vec<&str> = text.split("\n---\n").collect();
    // The last one answers every call that is left.
    let last = bodies[bodies.len() - 1];
    bodies.resize(calls.len(), last);
    for item in kept(kind, &bodies) {
        assert_eq!(item["resourceType"], *kind);
        let text = item.to_string();
        assert!(!text.contains('\n'), "an item is a line of a file: {text}");
        // A page says a thing of each element, and no answer is told twice over.
        assert!(
            text.len() < 4096 + 40 * bodies.iter().map(|body| body.len()).sum::<usize>(),
            "{}",
            text.len()
        );
    }
}
