//! Findings: what is wrong with the values of source records.
//!
//! Columns: `source`, `id`, `field` (the column of the source, missing when it is about the whole
//! record), `code`, `severity`, `dimension`, `message`, `repair` (what would mend it, without
//! the value). No column holds the value itself.

use karat_model::finding::FindingCode;
use karat_model::language::Language;

use super::{Destination, Field, FieldKind, Result, TableWriter};

/// Something wrong with a source record.
#[derive(Clone, Copy, Debug)]
pub struct FindingRow<'a> {
    /// The source system.
    pub source: &'a str,
    /// The id of the record in its source.
    pub id: &'a str,
    /// The column of the source, if it is about one.
    pub field: Option<&'a str>,
    /// What is wrong.
    pub code: FindingCode,
    /// What would mend it: `replace`, `move`, `swap` or `clear`, if that is known.
    pub repair: Option<&'a str>,
}

/// Writes findings.
pub struct FindingsFile {
    table: TableWriter,
    language: Language,
}

impl FindingsFile {
    /// Opens the file, with messages in this language.
    pub fn create(destination: &Destination, language: Language) -> Result<FindingsFile> {
        let columns =
            ["source", "id", "field", "code", "severity", "dimension", "message", "repair"]
                .map(|name| (name, FieldKind::Text));
        Ok(FindingsFile { table: TableWriter::create(destination, &columns)?, language })
    }

    /// Adds a finding.
    pub fn write(&mut self, row: &FindingRow<'_>) -> Result<()> {
        self.table.write_row(&[
            Field::Text(row.source),
            Field::Text(row.id),
            Field::text(row.field),
            Field::Text(row.code.name()),
            Field::Text(row.code.severity().name()),
            Field::Text(row.code.dimension().name()),
            Field::Text(row.code.message(self.language)),
            Field::text(row.repair),
        ])
    }

    /// Completes the file and tells how many rows it has.
    pub fn finish(self) -> Result<u64> {
        self.table.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::tests::read;
    use super::*;

    fn written(name: &str, language: Language) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        let destination = Destination::new(&path, None).unwrap();
        let mut file = FindingsFile::create(&destination, language).unwrap();
        let code = FindingCode::InvalidEmail;
        let row = FindingRow { source: "shop", id: "9", field: Some("E-mail"), code, repair: None };
        file.write(&row).unwrap();
        let code = FindingCode::MisspeltEmailDomain;
        file.write(&FindingRow { code, repair: Some("replace"), ..row }).unwrap();
        let code = FindingCode::NothingKnown;
        file.write(&FindingRow { field: None, code, ..row }).unwrap();
        assert_eq!(file.finish().unwrap(), 3);
        read(&path)
    }

    #[test]
    fn findings_are_named_and_explained() {
        let header = "source,id,field,code,severity,dimension,message,repair";
        assert_eq!(
            written("findings.csv", Language::English),
            [
                header,
                "shop,9,E-mail,invalid_email,error,validity,This is no e-mail address.,",
                "shop,9,E-mail,misspelt_email_domain,warning,validity,The domain of the e-mail address looks misspelt.,replace",
                "shop,9,,nothing_known,warning,completeness,The record says nothing that tells who it is about.,",
            ]
        );
        assert_eq!(
            written("findings.parquet", Language::Dutch)[1],
            "shop,9,E-mail,invalid_email,error,validity,Dit is geen e-mailadres.,∅",
        );
    }
}
