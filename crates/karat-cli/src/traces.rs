//! The log and the traces of a server: who takes in what it tells, as the environment says.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use opentelemetry::global::set_text_map_propagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

use crate::commands::serve::LogFormat;
use crate::failure::Failure;
use crate::http;

/// How long sending spans may take.
const TIME_MAX: Duration = Duration::from_secs(10);

/// Takes in what the server tells, until it is dropped; then what is left is sent.
pub struct Telling(Option<SdkTracerProvider>);

impl Drop for Telling {
    fn drop(&mut self) {
        // Spans that cannot be sent were told of by the sender.
        let _ = self.0.take().map(|provider| provider.shutdown());
    }
}

/// Begins to take in: the log if it has a format, and spans if the environment names a collector by
/// the variables of OpenTelemetry.
pub fn begin(log: Option<LogFormat>) -> Result<Telling, Failure> {
    let lines = || tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false);
    // Spans are for the collector, lines for the log.
    let events = || filter_fn(|metadata| metadata.is_event());
    let log = log.map(|format| -> Box<dyn Layer<Registry> + Send + Sync> {
        match format {
            LogFormat::Text => lines().with_filter(events()).with_filter(LevelFilter::INFO).boxed(),
            LogFormat::Json => {
                let lines = lines().json().flatten_event(true).with_current_span(false);
                lines.with_filter(events()).with_filter(LevelFilter::INFO).boxed()
            }
        }
    });
    let provider = if is_traced() { Some(provider()?) } else { None };
    let traces = provider.as_ref().map(|provider| {
        set_text_map_propagator(TraceContextPropagator::new());
        let is_own =
            filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("karat_"));
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("karat"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_level(false)
            .with_filter(is_own)
            .with_filter(LevelFilter::INFO)
    });
    if log.is_some() || traces.is_some() {
        tracing_subscriber::registry().with(log).with(traces).init();
    }
    Ok(Telling(provider))
}

/// Whether the environment asks for traces.
fn is_traced() -> bool {
    let is = |name, value| variable(name).is_some_and(|it| it.eq_ignore_ascii_case(value));
    let is_off = is("OTEL_SDK_DISABLED", "true") || is("OTEL_TRACES_EXPORTER", "none");
    endpoint().is_some() && !is_off
}

/// The address of the collector.
fn endpoint() -> Option<String> {
    variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").or(variable("OTEL_EXPORTER_OTLP_ENDPOINT"))
}

/// A variable of the environment; an empty one counts as none, as OpenTelemetry wants it.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn provider() -> Result<SdkTracerProvider, Failure> {
    let cannot = |what: String| {
        Failure::new(
            format!("traces cannot be sent: {what}"),
            "Set OTEL_EXPORTER_OTLP_ENDPOINT to a collector such as http://localhost:4318.",
        )
    };
    if endpoint().is_some_and(|address| !address.starts_with("http://")) {
        return Err(cannot("only collectors at http:// addresses can be reached".into()));
    }
    let protocol =
        variable("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL").or(variable("OTEL_EXPORTER_OTLP_PROTOCOL"));
    if protocol.is_some_and(|protocol| protocol != "http/protobuf") {
        return Err(cannot("only the protocol http/protobuf is spoken".into()));
    }
    let exporter = SpanExporter::builder().with_http().with_http_client(Sender::new()).build();
    let exporter = exporter.map_err(|error| cannot(error.to_string()))?;
    let resource = Resource::builder();
    let is_named = variable("OTEL_SERVICE_NAME").is_some()
        || variable("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|it| it.contains("service.name="));
    let resource = if is_named { resource } else { resource.with_service_name("karat") };
    let provider = SdkTracerProvider::builder().with_resource(resource.build());
    Ok(provider.with_batch_exporter(exporter).build())
}

/// Sends spans by HTTP, from the thread that gathers them.
struct Sender(ureq::Agent);

impl Sender {
    fn new() -> Sender {
        Sender(http::agent(TIME_MAX))
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let response = self.0.run(request.map(|body| body.to_vec()))?;
        let (parts, mut body) = response.into_parts();
        Ok(Response::from_parts(parts, body.read_to_vec()?.into()))
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Sender {
    fn send_bytes<'s, 'a>(&'s self, request: Request<Bytes>) -> Sent<'a>
    where
        's: 'a,
    {
        Box::pin(async move {
            let sent = self.send(request);
            match &sent {
                Ok(response) if response.status().is_success() => {}
                Ok(response) => {
                    let status = response.status().as_u16();
                    tracing::warn!(status, "the collector refused spans");
                }
                Err(_) => tracing::warn!("the collector of spans cannot be reached"),
            }
            sent
        })
    }
}
