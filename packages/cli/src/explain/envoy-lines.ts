import { type EnvoyEffect, envoyEffects } from '@watertight/deploy'
import { wrapText } from '@watertight/manifest/tooling'
import type { LoadedSystem } from '../document/require-system.js'
import type { Colours } from '../program/terminal.js'

/** What Envoy does with each value of a call, if the document is compiled for it. */
export function effectsOf({ model }: LoadedSystem, from: string, to: string): readonly EnvoyEffect[] {
  const call = model.services.get(from)?.calls.find((candidate) => candidate.to === to)
  if (call === undefined) return []
  return envoyEffects(call.policy, model.services.get(to)?.protocol ?? 'http1')
}

/** The same for people: the field that a value becomes, or what happens in its place. */
export function envoyLines(
  effects: readonly EnvoyEffect[],
  { colours, columns }: { readonly colours: Colours; readonly columns: number },
): string {
  const width = Math.max(0, ...effects.map(({ key }) => key.length))
  const room = Math.max(20, columns - width - 4)
  const lines = effects.flatMap((effect) => {
    const said = effect.effect === 'as-written' ? effect.by : `${effect.effect}: ${effect.reason}`
    const [first = '', ...rest] = wrapText(said, room)
    const paint = effect.effect === 'as-written' ? colours.dim : colours.yellow
    return [
      `  ${effect.key.padEnd(width)}  ${paint(first)}`,
      ...rest.map((line) => `  ${' '.repeat(width)}  ${paint(line)}`),
    ]
  })
  return `\n  ${colours.dim('on Envoy, by watertight compile --target envoy')}\n${lines.join('\n')}\n`
}
