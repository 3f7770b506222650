//! The assessment as JSON, for programs; it holds counts and headers, no values of customers.

use serde_json::{Value, json};

use super::Assessed;
use super::assessment::{AssessedColumn, AssessedFile, Fix};
use crate::matching_report::MatchingReport;

impl Assessed {
    /// The figures of the assessment.
    pub fn to_json(&self) -> Value {
        let assessment = &self.assessment;
        json!({
            "records": assessment.records(),
            "customers": assessment.entities(),
            "duplicate_rate": assessment.duplicate_rate(),
            "files": assessment.files.iter().map(file).collect::<Vec<_>>(),
            "matching": assessment.matching.iter().map(MatchingReport::to_json).collect::<Vec<_>>(),
            "duplicates_within": assessment.duplicates.within,
            "duplicates_between": assessment.duplicates.between,
            "cluster_sizes": assessment.cluster_sizes,
            "findings": assessment.findings.iter()
                .map(|(code, count)| json!({ "code": code.name(), "count": count }))
                .collect::<Vec<_>>(),
            "fixes": assessment.fixes.iter().map(fix).collect::<Vec<_>>(),
            "problems": self.problems.iter()
                .map(|problem| json!({ "file": problem.file, "problem": problem.problem, "hint": problem.hint }))
                .collect::<Vec<_>>(),
        })
    }
}

fn file(file: &AssessedFile) -> Value {
    json!({
        "name": file.name,
        "source": file.source.as_str(),
        "rows": file.rows,
        "quarantined": file.quarantined,
        "encoding": file.encoding,
        "delimiter": file.delimiter,
        "columns": file.columns.iter().map(column).collect::<Vec<_>>(),
    })
}

fn column(column: &AssessedColumn) -> Value {
    json!({
        "header": column.profile.header,
        "recognised_as": column.semantic_type.name(),
        "confidence": column.confidence,
        "rows": column.profile.rows,
        "filled": column.profile.filled,
        "distinct": column.profile.distinct,
        "valid": column.valid,
        "placeholders": column.placeholders,
        "misused": column.misused,
    })
}

fn fix(fix: &Fix) -> Value {
    json!({
        "problem": format!("{:?}", fix.problem),
        "file": fix.file,
        "column": fix.column,
        "records": fix.records,
    })
}
