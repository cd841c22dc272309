//! The facts in use: those that were built into the program, or newer ones that the user has loaded.

use std::io::Read as _;
use std::sync::OnceLock;

use crate::catalog::Catalog;
use crate::compiled::CompiledFacts;
use crate::facts::DamagedFacts;
use crate::source;

/// Texts that were compiled together, and the catalogue that was read from them.
struct Edition {
    catalog: Catalog,
    /// Those built in are inflated when first asked for.
    managed: OnceLock<&'static str>,
    verbs: &'static str,
    role_inputs: &'static str,
    /// As the managed policies.
    bindings: OnceLock<&'static str>,
    meta: &'static str,
    loaded: bool,
}

static IN_USE: OnceLock<Edition> = OnceLock::new();

const META: &str = include_str!("../data/META");

fn edition() -> &'static Edition {
    IN_USE.get_or_init(|| {
        let facts = inflate(
            include_bytes!(concat!(env!("OUT_DIR"), "/facts.deflate")),
            include_str!(concat!(env!("OUT_DIR"), "/facts.len")),
        );
        Edition {
            catalog: Catalog::read(facts).expect("the facts built in are read whole by the tests"),
            managed: OnceLock::new(),
            verbs: include_str!("../data/verbs.tsv"),
            role_inputs: include_str!("../data/role_inputs.tsv"),
            bindings: OnceLock::new(),
            meta: META,
            loaded: false,
        }
    })
}

/// The catalogue in use: read when first asked for, once.
pub fn catalog() -> &'static Catalog {
    &edition().catalog
}

/// The date of the facts that were built in, in use or not.
pub fn built_in_date() -> &'static str {
    source::base_date(META).unwrap_or("unknown")
}

/// Are facts in use that were loaded, and not those built in?
pub fn is_loaded() -> bool {
    edition().loaded
}

/// Puts loaded facts into use, for as long as the program runs. `Ok(false)`: it is too late, others are.
pub fn put_in_use(facts: CompiledFacts) -> Result<bool, DamagedFacts> {
    let [facts, managed, verbs, role_inputs, bindings, meta] = facts.into_texts().map(|text| &*text.leak());
    let catalog = Catalog::read(facts)?;
    let (managed, bindings) = (OnceLock::from(managed), OnceLock::from(bindings));
    let loaded = Edition { catalog, managed, verbs, role_inputs, bindings, meta, loaded: true };
    Ok(IN_USE.set(loaded).is_ok())
}

/// The text of the managed policies.
pub(crate) fn managed_text() -> &'static str {
    edition().managed.get_or_init(|| {
        inflate(
            include_bytes!(concat!(env!("OUT_DIR"), "/managed.deflate")),
            include_str!(concat!(env!("OUT_DIR"), "/managed.len")),
        )
    })
}

/// The HTTP methods of API Gateway's calls.
pub(crate) fn verbs_text() -> &'static str {
    edition().verbs
}

/// The calls whose input can hold a role.
pub(crate) fn role_inputs_text() -> &'static str {
    edition().role_inputs
}

/// What the requests of the SDKs look like.
pub(crate) fn bindings_text() -> &'static str {
    edition().bindings.get_or_init(|| {
        inflate(
            include_bytes!(concat!(env!("OUT_DIR"), "/bindings.deflate")),
            include_str!(concat!(env!("OUT_DIR"), "/bindings.len")),
        )
    })
}

/// What `META` says of the facts in use.
pub(crate) fn meta_text() -> &'static str {
    edition().meta
}

fn inflate(deflated: &[u8], length: &str) -> &'static str {
    let mut text = String::with_capacity(length.parse().unwrap_or_default());
    flate2::read::DeflateDecoder::new(deflated)
        .read_to_string(&mut text)
        .expect("the build deflated this text");
    text.leak()
}
