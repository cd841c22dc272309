//! What was not understood in files, said with its place.

use clavicle_snapshot::Warning;

use crate::failure::lay_out_warning;
use crate::terminal;

/// Says the first few on stderr, and how many more there are.
pub(crate) fn say(warnings: &[Warning], most: usize) {
    if warnings.is_empty() {
        return;
    }
    let mut page = terminal::side_page();
    for warning in warnings.iter().take(most) {
        lay_out_warning(&mut page, &warning.text, Some(&place(warning)));
    }
    if let Some(more) = warnings.len().checked_sub(most).filter(|more| *more > 0) {
        let noun = if more == 1 { "warning" } else { "warnings" };
        lay_out_warning(
            &mut page,
            &format!("{more} more {noun}; `clavicle snapshots --coverage` lists them all"),
            None,
        );
    }
    terminal::say(page);
}

/// `gaad.json:17:4/UserPolicyList/0`
pub(crate) fn place(warning: &Warning) -> String {
    let Warning { file, line, column, pointer, .. } = warning;
    let at = format!("{file}:{line}:{column}");
    if pointer.is_empty() { at } else { format!("{at} {pointer}") }
}
