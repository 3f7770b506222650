//! Metrics in the text format of Prometheus (version 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use karat_hub::drift::{DriftReport, Severity, TypeDrift};

/// The upper limits of the classes of the histogram, in seconds.
const LIMITS: [f64; 11] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];

/// How often each route was asked, and how long it took.
#[derive(Debug, Default)]
pub struct Metrics {
    routes: Mutex<Routes>,
}

#[derive(Debug, Default)]
struct Routes {
    /// By method, route and status.
    answers: BTreeMap<(String, String, u16), u64>,
    /// By method and route.
    times: BTreeMap<(String, String), Times>,
}

#[derive(Debug, Default)]
struct Times {
    /// How many took at most so long, per limit.
    within: [u64; LIMITS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// Counts an answer.
    pub fn observe(&self, method: &str, route: &str, status: u16, took: Duration) {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (method.to_string(), route.to_string());
        *routes.answers.entry((place.0.clone(), place.1.clone(), status)).or_default() += 1;
        let times = routes.times.entry(place).or_default();
        let seconds = took.as_secs_f64();
        for (within, limit) in times.within.iter_mut().zip(LIMITS) {
            *within += u64::from(seconds <= limit);
        }
        times.count += 1;
        times.seconds += seconds;
    }

    /// All that was counted, as text.
    pub fn text(&self) -> String {
        let routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        let mut line = |line: std::fmt::Arguments| {
            writeln!(text, "{line}").expect("text takes all that is written");
        };
        line(format_args!("# HELP karat_requests_total Requests that were answered."));
        line(format_args!("# TYPE karat_requests_total counter"));
        for ((method, route, status), count) in &routes.answers {
            line(format_args!(
                "karat_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}} {count}"
            ));
        }
        line(format_args!("# HELP karat_request_seconds How long answers took to begin."));
        line(format_args!("# TYPE karat_request_seconds histogram"));
        for ((method, route), times) in &routes.times {
            let labels = format!("method=\"{method}\",route=\"{route}\"");
            for (limit, within) in LIMITS.iter().zip(times.within) {
                line(format_args!(
                    "karat_request_seconds_bucket{{{labels},le=\"{limit}\"}} {within}"
                ));
            }
            let Times { count, seconds, .. } = times;
            line(format_args!("karat_request_seconds_bucket{{{labels},le=\"+Inf\"}} {count}"));
            line(format_args!("karat_request_seconds_sum{{{labels}}} {seconds}"));
            line(format_args!("karat_request_seconds_count{{{labels}}} {count}"));
        }
        text
    }
}

/// How far the match models have drifted, as text; no value of a record is in it.
pub fn drift_text(report: &DriftReport) -> String {
    let mut text = String::new();
    let mut line = |line: std::fmt::Arguments| {
        writeln!(text, "{line}").expect("text takes all that is written");
    };
    line(format_args!(
        "# HELP karat_match_model_shifts In how many things records have moved away from those that the match model was learnt from."
    ));
    line(format_args!("# TYPE karat_match_model_shifts gauge"));
    for TypeDrift { entity_type, drift } in &report.types {
        for severity in [Severity::Moderate, Severity::Strong] {
            let shifts = drift.shifts.iter().filter(|shift| shift.severity == severity).count();
            let (entity_type, severity) = (entity_type.name(), severity.name());
            line(format_args!(
                "karat_match_model_shifts{{entity_type=\"{entity_type}\",severity=\"{severity}\"}} {shifts}"
            ));
        }
    }
    line(format_args!(
        "# HELP karat_match_model_learnt_records From how many records the match model was learnt."
    ));
    line(format_args!("# TYPE karat_match_model_learnt_records gauge"));
    for TypeDrift { entity_type, drift } in &report.types {
        let (entity_type, learnt_from) = (entity_type.name(), drift.learnt_from);
        line(format_args!(
            "karat_match_model_learnt_records{{entity_type=\"{entity_type}\"}} {learnt_from}"
        ));
    }
    line(format_args!("# HELP karat_drift_measured_seconds When drift was measured last."));
    line(format_args!("# TYPE karat_drift_measured_seconds gauge"));
    line(format_args!("karat_drift_measured_seconds {}", report.measured_at.0));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_route_and_status() {
        let metrics = Metrics::default();
        metrics.observe("GET", "/v1/entities/{id}", 200, Duration::from_millis(2));
        metrics.observe("GET", "/v1/entities/{id}", 404, Duration::from_secs(2));
        let text = metrics.text();
        for line in [
            r#"karat_requests_total{method="GET",route="/v1/entities/{id}",status="200"} 1"#,
            r#"karat_request_seconds_bucket{method="GET",route="/v1/entities/{id}",le="0.001"} 0"#,
            r#"karat_request_seconds_bucket{method="GET",route="/v1/entities/{id}",le="0.0025"} 1"#,
            r#"karat_request_seconds_bucket{method="GET",route="/v1/entities/{id}",le="5"} 2"#,
            r#"karat_request_seconds_sum{method="GET",route="/v1/entities/{id}"} 2.002"#,
        ] {
            assert!(text.lines().any(|known| known == line), "{line} in\n{text}");
        }
    }
}
