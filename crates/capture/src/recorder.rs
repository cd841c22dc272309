//! A recording, from its beginning to its end.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clavicle_catalog::catalog;
use clavicle_policy::AccountId;
use jiff::Timestamp;
use tokio::net::{TcpListener, UdpSocket};
use tokio::runtime::Runtime;
use tokio::time::Instant;

use crate::authority::{Authority, NoCertificate};
use crate::csm;
use crate::environment::{self, Setting, endpoints, for_csm, for_proxy};
use crate::host;
use crate::ledger::Ledger;
use crate::processes::Processes;
use crate::proxies::Proxies;
use crate::proxy::{self, Proxy};
use crate::record::Record;
use crate::signals;
use crate::upstream::{Upstream, trusted};
use crate::watch::Watch;

/// So long calls that are under way may still take when the program has ended.
const LAST_CALLS: Duration = Duration::from_secs(5);
/// So long nothing may come before the last datagram is taken to be the last.
const SILENCE: Duration = Duration::from_millis(300);
/// So often what was recorded is kept while it goes on.
const PAUSE: Duration = Duration::from_secs(1);
/// So many times as long as keeping takes nothing is kept.
const SELDOM: u32 = 50;
/// A datagram of monitoring is shorter: its fields have limits.
const MOST_DATAGRAM: usize = 64 << 10;

/// How to record.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Ask SDKs to tell of their calls, instead of looking at what passes.
    pub csm: bool,
    /// Where to listen on 127.0.0.1; 0: anywhere.
    pub port: u16,
    /// The account of keys that do not tell theirs.
    pub account: Option<AccountId>,
    /// The environment that the program would have had.
    pub environment: Vec<(String, String)>,
}

/// Why there is no recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The port is taken, or the system gives none.
    #[error("cannot listen on 127.0.0.1, port {port}")]
    Bind {
        /// The port that was asked for; 0: any.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// No certificate could be made.
    #[error("cannot make a certificate for this run: {0}")]
    Certificate(String),
    /// A file could not be written, or the system does not do its part.
    #[error("cannot prepare the recording")]
    System(#[from] io::Error),
}

impl From<NoCertificate> for CaptureError {
    fn from(error: NoCertificate) -> Self {
        Self::Certificate(error.to_string())
    }
}

/// A recording that is going on.
pub struct Recorder {
    runtime: Runtime,
    watch: Arc<Watch>,
    settings: Vec<Setting>,
    address: SocketAddr,
    source: &'static str,
    /// Holds the certificates, which are public, as long as the program may read them.
    _folder: Option<tempfile::TempDir>,
}

impl Recorder {
    /// Begins to record.
    pub fn start(options: &Options) -> Result<Self, CaptureError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let watch = Arc::new(Watch::new(Ledger::new(catalog(), options.account, Timestamp::now())));
        let bind = |source| CaptureError::Bind { port: options.port, source };
        if options.csm {
            let socket =
                runtime.block_on(UdpSocket::bind((Ipv4Addr::LOCALHOST, options.port))).map_err(bind)?;
            let address = socket.local_addr()?;
            runtime.spawn(hear(socket, watch.clone()));
            let settings = for_csm(address.port());
            return Ok(Self { runtime, watch, settings, address, source: "csm", _folder: None });
        }
        let listener =
            runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))).map_err(bind)?;
        let address = listener.local_addr()?;
        let variable = |wanted: &str| {
            options
                .environment
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.clone())
                .filter(|value| !value.is_empty())
        };
        let files: Vec<String> =
            ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
                .iter()
                .filter_map(|name| variable(name))
                .collect();
        let authority = Authority::new(Timestamp::now())?;
        let trusted = trusted(&files);
        let folder = tempfile::Builder::new().prefix("clavicle-record-").tempdir()?;
        let (bundle, alone) = (folder.path().join("trusted.pem"), folder.path().join("recording.pem"));
        let mut extra = authority.pem.clone();
        if let Some(more) = variable("NODE_EXTRA_CA_CERTS").and_then(|file| fs::read_to_string(file).ok()) {
            extra.push('\n');
            extra.push_str(&more);
        }
        fs::write(&alone, extra)?;
        let mut all = fs::File::create(&bundle)?;
        all.write_all(authority.pem.as_bytes())?;
        trusted.iter().try_for_each(|certificate| all.write_all(pem(certificate).as_bytes()))?;

        let mut stand_ins = HashMap::new();
        let mut recorded_at = Vec::new();
        let mut watched = Vec::new();
        let mut listeners = Vec::new();
        for (name, url) in endpoints(&options.environment) {
            let (is_tls, authority) = match (url.strip_prefix("http://"), url.strip_prefix("https://")) {
                (Some(rest), _) => (false, rest),
                (_, Some(rest)) => (true, rest),
                _ => continue,
            };
            let (authority, path) = authority.split_once('/').unwrap_or((authority, ""));
            watched.push(authority.to_owned());
            // A program that asks no proxy for its own machine is met there.
            if !is_tls && host::is_loopback(authority) {
                let known =
                    stand_ins.iter().find(|(_, known)| *known == authority).map(|(address, _)| *address);
                let address = match known {
                    Some(address) => address,
                    None => {
                        let listener =
                            runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).map_err(bind)?;
                        let address = listener.local_addr()?;
                        listeners.push((listener, authority.to_owned()));
                        stand_ins.insert(address, authority.to_owned());
                        address
                    }
                };
                let slash = if path.is_empty() { "" } else { "/" };
                recorded_at.push((name.to_owned(), format!("http://{address}{slash}{path}")));
            }
        }
        let upstream = Upstream::new(Proxies::of(&variable), &trusted)
            .map_err(|error| CaptureError::Certificate(error.to_string()))?;
        let proxy = Arc::new(Proxy {
            watch: watch.clone(),
            authority,
            upstream,
            processes: Processes::default(),
            endpoints: watched,
            stand_ins,
        });
        runtime.spawn(proxy::listen(proxy.clone(), listener, None));
        for (listener, authority) in listeners {
            runtime.spawn(proxy::listen(proxy.clone(), listener, Some(authority)));
        }
        let settings = for_proxy(&address.to_string(), &bundle, &alone, &recorded_at);
        Ok(Self { runtime, watch, settings, address, source: "proxy", _folder: Some(folder) })
    }

    /// What a program needs in its environment to be recorded.
    pub fn settings(&self) -> &[environment::Setting] {
        &self.settings
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs a program to its end. Ctrl-C reaches it from the terminal, as it reaches us; who asks us to end otherwise
    /// is passed on to it.
    pub fn run(&self, mut command: std::process::Command) -> io::Result<ExitStatus> {
        for (name, value) in &self.settings {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        self.runtime.block_on(async move {
            let mut passed_on = signals::PassedOn::new()?;
            let mut child = tokio::process::Command::from(command).spawn()?;
            loop {
                tokio::select! {
                    ended = child.wait() => return ended,
                    signal = passed_on.next() => signals::send(child.id(), signal),
                }
            }
        })
    }

    /// Waits until somebody asks to end. While calls come, `keep` is given what was recorded so far, every second, or less
    /// often where keeping takes long: if we end without being asked, that is not lost.
    pub fn wait(&self, mut keep: impl FnMut(&Record)) -> io::Result<()> {
        self.runtime.block_on(async {
            let asked = signals::asked_to_end();
            tokio::pin!(asked);
            let (mut kept, mut pause) = (0, PAUSE);
            loop {
                tokio::select! {
                    ended = &mut asked => return ended,
                    () = tokio::time::sleep(pause) => {}
                }
                let calls = self.watch.ledger().calls();
                if calls != kept {
                    kept = calls;
                    let begun = Instant::now();
                    keep(&self.so_far());
                    pause = PAUSE.max(begun.elapsed() * SELDOM);
                }
            }
        })
    }

    /// Ends, and says what was recorded. Calls that are under way are waited for.
    pub fn finish(self) -> Record {
        self.runtime.block_on(async {
            let until = Instant::now() + LAST_CALLS;
            let is_done = || match self.source {
                "csm" => false,
                _ => self.watch.is_alone(),
            };
            let mut quiet_since = Instant::now();
            let mut calls = self.watch.ledger().calls();
            while !is_done() && Instant::now() < until {
                tokio::time::sleep(Duration::from_millis(5)).await;
                let now = self.watch.ledger().calls();
                if now != calls || !self.watch.is_idle() {
                    (calls, quiet_since) = (now, Instant::now());
                }
                // Connections that a program left open, or lent to others, are not waited for.
                if quiet_since.elapsed() > SILENCE {
                    break;
                }
            }
        });
        let record = self.record(Some(Timestamp::now()));
        self.runtime.shutdown_background();
        record
    }

    /// What was recorded so far; it bears no end.
    pub fn so_far(&self) -> Record {
        self.record(None)
    }

    fn record(&self, ended: Option<Timestamp>) -> Record {
        let mut not_recorded = Vec::new();
        let count = |counter: &std::sync::atomic::AtomicUsize| counter.load(Ordering::SeqCst);
        if count(&self.watch.mistrusted) > 0 {
            not_recorded.push(format!(
                "{} connections to AWS of programs that do not trust the certificate of this recording: what they wanted is not known",
                count(&self.watch.mistrusted)
            ));
        }
        if count(&self.watch.elsewhere) > 0 {
            not_recorded.push(format!(
                "{} signed requests to hosts that are not AWS's",
                count(&self.watch.elsewhere)
            ));
        }
        if !self.watch.is_idle() {
            not_recorded.push("calls that were still under way at this time".to_owned());
        }
        self.watch.ledger().record(self.source, not_recorded, ended)
    }
}

/// Takes in datagrams.
async fn hear(socket: UdpSocket, watch: Arc<Watch>) {
    let mut datagram = vec![0; MOST_DATAGRAM];
    loop {
        let Ok(length) = socket.recv(&mut datagram).await else { continue };
        if let Some(told) = csm::read(catalog(), &datagram[..length]) {
            watch.ledger().take_told(told, Timestamp::now());
        }
    }
}

fn pem(certificate: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(certificate);
    let lines = text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
    format!("-----BEGIN CERTIFICATE-----\n{}-----END CERTIFICATE-----\n", lines.collect::<String>())
}
