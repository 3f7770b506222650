//! What users deliver, from file to rows: each fixture is the bytes of one file.

use std::io::Write;
use std::path::PathBuf;

use karat_model::hub_model::{FileKind, Format};
use proptest::prelude::*;

use super::*;

/// What was read of some files, as text.
struct Delivery {
    /// Rows as `line:column=value column=value`, quarantined rows as `!line reason`.
    rows: Vec<String>,
    raw: Vec<Vec<u8>>,
    batches: Vec<Batch>,
    summary: Summary,
}

fn deliver(files: &[(&str, &[u8])], format: &Format) -> Delivery {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
    for (path, (_, bytes)) in paths.iter().zip(files) {
        std::fs::write(path, bytes).unwrap();
    }
    let mut batches = Vec::new();
    let summary = read(&paths, format, &mut |batch| {
        batches.push(batch);
        Ok(())
    });
    let mut rows = Vec::new();
    for batch in &batches {
        let names = &batch.columns;
        rows.extend(batch.rows.iter().map(|row| {
            let value = |(column, value): (u16, &str)| {
                format!(" {}={}", names[usize::from(column)], value.escape_debug())
            };
            (
                row.line,
                format!("{}:{}", row.line, row.payload.iter().map(value).collect::<String>()),
            )
        }));
        let faults = batch.quarantined.iter();
        assert!(faults.clone().all(|row| reason::is_known(&row.reason)), "{:?}", batch.quarantined);
        rows.extend(faults.map(|row| (row.line, format!("!{} {}", row.line, row.reason))));
    }
    let raw = batches.iter().flat_map(|batch| &batch.quarantined).map(|row| row.raw.clone());
    if files.len() == 1 {
        rows.sort_by_key(|(line, _)| *line);
    }
    Delivery {
        rows: rows.into_iter().map(|(_, text)| text).collect(),
        raw: raw.collect(),
        batches,
        summary: summary.unwrap(),
    }
}

fn read_one(name: &str, bytes: &[u8]) -> Delivery {
    deliver(&[(name, bytes)], &Format::default())
}

/// Rows one per line, then the problem, without the folder, as `? problem`.
fn check(name: &str, bytes: &[u8], expected: &[&str]) {
    check_as(&Format::default(), name, bytes, expected);
}

fn check_as(format: &Format, name: &str, bytes: &[u8], expected: &[&str]) {
    let delivery = deliver(&[(name, bytes)], format);
    let mut found = delivery.rows;
    let file = &delivery.summary.files[0];
    assert_eq!(file.problem.is_some(), file.hint.is_some());
    if let Some(problem) = &file.problem {
        let at = problem.find(name).expect("a problem names its file");
        found.push(format!("? {}", &problem[at + name.len() + 2..]));
    }
    assert_eq!(found, expected, "{}", bytes[..bytes.len().min(200)].escape_ascii());
    let counts = (file.rows + file.quarantined) as usize;
    assert_eq!(counts, found.iter().filter(|line| !line.starts_with('?')).count());
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), Default::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn utf_16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

#[test]
fn delimited_text_in_any_dialect() {
    let expected = ["2: id=1 naam=Jan", "3: id=2 naam=Piet"];
    let table: &[&[u8]] = &[
        b"id,naam\n1,Jan\n2,Piet\n",
        b"id;naam\n1;Jan\n2;Piet\n",
        b"id\tnaam\n1\tJan\n2\tPiet\n",
        b"id|naam\n1|Jan\n2|Piet\n",
        b"id,naam\r\n1,Jan\r\n2,Piet\r\n",
        b"id,naam\r1,Jan\r2,Piet\r",
        b"id,naam\n1,Jan\n2,Piet",
        b"\xef\xbb\xbfid,naam\n1,Jan\n2,Piet\n",
        b"\"id\";\"naam\"\n\"1\";\"Jan\"\n\"2\";\"Piet\"\n",
        b"id;naam\n1;Jan\n2;Piet\n\n\n",
        b"id,naam,\n1,Jan,\n2,Piet,\n",
    ];
    for bytes in table {
        check("klanten.csv", bytes, &expected);
        check("klanten", bytes, &expected);
    }
    for encoded in [
        utf_16("\u{feff}id;naam\r\n1;Jan\r\n2;Piet\r\n", u16::to_le_bytes),
        utf_16("\u{feff}id;naam\n1;Jan\n2;Piet", u16::to_be_bytes),
        utf_16("id;naam\n1;Jan\n2;Piet\n", u16::to_le_bytes),
        gzip(b"id;naam\n1;Jan\n2;Piet\n"),
        zstd::encode_all(&b"id;naam\n1;Jan\n2;Piet\n"[..], 1).unwrap(),
        gzip(&utf_16("\u{feff}id;naam\n1;Jan\n2;Piet\n", u16::to_le_bytes)),
    ] {
        check("klanten.csv", &encoded, &expected);
    }
}

#[test]
fn quotes_and_line_breaks_within_fields() {
    check(
        "a.csv",
        b"id;adres\n1;\"Kerkstraat 1\r\nEde\"\n2;\"Bar \"\"De Zon\"\"; Ulft\"\n3;5\" pijp\n",
        &[
            "2: id=1 adres=Kerkstraat 1\\r\\nEde",
            "4: id=2 adres=Bar \\\"De Zon\\\"; Ulft",
            "5: id=3 adres=5\\\" pijp",
        ],
    );
    check(
        "a.csv",
        b"id;naam;plaats\n1;\"Jan;Ede\n2;Piet;Ulft\n",
        &["2: id=1 naam=\\\"Jan plaats=Ede", "3: id=2 naam=Piet plaats=Ulft"],
    );
}

#[test]
fn blanks_are_left_out_and_all_else_is_kept() {
    check(
        "a.csv",
        "id;naam;plaats;land\n1;  ;\u{a0};NL\n2; Jan ;Wijk bij Duurstede\u{0};\n;;;\n\u{0};;;\n"
            .as_bytes(),
        &["2: id=1 land=NL", "3: id=2 naam= Jan  plaats=Wijk bij Duurstede\\0"],
    );
    let delivery = read_one("a.csv", b"id;naam\n1;Jan\n;\n");
    assert_eq!(delivery.summary.files[0].blank, 1);
}

#[test]
fn rows_that_are_too_short_or_too_long() {
    check(
        "a.csv",
        b"id,naam,plaats\n1,Jan\n2,Piet,Ede,,\n3,Kees,Ede,extra\n4,Anna,Ulft\n",
        &[
            "2: id=1 naam=Jan",
            "3: id=2 naam=Piet plaats=Ede",
            "!4 4 fields, but there are 3 columns",
            "5: id=4 naam=Anna plaats=Ulft",
        ],
    );
    let delivery = read_one("a.csv", b"id,naam,plaats\n3,Kees,Ede,extra\n1,Jan,Ede\n");
    assert_eq!(delivery.raw, [b"3,Kees,Ede,extra"]);
    assert!(delivery.batches[0].quarantined[0].file.ends_with("a.csv"));
    check(
        "a.csv",
        b"id,naam\n1,a,b\n",
        &["!2 3 fields, but there are 2 columns", "? not one of its 1 rows could be read"],
    );
}

#[test]
fn headers_of_all_kinds() {
    check("a.csv", b"tel;tel;;\n1;2;3;4\n", &["2: tel=1 tel_2=2 column_3=3 column_4=4"]);
    check(
        "a.csv",
        b"1001;Jan;jan@voorbeeld.nl\n1002;Piet;piet@voorbeeld.nl\n",
        &[
            "1: column_1=1001 column_2=Jan column_3=jan@voorbeeld.nl",
            "2: column_1=1002 column_2=Piet column_3=piet@voorbeeld.nl",
        ],
    );
    check("a.csv", b"\n\nid;naam\n\n1;Jan\n", &["5: id=1 naam=Jan"]);
    check("a.csv", b"sep=;\nid;naam\n1;Jan\n", &["3: id=1 naam=Jan"]);
    check(
        "a.csv",
        b"Klanten per vandaag\nid;naam;plaats\n1;Jan;Ede\n2;Piet;Ulft\n",
        &[
            "!1 the line stands above the header",
            "3: id=1 naam=Jan plaats=Ede",
            "4: id=2 naam=Piet plaats=Ulft",
        ],
    );
    check("a.csv", b"naam\nJan\nPiet\n", &["2: naam=Jan", "3: naam=Piet"]);
    check("a.csv", b";;\nid;naam;plaats\n1;Jan;Ede\n", &["3: id=1 naam=Jan plaats=Ede"]);
    check("a.csv", b"id;naam\n", &["? the file has a header but no rows"]);
    check("a.csv", b"id;naam", &["? the file has a header but no rows"]);
}

#[test]
fn text_in_other_encodings() {
    check("a.csv", b"naam\nZo\xeb\n\x80 5\n", &["2: naam=Zoë", "3: naam=€ 5"]);
    // ASCII in the sample, Windows-1252 after it.
    let mut late = b"id;naam\n".to_vec();
    let filler = b"1;Jan\n".repeat(SAMPLE_BYTES / 6 + 1);
    late.extend_from_slice(&filler);
    late.extend_from_slice(b"2;Zo\xeb\n");
    let delivery = read_one("a.csv", &late);
    assert_eq!(delivery.rows.last().unwrap(), &format!("{}: id=2 naam=Zoë", filler.len() / 6 + 2));
    assert_eq!((delivery.summary.files[0].repaired, delivery.summary.quarantined()), (1, 0));
    // One damaged byte in a file of UTF-8: only its own field is read another way.
    let mut damaged = "naam;plaats\nZoë;Ülft\nRené;Één\nFranÇois;Ede\n".repeat(3).into_bytes();
    damaged.extend_from_slice("Andr\u{e9};".as_bytes());
    damaged.extend_from_slice(b"M\xfcnster\n");
    let delivery = read_one("a.csv", &damaged);
    assert_eq!(delivery.rows.last().unwrap(), "13: naam=André plaats=Münster");
    assert_eq!(delivery.summary.files[0].encoding, Some("UTF-8"));
    let cyrillic = Format { encoding: Some("windows-1251".into()), ..Format::default() };
    check_as(&cyrillic, "a.csv", b"naam\n\xc8\xe2\xe0\xed\n", &["2: naam=Иван"]);
    let japanese = Format { encoding: Some("shift_jis".into()), ..Format::default() };
    check_as(&japanese, "a.csv", b"naam|x\n\x83|\x83`|1\n", &["2: naam=ポチ x=1"]);
}

#[test]
fn json_documents() {
    let expected = ["2: id=1 naam.voor=Jan mail=a@x.nl mail=b@x.nl", "3: id=2 naam.voor=Piet"];
    let records = "{\"id\": 1, \"naam\": {\"voor\": \"Jan\"}, \"mail\": [\"a@x.nl\", \"b@x.nl\"]},\n\
                   {\"id\": 2, \"naam\": {\"voor\": \"Piet\"}, \"mail\": []}";
    check("a.json", format!("[\n{records}\n]").as_bytes(), &expected);
    check("a", format!("[\n{records}\n]").as_bytes(), &expected);
    check(
        "a.json",
        format!("{{\"n\": 2, \"data\": {{\"klanten\": [\n{records}\n]}}}}").as_bytes(),
        &expected,
    );
    check("a.json", &utf_16(&format!("\u{feff}[\n{records}\n]"), u16::to_le_bytes), &expected);
    check("a.json.gz", &gzip(format!("[\n{records}\n]").as_bytes()), &expected);
    // The array with most objects holds the records, unless the hub model names another.
    let two = br#"{"links": [{"rel": "self"}], "klanten": [{"id": 1}, {"id": 2}]}"#;
    check("a.json", two, &["1: id=1", "1: id=2"]);
    let named = Format { records: Some("links".into()), ..Format::default() };
    check_as(&named, "a.json", two, &["1: rel=self"]);
    let whole = Format { records: Some("".into()), ..Format::default() };
    check_as(&whole, "a.json", two, &["1: links.0.rel=self klanten.0.id=1 klanten.1.id=2"]);
    let missing = Format { records: Some("data.klanten".into()), ..Format::default() };
    check_as(&missing, "a.json", two, &["? no array of objects found at `data.klanten`"]);
    check("a.json", br#"{"id": 1, "adres": {"plaats": "Ede"}}"#, &["1: id=1 adres.plaats=Ede"]);
    check("a.json", b"{\n \"id\": 1\n}\n{\n \"id\": 2\n}\n", &["1: id=1", "4: id=2"]);
    check("a.json", b"[{\"n\": \"Zo\xeb\"}]", &["1: n=Zoë"]);
}

#[test]
fn json_documents_that_are_broken() {
    check("a.json", b"[]", &["? the file has a header but no rows"]);
    check("a.json", br#"{"n": 0, "klanten": []}"#, &["? the file has a header but no rows"]);
    check("a.json", b"[1, 2]", &["? no array of objects found"]);
    check(
        "a.json",
        b"[{\"id\": 1},\n 7,\n {\"id\": oops},\n {\"id\": 2}]",
        &["1: id=1", "!2 not a JSON object", "!3 not valid JSON at character 8", "4: id=2"],
    );
    let damage = "? damaged after line 2: ";
    check(
        "a.json",
        b"[{\"id\": 1}]\n und so weiter",
        &[
            "1: id=1",
            "!2 more text follows the end of the JSON",
            &format!("{damage}more text follows the end of the JSON"),
        ],
    );
    check(
        "a.json",
        b"[{\"id\": 1},\n{\"id\": 2",
        &[
            "1: id=1",
            "!2 the JSON breaks off or is not well-formed",
            &format!("{damage}the JSON breaks off or is not well-formed"),
        ],
    );
}

#[test]
fn json_lines() {
    check(
        "a.jsonl",
        b"{\"id\": 1, \"adres\": [{\"plaats\": \"Ede\"}]}\n\n{\"id\": \"2\"}",
        &["1: id=1 adres.0.plaats=Ede", "3: id=2"],
    );
    check(
        "a",
        b"{\"id\": 1}\n{\"id\": 2\n[3]\n{\"id\": 4}\r\n{\"id\": 5}\n",
        &["1: id=1", "!2 the JSON breaks off", "!3 not a JSON object", "4: id=4", "5: id=5"],
    );
    check("a.jsonl", b"{\"n\": \"Ren\xe9\"}\n{\"n\": \"x\"}\n", &["1: n=René", "2: n=x"]);
    let named = Format { records: Some("rijen".into()), ..Format::default() };
    check_as(
        &named,
        "a.jsonl",
        b"{\"rijen\": [{\"id\": 1}, {\"id\": 2}]}\n{\"rij\": 3}\n",
        &["1: id=1", "1: id=2", "!2 no array of records in the line"],
    );
}

#[test]
fn files_that_hold_no_table() {
    check("a.csv", b"", &["? the file is empty"]);
    check("a.csv", b"\xef\xbb\xbf \r\n \n", &["? the file is empty"]);
    check("a.csv.gz", &gzip(b""), &["? the file is empty"]);
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    check("a.csv", png, &["? not a text table: it looks like a PNG image"]);
    check("a.csv", b"\x7fELF\x02\x01", &["? not a text table: it looks like a program"]);
    let noise: Vec<u8> = (0..=255).cycle().take(5000).collect();
    check("a.csv", &noise, &["? not a text table: it looks like binary data"]);
    check("a.xlsx", b"PK\x03\x04", &["? not a text table: it looks like an Excel workbook"]);
    let parquet = Format { kind: Some(FileKind::Parquet), ..Format::default() };
    let other = "? not a text table: it looks like something other than Parquet";
    check_as(&parquet, "a.parquet", b"id\n1\n", &[other]);
    check("a.csv", b"PAR1 and no more", &["? damaged after line 0: the Parquet data is damaged"]);
}

#[test]
fn truncated_compression_keeps_the_rows_before() {
    let lines: String = (0..50_000).map(|at| format!("{at};Jan{}\n", at * 7919 % 10_007)).collect();
    let whole = gzip(format!("id;naam\n{lines}").as_bytes());
    let delivery = read_one("a.csv.gz", &whole[..whole.len() / 2]);
    let file = &delivery.summary.files[0];
    assert!(file.rows > 10_000, "{}", file.rows);
    assert_eq!(delivery.rows[0], "2: id=0 naam=Jan0");
    let last = delivery.rows.last().unwrap();
    assert!(last.ends_with("the file breaks off in this row"), "{last}");
    assert!(file.problem.as_ref().unwrap().contains("damaged after line"));
}

#[test]
fn wide_files_and_long_fields() {
    let header: Vec<String> = (0..500).map(|at| format!("c{at}")).collect();
    let row: Vec<String> = (0..500).map(|at| format!("v{at}")).collect();
    let text = format!("{}\n{}\n", header.join(";"), row.join(";"));
    let delivery = read_one("a.csv", text.as_bytes());
    assert_eq!(delivery.batches[0].rows[0].payload.len(), 500);
    assert!(delivery.rows[0].ends_with("c499=v499"));

    const MB: usize = 1024 * 1024;
    for quote in ["", "\""] {
        let mut text = format!("id;naam\n1;{quote}").into_bytes();
        text.resize(text.len() + 10 * MB, b'x');
        text.extend_from_slice(format!("{quote}\n2;{quote}").as_bytes());
        text.resize(text.len() + 17 * MB, b'y');
        text.extend_from_slice(format!("{quote}\n3;Jan\n").as_bytes());
        let delivery = read_one("a.csv", &text);
        let rows: Vec<_> = delivery.batches.iter().flat_map(|batch| &batch.rows).collect();
        let lengths: Vec<_> =
            rows.iter().map(|row| (row.line, row.payload.get(1).map(str::len))).collect();
        assert_eq!(lengths, [(2, Some(10 * MB)), (4, Some(3))]);
        let quarantined = delivery.batches.iter().flat_map(|batch| &batch.quarantined);
        let faults: Vec<_> =
            quarantined.map(|row| (row.line, &*row.reason, row.raw.len())).collect();
        assert_eq!(faults, [(3, "a field is longer than 16 MB", 64 * 1024)]);
    }
}

#[test]
fn columns_keep_their_numbers_across_files() {
    let delivery = deliver(
        &[
            ("a.csv", b"id;naam\n1;Jan\n"),
            ("b.json", br#"[{"plaats": "Ede", "id": 2}]"#),
            ("c.csv", b"naam,id\nPiet,3\n"),
        ],
        &Format::default(),
    );
    assert_eq!(delivery.rows, ["2: id=1 naam=Jan", "1: plaats=Ede id=2", "2: naam=Piet id=3"]);
    assert_eq!(*delivery.batches[2].columns, ["id", "naam", "plaats"]);
    let last = &delivery.batches[2];
    assert_eq!((last.bytes_read, last.bytes_total), (57, 57));
    let kinds: Vec<_> =
        delivery.summary.files.iter().map(|file| (file.kind, file.delimiter)).collect();
    let csv = |delimiter| (Some(FileKind::Csv), Some(delimiter));
    assert_eq!(kinds, [csv(';'), (Some(FileKind::Json), None), csv(',')]);
}

#[test]
fn the_trouble_of_one_file_stops_no_other() {
    let delivery = deliver(
        &[
            ("a.csv", b""),
            ("b.png", b"\x89PNG\r\n\x1a\n"),
            ("c.csv", b"id;naam\n"),
            ("d.csv", b"id;naam\n1;Jan\n"),
        ],
        &Format::default(),
    );
    assert_eq!(delivery.rows, ["2: id=1 naam=Jan"]);
    let problems = delivery.summary.files.iter().map(|file| file.problem.is_some());
    assert_eq!(problems.collect::<Vec<_>>(), [true, true, true, false]);
    assert_eq!(delivery.summary.rows(), 1);
    let missing = read(&["nowhere.csv".into()], &Format::default(), &mut |_| Ok(())).unwrap();
    let problem = missing.files[0].problem.as_deref();
    assert_eq!(problem, Some("nowhere.csv: there is no such file"));
}

#[test]
fn batches_are_neither_too_long_nor_too_large() {
    let text = format!("id;naam\n{}", "1;Jan\n".repeat(10_000));
    let lengths = |text: String| -> Vec<usize> {
        read_one("a.csv", text.as_bytes()).batches.iter().map(|batch| batch.rows.len()).collect()
    };
    assert_eq!(lengths(text), [4096, 4096, 1808]);
    let large = "x".repeat(1024 * 1024);
    assert_eq!(lengths(format!("id;naam\n{}", format!("1;{large}\n").repeat(9))), [8, 1]);
}

#[test]
fn a_sink_can_refuse() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, format!("id\n{}", "1\n".repeat(10_000))).unwrap();
    for read in [read, read_ahead] {
        let mut batches = 0;
        let result = read(&[path.clone(), path.clone()], &Format::default(), &mut |_| {
            batches += 1;
            Err(Error::NothingMatches { pattern: "enough".into() })
        });
        assert!(matches!(result, Err(Error::NothingMatches { .. })));
        assert_eq!(batches, 1);
    }
}

#[test]
fn reading_ahead_gives_the_same_batches() {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["a.csv", "b.csv"].map(|name| folder.path().join(name));
    std::fs::write(&paths[0], format!("id;naam\n{}", "1;Jan\n".repeat(10_000))).unwrap();
    std::fs::write(&paths[1], "naam;stad\nEva;Ede\nBo;Ede;te veel\n").unwrap();
    let [one, other] = [read, read_ahead].map(|read| {
        let mut batches = Vec::new();
        let summary = read(&paths, &Format::default(), &mut |batch| {
            batches.push(format!("{batch:?}"));
            Ok(())
        });
        (batches, summary.unwrap())
    });
    assert_eq!(one.0.len(), 4);
    assert_eq!(one, other);
}

#[test]
fn formats_that_make_no_sense_are_errors() {
    let refused = |format: Format| read(&[], &format, &mut |_| Ok(())).unwrap_err().to_string();
    let encoding = Format { encoding: Some("klingon".into()), ..Format::default() };
    assert_eq!(refused(encoding), "unknown encoding `klingon`");
    for (delimiter, shown) in [('€', "\\u{20ac}"), ('"', "\\\""), ('\n', "\\n")] {
        let format = Format { delimiter: Some(delimiter), ..Format::default() };
        assert_eq!(refused(format), format!("`{shown}` cannot separate fields"));
    }
    let space = Format { delimiter: Some(' '), ..Format::default() };
    check_as(&space, "a.csv", b"id naam\n1 Jan\n", &["2: id=1 naam=Jan"]);
    let csv = Format { kind: Some(FileKind::Csv), ..Format::default() };
    check_as(&csv, "a.json", b"[id];[naam]\n1;Jan\n", &["2: [id]=1 [naam]=Jan"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(&b"a1;,\"\\\r\n{}[]: \0"[..])],
            0..120,
        ),
        kind in prop::sample::select(&["a.csv", "a.json", "a.jsonl", "a.gz"][..]),
    ) {
        let delivery = read_one(kind, &bytes);
        let file = &delivery.summary.files[0];
        prop_assert_eq!((file.rows + file.quarantined) as usize, delivery.rows.len());
        prop_assert!(file.rows > 0 || file.problem.is_some());
    }
}
