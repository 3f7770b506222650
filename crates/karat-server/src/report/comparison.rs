//! Why two records are, or are not, one customer, as text for a terminal.

use karat_hub::view::{Comparison, CutView, Standing};
use karat_model::attribute::AttributeSet;
use karat_model::evidence::{Found, PairExplanation};
use karat_model::id::RecordKey;

use super::lines::{Paint, TextOptions, fitted, length, padded, readable, wrapped};
use super::mask::shown;
use crate::locale::Locale;
use crate::reasons::{changes, conclusion, is_silent, level, standing, unknown};

const MARGIN: usize = 2;
/// A side of a cut with more records tells how many others there are.
const KEYS_MAX: usize = 6;

/// Writes why two records are, or are not, one customer: what speaks for it and against it, what
/// would change the answer, and whether they were brought together at all.
pub fn comparison_text(
    comparison: &Comparison,
    attributes: &AttributeSet,
    options: &TextOptions,
) -> String {
    let (text, paint) = (Locale::of(options.language), options.paint());
    let told = Told { text, paint, width: options.width() - MARGIN, masked: options.masked };
    let pair = &comparison.explanation;
    let [verdict, because] = standing(comparison, attributes, text);
    let mut lines = vec![
        format!("{}  –  {}", paint.gold(&key(&pair.left)), paint.gold(&key(&pair.right))),
        String::new(),
        paint.strong(&verdict),
    ];
    lines.extend(wrapped(&because, told.width));
    let speaks = text.say("What speaks for it and against it", "Wat ervoor en ertegen spreekt");
    lines.extend(told.part(speaks, told.waterfall(pair)));
    let title = text.say("What would change the answer?", "Wat zou het antwoord veranderen?");
    lines.extend(told.part(title, told.changes(pair)));
    let title = text.say("Were they brought together at all?", "Zijn ze wel bij elkaar gebracht?");
    lines.extend(told.part(title, told.blocking(pair)));
    if let Standing::Together { chain, weakest_cut } = &comparison.standing {
        if chain.len() > 1 {
            let title = text.say("The chain that connects them", "De keten die ze verbindt");
            lines.extend(told.part(title, told.chain(chain)));
        }
        if let Some(cut) = weakest_cut {
            let title = text.say(
                "Where this customer would break first",
                "Waar deze klant het eerst zou breken",
            );
            lines.extend(told.part(title, told.cut(cut)));
        }
    }
    lines.join("\n")
}

fn key(key: &RecordKey) -> String {
    readable(&key.to_string())
}

struct Told {
    text: Locale,
    paint: Paint,
    width: usize,
    masked: bool,
}

impl Told {
    /// A part under its title.
    fn part(&self, title: &str, lines: Vec<String>) -> Vec<String> {
        let indented = lines.into_iter().map(|line| format!("{}{line}", " ".repeat(MARGIN)));
        [String::new(), self.paint.strong(title)].into_iter().chain(indented).collect()
    }

    /// A line per comparison that says something, with the values below it.
    fn waterfall(&self, pair: &PairExplanation) -> Vec<String> {
        const WEIGHT_WIDTH: usize = 7;
        let Told { text, paint, .. } = self;
        let start = text.say("At the start", "Aan het begin");
        let total = text.say("Total", "Totaal");
        let telling = || pair.evidence.iter().filter(|step| !is_silent(step));
        let labels = telling().map(|step| text.pick(&step.label)).chain([start, total]);
        let label_width = labels.map(length).max().unwrap_or_default();
        let indent = label_width + 2 + WEIGHT_WIDTH + 2;
        let room = self.width.saturating_sub(indent);
        let row = |label: &str, weight, words: &str| {
            let label = paint.strong(&padded(label, label_width));
            let first = format!("{label}  {:>WEIGHT_WIDTH$}  ", text.bits(weight));
            let words = wrapped(words, room);
            let leads = std::iter::once(first).chain(std::iter::repeat(" ".repeat(indent)));
            leads.zip(words).map(|(lead, line)| lead + &line).collect::<Vec<String>>()
        };
        let mut lines = row(
            start,
            pair.prior,
            text.say(
                "how rarely two records are one customer",
                "hoe zelden twee records één klant zijn",
            ),
        );
        let write = shown(self.masked);
        for step in telling() {
            let weight = step.weight + step.term_frequency;
            lines.extend(row(text.pick(&step.label), weight, &level(step, *text)));
            let [left, right] = [&step.left, &step.right].map(|value| write(*text, step, value));
            if !left.is_empty() || !right.is_empty() {
                let half = room.saturating_sub(5) / 2;
                let [left, right] = [left, right].map(|value| fitted(&value, half));
                let values = format!("{}  |  {}", left.trim_end(), right.trim_end());
                lines.push(format!("{}{}", " ".repeat(indent), paint.soft(&values)));
            }
        }
        lines.extend(row(total, pair.total, &conclusion(pair, *text)));
        let unknown = unknown(&pair.evidence, *text);
        if !unknown.is_empty() {
            let rest = format!("{}: {unknown}", text.say("Not compared", "Niet vergeleken"));
            lines.extend(wrapped(&rest, self.width).iter().map(|line| paint.soft(line)));
        }
        lines
    }

    fn changes(&self, pair: &PairExplanation) -> Vec<String> {
        let told = changes(pair, self.text);
        told.iter().flat_map(|change| wrapped(change, self.width)).collect()
    }

    fn blocking(&self, pair: &PairExplanation) -> Vec<String> {
        let rules = || pair.blocking.iter();
        let width = rules().map(|result| length(self.text.pick(&result.rule))).max();
        let width = width.unwrap_or_default();
        let line = |rule: &[String; 2], found: &Found| {
            let rule = padded(self.text.pick(rule), width);
            match found {
                Found::SameKey => format!("✓ {rule}  {}", self.text.found(found)),
                _ => self.paint.soft(&format!("– {rule}  {}", self.text.found(found))),
            }
        };
        rules().map(|result| line(&result.rule, &result.found)).collect()
    }

    fn chain(&self, chain: &[PairExplanation]) -> Vec<String> {
        let link = |pair: &PairExplanation| {
            let bits = self.text.bits(pair.total);
            format!("{}  –  {}  {bits} bits", key(&pair.left), key(&pair.right))
        };
        chain.iter().map(link).collect()
    }

    fn cut(&self, cut: &CutView) -> Vec<String> {
        let text = self.text;
        let links =
            text.counted(cut.links, &["link goes", "schakel gaat"], &["links go", "schakels gaan"]);
        let [across, above] = [
            text.say("across, together", "eroverheen, samen"),
            text.say("above the threshold", "boven de drempel"),
        ];
        let mut lines = self.side(&cut.left);
        lines.push("|".into());
        lines.extend(self.side(&cut.right));
        lines.push(format!("{links} {across} {} bits {above}", text.bits(cut.excess)));
        lines
    }

    /// The records of one side of a cut, or the first of them.
    fn side(&self, records: &[RecordKey]) -> Vec<String> {
        let mut keys: Vec<String> = records.iter().take(KEYS_MAX).map(key).collect();
        if records.len() > KEYS_MAX {
            let more = self.text.count(records.len() - KEYS_MAX);
            keys.push(format!(
                "{} {more} {}",
                self.text.say("and", "en"),
                self.text.say("more", "meer")
            ));
        }
        wrapped(&keys.join(" "), self.width)
    }
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;
    use crate::fixture;

    fn told(comparison: &Comparison, language: Language) -> String {
        let options = TextOptions { language, masked: false, width: 80, colour: false };
        comparison_text(comparison, &AttributeSet::builtin(), &options)
    }

    #[test]
    fn values_are_words_and_nothing_is_wider_than_asked() {
        let mut comparison = fixture::together();
        let mut gender = comparison.explanation.evidence[0].clone();
        gender.comparison = "gender".into();
        (gender.left, gender.right) = ("male".into(), "female".into());
        comparison.explanation.evidence.push(gender);
        for (language, words) in
            [(Language::English, "male  |  female"), (Language::Dutch, "man  |  vrouw")]
        {
            let told = told(&comparison, language);
            assert!(told.contains(words), "{told}");
            assert!(told.lines().all(|line| length(line) <= 80), "{told}");
        }
    }

    #[test]
    fn a_common_value_is_not_called_rare() {
        let mut comparison = fixture::together();
        let mut check = |bits: f64, expected: &str| {
            let evidence = &mut comparison.explanation.evidence[0];
            evidence.term_frequency = karat_model::evidence::Weight::from_bits(bits);
            let told = told(&comparison, Language::English);
            assert!(told.contains(expected), "{told}");
        };
        check(-13.0, "common value −13.0");
        check(2.5, "rare value +2.5");
    }
}
