//! The map: who is where, and which lines run between them.
//!
//! From facts to a picture in four steps, none of which guesses or rolls dice: [`account`] and [`organization`] read
//! the graph as atoms (equal things; accounts as [`division`] has them) and facts between them; [`fold`] puts atoms together until they fit the screen;
//! [`drawn`] words every shape and ribbon; [`place`] gives them places. What a ribbon stands for is kept, so that its
//! pairs and their reasons can be told ([`why`]).

mod account;
mod atom;
mod badge;
mod before_after;
mod cells;
mod chain_marks;
mod chains;
mod crossings;
mod curve;
mod division;
mod drawn;
mod focus;
mod fold;
mod glyph;
mod ink;
mod joins;
mod maps;
mod matrix;
mod name_keys;
mod order;
mod organization;
mod outsider;
mod page;
mod people;
mod place;
mod plan;
mod reach_out;
mod route;
mod rows;
mod scope;
mod stem;
mod stub;
mod svg;
mod touched;
mod why;
mod words;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use before_after::{DrawnOfTwo, Side, draw_before_after};
pub(crate) use cells::cells;
pub use cells::{ByOthersCell, CellsPage, DeniedCell};
pub use chain_marks::{ChainMark, MarksOfTwoPage, MarksPage};
pub(crate) use chain_marks::{chain_marks, chain_marks_of_two};
pub use chains::chains;
pub use crossings::{Crossings, crossings};
pub(crate) use division::Tree;
pub(crate) use drawn::Drawn;
pub(crate) use ink::Ink;
pub use maps::Maps;
pub(crate) use matrix::matrix;
pub use matrix::{Cell, CellLine, Lane, Matrix};
pub use page::{
    Band, Change, Changed, Crown, Crumb, Label, Level, MapPage, Outline, PairOfTwo, PairRow, Point,
    RefusedWhy, Relation, Ribbon, Row, Shape, ShapeKind, SidePair, SideWhy, Tray, WhyOfTwoPage, WhyPage,
};
pub use people::{People, Told};
pub(crate) use reach_out::ReachOut;
pub(crate) use svg::escaped;
pub use svg::svg;
pub(crate) use words::noun;
pub(crate) use {
    focus::focused,
    scope::{Scope, draw_map},
    why::why,
};
