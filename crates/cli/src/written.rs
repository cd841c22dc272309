//! Policies that were made, in the form that was asked for.

use clavicle_policy::Policy;
use clavicle_trim::{Bearer, NamedPolicy};

use crate::failure::Failure;
use crate::machine::escaped;
use crate::typed::{Place, PolicyForm, Written};
use crate::{out_file, terminal};

/// The texts of policies, laid out, in which nothing acts on a terminal.
pub(crate) fn texts(policies: &[Policy]) -> Result<Vec<String>, Failure> {
    let text = |policy: &Policy| policy.print().map(|text| escaped(&text));
    let texts: Option<Vec<String>> = policies.iter().map(text).collect();
    texts.ok_or_else(|| Failure::input("the policy cannot be written down"))
}

/// Prints policies in the form of another tool, or bare. `None`: the form is one for the verb to print. `likely`: the name
/// where none was typed.
pub(crate) fn as_files(
    policies: &[Policy],
    written: &Written,
    likely: &str,
    bearer: Option<(Bearer, &str)>,
) -> Result<Option<String>, Failure> {
    let texts = texts(policies)?;
    let name = written.name.as_deref().unwrap_or(likely);
    let named = || -> Result<Vec<NamedPolicy>, Failure> {
        let numbered = |place: usize| match texts.len() {
            1 => name.to_owned(),
            _ => format!("{name}-{}", place + 1),
        };
        let one = |(place, text): (usize, &String)| NamedPolicy::new(&numbered(place), text, bearer);
        let all: Result<Vec<_>, _> = texts.iter().enumerate().map(one).collect();
        all.map_err(|error| Failure::usage(error.to_string()).help("give another with `--name NAME`"))
    };
    Ok(match written.form {
        PolicyForm::Text | PolicyForm::Json => None,
        PolicyForm::Policy => Some(texts.concat()),
        PolicyForm::Tf => Some(clavicle_trim::terraform(&named()?)),
        PolicyForm::Cfn => {
            let text = clavicle_trim::cloudformation(&named()?);
            Some(text.map_err(|error| Failure::input(error.to_string()).help("write it with `-o policy`"))?)
        }
    })
}

/// Where a policy is to go.
pub(crate) fn place(typed: Place) -> clavicle_trim::Place {
    match typed {
        Place::Managed => clavicle_trim::Place::Managed,
        Place::User => clavicle_trim::Place::User,
        Place::Group => clavicle_trim::Place::Group,
        Place::Role => clavicle_trim::Place::Role,
    }
}

/// Prints the answer, or writes it to the file that was named.
pub(crate) fn put(text: &str, written: &Written) -> Result<(), Failure> {
    match &written.out {
        Some(path) => out_file::write(path, &anstream::adapter::strip_str(text).to_string()),
        None => terminal::print(text),
    }
}
