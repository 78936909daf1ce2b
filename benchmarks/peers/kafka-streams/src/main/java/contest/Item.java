package contest;

/** One item (信访件), as far as the counters ask: `registeredBy` is null while it is not registered. */
record Item(int version, String registeredBy, boolean repeats, boolean skipLevel, boolean collective,
            int toCity, int toProvince, int toNation, int beyond, int collectiveAbove, int irregular) {

    static final Item NONE = new Item(0, null, false, false, false, 0, 0, 0, 0, 0, 0);

    /** The item after the event; one seen before changes nothing. */
    Item after(String subject, Event event) {
        if (event.version() <= version) {
            return this;
        }
        return switch (event.type()) {
            case "petition.registered.v1" -> registered(event).decided(subject, event);
            case "petition.raised_above.v1" -> raised(event).decided(subject, event);
            default -> decided(subject, event);
        };
    }

    private Item registered(Event event) {
        var decided = event.decided();
        var collective = decided != null && Boolean.TRUE.equals(decided.collective());
        return new Item(event.version(), event.unit(), repeats, skipLevel, collective,
                toCity, toProvince, toNation, beyond, collectiveAbove, irregular);
    }

    private Item raised(Event event) {
        var level = event.data().level();
        var kind = event.data().kind();
        var decided = event.decided();
        return new Item(event.version(), registeredBy, repeats, skipLevel, collective,
                toCity + one("city".equals(level)), toProvince + one("province".equals(level)),
                toNation + one("national".equals(level)), beyond + one(decided != null && decided.beyond()),
                collectiveAbove + one("collective".equals(kind)), irregular + one("irregular".equals(kind)));
    }

    /** What was decided about the event, whatever its type. */
    private Item decided(String subject, Event event) {
        var decided = event.decided();
        var skips = skipLevel;
        var again = repeats;
        if (decided != null && decided.skipLevel() != null) {
            skips = decided.skipLevel();
        }
        if (decided != null && decided.repeatNumber() != null) {
            again = decided.matter() != null && !subject.equals("petition:" + decided.matter());
        }
        return new Item(event.version(), registeredBy, again, skips, collective,
                toCity, toProvince, toNation, beyond, collectiveAbove, irregular);
    }

    static int one(boolean yes) {
        return yes ? 1 : 0;
    }
}
