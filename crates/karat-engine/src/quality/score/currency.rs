//! How sure it is that a value is still so: values age until somebody confirms them.
//!
//! A value that was right when it was last confirmed is still so with `p(t) = q · exp(−λ·t)`,
//! where `q` is how reliable the one who confirmed it is, `t` the time since, and `λ` the rate at
//! which values of the attribute change. The rate is learnt from what the hub saw change over the
//! time that it watched, beginning at a published rate that weighs as much as five hundred years
//! of watching one value.
//!
//! Source of the metric: Heinrich and Klier, Metric-based data quality assessment, Decision Support
//! Systems 72 (2015). The rate is the mean of a gamma distribution (Gelman et al., Bayesian Data
//! Analysis, 2.6); its limits are by the approximation of Wilson and Hilferty, The distribution of
//! chi-square, PNAS 17 (1931).

use karat_model::attribute::EntityType;
use karat_model::check::{Answer, AnswerBy, Day};
use karat_model::semantic::SemanticType;

/// The days of a year.
const YEAR: f64 = 365.25;

/// How long the published rate was watched, in years of one value.
const PRIOR_YEARS: f64 = 500.0;

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// By whom it is answered whether a value is still so.
pub const ASKED: [AnswerBy; 4] =
    [AnswerBy::Customer, AnswerBy::MailReturned, AnswerBy::Bounced, AnswerBy::WrongNumber];

/// When a value was last known to be so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LastSeen {
    /// Nobody says when.
    Never,
    /// It was found not to be so.
    Refuted,
    /// On this day its source, or the customer, said that it is so.
    On(Day),
}

impl LastSeen {
    /// That of a value of which the source last said so on a day, with the world's last answer.
    pub fn of(said_on: Option<Day>, answer: Option<Answer>) -> LastSeen {
        let day = match answer {
            Some(answer) if !answer.is_so => return LastSeen::Refuted,
            Some(answer) => said_on.max(Some(answer.on)),
            None => said_on,
        };
        day.map_or(LastSeen::Never, LastSeen::On)
    }

    /// How likely the value is still so on a day, when values change at this rate per year; `None`
    /// when nobody says when it was.
    pub fn current(self, rate: f64, on: Day) -> Option<f64> {
        match self {
            LastSeen::Never => None,
            LastSeen::Refuted => Some(0.0),
            LastSeen::On(day) => {
                let years = f64::from(on.since(day).max(0)) / YEAR;
                Some((-rate * years).exp())
            }
        }
    }
}

/// A published share of values that change in a year, and where it was published.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Published {
    /// The share that changes in a year.
    pub yearly_share: f64,
    /// Where it was published; empty when it is an assumption.
    pub source: &'static str,
}

/// The published share of values of a type that change in a year; `None` of what never changes.
///
/// What nobody published a figure of is taken to change at one in ten a year.
pub fn published(semantic_type: SemanticType, entity_type: EntityType) -> Option<Published> {
    use SemanticType::*;
    let (yearly_share, source) = match semantic_type {
        BirthDate | BirthPlace | Country => return None,
        Street | HouseNumber | HouseNumberAddition | AddressExtra | Postcode | City | Region
            if entity_type == EntityType::Person =>
        {
            (0.097, "Statistics Netherlands, movers of 2023")
        }
        Email => (0.23, "ZeroBounce, e-mail lists of 2025"),
        JobTitle => (0.20, "sortedIQ, contacts at companies by field"),
        _ => (0.10, ""),
    };
    Some(Published { yearly_share, source })
}

/// How fast values of an attribute change, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decay {
    /// The published rate, per year.
    pub prior: f64,
    /// How many changes the hub saw.
    pub changes: u64,
    /// How many days it watched values, all values together.
    pub days: u64,
}

impl Decay {
    /// That of an attribute whose values change at this share a year, before anything was seen.
    pub fn from_annual_share(share: f64) -> Decay {
        Decay { prior: -(1.0 - share).ln(), changes: 0, days: 0 }
    }

    /// That of values of a type, before anything was seen.
    pub fn published(semantic_type: SemanticType, entity_type: EntityType) -> Decay {
        let share = published(semantic_type, entity_type).map_or(0.0, |it| it.yearly_share);
        Decay::from_annual_share(share)
    }

    /// Whether values change at all.
    pub fn is_changing(&self) -> bool {
        self.prior > 0.0
    }

    /// Changes in a year, per value.
    pub fn rate(&self) -> f64 {
        if !self.is_changing() {
            return 0.0;
        }
        (self.prior * PRIOR_YEARS + self.changes as f64) / (PRIOR_YEARS + self.years())
    }

    /// The limits between which the rate lies with 95 % probability.
    pub fn rate_limits(&self) -> [f64; 2] {
        if !self.is_changing() {
            return [0.0, 0.0];
        }
        let shape = self.prior * PRIOR_YEARS + self.changes as f64;
        let at = |z: f64| 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt());
        [-Z, Z].map(|z| shape * at(z).max(0.0).powi(3) / (PRIOR_YEARS + self.years()))
    }

    /// How long values were watched, all values together.
    pub fn years(&self) -> f64 {
        self.days as f64 / YEAR
    }

    /// The share of values that change in a year.
    pub fn yearly_share(&self) -> f64 {
        1.0 - (-self.rate()).exp()
    }

    /// The years after which half of all values are no longer so; `None` when values never change.
    pub fn half_life(&self) -> Option<f64> {
        self.is_changing().then(|| std::f64::consts::LN_2 / self.rate())
    }

    /// How likely a value is still so, of which a source that is right with this probability said
    /// so that many days ago.
    pub fn current(&self, reliability: f64, days: u32) -> f64 {
        reliability * (-self.rate() * f64::from(days) / YEAR).exp()
    }

    /// After how many days it is less likely than this; at once when it never was as likely.
    pub fn days_until(&self, reliability: f64, likely: f64) -> f64 {
        ((reliability / likely).ln() / self.rate() * YEAR).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64, off: f64) {
        assert!((found - expected).abs() <= off, "{found} is not {expected}");
    }

    /// Published shares of change with rate, half-life and the age at which a value is less than
    /// 80 % sure: movers in the Netherlands (CBS 2023), e-mail addresses, contacts at companies.
    #[test]
    fn published_rates_of_change() {
        for (share, rate, half_life, until) in
            [(0.097, 0.102, 6.8, 2.2), (0.23, 0.261, 2.7, 0.85), (0.30, 0.36, 1.9, 0.63)]
        {
            let decay = Decay::from_annual_share(share);
            close(decay.rate(), rate, 0.005);
            close(decay.half_life().unwrap(), half_life, 0.06);
            close(decay.days_until(1.0, 0.8) / YEAR, until, 0.02);
        }
    }

    #[test]
    fn types_have_published_rates_or_an_assumed_one_or_never_change() {
        use EntityType::{Organisation, Person};
        let rate = |of, entity_type| Decay::published(of, entity_type).rate();
        close(rate(SemanticType::Street, Person), 0.102, 0.001);
        close(rate(SemanticType::Street, Organisation), 0.105, 0.001);
        close(rate(SemanticType::Email, Organisation), 0.261, 0.001);
        close(rate(SemanticType::Phone, Person), 0.105, 0.001);
        let never =
            Decay { changes: 9, days: 9, ..Decay::published(SemanticType::BirthDate, Person) };
        assert_eq!((never.rate(), never.half_life(), never.rate_limits()), (0.0, None, [0.0, 0.0]));
        assert!(published(SemanticType::Phone, Person).unwrap().source.is_empty());
    }

    #[test]
    fn the_last_answer_counts_and_then_the_last_day() {
        use LastSeen::{Never, On, Refuted};
        let answer = |is_so, on| Some(Answer { is_so, on: Day(on) });
        for (said_on, answer, expected) in [
            (None, None, Never),
            (Some(Day(5)), None, On(Day(5))),
            (Some(Day(5)), answer(true, 9), On(Day(9))),
            (Some(Day(9)), answer(true, 5), On(Day(9))),
            (None, answer(true, 5), On(Day(5))),
            // Its source does not know better than what came back.
            (Some(Day(9)), answer(false, 5), Refuted),
        ] {
            assert_eq!(LastSeen::of(said_on, answer), expected);
        }
        assert_eq!(On(Day(9)).current(0.1, Day(3)), Some(1.0), "of tomorrow");
        close(On(Day(0)).current(0.1, Day(3653)).unwrap(), 0.368, 0.001);
        assert_eq!((Refuted.current(0.1, Day(3)), Never.current(0.1, Day(3))), (Some(0.0), None));
    }

    /// The limits of a gamma distribution with shape 100, by tables of chi-square with 200 degrees
    /// of freedom: 162.728 and 241.058.
    #[test]
    fn limits_close_in_with_what_is_seen() {
        let decay = Decay { prior: 0.1, changes: 50, days: (500.0 * YEAR) as u64 };
        let [low, high] = decay.rate_limits();
        close(low, 162.728 / 2.0 / 1000.0, 0.0001);
        close(high, 241.058 / 2.0 / 1000.0, 0.0001);
    }

    #[test]
    fn what_was_seen_outweighs_what_was_published_with_time() {
        let seen = |years: u64, changes| {
            let days = years * 365;
            Decay { days, changes, ..Decay::from_annual_share(0.097) }.rate()
        };
        close(seen(0, 0), 0.102, 0.0005);
        close(seen(500, 150), 0.2, 0.005);
        close(seen(1_000_000, 300_000), 0.3, 0.001);
    }

    #[test]
    fn a_value_is_as_sure_as_who_said_so_and_fades() {
        let decay = Decay::from_annual_share(0.5);
        close(decay.current(0.9, 0), 0.9, 1e-12);
        close(decay.current(0.9, 365), 0.45, 0.001);
        assert_eq!(decay.days_until(0.5, 0.8), 0.0);
        close(decay.current(0.9, decay.days_until(0.9, 0.6) as u32), 0.6, 0.001);
    }

    /// Values that change at a known rate are watched, each for some time.
    #[test]
    fn a_rate_is_learnt_and_what_it_foretells_comes_true() {
        const TRUE_RATE: f64 = 0.102;
        let mut random = Random(7);
        let (mut changes, mut days) = (0, 0);
        while days < 5000 * 365 {
            let watched = 30.0 + random.next() * 1800.0;
            days += watched as u64;
            // The times of changes lie apart by exponential gaps.
            let mut at = -random.next().ln() / TRUE_RATE * YEAR;
            while at < watched {
                changes += 1;
                at += -random.next().ln() / TRUE_RATE * YEAR;
            }
        }
        // Begun at a rate that is far off.
        let decay = Decay { changes, days, ..Decay::from_annual_share(0.06) };
        close(decay.rate(), TRUE_RATE, 0.1 * TRUE_RATE);

        // In each tenth of what is foretold so many are still so.
        let mut bins = [(0.0, 0.0, 0u32); 10];
        for _ in 0..50_000 {
            let age = (random.next() * 20.0 * YEAR) as u32;
            let foretold = decay.current(1.0, age);
            let is_so = -random.next().ln() / TRUE_RATE * YEAR > f64::from(age);
            let bin = &mut bins[((foretold * 10.0) as usize).min(9)];
            *bin = (bin.0 + foretold, bin.1 + f64::from(u8::from(is_so)), bin.2 + 1);
        }
        let total: u32 = bins.iter().map(|bin| bin.2).sum();
        let off: f64 = bins.iter().map(|bin| (bin.0 - bin.1).abs()).sum::<f64>();
        assert!(off / f64::from(total) <= 0.03, "{off}");
    }

    /// Numbers between 0 and 1 that are the same in every run (splitmix64).
    struct Random(u64);

    impl Random {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1u64 << 53) as f64 + f64::EPSILON
        }
    }
}
