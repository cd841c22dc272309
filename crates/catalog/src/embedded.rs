//! The facts that were built into the program.

use std::io::Read as _;
use std::sync::LazyLock;

use crate::catalog::Catalog;

/// The embedded catalogue: inflated and read when first asked for, once.
pub fn catalog() -> &'static Catalog {
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
        static FACTS: LazyLock<String> = LazyLock::new(|| {
            inflate(
                include_bytes!(concat!(env!("OUT_DIR"), "/facts.deflate")),
                include_str!(concat!(env!("OUT_DIR"), "/facts.len")),
            )
        });
        Catalog::read(&FACTS).expect("the embedded facts are read whole by the tests")
    });
    &CATALOG
}

/// The text of the managed policies: inflated when first asked for, once.
pub(crate) fn managed_text() -> &'static str {
    static MANAGED: LazyLock<String> = LazyLock::new(|| {
        inflate(
            include_bytes!(concat!(env!("OUT_DIR"), "/managed.deflate")),
            include_str!(concat!(env!("OUT_DIR"), "/managed.len")),
        )
    });
    &MANAGED
}

fn inflate(deflated: &[u8], length: &str) -> String {
    let mut text = String::with_capacity(length.parse().unwrap_or_default());
    flate2::read::DeflateDecoder::new(deflated)
        .read_to_string(&mut text)
        .expect("the build deflated this text");
    text
}
