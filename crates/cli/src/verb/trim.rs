//! `trim`: the plan that takes from somebody what was not used. It is printed and written down; nothing runs it.

use std::path::Path;

use clavicle_answer::{Seen, Trim};

use super::{ask, suggest, unused};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::typed::{Accounts, TrimForm, Trimming};
use crate::{machine, out_file, terminal, text};

/// Makes the plan.
pub(crate) fn run(typed: &Trimming, accounts: &Accounts) -> Result<Exit, Failure> {
    let (_, reader) = ask::read(accounts)?;
    let evidence = unused::evidence(&typed.evidence, accounts, &reader)?;
    let since = unused::since_of(&typed.used, &reader, &evidence)?;
    let seen = Seen { evidence: &evidence, since };
    let plan = reader.trim(&typed.who, seen, &suggest::how(&typed.how))?;
    if let Some(folder) = &typed.out {
        write(folder, &plan)?;
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

/// Writes the files of the plan into a folder that is made for it: nothing that is there is written over.
fn write(folder: &Path, plan: &Trim) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| Failure::io("write the plan", folder, error);
    if std::fs::read_dir(folder).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(Failure::input("there is something in this folder already")
            .in_file(folder)
            .help("name a folder that is not there yet: the old texts in it are what a rollback needs"));
    }
    for name in ["old", "new"] {
        std::fs::create_dir_all(folder.join(name)).map_err(|error| failed(&error))?;
    }
    for file in &plan.files {
        let path = folder.join(&file.name);
        if let Some(inside) = path.parent() {
            std::fs::create_dir_all(inside).map_err(|error| failed(&error))?;
        }
        out_file::write(&path, &machine::escaped(&file.text))?;
        #[cfg(unix)]
        if file.script {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(&path, mode).map_err(|error| failed(&error))?;
        }
    }
    Ok(())
}
