//! Doors of which it cannot be read whom they let in: a parameter of a template, what is known after deployment, a fault.

use clavicle_policy::{Diagnostic, Effect, Statement};

use crate::actor::Target;
use crate::world::World;

impl World {
    /// May the policy of a thing, or the trust policy of a role, let in somebody whom nobody can read? Where a statement is in
    /// doubt, its text is read again.
    pub fn lets_in_whom_nobody_knows(&self, target: &Target) -> bool {
        let policy = match target {
            Target::Resource(index) => self.resource_policy(*index),
            Target::Principal(index) => self.trust_policy(*index),
            Target::Arn(..) | Target::Anything => None,
        };
        let Some(policy) = policy else { return false };
        if !self.documents.digest(policy).allows().any(|statement| statement.faulty) {
            return false;
        }
        let parsed = clavicle_policy::parse(self.text(policy).as_bytes());
        let statements = parsed.policy.iter().flat_map(|policy| &policy.statements);
        statements.into_iter().any(|statement| is_in_doubt(statement, &parsed.diagnostics))
    }
}

/// Is it in doubt whom a statement that may allow names? Faults in other elements leave that certain.
fn is_in_doubt(statement: &Statement, faults: &[Diagnostic]) -> bool {
    if !statement.faulty || statement.effect.as_ref().is_some_and(|effect| effect.value == Effect::Deny) {
        return false;
    }
    // What was not read may be the principal.
    let Some(principal) = &statement.principal else { return true };
    if principal.bare.is_none() && principal.entries.is_empty() {
        return true;
    }
    let start = principal.key.span.start;
    let others = [
        statement.sid.as_ref().map(|it| it.span.start),
        statement.effect.as_ref().map(|it| it.span.start),
        statement.action.as_ref().map(|it| it.key.span.start),
        statement.resource.as_ref().map(|it| it.key.span.start),
        statement.condition.as_ref().map(|it| it.key.span.start),
    ];
    let behind = others.into_iter().flatten().filter(|other| *other > start).min();
    let end = behind.unwrap_or(statement.span.0.end);
    faults.iter().any(|fault| (start..end).contains(&fault.span.start))
}

#[cfg(test)]
mod tests {
    use super::is_in_doubt;

    #[test]
    fn what_is_in_doubt_is_whom_the_statement_names() {
        let doubt = |principal: &str, resource: &str| {
            let text = format!(
                r#"{{"Statement": [{{"Effect": "Allow", {principal} "Action": "sqs:SendMessage", "Resource": {resource}}}]}}"#
            );
            let parsed = clavicle_policy::parse(text.as_bytes());
            let policy = parsed.policy.expect("a policy");
            is_in_doubt(&policy.statements[0], &parsed.diagnostics)
        };
        const LATER: &str = "(known-after-deployment)";
        for (principal, resource, expected) in [
            (r#""Principal": {"AWS": "111122223333"},"#, r#""*""#, false),
            (r#""Principal": {"AWS": "111122223333"},"#, LATER, false),
            (&format!(r#""Principal": {{"AWS": {LATER}}},"#), r#""*""#, true),
            (&format!(r#""Principal": {LATER},"#), r#""*""#, true),
            (&format!(r#""Principal": {{"AWS": ["111122223333", {LATER}]}},"#), r#""*""#, true),
            (r#""Principle": {"AWS": "111122223333"},"#, r#""*""#, true),
        ] {
            assert_eq!(doubt(principal, resource), expected, "{principal} {resource}");
        }
    }
}
