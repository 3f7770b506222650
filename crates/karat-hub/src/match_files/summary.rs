//! The summary as JSON, for programs; it holds counts and names, no values of customers.

use karat_model::evidence::Weight;
use serde_json::{Value, json};

use super::{LabelCounts, MatchedFile, MatchedFiles, MatchedType};
use crate::figures::expected_precision;

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
    /// The figures of the matching.
    pub fn to_json(&self) -> Value {
        json!({
            "files": self.files.iter().map(file).collect::<Vec<_>>(),
            "entity_types": self.types.iter().map(entity_type).collect::<Vec<_>>(),
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

fn entity_type(found: &MatchedType) -> Value {
    let model = &found.mastered.model;
    json!({
        "entity_type": model.entity_type,
        "records": found.mastered.table.len(),
        "entities": found.ids.len(),
        "pairs_compared": found.mastered.matched.pairs,
        "pairs_kept": found.mastered.matched.edges.len(),
        "potential_matches": found.potential_matches,
        "link_threshold": found.link_threshold().bits(),
        "review_threshold": found.review_threshold().bits(),
        "expected_precision": found.expected_precision(),
        "trained": found.is_trained,
        "model": model.id().as_str(),
        "warnings": model.training.warnings.iter().map(|[english, _]| english).collect::<Vec<_>>(),
    })
}
