import type { ServiceKind } from '../system-sketch.js'

const DATASTORES =
  /^(postgres|postgresql|postgis|timescaledb|mysql|mariadb|mongo|mongodb|redis|redis-stack|redis-stack-server|valkey|keydb|memcached|kafka|cp-kafka|redpanda|rabbitmq|nats|elasticsearch|opensearch|minio|cassandra|scylla|etcd|zookeeper|cp-zookeeper|cockroach|clickhouse|clickhouse-server|pgbouncer|localstack|dynamodb-local)$/
const TELEMETRY =
  /^(opentelemetry-collector.*|jaeger.*|all-in-one|zipkin|prometheus|alertmanager|grafana|loki|tempo|mimir|promtail|alloy|vector|fluentd|fluent-bit|logstash|kibana|datadog-agent|statsd.*|pushgateway|.*-exporter)$/

/** What an image is, by its name: the part after the last slash, without a tag. */
export function kindOfImage(image: string | undefined): ServiceKind {
  const name = image?.split('/').at(-1)?.split(/[:@]/)[0] ?? ''
  if (DATASTORES.test(name)) return 'datastore'
  return TELEMETRY.test(name) ? 'telemetry' : 'service'
}
