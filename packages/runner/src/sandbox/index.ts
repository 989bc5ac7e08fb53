export { type Choice, chooseDriver, type Isolation } from './choose.ts';
export { createLateDriver } from './late.ts';
export * from './port.ts';
export { type RelayRequest, startRelay } from './relay.ts';
