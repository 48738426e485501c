// For tests of a game: virtual time and a virtual device, a scripted gateway that needs nothing, a real gateway in this
// process, and recordings of sessions. Not for a shipped game.
export {
  type LocalGame,
  LocalGateway,
  type LocalGatewayOptions,
  type LocalPlayer,
  type LocalStation,
  startLocalGateway,
} from './testing/local-gateway.ts';
export type { ModelRules } from './testing/model-gateway.ts';
export {
  collectEvents,
  type RecordedEvent,
  type Recording,
  recordSession,
  replaySession,
} from './testing/recording.ts';
export type { Scenario, ScenarioStep, ScriptedSession, StartAnswer } from './testing/scenario.ts';
export { ScriptedGateway } from './testing/scripted-gateway.ts';
export { type GuardDefaults, VirtualDevice } from './testing/virtual-device.ts';
export { type NetworkState, type SentRequest, VirtualNetwork } from './testing/virtual-network.ts';
export { VirtualTime, type VirtualTimer } from './testing/virtual-time.ts';
