//! Files of two systems that know the same invented people.

/// The customers of a CRM.
pub const CRM: &str = "\
klantnr;voornaam;tussenvoegsel;achternaam;geboortedatum;email;telefoon;straat;huisnummer;postcode;plaats
1001;Petra;de;Wit;31-01-1980;petra.dewit@voorbeeld.example;0612340001;Kerkstraat;12;6711 AB;Ede
1002;Johannes;van den;Berg;02-11-1955;j.vandenberg@voorbeeld.example;0612340002;Molenweg;3;7071 XK;Ulft
1003;Fatima;;Yilmaz;17-06-1991;fatima@yilmaz.example;0612340003;Stationsplein;88;3511 ED;Utrecht
1004;Sanne;;Bakker;09-09-1986;sanne.bakker@voorbeeld.example;0612340004;Dorpsstraat;1;1721 BB;Broek op Langedijk
1005;Willem;;Bakker;23-12-1949;willem.bakker@voorbeeld.example;0612340005;Haven;40;8861 XB;Harlingen
1006;Noor;ter;Horst;04-04-1999;noor@terhorst.example;0612340006;Esweg;7;7642 CL;Wierden
1007;Kees;;Vermeulen;12-08-1972;kees.vermeulen@voorbeeld.example;0612340007;Markt;19;4701 PE;Roosendaal
1008;Ilse;;Dijkstra;30-05-1964;ilse@dijkstra.example;0612340008;Wirdumerdijk;25;8911 CB;Leeuwarden
";

/// The customers of a web shop: 1001, 1003 and 1006 of the CRM, and two others.
pub const SHOP: &str = "\
{\"id\": \"w1\", \"name\": \"Petra de Wit\", \"birthdate\": \"1980-01-31\", \"email\": \"petra.dewit@voorbeeld.example\", \"phone\": \"+31612340001\", \"address\": {\"street\": \"Kerkstraat 12\", \"postcode\": \"6711AB\", \"city\": \"Ede\"}}
{\"id\": \"w2\", \"name\": \"F. Yilmaz\", \"birthdate\": \"1991-06-17\", \"email\": \"fatima@yilmaz.example\", \"phone\": \"+31612340003\", \"address\": {\"street\": \"Stationsplein 88\", \"postcode\": \"3511ED\", \"city\": \"Utrecht\"}}
{\"id\": \"w3\", \"name\": \"Noor ter Horst\", \"birthdate\": \"1999-04-04\", \"email\": \"noor@terhorst.example\", \"phone\": \"+31612340006\", \"address\": {\"street\": \"Esweg 7\", \"postcode\": \"7642CL\", \"city\": \"Wierden\"}}
{\"id\": \"w4\", \"name\": \"Ruben Postma\", \"birthdate\": \"1988-02-29\", \"email\": \"ruben@postma.example\", \"phone\": \"+31612340011\", \"address\": {\"street\": \"Brink 2\", \"postcode\": \"7411BR\", \"city\": \"Deventer\"}}
{\"id\": \"w5\", \"name\": \"Eva Maas\", \"birthdate\": \"1977-07-07\", \"email\": \"eva@maas.example\", \"phone\": \"+31612340012\", \"address\": {\"street\": \"Wal 15\", \"postcode\": \"5611GG\", \"city\": \"Eindhoven\"}}
";
