//! The statements that a step turns on: those whose narrowing would take it away from whoever takes it.

use clavicle_engine::{Layer, Match};
use clavicle_graph::{Attached, Document, Origin, Relation, StatementPlace, Step};
use clavicle_policy::Effect;

use super::copies::statement_key;
use crate::reader::Reader;
use crate::shape::{Cause, Citation};

/// Statements that steps turn on. Never empty.
pub(super) struct Lever {
    pub(super) statements: Vec<StatementPlace>,
}

impl Reader {
    /// The Allow statements by which somebody takes a step: their own, else those of what they act on. `None`: no statement
    /// that was seen allows it, or it cannot be named.
    pub(super) fn lever(&self, step: &Step) -> Option<Lever> {
        let of_layers = |wanted: &[Layer]| {
            let mut found: Vec<StatementPlace> = Vec::new();
            for why in step.requests.iter().filter_map(|request| self.world().explain_request(request)) {
                for pin in why.explanation.pins.iter().filter(|pin| wanted.contains(&pin.layer)) {
                    let allows = pin.statements.iter().filter(|statement| {
                        statement.effect == Some(Effect::Allow)
                            && matches!(statement.outcome, Match::Matched { .. } | Match::Depends(_))
                    });
                    let places = allows.filter_map(|statement| {
                        let attached = why.documents.iter().find(|it| it.policy == statement.policy)?;
                        self.place_of(attached, statement.statement)
                    });
                    found.extend(places);
                }
            }
            found.sort();
            found.dedup();
            found
        };
        let own = of_layers(&[Layer::Identity]);
        let statements = if own.is_empty() { of_layers(&[Layer::Resource, Layer::Trust]) } else { own };
        (!statements.is_empty()).then_some(Lever { statements })
    }

    fn place_of(&self, attached: &Attached, statement: usize) -> Option<StatementPlace> {
        let document = match &attached.origin {
            Origin::Inline { bearer, name } => {
                let record = self.world().snapshot().principal(*bearer);
                let place = record.inline.iter().position(|inline| inline.name == *name)?;
                Document::Inline(*bearer, place)
            }
            Origin::Managed { policy, .. } => Document::Managed(*policy),
            Origin::Trust(role) => Document::Trust(*role),
            Origin::Resource(resource) => Document::Resource(*resource),
            Origin::Boundary { .. } | Origin::Unattached(_) | Origin::Organization { .. } => return None,
        };
        Some(StatementPlace { document, statement })
    }
}

impl Lever {
    pub(super) fn cause(&self, reader: &Reader) -> Option<Cause> {
        let first = self.statements.first()?;
        Some(reader.cause_of_document(&first.document, Some(first.statement)))
    }

    /// What makes it this lever and no other, however its documents are ordered.
    pub(super) fn key(&self, reader: &Reader) -> Option<Vec<String>> {
        let mut keys: Vec<Vec<String>> =
            self.statements.iter().map(|at| statement_key(reader, at)).collect::<Option<_>>()?;
        keys.sort();
        Some(keys.concat())
    }

    pub(super) fn citations(&self, reader: &Reader) -> Vec<Citation> {
        self.statements.iter().filter_map(|at| reader.cite_statement(at)).collect()
    }

    /// `policy/shared-ops:31 "Sid" and policy/x:8`
    pub(super) fn name(&self, reader: &Reader) -> String {
        reader.few(self.statements.iter(), |at| reader.name_of_statement(at))
    }
}

/// Is it no more than assuming a role, signing in as somebody, or using a thing, which is mostly what was meant?
pub(super) fn is_plain(step: &Step) -> bool {
    match step.relation {
        Relation::Becomes => {
            step.method.is_none_or(|method| method.id.starts_with("sts-") || method.id.starts_with("x-sts-"))
        }
        Relation::Touches | Relation::RunsAs => true,
        Relation::Controls | Relation::Passes | Relation::Gains => false,
    }
}
