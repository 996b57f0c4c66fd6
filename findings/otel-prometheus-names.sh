#!/usr/bin/env bash
# OpenTelemetry's own exporters name one metric differently for Prometheus in JavaScript and in Python
#
# Versions: @opentelemetry/exporter-prometheus 0.223.0, @opentelemetry/sdk-metrics 2.12.1 (npm),
#   opentelemetry-exporter-prometheus 0.66b2 (PyPI)
# Expected: one instrument, made with the same name and unit, is one metric whatever the language of the service; that
#   is what the common names are for.
# Behaviour: the unit becomes part of the name in Python alone. A board or an alarm for latency_milliseconds sees the
#   services in Python and none of those in JavaScript; there is no error, since a name that nobody exports is no data.
# Guess: the same two names from both.
# Seen:
#   JavaScript: latency traffic_total
#   Python: latency_milliseconds traffic_bytes_total
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check opentelemetry-exporter-prometheus==0.66b2
npm init --yes > npm.log
npm install --no-audit --no-fund --ignore-scripts \
  @opentelemetry/exporter-prometheus@0.223.0 @opentelemetry/sdk-metrics@2.12.1 >> npm.log 2>&1
cat > ask.mjs <<'END'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

const exporter = new PrometheusExporter({ preventServerStart: true })
const meter = new MeterProvider({ readers: [exporter] }).getMeter('shop')
meter.createCounter('traffic', { unit: 'By' }).add(1)
meter.createHistogram('latency', { unit: 'ms' }).record(1)
console.log(new PrometheusSerializer().serialize((await exporter.collect()).resourceMetrics))
END
cat > ask.py <<'END'
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import generate_latest

meter = MeterProvider([PrometheusMetricReader()]).get_meter("shop")
meter.create_counter("traffic", unit="By").add(1)
meter.create_histogram("latency", unit="ms").record(1)
print(generate_latest().decode())
END
names() { grep -oE '^# TYPE (latency|traffic)[a-z_]*' | sed 's/^# TYPE //' | sort | paste -s -d ' '; }
{
  echo "JavaScript: $(node ask.mjs | names)"
  echo "Python: $(venv/bin/python ask.py | names)"
} > seen
cat > expected <<'END'
JavaScript: latency traffic_total
Python: latency_milliseconds traffic_bytes_total
END
diff expected seen || { echo 'It changed: "<" was seen before.' >&2; exit 1; }
cat seen
