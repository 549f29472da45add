export { Console } from './console.js'
export { CONSOLE_PORT, type ConsoleOptions } from './console-options.js'
export { ConsolePortError } from './console-port-error.js'
export { observe, type ObserveOptions } from './observe.js'
export { snapshotJsonSchema } from './schema/json-schemas.js'
export type { ActionError, ActionName, ActionResult, ActionStand } from './model/action.js'
export type { CanaryStand } from './model/canary-stand.js'
export { applyChange, type Change, changeBetween } from './model/change.js'
export type { BreakerState, CallSignals, EdgeStand } from './model/edge-stand.js'
export type { ActiveFault, FaultOffer, FaultsStand } from './model/fault-stand.js'
export type { DeadLetterStand, LagStand, MessagingStand, OutboxStand } from './model/messaging-stand.js'
export type { SagaEntry, SagaPanel, SagaSummary } from './model/saga-summary.js'
export type { CallPanel, EndpointStand, PolicyValue, ServicePanel } from './model/service-panel.js'
export type {
  GoldenSignals,
  Level,
  ObjectiveStand,
  ReplicaStand,
  ServiceStand,
} from './model/service-stand.js'
export type { HistoryPage, SeriesPage, SignalColumns, Snapshot } from './model/snapshot.js'
export type { SourceKind, SourceStand } from './model/source-stand.js'
export type { SystemEvent } from './model/system-event.js'
export type { Told } from './model/told.js'
export type { Span, SpanEvent, SpanKind, Trace, TraceSummary } from './model/trace.js'
