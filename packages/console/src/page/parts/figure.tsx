import type { ComponentChildren, JSX } from 'preact'

interface FigureProps {
  readonly label: string
  readonly children: ComponentChildren
  readonly isLoud?: boolean
}

/** One number with its name under it. Its place does not move when the number changes. */
export function Figure({ label, children, isLoud = false }: FigureProps): JSX.Element {
  return (
    <div class={isLoud ? 'figure is-loud' : 'figure'}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  )
}
