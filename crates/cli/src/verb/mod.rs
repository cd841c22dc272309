//! What each verb does, one file each.

pub(crate) mod ask;
pub(crate) mod check;
mod check_files;
pub(crate) mod collect;
pub(crate) mod completions;
pub(crate) mod data;
pub(crate) mod diff;
mod diff_policies;
mod diff_revisions;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod lsp;
pub(crate) mod mcp;
pub(crate) mod minimize;
pub(crate) mod open;
pub(crate) mod outside;
pub(crate) mod prove;
pub(crate) mod record;
pub(crate) mod simulate;
pub(crate) mod snapshots;
pub(crate) mod suggest;
pub(crate) mod trim;
pub(crate) mod unused;
pub(crate) mod usage;
pub(crate) mod what_if;
