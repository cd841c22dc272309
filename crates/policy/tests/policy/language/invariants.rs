//! What holds for any bytes at all. Also the body of the fuzz target `fuzz/fuzz_targets/parse.rs`.

use clavicle_policy::{Policy, Span, layout, parse};

/// Panics when parsing `bytes` breaks a promise.
pub(crate) fn hold(bytes: &[u8]) {
    let parsed = parse(bytes);
    let text = std::str::from_utf8(bytes).ok();

    let mut before = 0;
    for found in &parsed.diagnostics {
        let Span { start, end } = found.span;
        assert!(start <= end && end as usize <= bytes.len(), "{found} leaves the text: {:?}", found.span);
        assert!(before <= start, "{found} is out of order");
        before = start;
        if let Some(text) = text {
            let whole = text.is_char_boundary(start as usize) && text.is_char_boundary(end as usize);
            assert!(whole, "{found} cuts a character: {:?}", found.span);
        }
        assert!(!found.message.contains('\n') && found.message.len() < 1000, "{found} is no line");
    }

    let Some(policy) = parsed.policy else {
        assert!(!parsed.diagnostics.is_empty(), "no policy, and no word why");
        return;
    };
    let faulty = policy.statements.iter().any(|statement| statement.faulty);
    assert!(!faulty || !parsed.diagnostics.is_empty(), "faulty, and no word why");
    assert_eq!(policy.print().is_none(), faulty, "everything that was understood can be printed");
    if let Some(printed) = policy.print() {
        reads_as(&printed, &policy);
        if let Some(text) = text {
            reads_as(&layout(text), &policy);
        }
    }
}

fn reads_as(text: &str, policy: &Policy) {
    let again = parse(text.as_bytes()).policy;
    assert_eq!(again.as_ref(), Some(policy), "{text}");
    if let Some(printed) = policy.print() {
        let stable = again.and_then(|again| again.print());
        assert_eq!(stable.as_deref(), Some(&*printed), "printing twice changes nothing");
    }
}
