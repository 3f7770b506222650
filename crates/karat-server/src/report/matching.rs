//! The chapter on matching: what the model learnt, what its thresholds cost, what blocking did.

use askama::Template;
use karat_hub::matching_report::{
    ComparisonFigures, LabelFigures, LevelFigures, MatchingReport, RuleReport, SharedValue,
    TradeOff,
};
use karat_model::attribute::EntityType;
use karat_model::evidence::Weight;

use super::mask::mask;
use crate::chart::{
    Anchor, Bar, Curve, Curves, Histogram, Mark, Scale, diverging, logarithmic, stacked,
};
use crate::locale::Locale;

const SCORE_COLUMNS_MAX: usize = 80;
const SHARED_VALUES_SHOWN: usize = 20;
/// How finely curves are drawn, in points per bit.
const POINTS_PER_BIT: i32 = 4;

/// The chapter on how the records of one entity type were matched.
#[derive(Template)]
#[template(path = "report/matching.html")]
pub(super) struct MatchingChapter<'a> {
    text: Locale,
    report: &'a MatchingReport,
    /// What the links at the link threshold come to.
    at_link: TradeOff,
    /// Whether values of customers are masked.
    masked: bool,
}

/// One column of figures in the table of blocking rules.
struct RuleColumn {
    title: &'static str,
    figure: fn(&RuleReport) -> u64,
}

impl<'a> MatchingChapter<'a> {
    /// The chapter that shows a report.
    pub(super) fn of(
        report: &'a MatchingReport,
        text: Locale,
        masked: bool,
    ) -> MatchingChapter<'a> {
        MatchingChapter { text, report, at_link: report.at_link_threshold(), masked }
    }

    /// A share, or a dash when there is nothing to take a share of.
    fn share(&self, share: &Option<f64>) -> String {
        share.map_or("–".into(), |share| self.text.percent(share))
    }

    fn unlinkable(&self, threshold: &Weight) -> String {
        self.share(&self.report.self_weights.unlinkable(*threshold))
    }

    fn all_can_be_linked(&self) -> bool {
        self.report.unlinkable() == Some(0.0)
    }

    /// The thresholds of the table: whole bits, and among them the link threshold.
    fn thresholds(&self) -> Vec<TradeOff> {
        let [from, to] = self.report.thresholds();
        let mut rows = self.report.trade_offs(from, to);
        rows.retain(|row| row.threshold != self.report.link_threshold);
        rows.push(self.at_link);
        rows.sort_by_key(|row| row.threshold);
        rows
    }

    fn is_link_threshold(&self, row: &TradeOff) -> bool {
        row.threshold == self.report.link_threshold
    }

    fn scores(&self) -> String {
        let MatchingChapter { text, report, .. } = self;
        let Some((low, counts, step)) = score_columns(&report.scores) else {
            return String::new();
        };
        let at = |weight: Weight| (weight.bits() - f64::from(low)) / f64::from(step);
        let bar = |(column, height): (usize, f64)| {
            let bits = low + column as i32 * step;
            let middle = Weight::from_bits(f64::from(bits) + f64::from(step) / 2.0);
            let class = match middle {
                middle if middle >= report.link_threshold => "gold",
                middle if middle >= report.review_threshold => "perhaps",
                _ => "quiet",
            };
            let is_labelled = bits.rem_euclid(10 * step) == 0;
            let below = if is_labelled { text.decimal(f64::from(bits), 0) } else { String::new() };
            Bar { height, class, above: String::new(), below }
        };
        let bars = logarithmic(&counts).into_iter().enumerate().map(bar).collect();
        let inside = |mark: &Mark| (0.0..=counts.len() as f64).contains(&mark.at);
        let marks = self.marks().map(|mark| Mark { at: at(Weight::from_bits(mark.at)), ..mark });
        Histogram { bars, marks: marks.into_iter().filter(inside).collect() }.draw(
            text.say(
                "pairs by their total weight in bits",
                "paren naar hun totale gewicht in bits",
            ),
        )
    }

    /// The thresholds as marks, in bits.
    fn marks(&self) -> [Mark; 2] {
        let MatchingChapter { text, report, .. } = self;
        let mark = |weight: Weight, class, side, words: &str| Mark {
            at: weight.bits(),
            class,
            label: format!("{words} {}", text.bits(weight)),
            side,
        };
        let [review, link] =
            [text.say("review from", "beoordelen vanaf"), text.say("link from", "koppelen vanaf")];
        [
            mark(report.review_threshold, "review", Anchor::End, review),
            mark(report.link_threshold, "threshold", Anchor::Start, link),
        ]
    }

    fn trade_off(&self) -> String {
        let MatchingChapter { text, report, at_link, .. } = self;
        let link = at_link.threshold;
        let curve = |class, share: fn(&TradeOff) -> Option<f64>| Curve {
            class,
            points: self.points(|weight| share(&report.trade_off(weight))),
            dot: share(at_link).map(|share| (link, share)),
        };
        let curves = vec![curve("found", |at| at.recall), curve("right", |at| at.precision)];
        let hint = |at: &TradeOff| {
            let told = [
                format!("{} bits", text.bits(at.threshold)),
                format!("{} {}", self.share(&at.precision), text.say("right", "terecht")),
                format!("{} {}", self.share(&at.recall), text.say("found", "gevonden")),
                format!("{} {}", text.count(at.pairs), text.say("pairs linked", "paren gekoppeld")),
            ];
            (at.threshold, told.join("\n"))
        };
        let hints = self.thresholds().iter().map(hint).collect();
        Curves { curves, marks: self.marks().into(), hints }.draw(*text, text.say(
            "expected share of links that are right and of matches that are found, per threshold",
            "verwacht aandeel terechte koppelingen en gevonden dubbelen, per drempel",
        ))
    }

    fn unlinkable_curve(&self) -> String {
        let MatchingChapter { text, report, at_link, .. } = self;
        let unlinkable = |weight: Weight| report.self_weights.unlinkable(weight);
        let curve = Curve {
            class: "unlinkable",
            points: self.points(unlinkable),
            dot: report.unlinkable().map(|share| (at_link.threshold, share)),
        };
        let hint = |at: &TradeOff| {
            let share = self.unlinkable(&at.threshold);
            let told = text.say("cannot be linked", "niet te koppelen");
            (at.threshold, format!("{} bits\n{share} {told}", text.bits(at.threshold)))
        };
        let hints = self.thresholds().iter().map(hint).collect();
        Curves { curves: vec![curve], marks: self.marks().into(), hints }.draw(
            *text,
            text.say(
                "share of records that cannot be linked, per threshold",
                "aandeel records dat niet te koppelen is, per drempel",
            ),
        )
    }

    /// The points of a curve over all thresholds worth a look.
    fn points(&self, share: impl Fn(Weight) -> Option<f64>) -> Vec<(Weight, f64)> {
        let [from, to] = self.report.thresholds().map(|weight| weight.bits() as i32);
        let at = |point: i32| Weight::from_bits(f64::from(point) / f64::from(POINTS_PER_BIT));
        let points = (from * POINTS_PER_BIT..=to * POINTS_PER_BIT).map(at);
        points.filter_map(|weight| Some((weight, share(weight)?))).collect()
    }

    /// The levels that labels moved most.
    fn moved(&self) -> Vec<(&'a ComparisonFigures, &'a LevelFigures)> {
        const SHOWN: usize = 12;
        let mut moved = self.report.moved_levels();
        moved.truncate(SHOWN);
        moved
    }

    fn most_moved(&self) -> Option<(&'a ComparisonFigures, &'a LevelFigures)> {
        self.moved().into_iter().next()
    }

    /// The probability that totals stand for, before and after labels.
    fn calibration(&self, labels: &LabelFigures) -> String {
        let text = self.text;
        let before = |weight: Weight| Some(weight.probability());
        let after = |weight: Weight| Some(labels.calibration.probability(weight));
        let curve = |class, points| Curve { class, points, dot: None };
        let curves = vec![curve("found", self.points(before)), curve("right", self.points(after))];
        let hint = |at: &TradeOff| {
            let [before, after] = [before(at.threshold), after(at.threshold)];
            let told = [
                format!("{} bits", text.bits(at.threshold)),
                format!("{} {}", self.share(&before), text.say("by weight", "naar gewicht")),
                format!("{} {}", self.share(&after), text.say("by labels", "naar labels")),
            ];
            (at.threshold, told.join("\n"))
        };
        let hints = self.thresholds().iter().map(hint).collect();
        let title = text.say(
            "probability that totals stand for, before and after labels",
            "kans waar gewichten voor staan, voor en na labels",
        );
        Curves { curves, marks: self.marks().into(), hints }.draw(text, title)
    }

    /// The comparison that tells two records of one customer best.
    fn most_telling(&self) -> Option<&'a ComparisonFigures> {
        self.report.comparisons.iter().rev().max_by_key(|known| known.for_customer())
    }

    fn has_households(&self) -> bool {
        let mut levels = self.report.comparisons.iter().flat_map(|known| &known.levels);
        levels.any(|level| level.household.is_some())
    }

    /// Whom pairs of a household are, for this entity type.
    fn household(&self) -> &'static str {
        match self.report.entity_type {
            EntityType::Person => self.text.say("one household", "één huishouden"),
            EntityType::Organisation => self.text.say("one address", "één adres"),
        }
    }

    /// The same in a word.
    fn household_label(&self) -> &'static str {
        match self.report.entity_type {
            EntityType::Person => self.text.say("household", "huishouden"),
            EntityType::Organisation => self.text.say("address", "adres"),
        }
    }

    /// The weight of a level, on one scale for the whole model.
    fn weight_bar(&self, level: &LevelFigures) -> String {
        let levels = || self.report.comparisons.iter().flat_map(|known| &known.levels);
        let ranges = levels().filter_map(range).flatten();
        let scale = Scale::over(levels().map(|level| level.weight).chain(ranges));
        diverging(level.weight, range(level), &scale)
    }

    /// From where to where a level weighs, if that depends on the value.
    fn range(&self, level: &LevelFigures) -> Option<String> {
        let text = self.text;
        let [low, high] = range(level)?.map(|weight| text.bits(weight));
        match low == high {
            true => Some(low),
            false => Some(format!("{low} {} {high}", text.say("to", "tot"))),
        }
    }

    fn share_bar(&self, share: f64, class: &'static str) -> String {
        stacked(&[(share, class)])
    }

    /// The value that most customers share.
    fn most_shared(&self) -> Option<&'a SharedValue> {
        self.report.shared_values.first()
    }

    fn shown_shared(&self) -> &'a [SharedValue] {
        let shared = &self.report.shared_values;
        &shared[..shared.len().min(SHARED_VALUES_SHOWN)]
    }

    fn value(&self, shared: &SharedValue) -> String {
        if self.masked { mask(&shared.value) } else { shared.value.clone() }
    }

    /// What a shared value weighs, beside what it would weigh if nobody else had it.
    fn shared_bar(&self, shared: &SharedValue) -> String {
        let weights = |shared: &SharedValue| [shared.weight, shared.rarest];
        let scale = Scale::over(self.report.shared_values.iter().flat_map(weights));
        diverging(shared.weight, Some([shared.weight, shared.rarest]), &scale)
    }

    fn busiest_rule(&self) -> Option<&'a RuleReport> {
        let rules = self.report.rules.iter().rev().filter(|rule| rule.pairs > 0);
        rules.max_by_key(|rule| rule.pairs)
    }

    fn pairs_bar(&self, rule: &RuleReport) -> String {
        let most = self.report.rules.iter().map(|rule| rule.pairs).max().unwrap_or(0).max(1);
        stacked(&[(rule.pairs as f64 / most as f64, "gold")])
    }

    fn rule_columns(&self) -> Vec<RuleColumn> {
        let text = self.text;
        let column = |title, figure| RuleColumn { title, figure };
        vec![
            column(text.say("Pairs it makes", "Paren die zij maakt"), |rule| rule.pairs),
            column(text.say("That no other makes", "Die geen andere maakt"), |rule| rule.marginal),
            column(text.say("Matches only it finds", "Matches die alleen zij vindt"), |rule| {
                rule.matches_only_here.round() as u64
            }),
            column(text.say("Largest block", "Grootste blok"), |rule| rule.largest),
            column(text.say("Records with a key", "Records met een sleutel"), |rule| rule.keyed),
            column(text.say("Blocks refined", "Blokken verfijnd"), |rule| rule.refined),
            column(text.say("Records left out", "Records weggelaten"), |rule| rule.left_out),
        ]
    }
}

fn range(level: &LevelFigures) -> Option<[Weight; 2]> {
    level.rarity.map(|range| range.map(|rarity| level.weight + rarity))
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
    use karat_hub::matching_report::{Calibration, SelfWeights};
    use karat_model::language::Language;

    use super::*;
    use crate::fixture;

    fn rendered(report: &MatchingReport, language: Language) -> String {
        MatchingChapter::of(report, Locale::of(language), false).to_string()
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

    /// What each chart comes down to, in its title.
    fn titles(language: Language) -> String {
        let chapter = rendered(&fixture::matching_report(), language);
        let titles = chapter.split("<h4>").skip(1).map(|rest| rest.split("</h4>").next().unwrap());
        titles.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn titles_say_what_to_conclude() {
        insta::assert_snapshot!(titles(Language::English), @"
        2,342,513 pairs were compared; about 123,886 weigh enough to be linked
        From +6.5 bits, an expected &#62;99.9% of the links are right and 93.5% of the matches are found
        5% of the records say too little to be linked, even to a copy of themselves
        Date of birth tells most: on average +9.8 bits for two records of one customer, and −6.3 for strangers
        2 values are shared by more customers than usual; the most common one is of 48 customers
        “same date of birth” makes most pairs; 3 rules together chose 2,342,513 pairs to compare
        ");
        insta::assert_snapshot!(titles(Language::Dutch), @"
        2.342.513 paren zijn vergeleken; ongeveer 123.886 wegen genoeg om te koppelen
        Vanaf +6,5 bits is naar verwachting &#62;99,9% van de koppelingen terecht en 93,5% van de dubbelen gevonden
        5% van de records zegt te weinig om te koppelen, zelfs aan een kopie van zichzelf
        Geboortedatum zegt het meest: gemiddeld +9,8 bits voor twee records van één klant, en −6,3 voor vreemden
        2 waarden worden door meer klanten gedeeld dan gebruikelijk; de meest voorkomende is van 48 klanten
        “geboortedatum gelijk” maakt de meeste paren; 3 regels samen kozen 2.342.513 paren om te vergelijken
        ");
    }

    #[test]
    fn the_link_threshold_stands_in_the_table_of_thresholds_once() {
        let mut report = fixture::matching_report();
        for bits in [6.5, 6.0] {
            report.link_threshold = Weight::from_bits(bits);
            let chapter = rendered(&report, Language::English);
            assert_eq!(chapter.matches(r#"<tr class="chosen">"#).count(), 1, "{bits}");
        }
    }

    #[test]
    fn every_level_has_its_probabilities() {
        let chapter = rendered(&fixture::matching_report(), Language::Dutch);
        for written in ["61,2%", "1 op 1.300", "één huishouden", "+4,1 tot +12,6"] {
            assert!(chapter.contains(written), "{written}");
        }
    }

    #[test]
    fn what_labels_taught_is_told_where_there_were_any() {
        let mut report = fixture::matching_report();
        assert!(!rendered(&report, Language::English).contains("what these data did not tell"));
        report.labels = Some(LabelFigures {
            same: 60,
            different: 41,
            prior_offset: Weight::ZERO,
            calibration: Calibration::default(),
        });
        report.comparisons[1].levels[2].offset = Weight::from_bits(1.5);
        report.comparisons[0].levels[0].offset = Weight::from_bits(-0.5);
        let chapter = rendered(&report, Language::English);
        for written in [
            "101 labels taught what these data did not tell",
            "Date of birth, “different”, now weighs −6.3 bits instead of −7.8",
            "60 labels said",
        ] {
            assert!(chapter.contains(written), "{written}");
        }
        let dutch = rendered(&report, Language::Dutch);
        assert!(dutch.contains("Geboortedatum, “verschillend”, weegt nu −6,3 bits"));
    }

    #[test]
    fn organisations_share_an_address_and_a_model_may_know_no_households() {
        let mut report = fixture::matching_report();
        report.entity_type = EntityType::Organisation;
        assert!(rendered(&report, Language::English).contains("one address"));
        let levels = report.comparisons.iter_mut().flat_map(|known| &mut known.levels);
        levels.for_each(|level| level.household = None);
        assert!(!rendered(&report, Language::English).contains("one address"));
    }

    #[test]
    fn a_report_on_nothing_can_be_rendered() {
        let report = MatchingReport {
            compared: 0,
            comparisons: Vec::new(),
            scores: Vec::new(),
            rules: Vec::new(),
            self_weights: SelfWeights::default(),
            expected_precision: None,
            ..fixture::matching_report()
        };
        assert!(rendered(&report, Language::English).contains("0 pairs were compared"));
    }
}
