//! Repair steps: suggested, previewed, applied, listed and undone; mistakes are told.

use crate::folder::Folder;

const CRM: &str = "\
id,voornaam,achternaam,plaats,email
1,Anna,Bakker,Adam,anna.bakker@gmial.com
2,Bram,Dekker,Amsterdam,bram@dekker.example
3,Carla,Evers,Utrecht,carla.evers@gmail.com
4,Daan,Jacobs,Ede,daan@jacobs.example
";

const PLACES: &str = "\
steps:
  - { id: places, column: plaats, map: { Adam: Amsterdam } }
";

#[test]
fn steps_are_previewed_applied_and_undone_without_a_trace() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes())]);
    let before = folder.exports();
    folder.karat("repair list").succeeds().says("There are no steps.");
    let suggested = folder.karat("repair suggest --source crm").succeeds();
    let suggested = suggested.says("accept: misspelt_email_domain").says("mends 1 of 1 record");
    folder.write("suggested.yaml", suggested.out.as_bytes());
    folder.write("crm.yaml", PLACES.as_bytes());

    let told = folder.karat("repair preview crm.yaml").succeeds();
    told.says("Adam → Amsterdam").says("karat repair apply");
    let told = folder.karat("repair preview crm.yaml --mask --lang nl").succeeds();
    told.says("A*** → A***").says("Waarden ervoor en erna");
    let told = folder.karat("repair preview crm.yaml --json").succeeds().json();
    assert_eq!((&told["records"], &told["steps"][0]["records"]), (&1.into(), &1.into()), "{told}");
    assert!(folder.exports() == before, "a preview changes nothing");

    folder.karat("repair apply crm.yaml --by anna").succeeds().says("1 step added");
    folder.karat("repair apply suggested.yaml --source crm").succeeds().says("Published");
    folder.karat("repair apply crm.yaml --lang nl").succeeds().says("Er is niets veranderd.");
    assert!(folder.read("hub/repairs/crm.yaml").contains("by: anna"));
    let golden = folder.export("golden");
    assert!(golden.contains("anna.bakker@gmail.com") && !golden.contains("Adam"), "{golden}");
    folder.karat("repair list --json").succeeds().says("\"records\":1");
    folder.karat("check").succeeds();
    folder.karat("verify").succeeds();
    assert_eq!(folder.load().events(), "");

    folder.karat("repair undo misspelt_email_domain_email").succeeds().says("1 step taken out");
    folder.karat("repair undo places --lang nl").succeeds().says("1 stap verwijderd");
    assert!(!folder.path("hub/repairs/crm.yaml").exists());
    assert!(folder.exports() == before, "all is as it was");
}

#[test]
fn mistakes_in_steps_are_told_and_change_nothing() {
    let folder = Folder::loaded(&[("crm.csv", CRM.as_bytes())]);
    folder.write("wrong.yaml", b"steps: [{ id: a, column: plats, trim: true }]\n");
    let told = folder.karat("repair apply wrong.yaml --source crm").fails();
    told.says("wrong.yaml:1:").says("did you mean `plaats`?");
    assert!(!folder.path("hub/repairs").exists());
    folder.karat("repair apply wrong.yaml").fails().says("the hub has no source `wrong`");
    folder.karat("repair list --source shop").fails().says("--source: crm");
    folder.karat("repair undo a").fails().says("there is no step `a`");
    folder.karat("schema repairs").succeeds().says("misspelt_email_domain");
}
