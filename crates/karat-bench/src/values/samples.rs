//! What values of each semantic type look like in customer files: good, dirty and foreign ones.
//!
//! A `#` stands for any digit.

use karat_model::semantic::SemanticType::{self, *};

/// Some values of a type.
pub(super) struct Sample {
    pub semantic_type: SemanticType,
    /// How many in a second are wanted.
    pub target: f64,
    pub values: &'static [&'static str],
}

const fn sample(semantic_type: SemanticType, values: &'static [&'static str]) -> Sample {
    Sample { semantic_type, target: 1e6, values }
}

/// Names and addresses, which take more.
const fn long(semantic_type: SemanticType, values: &'static [&'static str]) -> Sample {
    Sample { semantic_type, target: 3e5, values }
}

pub(super) const SAMPLES: &[Sample] = &[
    // Persons.
    long(
        FullName,
        &[
            "Jan Jansen",
            "J.P. van den Berg",
            "dhr. drs. A. de Vries-Bakker MSc",
            "JANSEN, P.",
            "Mevr. S. El Amrani",
            "Hans Müller",
            "María José García López",
            "Rene",
            "n.v.t.",
            "Fam. de Wit",
        ],
    ),
    long(
        PartyName,
        &[
            "Jan Jansen",
            "Bakkerij Bos B.V.",
            "VOF De Wit",
            "J. de Vries",
            "Müller GmbH & Co. KG",
            "-",
        ],
    ),
    long(GivenName, &["Jan", "SANNE", "jan-willem", "Renée", "J.P.", "Johannes (Jan)", "onbekend"]),
    long(Initials, &["J.P.", "jp", "A", "Th. M.", "J P", "-"]),
    long(FamilyNamePrefix, &["van den", "de", "V.D.", "van 't", "el", ""]),
    long(
        FamilyName,
        &[
            "Jansen",
            "de Vries",
            "VAN DEN BERG",
            "Bakker-Smit",
            "Müller",
            "O'Brien",
            "test",
            "Vries, de",
        ],
    ),
    long(PartnerName, &["Smit", "de Wit", "van der Meer", "BAKKER", "-"]),
    long(Title, &["dhr.", "mevr.", "drs.", "prof. dr.", "Herr", "Mr", "De heer"]),
    long(NameSuffix, &["MSc", "jr.", "BSc", "PhD", "sr"]),
    sample(Gender, &["M", "v", "Man", "vrouw", "female", "mevrouw", "0", "onbekend", "X"]),
    sample(
        BirthDate,
        &[
            "19##-03-14",
            "1#-03-19##",
            "1-1-1970",
            "14 maart 1985",
            "19850314",
            "31-02-1980",
            "03/14/1985",
            "14.3.85",
            "onbekend",
        ],
    ),
    sample(NameUsage, &["E", "P", "V", "N", "partner - eigen"]),
    sample(BirthPlace, &["Onsdorp", "UTRECHT", "'s-Gravenhage", "Köln", "onbekend"]),
    sample(JobTitle, &["Inkoper", "hoofd administratie", "CEO", "Account Manager", "-"]),
    // Organisations.
    long(
        CompanyName,
        &[
            "Bakkerij Bos B.V.",
            "JANSEN EN ZN VOF",
            "Stichting Onsdorp",
            "Müller GmbH & Co. KG",
            "Acme Ltd.",
            "De Wit h.o.d.n. Witgoed",
            "Holding i.o.",
            "nvt",
        ],
    ),
    sample(
        LegalForm,
        &[
            "B.V.",
            "bv",
            "Besloten Vennootschap",
            "Eenmanszaak",
            "VOF",
            "GmbH",
            "Stichting",
            "S.A.",
            "Ltd",
            "iets anders",
        ],
    ),
    sample(
        KvkNumber,
        &[
            "########",
            "########",
            "3#######",
            "KvK ########",
            "######7",
            "########0001",
            "0000########",
            "## ## ## ##",
            "nvt",
        ],
    ),
    sample(
        EstablishmentNumber,
        &[
            "0000########",
            "0000########",
            "########",
            "0000 #### ####",
            "vest. 0000########",
            "12345",
        ],
    ),
    sample(
        Rsin,
        &["853746333", "810433941", "#########", "8###.##.###", "RSIN #########", "onbekend"],
    ),
    sample(
        KboNumber,
        &[
            "0417497106",
            "0566988259",
            "0###.###.###",
            "BE 0417.497.106",
            "417497106",
            "BE0#########",
        ],
    ),
    sample(
        Lei,
        &[
            "HWUPKR0MPOU8FGXBT394",
            "724500##############",
            "hwup kr0m pou8 fgxb t394",
            "5493####ABCD########",
            "-",
        ],
    ),
    sample(Duns, &["#########", "##-###-####", "########", "DUNS #########", "onbekend"]),
    sample(
        VatNumber,
        &[
            "NL853746333B01",
            "NL810433941B01",
            "NL#########B01",
            "nl 8537.46.333.b.01",
            "BE0417497106",
            "BE 0###.###.###",
            "DE811907980",
            "DE#########",
            "FR40303265045",
            "FR###########",
            "IT00743110157",
            "ESB58378431",
            "ATU########",
            "IE6433435F",
            "GR094259216",
            "CHE-###.###.### MWST",
            "US########",
            "n.v.t.",
        ],
    ),
    sample(
        Website,
        &[
            "www.bos.example",
            "https://wit.example/",
            "bos.example",
            "HTTP://Smit.Example/over",
            "geen",
        ],
    ),
    sample(
        IndustryCode,
        &["43310", "43##", "47.91.1", "SBI 2008: 43310", "NACE 43.31", "F43.31", "bouw"],
    ),
    // Addresses.
    long(
        FullAddress,
        &[
            "Dorpsstraat ## A, 1234 AC Onsdorp",
            "Kerkplein ##-2, 4321BA BUITEN",
            "Hauptstraße ##, 50667 Köln",
            "Postbus ##, 1234 ZA Onsdorp",
            "## Mill Road, Oldtown AB1 2CD",
        ],
    ),
    long(
        AddressLine,
        &[
            "Dorpsstraat ##",
            "KERKPLEIN 1# A",
            "Laan 1940-1945 12",
            "1e Jan van der Heijdenstraat #",
            "Postbus 1##",
            "Hauptstr. ##",
            "## Mill Road",
            "Kade 12 bus #",
            "tegenover nr 5",
        ],
    ),
    long(Street, &["Dorpsstraat", "KERKPLEIN", "Dorpsstr.", "Hauptstraße", "Mill Road", "Kade 12"]),
    long(HouseNumber, &["##", "## a", "12-14", "1##bis", "nvt", "##A-3"]),
    long(HouseNumberAddition, &["A", "bis", "2", "hs", "III", "bus 3"]),
    long(AddressExtra, &["Flat 2", "t.a.v. J. Jansen", "Gebouw C", "2e etage", "-"]),
    long(
        Postcode,
        &[
            "1234 AC",
            "4321ba",
            "####XZ",
            "9000",
            "50667",
            "AB1 2CD",
            "1234",
            "onbekend",
            "NL-1234 AC",
        ],
    ),
    long(
        City,
        &["Onsdorp", "BUITEN", "'s-Gravenhage", "Köln", "Den Haag", "Utrecht (NL)", "onbekend"],
    ),
    long(PostcodeCity, &["1234 AC Onsdorp", "4321BA BUITEN", "50667 Köln", "Onsdorp 1234AC"]),
    long(Region, &["Utrecht", "NOORD-HOLLAND", "NSW", "Yorkshire", "-"]),
    long(Country, &["NL", "Nederland", "BELGIE", "Deutschland", "United Kingdom", "Holland", "??"]),
    long(
        BagObjectId,
        &["0344010000######", "0344200000######", "344200000######", "0344990000######"],
    ),
    // Contact points and numbers.
    sample(
        Email,
        &[
            "jan.jansen@post.example",
            "Sanne@Post.Example",
            "info@bos.example",
            "jan@gmial.com",
            "jan.de.vries##@gmail.com",
            "jan@@post",
            "geen",
            "p.bakker+krant@ziggo.nl",
        ],
    ),
    sample(
        Phone,
        &[
            "06-1#3#5#87",
            "020-1#34#68",
            "+316123459##",
            "0031 6 123459##",
            "(030) 12#45#8",
            "0470 12 3# 5#",
            "+49 221 12345##",
            "+32 2 123 4# 5#",
            "020 7946 0958",
            "onbekend",
            "06-12",
        ],
    ),
    sample(
        Iban,
        &[
            "NL91ABNA0417164300",
            "nl91 abna 0417 1643 00",
            "NL##ABNA04171643##",
            "BE68539007547034",
            "DE44500105175407324931",
            "IBAN NL91ABNA0417164300",
            "041716430",
            "-",
        ],
    ),
    sample(Identifier, &["K-####", "#######", "p-00#", "(ab/##)", "nvt"]),
    // Anything else.
    sample(Category, &["Gold", "SILVER", "brons", "Particulier", "-"]),
    sample(Flag, &["ja", "N", "1", "true", "nee", "?"]),
    sample(Date, &["202#-03-14", "14-03-202#", "2024-01-31T12:00:00", "1 mei 2020", "onbekend"]),
    sample(Number, &["12##", "1.3##,50", "€ ##,-", "0", "veel"]),
    sample(
        Text,
        &[
            "belt graag na vijf",
            "BSN: 123456782",
            "verhuisd per 1 mei, tel. 06-123459##",
            "n.v.t.",
            "RenÃ©e belt",
        ],
    ),
];
