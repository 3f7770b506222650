//! The scorecard as people read it, in the console and in a report.
//!
//! Arrives: a [`Scorecard`] and the hub model.
//! Leaves: what `sections.html` shows: tiles, uses, attributes, what to mend first, the trend.
//! Promises: a figure stands beside the counts that it comes from; where nothing was judged it says
//! so, and never 100%.
//! Start reading in [`QualitySections`].

mod currency;

pub(crate) use currency::CurrencySection;
use karat_hub::view::{
    AttributeScore, Channel, CountedShare, Counts, EntryReason, FirstTimeRight, GroupScore,
    Otherwise, Score, Scorecard, TrendPoint, UseScore, ValueScore, WorstCheck,
};
use karat_model::attribute::EntityType;
use karat_model::check::{Check, Day};
use karat_model::finding::{Dimension, Tile};
use karat_model::hub_model::HubModel;
use karat_model::record::Moment;

use crate::chart::{Trend, TrendMark, stacked};
use crate::locale::{Given, Locale};

/// How many attributes are shown at once; the others wait behind a click.
const ATTRIBUTES_SHOWN: usize = 8;

/// The sections of a scorecard.
pub(crate) struct QualitySections<'a> {
    pub text: Locale,
    pub scorecard: &'a Scorecard,
    pub model: &'a HubModel,
    /// Whether figures lead to what they come from, as in the console.
    pub is_linked: bool,
}

impl Locale {
    /// A score as a percentage, or that it is unknown.
    pub(crate) fn score(&self, score: impl Given<Option<f64>>) -> String {
        score
            .given()
            .map_or_else(|| self.say("unknown", "onbekend").into(), |score| self.percent(score))
    }

    /// The share that is fit for a use, from the least to the greatest that it may be.
    pub(crate) fn fit(&self, of: &UseScore) -> String {
        match of.fit() {
            None => self.score(None),
            Some([least, most]) if least == most => self.percent(least),
            Some([least, most]) => format!("{}–{}", self.percent(least), self.percent(most)),
        }
    }

    /// How many are fit, how many are not, and of how many nobody could tell.
    pub(crate) fn fit_counts(&self, counts: &Counts) -> String {
        let Counts { pass, fail, unverified, error, .. } = *counts;
        let told = [
            (pass, self.say("fit", "geschikt")),
            (fail, self.say("not fit", "niet geschikt")),
            (unverified + error, self.say("not verified", "niet nagegaan")),
        ];
        let told = told.into_iter().filter(|(count, _)| *count > 0);
        told.map(|(count, word)| format!("{} {word}", self.count(count)))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// How many pass of how many, and how many nobody could judge.
    pub(crate) fn judged(&self, counts: &Counts) -> String {
        let mut told = Vec::new();
        if counts.judged() > 0 {
            let [pass, judged] = [counts.pass, counts.judged()].map(|count| self.count(count));
            told.push(format!(
                "{pass} {} {judged} {}",
                self.say("of", "van"),
                self.say("pass", "goed")
            ));
        }
        if counts.unverified > 0 {
            let unverified = self.count(counts.unverified);
            told.push(format!("{unverified} {}", self.say("not verified", "niet nagegaan")));
        }
        if counts.error > 0 {
            let error = self.count(counts.error);
            told.push(format!("{error} {}", self.say("could not be judged", "niet te beoordelen")));
        }
        if told.is_empty() {
            told.push(self.say("nothing was judged", "er is niets beoordeeld").into());
        }
        told.join(", ")
    }

    /// What a tile asks of data.
    pub(crate) fn question(&self, tile: &Tile) -> &'static str {
        match tile {
            Tile::Accurate => self.say("Is it so in the world?", "Klopt het met de werkelijkheid?"),
            Tile::Correct => self.say(
                "Is it well-formed, and free of contradiction?",
                "Is het goed gevormd en zonder tegenspraak?",
            ),
            Tile::Complete => self.say("Is everything there?", "Is alles er?"),
            Tile::UpToDate => self.say("Is it still so?", "Is het nog steeds zo?"),
            Tile::Defined => self.say("Is it known what it means?", "Is bekend wat het betekent?"),
            Tile::Unique => self.say("Is everything there once?", "Is alles er één keer?"),
        }
    }

    /// A dimension of quality.
    pub(crate) fn dimension(&self, dimension: &Dimension) -> &'static str {
        match dimension {
            Dimension::Completeness => self.say("completeness", "volledigheid"),
            Dimension::Validity => self.say("validity", "geldigheid"),
            Dimension::Consistency => self.say("consistency", "consistentie"),
            Dimension::Uniqueness => self.say("uniqueness", "uniciteit"),
            Dimension::Accuracy => self.say("accuracy", "juistheid"),
            Dimension::Currency => self.say("currency", "actualiteit"),
            Dimension::Plausibility => self.say("plausibility", "aannemelijkheid"),
            Dimension::Definition => self.say("definition", "definitie"),
        }
    }

    /// An amount of money: `€ 1,204.50`.
    pub(crate) fn euros(&self, cents: &u64) -> String {
        format!("€ {}{}{:02}", self.count(cents / 100), self.say(".", ","), cents % 100)
    }

    /// A number of days with one decimal, or a dash when nobody knows.
    pub(crate) fn days(&self, days: impl Given<Option<f64>>) -> String {
        days.given().map_or("–".into(), |days| self.decimal(days, 1))
    }

    /// A day of the calendar: `3 Mar 2026`.
    pub(crate) fn day(&self, day: &Day) -> String {
        self.date(Moment(i64::from(day.0) * 86_400))
    }
}

/// What a check says when it fails, or its name.
pub(crate) fn told<'a>(model: &'a HubModel, name: &'a str, text: Locale) -> Option<&'a str> {
    let check: &Check = model.checks.iter().find(|check| check.name.as_str() == name)?;
    check.message.as_ref().map(|message| text.language.say(&message[0], &message[1]))
}

impl QualitySections<'_> {
    /// Whether nothing was judged yet.
    pub fn is_empty(&self) -> bool {
        self.scorecard.as_of.is_none()
            || self.scorecard.customers.is_empty() && self.scorecard.sources.is_empty()
    }

    /// What was judged, in a sentence.
    pub fn sentence(&self) -> String {
        let text = self.text;
        let Some(day) = &self.scorecard.as_of else {
            return text.say("Nothing was judged yet.", "Er is nog niets beoordeeld.").into();
        };
        let checks = self.model.checks.len();
        let judged = text.say(
            "Every record and every customer, judged by",
            "Elk record en elke klant, beoordeeld met",
        );
        let checks = text.counted(checks, &["check", "controle"], &["checks", "controles"]);
        format!("{judged} {checks} {} {}.", text.say("as of", "per"), text.day(day))
    }

    /// How a record came.
    pub fn channel(&self, of: &FirstTimeRight) -> &'static str {
        match of.channel {
            Channel::EntryGate => self.text.say("entry gate", "invoerpoort"),
            Channel::Delivery => self.text.say("delivery", "levering"),
        }
    }

    /// A share of what was counted, and how sure it is.
    pub fn counted_share(&self, share: Option<CountedShare>) -> String {
        self.text.score(share.map(|it| it.share))
    }

    /// Between which limits a share lies with 95 % confidence.
    pub fn share_limits(&self, share: Option<CountedShare>) -> String {
        let Some(CountedShare { low, high, .. }) = share else { return String::new() };
        format!("{}–{}", self.text.percent(low), self.text.percent(high))
    }

    pub fn share_bar(&self, share: Option<CountedShare>) -> String {
        stacked(&[(share.map_or(0.0, |it| it.share), "gold")])
    }

    /// What became of those that were not right the first time.
    pub fn wrong_first_time(&self, of: &FirstTimeRight) -> String {
        let text = self.text;
        let wrong = [
            (of.corrected, text.say("corrected", "verbeterd")),
            (of.merged, text.say("known already", "al bekend")),
            (of.withdrawn, text.say("taken back", "ingetrokken")),
        ];
        let wrong = wrong.into_iter().filter(|(count, _)| *count > 0);
        let told: Vec<String> =
            wrong.map(|(count, word)| format!("{} {word}", text.count(count))).collect();
        if told.is_empty() { "–".into() } else { told.join(", ") }
    }

    /// What an overridden check of the entry gate says.
    pub fn overridden<'o>(&'o self, check: &'o str) -> &'o str {
        if check == EntryReason::DUPLICATE {
            return self.text.say(
                "This customer is probably known already.",
                "Deze klant is waarschijnlijk al bekend.",
            );
        }
        told(self.model, check, self.text).unwrap_or(check)
    }

    pub fn bar(&self, score: &Score) -> String {
        stacked(&[(score.score.unwrap_or(0.0), "gold")])
    }

    pub fn fitness(&self, counts: &Counts) -> String {
        let whole = (counts.judged() + counts.unverified + counts.error).max(1) as f64;
        let share = |count: u64| count as f64 / whole;
        stacked(&[(share(counts.pass), "gold"), (share(counts.fail), "doubtful")])
    }

    /// The need of a use that most fail, if any does.
    pub fn worst_need<'u>(&self, of: &'u UseScore) -> Option<&'u (String, u64)> {
        of.needs.first().filter(|(_, failed)| *failed > 0)
    }

    /// What is shown of attributes at once, and what behind a click.
    pub fn attributes<'g>(&self, group: &'g GroupScore) -> [Vec<&'g AttributeScore>; 2] {
        let mut known: Vec<_> = group.attributes.iter().collect();
        // What is worst stands first; what is unknown last.
        known.sort_by(|a, b| {
            let rank = |of: &&AttributeScore| of.score.score.unwrap_or(2.0);
            rank(a).total_cmp(&rank(b))
        });
        let others = known.split_off(known.len().min(ATTRIBUTES_SHOWN));
        [known, others]
    }

    pub fn tile_of(&self, group: &GroupScore, tile: &Tile) -> Option<f64> {
        group.tiles.iter().find(|(of, _)| of == tile).and_then(|(_, score)| score.score)
    }

    pub fn tiles(&self) -> [Tile; 6] {
        Tile::ALL
    }

    /// What a check is called by who reads it.
    pub fn check_label(&self, worst: &WorstCheck) -> String {
        told(self.model, &worst.check, self.text)
            .map_or_else(|| worst.check.clone(), str::to_string)
    }

    pub fn attribute_label(&self, attribute: &Option<String>) -> String {
        let Some(name) = attribute else {
            return self.text.say("as a whole", "als geheel").into();
        };
        let attributes = &self.model.attributes;
        let known = attributes.find(name);
        known.map_or_else(|| name.clone(), |id| self.text.attribute(attributes, &id).to_string())
    }

    /// Whose records fail: a source, or customers.
    pub fn whose(&self, worst: &WorstCheck) -> String {
        match &worst.source {
            Some(source) => source.to_string(),
            None => worst.entity_type.plural(self.text.language).to_string(),
        }
    }

    /// The address of those that fail a check.
    pub fn failing(&self, worst: &WorstCheck) -> String {
        failing_address(&worst.check, worst.source.as_ref().map(|source| source.as_str()))
    }

    fn points(&self, of: &EntityType) -> Vec<&TrendPoint> {
        self.scorecard.trend.iter().filter(|point| point.entity_type == *of).collect()
    }

    /// Whether there is more than one measure to be drawn.
    pub fn has_trend(&self, of: &EntityType) -> bool {
        self.points(of).len() > 1
    }

    /// Whether rules became others between measures, and weights.
    pub fn otherwise(&self, of: &EntityType) -> [bool; 2] {
        let points = self.points(of);
        let is_there = |kind| points.iter().any(|point| point.otherwise == Some(kind));
        [Otherwise::Rules, Otherwise::Weights].map(is_there)
    }

    /// Which dimensions came to weigh something else, and when: `3 Mar 2026: completeness 1 → 3`.
    pub fn weight_changes(&self, of: &EntityType) -> Vec<String> {
        let text = self.text;
        let points = self.points(of);
        let told = points.windows(2).filter_map(|pair| {
            let before = |of: &Dimension| pair[0].weights.iter().find(|(it, _)| it == of);
            let changes = pair[1].weights.iter().filter_map(|(dimension, weight)| {
                let (_, before) = before(dimension).filter(|(_, before)| before != weight)?;
                Some(format!("{} {before} → {weight}", text.dimension(dimension)))
            });
            let changes = changes.collect::<Vec<_>>().join(", ");
            (!changes.is_empty()).then(|| format!("{}: {changes}", text.date(pair[1].at)))
        });
        told.collect()
    }

    /// What is counted of the worth of customers: how much of it is right, and of how many it is not
    /// known.
    pub fn worth(&self, of: &ValueScore) -> String {
        let text = self.text;
        let mut told = vec![format!(
            "{} {} {}",
            text.euros(&of.right_cents),
            text.say("of", "van"),
            text.euros(&of.worth_cents)
        )];
        if of.unvalued > 0 {
            let unvalued = text.count(of.unvalued);
            told.push(format!("{unvalued} {}", text.say("without a value", "zonder waarde")));
        }
        told.join(", ")
    }

    pub fn trend(&self, of: &EntityType) -> String {
        let text = self.text;
        let points = self.points(of);
        let mark = |point: &&TrendPoint| TrendMark {
            at: point.at,
            share: point.overall,
            across: point.otherwise.map(|kind| match kind {
                Otherwise::Rules => "review",
                Otherwise::Weights => "threshold",
            }),
            hint: self.point_hint(point),
        };
        let told = |point: Option<&&TrendPoint>| {
            point.map(|it| format!("{}: {}", text.date(it.at), text.score(it.overall)))
        };
        let ends = [told(points.first()), told(points.last())];
        let sentence = ends.into_iter().flatten().collect::<Vec<_>>().join(", ");
        Trend { points: points.iter().map(mark).collect() }.draw(text, &sentence)
    }

    fn point_hint(&self, point: &TrendPoint) -> String {
        let text = self.text;
        let tiles = point
            .tiles
            .iter()
            .map(|(tile, score)| format!("{}: {}", tile.label(text.language), text.score(score)));
        let overall = format!("{} {}", text.date_time(point.at), text.score(point.overall));
        let by_value = point.by_value.map(|score| {
            format!("{}: {}", text.say("By value", "Naar waarde"), text.percent(score))
        });
        std::iter::once(overall).chain(by_value).chain(tiles).collect::<Vec<_>>().join("\n")
    }

    pub fn label(&self, tile: &Tile) -> &'static str {
        tile.label(self.text.language)
    }
}

/// The address of those that fail a check: records of a source, or customers.
pub(crate) fn failing_address(check: &str, source: Option<&str>) -> String {
    let source = source.map(|source| format!("?source={}", encoded(source)));
    let of = source.unwrap_or_else(|| "?about=customers".into());
    format!("/quality/check/{}{of}", encoded(check))
}

/// A text as part of an address.
pub(crate) fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;

    #[test]
    fn what_nobody_judged_is_unknown_and_never_perfect() {
        let (english, dutch) = (Locale::of(Language::English), Locale::of(Language::Dutch));
        assert_eq!([english.score(None), dutch.score(None)], ["unknown", "onbekend"]);
        assert_eq!(dutch.score(Some(0.9999)), ">99,9%");
        let counts = Counts { pass: 1_200, fail: 34, unverified: 5, ..Counts::default() };
        assert_eq!(english.judged(&counts), "1,200 of 1,234 pass, 5 not verified");
        let unasked = Counts { not_applicable: 9, ..Counts::default() };
        assert_eq!(dutch.judged(&unasked), "er is niets beoordeeld");
        let mut of = UseScore {
            name: "mailing".into(),
            label: Default::default(),
            counts,
            needs: Vec::new(),
        };
        assert_eq!(english.fit(&of), "96.9%–97.3%");
        assert_eq!(english.fit_counts(&of.counts), "1,200 fit, 34 not fit, 5 not verified");
        of.counts = Counts { unverified: 9, ..Counts::default() };
        assert_eq!(dutch.fit(&of), "onbekend");
        assert_eq!(dutch.euros(&120_405), "€ 1.204,05");
    }

    #[test]
    fn addresses_hold_no_blank() {
        assert_eq!(failing_address("a", Some("é b")), "/quality/check/a?source=%C3%A9%20b");
        assert_eq!(failing_address("a", None), "/quality/check/a?about=customers");
    }
}
