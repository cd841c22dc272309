//! The built program, as a person or a script meets it: what it prints, where, and how it ends.

mod answers;
mod assistant;
mod changes;
mod check;
mod check_files;
mod ci;
mod data;
mod diff;
mod editor;
mod errors;
mod explain;
mod export;
mod facts;
mod forms;
mod gate;
mod minimize;
mod planned;
mod prove;
mod readme;
mod record;
mod revisions;
mod scene;
mod schemas;
mod simulate;
mod suggest;
mod usage;
