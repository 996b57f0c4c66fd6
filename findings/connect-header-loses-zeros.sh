#!/usr/bin/env bash
# Kafka Connect's default header converter takes the leading zeros off a text
#
# Versions: connect-api 4.3.1 (Maven)
# Expected: a header that is text passes a connector as it is: read by the default header converter, written again by
#   the same one.
# Behaviour: it guesses a type from the characters and writes the value of that type. So an id or a post code of digits
#   loses its zeros, "1.50" its last digit, a telephone number its plus sign, and 1e3 is 1000. Text that it takes for a
#   date or a list comes back as it was.
# Guess: each of them comes back the same.
# Seen:
#   00123 as int8: 123
#   1.50 as float32: 1.5
#   +4930123 as int32: 4930123
#   1e3 as int16: 1000
#   2026-01-05 as org.apache.kafka.connect.data.Date: 2026-01-05
#   [1,2] as array: [1,2]
#   a-00123 as string: a-00123
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
      <artifactId>connect-api</artifactId>
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
import org.apache.kafka.connect.storage.SimpleHeaderConverter;

public class Ask {
  public static void main(String[] words) {
    var converter = new SimpleHeaderConverter();
    for (String text : new String[] {"00123", "1.50", "+4930123", "1e3", "2026-01-05", "[1,2]", "a-00123"}) {
      var header = converter.toConnectHeader("topic", "id", text.getBytes(StandardCharsets.UTF_8));
      byte[] again = converter.fromConnectHeader("topic", "id", header.schema(), header.value());
      String type = header.schema().name() == null ? header.schema().type().getName() : header.schema().name();
      System.out.println(text + " as " + type + ": " + new String(again, StandardCharsets.UTF_8));
    }
  }
}
END
java -cp 'jars/*' Ask.java > seen
cat > expected <<'END'
00123 as int8: 123
1.50 as float32: 1.5
+4930123 as int32: 4930123
1e3 as int16: 1000
2026-01-05 as org.apache.kafka.connect.data.Date: 2026-01-05
[1,2] as array: [1,2]
a-00123 as string: a-00123
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
