//! `karat serve`: serves the REST API and the stewards' console.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use karat_hub::Hub;
use karat_hub::drift::{DriftWatch, Schedule};
use karat_hub::hub_model::Draft;
use karat_hub::jobs::Jobs;
use karat_hub::live::LiveHub;
use karat_hub::view::HubReader;
use karat_server::access::{Access, Directory, OwnStore, StoredDirectory};
use karat_server::serving::{self, Server};
use tokio::net::TcpListener;

use super::{now, open_hub};
use crate::failure::Failure;
use crate::host::host;
use crate::terminal::{Terminal, say};
use crate::traces;

/// The port that is tried first.
pub const PORT: u16 = 7171;
/// How many ports are tried after it.
const PORTS_TRIED: u16 = 50;

/// Serve the REST API and the console of a hub
#[derive(Args, Debug)]
pub struct Serve {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// The address to listen on; other than this machine's it needs TLS in front
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    address: IpAddr,
    /// The port; the next free one is taken if it is in use
    #[arg(long, default_value_t = PORT)]
    port: u16,
    /// Ask nobody who they are: whoever reaches the hub may do everything. Only for this machine
    #[arg(long)]
    open: bool,
    /// There is a proxy with TLS in front, so that cookies may insist on it
    #[arg(long)]
    behind_tls: bool,
    /// How the log is written, to standard error
    #[arg(long, value_enum)]
    log_format: Option<LogFormat>,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// How a hub is served.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// The address and the first port to try.
    pub address: SocketAddr,
    /// Whether nobody is asked who they are.
    pub open: bool,
    /// Whether there is TLS in front.
    pub behind_tls: bool,
}

impl Serve {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        if self.open && !self.address.is_loopback() {
            return Err(Failure::new(
                format!("an open hub is not served at {}", self.address),
                "Leave --open out, and make accounts and keys; or leave --address out.",
            ));
        }
        let _telling = traces::begin(self.log_format)?;
        let address = SocketAddr::new(self.address, self.port);
        let served = Served { address, open: self.open, behind_tls: self.behind_tls };
        serve(&open_hub(&self.hub)?, served)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Serves until Ctrl-C; changes that were taken are done before this returns, and a job is stopped.
pub fn serve(hub: &Hub, served: Served) -> Result<(), Failure> {
    let access = match served.open {
        true => Access::Open,
        false => Access::Closed(Arc::new(directory(hub))),
    };
    let live = Arc::new(LiveHub::start(hub, Box::new(now))?);
    let drift = DriftWatch::start(hub, Schedule::HOURLY, Box::new(now))?;
    let reader: Arc<dyn HubReader> = Arc::new(hub.served()?);
    foretell(reader.clone());
    let mut server = Server::new(reader, Some(live.clone()), access, host());
    let jobs = Arc::new(Jobs::new(hub, Arc::new(now)));
    server.operator = Some(jobs.clone());
    server.draft = Some(Arc::new(Draft::new(hub.dir())));
    server.behind_tls = served.behind_tls;
    let is_anyone_let_in = served.open || is_anyone_known(hub)?;
    let runtime = tokio::runtime::Runtime::new().map_err(cannot_serve)?;
    runtime.block_on(async {
        let listener = listen(served.address).await?;
        let address = listener.local_addr().map_err(cannot_serve)?;
        greet(hub, address, served, is_anyone_let_in);
        serving::serve(listener, server, stop_signal()).await.map_err(cannot_serve)
    })?;
    jobs.close();
    drop(drift);
    Ok(live.stop()?)
}

/// Tells what takes long to tell before anybody asks; should it fail, it is told when they do.
fn foretell(hub: Arc<dyn HubReader>) {
    std::thread::spawn(move || hub.work_summary(now()).map(drop));
}

/// Says where the hub is, and who is let in.
fn greet(hub: &Hub, address: SocketAddr, served: Served, is_anyone_let_in: bool) {
    let terminal = Terminal::stdout();
    let url = format!("http://{address}");
    say!("\nThe console is at {}  (Ctrl-C stops it)", terminal.bold(&url));
    say!("The API is at {url}/v1, and explained at {url}/v1/docs");
    if served.open {
        say!(
            "{}",
            terminal.dim(
                "It is open: whoever reaches it may do everything. It answers this machine only."
            )
        );
        return;
    }
    if !is_anyone_let_in {
        let folder = hub.dir().display();
        say!("\nNobody is let in yet. Make the first account, and a key for an application:");
        say!("   karat account create NAME --role administrator --hub {folder}");
        say!("   karat key create NAME --role writer --hub {folder}");
    }
    if !address.ip().is_loopback() && !served.behind_tls {
        eprintln!(
            "warning: other machines reach {url} without TLS, so passwords and keys can be read on the way"
        );
        eprintln!(" hint: put a proxy with TLS in front, and say so with --behind-tls");
    }
}

/// Whether a hub has accounts or keys.
fn is_anyone_known(hub: &Hub) -> Result<bool, Failure> {
    let directory = directory(hub);
    Ok(!directory.accounts()?.is_empty() || !directory.keys()?.is_empty())
}

/// The keys and accounts of a hub.
pub fn directory(hub: &Hub) -> StoredDirectory<OwnStore> {
    let database = hub.database().clone();
    StoredDirectory::new(database.clone(), OwnStore::new(database, Arc::new(now)))
}

/// Listens on the first free port.
async fn listen(first: SocketAddr) -> Result<TcpListener, Failure> {
    let port = first.port();
    for port in (port..=u16::MAX).take(usize::from(PORTS_TRIED)) {
        match TcpListener::bind(SocketAddr::new(first.ip(), port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            listener => return listener.map_err(cannot_serve),
        }
    }
    Err(Failure::new(
        format!("ports {port} and the {PORTS_TRIED} after it are in use"),
        "Choose another one with --port.",
    ))
}

fn cannot_serve(error: io::Error) -> Failure {
    Failure::new(format!("cannot serve the hub: {error}"), "Choose another port with --port.")
}

async fn stop_signal() {
    // Without a signal handler the process simply ends at Ctrl-C.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
