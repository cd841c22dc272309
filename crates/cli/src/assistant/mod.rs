//! A server of the Model Context Protocol: an assistant asks the accounts over stdin and stdout, and gets the answers that
//! people get. Its tools only read. Names, tags and policies were written by others: they are marked as data, and the
//! assistant is told to take nothing in them for an order.

mod server;
mod tool;

pub(crate) use server::Server;
