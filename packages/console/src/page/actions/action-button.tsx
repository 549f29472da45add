import { useComputed, useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'
import type { ActionName } from '../../model/action.js'
import { isLive, shown } from '../state/shown.js'
import { act, actionKey, underWay } from './act.js'

interface ActionButtonProps {
  readonly name: ActionName
  readonly body: Readonly<Record<string, unknown>>
  readonly children: ComponentChildren
  /** What would be lost: asked for once more, in the same place, before it is done. */
  readonly confirm?: string
  /** Names the thing for who hears the button alone: `Restart payment`. */
  readonly label: string
  readonly tone?: 'plain' | 'danger'
}

/** Why an action cannot be done now; null when it can. */
function whyNot(name: ActionName): string | null {
  if (!isLive.value) return 'Go live to make changes'
  const stand = shown.value?.actions.find((one) => one.name === name)
  if (stand === undefined) return 'This console does not offer it'
  return stand.isPossible ? null : (stand.reason ?? 'It is not possible here')
}

/** A change that takes one press, or two where something would be lost. One that is impossible says why. */
export function ActionButton({
  name,
  body,
  children,
  confirm,
  label,
  tone = 'plain',
}: ActionButtonProps): JSX.Element {
  const isAsked = useSignal(false)
  const reason = useComputed(() => whyNot(name))
  const isBusy = underWay.value.has(actionKey(name, body))
  const press = (): void => {
    if (reason.value !== null || isBusy) return
    if (confirm !== undefined && !isAsked.value) {
      isAsked.value = true
      return
    }
    isAsked.value = false
    void act(name, body)
  }
  return (
    <button
      type="button"
      class={`button button-small${tone === 'danger' || isAsked.value ? ' is-danger' : ''}`}
      aria-label={isAsked.value ? `Sure? ${confirm} Press again to do it.` : label}
      aria-disabled={reason.value !== null || isBusy}
      title={reason.value ?? undefined}
      onClick={press}
      onBlur={() => (isAsked.value = false)}
    >
      {isAsked.value ? 'Sure?' : children}
    </button>
  )
}

/** Said once for a group of buttons, where none of them can be pressed. */
export function WhyNot({ name }: { readonly name: ActionName }): JSX.Element | null {
  const reason = useComputed(() => whyNot(name))
  return reason.value === null ? null : <p class="faint why-not">{reason}</p>
}
