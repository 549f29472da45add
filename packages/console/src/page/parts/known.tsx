import type { ComponentChildren, JSX } from 'preact'
import type { Told } from '../../model/told.js'

interface KnownProps<Value> {
  readonly told: Told<Value>
  /** What it would be: `Sagas`. */
  readonly what: string
  readonly children: (value: Value) => ComponentChildren
}

/** Draws what a source told; else names the source that could not be asked, and why. */
export function Known<Value>({ told, what, children }: KnownProps<Value>): JSX.Element {
  if (told.known) return <>{children(told.value)}</>
  return (
    <div class="empty" data-unknown>
      <p>
        <strong>{what} cannot be shown.</strong>
      </p>
      <p>
        {told.source}: {told.reason}
      </p>
    </div>
  )
}

/** What stands where there is nothing yet, and what to do about it. */
export function Empty({
  title,
  children,
}: {
  readonly title: string
  readonly children?: ComponentChildren
}): JSX.Element {
  return (
    <div class="empty">
      <p>
        <strong>{title}</strong>
      </p>
      {children !== undefined && <p>{children}</p>}
    </div>
  )
}
