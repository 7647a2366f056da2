//! What the page may ask for.

use std::pin::Pin;

use bobbin_engine::view::{Change, ErrorView};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Api, Reply};

/// An answer on its way, as JSON.
type Answering<'a> = Pin<Box<dyn Future<Output = Reply<String>> + Send + 'a>>;

/// Declares the commands of a module, each as a function with its documentation, its arguments, its answer and what it
/// changes: the views that the page has to ask for again when the command has ended, with ids from its arguments.
///
/// What also happens without a command, such as a refresh or the progress of a sign-in, is told by the engine and is not
/// in the declaration. What is gone is told by the list that it was in.
macro_rules! commands {
    ($(
        $(#[doc = $doc:literal])*
        async fn $name:ident($api:ident $(, $argument:ident: $type:ty)* $(,)?) -> $answer:ty,
            changes [$($what:ident $({ $key:ident })?),*] $body:block
    )*) => {
        $(
            $(#[doc = $doc])*
            #[allow(clippy::unused_async, clippy::needless_pass_by_value, reason = "every command has one form")]
            pub(crate) async fn $name($api: &Api $(, $argument: $type)*) -> Reply<$answer> $body
        )*

        /// `None` where no command of this module bears the name.
        pub(crate) fn call<'a>(
            api: &'a Api,
            command: &str,
            arguments: &mut serde_json::Value,
        ) -> Option<crate::commands::Answering<'a>> {
            match command {
                $(stringify!($name) => {
                    #[derive(serde::Deserialize)]
                    #[serde(rename_all = "camelCase", deny_unknown_fields)]
                    struct Arguments { $($argument: $type),* }

                    let arguments = crate::commands::read(stringify!($name), arguments.take());
                    Some(Box::pin(async move {
                        let Arguments { $($argument),* } = arguments?;
                        let changes = vec![$(bobbin_engine::view::Change::$what $({ $key: $key.clone() })?),*];
                        let _telling = crate::commands::Telling { api, changes };
                        crate::commands::written(&$name(api $(, $argument)*).await?)
                    }))
                })*
                _ => None,
            }
        }

        #[cfg(test)]
        pub(crate) fn declared(config: &ts_rs::Config) -> Vec<crate::typescript::Command> {
            vec![$(crate::typescript::Command {
                name: stringify!($name),
                documentation: &[$($doc),*],
                arguments: vec![$((stringify!($argument), <$type as ts_rs::TS>::name(config))),*],
                answer: <$answer as ts_rs::TS>::name(config),
            }),*]
        }
    };
}

/// All modules, each of which becomes one file of the page's client.
macro_rules! modules {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        fn answering<'a>(api: &'a Api, command: &str, arguments: &mut Value) -> Option<Answering<'a>> {
            None$(.or_else(|| $module::call(api, command, arguments)))*
        }

        #[cfg(test)]
        pub(crate) fn declared(config: &ts_rs::Config) -> Vec<(&'static str, Vec<crate::typescript::Command>)> {
            vec![$((stringify!($module), $module::declared(config))),*]
        }
    };
}

modules![
    app,
    client,
    connections,
    doctor,
    files,
    page,
    queries,
    requests,
    sandbox,
    sessions,
    sign_in,
    tools,
    wire
];

impl Api {
    /// Does what `command` says with its arguments, an object by their names; answers JSON.
    pub async fn call(&self, command: &str, mut arguments: Value) -> Reply<String> {
        match answering(self, command, &mut arguments) {
            Some(answer) => answer.await,
            None => Err(refused("command_unknown", format!("There is no command {command:?}."), None)),
        }
    }
}

/// Tells the page what a command has changed, before its answer. One that fails, or that nobody waits for any more, may
/// have done a part of it.
struct Telling<'a> {
    api: &'a Api,
    changes: Vec<Change>,
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        for change in self.changes.drain(..) {
            self.api.engine.changed(change);
        }
    }
}

fn read<T: DeserializeOwned>(command: &str, arguments: Value) -> Reply<T> {
    serde_json::from_value(arguments).map_err(|error| {
        let message = format!("The command {command} came with arguments that it does not take.");
        refused("arguments_invalid", message, Some(error.to_string()))
    })
}

fn written(answer: &impl Serialize) -> Reply<String> {
    serde_json::to_string(answer).map_err(|error| {
        refused("answer_invalid", "The answer cannot be written as JSON.".to_owned(), Some(error.to_string()))
    })
}

/// Page and program do not fit: nobody but us can do anything about it.
fn refused(code: &str, message: String, detail: Option<String>) -> ErrorView {
    let hint = "This is a defect of Bobbin: report it with the details.";
    ErrorView::new(code, message).hint(hint).detail(detail)
}
