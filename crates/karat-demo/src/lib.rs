//! Invents a Dutch retailer whose customers are scattered over five source systems.
//!
//! ```text
//! data/   what the Netherlands are made of: names, towns, streets, trades, with their frequencies
//!   ↓
//! world   people, households and companies, and what changes in their lives
//!   ↓
//! systems what each source system came to know of them, in its own habits
//!   ↓     noise: and what went wrong on the way
//! ledger  the files, and the truth: which record is about whom
//! ```
//!
//! Everybody is invented: names, births, addresses and numbers are combined at random. The same
//! options give the same bytes on every platform. Worlds are made neighbourhood by neighbourhood,
//! so that millions of people need little memory.
//!
//! Modules are listed in the order a record comes about.

mod dice;
mod table;
mod names;
mod world;
mod noise;
mod systems;
mod truth;
mod ledger;
mod persons;
mod organisations;
pub mod defects;
pub mod written_names;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use dice::{Dice, Purpose};
use ledger::Ledger;
use noise::remark::RemarkTable;
use systems::{CustomerNumbers, Scene, System};
use truth::Truth;
use world::neighbourhood::{Neighbourhoods, Tables};

/// How large a retailer to invent, and which.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many people live in the invented world; about nine in ten of them are customers.
    pub people: u32,
    /// Another seed, another world.
    pub seed: u64,
}

/// The invented retailer: all that is needed to tell its files.
#[derive(Debug)]
pub struct Retailer {
    tables: Tables,
    remarks: RemarkTable,
    seed: u64,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The files of the source systems.
    pub files: Vec<WrittenFile>,
    /// How many records the truth knows.
    pub truth_rows: u64,
    /// How many people were invented.
    pub people: u64,
    /// How many companies were invented.
    pub companies: u64,
}

/// A file of a source system.
#[derive(Clone, Debug)]
pub struct WrittenFile {
    /// The name of the source: the stem of the file.
    pub source: &'static str,
    /// The name of the file.
    pub file: &'static str,
    /// How many records it has, the unreadable included.
    pub rows: u64,
}

/// How much was written of a file of persons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Persons {
    /// The records.
    pub records: u64,
    /// The people they are about.
    pub people: u64,
}

/// How much was written of a file of organisations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Organisations {
    /// The records.
    pub records: u64,
    /// The legal entities they are about.
    pub organisations: u64,
}

/// The name of the file with the truth.
pub const TRUTH_FILE: &str = "truth.csv";

/// The members of a household are scattered over this many rows of a file.
const BLOCK: u64 = 8192;

/// Invents a retailer and writes the files of its five systems, their truth and a `README.txt`.
pub fn write(options: &Options, dir: &Path) -> io::Result<Written> {
    Retailer::invent(options.seed).write(options.people, dir)
}

/// Writes one CSV file of person records with duplicates, and its truth.
///
/// The columns are `id, first_name, prefix, last_name, birth_date, street, house_number, addition,
/// postcode, city, email, phone, gender, updated_at`; a person has 2.1 records on average, and a
/// record about a hundred bytes. The source in the truth is `persons`.
pub fn write_persons(
    records: u64,
    seed: u64,
    out: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Persons> {
    persons::write(&Retailer::invent(seed), records, out, truth)
}

/// Writes one CSV file of records of organisations with duplicates, and its truth.
///
/// The columns are `id, company_name, trade_name, kvk_number, vat_number, street, house_number,
/// postcode, city, country, phone, email, website, iban, updated_at`; a legal entity has 2.4 records
/// on average, its branches included, and a record about a hundred and forty bytes. The source in
/// the truth is `organisations`.
pub fn write_organisations(
    records: u64,
    seed: u64,
    out: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Organisations> {
    organisations::write(&Retailer::invent(seed), records, out, truth)
}

impl Retailer {
    /// The retailer of this seed.
    pub fn invent(seed: u64) -> Retailer {
        Retailer { tables: Tables::read(), remarks: RemarkTable::read(), seed }
    }

    /// Its neighbourhoods, until there are so many people.
    fn neighbourhoods(&self, people: u32) -> Neighbourhoods<'_> {
        Neighbourhoods::new(&self.tables, self.seed, u64::from(people))
    }

    /// Writes all files for a world of so many people.
    pub fn write(&self, people: u32, dir: &Path) -> io::Result<Written> {
        std::fs::create_dir_all(dir)?;
        let create = |file: &str| Ok::<_, io::Error>(BufWriter::new(File::create(dir.join(file))?));
        std::fs::write(dir.join("README.txt"), include_str!("data/README.txt"))?;
        let mut truth = Truth::begin(create(TRUTH_FILE)?)?;
        let mut books = Vec::new();
        for system in &systems::ALL {
            books.push(Book::begin(system, self.seed, create(system.file)?)?);
        }

        let mut numbers = CustomerNumbers::default();
        let (mut people_invented, mut companies_invented) = (0, 0);
        for neighbourhood in self.neighbourhoods(people) {
            people_invented += neighbourhood.people.len() as u64;
            companies_invented += neighbourhood.companies.len() as u64;
            let scene = Scene { neighbourhood: &neighbourhood, remarks: &self.remarks };
            numbers.clear();
            for (lane, book) in (0..).zip(&mut books) {
                let mut dice = Dice::new(self.seed, Purpose::System(lane), neighbourhood.number);
                (book.system.record)(&scene, &mut dice, &mut numbers, &mut book.ledger);
                book.ledger.write_full_blocks(book.system.encode, &mut book.out, &mut truth)?;
            }
        }

        let mut files = Vec::new();
        for book in books {
            files.push(book.end(&mut truth)?);
        }
        Ok(Written {
            files,
            truth_rows: truth.end()?,
            people: people_invented,
            companies: companies_invented,
        })
    }
}

/// A file of a system, being written.
struct Book {
    system: &'static System,
    ledger: Ledger,
    out: BufWriter<File>,
}

impl Book {
    fn begin(system: &'static System, seed: u64, mut out: BufWriter<File>) -> io::Result<Book> {
        out.write_all(&(system.encode)(system.opening))?;
        Ok(Book { system, ledger: Ledger::new(system.name, seed, BLOCK), out })
    }

    fn end(mut self, truth: &mut Truth<BufWriter<File>>) -> io::Result<WrittenFile> {
        self.ledger.write_rest(self.system.encode, &mut self.out, truth)?;
        self.out.flush()?;
        let System { name, file, .. } = *self.system;
        Ok(WrittenFile { source: name, file, rows: self.ledger.rows() })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;

    use super::*;

    fn invented(people: u32, seed: u64) -> (tempfile::TempDir, Written) {
        let dir = tempfile::tempdir().unwrap();
        let written = write(&Options { people, seed }, dir.path()).unwrap();
        (dir, written)
    }

    fn bytes(dir: &Path) -> BTreeMap<String, Vec<u8>> {
        fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
            })
            .collect()
    }

    /// The ids in a file, as far as its rows can be read, and how many rows cannot.
    fn ids(dir: &Path, file: &str) -> (Vec<String>, usize) {
        let raw = fs::read(dir.join(file)).unwrap();
        let text = match file {
            "erp.txt" => encoding_rs::WINDOWS_1252.decode(&raw).0.into_owned(),
            _ => String::from_utf8(raw).unwrap(),
        };
        if file == "webshop.jsonl" {
            return read_json_lines(&text);
        }
        let delimiter = match file {
            "erp.txt" => b';',
            "servicedesk.csv" => b'|',
            _ => b',',
        };
        let quotes = delimiter == b',';
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .quoting(quotes)
            .from_reader(text.as_bytes());
        let rows: Vec<_> = reader.records().collect();
        let readable = rows.iter().filter_map(|row| row.as_ref().ok());
        let ids: Vec<String> = readable.map(|row| row[0].to_owned()).collect();
        let unreadable = rows.len() - ids.len();
        (ids, unreadable)
    }

    fn read_json_lines(text: &str) -> (Vec<String>, usize) {
        let rows: Vec<Result<serde_json::Value, _>> =
            text.lines().map(serde_json::from_str).collect();
        let unreadable = rows.iter().filter(|row| row.is_err()).count();
        let id = |row: &serde_json::Value| row["id"].as_str().unwrap_or_default().to_owned();
        (rows.iter().filter_map(|row| row.as_ref().ok()).map(id).collect(), unreadable)
    }

    fn truth(dir: &Path) -> Vec<(String, String, String)> {
        let mut reader = csv::Reader::from_path(dir.join(TRUTH_FILE)).unwrap();
        reader.deserialize().map(|row| row.unwrap()).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
        let first = bytes(invented(600, 7).0.path());
        assert_eq!(first, bytes(invented(600, 7).0.path()));
        let other = bytes(invented(600, 8).0.path());
        assert!(first.keys().eq(other.keys()));
        for system in &systems::ALL {
            assert_ne!(first[system.file], other[system.file], "{}", system.file);
        }
    }

    #[test]
    fn every_record_of_the_truth_is_in_its_file_once() {
        let (dir, written) = invented(6000, 3);
        let truth = truth(dir.path());
        assert_eq!(truth.len() as u64, written.truth_rows);
        let keys: BTreeSet<_> = truth.iter().map(|(source, id, _)| (source, id)).collect();
        assert_eq!(keys.len(), truth.len());
        for file in &written.files {
            let (ids, unreadable) = ids(dir.path(), file.file);
            assert_eq!((ids.len() + unreadable) as u64, file.rows, "{}", file.file);
            let ids: BTreeSet<_> = ids.into_iter().collect();
            let of_file = truth.iter().filter(|(source, ..)| source == file.source);
            assert!(of_file.clone().count() > 500, "{}", file.file);
            assert!(of_file.into_iter().all(|(_, id, _)| ids.contains(id)), "{}", file.file);
        }
    }

    #[test]
    fn accidents_happen_but_not_often() {
        let (dir, written) = invented(12_000, 3);
        for file in &written.files {
            let (ids, unreadable) = ids(dir.path(), file.file);
            let without_id = ids.iter().filter(|id| id.is_empty()).count();
            let repeated = ids.len() - ids.iter().collect::<BTreeSet<_>>().len();
            let spoilt = (unreadable + without_id + repeated) as u64;
            assert!(spoilt * 100 < file.rows, "{}", file.file);
            match file.source {
                "crm" => assert!(unreadable > 0 && without_id > 0 && repeated > 0),
                "webshop" => assert!(unreadable > 0 && without_id > 0),
                _ => assert_eq!(unreadable, 0, "{}", file.file),
            }
        }
    }

    #[test]
    fn customers_are_scattered_over_systems() {
        let (dir, written) = invented(6000, 3);
        let mut sources: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for (source, _, entity) in truth(dir.path()) {
            sources.entry(entity).or_default().insert(source);
        }
        let several = sources.values().filter(|sources| sources.len() > 1).count();
        let share = several * 100 / sources.len();
        assert!((50..80).contains(&share), "{share}");
        assert!(sources.len() as u64 > (written.people + written.companies) * 7 / 10);
    }

    #[test]
    fn organisations_are_written_to_the_record() {
        let written = |records, seed| {
            let (mut out, mut truth) = (Vec::new(), Vec::new());
            let told = write_organisations(records, seed, &mut out, &mut truth).unwrap();
            (told, out, truth)
        };
        for records in [0, 1, 30_000] {
            let (told, out, truth) = written(records, 5);
            let mut reader = csv::Reader::from_reader(&out[..]);
            let ids: BTreeSet<String> =
                reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
            assert_eq!((ids.len() as u64, told.records), (records, records));
            let mut reader = csv::Reader::from_reader(&truth[..]);
            let known: BTreeSet<String> =
                reader.records().map(|row| row.unwrap()[1].to_owned()).collect();
            assert_eq!(known, ids);
            if records > 1 {
                let tenths = records * 10 / told.organisations;
                assert!((18..=30).contains(&tenths), "{tenths} records of ten organisations");
            }
        }
        assert_eq!(written(3000, 7), written(3000, 7));
        assert_ne!(written(3000, 7).1, written(3000, 8).1);
    }

    #[test]
    fn organisations_are_as_messy_as_they_are() {
        let (mut out, mut truth) = (Vec::new(), Vec::new());
        write_organisations(20_000, 3, &mut out, &mut truth).unwrap();
        let mut reader = csv::Reader::from_reader(&out[..]);
        let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
        let entity_of: BTreeMap<String, String> = csv::Reader::from_reader(&truth[..])
            .records()
            .map(|row| row.unwrap())
            .map(|row| (row[1].to_owned(), row[2].to_owned()))
            .collect();
        let filled =
            |at: usize| rows.iter().filter(|row| !row[at].is_empty()).count() * 100 / rows.len();
        assert!((25..50).contains(&filled(3)), "{} % have a KvK number", filled(3));
        assert!((25..50).contains(&filled(4)), "{} % have a VAT number", filled(4));
        // How many organisations have each value of a column.
        let shared = |at: usize| {
            let mut holders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for row in rows.iter().filter(|row| !row[at].is_empty()) {
                holders.entry(&row[at]).or_default().insert(&entity_of[&row[0]]);
            }
            holders.values().filter(|organisations| organisations.len() > 1).count()
        };
        assert!(shared(4) > 50, "fiscal unities share a VAT number: {}", shared(4));
        assert!(shared(11) > 200, "groups share a mailbox: {}", shared(11));
        assert!(shared(3) < 100, "clerks seldom copy the KvK number of a sister: {}", shared(3));
    }

    #[test]
    fn persons_are_written_to_the_record() {
        for records in [0, 1, 70_000] {
            let (mut out, mut truth) = (Vec::new(), Vec::new());
            let persons = write_persons(records, 5, &mut out, &mut truth).unwrap();
            let mut reader = csv::Reader::from_reader(&out[..]);
            let ids: BTreeSet<String> =
                reader.records().map(|row| row.unwrap()[0].to_owned()).collect();
            assert_eq!((ids.len() as u64, persons.records), (records, records));
            let of_truth = csv::Reader::from_reader(&truth[..]).into_records().count() as u64;
            assert_eq!(of_truth, records);
            if records > 1 {
                let tenths_per_person = records * 10 / persons.people;
                assert!((15..=25).contains(&tenths_per_person), "{tenths_per_person}");
                assert!((80..130).contains(&(out.len() as u64 / records)));
            }
        }
    }
}
