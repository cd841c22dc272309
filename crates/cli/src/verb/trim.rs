//! `trim`: the plan that takes from somebody what was not used. It is printed and written down; nothing runs it.

use std::path::Path;

use clavicle_answer::{Seen, Trim, TrimFile};

use super::{ask, suggest, unused};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::out_folder::OutFolder;
use crate::typed::{Accounts, TrimForm, Trimming};
use crate::{machine, terminal, text};

/// Makes the plan.
pub(crate) fn run(typed: &Trimming, accounts: &Accounts) -> Result<Exit, Failure> {
    let (_, reader) = ask::read(accounts)?;
    let evidence = unused::evidence(&typed.evidence, accounts, &reader)?;
    let since = unused::since_of(&typed.used, &reader, &evidence)?;
    let seen = Seen { evidence: &evidence, since };
    let plan = reader.trim(&typed.who, seen, &suggest::how(&typed.how))?;
    if let Some(folder) = &typed.out {
        write(folder, &plan.files)?;
    }
    let text = match typed.form {
        TrimForm::Text => {
            let mut page = terminal::page();
            text::trim(&mut page, &plan.page, typed.out.as_deref(), typed.all);
            page.into_text()
        }
        TrimForm::Json => machine::object(&plan.page)?,
        TrimForm::Sh => machine::escaped(&plan.page.apply),
        TrimForm::Tf => form(&plan, &plan.page.terraform)?,
        TrimForm::Cfn => form(&plan, &plan.page.cloudformation)?,
    };
    terminal::print(&text)?;
    Ok(Exit::Yes)
}

/// A plan in the form of another tool; where there is none though there is something to do, that is an error.
fn form(plan: &Trim, text: &str) -> Result<String, Failure> {
    if text.is_empty() && !plan.page.apply.is_empty() {
        let notes = plan.page.notes.iter().filter(|note| note.starts_with("There is no form"));
        return Err(notes.fold(Failure::input("the plan has no such form"), |error, note| error.help(note)));
    }
    Ok(machine::escaped(text))
}

/// Writes the files of the plan into a folder that is made for it: all or none, and nothing that is there is written over.
fn write(folder: &Path, files: &[TrimFile]) -> Result<(), Failure> {
    if std::fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(Failure::input("there is something in this folder already")
            .in_file(folder)
            .help("name a folder that is not there yet: the old texts in it are what a rollback needs"));
    }
    let out = OutFolder::begin(folder)?;
    fill(out.path(), files).map_err(|error| Failure::io("write the plan", folder, &error))?;
    // A script without the texts that it sends would be worse than none.
    out.finish(&["rollback.sh", "apply.sh"])
}

fn fill(folder: &Path, files: &[TrimFile]) -> std::io::Result<()> {
    for name in ["old", "new"] {
        std::fs::create_dir_all(folder.join(name))?;
    }
    for file in files {
        let path = folder.join(&file.name);
        if let Some(inside) = path.parent() {
            std::fs::create_dir_all(inside)?;
        }
        std::fs::write(&path, machine::escaped(&file.text))?;
        #[cfg(unix)]
        if file.script {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clavicle_answer::TrimFile;

    use super::write;

    #[test]
    fn a_plan_that_cannot_be_written_whole_is_not_there_at_all() {
        let around = tempfile::tempdir().expect("a folder");
        let file = |name: &str| TrimFile { name: name.to_owned(), text: name.to_owned(), script: true };
        let (plan, empty) = (around.path().join("plan"), around.path().join("empty"));
        std::fs::create_dir(&empty).expect("a folder");
        // The third stands in what is no folder.
        let broken = [file("apply.sh"), file("new/01.json"), file("new/01.json/x")];
        for place in [&plan, &empty] {
            assert!(write(place, &broken).is_err());
        }
        assert!(!plan.exists() && std::fs::read_dir(&empty).expect("a folder").next().is_none());
        assert_eq!(std::fs::read_dir(around.path()).expect("a folder").count(), 1);
        for place in [&plan, &empty] {
            write(place, &broken[..2]).expect("written");
            assert_eq!(std::fs::read_to_string(place.join("new/01.json")).expect("a file"), "new/01.json");
            assert!(place.join("old").is_dir() && place.join("apply.sh").is_file());
        }
        // Nothing that is there is written over.
        assert!(write(&plan, &broken[..2]).is_err());
    }
}
