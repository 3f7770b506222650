//! Matching of small invented tables, from values to customers.

use karat_model::decision::Standing;
use karat_model::evidence::{Found, Verdict};
use karat_model::id::{RecordKey, SourceName};
use karat_model::match_settings::{BlockingRule, KeyForm, KeyPart, PairScope, Phonetics};
use karat_model::table::TableBuilder;
use proptest::prelude::*;

use super::cache::LevelCache;
use super::progress::Unwatched;
use super::*;

/// What a row tells, in this order.
pub(super) const COLUMNS: [AttributeId; 7] = [
    AttributeId::GIVEN_NAME,
    AttributeId::INITIALS,
    AttributeId::FAMILY_NAME,
    AttributeId::PARTNER_NAME,
    AttributeId::BIRTH_DATE,
    AttributeId::EMAIL,
    AttributeId::CITY,
];

/// A table of persons; the values of a row are divided by bars, those that are missing are blank.
pub(super) fn people<'a>(rows: impl IntoIterator<Item = &'a str>) -> RecordTable {
    fixture::table(EntityType::Person, &COLUMNS, rows)
}

/// The levels that two rows reach in the comparisons of their names, in words.
fn name_levels(left: &str, right: &str) -> String {
    let table = people([left, right]);
    let attributes = AttributeSet::builtin();
    let names = [AttributeId::GIVEN_NAME, AttributeId::FAMILY_NAME];
    let comparisons =
        compare::comparisons(&table, &attributes, &names, Phonetics::Dutch, &|_| None);
    let matrix = Matrix::build(&comparisons, table.len());
    let mut scratch = Scratch::new(comparisons.len());
    let words = |compared: &[Compared]| -> Vec<&str> {
        let levels = comparisons.iter().zip(compared);
        levels.map(|(comparison, at)| comparison.levels()[at.level as usize].label[0]).collect()
    };
    let there = words(matrix.compare(&comparisons, 0, 1, &mut scratch)).join("; ");
    let back = words(matrix.compare(&comparisons, 1, 0, &mut scratch)).join("; ");
    assert_eq!(there, back, "{left} and {right} compare alike either way");
    there
}

#[test]
fn names_agree_in_many_ways() {
    for (left, right, expected) in [
        ("Anna||Visser", "Anna||Visser", "same; same"),
        ("Anna||Visser", "Anna Maria||Visser", "first name same, others differ; same"),
        ("Anna||Visser", "Bram||Dekker", "different; different"),
        ("Johannes||Visser", "Jan||Visser", "nickname; same"),
        ("Johannes||Visser", "Pieter||Visser", "different; same"),
        ("Anna||Visser", "|A.|Visser", "initial agrees; same"),
        ("Bram||Visser", "|A.|Visser", "initial differs; same"),
        ("Anna||Visser", "Anna||Vissers", "same; a letter off"),
        ("Anna||Visser", "Anna||Visscher", "same; a letter off"),
        ("Anna||Dijkstra", "Anna||Dykstra", "same; sounds alike, or part of it"),
        ("Anna||Visser|Bakker", "Anna||Bakker", "same; name of the partner"),
        ("Anna||Visser|Bakker", "Anna||Dekker", "same; different"),
        ("Anna||Visser", "||", "not known; not known"),
    ] {
        assert_eq!(name_levels(left, right), expected, "{left} and {right}");
    }
}

#[test]
fn names_that_stand_crosswise_count_once() {
    for (left, right, expected) in [
        ("Anna||Visser", "Visser||Anna", "given name and family name swapped; not known"),
        ("Anna||Visser", "Vissser||Anna", "swapped, and a letter off; not known"),
        ("Anna||Visser", "Visser||Bram", "different; different"),
        ("Anna||", "Visser||Anna", "stands in the field of the family name; not known"),
        ("Anna||", "Visser||Bram", "different; not known"),
        ("Visser||Anna", "|A.|Visser", "stands in the field of the family name; not known"),
        ("Visser||Anna", "A||Visser", "stands in the field of the family name; not known"),
        ("Visser||Anna", "|B.|Visser", "initial differs; different"),
        ("Visser||Victor", "|V.|Visser", "stands in the field of the family name; not known"),
        ("Visser||", "|A.|Visser", "stands in the field of the family name; not known"),
        ("Visser||", "|A.|Bakker", "initial differs; not known"),
        ("Bakker||Anna", "Anna||Visser|Bakker", "given name and family name swapped; not known"),
        ("Bakker||Bram", "Anna||Visser|Bakker", "different; different"),
        ("Jan||Jan", "Jan||Jan", "same; same"),
    ] {
        assert_eq!(name_levels(left, right), expected, "{left} and {right}");
    }
}

pub(super) use fixture::{FAMILY, GIVEN};

/// Invented persons in two records each: the second has a letter off, or no e-mail address.
pub(super) fn population() -> Vec<String> {
    let person = |number: usize| {
        let (given, family) = (GIVEN[number % 20], FAMILY[number % 17]);
        let (month, day) = (1 + number * 5 % 12, 1 + number * 11 % 28);
        let birth = format!("{}-{month:02}-{day:02}", 1940 + number * 7 % 60);
        let email = format!("{}{number}@post.example", given.to_lowercase());
        let second = match number % 3 {
            0 => format!("{given}||{family}x||{birth}|{email}|Zwolle"),
            1 => format!("{given}||{family}||{birth}||Zwolle"),
            _ => format!("{family}||{given}||{birth}|{email}|"),
        };
        [format!("{given}||{family}||{birth}|{email}|Zwolle"), second]
    };
    (0..300).flat_map(person).collect()
}

pub(super) fn train<'a>(table: &'a RecordTable, attributes: &'a AttributeSet) -> Matcher<'a> {
    Matcher::train(table, attributes, &MatchSettings::standard(), Candidates::All, &Unwatched)
        .unwrap()
}

/// The second record of each person follows the first.
fn is_right(members: &[RecordNo]) -> bool {
    matches!(members, &[first, second] if first % 2 == 0 && second == first + 1)
}

#[test]
fn persons_are_found_and_a_frozen_model_finds_the_same() {
    let rows = population();
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let mut trained = train(&table, &attributes);
    let found = trained.partition(&Standing::default()).unwrap();
    let right = found.partition.clusters().filter(|members| is_right(members)).count();
    assert_eq!((found.partition.len(), right), (300, 300));

    let stored = MatchModel::from_bytes(&trained.model.to_bytes()).unwrap();
    let mut frozen = Matcher::frozen(&table, &attributes, stored, Candidates::All, &Unwatched);
    let again = frozen.partition(&Standing::default()).unwrap();
    assert_eq!(again.partition, found.partition);
    assert_eq!(again.potential, found.potential);
    for pair in [(0, 1), (0, 2), (4, 5)] {
        assert_eq!(frozen.weigh(pair.0, pair.1), trained.weigh(pair.0, pair.1));
    }
}

#[test]
fn explanations_add_up_to_what_decided() {
    let rows = population();
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let matcher = train(&table, &attributes);
    for (left, right) in [(0, 1), (4, 5), (0, 40), (7, 3)] {
        let explanation = matcher.explain(left, right);
        assert_eq!(explain::sum(&explanation), explanation.total);
        assert_eq!(explanation.total, matcher.weigh(left, right));
    }
}

#[test]
fn pairs_that_say_nothing_do_not_vote() {
    let mut rows = population();
    rows.extend(["||||||".into(), "||||||Zwolle".into()]);
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let matcher = train(&table, &attributes);
    let vote = |left, right| matcher.model.vote(&matcher.compare(left, right));
    let silent = table.find(&"crm/0600".parse().unwrap()).unwrap();
    assert!(matcher.weigh(0, silent) < Weight::ZERO, "strangers are likelier");
    assert_eq!(vote(0, silent), Weight::ZERO);
    assert!(vote(0, 1) > Weight::ZERO);
    let against = vote(0, 3);
    assert!(against < Weight::ZERO && against > matcher.weigh(0, 3));
}

#[test]
fn a_value_of_one_customer_in_many_records_stays_rare() {
    let mut rows = population();
    // One person in six records, and one address that six persons share.
    rows.extend((0..6).map(|_| "Yara||Zijlstra||1971-01-31|yara@post.example|Breda".to_string()));
    let birth = |at: usize| format!("19{}-02-0{}", 50 + at * 7, 1 + at);
    rows.extend((0..6).map(|at| {
        format!("{}||{}||{}|info@club.example|Breda", GIVEN[at], FAMILY[at + 5], birth(at))
    }));
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let matcher = train(&table, &attributes);
    let rarity = |left: RecordNo| {
        let explanation = matcher.explain(left, left + 1);
        let email = explanation.evidence.into_iter().find(|e| e.comparison == "email").unwrap();
        email.weight + email.term_frequency
    };
    assert!(rarity(600) > rarity(606) + Weight::from_bits(2.0));
}

#[test]
fn records_that_share_a_key_with_too_many_are_told_so() {
    let mut rows = population();
    rows.extend((0..8000).map(|_| "|||||info@shop.example|".to_string()));
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let trained = train(&table, &attributes);
    let found = |matcher: &Matcher| {
        let explanation = matcher.explain(600, 601);
        let email = explanation.blocking.iter().find(|rule| rule.rule[0] == "same e-mail");
        email.unwrap().found
    };
    assert_eq!(found(&trained), Found::BlockTooLarge);

    // The model remembers, also where few of them are left.
    let table = people(rows[..602].iter().map(String::as_str));
    let frozen =
        Matcher::frozen(&table, &attributes, trained.model.clone(), Candidates::All, &Unwatched);
    assert_eq!(found(&frozen), Found::BlockTooLarge);
}

#[test]
fn whoever_watches_may_stop_it() {
    struct StopsAt(f64, std::sync::Mutex<f64>);
    impl Watch for StopsAt {
        fn reached(&self, share: f64) {
            let mut reached = self.1.lock().unwrap();
            *reached = reached.max(share);
        }
        fn is_stopped(&self) -> bool {
            *self.1.lock().unwrap() >= self.0
        }
    }
    let rows = population();
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let settings = MatchSettings::standard();
    for stop in [0.2, 0.34, 0.49, 0.94] {
        let watch = StopsAt(stop, 0.0.into());
        let trained = Matcher::train(&table, &attributes, &settings, Candidates::All, &watch);
        assert_eq!(trained.err(), Some(Stopped), "at {stop}");
    }
    let watch = StopsAt(2.0, 0.0.into());
    let mut trained =
        Matcher::train(&table, &attributes, &settings, Candidates::All, &watch).unwrap();
    trained.partition(&Standing::default()).unwrap();
    assert_eq!(*watch.1.lock().unwrap(), 1.0, "all is done");
}

/// The table of [`population`] with the second record of each person in a source of its own.
fn two_sources() -> RecordTable {
    let (crm, shop) = (SourceName::new("crm"), SourceName::new("shop"));
    let attributes = AttributeSet::builtin();
    let sources = [crm.clone(), shop.clone()];
    let mut builder = TableBuilder::new(EntityType::Person, &attributes, sources);
    for (number, row) in population().iter().enumerate() {
        let source = if number % 2 == 0 { &crm } else { &shop };
        let key = RecordKey::new(source.clone(), &format!("{number:04}"));
        builder.push(&key, None, number as u64, &fixture::claims(row, &COLUMNS));
    }
    builder.finish()
}

#[test]
fn only_the_pairs_that_were_asked_for_are_compared() {
    let table = two_sources();
    let attributes = AttributeSet::builtin();
    for (pairs, customers) in
        [(PairScope::Both, 300), (PairScope::Between, 300), (PairScope::Within, 600)]
    {
        let settings = MatchSettings { pairs, ..MatchSettings::standard() };
        let mut trained =
            Matcher::train(&table, &attributes, &settings, Candidates::All, &Unwatched).unwrap();
        let found = trained.partition(&Standing::default()).unwrap();
        assert_eq!(found.partition.len(), customers, "{pairs:?}");
        let is_allowed =
            |edge: &Edge| pairs.allows(table.source(edge.left) == table.source(edge.right));
        assert!(found.edges.iter().all(is_allowed), "{pairs:?}");

        let mut frozen = Matcher::frozen(
            &table,
            &attributes,
            trained.model.clone(),
            Candidates::All,
            &Unwatched,
        );
        assert_eq!(
            frozen.partition(&Standing::default()).unwrap().partition,
            found.partition,
            "{pairs:?}"
        );
    }
}

#[test]
fn what_is_given_is_not_learnt() {
    let rows = population();
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let part = |attribute, form| KeyPart { attribute, form };
    let rule = |parts: &[KeyPart]| BlockingRule { parts: parts.to_vec() };
    let settings = MatchSettings {
        prior_bits: Some(-9.0),
        weights: vec![FixedWeights {
            comparison: "birth_date".into(),
            levels: vec![("same".into(), 7.5), ("no such level".into(), 1.0)],
        }],
        blocking: vec![
            rule(&[
                part(AttributeId::BIRTH_DATE, KeyForm::Start(4)),
                part(AttributeId::FAMILY_NAME, KeyForm::Sound),
            ]),
            rule(&[part(AttributeId::EMAIL, KeyForm::LocalPart)]),
            rule(&[part(AttributeId::PHONE, KeyForm::Whole)]),
        ],
        ..MatchSettings::standard()
    };
    let mut trained =
        Matcher::train(&table, &attributes, &settings, Candidates::All, &Unwatched).unwrap();
    let found = trained.partition(&Standing::default()).unwrap();
    let names: Vec<&str> = found.rules.iter().map(|rule| rule.label[0].as_str()).collect();
    // No record has a phone number.
    let birth = "same first 4 characters of Date of birth and sound of Family name";
    assert_eq!(names, [birth, "same first part of E-mail"]);
    let explained = trained.explain(0, 1);
    assert_eq!(explained.prior, Weight::from_bits(-9.0));
    let birth = explained.evidence.iter().find(|e| e.comparison == "birth_date").unwrap();
    assert_eq!(birth.weight, Weight::from_bits(7.5));

    let stored = MatchModel::from_bytes(&trained.model.to_bytes()).unwrap();
    let mut frozen = Matcher::frozen(&table, &attributes, stored, Candidates::All, &Unwatched);
    let again = frozen.partition(&Standing::default()).unwrap();
    assert_eq!((again.partition, again.rules), (found.partition, found.rules));
}

#[test]
fn what_would_change_the_answer_does_so_by_the_weights_that_decided() {
    let rows = population();
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let matcher = train(&table, &attributes);
    for (left, right, verdict) in
        [(0, 1, Verdict::Same), (2, 3, Verdict::Same), (0, 3, Verdict::Different)]
    {
        let pair = matcher.explain(left, right);
        assert_eq!(pair.verdict(), verdict, "{left} {right}");
        for change in &pair.changes {
            assert_eq!(pair.verdict_at(pair.total + change.difference), change.verdict);
            assert_ne!(change.verdict, verdict, "{change:?}");
            let compared = pair.evidence.iter().find(|e| e.comparison == change.comparison);
            assert_ne!(compared.unwrap().level, change.level);
        }
        let sizes: Vec<i32> = pair.changes.iter().map(|change| change.difference.0.abs()).collect();
        assert!(sizes.is_sorted() || verdict == Verdict::Different, "{sizes:?}");
    }
    // The same name and city: with one e-mail address or one date of birth it is one customer.
    let strangers = ["Anna||Bakker||1950-02-03|anna@post.example|", "Anna||Bakker||||"];
    let rows: Vec<String> = population().into_iter().chain(strangers.map(String::from)).collect();
    let table = people(rows.iter().map(String::as_str));
    let matcher = train(&table, &attributes);
    let pair = matcher.explain(600, 601);
    let told: Vec<(&str, &str)> = pair
        .changes
        .iter()
        .map(|change| (change.comparison.as_str(), change.level[0].as_str()))
        .collect();
    assert!(told.contains(&("birth_date", "same")), "{told:?}");
}

#[test]
fn nobody_is_told_to_hope_for_a_worse_agreement() {
    // An address that many have weighs less than another that merely looks like its pair; "alike"
    // was told as what would link two who have the same.
    let mut rows = population();
    let birth = |at: usize| format!("19{}-02-{:02}", 50 + at % 40, 1 + at % 28);
    rows.extend((0..90).map(|at| {
        let (given, family) = (GIVEN[at % 20], FAMILY[(at + 5) % 17]);
        format!("{given}||{family}||{}|information@club.example|Breda", birth(at))
    }));
    rows.extend(["Anna||Bakker|||anna.b@post.example|".into()]);
    rows.extend(["Anna||Mulder|||huisarts@post.example|".into()]);
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let matcher = train(&table, &attributes);
    let told = |left: RecordNo, right: RecordNo| {
        let pair = matcher.explain(left, right);
        let is_same = pair.verdict() == Verdict::Same;
        !is_same && pair.changes.iter().any(|change| change.comparison == "email")
    };
    for right in 601..690 {
        assert!((600..right).all(|left| !told(left, right)), "those have the same address");
    }
    // Near miss: two addresses that differ could have been the same.
    assert!(told(690, 691), "{:?}", matcher.explain(690, 691).changes);
}

#[test]
fn a_pair_out_of_scope_says_so() {
    let table = two_sources();
    let attributes = AttributeSet::builtin();
    for (pairs, within, between) in [
        (PairScope::Both, None, None),
        (PairScope::Between, Some(PairScope::Between), None),
        (PairScope::Within, None, Some(PairScope::Within)),
    ] {
        let settings = MatchSettings { pairs, ..MatchSettings::standard() };
        let matcher =
            Matcher::train(&table, &attributes, &settings, Candidates::All, &Unwatched).unwrap();
        // The records of the first source come first.
        let out_of_scope = |left, right| matcher.explain(left, right).out_of_scope;
        assert_eq!((out_of_scope(0, 1), out_of_scope(0, 300)), (within, between), "{pairs:?}");
    }
}

#[test]
fn rules_tell_what_only_they_found() {
    let rows = population();
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let found = train(&table, &attributes).partition(&Standing::default()).unwrap();
    for rule in &found.rules {
        let label = &rule.label;
        assert!(rule.marginal <= rule.pairs, "{label:?}");
        assert!(rule.matches_only_here <= rule.marginal as f64, "{label:?}");
        assert!(rule.largest <= rule.keyed, "{label:?}");
    }
    assert!(found.rules.iter().any(|rule| rule.marginal > 0));
    // The persons whose names are crossed and whose date is the same are found in several ways.
    assert!(found.missed < 1.0, "{}", found.missed);
}

#[test]
fn pairs_that_are_left_early_would_not_have_counted() {
    let rows = population();
    let table = people(rows.iter().map(String::as_str));
    let attributes = AttributeSet::builtin();
    let settings = MatchSettings::standard();
    let found = |candidates| {
        let trained = Matcher::train(&table, &attributes, &settings, candidates, &Unwatched);
        let mut trained = trained.unwrap();
        (trained.partition(&Standing::default()).unwrap(), trained.model.clone())
    };
    let ((all, model), (hopeful, same_model)) =
        (found(Candidates::All), found(Candidates::Hopeful));
    assert_eq!(model, same_model);
    assert_eq!(all.edges, hopeful.edges);
    assert_eq!((all.pairs, all.potential), (hopeful.pairs, hopeful.potential));
    let weighed = |matched: &[(i32, u64)]| matched.iter().map(|(_, pairs)| pairs).sum::<u64>();
    assert_eq!(weighed(&all.scores), all.pairs);
    assert!(weighed(&hopeful.scores) < all.pairs);
}

proptest! {
    #[test]
    fn no_level_is_reached_that_was_ruled_out(
        rows in prop::collection::vec((0usize..14, 0usize..6, 0usize..14, 0usize..5), 2..8),
    ) {
        const NAMES: [&str; 14] = [
            "", "Jan", "Johan", "Jan Peter", "Peter", "J", "Annie", "Ann", "Dijkstra", "Dykstra",
            "de Boer", "Boer", "Johannes", "Jansen",
        ];
        const INITIALS: [&str; 6] = ["", "J.", "J.P.", "P.", "A.", "D."];
        let rows = rows.into_iter().map(|(given, initials, family, partner)| {
            [NAMES[given], INITIALS[initials], NAMES[family], NAMES[partner * 3]].join("|")
        });
        let rows: Vec<String> = rows.collect();
        let table = people(rows.iter().map(String::as_str));
        let attributes = AttributeSet::builtin();
        let names = [AttributeId::GIVEN_NAME, AttributeId::FAMILY_NAME];
        let comparisons = compare::comparisons(&table, &attributes, &names, Phonetics::Dutch, &|_| None);
        for comparison in &comparisons {
            let fields = |record| {
                let mut fields = vec![0; comparison.width()];
                comparison.fill(record, &mut fields);
                fields
            };
            for (left, right) in (0..table.len() as u32).flat_map(|l| (0..l).map(move |r| (r, l))) {
                let (left_fields, right_fields) = (fields(left), fields(right));
                let left_side = compare::Side { record: left, fields: &left_fields };
                let right_side = compare::Side { record: right, fields: &right_fields };
                let reach = comparison.reach(left_side, right_side).expect("names tell");
                let compared = comparison.compare(left_side, right_side, &mut LevelCache::none());
                let rows = (&rows[left as usize], &rows[right as usize], comparison.name());
                prop_assert!(reach.levels >> compared.level & 1 == 1, "{:?}", rows);
                let rare = reach.rare.0 >> compared.level & 1 == 1;
                prop_assert_eq!(compared.rarity, rare.then_some(reach.rare.1), "{:?}", rows);
            }
        }
    }
}

#[test]
fn two_that_are_left_over_belong_together_if_little_speaks_for_it() {
    let matched = |left: &str, right: &str, others: usize| {
        let mut rows = population();
        rows.extend([left.to_string(), right.to_string()]);
        // Others who have no match either.
        rows.extend((0..others).map(|at| {
            let (month, day) = (1 + at % 12, 1 + at % 28);
            format!("{}||{}sma||19{:02}-{month:02}-{day:02}||", GIVEN[at % 20], FAMILY[at % 17], at)
        }));
        let table = people(rows.iter().map(String::as_str));
        let attributes = AttributeSet::builtin();
        let mut trained = train(&table, &attributes);
        let matched = trained.partition(&Standing::default()).unwrap();
        let weakest_links = trained.weakest_links(&matched);
        let found = matched.partition;
        let explained = trained.explain_together(2, 600, 601);
        assert_eq!(explain::sum(&explained), explained.total);
        let counted = explained.evidence.iter().any(|it| it.comparison == "leftover");
        if found.cluster_of(600) == found.cluster_of(601) {
            // The weakest link of a couple was told as too light to link it.
            let quality = trained.quality(&[600, 601]);
            assert_eq!((quality.weakest_link, quality.links), (explained.total, 1));
            assert_eq!(weakest_links[found.cluster_of(600) as usize], Some(explained.total));
            assert_eq!(explained.verdict(), Verdict::Same);
        }
        (found.cluster_of(600) == found.cluster_of(601), counted)
    };
    let (yara, namesake) =
        ("Yara||Zijlstra||1971-01-31||Breda", "Yara||Zijlstra||1984-09-13||Zwolle");
    assert_eq!(matched(yara, namesake, 0), (true, true));
    assert_eq!(matched(yara, "Bram||Otten||1984-09-13||Zwolle", 0), (false, false));
    assert_eq!(matched(yara, namesake, 60), (false, false));
    assert_eq!(matched(yara, "Yara||Zijlstra||1971-01-31||", 0), (true, false));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn order_and_threads_change_nothing(
        order in Just((0..600).collect::<Vec<usize>>()).prop_shuffle(),
        threads in 1usize..8,
    ) {
        let rows = population();
        let attributes = AttributeSet::builtin();
        let source = SourceName::new("crm");
        let matched = |order: &[usize], threads: usize| {
            let mut builder =
                TableBuilder::new(EntityType::Person, &attributes, [source.clone()]);
            for &at in order {
                let key = RecordKey::new(source.clone(), &format!("{at:04}"));
                builder.push(&key, None, at as u64, &fixture::claims(&rows[at], &COLUMNS));
            }
            let table = builder.finish();
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mut trained = train(&table, &attributes);
                let found = trained.partition(&Standing::default()).unwrap();
                let clusters: Vec<Vec<RecordNo>> =
                    found.partition.clusters().map(<[RecordNo]>::to_vec).collect();
                (trained.model.id(), clusters, found.edges, found.potential)
            })
        };
        let in_order: Vec<usize> = (0..600).collect();
        prop_assert_eq!(matched(&order, threads), matched(&in_order, 1));
    }
}

#[test]
fn who_trains_on_strangers_alone_is_told() {
    let warned = |rows: Vec<String>| {
        let table = people(rows.iter().map(String::as_str));
        let attributes = AttributeSet::builtin();
        let trained = train(&table, &attributes);
        trained.model.training.warnings.iter().any(|[english, _]| english.contains("hardly any"))
    };
    assert!(!warned(population()));
    assert!(warned(population().into_iter().step_by(2).collect()));
}
