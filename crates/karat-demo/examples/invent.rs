//! Writes the files of an invented retailer: `invent [PEOPLE [FOLDER [SEED]]]`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument =
        |place: usize, usual: &str| arguments.get(place).map_or(usual.to_owned(), String::clone);
    let number = |text: String| text.parse().expect("PEOPLE and SEED are whole numbers");
    let people = u32::try_from(number(argument(0, "2000"))).expect("so many people fit nowhere");
    let folder = argument(1, "demo");
    let options = karat_demo::Options { people, seed: number(argument(2, "1")) };
    let written = karat_demo::write(&options, Path::new(&folder))?;
    println!("{written:#?}");
    Ok(())
}
