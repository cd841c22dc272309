//! How fast are logs read, against unpacking the same files and nothing else? `read_logs FOLDER`; one core with
//! `RAYON_NUM_THREADS=1`. Times are those of the processor, so that others on the machine count little.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clavicle_usage::EvidenceFile;

#[path = "../benches/bare/mod.rs"]
mod bare;

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

/// Seconds that all threads of this process were running; elsewhere than on Linux, 0.
fn running() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let spent = |thread: std::fs::DirEntry| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<f64>().ok()
    };
    threads.filter_map(spent).sum::<f64>() / 1e9
}

#[expect(clippy::print_stdout, reason = "its output is what it is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("read_logs FOLDER")?);
    let mut all = Vec::new();
    files(&folder, &mut all)?;
    let mut megabytes = 0.0;
    for _ in 0..3 {
        let start = running();
        let (mut packed, mut text, mut bytes) = (Vec::new(), Vec::new(), 0_usize);
        for file in &all {
            bare::unpack(file, &mut packed, &mut text)?;
            bytes += text.len();
        }
        megabytes = bytes as f64 / 1e6;
        println!("unpacked {megabytes:.0} MB, {:.0} MB/s", megabytes / (running() - start));
    }
    for _ in 0..3 {
        let (start, clock) = (running(), Instant::now());
        let evidence = EvidenceFile::unnamed()?;
        let read = evidence.read_logs(std::slice::from_ref(&folder), &|_, _| ())?;
        let (spent, passed) = (running() - start, clock.elapsed().as_secs_f64());
        println!("read {} events, {:.0} MB/s, {passed:.2} s", read.counts.new, megabytes / spent);
        let start = Instant::now();
        let evidence = evidence.evidence()?;
        println!("{} uses loaded in {:.0} ms", evidence.uses.len(), start.elapsed().as_secs_f64() * 1e3);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter(|line| line.starts_with("VmHWM")).for_each(|line| println!("{line}"));
    Ok(())
}
