mod everything;
mod tokens;
