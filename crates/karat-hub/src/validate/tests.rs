//! Files of invented records, judged.

use std::fs;

use karat_model::check::CheckName;

use super::*;
use crate::flow::progress::Unwatched;

const CUSTOMERS: &str = "\
klantnummer;achternaam;email;telefoon;postcode;plaats;tier
1001;Jansen;jan@voorbeeld.example;0612345987;3526 KP;Utrecht;Gold
1002;Pietersen;;0201234568;3526KP;Utrecht;gold
1003;Smit;smit@;;9712 AB;Groningen;Silver
1004;de Boer;jan@voorbeeld.example;;;Ede;Silver
";

const CHECKS: &str = "\
standard: false
checks:
  mail_known: { attributes: email, present: true, severity: error, pass_min: 80 % }
  mail_form: { attributes: email, format: email }
  mail_of_one: { on: records, attributes: email, unique_key: true }
  mobile: { attributes: phone, phone_type: [mobile], severity: note }
  crm_only: { sources: [crm], attributes: city, present: true }
  tier_known: { attributes: tier, ref_table: { file: tiers.csv, column: name } }
  gold_has_mail: { only_if: \"tier == 'Gold'\", expression: \"has(email)\" }
  same_birthday: { attributes: birth_date, equal_across_sources: true }
";

fn validated(checks: &str, source: Option<&str>) -> Result<Validation, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("customers.csv"), CUSTOMERS).unwrap();
    fs::create_dir(path("checks")).unwrap();
    fs::write(path("checks/a.yaml"), checks).unwrap();
    fs::write(path("checks/tiers.csv"), "name\nGold\nSilver\n").unwrap();
    let request = ValidateRequest {
        files: &[path("customers.csv")],
        checks: &path("checks"),
        source: source.map(SourceName::new),
        country: Country::NETHERLANDS,
        as_of: Day(20_779),
    };
    validate(&request, &Unwatched)
}

/// A line per check: pass, fail, not applicable, other, and the ids that fail.
fn outline(validation: &Validation) -> Vec<String> {
    let line = |it: &Validated| {
        let Counts { pass, fail, not_applicable, unverified, error } = it.counts;
        let ids: Vec<&str> = it.failing.iter().map(|failing| &*failing.record.id).collect();
        let others = unverified + error;
        format!("{} {pass} {fail} {not_applicable} {others} {}", it.check.name, ids.join(","))
    };
    validation.checks.iter().map(|it| line(it).trim_end().to_owned()).collect()
}

#[test]
fn records_are_judged_and_all_that_fail_are_known() {
    let validation = validated(CHECKS, Some("crm")).unwrap();
    assert_eq!(validation.records, 4);
    assert_eq!(
        outline(&validation),
        [
            "mail_known 3 1 0 0 1002",
            "mail_form 2 1 1 0 1003",
            "mail_of_one 1 2 1 0 1001,1004",
            "mobile 1 1 2 0 1002",
            "crm_only 4 0 0 0",
            "tier_known 3 1 0 0 1002",
            "gold_has_mail 1 0 3 0",
        ]
    );
    assert_eq!(validation.left_out, 1);
    // 75 % know the e-mail address, and 80 % is asked for.
    assert!(validation.is_refused());
    let json = validation.to_json(1);
    assert_eq!(json["checks"][2]["failing"].as_array().unwrap().len(), 1);
    assert_eq!(json["checks"][0]["share"], 0.75);
}

#[test]
fn a_check_of_another_source_is_not_made() {
    let validation = validated(CHECKS, Some("erp")).unwrap();
    assert_eq!(outline(&validation)[4], "crm_only 0 0 0 0");
    let name = CheckName::new("crm_only").unwrap();
    let of_crm = validation.checks.iter().find(|it| it.check.name == name).unwrap();
    assert_eq!(of_crm.counts.share(), None);
}

#[test]
fn the_standard_checks_are_made_unless_they_are_left_out() {
    let validation = validated("", None).unwrap();
    let names: Vec<String> = validation.checks.iter().map(|it| it.check.name.to_string()).collect();
    assert!(names.contains(&"email_form".to_owned()) && names.contains(&"name_known".to_owned()));
    let errors: u64 = validation.checks.iter().map(|it| it.counts.error).sum();
    assert_eq!(errors, 0, "no standard check fails itself");
}

#[test]
fn mistakes_in_checks_are_told() {
    let said = |checks: &str| validated(checks, None).unwrap_err().to_string();
    let unknown = said("checks:\n  a: { attributes: emial, present: true }\n");
    assert!(unknown.contains("unknown attribute `emial`"), "{unknown}");
    let table = said("checks:\n  a: { attributes: tier, ref_table: { file: x.csv, column: y } }\n");
    assert!(table.contains("no values of column `y` of x.csv are there"), "{table}");
}
