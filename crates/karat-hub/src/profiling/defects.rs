//! How well seeded defects are found: by what cleaning tells of a row, and by the checks that are
//! suggested. Both figures are committed in `defects.txt`: a change that moves them says so in its
//! commit, and why. With `UPDATE_DOCS=1` in the environment the test writes the file anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use karat_demo::defects::{COLUMNS, Defect, DefectForm, DefectiveTable};
use karat_engine::clean::{CleaningPlan, Memo};
use karat_engine::quality::suggest::Suggested;
use karat_model::finding::{FindingCode, Severity};
use karat_model::hub_model::Country;
use karat_model::id::RecordKey;
use karat_model::record::SourceRecord;

use super::suggest::each_suggestion;
use super::*;
use crate::flow::discover::discover;
use crate::flow::files::model_of;
use crate::flow::progress::Unwatched;

const ROWS: usize = 6000;
const PER_MILLE: u32 = 150;

/// 2025-07-01, the day after that of the invented world.
const AS_OF: karat_model::check::Day = karat_model::check::Day(20_270);

/// The codes that tell of a form of defect, whatever else they tell of.
fn telling(form: DefectForm) -> &'static [&'static str] {
    use DefectForm::*;
    match form {
        MissingToken => &["placeholder"],
        WrongPattern => &["invalid_postcode", "invalid_phone", "invalid_email", "repaired"],
        MisusePhone => &["misused_field", "wrong_field", "name_not_understood"],
        MisuseRemark => &["remark", "misused_field", "undeliverable"],
        MisuseKvk => &["misused_field", "wrong_field"],
        MisuseDeceased => &["deceased", "remark"],
        Truncation => &["truncated"],
        DuplicateKey => &["duplicate_key"],
        Mojibake => &["broken_encoding"],
        SwappedColumns => {
            &["swapped_address_fields", "wrong_field", "misused_field", "invalid_postcode"]
        }
        OutOfRangeDate => &["implausible_date"],
        ForeignPostcode => &["invalid_postcode", "postcode_country_conflict"],
        LookAlike => &["lookalike_characters", "name_not_understood"],
        MixedCase | Stale => &[],
    }
}

/// A table in a file of its own, seen by `read`.
fn written<T>(table: &DefectiveTable, read: impl FnOnce(&[PathBuf]) -> T) -> T {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("customers.csv");
    let mut out = fs::File::create(&path).unwrap();
    table.write(&mut out, &mut Vec::new()).unwrap();
    read(&[path])
}

/// Per row the findings that are more than a note, each with its column.
fn findings(table: &DefectiveTable) -> Vec<Vec<(FindingCode, Option<usize>)>> {
    let found = written(table, |files| discover(files, Country::NETHERLANDS, &Unwatched).unwrap());
    let model = model_of("defects", &found, Country::NETHERLANDS);
    let source = &model.sources[0];
    let columns: Vec<String> = found[0].columns.to_vec();
    assert_eq!(columns, COLUMNS);
    let plan = CleaningPlan::new(&model, source, &columns);
    let mut memo = Memo::new();
    let rows = found[0].batches.iter().flatten();
    let clean = rows.map(|row| {
        let key = RecordKey::new(source.name.clone(), "");
        let payload = row.payload.clone();
        let record = plan.standardise(&SourceRecord { key, observed_at: None, payload }, &mut memo);
        let telling = record.findings.into_iter();
        let telling = telling.filter(|finding| {
            finding.code.severity() != Severity::Note
                || telling_codes().contains(finding.code.name())
        });
        telling.map(|finding| (finding.code, finding.column.map(usize::from))).collect()
    });
    clean.collect()
}

fn telling_codes() -> BTreeSet<&'static str> {
    DefectForm::ALL.into_iter().flat_map(telling).copied().collect()
}

/// How much cleaning finds of each form, and what it says of clean rows.
fn cleaning(table: &DefectiveTable) -> String {
    let findings = findings(table);
    let mut told = String::from("What cleaning tells of rows: form, rows, found, by what else\n");
    for form in DefectForm::ALL {
        let of_form: Vec<&Defect> =
            table.defects.iter().filter(|defect| defect.form == form).collect();
        let is_found = |defect: &&&Defect| {
            let of_row = &findings[defect.row];
            of_row.iter().any(|(code, _)| telling(form).contains(&code.name()))
        };
        let found = of_form.iter().filter(is_found).count();
        let mut others: BTreeMap<&str, u32> = BTreeMap::new();
        for defect in &of_form {
            let codes = findings[defect.row].iter().map(|(code, _)| code.name());
            let codes: BTreeSet<&str> =
                codes.filter(|code| !telling(form).contains(code)).collect();
            codes.into_iter().for_each(|code| *others.entry(code).or_default() += 1);
        }
        let others: Vec<String> =
            others.into_iter().map(|(code, count)| format!("{code} {count}")).collect();
        let line =
            format!("{:18} {:4} {found:4}  {}", form.name(), of_form.len(), others.join(", "));
        writeln!(told, "{}", line.trim_end()).unwrap();
    }
    let spoilt: BTreeSet<usize> = table.defects.iter().map(|defect| defect.row).collect();
    let clean_rows = (0..table.rows.len()).filter(|row| !spoilt.contains(row));
    let told_of: Vec<usize> = clean_rows.clone().filter(|row| !findings[*row].is_empty()).collect();
    let mut codes: BTreeMap<&str, u32> = BTreeMap::new();
    for row in &told_of {
        let of_row: BTreeSet<&str> = findings[*row].iter().map(|(code, _)| code.name()).collect();
        of_row.into_iter().for_each(|code| *codes.entry(code).or_default() += 1);
    }
    let codes: Vec<String> =
        codes.into_iter().map(|(code, count)| format!("{code} {count}")).collect();
    writeln!(
        told,
        "clean rows {}, told of {}  {}",
        clean_rows.count(),
        told_of.len(),
        codes.join(", ")
    )
    .unwrap();
    let misuse = |form: DefectForm| form.kind() == "misuse";
    let seeded: BTreeSet<usize> = table
        .defects
        .iter()
        .filter(|defect| misuse(defect.form))
        .map(|defect| defect.row)
        .collect();
    let codes: BTreeSet<&str> = DefectForm::ALL
        .into_iter()
        .filter(|form| misuse(*form))
        .flat_map(telling)
        .copied()
        .collect();
    let says_misuse =
        |row: &usize| findings[*row].iter().any(|(code, _)| codes.contains(code.name()));
    let found = seeded.iter().filter(|row| says_misuse(row)).count();
    let says = (0..table.rows.len()).filter(says_misuse);
    let wrongly = says.filter(|row| !spoilt.contains(row)).count();
    writeln!(
        told,
        "misuse: recall {:.3}, precision {:.3}",
        found as f64 / seeded.len() as f64,
        found as f64 / (found + wrongly).max(1) as f64,
    )
    .unwrap();
    told
}

/// Runs over what is suggested for a table.
fn suggestions(table: &DefectiveTable, mut visit: impl FnMut(usize, &Suggested)) {
    let mut book = ProfileBook::default();
    let profiled = written(table, |files| {
        profile_files(files, Country::NETHERLANDS, &mut book, &Unwatched).unwrap()
    });
    let source = &profiled.sources[0];
    let state = book.state(&source.name).unwrap();
    each_suggestion(source, state, AS_OF, &mut visit);
}

/// The rows of a table that fail a suggested check.
fn failing(table: &DefectiveTable, column: usize, suggested: &Suggested) -> BTreeSet<usize> {
    let cells = || table.rows.iter().map(|row| &row[column]).enumerate();
    let filled = || cells().filter(|(_, cell)| !cell.is_empty());
    match (&suggested.passes, suggested.requirement.word()) {
        (Some(passes), _) => {
            filled().filter(|(_, cell)| passes(cell) == Some(false)).map(|(row, _)| row).collect()
        }
        (None, "unique_key") => {
            let mut holders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            filled().for_each(|(row, cell)| holders.entry(cell).or_default().push(row));
            holders.into_values().filter(|rows| rows.len() > 1).flatten().collect()
        }
        (None, "present") => {
            cells().filter(|(_, cell)| cell.is_empty()).map(|(row, _)| row).collect()
        }
        (None, word) => panic!("`{word}` is judged by no value"),
    }
}

/// Which suggested checks catch which kind, and how many are wrong on clean rows.
fn suggesting(table: &DefectiveTable) -> String {
    let mut caught: BTreeMap<&str, BTreeMap<String, BTreeSet<usize>>> = BTreeMap::new();
    let mut spoilt_count = 0;
    suggestions(table, |column, suggested| {
        spoilt_count += 1;
        let failing = failing(table, column, suggested);
        for defect in table.defects.iter().filter(|defect| failing.contains(&defect.row)) {
            let by = format!("{} of {}", suggested.requirement.word(), COLUMNS[column]);
            let rows = caught.entry(defect.form.kind()).or_default().entry(by).or_default();
            rows.insert(defect.row);
        }
    });
    let mut told = String::from(
        "What suggested checks catch: kind, rows, caught, by the three that catch most\n",
    );
    let mut kinds_caught = 0;
    let kinds: BTreeSet<&str> = DefectForm::ALL.into_iter().map(DefectForm::kind).collect();
    for kind in &kinds {
        let rows = table.defects.iter().filter(|defect| defect.form.kind() == *kind).count();
        let by = caught.remove(kind).unwrap_or_default();
        let all: BTreeSet<usize> = by.values().flatten().copied().collect();
        kinds_caught += usize::from(all.len() * 2 >= rows);
        let mut by: Vec<(String, usize)> =
            by.into_iter().map(|(by, rows)| (by, rows.len())).collect();
        by.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
        let by: Vec<String> = by.iter().take(3).map(|(by, rows)| format!("{by} {rows}")).collect();
        let line = format!("{kind:18} {rows:4} {:4}  {}", all.len(), by.join(", "));
        writeln!(told, "{}", line.trim_end()).unwrap();
    }
    writeln!(told, "kinds of which half or more is caught: {kinds_caught} of {}", kinds.len())
        .unwrap();
    let (one, other) = (DefectiveTable::invent(ROWS, 2, 0), DefectiveTable::invent(ROWS, 3, 0));
    let (mut count, mut wrong) = (0, Vec::new());
    suggestions(&one, |column, suggested| {
        count += 1;
        // More than one clean row in a thousand, of others than those it was suggested by.
        let failing = failing(&other, column, suggested).len();
        if failing * 1000 > ROWS {
            wrong.push(format!(
                "{} of {} {failing}",
                suggested.requirement.word(),
                COLUMNS[column]
            ));
        }
    });
    writeln!(
        told,
        "suggested on spoilt rows {spoilt_count}, on clean rows {count}, of these wrong {}  {}",
        wrong.len(),
        wrong.join(", ")
    )
    .unwrap();
    told
}

#[test]
fn seeded_defects_are_found_as_before() {
    let table = DefectiveTable::invent(ROWS, 1, PER_MILLE);
    let found = format!("{}\n{}", cleaning(&table), suggesting(&table));
    let found: String = found.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/profiling/defects.txt");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, known, "UPDATE_DOCS=1 writes src/profiling/defects.txt anew");
}
