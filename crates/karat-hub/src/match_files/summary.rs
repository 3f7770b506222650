//! The summary as JSON, for programs; of customers it holds the values that many of them share.

use karat_model::evidence::Weight;
use serde_json::{Value, json};

use super::{LabelCounts, MatchedFile, MatchedFiles, MatchedType};
use crate::figures::expected_precision;
use crate::flow::publish::held;
use crate::mask::mask;
use crate::matching_report::json::shared_value;
use crate::matching_report::{SharedValue, ladder};

/// The most shared values that the summary tells, those of most customers.
const SHARED_VALUES_MAX: usize = 50;

impl MatchedType {
    /// The total weight from which a pair is linked.
    pub fn link_threshold(&self) -> Weight {
        Weight(self.mastered.model.link_threshold)
    }

    /// The total weight from which a pair is told of.
    pub fn review_threshold(&self) -> Weight {
        Weight(self.mastered.model.review_threshold)
    }

    /// The share of entities of several records that the model itself expects to be right.
    pub fn expected_precision(&self) -> Option<f64> {
        expected_precision(&self.mastered.weakest_links, &self.mastered.model.calibration)
    }
}

impl MatchedFiles {
    /// The figures of the matching; `masked` hides values of customers.
    pub fn to_json(&self, masked: bool) -> Value {
        json!({
            "files": self.files.iter().map(file).collect::<Vec<_>>(),
            "entity_types": self.types.iter().map(|found| entity_type(found, masked)).collect::<Vec<_>>(),
            "remarks": self.remarks,
            "labels": labels(&self.labels),
            "problems": self.problems.iter()
                .map(|problem| json!({ "file": problem.file, "problem": problem.problem, "hint": problem.hint }))
                .collect::<Vec<_>>(),
        })
    }
}

fn labels(labels: &LabelCounts) -> Value {
    json!({
        "same": labels.same,
        "different": labels.different,
        "unsure": labels.unsure,
        "contradicted": labels.contradicted,
        "unknown": labels.unknown,
    })
}

fn file(file: &MatchedFile) -> Value {
    json!({
        "file": file.file,
        "source": file.source.as_str(),
        "rows": file.rows,
        "quarantined": file.quarantined,
        "id_column": file.ids.column,
        "without_key": file.ids.without_key,
        "same_key": file.ids.same_key,
    })
}

fn entity_type(found: &MatchedType, masked: bool) -> Value {
    let model = &found.mastered.model;
    json!({
        "entity_type": model.entity_type,
        "records": found.mastered.table.len(),
        "entities": found.ids.len(),
        "pairs_compared": found.mastered.matched.pairs,
        "pairs_kept": found.mastered.matched.edges.len(),
        "potential_matches": found.potential_matches,
        "held": held(&found.mastered.matched),
        "too_large_components":
            found.mastered.matched.ladders.iter().map(ladder).collect::<Vec<_>>(),
        "link_threshold": found.link_threshold().bits(),
        "review_threshold": found.review_threshold().bits(),
        "expected_precision": found.expected_precision(),
        "shared_values": found.shared_values.iter()
            .take(SHARED_VALUES_MAX)
            .map(|shared| with_value(shared, masked))
            .collect::<Vec<_>>(),
        "trained": found.is_trained,
        "model": model.id().as_str(),
        "warnings": model.training.warnings.iter().map(|[english, _]| english).collect::<Vec<_>>(),
    })
}

fn with_value(shared: &SharedValue, masked: bool) -> Value {
    let mut json = shared_value(shared);
    json["value"] = if masked { mask(&shared.value) } else { shared.value.clone() }.into();
    json
}
