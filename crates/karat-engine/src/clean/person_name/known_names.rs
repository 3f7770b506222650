//! Common given names and family names, as tables.
//!
//! They tell swapped names and columns without headers; a name that is absent is a name all the
//! same. Sources: the lists of most frequent names that the Dutch, German and British statistical
//! offices and the Meertens Institute publish; facts only.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::clean::fold::fold;

const GIVEN_NAMES: &str = "
    aad aafje aaltje aart ab abdel abdul abe abel abigail abraham ad ada adam adele adolf adri
    adriaan adrian adriana adrianus adrienne agatha agnes agneta ahmed aicha aisha alan alana
    albert alberto aleida alex alexander alexandra alfons alfred ali alice alicia alida alie
    aline alison allan allison alma alwin amalia amanda amber amelia amelie amina amira amy an
    ana anas anastasia andre andrea andreas andrew andy angela angelica angelina angelique
    anita anja anke ankie ann anna anna-maria annabel anne anne-marie annegret anneke annelien
    annelies anneliese annelotte annemarie annemieke annet annett annette annie annika anny
    anouk ans ansgar anthea anthony antje antoine antoinette anton antonia antonie antonio
    antonius antoon appie archie ard arend aria ariane arianne arie aris arjan arjen arlette
    armin arno arnold arnoud arnout arthur ashley astrid ate aukje aurelia axel aya ayoub ayse
    babette barbara barend barry bart bartholomeus bas bastiaan bastian bea beate beatrice
    beatrix ben benedikt benjamin benno bep berber berendina bernadette bernard bernd bernhard
    bert bertha berthold bertus bets betty bianca bibi bibian bilal bill birgit birgitta birte
    bjorn bo bob bonnie boris boudewijn boy bram brandon brenda brian brianna brigit brigitta
    brigitte britt britta bruce bruno burak caitlin caitlyn camilla carel caren carin carina
    carine carl carla carlijn carlo carlos carmen carola carolien carolina caroline carsten
    casper cassandra catharina catherine cato cecile cecilia cees celine chantal charlene
    charles charlie charlotte chelsea cheryl chiel chloe chris christa christel christiaan
    christian christiane christien christina christine christoph christopher cindy claartje
    claire clara clarissa claudia clazina clemens clifford coen coenraad colette colin connie
    conny constance constantijn cor cora coralie corina corine corinna corinne cornelis
    cornelius corrie courtney craig cristiano cynthia daan daisy damian dan dana daniel
    daniela danielle danny daphne darren dave david dean debby deborah delia denise dennis
    derek desiree detlef diana diane diederik dieke dieter dietmar dieuwertje dimitri dina
    dionne dirk dirkje dominic dominik dominique don donald donna dora doreen dorien doris
    dorothea dorothee dorothy douglas dounia duncan dunja dylan ebbe eberhard ebony ebru ed
    eddy edgar edith edmund eduard edward edwin eefje egbert eise ela eleanor elena eleonora
    elfriede elias elif elisa elisabeth elise eliza elizabeth elke ella elle ellen ellis elly
    elmar els elsa elsbeth else elske elvira emiel emil emilia emilie emily emma emmy emre
    eric erica erich erik erika erna ernst erwin esmee estelle esther etienne eugene eva
    eva-maria evelien eveline evelyn evert evi evy ewout ezra fabian fabienne faisal famke
    fanny farid fatima fatma faye fedde feline felix femke fenna fenne ferdinand ferry fieke
    fien fikret finn fiona fleur floor flora florence floris folkert frances francien francine
    francis francisca franciscus franco frank frans franz franziska fred freddy frederick
    frederik frederika frederique freya frieda friedrich frits fritz froukje gabriel gabriele
    gabriella gabrielle gareth gary gavin geert geertje geertruida gemma genevieve georg
    george georgia georgina gerald geraldine gerard gerardus gerben gerda gerdien gerhard
    gerrie gerrit gert gertrud gertrude gerwin gijs gijsbert gilbert gina ginny giovanni
    gisela gitta gitte glenn gloria gordon grace graham greet greetje greg gregor grete gretha
    grietje gudrun guido gunter gunther gus guus gwen gwendolyn hadewych hakan halima hamza
    han hank hanna hannah hanneke hannelore hannes hannie hans hans-peter harald harm harmen
    harmjan harold harrie harriet harry hartmut hassan hatice hayat hayley hazel heather
    hedwig heidi heike heiko hein heiner heinrich heinz heleen helen helena helene helga hella
    helmut hendrik hendrika hendrikje hendrikus henk hennie henny henri henricus henriette
    henry herbert herman hermann hermien hermina hessel hidde hilary hilda hilde hildegard
    hilke hillegonda hiltje holger holly horst howard hubert hubertus hugh hugo huib hussein
    ian ibrahim ico ida ignatius igor ijsbrand ilona ilse imke ina indira ine ineke ines inez
    inge ingeborg ingo ingrid iolanda ira irene iris irma irmgard isa isaac isabel isabella
    isabelle ismail ivan ivo ivonne jaap jacintha jack jackie jaco jacob jacoba jacobus
    jacqueline jacques jade jaime jaimy jake jakob jamal james jamie jan jan-peter jan-willem
    jana jane janet janice janine janis janna janneke jannes jannetje jannick jannie jannik
    jantine jantje jari jarno jasmijn jasmin jasmine jasmyn jason jasper jay jean jean-pierre
    jeanette jeanine jeanne jeannette jeff jeffrey jelle jelmer jennifer jenny jens jeremy
    jeroen jerome jerry jesaja jesper jesse jessica jet jette jill jim jimmy jo joachim joan
    joanna joanne job jochem joe joel joep johan johann johanna johannes john johnny jolanda
    jolande jolien jolijn jonas jonathan joop joost jordi jordy jorg joris jorrit jos jose
    josef josefien joseph josephine joshua josien josje josse joy joyce juan judith juditha
    julia julian juliana julie juliette julius jurgen jurjen jurre justin jutta kaatje kai
    karel karen karim karin karina karl karl-heinz karlijn karola karoline karsten kasper kate
    katharina katherine kathleen kathrin kathy katie katinka katja katrien katrin kay kayla
    kees keith kelly kelvin ken kenneth kerstin kevin khadija khalid kick kim kimberly kirsten
    kitty klaas klaas-jan klara klaske klaus klazina koen koos kornelis kristel kristin
    kristina kurt kyle kyra laila lambert lambertus lana lara lars latifa laura lauren laurens
    laurent laurentius laurie lea leah lee leen leendert leila lena lenie lennart leny leo
    leon leonard leonardus leonie leontien leopold leroy lesley leslie letitia levi lewis lex
    lia liam lidewij lidia lieke lien lies liesbeth lieselotte liesje lieve lieven lilian
    liliane lily lina linda lindsay lindsey line linn lisa lisanne lise lisette liv lize
    lodewijk loes lois lola loretta lot lothar lotte lou louis louisa louise luc luca lucas
    lucia lucie lucienne lucy ludo ludwig luise luke luuk lydia lynn maaike maarten maartje
    mabel machteld madeleine madelief magdalena mahmoud maike maja malcolm malika mandy
    manfred manon manuela mara marc marcel marcella marco marcus mareike maren margaret
    margarete margaretha margje margo margot margreet margriet maria mariam marian mariana
    marianne marie marie-louise marieke marielle marije marijke marijn marika marilyn marina
    marinus mario marion marisa marise mariska marit marita marius marja marjan marjo
    marjolein marjolijn marjorie mark markus marlene marlieke marlies marloes marlou marnix
    mart marten martha martien martijn martin martina martine martinus marvin mary maryam
    mascha mathijs mathilde mathis matilda matt matteo matthew matthias matthijs matti maud
    maureen maurice maurits max maxime maximilian mechteld mees mehdi mehmet meike meindert
    melanie melek melina melissa melle melvin menno mercedes merel merijn meryem mette mia
    micha michael michaela michel michele michelle michiel mick mieke mien miep mies miguel
    mikayla mike mila milou mina mirella miriam mirjam mirte mirthe mitchell mohamed mohammad
    mohammed moira molly mona monica monika monique moritz mourad muhammad murat muriel
    mustafa myra myriam myrthe nadia nadine nadja naima nancy naomi natalia natalie natascha
    natasja nathan neeltje neil nel nelie nelleke nellie nelly nick nico nicola nicolaas
    nicolas nicole nicolette nicoline niek niels nienke nigel nihal nikki nils nina noa noah
    noel noor noortje nora noud noura oda odette olaf ole olga oliver olivia olivier omar onno
    orlando oscar oskar ottilie otto ouassim paige pamela paola pascal patricia patrick paul
    paula paulien paulina pauline paulus pedro peer penny pepijn peter petra petronella petrus
    phil philip philipp phoebe pia pien pier pierre piet pieter pim pleun pomme priscilla
    qasim quinten quirijn quirine rabia rachel rachida raf rafael rainer ralf ralph ramona
    raoul raphael rasha raymond rebecca regina regine reina reinder reiner reinhard reinier
    reinout remco remy renata renate rene renee rhea ria rianne richard richelle rick riek
    rieke riekje rienke rietje rik rikie rina rinus rita rixt rob robbert robert roberta
    roberto robin rocco rodney roel roeland roelof roger rogier roland rolf roman romy ron
    ronald ronnie roos roosmarijn rory rosa rosalie rosalinde rose rosemarie rosemary rosie
    rosita ross roy ruben rudi rudolf rudy ruth ruud ryan sabina sabine sabrina said salih
    salma sam samantha sami samir samira samuel sander sandra sanna sanne sara sarah sascha
    saskia scott sean sebastiaan sebastian sebastien selina selma sem semra serena serge
    sergio servaas seth shannon sharon sheila sherida shirley sibylle siebe siebren siegfried
    sien sietse sietske sigrid sil silke silvester silvia silvio simon simone sina sipke sjaak
    sjef sjoerd sjors sjoukje sofia sofie soner sonia sonja sophia sophie soraya soren staf
    stan steef stef stefan stefanie steffen stella stephan stephanie stephen steve steven
    stien stijn stuart sue susan susanna susanne suzan suzanna suzanne svea sven svenja
    swantje swen sybren sylvia sylvie sytse sytske taco tahlia tamar tamara tamas tania tanja
    tara tariq tatjana ted teddy terence terry tess tessa teun teunis thea theo theodoor
    theodor theodora theodorus thera theresa therese theresia thierry thies thijmen thijs
    thirza thom thomas thorsten tibor tieme tiemen tijmen tijn tijs til tilly tim timo timon
    timothy tina tineke tinie tiny tirza titia titus tjeerd tjitske tobias tom tommy ton tonny
    tony toon toos tooske torsten toto tracy trees trevor trijn trijntje tristan trudie trudy
    truus tyler udo ulf uli ulla ulrich ulrike umut urs ursula ute uwe valentijn valentina
    valerie vanessa vera verena veronica veronika veronique vicky victor victoria vince
    vincent viola violet virginia vito vivian viviane vivienne volker waldemar walter wanda
    ward warner wayne wencke wendela wendy werner wessel wibo wiebe wiebke wiebren wiel wies
    wiesje wietse wietske wil wilbert wilco wilfred wilhelm wilhelmina wilhelmus wilke will
    willeke willem willemien willemijn willemina william willibrord willy wilma wim winfried
    winnie wobbe wolf wolfgang wout wouter xander xandra xavier yannick yara yasmin yasmina
    yasmine yassin yassine ylva yolanda yolande yorick youri youssef yunus yusuf yves yvette
    yvonne zainab zakaria zara zehra zeynep zita zoe zoey zohra";

/// Frequent family names without their prefixes.
const FAMILY_NAMES: &str = "
    aalbers aarts adams akkerman albers alberts allen andersen anderson andrews appelman
    arends armstrong arslan arts atkinson aydin bailey baker bakker bakkers barker barnes
    bartels baum baumann beck becker beekman bell bennett berends berg berger bergman bergmann
    berkhout beumer bijl blaauw blok blom boekel boer boersma bogaard bok bol bonnet boom boon
    boonstra borst bos bosch bosma bosman both bouma bouman bouwman bouwmeester braam brandsma
    brandt braun breen brink broek broekhuizen broekman brouwer brouwers brown bruijn bruin
    bruins buijs burger busch butler buurman campbell carter celik chapman claassen clark
    clarke coenen cohen collins cook cooper coppens cornelissen cox cremers dam davies davis
    dekker dekkers demir derksen deutsch dijk dijkman dijkstra dogan doorenbos doorn douwes
    driessen drost dubois duijn eckert edwards elzinga evans evers everts feenstra fischer
    fisher fleming fokkema foster fournier franke franssen fuchs garcia geerts gerrits
    gerritsen gibson goossens gosselink graaf graham green griffin groen groeneveld groenewoud
    groot gunther haan haas hagen hahn hall hamilton hammer harris harrison hartman hartmann
    harvey heemskerk heide heijden heijmans heijnen heinrich hendriks hendriksen hendrikx
    hermans herrmann heuvel hill hoek hoekstra hoeven hof hofer hoffmann hofman hofmann
    hofstra hollander holmes hoogendoorn hoogland horst houtman houwen howard huber hughes
    huisman huizinga hulst hunt jackson jacobs jacobsen janse jansen jansens jansma janssen
    janssens jenkins johnson jones jong jonge jongh jonker joosten jorgensen jung kaiser kamp
    kamphuis kaya keijzer keizer keller kelly kennedy kerkhof kilic king klaassen klein klerk
    knight koch koenen koenig kohler kok kolk koning konings kooij kooijman koolen koopman
    koopmans koster kraan kramer kraus krause kroon kruger kruijf kuhn kuijpers kuiper kuipers
    lambert lammers lang lange langenberg lee leeuw leeuwen lefebvre lehmann leroy lewis
    linden lloyd lopez lubbers luijten maas maier marshall martens martinez mason maurer mayer
    meer meier meijer meijers merkx mertens meulen meyer miedema miller mills mitchell mol
    molen molenaar mooij moore morgan morris mulder mulders muller murphy murray neumann
    nguyen nieuwenhuis nijhuis nijland nolte noordhoek offermans oliveira olsen ooms oosterhof
    oosting otten ouden ozturk palmer parker pauw peeters pereira peters petersen phillips
    pieters poels pol polman poot post postma powell price prins prinsen raaij reijnders
    reinders reynolds richards richardson richter ridder rietveld rijn robert roberts
    robertson robinson roelofs roelofsen rogers romijn rooij roos rossi ruiter russell rutten
    sahin sanders santos schaefer schafer schenk scherpenzeel schipper schippers schmid
    schmidt schmitt schmitz schneider schols scholten scholtens schoonhoven schouten schreuder
    schreurs schroder schubert schulte schulten schultz schulz schumacher schuurman schwarz
    scott shaw silva simmons simons simpson singh slager slot sluis smeets smit smith smits
    smulders snijder snijders spaan spek spencer springer staal stam steen steenbergen stein
    stevens stewart stokes stone straten sullivan swart taylor teunissen thijssen thomassen
    thompson thomson timmer timmerman timmermans tol tuinstra turner vaart veen veenstra veer
    veld velde velden veldhuis ven verbeek verbruggen verburg verhagen verheul verhoef
    verhoeven vermaat vermeer vermeulen verschuren versteeg visscher visser vliet vogel vogels
    vogt volkers vos voss vries vrolijk vroom wagemans wagenaar wagner wal walker wallace
    walsh ward webb weber weijers wells werf wessels west wiersma wijk wijnands wild wilde
    wilkinson willems willemsen williams williamson wilson winkel winkler winter wit wolf
    wolff wolfs wolters wood woods wouters wright yildiz yilmaz young zandstra zeeuw zijlstra
    zimmermann zwart";

static GIVEN_NAME_SET: LazyLock<FxHashSet<&[u8]>> =
    LazyLock::new(|| GIVEN_NAMES.split_whitespace().map(str::as_bytes).collect());

static FAMILY_NAME_SET: LazyLock<FxHashSet<&[u8]>> =
    LazyLock::new(|| FAMILY_NAMES.split_whitespace().map(str::as_bytes).collect());

/// The longest name in the tables.
const LENGTH_MAX: usize = 16;

/// Whether a word is a common given name.
pub fn is_given_name(word: &str) -> bool {
    word.len() <= LENGTH_MAX && GIVEN_NAME_SET.contains(fold(word).as_bytes())
}

/// Whether a word, without prefix, is a common family name.
pub fn is_family_name(word: &str) -> bool {
    word.len() <= LENGTH_MAX && FAMILY_NAME_SET.contains(fold(word).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_are_known() {
        for name in ["Jan", "SOPHIE", "Jürgen", "Anne-Marie", "William"] {
            assert!(is_given_name(name), "{name}");
        }
        for name in ["Jansen", "VRIES", "Müller", "Smith"] {
            assert!(is_family_name(name), "{name}");
            assert!(!is_given_name(name), "{name}");
        }
        assert!(!is_given_name("Test") && !is_family_name("Test"));
    }

    #[test]
    fn tables_fit_their_length() {
        let longest =
            GIVEN_NAME_SET.iter().chain(FAMILY_NAME_SET.iter()).map(|name| name.len()).max();
        assert!(longest.is_some_and(|longest| longest <= LENGTH_MAX));
    }
}
