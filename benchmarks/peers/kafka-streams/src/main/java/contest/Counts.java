package contest;

/** One unit's row of danze's counters (projections/counters.py), under the names that it has there. */
record Counts(int registrations, int firstTime, int repeat, int skipLevel, int collective, int toCity, int toProvince,
              int toNation, int beyond, int collectiveAbove, int irregular) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    Counts plus(Item item) {
        var again = Item.one(item.repeats());
        return new Counts(registrations + 1, firstTime + 1 - again, repeat + again,
                skipLevel + Item.one(item.skipLevel()), collective + Item.one(item.collective()),
                toCity + item.toCity(), toProvince + item.toProvince(), toNation + item.toNation(),
                beyond + item.beyond(), collectiveAbove + item.collectiveAbove(), irregular + item.irregular());
    }
}
