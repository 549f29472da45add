import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { formatRate, formatShare } from '../format/format-count.js'
import { formatClock, formatPercentiles } from '../format/format-duration.js'
import { connection, shown } from '../state/shown.js'
import { THEMES, theme } from '../state/theme.js'
import { TimeControls } from '../timeline/time-controls.js'
import { TokenButton } from '../actions/token-button.js'

/** The name of the system, its traffic where it comes in, the time that is shown, and how the page looks. */
export function Bar(): JSX.Element {
  const name = useComputed(() => shown.value?.system ?? 'Console')
  return (
    <header class="bar">
      <svg class="bar-logo" viewBox="0 0 24 24" aria-hidden="true">
        <path d="M12 2.5c4 4.6 6.5 8 6.5 11.3a6.5 6.5 0 0 1-13 0C5.5 10.5 8 7.1 12 2.5Z" />
        <path class="bar-logo-wave" d="M5.7 14.5c2-1.6 4.2-1.6 6.3 0s4.3 1.6 6.3 0" />
      </svg>
      <h1 class="bar-name">{name}</h1>
      <Entrance />
      <TimeControls />
      <Clock />
      <ThemeButton />
      <TokenButton />
    </header>
  )
}

/** Traffic of the first service of the document: the gateway, where there is one. */
function Entrance(): JSX.Element {
  const figures = useComputed(() => {
    const first = shown.value?.services[0]
    if (first === undefined || !first.signals.known) return { rate: '–', errors: '–', time: '–', name: '' }
    const { ratePerSecond, errorShare, p50Ms, p99Ms } = first.signals.value
    return {
      rate: `${formatRate(ratePerSecond)}/s`,
      errors: formatShare(errorShare),
      time: formatPercentiles(p50Ms, p99Ms),
      name: first.name,
    }
  })
  const { rate, errors, time } = figures.value
  return (
    <dl class="entrance">
      <div>
        <dt>Requests</dt>
        <dd>{rate}</dd>
      </div>
      <div>
        <dt>Errors</dt>
        <dd>{errors}</dd>
      </div>
      <div>
        <dt>p50 / p99</dt>
        <dd>{time}</dd>
      </div>
    </dl>
  )
}

const connectionWords = { connecting: 'Connecting', open: 'Live', lost: 'Connection lost' } as const

function Clock(): JSX.Element {
  const at = useComputed(() => shown.value?.at ?? null)
  return (
    <p class={`clock clock-${connection.value}`}>
      <span class="clock-state">{connectionWords[connection.value]}</span>
      <time>{at.value === null ? '--:--:--' : formatClock(at.value)}</time>
    </p>
  )
}

const themeWords = { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' } as const

function ThemeButton(): JSX.Element {
  const next = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system'
  return (
    <button type="button" class="quiet" onClick={() => (theme.value = next)} title={themeWords[theme.value]}>
      <svg viewBox="0 0 16 16" aria-hidden="true" class="icon">
        <circle cx="8" cy="8" r="6" class="icon-line" />
        <path d="M8 2a6 6 0 0 1 0 12Z" class="icon-fill" />
      </svg>
      <span class="quiet-word">{themeWords[theme.value].slice(7)}</span>
      <span class="hidden">, change the theme</span>
    </button>
  )
}
