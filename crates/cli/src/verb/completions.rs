//! `completions`: the script that lets a shell ask the program itself what could stand here.

use clap_complete::env::Shells;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;
use crate::typed::Shell;

/// The variable by which the script asks.
pub(crate) const VARIABLE: &str = "CLAVICLE_COMPLETE";

/// Bash takes a colon for the end of a word, and names like `s3://bucket` and `prod:role/web` are full of them.
const WHOLE_NAMES: &str = "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}\n";

/// Prints the script.
pub(crate) fn run(shell: Shell) -> Result<Exit, Failure> {
    let name = match shell {
        Shell::Bash => "bash",
        Shell::Elvish => "elvish",
        Shell::Fish => "fish",
        Shell::Powershell => "powershell",
        Shell::Zsh => "zsh",
    };
    let shells = Shells::builtins();
    let unknown = || Failure::usage(format!("there are no completions for `{name}`"));
    let script = shells.completer(name).ok_or_else(unknown)?;
    let mut text = Vec::new();
    script
        .write_registration(VARIABLE, "clavicle", "clavicle", "clavicle", &mut text)
        .map_err(|error| Failure::input(format!("cannot write the script: {error}")))?;
    if shell == Shell::Bash {
        text.extend_from_slice(WHOLE_NAMES.as_bytes());
    }
    terminal::print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Yes)
}
