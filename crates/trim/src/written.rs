//! Statements and policies put together from parts, in the form in which they print.

use clavicle_policy::{
    ActionElement, Effect, Policy, ResourceElement, Span, Spanned, Statement, StatementForm, StatementSpan,
    Version,
};

/// A value that stands nowhere yet.
pub(crate) fn made<T>(value: T) -> Spanned<T> {
    Spanned::new(value, Span::default())
}

/// A policy of these statements, in the newer version of the language.
pub(crate) fn policy(statements: Vec<Statement>) -> Policy {
    Policy { version: Some(made(Version::V2012)), id: None, statements, form: StatementForm::List }
}

/// An Allow of these actions on these resources.
pub(crate) fn allow(actions: Vec<String>, resources: Vec<String>) -> Statement {
    let mut statement = Statement {
        span: StatementSpan::default(),
        sid: None,
        effect: Some(made(Effect::Allow)),
        principal: None,
        action: Some(ActionElement { negated: false, key: made(()), patterns: Vec::new(), list: false }),
        resource: Some(ResourceElement { negated: false, key: made(()), patterns: Vec::new(), list: false }),
        condition: None,
        faulty: false,
        action_is_certain: true,
        lacks_action: false,
    };
    set_actions(&mut statement, actions);
    set_resources(&mut statement, resources);
    statement
}

/// Gives a statement a list of actions: `Action`, whatever it was.
pub(crate) fn set_actions(statement: &mut Statement, actions: Vec<String>) {
    let patterns: Vec<Spanned<String>> = actions.into_iter().map(made).collect();
    let list = patterns.len() != 1;
    statement.action = Some(ActionElement { negated: false, key: made(()), patterns, list });
}

/// Gives a statement a list of resources: `Resource`, whatever it was.
pub(crate) fn set_resources(statement: &mut Statement, resources: Vec<String>) {
    let patterns: Vec<Spanned<String>> = resources.into_iter().map(made).collect();
    let list = patterns.len() != 1;
    statement.resource = Some(ResourceElement { negated: false, key: made(()), patterns, list });
}

/// Its actions, if it lists those that it speaks of.
pub(crate) fn actions(statement: &Statement) -> Option<Vec<String>> {
    let element = statement.action.as_ref().filter(|element| !element.negated)?;
    Some(element.patterns.iter().map(|pattern| pattern.value.clone()).collect())
}

/// Its resources, if it lists those that it speaks of.
pub(crate) fn resources(statement: &Statement) -> Option<Vec<String>> {
    let element = statement.resource.as_ref().filter(|element| !element.negated)?;
    Some(element.patterns.iter().map(|pattern| pattern.value.clone()).collect())
}

/// Its effect. A statement without one is faulty.
pub(crate) fn effect(statement: &Statement) -> Option<Effect> {
    statement.effect.as_ref().map(|effect| effect.value)
}

/// The same policy in the version that knows variables: what was plain text stays plain text.
///
/// AWS: IAM User Guide, "IAM policy elements: Variables and tags", Using variables in the Version element, and
/// "Special characters".
pub(crate) fn in_new_version(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    if !policy.has_variables() {
        let plain = |text: &mut String| *text = text.replace("${", "${$}{");
        for statement in &mut policy.statements {
            for pattern in statement.resource.iter_mut().flat_map(|element| &mut element.patterns) {
                plain(&mut pattern.value);
            }
            for clause in statement.condition.iter_mut().flat_map(|condition| &mut condition.clauses) {
                for value in &mut clause.values {
                    if let clavicle_policy::Scalar::String(text) = &mut value.value {
                        plain(text);
                    }
                }
            }
        }
    }
    policy.version = Some(made(Version::V2012));
    policy
}

/// All statements as one policy, which means what the policies mean that are attached together.
pub(crate) fn joined(policies: &[Policy]) -> Policy {
    policy(policies.iter().flat_map(|policy| in_new_version(policy).statements).collect())
}

/// A policy or statement in the form that prints: a list where there are several values.
pub(crate) fn settled(mut policy: Policy) -> Policy {
    policy.form = StatementForm::List;
    for statement in &mut policy.statements {
        if let Some(element) = &mut statement.action {
            element.list = element.patterns.len() != 1;
        }
        if let Some(element) = &mut statement.resource {
            element.list = element.patterns.len() != 1;
        }
    }
    policy
}
