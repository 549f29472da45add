import { effect, type Signal, signal } from '@preact/signals'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const KEY = 'watertight-theme'

/** What the reader has chosen; `system` follows the machine. */
export const theme: Signal<Theme> = signal(readTheme())

/** Whether the page is dark now; whoever draws on a canvas has to know. */
export const isDark: Signal<boolean> = signal(false)

export function followTheme(): void {
  const prefers = globalThis.matchMedia('(prefers-color-scheme: dark)')
  const settle = (): void => {
    isDark.value = theme.value === 'system' ? prefers.matches : theme.value === 'dark'
    document.documentElement.dataset['theme'] = isDark.value ? 'dark' : 'light'
  }
  prefers.addEventListener('change', settle)
  effect(() => {
    settle()
    try {
      globalThis.localStorage.setItem(KEY, theme.value)
    } catch {
      // A browser that keeps nothing shows the theme all the same.
    }
  })
}

function readTheme(): Theme {
  try {
    const kept = globalThis.localStorage.getItem(KEY)
    return THEMES.find((one) => one === kept) ?? 'system'
  } catch {
    return 'system'
  }
}
