//! An action that is done to several things at once: `ec2:RunInstances` takes an image, a subnet, a security group and
//! more, and makes an instance. Who may do it may do it to each.
//!
//! AWS: Service Authorization Reference, "Actions table": resource types marked with an asterisk are required; IAM User
//! Guide, "Policy evaluation logic": every resource of a request has to be allowed.

use clavicle_catalog::ActionId;
use clavicle_graph::{Actor, Target};
use clavicle_policy::AccountId;

use crate::operation::{best, worst};
use crate::page::listed;
use crate::question::{Question, QuestionError};
use crate::reader::Reader;
use crate::resolve::Spot;
use crate::shape::{AnswerPage, NeededAction};

const REGION: &str = "aws:RequestedRegion";

/// An action with the kinds of things that each request of it names.
pub(crate) struct DoneToSeveral {
    action: ActionId,
    /// Kinds, with the forms of their ARNs.
    kinds: Vec<(String, Vec<&'static str>)>,
}

impl Reader {
    /// Is this an action each request of which names several things?
    pub(crate) fn done_to_several(&self, text: &str) -> Option<DoneToSeveral> {
        let catalog = self.world().catalog();
        let action = catalog.action(text.trim())?;
        let required = catalog.resources(action).filter(|taken| taken.is_required());
        let kinds: Vec<(String, Vec<&str>)> = required
            .map(|taken| (taken.resource_type().to_string(), taken.resource_type().arn_patterns().collect()))
            .collect();
        (kinds.len() > 1).then_some(DoneToSeveral { action, kinds })
    }

    /// Can they do it to any of each kind, in their own account?
    pub(crate) fn answer_can_to_all(
        &self,
        question: &Question,
        actor: &Actor,
        done: &DoneToSeveral,
    ) -> Result<AnswerPage, QuestionError> {
        let name = self.world().catalog().name(done.action);
        let kinds: Vec<String> = done.kinds.iter().map(|(kind, _)| kind.clone()).collect();
        let to_each = format!("`{name}` is done to {} at once", listed(&kinds));
        let region = question.when.iter().find(|(key, _)| key.eq_ignore_ascii_case(REGION));
        let Some([region]) = region.map(|(_, values)| values.as_slice()) else {
            return Err(QuestionError::new(to_each)
                .hint(format!("say in which region: `--when {REGION}=eu-west-1`; or name one thing")));
        };
        let Some(account) = self.world().account_of(actor) else {
            return Err(QuestionError::new(to_each).hint("name one thing"));
        };
        let partition = self
            .thing_of_actor(actor)
            .arn
            .as_deref()
            .and_then(|arn| arn.split(':').nth(1).map(str::to_owned));
        let mut pages = Vec::new();
        for (kind, forms) in &done.kinds {
            // A thing of the kind is named in one of its forms.
            let mut in_forms = Vec::new();
            for form in forms {
                let arn = any_of(form, partition.as_deref().unwrap_or("aws"), region, account);
                let spot = Spot { target: Target::Arn(arn.as_str().into(), Some(account)), part: None };
                in_forms.push((kind, arn, self.answer_can_on(question, actor, name, &spot)?));
            }
            pages.push(in_forms.swap_remove(best(in_forms.iter().map(|(_, _, page)| page))));
        }
        let (decisive, _, mut page) = pages.swap_remove(worst(pages.iter().map(|(_, _, page)| page)));
        page.sentence.push_str(&format!(
            " {name} is done to {} at once, each of which was asked; this is of {decisive}.",
            listed(&kinds)
        ));
        for (_, arn, _) in pages {
            page.needs.push(NeededAction {
                action: name.to_owned(),
                on: arn,
                why: "the same call".to_owned(),
            });
        }
        Ok(page)
    }
}

/// The ARN for any thing of a kind: with a name that no policy singles out.
fn any_of(form: &str, partition: &str, region: &str, account: AccountId) -> String {
    let known = form
        .replace("${Partition}", partition)
        .replace("${Region}", region)
        .replace("${Account}", &account.to_string());
    let mut arn = String::with_capacity(known.len());
    let mut rest = known.as_str();
    while let Some((before, after)) = rest.split_once("${") {
        arn.push_str(before);
        arn.push('*');
        rest = after.split_once('}').map_or("", |(_, rest)| rest);
    }
    arn.push_str(rest);
    arn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_thing_of_a_kind_has_a_name_of_its_own() {
        let account = AccountId::parse("111122223333").expect("an account");
        let any = |form| any_of(form, "aws", "eu-west-1", account);
        assert_eq!(any("arn:${Partition}:ec2:${Region}::image/${ImageId}"), "arn:aws:ec2:eu-west-1::image/*");
        assert_eq!(
            any("arn:${Partition}:ec2:${Region}:${Account}:subnet/${SubnetId}"),
            "arn:aws:ec2:eu-west-1:111122223333:subnet/*"
        );
    }
}
