import { containerKind } from './container-kind.js'
import { fieldsAt, type Fields, isFields, listAt, textAt } from './fields.js'
import { healthPath } from './health-path.js'
import { commandOf, isDatagram, portsOf } from './compose.js'
import { because, COMMAND, DATAGRAMS, FURTHER_PORTS, type KeyTable, type UnusedList } from './unused.js'

const USED = ''
const data = 'a manifest does not say where data is kept: `state` says whether a service keeps any'
const network = 'a manifest does not say which networks there are; nothing to do'
const machine = 'it is about the container and its machine; nothing to do'
const secret = 'values that are secret have no place in a manifest; nothing to do'

const topKeys: KeyTable = {
  ...because(USED, 'version name services include'),
  ...because(network, 'networks'),
  ...because(data, 'volumes'),
  ...because(secret, 'secrets configs'),
  models: 'a model is called like a service: add it under services',
}

const serviceKeys: KeyTable = {
  ...because(
    USED,
    'image container_name hostname command entrypoint ports expose environment env_file depends_on links healthcheck deploy scale stop_grace_period profiles extends',
  ),
  ...because(data, 'volumes volumes_from tmpfs'),
  ...because(network, 'networks network_mode dns dns_search dns_opt extra_hosts domainname mac_address'),
  ...because(secret, 'secrets configs'),
  ...because(
    machine,
    'build cap_add cap_drop cgroup cgroup_parent credential_spec device_cgroup_rules devices group_add init ipc isolation pid pids_limit privileged read_only security_opt shm_size storage_opt sysctls ulimits user userns_mode uts working_dir stdin_open tty platform pull_policy runtime annotations labels label_file attach blkio_config gpus use_api_socket oom_kill_disable oom_score_adj stop_signal develop post_start pre_stop provider',
  ),
  ...because(
    'a manifest states no limits of memory and CPU: `capacity` says how many requests it can work on',
    'cpus cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpuset mem_limit mem_reservation mem_swappiness memswap_limit',
  ),
  restart: 'a process that ends is started again by whoever runs it; nothing to do',
  logging: 'where logs go stands in platform.telemetry.logs',
  external_links: 'what is outside of this file is not known: add it under services',
  models: 'a model is called like a service: add it under services',
}

const deployKeys: KeyTable = {
  replicas: USED,
  ...because(machine, 'labels placement mode endpoint_mode'),
  resources:
    'a manifest states no limits of memory and CPU: `capacity` says how many requests it can work on',
  restart_policy: 'a process that ends is started again by whoever runs it; nothing to do',
  ...because('say how it is released: release: rolling', 'update_config rollback_config'),
}

const healthcheckKeys: KeyTable = {
  test: USED,
  ...because(
    'how often a probe asks is up to who asks; nothing to do',
    'interval timeout retries start_period start_interval',
  ),
  disable: 'the check that its image brings along is switched off; nothing to do',
}

const portKeys: KeyTable = {
  ...because(USED, 'target published protocol app_protocol'),
  ...because(network, 'name host_ip mode'),
}

const dependencyKeys: KeyTable = { condition: USED, ...because(machine, 'restart required') }

const includeKeys: KeyTable = {
  path: USED,
  ...because('the files are read as if it did not stand there', 'env_file project_directory'),
}

/** Names what an `include` says beside its files. */
export function judgeIncludes(file: Fields, unused: UnusedList): void {
  for (const item of listAt(file, 'include').filter(isFields))
    unused.judge(Object.keys(item), 'compose.include', 'include', includeKeys)
}

/** Names what a Compose project says and a manifest does not, once for each key. */
export function judgeCompose(file: Fields, unused: UnusedList): void {
  unused.judge(Object.keys(file), 'compose', 'compose', topKeys)
  for (const [name, one] of Object.entries(fieldsAt(file, 'services'))) {
    if (!isFields(one)) continue
    const path = `services.${name}`
    unused.judge(Object.keys(one), path, 'services', serviceKeys)
    unused.judge(Object.keys(fieldsAt(one, 'deploy')), `${path}.deploy`, 'deploy', deployKeys)
    unused.judge(
      Object.keys(fieldsAt(one, 'healthcheck')),
      `${path}.healthcheck`,
      'healthcheck',
      healthcheckKeys,
    )
    judgeContainer(name, one, unused)
    judgeLists(one, path, unused)
    const test = fieldsAt(one, 'healthcheck')['test']
    if (test === undefined || /NONE/.test(JSON.stringify(test)) || healthPath(name, one) !== undefined)
      continue
    const isData = containerKind({ image: textAt(one, 'image'), name, ports: [] }) === 'datastore'
    unused.add(
      `${path}.healthcheck.test`,
      isData
        ? 'it asks in the protocol of what keeps data, and health names paths of HTTP; nothing to do'
        : 'it asks by a command, or asks another host: health names a path of HTTP that the service has, so add it',
      'healthcheck.command',
    )
  }
}

/** Lists of maps whose keys are few. */
function judgeLists(service: Fields, path: string, unused: UnusedList): void {
  for (const port of [...listAt(service, 'ports'), ...listAt(service, 'expose')].filter(isDatagram))
    unused.add(`${path}.ports ${textAt({ port }, 'port') ?? textAt(port, 'target') ?? '?'}`, DATAGRAMS, 'udp')
  for (const port of listAt(service, 'ports').filter(isFields))
    unused.judge(Object.keys(port), `${path}.ports`, 'services', portKeys)
  for (const rule of Object.values(fieldsAt(service, 'depends_on')).filter(isFields))
    unused.judge(Object.keys(rule), `${path}.depends_on`, 'services', dependencyKeys)
  for (const file of listAt(service, 'env_file').filter(isFields))
    unused.judge(Object.keys(file), `${path}.env_file`, 'services', because(USED, 'path required format'))
}

/** What is not taken over of a container that is no datastore: further ports, and commands that are not of Node. */
function judgeContainer(name: string, service: Fields, unused: UnusedList): void {
  const ports = portsOf(service)
  if (containerKind({ image: textAt(service, 'image'), name, ports }) !== 'service') return
  const others = [...new Set(ports)].slice(1)
  if (others.length > 0) unused.add(`services.${name}.ports ${others.join(', ')}`, FURTHER_PORTS, 'ports')
  for (const key of ['command', 'entrypoint'])
    if (service[key] !== undefined && (key === 'entrypoint' || commandOf(service) === undefined))
      unused.add(`services.${name}.${key}`, COMMAND, 'command')
}
