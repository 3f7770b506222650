//! Mistakes that people make in a hub model, and what Karat says about them.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use super::{Problems, check, read};

/// What is said about a hub with these files.
fn said(files: &[(&str, &[u8])]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sources")).unwrap();
    fs::create_dir(folder.path().join("checks")).unwrap();
    fs::create_dir(folder.path().join("repairs")).unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let problems = Problems(check(folder.path())).to_string();
    problems.replace(&*folder.path().to_string_lossy(), "HUB")
}

/// What is said about a `hub.yaml`.
fn in_hub(text: &str) -> String {
    let crm = b"files: hub.yaml\ncolumns: { nr: source_id, naam: full_name }\n";
    said(&[("hub.yaml", dedented(text).as_bytes()), ("sources/crm.yaml", crm)])
}

/// What is said about the file of a source; its hub has the attribute `loyalty_tier`.
fn in_source(text: &str) -> String {
    let hub = b"name: Shop\nattributes:\n  loyalty_tier: { type: category }\n";
    said(&[("hub.yaml", hub), ("crm.csv", b""), ("sources/crm.yaml", dedented(text).as_bytes())])
}

/// What is said about the checks of a hub with the attribute `loyalty_tier` and the source `crm`.
fn in_checks(text: &str) -> String {
    let hub = b"name: Shop\nattributes:\n  loyalty_tier: { type: category }\n";
    let crm = b"files: hub.yaml\ncolumns: { nr: source_id, naam: full_name }\n";
    said(&[
        ("hub.yaml", hub),
        ("sources/crm.yaml", crm),
        ("checks/a.yaml", dedented(text).as_bytes()),
    ])
}

/// What is said about the repairs of the source `crm`.
fn in_repairs(text: &str) -> String {
    let crm = b"files: hub.yaml\ncolumns: { nr: source_id, naam: full_name, plaats: city, nota: ignored }\n";
    said(&[
        ("hub.yaml", b"name: Shop\n"),
        ("sources/crm.yaml", crm),
        ("repairs/crm.yaml", dedented(text).as_bytes()),
    ])
}

/// A fixture without the indentation that it has in this file.
fn dedented(text: &str) -> String {
    let Some(lines) = text.strip_prefix('\n') else { return text.to_owned() };
    let indentation = lines.len() - lines.trim_start().len();
    let line = |line: &str| line.get(indentation..).unwrap_or_default().to_owned() + "\n";
    lines.lines().map(line).collect()
}

#[test]
fn a_hub_without_mistakes() {
    assert_eq!(in_hub("name: Shop\n"), "");
    assert_eq!(in_source("files: crm.csv\ncolumns: { nr: source_id, naam: full_name }\n"), "");
}

#[test]
fn the_hub_has_no_name() {
    assert_snapshot!(in_hub("language: nl\n"), @"
    hub.yaml: the hub has no name
      hint: add `name: My customers`
    ");
}

#[test]
fn an_empty_file() {
    assert_snapshot!(in_hub(""), @"
    hub.yaml: the hub has no name
      hint: add `name: My customers`
    ");
}

#[test]
fn an_unknown_key() {
    assert_snapshot!(in_hub("
        name: Shop
        langage: nl
    "), @"
    hub.yaml:2:1: unknown key `langage`
      hint: did you mean `language`?
    ");
}

#[test]
fn a_key_like_no_other() {
    assert_snapshot!(in_hub("
        name: Shop
        colour: red
    "), @"
    hub.yaml:2:1: unknown key `colour`
      hint: the keys here are `name`, `language`, `country`, `database`, `attributes`, `matching`, `survivorship`, `quality`, `entry`
    ");
}

#[test]
fn a_key_that_comes_twice() {
    assert_snapshot!(in_hub("
        name: Shop
        name: Store
    "), @"
    hub.yaml:2:1: `name` stands here twice
      hint: it is on line 1 too; keep one of the two
    ");
}

#[test]
fn a_list_where_a_mapping_must_be() {
    assert_snapshot!(in_hub("- name: Shop\n"), @"
    hub.yaml:1:1: `hub.yaml` holds a list where a mapping must be
      hint: write lines of the form `key: value`
    ");
}

#[test]
fn a_mapping_where_a_value_must_be() {
    assert_snapshot!(in_hub("
        name:
          en: Shop
    "), @"
    hub.yaml:2:3: `name` holds a mapping where a single value must be
      hint: write `name: …` on one line
    ");
}

#[test]
fn an_unknown_language() {
    assert_snapshot!(in_hub("
        name: Shop
        language: fr
    "), @"
    hub.yaml:2:11: unknown language `fr`
      hint: write one of `en`, `nl`
    ");
}

#[test]
fn a_language_by_its_name() {
    assert_snapshot!(in_hub("
        name: Shop
        language: Dutch
    "), @"
    hub.yaml:2:11: unknown language `Dutch`
      hint: did you mean `nl`?
    ");
}

#[test]
fn an_unknown_country() {
    assert_snapshot!(in_hub("
        name: Shop
        country: UK
    "), @"
    hub.yaml:2:10: unknown country `UK`
      hint: did you mean `GB`?
    ");
}

#[test]
fn a_country_that_is_none() {
    assert_snapshot!(in_hub("
        name: Shop
        country: XX
    "), @"
    hub.yaml:2:10: unknown country `XX`
      hint: write the two letters of ISO 3166, such as `NL`, `BE` or `DE`
    ");
}

#[test]
fn a_tab_indents() {
    assert_snapshot!(in_hub("name: Shop\nmatching:\n\treview_band: 6\n"), @"
    hub.yaml:3:1: a tab indents this line
      hint: YAML is indented with spaces: put two spaces for each tab
    ");
}

#[test]
fn quotes_that_do_not_close() {
    assert_snapshot!(in_hub(r#"
        name: "Shop
        language: nl
    "#), @"
    hub.yaml:2:1: this is not YAML: invalid indentation in multiline quoted scalar
      hint: close the quotes that are opened on this line or above
    ");
}

#[test]
fn a_bracket_that_does_not_close() {
    assert_snapshot!(in_hub("
        name: Shop
        survivorship:
          default: [trust, recency
    "), @"
    hub.yaml:3:12: this is not YAML: unclosed bracket '['
      hint: close each `[` with `]`, and each `{` with `}`
    ");
}

#[test]
fn a_colon_within_text() {
    assert_snapshot!(in_hub("name: Shop: the best\n"), @"
    hub.yaml:1:11: this is not YAML: mapping values are not allowed in this context
      hint: put a text that holds `: ` between quotes
    ");
}

#[test]
fn a_percentage_as_a_rate() {
    assert_snapshot!(in_hub("
        name: Shop
        matching:
          false_discovery_rate: 1%
    "), @"
    hub.yaml:3:25: `false_discovery_rate` cannot be `1%`
      hint: write a share between 0 and 0.5: 0.01 is one wrong link in a hundred
    ");
}

#[test]
fn a_rate_beyond_sense() {
    assert_snapshot!(in_hub("
        name: Shop
        matching:
          false_discovery_rate: 1
    "), @"
    hub.yaml:3:25: `false_discovery_rate` cannot be `1`
      hint: write a share between 0 and 0.5: 0.01 is one wrong link in a hundred
    ");
}

#[test]
fn a_probability_as_a_threshold() {
    assert_snapshot!(in_hub("
        name: Shop
        matching:
          link_threshold: 0.95
    "), @"
    hub.yaml:3:19: warning: `link_threshold` links at 0.95 bits, which is hardly any evidence
      hint: the threshold is in bits, not a probability: 12 bits are odds of 4096 to 1
    ");
}

#[test]
fn a_threshold_beyond_sense() {
    assert_snapshot!(in_hub("
        name: Shop
        matching: { link_threshold: 5000, review_band: -2 }
    "), @"
    hub.yaml:2:29: `link_threshold` cannot be `5000`
      hint: write a number of bits from 0 to 100: each bit doubles the odds
    hub.yaml:2:48: `review_band` cannot be `-2`
      hint: write a number of bits from 0 to 100: each bit doubles the odds
    ");
}

#[test]
fn a_gate_that_cannot_be() {
    assert_snapshot!(in_hub("
        name: Shop
        matching:
          gate: { single_valued: [birthdate], confirmed_by: 0, large: many }
    "), @"
    hub.yaml:3:27: unknown attribute `birthdate`
      hint: did you mean `birth_date`?
    hub.yaml:3:53: `confirmed_by` cannot be `0`
      hint: write a whole number from 1 to 100
    hub.yaml:3:63: `large` cannot be `many`
      hint: write a whole number of records from 1 to 100, or 0 for never
    ");
    assert_snapshot!(in_hub("
        name: Shop
        matching: { gate: shut }
    "), @"
    hub.yaml:2:19: `gate` cannot be `shut`
      hint: write `off`, or `{ single_valued: [birth_date], large: 5 }`
    ");
}

#[test]
fn a_threshold_beside_a_rate() {
    assert_snapshot!(in_hub("
        name: Shop
        matching:
          false_discovery_rate: 0.02
          link_threshold: 12
    "), @"
    hub.yaml:3:25: warning: `false_discovery_rate` has no effect beside `link_threshold`
      hint: remove one of the two
    ");
}

#[test]
fn an_unknown_rule() {
    assert_snapshot!(in_hub("
        name: Shop
        survivorship:
          default: [validty, newest, coolness]
    "), @"
    hub.yaml:3:13: unknown survivorship rule `validty`
      hint: did you mean `validity`?
    hub.yaml:3:22: unknown survivorship rule `newest`
      hint: did you mean `recency`?
    hub.yaml:3:30: unknown survivorship rule `coolness`
      hint: write one of `validity`, `trust`, `recency`, `frequency`, `completeness`
    ");
}

#[test]
fn a_ladder_without_rules() {
    assert_snapshot!(in_hub("
        name: Shop
        survivorship:
          default: []
    "), @"
    hub.yaml:3:3: `default` has no rule by which a value wins
      hint: write `default: [validity, trust, recency]`, for example
    ");
}

#[test]
fn a_rule_that_comes_twice() {
    assert_snapshot!(in_hub("
        name: Shop
        survivorship:
          email: [trust, recency, trust]
    "), @"
    hub.yaml:3:27: warning: `trust` stands here twice
      hint: the first one decides; remove this one
    ");
}

#[test]
fn a_ladder_for_an_unknown_attribute() {
    assert_snapshot!(in_hub("
        name: Shop
        survivorship:
          e-mail: [trust]
          shoe_size: [trust]
    "), @"
    hub.yaml:3:3: unknown attribute `e-mail`
      hint: did you mean `email`?
    hub.yaml:4:3: unknown attribute `shoe_size`
      hint: declare it in hub.yaml, under `attributes`: `shoe_size: category`
    ");
}

#[test]
fn a_ladder_for_a_part_of_a_group() {
    assert_snapshot!(in_hub("
        name: Shop
        survivorship:
          street: [trust]
    "), @"
    hub.yaml:3:3: `street` survives with its group `address`
      hint: set the ladder of `address`: a street with another source's number is no address
    ");
}

#[test]
fn an_attribute_without_a_type() {
    assert_snapshot!(in_hub("
        name: Shop
        attributes:
          tier: { label: Tier }
    "), @"
    hub.yaml:3:3: the attribute `tier` has no type
      hint: add `type: category`, for example
    ");
}

#[test]
fn an_attribute_by_its_type_only() {
    assert_eq!(in_hub("name: Shop\nattributes: { tier: category }\n"), "");
}

#[test]
fn an_attribute_of_a_type_that_is_built_in() {
    assert_snapshot!(in_hub("
        name: Shop
        attributes:
          work_email: { type: email }
    "), @"
    hub.yaml:3:23: an attribute of your own cannot be of type `email`
      hint: write one of `identifier`, `category`, `flag`, `date`, `number`, `text`
    ");
}

#[test]
fn a_built_in_attribute_with_a_type() {
    assert_snapshot!(in_hub("
        name: Shop
        attributes:
          email: { type: text, owner: Sales }
    "), @"
    hub.yaml:3:18: the attribute `email` is built in and has its type
      hint: leave `type` out, or give your attribute another name
    ");
}

#[test]
fn an_attribute_with_a_reserved_name() {
    assert_snapshot!(in_hub("
        name: Shop
        attributes:
          address: { type: text }
          2nd tier: { type: text }
    "), @"
    hub.yaml:3:3: an attribute cannot be called `address`
      hint: `address` has a meaning under `survivorship`; write `customer_address`, for example
    hub.yaml:4:3: an attribute cannot be called `2nd tier`
      hint: use letters, digits and `_`, and start with a letter
    ");
}

#[test]
fn an_unknown_privacy_class() {
    assert_snapshot!(in_hub("
        name: Shop
        attributes:
          tier: { type: category, privacy: secret, collected: maybe }
    "), @"
    hub.yaml:3:36: unknown privacy class `secret`
      hint: write one of `public`, `internal`, `personal`, `special`
    hub.yaml:3:55: `collected` cannot be `maybe`
      hint: write `true` or `false`
    ");
}

#[test]
fn a_label_in_another_language() {
    assert_snapshot!(in_hub("
        name: Shop
        attributes:
          tier: { type: category, label: { fr: Niveau } }
    "), @"
    hub.yaml:3:36: unknown key `fr`
      hint: the keys here are `en`, `nl`
    ");
}

#[test]
fn a_source_without_files() {
    assert_snapshot!(in_source("columns: { nr: source_id, naam: full_name }\n"), @"
    sources/crm.yaml: the source has no files
      hint: add `files: [../data/crm*.csv]`; paths start at the hub's folder
    ");
}

#[test]
fn a_source_without_columns() {
    assert_snapshot!(in_source("files: crm.csv\n"), @"
    sources/crm.yaml: warning: no column is mapped, so nothing will match
      hint: add `columns:` with a line `header: semantic_type` for each column
    ");
}

#[test]
fn an_empty_source() {
    assert_snapshot!(in_source(""), @"
    sources/crm.yaml: the source has no files
      hint: add `files: [../data/crm*.csv]`; paths start at the hub's folder
    sources/crm.yaml: warning: no column is mapped, so nothing will match
      hint: add `columns:` with a line `header: semantic_type` for each column
    ");
}

#[test]
fn an_unknown_key_of_a_source() {
    assert_snapshot!(in_source("file: crm.csv\n"), @"
    sources/crm.yaml: warning: no column is mapped, so nothing will match
      hint: add `columns:` with a line `header: semantic_type` for each column
    sources/crm.yaml:1:1: unknown key `file`
      hint: did you mean `files`?
    ");
}

#[test]
fn a_pattern_that_needs_quotes() {
    assert_snapshot!(in_source("files: *.csv\n"), @r#"
    sources/crm.yaml:1:8: this is not YAML: alias references unknown anchor
      hint: put a text that starts with `*` between quotes: "*…"
    "#);
}

#[test]
fn a_file_that_is_not_there() {
    assert_snapshot!(in_source("
        files: [crm.csv, data/crm*.txt]
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:1:18: warning: no file matches `data/crm*.txt`
      hint: paths start at the hub's folder, so this is HUB/data/crm*.txt
    ");
}

#[test]
fn standard_input_instead_of_a_file() {
    assert_snapshot!(in_source("
        files: [crm.csv, '-']
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:1:18: standard input cannot be a source: each load reads it again
      hint: save what comes through the pipe to a file, and name that file
    ");
}

#[test]
fn a_folder_instead_of_a_file() {
    assert_snapshot!(in_source("
        files: sources
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:1:8: warning: `sources` is a folder, not a file
      hint: add a pattern: `sources/*.csv`
    ");
}

#[test]
fn a_pattern_that_is_none() {
    assert_snapshot!(in_source(r#"
        files: "crm[.csv"
        columns: { nr: source_id, naam: full_name }
    "#), @"
    sources/crm.yaml:1:8: `crm[.csv` is no file pattern: invalid range pattern
      hint: `*` stands for any characters, `?` for one, `[ab]` for one of these
    ");
}

#[test]
fn an_unknown_kind_of_file() {
    assert_snapshot!(in_source("
        files: crm.csv
        format: { kind: tsv }
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:2:17: unknown kind of file `tsv`
      hint: did you mean `csv`?
    ");
}

#[test]
fn a_kind_of_file_that_is_not_read() {
    assert_snapshot!(in_source("
        files: crm.csv
        format: { kind: xlsx }
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:2:17: unknown kind of file `xlsx`
      hint: write one of `csv`, `json`, `json_lines`, `parquet`
    ");
}

#[test]
fn a_delimiter_of_two_characters() {
    assert_snapshot!(in_source(r#"
        files: crm.csv
        format: { delimiter: "||" }
        columns: { nr: source_id, naam: full_name }
    "#), @r#"
    sources/crm.yaml:2:22: `delimiter` must be one character, not `||`
      hint: write `";"`, `","`, `"|"` or `tab`
    "#);
}

#[test]
fn an_unknown_encoding() {
    assert_snapshot!(in_source("
        files: crm.csv
        format: { encoding: windows-1255x }
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:2:21: unknown encoding `windows-1255x`
      hint: did you mean `windows-1252`?
    ");
}

#[test]
fn an_encoding_like_no_other() {
    assert_snapshot!(in_source("
        files: crm.csv
        format: { encoding: ANSI }
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:2:21: unknown encoding `ANSI`
      hint: leave it out to have it found out; often it is `windows-1252`
    ");
}

#[test]
fn a_format_that_contradicts_itself() {
    assert_snapshot!(in_source(r#"
        files: crm.csv
        format: { kind: parquet, delimiter: ";", records: data }
        columns: { nr: source_id, naam: full_name }
    "#), @"
    sources/crm.yaml:2:37: warning: `delimiter` has no meaning for this kind of file
      hint: remove it, or write `kind: csv`
    sources/crm.yaml:2:51: warning: `records` has no meaning for this kind of file
      hint: remove it, or write `kind: json`
    ");
}

#[test]
fn an_unknown_delivery() {
    assert_snapshot!(in_source("
        files: crm.csv
        delivery: delta
        party: company
        dates: mdy
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:2:11: unknown delivery `delta`
      hint: did you mean `changes`?
    sources/crm.yaml:3:8: unknown party `company`
      hint: did you mean `organisation`?
    sources/crm.yaml:4:8: unknown order of dates `mdy`
      hint: write one of `day_first`, `month_first`
    ");
}

#[test]
fn trust_beyond_its_range() {
    assert_snapshot!(in_source("
        files: crm.csv
        trust: 120
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:2:8: `trust` cannot be `120`
      hint: write a whole number from 0 to 100; 50 is in the middle
    ");
}

#[test]
fn trust_in_words() {
    assert_snapshot!(in_source("
        files: crm.csv
        trust: high
        columns: { nr: source_id, naam: full_name }
    "), @"
    sources/crm.yaml:2:8: `trust` cannot be `high`
      hint: write a whole number from 0 to 100; 50 is in the middle
    ");
}

#[test]
fn an_unknown_semantic_type() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          naam: given_nme
          pc: zip_code
          maat: shoe_size
    "), @"
    sources/crm.yaml:4:9: unknown semantic type `given_nme`
      hint: did you mean `given_name`?
    sources/crm.yaml:5:7: unknown semantic type `zip_code`
      hint: did you mean `postcode`?
    sources/crm.yaml:6:9: unknown semantic type `shoe_size`
      hint: docs/hub-model.md lists all semantic types; `ignored` leaves a column alone
    ");
}

#[test]
fn a_column_without_a_type() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          naam:
          tel: { slot: 1 }
          mail: email
    "), @"
    sources/crm.yaml:4:7: the column `naam` has no semantic type
      hint: write `ignored` to leave the column alone
    sources/crm.yaml:5:8: the column `tel` has no semantic type
      hint: add `type: …`; `type: ignored` leaves the column alone
    ");
}

#[test]
fn a_column_without_an_attribute() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          naam: full_name
          segment: category
    "), @"
    sources/crm.yaml:5:12: the type `category` does not tell which attribute the column fills
      hint: write `segment: { type: category, attribute: … }`, and declare the attribute in hub.yaml
    ");
}

#[test]
fn an_unknown_attribute() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          naam: full_name
          tier: { type: category, attribute: loyalty_teir }
          maat: { type: number, attribute: shoe_size }
    "), @"
    sources/crm.yaml:5:38: unknown attribute `loyalty_teir`
      hint: did you mean `loyalty_tier`?
    sources/crm.yaml:6:36: unknown attribute `shoe_size`
      hint: declare it in hub.yaml, under `attributes`: `shoe_size: category`
    ");
}

#[test]
fn an_attribute_of_another_type() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          naam: full_name
          tier: { type: number, attribute: loyalty_tier }
          mail: { type: text, attribute: email }
    "), @"
    sources/crm.yaml:5:36: the attribute `loyalty_tier` holds values of type `category`, the column of type `number`
      hint: give both the same type: here `type: category`, or the other one in hub.yaml
    sources/crm.yaml:6:34: the attribute `email` holds values of type `email`, the column of type `text`
      hint: the attribute is built in: write `type: email` without `attribute`, or use another attribute
    ");
}

#[test]
fn an_attribute_that_is_not_needed() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          mail: { type: email, attribute: email }
    "), @"
    sources/crm.yaml:4:35: the type `email` already tells what the column fills
      hint: remove `attribute`
    ");
}

#[test]
fn a_slot_beyond_the_last() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          tel: { type: phone, slot: 16 }
    "), @"
    sources/crm.yaml:4:29: `slot` cannot be `16`
      hint: write a whole number from 0, the first address, phone or e-mail, to 15
    ");
}

#[test]
fn two_record_keys() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          id: source_id
          naam: full_name
    "), @"
    sources/crm.yaml:4:3: a source has one `source_id`: it is `nr`, on line 3
      hint: decide which it is; for the other write `{ type: identifier, attribute: … }` or `ignored`
    ");
}

#[test]
fn no_record_key() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          naam: full_name
    "), @"
    sources/crm.yaml:3:3: warning: no column is the `source_id`: a changed record will look like a new one
      hint: give the type `source_id` to the column that holds the key of the record
    ");
}

#[test]
fn nothing_to_match_by() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          m_v: gender
    "), @"
    sources/crm.yaml:3:3: warning: no column tells customers apart, so nothing will match
      hint: map a name, an address, an e-mail, a phone or a number, such as `naam: full_name`
    ");
}

#[test]
fn two_addresses_in_one_slot() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          straat: street
          straat2: street
          postcode: postcode
          postcode2: { type: postcode, slot: 1 }
    "), @"
    sources/crm.yaml:5:3: warning: `straat` and `straat2` are both the `street` of one address
      hint: if it is a second address, write `{ type: street, slot: 1 }`
    ");
}

#[test]
fn a_column_that_comes_twice() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          naam: full_name
          naam: family_name
    "), @"
    sources/crm.yaml:5:3: `naam` stands here twice
      hint: it is on line 4 too; keep one of the two
    ");
}

#[test]
fn a_key_that_is_a_list() {
    assert_snapshot!(in_source("
        files: crm.csv
        columns:
          nr: source_id
          naam: full_name
          [a, b]: email
    "), @"
    sources/crm.yaml:5:3: a key must be text
      hint: write `key: value`
    ");
}

#[test]
fn no_hub() {
    assert_snapshot!(said(&[]), @"
    hub.yaml: there is no hub.yaml in HUB
      hint: `karat init FILE… --hub HUB` writes one
    ");
}

#[test]
fn a_hub_without_sources() {
    assert_snapshot!(said(&[("hub.yaml", b"name: Shop")]), @"
    hub.yaml: warning: the hub has no sources
      hint: describe each source system in a file sources/<name>.yaml
    ");
}

#[test]
fn a_file_that_is_no_text() {
    assert_snapshot!(said(&[("hub.yaml", b"name: Caf\xe9"), ("sources/crm.yaml", b"\xff\xfe")]), @"
    hub.yaml: the file is not UTF-8 text
      hint: save it as UTF-8
    sources/crm.yaml: the file is not UTF-8 text
      hint: save it as UTF-8
    ");
}

#[test]
fn two_files_for_one_source() {
    let crm = b"files: hub.yaml\ncolumns: { nr: source_id, naam: full_name }\n";
    let files: [(&str, &[u8]); 4] = [
        ("hub.yaml", b"name: Shop"),
        ("sources/crm.yaml", crm),
        ("sources/crm.yml", crm),
        ("sources/Web shop.yaml", crm),
    ];
    assert_snapshot!(said(&files), @"
    sources/Web shop.yaml: warning: the source is called `web_shop`
      hint: rename the file to web_shop.yaml, so that the two agree
    sources/crm.yml: there is another file for the source `crm`
      hint: keep one of the two; the name of the file is the name of the source
    ");
}

#[test]
fn mistakes_in_several_files_are_told_at_once() {
    let files: [(&str, &[u8]); 3] = [
        ("hub.yaml", b"name: Shop\ncountry: UK\nlanguage: de\n"),
        (
            "sources/crm.yaml",
            b"files: hub.yaml\ntrust: 101\ncolumns:\n  nr: sourceid\n  naam: name\n",
        ),
        ("sources/web.yaml", b"files: hub.yaml\ncolumns: [a]\n"),
    ];
    assert_snapshot!(said(&files), @"
    hub.yaml:2:10: unknown country `UK`
      hint: did you mean `GB`?
    hub.yaml:3:11: unknown language `de`
      hint: write one of `en`, `nl`
    sources/crm.yaml:2:8: `trust` cannot be `101`
      hint: write a whole number from 0 to 100; 50 is in the middle
    sources/crm.yaml:4:7: unknown semantic type `sourceid`
      hint: did you mean `source_id`?
    sources/crm.yaml:5:9: unknown semantic type `name`
      hint: did you mean `full_name`?
    sources/web.yaml:2:10: `columns` holds a list where a mapping must be
      hint: write lines of the form `key: value`
    ");
}

#[test]
fn mistakes_in_the_hub_do_not_make_mistakes_of_its_sources() {
    let files: [(&str, &[u8]); 2] = [
        ("hub.yaml", b"name: Shop\nattributes:\n  tier: { type: categry }\n"),
        ("sources/crm.yaml", b"files: hub.yaml\ncolumns:\n  nr: source_id\n  naam: full_name\n  tier: { type: category, attribute: tier }\n"),
    ];
    assert_snapshot!(said(&files), @"
    hub.yaml:3:17: unknown semantic type `categry`
      hint: did you mean `category`?
    ");
}

#[test]
fn only_errors_keep_a_hub_from_being_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |text: &str| fs::write(folder.path().join("hub.yaml"), text).unwrap();
    write("name: Shop\n");
    assert_eq!(check(folder.path()).len(), 1);
    assert_eq!(read(folder.path()).unwrap().name, "Shop");
    write("name: Shop\ncountry: UK\n");
    assert_eq!(read(folder.path()).unwrap_err().0, check(folder.path()));
    assert!(read(Path::new("no/such/folder")).is_err());
}

#[test]
fn checks_without_mistakes() {
    assert_eq!(in_checks(""), "");
    let all = "
        standard: true
        checks:
          reachable: { on: customers, of: person, attributes: [email, phone], group_complete: any,
            severity: error, dimension: completeness, pass_min: 98 %, weight: 2, cost: 4.50,
            owner: Customer care, message: { en: We cannot reach them., nl: Onbereikbaar. } }
          postcode_form_nl: { attributes: postcode, format: postcode }
          mobile_only: { attributes: phone, phone_type: [mobile], values: any, sources: [crm] }
          adult: { of: person, attributes: birth_date, age_between: { min: 18, max: 120 } }
          kvk_when_bv: { of: organisation, attributes: kvk_number, required_if: \"legal_form in ['BV', 'NV']\" }
          tier_known: { attributes: loyalty_tier, in_set: [Gold, Silver, NO] }
          one_iban_few: { attributes: iban, shared_identifier: { max: 3 } }
          unique_number: { on: records, attributes: kvk_number, unique_key: true }
          address_fresh: { attributes: street, current: 80 % }
          gold_has_mobile: { only_if: \"loyalty_tier == 'Gold'\", expression: \"phone.exists(p, p.startsWith('+316'))\" }
          crm_daily: { on: deliveries, sources: [crm], freshness: 26h }
          crm_volume: { sources: [crm], volume: { drop_max: 20 % } }
          described_too: { has_definition: true }
        uses:
          letters: { label: { en: Letters, nl: Brieven }, needs: [name_known, reachable] }
        kinds:
          prospect: { needs: [reachable], of: person }
    ";
    assert_eq!(in_checks(all), "");
}

#[test]
fn a_check_that_requires_nothing_or_two_things() {
    assert_snapshot!(in_checks("
        checks:
          a: { attributes: email }
          b: { attributes: email, present: true, format: email }
          c: { attributes: email, presnt: true }
          d: { attributes: email, present: false }
          e: { present: true }
    "), @"
    checks/a.yaml:2:6: the check `a` requires nothing
      hint: add one requirement, such as `present: true` or `format: email`
    checks/a.yaml:3:42: `b` has two requirements: `present` and `format`
      hint: make a check of each; a condition is `only_if`
    checks/a.yaml:4:27: unknown key `presnt`
      hint: did you mean `present`?
    checks/a.yaml:5:36: `present` cannot be `false`
      hint: write `present: true`; to require nothing, leave the check out
    checks/a.yaml:6:6: `e` does not say of which attributes
      hint: add `attributes: email`, for example, beside `present`
    ");
}

#[test]
fn names_that_are_not_there() {
    assert_snapshot!(in_checks("
        checks:
          a: { attributes: emial, present: true }
          b: { attributes: email, sources: [crn], present: true }
          c: { attributes: email, format: emale }
          d: { attributes: email, of: persons, present: true }
          Reachable: { attributes: email, present: true }
          f: { date_order: { before: birth_date } }
          g: { attributes: email, referential: { source: erp, attribute: email } }
    "), @"
    checks/a.yaml:2:20: unknown attribute `emial`
      hint: did you mean `email`?
    checks/a.yaml:3:37: unknown source `crn`
      hint: did you mean `crm`?
    checks/a.yaml:4:35: unknown semantic type `emale`
      hint: docs/hub-model.md lists all semantic types; `ignored` leaves a column alone
    checks/a.yaml:5:31: unknown entity type `persons`
      hint: did you mean `person`?
    checks/a.yaml:6:3: `Reachable` cannot be a name here
      hint: use lower-case letters, digits and `_`, and start with a letter
    checks/a.yaml:7:8: `date_order` does not say `after`
      hint: add `after`; docs/checks/date_order.md has an example
    checks/a.yaml:8:50: unknown source `erp`
      hint: the sources are `crm`
    ");
}

#[test]
fn arguments_that_make_no_sense() {
    assert_snapshot!(in_checks("
        checks:
          a: { attributes: email, length: { } }
          b: { attributes: email, length: { min: 5, max: 3 } }
          c: { attributes: street, current: 0.8 }
          d: { attributes: email, max_age: 30 }
          e: { attributes: email, regex: 'a(' }
          f: { attributes: email, in_set: [] }
          g: { attributes: email, format: source_id }
          h: { attributes: email, pass_min: 98, present: true }
          i: { on: records, duplicate_cluster: { from: 8 } }
          j: { attributes: email, unique_key: true, on: deliveries }
    "), @"
    checks/a.yaml:2:27: `length` has no bound
      hint: write `{ min: 1, max: 10 }`, or one of them
    checks/a.yaml:3:27: `length` has a `min` above its `max`
      hint: swap the two
    checks/a.yaml:4:37: `current` cannot be `0.8`
      hint: write a percentage from 0 % to 100 %, such as `98 %`
    checks/a.yaml:5:36: `max_age` cannot be `30`
      hint: write days, weeks, months or years: `30d`, `6w`, `18m`, `2y`
    checks/a.yaml:6:27: `regex`: this is no regular expression: unclosed group
      hint: escape `.`, `+`, `(` and the like with a backslash where they mean themselves
    checks/a.yaml:7:27: `in_set` lists no value
      hint: write `in_set: [Gold, Silver]`
    checks/a.yaml:8:27: `format` names a type that says something of the record, not of a value
      hint: write `format: postcode`, for example
    checks/a.yaml:9:37: `pass_min` cannot be `98`
      hint: write a percentage from 0 % to 100 %, such as `98 %`
    checks/a.yaml:10:12: `duplicate_cluster` cannot be required of `records`
      hint: leave `on` out, or write `on: customers`
    checks/a.yaml:11:49: `unique_key` cannot be required of `deliveries`
      hint: leave `on` out, or write `on: both`
    ");
}

#[test]
fn expressions_that_cannot_be_understood() {
    assert_snapshot!(in_checks("
        checks:
          a: { attributes: email, present: true, only_if: \"citty == 'Ede'\" }
          b: { expression: \"city = 'Ede'\" }
          c: { attributes: email, required_if: \"startWith(city, 'E')\" }
    "), @"
    checks/a.yaml:2:51: `only_if`: unknown attribute `citty`
      hint: did you mean `city`?
    checks/a.yaml:3:8: `expression`: this is no CEL: token recognition error at: '= ', near character 7
      hint: write a condition such as `loyalty_tier == 'Gold'`, with texts in single quotes
    checks/a.yaml:4:27: `required_if`: unknown function `startWith`
      hint: did you mean `startsWith`?
    ");
}

#[test]
fn uses_of_checks_that_are_not_there() {
    assert_snapshot!(in_checks("
        checks:
          only_records: { on: records, attributes: email, present: true }
        uses:
          letters: { needs: [name_knwon] }
          calls: { needs: [only_records] }
          nothing: { label: Nothing }
    "), @"
    checks/a.yaml:4:22: unknown check `name_knwon`
      hint: did you mean `name_known`?
    checks/a.yaml:5:20: `only_records` is made on records, not on customers
      hint: name checks of customers: whether a customer is fit hangs on its own values
    checks/a.yaml:6:3: `nothing` needs no check
      hint: add `needs: [reachable]`, with the names of checks
    ");
    // A check that is wrong itself may be the one that is needed.
    assert_snapshot!(in_checks("
        checks:
          mine: { attributes: email }
        uses:
          letters: { needs: [mine] }
    "), @"
    checks/a.yaml:2:9: the check `mine` requires nothing
      hint: add one requirement, such as `present: true` or `format: email`
    ");
}

#[test]
fn a_check_in_two_files() {
    let hub = b"name: Shop\n";
    let crm = b"files: hub.yaml\ncolumns: { nr: source_id, naam: full_name }\n";
    let check = b"checks:\n  mine: { attributes: email, present: true }\n";
    assert_snapshot!(said(&[
        ("hub.yaml", hub),
        ("sources/crm.yaml", crm),
        ("checks/a.yaml", check),
        ("checks/b.yaml", check),
    ]), @"
    checks/b.yaml:2:3: another check is called `mine`
      hint: it is on line 2 of checks/a.yaml; give one another name
    ");
    assert_snapshot!(said(&[
        ("hub.yaml", hub),
        ("sources/crm.yaml", crm),
        ("checks/a.yaml", b"checks:\n  placeholder: { attributes: email, present: true }\n" as &[u8]),
    ]), @"
    checks/a.yaml:2:3: a finding of cleaning is called `placeholder`
      hint: both are told by their names; give the check another one
    ");
}

#[test]
fn quality_that_counts_wrong() {
    assert_snapshot!(in_hub("
        name: Shop
        quality: { weights: { completness: 2, accuracy: 1000 }, value: email }
        attributes: { street: { criticality: 3 } }
    "), @"
    hub.yaml:2:23: unknown dimension `completness`
      hint: did you mean `completeness`?
    hub.yaml:2:49: `accuracy` cannot be `1000`
      hint: write a whole number from 0 (does not count) to 100; 1 is usual
    hub.yaml:2:64: `email` is no number
      hint: name an attribute of type `number`, such as turnover
    hub.yaml:3:38: `criticality` cannot be `3`
      hint: write 0 (does not count), 1, 2, or 4 (critical)
    ");
}

#[test]
fn entry_that_lets_nobody_in() {
    assert_snapshot!(in_hub("
        name: Shop
        entry: { policy: hard, duplicates_from: many, origins: [shop.example, 'https://a.example', 'https://a.example'], reason_codes: [Urgent] }
    "), @"
    hub.yaml:2:18: unknown entry policy `hard`
      hint: did you mean `strict`?
    hub.yaml:2:41: `duplicates_from` cannot be `many`
      hint: write a number of bits from 0 to 100: each bit doubles the odds
    hub.yaml:2:57: `shop.example` is no origin of a site
      hint: write scheme and host, and a port if it is unusual: `https://shop.example`
    hub.yaml:2:92: warning: `https://a.example` stands here twice
      hint: remove one of the two
    hub.yaml:2:129: `Urgent` cannot be a reason code
      hint: use lower-case letters, digits and `_`, and start with a letter
    ");
}

#[test]
fn an_entry_policy_without_mistakes() {
    assert_eq!(in_hub("
        name: Shop
        entry: { policy: strict, duplicates_from: 8, origins: ['https://shop.example'], reason_codes: [urgent] }
    "), "");
}

#[test]
fn feedback_that_reaches_nobody() {
    let of = |feedback: &str| {
        in_source(&format!(
            "files: crm.csv\ncolumns: {{ nr: source_id, naam: full_name }}\nfeedback: {feedback}\n"
        ))
    };
    assert_eq!(of("{ owner: Sales, severity_min: error, rules: [invalid_email] }"), "");
    assert_eq!(of("{ url: 'http://127.0.0.1:8080/karat' }"), "");
    assert_eq!(of("{ url: 'https://crm.example/karat' }"), "");
    let wrong = [
        "{ route: mail, severity_min: warn, rules: [invalid_emial, 'x y'], uri: a }",
        "{ route: webhook, rules: [reachable] }",
        "{ route: work_list, url: 'http://localhost/' }",
        "{ url: 'ftp://crm.example' }",
        "{ url: 'http://eva:secret@crm.example' }",
        "{ url: 'http://crm.example/karat' }",
    ];
    assert_snapshot!(wrong.map(of).join("\n"), @"
    sources/crm.yaml:3:20: unknown route `mail`
      hint: write one of `work_list`, `webhook`
    sources/crm.yaml:3:40: unknown severity `warn`
      hint: did you mean `warning`?
    sources/crm.yaml:3:77: unknown key `uri`
      hint: did you mean `url`?
    sources/crm.yaml:3:54: there is no check `invalid_emial`, and no finding is called so
      hint: did you mean `invalid_email`?
    sources/crm.yaml:3:69: there is no check `x y`, and no finding is called so
      hint: docs/checks.md lists the checks, docs/findings.md the codes
    sources/crm.yaml:3:11: the webhook has no `url`
      hint: add `url: https://crm.example/karat`, or the like
    sources/crm.yaml:3:36: a work list is posted nowhere
      hint: remove `url`, or write `route: webhook`
    sources/crm.yaml:3:18: this is no address to post to
      hint: write `https://`, a host and perhaps a port and a path, and no password
    sources/crm.yaml:3:18: this is no address to post to
      hint: write `https://`, a host and perhaps a port and a path, and no password
    sources/crm.yaml:3:18: warning: what is posted can be read on the way to another machine
      hint: write `https://`
    ");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_is_read_as_checks_or_refused(text in "[ a-z{}:,\\[\\]'\"0-9%.\n_-]{0,80}") {
        in_checks(&text);
    }

    #[test]
    fn any_word_takes_any_argument(
        word in proptest::sample::select(karat_model::check::Requirement::WORDS.to_vec()),
        argument in "(true|[a-z]{1,4}|-?[0-9]{1,9}[dhy%]?|\\{ ?(min|max|of|file|from|key): [a-z0-9]{1,3} ?\\}|\\[[a-z, ]{0,5}\\])",
    ) {
        in_checks(&format!("checks:\n  a: {{ attributes: email, {word}: {argument} }}\n"));
    }
}

#[test]
fn repairs_without_mistakes() {
    assert_eq!(in_repairs(""), "");
    assert_eq!(
        in_repairs(
            "
            steps:
              - { id: r1, column: plaats, map: { Adam: Amsterdam }, by: anna, at: 2026-11-23 }
              - { id: r2, column: nota, move: plaats, when: { nota: '^[A-Z]', plaats: '^$' } }
        "
        ),
        ""
    );
}

#[test]
fn repairs_of_a_source_that_is_not_there() {
    let hub = b"name: Shop\n";
    let crm = b"files: hub.yaml\ncolumns: { nr: source_id, naam: full_name }\n";
    let files: [(&str, &[u8]); 3] =
        [("hub.yaml", hub), ("sources/crm.yaml", crm), ("repairs/cmr.yaml", b"steps: []\n")];
    assert_snapshot!(said(&files), @"
    repairs/cmr.yaml: there is no source `cmr`
      hint: is it meant for `crm`? then call it crm.yaml
    ");
}

#[test]
fn steps_that_are_not_whole() {
    assert_snapshot!(in_repairs("
        steps:
          - { column: plaats, trim: true }
          - { id: r1, trim: true }
          - { id: r2, column: plaats }
          - { id: r3, column: plaats, trim: true, clear: true }
          - { id: r4, column: plaats, tirm: true }
          - { id: r5, column: plaats, split: { at: ',' } }
          - { id: 'r 6', column: plaats, trim: true }
          - { id: r7, column: plaats, trim: true, at: today }
    "), @"
    repairs/crm.yaml:2:5: the step has no `id`
      hint: name it, as in `id: r1`: `karat repair undo` takes it out by its name
    repairs/crm.yaml:3:5: the step has no `column`
      hint: name the column of the source that is mended
    repairs/crm.yaml:4:5: the step does nothing
      hint: add one of `replace`, `regex`, `map`, `trim`, `case`, `move`, `swap`, `split`, `clear`, `accept`
    repairs/crm.yaml:5:43: the step does two things: `trim` and `clear`
      hint: make a step of each
    repairs/crm.yaml:6:31: unknown key `tirm`
      hint: did you mean `trim`?
    repairs/crm.yaml:7:38: `split` has no `to`
      hint: add `to: …` to it
    repairs/crm.yaml:8:11: `r 6` cannot be the name of a step
      hint: use letters, digits, `-` and `_`
    repairs/crm.yaml:9:47: `at` cannot be `today`
      hint: write a date such as 2026-11-23
    ");
}

#[test]
fn columns_that_cannot_be_repaired() {
    assert_snapshot!(in_repairs("
        steps:
          - { id: r1, column: plats, trim: true }
          - { id: r2, column: nr, trim: true }
          - { id: r3, column: nota, move: telefoon }
          - { id: r4, column: plaats, trim: true, when: { notaa: x } }
    "), @"
    repairs/crm.yaml:2:23: the source has no column `plats`
      hint: did you mean `plaats`?
    repairs/crm.yaml:3:23: `nr` tells which record it is, and cannot be repaired
      hint: mend ids in the source itself
    repairs/crm.yaml:4:29: the source has no column `telefoon`
      hint: name a column of sources/crm.yaml; one that means nothing there is `ignored`
    repairs/crm.yaml:5:51: the source has no column `notaa`
      hint: did you mean `nota`?
    ");
}

#[test]
fn steps_that_would_not_come_to_rest() {
    assert_snapshot!(in_repairs("
        steps:
          - { id: r1, column: plaats, replace: { text: A, with: AA } }
          - { id: r2, column: plaats, regex: { pattern: '(x)', with: $1a } }
          - { id: r3, column: plaats, map: { A: B, B: C } }
          - { id: r4, column: plaats, case: upper }
          - { id: r4, column: plaats, trim: true }
          - { id: r5, column: plaats, map: { ADAM: Amsterdam } }
          - { id: r6, column: plaats, swap: nota }
          - { id: r7, column: plaats, clear: true, when: '(' }
          - { id: r8, column: plaats, accept: placehoder }
    "), @"
    repairs/crm.yaml:2:31: `replace`: what comes in its place holds the text again, so that it would grow each time
      hint: use `regex` with `^` and `$`, so that only what is to be changed matches
    repairs/crm.yaml:3:31: `regex`: the pattern has no group `1a`
      hint: write `${1}` where a letter or digit follows
    repairs/crm.yaml:4:31: `map`: `A` becomes `B`, which becomes `C` in its turn
      hint: map `A` to where it ends, or leave `B` out
    repairs/crm.yaml:6:5: another step is called `r4`
      hint: it is on line 5; give one another `id`
    repairs/crm.yaml:7:31: `map`: `ADAM` becomes `Amsterdam`, which the step `r4` would change again
      hint: put this step before `r4`
    repairs/crm.yaml:8:31: `swap`: a swap without a condition would swap back when it is done again
      hint: add `when`, with a pattern that the column matches only before it is swapped
    repairs/crm.yaml:9:31: `when`: the pattern is not understood: unclosed group
      hint: write a regular expression between single quotes, such as '^06'; look-around is not known
    repairs/crm.yaml:10:39: unknown finding `placehoder`
      hint: did you mean `placeholder`?
    ");
}

#[test]
fn reference_files_that_are_not_there() {
    let checks = dedented(
        "
        checks:
          a: { attributes: city, ref_table: { file: ../reference/towns.csv, column: town } }
          b: { attributes: city, ref_table: { file: ../reference/town.csv, column: town } }
          c: { attributes: city, ref_table: { file: ../reference/towns.csv, column: towm } }
          d: { attributes: city, ref_table: { file: ../reference/towns.csv, column: code } }
    ",
    );
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("hub.yaml", "name: Shop\n");
    write("sources/crm.yaml", "files: hub.yaml\ncolumns: { nr: source_id, naam: full_name }\n");
    write("reference/towns.csv", "town;country\nEde;NL\nGent;BE\n");
    write("checks/a.yaml", &checks);
    let told = Problems(check(folder.path())).to_string();
    let told = told.replace(&*folder.path().to_string_lossy(), "HUB");
    assert_snapshot!(told, @"
    checks/a.yaml:3:26: the reference file `../reference/town.csv` is not there
      hint: paths start at the folder of the checks, so this is HUB/checks/../reference/town.csv
    checks/a.yaml:4:26: the reference file `../reference/towns.csv` has no column `towm`
      hint: did you mean `town`?
    checks/a.yaml:5:26: the reference file `../reference/towns.csv` has no column `code`
      hint: its columns are town, country
    ");
    // Whether a hub can be opened does not hang on files that only judging needs.
    assert!(read(folder.path()).is_ok());
}
