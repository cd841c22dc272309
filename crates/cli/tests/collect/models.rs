//! Every call of the table against AWS's own models of its APIs.

use std::path::Path;
use std::process::Command;

#[test]
fn every_call_and_every_kept_field_is_in_the_models_of_aws() {
    let Some(python) = clavicle_testkit::python() else { return };
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(python)
        .arg(here.join("tests/collect/models.py"))
        .arg(here.with_file_name("collect"))
        .output()
        .expect("the script runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    // `1282 facts`: a script that finds nothing to check would hold too.
    let checked = told.split(' ').next().and_then(|number| number.parse::<u32>().ok());
    assert!(checked.is_some_and(|checked| checked > 1000), "{told}");
}
