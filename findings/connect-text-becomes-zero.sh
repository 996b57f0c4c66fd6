#!/usr/bin/env bash
# Kafka Connect's JSON converter reads a number that is written as text as 0
#
# Versions: connect-json 4.3.1 (Maven)
# Expected: a payload that is not of the type that its own schema names is refused, or read as the number that it
#   spells: many producers write 64-bit numbers as text, since JavaScript cannot hold them, and JSON of Protobuf does
#   so by its specification.
# Behaviour: nothing is raised. "5" is 0 for an int64 and "1.5" is 0.0 for a double, true and 1 are false for a boolean
#   in text and number, a number is null for a string, 1.9 is 1 and 300 is 44 for an int8. A sink writes these to its
#   table.
# Guess: an error for each, since another type of JSON stands there than the schema says.
# Seen:
#   int64 5: 5
#   int64 "5": 0
#   double "1.5": 0.0
#   boolean "true": false
#   boolean 1: false
#   string 5: null
#   int64 1.9: 1
#   int8 300: 44
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
      <artifactId>connect-json</artifactId>
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
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.connect.json.JsonConverter;

public class Ask {
  public static void main(String[] words) {
    String[][] questions = {
      {"int64", "5"}, {"int64", "\"5\""}, {"double", "\"1.5\""}, {"boolean", "\"true\""}, {"boolean", "1"},
      {"string", "5"}, {"int64", "1.9"}, {"int8", "300"},
    };
    var converter = new JsonConverter();
    converter.configure(Map.of("schemas.enable", "true"), false);
    for (String[] question : questions) {
      String message = "{\"schema\":{\"type\":\"%s\",\"optional\":false},\"payload\":%s}".formatted(question[0], question[1]);
      Object value;
      try {
        value = converter.toConnectData("topic", message.getBytes(StandardCharsets.UTF_8)).value();
      } catch (RuntimeException error) {
        value = error.getClass().getSimpleName();
      }
      System.out.println(question[0] + " " + question[1] + ": " + value);
    }
  }
}
END
java -cp 'jars/*' Ask.java > seen
cat > expected <<'END'
int64 5: 5
int64 "5": 0
double "1.5": 0.0
boolean "true": false
boolean 1: false
string 5: null
int64 1.9: 1
int8 300: 44
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
