-- An application that asks whether it may take traffic has to see that a contract is taken back.
GRANT SELECT (coming_back) ON expandcontract.changes TO PUBLIC;
