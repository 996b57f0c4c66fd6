import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

public class Client {
  static void send(String brokers, String topic, String codec, String file) throws Exception {
    // settings: producer
    var producer = new KafkaProducer<>(Map.<String, Object>of( // idempotent, with acks=all, unless told otherwise
        "bootstrap.servers", brokers,
        "compression.type", codec), new StringSerializer(), new ByteArraySerializer());
    // end
    List<Future<?>> sent = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(Path.of(file))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // {"key":"…","value":"…","timestamp":…}
        String[] parts = line.split("\"");
        String key = parts[3];
        byte[] value = Base64.getDecoder().decode(parts[7]);
        long time = Long.parseLong(parts[10].replaceAll("\\D", ""));
        // settings: send
        sent.add(producer.send(new ProducerRecord<>(topic, null, time, key, value)));
        // end
      }
    }
    producer.flush();
    for (Future<?> one : sent) one.get();
    producer.close();
  }

  static void read(String brokers, String topic, String group, int count) {
    // settings: consumer
    var consumer = new KafkaConsumer<>(Map.<String, Object>of(
        "bootstrap.servers", brokers,
        "group.id", group,
        "auto.offset.reset", "earliest",
        "isolation.level", "read_committed"), new StringDeserializer(), new ByteArrayDeserializer());
    // end
    consumer.subscribe(List.of(topic));
    var lines = new StringBuilder();
    long taken = 0;
    long last = System.nanoTime();
    while (System.nanoTime() - last < (taken >= count ? 1 : 60) * 1_000_000_000L) {
      for (var record : consumer.poll(Duration.ofMillis(500))) {
        var header = record.headers().lastHeader("recstream-sequence");
        String sequence = header == null ? "none" : new String(header.value(), StandardCharsets.UTF_8);
        lines.append(record.partition() + " " + record.offset() + " " + sequence + "\n");
        taken++;
        last = System.nanoTime();
      }
    }
    consumer.close();
    System.out.print(lines);
  }

  public static void main(String[] words) throws Exception {
    if (words[0].equals("send")) send(words[1], words[2], words[3], words[5]);
    else read(words[1], words[2], words[3], Integer.parseInt(words[4]));
  }
}
