//! Golden records of invented people, with their lineage.
//!
//! A member is a line `record trust date | attribute=value | …`; `attribute.1` is slot 1, `?` behind
//! a value makes it suspect and `!` invalid. A golden value is a line
//! `attribute = value ← winner + supporters ✗ loser (record by rule) … by rule`.

use std::collections::BTreeMap;

use karat_model::claim::{Claim, Validity};
use karat_model::golden::GoldenValue;
use karat_model::record::Moment;
use proptest::prelude::*;

use super::*;

/// The records of a cluster, in order of their keys.
#[derive(Debug)]
struct Cluster {
    records: BTreeMap<RecordKey, Said>,
}

/// What a record says, and what makes it count.
#[derive(Debug)]
struct Said {
    trust: u8,
    observed_at: Option<Moment>,
    claims: Vec<Claim>,
}

impl Cluster {
    fn read(text: &str) -> Cluster {
        Cluster { records: text.trim().lines().map(read_member).collect() }
    }

    fn members(&self) -> Vec<Member<'_>> {
        let member = |(number, said)| {
            let Said { trust, observed_at, claims }: &Said = said;
            Member::of_claims(number, *trust, *observed_at, claims)
        };
        (0..).zip(self.records.values()).map(member).collect()
    }

    fn golden(&self, members: &[Member<'_>], survivorship: &Survivorship) -> GoldenRecord {
        let keys: Vec<_> = self.records.keys().cloned().collect();
        let key_of = |record: RecordNo| keys[record as usize].clone();
        survive(EntityType::Person, members, &AttributeSet::builtin(), survivorship, &key_of)
    }
}

fn read_member(line: &str) -> (RecordKey, Said) {
    let mut fields = line.split('|').map(str::trim);
    let head: Vec<_> = fields.next().unwrap().split_whitespace().collect();
    let observed_at = match head[2] {
        "-" => None,
        date => {
            let days = date.parse::<jiff::civil::Date>().unwrap() - jiff::civil::date(1970, 1, 1);
            Some(Moment(i64::from(days.get_days()) * 86_400))
        }
    };
    let trust = head[1].parse().unwrap();
    let claims = fields.map(read_claim).collect();
    (head[0].parse().unwrap(), Said { trust, observed_at, claims })
}

fn read_claim(field: &str) -> Claim {
    let (name, value) = field.split_once('=').unwrap();
    let (name, slot) = name.split_once('.').unwrap_or((name, "0"));
    let (value, validity) = match (value.strip_suffix('?'), value.strip_suffix('!')) {
        (Some(value), _) => (value, Validity::Suspect),
        (_, Some(value)) => (value, Validity::Invalid),
        _ => (value, Validity::Valid),
    };
    let attribute = AttributeSet::builtin().find(name).unwrap_or_else(|| panic!("no {name}"));
    Claim { attribute, slot: slot.parse().unwrap(), value: value.into(), validity, column: 0 }
}

fn written(golden: &GoldenRecord) -> String {
    let attributes = AttributeSet::builtin();
    let lines = golden.values.iter().map(|value| {
        let mut line = attributes.get(value.attribute).name.clone();
        if value.rank > 0 {
            line += &format!(".{}", value.rank);
        }
        line += &format!(" = {} ← {}", value.value, value.winner.record);
        for supporter in &value.supporters {
            line += &format!(" + {}", supporter.record);
        }
        for loser in &value.losers {
            let rule = loser.rule.map_or("order", SurvivorshipRule::name);
            line += &format!(" ✗ {} ({} by {rule})", loser.value, loser.source.record);
        }
        if let Some(rule) = value.rule {
            line += &format!(" by {}", rule.name());
        }
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn check_with(survivorship: &Survivorship, members: &str, expected: &str) {
    let cluster = Cluster::read(members);
    let golden = cluster.golden(&cluster.members(), survivorship);
    let expected: Vec<_> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(written(&golden).lines().collect::<Vec<_>>(), expected, "\n{}", written(&golden));
}

fn check(members: &str, expected: &str) {
    check_with(&Survivorship::standard(), members, expected);
}

fn only(rule: SurvivorshipRule) -> Survivorship {
    Survivorship { default: vec![rule], groups: Vec::new(), attributes: Vec::new() }
}

#[test]
fn records_that_agree_need_no_rule() {
    check(
        "crm/1  80 2024-01-01 | given_name=Jan | family_name=Jansen | birth_date=1980-02-01
         shop/7 50 2024-02-01 | given_name=Jan | family_name=Jansen | birth_date=1980-02-01",
        "given_name = Jan ← crm/1 + shop/7
         family_name = Jansen ← crm/1 + shop/7
         birth_date = 1980-02-01 ← crm/1 + shop/7",
    );
}

#[test]
fn each_rule_decides_when_it_is_first_to_tell() {
    let members = "crm/1  80 2020-01-01 | birth_place=Ede!
                   erp/1  60 2021-01-01 | birth_place=Oss
                   erp/2  60 2021-01-01 | birth_place=Oss
                   shop/1 50 2024-01-01 | birth_place=Lochem
                   web/1  40 2022-01-01 | birth_place=Bergen op Zoom";
    for (rule, winner) in [
        (SurvivorshipRule::Trust, "birth_place = Ede ← crm/1"),
        (SurvivorshipRule::Frequency, "birth_place = Oss ← erp/1 + erp/2"),
        (SurvivorshipRule::Recency, "birth_place = Lochem ← shop/1"),
        (SurvivorshipRule::Completeness, "birth_place = Bergen op Zoom ← web/1"),
    ] {
        let cluster = Cluster::read(members);
        let line = written(&cluster.golden(&cluster.members(), &only(rule)));
        assert!(line.starts_with(winner), "{line}");
        assert!(line.ends_with(&format!("by {}", rule.name())), "{line}");
    }
    check(
        "crm/1 80 2020-01-01 | birth_place=Ede!
         erp/1 60 2021-01-01 | birth_place=Oss",
        "birth_place = Oss ← erp/1 ✗ Ede (crm/1 by validity) by validity",
    );
}

#[test]
fn without_a_rule_that_tells_the_order_of_text_decides() {
    check(
        "crm/1 80 2020-01-01 | birth_place=Oss
         crm/2 80 2020-01-01 | birth_place=Ede",
        "birth_place = Ede ← crm/2 ✗ Oss (crm/1 by order)",
    );
}

#[test]
fn every_loser_names_its_own_rule() {
    check(
        "crm/1  80 2020-01-01 | birth_place=Oss
         crm/2  80 2021-01-01 | birth_place=Ede
         erp/1  60 2021-01-01 | birth_place=Lochem
         shop/1 90 2024-01-01 | birth_place=Onbekend?",
        "birth_place = Ede ← crm/2 ✗ Oss (crm/1 by recency) ✗ Lochem (erp/1 by trust) \
         ✗ Onbekend (shop/1 by validity) by recency",
    );
}

#[test]
fn a_value_is_as_trusted_and_as_recent_as_the_best_of_its_claims() {
    let ladder = [SurvivorshipRule::Recency, SurvivorshipRule::Trust];
    let survivorship = Survivorship { default: ladder.into(), ..only(SurvivorshipRule::Trust) };
    check_with(
        &survivorship,
        "crm/1  80 2020-01-01 | birth_place=Oss
         erp/1  60 2024-01-01 | birth_place=Ede
         shop/1 40 2024-01-01 | birth_place=Oss",
        "birth_place = Oss ← shop/1 + crm/1 ✗ Ede (erp/1 by trust) by trust",
    );
}

#[test]
fn case_and_diacritics_count_together_and_the_better_written_wins() {
    check(
        "crm/1  80 2024-01-01 | birth_place=Cordoba
         erp/1  90 2024-01-01 | birth_place=Sevilla
         erp/2  60 2024-01-01 | birth_place=CORDOBA
         shop/1 50 2024-01-01 | birth_place=Córdoba",
        "birth_place = Sevilla ← erp/1 ✗ Córdoba (shop/1 by trust) ✗ Cordoba (crm/1 by trust) \
         ✗ CORDOBA (erp/2 by trust) by trust",
    );
    check_with(
        &only(SurvivorshipRule::Frequency),
        "crm/1  80 2024-01-01 | birth_place=Cordoba
         erp/1  90 2024-01-01 | birth_place=Sevilla
         erp/2  60 2024-01-01 | birth_place=CORDOBA
         shop/1 50 2024-01-01 | birth_place=Córdoba",
        "birth_place = Córdoba ← shop/1 + crm/1 + erp/2 ✗ Sevilla (erp/1 by frequency) by frequency",
    );
}

#[test]
fn gender_goes_by_majority() {
    check(
        "crm/1  80 2024-01-01 | gender=male
         erp/1  60 2023-01-01 | gender=female
         shop/1 50 2022-01-01 | gender=female",
        "gender = female ← erp/1 + shop/1 ✗ male (crm/1 by frequency) by frequency",
    );
}

#[test]
fn a_record_counts_once_however_often_it_says_so() {
    check(
        "crm/1  80 2024-01-01 | gender=male | gender.1=male | gender.2=male
         erp/1  60 2023-01-01 | gender=female
         shop/1 50 2022-01-01 | gender=female",
        "gender = female ← erp/1 + shop/1 ✗ male (crm/1 by frequency) by frequency",
    );
}

#[test]
fn a_full_name_wins_over_initials_and_takes_what_agrees() {
    check(
        "crm/1  80 2024-01-01 | initials=J.P. | family_name=Jansen | title=dr.
         shop/1 50 2022-01-01 | given_name=Jan | family_name=Jansen",
        "title = dr. ← crm/1
         initials = J.P. ← crm/1
         given_name = Jan ← shop/1
         family_name = Jansen ← shop/1 + crm/1",
    );
}

#[test]
fn a_trusted_name_with_initials_is_completed_by_a_given_name_that_fits() {
    let by_trust = only(SurvivorshipRule::Trust);
    check_with(
        &by_trust,
        "crm/1  80 2024-01-01 | initials=J.P. | family_name=Jansen
         shop/1 50 2022-01-01 | given_name=Jan | family_name=Jansen",
        "initials = J.P. ← crm/1
         given_name = Jan ← shop/1
         family_name = Jansen ← crm/1 + shop/1",
    );
    for stranger in [
        "given_name=Anna | family_name=Jansen",
        "given_name=Jan | family_name=Janssen",
        "given_name=Jan | family_name_prefix=van | family_name=Jansen | initials=K.",
        "given_name=Jan",
    ] {
        let members = format!(
            "crm/1  80 2024-01-01 | initials=J.P. | family_name=Jansen
             shop/1 50 2022-01-01 | {stranger}"
        );
        let cluster = Cluster::read(&members);
        let golden = cluster.golden(&cluster.members(), &by_trust);
        assert_eq!(golden.best(AttributeId::GIVEN_NAME), None, "{stranger}");
    }
}

#[test]
fn lenders_that_contradict_each_other_do_not_both_lend() {
    check_with(
        &only(SurvivorshipRule::Trust),
        "crm/1  80 2024-01-01 | family_name=Jansen
         erp/1  60 2024-01-01 | given_name=Anna | family_name=Jansen
         shop/1 50 2022-01-01 | initials=J.P. | family_name=Jansen",
        "given_name = Anna ← erp/1
         family_name = Jansen ← crm/1 + erp/1 + shop/1",
    );
}

#[test]
fn father_and_son_do_not_share_a_suffix() {
    check_with(
        &only(SurvivorshipRule::Trust),
        "crm/1  80 2024-01-01 | initials=J. | family_name=Jansen | name_suffix=sr.
         shop/1 50 2022-01-01 | given_name=Jan | family_name=Jansen | name_suffix=jr.",
        "initials = J. ← crm/1
         family_name = Jansen ← crm/1 + shop/1
         name_suffix = sr. ← crm/1 ✗ jr. (shop/1 by trust) by trust",
    );
}

#[test]
fn a_rare_misspelling_does_not_win_for_its_initials() {
    check(
        "crm/1  50 2024-01-01 | given_name=Jan | family_name=Jansen
         erp/1  50 2024-01-01 | given_name=Jan | family_name=Jansen
         shop/1 80 2024-02-01 | given_name=Jann | initials=J.P. | family_name=Jansen",
        "given_name = Jan ← crm/1 + erp/1 ✗ Jann (shop/1 by frequency) by frequency
         family_name = Jansen ← crm/1 + erp/1 + shop/1",
    );
}

#[test]
fn an_address_survives_whole() {
    check(
        "crm/1  80 2020-01-01 | street=Kerkstraat | house_number=12 | postcode=1234 AB | city=Utrecht
         shop/1 50 2024-01-01 | street=Dorpsweg | house_number=3 | postcode=4321 ZX",
        "street = Dorpsweg ← shop/1 ✗ Kerkstraat (crm/1 by recency) by recency
         house_number = 3 ← shop/1 ✗ 12 (crm/1 by recency) by recency
         postcode = 4321 ZX ← shop/1 ✗ 1234 AB (crm/1 by recency) by recency",
    );
}

#[test]
fn a_city_alone_is_no_address() {
    check(
        "crm/1  80 2020-01-01 | street=Kerkstraat | house_number=12 | postcode=1234 AB | city=Utrecht
         shop/1 90 2024-01-01 | city=Amersfoort",
        "street = Kerkstraat ← crm/1
         house_number = 12 ← crm/1
         postcode = 1234 AB ← crm/1
         city = Utrecht ← crm/1 ✗ Amersfoort (shop/1 by completeness) by completeness",
    );
}

#[test]
fn further_addresses_are_losers_of_the_first() {
    check(
        "crm/1 80 2020-01-01 | street=Kerkstraat | house_number=12 | city=Utrecht \
            | street.1=Antwoordnummer | house_number.1=9 | city.1=Utrecht",
        "street = Kerkstraat ← crm/1 ✗ Antwoordnummer (crm/1 by order)
         house_number = 12 ← crm/1 ✗ 9 (crm/1 by order)
         city = Utrecht ← crm/1",
    );
    check(
        "crm/1 80 2020-01-01 | street=Kerkstraat | house_number=12 | city=Utrecht \
            | street.1=Antwoordnummer | house_number.1=9 | city.1=Utrecht
         erp/1 70 2019-01-01 | street=Antwoordnummer | house_number=9 | city=Utrecht",
        "street = Antwoordnummer ← crm/1 + erp/1 ✗ Kerkstraat (crm/1 by frequency) by frequency
         house_number = 9 ← crm/1 + erp/1 ✗ 12 (crm/1 by frequency) by frequency
         city = Utrecht ← crm/1 + erp/1",
    );
}

#[test]
fn one_address_in_two_writings_is_as_recent_as_the_last() {
    check(
        "crm/1  80 2020-01-01 | street=Kerkstraat | house_number=12 | postcode=1234 AB | city=Utrecht
         erp/1  70 2021-01-01 | street=Kerkstraat | house_number=12 | postcode=1234 AB | city=Utrecht
         shop/1 50 2024-01-01 | street=Kerkstaat | house_number=12 | postcode=1234 AB | city=Utrecht
         web/1  90 2023-01-01 | street=Markt | house_number=1 | postcode=1234 AC | city=Utrecht",
        "street = Kerkstraat ← erp/1 + crm/1 ✗ Kerkstaat (shop/1 by frequency) ✗ Markt (web/1 by recency) by frequency
         house_number = 12 ← erp/1 + crm/1 + shop/1 ✗ 1 (web/1 by recency) by recency
         postcode = 1234 AB ← erp/1 + crm/1 + shop/1 ✗ 1234 AC (web/1 by recency) by recency
         city = Utrecht ← erp/1 + crm/1 + shop/1 + web/1",
    );
}

#[test]
fn an_address_is_completed_from_the_same_door_only() {
    let completed = |winner: &str, other: &str| {
        let members = format!("crm/1 80 2024-01-01 | {winner}\nerp/1 50 2020-01-01 | {other}");
        let cluster = Cluster::read(&members);
        let golden = cluster.golden(&cluster.members(), &Survivorship::standard());
        golden.values.iter().any(|value| value.winner.record.source.as_str() == "erp")
    };
    let by_postcode = "house_number=12 | postcode=1234 AB";
    assert!(completed(
        by_postcode,
        "street=Kerkstraat | house_number=12 | postcode=1234 AB | city=Utrecht"
    ));
    assert!(!completed(
        by_postcode,
        "street=Kerkstraat | house_number=14 | postcode=1234 AB | city=Utrecht"
    ));
    assert!(!completed(
        by_postcode,
        "house_number=12 | house_number_addition=A | postcode=1234 AB | city=Utrecht"
    ));
    assert!(!completed(by_postcode, "house_number=12 | postcode=1234 AC | city=Utrecht"));
    assert!(!completed(by_postcode, "house_number=12 | postcode=1234 AB | address_extra=Unit 3"));

    let abroad = "house_number=12 | postcode=8000";
    assert!(!completed(abroad, "street=Markt | house_number=12 | postcode=8000 | city=Brugge"));
    let street_abroad = "street=Markt | house_number=12 | postcode=8000";
    assert!(completed(
        street_abroad,
        "street=Markt | house_number=12 | postcode=8000 | city=Brugge"
    ));

    let by_street = "street=Kerkstraat | house_number=12 | city=Utrecht | country=NL";
    assert!(completed(
        by_street,
        "street=KERKSTRAAT | house_number=12 | postcode=1234 AB | city=Utrecht"
    ));
    assert!(!completed(by_street, "street=Kerkstraat | house_number=12 | postcode=1234 AB"));
    assert!(!completed(
        by_street,
        "street=Kerkstraat | house_number=12 | postcode=9999 | city=Utrecht | country=BE"
    ));
}

#[test]
fn a_second_doubtful_claim_of_a_part_does_not_spoil_the_whole() {
    check(
        "crm/1 80 2020-01-01 | house_number=12 | postcode=1234 AB | postcode=99!
         erp/1 70 2019-01-01 | house_number=3 | postcode=4321 ZX",
        "house_number = 12 ← crm/1 ✗ 3 (erp/1 by recency) by recency
         postcode = 1234 AB ← crm/1 ✗ 99 (crm/1 by validity) ✗ 4321 ZX (erp/1 by recency) by validity",
    );
}

#[test]
fn the_legal_form_comes_with_the_company_name() {
    check(
        "crm/1 80 2024-01-01 | company_name=Bakkerij Smit | legal_form=B.V.
         erp/1 60 2024-01-01 | company_name=Smit Holding | legal_form=N.V.
         erp/2 60 2024-01-01 | legal_form=N.V.",
        "company_name = Bakkerij Smit ← crm/1 ✗ Smit Holding (erp/1 by trust) by trust
         legal_form = B.V. ← crm/1 ✗ N.V. (erp/1 by trust) ✗ N.V. (erp/2 by completeness) by trust",
    );
    check(
        "crm/1 80 2024-01-01 | company_name=Bakkerij Smit
         erp/1 60 2024-01-01 | company_name=BAKKERIJ SMIT | legal_form=V.O.F.
         erp/2 70 2024-01-01 | company_name=Smit Holding | legal_form=N.V.",
        "company_name = BAKKERIJ SMIT ← erp/1 + crm/1 ✗ Smit Holding (erp/2 by trust) by trust
         legal_form = V.O.F. ← erp/1 ✗ N.V. (erp/2 by trust) by trust",
    );
    check(
        "crm/1 80 2024-01-01 | company_name=Bakkerij Smit
         erp/2 70 2024-01-01 | company_name=Smit Bakkerij | legal_form=B.V.",
        "company_name = Bakkerij Smit ← crm/1 ✗ Smit Bakkerij (erp/2 by trust) by trust
         legal_form = B.V. ← erp/2",
    );
}

#[test]
fn all_emails_survive_best_first_but_invalid_ones() {
    check(
        "crm/1  80 2020-01-01 | email=eva@example.org | email.1=eva@example!
         shop/1 50 2024-01-01 | email=smit@example.org | email.1=eva@example.org
         web/1  40 2021-01-01 | email=eva@example.com?",
        "email = eva@example.org ← shop/1 + crm/1 ✗ eva@example (crm/1 by validity) by trust
         email.1 = smit@example.org ← shop/1 by validity
         email.2 = eva@example.com ← web/1",
    );
    check("crm/1 80 2020-01-01 | email=eva@example!", "email = eva@example ← crm/1");
}

#[test]
fn mailboxes_that_differ_in_diacritics_are_two() {
    check(
        "crm/1  80 2020-01-01 | email=josé@example.org
         shop/1 50 2020-01-01 | email=jose@example.org",
        "email = josé@example.org ← crm/1 by trust
         email.1 = jose@example.org ← shop/1",
    );
}

#[test]
fn no_members_make_an_empty_golden_record() {
    check("crm/1 80 -", "");
}

#[test]
fn more_values_than_ranks_are_listed_as_losers() {
    let emails =
        (0..300).map(|number| format!("| email.{}=e{number:03}@example.org", number % 200));
    let members = format!("crm/1 80 - {}", emails.collect::<String>());
    let cluster = Cluster::read(&members);
    let golden = cluster.golden(&cluster.members(), &Survivorship::standard());
    assert_eq!(golden.values.len(), 256);
    assert_eq!(golden.values[0].losers.len(), 300 - 256);
}

/// A member with some of the values that make trouble.
fn any_member() -> impl Strategy<Value = Said> {
    let words: &[(&str, &[&str])] = &[
        ("given_name", &["Jan", "JAN", "Jan Peter", "Anna", "José", "Jose"]),
        ("initials", &["J.", "J.P.", "A."]),
        ("family_name_prefix", &["van", "van den"]),
        ("family_name", &["Jansen", "Janssen", "JANSEN"]),
        ("name_suffix", &["jr.", "sr."]),
        ("gender", &["male", "female"]),
        ("birth_place", &["Ede", "EDE", "Oss", "Córdoba"]),
        ("company_name", &["Smit", "SMIT", "Smit Holding"]),
        ("legal_form", &["B.V.", "N.V."]),
        ("street", &["Kerkstraat", "Kerkstaat", "Markt"]),
        ("house_number", &["12", "14"]),
        ("house_number_addition", &["A", "a"]),
        ("postcode", &["1234 AB", "8000"]),
        ("city", &["Utrecht", "UTRECHT", "Brugge"]),
        ("country", &["NL", "BE"]),
        ("email", &["a@example.org", "b@example.org", "c@example"]),
    ];
    let claim = (0..words.len(), any::<prop::sample::Index>(), 0..2u8, 0..8u8).prop_map(
        move |(word, value, slot, doubt)| {
            let (name, values) = words[word];
            let validity = match doubt {
                0 => Validity::Invalid,
                1 => Validity::Suspect,
                _ => Validity::Valid,
            };
            let attribute = AttributeSet::builtin().find(name).unwrap();
            let value = values[value.index(values.len())].into();
            Claim { attribute, slot, value, validity, column: 0 }
        },
    );
    let observed_at = prop::option::of((0..3i64).prop_map(Moment));
    let trust = prop::sample::select(vec![40u8, 80]);
    (trust, observed_at, prop::collection::vec(claim, 0..14))
        .prop_map(|(trust, observed_at, claims)| Said { trust, observed_at, claims })
}

fn any_cluster() -> impl Strategy<Value = Cluster> {
    prop::collection::vec(any_member(), 1..6).prop_map(|members| {
        let key = |number: usize| format!("crm/{number}").parse().unwrap();
        let records = members.into_iter().enumerate();
        Cluster { records: records.map(|(number, member)| (key(number), member)).collect() }
    })
}

fn any_survivorship() -> impl Strategy<Value = Survivorship> {
    let ladder = prop::sample::subsequence(SurvivorshipRule::ALL.to_vec(), 0..=5).prop_shuffle();
    prop_oneof![
        Just(Survivorship::standard()),
        ladder.prop_map(|default| Survivorship {
            default,
            groups: Vec::new(),
            attributes: Vec::new()
        }),
    ]
}

proptest! {
    #[test]
    fn no_order_of_members_and_claims_changes_a_golden_record(
        cluster in any_cluster(),
        survivorship in any_survivorship(),
        seed in any::<prop::sample::Index>(),
    ) {
        let golden = cluster.golden(&cluster.members(), &survivorship);
        let mut shuffled = cluster.members();
        let turn = seed.index(shuffled.len());
        shuffled.rotate_left(turn);
        for member in &mut shuffled {
            member.claims.reverse();
        }
        prop_assert_eq!(cluster.golden(&shuffled, &survivorship), golden);
    }

    #[test]
    fn bulk_tells_the_winners_of_lineage(
        cluster in any_cluster(),
        survivorship in any_survivorship(),
    ) {
        let members = cluster.members();
        let told = golden_values(&members, &AttributeSet::builtin(), &survivorship);
        let golden = cluster.golden(&members, &survivorship);
        let values = golden.values.iter();
        let expected: Vec<_> = values.map(|v| (v.attribute, v.value.as_str())).collect();
        prop_assert_eq!(&told, &expected);
        let best = |attribute| told.iter().find(|(of, _)| *of == attribute).map(|(_, value)| *value);
        prop_assert_eq!(display::title_of(golden.entity_type, &best), display::title(&golden));
    }

    #[test]
    fn lineage_accounts_for_every_claim_of_an_attribute(
        cluster in any_cluster(),
        survivorship in any_survivorship(),
    ) {
        let golden = cluster.golden(&cluster.members(), &survivorship);
        for (key, said) in &cluster.records {
            for claim in &said.claims {
                let values: Vec<_> = golden.all(claim.attribute).collect();
                let is_listed = |value: &&GoldenValue| {
                    let supports = value.supporters.iter().any(|source| source.record == *key);
                    let lost = value
                        .losers
                        .iter()
                        .any(|loser| loser.source.record == *key && loser.value == claim.value);
                    let won = value.winner.record == *key
                        && writing::is_same_text(&value.value, &claim.value);
                    won || supports || lost
                };
                let is_absent = values.is_empty();
                let is_of_group = AttributeSet::builtin().get(claim.attribute).group.is_some();
                prop_assert!(values.iter().any(is_listed) || is_absent && is_of_group, "{key} {claim:?}");
            }
        }
    }

    #[test]
    fn the_first_loser_tells_the_rule(cluster in any_cluster(), survivorship in any_survivorship()) {
        let golden = cluster.golden(&cluster.members(), &survivorship);
        let attributes = AttributeSet::builtin();
        for value in golden.values.iter().filter(|value| !attributes.get(value.attribute).collected) {
            prop_assert_eq!(value.rule, value.losers.first().and_then(|loser| loser.rule));
        }
    }
}
