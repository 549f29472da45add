import type { JSX } from 'preact'
import type { ReplicaStand } from '../../model/service-stand.js'
import type { Told } from '../../model/told.js'
import { ActionButton, WhyNot } from '../actions/action-button.js'
import { formatBytes, formatNoun, formatShare } from '../format/format-count.js'
import { formatDuration } from '../format/format-duration.js'
import { Known } from '../parts/known.js'

/** The processes of a service, and what can be done to them. */
export function Replicas({
  service,
  told,
}: {
  readonly service: string
  readonly told: Told<readonly ReplicaStand[]>
}): JSX.Element {
  return (
    <>
      <h3>Processes</h3>
      <Known told={told} what="Processes">
        {(replicas) =>
          replicas.length === 0 ? (
            <p class="faint">The system does not run it.</p>
          ) : (
            <>
              <ul class="replicas">
                {replicas.map((replica) => (
                  <Replica key={replica.name} replica={replica} />
                ))}
              </ul>
              <Changes service={service} replicas={replicas} />
            </>
          )
        }
      </Known>
    </>
  )
}

function Replica({ replica }: { readonly replica: ReplicaStand }): JSX.Element {
  const { name, state, kind, port, pid, restarts, upForMs, cpu, memoryBytes } = replica
  const isTrouble = state === 'crash-loop' || state === 'restarting' || state === 'stopped'
  return (
    <li>
      <b>{name}</b>
      <span class={isTrouble ? 'tag tag-critical' : 'tag'}>{state}</span>
      <span class="faint">
        {kind === 'service' ? '' : `${kind}, `}port {port}, pid {pid ?? '–'}, up {formatDuration(upForMs)},{' '}
        {formatNoun(restarts, 'restart')}, CPU {formatShare(cpu)}, {formatBytes(memoryBytes)}
      </span>
    </li>
  )
}

function Changes({
  service,
  replicas,
}: {
  readonly service: string
  readonly replicas: readonly ReplicaStand[]
}): JSX.Element {
  const count = replicas.filter(({ kind }) => kind !== 'sidecar').length
  return (
    <>
      <div class="buttons" role="group" aria-label={`Change ${service}`}>
        <ActionButton name="restart" body={{ service }} label={`Restart ${service}`}>
          Restart
        </ActionButton>
        <ActionButton
          name="scale"
          body={{ service, replicas: count + 1 }}
          label={`Run ${formatNoun(count + 1, 'replica')} of ${service}`}
        >
          + Replica
        </ActionButton>
        {count > 1 && (
          <ActionButton
            name="scale"
            body={{ service, replicas: count - 1 }}
            label={`Run ${formatNoun(count - 1, 'replica')} of ${service}`}
          >
            − Replica
          </ActionButton>
        )}
        <ActionButton
          name="kill"
          body={{ service }}
          label={`Kill ${service}`}
          confirm={`What ${service} is doing is cut off.`}
          tone="danger"
        >
          Kill
        </ActionButton>
      </div>
      <WhyNot name="restart" />
    </>
  )
}
