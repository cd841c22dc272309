//! Connections to where the program wanted to go.

use std::io;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::host;
use crate::proxies::Proxies;

/// What can be read and written.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(crate) struct Upstream {
    proxies: Proxies,
    tls: Arc<ClientConfig>,
}

/// More than the head of an answer to `CONNECT` has.
const MOST_HEAD: usize = 16 << 10;

impl Upstream {
    /// `trusted`: certificates that the program would have trusted.
    pub(crate) fn new(proxies: Proxies, trusted: &[CertificateDer<'static>]) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(trusted.iter().cloned());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { proxies, tls: Arc::new(tls) })
    }

    /// A connection to `host:port`, without TLS.
    pub(crate) async fn plain(&self, authority: &str, is_tls: bool) -> io::Result<TcpStream> {
        let stream = match self.proxies.to(authority, is_tls) {
            None => TcpStream::connect(authority).await?,
            Some(proxy) => {
                let mut stream = TcpStream::connect(&proxy.address).await?;
                let authorization = proxy
                    .authorization
                    .as_ref()
                    .map(|value| format!("Proxy-Authorization: {value}\r\n"))
                    .unwrap_or_default();
                let head =
                    format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{authorization}\r\n");
                stream.write_all(head.as_bytes()).await?;
                let mut answer = Vec::new();
                while !answer.ends_with(b"\r\n\r\n") {
                    if answer.len() > MOST_HEAD {
                        return Err(io::Error::other("the proxy gives no answer that ends"));
                    }
                    answer.push(stream.read_u8().await?);
                }
                if answer.split(|byte| *byte == b' ').nth(1) != Some(b"200") {
                    return Err(io::Error::other("the proxy refuses"));
                }
                stream
            }
        };
        stream.set_nodelay(true)?;
        Ok(stream)
    }

    /// A connection to `host:port`.
    pub(crate) async fn connect(&self, authority: &str, is_tls: bool) -> io::Result<Box<dyn Stream>> {
        let stream = self.plain(authority, is_tls).await?;
        if !is_tls {
            return Ok(Box::new(stream));
        }
        let name = ServerName::try_from(host::name(authority)).map_err(io::Error::other)?;
        let connector = tokio_rustls::TlsConnector::from(self.tls.clone());
        Ok(Box::new(connector.connect(name, stream).await?))
    }
}

/// The certificates that the system trusts, and those of the files that the program was told to trust.
pub(crate) fn trusted(files: &[String]) -> Vec<CertificateDer<'static>> {
    let mut all = rustls_native_certs::load_native_certs().certs;
    for file in files {
        let found = CertificateDer::pem_file_iter(file).into_iter().flatten();
        all.extend(found.filter_map(Result::ok));
    }
    all
}
