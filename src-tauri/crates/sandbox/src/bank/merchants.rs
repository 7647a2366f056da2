//! Where money goes in an ordinary month.

/// A shop as it appears on a statement, with its usual amounts in cents and how often it is chosen.
pub(super) struct Merchant {
    pub(super) description: &'static str,
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) weight: i64,
}

const fn merchant(description: &'static str, low: i64, high: i64, weight: i64) -> Merchant {
    Merchant { description, low, high, weight }
}

/// Paid from a current account.
pub(super) static DAILY: [Merchant; 24] = [
    merchant("CHECKERS SIXTY60", 14_990, 78_900, 12),
    merchant("PICK N PAY", 8_950, 92_400, 12),
    merchant("WOOLWORTHS FOOD", 11_990, 64_900, 9),
    merchant("SHOPRITE", 6_490, 54_900, 6),
    merchant("SPAR", 4_990, 32_900, 6),
    merchant("ENGEN GARAGE", 35_000, 95_000, 5),
    merchant("SHELL SELECT", 30_000, 90_000, 4),
    merchant("SASOL", 30_000, 85_000, 3),
    merchant("VIDA E CAFFE", 3_400, 9_800, 9),
    merchant("SEATTLE COFFEE CO", 3_200, 8_900, 6),
    merchant("NANDO'S", 9_900, 38_900, 5),
    merchant("STEERS", 7_990, 24_900, 4),
    merchant("UBER TRIP", 4_200, 21_500, 8),
    merchant("GAUTRAIN TOP UP", 10_000, 30_000, 2),
    merchant("CLICKS PHARMACY", 5_990, 41_900, 5),
    merchant("DIS-CHEM", 6_990, 52_900, 4),
    merchant("VODACOM PREPAID AIRTIME", 2_900, 14_900, 4),
    merchant("MTN DATA BUNDLE", 4_900, 29_900, 3),
    merchant("CITY POWER PREPAID", 30_000, 90_000, 3),
    merchant("ATM CASH WITHDRAWAL", 20_000, 100_000, 4),
    merchant("PEP STORES", 4_990, 29_900, 3),
    merchant("MR PRICE", 9_990, 69_900, 3),
    merchant("NU METRO CINEMAS", 9_500, 28_000, 2),
    merchant("PARKING", 1_000, 6_000, 5),
];

/// Paid with a credit card.
pub(super) static CARD: [Merchant; 9] = [
    merchant("TAKEALOT.COM", 14_900, 189_900, 8),
    merchant("SUPERBALIST", 19_900, 129_900, 4),
    merchant("NETFLIX.COM", 19_900, 19_900, 3),
    merchant("SPOTIFY", 6_499, 6_499, 3),
    merchant("FLYSAFAIR", 89_900, 289_900, 1),
    merchant("OCEAN BASKET", 18_900, 68_900, 5),
    merchant("CAPE UNION MART", 24_900, 199_900, 2),
    merchant("EXCLUSIVE BOOKS", 14_900, 59_900, 3),
    merchant("BUILDERS WAREHOUSE", 12_900, 149_900, 2),
];
