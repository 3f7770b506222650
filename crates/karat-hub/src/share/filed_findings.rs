//! Filed findings: what fails, where, since when, and how it was closed.
//!
//! Columns: `number`, `rule`, `severity`, `dimension`, `about` (`record`, `customer`, `attribute`
//! or `source`), `entity_id`, `source`, `id`, `attribute`, `field` (the column of the source),
//! `owner`, `opened_at`, `closed_at`, `closed_because`, `message`. No column holds the value itself.

use karat_model::finding::Subject;
use karat_model::language::Language;

use super::{Destination, Field, FieldKind, Result, TableWriter, moment};
use crate::view::FindingView;

/// Writes filed findings.
pub struct FiledFindingsFile {
    table: TableWriter,
    language: Language,
}

impl FiledFindingsFile {
    /// Opens the file, with messages in this language.
    pub fn create(destination: &Destination, language: Language) -> Result<FiledFindingsFile> {
        let texts = [
            "rule",
            "severity",
            "dimension",
            "about",
            "entity_id",
            "source",
            "id",
            "attribute",
            "field",
            "owner",
            "opened_at",
            "closed_at",
            "closed_because",
            "message",
        ];
        let texts = texts.map(|name| (name, FieldKind::Text));
        let columns: Vec<_> = std::iter::once(("number", FieldKind::Number)).chain(texts).collect();
        Ok(FiledFindingsFile { table: TableWriter::create(destination, &columns)?, language })
    }

    /// Adds a finding.
    pub fn write(&mut self, view: &FindingView) -> Result<()> {
        let finding = &view.finding;
        let about = match finding.subject {
            Subject::Record(_) => "record",
            Subject::Customer(_) => "customer",
            Subject::Attribute(_) => "attribute",
            Subject::Source(_) => "source",
        };
        let entity = view.entity.map(|id| id.to_string());
        let opened_at = moment::written(finding.opened_at);
        let closed_at = finding.closed.and_then(|closed| moment::written(closed.at));
        let source = match (&finding.record, &finding.subject) {
            (Some(key), _) => Some(key.source.as_str()),
            (None, Subject::Source(name)) => Some(name.as_str()),
            _ => None,
        };
        self.table.write_row(&[
            Field::Number(finding.no.0 as i64),
            Field::Text(finding.rule.as_str()),
            Field::Text(view.severity.name()),
            Field::Text(view.dimension.name()),
            Field::Text(about),
            Field::text(entity.as_deref()),
            Field::text(source),
            Field::text(finding.record.as_ref().map(|key| &*key.id)),
            Field::text(finding.attribute.as_deref()),
            Field::text(finding.column.as_deref()),
            Field::text(view.owner.as_deref()),
            Field::text(opened_at.as_deref()),
            Field::text(closed_at.as_deref()),
            Field::text(finding.closed.map(|closed| closed.because.name())),
            Field::Text(self.language.say(&view.message[0], &view.message[1])),
        ])
    }

    /// Completes the file and tells how many rows it has.
    pub fn finish(self) -> Result<u64> {
        self.table.finish()
    }
}

#[cfg(test)]
mod tests {
    use karat_model::finding::{
        Closed, ClosedBecause, Dimension, FiledFinding, FindingNo, RuleName, RuleVersion, Severity,
    };
    use karat_model::id::EntityId;
    use karat_model::record::Moment;

    use super::super::table::tests::read;
    use super::*;

    #[test]
    fn findings_are_told_with_their_place_and_time_and_no_value() {
        let key: karat_model::id::RecordKey = "shop/9".parse().unwrap();
        let finding = FiledFinding {
            no: FindingNo(7),
            rule: RuleName::new("postcode_known"),
            version: RuleVersion(1),
            subject: Subject::Record(key.clone()),
            attribute: Some("postcode".into()),
            slot: 0,
            record: Some(key),
            column: Some("PC".into()),
            value: None,
            opened_at: Moment(0),
            closed: Some(Closed { at: Moment(86_400), because: ClosedBecause::Passes }),
        };
        let view = FindingView {
            severity: Severity::Warning,
            dimension: Dimension::Completeness,
            message: ["It is missing.".into(), "Het ontbreekt.".into()],
            owner: Some("Sales".into()),
            entity: Some(EntityId::founded_by(&"shop/9".parse().unwrap())),
            title: "Never told".into(),
            steps: Vec::new(),
            state: crate::feedback::FeedbackState::Closed,
            finding,
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("findings.csv");
        let destination = Destination::new(&path, None).unwrap();
        let mut file = FiledFindingsFile::create(&destination, Language::Dutch).unwrap();
        file.write(&view).unwrap();
        assert_eq!(file.finish().unwrap(), 1);
        let id = view.entity.unwrap();
        let expected = format!(
            "7,postcode_known,warning,completeness,record,{id},shop,9,postcode,PC,Sales,\
             1970-01-01T00:00:00Z,1970-01-02T00:00:00Z,passes,Het ontbreekt."
        );
        assert_eq!(read(&path)[1], expected);
    }
}
