mod around;
mod everything;
mod tokens;
