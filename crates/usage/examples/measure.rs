//! How fast are logs read, against unpacking the same files and nothing else? `measure FOLDER`; one core with
//! `RAYON_NUM_THREADS=1`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clavicle_usage::{EvidenceFile, inflate};

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "its output is what it is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("measure FOLDER")?);
    let mut all = Vec::new();
    files(&folder, &mut all)?;
    let mut megabytes = 0.0;
    for _ in 0..3 {
        let start = Instant::now();
        let (mut packed, mut text, mut bytes) = (Vec::new(), Vec::new(), 0_usize);
        for file in &all {
            inflate(file, &mut packed, &mut text)?;
            bytes += text.len();
        }
        megabytes = bytes as f64 / 1e6;
        println!("unpacked {megabytes:.0} MB, {:.0} MB/s", megabytes / start.elapsed().as_secs_f64());
    }
    for _ in 0..3 {
        let start = Instant::now();
        let evidence = EvidenceFile::unnamed()?;
        let read = evidence.read_logs(std::slice::from_ref(&folder), &|_, _| ())?;
        println!("read {} events, {:.0} MB/s", read.counts.new, megabytes / start.elapsed().as_secs_f64());
        let start = Instant::now();
        let evidence = evidence.evidence()?;
        println!("{} uses loaded in {:.0} ms", evidence.uses.len(), start.elapsed().as_secs_f64() * 1e3);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    Ok(())
}
