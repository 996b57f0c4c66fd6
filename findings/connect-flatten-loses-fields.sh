#!/usr/bin/env bash
# Kafka Connect's Flatten drops a field without a word when two get the same name, unless there is a schema
#
# Versions: connect-transforms 4.3.1 (Maven)
# Expected: where user.id and user_id would both become user_id the record is refused, so that nothing gets lost; or
#   both are kept under different names.
# Behaviour: in a record with a schema it is refused. In one without, as JSON without schemas gives, the field that
#   comes later in the record replaces the other one. Which of two ids a table gets depends on the order in which a
#   producer wrote its fields.
# Guess: an error in each line.
# Seen:
#   without a schema, user_id last: {user_id=2}
#   without a schema, user last: {user_id=1}
#   with a schema: SchemaBuilderException
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>connect-transforms</artifactId>
      <version>4.3.1</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
END
mvn --quiet --batch-mode dependency:copy-dependencies -DoutputDirectory=jars > mvn.log
cat > Ask.java <<'END'
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Flatten;

public class Ask {
  static final Map<String, ?> USER = Map.of("id", 1);

  public static void main(String[] words) {
    var last = new LinkedHashMap<String, Object>();
    last.put("user", USER);
    last.put("user_id", 2);
    tell("without a schema, user_id last", null, last);
    var first = new LinkedHashMap<String, Object>();
    first.put("user_id", 2);
    first.put("user", USER);
    tell("without a schema, user last", null, first);
    Schema user = SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();
    Schema event = SchemaBuilder.struct().field("user", user).field("user_id", Schema.INT32_SCHEMA).build();
    tell("with a schema", event, new Struct(event).put("user", new Struct(user).put("id", 1)).put("user_id", 2));
  }

  static void tell(String name, Schema schema, Object value) {
    try (var flatten = new Flatten.Value<SourceRecord>()) {
      flatten.configure(Map.of("delimiter", "_"));
      System.out.println(name + ": " + flatten.apply(new SourceRecord(null, null, "events", schema, value)).value());
    } catch (RuntimeException error) {
      System.out.println(name + ": " + error.getClass().getSimpleName());
    }
  }
}
END
java -cp 'jars/*' Ask.java > seen
cat > expected <<'END'
without a schema, user_id last: {user_id=2}
without a schema, user last: {user_id=1}
with a schema: SchemaBuilderException
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
