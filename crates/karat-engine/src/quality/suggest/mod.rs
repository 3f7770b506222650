//! Suggests checks from what was seen of a column.
//!
//! Arrives: the profile of a column, what it means, and how its values are judged.
//! Leaves: checks that nearly all values pass, each with the share that does and the reason.
//! Promises: nothing is suggested from few rows, and no check would tell of what was seen so far:
//! its threshold is the share that passes now, rounded down.
//! Start reading at [`suggest`]; each kind of proposal has a file of its own, all of one shape.

mod field_misuse;
mod format;
mod in_set;
mod length;
mod max_age;
mod missing_tokens;
mod plausible_date;
mod present;
mod regex;
mod unique_key;

use karat_model::check::{Day, Requirement, Share};
use karat_model::profile::ColumnProfile;
use karat_model::semantic::SemanticType;

use super::profile::ProfileState;

/// From fewer rows nothing is suggested.
pub const ROWS_MIN: u64 = 200;

/// What fewer values pass than this is no rule of the column.
const PASSED_MIN: Share = Share(9_000);

/// What is known of a column.
pub struct Seen<'a> {
    /// What was seen.
    pub state: &'a ProfileState,
    /// The same, told.
    pub profile: &'a ColumnProfile,
    /// What its values mean.
    pub meaning: SemanticType,
    /// The day on which it is judged.
    pub as_of: Day,
    /// How its values are judged.
    pub judged: &'a dyn Judged,
}

/// How values are judged where they are cleaned.
pub trait Judged {
    /// Whether a value only says that there is none.
    fn is_missing(&self, value: &str) -> bool;
    /// Whether a value has the form of the type of its column.
    fn is_valid(&self, value: &str) -> bool;
    /// Whether a value belongs in another field.
    fn is_misused(&self, value: &str) -> bool;
    /// The day that a value tells.
    fn day(&self, value: &str) -> Option<Day>;
}

/// Whether a value passes a requirement; none if it is not asked.
pub type Passes<'a> = Box<dyn Fn(&str) -> Option<bool> + 'a>;

/// What a kind of proposal comes to.
struct Proposal<'a> {
    requirement: Requirement,
    /// How single values are judged; none if that is not a matter of single values.
    passes: Option<Passes<'a>>,
    /// The share that passes, where that is not a matter of single values.
    share: Share,
    because: [String; 2],
}

impl<'a> Proposal<'a> {
    fn of_values(
        requirement: Requirement,
        because: [String; 2],
        passes: impl Fn(&str) -> Option<bool> + 'a,
    ) -> Proposal<'a> {
        let passes: Option<Passes<'a>> = Some(Box::new(passes));
        Proposal { requirement, passes, share: Share::WHOLE, because }
    }
}

/// A check that may be worth having.
pub struct Suggested<'a> {
    /// What it requires.
    pub requirement: Requirement,
    /// The share of what was seen that passes it, rounded down to a tenth of a per cent.
    pub passed: Share,
    /// Why it is suggested, in English and in Dutch, without values of customers.
    pub because: [String; 2],
    /// How single values are judged, if it is a matter of these.
    pub passes: Option<Passes<'a>>,
}

/// Suggests checks of a column.
pub fn suggest<'a>(seen: &'a Seen<'a>) -> Vec<Suggested<'a>> {
    if seen.profile.rows < ROWS_MIN {
        return Vec::new();
    }
    let proposals = [
        present::propose(seen),
        missing_tokens::propose(seen),
        format::propose(seen),
        regex::propose(seen),
        in_set::propose(seen),
        length::propose(seen),
        field_misuse::propose(seen),
        plausible_date::age_between(seen),
        plausible_date::not_future(seen),
        max_age::propose(seen),
        unique_key::propose(seen),
    ];
    proposals.into_iter().flatten().filter_map(|proposal| judged(seen, proposal)).collect()
}

/// The suggestion that a proposal comes to, unless too many values fail it.
fn judged<'a>(seen: &Seen, proposal: Proposal<'a>) -> Option<Suggested<'a>> {
    let Proposal { requirement, passes, share, because } = proposal;
    let passed = match &passes {
        Some(passes) => share_of(seen, passes)?,
        None => share,
    };
    let passed = Share(passed.0 / 10 * 10);
    (passed >= PASSED_MIN).then_some(Suggested { requirement, passed, because, passes })
}

/// The share of the values that were kept that pass; exact while all are kept.
fn share_of(seen: &Seen, passes: &Passes) -> Option<Share> {
    let (mut passed, mut asked) = (0, 0);
    seen.state.each_kept(|value, count| {
        if let Some(passes) = passes(value) {
            asked += count;
            passed += if passes { count } else { 0 };
        }
    });
    Share::of(passed, asked)
}

/// How a share is told, in English and in Dutch.
fn told(part: u64, whole: u64) -> [String; 2] {
    let share = Share::of(part, whole).unwrap_or(Share(0));
    let english = Share(share.0 / 10 * 10).to_string();
    let dutch = english.replace('.', ",");
    [english, dutch]
}

/// Whether values of a type are names of people, streets or towns, written with letters.
fn is_of_letters(meaning: SemanticType) -> bool {
    use SemanticType::*;
    matches!(
        meaning,
        FullName
            | GivenName
            | FamilyName
            | FamilyNamePrefix
            | PartnerName
            | BirthPlace
            | Street
            | City
            | Region
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quality::profile::Profiler;

    /// Judges as the tests need it: `-` is missing, valid begins with `v`, misused has a `!`, and a
    /// day is its number.
    struct ForTests;

    impl Judged for ForTests {
        fn is_missing(&self, value: &str) -> bool {
            value == "-"
        }
        fn is_valid(&self, value: &str) -> bool {
            value.starts_with('v')
        }
        fn is_misused(&self, value: &str) -> bool {
            value.contains('!')
        }
        fn day(&self, value: &str) -> Option<Day> {
            value.strip_prefix("day ")?.parse().ok().map(Day)
        }
    }

    /// What is suggested for a column of a meaning: `word argument passed`.
    fn suggested(meaning: SemanticType, values: impl IntoIterator<Item = String>) -> Vec<String> {
        let mut profiler = Profiler::new("column", |value| value == "-");
        values.into_iter().for_each(|value| profiler.observe(&value));
        let state = profiler.into_state();
        let profile = state.finish();
        let as_of = Day(40_000);
        let seen = Seen { state: &state, profile: &profile, meaning, as_of, judged: &ForTests };
        let set = karat_model::attribute::AttributeSet::builtin();
        let told = |one: &Suggested| {
            format!("{} {} {}", one.requirement.word(), one.requirement.argument(&set), one.passed)
        };
        suggest(&seen).iter().map(told).collect()
    }

    fn mixed(counts: &[(&str, usize)]) -> Vec<String> {
        counts.iter().flat_map(|(value, count)| vec![value.to_string(); *count]).collect()
    }

    #[test]
    fn nothing_is_suggested_from_few_rows() {
        let values = |rows: usize| mixed(&[("Gold", rows / 2), ("Silver", rows / 2)]);
        assert_eq!(suggested(SemanticType::Category, values(198)), [""; 0]);
        let expected = ["present true 100 %", r#"in_set ["Gold", "Silver"] 100 %"#];
        assert_eq!(suggested(SemanticType::Category, values(200)), expected);
    }

    #[test]
    fn spellings_of_a_list_do_not_belong_to_it() {
        let values = mixed(&[("Gold", 300), ("Silver", 680), ("gold", 13), ("SILVER ", 7)]);
        let expected = ["present true 100 %", r#"in_set ["Gold", "Silver"] 98 %"#];
        assert_eq!(suggested(SemanticType::Category, values), expected);
        let names: Vec<String> = (0..500).map(|at| format!("name {at}")).collect();
        assert_eq!(suggested(SemanticType::Text, names), ["present true 100 %"]);
    }

    #[test]
    fn words_for_nothing_and_wrong_forms_are_told() {
        let values = mixed(&[("v1", 600), ("v2", 390), ("-", 6), ("x", 4)]);
        let expected =
            ["present true 100 %", "missing_tokens [\"-\"] 99.4 %", "format email 99.5 %"];
        assert_eq!(suggested(SemanticType::Email, values), expected);
    }

    #[test]
    fn codes_of_one_form_have_it() {
        let code = |at: u32| format!("AB-{}", 100_000 + at);
        let mut values: Vec<String> = (0..990).map(code).collect();
        values.extend((0..10).map(|at| at.to_string()));
        let expected =
            ["present true 100 %", r#"regex "^[A-Z]{2}-[0-9]{6}$" 99 %"#, "unique_key true 100 %"];
        assert_eq!(suggested(SemanticType::Identifier, values), expected);
    }

    #[test]
    fn a_key_that_repeats_a_little_should_be_unique() {
        let code = |at: u32| format!("AB-{}", 100_000 + at % 995);
        let found = suggested(SemanticType::Identifier, (0..1000).map(code));
        assert!(found.contains(&"unique_key true 99 %".to_string()), "{found:?}");
        let found = suggested(SemanticType::Identifier, (0..1000).map(|at| code(at / 2)));
        assert!(!found.iter().any(|told| told.starts_with("unique_key")), "{found:?}");
    }

    #[test]
    fn letters_of_another_script_do_not_belong_in_names() {
        let values = mixed(&[
            ("Jansen", 500),
            ("de Boer-Smit", 485),
            ("J\u{430}nsen", 5),
            ("ZoÃ«", 5),
            ("a!", 5),
        ]);
        let found = suggested(SemanticType::FamilyName, values);
        assert!(
            found.iter().any(|told| told.starts_with("regex") && told.ends_with("98.5 %")),
            "{found:?}"
        );
        assert!(found.contains(&"field_misuse true 99.5 %".to_string()), "{found:?}");
    }

    #[test]
    fn values_that_end_where_the_field_ends_are_too_long() {
        let text = |at: usize| "ab cd efgh ijkl mnop qrst uvwx yz"[..10 + at % 12].to_string();
        let mut values: Vec<String> = (0..1200).map(text).collect();
        let rarely = suggested(SemanticType::Text, values.clone());
        assert!(!rarely.iter().any(|told| told.starts_with("length")), "{rarely:?}");
        values.extend((0..60).map(|at| format!("{at:02} cd efgh ijkl mnop qrst uvwx")));
        let found = suggested(SemanticType::Text, values);
        assert!(found.contains(&"length { max: 29 } 95.2 %".to_string()), "{found:?}");
    }

    #[test]
    fn dates_are_plausible() {
        let mut days: Vec<String> = (0..990).map(|at| format!("day {}", 20_000 + at)).collect();
        days.extend(mixed(&[("day 50000", 5), ("day -20000", 5)]));
        let found = suggested(SemanticType::BirthDate, days.clone());
        assert!(found.contains(&"age_between { min: 0, max: 120 } 99 %".to_string()), "{found:?}");
        let found = suggested(SemanticType::Date, days);
        assert!(found.contains(&"not_future true 99.5 %".to_string()), "{found:?}");
        let found =
            suggested(SemanticType::UpdatedAt, (0..1000).map(|at| format!("day {}", 39_000 + at)));
        assert!(found.contains(&"max_age 1095d 100 %".to_string()), "{found:?}");
    }
}
