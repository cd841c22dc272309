//! The condition of one statement, clause by clause.

use crate::request::Request;
use crate::say::StatementRef;
use crate::store::PolicyStore;
use crate::tri::Tri;

/// Whether each clause of the statement's condition holds, in the order of the text. Empty if it has no condition.
///
/// Tells of the condition alone: neither action, resource nor principal of the statement is looked at.
pub fn clauses_hold(store: &PolicyStore, request: &Request<'_>, statement: StatementRef) -> Vec<Tri> {
    let row = store.statements(statement.policy).get(statement.statement as usize);
    let numbers = row.map_or(&[][..], |row| store.clause_numbers(row));
    // Every number of a row has its clause; were one missing, it would be open.
    numbers
        .iter()
        .map(|number| store.clause(*number).map_or(Tri::Maybe, |clause| clause.holds(request)))
        .collect()
}

/// The places, from 0, of the clauses that unknowns leave open.
///
/// Each is one of [`Reason::Condition`](crate::Reason::Condition)'s places. Where another clause of the statement does
/// not hold, the open ones decide nothing.
pub fn open_clauses(store: &PolicyStore, request: &Request<'_>, statement: StatementRef) -> Vec<usize> {
    let holds = clauses_hold(store, request, statement);
    holds.iter().enumerate().filter(|(_, holds)| **holds == Tri::Maybe).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Action, Context, Principal, Resource};

    #[test]
    fn clauses_are_told_by_their_place_in_the_text() {
        let text = r#"{"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
                "StringNotEquals": {"aws:RequestedRegion": "eu-west-1", "aws:username": "dana"},
                "Bool": {"aws:SecureTransport": "false"},
                "NumericLessThan": {"s3:max-keys": "10"}}}]}"#;
        let mut store = PolicyStore::new();
        let policy = store.add(&clavicle_policy::parse(text.as_bytes()).policy.expect("a policy"));
        let principal = Principal::from_arn("arn:aws:iam::111122223333:user/dana").expect("a caller");
        let (action, resource) = (Action::new("s3:GetObject"), Resource::new("arn:aws:s3:::b/k", None));
        let context = Context::open().with_value("aws:SecureTransport", "false");
        let request = Request::derived(&principal, &action, &resource, &context);
        let second = StatementRef { policy, statement: 1 };
        assert_eq!(clauses_hold(&store, &request, second), [Tri::Maybe, Tri::No, Tri::Yes, Tri::Maybe]);
        assert_eq!(open_clauses(&store, &request, second), [0, 3]);
        for statement in [0, 7] {
            assert_eq!(open_clauses(&store, &request, StatementRef { policy, statement }), [0_usize; 0]);
        }
    }
}
