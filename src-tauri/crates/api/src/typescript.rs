//! The page's client, written from the list of the commands: a file for each module, a function for each command.

use std::{env, fmt::Write as _, fs, path::Path};

use ts_rs::Config;

use crate::commands;

pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) documentation: &'static [&'static str],
    /// Names and types.
    pub(crate) arguments: Vec<(&'static str, String)>,
    pub(crate) answer: String,
}

impl Command {
    fn function(&self) -> String {
        let mut text = String::new();
        let documentation: Vec<&str> = self.documentation.iter().map(|line| line.trim()).collect();
        match documentation[..] {
            [] => {}
            [line] => writeln!(text, "/** {line} */").unwrap(),
            _ => writeln!(text, "/**\n * {}\n */", documentation.join("\n * ")).unwrap(),
        }
        let arguments: Vec<_> =
            self.arguments.iter().map(|(name, argument)| (camel_case(name), argument)).collect();
        let given: Vec<_> = arguments.iter().map(|(name, argument)| format!("{name}: {argument}")).collect();
        let sent: Vec<_> = arguments.iter().map(|(name, _)| name.as_str()).collect();
        let sent = if sent.is_empty() { String::new() } else { format!(", {{ {} }}", sent.join(", ")) };
        let (name, given, answer) = (camel_case(self.name), given.join(", "), &self.answer);
        writeln!(text, "export const {name} = ({given}) => invoke<{answer}>(\"{}\"{sent});", self.name)
            .unwrap();
        text
    }

    /// The names in its types that are ours.
    fn types(&self) -> impl Iterator<Item = &str> {
        let types = self.arguments.iter().map(|(_, argument)| argument).chain([&self.answer]);
        let words = types.flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
        words.filter(|word| word.starts_with(|letter: char| letter.is_uppercase()) && *word != "Array")
    }
}

fn file(commands: &[Command]) -> String {
    let mut types: Vec<&str> = commands.iter().flat_map(Command::types).collect();
    types.sort_unstable();
    types.dedup();
    let mut text = "// Written by `cargo xtask types` from the list of the commands.\n".to_owned();
    text.push_str("import { invoke } from \"../../transport\";\n");
    if !types.is_empty() {
        writeln!(text, "import type {{ {} }} from \"..\";", types.join(", ")).unwrap();
    }
    for command in commands {
        text.push('\n');
        text.push_str(&command.function());
    }
    text
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(1);
        name + &initial.to_uppercase() + rest
    })
}

/// `cargo xtask types` runs this, as it runs what ts-rs makes of each type.
#[test]
fn export_bindings_of_the_commands() {
    let Some(folder) = env::var_os("TS_RS_EXPORT_DIR") else { panic!("cargo names no folder to write to") };
    let folder = Path::new(&folder).join("commands");
    fs::create_dir_all(&folder).unwrap();
    for (module, commands) in commands::declared(&Config::from_env()) {
        fs::write(folder.join(camel_case(module)).with_extension("ts"), file(&commands)).unwrap();
    }
}

#[test]
fn a_command_becomes_a_function_with_both_types() {
    let command = Command {
        name: "exchange_copy",
        documentation: &[" Copies it."],
        arguments: vec![("part", "ExchangePart".to_owned()), ("user_label", "string | null".to_owned())],
        answer: "Array<FaultView>".to_owned(),
    };
    assert_eq!(
        file(&[command]),
        "// Written by `cargo xtask types` from the list of the commands.\n\
         import { invoke } from \"../../transport\";\n\
         import type { ExchangePart, FaultView } from \"..\";\n\n\
         /** Copies it. */\n\
         export const exchangeCopy = (part: ExchangePart, userLabel: string | null) => \
         invoke<Array<FaultView>>(\"exchange_copy\", { part, userLabel });\n"
    );
}

#[test]
fn no_two_commands_bear_the_same_name() {
    let declared = commands::declared(&Config::from_env());
    let mut names: Vec<_> = declared.iter().flat_map(|(_, commands)| commands).map(|one| one.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
