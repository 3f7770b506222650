//! Five thousand address lines as people write them, with the parts that they mean.
//!
//! A seeded generator draws an address, then writes it the way files hold it: abbreviated, in
//! capitals, without spaces, with a floor, a remark, a postal code in any spelling. The label is what
//! was drawn, so that the reader under test has no part in it. Shares follow a Dutch company: seven
//! in ten lines are Dutch, the others Belgian and German by halves.

use std::collections::BTreeMap;
use std::fmt::Write;

use karat_model::hub_model::{Country, DateOrder};

use super::{Parts, parse_line};
use crate::clean::output::Context;

const LINES: usize = 5_000;
const SEED: u64 = 20_261_123;

/// The generator SplitMix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// What a line means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Label {
    street: String,
    number: String,
    addition: String,
    postcode: String,
    city: String,
}

impl Label {
    fn of(parts: &Parts) -> Label {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        Label {
            street: text(&parts.street),
            number: text(&parts.house_number),
            addition: text(&parts.addition),
            postcode: text(&parts.postcode),
            city: text(&parts.city),
        }
    }
}

/// A line, what it means, and in which ways it was written.
struct Line {
    country: Country,
    text: String,
    label: Label,
    ways: Vec<&'static str>,
}

const DUTCH_STREETS: &[&str] = &[
    "Kerkstraat",
    "Dorpsstraat",
    "Molenweg",
    "Beethovenlaan",
    "Stationsplein",
    "Prinsengracht",
    "De Ruijterkade",
    "Burgemeester van Reenenlaan",
    "Burgemeester Smitstraat",
    "Professor Doctor Dorgelolaan",
    "Sint Jansstraat",
    "Van Goghstraat",
    "Laan van Nieuw Oost-Indië",
    "Lange Voorhout",
    "Korte Noodgodsstraat",
    "Oude Rijn",
    "Achter de Dom",
    "Hoge Weg",
    "'t Goylaan",
    "IJsselstraat",
    "Generaal de la Reijlaan",
    "Pastoor Smitstraat",
    "Dominee Visserstraat",
    "Jan van Galenstraat",
    "Maasboulevard",
    "Wilhelminasingel",
    "Julianadijk",
    "Heuvelhof",
    "Zuiderpark",
    "Vissteeg",
    "Rozendreef",
    "Kastanjeplantsoen",
    "Grote Markt",
    "Karel Doormanstraat",
    "Admiraal Helfrichweg",
    "Veldje",
    "Op de Worp",
    "Boven 't Dal",
    "Straat van Messina",
    "Nassaukade",
    "Plein 1944",
    "Plein 1813",
    "Laan 1940-1945",
    "1e Jan van der Heijdenstraat",
    "2e Kostverlorenkade",
    "4 Septemberstraat",
    "18 Septemberplein",
    "5 Meilaan",
];

const DUTCH_CITIES: &[&str] = &[
    "Amsterdam",
    "Utrecht",
    "Den Haag",
    "'s-Hertogenbosch",
    "Bergen op Zoom",
    "IJmuiden",
    "Alphen aan den Rijn",
    "Zwolle",
    "Sint-Michielsgestel",
    "Capelle aan den IJssel",
    "Epe",
    "Ede",
];

const FLEMISH_STREETS: &[&str] = &[
    "Kerkstraat",
    "Nieuwstraat",
    "Stationsstraat",
    "Koningin Astridlaan",
    "Grote Steenweg",
    "Brusselsesteenweg",
    "Meir",
    "Sint-Jansplein",
    "Molenstraat",
    "Oude Baan",
];

const WALLOON_STREETS: &[&str] = &[
    "Rue de la Loi",
    "Rue Neuve",
    "Avenue Louise",
    "Chaussée de Wavre",
    "Boulevard du Midi",
    "Place Saint-Lambert",
    "Rue du 8 Mai 1945",
    "Rue des Éperonniers",
    "Quai de Rome",
    "Avenue de Tervueren",
];

const BELGIAN_CITIES: &[(&str, &str)] = &[
    ("9000", "Gent"),
    ("2000", "Antwerpen"),
    ("1000", "Bruxelles"),
    ("4000", "Liège"),
    ("3000", "Leuven"),
    ("9100", "Sint-Niklaas"),
];

const GERMAN_STREETS: &[&str] = &[
    "Hauptstraße",
    "Bahnhofstraße",
    "Berliner Straße",
    "Am Markt",
    "Unter den Linden",
    "Goetheplatz",
    "Lindenallee",
    "Gartenweg",
    "Straße des 17. Juni",
    "An der Alten Mühle",
    "Kaiser-Wilhelm-Ring",
    "Schloßgasse",
    "Zum Sportplatz",
    "Münchner Straße",
    "Im Winkel",
];

const GERMAN_CITIES: &[(&str, &str)] = &[
    ("50667", "Köln"),
    ("10115", "Berlin"),
    ("80331", "München"),
    ("20095", "Hamburg"),
    ("60311", "Frankfurt am Main"),
    ("48529", "Nordhorn"),
];

/// Abbreviations by which a street may be written.
const SHORT: &[(&str, &[&str])] = &[
    ("straat", &["str.", "str", "strt"]),
    ("laan", &["ln."]),
    ("plein", &["pln", "pln.", "pl."]),
    ("gracht", &["gr.", "grcht"]),
    ("singel", &["sgl", "sngl"]),
    ("plantsoen", &["plnts", "plants."]),
    ("weg", &["wg", "wg."]),
    ("Burgemeester", &["Burg.", "Burg", "Burgem."]),
    ("Professor", &["Prof."]),
    ("Doctor", &["Dr."]),
    ("Generaal", &["Gen."]),
    ("Pastoor", &["Past."]),
    ("Dominee", &["Ds."]),
    ("Admiraal", &["Adm."]),
    ("Sint ", &["St. ", "St."]),
    ("van der", &["v.d.", "v/d"]),
    ("straße", &["str.", "str", "strasse"]),
    ("Straße", &["Str.", "Str", "Strasse"]),
    ("platz", &["pl."]),
    ("Avenue", &["Av.", "Av"]),
    ("Boulevard", &["Bd", "Bld"]),
];

fn draw(dice: &mut Dice) -> Line {
    let (code, draw): (_, fn(&mut Dice, &mut Line)) = match dice.below(100) {
        0..70 => ("NL", dutch),
        70..85 => ("BE", belgian),
        _ => ("DE", german),
    };
    let country = Country::from_code(code).expect("a code");
    let mut line = Line { country, text: String::new(), label: Label::default(), ways: Vec::new() };
    draw(dice, &mut line);
    line
}

/// Writes a street as people do.
fn write_street(dice: &mut Dice, street: &str, ways: &mut Vec<&'static str>) -> String {
    let mut written = street.to_owned();
    if dice.chance(30) {
        for (full, shorts) in SHORT {
            let is_last_word = written.ends_with(full) && written.len() > full.len();
            let opens = written.starts_with(full);
            if (opens || is_last_word || full.contains(' ')) && written.contains(full) {
                written = written.replacen(full, dice.pick(shorts), 1);
                ways.push("abbreviated");
            }
        }
    }
    match dice.below(100) {
        0..14 => {
            ways.push("capitals");
            written.to_uppercase()
        }
        14..22 => {
            ways.push("small letters");
            written.to_lowercase()
        }
        _ => written,
    }
}

/// Two neighbouring small letters of a name change places; the name that is read must have them so.
fn mistype(dice: &mut Dice, street: &str, ways: &mut Vec<&'static str>) -> String {
    let letters: Vec<char> = street.chars().collect();
    let can_swap = |at: usize| {
        letters[at..at + 2].iter().all(char::is_ascii_lowercase) && at > 0 && at + 6 < letters.len()
    };
    let places: Vec<usize> = (0..letters.len() - 1).filter(|&at| can_swap(at)).collect();
    let holds_digit = street.contains(|c: char| c.is_ascii_digit());
    if !dice.chance(3) || places.is_empty() || holds_digit {
        return street.to_owned();
    }
    ways.push("mistyped");
    let at = places[dice.below(places.len())];
    let mut letters = letters;
    letters.swap(at, at + 1);
    letters.into_iter().collect()
}

/// Puts street and number together.
fn join(dice: &mut Dice, street: &str, number: &str, ways: &mut Vec<&'static str>) -> String {
    let ends_in_letter = street.ends_with(char::is_alphabetic);
    match dice.below(100) {
        14 => {
            ways.push("number first");
            format!("{number} {street}")
        }
        15 => {
            ways.push("tab");
            format!("{street}\t{number}")
        }
        0..3 if ends_in_letter => {
            ways.push("no space before the number");
            format!("{street}{number}")
        }
        3..7 => {
            ways.push("two spaces");
            format!("{street}  {number}")
        }
        7..10 => {
            ways.push("nr.");
            format!("{street} nr. {number}")
        }
        10..11 => {
            ways.push("nr");
            format!("{street} nr {number}")
        }
        11..14 => {
            ways.push("comma before the number");
            format!("{street}, {number}")
        }
        _ => format!("{street} {number}"),
    }
}

/// A house number, mostly small.
fn number(dice: &mut Dice) -> String {
    let end = *dice.pick(&[&30, &120, &120, &400, &2_500]);
    (1 + dice.below(end)).to_string()
}

fn dutch(dice: &mut Dice, line: &mut Line) {
    let kind = dice.below(100);
    if kind < 7 {
        let is_box = kind < 5;
        let number = (1 + dice.below(if is_box { 99_999 } else { 20_000 })).to_string();
        let spellings: &[&str] = match is_box {
            true => &["Postbus", "POSTBUS", "postbus", "Postbus nr.", "Pb."],
            false => &["Antwoordnummer", "ANTWOORDNUMMER", "antwoordnr.", "Antw.nr."],
        };
        line.ways.push(if is_box { "post office box" } else { "reply number" });
        line.text = format!("{} {number}", dice.pick(spellings));
        line.label.street = if is_box { "Postbus" } else { "Antwoordnummer" }.into();
        line.label.number = number;
    } else {
        let street = dice.pick(DUTCH_STREETS);
        let number = number(dice);
        let (addition, suffix) = dutch_suffix(dice, &mut line.ways);
        let street = mistype(dice, street, &mut line.ways);
        let written = write_street(dice, &street, &mut line.ways);
        line.text = join(dice, &written, &format!("{number}{suffix}"), &mut line.ways);
        line.label = Label { street, number, addition, ..Label::default() };
        extra(
            dice,
            line,
            &[
                " (achterom)",
                " t.a.v. de administratie",
                " c/o Jansen",
                " unit 5",
                " bellen bij de buren",
                " appartement 12",
            ],
        );
    }
    if dice.chance(50) {
        let (digits, letters) =
            (1_000 + dice.below(8_999), *dice.pick(&[&"AB", &"KX", &"GE", &"ZN", &"TV"]));
        let code = match dice.below(10) {
            0..5 => format!("{digits} {letters}"),
            5..8 => format!("{digits}{letters}"),
            8 => format!("{digits}{}", letters.to_lowercase()),
            _ => format!("{digits} {}", letters.to_lowercase()),
        };
        line.label.postcode = format!("{digits} {letters}");
        let city = dice.pick(DUTCH_CITIES);
        whole(dice, line, &code, city, " Nederland");
    }
}

fn dutch_suffix(dice: &mut Dice, ways: &mut Vec<&'static str>) -> (String, String) {
    let letter = char::from(b'a' + dice.below(8) as u8);
    let capital = letter.to_ascii_uppercase();
    let digit = 2 + dice.below(7);
    let (way, addition, spellings): (_, String, Vec<String>) = match dice.below(100) {
        0..70 => return Default::default(),
        70..82 => (
            "letter",
            capital.into(),
            ["", " ", "-", "/"]
                .iter()
                .flat_map(|space| [letter, capital].map(|it| format!("{space}{it}")))
                .collect(),
        ),
        82..87 => (
            "number behind the number",
            digit.to_string(),
            vec![
                format!("-{digit}"),
                format!(" - {digit}"),
                format!("/{digit}"),
                format!(" {digit}"),
            ],
        ),
        87..89 => ("bis", "bis".into(), ["bis", " bis", " Bis", "-bis"].map(Into::into).into()),
        89..92 => ("hs", "hs".into(), ["hs", " hs", " huis", "-hs", " HS"].map(Into::into).into()),
        92..94 => ("numeral", "II".into(), ["II", " II", "-II", " ii"].map(Into::into).into()),
        94..96 => (
            "floor",
            digit.to_string(),
            vec![
                format!(" {digit} hoog"),
                format!(" {digit}hoog"),
                format!("-{digit}hg"),
                format!(" {digit}e etage"),
                format!(" {digit}e verdieping"),
            ],
        ),
        96..98 => (
            "letter and number",
            format!("{capital}-{digit}"),
            vec![
                format!("{capital}-{digit}"),
                format!(" {letter} {digit}"),
                format!("{letter}/{digit}"),
                format!("{capital}{digit}"),
            ],
        ),
        98 => ("side", "zw".into(), [" zw", "zw", " zwart"].map(Into::into).into()),
        _ => ("side", "rd".into(), [" rd", " rood", "-rd"].map(Into::into).into()),
    };
    ways.push(way);
    let at = dice.below(spellings.len());
    (addition, spellings[at].clone())
}

fn belgian(dice: &mut Dice, line: &mut Line) {
    let is_flemish = dice.chance(60);
    let street = dice.pick(if is_flemish { FLEMISH_STREETS } else { WALLOON_STREETS });
    let number = number(dice);
    let box_number = 1 + dice.below(30);
    let (addition, suffix) = match dice.below(100) {
        0..60 => Default::default(),
        60..72 => {
            line.ways.push("letter");
            ("B".to_owned(), dice.pick(&["B", "b", " B"]).to_owned())
        }
        _ => {
            line.ways.push("box");
            let written = match dice.below(8) {
                0 | 1 => format!(" bus {box_number}"),
                2 => format!(" Bus {box_number}"),
                3 => format!(" bte {box_number}"),
                4 => format!(" boîte {box_number}"),
                5 => format!(" b{box_number}"),
                6 => format!("/{box_number}"),
                _ => format!(" BUS{box_number}"),
            };
            (format!("bus {box_number}"), written)
        }
    };
    let street = mistype(dice, street, &mut line.ways);
    let written = write_street(dice, &street, &mut line.ways);
    line.text = join(dice, &written, &format!("{number}{suffix}"), &mut line.ways);
    line.label = Label { street, number, addition, ..Label::default() };
    extra(dice, line, &[" (achteraan)", " app. 3", " c/o Peeters"]);
    if dice.chance(50) {
        let (code, city) = BELGIAN_CITIES[dice.below(BELGIAN_CITIES.len())];
        line.label.postcode = code.into();
        let code = if dice.chance(15) { format!("B-{code}") } else { code.into() };
        whole(dice, line, &code, city, " België");
    }
}

fn german(dice: &mut Dice, line: &mut Line) {
    if dice.chance(4) {
        line.ways.push("post office box");
        let pairs = [10 + dice.below(89), 10 + dice.below(89), 10 + dice.below(89)];
        let groups = pairs.map(|pair| pair.to_string());
        line.text = format!("Postfach {}", groups.join(dice.pick(&[" ", ""])));
        line.label.street = "Postfach".into();
        line.label.number = groups.concat();
    } else {
        let street = dice.pick(GERMAN_STREETS);
        let number = number(dice);
        let (addition, suffix) = match dice.below(100) {
            0..75 => Default::default(),
            75..93 => {
                line.ways.push("letter");
                ("A".to_owned(), dice.pick(&["a", " a", "A", " A"]).to_owned())
            }
            _ => {
                line.ways.push("number behind the number");
                ("14".to_owned(), dice.pick(&["-14", " - 14", "/14"]).to_owned())
            }
        };
        let street = mistype(dice, street, &mut line.ways);
        let written = write_street(dice, &street, &mut line.ways);
        line.text = join(dice, &written, &format!("{number}{suffix}"), &mut line.ways);
        line.label = Label { street, number, addition, ..Label::default() };
        extra(
            dice,
            line,
            &[
                " Hinterhaus",
                " HH",
                " 2. OG links",
                " 3. Etage",
                " // Whg. 12",
                " c/o Müller",
                " (bei Schmidt)",
                " EG rechts",
            ],
        );
    }
    if dice.chance(50) {
        let (code, city) = GERMAN_CITIES[dice.below(GERMAN_CITIES.len())];
        line.label.postcode = code.into();
        let code = if dice.chance(15) { format!("D-{code}") } else { code.into() };
        whole(dice, line, &code, city, " Deutschland");
    }
}

/// Adds what is no part of the address proper.
fn extra(dice: &mut Dice, line: &mut Line, extras: &[&str]) {
    if dice.chance(2) {
        line.ways.push("something before the street");
        let before = dice.pick(&[
            "c/o Smit",
            "Gebouw De Linde",
            "t.a.v. mevrouw Bos",
            "Unit 4",
            "Afd. Inkoop",
        ]);
        line.text = format!("{before}, {}", line.text);
        return;
    }
    if dice.chance(5) {
        line.ways.push("extra");
        line.text.push_str(dice.pick(extras));
    } else if dice.chance(2) {
        line.ways.push("stray sign");
        line.text.push_str(dice.pick(&[",", ".", " -", ";"]));
    }
}

/// Adds postal code and city.
fn whole(dice: &mut Dice, line: &mut Line, code: &str, city: &str, land: &str) {
    line.ways.push("whole address");
    line.label.city = city.to_owned();
    let city = match dice.below(10) {
        0 | 1 => city.to_uppercase(),
        2 => city.to_lowercase(),
        _ => city.to_owned(),
    };
    // A Dutch code is plain without a comma before it; one of digits only is not.
    let separators: &[&str] = match line.country == Country::NETHERLANDS {
        true => &[", ", ", ", " ", "  ", "\n", "; ", " - ", ",", " | "],
        false => &[", ", ", ", "\n", "; ", ",", " | "],
    };
    let between = dice.pick(&[" ", " ", " ", "  ", ", "]);
    let text = format!("{}{}{code}{between}{city}", line.text, dice.pick(separators));
    let land =
        if dice.chance(6) { format!("{}{land}", dice.pick(&[",", ""])) } else { String::new() };
    if !land.is_empty() {
        line.ways.push("country");
    }
    line.text = text + &land;
}

/// What was right, by country, and the ways of writing behind what was not.
fn report() -> String {
    let mut dice = Dice(SEED);
    let mut by_country: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    let mut mistakes: BTreeMap<(String, &str), Vec<String>> = BTreeMap::new();
    let mut right = 0;
    for _ in 0..LINES {
        let line = draw(&mut dice);
        let context = Context { country: line.country, date_order: DateOrder::DayFirst };
        let found = Label::of(&parse_line(&line.text, &context));
        let is_right = found == line.label;
        right += usize::from(is_right);
        let of_country = by_country.entry(line.country.code().to_owned()).or_default();
        of_country[0] += usize::from(is_right);
        of_country[1] += 1;
        if !is_right {
            let kind = (
                format!("{} {}", line.country.code(), wrong_part(&found, &line.label)),
                line.ways.first().copied().unwrap_or("plain"),
            );
            let Label { street, number, addition, postcode, city } = found;
            let text = line.text.escape_debug();
            mistakes
                .entry(kind)
                .or_default()
                .push(format!("{text} → {street}|{number}|{addition}|{postcode}|{city}"));
        }
    }
    let mut report = format!("{right} of {LINES} right\n");
    for (country, [right, all]) in by_country {
        writeln!(report, "{country} {right} of {all}").expect("a string takes all");
    }
    for ((kind, way), lines) in mistakes {
        writeln!(report, "\n{kind}, {way}: {}", lines.len()).expect("a string takes all");
        for line in lines.iter().take(EXAMPLES) {
            writeln!(report, "    {line}").expect("a string takes all");
        }
    }
    report
}

/// How many lines of each kind of mistake are shown.
const EXAMPLES: usize = 2;

fn wrong_part(found: &Label, label: &Label) -> &'static str {
    match () {
        () if found.number != label.number => "number",
        () if found.addition != label.addition => "addition",
        () if found.street != label.street => "street",
        () if found.postcode != label.postcode => "postal code",
        () => "city",
    }
}

#[test]
fn lines_are_split_into_the_parts_that_were_meant() {
    let report = report();
    let right: usize = report.split(' ').next().and_then(|it| it.parse().ok()).expect("a count");
    insta::assert_snapshot!(report);
    assert!(right * 100 >= LINES * 98, "at least 98 in 100 lines are right: {right}");
}
