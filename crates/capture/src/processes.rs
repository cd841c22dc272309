//! Which process is at the other end of a connection of this machine?
//!
//! Linux tells it in `/proc`: the table of connections has the number of the socket, and the process that has it open
//! shows it among its files. Where there is no `/proc`, or the process is another user's, it is not known.

use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::record::Process;

/// Finds processes; those that called before are asked first.
#[derive(Debug, Default)]
pub(crate) struct Processes {
    callers: Mutex<Vec<u32>>,
}

impl Processes {
    /// Whose is the end `theirs` of a connection to `ours`?
    pub(crate) fn of(&self, theirs: SocketAddr, ours: SocketAddr) -> Option<Process> {
        let socket = format!("socket:[{}]", inode(theirs, ours)?);
        let known = self.callers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let numbers = || {
            let all = fs::read_dir("/proc").into_iter().flatten().flatten();
            all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        };
        let id = known.into_iter().rev().chain(numbers()).find(|id| has_open(*id, &socket))?;
        let mut callers = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if !callers.contains(&id) {
            callers.push(id);
            if callers.len() > 64 {
                callers.remove(0);
            }
        }
        drop(callers);
        let name = fs::read_to_string(format!("/proc/{id}/comm")).unwrap_or_default();
        Some(Process { id, name: name.trim_end().to_owned() })
    }
}

fn has_open(id: u32, socket: &str) -> bool {
    let files = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
    files.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|target| target == Path::new(socket)))
}

/// The number of the socket whose local end is `theirs`.
fn inode(theirs: SocketAddr, ours: SocketAddr) -> Option<String> {
    let table = if theirs.is_ipv4() { "/proc/net/tcp" } else { "/proc/net/tcp6" };
    let (local, remote) = (spelled(theirs), spelled(ours));
    fs::read_to_string(table).ok()?.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        (words.next()? == local && words.next()? == remote).then(|| words.nth(6).map(str::to_owned)).flatten()
    })
}

/// An address as the table spells it: the four-byte words of it in the order of the machine.
fn spelled(address: SocketAddr) -> String {
    let bytes = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let words = bytes.chunks_exact(4).map(|word| {
        let word = word.first_chunk::<4>().copied().unwrap_or_default();
        format!("{:08X}", u32::from_ne_bytes(word))
    });
    format!("{}:{:04X}", words.collect::<String>(), address.port())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::Processes;

    #[test]
    fn this_process_is_found_by_its_connection() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let ours = listener.local_addr().expect("an address");
        let client = std::net::TcpStream::connect(ours).expect("it listens");
        let theirs = client.local_addr().expect("an address");
        let found = Processes::default().of(theirs, ours).expect("it is this one");
        assert_eq!(found.id, std::process::id());
        assert!(!found.name.is_empty());
        assert_eq!(Processes::default().of(ours, theirs), None, "that end is not open yet");
    }
}
