//! On which line of Terraform's own files does a resource stand? A plan does not tell; its address has the words that the
//! file has: `resource "aws_iam_role" "web" {`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::SnapshotError;
use crate::model::Declared;

/// Folders below folders that are looked at; modules nest, and not deep.
const DEEPEST: u8 = 8;

/// Files that are larger are not written by people.
const LARGEST: u64 = 4 << 20;

/// The blocks of a folder by type and name.
#[derive(Debug, Default)]
pub(super) struct Sources {
    /// Every file and line where a block of this type and name starts.
    blocks: BTreeMap<(String, String), Vec<(String, u64)>>,
}

impl Sources {
    /// Reads the `.tf` files of a folder and those below. What Terraform downloaded itself (`.terraform`) is left out.
    pub(super) fn in_folder(folder: &Path) -> Result<Sources, SnapshotError> {
        let unreadable = |error: std::io::Error| SnapshotError::io("read the folder", &error).in_file(folder);
        let mut sources = Sources::default();
        let mut open: Vec<(PathBuf, u8)> = vec![(folder.to_path_buf(), 0)];
        while let Some((at, depth)) = open.pop() {
            let mut paths: Vec<PathBuf> =
                fs::read_dir(&at).map_err(unreadable)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
            paths.sort();
            for path in paths {
                let name =
                    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                if path.is_dir() {
                    if depth < DEEPEST && !name.starts_with('.') {
                        open.push((path, depth + 1));
                    }
                } else if name.ends_with(".tf") && path.metadata().is_ok_and(|about| about.len() <= LARGEST) {
                    let shown = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
                    sources.read(&shown, &String::from_utf8_lossy(&fs::read(&path).map_err(unreadable)?));
                }
            }
        }
        Ok(sources)
    }

    fn read(&mut self, file: &str, text: &str) {
        for (line, at) in text.lines().zip(1..) {
            if let Some(block) = block(line) {
                self.blocks.entry(block).or_default().push((file.to_owned(), at));
            }
        }
    }

    /// Puts file and line of the source in the place of the plan's own, where one block alone may be meant.
    pub(super) fn locate<'d>(&self, declared: impl Iterator<Item = &'d mut Declared>) {
        for declared in declared {
            let words = address(&declared.address);
            if let Some([(file, line)]) = words.and_then(|words| self.blocks.get(&words)).map(Vec::as_slice) {
                (declared.file, declared.line) = (file.as_str().into(), Some(*line));
            }
        }
    }
}

/// Type and name of `resource "type" "name" {`.
fn block(line: &str) -> Option<(String, String)> {
    let rest = line.trim_start().strip_prefix("resource")?.trim_start();
    let (kind, rest) = rest.strip_prefix('"')?.split_once('"')?;
    let (name, rest) = rest.trim_start().strip_prefix('"')?.split_once('"')?;
    rest.trim_start().starts_with('{').then(|| (kind.to_owned(), name.to_owned()))
}

/// Type and name of `module.a["x"].aws_iam_role.web["y"]`.
fn address(address: &str) -> Option<(String, String)> {
    let mut bare = String::new();
    let (mut quoted, mut depth) = (false, 0_usize);
    for letter in address.chars() {
        match letter {
            '"' => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ if !quoted && depth == 0 => bare.push(letter),
            _ => {}
        }
    }
    let mut words = bare.rsplit('.');
    let (name, kind) = (words.next()?, words.next()?);
    Some((kind.to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Declared, Sources};

    #[test]
    fn a_block_is_found_where_it_is_the_only_one() {
        let mut sources = Sources::default();
        sources.read(
            "main.tf",
            "# resource \"aws_iam_role\" \"no\" {\n\nresource \"aws_iam_role\" \"web\" {\n}\n",
        );
        sources.read("a/x.tf", "resource \"aws_iam_role\" \"twice\" {}\n");
        sources.read("b/x.tf", "  resource  \"aws_iam_role\"  \"twice\"  {}\n");
        let place = |address: &str| {
            let declared = Declared {
                arn: "".into(),
                part: "".into(),
                address: address.into(),
                file: "plan.json".into(),
                line: None,
            };
            let mut list = [declared];
            sources.locate(list.iter_mut());
            let [declared] = list;
            (declared.file.to_string(), declared.line)
        };
        assert_eq!(place("aws_iam_role.web"), ("main.tf".to_owned(), Some(3)));
        assert_eq!(place(r#"module.a["x.y"].aws_iam_role.web["k.z"]"#), ("main.tf".to_owned(), Some(3)));
        for other in ["aws_iam_role.no", "aws_iam_role.twice", "x", "", "[\"", "é"] {
            assert_eq!(place(other), ("plan.json".to_owned(), None), "{other}");
        }
    }
}
