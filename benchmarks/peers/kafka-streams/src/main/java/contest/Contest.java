package contest;

import static org.apache.kafka.streams.StoreQueryParameters.fromNameAndType;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;

/**
 * Kafka Streams as a contestant: `java -cp target/classes:target/lib/* contest.Contest BROKER TOPIC EVENTS [kept]`.
 *
 * <p>Folds a topic of danze's events from its beginning into items, of each only what the counters ask for, and counts
 * them by unit when the last event is in, as danze does: from rows. With `kept` the items lie in RocksDB with their
 * changelog, exactly once; without, in memory, at least once, as the other contestants hold theirs. Prints one line of
 * JSON: how long it took from the first event to the last, and with `kept` until that is committed.
 */
public final class Contest {

    private static final String ITEMS = "items";
    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final String topic;
    private final long events;
    private final boolean kept;
    private final CountDownLatch all = new CountDownLatch(1);
    private long seen;
    private Moment began;
    private Moment half;
    private Moment last;

    /** Nanoseconds by the clock, and of processor time of all threads. */
    private record Moment(long clock, long cpu) {
        static Moment now() {
            return new Moment(System.nanoTime(), MACHINE.getProcessCpuTime());
        }
    }

    private Contest(String topic, long events, boolean kept) {
        this.topic = topic;
        this.events = events;
        this.kept = kept;
    }

    public static void main(String[] arguments) throws Exception {
        var kept = arguments.length > 3 && arguments[3].equals("kept");
        new Contest(arguments[1], Long.parseLong(arguments[2]), kept).run(arguments[0]);
    }

    Topology topology() {
        var builder = new StreamsBuilder();
        var log = builder.stream(topic, Consumed.with(Serdes.String(), Json.of(Event.class)));
        log.filter((subject, event) -> subject.startsWith("petition:"))
                .groupByKey(Grouped.with(Serdes.String(), Json.of(Event.class)))
                .aggregate(() -> Item.NONE, (subject, event, item) -> item.after(subject, event), items());
        log.foreach((subject, event) -> count());  // each after it was folded
        return builder.build();
    }

    private Materialized<String, Item, KeyValueStore<Bytes, byte[]>> items() {
        Materialized<String, Item, KeyValueStore<Bytes, byte[]>> store = kept
                ? Materialized.as(ITEMS)
                : Materialized.<String, Item>as(Stores.inMemoryKeyValueStore(ITEMS)).withLoggingDisabled();
        return store.withKeySerde(Serdes.String()).withValueSerde(Json.of(Item.class));
    }

    private void count() {
        if (seen == 0) {
            began = Moment.now();
        }
        seen++;
        if (seen == events / 2) {
            half = Moment.now();
        }
        if (seen == events) {
            last = Moment.now();
            all.countDown();
        }
    }

    private void run(String broker) throws Exception {
        try (var streams = new KafkaStreams(topology(), settings(broker))) {
            streams.setUncaughtExceptionHandler(error -> {
                error.printStackTrace();
                Runtime.getRuntime().halt(1);
                return StreamThreadExceptionResponse.SHUTDOWN_APPLICATION;
            });
            streams.start();
            all.await();
            var counting = Moment.now();
            var counters = counters(streams);
            var counted = Moment.now();
            streams.close();
            var end = kept ? less(Moment.now(), less(counted, counting)) : last;
            System.out.println(Json.MAPPER.writeValueAsString(told(end, counters)));
        }
    }

    private Properties settings(String broker) throws Exception {
        var settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "kafka-streams-" + System.nanoTime());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, Files.createTempDirectory("kafka-streams").toString());
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                kept ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
        settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        return settings;
    }

    /** The counters by the unit that registered, from the rows of all partitions. */
    private static Map<String, Counts> counters(KafkaStreams streams) {
        var found = new TreeMap<String, Counts>();
        var store = streams.store(fromNameAndType(ITEMS, QueryableStoreTypes.<String, Item>keyValueStore()));
        try (var rows = store.all()) {
            rows.forEachRemaining(row -> {
                if (row.value.registeredBy() != null) {
                    found.compute(row.value.registeredBy(),
                            (unit, counts) -> (counts == null ? Counts.NONE : counts).plus(row.value));
                }
            });
        }
        return found;
    }

    private static Moment less(Moment moment, Moment other) {
        return new Moment(moment.clock - other.clock, moment.cpu - other.cpu);
    }

    private Map<String, Object> told(Moment end, Map<String, Counts> counters) {
        var took = less(end, began);
        var warm = less(last, half);
        var told = new LinkedHashMap<String, Object>();
        told.put("name", kept ? "kafka streams with stores" : "kafka streams");
        told.put("events", seen);
        told.put("seconds", took.clock / 1e9);
        told.put("cpu", took.cpu / 1e9);
        told.put("warm", (seen - events / 2) / (warm.cpu / 1e9));
        told.put("counters", counters);
        return told;
    }
}
