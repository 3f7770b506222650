//! The report as text for a terminal.

use karat_hub::assess::assessment::*;
use karat_model::evidence::{PairExplanation, Weight};

use super::advice::advise;
use super::lines::{Paint, TextOptions, bar, fitted, length, padded, readable, wrapped};
use super::mask::mask;
use crate::locale::Locale;
use crate::reasons::{is_silent, unknown};
use crate::words::agreement_sign;

const MARGIN: usize = 2;
const FIXES_MAX: usize = 10;
const BAR_CELLS: usize = 10;
/// From this width on a table has room for whole bars.
const WIDTH_FOR_WHOLE_BARS: usize = 90;
const BAR_CELLS_NARROW: usize = 5;
const PAIR_BAR_CELLS: usize = 12;
const HISTOGRAM_CELLS: usize = 40;

/// Writes the report as text, a line per line, without a last line break.
pub fn assess_text(assessment: &Assessment, options: &TextOptions) -> String {
    let width = options.width() - 2 * MARGIN;
    let paint = options.paint();
    let text = Locale::of(options.language);
    let report = Report { assessment, text, masked: options.masked, paint, width };
    let parts = [
        report.title(),
        report.files(),
        report.duplicates(),
        report.certainty(),
        report.largest_cluster(),
        report.fixes(),
        report.ending(),
    ];
    let lines = parts.into_iter().flatten();
    let indented = lines.map(|line| match line.is_empty() {
        true => line,
        false => format!("{}{line}", " ".repeat(MARGIN)),
    });
    indented.collect::<Vec<_>>().join("\n")
}

struct Report<'a> {
    assessment: &'a Assessment,
    text: Locale,
    masked: bool,
    paint: Paint,
    width: usize,
}

impl Report<'_> {
    fn title(&self) -> Vec<String> {
        let Report { assessment, text, paint, .. } = self;
        let records = text.records(assessment.records());
        let customers = text.customers(assessment.entities());
        let verb = text.say("turn out to be", "blijken");
        let repeated = format!(
            "{} {}",
            text.percent(assessment.duplicate_rate()),
            text.say(
                "of the records repeat a customer that another record already holds.",
                "van de records herhaalt een klant die al in een ander record staat."
            ),
        );
        let mut lines = vec![
            String::new(),
            format!("{} {}", paint.gold("◆"), paint.strong("Karat")),
            String::new(),
            format!("{} {verb} {}", paint.strong(&records), paint.gold(&paint.strong(&customers))),
        ];
        lines.extend(wrapped(&repeated, self.width).iter().map(|line| paint.soft(line)));
        let share = assessment.entities() as f64 / assessment.records().max(1) as f64;
        lines.push(String::new());
        let cells = self.width.min(60);
        let gold = bar(share, cells);
        let rest = "─".repeat(cells.saturating_sub(length(&gold)));
        lines.push(format!("{}{}", paint.gold(&gold), paint.soft(&rest)));
        lines
    }

    fn heading(&self, title: &str) -> Vec<String> {
        let rule = "─".repeat(self.width.saturating_sub(length(title) + 1));
        vec![
            String::new(),
            format!("{} {}", self.paint.strong(title), self.paint.soft(&rule)),
            String::new(),
        ]
    }

    fn files(&self) -> Vec<String> {
        let mut lines = self.heading(self.text.say("Files and columns", "Bestanden en kolommen"));
        for (at, file) in self.assessment.files.iter().enumerate() {
            if at > 0 {
                lines.push(String::new());
            }
            lines.extend(self.file(file));
        }
        lines
    }

    fn file(&self, file: &AssessedFile) -> Vec<String> {
        let Report { text, paint, .. } = self;
        let rows = text.counted(file.rows, &["row", "rij"], &["rows", "rijen"]);
        let kind = file.kind.map(|kind| text.file_kind(&kind));
        let format = [kind, file.encoding.as_deref()];
        let format = format.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let name = fitted(&file.name, self.width / 2);
        let name = name.trim_end();
        let room = self.width.saturating_sub(length(name) + length(&rows) + 4);
        let format = fitted(&format, room);
        let mut lines =
            vec![format!("{}  {rows}  {}", paint.gold(name), paint.soft(format.trim_end()))];
        lines.extend(self.columns(file));
        if file.quarantined > 0 {
            let unreadable = text.counted(
                file.quarantined,
                &["row could not be read", "rij kon niet worden gelezen"],
                &["rows could not be read", "rijen konden niet worden gelezen"],
            );
            lines.push(paint.bad(&unreadable));
            for row in &file.quarantined_examples {
                let line = text.say("line", "regel");
                let place =
                    format!("{line} {}: {}", text.count(row.line), text.unreadable(&row.reason));
                lines.push(paint.soft(fitted(&place, self.width).trim_end()));
            }
        }
        lines
    }

    /// A line per column: the header, what it is, how full, how valid, what is wrong.
    fn columns(&self, file: &AssessedFile) -> Vec<String> {
        let Report { text, paint, .. } = self;
        let widest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
        let meaning = |column: &AssessedColumn| text.semantic_type(&column.semantic_type);
        let columns = || file.columns.iter();
        let header_width = widest(&mut columns().map(|column| length(&column.profile.header)));
        let header_width = header_width.min(self.width / 5);
        let meaning_width = widest(&mut columns().map(|column| length(meaning(column))));
        let meaning_width = meaning_width.min(self.width / 4);
        let is_narrow = self.width < WIDTH_FOR_WHOLE_BARS;
        let bar_cells = if is_narrow { BAR_CELLS_NARROW } else { BAR_CELLS };
        let taken = 2 + header_width + 1 + meaning_width + 1 + bar_cells + 7 + 7 + 2;
        let room = self.width.saturating_sub(taken);
        let mut lines = Vec::new();
        if !file.columns.is_empty() {
            let blank = " ".repeat(taken - 16);
            let [filled, valid] = [text.say("filled", "gevuld"), text.say("valid", "geldig")];
            lines.push(paint.soft(&format!("{blank} {filled:>6} {valid:>6}")));
        }
        for column in &file.columns {
            let AssessedColumn { profile, .. } = column;
            let share = profile.filled as f64 / profile.rows.max(1) as f64;
            let valid =
                column.valid.map_or("–".into(), |valid| text.share(valid, profile.filled));
            let numbers = format!("{:>6} {valid:>6}", text.percent(share));
            let flaws = fitted(&self.flaws(column, room), room);
            let flaws = match flaws.trim_end() {
                "" => String::new(),
                flaws => format!("  {}", paint.bad(flaws)),
            };
            lines.push(format!(
                "  {} {} {} {numbers}{flaws}",
                fitted(&profile.header, header_width),
                paint.soft(&fitted(meaning(column), meaning_width)),
                paint.gold(&padded(&bar(share, bar_cells), bar_cells)),
            ));
        }
        lines
    }

    /// What is wrong with a column, as far as there is room for it.
    fn flaws(&self, column: &AssessedColumn, room: usize) -> String {
        let text = self.text;
        let mut flaws = Vec::new();
        if column.placeholders > 0 {
            flaws.push(text.counted(
                column.placeholders,
                &["placeholder", "opvulwaarde"],
                &["placeholders", "opvulwaarden"],
            ));
        }
        if column.misused > 0 {
            let misplaced = text.say("misplaced", "misplaatst");
            flaws.push(format!("{} {misplaced}", text.count(column.misused)));
        }
        while flaws.len() > 1 && length(&flaws.join(", ")) > room {
            flaws.pop();
        }
        flaws.join(", ")
    }

    fn duplicates(&self) -> Vec<String> {
        let Report { assessment, text, paint, .. } = self;
        let mut lines = self.heading(text.say("Duplicates", "Dubbelen"));
        let duplicates = &assessment.duplicates;
        for (at, file) in assessment.files.iter().enumerate() {
            let count = duplicates.within.get(at).copied().unwrap_or(0);
            lines.push(format!(
                "{:>9}  {} {}",
                text.count(count),
                text.say("records repeat a customer within", "records herhalen een klant binnen"),
                paint.gold(file.source.as_str()),
            ));
        }
        for &(left, right, customers) in &duplicates.between {
            let name = |at: usize| assessment.files.get(at).map_or("", |file| file.source.as_str());
            lines.push(format!(
                "{:>9}  {} {} {} {}",
                text.count(customers),
                text.say("customers are in both", "klanten staan in zowel"),
                paint.gold(name(left)),
                text.say("and", "als"),
                paint.gold(name(right)),
            ));
        }
        let potential = text.counted(
            assessment.potential_match_total(),
            &["pair to review", "paar te beoordelen"],
            &["pairs to review", "paren te beoordelen"],
        );
        lines.extend([String::new(), potential, String::new()]);
        lines.extend(self.cluster_sizes());
        lines
    }

    /// How many customers have one record, two, three: a bar each.
    fn cluster_sizes(&self) -> Vec<String> {
        let Report { assessment, text, paint, .. } = self;
        let most =
            assessment.cluster_sizes.iter().map(|&(_, clusters)| clusters).max().unwrap_or(1);
        let cells = HISTOGRAM_CELLS.min(self.width.saturating_sub(36));
        let line = |&(size, clusters): &(u64, u64)| {
            let drawn = bar(clusters as f64 / most.max(1) as f64, cells);
            let count = text.customers(clusters);
            format!("{:>12}  {} {count}", text.records(size), paint.gold(&drawn))
        };
        assessment.cluster_sizes.iter().map(line).collect()
    }

    /// Per entity type the thresholds, and what they are expected to cost.
    fn certainty(&self) -> Vec<String> {
        let Report { assessment, text, paint, .. } = self;
        let mut lines = self.heading(text.say("How sure it is", "Hoe zeker het is"));
        for matching in &assessment.matching {
            lines.push(paint.gold(text.entity_types(&matching.entity_type)));
            let mut add = |figure: String, words: &str| lines.push(format!("{figure:>9}  {words}"));
            add(
                text.bits(matching.link_threshold),
                text.say("bits and more are linked", "bits en meer wordt gekoppeld"),
            );
            add(
                text.bits(matching.review_threshold),
                text.say("bits and more are to be reviewed", "bits en meer is te beoordelen"),
            );
            let at_link = matching.at_link_threshold();
            let shares = [
                (
                    at_link.precision,
                    "of the links are expected to be right",
                    "van de koppelingen naar verwachting terecht",
                ),
                (
                    at_link.recall,
                    "of the matches are expected to be found",
                    "van de dubbelen naar verwachting gevonden",
                ),
                (
                    matching.unlinkable(),
                    "of the records say too little to be linked",
                    "van de records zegt te weinig om te koppelen",
                ),
            ];
            for (share, english, dutch) in shares {
                if let Some(share) = share {
                    add(text.percent(share), text.say(english, dutch));
                }
            }
        }
        lines
    }

    fn largest_cluster(&self) -> Vec<String> {
        let Some(cluster) = self.assessment.largest_cluster() else {
            return Vec::new();
        };
        let Report { text, .. } = self;
        let title = text.say(
            "The largest group, and why it is one customer",
            "De grootste groep, en waarom het één klant is",
        );
        let mut lines = self.heading(title);
        let key_width = cluster.records.iter().map(|record| length(&record.key.to_string())).max();
        let key_width = key_width.unwrap_or(0).min(self.width / 4);
        for record in &cluster.records {
            let values: Vec<String> = cluster
                .attributes
                .iter()
                .zip(&record.values)
                .filter_map(|(attribute, value)| {
                    let kind = self.assessment.attributes.get(*attribute).semantic_type;
                    Some(self.shown(value.as_deref()?, |value| text.value(kind, value)))
                })
                .collect();
            let key = self.paint.gold(&fitted(&record.key.to_string(), key_width));
            let room = self.width.saturating_sub(key_width + 2);
            lines.push(format!("{key}  {}", fitted(&values.join(" · "), room).trim_end()));
        }
        let not_shown = cluster.size.saturating_sub(cluster.records.len() as u64);
        if not_shown > 0 {
            let more = format!("… {} {}", text.say("and", "en"), text.records(not_shown));
            lines.push(self.paint.soft(&more));
        }
        if let Some(pair) = cluster.links.first() {
            lines.push(String::new());
            lines.extend(self.pair(pair));
        }
        lines
    }

    /// A pair as a waterfall: a line per comparison.
    fn pair(&self, pair: &PairExplanation) -> Vec<String> {
        let Report { text, paint, .. } = self;
        let values_width = self.width.saturating_sub(18 + 4 + 8 + PAIR_BAR_CELLS) / 2;
        let most =
            pair.evidence.iter().map(|step| (step.weight + step.term_frequency).0.abs()).max();
        let most = most.unwrap_or(0).max(1);
        let drawn = |weight: Weight| {
            let cells = bar(f64::from(weight.0.abs()) / f64::from(most), PAIR_BAR_CELLS);
            if weight < Weight::ZERO { paint.bad(&cells) } else { paint.good(&cells) }
        };
        let sides = |left: &str, sign: &str, right: &str| {
            format!("{} {sign} {}", fitted(left, values_width), fitted(right, values_width))
        };
        let row = |label: &str, values: &str, weight: Weight, bar: String| {
            let label = paint.strong(&fitted(label, 16));
            let values = fitted(values, 2 * values_width + 3);
            format!("{label} {values} {:>7} {bar}", text.bits(weight)).trim_end().to_string()
        };
        let keys = [&pair.left, &pair.right].map(|key| key.to_string());
        let mut lines = vec![
            paint.soft(
                format!(
                    "{} {}   {}",
                    " ".repeat(16),
                    fitted(&keys[0], values_width),
                    fitted(&keys[1], values_width),
                )
                .trim_end(),
            ),
        ];
        let start = text.say("At the start", "Aan het begin");
        lines.push(row(start, "", pair.prior, String::new()));
        for step in pair.evidence.iter().filter(|step| !is_silent(step)) {
            let weight = step.weight + step.term_frequency;
            let [left, right] = [&step.left, &step.right]
                .map(|value| self.shown(value, |value| text.compared(step, value)));
            let values = match left.is_empty() && right.is_empty() {
                true => text.pick(&step.level).to_string(),
                false => sides(&left, agreement_sign(&step.agreement), &right),
            };
            lines.push(row(text.pick(&step.label), &values, weight, drawn(weight)));
        }
        let unknown = unknown(&pair.evidence, *text);
        if !unknown.is_empty() {
            let rest = format!("{}: {unknown}", text.say("Not compared", "Niet vergeleken"));
            lines.extend(wrapped(&rest, self.width).iter().map(|line| paint.soft(line)));
        }
        let likely = format!(
            "{} {}",
            text.percent(pair.probability()),
            text.say("likely", "waarschijnlijk"),
        );
        let verdict = text.verdict(pair.verdict());
        let values = sides(&likely, "→", verdict);
        lines.push(row(text.say("Total", "Totaal"), &values, pair.total, String::new()));
        lines
    }

    fn fixes(&self) -> Vec<String> {
        let Report { assessment, text, paint, .. } = self;
        let mut lines = self.heading(text.say("What to fix first", "Wat eerst te herstellen"));
        if assessment.fixes.is_empty() {
            lines.push(
                text.say("Nothing stands out. That is rare.", "Er valt niets op. Dat is zeldzaam.")
                    .into(),
            );
        }
        for (at, fix) in assessment.fixes.iter().take(FIXES_MAX).enumerate() {
            let advice = advise(fix, assessment, *text);
            let number = format!("{:>2}", at + 1);
            let room = self.width.saturating_sub(4);
            for (line_at, line) in wrapped(&advice.what, room).iter().enumerate() {
                let lead = if line_at == 0 { paint.gold(&number) } else { "  ".into() };
                lines.push(format!("{lead}  {}", paint.strong(line)));
            }
            let place = format!("{}, {} {}", advice.place, text.count(advice.count), advice.unit);
            lines.push(format!("    {}", paint.soft(fitted(&place, room).trim_end())));
            lines.extend(wrapped(advice.action, room).iter().map(|line| format!("    {line}")));
        }
        lines
    }

    fn ending(&self) -> Vec<String> {
        let Report { assessment, text, paint, .. } = self;
        let stages = assessment.timings.iter();
        let timings: Vec<String> = stages
            .map(|(stage, duration)| format!("{} {}", text.pick(stage), text.duration(duration)))
            .collect();
        let mut told: Vec<String> = Vec::new();
        for timing in timings {
            match told.last_mut() {
                Some(line) if length(line) + 3 + length(&timing) <= self.width => {
                    line.push_str(" · ");
                    line.push_str(&timing);
                }
                _ => told.push(timing),
            }
        }
        let mut lines = vec![String::new()];
        lines.extend(told.iter().map(|line| paint.soft(line)));
        lines.push(String::new());
        lines
    }

    fn shown(&self, value: &str, written: impl Fn(&str) -> String) -> String {
        if self.masked { mask(value) } else { readable(&written(value)) }
    }
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::super::lines::WIDTH_MAX;
    use super::*;
    use crate::fixture;

    fn report(options: TextOptions) -> String {
        assess_text(&fixture::assessment(), &options)
    }

    const PLAIN: TextOptions =
        TextOptions { language: Language::English, masked: false, width: 100, colour: false };

    /// The text without its colours.
    fn plain(text: &str) -> String {
        let mut plain = String::new();
        let mut in_code = false;
        for character in text.chars() {
            match character {
                '\x1b' => in_code = true,
                'm' if in_code => in_code = false,
                _ if in_code => {}
                other => plain.push(other),
            }
        }
        plain
    }

    #[test]
    fn the_title_and_first_file() {
        let report = report(PLAIN);
        let start: Vec<&str> = report.lines().skip(1).take(20).map(str::trim_end).collect();
        insta::assert_snapshot!(start.join("\n"), @"
    ◆ Karat

    49,662 records turn out to be 26,129 customers
    47.4% of the records repeat a customer that another record already holds.

    ███████████████████████████████▋────────────────────────────

    Files and columns ──────────────────────────────────────────────────────────────────────────────

    crm_export.csv  18,402 rows  delimited text, UTF-8
                                             filled  valid
      Klantnummer   record id     ██████████   100%   100%
      Voornaam      given name    ████████▏   81.6%  99.7%  12 placeholders, 31 misplaced
      Achternaam    family name   ██████████ >99.9%  99.5%  3 placeholders
      Geboortedatum date of birth ██████▏     60.9%    97%  618 placeholders
      E-mail        e-mail        ███████▋    76.2%  97.1%  204 placeholders, 8 misplaced
      Telefoon      phone         ██████▋     65.8%  73.5%  3,107 placeholders, 44 misplaced
      Opmerking     free text     █▏          10.9%      –
    3 rows could not be read
    line 311: the row has 14 fields where the header has 11
    ");
    }

    #[test]
    fn the_largest_group_in_dutch() {
        let report = report(TextOptions { language: Language::Dutch, ..PLAIN });
        let lines = report.lines().skip_while(|line| !line.contains("De grootste groep")).take(15);
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @"
    De grootste groep, en waarom het één klant is ──────────────────────────────────────────────────

    crm/1001     Sanne · Wit · 12 mrt 1984 · sanne.dewit@post.example
    erp/20417    S · Wit · 12 mrt 1984
    shop/A-8812  Sanne · Wit · 12 mrt 1984 · sanne.dewit@post.example
    … en 5 records

                     crm/1001                      shop/A-8812
    Aan het begin                                                                −14,2
    Naam             Sanne de Wit                = Sanne de Wit                   +8,4 ███████▋
    Geboortedatum    1984-03-12                  = 1984-03-12                    +10,2 █████████▎
    Adres            Kerkstraat 12 A, 3581 RC U… ≠ Biltstraat 40, 3572 BB Utr…    −2,4 ██▏
    E-mail           sanne.dewit@post.example    = sanne.dewit@post.example      +13,2 ████████████
    Niet vergeleken: telefoon
    Totaal           >99,9% waarschijnlijk       → dezelfde klant                +15,2
    ");
    }

    #[test]
    fn how_sure_it_is_in_both_languages() {
        let certainty = |language| {
            let report = report(TextOptions { language, ..PLAIN });
            let wanted = |line: &&str| !line.contains("How sure") && !line.contains("Hoe zeker");
            let lines = report.lines().skip_while(wanted).skip(2).take(6);
            lines.map(|line| line.strip_prefix("  ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!(certainty(Language::English), @"
        Persons
             +6.5  bits and more are linked
             +0.5  bits and more are to be reviewed
           >99.9%  of the links are expected to be right
            93.5%  of the matches are expected to be found
               5%  of the records say too little to be linked
        ");
        insta::assert_snapshot!(certainty(Language::Dutch), @"
        Personen
             +6,5  bits en meer wordt gekoppeld
             +0,5  bits en meer is te beoordelen
           >99,9%  van de koppelingen naar verwachting terecht
            93,5%  van de dubbelen naar verwachting gevonden
               5%  van de records zegt te weinig om te koppelen
        ");
    }

    #[test]
    fn what_compares_the_records_as_a_whole_shows_its_level() {
        let mut assessment = fixture::assessment();
        let step = &mut assessment.matching[0].largest_clusters[0].links[0].evidence[0];
        step.left.clear();
        step.right.clear();
        assert!(assess_text(&assessment, &PLAIN).contains("Name             same "));
    }

    #[test]
    fn no_line_is_longer_than_the_terminal() {
        for width in [60, 80, 100, 300] {
            for language in [Language::English, Language::Dutch] {
                let report = report(TextOptions { width, language, ..PLAIN });
                for line in report.lines() {
                    assert!(length(line) <= width.min(WIDTH_MAX), "{width}: {line}");
                }
            }
        }
    }

    #[test]
    fn colours_only_add_codes() {
        let coloured = report(TextOptions { colour: true, ..PLAIN });
        assert!(coloured.contains('\x1b'));
        assert_eq!(plain(&coloured), report(PLAIN));
    }

    #[test]
    fn a_masked_report_shows_no_value() {
        let masked = report(TextOptions { masked: true, ..PLAIN });
        for value in ["Sanne", "1984-03-12", "Kerkstraat"] {
            assert!(report(PLAIN).contains(value), "{value}");
            assert!(!masked.contains(value), "{value}");
        }
    }

    #[test]
    fn values_cannot_take_over_the_terminal() {
        let mut assessment = fixture::assessment();
        assessment.files[0].columns[0].profile.header = "\x1b[2J".into();
        assessment.matching[0].largest_clusters[0].records[0].values[0] =
            Some("\x1b]0;x\x07".into());
        assert!(!assess_text(&assessment, &PLAIN).contains('\x1b'));
    }

    #[test]
    fn bars_grow_by_eighths_and_show_the_least() {
        for (share, expected) in
            [(0.0, ""), (0.0001, "▏"), (0.5, "██"), (0.53, "██▏"), (1.0, "████")]
        {
            assert_eq!(bar(share, 4), expected, "{share}");
        }
    }

    #[test]
    fn texts_are_fitted_by_character() {
        assert_eq!(fitted("Zoë", 5), "Zoë  ");
        assert_eq!(fitted("Zoëterwoude", 5), "Zoët…");
        assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
    }
}
