//! `outside`: who gets in from beyond the organization.

use clavicle_answer::OutsideQuestion;

use super::ask;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::typed::{Accounts, Outside};

/// Answers.
pub(crate) fn run(typed: &Outside, accounts: &Accounts) -> Result<Exit, Failure> {
    let (_, reader) = ask::read(accounts)?;
    let question = OutsideQuestion {
        account: typed.account.clone(),
        public: typed.public,
        blocked: typed.output.all,
        direct: typed.direct,
    };
    let mut answer = reader.outside(&question).map_err(|error| ask::unnamed(error, typed.output.redact))?;
    ask::hide(&mut answer, typed.output.redact, &reader)?;
    ask::write(&answer, &typed.output, accounts)?;
    Ok(ask::exit(answer.verdict, None))
}
