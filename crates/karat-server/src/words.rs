//! The words people read for the model's nouns.

use karat_hub::connect::reason;
use karat_hub::flow::progress::Stage;
use karat_model::attribute::{Attribute, AttributeId, AttributeSet, EntityType, Group};
use karat_model::claim::Validity;
use karat_model::evidence::{Agreement, Found, Verdict};
use karat_model::finding::{FindingCode, Severity};
use karat_model::golden::Unchosen;
use karat_model::hub_model::{FileKind, SurvivorshipRule};
use karat_model::semantic::SemanticType;

use crate::access::Permission;
use crate::locale::Locale;

impl Locale {
    /// The label of an attribute.
    pub(crate) fn attribute<'a>(&self, attributes: &'a AttributeSet, id: &AttributeId) -> &'a str {
        attributes.get(*id).label(self.language)
    }

    /// The word for one of an entity type.
    pub(crate) fn entity_type(&self, entity_type: &EntityType) -> &'static str {
        match entity_type {
            EntityType::Person => self.say("person", "persoon"),
            EntityType::Organisation => self.say("organisation", "organisatie"),
        }
    }

    /// The word for several of an entity type, as the start of a sentence.
    pub(crate) fn entity_types(&self, entity_type: &EntityType) -> &'static str {
        match entity_type {
            EntityType::Person => self.say("Persons", "Personen"),
            EntityType::Organisation => self.say("Organisations", "Organisaties"),
        }
    }

    /// What is wrong, as people read it.
    pub(crate) fn finding(&self, code: &FindingCode) -> &'static str {
        code.message(self.language)
    }

    /// Why a row could not be read.
    pub(crate) fn unreadable(&self, why: &str) -> String {
        reason::in_words(why, self.language)
    }

    /// How bad a finding is.
    pub(crate) fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Note => self.say("note", "opmerking"),
            Severity::Warning => self.say("warning", "waarschuwing"),
            Severity::Error => self.say("error", "fout"),
        }
    }

    /// How far a value can be relied on.
    pub(crate) fn validity(&self, validity: &Validity) -> &'static str {
        match validity {
            Validity::Valid => self.say("valid", "geldig"),
            Validity::Suspect => self.say("doubtful", "twijfelachtig"),
            Validity::Invalid => self.say("invalid", "ongeldig"),
        }
    }

    /// By what a value wins over another.
    pub(crate) fn wins_by(&self, rule: &SurvivorshipRule) -> &'static str {
        match rule {
            SurvivorshipRule::Validity => self.say("a sound value", "een deugdelijke waarde"),
            SurvivorshipRule::Completeness => {
                self.say("the value that says most", "de waarde die het meest zegt")
            }
            SurvivorshipRule::Trust => {
                self.say("the most trusted source", "de meest vertrouwde bron")
            }
            SurvivorshipRule::Recency => self.say("the most recent one", "de meest recente"),
            SurvivorshipRule::Frequency => {
                self.say("the one that most records claim", "die de meeste records noemen")
            }
            SurvivorshipRule::Decision => {
                self.say("what a steward decided", "wat een datasteward besliste")
            }
        }
    }

    /// Who may do what somebody may not.
    pub(crate) fn who_may(&self, permission: Permission) -> &'static str {
        match permission {
            Permission::Check => self.say(
                "Every role may have values checked.",
                "Elke rol mag waarden laten controleren.",
            ),
            Permission::Read => self.say(
                "Every role but that of forms may read.",
                "Elke rol behalve die van formulieren mag lezen.",
            ),
            Permission::Write => self
                .say("Writers and administrators may.", "Schrijvers en beheerders mogen dat wel."),
            Permission::Decide => self.say(
                "Stewards and administrators may.",
                "Datastewards en beheerders mogen dat wel.",
            ),
            Permission::Enter | Permission::Step => self.say(
                "Writers, stewards and administrators may.",
                "Schrijvers, datastewards en beheerders mogen dat wel.",
            ),
            Permission::Publish => self.say("Administrators may.", "Beheerders mogen dat wel."),
        }
    }

    /// What a job does in a stage.
    pub(crate) fn stage(&self, stage: &Stage) -> &'static str {
        match stage {
            Stage::Read => self.say("reading files", "bestanden lezen"),
            Stage::Arrive => {
                self.say("writing what is new to the journal", "schrijven wat nieuw is")
            }
            Stage::Clean => self.say("standardising records", "records standaardiseren"),
            Stage::Match => self.say("matching records", "records vergelijken"),
            Stage::Publish => self.say("making golden records", "golden records maken"),
            Stage::Export => self.say("writing a file", "een bestand schrijven"),
            Stage::Migrate => self.say("copying rows", "rijen kopiëren"),
            Stage::Examine => self.say("looking the database through", "de database doorlopen"),
            Stage::Compare => {
                self.say("comparing with what is published", "vergelijken met wat gepubliceerd is")
            }
            Stage::Search => self.say("searching", "zoeken"),
        }
    }

    /// Why a value won.
    pub(crate) fn won_by(&self, rule: SurvivorshipRule) -> &'static str {
        match rule {
            SurvivorshipRule::Validity => {
                self.say("the only sound value", "de enige deugdelijke waarde")
            }
            SurvivorshipRule::Trust => self.say("most trusted source", "meest vertrouwde bron"),
            SurvivorshipRule::Recency => self.say("most recent", "meest recent"),
            SurvivorshipRule::Frequency => self.say("claimed most often", "het vaakst genoemd"),
            SurvivorshipRule::Completeness => self.say("most complete", "meest volledig"),
            SurvivorshipRule::Decision => {
                self.say("decided by a steward", "beslist door een datasteward")
            }
        }
    }

    /// Why a value shows though no rule chose it.
    pub(crate) fn unchosen(&self, unchosen: Unchosen) -> &'static str {
        match unchosen {
            Unchosen::RecordOrder => self.lost_by(&None),
            Unchosen::OneSource => {
                self.say("the only source that says so", "de enige bron die dit zegt")
            }
            Unchosen::SeveralSources => {
                self.say("several sources say so", "meer bronnen zeggen dit")
            }
            Unchosen::AllSources => self.say("all sources agree", "alle bronnen zijn het eens"),
        }
    }

    /// Why a value lost.
    pub(crate) fn lost_by(&self, rule: &Option<SurvivorshipRule>) -> &'static str {
        match rule {
            None => self.say("a tie; record order decides", "gelijk; recordvolgorde beslist"),
            Some(SurvivorshipRule::Validity) => self.say("doubtful value", "twijfelachtige waarde"),
            Some(SurvivorshipRule::Trust) => {
                self.say("less trusted source", "minder vertrouwde bron")
            }
            Some(SurvivorshipRule::Recency) => self.say("older", "ouder"),
            Some(SurvivorshipRule::Frequency) => {
                self.say("claimed less often", "minder vaak genoemd")
            }
            Some(SurvivorshipRule::Completeness) => self.say("less complete", "minder volledig"),
            Some(SurvivorshipRule::Decision) => {
                self.say("a steward decided otherwise", "een datasteward besliste anders")
            }
        }
    }

    /// How far two values agree, in a word.
    pub(crate) fn agreement(&self, agreement: &Agreement) -> &'static str {
        match agreement {
            Agreement::Same => self.say("same", "gelijk"),
            Agreement::Close => self.say("close", "lijkt erop"),
            Agreement::Different => self.say("different", "verschillend"),
            Agreement::Silent => self.say("not compared", "niet vergeleken"),
        }
    }

    /// Whether a blocking rule found a pair, and why not.
    pub(crate) fn found(&self, found: &Found) -> &'static str {
        match found {
            Found::SameKey => self.say("found the pair", "vond het paar"),
            Found::DifferentKeys => self.say("the values differ", "de waarden verschillen"),
            Found::MissingKey => self.say("a value is missing", "er ontbreekt een waarde"),
            Found::BlockTooLarge => self
                .say("the value is shared by too many records", "te veel records delen de waarde"),
        }
    }

    /// What a verdict says, in a word.
    pub(crate) fn verdict(&self, verdict: Verdict) -> &'static str {
        match verdict {
            Verdict::Same => self.say("same customer", "dezelfde klant"),
            Verdict::Unsure => self.say("potential match", "mogelijk dezelfde"),
            Verdict::Different => self.say("different customers", "verschillende klanten"),
            Verdict::Related => {
                self.say("related, but different customers", "verwant, maar verschillende klanten")
            }
        }
    }

    /// The name of a kind of file.
    pub(crate) fn file_kind(&self, kind: &FileKind) -> &'static str {
        match kind {
            FileKind::Csv => self.say("delimited text", "tekst met scheidingsteken"),
            FileKind::Json => "JSON",
            FileKind::JsonLines => "JSON Lines",
            FileKind::Parquet => "Parquet",
        }
    }

    /// What the values of a column mean, in a few words.
    pub(crate) fn semantic_type(&self, semantic_type: &SemanticType) -> &'static str {
        let [english, dutch] = semantic_type_words(*semantic_type);
        self.say(english, dutch)
    }

    /// The heading above attributes that are shown together.
    pub(crate) fn topic(&self, attribute: &Attribute) -> &'static str {
        use SemanticType::*;
        match attribute.group {
            Some(Group::Name) => return self.say("Name", "Naam"),
            Some(Group::Address) => return self.say("Address", "Adres"),
            None => {}
        }
        match attribute.semantic_type {
            CompanyName | LegalForm | IndustryCode => self.say("Organisation", "Organisatie"),
            kind if kind.is_number_of_organisation() => self.say("Organisation", "Organisatie"),
            Email | Phone | Website => self.say("Contact", "Contact"),
            Iban => self.say("Payment", "Betaling"),
            NameUsage | Gender | BirthDate | BirthPlace | JobTitle => self.say("Person", "Persoon"),
            _ => self.say("Other", "Overig"),
        }
    }
}

fn semantic_type_words(semantic_type: SemanticType) -> [&'static str; 2] {
    use SemanticType::*;
    match semantic_type {
        SourceId => ["record id", "recordsleutel"],
        UpdatedAt => ["date of change", "wijzigingsdatum"],
        PartyKind => ["person or company", "persoon of bedrijf"],
        SourceSystem => ["source system", "bronsysteem"],
        TruthLabel => ["known answer", "bekend antwoord"],
        Ignored => ["not used", "niet gebruikt"],
        FullName => ["full name", "volledige naam"],
        PartyName => ["name of person or company", "naam van persoon of bedrijf"],
        GivenName => ["given name", "voornaam"],
        Initials => ["initials", "voorletters"],
        FamilyNamePrefix => ["name prefix", "tussenvoegsel"],
        FamilyName => ["family name", "achternaam"],
        PartnerName => ["partner's name", "naam van partner"],
        Title => ["title", "titel"],
        NameSuffix => ["name suffix", "achtervoegsel"],
        NameUsage => ["name usage", "naamgebruik"],
        Gender => ["gender", "geslacht"],
        BirthDate => ["date of birth", "geboortedatum"],
        BirthPlace => ["place of birth", "geboorteplaats"],
        JobTitle => ["job title", "functie"],
        CompanyName => ["company name", "bedrijfsnaam"],
        LegalForm => ["legal form", "rechtsvorm"],
        KvkNumber => ["KvK number", "KvK-nummer"],
        EstablishmentNumber => ["establishment number", "vestigingsnummer"],
        Rsin => ["RSIN", "RSIN"],
        KboNumber => ["KBO number", "KBO-nummer"],
        Lei => ["LEI", "LEI"],
        Duns => ["D-U-N-S number", "D-U-N-S-nummer"],
        VatNumber => ["VAT number", "btw-nummer"],
        Website => ["website", "website"],
        IndustryCode => ["industry code", "branchecode"],
        FullAddress => ["whole address", "volledig adres"],
        AddressLine => ["street with number", "straat met nummer"],
        Street => ["street", "straat"],
        HouseNumber => ["house number", "huisnummer"],
        HouseNumberAddition => ["house number addition", "huisnummertoevoeging"],
        AddressExtra => ["further address line", "extra adresregel"],
        Postcode => ["postal code", "postcode"],
        City => ["city", "plaats"],
        PostcodeCity => ["postal code with city", "postcode met plaats"],
        Region => ["region", "regio"],
        Country => ["country", "land"],
        BagObjectId => ["BAG id", "BAG-id"],
        Email => ["e-mail", "e-mail"],
        Phone => ["phone", "telefoon"],
        Iban => ["bank account", "rekeningnummer"],
        Identifier => ["identifying number", "identificerend nummer"],
        Category => ["category", "categorie"],
        Flag => ["yes or no", "ja of nee"],
        Date => ["date", "datum"],
        Number => ["number", "getal"],
        Text => ["free text", "vrije tekst"],
    }
}

/// The sign that stands for an agreement, so that it is told without colour.
pub(crate) fn agreement_sign(agreement: &Agreement) -> &'static str {
    match agreement {
        Agreement::Same => "=",
        Agreement::Close => "≈",
        Agreement::Different => "≠",
        Agreement::Silent => "·",
    }
}

/// The style class of an agreement.
pub(crate) fn agreement_class(agreement: &Agreement) -> &'static str {
    match agreement {
        Agreement::Same => "same",
        Agreement::Close => "close",
        Agreement::Different => "different",
        Agreement::Silent => "silent",
    }
}

#[cfg(test)]
mod tests {
    use karat_model::language::Language;

    use super::*;

    #[test]
    fn semantic_types_read_differently_from_one_another() {
        for language in [Language::English, Language::Dutch] {
            let text = Locale::of(language);
            let mut words: Vec<_> =
                SemanticType::ALL.iter().map(|kind| text.semantic_type(kind)).collect();
            words.sort_unstable();
            words.dedup();
            assert_eq!(words.len(), SemanticType::ALL.len());
        }
    }
}
