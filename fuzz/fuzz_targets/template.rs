//! Any text as Terraform, YAML and JSON, whole and as it is being written: places lie in the text.

#![no_main]

use clavicle_template::cursor::{at, written_at};
use clavicle_template::{Language, Reading, find};

libfuzzer_sys::fuzz_target!(|text: &str| {
    for language in [Language::Json, Language::Yaml, Language::Terraform] {
        let found = find(text, language);
        for policy in &found.policies {
            assert!(text.get(policy.span.clone()).is_some());
            assert!(policy.unseen.iter().all(|part| text.get(part.span.clone()).is_some()));
            for reading in [Reading::Wide, Reading::Narrow, Reading::Known] {
                let json = policy.json(reading);
                for start in 0..json.text.len() {
                    let place = json.place(start..start + 1).bytes;
                    assert!(place.start <= place.end && place.end <= text.len());
                }
            }
        }
        let byte = text.floor_char_boundary(text.len() / 2);
        at(&found, byte);
        written_at(text, language, byte);
    }
});
