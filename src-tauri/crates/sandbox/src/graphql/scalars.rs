//! Stitch's own scalars.

use async_graphql::{
    InputValueError, InputValueResult, Name, Number, Scalar, ScalarType, Value, indexmap::IndexMap,
};
use jiff::civil;

/// Money in cents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Money(pub(super) i64);

/// An amount and its currency, such as `{"quantity": "100.23", "currency": "ZAR"}`. The quantity is a decimal in a
/// string. As a scalar it has no fields that could be selected.
#[Scalar]
impl ScalarType for Money {
    fn parse(value: Value) -> InputValueResult<Self> {
        Err(InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        let sign = if self.0 < 0 { "-" } else { "" };
        let cents = self.0.unsigned_abs();
        Value::Object(IndexMap::from([
            (Name::new("quantity"), Value::String(format!("{sign}{}.{:02}", cents / 100, cents % 100))),
            (Name::new("currency"), Value::String("ZAR".into())),
        ]))
    }
}

/// A decimal number that came as a string or as a number, in cents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decimal(pub(super) i64);

/// A decimal number without loss; in a string, such as `"12.34"`.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let text = match &value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return Err(InputValueError::expected_type(value)),
        };
        cents(&text)
            .map(Self)
            .ok_or_else(|| InputValueError::custom("expected a decimal number with at most two decimals"))
    }

    fn to_value(&self) -> Value {
        Money(self.0).to_value()
    }
}

fn cents(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 2 || whole.len() > 12 || !digits(whole) || !digits(fraction) {
        return None;
    }
    format!("{whole}{fraction:0<2}").parse().ok()
}

/// A day.
#[derive(Debug, Clone, Copy)]
pub(super) struct Date(pub(super) civil::Date);

/// A point in time in UTC, as ISO 8601 writes it.
#[Scalar]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        Err(InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(format!("{}T00:00:00.000Z", self.0))
    }
}

/// A place in a list.
#[derive(Debug, Clone)]
pub(super) struct Cursor(pub(super) String);

/// A place in a list, to be given back unchanged as `after`.
#[Scalar]
impl ScalarType for Cursor {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => Ok(Self(text)),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A count.
#[derive(Debug, Clone, Copy)]
pub(super) struct UInt(pub(super) u32);

/// A whole number that is not negative.
#[Scalar(name = "UInt")]
impl ScalarType for UInt {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        number
            .and_then(|number| u32::try_from(number).ok())
            .map(Self)
            .ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0))
    }
}

/// An address.
#[derive(Debug, Clone)]
pub(super) struct Link(pub(super) String);

/// The address of a page. At the provider always https; the sandbox has no certificate, so here it is http.
#[Scalar(name = "URL")]
impl ScalarType for Link {
    fn parse(value: Value) -> InputValueResult<Self> {
        Err(InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_keeps_its_sign_and_both_decimals() {
        let quantity =
            |cents| Money(cents).to_value().into_json().unwrap()["quantity"].as_str().unwrap().to_owned();
        assert_eq!(quantity(10_023), "100.23");
        assert_eq!(quantity(-5), "-0.05");
        assert_eq!(quantity(100), "1.00");
    }

    #[test]
    fn a_decimal_is_read_without_rounding() {
        assert_eq!(cents("1"), Some(100));
        assert_eq!(cents("1.5"), Some(150));
        assert_eq!(cents("0.01"), Some(1));
        for wrong in ["", ".5", "1.005", "-1", "1e3", "NaN", "1234567890123"] {
            assert_eq!(cents(wrong), None, "{wrong} is refused");
        }
    }
}
