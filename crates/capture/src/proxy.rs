//! The proxy itself: what goes to AWS is looked at on its way, all else passes untouched.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clavicle_catalog::catalog;
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::SendRequest;
use hyper::header::{self, HeaderName};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::asked::Asked;
use crate::authority::Authority;
use crate::exchange::{AnswerBody, AskedBody, Exchange};
use crate::host;
use crate::processes::Processes;
use crate::record::Process;
use crate::upstream::{Stream, Upstream};
use crate::watch::Watch;

/// Everything that a connection needs.
pub(crate) struct Proxy {
    pub(crate) watch: Arc<Watch>,
    pub(crate) authority: Authority,
    pub(crate) upstream: Upstream,
    pub(crate) processes: Processes,
    /// Hosts that the program was told to take for AWS, `host:port`.
    pub(crate) endpoints: Vec<String>,
    /// Our own addresses that stand for one of those.
    pub(crate) stand_ins: HashMap<SocketAddr, String>,
}

/// Where the requests of a connection go.
#[derive(Clone)]
enum Way {
    /// Wherever each says: the program speaks to a proxy.
    Asked,
    /// To one host, over TLS or not.
    To { authority: String, is_tls: bool },
}

type Reply = Response<Either<AnswerBody, Full<Bytes>>>;

/// The connection on, and where to.
type Onward = Mutex<Option<(String, SendRequest<Either<AskedBody, Incoming>>)>>;

/// One connection of the program.
struct Connection {
    proxy: Arc<Proxy>,
    way: Way,
    process: Option<Process>,
    onward: Onward,
}

/// Takes in connections until it is dropped.
pub(crate) async fn listen(proxy: Arc<Proxy>, listener: TcpListener, endpoint: Option<String>) {
    let ours = listener.local_addr();
    loop {
        let Ok((stream, theirs)) = listener.accept().await else {
            // Out of files, mostly: others have to end first.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        };
        let (proxy, endpoint) = (proxy.clone(), endpoint.clone());
        let ours = ours.as_ref().ok().copied();
        proxy.watch.connections.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            let watch = proxy.watch.clone();
            let process = match ours {
                Some(ours) => {
                    let looking = proxy.clone();
                    tokio::task::spawn_blocking(move || looking.processes.of(theirs, ours))
                        .await
                        .ok()
                        .flatten()
                }
                None => None,
            };
            let way = endpoint.map_or(Way::Asked, |authority| Way::To { authority, is_tls: false });
            // That a client goes away in the middle is no fault of ours, and its calls are counted.
            let _ = stream.set_nodelay(true);
            let _ = serve(Connection { proxy, way, process, onward: Mutex::default() }, stream).await;
            watch.connections.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

async fn serve(connection: Connection, stream: impl Stream + 'static) -> hyper::Result<()> {
    let connection = Arc::new(connection);
    let service = service_fn(move |request| {
        let connection = connection.clone();
        async move { Ok::<_, Infallible>(connection.answer(request).await) }
    });
    hyper::server::conn::http1::Builder::new()
        .preserve_header_case(true)
        // What a program sent before it ended goes out all the same, and is counted.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await
}

impl Connection {
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> Reply {
        if request.method() == Method::CONNECT {
            return match (&self.way, request.uri().authority().map(ToString::to_string)) {
                (Way::Asked, Some(authority)) => {
                    tokio::spawn(self.tunnel(authority, request));
                    Response::new(Either::Right(Full::default()))
                }
                _ => refusal(StatusCode::BAD_REQUEST, "this is no place for a tunnel"),
            };
        }
        let way = match &self.way {
            Way::To { authority, is_tls } => Some((authority.clone(), *is_tls)),
            Way::Asked => {
                request.uri().authority().map(|authority| (self.proxy.meant(authority.as_str()), false))
            }
        };
        let Some((authority, is_tls)) = way else {
            return refusal(StatusCode::BAD_REQUEST, "this is a proxy: it wants to know where to");
        };
        self.pass_on(request, authority, is_tls).await
    }

    /// Sends a request on, and watches it if it is one to AWS.
    async fn pass_on(&self, mut request: Request<Incoming>, authority: String, is_tls: bool) -> Reply {
        let mut exchange = self.proxy.exchange(&request, &authority, self.process.clone());
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let Ok(uri) = path.parse::<Uri>() else {
            return refusal(StatusCode::BAD_REQUEST, "this is no path");
        };
        *request.uri_mut() = uri;
        let spoken_for_us =
            ["proxy-connection", "proxy-authorization", "connection", "keep-alive", "te", "upgrade"];
        for name in spoken_for_us.iter().filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok()) {
            request.headers_mut().remove(name);
        }
        // The program has been told to go on already.
        request.headers_mut().remove(header::EXPECT);
        let request = request.map(|body| match &exchange {
            Some(exchange) => Either::Left(exchange.watch_body(body)),
            None => Either::Right(body),
        });
        let mut onward = self.onward.lock().await;
        match self.send(&mut onward, request, &authority, is_tls).await {
            Ok(answer) => {
                let (head, body) = answer.into_parts();
                if let Some(exchange) = &mut exchange {
                    exchange.answered(&head);
                }
                Response::from_parts(head, Either::Left(AnswerBody::new(body, exchange)))
            }
            Err(error) => {
                *onward = None;
                refusal(StatusCode::BAD_GATEWAY, &format!("clavicle cannot reach {authority}: {error}"))
            }
        }
    }

    async fn send(
        &self,
        onward: &mut Option<(String, SendRequest<Either<AskedBody, Incoming>>)>,
        request: Request<Either<AskedBody, Incoming>>,
        authority: &str,
        is_tls: bool,
    ) -> io::Result<Response<Incoming>> {
        if let Some((known, sender)) = onward {
            let is_ready = known == authority && sender.ready().await.is_ok() && !sender.is_closed();
            if !is_ready {
                *onward = None;
            }
        }
        let (_, sender) = match onward {
            Some(open) => open,
            None => {
                let stream = self.proxy.upstream.connect(&with_port(authority, is_tls), is_tls).await?;
                let (sender, connection) = hyper::client::conn::http1::Builder::new()
                    .preserve_header_case(true)
                    .handshake(TokioIo::new(stream))
                    .await
                    .map_err(io::Error::other)?;
                tokio::spawn(connection);
                onward.insert((authority.to_owned(), sender))
            }
        };
        sender.send_request(request).await.map_err(io::Error::other)
    }

    /// Answers as AWS inside of a tunnel to it; any other is left alone. Boxed, since a connection inside of a tunnel is one
    /// more of the same.
    fn tunnel(
        self: Arc<Self>,
        authority: String,
        request: Request<Incoming>,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let Ok(upgraded) = hyper::upgrade::on(request).await else { return };
            let mut inside = TokioIo::new(upgraded);
            if !self.proxy.is_watched(&authority) {
                if let Ok(mut outside) = self.proxy.upstream.plain(&with_port(&authority, true), true).await {
                    let _ = tokio::io::copy_bidirectional(&mut inside, &mut outside).await;
                }
                return;
            }
            let Ok(config) = self.proxy.authority.as_host(&host::name(&authority)) else { return };
            match tokio_rustls::TlsAcceptor::from(config).accept(inside).await {
                Ok(stream) => {
                    let way = Way::To { authority, is_tls: true };
                    let inner = Connection {
                        proxy: self.proxy.clone(),
                        way,
                        process: self.process.clone(),
                        onward: Mutex::default(),
                    };
                    let watch = self.proxy.watch.clone();
                    watch.connections.fetch_add(1, Ordering::SeqCst);
                    let _ = serve(inner, stream).await;
                    watch.connections.fetch_sub(1, Ordering::SeqCst);
                }
                Err(_) => {
                    self.proxy.watch.mistrusted.fetch_add(1, Ordering::SeqCst);
                }
            }
        })
    }
}

impl Proxy {
    /// Where a request to one of our own addresses is meant to go.
    fn meant(&self, authority: &str) -> String {
        let stand_in = authority.parse().ok().and_then(|address: SocketAddr| self.stand_ins.get(&address));
        stand_in.cloned().unwrap_or_else(|| authority.to_owned())
    }

    fn is_watched(&self, authority: &str) -> bool {
        host::is_aws(authority)
            || self.endpoints.iter().any(|endpoint| endpoint.eq_ignore_ascii_case(authority))
    }

    /// A watch over a signed request to AWS, or to what stands for it.
    fn exchange(
        &self,
        request: &Request<Incoming>,
        authority: &str,
        process: Option<Process>,
    ) -> Option<Exchange> {
        let headers: Vec<(&str, &str)> = request
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
            .collect();
        let host = headers.iter().find(|(name, _)| *name == "host").map_or(authority, |(_, host)| *host);
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let asked = Asked::of(catalog(), request.method().as_str(), host, path, &headers)?;
        // A signature for AWS on this machine is for a stand-in, whether we were told of it or not.
        if !self.is_watched(authority) && !host::is_loopback(authority) {
            self.watch.elsewhere.fetch_add(1, Ordering::SeqCst);
            return None;
        }
        Some(Exchange::new(asked, process, self.watch.clone()))
    }
}

fn with_port(authority: &str, is_tls: bool) -> String {
    let has_port =
        authority.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    match (has_port, is_tls) {
        (true, _) => authority.to_owned(),
        (false, true) => format!("{authority}:443"),
        (false, false) => format!("{authority}:80"),
    }
}

/// What the program is told where there is no other answer.
fn refusal(status: StatusCode, words: &str) -> Reply {
    let mut reply = Response::new(Either::Right(Full::new(Bytes::from(format!("{words}\n")))));
    *reply.status_mut() = status;
    reply
}
