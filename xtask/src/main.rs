//! `cargo xtask demo | test | ui | refdata`: everything a developer runs, with nothing to install by hand.

fn main() -> anyhow::Result<()> {
    anyhow::bail!("usage: cargo xtask demo | test | ui | refdata")
}
