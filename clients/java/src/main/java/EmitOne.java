import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * One action from a Java service, CloudEvents in binary mode: the envelope in headers, data as value, key = subject.
 * Arguments: HOST:PORT and the item's number. Sending it again with the same id is a duplicate, not a second action.
 */
public final class EmitOne {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println("arguments: HOST:PORT NO");
            System.exit(2);
        }
        String subject = "petition:" + arguments[1];
        ProducerRecord<String, String> record = new ProducerRecord<>("petition.actions", subject, """
            {"channel": "letter", "purpose": "settlement", "category": "城乡建设", "place": "430408", "persons": 1,
             "petitioners": ["person:9f3a"], "title": "小区停车收费"}""");
        Map.of(
            "ce_specversion", "1.0",
            "ce_id", "letters/" + arguments[1],
            "ce_source", "/430408/letters",
            "ce_type", "petition.registered.v1",
            "ce_subject", subject,
            "ce_time", OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME),
            "ce_actor", "official:430408-xfj-clerk",
            "ce_unit", "unit:430408-xfj",
            "content-type", "application/json"
        ).forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));

        Map<String, Object> settings = Map.of(
            "bootstrap.servers", arguments[0], "acks", "all", "enable.idempotence", true, "delivery.timeout.ms", 30_000,
            "request.timeout.ms", 10_000);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            RecordMetadata place = producer.send(record).get();
            System.out.println("sent to " + place);
        } catch (ExecutionException failed) {
            System.err.println("not sent: " + failed.getCause().getMessage());
            System.exit(1);
        }
    }
}
