//! The banks, with the ids Stitch gives them and their universal branch codes.

/// One bank.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Institution {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) branch_code: &'static str,
}

const fn institution(id: &'static str, name: &'static str, branch_code: &'static str) -> Institution {
    Institution { id, name, branch_code }
}

pub(crate) static FNB: Institution = institution("fnb", "FNB", "250655");
pub(crate) static STANDARD_BANK: Institution = institution("standard_bank", "Standard Bank", "051001");
pub(crate) static ABSA: Institution = institution("absa", "Absa", "632005");
pub(crate) static NEDBANK: Institution = institution("nedbank", "Nedbank", "198765");
pub(crate) static CAPITEC: Institution = institution("capitec", "Capitec", "470010");
static AFRICAN_BANK: Institution = institution("african_bank", "African Bank", "430000");
static DISCOVERY_BANK: Institution = institution("discovery_bank", "Discovery Bank", "679000");
static INVESTEC: Institution = institution("investec", "Investec", "580105");
static TYMEBANK: Institution = institution("tymebank", "TymeBank", "678910");

pub(crate) static ALL: [&Institution; 9] =
    [&ABSA, &AFRICAN_BANK, &CAPITEC, &DISCOVERY_BANK, &FNB, &INVESTEC, &NEDBANK, &STANDARD_BANK, &TYMEBANK];
