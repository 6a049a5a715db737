//! What the process tells of itself: log lines (for people, or JSON for programs), counts for Prometheus, and traces by OTLP where a
//! collector is configured. Nothing personal is in any of them.

use std::sync::Arc;

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::{Config, LogFormat};

/// Seconds from being due until a provider accepted: the promise is under 5.
const LATENCY_BUCKETS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0];

/// Sends what is left of the traces when it is dropped.
pub(crate) struct Telemetry {
    traces: Option<SdkTracerProvider>,
}

/// Renders the counts as Prometheus reads them.
pub(crate) type Counts = Arc<dyn Fn() -> String + Send + Sync>;

/// Starts logging, and tracing where a collector is configured. Must be called once.
pub(crate) fn start(config: &Config) -> anyhow::Result<Telemetry> {
    // A line for each migration says nothing to its reader; one says how many there were. RUST_LOG can name them again.
    let filter = EnvFilter::try_new(format!("sea_orm_migration=warn,{}", config.rust_log))
        .map_err(|error| anyhow::anyhow!("RUST_LOG: {error}"))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match config.carillon_log_format {
        LogFormat::Text => lines.with_ansi(crate::terminal::is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let traces = config.otel_exporter_otlp_endpoint.as_deref().map(collector).transpose()?;
    // Our own steps, whatever the log shows: a trace without them would be empty.
    let spans = traces.as_ref().map(|traces| {
        let ours = Targets::new().with_target("carillon", LevelFilter::DEBUG);
        tracing_opentelemetry::layer().with_tracer(traces.tracer("carillon")).with_filter(ours)
    });
    tracing_subscriber::registry().with(lines.with_filter(filter)).with(spans).init();
    Ok(Telemetry { traces })
}

/// Starts counting. Must be called once.
pub(crate) fn count() -> anyhow::Result<Counts> {
    let latency = Matcher::Full("carillon_message_latency_seconds".to_owned());
    let counts = PrometheusBuilder::new()
        .set_buckets_for_metric(latency, &LATENCY_BUCKETS)
        .and_then(PrometheusBuilder::install_recorder)
        .context("the counts cannot be set up")?;
    Ok(Arc::new(move || {
        counts.run_upkeep();
        counts.render()
    }))
}

/// Sends spans to a collector by OTLP over HTTP: `endpoint` is its base, as OpenTelemetry's own variable has it.
fn collector(endpoint: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .context("OTEL_EXPORTER_OTLP_ENDPOINT")?;
    let resource = Resource::builder().with_service_name("carillon").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.traces.as_ref().map(SdkTracerProvider::shutdown) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}
