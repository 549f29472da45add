import type { ControlServer, Run } from '@watertight/supervisor'
import { type DrillEvent, DrillSchedule } from '../drill/schedule/drill-schedule.js'
import { type DrilledRun, startDrill } from '../drill/schedule/start-drill.js'

/** The drills of the document, run by schedule for as long as the system runs. */
export class UpDrills {
  readonly #schedule: DrillSchedule

  constructor(
    run: Run,
    document: Pick<DrilledRun, 'file' | 'profile'>,
    { show, control }: { readonly show: (event: DrillEvent) => void; readonly control: ControlServer },
  ) {
    const folder = run.folder.path
    this.#schedule = new DrillSchedule({
      model: () => run.system,
      runFolder: folder,
      start: (drill, say) => startDrill(drill, { ...document, folder }, say),
      tell: (event) => {
        show(event)
        // Consoles have it on their axis of time.
        if (event.phase !== 'said') control.tell({ kind: 'document', text: event.text })
      },
      optOut: 'watertight up --no-drills leaves it to you',
      now: () => Date.now(),
    })
  }

  /** Ends the drill that runs, with its fault. */
  close(): Promise<void> {
    return this.#schedule.close()
  }
}
