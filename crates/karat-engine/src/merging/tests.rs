//! Golden records of invented people, with their lineage.
//!
//! A member is a line `record trust date | attribute=value | …`; `attribute.1` is slot 1, `?` behind
//! a value makes it suspect and `!` invalid. A golden value is a line
//! `attribute = value ← winner + supporters ✗ loser (record by rule) … by rule`, with the number of
//! the decision that it shows; a value that a steward wrote stands in quotes. What a steward settled
//! is a line `number record attribute value`, where `pinned` and `nothing` are no texts.

use std::collections::BTreeMap;

use karat_model::attribute::AttributeId;
use karat_model::claim::{Claim, Validity};
use karat_model::decision::{DecisionNo, SettledValue};
use karat_model::golden::{DecidedValue, GoldenValue, Loser};
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
    settled: Vec<SettledClaim>,
}

impl Cluster {
    fn read(text: &str) -> Cluster {
        Cluster { records: text.trim().lines().map(read_member).collect() }
    }

    fn members(&self) -> Vec<Member<'_>> {
        let member = |(number, said)| {
            let Said { trust, observed_at, claims, settled }: &Said = said;
            Member::of_claims(number, *trust, *observed_at, claims).settled(settled)
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
    (head[0].parse().unwrap(), Said { trust, observed_at, claims, settled: Vec::new() })
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
        let shown = match value.decided {
            Some(DecidedValue { is_written: true, .. }) => format!("\"{}\"", value.value),
            _ => value.value.clone(),
        };
        line += &format!(" = {shown} ← {}", value.winner.record);
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
        line += &value.decided.map_or(String::new(), |decided| format!(" {}", decided.no.0));
        line
    });
    let withheld = golden.withheld.iter().map(|withheld| {
        let name = &attributes.get(withheld.attribute).name;
        let losers = withheld.losers.iter();
        let losers: String =
            losers.map(|it| format!(" ✗ {} ({})", it.value, it.source.record)).collect();
        format!("{name} shows nothing{losers} by decision {}", withheld.no.0)
    });
    lines.chain(withheld).collect::<Vec<_>>().join("\n")
}

fn read_settled(line: &str) -> (RecordKey, SettledClaim) {
    let words: Vec<&str> = line.trim().splitn(4, ' ').collect();
    let (name, slot) = words[2].split_once('.').unwrap_or((words[2], "0"));
    let attribute = AttributeSet::builtin().find(name).unwrap_or_else(|| panic!("no {name}"));
    let value = match words[3] {
        "pinned" => SettledValue::OfRecord,
        "nothing" => SettledValue::None,
        text => SettledValue::Text(text.into()),
    };
    let no = DecisionNo(words[0].parse().unwrap());
    let slot = slot.parse().unwrap();
    (words[1].parse().unwrap(), SettledClaim { attribute, slot, value, no })
}

/// The values that survive, in bulk.
fn golden_values<'a>(
    members: &[Member<'a>],
    attributes: &AttributeSet,
    survivorship: &Survivorship,
) -> Vec<(AttributeId, &'a str)> {
    let survivors = survivors(members, attributes, survivorship);
    survivors.into_iter().map(|it| (it.claim.attribute, it.claim.value)).collect()
}

/// Checks golden values, and which decisions others outdo.
fn check_settled(members: &str, settled: &str, expected: &str, outdone: &[(u64, u64)]) {
    let mut cluster = Cluster::read(members);
    for (record, settled) in settled.trim().lines().map(read_settled) {
        cluster.records.get_mut(&record).unwrap().settled.push(settled);
    }
    let (members, attributes) = (cluster.members(), AttributeSet::builtin());
    let survivorship = Survivorship::standard();
    let golden = cluster.golden(&members, &survivorship);
    let expected: Vec<_> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(written(&golden).lines().collect::<Vec<_>>(), expected, "\n{}", written(&golden));
    let told = golden_values(&members, &attributes, &survivorship);
    let found = overruled(&members, &told, &attributes);
    let found: Vec<_> = found.iter().map(|over| (over.no.0, over.by.0)).collect();
    assert_eq!(found, outdone);
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

const BIRTHPLACES: &str = "crm/1  80 2024-01-01 | birth_place=Ede
                           erp/1  60 2021-01-01 | birth_place=Oss
                           shop/1 50 2022-01-01 | birth_place=Oss";

#[test]
fn a_pinned_value_wins_over_every_rule() {
    check_settled(
        BIRTHPLACES,
        "7 shop/1 birth_place pinned",
        "birth_place = Oss ← shop/1 + erp/1 ✗ Ede (crm/1 by decision) by decision 7",
        &[],
    );
    // What already won is decided from then on.
    check_settled(
        BIRTHPLACES,
        "7 crm/1 birth_place pinned",
        "birth_place = Ede ← crm/1 ✗ Oss (erp/1 by decision) ✗ Oss (shop/1 by decision) \
         by decision 7",
        &[],
    );
    // Near miss: a record that says nothing there pins nothing.
    check_settled(
        BIRTHPLACES,
        "7 erp/1 birth_place.1 pinned",
        "birth_place = Ede ← crm/1 ✗ Oss (erp/1 by trust) ✗ Oss (shop/1 by trust) by trust",
        &[],
    );
}

#[test]
fn what_a_steward_writes_stands_in_the_place_of_what_the_record_says() {
    check_settled(
        BIRTHPLACES,
        "7 erp/1 birth_place Breda",
        "birth_place = \"Breda\" ← erp/1 ✗ Ede (crm/1 by decision) ✗ Oss (shop/1 by decision) \
         ✗ Oss (erp/1 by decision) by decision 7",
        &[],
    );
    check_settled(
        "crm/1 80 2024-01-01 | gender=male",
        "7 crm/1 birth_place Breda",
        "gender = male ← crm/1
         birth_place = \"Breda\" ← crm/1 by decision 7",
        &[],
    );
    // A better writing of what the others say as well.
    check_settled(
        BIRTHPLACES,
        "7 crm/1 birth_place OSS",
        "birth_place = \"OSS\" ← crm/1 + erp/1 + shop/1 ✗ Ede (crm/1 by decision) by decision 7",
        &[],
    );
}

#[test]
fn where_no_value_is_right_nothing_is_shown() {
    check_settled(
        BIRTHPLACES,
        "7 crm/1 birth_place nothing",
        "birth_place shows nothing ✗ Ede (crm/1) ✗ Oss (erp/1) ✗ Oss (shop/1) by decision 7",
        &[],
    );
}

/// A claim that was put out, and whose value showed all the same because of a later decision, was in
/// no lineage: neither did it support the value, nor had it lost.
#[test]
fn what_was_cleared_and_is_written_again_is_accounted_for() {
    let members = "crm/1  80 2024-01-01 | gender=male
                   shop/1 80 2024-01-01 | email=b@example.org";
    check_settled(
        members,
        "6 shop/1 email nothing
         7 crm/1 email b@example.org",
        "gender = male ← crm/1
         email = \"b@example.org\" ← crm/1 + shop/1 by decision 7",
        &[(6, 7)],
    );
    // Near miss: another value is written.
    check_settled(
        members,
        "6 shop/1 email nothing
         7 crm/1 email a@example.org",
        "gender = male ← crm/1
         email = \"a@example.org\" ← crm/1 ✗ b@example.org (shop/1 by decision) by decision 7",
        &[],
    );
}

#[test]
fn of_decisions_in_one_customer_the_last_counts_and_the_other_is_told() {
    check_settled(
        BIRTHPLACES,
        "7 crm/1 birth_place Breda
         8 erp/1 birth_place pinned",
        "birth_place = Oss ← erp/1 + shop/1 ✗ Ede (crm/1 by decision) by decision 8",
        &[(7, 8)],
    );
    check_settled(
        BIRTHPLACES,
        "8 crm/1 birth_place Breda
         7 erp/1 birth_place nothing",
        "birth_place = \"Breda\" ← crm/1 ✗ Oss (erp/1 by decision) ✗ Oss (shop/1 by decision) \
         ✗ Ede (crm/1 by decision) by decision 8",
        &[(7, 8)],
    );
    // Near misses: two that say the same; a pin of a record that says nothing any more.
    check_settled(
        BIRTHPLACES,
        "7 erp/1 birth_place pinned
         8 shop/1 birth_place pinned
         9 crm/1 birth_place.1 pinned",
        "birth_place = Oss ← shop/1 + erp/1 ✗ Ede (crm/1 by decision) by decision 8",
        &[],
    );
}

const ADDRESSES: &str = "crm/1  80 2020-01-01 | street=Kerkstraat | house_number=12 | house_number_addition=A | postcode=1234 AB | city=Utrecht
                         erp/1  70 2019-01-01 | city=Zeist
                         shop/1 50 2024-01-01 | street=Dorpsweg | house_number=3 | postcode=4321 ZX
                         web/1  40 2018-01-01 | birth_place=Ede";

#[test]
fn deciding_a_part_lets_the_whole_win() {
    check_settled(
        ADDRESSES,
        "7 crm/1 street pinned",
        "birth_place = Ede ← web/1
         street = Kerkstraat ← crm/1 ✗ Dorpsweg (shop/1 by decision) by decision 7
         house_number = 12 ← crm/1 ✗ 3 (shop/1 by decision) by decision 7
         house_number_addition = A ← crm/1 by decision 7
         postcode = 1234 AB ← crm/1 ✗ 4321 ZX (shop/1 by decision) by decision 7
         city = Utrecht ← crm/1 ✗ Zeist (erp/1 by decision) by decision 7",
        &[],
    );
    check_settled(
        ADDRESSES,
        "7 crm/1 street Kerkweg
         8 crm/1 house_number_addition nothing",
        "birth_place = Ede ← web/1
         street = \"Kerkweg\" ← crm/1 ✗ Dorpsweg (shop/1 by decision) \
         ✗ Kerkstraat (crm/1 by decision) by decision 7
         house_number = 12 ← crm/1 ✗ 3 (shop/1 by decision) by decision 8
         postcode = 1234 AB ← crm/1 ✗ 4321 ZX (shop/1 by decision) by decision 8
         city = Utrecht ← crm/1 ✗ Zeist (erp/1 by decision) by decision 8
         house_number_addition shows nothing ✗ A (crm/1) by decision 8",
        &[],
    );
    // Two wholes: the last one wins, and none is mixed.
    check_settled(
        ADDRESSES,
        "7 crm/1 street Kerkweg
         8 shop/1 city Amersfoort",
        "birth_place = Ede ← web/1
         street = Dorpsweg ← shop/1 ✗ Kerkstraat (crm/1 by decision) by decision 8
         house_number = 3 ← shop/1 ✗ 12 (crm/1 by decision) by decision 8
         postcode = 4321 ZX ← shop/1 ✗ 1234 AB (crm/1 by decision) by decision 8
         city = \"Amersfoort\" ← shop/1 ✗ Utrecht (crm/1 by decision) ✗ Zeist (erp/1 by decision) \
         by decision 8",
        &[(7, 8)],
    );
}

#[test]
fn a_part_of_a_record_without_a_whole_is_put_into_the_one_that_wins() {
    check_settled(
        ADDRESSES,
        "7 web/1 country NL
         8 web/1 house_number nothing",
        "birth_place = Ede ← web/1
         street = Dorpsweg ← shop/1 ✗ Kerkstraat (crm/1 by recency) by recency
         postcode = 4321 ZX ← shop/1 ✗ 1234 AB (crm/1 by recency) by recency
         country = \"NL\" ← web/1 by decision 7
         house_number shows nothing ✗ 12 (crm/1) ✗ 3 (shop/1) by decision 8",
        &[],
    );
    check_settled(
        "web/1  40 2018-01-01 | birth_place=Ede",
        "7 web/1 street Markt
         8 web/1 city Oss",
        "birth_place = Ede ← web/1
         street = \"Markt\" ← web/1 by decision 7
         city = \"Oss\" ← web/1 by decision 8",
        &[],
    );
}

const EMAILS: &str = "crm/1  80 2020-01-01 | email=a@example.org | email.1=b@example.org
                      shop/1 50 2024-01-01 | email=b@example.org
                      web/1  40 2021-01-01 | email=c@example!";

#[test]
fn of_collected_values_each_is_decided_by_itself() {
    check_settled(
        EMAILS,
        "7 web/1 email pinned
         8 shop/1 email pinned",
        "email = b@example.org ← shop/1 + crm/1 by decision 8
         email.1 = c@example ← web/1 by decision 7
         email.2 = a@example.org ← crm/1",
        &[],
    );
    // What is corrected or taken out is out for all that say it.
    check_settled(
        EMAILS,
        "7 shop/1 email d@example.org",
        "email = \"d@example.org\" ← shop/1 ✗ c@example (web/1 by validity) \
         ✗ b@example.org (shop/1 by decision) ✗ b@example.org (crm/1 by decision) by decision 7
         email.1 = a@example.org ← crm/1",
        &[],
    );
    check_settled(
        EMAILS,
        "7 crm/1 email.1 nothing",
        "email = a@example.org ← crm/1 ✗ c@example (web/1 by validity) \
         ✗ b@example.org (crm/1 by decision) ✗ b@example.org (shop/1 by decision)",
        &[],
    );
    // Unless a later decision says that it is right.
    check_settled(
        EMAILS,
        "7 crm/1 email.1 nothing
         8 shop/1 email pinned",
        "email = b@example.org ← shop/1 + crm/1 ✗ c@example (web/1 by validity) by decision 8
         email.1 = a@example.org ← crm/1",
        &[(7, 8)],
    );
    check_settled(
        EMAILS,
        "7 shop/1 email pinned
         8 crm/1 email.1 nothing",
        "email = a@example.org ← crm/1 ✗ c@example (web/1 by validity) \
         ✗ b@example.org (crm/1 by decision) ✗ b@example.org (shop/1 by decision)",
        &[(7, 8)],
    );
}

#[test]
fn a_collected_attribute_of_which_all_is_taken_out_shows_nothing() {
    check_settled(
        "crm/1 80 2020-01-01 | email=a@example.org
         erp/1 70 2020-01-01 | email=a@example.org",
        "7 crm/1 email nothing",
        "email shows nothing ✗ a@example.org (crm/1) ✗ a@example.org (erp/1) by decision 7",
        &[],
    );
}

/// A member with some of the values that make trouble.
fn any_member() -> impl Strategy<Value = Said> {
    let words: &'static [(&'static str, &'static [&'static str])] = &[
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
    let settled = prop::collection::vec(any_settled(words), 0..3);
    (trust, observed_at, prop::collection::vec(claim, 0..14), settled).prop_map(
        |(trust, observed_at, claims, mut settled)| {
            settled.sort_by_key(|it: &SettledClaim| (it.attribute, it.slot));
            settled.dedup_by_key(|it| (it.attribute, it.slot));
            Said { trust, observed_at, claims, settled }
        },
    )
}

/// A decision about one of these words, or about something else that might be there.
fn any_settled(
    words: &'static [(&'static str, &'static [&'static str])],
) -> impl Strategy<Value = SettledClaim> {
    let kind = prop::sample::select(vec!["pinned", "nothing", "a word", "Elders"]);
    (0..words.len(), any::<prop::sample::Index>(), 0..2u8, kind).prop_map(
        move |(word, value, slot, kind)| {
            let (name, values) = words[word];
            let value = match kind {
                "pinned" => SettledValue::OfRecord,
                "nothing" => SettledValue::None,
                "a word" => SettledValue::Text(values[value.index(values.len())].into()),
                text => SettledValue::Text(text.into()),
            };
            let attribute = AttributeSet::builtin().find(name).unwrap();
            SettledClaim { attribute, slot, value, no: DecisionNo(0) }
        },
    )
}

fn any_cluster() -> impl Strategy<Value = Cluster> {
    prop::collection::vec(any_member(), 1..6).prop_map(|members| {
        let key = |number: usize| format!("crm/{number}").parse().unwrap();
        let records = members.into_iter().enumerate();
        let mut records: BTreeMap<RecordKey, Said> =
            records.map(|(number, member)| (key(number), member)).collect();
        // Decisions come in an order that is neither that of records nor that of attributes.
        let settled = records.values_mut().flat_map(|said| &mut said.settled);
        (1..).zip(settled).for_each(|(number, settled)| settled.no = DecisionNo(number * 7 % 11));
        Cluster { records }
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
        let attributes = AttributeSet::builtin();
        let told = golden_values(&members, &attributes, &survivorship);
        for survivor in survivors(&members, &attributes, &survivorship) {
            let by = members.iter().find(|member| member.record == survivor.record);
            let says_so = |by: &Member| {
                let is_settled = by.settled.iter().any(|of| of.attribute == survivor.claim.attribute);
                is_settled || by.claims.contains(&survivor.claim)
            };
            prop_assert!(by.is_some_and(says_so));
        }
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
                let is_withheld = golden.withheld.iter().any(|withheld| {
                    let is_it = |loser: &Loser| {
                        loser.source.record == *key && loser.value == claim.value
                    };
                    withheld.attribute == claim.attribute && withheld.losers.iter().any(is_it)
                });
                prop_assert!(
                    values.iter().any(is_listed) || is_withheld || is_absent && is_of_group,
                    "{key} {claim:?}"
                );
            }
        }
    }

    #[test]
    fn the_first_loser_tells_the_rule(cluster in any_cluster(), survivorship in any_survivorship()) {
        let golden = cluster.golden(&cluster.members(), &survivorship);
        let attributes = AttributeSet::builtin();
        for value in golden.values.iter().filter(|value| !attributes.get(value.attribute).collected) {
            let rule = value.losers.first().and_then(|loser| loser.rule);
            let is_decided = value.decided.is_some();
            prop_assert_eq!(value.rule, rule.or(is_decided.then_some(SurvivorshipRule::Decision)));
        }
    }

    #[test]
    fn the_last_decision_is_always_shown(
        cluster in any_cluster(),
        survivorship in any_survivorship(),
    ) {
        let (members, attributes) = (cluster.members(), AttributeSet::builtin());
        let golden = cluster.golden(&members, &survivorship);
        let all = cluster.records.iter().flat_map(|(key, said)| {
            said.settled.iter().map(move |settled| (key, said, settled))
        });
        let Some((key, said, last)) = all.max_by_key(|(.., settled)| settled.no) else {
            return Ok(());
        };
        let is_told = overruled(
            &members,
            &golden_values(&members, &attributes, &survivorship),
            &attributes,
        );
        prop_assert!(is_told.iter().all(|over| over.no != last.no && over.by > over.no));
        let claims = said.claims.iter();
        let says: Vec<&str> = claims
            .filter(|claim| (claim.attribute, claim.slot) == (last.attribute, last.slot))
            .map(|claim| &*claim.value)
            .collect();
        let mut shown = golden.all(last.attribute);
        let decided = |value: &GoldenValue, is_written| {
            value.decided == Some(DecidedValue { no: last.no, is_written })
                && value.winner.record == *key
        };
        match &last.value {
            SettledValue::Text(text) => {
                prop_assert!(shown.any(|value| value.value == *text && decided(value, true)));
            }
            SettledValue::OfRecord if says.is_empty() => {}
            SettledValue::OfRecord => {
                let is_said = |value: &GoldenValue| {
                    says.iter().any(|said| writing::is_same_text(said, &value.value))
                };
                prop_assert!(shown.any(|value| is_said(value) && decided(value, false)));
            }
            SettledValue::None if attributes.get(last.attribute).collected => {
                prop_assert!(shown.all(|value| !says.contains(&value.value.as_str())));
            }
            SettledValue::None => {
                prop_assert_eq!(shown.count(), 0);
                prop_assert!(golden.withheld.iter().any(|it| it.attribute == last.attribute));
            }
        }
    }
}
