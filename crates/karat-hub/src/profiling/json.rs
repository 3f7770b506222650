//! Profiles as JSON, for programs.

use karat_model::profile::{CharacterClass, QuantileValue, Sensitivity};
use serde_json::{Value, json};

use super::{Profiled, ProfiledColumn, SourceProfile};

impl Profiled {
    /// All that was seen; `shown` says how a value of a customer is shown.
    pub fn to_json(&self, shown: fn(&str) -> String) -> Value {
        json!({
            "sources": self.sources.iter().map(|one| source(one, shown)).collect::<Vec<_>>(),
            "references": self.references.iter()
                .map(|found| json!({
                    "from": { "source": found.from.0.as_str(), "column": found.from.1 },
                    "to": { "source": found.to.0.as_str(), "column": found.to.1 },
                    "share": found.share,
                }))
                .collect::<Vec<_>>(),
            "problems": self.problems.iter()
                .map(|problem| json!({ "file": problem.file, "problem": problem.problem, "hint": problem.hint }))
                .collect::<Vec<_>>(),
        })
    }
}

fn source(source: &SourceProfile, shown: fn(&str) -> String) -> Value {
    let header = |number: usize| &source.columns[number].profile.header;
    json!({
        "name": source.name.as_str(),
        "rows": source.rows,
        "rows_before": source.rows_before,
        "columns": source.columns.iter().map(|one| column(one, shown)).collect::<Vec<_>>(),
        "dependencies": source.dependencies.iter()
            .map(|found| json!({
                "from": header(found.from),
                "to": header(found.to),
                "share": found.share,
                "looked_at": found.looked_at,
            }))
            .collect::<Vec<_>>(),
    })
}

fn column(column: &ProfiledColumn, shown: fn(&str) -> String) -> Value {
    let profile = &column.profile;
    let (shortest, longest) = profile.length_min_max;
    let characters: serde_json::Map<String, Value> = CharacterClass::ALL
        .into_iter()
        .map(|class| (class.name().to_string(), profile.characters.of(class).into()))
        .collect();
    json!({
        "header": profile.header,
        "recognised_as": column.guess.name(),
        "confidence": column.confidence,
        "semantic_type": column.told.map(|told| told.name()),
        "sensitive": column.sensitive.map(Sensitivity::name),
        "rows": profile.rows,
        "filled": profile.filled,
        "missing_words": profile.missing_words,
        "distinct": profile.distinct,
        "repeated": profile.repeated,
        "is_estimate": profile.is_estimate,
        "key_score": profile.key_score(),
        "is_candidate_key": profile.is_candidate_key(),
        "shortest": shortest,
        "longest": longest,
        "lengths": profile.lengths.iter()
            .map(|length| json!({ "from": length.from, "to": length.to, "count": length.count }))
            .collect::<Vec<_>>(),
        "characters": characters,
        "quantiles": profile.quantiles.as_ref().map(|found| json!({
            "counted": found.counted,
            "points": found.points.iter()
                .map(|(at, value)| json!({ "per_mille": at, "value": quantile(*value) }))
                .collect::<Vec<_>>(),
        })),
        "patterns": profile.patterns.iter()
            .map(|(pattern, count)| json!({ "pattern": pattern, "count": count }))
            .collect::<Vec<_>>(),
        "top": profile.top.iter()
            .map(|(value, count)| json!({ "value": shown(value), "count": count }))
            .collect::<Vec<_>>(),
    })
}

fn quantile(value: QuantileValue) -> Value {
    match value {
        QuantileValue::Number(number) => number.into(),
        QuantileValue::Month(year, month) => format!("{year:04}-{month:02}").into(),
    }
}
