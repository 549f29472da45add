import type { ServiceKind } from '../system-sketch.js'

/** What a datastore, a broker or a server of mail is called, by itself or as the last word of a name: `order-postgres`, `cp-kafka`. */
const DATASTORE_WORDS = new Set(
  `postgres postgresql postgis pgvector timescaledb timescale pgbouncer pgpool mysql mariadb percona mssql sqlserver oracle
  db2 cockroach cockroachdb tidb yugabyte mongo mongodb mongod mongos couchdb couchbase arangodb neo4j dgraph surrealdb
  rethinkdb redis valkey keydb dragonfly memcached memcache hazelcast kafka redpanda zookeeper rabbitmq rabbit activemq
  artemis nats nsqd nsqlookupd pulsar mosquitto emqx hivemq beanstalkd elasticmq elasticsearch opensearch solr
  meilisearch typesense qdrant weaviate milvus cassandra scylla scylladb hbase clickhouse influxdb questdb druid minio
  seaweedfs etcd dynamodb dynamodblocal localstack foundationdb sqledge smtp postfix exim maildev mailhog mailpit mailcatcher greenmail
  openldap ldap sftp`.split(/\s+/),
)
/** Images whose last word does not say it. */
const DATASTORE_IMAGES =
  /(^|\/)(mssql\/server|mssql-server-linux|azure-sql-edge|(clickhouse|mysql|mongodb-community|mongodb-enterprise)-server|redis-stack(-server)?|dynamodb-local|timescaledb-ha|mongodb-atlas-local|postgres-(primary|replica)|oracle-(xe|free)|cosmosdb\/linux\/azure-cosmos-emulator|azurite|google-cloud-pubsub-emulator)$/
const TELEMETRY =
  /^(opentelemetry-collector.*|otel-?col(lector)?.*|jaeger.*|all-in-one|zipkin|prometheus|alertmanager|grafana|loki|tempo|mimir|promtail|alloy|vector|fluentd|fluent-bit|logstash|kibana|datadog-agent|statsd.*|pushgateway|cadvisor|seq|.*-exporter)$/
/** What only tells one of several apart. */
const STRUCTURAL =
  /^(primary|secondary|replica|master|slave|leader|follower|node|main|rw|ro|headless|server|cluster|standalone|\d+|v\d+|[a-z]?\d+)$/
/** Generic words, which say it of a service and not of an image of ours. */
const GENERIC_WORDS = new Set(['db', 'database', 'pg', 'sql'])
/** Ports that one kind of them listens on. */
const DATASTORE_PORTS = new Set([
  3306, 5432, 27017, 27018, 6379, 5672, 5671, 9092, 9093, 29092, 11211, 1433, 1521, 9042, 2181, 4222, 26257,
  7687, 9200, 9300, 6650, 1883, 61616, 28015, 6432, 33060,
])

/** Ports of their pages for people, which are not those that a service calls. */
const PAGE_PORTS = new Set([15_672, 8_161, 8_222])

/** The port that services call: of a datastore the one of its protocol, where it is among those that it listens on. */
export function calledPort(kind: ServiceKind, ports: readonly number[]): number | undefined {
  if (kind !== 'datastore') return ports[0]
  return ports.find((port) => DATASTORE_PORTS.has(port)) ?? ports.find((port) => !PAGE_PORTS.has(port))
}

/** Whether the name of a protocol, of Compose, Kubernetes or a mesh, is HTTP/2 or gRPC, which is carried by it. */
export function isHttp2(protocol: string | undefined): boolean {
  return protocol !== undefined && /^(kubernetes\.io\/)?(h2c?|http2|grpc)$/i.test(protocol)
}

export interface ContainerSigns {
  readonly image?: string | undefined
  readonly name: string
  /** Every port that it listens on. */
  readonly ports: readonly number[]
}

/**
 * What a container is. Its image says it best; what is built from a folder, or renamed, is known by its name or by the
 * ports that it listens on, for no policy of HTTP may be given to a database.
 */
export function containerKind({ image, name, ports }: ContainerSigns): ServiceKind {
  const whole = image?.replace(/@.*$/, '').replace(/:[^/:]*$/, '') ?? ''
  const last = whole.split('/').at(-1) ?? ''
  if (TELEMETRY.test(last)) return 'telemetry'
  if (isDatastoreName(last) || DATASTORE_IMAGES.test(whole)) return 'datastore'
  if (last === '' && TELEMETRY.test(withoutStructure(name))) return 'telemetry'
  if (isDatastoreName(name) || GENERIC_WORDS.has(lastWord(name))) return 'datastore'
  return ports.length > 0 && ports.every((port) => DATASTORE_PORTS.has(port)) ? 'datastore' : 'service'
}

function isDatastoreName(name: string): boolean {
  return DATASTORE_WORDS.has(lastWord(name))
}

/** `grafana-server` is grafana. */
function withoutStructure(name: string): string {
  const words = name.toLowerCase().split('-')
  return words.filter((word, index) => index === 0 || !STRUCTURAL.test(word)).join('-')
}

function lastWord(name: string): string {
  const words = name.toLowerCase().split(/[-_.]+/)
  const last = words.findLast((word) => !STRUCTURAL.test(word)) ?? ''
  return last.replace(/\d+$/, '') === 'db' ? 'db' : last.replace(/(?<=[a-z]{3})\d+$/, '')
}
