//! How people of a language write numbers, dates and choices of words.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use karat_model::evidence::Weight;
use karat_model::language::Language;
use karat_model::record::Moment;

/// Writes for people of one language; templates call it `text`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    /// The language.
    pub language: Language,
}

/// A value, handed over by any depth of reference, as templates do.
pub trait Given<T> {
    /// The value.
    fn given(&self) -> T;
}

macro_rules! given {
    ($($kind:ty as $target:ty;)+) => { $(impl Given<$target> for $kind {
        fn given(&self) -> $target {
            *self as $target
        }
    })+ };
    ($($kind:ty;)+) => { $(impl Given<$kind> for $kind {
        fn given(&self) -> $kind {
            *self
        }
    })+ };
}

given! { u8 as u64; u16 as u64; u32 as u64; u64 as u64; usize as u64; }
given! { f64; Option<f64>; Weight; Moment; Duration; }

impl<T, U: Given<T>> Given<T> for &U {
    fn given(&self) -> T {
        (**self).given()
    }
}

const MONTHS: [[&str; 2]; 12] = [
    ["Jan", "jan"],
    ["Feb", "feb"],
    ["Mar", "mrt"],
    ["Apr", "apr"],
    ["May", "mei"],
    ["Jun", "jun"],
    ["Jul", "jul"],
    ["Aug", "aug"],
    ["Sep", "sep"],
    ["Oct", "okt"],
    ["Nov", "nov"],
    ["Dec", "dec"],
];

impl Locale {
    /// The locale of a language.
    pub fn of(language: Language) -> Locale {
        Locale { language }
    }

    /// Picks the text in this language.
    pub fn say<'a>(&self, english: &'a str, dutch: &'a str) -> &'a str {
        self.language.say(english, dutch)
    }

    /// Picks the text in this language from a pair of English and Dutch.
    pub fn pick<'a>(&self, texts: &'a [String; 2]) -> &'a str {
        self.language.say(&texts[0], &texts[1])
    }

    /// A whole number with its thousands apart: `61,204`, `61.204`.
    pub fn count(&self, number: impl Given<u64>) -> String {
        self.language.count(number.given())
    }

    /// A number of records: `1 record`, `3 records`.
    pub fn records(&self, number: impl Given<u64>) -> String {
        self.counted(number, &["record", "record"], &["records", "records"])
    }

    /// A number of customers: `1 customer`, `3 klanten`.
    pub fn customers(&self, number: impl Given<u64>) -> String {
        self.counted(number, &["customer", "klant"], &["customers", "klanten"])
    }

    /// A number with the word for one or several of them, in English and Dutch.
    pub fn counted(&self, number: impl Given<u64>, one: &[&str; 2], several: &[&str; 2]) -> String {
        let [english, dutch] = if number.given() == 1 { one } else { several };
        format!("{} {}", self.count(&number), self.say(english, dutch))
    }

    /// A number with decimals: `2.56`, `2,56`.
    pub fn decimal(&self, number: f64, places: usize) -> String {
        format!("{number:.places$}").replace('.', self.say(".", ",")).replace('-', "−")
    }

    /// A share of 0 to 1 as a percentage that never rounds to nothing or to all.
    pub fn percent(&self, share: impl Given<f64>) -> String {
        let percent = share.given() * 100.0;
        if percent > 99.9 && percent < 100.0 {
            return format!(">{}%", self.decimal(99.9, 1));
        }
        if percent > 0.0 && percent < 0.1 {
            return format!("<{}%", self.decimal(0.1, 1));
        }
        let whole = (percent - percent.round()).abs() < 0.05;
        format!("{}%", self.decimal(percent, if whole { 0 } else { 1 }))
    }

    /// A chance of 0 to 1: `61.2%`, and where that says little `1 in 1,300`.
    pub fn chance(&self, chance: impl Given<f64>) -> String {
        const PERCENT_MIN: f64 = 0.01;
        const ONE_IN_MAX: f64 = 1_000_000.0;
        let chance = chance.given();
        if chance <= 0.0 || chance >= PERCENT_MIN {
            return self.percent(chance);
        }
        let one_in = 1.0 / chance;
        let sign = if one_in > ONE_IN_MAX { "<" } else { "" };
        let one_in = two_digits(one_in.min(ONE_IN_MAX));
        format!("{sign}1 {} {}", self.say("in", "op"), self.count(one_in))
    }

    /// One number as a percentage of another.
    pub fn share(&self, part: impl Given<u64>, whole: impl Given<u64>) -> String {
        match whole.given() {
            0 => "–".into(),
            all => self.percent(part.given() as f64 / all as f64),
        }
    }

    /// A weight in bits with its sign: `+7.3`, `−2,1`.
    pub fn bits(&self, weight: impl Given<Weight>) -> String {
        let written = format!("{:+.1}", weight.given().bits());
        // A weight that rounds to nothing has no sign.
        let written = if written.ends_with("0.0") && written.len() == 4 { "0.0" } else { &written };
        written.replace('.', self.say(".", ",")).replace('-', "−")
    }

    /// A date: `3 Mar 2026`, `3 mrt 2026`.
    pub fn date(&self, moment: impl Given<Moment>) -> String {
        civil(moment.given()).map_or_else(String::new, |time| self.civil_date(time))
    }

    /// A date and a time: `3 Mar 2026, 14:05 UTC`.
    pub fn date_time(&self, moment: impl Given<Moment>) -> String {
        let written = |time: DateTime| {
            format!("{}, {:02}:{:02} UTC", self.civil_date(time), time.hour(), time.minute())
        };
        civil(moment.given()).map_or_else(String::new, written)
    }

    /// A date, or a dash when nobody knows.
    pub fn date_or_dash(&self, moment: &Option<Moment>) -> String {
        moment.map_or("–".into(), |moment| self.date(moment))
    }

    fn civil_date(&self, time: DateTime) -> String {
        self.calendar_date(time.date())
    }

    /// A day of the calendar: `3 Mar 2026`, `3 mrt 2026`.
    pub fn calendar_date(&self, date: Date) -> String {
        let [english, dutch] = MONTHS[date.month() as usize - 1];
        format!("{} {} {}", date.day(), self.say(english, dutch), date.year())
    }

    /// A length of time: `340 ms`, `1.3 s`, `2 min 5 s`.
    pub fn duration(&self, duration: impl Given<Duration>) -> String {
        let duration = duration.given();
        match duration.as_millis() {
            0 => "<1 ms".into(),
            milliseconds @ 1..1_000 => format!("{milliseconds} ms"),
            1_000..60_000 => format!("{} s", self.decimal(duration.as_secs_f64(), 1)),
            _ => format!("{} min {} s", duration.as_secs() / 60, duration.as_secs() % 60),
        }
    }

    /// A size in bytes: `812 bytes`, `1.4 MB`.
    pub fn bytes(&self, bytes: impl Given<u64>) -> String {
        match bytes.given() {
            bytes @ 0..1_000 => format!("{bytes} bytes"),
            bytes @ 1_000..1_000_000 => format!("{} kB", self.decimal(bytes as f64 / 1e3, 0)),
            bytes @ 1_000_000..1_000_000_000 => {
                format!("{} MB", self.decimal(bytes as f64 / 1e6, 1))
            }
            bytes => format!("{} GB", self.decimal(bytes as f64 / 1e9, 1)),
        }
    }
}

fn civil(moment: Moment) -> Option<DateTime> {
    let timestamp = Timestamp::from_second(moment.0).ok()?;
    Some(timestamp.to_zoned(TimeZone::UTC).datetime())
}

/// A number rounded to its first two digits.
fn two_digits(number: f64) -> u64 {
    let unit = 10f64.powi((number.log10().floor() as i32 - 1).max(0));
    ((number / unit).round() * unit) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: Locale = Locale { language: Language::English };
    const DUTCH: Locale = Locale { language: Language::Dutch };

    #[test]
    fn thousands_stand_apart() {
        for (number, english, dutch) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1.000"),
            (61_204, "61,204", "61.204"),
            (1_000_000, "1,000,000", "1.000.000"),
        ] {
            assert_eq!(
                [ENGLISH.count(number as u64), DUTCH.count(number as u64)],
                [english, dutch]
            );
        }
    }

    #[test]
    fn one_is_not_several() {
        assert_eq!(ENGLISH.customers(1u64), "1 customer");
        assert_eq!(DUTCH.customers(0u64), "0 klanten");
    }

    #[test]
    fn percentages_never_round_to_nothing_or_to_all() {
        for (share, expected) in [
            (0.0, "0%"),
            (0.0001, "<0,1%"),
            (0.001, "0,1%"),
            (0.5, "50%"),
            (0.734, "73,4%"),
            (0.9999, ">99,9%"),
            (1.0, "100%"),
        ] {
            assert_eq!(DUTCH.percent(share), expected, "{share}");
        }
        assert_eq!(ENGLISH.share(1u64, 0u64), "–");
        for (chance, expected) in [
            (0.0, "0%"),
            (0.000_000_1, "<1 op 1.000.000"),
            (0.000_028, "1 op 36.000"),
            (0.0099, "1 op 100"),
            (0.01, "1%"),
            (0.612, "61,2%"),
        ] {
            assert_eq!(DUTCH.chance(chance), expected, "{chance}");
        }
        assert_eq!(ENGLISH.chance(0.0008), "1 in 1,300");
    }

    #[test]
    fn weights_have_a_sign_unless_they_round_to_nothing() {
        assert_eq!(ENGLISH.bits(Weight::from_bits(7.25)), "+7.2");
        assert_eq!(DUTCH.bits(Weight::from_bits(-2.1)), "−2,1");
        assert_eq!(ENGLISH.bits(Weight(-1)), "0.0");
        assert_eq!(ENGLISH.bits(Weight::from_bits(10.0)), "+10.0");
    }

    #[test]
    fn moments_are_dates_in_utc() {
        let moment = Moment(1_772_546_700);
        assert_eq!(ENGLISH.date_time(moment), "3 Mar 2026, 14:05 UTC");
        assert_eq!(DUTCH.date(moment), "3 mrt 2026");
        assert_eq!(DUTCH.date_or_dash(&None), "–");
        assert_eq!(ENGLISH.date(Moment(i64::MAX)), "");
    }

    #[test]
    fn durations_and_sizes_have_fitting_units() {
        assert_eq!(ENGLISH.duration(Duration::from_millis(340)), "340 ms");
        assert_eq!(DUTCH.duration(Duration::from_millis(1_340)), "1,3 s");
        assert_eq!(DUTCH.duration(Duration::from_secs(125)), "2 min 5 s");
        assert_eq!(ENGLISH.bytes(812u64), "812 bytes");
        assert_eq!(DUTCH.bytes(1_400_000u64), "1,4 MB");
    }
}
