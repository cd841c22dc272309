//! Files that people write: text in UTF-8, and not too large to be one.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::failure::Failure;

/// No file that somebody writes by hand has nearly as much; a list of all policies of an account may.
pub(crate) const LARGEST: u64 = 20 << 20;

/// The text of a file, without a byte order mark. `doing`: what is done, for the message: `read the settings`.
pub(crate) fn read(doing: &str, path: &Path) -> Result<String, Failure> {
    let text = utf8(bytes(doing, path)?, path)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// The bytes of a file, or of stdin for `-`. Nothing is read behind the largest size.
pub(crate) fn bytes(doing: &str, path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::io(doing, path, &error);
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        let file = File::open(path).map_err(failed)?;
        if file.metadata().is_ok_and(|about| about.is_dir()) {
            return Err(Failure::input(format!("cannot {doing}: this is a folder")).in_file(path));
        }
        file.take(LARGEST + 1).read_to_end(&mut bytes)
    };
    read.map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        let problem = format!("cannot {doing}: this is more than {} MB", LARGEST >> 20);
        return Err(Failure::input(problem).in_file(path).help("is this another file?"));
    }
    Ok(bytes)
}

/// The bytes as text; what is none is told with its place.
pub(crate) fn utf8(bytes: Vec<u8>, path: &Path) -> Result<String, Failure> {
    let name = if path.as_os_str() == "-" { "<stdin>".to_owned() } else { path.display().to_string() };
    // Windows PowerShell writes it so, with the mark or without.
    let is_utf16 = matches!(
        bytes[..],
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [1..=255, 0, 1..=255, 0, ..] | [0, 1..=255, 0, 1..=255, ..]
    );
    if is_utf16 {
        return Err(Failure::input("this is UTF-16 text, not UTF-8")
            .at(format!("{name}:1:1"))
            .help("save it as UTF-8; in PowerShell, `… | Out-File -Encoding utf8`"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Failure::input("these bytes are not UTF-8 text")
            .at(format!("{name}:{line}:{column}"))
            .help("save it as UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::utf8;

    #[test]
    fn what_is_no_text_is_told_with_its_place() {
        let told =
            |bytes: &[u8]| utf8(bytes.to_vec(), Path::new("p.json")).map_err(|failure| failure.in_one_line());
        assert_eq!(told("{\"é\": 1}".as_bytes()), Ok("{\"é\": 1}".to_owned()));
        assert_eq!(told(b""), Ok(String::new()));
        for utf16 in [&b"\xff\xfe{\0}\0"[..], b"\xfe\xff\0{\0}", b"{\0}\0", b"\0{\0}"] {
            let line = told(utf16).expect_err("no UTF-8");
            assert!(line.starts_with("p.json:1:1: this is UTF-16 text"), "{line}");
        }
        let line = told(b"{\n \"a\": \"\xe9\"}").expect_err("Latin-1");
        assert!(line.starts_with("p.json:2:8: these bytes are not UTF-8 text"), "{line}");
    }
}
