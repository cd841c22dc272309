//! The roles that an identity pool of Amazon Cognito gives: to everybody who signs in, to guests, and by rules on what a token claims.
//!
//! AWS: CloudFormation Template Reference, `AWS::Cognito::IdentityPoolRoleAttachment`
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-identitypoolroleattachment.html>): of `Roles`
//! "the key is either "authenticated" or "unauthenticated". The value is the role ARN"; of `RoleMappings` "How users for a specific
//! identity provider are mapped to roles". Terraform: AWS provider, `aws_cognito_identity_pool_roles_attachment`, `role_mapping`.

use super::value::Value;

/// The roles by the names that a collection gives them.
pub(super) fn roles(properties: &Value) -> Value {
    let mut found = Vec::new();
    match properties.get("Roles") {
        Value::Null => {}
        Value::Map(roles) => found.extend(roles.iter().map(|(_, role)| to_all(role.clone()))),
        _ => found.push(some_role()),
    }
    match properties.get("RoleMappings") {
        Value::Map(mappings) => mappings.iter().for_each(|(_, mapping)| by_mapping(mapping, &mut found)),
        blocks => blocks.items().iter().for_each(|mapping| by_mapping(mapping, &mut found)),
    }
    Value::List(found)
}

/// One that nobody knows.
pub(super) fn some_role() -> Value {
    to_all(Value::Unknown)
}

fn by_mapping(mapping: &Value, found: &mut Vec<Value>) {
    let either = |of: &Value, one: &str, other: &str| match of.get(one) {
        Value::Null => of.get(other).clone(),
        value => value.clone(),
    };
    if either(mapping, "Type", "type").text() != Some("Rules") {
        // The groups of a user pool have roles, or nobody knows what does.
        found.push(some_role());
        return;
    }
    let rules = match mapping.get("RulesConfiguration") {
        Value::Null => mapping.get("mapping_rule").clone(),
        configuration => configuration.get("Rules").clone(),
    };
    found.extend(rules.items().iter().map(|rule| match either(rule, "RoleARN", "role_arn") {
        Value::Text(role) => Value::Map(vec![("mappedRoleArn".to_owned(), Value::Text(role))]),
        _ => some_role(),
    }));
}

fn to_all(role: Value) -> Value {
    Value::Map(vec![("authenticatedRoleArn".to_owned(), role)])
}
