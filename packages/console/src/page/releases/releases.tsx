import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { CanaryStand } from '../../model/canary-stand.js'
import { ActionButton, WhyNot } from '../actions/action-button.js'
import { formatShare } from '../format/format-count.js'
import { Empty } from '../parts/known.js'

/** How requests are split between versions, and a way to change it. */
export function Releases({ canaries }: { readonly canaries: readonly CanaryStand[] }): JSX.Element {
  if (canaries.length === 0)
    return (
      <Empty title="No route is split between versions.">
        Give a route of the gateway a second version in the document to release it step by step.
      </Empty>
    )
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Releases">
      <WhyNot name="set-canary" />
      <ul class="canaries">
        {canaries.map((canary) => (
          <Canary key={canary.route} canary={canary} />
        ))}
      </ul>
    </div>
  )
}

const STEPS = [0, 1, 5, 10, 25, 50, 100]

/** Of two versions, the second is the new one; its share is what is changed. */
function Canary({ canary }: { readonly canary: CanaryStand }): JSX.Element {
  const { route, match, service, shares } = canary
  const next = shares.at(-1)
  const wanted = useSignal<number | null>(null)
  const percent = wanted.value ?? Math.round((next?.share ?? 0) * 100)
  const weights =
    shares.length === 2 ? { [shares[0]?.version ?? '']: 100 - percent, [next?.version ?? '']: percent } : null
  return (
    <li class="canary">
      <span class="canary-words">
        <b>{match}</b> <span class="faint">to {service}</span>
      </span>
      <span class="canary-bar" aria-hidden="true">
        {shares.map(({ version, share }) => (
          <span key={version} style={{ width: `${share * 100}%` }} />
        ))}
      </span>
      <span class="canary-shares">
        {shares.map(({ version, share }) => (
          <span key={version}>
            <b>{version}</b> {formatShare(share)}
          </span>
        ))}
      </span>
      {weights !== null && (
        <span class="canary-change">
          <label>
            {next?.version}
            <select
              value={String(percent)}
              onChange={(event) => (wanted.value = Number(event.currentTarget.value))}
            >
              {[...new Set([...STEPS, percent])]
                .toSorted((a, b) => a - b)
                .map((step) => (
                  <option key={step} value={String(step)}>
                    {step}%
                  </option>
                ))}
            </select>
          </label>
          <ActionButton
            name="set-canary"
            body={{ route, weights }}
            label={`Set: send ${percent}% of ${match} to ${next?.version}`}
          >
            Set
          </ActionButton>
        </span>
      )}
    </li>
  )
}
