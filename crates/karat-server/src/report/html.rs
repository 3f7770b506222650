//! The report as one HTML page that can be kept, sent and printed.

use askama::Template;
use karat_hub::assess::assessment::*;
use karat_model::language::Language;

use super::advice::{Advice, advise};
use super::mask::mask;
use super::sections::MatchSections;
use crate::chart::{Bar, Flow, Histogram, Stream, heat, linear, stacked};
use crate::locale::Locale;

/// How to write the report.
#[derive(Clone, Copy, Debug)]
pub struct ReportOptions {
    /// The language.
    pub language: Language,
    /// Whether values of customers are masked, as in `j***@v***`.
    pub masked: bool,
}

/// Writes the report as one HTML page that loads nothing.
pub fn assess_html(assessment: &Assessment, options: &ReportOptions) -> String {
    let text = Locale::of(options.language);
    let sections = MatchSections {
        text,
        reports: &assessment.matching,
        attributes: &assessment.attributes,
        masked: options.masked,
    };
    let report = AssessReport { text, assessment, sections };
    report.render().expect("writing to a string cannot fail")
}

#[derive(Template)]
#[template(path = "report/report.html")]
struct AssessReport<'a> {
    text: Locale,
    assessment: &'a Assessment,
    /// The sections on matching.
    sections: MatchSections<'a>,
}

pub(super) const STYLE: &str =
    concat!(include_str!("../style/karat.css"), include_str!("report.css"));
pub(super) const MARK: &str = include_str!("../style/mark.svg");
/// Surely recognised from this confidence on.
const CONFIDENCE_SURE: f64 = 0.8;
const EXAMPLES_MAX: usize = 3;
/// Beyond this many records, clusters share a column.
const CLUSTER_SIZE_MAX: u64 = 10;

/// One cell of the matrix of duplicates.
struct Cell {
    count: u64,
    heat: u8,
    is_within: bool,
}

impl AssessReport<'_> {
    fn sentence(&self) -> String {
        let text = self.text;
        format!(
            "{} {} {}",
            text.records(self.assessment.records()),
            text.say("turn out to be", "blijken"),
            text.customers(self.assessment.entities()),
        )
    }

    fn flow(&self) -> String {
        let text = self.text;
        let files = &self.assessment.files;
        let stream = |file: &AssessedFile| Stream {
            name: file.source.to_string(),
            amount: file.rows,
            written: text.count(file.rows),
        };
        let out = self.assessment.entities();
        let out_label = [text.count(out), text.say("customers", "klanten").into()];
        let streams = files.iter().filter(|file| file.rows > 0).map(stream).collect();
        Flow { streams, out, out_label }.draw(&self.sentence())
    }

    fn advice(&self) -> Vec<Advice> {
        let fixes = self.assessment.fixes.iter();
        fixes.map(|fix| advise(fix, self.assessment, self.text)).collect()
    }

    /// How a file is written, in a line.
    fn format(&self, file: &AssessedFile) -> String {
        let text = self.text;
        let delimiter = file.delimiter.map(|delimiter| match delimiter {
            '\t' => text.say("tabs", "tabs").to_string(),
            other => format!("{} “{other}”", text.say("delimiter", "scheidingsteken")),
        });
        let kind = file.kind.map(|kind| text.file_kind(&kind).to_string());
        let size = Some(text.bytes(file.bytes));
        let parts = [kind, file.encoding.clone(), delimiter, size];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn is_sure(&self, column: &AssessedColumn) -> bool {
        column.confidence >= CONFIDENCE_SURE
    }

    fn fill_bar(&self, column: &AssessedColumn) -> String {
        let share = |count: u64| count as f64 / column.profile.rows.max(1) as f64;
        let filled = column.profile.filled;
        let valid = column.valid.unwrap_or(filled).min(filled);
        stacked(&[(share(valid), "gold"), (share(filled - valid), "doubtful")])
    }

    fn examples(&self, column: &AssessedColumn) -> String {
        let values = column.profile.top.iter().take(EXAMPLES_MAX);
        values.map(|(value, _)| mask(value)).collect::<Vec<_>>().join(", ")
    }

    fn pattern<'a>(&self, column: &'a AssessedColumn) -> &'a str {
        column.profile.patterns.first().map_or("", |(pattern, _)| pattern)
    }

    fn matrix(&self) -> Vec<(&AssessedFile, Vec<Cell>)> {
        let duplicates = &self.assessment.duplicates;
        let files = &self.assessment.files;
        let all = duplicates.within.iter().chain(duplicates.between.iter().map(|cell| &cell.2));
        let most = all.copied().max().unwrap_or(0);
        let cell = |row: usize, column: usize| {
            let count = duplicates.get(row, column);
            Cell { count, heat: heat(count, most), is_within: row == column }
        };
        let row = |(row, file)| (file, (0..files.len()).map(|column| cell(row, column)).collect());
        files.iter().enumerate().map(row).collect()
    }

    fn cluster_sizes(&self) -> String {
        let text = self.text;
        let mut columns: Vec<(String, u64)> = Vec::new();
        let mut larger = 0;
        for &(size, clusters) in &self.assessment.cluster_sizes {
            if size <= CLUSTER_SIZE_MAX {
                columns.push((size.to_string(), clusters));
            } else {
                larger += clusters;
            }
        }
        if larger > 0 {
            columns.push((format!(">{CLUSTER_SIZE_MAX}"), larger));
        }
        let counts: Vec<u64> = columns.iter().map(|&(_, count)| count).collect();
        let bar = |((below, count), height): ((String, u64), f64)| Bar {
            height,
            class: if below == "1" { "quiet" } else { "gold" },
            above: text.count(count),
            below,
        };
        let bars = columns.into_iter().zip(linear(&counts)).map(bar).collect();
        Histogram { bars, marks: Vec::new() }.draw(
            text.say("customers by their number of records", "klanten naar hun aantal records"),
        )
    }

    /// The files as one would type them after a command.
    fn arguments(&self) -> String {
        let names = self.assessment.files.iter().map(|file| file.name.as_str());
        names.collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    fn report(language: Language, masked: bool) -> String {
        assess_html(&fixture::assessment(), &ReportOptions { language, masked })
    }

    #[test]
    fn the_report_speaks_both_languages() {
        let english = report(Language::English, false);
        let dutch = report(Language::Dutch, false);
        assert!(english.contains("49,662 records turn out to be 26,129 customers"));
        assert!(dutch.contains("49.662 records blijken 26.129 klanten"));
        assert!(dutch.contains(r#"<html lang="nl">"#));
    }

    #[test]
    fn a_component_that_was_too_large_is_told() {
        let english = report(Language::English, false);
        let told = "2,408 records hung together, too many to look at as a whole. The threshold was raised to +9.5 bits";
        assert!(english.contains(told), "{told}");
    }

    #[test]
    fn the_report_loads_nothing_from_elsewhere() {
        let report = report(Language::English, false);
        for reference in ["http:", "https:", "src=", "@import", "url(//", "<link", "<script"] {
            let found = report.matches(reference).count();
            let namespaces =
                if reference == "http:" { report.matches("xmlns=\"http:").count() } else { 0 };
            assert_eq!(found, namespaces, "{reference}");
        }
    }

    #[test]
    fn a_masked_report_shows_no_value() {
        let values = ["Sanne de Wit", "sanne.dewit@post.example", "1984-03-12", "Kerkstraat"];
        let open = report(Language::English, false);
        let masked = report(Language::English, true);
        for value in values {
            assert!(open.contains(value), "{value}");
            assert!(!masked.contains(value), "{value}");
        }
    }

    #[test]
    fn column_examples_are_always_masked() {
        assert!(!report(Language::English, false).contains("info@winkel.example"));
    }

    #[test]
    fn values_are_escaped() {
        let mut assessment = fixture::assessment();
        assessment.files[0].name = "<script>alert(1)</script>".into();
        assessment.files[0].columns[0].profile.header = "<script>alert(2)</script>".into();
        assessment.matching[0].largest_clusters[0].records[0].values[0] =
            Some("<script>alert(3)".into());
        let options = ReportOptions { language: Language::English, masked: false };
        assert!(!assess_html(&assessment, &options).contains("<script"));
    }

    #[test]
    fn an_assessment_of_nothing_is_a_report_too() {
        let nothing = Assessment {
            files: Vec::new(),
            matching: Vec::new(),
            duplicates: DuplicateMatrix::default(),
            cluster_sizes: Vec::new(),
            findings: Vec::new(),
            fixes: Vec::new(),
            timings: Vec::new(),
            ..fixture::assessment()
        };
        let options = ReportOptions { language: Language::English, masked: false };
        assert!(assess_html(&nothing, &options).contains("0 records turn out to be 0 customers"));
    }
}
