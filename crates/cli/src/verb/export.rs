//! `export`: the whole graph of steps, for programs that draw or search graphs.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use clavicle_answer::Reader;

use super::ask::read;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::out_file;
use crate::out_folder::OutFolder;
use crate::report::graph::{Cypher, Dot, EdgeTable, GraphForm, GraphMl, NodeTable, OpenGraph};
use crate::typed::{Accounts, Export, ExportForm};

/// So many edges are worked out before they are written.
const CHUNK: usize = 4_096;

/// Writes the graph, whole or not at all.
pub(crate) fn run(typed: &Export, accounts: &Accounts) -> Result<Exit, Failure> {
    let (_, reader) = read(accounts)?;
    let reader: &Reader = &reader;
    let mut form: Box<dyn GraphForm> = match typed.form {
        ExportForm::Dot => Box::new(Dot),
        ExportForm::Graphml => Box::<GraphMl>::default(),
        ExportForm::Cypher => Box::new(Cypher),
        ExportForm::Opengraph => Box::<OpenGraph>::default(),
        ExportForm::Csv => return tables(reader, typed.out.as_deref()),
    };
    match &typed.out {
        Some(path) => out_file::stream(path, |to| write(reader, form.as_mut(), to))?,
        None => {
            let mut to = BufWriter::new(io::stdout().lock());
            let written = write(reader, form.as_mut(), &mut to).and_then(|()| to.flush());
            match written {
                // Whoever reads has read enough.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                other => {
                    other.map_err(|error| Failure::io("write the graph", Path::new("stdout"), &error))?;
                }
            }
        }
    }
    Ok(Exit::Yes)
}

/// `nodes.csv` and `edges.csv` in a folder.
fn tables(reader: &Reader, folder: Option<&Path>) -> Result<Exit, Failure> {
    let Some(folder) = folder else {
        return Err(Failure::usage("two tables need a folder").help("name it with `--out FOLDER`"));
    };
    // Edges name nodes by their number: the tables of two runs are not put side by side.
    let out = OutFolder::begin(folder)?;
    out_file::stream(&out.path().join("nodes.csv"), |to| write(reader, &mut NodeTable, to))?;
    out_file::stream(&out.path().join("edges.csv"), |to| write(reader, &mut EdgeTable, to))?;
    out.finish(&[])?;
    Ok(Exit::Yes)
}

fn write(reader: &Reader, form: &mut dyn GraphForm, to: &mut dyn Write) -> io::Result<()> {
    form.head(to)?;
    for node in reader.graph_nodes() {
        form.node(&node, to)?;
    }
    form.between(to)?;
    for start in (0..reader.graph_size()).step_by(CHUNK) {
        for edge in reader.graph_edges(start..start + CHUNK) {
            form.edge(&edge, to)?;
        }
    }
    form.tail(to)
}
