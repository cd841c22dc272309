//! Texts that are made to hurt end in an error, in little memory and on a small stack.
//!
//! This file is a process of its own with one test, so that nobody else's memory is counted.

use clavicle_policy::{Severity, layout, parse};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MB: usize = 1 << 20;

/// How many bytes were in use at once while `work` ran, on top of what was before.
fn peak(work: impl FnOnce()) -> usize {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    work();
    MEMORY.peak_usage() - before
}

/// `unit` over and over, up to `size` bytes.
fn repeated(unit: &[u8], size: usize) -> Vec<u8> {
    unit.repeat(size / unit.len())
}

/// Parses on a stack of 256 KB; the ids of what is wrong, and the peak of memory.
fn parsed(bytes: &[u8]) -> (Vec<&'static str>, usize) {
    let work = || {
        let mut ids = Vec::new();
        let peak = peak(|| {
            let parsed = parse(bytes);
            if parsed.policy.is_some_and(|policy| policy.statements.iter().all(|statement| !statement.faulty))
            {
                assert!(parsed.diagnostics.iter().all(|found| found.severity == Severity::Warning));
            }
            ids = parsed.diagnostics.iter().map(|found| found.id).collect();
        });
        (ids, peak)
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 << 10).spawn_scoped(scope, work);
        thread.expect("a thread can be started").join().expect("parsing does not panic")
    })
}

#[test]
fn hostile_texts_are_refused_in_little_memory() {
    let units: [&[u8]; 16] = [
        b"junk ",
        b"{",
        b"[",
        b"{\"a\":",
        b"[[],",
        b"[],",
        b"\"",
        b"\\",
        b"\xff",
        b"\0",
        b"{\"Statement\":[",
        b"/*",
        b"//\n",
        b"${k, '",
        b"1",
        b"\"a\":1,",
    ];
    for unit in units {
        // Longer than any policy: not even looked at.
        let (ids, used) = parsed(&repeated(unit, 50 * MB));
        assert_eq!(ids, ["too-large"], "{unit:?}");
        assert!(used < MB, "{used} bytes for 50 MB of {unit:?}");

        let (ids, used) = parsed(&repeated(unit, 19 * MB));
        assert!(!ids.is_empty() && ids.len() <= 102, "{unit:?}: {ids:?}");
        assert!(used < 64 * MB, "{used} bytes for 19 MB of {unit:?}");
    }

    // Valid as far as it goes, and as large as may be.
    for (head, unit, tail) in [
        ("[", "[],", "[]]"),
        ("[", "{},", "{}]"),
        ("[", "\"\\n\",", "1]"),
        ("{\"Statement\": [", "{},", "{}]}"),
        ("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": [", "\"s3:*\",", "\"*\"]}}"),
        (
            "{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Condition\": {\"Bool\": {",
            "\"a\":1,",
            "\"b\":1}}}}",
        ),
        ("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"", "${k, '", "\"}}"),
        ("{\"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"", "\\u00e9", "\"}}"),
        (
            "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"",
            "${k, '",
            "\"}}",
        ),
    ] {
        let text = [head.as_bytes(), &repeated(unit.as_bytes(), 19 * MB), tail.as_bytes()].concat();
        let (_, used) = parsed(&text);
        assert!(used < 96 * MB, "{used} bytes for 19 MB of {unit}");
    }

    // Laying out refuses the same texts.
    let deep = "[".repeat(MB);
    assert!(layout(&deep) == deep);
    let long = format!("[{}]", " ".repeat(30 * MB));
    assert!(layout(&long) == long);
}
