import type { JSX } from 'preact'
import type { Level } from '../../model/service-stand.js'

/** A shape and a word for each level: colour is never the only sign. */
export const levelWords: Readonly<Record<Level, string>> = {
  ok: 'ok',
  warning: 'warning',
  critical: 'critical',
  unknown: 'unknown',
}

const shapes: Readonly<Record<Level, string>> = {
  ok: 'M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3Z',
  warning: 'M8 2 15 14H1Z',
  critical: 'M5 1h6l4 4v6l-4 4H5l-4-4V5Z',
  unknown: 'M8 2.5 13.5 8 8 13.5 2.5 8Z',
}

/** Drawn inside another drawing, or by itself where `isAlone`. */
export function LevelShape({ level }: { readonly level: Level }): JSX.Element {
  return (
    <g class={`level level-${level}`} aria-hidden="true">
      <path d={shapes[level]} />
      {level === 'critical' && <path class="level-sign" d="m5.5 5.5 5 5m0-5-5 5" />}
      {level === 'warning' && <path class="level-sign" d="M8 6.5v3.5m0 1.6v.4" />}
    </g>
  )
}

export function LevelMark({ level }: { readonly level: Level }): JSX.Element {
  return (
    <svg class="level-mark" viewBox="0 0 16 16" role="img" aria-label={levelWords[level]}>
      <LevelShape level={level} />
    </svg>
  )
}
