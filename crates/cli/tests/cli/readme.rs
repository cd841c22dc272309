//! What the README shows of the demo is what the program prints.

use std::path::Path;

use crate::scene::Scene;

/// A command as the README shows it, and what it says that comes of it.
struct Example<'r> {
    command: &'r str,
    printed: Vec<&'r str>,
}

fn examples(readme: &str) -> Vec<Example<'_>> {
    let mut examples: Vec<Example<'_>> = Vec::new();
    let mut is_open = false;
    for line in readme.lines() {
        if let Some(command) = line.strip_prefix("$ clavicle ") {
            examples.push(Example { command, printed: Vec::new() });
            is_open = true;
        } else if line.starts_with("```") {
            is_open = false;
        } else if let Some(example) = examples.last_mut().filter(|_| is_open) {
            example.printed.push(line);
        }
    }
    examples
}

/// Lines are broken where a page ends, which is as wide as whoever wrote it down had it.
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn the_readme_shows_what_the_demo_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("the README");
    let scene = Scene::new();
    let of_the_demo = |example: &Example<'_>| example.command.ends_with("-s demo");
    let examples: Vec<Example<'_>> = examples(&readme).into_iter().filter(of_the_demo).collect();
    assert!(examples.len() >= 6, "{} examples of the demo", examples.len());
    // In their order: evidence is read by one, and used by the next.
    for Example { command, printed } in examples {
        let output = scene.command(command).current_dir(&root).output().expect("the program runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let text = text.replace(&scene.data().display().to_string(), "~/.local/share/clavicle");
        assert_eq!(words(&text), words(&printed.join("\n")), "clavicle {command}\n{text}");
    }
}
