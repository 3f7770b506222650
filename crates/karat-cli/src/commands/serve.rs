//! `karat serve`: serves the stewards' console.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use karat_hub::stored::StoredHub;
use karat_server::console;
use tokio::net::TcpListener;

use super::open_hub;
use crate::failure::Failure;
use crate::terminal::{Terminal, say};

/// The port that is tried first.
pub const PORT: u16 = 7171;
/// How many ports are tried after it.
const PORTS_TRIED: u16 = 50;

/// Serve the console of a hub
#[derive(Args, Debug)]
pub struct Serve {
    /// The folder of the hub
    #[arg(long, default_value = "hub")]
    hub: PathBuf,
    /// The port; the next free one is taken if it is in use
    #[arg(long, default_value_t = PORT)]
    port: u16,
}

impl Serve {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, Failure> {
        let hub = open_hub(&self.hub)?;
        serve(hub.reader()?, self.port)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Serves until Ctrl-C. Only this machine is answered: there is no sign-in yet.
pub fn serve(hub: StoredHub, port: u16) -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new().map_err(cannot_serve)?;
    runtime.block_on(async {
        let listener = listen(port).await?;
        let terminal = Terminal::stdout();
        let url = format!("http://{}", listener.local_addr().map_err(cannot_serve)?);
        say!("\nThe console is at {}  (Ctrl-C stops it)", terminal.bold(&url));
        say!("{}", terminal.dim("It answers this machine only, and asks for no password."));
        console::serve(listener, Arc::new(hub), stop_signal()).await.map_err(cannot_serve)
    })
}

/// Listens on the first free port.
async fn listen(port: u16) -> Result<TcpListener, Failure> {
    let address = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    for port in (port..=u16::MAX).take(usize::from(PORTS_TRIED)) {
        match TcpListener::bind(address(port)).await {
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
    Failure::new(format!("cannot serve the console: {error}"), "Choose another port with --port.")
}

async fn stop_signal() {
    // Without a signal handler the process simply ends at Ctrl-C.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
