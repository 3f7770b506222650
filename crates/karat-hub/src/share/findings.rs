//! Findings: what is wrong with source records, as it is filed.
//!
//! Columns: `source`, `id`, `field` (the column of the source, missing when it is about the whole
//! record), `code` (or the name of the check), `severity`, `dimension`, `message`, `repair` (what
//! would mend it, without the value), `number`, `attribute`, `state` (how far it is, towards the
//! source), `opened_at`. No column holds the value itself.

use karat_model::language::Language;

use super::{Destination, Field, FieldKind, Result, TableWriter, moment};
use crate::view::FindingView;

/// Writes findings.
pub struct FindingsFile {
    table: TableWriter,
    language: Language,
}

impl FindingsFile {
    /// Opens the file, with messages in this language.
    pub fn create(destination: &Destination, language: Language) -> Result<FindingsFile> {
        let texts = ["source", "id", "field", "code", "severity", "dimension", "message", "repair"];
        let columns = texts.map(|name| (name, FieldKind::Text)).into_iter();
        let columns = columns.chain([
            ("number", FieldKind::Number),
            ("attribute", FieldKind::Text),
            ("state", FieldKind::Text),
            ("opened_at", FieldKind::Text),
        ]);
        let columns: Vec<_> = columns.collect();
        Ok(FindingsFile { table: TableWriter::create(destination, &columns)?, language })
    }

    /// Adds a finding about a record, and what would mend it: `replace`, `move`, `swap` or `clear`,
    /// if that is known.
    pub fn write(&mut self, view: &FindingView, repair: Option<&str>) -> Result<()> {
        let finding = &view.finding;
        let key = finding.record.as_ref();
        let opened_at = moment::written(finding.opened_at);
        self.table.write_row(&[
            Field::text(key.map(|key| key.source.as_str())),
            Field::text(key.map(|key| &*key.id)),
            Field::text(finding.column.as_deref()),
            Field::Text(finding.rule.as_str()),
            Field::Text(view.severity.name()),
            Field::Text(view.dimension.name()),
            Field::Text(self.language.say(&view.message[0], &view.message[1])),
            Field::text(repair),
            Field::Number(finding.no.0 as i64),
            Field::text(finding.attribute.as_deref()),
            Field::Text(view.state.name()),
            Field::text(opened_at.as_deref()),
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
        FiledFinding, FindingCode, FindingNo, RuleName, RuleVersion, Subject,
    };
    use karat_model::id::RecordKey;
    use karat_model::record::Moment;

    use super::super::table::tests::read;
    use super::*;
    use crate::feedback::FeedbackState;

    fn written(name: &str, language: Language) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let destination = Destination::new(&path, None).unwrap();
        let mut file = FindingsFile::create(&destination, language).unwrap();
        let view = |no: u64, code: FindingCode, column: Option<&str>| {
            let key: RecordKey = "shop/9".parse().unwrap();
            FindingView {
                severity: code.severity(),
                dimension: code.dimension(),
                message: [Language::English, Language::Dutch].map(|it| code.message(it).into()),
                owner: None,
                entity: None,
                title: String::new(),
                steps: Vec::new(),
                state: FeedbackState::Open,
                finding: FiledFinding {
                    no: FindingNo(no),
                    rule: RuleName::new(code.name()),
                    version: RuleVersion(1),
                    subject: Subject::Record(key.clone()),
                    attribute: column.map(|_| "email".into()),
                    slot: 0,
                    record: Some(key),
                    column: column.map(String::from),
                    value: None,
                    opened_at: Moment(0),
                    closed: None,
                },
            }
        };
        let (wrong, misspelt) = (FindingCode::InvalidEmail, FindingCode::MisspeltEmailDomain);
        file.write(&view(3, wrong, Some("E-mail")), None).unwrap();
        file.write(&view(4, misspelt, Some("E-mail")), Some("replace")).unwrap();
        file.write(&view(9, FindingCode::NothingKnown, None), None).unwrap();
        assert_eq!(file.finish().unwrap(), 3);
        read(&path)
    }

    #[test]
    fn findings_are_named_and_explained() {
        let header = "source,id,field,code,severity,dimension,message,repair,number,attribute,\
            state,opened_at";
        let at = "1970-01-01T00:00:00Z";
        assert_eq!(
            written("findings.csv", Language::English),
            [
                header.to_string(),
                format!(
                    "shop,9,E-mail,invalid_email,error,validity,This is no e-mail address.,,3,\
                     email,open,{at}"
                ),
                format!(
                    "shop,9,E-mail,misspelt_email_domain,warning,validity,The domain of the \
                     e-mail address looks misspelt.,replace,4,email,open,{at}"
                ),
                format!(
                    "shop,9,,nothing_known,warning,completeness,The record says nothing that \
                     tells who it is about.,,9,,open,{at}"
                ),
            ]
        );
        assert_eq!(
            written("findings.parquet", Language::Dutch)[1],
            format!(
                "shop,9,E-mail,invalid_email,error,validity,Dit is geen e-mailadres.,∅,3,email,\
                 open,{at}"
            ),
        );
    }
}
