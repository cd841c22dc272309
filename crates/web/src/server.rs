//! The server: binds, loads in the background, answers until it is told to stop.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use clavicle_answer::{PseudonymKey, Reader};

use crate::beside::Beside;
use crate::gate::Gate;
use crate::loading::{Loading, NotRead, Source};
use crate::open::Open;
use crate::progress::Progress;
use crate::routes;
use crate::secret::Secret;

/// How long answers that are under way may still take after Ctrl-C.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// A server that is bound to its address and does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    token: Secret,
    cookie: Secret,
    key: Option<PseudonymKey>,
}

/// Why the server could not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The port is taken, or the system gives none.
    #[error("cannot listen on 127.0.0.1, port {port}")]
    Bind {
        /// The port that was asked for; 0: any.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system has no random numbers.
    #[error("the system gives no random numbers for the token")]
    Random(#[source] getrandom::Error),
    /// The server stopped.
    #[error("the server stopped")]
    Serve(#[from] std::io::Error),
}

impl Server {
    /// Binds the loopback address. `port`: 0 for a random one.
    pub fn bind(port: u16) -> Result<Self, ServeError> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .map_err(|source| ServeError::Bind { port, source })?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let secret = || Secret::new().map_err(ServeError::Random);
        Ok(Self { listener, address, token: secret()?, cookie: secret()?, key: None })
    }

    /// The address to open, with the token that is valid once.
    pub fn url(&self) -> String {
        format!("http://{}/?token={}", self.address, self.token.reveal())
    }

    /// What makes pseudonyms in exports; without it they are those of this run alone.
    #[must_use]
    pub fn with_pseudonyms(self, key: PseudonymKey) -> Self {
        Self { key: Some(key), ..self }
    }

    /// Answers until Ctrl-C. `source` loads in the background, while the browser shows how far it has come; where it
    /// fails, the browser shows why, and so does the value of [`Server::serve`] only if serving itself failed. Where
    /// somebody stops it and wants it later, it is called again.
    ///
    /// Brings its own runtime: call it from outside of one.
    pub fn serve(
        self,
        beside: impl Beside,
        source: impl Fn(&Progress) -> Result<Reader, NotRead> + Send + Sync + 'static,
    ) -> Result<(), ServeError> {
        let runtime = tokio::runtime::Runtime::new()?;
        let Self { listener, address, token, cookie, key } = self;
        let app = App {
            gate: Arc::new(Gate::new(address, token, cookie)),
            loading: Arc::default(),
            source: Arc::new(source),
            beside: Arc::new(beside),
            key,
        };
        let outcome = runtime.block_on(async {
            let loading = app.clone();
            tokio::task::spawn_blocking(move || loading.load());
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let (stop, stopped) = tokio::sync::watch::channel(false);
            let mut asked_to_stop = stopped.clone();
            let serving = axum::serve(listener, routes(app)).with_graceful_shutdown(async move {
                // An error means that the sender is gone: stop then, too.
                let _ = asked_to_stop.wait_for(|stop| *stop).await;
            });
            let mut serving = std::pin::pin!(std::future::IntoFuture::into_future(serving));
            tokio::select! {
                outcome = &mut serving => return outcome,
                () = interrupted() => { let _ = stop.send(true); }
            }
            // What takes longer than this is not waited for.
            tokio::time::timeout(LAST_ANSWERS, serving).await.unwrap_or(Ok(()))
        });
        // Loading and drawing may be in the middle of something that nobody waits for any more.
        runtime.shutdown_background();
        Ok(outcome?)
    }
}

/// Everything that answers, behind the gate.
pub(crate) fn routes(app: App) -> Router {
    routes::router()
        .layer(axum::middleware::from_fn_with_state(app.clone(), crate::gate::guard))
        .with_state(app)
}

/// Resolves when the person at the terminal, or the system, asks the program to stop.
async fn interrupted() {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => terminated.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        _ = terminated => {}
    }
}

/// What every request shares.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) gate: Arc<Gate>,
    pub(crate) loading: Arc<Loading>,
    source: Arc<Source>,
    pub(crate) beside: Arc<dyn Beside>,
    key: Option<PseudonymKey>,
}

impl App {
    /// Reads what is shown, and draws of it what is likely to be asked for first.
    pub(crate) fn load(&self) {
        let open = self.loading.run(|progress| {
            let reader = (self.source)(progress)?;
            if progress.is_stopped() {
                return Err(NotRead::Stopped);
            }
            let open = Open::new(reader, self.beside.clone(), self.key, progress);
            open.draw_first(progress);
            Ok(open)
        });
        if let Some(open) = open {
            open.draw_ahead();
        }
    }
}
