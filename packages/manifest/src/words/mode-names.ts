export const modeNames = ['enforce', 'observe'] as const

/** `observe`: decide and report, enforce nothing. */
export type Mode = (typeof modeNames)[number]
