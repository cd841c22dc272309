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
    let evidence = unused::evidence(&typed.evidence, &reader)?;
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
    };
    terminal::print(&text)?;
    Ok(Exit::Yes)
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
