//! Matching files without a hub: what goes in, and what comes out.

use std::path::PathBuf;

use karat_model::match_settings::{GateSettings, PairScope};
use tempfile::TempDir;

use super::splink::SplinkModel;
use super::*;
use crate::flow::progress::Unwatched;
use crate::hub_model::{MatchFile, MatchFileText, match_text};
use crate::share::Destination;

const HEADER: &str = "klantnr;voornaam;achternaam;geboortedatum;email;segment\n";

/// Invented people, three of them twice: with a typo, with a nickname, with another provider.
const ROWS: [&str; 12] = [
    "101;Anna;Cornelissen;31-01-1980;anna.cornelissen@post.example;A\n",
    "102;Anna;Cornelisen;31-01-1980;anna.cornelissen@post.example;B\n",
    "103;Bram;Dekker;02-11-1955;bram.dekker@post.example;A\n",
    "104;Carla;Evers;17-06-1991;carla.evers@post.example;A\n",
    "105;Carla;Evers;17-06-1991;carla.evers@mail.example;A\n",
    "106;Daan;Faber;09-09-1986;daan.faber@post.example;B\n",
    "107;Eva;Groen;23-12-1949;eva.groen@post.example;B\n",
    "108;Frits;Hendriks;04-04-1999;frits.hendriks@post.example;A\n",
    "109;Greet;Jacobs;12-08-1972;greet.jacobs@post.example;A\n",
    "110;Greet;Jacobs;12-08-1972;greet.jacobs@post.example;B\n",
    "111;Hugo;Kuipers;30-05-1964;hugo.kuipers@post.example;B\n",
    "112;Iris;Laan;19-02-1958;iris.laan@post.example;A\n",
];

/// A folder with files.
struct Files(TempDir);

impl Files {
    fn new(files: &[(&str, String)]) -> Files {
        let folder = Files(tempfile::tempdir().unwrap());
        files.iter().for_each(|(name, text)| std::fs::write(folder.path(name), text).unwrap());
        folder
    }

    /// One file of all rows, and one of the first half, whose records have other ids.
    fn standard() -> Files {
        let shop: String = ROWS[..6].iter().map(|row| row.replacen("1", "w", 1)).collect();
        Files::new(&[
            ("crm.csv", HEADER.to_string() + &ROWS.concat()),
            ("shop.csv", HEADER.to_string() + &shop),
        ])
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn paths(&self, names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(|name| self.path(name)).collect()
    }

    fn matched(&self, names: &[&str], request: &MatchRequest) -> MatchedFiles {
        match_files(&self.paths(names), request, &Unwatched).unwrap()
    }

    fn error(&self, names: &[&str], request: &MatchRequest) -> String {
        match_files(&self.paths(names), request, &Unwatched).err().unwrap().to_string()
    }

    /// The text of a table that is written.
    fn written(&self, write: impl FnOnce(&Destination) -> crate::share::Result<u64>) -> String {
        let path = self.path("written.csv");
        write(&Destination::new(&path, None).unwrap()).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    fn clusters(&self, matched: &MatchedFiles) -> String {
        self.written(|destination| write_clusters(matched, destination))
    }

    fn pairs(&self, matched: &MatchedFiles) -> String {
        self.written(|destination| write_pairs(matched, destination))
    }

    /// The settings that a file with this text gives, or its mistakes.
    fn prepared(&self, yaml: &str) -> Result<Prepared, String> {
        let path = self.path("match.yaml");
        std::fs::write(&path, yaml).unwrap();
        let folder = format!("{}/", self.0.path().display());
        let plain = |error: String| error.replace(&folder, "");
        let file = MatchFile::read(&path).map_err(|problems| plain(problems.to_string()))?;
        let request =
            MatchRequest { given: Given::File(Box::new(file)), ..MatchRequest::default() };
        let files = self.paths(&["crm.csv"]);
        let mut discovered = discover(&files, request.country(), &Unwatched).unwrap();
        prepare(&request, &mut discovered).map_err(|error| plain(error.to_string()))
    }
}

/// The entity id of a record in a table of clusters.
fn entity<'c>(clusters: &'c str, record: &str) -> &'c str {
    let line = clusters.lines().find(|line| line.starts_with(&format!("{record},"))).unwrap();
    line.rsplit_once(',').unwrap().1
}

#[test]
fn records_of_one_customer_have_one_entity_id() {
    let files = Files::standard();
    let clusters = files.clusters(&files.matched(&["crm.csv"], &MatchRequest::default()));
    assert!(clusters.starts_with("source,id,entity_id\ncrm,101,"));
    assert_eq!(clusters.lines().count(), 13);
    assert_eq!(entity(&clusters, "crm,101"), entity(&clusters, "crm,102"));
    assert_eq!(entity(&clusters, "crm,104"), entity(&clusters, "crm,105"));
    assert_ne!(entity(&clusters, "crm,101"), entity(&clusters, "crm,103"));
}

#[test]
fn any_order_of_rows_and_files_gives_the_same_bytes() {
    let files = Files::standard();
    let request = MatchRequest::default();
    let expected = files.matched(&["crm.csv", "shop.csv"], &request);
    let expected = (files.clusters(&expected), files.pairs(&expected));
    let mut turned = ROWS;
    turned.reverse();
    turned.swap(2, 7);
    std::fs::write(files.path("crm.csv"), HEADER.to_string() + &turned.concat()).unwrap();
    let found = files.matched(&["shop.csv", "crm.csv"], &request);
    assert_eq!((files.clusters(&found), files.pairs(&found)), expected);
}

#[test]
fn pairs_tell_whether_they_are_linked_and_together() {
    let files = Files::standard();
    let matched = files.matched(&["crm.csv"], &MatchRequest::default());
    let pairs = files.pairs(&matched);
    let (header, rows) = pairs.split_once('\n').unwrap();
    assert_eq!(
        header,
        "left_source,left_id,right_source,right_id,weight,probability,linked,together"
    );
    let of = |start: &str| rows.lines().find(|row| row.starts_with(start)).unwrap();
    assert!(of("crm,109,crm,110,").ends_with(",true,true"), "{pairs}");
    assert_eq!(rows.lines().count(), matched.types[0].mastered.matched.edges.len());
}

#[test]
fn the_column_of_ids_can_be_named() {
    let files = Files::standard();
    let request = MatchRequest { id_column: Some("email".into()), ..MatchRequest::default() };
    let matched = files.matched(&["crm.csv"], &request);
    assert_eq!(matched.files[0].ids.column.as_deref(), Some("email"));
    assert!(files.clusters(&matched).contains("\ncrm,bram.dekker@post.example,"));
    let request = MatchRequest { id_column: Some("nr".into()), ..MatchRequest::default() };
    assert_eq!(files.error(&["crm.csv"], &request), "no file has a column `nr`");
}

#[test]
fn rows_without_ids_go_by_their_lines() {
    let without_id = |row: &str| row.split_once(';').unwrap().1.to_string();
    let rows: String = ROWS.iter().map(|row| without_id(row)).collect();
    let files = Files::new(&[("list.csv", without_id(HEADER) + &rows)]);
    let matched = files.matched(&["list.csv"], &MatchRequest::default());
    assert_eq!(matched.files[0].ids.column, None);
    let clusters = files.clusters(&matched);
    let ids: Vec<&str> =
        clusters.lines().skip(1).map(|line| line.split(',').nth(1).unwrap()).collect();
    let lines: Vec<String> = (2..=13).map(|line| line.to_string()).collect();
    assert_eq!(ids, lines);
    assert_eq!(entity(&clusters, "list,2"), entity(&clusters, "list,3"));
}

#[test]
fn a_frozen_model_gives_the_same_clusters() {
    let files = Files::standard();
    let learnt = files.matched(&["crm.csv", "shop.csv"], &MatchRequest::default());
    let path = files.path("model.json");
    write_models(&path, &[&learnt.types[0].mastered.model]).unwrap();
    let models = read_models(&path).unwrap();
    assert_eq!(models, [learnt.types[0].mastered.model.clone()]);
    let request = MatchRequest { models, ..MatchRequest::default() };
    let frozen = files.matched(&["crm.csv", "shop.csv"], &request);
    assert!(!frozen.types[0].is_trained && learnt.types[0].is_trained);
    assert_eq!(files.clusters(&frozen), files.clusters(&learnt));
    assert_eq!(files.pairs(&frozen), files.pairs(&learnt));
}

#[test]
fn models_of_other_versions_are_refused() {
    let files = Files::new(&[
        ("old.json", r#"{ "version": 1, "models": "of another shape" }"#.to_string()),
        ("other.json", "{}".to_string()),
    ]);
    let error = |name: &str| read_models(&files.path(name)).unwrap_err();
    assert!(matches!(error("old.json"), Error::OtherModelVersion { version: 1, .. }));
    assert!(matches!(error("other.json"), Error::NoMatchModel { .. }));
    assert!(matches!(error("none.json"), Error::FileNotFound { .. }));
}

#[test]
fn thresholds_can_be_fixed() {
    let files = Files::standard();
    let learnt = files.matched(&["crm.csv"], &MatchRequest::default());
    let fixed = MatchRequest { link_threshold_bits: Some(60.0), ..MatchRequest::default() };
    let matched = files.matched(&["crm.csv"], &fixed);
    assert_eq!(matched.types[0].link_threshold(), Weight::from_bits(60.0));
    assert_eq!(matched.types[0].ids.len(), 12);
    let models = vec![learnt.types[0].mastered.model.clone()];
    let frozen = files.matched(&["crm.csv"], &MatchRequest { models, ..fixed });
    assert_eq!(frozen.types[0].review_threshold(), Weight::from_bits(56.0));
}

#[test]
fn a_gate_can_be_off() {
    let files = Files::standard();
    let gate = |yaml: &str| files.prepared(yaml).unwrap().model.matching.gate;
    assert_eq!(gate("pairs: both\n"), GateSettings::standard());
    assert_eq!(gate("gate: off\n"), GateSettings::off());
    assert_eq!(gate("gate: { large: 9 }\n"), GateSettings { large: 9, ..GateSettings::standard() });
}

#[test]
fn settings_say_what_is_not_to_be_found_out() {
    let files = Files::standard();
    let yaml = "country: BE
id: klantnr
columns:
  segment: ignored
  email: { type: identifier, attribute: login }
pairs: within
link_threshold: 7.5
review_band: 3
gate: { single_valued: [birth_date, login], confirmed_by: 3 }
prior: -12
comparisons:
  birth_date: { same: 9.5, different: -3.25 }
  login:
    same: 11
blocking:
  - [family_name.sound, birth_date.year]
  - login
";
    let Prepared { model, id_column, .. } = files.prepared(yaml).unwrap();
    assert_eq!((model.country.code(), id_column.as_deref()), ("BE", Some("klantnr")));
    let settings = &model.matching;
    assert_eq!((settings.pairs, settings.prior_bits), (PairScope::Within, Some(-12.0)));
    assert_eq!((settings.link_threshold_bits, settings.review_band_bits), (Some(7.5), 3.0));
    let text = match_text(&MatchFileText {
        remarks: &[],
        country: model.country,
        id_column: id_column.as_deref(),
        settings,
        attributes: &model.attributes,
    });
    let expected = "country: BE
id: klantnr
pairs: within
link_threshold: 7.5
review_band: 3
gate: { single_valued: [birth_date, login], confirmed_by: 3, large: 5 }
prior: -12
comparisons:
  birth_date:
    same: 9.5
    different: -3.25
  login:
    same: 11
blocking:
  - [family_name.sound, birth_date.year]
  - [login]
";
    assert_eq!(text, expected);
}

#[test]
fn nothing_said_is_the_standard() {
    let files = Files::standard();
    let prepared = files.prepared("# nothing\n").unwrap();
    assert_eq!(prepared.model.matching, MatchSettings::standard());
}

/// Text of settings, and the mistakes in it.
#[test]
fn mistakes_in_settings_are_told_with_place_and_hint() {
    let files = Files::standard();
    for (yaml, expected) in [
        ("pair: both", "match.yaml:1:1: unknown key `pair`\n  hint: did you mean `pairs`?"),
        (
            "pairs: link_only",
            "match.yaml:1:8: unknown choice of pairs `link_only`\n  hint: did you mean `between`?",
        ),
        (
            "columns: { emial: email }",
            "match.yaml:1:12: no file has a column `emial`\n  hint: did you mean `email`?",
        ),
        (
            "columns: { segment: { type: email, attribute: mail } }",
            "match.yaml:1:47: the type `email` already tells what the column fills\n  hint: remove \
             `attribute`",
        ),
        (
            "comparisons:\n  birthdate: { same: 9 }",
            "match.yaml:2:3: unknown comparison `birthdate`\n  hint: did you mean `birth_date`?",
        ),
        (
            "comparisons:\n  gender: { sane: 9 }",
            "match.yaml:2:13: the comparison `gender` has no level `sane`\n  hint: did you mean `same`?",
        ),
        (
            "blocking: [[]]",
            "match.yaml:1:12: a blocking rule without parts would compare all records with each \
             other\n  hint: write its parts, such as `[family_name.sound, birth_date.year]`",
        ),
        (
            "prior: half",
            "match.yaml:1:8: `prior` cannot be `half`\n  hint: write a number of bits from -100 to \
             100: each bit doubles or halves the odds",
        ),
        (
            "link_threshold: 5\nfalse_discovery_rate: 0.1",
            "match.yaml:2:23: `false_discovery_rate` has no effect beside `link_threshold`\n  \
             hint: remove one of the two",
        ),
    ] {
        let said = files.prepared(yaml).err().unwrap();
        assert!(said.ends_with(expected), "{yaml}:\n{said}");
    }
    // Thirty-two rules: the last is one too many.
    let rule = |length: u32| {
        format!("\n  - [company_name.start_{}, email.start_{}]", 1 + length % 20, 1 + length / 20)
    };
    let rules: String = (0..32).map(rule).collect();
    let said = files.prepared(&format!("blocking:{rules}")).err().unwrap();
    let expected = "match.yaml:33:5: there are more than 31 blocking rules\n  hint: leave out those \
                    that find the fewest matches of their own";
    assert!(said.ends_with(expected), "{said}");
}

/// A model as Splink writes it, shortened.
const SPLINK: &str = r#"{
    "link_type": "link_only",
    "unique_id_column_name": "klantnr",
    "probability_two_random_records_match": 0.001,
    "em_convergence": 0.0001,
    "blocking_rules_to_generate_predictions": [
        { "blocking_rule": "(l.\"geboortedatum\" = r.\"geboortedatum\") AND (SUBSTR(l.achternaam, 1, 3) = SUBSTR(r.achternaam, 1, 3))", "sql_dialect": "duckdb" },
        "l.email = r.email",
        "levenshtein(l.email, r.email) < 2",
        "l.shoe_size = r.shoe_size"
    ],
    "comparisons": [
        { "output_column_name": "achternaam", "comparison_levels": [
            { "sql_condition": "\"achternaam_l\" IS NULL OR \"achternaam_r\" IS NULL", "is_null_level": true },
            { "sql_condition": "\"achternaam_l\" = \"achternaam_r\"", "m_probability": 0.8, "u_probability": 0.0125, "tf_adjustment_column": "achternaam" },
            { "sql_condition": "jaro_winkler_similarity(\"achternaam_l\", \"achternaam_r\") >= 0.9", "label_for_charts": "Jaro-Winkler >= 0.9", "m_probability": 0.16, "u_probability": 0.02 },
            { "sql_condition": "ELSE", "m_probability": 0.05, "u_probability": 0.8 }
        ] },
        { "output_column_name": "geboortedatum", "comparison_levels": [
            { "sql_condition": "geboortedatum_l = geboortedatum_r", "label_for_charts": "Exact", "m_probability": "level not observed in training dataset", "u_probability": 0.01 },
            { "sql_condition": "ELSE", "m_probability": 0.25, "u_probability": 1.0 }
        ] },
        { "output_column_name": "names", "comparison_levels": [
            { "sql_condition": "voornaam_l = achternaam_r AND achternaam_l = voornaam_r", "m_probability": 0.1, "u_probability": 0.1 }
        ] }
    ]
}"#;

#[test]
fn a_splink_model_becomes_settings_and_remarks() {
    let files = Files::standard();
    std::fs::write(files.path("splink.json"), SPLINK).unwrap();
    let splink = SplinkModel::read(&files.path("splink.json")).unwrap();
    let request = MatchRequest { given: Given::Splink(splink), ..MatchRequest::default() };
    let mut discovered =
        discover(&files.paths(&["crm.csv"]), request.country(), &Unwatched).unwrap();
    let Prepared { model, id_column, remarks } = prepare(&request, &mut discovered).unwrap();
    let text = match_text(&MatchFileText {
        remarks: &remarks,
        country: model.country,
        id_column: id_column.as_deref(),
        settings: &model.matching,
        attributes: &model.attributes,
    });
    let expected = "\
# comparison `achternaam`: level `Jaro-Winkler >= 0.9` gives its weight to `same, but for the prefix`
# comparison `geboortedatum` has no term frequencies; here a rare value always weighs more
# comparison `geboortedatum`: level `Exact` is not trained, so `same` is learnt
# comparison `names` looks at `voornaam`, `achternaam` together: its weights are learnt
# blocking rule `levenshtein(l.email, r.email) < 2` is more than equal columns: left out
# blocking rule `l.shoe_size = r.shoe_size` is left out: no file has a column `shoe_size`

country: NL
id: klantnr
pairs: between
false_discovery_rate: 0.05
review_band: 4
prior: -9.96
comparisons:
  name:
    same: 6
    \"same, but for the prefix\": 3
    different: -4
  birth_date:
    different: -2
blocking:
  - [birth_date, family_name.start_3]
  - [email]
";
    assert_eq!(text, expected);
    assert!(files.prepared(&text).is_ok(), "what is written is read");
}

#[test]
fn other_json_is_no_splink_model() {
    let files = Files::new(&[("other.json", "[]".to_string())]);
    let error = SplinkModel::read(&files.path("other.json")).unwrap_err();
    assert!(matches!(error, Error::NoSplinkModel { .. }), "{error}");
}
