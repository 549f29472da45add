import type { JSX } from 'preact'
import type { Level } from '../../model/service-stand.js'
import { LevelMark, levelWords } from '../parts/level-mark.js'

/** The level, and each reason for it. */
export function Because({
  level,
  because,
}: {
  readonly level: Level
  readonly because: readonly string[]
}): JSX.Element {
  return (
    <div class={`because because-${level}`}>
      <LevelMark level={level} />
      {because.length === 0 ? (
        <p>{levelWords[level]}</p>
      ) : (
        <ul>
          {because.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
