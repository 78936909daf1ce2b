package contest;

/** Of a recorded event, what the counters ask for; its bytes are read whole, what is not named here is passed over. */
record Event(String type, String unit, int version, Fact data, Decided decided) {

    /** `level` and `kind` of petition.raised_above; other types have others of these names. */
    record Fact(Object level, Object kind) {}

    /** What danze worked out when the event was taken. */
    record Decided(String matter, Integer repeatNumber, Boolean collective, Boolean skipLevel, boolean beyond) {}
}
