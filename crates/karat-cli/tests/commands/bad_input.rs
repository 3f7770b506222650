//! Bad input: each gets a problem or a finding that names the place, the others go on, and nothing
//! is lost.

use crate::customers::CRM;
use crate::demo::demo;
use crate::folder::{Folder, Loaded};

/// A small file that nothing is wrong with.
const GOOD: &[u8] = b"nr;naam;email\n1;Anna Smit;anna@smit.example\n2;Bram Vos;bram@vos.example\n";

fn noise() -> Vec<u8> {
    (0..=255).cycle().take(5000).collect()
}

/// The start of a compressed file whose rest did not arrive.
fn cut_gzip() -> Vec<u8> {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes())]);
    folder.karat("export records --out records.csv.gz").succeeds();
    let whole = folder.bytes("records.csv.gz");
    whole[..whole.len() / 2].to_vec()
}

fn cut_parquet() -> Vec<u8> {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes())]);
    folder.karat("export records --out records.parquet").succeeds();
    let whole = folder.bytes("records.parquet");
    whole[..whole.len() - 100].to_vec()
}

/// Shows a file that cannot be read to each command, alone and beside a good one; every command
/// says the same of it, and goes on with the other file.
fn check_unreadable(content: Option<&[u8]>, problem: &str) {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes()), ("bad.csv", GOOD)]);
    folder.karat("init crm.csv bad.csv").succeeds();
    folder.karat("load").succeeds();
    let before = folder.exports();
    match content {
        Some(content) => folder.write("bad.csv", content),
        None => folder.remove("bad.csv"),
    }
    let problem = &format!("bad.csv: {problem}");

    folder.karat("assess bad.csv").fails().says(problem);
    let assessed = folder.karat("assess crm.csv bad.csv").finds_something();
    assessed.says("8 records").says(problem).says("hint: ");

    folder.karat("init bad.csv --hub alone").fails().says(problem);
    folder.karat("init crm.csv bad.csv --hub other").finds_something().says(problem).says("hint: ");
    assert!(folder.path("other/sources/crm.yaml").exists());
    assert!(!folder.path("other/sources/bad.yaml").exists());

    // What was loaded of the file before stays.
    folder.karat("load").finds_something().says(problem).says("hint: ");
    let loaded = Loaded(folder.karat("load --json").finds_something().json());
    assert_eq!((loaded.of("crm", "rows"), loaded.of("bad", "rows")), (8, 0));
    assert_eq!((loaded.of("bad", "deleted"), loaded.of("crm", "deleted")), (0, 0));
    assert_eq!(folder.exports(), before);
}

#[test]
fn an_empty_file() {
    check_unreadable(Some(b""), "the file is empty");
}

#[test]
fn a_binary_file() {
    check_unreadable(Some(&noise()), "not a text table: it looks like binary data");
}

#[test]
fn a_picture() {
    check_unreadable(
        Some(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        "not a text table: it looks like a PNG image",
    );
}

#[test]
fn a_header_without_rows() {
    check_unreadable(Some(b"nr;naam;email\n"), "the file has a header but no rows");
}

#[test]
fn a_file_that_is_not_there() {
    check_unreadable(None, "there is no such file");
}

#[test]
fn parquet_that_breaks_off() {
    check_unreadable(Some(&cut_parquet()), "damaged after line 0: ");
}

#[test]
fn a_compressed_file_that_breaks_off() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes()), ("bad.csv", GOOD)]);
    folder.write("bad.csv", cut_gzip());
    let problem = "bad.csv: damaged after line ";
    folder.karat("assess bad.csv").finds_something().says(problem).says("hint: ");
    folder.karat("load").finds_something().says(problem).says("the file breaks off in this row");
    // What came before the damage is there, and nothing is taken for deleted.
    let loaded = Loaded(folder.karat("load --json").finds_something().json());
    assert!(loaded.of("bad", "rows") > 0 && loaded.of("bad", "quarantined") == 1);
    assert_eq!((loaded.of("bad", "deleted"), loaded.of("crm", "unchanged")), (0, 8));
    assert!(folder.export("records").contains("bram@vos.example"));
}

#[test]
fn a_folder_in_place_of_a_file() {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes()), ("data/a.csv", GOOD)]);
    // It stands for the files in it.
    folder.karat("init crm.csv data").succeeds();
    assert_eq!(folder.load().of("a", "rows"), 2);
    std::fs::create_dir(folder.path("none")).unwrap();
    folder.karat("assess crm.csv none").finds_something().says("none: the folder has no files");
    folder.karat("assess none").fails().says("none: the folder has no files");
}

#[test]
fn a_pattern_that_matches_nothing() {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes())]);
    folder.karat("assess erp*.csv").fails().says("erp*.csv: no file matches this pattern");
    folder.karat("assess crm.csv erp*.csv").finds_something().says("8 records");
}

/// Loads one file named `crm`; every row of it must be a record or be kept apart.
fn load(file: &str, content: &[u8], rows: u64) -> (Folder, Loaded) {
    load_as(file, content, content, rows)
}

/// The same under a hub model that was made of another file.
fn load_as(file: &str, model_of: &[u8], content: &[u8], rows: u64) -> (Folder, Loaded) {
    let folder = Folder::with(&[(file, model_of)]);
    folder.karat(&format!("init {file}")).succeeds();
    folder.write(file, content);
    let loaded = folder.load();
    let [read, quarantined] = ["rows", "quarantined"].map(|figure| loaded.of("crm", figure));
    assert_eq!(read + quarantined, rows);
    let lines = |what| folder.export(what).lines().count() as u64 - 1;
    assert_eq!(lines("quarantine"), quarantined);
    assert_eq!(lines("crosswalk"), loaded.of("crm", "new"));
    (folder, loaded)
}

#[test]
fn five_hundred_columns() {
    let more: Vec<String> = (3..500).map(|number| format!("kenmerk{number}")).collect();
    let values = ";x".repeat(497);
    let header = format!("nr;naam;email;{}", more.join(";"));
    let rows =
        format!("1;Anna Smit;anna@smit.example{values}\n2;Bram Vos;bram@vos.example{values};y\n");
    let (folder, loaded) = load("crm.csv", format!("{header}\n{rows}").as_bytes(), 2);
    assert_eq!(loaded.changes("crm"), "1 new, 1 quarantined");
    let reason = "crm,crm.csv,3,\"501 fields, but there are 500 columns\",";
    let quarantine = folder.export("quarantine");
    assert!(quarantine.contains(reason), "{}", &quarantine[..200]);
    folder.karat("load").succeeds().says("crm.csv:3: 501 fields, but there are 500 columns");
    folder.karat("assess crm.csv").succeeds().says("line 3: 501 fields, but there are 500 columns");
}

#[test]
fn a_field_of_ten_megabytes() {
    let long = "x".repeat(10 * 1024 * 1024);
    let content =
        format!("nr;naam;email\n1;Anna Smit;anna@smit.example\n2;{long};bram@vos.example\n");
    let (folder, loaded) = load("crm.csv", content.as_bytes(), 2);
    assert_eq!(loaded.changes("crm"), "2 new");
    let findings = folder.export("findings");
    assert!(findings.contains("crm,2,naam,too_long,error,"), "{findings}");
    assert!(folder.export("golden").contains("bram@vos.example"));
}

#[test]
fn a_field_beyond_measure() {
    let long = "x".repeat(20 * 1024 * 1024);
    let content =
        format!("nr;naam;email\n1;Anna Smit;anna@smit.example\n2;{long};bram@vos.example\n");
    let (folder, loaded) = load("crm.csv", content.as_bytes(), 2);
    assert_eq!(loaded.changes("crm"), "1 new, 1 quarantined");
    folder.karat("load").succeeds().says("crm.csv:3: a field is longer than 16 MB");
}

#[test]
fn the_same_key_twice() {
    let rows =
        "1;Anna Smit;anna@smit.example\n2;Bram Vos;bram@vos.example\n1;Cas Bos;cas@bos.example\n";
    let more =
        "4;Dirk Mol;dirk@mol.example\n5;Els Prins;els@prins.example\n2;Bram Vos;bram@vos.example\n";
    let content = format!("nr;naam;email\n{rows}{more}");
    let (folder, loaded) = load_as("crm.csv", GOOD, content.as_bytes(), 6);
    // Both that claim key 1 are there; of the two that say the same of key 2 one is.
    assert_eq!((loaded.of("crm", "new"), loaded.of("crm", "same_key")), (5, 1));
    let findings = folder.export("findings");
    assert!(findings.contains("crm,1~2,,duplicate_key,error,uniqueness,"), "{findings}");
    let records = folder.export("records");
    assert!(records.contains("anna@smit.example") && records.contains("cas@bos.example"));
}

#[test]
fn a_missing_key() {
    let rows =
        "1;Anna Smit;anna@smit.example\n;Bram Vos;bram@vos.example\n3;Cas Bos;cas@bos.example\n";
    let content = format!("nr;naam;email\n{rows}");
    let (folder, loaded) = load_as("crm.csv", GOOD, content.as_bytes(), 3);
    assert_eq!((loaded.of("crm", "new"), loaded.of("crm", "without_key")), (3, 1));
    let findings = folder.export("findings");
    let of_key: Vec<&str> = findings
        .lines()
        .filter(|line| line.contains(",,missing_key,error,completeness,"))
        .collect();
    assert_eq!(of_key.len(), 1, "{findings}");
    assert!(folder.export("records").contains("bram@vos.example"));
    // The key that was made for it is made again.
    assert_eq!(folder.load().changes("crm"), "");
}

/// A few bad keys do not hide from `karat init` which column holds them.
#[test]
fn a_file_with_a_few_bad_keys_keeps_its_key_column() {
    let mut content = demo().bytes("crm.csv");
    let lines = content.split(|&byte| byte == b'\n').skip(1);
    let rows: Vec<Vec<u8>> = lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect();
    let (id, rest) = split_at_delimiter(&rows[0]);
    let (_, other_rest) = split_at_delimiter(&rows[1]);
    content.extend([id, other_rest, b"\n", rest, b"\n"].concat());
    let (folder, loaded) = load("crm.csv", &content, rows.len() as u64 + 2);
    let [same_key, without_key] =
        ["same_key", "without_key"].map(|figure| loaded.of("crm", figure));
    assert_eq!((same_key, without_key), (1, 1));
    let findings = folder.export("findings");
    assert!(findings.contains("~2,,duplicate_key,") && findings.contains(",,missing_key,"));
    folder.karat("load --retrain").succeeds().says("1 row has the id of another row; all are kept");
}

/// The first field of a row, and the rest with the delimiter before it.
fn split_at_delimiter(row: &[u8]) -> (&[u8], &[u8]) {
    row.split_at(row.iter().position(|byte| b",;".contains(byte)).unwrap())
}

#[test]
fn bytes_that_are_no_text() {
    let mut content = "nr;naam;email\n1;Zoë Smit;zoe@smit.example\n2;René Vos;rene@vos.example\n"
        .as_bytes()
        .to_vec();
    content.extend_from_slice("3;François Bos;f@bos.example\n".as_bytes());
    content.extend_from_slice(b"4;Dirk \x81\x8d\xff\x00\x01 Mol;dirk@mol.example\n");
    content.extend_from_slice(b"5;Andr\xe9 Prins;andre@prins.example\n");
    let (folder, loaded) = load("crm.csv", &content, 5);
    assert_eq!(loaded.changes("crm"), "5 new");
    let findings = folder.export("findings");
    assert!(findings.contains("crm,4,naam,control_characters,warning,"), "{findings}");
    let records = folder.export("records");
    assert!(records.contains("Zoë") && records.contains("André"), "{records}");
}

#[test]
fn a_day_that_does_not_exist() {
    let content = CRM.replace("31-01-1980", "31-02-1980");
    let (folder, _) = load("crm.csv", content.as_bytes(), 8);
    let findings = folder.export("findings");
    let finding = "crm,1001,geboortedatum,invalid_date,error,validity,This is no date that exists.";
    assert!(findings.contains(finding), "{findings}");
    // Near miss: the day before that month ends.
    let content = CRM.replace("31-01-1980", "29-02-1980");
    let (folder, _) = load("crm.csv", content.as_bytes(), 8);
    assert!(!folder.export("findings").contains("1001,geboortedatum"));
}

#[test]
fn a_broken_line_of_json_amid_good_ones() {
    let good = |id: u32, name: &str| format!("{{\"nr\": {id}, \"naam\": \"{name}\"}}\n");
    let content =
        [&good(1, "Anna Smit"), "{\"nr\": 2, \"naam\": Bram}\n", &good(3, "Cas Bos")].concat();
    let (folder, loaded) = load("crm.jsonl", content.as_bytes(), 3);
    assert_eq!(loaded.changes("crm"), "2 new, 1 quarantined");
    let place = "crm.jsonl:2: not valid JSON at character 19";
    folder.karat("load").succeeds().says(place).says("karat export quarantine");
    assert_eq!(loaded.0["unreadable"][0]["line"], 2);
    assert!(folder.export("quarantine").contains("Bram"), "the row is there as it came");
}

/// Standard input can be told of, but not be a source: it is there once.
#[test]
fn standard_input_as_a_source() {
    let folder = Folder::with(&[("crm.csv", CRM.as_bytes())]);
    let words = "standard input cannot be a source";
    folder.karat_reading("init -", CRM.as_bytes()).fails().says(words);
    folder.karat("init crm.csv").succeeds();
    folder.replace("hub/sources/crm.yaml", "[../crm.csv]", "['-']");
    folder.karat("check").finds_something().says("sources/crm.yaml:3:9: ").says(words);
    folder.karat_reading("load", CRM.as_bytes()).fails().says(words);
}

#[test]
fn a_source_that_vanished_almost_whole() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes())]);
    let before = folder.exports();
    let first_lines: Vec<&str> = CRM.lines().take(4).collect();
    folder.write("crm.csv", first_lines.join("\n"));
    let refused = folder.karat("load").fails();
    refused
        .says("source `crm`: 5 of 8 records are not in its full delivery")
        .says("--allow-deletes");
    assert_eq!(folder.exports(), before);
    folder.karat("load --allow-deletes").succeeds();
    assert_eq!(folder.export("crosswalk").lines().count(), 1 + 3);
}
