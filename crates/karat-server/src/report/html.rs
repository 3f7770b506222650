//! The report as one HTML page that can be kept, sent and printed.

use askama::Template;
use karat_hub::assess::assessment::*;
use karat_model::attribute::AttributeId;
use karat_model::evidence::{PairExplanation, Weight};
use karat_model::language::Language;

use super::advice::{Advice, advise};
use super::mask::mask;
use crate::chart::{
    Anchor, Bar, Flow, Histogram, Mark, Scale, Show, Stream, Waterfall, diverging, heat, linear,
    logarithmic, stacked,
};
use crate::locale::Locale;
use crate::reasons::{Reasons, reasons};

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
    let report = AssessReport { text, assessment, masked: options.masked };
    report.render().expect("writing to a string cannot fail")
}

#[derive(Template)]
#[template(path = "report/report.html")]
struct AssessReport<'a> {
    text: Locale,
    assessment: &'a Assessment,
    masked: bool,
}

const STYLE: &str = concat!(include_str!("../style/karat.css"), include_str!("report.css"));
const MARK: &str = include_str!("../style/mark.svg");
/// Surely recognised from this confidence on.
const CONFIDENCE_SURE: f64 = 0.8;
const EXAMPLES_MAX: usize = 3;
/// Beyond this many records, clusters share a column.
const CLUSTER_SIZE_MAX: u64 = 10;
const SCORE_COLUMNS_MAX: usize = 80;

/// One cell of the matrix of duplicates.
struct Cell {
    count: u64,
    heat: u8,
    is_within: bool,
}

/// One level of a comparison, with its bar.
struct Level<'a> {
    label: &'a [String; 2],
    weight: Weight,
    drawn: String,
}

impl AssessReport<'_> {
    fn style(&self) -> &'static str {
        STYLE
    }

    fn mark(&self) -> &'static str {
        MARK
    }

    fn show(&self) -> Show {
        if self.masked {
            |_, _, values| mask(values)
        } else {
            |text, evidence, values| text.compared(evidence, values)
        }
    }

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

    fn scores(&self, matching: &AssessedMatching) -> String {
        let text = self.text;
        let Some((low, counts, step)) = score_columns(&matching.scores) else {
            return String::new();
        };
        let at = |weight: Weight| (weight.bits() - f64::from(low)) / f64::from(step);
        let bar = |(column, height): (usize, f64)| {
            let bits = low + column as i32 * step;
            let middle = Weight::from_bits(f64::from(bits) + f64::from(step) / 2.0);
            let class = match middle {
                middle if middle >= matching.link_threshold => "gold",
                middle if middle >= matching.review_threshold => "perhaps",
                _ => "quiet",
            };
            let is_labelled = bits.rem_euclid(10 * step) == 0;
            let below = if is_labelled { text.decimal(f64::from(bits), 0) } else { String::new() };
            Bar { height, class, above: String::new(), below }
        };
        let bars = logarithmic(&counts).into_iter().enumerate().map(bar).collect();
        let mark = |weight: Weight, class, side, english, dutch| {
            let inside = (0.0..=counts.len() as f64).contains(&at(weight));
            let label = format!("{} {}", text.say(english, dutch), text.bits(weight));
            inside.then_some(Mark { at: at(weight), class, label, side })
        };
        let marks = [
            mark(
                matching.review_threshold,
                "review",
                Anchor::End,
                "review from",
                "beoordelen vanaf",
            ),
            mark(
                matching.link_threshold,
                "threshold",
                Anchor::Start,
                "link from",
                "koppelen vanaf",
            ),
        ];
        Histogram { bars, marks: marks.into_iter().flatten().collect() }.draw(
            text.say(
                "pairs by their total weight in bits",
                "paren naar hun totale gewicht in bits",
            ),
        )
    }

    /// The levels of a comparison with their bars, on one scale for the whole model.
    fn levels<'b>(
        &self,
        matching: &AssessedMatching,
        comparison: &'b ComparisonWeights,
    ) -> Vec<Level<'b>> {
        let all = matching.comparisons.iter().flat_map(|comparison| &comparison.levels);
        let scale = Scale::over(all.map(|&(_, weight)| weight));
        let level = |(label, weight): &'b ([String; 2], Weight)| Level {
            label,
            weight: *weight,
            drawn: diverging(*weight, &scale),
        };
        comparison.levels.iter().map(level).collect()
    }

    fn waterfall<'b>(&self, pair: &'b PairExplanation) -> Waterfall<'b> {
        Waterfall::of(pair, self.text, self.show())
    }

    /// A record of a cluster: its values as people read them, masked if asked.
    fn cells(&self, cluster: &AssessedCluster, record: &ClusterRecord) -> Vec<String> {
        let cell = |(attribute, value): (&AttributeId, &Option<String>)| {
            let value = value.as_deref().unwrap_or_default();
            match self.masked {
                true => mask(value),
                false => {
                    let attribute = self.assessment.attributes.get(*attribute);
                    self.text.value(attribute.semantic_type, value)
                }
            }
        };
        let filled = self.filled(cluster);
        let values = cluster.attributes.iter().zip(&record.values);
        values.filter(|(attribute, _)| filled.contains(attribute)).map(cell).collect()
    }

    /// The attributes of which some record of a cluster has a value.
    fn filled<'b>(&self, cluster: &'b AssessedCluster) -> Vec<&'b AttributeId> {
        let attributes = cluster.attributes.iter().enumerate();
        let has_value = |at: usize| {
            cluster.records.iter().any(|record| matches!(record.values.get(at), Some(Some(_))))
        };
        attributes.filter(|(at, _)| has_value(*at)).map(|(_, attribute)| attribute).collect()
    }

    fn reasons(&self, pair: &PairExplanation) -> Reasons {
        reasons(pair, self.text)
    }

    /// The files as one would type them after a command.
    fn arguments(&self) -> String {
        let names = self.assessment.files.iter().map(|file| file.name.as_str());
        names.collect::<Vec<_>>().join(" ")
    }
}

/// The first bit, the counts from there on without gaps, and how many bits one column spans.
fn score_columns(scores: &[(i32, u64)]) -> Option<(i32, Vec<u64>, i32)> {
    let (first, last) = (scores.first()?.0, scores.last()?.0);
    let span = (last - first) as usize + 1;
    let step = span.div_ceil(SCORE_COLUMNS_MAX) as i32;
    let low = first.div_euclid(step) * step;
    let mut counts = vec![0; ((last - low) / step) as usize + 1];
    for &(bits, count) in scores {
        counts[((bits - low) / step) as usize] += count;
    }
    Some((low, counts, step))
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
        assessment.largest_clusters[0].records[0].values[0] = Some("<script>alert(3)".into());
        let options = ReportOptions { language: Language::English, masked: false };
        assert!(!assess_html(&assessment, &options).contains("<script"));
    }

    #[test]
    fn scores_fill_gaps_and_share_columns_when_there_are_many() {
        assert_eq!(score_columns(&[]), None);
        assert_eq!(score_columns(&[(-2, 5), (1, 7)]), Some((-2, vec![5, 0, 0, 7], 1)));
        let wide = [(-101, 1), (-100, 2), (99, 4)];
        let (low, counts, step) = score_columns(&wide).unwrap();
        assert_eq!((low, counts[0], counts.len(), step), (-102, 3, 68, 3));
        assert_eq!(counts.iter().sum::<u64>(), 7);
    }

    #[test]
    fn an_assessment_of_nothing_is_a_report_too() {
        let nothing = Assessment {
            files: Vec::new(),
            matching: Vec::new(),
            duplicates: DuplicateMatrix::default(),
            cluster_sizes: Vec::new(),
            largest_clusters: Vec::new(),
            potential_matches: Vec::new(),
            findings: Vec::new(),
            fixes: Vec::new(),
            timings: Vec::new(),
            ..fixture::assessment()
        };
        let options = ReportOptions { language: Language::English, masked: false };
        assert!(assess_html(&nothing, &options).contains("0 records turn out to be 0 customers"));
    }
}
