export { chooseDriver } from './choose.ts';
export * from './port.ts';
export { type RelayRequest, startRelay } from './relay.ts';
